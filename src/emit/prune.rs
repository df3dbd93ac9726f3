//! Leaves out the rules that can never permit and those that permit nothing that the others do not: by kind of party, by stretch of
//! time in which nothing begins or ends, and by what the attributes imply (docs/attributes.md). Changes no decision.

use super::attributes::{ITSELF, PACKAGE, PACKAGE_TO_PASS_ON, PARTY_KIND, PARTY_ROLE, ROLE, TODAY};
use super::reach::Reach;
use super::ways::{Right, Source, Ways};
use crate::ir::{AreaId, Meaning, PackageId, Role, RoleId};
use crate::terms::{
    kind::{Kind, Kinds},
    period::Period,
};
use crate::xacml::model::{Attribute, Formula, Match};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// How many packages times stretches are looked at; a bundle with more keeps all its rules.
const STRETCHES: usize = 20_000;
/// How many alternatives a rule may have to be compared, and how many comparisons a policy is worth.
const TERMS: usize = 256;
const COMPARISONS: usize = 2_000_000;

/// Comparisons of which all must hold.
type Term = BTreeSet<Match>;

/// A time and a kind of party for which all is the same.
struct Cell {
    day: Date,
    party: Kind,
    reach: usize,
    /// Packages that a party that is an organisation holds by itself.
    held_by_itself: BTreeSet<PackageId>,
    /// By package, what its holders are granted, if they were not given it.
    follows: BTreeMap<PackageId, Vec<PackageId>>,
}

/// Rules with their names, before they are XACML.
pub(super) type Rules = Vec<(String, Formula)>;

/// What is known of a bundle.
pub(super) struct Pruning<'b> {
    meaning: &'b Meaning,
    roles: BTreeMap<&'b str, RoleId>,
    packages: BTreeMap<&'b str, PackageId>,
    reach: Vec<Reach<'b>>,
    cells: Vec<Cell>,
}

impl<'b> Pruning<'b> {
    pub(super) fn new(meaning: &'b Meaning, ways: &Ways<'b>) -> Self {
        let stretches = stretches(meaning);
        let mut pruning = Pruning {
            meaning,
            roles: meaning.roles.iter().enumerate().map(|(at, named)| (named.identifier(), at.into())).collect(),
            packages: meaning.packages.iter().enumerate().map(|(at, named)| (named.identifier(), at.into())).collect(),
            reach: Vec::new(),
            cells: Vec::new(),
        };
        if stretches.len().saturating_mul(meaning.packages.len()) > STRETCHES {
            return pruning;
        }
        let all: Vec<(PackageId, Vec<super::ways::Way>)> =
            (0..meaning.packages.len()).map(|at| (at.into(), ways.of(at.into(), Right::Use))).collect();
        for day in stretches {
            pruning.reach.push(Reach::new(meaning, day, None));
            for party in Kind::ALL {
                let mut cell = Cell {
                    day,
                    party,
                    reach: pruning.reach.len() - 1,
                    held_by_itself: BTreeSet::new(),
                    follows: BTreeMap::new(),
                };
                for (package, ways) in &all {
                    for way in ways.iter().filter(|way| way.period.has(day) && way.kinds.has(Kind::Organisation)) {
                        match way.source {
                            Source::Itself => {
                                cell.held_by_itself.insert(*package);
                            }
                            Source::Held(held) if held != *package && way.kinds.has(party) => {
                                cell.follows.entry(held).or_default().push(*package);
                            }
                            Source::Held(_) | Source::Role(_) => {}
                        }
                    }
                }
                pruning.cells.push(cell);
            }
        }
        pruning
    }

    /// The rules that matter, in their order. Those of an area read bags of their own (A11), from which less follows.
    pub(super) fn rules(&self, rules: Rules, area: Option<AreaId>) -> Rules {
        if self.cells.is_empty() || rules.len().saturating_mul(rules.len()) > COMPARISONS / self.cells.len() {
            return rules;
        }
        // The cells of a stretch follow each other.
        let days = self.cells.iter().step_by(Kind::ALL.len()).map(|cell| cell.day);
        let reach: Option<Vec<Reach<'b>>> = area
            .filter(|_| self.has_time_for_areas())
            .map(|area| days.map(|day| Reach::new(self.meaning, day, Some(area))).collect());
        // Without the time for it, all that is known of an area is what is known of any request.
        let of_area = area.map(|_| reach.as_deref().unwrap_or(&self.reach));
        let terms = |formula: &Formula| -> Vec<Option<Vec<Term>>> {
            self.cells.iter().map(|cell| self.terms(formula, cell, of_area)).collect()
        };
        let all: Vec<Vec<Option<Vec<Term>>>> = rules.iter().map(|(_, formula)| terms(formula)).collect();
        let mut kept: Vec<bool> = vec![true; rules.len()];
        for (at, mine) in all.iter().enumerate() {
            let idle = self.cells.iter().zip(mine).enumerate().all(|(number, (cell, mine))| {
                let Some(mine) = mine else { return false };
                let others = || {
                    let others = all.iter().zip(&kept).enumerate().filter(|(other, (_, kept))| **kept && *other != at);
                    others.filter_map(|(_, (other, _))| other.get(number)?.as_ref()).flatten()
                };
                mine.iter().all(|term| {
                    let known = self.followed(term, cell, of_area);
                    others().any(|other| other.is_subset(&known))
                })
            });
            if let Some(kept) = kept.get_mut(at) {
                *kept = !idle;
            }
        }
        rules.into_iter().zip(kept).filter_map(|(rule, kept)| kept.then_some(rule)).collect()
    }

    fn has_time_for_areas(&self) -> bool {
        self.reach.len().saturating_mul(self.meaning.packages.len()).saturating_mul(self.meaning.areas.len())
            <= COMPARISONS
    }

    /// The alternatives of a formula that can be so in a cell; `None` where there are too many.
    fn terms(&self, formula: &Formula, cell: &Cell, of_area: Option<&[Reach<'b>]>) -> Option<Vec<Term>> {
        let found = match formula {
            Formula::Is(is) => match self.constant(is, cell, of_area) {
                Some(true) => vec![Term::new()],
                Some(false) => Vec::new(),
                None => vec![Term::from([is.clone()])],
            },
            // Rules with such comparisons are not compared.
            Formula::Test(_) => return None,
            Formula::Any(any) => {
                let each = any.iter().map(|one| self.terms(one, cell, of_area));
                each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
            }
            Formula::All(all) => {
                let each: Option<Vec<Vec<Term>>> = all.iter().map(|one| self.terms(one, cell, of_area)).collect();
                let each = each?;
                if each.iter().any(Vec::is_empty) {
                    return Some(Vec::new());
                }
                let mut joined = vec![Term::new()];
                for more in each {
                    if joined.len().saturating_mul(more.len()) > TERMS {
                        return None;
                    }
                    joined = joined.iter().flat_map(|one| more.iter().map(move |two| one | two)).collect();
                }
                joined
            }
        };
        (found.len() <= TERMS).then_some(found)
    }

    /// Whether a comparison holds in a cell, where that is certain.
    fn constant(&self, is: &Match, cell: &Cell, of_area: Option<&[Reach<'b>]>) -> Option<bool> {
        let (attribute, value) = match is {
            Match::From(attribute, day) if **attribute == TODAY => {
                return day.parse().ok().map(|day: Date| cell.day >= day);
            }
            Match::Before(attribute, day) if **attribute == TODAY => {
                return day.parse().ok().map(|day: Date| cell.day < day);
            }
            Match::From(..) | Match::Before(..) => return None,
            Match::Has(attribute, value) => (*attribute, &**value),
        };
        let reach = of_area.unwrap_or(&self.reach).get(cell.reach);
        let reached = |package: &PackageId| reach.map(|reach| reach.of(*package, cell.party));
        let possible = if *attribute == PARTY_KIND {
            return Some(value == cell.party.word());
        } else if *attribute == ROLE {
            value == ITSELF || self.role(value, cell).is_some_and(|role| role.of.unwrap_or(role.by).has(cell.party))
        } else if *attribute == PARTY_ROLE {
            match self.role(value, cell) {
                Some(role) => role.of.is_none() && role.by.has(cell.party),
                None => !self.roles.contains_key(value) && cell.party == Kind::Organisation,
            }
        } else if *attribute == PACKAGE {
            let reached = self.packages.get(value).and_then(reached);
            reached.is_some_and(|reached| if of_area.is_some() { !reached.linked.is_empty() } else { reached.told() })
        } else if *attribute == PACKAGE_TO_PASS_ON {
            self.packages.get(value).and_then(reached).is_some_and(|reached| !reached.passes_on.is_empty())
        } else {
            true
        };
        (!possible).then_some(false)
    }

    fn role(&self, identifier: &str, cell: &Cell) -> Option<&'b Role> {
        let named = self.meaning.role(*self.roles.get(identifier)?)?;
        named.on(cell.day).map(|(_, role)| role)
    }

    /// A term with what follows from it in a cell.
    fn followed(&self, term: &Term, cell: &Cell, of_area: Option<&[Reach<'b>]>) -> Term {
        let mut known = term.clone();
        let told = |known: &mut Term, package: PackageId| {
            if let Some(named) = self.meaning.package(package) {
                known.insert(has(&PACKAGE, named.identifier()));
            }
        };
        for is in term {
            let Match::Has(attribute, value) = is else { continue };
            if **attribute == ROLE
                && let Some(role) = self.role(value, cell)
            {
                let only = |kind: Kind| role.by == Kinds::NONE.with(kind);
                if role.of.is_none() {
                    // A status is held by the party itself.
                    known.insert(has(&ROLE, ITSELF));
                    known.insert(has(&PARTY_ROLE, value));
                }
                // What an organisation holds by itself, (c) and (d) give to who has a key role for it, and to an
                // organisation for those that it covers.
                let key = role.key.is_yes() && only(Kind::Person) && cell.party == Kind::Organisation;
                let covers = role.covers.is_yes() && only(Kind::Organisation);
                if role.of.is_some() && (key || covers) && of_area.is_none() {
                    for package in &cell.held_by_itself {
                        if self.is_for(*package, cell) {
                            told(&mut known, *package);
                        }
                    }
                }
            }
            if **attribute == PACKAGE
                && of_area.is_none()
                && let Some(package) = self.packages.get(&**value)
            {
                let reached = self.reach.get(cell.reach).map(|reach| reach.of(*package, cell.party));
                if reached.is_some_and(|reached| reached.delegated.is_empty()) {
                    // Told because of (c) or (d) alone: then so are the packages that its holders are granted.
                    cell.follows.get(package).into_iter().flatten().for_each(|package| told(&mut known, *package));
                }
            }
        }
        known
    }

    /// Is the package in force and for this kind of party?
    fn is_for(&self, package: PackageId, cell: &Cell) -> bool {
        let body = self.meaning.package(package).and_then(|named| named.on(cell.day));
        body.is_some_and(|(_, body)| body.kinds.known().is_some_and(|kinds| kinds.has(cell.party)))
    }
}

fn has(attribute: &'static Attribute, value: &str) -> Match {
    Match::Has(attribute, value.to_owned())
}

/// A day of each stretch of time in which nothing begins or ends.
fn stretches(meaning: &Meaning) -> Vec<Date> {
    let mut ends = BTreeSet::from([Date::MIN]);
    let mut add = |period: Period| ends.extend(period.from.into_iter().chain(period.before));
    meaning.roles.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    meaning.areas.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    meaning.resources.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    for package in meaning.packages.iter().flat_map(|named| &named.versions) {
        add(package.period);
        package.grants.iter().for_each(|grant| add(grant.period));
    }
    meaning.rules.iter().flat_map(|rule| &rule.scopes).for_each(|scope| add(scope.period));
    ends.into_iter().collect()
}

//! A mutant: one small change of a bundle, where it stands and what it says; made in the bundle itself and taken back, so
//! that thousands cost no copy. Decides nothing.

use super::mutation::Mutation;
use super::touch::Target;
use crate::ir::{
    Area, AreaId, Bundle, ConditionId, Expression, Grant, Grantee, Line, Meaning, Package, PackageId, Receiver,
    Recipient, Requires, Resource, ResourceId, Role, RoleId, Rule, RuleId, json,
};
use crate::origins::Part;
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// One small change of a bundle.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What kind of change it is.
    pub mutation: Mutation,
    /// Full name of the module that says what is changed.
    pub module: Box<str>,
    /// Where that stands.
    pub part: Part,
    /// The change, in the words of the author.
    pub says: Box<str>,
    /// The least part of the text that changes, as it is usually written; may be empty.
    pub(super) marks: Box<str>,
    pub(super) change: Change,
}

/// What becomes another, by where it stands in the tables. Ids stay: what is dropped stays in its place and does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// This grant; one that gives nothing is a grant dropped.
    Grant(PackageId, u32, u32, Box<Grant>),
    /// This grant for every package of the area that lacks it.
    Widened(AreaId, Box<Grant>),
    /// One grant less of each, the last: what takes a grant back that was widened.
    Narrowed(Vec<(usize, usize)>),
    /// The lines of a package.
    PackageLines(PackageId, u32, Vec<Line>),
    /// The lines of an area.
    AreaLines(AreaId, u32, Vec<Line>),
    /// A version.
    Role(RoleId, u32, Box<Role>),
    /// A version.
    Area(AreaId, u32, Box<Area>),
    /// A version.
    Package(PackageId, u32, Box<Package>),
    /// A version.
    Resource(ResourceId, u32, Box<Resource>),
    /// What a named condition says.
    Condition(ConditionId, Box<Expression>),
    /// A rule; one that decides nothing (`never`) is a rule dropped, and so is one over nothing.
    Rule(RuleId, Box<Rule>),
    /// One text that several tables have: all of these, in order.
    All(Vec<Change>),
}

fn swap<T>(place: Option<&mut T>, mut with: T) -> T {
    if let Some(place) = place {
        std::mem::swap(place, &mut with);
    }
    with
}

macro_rules! version {
    ($meaning:ident $table:ident $id:ident $version:ident) => {
        $meaning.$table.get_mut($id.index()).and_then(|named| named.versions.get_mut($version as usize))
    };
}

impl Change {
    /// Makes the change; what it gives back undoes it.
    pub(super) fn make(self, meaning: &mut Meaning) -> Change {
        match self {
            Change::Grant(id, version, at, grant) => {
                let place = version!(meaning packages id version).and_then(|body| body.grants.get_mut(at as usize));
                Change::Grant(id, version, at, Box::new(swap(place, *grant)))
            }
            Change::Widened(area, grant) => {
                let mut added = Vec::new();
                for (at, named) in meaning.packages.iter_mut().enumerate() {
                    for (version, body) in named.versions.iter_mut().enumerate() {
                        if body.area == Some(area) && !body.grants.contains(&grant) {
                            body.grants.push((*grant).clone());
                            added.push((at, version));
                        }
                    }
                }
                Change::Narrowed(added)
            }
            Change::Narrowed(all) => {
                for (at, version) in all {
                    let body = meaning.packages.get_mut(at).and_then(|named| named.versions.get_mut(version));
                    drop(body.and_then(|body| body.grants.pop()));
                }
                Change::Narrowed(Vec::new())
            }
            Change::PackageLines(id, version, lines) => {
                let place = version!(meaning packages id version).map(|body| &mut body.delegable);
                Change::PackageLines(id, version, swap(place, lines))
            }
            Change::AreaLines(id, version, lines) => {
                let place = version!(meaning areas id version).map(|body| &mut body.delegable);
                Change::AreaLines(id, version, swap(place, lines))
            }
            Change::Role(id, version, body) => {
                Change::Role(id, version, Box::new(swap(version!(meaning roles id version), *body)))
            }
            Change::Area(id, version, body) => {
                Change::Area(id, version, Box::new(swap(version!(meaning areas id version), *body)))
            }
            Change::Package(id, version, body) => {
                Change::Package(id, version, Box::new(swap(version!(meaning packages id version), *body)))
            }
            Change::Resource(id, version, body) => {
                Change::Resource(id, version, Box::new(swap(version!(meaning resources id version), *body)))
            }
            Change::Condition(id, says) => {
                let place = meaning.conditions.get_mut(id.index()).map(|defined| &mut defined.body.says);
                Change::Condition(id, Box::new(swap(place, *says)))
            }
            Change::Rule(id, rule) => Change::Rule(id, Box::new(swap(meaning.rules.get_mut(id.index()), *rule))),
            Change::All(all) => {
                let mut undo: Vec<Change> = all.into_iter().map(|one| one.make(meaning)).collect();
                undo.reverse();
                Change::All(undo)
            }
        }
    }

    /// This and another with it.
    pub(super) fn and(&mut self, other: Change) {
        match self {
            Change::All(all) => all.push(other),
            one => {
                let first = std::mem::replace(one, Change::All(Vec::new()));
                *one = Change::All(vec![first, other]);
            }
        }
    }

    /// What decisions must read, to be touched by it.
    pub(super) fn targets(&self, meaning: &Meaning) -> Vec<Target> {
        match self {
            Change::Grant(id, ..) | Change::PackageLines(id, ..) => vec![Target::Package(*id)],
            Change::Package(id, ..) => vec![Target::Package(*id)],
            Change::Narrowed(_) => Vec::new(),
            // Whoever reads a package reads its area.
            Change::Widened(id, _) | Change::AreaLines(id, ..) | Change::Area(id, ..) => vec![Target::Area(*id)],
            Change::Role(id, ..) => vec![Target::Role(*id)],
            Change::Resource(id, ..) => vec![Target::Resource(*id)],
            Change::Condition(id, _) => vec![Target::Condition(*id)],
            Change::Rule(id, rule) => {
                // What a rule comes to be over asks for it too.
                let over = rule.scopes.iter().flat_map(|scope| &scope.on).copied();
                let gains = self.gains(meaning, *id);
                over.filter(|on| gains.contains(on)).map(Target::Resource).chain([Target::Rule(*id)]).collect()
            }
            Change::All(all) => all.iter().flat_map(|one| one.targets(meaning)).collect(),
        }
    }
}

impl Change {
    /// Roles that it is about.
    pub(super) fn roles(&self) -> BTreeSet<RoleId> {
        match self {
            Change::Role(id, ..) => BTreeSet::from([*id]),
            Change::Grant(_, _, _, grant) | Change::Widened(_, grant) => match grant.to {
                Some(Grantee::Role(id)) => BTreeSet::from([id]),
                _ => BTreeSet::new(),
            },
            Change::PackageLines(_, _, lines) | Change::AreaLines(_, _, lines) => {
                let to = lines.iter().filter_map(|line| match line {
                    Line::To { to: Receiver::Role(id), .. } => Some(*id),
                    _ => None,
                });
                to.collect()
            }
            Change::Rule(_, rule) => match rule.to {
                Some(Recipient::Role(id)) => BTreeSet::from([id]),
                _ => BTreeSet::new(),
            },
            Change::All(all) => all.iter().flat_map(Change::roles).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Resources that a rule is over with the change alone.
    fn gains(&self, meaning: &Meaning, id: RuleId) -> BTreeSet<ResourceId> {
        let on = |rule: &Rule| -> BTreeSet<ResourceId> {
            rule.scopes.iter().flat_map(|scope| scope.on.iter().copied()).collect()
        };
        match self {
            Change::Rule(_, rule) => {
                let before = meaning.rule(id).map(on).unwrap_or_default();
                on(rule).difference(&before).copied().collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// The rules that become others.
    fn rules(&self) -> Vec<(RuleId, &Rule)> {
        match self {
            Change::Rule(id, rule) => vec![(*id, rule)],
            Change::All(all) => all.iter().flat_map(Change::rules).collect(),
            _ => Vec::new(),
        }
    }
}

/// A grant that gives nothing and asks nothing.
pub(super) fn nothing(grant: &Grant) -> Grant {
    Grant { gives_use: false, gives_delegation: false, undecided: false, ..grant.clone() }
}

impl Mutant {
    /// The bundle with the change made, with the same ids: what is dropped stays in its place and does nothing.
    #[must_use]
    pub fn in_place(&self, bundle: &Bundle) -> Bundle {
        let mut changed = bundle.clone();
        self.change.clone().make(&mut changed.meaning);
        changed
    }

    /// The bundle that an author would get who made the change in the text: in order, with the keys that its rules have.
    #[must_use]
    pub fn bundle(&self, bundle: &Bundle) -> Bundle {
        let mut changed = self.in_place(bundle);
        for version in changed.meaning.packages.iter_mut().flat_map(|named| &mut named.versions) {
            version.grants.retain(|grant| grant.gives_use || grant.gives_delegation || grant.undecided);
            version.grants.sort();
            version.grants.dedup();
            version.delegable.sort();
            version.delegable.dedup();
        }
        for version in changed.meaning.areas.iter_mut().flat_map(|named| &mut named.versions) {
            version.delegable.sort();
            version.delegable.dedup();
        }
        for (id, rule) in self.change.rules() {
            let Some(before) = bundle.meaning.rule(id) else { continue };
            let dropped = before.effect != rule.effect || rule.scopes.is_empty();
            let at = changed.meaning.rules.iter().position(|other| other.key == before.key);
            at.into_iter().for_each(|at| keyed(&mut changed, at.into(), dropped));
        }
        changed
    }
}

/// Gives a changed rule the key of its body, and its place; one that is now the same as another joins it.
fn keyed(bundle: &mut Bundle, id: RuleId, dropped: bool) {
    if id.index() >= bundle.meaning.rules.len() {
        return;
    }
    let mut rule = bundle.meaning.rules.remove(id.index());
    let mut parts = rule.key.rsplitn(4, '/');
    let last: Vec<String> = parts.by_ref().take(3).map(str::to_owned).collect();
    let owner = parts.next().unwrap_or("").to_owned();
    let short: String = last.into_iter().rev().collect::<Vec<_>>().join("/");
    let had_words =
        bundle.words.get_mut(&*owner).map(|words| (words.rules.remove(&*short), words.open.remove(&*short)));
    if !dropped {
        let digest = json::sha256(json::rule_body(&bundle.meaning, &rule).as_bytes());
        let same = |other: &Rule| {
            let twin = Rule { key: rule.key.clone(), scopes: rule.scopes.clone(), ..other.clone() };
            other.key.starts_with(&format!("{owner}/")) && twin == rule
        };
        if let Some(twin) = bundle.meaning.rules.iter_mut().find(|other| same(other)) {
            twin.scopes.extend(rule.scopes);
            twin.scopes = together(std::mem::take(&mut twin.scopes));
        } else {
            let taken = |key: &str| bundle.meaning.rules.iter().any(|other| &*other.key == key);
            let key = (4..=digest.len()).map(|digits| {
                let digits: String = digest.chars().take(digits).collect();
                json::rule_key(&owner, rule.effect, rule.action.as_deref(), &digits)
            });
            let key = key.into_iter().find(|key| !taken(key)).unwrap_or_default();
            let now: Vec<&str> = key.rsplitn(4, '/').take(3).collect();
            let now: String = now.into_iter().rev().collect::<Vec<_>>().join("/");
            if let (Some((title, open)), Some(words)) = (had_words, bundle.words.get_mut(&*owner)) {
                words.rules.extend(title.map(|title| (now.clone().into(), title)));
                words.open.extend(open.map(|open| (now.into(), open)));
            }
            rule.key = key.into();
            let at = bundle.meaning.rules.partition_point(|other| other.key < rule.key);
            bundle.meaning.rules.insert(at, rule);
        }
    }
    let has_rules = bundle.meaning.rules.iter().any(|rule| rule.key.starts_with(&format!("{owner}/")));
    if !has_rules && bundle.meaning.resource_named(&owner).is_none() {
        bundle.words.remove(&*owner);
    }
}

/// Scopes of one rule, of what is said twice: for each period the resources once, longer periods before those in them.
pub(super) fn together(scopes: Vec<crate::ir::Scope>) -> Vec<crate::ir::Scope> {
    let mut over: BTreeMap<ResourceId, Vec<crate::terms::period::Period>> = BTreeMap::new();
    for scope in scopes {
        for resource in scope.on {
            over.entry(resource).or_default().push(scope.period);
        }
    }
    let mut by_period: BTreeMap<crate::terms::period::Period, Vec<ResourceId>> = BTreeMap::new();
    for (resource, mut periods) in over {
        periods.sort();
        let mut merged: Vec<crate::terms::period::Period> = Vec::new();
        for period in periods {
            match merged.last_mut() {
                Some(last) if last.meets(period) => {
                    last.before = last.before.zip(period.before).map(|(one, two)| one.max(two));
                }
                _ => merged.push(period),
            }
        }
        merged.into_iter().for_each(|period| by_period.entry(period).or_default().push(resource));
    }
    by_period.into_iter().map(|(period, on)| crate::ir::Scope { period, on }).collect()
}

/// The rule, deciding nothing.
pub(super) fn asleep(rule: &Rule) -> Rule {
    Rule { effect: RuleEffect::Never, ..rule.clone() }
}

/// Packages required without one of them, in the one form that means it; for each of them, at any depth, with its name.
pub(super) fn without_each(requires: &Requires) -> Vec<(PackageId, Requires)> {
    let (parts, all) = match requires {
        Requires::Package(_) => return Vec::new(),
        Requires::And(parts) => (parts, true),
        Requires::Or(parts) => (parts, false),
    };
    let join = |parts: Vec<Requires>| if all { Requires::all(parts) } else { Requires::any(parts) };
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let others = || parts.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, part)| part.clone());
        if let Requires::Package(id) = part {
            found.extend(join(others().collect()).map(|rest| (*id, rest)));
        }
        for (id, rest) in without_each(part) {
            found.extend(join(others().chain([rest]).collect()).map(|whole| (id, whole)));
        }
    }
    found
}

/// Packages required with one `and` or `or` turned; for each of them, at any depth.
pub(super) fn turned(requires: &Requires) -> Vec<Requires> {
    let (parts, all) = match requires {
        Requires::Package(_) => return Vec::new(),
        Requires::And(parts) => (parts, true),
        Requires::Or(parts) => (parts, false),
    };
    let mut found: Vec<Requires> =
        (if all { Requires::any(parts.clone()) } else { Requires::all(parts.clone()) }).into_iter().collect();
    for (at, part) in parts.iter().enumerate() {
        for inner in turned(part) {
            let mut parts = parts.clone();
            if let Some(place) = parts.get_mut(at) {
                *place = inner;
            }
            found.extend(if all { Requires::all(parts) } else { Requires::any(parts) });
        }
    }
    found
}

//! Mutants of roles, areas and packages: who is granted what, who may receive it, for which parties, and when.

use super::conditions::{self, days};
use super::mutant::{Change, Mutant, nothing};
use super::mutation::Mutation;
use crate::intake::names::module_of;
use crate::ir::{AreaId, Bundle, Grant, Line, Named, Package, PackageId, Receiver, Role, RoleId};
use crate::origins::{Origins, Part, Selection};
use crate::terms::{kind::Kind, kind::Kinds, open::Open, period::Period};
use crate::words::{Speaker, expression, rule};
use std::collections::{BTreeMap, BTreeSet};

/// Collects mutants.
pub(super) struct Making<'b> {
    pub(super) bundle: &'b Bundle,
    pub(super) speaker: &'b Speaker<'b>,
    pub(super) found: Vec<Mutant>,
    pub(super) origins: &'b Origins,
    pub(super) selections: &'b [Selection],
    /// Grants that not every package of the area has; each widens to the same, so it is taken out when it is.
    widens: BTreeSet<(AreaId, &'b Grant)>,
}

/// A part that may change: whose, where, and what it is called.
pub(super) struct Spot<'t> {
    pub(super) module: &'t str,
    pub(super) part: Part,
    /// As in «… of `reporting`»; may be empty.
    pub(super) of: String,
}

impl<'b> Making<'b> {
    pub(super) fn new(bundle: &'b Bundle, speaker: &'b Speaker<'b>, origins: &'b Origins) -> Self {
        let mut packages: BTreeMap<AreaId, usize> = BTreeMap::new();
        let mut having: BTreeMap<(AreaId, &Grant), usize> = BTreeMap::new();
        for version in bundle.meaning.packages.iter().flat_map(|named| &named.versions) {
            let Some(area) = version.area else { continue };
            *packages.entry(area).or_default() += 1;
            for grant in version.grants.iter().filter(|grant| !grant.undecided) {
                *having.entry((area, grant)).or_default() += 1;
            }
        }
        let some_lack =
            having.into_iter().filter(|((area, _), count)| packages.get(area).is_some_and(|all| count < all));
        let widens = some_lack.map(|(key, _)| key).collect();
        Making { bundle, speaker, found: Vec::new(), origins, selections: &origins.selections, widens }
    }

    pub(super) fn add(&mut self, spot: &Spot<'_>, mutation: Mutation, says: String, marks: String, change: Change) {
        let says = if spot.of.is_empty() { says } else { format!("{says} of {}", spot.of) };
        self.found.push(Mutant {
            mutation,
            module: spot.module.into(),
            part: spot.part,
            says: says.into(),
            marks: marks.into(),
            change,
        });
    }

    /// Every small change of a condition.
    pub(super) fn condition(
        &mut self,
        spot: &Spot<'_>,
        says: &crate::ir::Expression,
        change: impl Fn(crate::ir::Expression) -> Change,
    ) {
        for variant in conditions::variants(says, &self.bundle.meaning) {
            let before = expression::expression(&variant.before, self.speaker);
            let said = match &variant.after {
                Some(after) => {
                    format!("`{before}` → `{}` in the condition", expression::expression(after, self.speaker))
                }
                None => format!("without `{before}` in the condition"),
            };
            self.add(spot, variant.mutation, said, before, change(variant.whole));
        }
    }

    /// Every end of a period a day earlier and later, and left out.
    pub(super) fn period(&mut self, spot: &Spot<'_>, period: Period, change: impl Fn(Period) -> Option<Change>) {
        let mut others: Vec<(Mutation, String, String, Period)> = Vec::new();
        for (word, end) in [("from", period.from), ("before", period.before)] {
            let Some(end) = end else { continue };
            let with = |other: Option<jiff::civil::Date>| match word {
                "from" => Period { from: other, ..period },
                _ => Period { before: other, ..period },
            };
            let marks = format!("{word} {end}");
            for day in days(end) {
                let says = format!("`{word} {end}` → `{word} {day}`");
                others.push((Mutation::PeriodShifted, says, marks.clone(), with(Some(day))));
            }
            others.push((Mutation::PeriodDropped, format!("without `{marks}`"), marks, with(None)));
        }
        for (mutation, says, marks, other) in others {
            if let Some(change) = Some(other).filter(|other| !other.is_empty()).and_then(&change) {
                self.add(spot, mutation, says, marks, change);
            }
        }
    }

    pub(super) fn roles(&mut self) {
        let meaning = &self.bundle.meaning;
        for (at, named) in meaning.roles.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                self.role(at.into(), version, named, body);
            }
        }
    }

    fn role(&mut self, id: RoleId, version: u32, named: &Named<Role>, body: &Role) {
        let of = format!("role `{}`", self.speaker.short(&named.name));
        let spot = Spot { module: module_of(&named.name), part: Part::Role(id, version), of };
        let with = |body: Role| Change::Role(id, version, Box::new(body));
        let of_organisation = body.of.is_some_and(|kinds| kinds.has(Kind::Organisation));
        let by = |kind| body.by.has(kind);
        let turned = |value: Open<bool>| Open::Known(!value.is_yes());
        let said = |word: &str, value: Open<bool>| {
            let (before, after) = if value.is_yes() { ("yes", "no") } else { ("no", "yes") };
            let marks = if value.is_yes() { format!("{word} yes") } else { String::new() };
            (format!("`{word} {before}` → `{word} {after}`"), marks)
        };
        // What these make of a role, they make of one that can be held so (H5, H6, P4).
        if of_organisation && by(Kind::Person) {
            let (says, marks) = said("key", body.key);
            self.add(&spot, Mutation::RoleKey, says, marks, with(Role { key: turned(body.key), ..body.clone() }));
        }
        if body.of.is_some() && by(Kind::Organisation) {
            let (says, marks) = said("covers", body.covers);
            let other = Role { covers: turned(body.covers), ..body.clone() };
            self.add(&spot, Mutation::RoleCovers, says, marks, with(other));
        }
        if of_organisation {
            let (says, marks) = said("agent", body.agent);
            self.add(&spot, Mutation::RoleAgent, says, marks, with(Role { agent: turned(body.agent), ..body.clone() }));
        }
        if let Some(source) = body.source {
            let marks = format!("from {}", self.speaker.short(self.speaker.organisation(source)));
            let says = format!("without `{marks}`");
            self.add(&spot, Mutation::RoleSource, says, marks, with(Role { source: None, ..body.clone() }));
        }
        self.period(&spot, body.period, |period| {
            apart(&named.versions, version, period, |role| role.period).then(|| with(Role { period, ..body.clone() }))
        });
    }

    pub(super) fn areas(&mut self) {
        let meaning = &self.bundle.meaning;
        for (at, named) in meaning.areas.iter().enumerate() {
            let id = AreaId::from(at);
            for (version, body) in (0..).zip(&named.versions) {
                let of = format!("area `{}`", self.speaker.short(&named.name));
                let module = module_of(&named.name);
                let part =
                    |line: Option<u32>| line.map_or(Part::Area(id, version), |line| Part::AreaLine(id, version, line));
                let whole = Spot { module, part: part(None), of };
                self.lines(&whole, &body.delegable, part, |lines| Change::AreaLines(id, version, lines));
                self.period(&whole, body.period, |period| {
                    let fits = apart(&named.versions, version, period, |area| area.period);
                    fits.then(|| Change::Area(id, version, Box::new(crate::ir::Area { period, ..body.clone() })))
                });
            }
        }
    }

    /// The lines of `delegable` of a package or an area.
    fn lines(
        &mut self,
        whole: &Spot<'_>,
        lines: &[Line],
        part: impl Fn(Option<u32>) -> Part,
        change: impl Fn(Vec<Line>) -> Change,
    ) {
        let person = |onward| Line::To { to: Receiver::Kind(Kind::Person), onward, when: None };
        if lines.is_empty() {
            let says = "`delegable no` → `delegable to person`".to_owned();
            self.add(whole, Mutation::LineAdded, says, "delegable".to_owned(), change(vec![person(false)]));
        }
        for (at, line) in (0u32..).zip(lines) {
            let spot = Spot { module: whole.module, part: part(Some(at)), of: whole.of.clone() };
            let text = format!("delegable {}", rule::line(line, self.speaker));
            let with = |other: Option<Line>| {
                let mut lines = lines.to_vec();
                match other {
                    Some(other) => lines.iter_mut().skip(at as usize).take(1).for_each(|line| *line = other.clone()),
                    None => drop(lines.remove(at as usize)),
                }
                change(lines)
            };
            let Line::To { to, onward, when } = line else {
                let says = format!("`{text}` → `delegable to person`");
                self.add(&spot, Mutation::LineDecided, says, text, with(Some(person(false))));
                continue;
            };
            self.add(&spot, Mutation::LineDropped, format!("without `{text}`"), text.clone(), with(None));
            let kinds = Kind::ALL.into_iter().filter(|kind| *to != Receiver::Kind(*kind));
            for kind in kinds {
                let other = Line::To { to: Receiver::Kind(kind), onward: *onward, when: when.clone() };
                if !lines.contains(&other) {
                    let says = format!("`{text}` → `delegable {}`", rule::line(&other, self.speaker));
                    self.add(&spot, Mutation::LineReceiver, says, text.clone(), with(Some(other)));
                }
            }
            let other = Line::To { to: *to, onward: !onward, when: when.clone() };
            let says = format!("`{text}` → `delegable {}`", rule::line(&other, self.speaker));
            self.add(&spot, Mutation::LineOnward, says, text.clone(), with(Some(other)));
            if let Some(says) = when {
                let other = Line::To { to: *to, onward: *onward, when: None };
                let said = format!("without `{}` in `{text}`", rule::when(Some(says), self.speaker).trim());
                self.add(&spot, Mutation::WhenDropped, said, "when".to_owned(), with(Some(other)));
                self.condition(&spot, says, |says| {
                    with(Some(Line::To { to: *to, onward: *onward, when: Some(Box::new(says)) }))
                });
            }
        }
    }

    pub(super) fn packages(&mut self) {
        let meaning = &self.bundle.meaning;
        for (at, named) in meaning.packages.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                self.package(at.into(), version, named, body);
            }
        }
    }

    fn package(&mut self, id: PackageId, version: u32, named: &Named<Package>, body: &'b Package) {
        let of = format!("package `{}`", self.speaker.short(&named.name));
        let module = module_of(&named.name);
        let part = |line: Option<u32>| line.map_or(Part::Package(id, version), |line| Part::Line(id, version, line));
        let whole = Spot { module, part: part(None), of };
        let with = |body: Package| Change::Package(id, version, Box::new(body));
        if let Open::Known(kinds) = body.kinds {
            for kind in Kind::ALL {
                let other: Kinds =
                    if kinds.has(kind) { kinds.iter().filter(|one| *one != kind).collect() } else { kinds.with(kind) };
                let says = format!("`for` {} `{kind}`", if kinds.has(kind) { "without" } else { "with" });
                let other = Package { kinds: Open::Known(other), ..body.clone() };
                if other.kinds != Open::Known(Kinds::NONE) {
                    self.add(&whole, Mutation::PartyKind, says, "for ".to_owned(), with(other));
                }
            }
        }
        if let Some(area) = body.area {
            let says = format!("outside area `{}`: package", self.speaker.short(self.speaker.area(area)));
            let spot = Spot { of: format!("`{}`", self.speaker.short(&named.name)), ..whole_of(&whole) };
            let other = Package { area: None, ..body.clone() };
            self.add(&spot, Mutation::AreaLeft, says, String::new(), with(other));
        }
        self.period(&whole, body.period, |period| {
            let fits = apart(&named.versions, version, period, |package| package.period);
            fits.then(|| with(Package { period, ..body.clone() }))
        });
        self.lines(&whole, &body.delegable, part, |lines| Change::PackageLines(id, version, lines));
        for (at, grant) in (0..).zip(&body.grants) {
            let spot = Spot { part: Part::Grant(id, version, at), ..whole_of(&whole) };
            self.grant(&spot, (id, version, at), body, grant);
        }
    }

    fn grant(&mut self, spot: &Spot<'_>, (id, version, at): (PackageId, u32, u32), body: &Package, grant: &'b Grant) {
        let text = rule::grant(grant, self.speaker);
        let with = |grant: Grant| Change::Grant(id, version, at, Box::new(grant));
        if grant.undecided {
            self.add(spot, Mutation::QuestionDropped, format!("without `{text}`"), text.clone(), with(nothing(grant)));
            if grant.to.is_some() {
                let other = Grant { undecided: false, ..grant.clone() };
                let says = format!("`{text}` → `{}`", rule::grant(&other, self.speaker));
                self.add(spot, Mutation::GrantDecided, says, text, with(other));
            }
            return;
        }
        self.add(spot, Mutation::GrantDropped, format!("without `{text}`"), text.clone(), with(nothing(grant)));
        for (gives_use, gives_delegation) in [(true, true), (true, false), (false, true)] {
            let other = Grant { gives_use, gives_delegation, ..grant.clone() };
            if other != *grant {
                let says = format!("`{text}` → `{}`", rule::grant(&other, self.speaker));
                self.add(spot, Mutation::GrantShare, says, text.clone(), with(other));
            }
        }
        if let Some(area) = body.area
            && self.widens.remove(&(area, grant))
        {
            let name = self.speaker.short(self.speaker.area(area));
            let says = format!("`{text}` for every package of area `{name}`, as");
            let change = Change::Widened(area, Box::new(grant.clone()));
            self.add(spot, Mutation::GrantWidened, says, text.clone(), change);
        }
        if let Some(says) = &grant.when {
            let said = format!("without `{}` in `{text}`", rule::when(Some(says), self.speaker).trim());
            self.add(spot, Mutation::WhenDropped, said, "when".to_owned(), with(Grant { when: None, ..grant.clone() }));
            self.condition(spot, says, |says| with(Grant { when: Some(Box::new(says)), ..grant.clone() }));
        }
        self.period(spot, grant.period, |period| Some(with(Grant { period, ..grant.clone() })));
    }
}

fn whole_of<'t>(spot: &Spot<'t>) -> Spot<'t> {
    Spot { module: spot.module, part: spot.part, of: spot.of.clone() }
}

/// Does a version with this period meet no other?
pub(super) fn apart<T>(versions: &[T], version: u32, period: Period, of: impl Fn(&T) -> Period) -> bool {
    (0..).zip(versions).all(|(other, body)| other == version || !of(body).meets(period))
}

//! What a package gives to everybody of a role, to a party itself, or to who holds another package: when, and why. Reads
//! the bundle alone, no facts; an open question stays open.

use crate::ir::{AreaId, Grant, Grantee, Line, Meaning, Package, PackageId, RoleId};
use crate::terms::kind::Kinds;
use crate::terms::period::Period;
use crate::words::{Speaker, expression, rule};
use std::collections::{BTreeMap, BTreeSet};

/// Of whom a table speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Row {
    /// Who has a role.
    Role(RoleId),
    /// The party itself.
    Itself,
    /// Who holds a package.
    Package(PackageId),
}

/// Periods that do not touch each other, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Periods(Vec<Period>);

impl Periods {
    pub(super) fn all(&self) -> &[Period] {
        &self.0
    }

    pub(super) fn add(&mut self, period: Period) {
        if period.is_empty() {
            return;
        }
        self.0.push(period);
        self.0.sort();
        let mut merged: Vec<Period> = Vec::new();
        for next in self.0.drain(..) {
            match merged.last_mut() {
                // In order of `from`: the next one begins before the last one ends, or on the very day.
                Some(last) if last.before.is_none_or(|end| next.from.is_none_or(|from| from <= end)) => {
                    last.before = match (last.before, next.before) {
                        (Some(one), Some(two)) => Some(one.max(two)),
                        _ => None,
                    };
                }
                _ => merged.push(next),
            }
        }
        self.0 = merged;
    }

    fn add_all(&mut self, other: &Periods, within: Period) {
        other.0.iter().for_each(|period| self.add(period.and(within)));
    }

    fn and(&self, other: &Periods) -> Periods {
        let mut both = Periods::default();
        self.0.iter().for_each(|period| both.add_all(other, *period));
        both
    }
}

/// When it is so, when it is open, and why.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) yes: Periods,
    /// When it is so on a condition, by what that says.
    pub(super) when: BTreeMap<String, Periods>,
    pub(super) open: Periods,
    pub(super) because: Vec<String>,
}

impl Cell {
    /// Is it never so, on no condition, and not open?
    fn is_nothing(&self) -> bool {
        self.yes.all().is_empty() && self.when.is_empty() && self.open.all().is_empty()
    }

    /// So in these periods: always, or on a condition.
    fn add(&mut self, periods: &Periods, when: Option<String>) {
        match when {
            _ if periods.all().is_empty() => {}
            None => self.yes.add_all(periods, Period::ALWAYS),
            Some(when) => self.when.entry(when).or_default().add_all(periods, Period::ALWAYS),
        }
    }

    /// So only where this is so too.
    fn only(&mut self, when: &str) {
        let yes = std::mem::take(&mut self.yes);
        for (before, periods) in std::mem::take(&mut self.when) {
            self.add(&periods, both(Some(before), Some(when.to_owned())));
        }
        self.add(&yes, Some(when.to_owned()));
    }

    /// When it is so, perhaps on a condition.
    fn perhaps(&self) -> Periods {
        let mut all = self.yes.clone();
        self.when.values().for_each(|periods| all.add_all(periods, Period::ALWAYS));
        all
    }

    fn why(&mut self, reason: String) {
        if !self.because.contains(&reason) {
            self.because.push(reason);
        }
    }
}

/// Both conditions.
fn both(one: Option<String>, two: Option<String>) -> Option<String> {
    let part = |text: String| if text.contains(" or ") { format!("({text})") } else { text };
    match (one, two) {
        (Some(one), Some(two)) => Some(format!("{} and {}", part(one), part(two))),
        (one, two) => one.or(two),
    }
}

/// Finds out what rows reach in a bundle.
pub(super) struct Reach<'r, 'b> {
    meaning: &'r Meaning,
    speaker: &'r Speaker<'b>,
    /// Packages that are being looked through: a circle of grants gives nothing.
    walking: BTreeSet<PackageId>,
}

impl<'r, 'b> Reach<'r, 'b> {
    pub(super) fn new(meaning: &'r Meaning, speaker: &'r Speaker<'b>) -> Self {
        Reach { meaning, speaker, walking: BTreeSet::new() }
    }

    /// When the row holds the package.
    pub(super) fn gives_use(&mut self, package: PackageId, row: Row) -> Cell {
        self.granted(package, row, |grant| grant.gives_use, false)
    }

    /// When the row may pass the package on to somebody.
    pub(super) fn gives_delegation(&mut self, package: PackageId, row: Row) -> Cell {
        self.granted(package, row, |grant| grant.gives_delegation, true)
    }

    fn granted(&mut self, package: PackageId, row: Row, gives: fn(&Grant) -> bool, passes: bool) -> Cell {
        let mut cell = Cell::default();
        if !self.walking.insert(package) {
            return cell;
        }
        let versions: &[Package] = self.meaning.package(package).map_or(&[], |named| &named.versions);
        for version in versions {
            let mut of_version = Cell::default();
            for grant in version.grants.iter().filter(|grant| gives(grant)) {
                self.grant(grant, version, row, &mut of_version);
            }
            if of_version.is_nothing() {
                continue;
            }
            if version.kinds.is_undecided() {
                of_version.open.add(version.period);
                (of_version.yes, of_version.when) = (Periods::default(), BTreeMap::new());
                of_version.why("for undecided".to_owned());
            }
            if passes && !version.delegable.iter().any(|line| matches!(line, Line::To { .. })) {
                let undecided = version.delegable.contains(&Line::Undecided);
                let yes = of_version.perhaps();
                (of_version.yes, of_version.when) = (Periods::default(), BTreeMap::new());
                if undecided {
                    of_version.open.add_all(&yes, Period::ALWAYS);
                    of_version.why("delegable undecided".to_owned());
                } else {
                    of_version.open = Periods::default();
                    of_version.why("not delegable".to_owned());
                }
            }
            if passes && let Some(when) = self.only_when(&version.delegable) {
                of_version.only(&when);
            }
            cell.yes.add_all(&of_version.yes, Period::ALWAYS);
            cell.open.add_all(&of_version.open, Period::ALWAYS);
            for (when, periods) in std::mem::take(&mut of_version.when) {
                cell.add(&periods, Some(when));
            }
            of_version.because.into_iter().for_each(|reason| cell.why(reason));
        }
        self.walking.remove(&package);
        cell
    }

    /// The condition of `delegable`, where every line that admits somebody has one.
    fn only_when(&self, lines: &[Line]) -> Option<String> {
        let mut conditions = BTreeSet::new();
        for line in lines {
            if let Line::To { when, .. } = line {
                conditions.insert(expression::expression(when.as_deref()?, self.speaker));
            }
        }
        let conditions: Vec<String> = conditions.into_iter().collect();
        (!conditions.is_empty()).then(|| conditions.join(" or "))
    }

    /// One grant of a version.
    fn grant(&mut self, grant: &Grant, version: &Package, row: Row, cell: &mut Cell) {
        let within = grant.period.and(version.period);
        // Words are made only of what is for the row: most grants are for others.
        let speaker = self.speaker;
        let reason = || rule::grant(grant, speaker);
        let when = || grant.when.as_deref().map(|when| expression::expression(when, speaker));
        match grant.to {
            None => {
                cell.open.add(within);
                cell.why(reason());
            }
            Some(Grantee::Package(through)) if row != Row::Package(through) => {
                let holds = self.gives_use(through, row);
                let part = |periods: &Periods| {
                    let mut part = Periods::default();
                    part.add_all(periods, within);
                    self.while_role(row, version, &part)
                };
                let mut through = Cell { open: part(&holds.open), ..Cell::default() };
                let ways = [(None, &holds.yes)].into_iter();
                for (held, periods) in ways.chain(holds.when.iter().map(|(held, periods)| (Some(held), periods))) {
                    let periods = part(periods);
                    if grant.undecided {
                        through.open.add_all(&periods, Period::ALWAYS);
                    } else {
                        through.add(&periods, both(held.cloned(), when()));
                    }
                }
                if !through.is_nothing() {
                    cell.yes.add_all(&through.yes, Period::ALWAYS);
                    cell.open.add_all(&through.open, Period::ALWAYS);
                    for (when, periods) in through.when {
                        cell.add(&periods, Some(when));
                    }
                    cell.why(format!("{} ({})", reason(), holds.because.join("; ")));
                }
            }
            Some(to) => {
                let is_row = match to {
                    Grantee::Itself => row == Row::Itself,
                    Grantee::Role(role) => row == Row::Role(role),
                    Grantee::Package(package) => row == Row::Package(package),
                };
                if is_row {
                    let mut periods = Periods::default();
                    periods.add(within);
                    let periods = self.while_role(row, version, &periods);
                    if grant.undecided {
                        cell.open.add_all(&periods, Period::ALWAYS);
                    } else {
                        cell.add(&periods, when());
                    }
                    cell.why(reason());
                }
            }
        }
    }

    /// Those of the periods in which the role is in force, and is held for a kind of party that the package is for.
    fn while_role(&self, row: Row, package: &Package, periods: &Periods) -> Periods {
        let Row::Role(role) = row else { return periods.clone() };
        let kinds = package.kinds.known().copied().unwrap_or(Kinds::ANY);
        let mut in_force = Periods::default();
        for version in self.meaning.role(role).into_iter().flat_map(|named| &named.versions) {
            if !version.of.unwrap_or(version.by).and(kinds).is_empty() {
                in_force.add(version.period);
            }
        }
        periods.and(&in_force)
    }

    /// When the row may pass the area on: every package in it, and the area itself, to somebody. No role holds an area.
    pub(super) fn passes_area(&mut self, area: AreaId, row: Row) -> Cell {
        let kinds = match row {
            Row::Role(role) => {
                let versions = self.meaning.role(role).into_iter().flat_map(|named| &named.versions);
                versions.flat_map(|version| version.of.unwrap_or(version.by).iter().collect::<Vec<_>>()).collect()
            }
            Row::Itself | Row::Package(_) => Kinds::ANY,
        };
        let in_it: Vec<PackageId> = self
            .meaning
            .packages
            .iter()
            .enumerate()
            .filter(|(_, named)| {
                let mut versions = named.versions.iter().filter(|version| version.area == Some(area));
                versions.any(|version| version.kinds.known().is_none_or(|own| !own.and(kinds).is_empty()))
            })
            .map(|(at, _)| at.into())
            .collect();
        let mut cell = Cell::default();
        if in_it.is_empty() {
            cell.why("no package in it".to_owned());
            return cell;
        }
        // `perhaps` counts what is open as so; what is in it and not in `yes` is open.
        let (mut yes, mut perhaps) = (Periods::default(), Periods::default());
        for version in self.meaning.area(area).into_iter().flat_map(|named| &named.versions) {
            let has_line = version.delegable.iter().any(|line| matches!(line, Line::To { .. }));
            if has_line {
                yes.add(version.period);
            }
            if has_line || version.delegable.contains(&Line::Undecided) {
                perhaps.add(version.period);
            }
        }
        if perhaps.all().is_empty() {
            cell.why("the area is not delegable".to_owned());
            return cell;
        }
        if yes.all().is_empty() {
            cell.why("delegable of the area undecided".to_owned());
        }
        let mut open: Vec<&str> = Vec::new();
        let mut conditions: Vec<String> = self.area_when(area).into_iter().collect();
        for package in in_it {
            let one = self.gives_delegation(package, row);
            let mut both = one.perhaps();
            both.add_all(&one.open, Period::ALWAYS);
            let name = self.speaker.short(self.speaker.package(package));
            if both.all().is_empty() {
                cell.because = vec![format!("not {name}")];
                return cell;
            }
            if one.perhaps().all().is_empty() {
                open.push(name);
            } else if one.yes.all().is_empty() {
                conditions.push(format!("{name} is"));
            }
            yes = yes.and(&one.perhaps());
            perhaps = perhaps.and(&both);
        }
        if perhaps.all().is_empty() {
            cell.because = vec!["never all of it at once".to_owned()];
            return cell;
        }
        match *open.as_slice() {
            [] => {}
            [one] => cell.why(format!("open: {one}")),
            [one, two] => cell.why(format!("open: {one}, {two}")),
            [one, ref more @ ..] => cell.why(format!("open: {one} and {} more", more.len())),
        }
        if cell.because.is_empty() {
            cell.why("every package in it".to_owned());
        }
        if yes.all().is_empty() {
            cell.open = perhaps;
        } else {
            cell.add(&yes, (!conditions.is_empty()).then(|| conditions.join(" and ")));
        }
        cell
    }

    /// The condition of `delegable` of an area, where every line of it has one.
    fn area_when(&self, area: AreaId) -> Option<String> {
        let versions = self.meaning.area(area).map_or(&[][..], |named| &named.versions);
        let lines: Vec<Line> = versions.iter().flat_map(|version| &version.delegable).cloned().collect();
        self.only_when(&lines)
    }
}

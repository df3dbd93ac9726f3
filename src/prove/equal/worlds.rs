//! Small worlds in which what two bundles say of holding differently could be seen: somebody whom a grant reaches, somebody to
//! whom a line lets it be passed on; at the days when something begins or ends. What is asked in them stands in `around`.

use super::changed::Changed;
use super::holding::{When, translator, truth};
use super::{Both, Witness};
use crate::ir::{Grant, Grantee, Line, Meaning, Package, PackageId, Receiver, RoleId};
use crate::logic::{Answer, Effort, Wire, solve};
use crate::prove::made::TODAY;
use crate::prove::place::{Place, Scene};
use crate::prove::world::{Handle, World};
use crate::terms::{
    kind::{Kind, Kinds},
    period::Period,
    root::Root,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// How many requests are decided before it is given up.
const REQUESTS: usize = 4_000;
/// Steps that the conditions of grants and lines may take together.
const EFFORT: u32 = 500_000;

/// A request that the two decide differently, if one is found.
pub(super) fn apart(both: &Both<'_>, changed: &Changed) -> Option<Witness> {
    let mut trying = Trying { both, changed, left: REQUESTS, effort: Effort::of(EFFORT), packages: BTreeSet::new() };
    let packages = trying.packages();
    trying.packages.clone_from(&packages);
    for package in packages {
        for day in trying.days(package) {
            if let Some(witness) = trying.package(package, day) {
                return Some(witness);
            }
            if trying.left == 0 {
                return None;
            }
        }
    }
    None
}

pub(super) struct Trying<'s, 'b> {
    pub(super) both: &'s Both<'b>,
    pub(super) changed: &'s Changed,
    /// Requests that may still be decided.
    pub(super) left: usize,
    effort: Effort,
    packages: BTreeSet<PackageId>,
}

impl<'b> Trying<'_, 'b> {
    pub(super) fn meanings(&self) -> [&'b Meaning; 2] {
        [self.both.one, self.both.two]
    }

    /// Packages that what differs may be seen by.
    fn packages(&self) -> BTreeSet<PackageId> {
        let mut found = self.changed.packages.clone();
        for meaning in self.meanings() {
            for (at, named) in meaning.packages.iter().enumerate() {
                let id = PackageId::from(at);
                let seen = named.versions.iter().any(|version| {
                    let in_area = version.area.is_some_and(|area| self.changed.areas.contains(&area));
                    let of_grants = version.grants.iter().any(|grant| {
                        matches!(grant.to, Some(Grantee::Role(role)) if self.changed.roles.contains(&role))
                            || grant.when.as_deref().is_some_and(|when| self.changed.reads(when))
                    });
                    let of_lines = version.delegable.iter().any(|line| match line {
                        Line::To { to, when, .. } => {
                            matches!(to, Receiver::Role(role) if self.changed.roles.contains(role))
                                || when.as_deref().is_some_and(|when| self.changed.reads(when))
                        }
                        Line::Undecided => false,
                    });
                    in_area || of_grants || of_lines
                });
                if seen {
                    found.insert(id);
                }
            }
        }
        // A role that differs by what it lets its holder act with is seen by any package that is held.
        if !self.changed.roles.is_empty() {
            let held = (0..self.both.one.packages.len()).map(PackageId::from);
            found.extend(held.filter(|id| self.both.gives[0].may_be_held(*id)).take(12));
        }
        found
    }

    /// Days at which it may be seen: first the ends of what one says and the other does not, as where an end moves it is seen nowhere
    /// else; then today, if it is in force then, and the ends of what matters besides.
    fn days(&self, package: PackageId) -> Vec<Date> {
        let [one, two] = self.meanings();
        let (mut sharp, mut ends) = (BTreeSet::new(), BTreeSet::new());
        for (meaning, other) in [(one, two), (two, one)] {
            let theirs = other.package(package).map_or(&[][..], |named| &named.versions);
            for version in meaning.package(package).map_or(&[][..], |named| &named.versions) {
                let same = theirs.iter().any(|other| other.period == version.period);
                put(version.period, if same { &mut ends } else { &mut sharp });
                for grant in &version.grants {
                    let same = theirs.iter().any(|other| other.grants.contains(grant));
                    put(grant.period, if same { &mut ends } else { &mut sharp });
                }
                let area = version.area.and_then(|area| meaning.area(area));
                area.into_iter().flat_map(|named| &named.versions).for_each(|version| put(version.period, &mut ends));
            }
            for role in &self.changed.roles {
                let of = |meaning: &'b Meaning| meaning.role(*role).map_or(&[][..], |named| &named.versions);
                for version in of(meaning) {
                    let same = of(other).iter().any(|other| other.period == version.period);
                    put(version.period, if same { &mut ends } else { &mut sharp });
                }
            }
        }
        ends.insert(TODAY);
        let later = ends.iter().filter(|day| !sharp.contains(*day)).copied();
        let mut days: Vec<Date> = later.filter(|day| day.year() >= 1).collect();
        days.sort_by_key(|day| (*day != TODAY, *day));
        let mut all: Vec<Date> = sharp.iter().filter(|day| day.year() >= 1).copied().collect();
        all.extend(days);
        all.truncate(16);
        all
    }

    fn package(&mut self, id: PackageId, day: Date) -> Option<Witness> {
        for side in [0, 1] {
            let [one, two] = self.meanings();
            let meaning = if side == 0 { one } else { two };
            let Some((_, version)) = meaning.package(id).and_then(|named| named.on(day)) else { continue };
            let other = if side == 0 { two } else { one };
            let other = other.package(id).and_then(|named| named.on(day)).map(|(_, version)| version);
            // First what the other does not say.
            let mut grants: Vec<&Grant> = version.grants.iter().collect();
            grants.sort_by_key(|grant| other.is_some_and(|other| other.grants.contains(grant)));
            let mut lines: Vec<&Line> = version.delegable.iter().collect();
            lines.sort_by_key(|line| other.is_some_and(|other| other.delegable.contains(line)));
            let lines_first = other.is_some_and(|other| other.grants == version.grants);
            for of_lines in [lines_first, !lines_first] {
                let found = match of_lines {
                    true => lines.iter().find_map(|line| self.line(id, version, line, side, day)),
                    false => grants.iter().find_map(|grant| self.grant(id, version, grant, side, day)),
                };
                if found.is_some() {
                    return found;
                }
            }
            let area = version.area.and_then(|area| meaning.area(area)).and_then(|named| named.on(day));
            for line in area.map_or(&[][..], |(_, area)| &area.delegable) {
                if let Some(witness) = self.line(id, version, line, side, day) {
                    return Some(witness);
                }
            }
        }
        None
    }

    /// Kinds of parties worth trying: those that the package is for in either bundle, else all.
    fn parties(&self, id: PackageId) -> Kinds {
        let versions =
            self.meanings().into_iter().filter_map(|meaning| meaning.package(id)).flat_map(|it| &it.versions);
        versions.filter_map(|version| version.kinds.known()).flat_map(|kinds| kinds.iter()).collect()
    }

    /// Somebody whom a grant reaches.
    fn grant(
        &mut self,
        id: PackageId,
        version: &'b Package,
        grant: &'b Grant,
        side: usize,
        day: Date,
    ) -> Option<Witness> {
        let gives = self.both.gives.get(side).copied()?;
        for kind in self.parties(id).iter() {
            let holders = match grant.to {
                Some(Grantee::Itself) | None => Kinds::NONE.with(kind),
                Some(Grantee::Package(_)) => Kinds::ANY,
                Some(Grantee::Role(role)) => self.by(role),
            };
            for holder in holders.iter() {
                for itself in [false, true] {
                    if itself && holder != kind {
                        continue;
                    }
                    let wanted = [(Root::Holder, holder), (Root::Party, kind)];
                    for (mut world, who) in self.begun(Scene::Grant, grant.when.as_deref(), side, &wanted, itself, day)
                    {
                        let (who, party) = (*who.first()?, *who.get(1)?);
                        if !gives.reach(&mut world, grant, who, party, day, 2) {
                            continue;
                        }
                        if let Some(witness) = self.around(id, version, &world, who, party, None, gives, day) {
                            return Some(witness);
                        }
                    }
                }
            }
        }
        None
    }

    /// Somebody to whom a line lets it be passed on.
    fn line(&mut self, id: PackageId, version: &'b Package, line: &'b Line, side: usize, day: Date) -> Option<Witness> {
        let Line::To { to, when, .. } = line else { return None };
        let gives = self.both.gives.get(side).copied()?;
        let receivers = match to {
            Receiver::Kind(kind) => Kinds::NONE.with(*kind),
            Receiver::Role(role) => self.by(*role),
        };
        for kind in self.parties(id).iter() {
            for receiver in receivers.iter() {
                let givers: Kinds = version
                    .grants
                    .iter()
                    .flat_map(|grant| gives.grantees(grant, day).iter().collect::<Vec<_>>())
                    .collect();
                for giver in givers.with(kind).iter() {
                    for itself in [false, true] {
                        if itself && giver != kind {
                            continue;
                        }
                        let wanted = [(Root::Giver, giver), (Root::Party, kind), (Root::Receiver, receiver)];
                        for (mut world, who) in self.begun(Scene::Line, when.as_deref(), side, &wanted, itself, day) {
                            let (who, party, receiver) = (*who.first()?, *who.get(1)?, *who.get(2)?);
                            let may_give = version
                                .grants
                                .iter()
                                .filter(|grant| grant.gives_delegation)
                                .any(|grant| gives.reach(&mut world, grant, who, party, day, 2));
                            if !may_give && who == party {
                                // What the party gives itself rests on somebody who may.
                                gives.giver(&mut world, version, receiver, party, day, 2);
                            }
                            if !gives.admit(&mut world, *to, receiver, party, day) {
                                continue;
                            }
                            let receiver = Some(receiver);
                            if let Some(witness) = self.around(id, version, &world, who, party, receiver, gives, day) {
                                return Some(witness);
                            }
                        }
                    }
                }
            }
        }
        None
    }

    /// Kinds of those who can have a role, in either bundle.
    pub(super) fn by(&self, role: RoleId) -> Kinds {
        let versions = self.meanings().into_iter().filter_map(|meaning| meaning.role(role)).flat_map(|it| &it.versions);
        versions.flat_map(|version| version.by.iter()).collect()
    }

    /// Worlds in which a condition is so; first one in which it is so in this bundle alone, and one in which it is unknown there.
    fn begun(
        &mut self,
        scene: Scene,
        when: When<'b>,
        side: usize,
        wanted: &[(Root, Kind)],
        itself: bool,
        day: Date,
    ) -> Vec<(World<'b>, Vec<Handle>)> {
        let plain = |world: &mut World<'b>| {
            let mut who: Vec<Handle> = Vec::new();
            for (at, (_, kind)) in wanted.iter().enumerate() {
                let same = if itself && at == 1 { who.first().copied() } else { None };
                let one = same.unwrap_or_else(|| world.somebody(*kind));
                who.push(one);
            }
            who
        };
        if when.is_none() {
            let mut world = World::new(self.both.one);
            let who = plain(&mut world);
            return vec![(world, who)];
        }
        let mut translator = translator(self.both, self.changed);
        let place = Place::of_holding(scene);
        let so = truth(&mut translator, &place, when, side);
        let others = self.others(scene, when, side);
        let mut goals: Vec<Vec<Wire>> = Vec::new();
        for other in others {
            let other = truth(&mut translator, &place, other, 1 - side);
            goals.push(vec![so.so, !other.so]);
            goals.push(vec![!so.not, other.not]);
        }
        goals.push(vec![so.so]);
        let mut found = Vec::new();
        for goal in goals {
            let mut wires = goal;
            wires.push(!translator.atoms.nobody);
            let on_day = Period { from: Some(day), before: day.tomorrow().ok() };
            wires.push(translator.in_force(on_day));
            let mut who = Vec::new();
            for (root, kind) in wanted {
                let id = translator.atoms.root(*root);
                wires.push(translator.atoms.is_kind(id, *kind));
                who.push(id);
            }
            if let (true, [first, second, ..]) = (itself, &*who) {
                let one = translator.atoms.are_one(*first, *second);
                wires.push(one);
            } else if let [first, second, ..] = &*who {
                let one = translator.atoms.are_one(*first, *second);
                wires.push(!one);
            }
            if let [first, _, third] = &*who {
                let one = translator.atoms.are_one(*first, *third);
                wires.push(!one);
            }
            let wires = translator.with_axioms(wires, None);
            let Answer::Model(model) = solve(&translator.atoms.circuit, &wires, &mut self.effort) else { continue };
            let Some(mut made) = translator.world(&model, self.both.gives[0]) else { continue };
            let handles: Vec<Handle> = wanted
                .iter()
                .map(|(root, kind)| made.roots.get(root).copied().unwrap_or_else(|| made.world.somebody(*kind)))
                .collect();
            made.world.say_of_delegations(&made.delegation);
            found.push((made.world, handles));
            if found.len() == 3 {
                break;
            }
        }
        found
    }

    /// Conditions that stand in the other bundle in the place of this one, perhaps.
    fn others(&self, scene: Scene, when: When<'b>, side: usize) -> Vec<When<'b>> {
        let [one, two] = self.meanings();
        let (own, other) = if side == 0 { (one, two) } else { (two, one) };
        let of = |meaning: &'b Meaning| -> Vec<When<'b>> {
            let mut found: Vec<When<'b>> = Vec::new();
            for id in &self.packages {
                for version in meaning.package(*id).map_or(&[][..], |named| &named.versions) {
                    match scene {
                        Scene::Grant => found.extend(version.grants.iter().map(|grant| grant.when.as_deref())),
                        _ => found.extend(version.delegable.iter().filter_map(|line| match line {
                            Line::To { when, .. } => Some(when.as_deref()),
                            Line::Undecided => None,
                        })),
                    }
                }
            }
            if scene == Scene::Line {
                for area in &self.changed.areas {
                    for version in meaning.area(*area).map_or(&[][..], |named| &named.versions) {
                        found.extend(version.delegable.iter().filter_map(|line| match line {
                            Line::To { when, .. } => Some(when.as_deref()),
                            Line::Undecided => None,
                        }));
                    }
                }
            }
            found
        };
        if when.is_some_and(|when| self.changed.reads(when)) {
            return vec![when];
        }
        let known = of(own);
        // What stands there alone is what this became.
        let mut others: Vec<When<'b>> = of(other).into_iter().filter(|when| !known.contains(when)).collect();
        others.dedup();
        others.truncate(4);
        others
    }
}

/// The ends of a period, and the days before them.
fn put(period: Period, days: &mut BTreeSet<Date>) {
    for end in [period.from, period.before].into_iter().flatten() {
        days.insert(end);
        days.extend(end.yesterday().ok());
    }
}

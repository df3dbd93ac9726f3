//! What is asked in a small world about somebody who has a package: by them, by those who act with their role, by those to whom
//! they give it, and for those whom the party covers. `decide` is asked of both bundles.

use super::Witness;
use super::worlds::Trying;
use crate::decide::{Action, On, Request};
use crate::facts::Known;
use crate::ir::{AreaId, Line, Meaning, OrganisationId, Package, PackageId, Receiver, RoleId};
use crate::prove::gives::Gives;
use crate::prove::made::noon;
use crate::prove::world::{Handle, World};
use crate::terms::kind::{Kind, Kinds};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Of which package, and area, who is asked about, for whom, to whom it might be given, and when.
#[derive(Clone, Copy)]
struct Questions<'q> {
    package: PackageId,
    area: Option<AreaId>,
    asking: &'q [Handle],
    party: Handle,
    receivers: &'q [Handle],
    day: Date,
}

impl<'b> Trying<'_, 'b> {
    /// Asks everything that may be seen of somebody who has a package, and of those who may have it from them.
    #[expect(clippy::too_many_arguments, reason = "who has what of whom, when")]
    pub(super) fn around(
        &mut self,
        id: PackageId,
        version: &Package,
        world: &World<'b>,
        who: Handle,
        party: Handle,
        receiver: Option<Handle>,
        gives: &Gives<'b>,
        day: Date,
    ) -> Option<Witness> {
        let area = self.area_of(id, version);
        // First what is seen without a delegation.
        let mut first = world.clone();
        let mut asking = vec![who];
        let key = self.with_roles(&mut first, who, |role| role.key.is_yes(), Kinds::NONE.with(Kind::Person), day);
        asking.extend(key);
        let receivers = self.receivers(&mut first, version, receiver, who, party, gives, day);
        let asked = Questions { package: id, area, asking: &asking, party, receivers: &receivers, day };
        if let Some(witness) = self.ask(&first, asked) {
            return Some(witness);
        }
        // Then with it: to each, of the package and of its area; and on from them.
        let given = day.yesterday().unwrap_or(day);
        for to in &receivers {
            if *to == who {
                continue;
            }
            for by_area in [false, true] {
                let mut second = first.clone();
                match (by_area, area) {
                    (false, _) => second.delegate(who, *to, party, id, given),
                    (true, Some(area)) => second.delegate_area(who, *to, party, area, given),
                    (true, None) => continue,
                }
                let next = second.somebody(Kind::Person);
                let mut asking = vec![*to];
                asking.extend(self.with_roles(
                    &mut second,
                    *to,
                    |role| role.key.is_yes(),
                    Kinds::NONE.with(Kind::Person),
                    day,
                ));
                let mut on: Vec<Handle> = vec![next];
                on.extend(self.with_roles(&mut second, *to, |role| role.agent.is_yes(), Kinds::ANY, day));
                if let Some(witness) = self.ask(&second, Questions { asking: &asking, receivers: &on, ..asked }) {
                    return Some(witness);
                }
                for further in on.iter().copied() {
                    let mut third = second.clone();
                    third.delegate(*to, further, party, id, given);
                    let asked = Questions { asking: &[further], receivers: &[], ..asked };
                    if let Some(witness) = self.ask(&third, asked) {
                        return Some(witness);
                    }
                }
            }
        }
        // And what is held for an organisation that covers another.
        self.covered(&first, asked)
    }

    /// What is held for the party is held for those that it covers.
    fn covered(&mut self, world: &World<'b>, asked: Questions<'_>) -> Option<Witness> {
        let Questions { party, day, .. } = asked;
        if world.kind(party) != Kind::Organisation {
            return None;
        }
        for at in 0..self.both.one.roles.len() {
            let role = RoleId::from(at);
            let covers = self.meanings().into_iter().any(|meaning| {
                meaning
                    .role(role)
                    .and_then(|named| named.on(day))
                    .is_some_and(|(_, role)| role.covers.is_yes() && role.by.has(Kind::Organisation))
            });
            let of = self.both.one.role(role).and_then(|named| named.on(day)).and_then(|(_, role)| role.of);
            if let (true, Some(kinds)) = (covers, of) {
                for kind in kinds.iter() {
                    let mut wider = world.clone();
                    let unit = wider.somebody(kind);
                    wider.role(party, role, Some(unit));
                    if let Some(witness) = self.ask(&wider, Questions { party: unit, ..asked }) {
                        return Some(witness);
                    }
                }
            }
        }
        None
    }

    fn area_of(&self, id: PackageId, version: &Package) -> Option<AreaId> {
        let other = self.meanings().into_iter().filter_map(|meaning| meaning.package(id)).flat_map(|it| &it.versions);
        version.area.or_else(|| other.filter_map(|version| version.area).next())
    }

    /// Somebody with each role of a sort for an organisation, of each of these kinds that can have it: one for the first such role that
    /// is the same in both, and one for each that differs.
    fn with_roles(
        &self,
        world: &mut World<'b>,
        of: Handle,
        wanted: impl Fn(&crate::ir::Role) -> bool,
        kinds: Kinds,
        day: Date,
    ) -> Vec<Handle> {
        let mut found = Vec::new();
        if world.kind(of) != Kind::Organisation {
            return found;
        }
        let mut plain = false;
        for at in 0..self.both.one.roles.len() {
            let role = RoleId::from(at);
            let changed = self.changed.roles.contains(&role);
            let on = |meaning: &'b Meaning| meaning.role(role).and_then(|named| named.on(day)).map(|(_, role)| role);
            let version = self.meanings().into_iter().filter_map(on).find(|role| {
                wanted(role)
                    && role.of.is_some_and(|kinds| kinds.has(Kind::Organisation))
                    && !role.by.and(kinds).is_empty()
            });
            if let Some(version) = version.filter(|_| changed || !plain) {
                plain |= !changed;
                for kind in version.by.and(kinds).iter() {
                    let who = world.somebody(kind);
                    world.role(who, role, Some(of));
                    found.push(who);
                }
            }
        }
        found
    }

    /// Those to whom it might be given: the one that is meant, one of each kind, one for each line.
    #[expect(clippy::too_many_arguments, reason = "who has what of whom, when")]
    fn receivers(
        &self,
        world: &mut World<'b>,
        version: &Package,
        receiver: Option<Handle>,
        who: Handle,
        party: Handle,
        gives: &Gives<'b>,
        day: Date,
    ) -> Vec<Handle> {
        if let Some(receiver) = receiver {
            return vec![receiver];
        }
        let mut found: Vec<Handle> = Kind::ALL.into_iter().map(|kind| world.somebody(kind)).collect();
        for line in &version.delegable {
            if let Line::To { to: Receiver::Role(role), .. } = line
                && let Some(kind) = self.by(*role).iter().next()
            {
                let one = world.somebody(kind);
                gives.admit(world, Receiver::Role(*role), one, party, day);
                found.push(one);
            }
        }
        let agents = self.with_roles(world, who, |role| role.agent.is_yes(), Kinds::ANY, day);
        // An agent is passed on to only where a line admits it besides.
        for line in &version.delegable {
            if let (Line::To { to: to @ Receiver::Role(_), .. }, false) = (line, self.changed.roles.is_empty()) {
                let admitted = self.with_roles(world, who, |role| role.agent.is_yes(), Kinds::ANY, day);
                found.extend(admitted.into_iter().filter(|one| gives.admit(world, *to, *one, party, day)));
            }
        }
        found.extend(agents);
        found
    }

    /// Asks for the package and its area, and whether they may be passed on.
    fn ask(&mut self, world: &World<'b>, asked: Questions<'_>) -> Option<Witness> {
        for lost in self.sources() {
            let mut world = world.clone();
            lost.into_iter().for_each(|source| world.lose(source));
            let found = self.ask_in(&world, asked);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// None out of reach; and where what differs is where a role is from, each source of it.
    fn sources(&self) -> Vec<Option<OrganisationId>> {
        let source = |meaning: &'b Meaning, role: RoleId| -> BTreeSet<Option<OrganisationId>> {
            meaning.role(role).into_iter().flat_map(|named| &named.versions).map(|version| version.source).collect()
        };
        let mut all = vec![None];
        for role in &self.changed.roles {
            let [one, two] = self.meanings().map(|meaning| source(meaning, *role));
            all.extend(one.symmetric_difference(&two).filter(|source| source.is_some()));
        }
        all
    }

    fn ask_in(&mut self, world: &World<'b>, asked: Questions<'_>) -> Option<Witness> {
        let Questions { package, area, asking, party, receivers, day } = asked;
        let (facts, placed) = world.facts();
        let deciders = self.both.index.map(|index| crate::decide::Decider::new(index, &facts));
        let mut things = vec![On::Package(package)];
        things.extend(area.map(On::Area));
        for who in asking {
            for on in &things {
                let to = receivers.iter().map(|to| (Action::Delegate, Some(*to)));
                let asked = [(Action::Use, None), (Action::Delegate, None)].into_iter().chain(to);
                for (action, to) in asked {
                    self.left = self.left.checked_sub(1)?;
                    let request = Request {
                        now: noon(day),
                        today: day,
                        subject: Some(placed.of(*who)),
                        party: Some(placed.of(party)),
                        action,
                        on: *on,
                        to: to.map(|to| placed.of(to)),
                        context: Known::default(),
                        record: None,
                        elements: Vec::new(),
                    };
                    let [one, two] = deciders.each_ref().map(|decider| decider.decide(&request).cause);
                    if one != two
                        && let Some(witness) = self.both.witness(&facts, &request)
                    {
                        return Some(witness);
                    }
                }
            }
        }
        None
    }
}

//! A request with the facts that it is decided over, small enough to be read: what of a suite's world matters to it, and
//! everything that differs from it in one thing. Decides nothing itself.

use super::search::{moves, values};
use crate::decide::Request;
use crate::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact, ThingId, ThingSort, Value};
use crate::intake::attributes;
use crate::ir::{AreaId, Attributes, Meaning, PackageId, RoleId};
use crate::terms::kind::Kind;
use crate::terms::period::Period;
use crate::terms::root::BuiltIn;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A request and its facts.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) facts: Draft,
    pub(super) request: Request,
}

/// What may be added, and with what attributes may be tried.
#[derive(Debug, Default)]
pub(super) struct Matter {
    pub(super) roles: BTreeSet<RoleId>,
    pub(super) packages: BTreeSet<PackageId>,
    pub(super) areas: BTreeSet<AreaId>,
    /// Names of attributes that are read.
    pub(super) attributes: BTreeSet<Box<str>>,
    pub(super) days: BTreeSet<Date>,
}

/// Who may be there besides.
const OTHERS: [(&str, Kind); 4] = [
    ("another", Kind::Person),
    ("third", Kind::Person),
    ("other_firm", Kind::Organisation),
    ("machine", Kind::SystemUser),
];

impl Scenario {
    /// With as few facts as leave `holds` so: halves are left out, then halves of these.
    pub(super) fn shrunk(mut self, holds: &mut impl FnMut(&Scenario) -> bool) -> Scenario {
        let (roles, delegations) = (self.facts.roles.len(), self.facts.delegations.len());
        let mut kept = vec![true; roles + delegations];
        let whole = self.clone();
        let with = |kept: &[bool]| {
            let mut less = whole.clone();
            let mut keep = kept.iter();
            less.facts.roles.retain(|_| keep.next().copied().unwrap_or(true));
            less.facts.delegations.retain(|_| keep.next().copied().unwrap_or(true));
            less
        };
        let mut waiting = vec![(0, kept.len())];
        while let Some((from, to)) = waiting.pop() {
            if from >= to {
                continue;
            }
            let mut less = kept.clone();
            less.iter_mut().take(to).skip(from).for_each(|keep| *keep = false);
            if holds(&with(&less)) {
                kept = less;
            } else if to - from > 1 {
                let middle = usize::midpoint(from, to);
                waiting.extend([(from, middle), (middle, to)]);
            }
        }
        self = with(&kept).pruned();
        for at in 0..self.facts.entities.len() {
            self = self.with_less(holds, |facts| facts.entities.get_mut(at).map(|entity| &mut entity.attributes));
        }
        for at in 0..self.facts.delegations.len() {
            self = self.with_less(holds, |facts| facts.delegations.get_mut(at).map(|one| &mut one.attributes));
        }
        self.pruned()
    }

    fn with_less(
        mut self,
        holds: &mut impl FnMut(&Scenario) -> bool,
        known: impl Fn(&mut Draft) -> Option<&mut Known>,
    ) -> Scenario {
        let count = known(&mut self.facts).map_or(0, |known| known.0.len());
        for at in (0..count).rev() {
            let mut less = self.clone();
            if let Some(known) = known(&mut less.facts) {
                known.0.remove(at);
            }
            if holds(&less) {
                self = less;
            }
        }
        self
    }

    /// Without those whom nothing names; organisations of the bundle stay.
    fn pruned(self) -> Scenario {
        let mut named: BTreeSet<EntityId> = BTreeSet::new();
        let request = &self.request;
        named.extend([request.subject, request.party, request.to].into_iter().flatten());
        for fact in &self.facts.roles {
            named.insert(fact.subject);
            named.extend(fact.party);
        }
        for one in &self.facts.delegations {
            named.extend([one.giver, one.receiver, one.party]);
        }
        let mut values: Vec<&Value> = request.context.0.iter().map(|(_, value)| value).chain(&request.record).collect();
        values.extend(self.facts.delegations.iter().flat_map(|one| one.attributes.0.iter().map(|(_, value)| value)));
        let mut things: BTreeSet<ThingId> = BTreeSet::new();
        let mut people: Vec<EntityId> = named.iter().copied().collect();
        loop {
            if let Some(next) = values.pop() {
                match next {
                    Value::Entity(id) if named.insert(*id) => people.push(*id),
                    Value::Thing(id) if things.insert(*id) => {
                        let known = self.facts.thing(*id).map(|thing| &thing.attributes.0);
                        values.extend(known.into_iter().flatten().map(|(_, value)| value));
                    }
                    Value::Set(members) => values.extend(members),
                    Value::Nameless(known) => values.extend(known.0.iter().map(|(_, value)| value)),
                    _ => {}
                }
            } else if let Some(id) = people.pop() {
                let known = self.facts.entity(id).map(|entity| &entity.attributes.0);
                values.extend(known.into_iter().flatten().map(|(_, value)| value));
            } else {
                break;
            }
        }
        let keep = |at: usize, entity: &Entity| entity.declared.is_some() || named.contains(&EntityId(number(at)));
        let entities = self.facts.entities.iter().enumerate().filter(|(at, entity)| keep(*at, entity));
        let entities: Vec<(EntityId, Entity)> = entities.map(|(at, one)| (EntityId(number(at)), one.clone())).collect();
        let left = self.facts.things.iter().enumerate().filter(|(at, _)| things.contains(&ThingId(number(*at))));
        let left: Vec<(ThingId, crate::facts::Thing)> =
            left.map(|(at, one)| (ThingId(number(at)), one.clone())).collect();
        self.renamed(entities, left)
    }

    /// With others besides, who have and are nothing yet.
    pub(super) fn peopled(self) -> Scenario {
        let mut entities: Vec<(Option<EntityId>, Entity)> =
            (0..).map(|at| Some(EntityId(at))).zip(self.facts.entities.iter().cloned()).collect();
        for (name, kind) in OTHERS {
            if self.facts.entity_named(name).is_none() {
                let attributes = Known::default();
                entities.push((None, Entity { name: name.into(), kind, declared: None, attributes }));
            }
        }
        entities.sort_by(|one, two| one.1.name.cmp(&two.1.name));
        let things = (0..).map(ThingId).zip(self.facts.things.iter().cloned()).collect();
        // Those who are new have no number yet; nothing names them.
        let entities = entities.into_iter().map(|(id, entity)| (id.unwrap_or(EntityId(u32::MAX)), entity)).collect();
        self.renamed(entities, things)
    }

    /// The same with these entities and things, which had these numbers.
    fn renamed(mut self, entities: Vec<(EntityId, Entity)>, things: Vec<(ThingId, crate::facts::Thing)>) -> Self {
        let now = |id: EntityId| entities.iter().position(|(was, _)| *was == id).map_or(id, |at| EntityId(number(at)));
        let thing = |id: ThingId| things.iter().position(|(was, _)| *was == id).map_or(id, |at| ThingId(number(at)));
        let known =
            |known: &Known| Known(known.0.iter().map(|(name, one)| (name.clone(), put(one, &now, &thing))).collect());
        for fact in &mut self.facts.roles {
            *fact = RoleFact { subject: now(fact.subject), party: fact.party.map(now), ..*fact };
        }
        for one in &mut self.facts.delegations {
            (one.giver, one.receiver, one.party) = (now(one.giver), now(one.receiver), now(one.party));
            one.attributes = known(&one.attributes);
        }
        self.request.subject = self.request.subject.map(now);
        self.request.party = self.request.party.map(now);
        self.request.to = self.request.to.map(now);
        self.request.context = known(&self.request.context);
        self.request.record = self.request.record.as_ref().map(|record| put(record, &now, &thing));
        let others = entities.iter().map(|(_, one)| Entity { attributes: known(&one.attributes), ..one.clone() });
        let all_things =
            things.iter().map(|(_, one)| crate::facts::Thing { attributes: known(&one.attributes), ..one.clone() });
        (self.facts.entities, self.facts.things) = (others.collect(), all_things.collect());
        self
    }

    /// Everything that differs from it in one fact.
    pub(super) fn fact_moves(&self, meaning: &Meaning, matter: &Matter) -> Vec<Scenario> {
        let mut all = Vec::new();
        let mut push = |change: &dyn Fn(&mut Draft)| {
            let mut next = self.clone();
            change(&mut next.facts);
            all.push(next);
        };
        let everybody: Vec<(EntityId, Kind)> =
            (0..).map(EntityId).zip(self.facts.entities.iter().map(|entity| entity.kind)).collect();
        // Organisations of the bundle answer and own; who acts and is acted for is somebody else.
        let acting: Vec<(EntityId, Kind)> = everybody
            .iter()
            .copied()
            .filter(|(id, _)| self.facts.entity(*id).is_some_and(|entity| entity.declared.is_none()))
            .collect();
        for at in 0..self.facts.roles.len() {
            push(&|facts| {
                facts.roles.remove(at);
            });
        }
        for at in 0..self.facts.delegations.len() {
            push(&|facts| {
                facts.delegations.remove(at);
            });
        }
        for id in &matter.roles {
            let Some((_, role)) = meaning.role(*id).and_then(|named| named.on(self.request.today)) else { continue };
            for (subject, kind) in &acting {
                if !role.by.has(*kind) {
                    continue;
                }
                let fact = |party| RoleFact { subject: *subject, role: *id, party, period: Period::ALWAYS };
                match role.of {
                    None => push(&|facts| facts.roles.push(fact(None))),
                    Some(kinds) => {
                        for (party, _) in acting.iter().filter(|(party, kind)| kinds.has(*kind) && party != subject) {
                            push(&|facts| facts.roles.push(fact(Some(*party))));
                        }
                    }
                }
            }
            if let Some(source) = role.source {
                push(&|facts| {
                    facts.out_of_reach.insert(source);
                });
            }
        }
        self.delegation_moves(matter, &acting, &mut push);
        for (id, kind) in &everybody {
            let of = attributes::of_entity(attributes::entity_of(*kind), meaning);
            let known = self.facts.entity(*id).map(|entity| entity.attributes.clone()).unwrap_or_default();
            for known in self.with_one(&known, &of, meaning, matter) {
                push(&|facts| {
                    let place = facts.entities.get_mut(id.0 as usize);
                    place.into_iter().for_each(|entity| entity.attributes.clone_from(&known));
                });
            }
        }
        for (at, one) in self.facts.delegations.iter().enumerate() {
            let of = attributes::of_entity(BuiltIn::Delegation, meaning);
            for known in self.with_one(&one.attributes, &of, meaning, matter) {
                push(&|facts| {
                    facts.delegations.iter_mut().skip(at).take(1).for_each(|one| one.attributes.clone_from(&known));
                });
            }
        }
        for (at, one) in self.facts.things.iter().enumerate() {
            let of = match one.sort {
                ThingSort::Record(id) => attributes::of_record(id, meaning),
                ThingSort::Entity(id) => meaning.entity(id).map(|of| of.body.attributes.clone()).unwrap_or_default(),
            };
            for known in self.with_one(&one.attributes, &of, meaning, matter) {
                push(&|facts| {
                    facts.things.iter_mut().skip(at).take(1).for_each(|one| one.attributes.clone_from(&known));
                });
            }
        }
        all
    }

    fn delegation_moves(
        &self,
        matter: &Matter,
        acting: &[(EntityId, Kind)],
        push: &mut impl FnMut(&dyn Fn(&mut Draft)),
    ) {
        let packages = matter.packages.iter().map(|id| Given::Package(*id));
        let given: Vec<Given> = packages.chain(matter.areas.iter().map(|id| Given::Area(*id))).collect();
        for what in given {
            for (giver, _) in acting {
                for (receiver, _) in acting.iter().filter(|(receiver, _)| receiver != giver) {
                    let parties = [self.request.party().unwrap_or(*giver), *giver];
                    let parties: BTreeSet<EntityId> = parties.into_iter().collect();
                    for party in parties {
                        let one = Delegation {
                            receiver: *receiver,
                            party,
                            what,
                            giver: *giver,
                            given: self.request.today,
                            period: Period::ALWAYS,
                            withdrawn: None,
                            attributes: Known::default(),
                        };
                        push(&|facts| facts.delegations.push(one.clone()));
                    }
                }
            }
        }
    }

    /// What is known with one attribute missing, or another.
    fn with_one(&self, known: &Known, of: &Attributes, meaning: &Meaning, matter: &Matter) -> Vec<Known> {
        let entities: Vec<EntityId> = (0..number(self.facts.entities.len())).map(EntityId).collect();
        let mut all = Vec::new();
        for (name, of) in of.iter().filter(|(name, _)| matter.attributes.contains(*name)) {
            let now = known.get(name);
            let rest: Vec<(Box<str>, Value)> = known.0.iter().filter(|(own, _)| own != name).cloned().collect();
            if now.is_some() {
                all.push(Known(rest.clone()));
            }
            for value in values(of, meaning, &entities, &matter.days, now, 0) {
                if now != Some(&value) {
                    let mut more = rest.clone();
                    more.push((name.clone(), value));
                    more.sort();
                    all.push(Known(more));
                }
            }
        }
        all
    }

    /// Everything that differs from it in what is asked, of whom, and when.
    pub(super) fn request_moves(&self, meaning: &Meaning, matter: &Matter) -> Vec<Scenario> {
        let requests = moves(&self.request, &self.facts.store(), meaning, &matter.days);
        requests.into_iter().map(|request| Scenario { facts: self.facts.clone(), request }).collect()
    }
}

fn put(value: &Value, now: &impl Fn(EntityId) -> EntityId, thing: &impl Fn(ThingId) -> ThingId) -> Value {
    match value {
        Value::Entity(id) => Value::Entity(now(*id)),
        Value::Thing(id) => Value::Thing(thing(*id)),
        Value::Set(members) => {
            let mut members: Vec<Value> = members.iter().map(|one| put(one, now, thing)).collect();
            members.sort();
            Value::Set(members)
        }
        Value::Nameless(known) => {
            let known = known.0.iter().map(|(name, one)| (name.clone(), put(one, now, thing)));
            Value::Nameless(Box::new(Known(known.collect())))
        }
        other => other.clone(),
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

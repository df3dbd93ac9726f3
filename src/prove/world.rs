//! Facts made up to show something: few people and organisations, what they are and have. Made by hand here, and nowhere else
//! in this room, into facts that `decide` reads.

use crate::facts::{Delegation, Draft, Entity, EntityId, Facts, Given, Known, RoleFact, Value};
use crate::ir::{AreaId, Meaning, OrganisationId, PackageId, RoleId};
use crate::terms::{kind::Kind, period::Period};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody in a world that is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Handle(u32);

/// A delegation: giver, receiver, party, what, the day, and what else it says.
type Handed = (Handle, Handle, Handle, Given, Date, BTreeMap<Box<str>, Value>);

/// A world that is being made. Values in it name entities by their handles.
#[derive(Clone, Debug)]
pub(super) struct World<'b> {
    meaning: &'b Meaning,
    entities: Vec<(Box<str>, Kind, Option<OrganisationId>)>,
    attributes: BTreeMap<(Handle, Box<str>), Value>,
    roles: BTreeSet<(Handle, RoleId, Option<Handle>)>,
    delegations: Vec<Handed>,
    out_of_reach: BTreeSet<OrganisationId>,
    /// What delegations say besides, and the day that they are given, where that matters.
    besides: BTreeMap<Box<str>, Value>,
    given: Option<Date>,
}

const PEOPLE: [&str; 8] = ["kari", "ola", "per", "nina", "ida", "jon", "mari", "nils"];
const ORGANISATIONS: [&str; 6] = ["clinic", "office", "shop", "school", "firm", "club"];
const SYSTEMS: [&str; 2] = ["system", "machine"];

impl<'b> World<'b> {
    /// With the organisations of the bundle alone.
    pub(super) fn new(meaning: &'b Meaning) -> Self {
        let declared = meaning.organisations.iter().enumerate();
        let entities = declared.map(|(at, name)| (name.clone(), Kind::Organisation, Some(at.into()))).collect();
        World {
            meaning,
            entities,
            attributes: BTreeMap::new(),
            roles: BTreeSet::new(),
            delegations: Vec::new(),
            out_of_reach: BTreeSet::new(),
            besides: BTreeMap::new(),
            given: None,
        }
    }

    /// An organisation of the bundle.
    pub(super) fn organisation(&self, id: OrganisationId) -> Handle {
        Handle(id.0)
    }

    /// Somebody new.
    pub(super) fn somebody(&mut self, kind: Kind) -> Handle {
        let names: &[&str] = match kind {
            Kind::Person => &PEOPLE,
            Kind::Organisation => &ORGANISATIONS,
            Kind::SystemUser => &SYSTEMS,
        };
        let is_taken = |name: &str| {
            self.entities.iter().any(|(known, ..)| **known == *name)
                || self.meaning.organisations.iter().any(|full| full.rsplit('.').next() == Some(name))
        };
        let free = names.iter().copied().find(|name| !is_taken(name)).map(str::to_owned);
        let numbered = || (1..).map(|at| format!("{}{at}", kind.word())).find(|name| !is_taken(name));
        let name = free.or_else(numbered).unwrap_or_default();
        self.entities.push((name.into(), kind, None));
        Handle(u32::try_from(self.entities.len() - 1).unwrap_or(u32::MAX))
    }

    pub(super) fn kind(&self, who: Handle) -> Kind {
        self.entities.get(who.0 as usize).map_or(Kind::Person, |(_, kind, _)| *kind)
    }

    /// The value by which others name somebody.
    pub(super) fn value(who: Handle) -> Value {
        Value::Entity(EntityId(who.0))
    }

    pub(super) fn set(&mut self, who: Handle, name: &str, value: Value) {
        self.attributes.insert((who, name.into()), value);
    }

    pub(super) fn role(&mut self, who: Handle, role: RoleId, party: Option<Handle>) {
        self.roles.insert((who, role, party));
    }

    pub(super) fn delegate(&mut self, giver: Handle, receiver: Handle, party: Handle, package: PackageId, day: Date) {
        self.push(giver, receiver, party, Given::Package(package), day);
    }

    pub(super) fn delegate_area(&mut self, giver: Handle, receiver: Handle, party: Handle, area: AreaId, day: Date) {
        self.push(giver, receiver, party, Given::Area(area), day);
    }

    fn push(&mut self, giver: Handle, receiver: Handle, party: Handle, what: Given, day: Date) {
        let day = self.given.filter(|given| *given <= day).unwrap_or(day);
        self.delegations.push((giver, receiver, party, what, day, self.besides.clone()));
    }

    /// What every delegation that is made from now on says besides. What follows from other things is not among it.
    pub(super) fn say_of_delegations(&mut self, known: &Known) {
        let given = known.0.iter().find(|(name, _)| **name == *"given").map(|(_, value)| value);
        self.given = given.and_then(|value| if let Value::Date(day) = value { Some(*day) } else { None });
        self.besides = known.0.iter().filter(|(name, _)| **name != *"given").cloned().collect();
    }

    pub(super) fn lose(&mut self, source: OrganisationId) {
        self.out_of_reach.insert(source);
    }

    /// The facts, and who is who in them.
    pub(super) fn facts(&self) -> (Facts, Placed) {
        let mut order: Vec<usize> = (0..self.entities.len()).collect();
        order.sort_by(|one, other| {
            let name = |at: &usize| self.entities.get(*at).map(|(name, ..)| name);
            name(one).cmp(&name(other))
        });
        let mut placed = Placed(vec![EntityId(0); self.entities.len()]);
        for (at, entity) in order.iter().enumerate() {
            if let Some(slot) = placed.0.get_mut(*entity) {
                *slot = EntityId(u32::try_from(at).unwrap_or(u32::MAX));
            }
        }
        let mut known: BTreeMap<Handle, Vec<(Box<str>, Value)>> = BTreeMap::new();
        for ((who, name), value) in &self.attributes {
            known.entry(*who).or_default().push((name.clone(), placed.value(value)));
        }
        let entity = |at: &usize| {
            let (name, kind, declared) = self.entities.get(*at)?.clone();
            let handle = Handle(u32::try_from(*at).unwrap_or(u32::MAX));
            let attributes = Known(known.get(&handle).cloned().unwrap_or_default());
            Some(Entity { name, kind, declared, attributes })
        };
        let mut roles: Vec<RoleFact> = self
            .roles
            .iter()
            .map(|(who, role, party)| RoleFact {
                subject: placed.of(*who),
                role: *role,
                party: party.map(|party| placed.of(party)),
                period: Period::ALWAYS,
            })
            .collect();
        roles.sort();
        let mut delegations: Vec<Delegation> = self
            .delegations
            .iter()
            .map(|(giver, receiver, party, what, given, known)| Delegation {
                receiver: placed.of(*receiver),
                party: placed.of(*party),
                what: *what,
                giver: placed.of(*giver),
                given: *given,
                period: Period::ALWAYS,
                withdrawn: None,
                attributes: Known(known.iter().map(|(name, value)| (name.clone(), placed.value(value))).collect()),
            })
            .collect();
        delegations.sort();
        delegations.dedup();
        let entities = order.iter().filter_map(entity).collect();
        let out_of_reach = self.out_of_reach.clone();
        (Draft { entities, roles, delegations, things: Vec::new(), out_of_reach }.store(), placed)
    }
}

/// Who is who in the facts of a world.
#[derive(Clone, Debug)]
pub(super) struct Placed(Vec<EntityId>);

impl Placed {
    pub(super) fn of(&self, who: Handle) -> EntityId {
        self.0.get(who.0 as usize).copied().unwrap_or(EntityId(0))
    }

    /// A value with the entities of the facts in it.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::Entity(id) => Value::Entity(self.of(Handle(id.0))),
            Value::Nameless(known) => Value::Nameless(Box::new(self.known(known))),
            Value::Set(members) => {
                let mut members: Vec<Value> = members.iter().map(|member| self.value(member)).collect();
                members.sort();
                members.dedup();
                Value::Set(members)
            }
            other => other.clone(),
        }
    }

    pub(super) fn known(&self, known: &Known) -> Known {
        let mut all: Vec<_> = known.0.iter().map(|(name, value)| (name.clone(), self.value(value))).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        Known(all)
    }
}

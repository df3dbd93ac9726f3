//! One change of what is known or asked; and facts and a request with changes made. Finds no change.

use crate::decide::Request;
use crate::facts::{Delegated, Delegation, Draft, EntityId, Facts, Known, RoleFact, ThingId, Value};
use crate::ir::OrganisationId;
use crate::terms::period::date_in_oslo;
use jiff::Timestamp;

/// What has an attribute that is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The context of the request.
    Context,
    /// The record of the request, written in its place.
    Record,
    /// A record or a thing of the facts.
    Thing(ThingId),
    /// A delegation of the facts.
    Delegation(Delegated),
    /// A person, organisation or system user.
    Entity(EntityId),
}

/// Where a value stands: an attribute, or an attribute of what is written in an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Whose.
    pub holder: Holder,
    /// The names of attributes, from the outermost.
    pub path: Vec<Box<str>>,
}

impl Place {
    /// Puts a value there, in what its holder is known to be.
    pub fn put(&self, known: &mut Known, value: &Value) {
        put(known, &self.path, value);
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The request is about this record of the facts.
    Record(ThingId),
    /// An attribute has this value.
    Say(Place, Value),
    /// The roles that an organisation answers for can be seen.
    Reach(OrganisationId),
    /// Somebody gives somebody a package or an area.
    Delegate(Delegation),
    /// Somebody has a role.
    Role(RoleFact),
    /// It is asked without these elements.
    Without(Vec<Box<str>>),
    /// Somebody asks.
    Subject(EntityId),
    /// It is asked for this party.
    Party(EntityId),
    /// Somebody no longer has a role.
    EndRole(RoleFact),
    /// A delegation is not.
    EndDelegation(Delegated),
    /// It is asked at this moment.
    At(Timestamp),
}

impl Change {
    /// What is changed first, where as many changes help: 0 for what was missing.
    pub(super) fn rank(&self, world: &World) -> u8 {
        match self {
            Change::Say(place, _) if world.value(place).is_none() => 0,
            Change::Record(_) if world.request.record.is_none() => 0,
            Change::Reach(_) => 0,
            Change::Delegate(_) | Change::Role(_) => 1,
            Change::Say(..) | Change::EndRole(_) | Change::EndDelegation(_) | Change::Without(_) => 2,
            Change::Subject(_) | Change::Party(_) | Change::Record(_) => 3,
            Change::At(_) => 4,
        }
    }
}

/// Facts and what is asked over them.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) facts: Draft,
    pub(super) request: Request,
    /// What the resource has: of these, elements are left out.
    pub(super) elements: Vec<Box<str>>,
}

impl World {
    /// The value at a place, if it is known.
    pub(super) fn value(&self, place: &Place) -> Option<&Value> {
        let (last, above) = place.path.split_last()?;
        let mut known = self.known(place.holder)?;
        for name in above {
            known = match known.get(name)? {
                Value::Nameless(inner) => inner,
                _ => return None,
            };
        }
        known.get(last)
    }

    fn known(&self, holder: Holder) -> Option<&Known> {
        match holder {
            Holder::Context => Some(&self.request.context),
            Holder::Record => match &self.request.record {
                Some(Value::Nameless(known)) => Some(known),
                _ => None,
            },
            Holder::Thing(id) => self.facts.thing(id).map(|thing| &thing.attributes),
            Holder::Entity(id) => self.facts.entity(id).map(|entity| &entity.attributes),
            Holder::Delegation(of) => {
                self.facts.delegations.iter().find(|one| one.delegated() == of).map(|one| &one.attributes)
            }
        }
    }

    /// The same with changes made.
    pub(super) fn with(&self, changes: &[Change]) -> World {
        let mut world = self.clone();
        changes.iter().for_each(|change| world.make(change));
        world
    }

    fn make(&mut self, change: &Change) {
        let World { facts, request, elements } = self;
        match change {
            Change::Say(place, value) => {
                let say = |known: &mut Known| put(known, &place.path, value);
                match place.holder {
                    Holder::Context => say(&mut request.context),
                    Holder::Record => {
                        let mut known = match request.record.take() {
                            Some(Value::Nameless(known)) => *known,
                            _ => Known::default(),
                        };
                        say(&mut known);
                        request.record = Some(Value::Nameless(Box::new(known)));
                    }
                    Holder::Thing(id) => {
                        facts.things.iter_mut().skip(id.0 as usize).take(1).for_each(|one| say(&mut one.attributes));
                    }
                    Holder::Entity(id) => {
                        facts.entities.iter_mut().skip(id.0 as usize).take(1).for_each(|one| say(&mut one.attributes));
                    }
                    Holder::Delegation(of) => {
                        let these = facts.delegations.iter_mut().filter(|one| one.delegated() == of);
                        these.for_each(|one| say(&mut one.attributes));
                    }
                }
            }
            Change::Record(id) => request.record = Some(Value::Thing(*id)),
            Change::Reach(organisation) => drop(facts.out_of_reach.remove(organisation)),
            Change::Delegate(delegation) => facts.delegations.push(delegation.clone()),
            Change::Role(fact) => facts.roles.push(*fact),
            Change::Without(names) => {
                if request.elements.is_empty() {
                    request.elements.clone_from(elements);
                }
                request.elements.retain(|name| !names.contains(name));
            }
            Change::Subject(who) => request.subject = Some(*who),
            Change::Party(who) => request.party = Some(*who),
            Change::EndRole(fact) => facts.roles.retain(|one| one != fact),
            Change::EndDelegation(of) => facts.delegations.retain(|one| one.delegated() != *of),
            Change::At(moment) => (request.now, request.today) = (*moment, date_in_oslo(*moment)),
        }
    }
}

/// Puts a value at a path; what is written in an attribute is made where it is not there.
fn put(known: &mut Known, path: &[Box<str>], value: &Value) {
    let Some((name, rest)) = path.split_first() else { return };
    let at = known.0.binary_search_by(|(own, _)| own.cmp(name));
    let value = if rest.is_empty() {
        value.clone()
    } else {
        let there = at.ok().and_then(|at| known.0.get(at)).map(|(_, value)| value.clone());
        let mut inner = match there {
            Some(Value::Nameless(inner)) => *inner,
            _ => Known::default(),
        };
        put(&mut inner, rest, value);
        Value::Nameless(Box::new(inner))
    };
    match at {
        Ok(at) => known.0.iter_mut().skip(at).take(1).for_each(|(_, own)| *own = value.clone()),
        Err(at) => known.0.insert(at, (name.clone(), value)),
    }
}

/// Facts and a request with changes made. Elements are left out of those that the request names, or of these where it names none.
#[must_use]
pub fn changed(facts: &Facts, request: &Request, elements: &[Box<str>], changes: &[Change]) -> (Facts, Request) {
    let world = World { facts: facts.draft(), request: request.clone(), elements: elements.to_vec() };
    let World { facts, request, .. } = world.with(changes);
    (facts.store(), request)
}

//! As few facts as a decision and what is changed near it can depend on: who has to do with subject and party, and what is known of
//! them. Decides nothing.

use super::Set;
use super::change::{Change, Holder, Place, World};
use crate::decide::index::Decider;
use crate::decide::{On, Request};
use crate::facts::{Delegated, Delegation, Draft, Entity, EntityId, Known, RoleFact, Thing, ThingId, Value, Whose};
use crate::ir::{Role, RoleId};
use crate::terms::kind::Kind;
use std::collections::BTreeSet;

/// How many are looked at as parties of their own, and how many role facts and delegations of each.
const MOST_PARTIES: usize = 64;
const MOST_ROWS: usize = 20_000;

/// A part of the facts, and the request over it.
pub(super) struct Slice {
    pub(super) world: World,
    /// Who and what each number stands for in the facts; `None`: for itself.
    numbers: Option<Numbers>,
    /// Were other parties left out because there are too many?
    pub(super) cut: bool,
    /// Was something left out that may matter to the decision, because there is too much of it?
    pub(super) partial: bool,
}

/// The numbers of those who are in a part, in order.
#[derive(Default)]
struct Numbers {
    entities: Vec<EntityId>,
    things: Vec<ThingId>,
}

impl Slice {
    /// What can matter to a request; all of at most so many facts.
    pub(super) fn of(decider: &Decider<'_, '_>, request: &Request, whole: usize) -> Self {
        let elements = match request.on {
            On::Resource(id) => {
                let version = decider.index.meaning.resource(id).and_then(|named| named.on(request.today));
                version.and_then(|(_, body)| body.elements.known()).cloned().unwrap_or_default()
            }
            On::Package(_) | On::Area(_) => Vec::new(),
        };
        let facts = decider.facts;
        let rows = facts.role_count() as usize + facts.delegation_count() as usize;
        if facts.entity_count() + rows + facts.value_count() <= whole {
            let world = World { facts: facts.draft(), request: request.clone(), elements };
            return Slice { world, numbers: None, cut: false, partial: false };
        }
        let mut gathering = Gathering {
            decider,
            who: BTreeSet::new(),
            things: BTreeSet::new(),
            waiting: Vec::new(),
            cut: false,
            partial: false,
        };
        gathering.gather(request);
        let Gathering { who, things, cut, partial, .. } = gathering;
        let numbers = Numbers { entities: who.into_iter().collect(), things: things.into_iter().collect() };
        let world = World { facts: numbers.draft(decider), request: numbers.request(request), elements };
        Slice { world, numbers: Some(numbers), cut, partial }
    }

    /// How many facts it has.
    pub(super) fn size(&self) -> usize {
        let Draft { entities, roles, delegations, things, .. } = &self.world.facts;
        entities.len() + roles.len() + delegations.len() + things.len()
    }

    /// The same changes, of the facts that it is a part of.
    pub(super) fn told(&self, set: Set) -> Set {
        match &self.numbers {
            None => set,
            Some(numbers) => set.iter().map(|change| numbers.outside(change)).collect(),
        }
    }
}

/// Who and what is being gathered.
struct Gathering<'g> {
    decider: &'g Decider<'g, 'g>,
    who: BTreeSet<EntityId>,
    things: BTreeSet<ThingId>,
    /// Those who are to be looked at as parties.
    waiting: Vec<EntityId>,
    cut: bool,
    partial: bool,
}

impl Gathering<'_> {
    fn gather(&mut self, request: &Request) {
        let facts = self.decider.facts;
        let organisations = (0..self.decider.index.meaning.organisations.len()).map(Into::into);
        self.who.extend(organisations.filter_map(|id| facts.organisation(id)));
        // Who has a role that is out of reach may be anybody of its kind.
        for kind in Kind::ALL {
            self.who.extend(self.decider.entities(|one| one == kind).next());
        }
        let asking = [request.party(), request.subject, request.to];
        self.waiting.extend(asking.into_iter().flatten());
        let mut values: Vec<Value> = request.context.0.iter().map(|(_, value)| value.clone()).collect();
        values.extend(request.record.clone());
        self.values(values, true);
        if let Some(who) = request.subject {
            self.waiting.extend(facts.roles_of(who).rows.iter().filter_map(|row| row.party.get()).take(MOST_PARTIES));
            let received = facts.delegations_to(who).take(MOST_PARTIES).filter_map(|at| facts.delegation(at));
            self.waiting.extend(received.map(|one| one.party));
        }
        let mut seen = BTreeSet::new();
        let mut at = 0;
        while let Some(party) = self.waiting.get(at).copied() {
            at += 1;
            if seen.len() >= MOST_PARTIES {
                self.cut = true;
                break;
            }
            if seen.insert(party) {
                self.party(party);
            }
        }
        let all: Vec<EntityId> = self.who.iter().copied().collect();
        for who in all {
            self.values(values_of(&facts.known(Whose::Entity(who))), false);
        }
        if let On::Resource(register) = request.on {
            let records = facts.things_of(crate::facts::ThingSort::Record(register)).take(MOST_PARTIES / 4);
            let records: Vec<Value> = records.map(Value::Thing).collect();
            self.values(records, false);
        }
    }

    /// Everybody who has a role for somebody, gave or received for them, or has one for those organisations.
    fn party(&mut self, party: EntityId) {
        let facts = self.decider.facts;
        self.who.insert(party);
        self.values(values_of(&facts.known(Whose::Entity(party))), true);
        let mut others: BTreeSet<EntityId> = BTreeSet::new();
        let (roles, given) = (facts.roles_for(Some(party)), facts.delegations_for(party));
        let gives = roles.iter().filter_map(|at| facts.role_row(*at)).filter(|row| self.gives(row.role));
        let gives: Vec<(EntityId, RoleId)> = gives.map(|row| (row.subject, row.role)).collect();
        self.partial |= gives.len() > MOST_ROWS || given.len() > MOST_ROWS;
        for (subject, role) in gives.into_iter().take(MOST_ROWS) {
            others.insert(subject);
            if self.role(role, |role| role.covers.is_yes()) {
                self.waiting.push(subject);
            }
        }
        for row in given.iter().take(MOST_ROWS).filter_map(|at| facts.delegation_row(*at)) {
            others.extend([row.giver, row.receiver]);
        }
        let organisations = others.iter().filter(|other| facts.kind(**other) == Some(Kind::Organisation));
        let behind: Vec<EntityId> = organisations
            .flat_map(|other| facts.roles_for(Some(*other)))
            .filter_map(|at| facts.role_row(*at))
            .filter(|row| self.role(row.role, |role| role.key.is_yes()))
            .map(|row| row.subject)
            .take(MOST_ROWS)
            .collect();
        self.who.extend(others);
        self.who.extend(behind);
    }

    /// Does a grant name the role, or is it one by which others act? What another role says matters between those who are here alone.
    fn gives(&self, id: RoleId) -> bool {
        !self.decider.index.grants_to_role(id).is_empty()
            || self.role(id, |role| role.key.is_yes() || role.covers.is_yes() || role.agent.is_yes())
    }

    fn role(&self, id: RoleId, is: impl Fn(&Role) -> bool) -> bool {
        let versions = self.decider.index.meaning.role(id).map_or(&[][..], |named| &named.versions);
        versions.iter().any(is)
    }

    /// Who and what values name, and what is known of those in turn.
    fn values(&mut self, mut values: Vec<Value>, as_parties: bool) {
        let facts = self.decider.facts;
        while let Some(value) = values.pop() {
            match value {
                Value::Entity(who) => {
                    if as_parties {
                        self.waiting.push(who);
                    }
                    if self.who.insert(who) {
                        values.extend(values_of(&facts.known(Whose::Entity(who))));
                    }
                }
                Value::Thing(id) if self.things.insert(id) => {
                    values.extend(values_of(&facts.known(Whose::Thing(id))));
                }
                Value::Set(members) => values.extend(members),
                Value::Nameless(known) => values.extend(values_of(&known)),
                _ => {}
            }
        }
    }
}

fn values_of(known: &Known) -> Vec<Value> {
    known.0.iter().map(|(_, value)| value.clone()).collect()
}

impl Numbers {
    fn entity(&self, id: EntityId) -> Option<EntityId> {
        Some(EntityId(u32::try_from(self.entities.binary_search(&id).ok()?).ok()?))
    }

    fn thing(&self, id: ThingId) -> Option<ThingId> {
        Some(ThingId(u32::try_from(self.things.binary_search(&id).ok()?).ok()?))
    }

    /// A value with the numbers of the part; all that it names is in it.
    fn value(&self, value: &Value) -> Option<Value> {
        renamed(value, &|id| self.entity(id), &|id| self.thing(id))
    }

    fn known(&self, known: &Known) -> Known {
        Known(known.0.iter().filter_map(|(name, value)| Some((name.clone(), self.value(value)?))).collect())
    }

    fn request(&self, request: &Request) -> Request {
        Request {
            subject: request.subject.and_then(|id| self.entity(id)),
            party: request.party.and_then(|id| self.entity(id)),
            to: request.to.and_then(|id| self.entity(id)),
            context: self.known(&request.context),
            record: request.record.as_ref().and_then(|record| self.value(record)),
            ..request.clone()
        }
    }

    fn draft(&self, decider: &Decider<'_, '_>) -> Draft {
        let facts = decider.facts;
        let entities = self.entities.iter().filter_map(|id| {
            let view = facts.entity(*id)?;
            let attributes = self.known(&facts.known(Whose::Entity(*id)));
            Some(Entity { name: view.name.into(), kind: view.kind, declared: view.declared, attributes })
        });
        let things = self.things.iter().filter_map(|id| {
            let view = facts.thing(*id)?;
            Some(Thing {
                sort: view.sort,
                name: view.name.into(),
                attributes: self.known(&facts.known(Whose::Thing(*id))),
            })
        });
        let (mut roles, mut delegations) = (Vec::new(), Vec::new());
        for id in &self.entities {
            for row in facts.roles_of(*id).rows {
                let party = row.party.get().map(|party| self.entity(party));
                if let (Some(subject), true) = (self.entity(*id), party != Some(None)) {
                    let period = facts.period(row.period);
                    roles.push(RoleFact { subject, role: row.role, party: party.flatten(), period });
                }
            }
            for at in facts.delegations_to(*id) {
                if let Some(one) = facts.delegation(at)
                    && let Some(Delegated { receiver, party, what, giver, given, period, withdrawn }) =
                        self.inside(&one)
                {
                    let attributes = self.known(&facts.known(Whose::Delegation(at)));
                    delegations.push(Delegation { receiver, party, what, giver, given, period, withdrawn, attributes });
                }
            }
        }
        Draft {
            entities: entities.collect(),
            roles,
            delegations,
            things: things.collect(),
            out_of_reach: facts.out_of_reach().clone(),
        }
    }

    fn inside(&self, one: &Delegated) -> Option<Delegated> {
        let (receiver, party) = (self.entity(one.receiver)?, self.entity(one.party)?);
        Some(Delegated { receiver, party, giver: self.entity(one.giver)?, ..*one })
    }

    /// A change of the part as one of the facts.
    fn outside(&self, change: &Change) -> Change {
        let who = |id: EntityId| self.entities.get(id.0 as usize).copied().unwrap_or(id);
        let thing = |id: ThingId| self.things.get(id.0 as usize).copied().unwrap_or(id);
        let value =
            |value: &Value| renamed(value, &|id| Some(who(id)), &|id| Some(thing(id))).unwrap_or_else(|| value.clone());
        let given = |one: &Delegated| Delegated {
            receiver: who(one.receiver),
            party: who(one.party),
            giver: who(one.giver),
            ..*one
        };
        let role = |fact: &RoleFact| RoleFact { subject: who(fact.subject), party: fact.party.map(who), ..*fact };
        match change {
            Change::Say(place, said) => {
                let holder = match place.holder {
                    Holder::Entity(id) => Holder::Entity(who(id)),
                    Holder::Thing(id) => Holder::Thing(thing(id)),
                    Holder::Delegation(one) => Holder::Delegation(given(&one)),
                    holder @ (Holder::Context | Holder::Record) => holder,
                };
                Change::Say(Place { holder, path: place.path.clone() }, value(said))
            }
            Change::Record(id) => Change::Record(thing(*id)),
            Change::Delegate(one) => {
                let Delegated { receiver, party, what, giver, given, period, withdrawn } = given(&one.delegated());
                let attributes = one.attributes.0.iter().map(|(name, said)| (name.clone(), value(said))).collect();
                let attributes = Known(attributes);
                Change::Delegate(Delegation { receiver, party, what, giver, given, period, withdrawn, attributes })
            }
            Change::Role(fact) => Change::Role(role(fact)),
            Change::EndRole(fact) => Change::EndRole(role(fact)),
            Change::EndDelegation(one) => Change::EndDelegation(given(one)),
            Change::Subject(id) => Change::Subject(who(*id)),
            Change::Party(id) => Change::Party(who(*id)),
            Change::Reach(_) | Change::Without(_) | Change::At(_) => change.clone(),
        }
    }
}

/// A value with other numbers in it; `None`: one of them has none. As deep as the reader of data allows.
fn renamed(
    value: &Value,
    who: &impl Fn(EntityId) -> Option<EntityId>,
    thing: &impl Fn(ThingId) -> Option<ThingId>,
) -> Option<Value> {
    Some(match value {
        Value::Entity(id) => Value::Entity(who(*id)?),
        Value::Thing(id) => Value::Thing(thing(*id)?),
        Value::Set(members) => {
            let mut members = members.iter().map(|one| renamed(one, who, thing)).collect::<Option<Vec<Value>>>()?;
            members.sort();
            Value::Set(members)
        }
        Value::Nameless(known) => {
            let known = known.0.iter().map(|(name, one)| Some((name.clone(), renamed(one, who, thing)?)));
            Value::Nameless(Box::new(Known(known.collect::<Option<Vec<_>>>()?)))
        }
        other => other.clone(),
    })
}

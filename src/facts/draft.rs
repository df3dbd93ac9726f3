//! Facts as single things, to be made and changed by hand: what suites, proofs and tests write. `store` puts them into
//! columns, `Facts::draft` takes them out again. Checks nothing.

use super::delegations::{Delegated, DelegationRow, Delegations, Given};
use super::roles::{Party, RoleFact, RoleRow, Roles};
use super::{EntityId, Facts, Known, Owner, ThingId, ThingSort, Whose};
use crate::ir::OrganisationId;
use crate::terms::{kind::Kind, period::Period};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

/// Who there is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entity {
    /// Its name in the facts; for a declared organisation its full name in the bundle.
    pub name: Box<str>,
    /// What it is.
    pub kind: Kind,
    /// The organisation of the bundle that it is.
    pub declared: Option<OrganisationId>,
    /// What is known of it.
    pub attributes: Known,
}

/// *Kari gave Per the package for the clinic* (docs/meaning.md, F3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delegation {
    /// Who receives.
    pub receiver: EntityId,
    /// For whom.
    pub party: EntityId,
    /// What.
    pub what: Given,
    /// Who gives.
    pub giver: EntityId,
    /// The day it was given.
    pub given: Date,
    /// When it is in force.
    pub period: Period,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// What else is known of it.
    pub attributes: Known,
}

impl Delegation {
    /// Without its attributes.
    #[must_use]
    pub fn delegated(&self) -> Delegated {
        let Delegation { receiver, party, what, giver, given, period, withdrawn, .. } = *self;
        Delegated { receiver, party, what, giver, given, period, withdrawn }
    }
}

/// A record, or a thing of a declared entity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    /// What it is.
    pub sort: ThingSort,
    /// Its name in the facts.
    pub name: Box<str>,
    /// What is known of it.
    pub attributes: Known,
}

/// All facts of one world, in rows. An id is an index: entities stand in order of name, things in order of sort and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Who there is, sorted by name; every organisation of the bundle is among them.
    pub entities: Vec<Entity>,
    /// Role facts, in any order.
    pub roles: Vec<RoleFact>,
    /// Delegations, in any order.
    pub delegations: Vec<Delegation>,
    /// Records, and things of entities that modules declare; sorted by sort, then name.
    pub things: Vec<Thing>,
    /// Organisations whose roles cannot be seen now.
    pub out_of_reach: BTreeSet<OrganisationId>,
}

impl Draft {
    /// The entity of a name.
    #[must_use]
    pub fn entity_named(&self, name: &str) -> Option<EntityId> {
        let at = self.entities.binary_search_by(|entity| (*entity.name).cmp(name)).ok()?;
        Some(EntityId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// The entity of an id.
    #[must_use]
    pub fn entity(&self, id: EntityId) -> Option<&Entity> {
        self.entities.get(id.0 as usize)
    }

    /// The name of an entity.
    #[must_use]
    pub fn name(&self, id: EntityId) -> &str {
        self.entity(id).map_or("", |entity| &entity.name)
    }

    /// The thing of an id.
    #[must_use]
    pub fn thing(&self, id: ThingId) -> Option<&Thing> {
        self.things.get(id.0 as usize)
    }

    /// The same facts in columns.
    #[must_use]
    pub fn store(&self) -> Facts {
        let mut facts = Facts::default();
        for entity in &self.entities {
            let added = facts.entities.add(&entity.name, entity.kind, entity.declared);
            if let Ok(EntityId(row)) = added {
                facts.columns.push_known(Owner::Entities(entity.kind), row, &entity.attributes);
            }
        }
        for thing in &self.things {
            if let Some(id) = facts.things.add(thing.sort, &thing.name) {
                let first = facts.things.of_sort(thing.sort).start;
                facts.columns.push_known(Owner::Things(thing.sort), id.0 - first, &thing.attributes);
            }
        }
        facts.put_roles(&self.roles);
        let mut delegations: Vec<&Delegation> = self.delegations.iter().collect();
        delegations.sort();
        delegations.dedup();
        facts.put_delegations(&delegations);
        facts.out_of_reach = self.out_of_reach.clone();
        facts
    }
}

impl Facts {
    /// Puts role facts in the place of those that there are.
    pub fn put_roles(&mut self, roles: &[RoleFact]) {
        let periods = &mut self.periods;
        let rows = roles.iter().zip(0..).map(|(fact, read_at)| RoleRow {
            subject: fact.subject,
            party: Party::of(fact.party),
            role: fact.role,
            period: periods.add(fact.period),
            read_at,
        });
        let rows = rows.collect();
        self.roles = Roles::of(rows, self.entities.len(), &self.periods);
    }

    /// Puts delegations, in order and without repeats, in the place of none.
    pub fn put_delegations(&mut self, delegations: &[&Delegation]) {
        let (mut rows, mut withdrawn) = (Vec::with_capacity(delegations.len()), Vec::new());
        for (one, at) in delegations.iter().zip(0..) {
            let period = self.periods.add(one.period);
            rows.push(DelegationRow::new(&one.delegated(), period, at));
            withdrawn.extend(one.withdrawn.map(|moment| (at, moment)));
            self.columns.push_known(Owner::Delegations, at, &one.attributes);
        }
        self.delegations = Delegations::of(rows, withdrawn, self.entities.len());
    }

    /// The same facts in rows.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let entities = self.entities().filter_map(|id| {
            let view = self.entity(id)?;
            Some(Entity {
                name: view.name.into(),
                kind: view.kind,
                declared: view.declared,
                attributes: self.known(Whose::Entity(id)),
            })
        });
        let things = self.things().filter_map(|id| {
            let view = self.thing(id)?;
            Some(Thing { sort: view.sort, name: view.name.into(), attributes: self.known(Whose::Thing(id)) })
        });
        let delegations = (0..self.delegation_count()).filter_map(|at| {
            let Delegated { receiver, party, what, giver, given, period, withdrawn } = self.delegation(at)?;
            let attributes = self.known(Whose::Delegation(at));
            Some(Delegation { receiver, party, what, giver, given, period, withdrawn, attributes })
        });
        Draft {
            entities: entities.collect(),
            roles: self.roles().map(|(_, fact)| fact).collect(),
            delegations: delegations.collect(),
            things: things.collect(),
            out_of_reach: self.out_of_reach.clone(),
        }
    }
}

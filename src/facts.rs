//! What the registers and the parties say: entities, role facts, delegations, what is out of reach; interned against one
//! bundle. Reads nothing (that is `intake`) and decides nothing.

mod value;

use crate::ir::{AreaId, OrganisationId, PackageId, RoleId};
use crate::terms::{kind::Kind, period::Period};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

pub use value::{Known, Thing, ThingId, ThingSort, Value};

/// A person, organisation or system user: index into [`Facts::entities`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u32);

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

/// *Kari is manager for the clinic* (docs/meaning.md, F2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoleFact {
    /// Who has it.
    pub subject: EntityId,
    /// Which role.
    pub role: RoleId,
    /// For whom; `None` for a status.
    pub party: Option<EntityId>,
    /// When.
    pub period: Period,
}

/// What a delegation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// A package.
    Package(PackageId),
    /// An area.
    Area(AreaId),
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
    /// Is it in force? (F3)
    #[must_use]
    pub fn in_force(&self, now: Timestamp, today: Date) -> bool {
        self.period.has(today) && today >= self.given && self.withdrawn.is_none_or(|moment| now < moment)
    }
}

/// All facts of one world. Entities are sorted by name; every organisation of the bundle is among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who there is, sorted by name.
    pub entities: Vec<Entity>,
    /// Role facts, sorted, without repeats.
    pub roles: Vec<RoleFact>,
    /// Delegations, sorted, without repeats.
    pub delegations: Vec<Delegation>,
    /// Records, and things of entities that modules declare; sorted by sort, then name.
    pub things: Vec<Thing>,
    /// Organisations whose roles cannot be seen now.
    pub out_of_reach: BTreeSet<OrganisationId>,
}

impl Facts {
    /// The entity of a name.
    #[must_use]
    pub fn entity_named(&self, name: &str) -> Option<EntityId> {
        let at = self.entities.binary_search_by(|entity| (*entity.name).cmp(name)).ok()?;
        Some(EntityId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// The entity of an id; `None` only for an id of other facts.
    #[must_use]
    pub fn entity(&self, id: EntityId) -> Option<&Entity> {
        self.entities.get(id.0 as usize)
    }

    /// The thing of a sort and name.
    #[must_use]
    pub fn thing_named(&self, sort: ThingSort, name: &str) -> Option<ThingId> {
        let at = self.things.binary_search_by(|thing| (thing.sort, &*thing.name).cmp(&(sort, name))).ok()?;
        Some(ThingId(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// The thing of an id; `None` only for an id of other facts.
    #[must_use]
    pub fn thing(&self, id: ThingId) -> Option<&Thing> {
        self.things.get(id.0 as usize)
    }

    /// The name of an entity.
    #[must_use]
    pub fn name(&self, id: EntityId) -> &str {
        self.entity(id).map_or("", |entity| &entity.name)
    }
}

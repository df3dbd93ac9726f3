//! Who there is: people, organisations and system users, numbered in the order of their names. Says nothing of what is
//! known of them.

use super::EntityId;
use super::texts::Texts;
use crate::ir::OrganisationId;
use crate::terms::kind::Kind;
use rustc_hash::FxHashMap;

/// Names and kinds of all entities.
#[derive(Clone, Debug, Default)]
pub struct Entities {
    names: Texts,
    kinds: KindList,
    /// Which of them are organisations of the bundle, and the other way round.
    declared: FxHashMap<EntityId, OrganisationId>,
    organisations: Vec<Option<EntityId>>,
}

/// Kinds, four in a byte: those of millions lie near the processor.
#[derive(Clone, Debug, Default)]
struct KindList {
    fours: Vec<u8>,
    count: usize,
}

impl KindList {
    fn push(&mut self, kind: Kind) {
        if self.count.is_multiple_of(4) {
            self.fours.push(0);
        }
        let bits: u8 = match kind {
            Kind::Person => 0,
            Kind::Organisation => 1,
            Kind::SystemUser => 2,
        };
        self.fours.last_mut().into_iter().for_each(|four| *four |= bits << (self.count % 4 * 2));
        self.count += 1;
    }

    fn get(&self, at: usize) -> Option<Kind> {
        let four = self.fours.get(at / 4).filter(|_| at < self.count)?;
        Some(match four >> (at % 4 * 2) & 3 {
            0 => Kind::Person,
            1 => Kind::Organisation,
            _ => Kind::SystemUser,
        })
    }
}

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntityView<'f> {
    /// Its name in the facts; for a declared organisation its full name in the bundle.
    pub name: &'f str,
    /// What it is.
    pub kind: Kind,
    /// The organisation of the bundle that it is.
    pub declared: Option<OrganisationId>,
}

impl Entities {
    /// Entities of these names, which all differ and stand in order, with the kind of each, and who of them is an
    /// organisation of the bundle.
    #[must_use]
    pub fn of(names: Texts, kinds: &[Kind], declared: impl IntoIterator<Item = (EntityId, OrganisationId)>) -> Self {
        let mut all = Entities { names, ..Entities::default() };
        all.kinds.fours.reserve_exact(kinds.len() / 4 + 1);
        kinds.iter().for_each(|kind| all.kinds.push(*kind));
        declared.into_iter().for_each(|(id, organisation)| all.declare(id, organisation));
        all
    }

    /// One more, with a name of its own; numbered as it comes. `None`: it has the name of another, or there is no room.
    ///
    /// # Errors
    /// The number of the entity that has the name; `None` where there is no room for more.
    pub fn add(
        &mut self,
        name: &str,
        kind: Kind,
        declared: Option<OrganisationId>,
    ) -> Result<EntityId, Option<EntityId>> {
        let (number, new) = self.names.add(name).ok_or(None)?;
        let id = EntityId(number);
        if !new {
            return Err(Some(id));
        }
        self.kinds.push(kind);
        if let Some(organisation) = declared {
            self.declare(id, organisation);
        }
        Ok(id)
    }

    fn declare(&mut self, id: EntityId, organisation: OrganisationId) {
        let at = organisation.index();
        if self.organisations.len() <= at {
            self.organisations.resize(at + 1, None);
        }
        if let Some(slot) = self.organisations.get_mut(at) {
            *slot = Some(id);
        }
        self.declared.insert(id, organisation);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.count
    }

    /// Is there nobody?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.count == 0
    }

    /// What one of them is; `None` only for an id of other facts.
    #[must_use]
    pub fn get(&self, id: EntityId) -> Option<EntityView<'_>> {
        let kind = self.kind(id)?;
        Some(EntityView { name: self.names.get(id.0), kind, declared: self.declared(id) })
    }

    /// The kind of one of them.
    #[must_use]
    pub fn kind(&self, id: EntityId) -> Option<Kind> {
        self.kinds.get(id.0 as usize)
    }

    /// The organisation of the bundle that it is.
    #[must_use]
    pub fn declared(&self, id: EntityId) -> Option<OrganisationId> {
        self.declared.get(&id).copied()
    }

    /// The entity that an organisation of the bundle is.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<EntityId> {
        self.organisations.get(id.index()).copied().flatten()
    }

    /// Their names.
    #[must_use]
    pub fn names(&self) -> &Texts {
        &self.names
    }

    /// Gives back what room was held ready.
    pub(super) fn shrink(&mut self) {
        self.names.shrink();
        self.kinds.fours.shrink_to_fit();
    }
}

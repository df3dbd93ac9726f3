//! What the registers and the parties say: entities, role facts, delegations, what is known, what is out of reach; interned
//! against one bundle, in columns and sorted rows. Reads nothing (that is `intake`) and decides nothing.

mod attributes;
mod cells;
mod column;
mod day;
mod delegations;
mod draft;
mod entities;
mod roles;
mod texts;
mod things;
mod told;
mod turned;
mod value;

use crate::ir::OrganisationId;
use crate::terms::{kind::Kind, period::Period};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

pub use attributes::{ColumnView, Columns, Hidden, Owner};
pub use delegations::{Delegated, DelegationRow, Delegations, Given};
pub use draft::{Delegation, Draft, Entity, Thing};
pub use entities::{Entities, EntityView};
pub use roles::{Party, PeriodId, Periods, RoleFact, RoleRow, Roles, RolesOf};
pub use texts::{TextList, Texts};
pub use things::{ThingView, Things};
pub use told::{Members, Told};
pub use turned::Turned;
pub use value::{Known, ThingId, ThingSort, Value};

/// A person, organisation or system user: its number in the order of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub u32);

/// What has attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// A person, organisation or system user.
    Entity(EntityId),
    /// A record or a thing.
    Thing(ThingId),
    /// A delegation, by its place.
    Delegation(u32),
}

/// All facts of one world; every organisation of the bundle is among the entities.
///
/// Whoever makes facts by hand makes a [`Draft`]; a reader of many builds the parts one after another, names first.
#[derive(Clone, Default)]
pub struct Facts {
    entities: Entities,
    things: Things,
    columns: Columns,
    periods: Periods,
    roles: Roles,
    delegations: Delegations,
    out_of_reach: BTreeSet<OrganisationId>,
    /// The files that rows were read from, with the number of the line before the first of each.
    files: Vec<(Box<str>, u32)>,
}

impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.draft() == other.draft()
    }
}

impl Eq for Facts {}

impl fmt::Debug for Facts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.draft().fmt(out)
    }
}

/// Who there is.
impl Facts {
    /// The facts that say who there is, and nothing else. Entities must be numbered in the order of their names.
    #[must_use]
    pub fn of(mut entities: Entities, mut things: Things) -> Self {
        entities.shrink();
        things.shrink();
        Facts { entities, things, ..Facts::default() }
    }

    /// The entity of a name.
    #[must_use]
    pub fn entity_named(&self, name: &str) -> Option<EntityId> {
        self.entities.names().find(name).map(EntityId)
    }

    /// The entities of many names, looked up side by side.
    #[must_use]
    pub fn entities_named(&self, names: &[&str]) -> Vec<Option<EntityId>> {
        let mut found = Vec::with_capacity(names.len());
        self.entities.names().find_all(names, |_, id| found.push(id.map(EntityId)));
        found
    }

    /// What an entity is; `None` only for an id of other facts.
    #[must_use]
    pub fn entity(&self, id: EntityId) -> Option<EntityView<'_>> {
        self.entities.get(id)
    }

    /// The kind of an entity.
    #[must_use]
    pub fn kind(&self, id: EntityId) -> Option<Kind> {
        self.entities.kind(id)
    }

    /// The name of an entity.
    #[must_use]
    pub fn name(&self, id: EntityId) -> &str {
        self.entities.names().get(id.0)
    }

    /// Everybody, in the order of names.
    pub fn entities(&self) -> impl Iterator<Item = EntityId> + use<> {
        (0..roles::number(self.entities.len())).map(EntityId)
    }

    /// How many entities there are.
    #[must_use]
    pub fn entity_count(&self) -> usize {
        self.entities.len()
    }

    /// The entity that an organisation of the bundle is.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<EntityId> {
        self.entities.organisation(id)
    }

    /// The thing of a sort and name.
    #[must_use]
    pub fn thing_named(&self, sort: ThingSort, name: &str) -> Option<ThingId> {
        self.things.named(sort, name)
    }

    /// What a thing is; `None` only for an id of other facts.
    #[must_use]
    pub fn thing(&self, id: ThingId) -> Option<ThingView<'_>> {
        self.things.get(id)
    }

    /// Every thing, in order of sort and name.
    pub fn things(&self) -> impl Iterator<Item = ThingId> + use<> {
        (0..roles::number(self.things.len())).map(ThingId)
    }

    /// The things of one sort, in the order of names.
    pub fn things_of(&self, sort: ThingSort) -> impl Iterator<Item = ThingId> + use<> {
        self.things.of_sort(sort).map(ThingId)
    }

    /// Organisations whose roles cannot be seen now.
    #[must_use]
    pub fn out_of_reach(&self) -> &BTreeSet<OrganisationId> {
        &self.out_of_reach
    }

    /// Says which organisations' roles cannot be seen now.
    pub fn put_out_of_reach(&mut self, organisations: BTreeSet<OrganisationId>) {
        self.out_of_reach = organisations;
    }
}

/// Who has which role.
impl Facts {
    /// The role fact at a place.
    #[must_use]
    pub fn role(&self, at: u32) -> Option<RoleFact> {
        let RoleRow { subject, party, role, period, .. } = *self.role_row(at)?;
        Some(RoleFact { subject, role, party: party.get(), period: self.period(period) })
    }

    /// The role fact at a place, as it is kept.
    #[must_use]
    pub fn role_row(&self, at: u32) -> Option<&RoleRow> {
        self.roles.rows().get(at as usize)
    }

    /// How many role facts there are.
    #[must_use]
    pub fn role_count(&self) -> u32 {
        roles::number(self.roles.rows().len())
    }

    /// All role facts with their places.
    pub fn roles(&self) -> impl Iterator<Item = (u32, RoleFact)> {
        (0..self.role_count()).filter_map(|at| Some((at, self.role(at)?)))
    }

    /// The role facts of a subject, in order of party (for nobody last), role and period.
    #[must_use]
    pub fn roles_of(&self, subject: EntityId) -> RolesOf<'_> {
        self.roles.of_subject(subject)
    }

    /// The places of the role facts for a party, in order of subject, role and period; for nobody: of statuses.
    #[must_use]
    pub fn roles_for(&self, party: Option<EntityId>) -> &[u32] {
        self.roles.for_party(party)
    }

    /// The period of an id.
    #[must_use]
    pub fn period(&self, id: PeriodId) -> Period {
        self.periods.get(id)
    }

    /// Is the period of an id in force?
    #[must_use]
    pub fn is_on(&self, id: PeriodId, today: Date) -> bool {
        id == PeriodId(0) || self.period(id).has(today)
    }

    /// The periods that rows are to name by their ids.
    pub fn put_periods(&mut self, periods: Periods) {
        self.periods = periods;
    }

    /// Puts rows of role facts in the place of those that there are; in order or not, of repeats the first one read counts.
    pub fn put_role_rows(&mut self, rows: Vec<RoleRow>) {
        self.roles = Roles::of(rows, self.entities.len(), &self.periods);
    }
}

/// Who gave whom what.
impl Facts {
    /// The delegation at a place.
    #[must_use]
    pub fn delegation(&self, at: u32) -> Option<Delegated> {
        let row = self.delegation_row(at)?;
        let DelegationRow { receiver, party, giver, period, .. } = *row;
        let (what, given, withdrawn) = (row.what(), row.given(), self.withdrawn(at));
        Some(Delegated { receiver, party, what, giver, given, period: self.period(period), withdrawn })
    }

    /// The delegation at a place, as it is kept.
    #[must_use]
    pub fn delegation_row(&self, at: u32) -> Option<&DelegationRow> {
        self.delegations.rows().get(at as usize)
    }

    /// The moment at which a delegation was withdrawn.
    #[must_use]
    pub fn withdrawn(&self, at: u32) -> Option<Timestamp> {
        self.delegations.withdrawn(at)
    }

    /// How many delegations there are.
    #[must_use]
    pub fn delegation_count(&self) -> u32 {
        roles::number(self.delegations.rows().len())
    }

    /// The places of the delegations that somebody received, in order of party.
    #[must_use]
    pub fn delegations_to(&self, receiver: EntityId) -> Range<u32> {
        self.delegations.to(receiver)
    }

    /// The places of the delegations for a party, in order.
    #[must_use]
    pub fn delegations_for(&self, party: EntityId) -> &[u32] {
        self.delegations.for_party(party)
    }

    /// Puts rows of delegations in the place of none: in order and without repeats, with when those at a place were withdrawn.
    pub fn put_delegation_rows(&mut self, rows: Vec<DelegationRow>, withdrawn: Vec<(u32, Timestamp)>) {
        self.delegations = Delegations::of(rows, withdrawn, self.entities.len());
    }
}

/// What is known.
impl Facts {
    /// The value of an attribute; `None`: missing.
    #[must_use]
    pub fn value(&self, whose: Whose, name: &str) -> Option<Told<'_>> {
        let (owner, row) = self.row(whose)?;
        self.columns.get(owner, name)?.get(row)
    }

    /// Whose columns something has a row in, and which row.
    #[must_use]
    pub fn row(&self, whose: Whose) -> Option<(Owner, u32)> {
        Some(match whose {
            Whose::Entity(id) => (Owner::Entities(self.kind(id)?), id.0),
            Whose::Thing(id) => {
                let (sort, first) = self.things.sort(id)?;
                (Owner::Things(sort), id.0 - first)
            }
            Whose::Delegation(at) => (Owner::Delegations, at),
        })
    }

    /// The column of an attribute, if anybody has a value in it: looked up once for many rows.
    #[must_use]
    pub fn column(&self, owner: Owner, name: &str) -> Option<ColumnView<'_>> {
        self.columns.get(owner, name)
    }

    /// All that is known of something.
    #[must_use]
    pub fn known(&self, whose: Whose) -> Known {
        let Some((owner, row)) = self.row(whose) else { return Known::default() };
        let columns = self.columns.of(owner);
        Known(columns.filter_map(|(name, column)| Some((name.into(), column.get(row)?.to_value()))).collect())
    }

    /// Takes the value of an attribute away, as if it were missing, until it is shown again.
    pub fn hide(&mut self, whose: Whose, name: &str) -> Option<Hidden> {
        let (owner, row) = self.row(whose)?;
        self.columns.hide(owner, name, row)
    }

    /// Puts back what was hidden.
    pub fn show(&mut self, hidden: &Hidden) {
        self.columns.show(hidden);
    }

    /// How many values of attributes there are.
    #[must_use]
    pub fn value_count(&self) -> usize {
        self.columns.count()
    }

    /// The columns, to be filled.
    pub fn columns_mut(&mut self) -> &mut Columns {
        &mut self.columns
    }

    /// Puts columns in the place of those that there are.
    pub fn put_columns(&mut self, mut columns: Columns) {
        columns.shrink();
        self.columns = columns;
    }
}

/// Where facts were read.
impl Facts {
    /// Says which files rows were read from, each with the number of the line before its first.
    pub fn put_files(&mut self, files: Vec<(Box<str>, u32)>) {
        self.files = files;
    }

    /// The file and line of what was read there: of [`RoleRow::read_at`] and [`DelegationRow::read_at`].
    #[must_use]
    pub fn file_of(&self, read_at: u32) -> Option<(&str, u32)> {
        let at = self.files.partition_point(|(_, before)| *before < read_at);
        let (name, before) = self.files.get(at.checked_sub(1)?)?;
        Some((name, read_at - before))
    }
}

//! What is known, by owner and name of the attribute: a column for each. Knows no type that policies declare.

use super::cells::MISSING;
use super::column::Column;
use super::run::Run;
use super::texts::Texts;
use super::told::Told;
use super::{Known, ThingSort};
use crate::terms::kind::Kind;
use std::collections::BTreeMap;

/// Whose attributes stand in the same columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Entities of a kind; rows are their ids.
    Entities(Kind),
    /// Things of a sort; rows are counted from the first of the sort.
    Things(ThingSort),
    /// Delegations; rows are their places.
    Delegations,
}

/// A value that was taken away, and can be put back.
#[derive(Debug)]
#[must_use]
pub struct Hidden {
    owner: Owner,
    name: Box<str>,
    row: u32,
    cell: u32,
}

/// All columns.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    owners: BTreeMap<Owner, BTreeMap<Box<str>, Column>>,
    texts: Texts,
}

/// A column, with the texts that its values may be.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'f> {
    column: &'f Column,
    texts: &'f Texts,
}

impl<'f> ColumnView<'f> {
    /// The value of a row; `None`: missing.
    #[must_use]
    pub fn get(self, row: u32) -> Option<Told<'f>> {
        self.column.get(row, self.texts)
    }
}

impl Columns {
    /// A column, if anybody has a value in it.
    #[must_use]
    pub fn get(&self, owner: Owner, name: &str) -> Option<ColumnView<'_>> {
        self.owners.get(&owner)?.get(name).map(|column| ColumnView { column, texts: &self.texts })
    }

    /// The columns of an owner, in order of name.
    pub fn of(&self, owner: Owner) -> impl Iterator<Item = (&str, ColumnView<'_>)> {
        let columns = self.owners.get(&owner).into_iter().flatten();
        columns.map(|(name, column)| (&**name, ColumnView { column, texts: &self.texts }))
    }

    /// Takes a value away, until it is shown again.
    pub(super) fn hide(&mut self, owner: Owner, name: &str, row: u32) -> Option<Hidden> {
        let column = self.owners.get_mut(&owner)?.get_mut(name)?;
        let cell = column.swap(row, MISSING).filter(|cell| *cell != MISSING)?;
        Some(Hidden { owner, name: name.into(), row, cell })
    }

    /// Puts a value back.
    pub(super) fn show(&mut self, hidden: &Hidden) {
        let column = self.owners.get_mut(&hidden.owner).and_then(|columns| columns.get_mut(&hidden.name));
        column.and_then(|column| column.swap(hidden.row, hidden.cell));
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.owners.values().flat_map(BTreeMap::values).map(Column::count).sum()
    }

    /// One value more, of a row that comes after those of its column.
    pub fn push(&mut self, owner: Owner, name: &str, row: u32, value: Told<'_>) {
        self.extend(owner, name, [(row, value)]);
    }

    /// Values of rows that come after those of the column, in their order.
    pub fn extend<'v>(&mut self, owner: Owner, name: &str, values: impl IntoIterator<Item = (u32, Told<'v>)>) {
        let columns = self.owners.entry(owner).or_default();
        if !columns.contains_key(name) {
            columns.insert(name.into(), Column::default());
        }
        if let Some(column) = columns.get_mut(name) {
            values.into_iter().for_each(|(row, value)| column.push(row, value, &mut self.texts));
        }
    }

    /// A run of rows that come after those of the column, from this one on.
    pub fn append(&mut self, owner: Owner, name: &str, first: u32, run: &Run) {
        if run.is_blank() {
            return;
        }
        let columns = self.owners.entry(owner).or_default();
        if !columns.contains_key(name) {
            columns.insert(name.into(), Column::default());
        }
        columns.get_mut(name).into_iter().for_each(|column| column.append(first, run, &mut self.texts));
    }

    /// Takes columns that nobody has here, and whose values are no texts.
    pub fn absorb(&mut self, other: Columns) {
        debug_assert!(other.texts.is_empty());
        for (owner, columns) in other.owners {
            self.owners.entry(owner).or_default().extend(columns);
        }
    }

    /// All that is known of a row, which comes after those of its columns.
    pub fn push_known(&mut self, owner: Owner, row: u32, known: &Known) {
        known.0.iter().for_each(|(name, value)| self.push(owner, name, row, Told::of(value)));
    }

    /// The columns of some owners with other rows: `then` has the row of then for each of now.
    pub fn move_rows(&mut self, of: impl Fn(Owner) -> bool, then: &[u32]) {
        for (_, columns) in self.owners.iter_mut().filter(|(owner, _)| of(**owner)) {
            columns.values_mut().for_each(|column| *column = std::mem::take(column).moved(then));
        }
    }

    /// The columns of some owners with other rows: `order` has the row of now for each of then.
    pub fn in_order(&mut self, of: impl Fn(Owner) -> bool, order: &[u32]) {
        for (_, columns) in self.owners.iter_mut().filter(|(owner, _)| of(**owner)) {
            columns.values_mut().for_each(|column| *column = std::mem::take(column).in_order(order));
        }
    }

    pub(super) fn shrink(&mut self) {
        self.texts.shrink();
        self.owners.values_mut().flat_map(BTreeMap::values_mut).for_each(Column::shrink);
    }
}

//! The values of one attribute of many rows, one row after another, before they stand in a column: a number each. For
//! truths, days, values of enums and states of consent, of which there may be millions. Knows no row's number.

use super::cells::{FIRST, MISSING, NONE, Sort};
use super::day::{self, Day};
use super::told::Told;
use crate::ir::Type;
use crate::terms::root::Consent;

/// Values of one attribute, a cell a row.
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) sort: Sort,
    pub(super) cells: Vec<u32>,
}

impl Run {
    /// A run for values of this type; `None`: they are no numbers.
    #[must_use]
    pub fn of(of: &Type) -> Option<Run> {
        let sort = match of {
            Type::OrNone(of) => return Run::of(of),
            Type::Bool => Sort::Bool,
            Type::Date => Sort::Date,
            Type::Enum(id) => Sort::Enum(*id),
            Type::Consent => Sort::Consent,
            _ => return None,
        };
        Some(Run { sort, cells: Vec::new() })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Is nothing known of any of them?
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| *cell == MISSING)
    }

    /// Rows up to this one, of which nothing is known.
    pub fn pad(&mut self, rows: usize) {
        if self.cells.len() < rows {
            self.cells.resize(rows, MISSING);
        }
    }

    /// Takes the rows from this one on away.
    pub fn truncate(&mut self, rows: usize) {
        self.cells.truncate(rows);
    }

    /// A row of which nothing is known.
    pub fn push_missing(&mut self) {
        self.cells.push(MISSING);
    }

    /// A row whose value is `none`.
    pub fn push_none(&mut self) {
        self.cells.push(NONE);
    }

    /// A row with a truth.
    pub fn push_bool(&mut self, so: bool) {
        self.cells.push(u32::from(so) + FIRST);
    }

    /// A row with a day.
    pub fn push_day(&mut self, day: Day) {
        self.cells.push(day.packed() + FIRST);
    }

    /// A row with a value of an enum, by its place.
    pub fn push_place(&mut self, at: u32) {
        self.cells.push(at.saturating_add(FIRST));
    }

    /// A row with a state of consent.
    pub fn push_consent(&mut self, state: Consent) {
        self.cells.push(u32::from(state == Consent::Given) + FIRST);
    }

    /// A row with a value; `false`: it is none of this run's.
    pub fn push(&mut self, value: Told<'_>) -> bool {
        let word = match (self.sort, value) {
            (_, Told::None) => {
                self.push_none();
                return true;
            }
            (Sort::Bool, Told::Bool(so)) => u32::from(so),
            (Sort::Date, Told::Date(day)) => day::packed(day),
            (Sort::Enum(of), Told::Enum(id, at)) if of == id => at,
            (Sort::Consent, Told::Consent(state)) => u32::from(state == Consent::Given),
            _ => return false,
        };
        self.cells.push(word.saturating_add(FIRST));
        true
    }
}

//! What came of a case or a table: as expected, or where and how not.

use crate::source::Place;

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// One case.
    Case,
    /// A table.
    Table,
}

/// What came of one case or one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was tried.
    pub tried: Tried,
    /// Full name of the module.
    pub module: Box<str>,
    /// The name of the case or table.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// How many requests were decided for it.
    pub decided: usize,
    /// What is not as expected; empty if all is.
    pub differences: Vec<Difference>,
}

/// A decision that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The case, the cell or, of a cell that is not listed, its table.
    pub place: Place,
    /// What was expected.
    pub expected: String,
    /// What was decided instead.
    pub got: String,
    /// The decision in words, with its chain.
    pub words: String,
}

impl Verdict {
    /// Is all as expected?
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.differences.is_empty()
    }
}

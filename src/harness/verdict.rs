//! What came of a case or a table: as expected, or where and how not.

use super::check::Skip;
use crate::source::{Place, SourceId};

/// What was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// One case.
    Case,
    /// A case over a stretch of time.
    Sweep,
    /// A question.
    Question,
    /// A table.
    Table,
}

impl Tried {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Tried::Case => "case",
            Tried::Sweep => "sweep",
            Tried::Question => "question",
            Tried::Table => "table",
        }
    }
}

/// What came of one case or one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was tried.
    pub tried: Tried,
    /// Full name of the module.
    pub module: Box<str>,
    /// The suite.
    pub suite: SourceId,
    /// The name of the case or table.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// How many requests were decided for it; those that were decided again with something hidden are not counted.
    pub decided: usize,
    /// How many of these were permitted.
    pub permitted: usize,
    /// How often a request was decided again with something hidden.
    pub hidden: usize,
    /// It was not asked.
    pub skipped: Option<Skip>,
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
    /// Is all as expected? What is skipped is not: see `skipped`.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.differences.is_empty()
    }
}

//! What would it take? For a request that is denied: the smallest sets of changes to facts, context, request or time with which it is
//! permitted. Changes are looked for backward from the rules; whether they help, `decide` alone says. Makes no sentences.

mod asking;
mod change;
mod condition;
mod covering;
mod holding;
mod mend;
mod place;
mod search;
mod slice;
mod value;
mod who;

use super::decision::OpenQuestion;
use super::index::Decider;
use super::request::Request;
use crate::ir::RuleId;
pub use change::{Change, Holder, Place, changed};

/// How far is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most changes that a set may have.
    pub changes: usize,
    /// The most sets.
    pub sets: usize,
    /// The most worlds that are decided before the search ends.
    pub tries: usize,
    /// How many facts are looked at whole: of more, those around subject and party alone.
    pub whole: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { changes: 4, sets: 60, tries: 2_500, whole: 1_000 }
    }
}

/// What would permit a request that is denied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearest {
    /// Sets of changes: with all of a set it is permitted, without any one of them it is not. Fewest first; of as many, first what was
    /// missing and can be supplied, then delegations and roles, then what is asked otherwise, then what is said to be otherwise, then time.
    pub sets: Vec<Set>,
    /// Where there are none: what stands in the way of any.
    pub blocked: Vec<Blocked>,
    /// Of an undecidable request: what would make it forbidden, where that is only what is missing.
    pub may_be_forbidden: Option<Set>,
    /// How many changes were looked at together: what takes more is not in the list.
    pub most_changes: usize,
    /// Did the search end because there was too much to try? Then sets may be missing.
    pub cut: bool,
}

/// Changes to be made together, in order.
pub type Set = Vec<Change>;

/// Why nothing would permit a request: no facts, context or moment change this.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocked {
    /// The resource has no such permit, at any time.
    NoPermit,
    /// There is no way to the package or area, for this subject and party.
    NoWay,
    /// A forbid that cannot be kept from applying.
    Forbid(RuleId, u32),
    /// A permit that cannot be made to apply.
    Permit(RuleId, u32),
    /// What only a delegation itself would say, where it is asked whether one may be given: an attribute, as a path.
    Unsaid(Box<str>),
    /// Something is open that nobody has decided.
    Open(OpenQuestion),
    /// A value that nobody has decided, as [`Missing::Undecided`](super::Missing::Undecided) names it.
    Undecided(Box<str>),
}

impl Decider<'_, '_> {
    /// The nearest changes with which the request would be permitted; nothing for one that is.
    ///
    /// Subject, action, resource and receiver stay as they are: another moment, party, record, context or fewer elements may be asked.
    #[must_use]
    pub fn nearest(&self, request: &Request, limits: Limits) -> Nearest {
        search::nearest(self, request, limits)
    }
}

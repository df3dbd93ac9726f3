//! Conditions, durations, legal bases and retention *as written*. Looks no name up and gives nothing a type.

use super::{Path, Word};
use crate::source::Span;
use crate::terms::{bound::Bound, operator::Operator};

/// One legal basis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis<'s> {
    /// `gdpr 6(1)(e)`: the article as written, without blanks.
    Gdpr(Word<'s>),
    /// `law "Helseregisterloven § 11"`
    Law(Word<'s>),
}

/// `forever`, or rules joined by `and`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retain<'s> {
    /// `forever`
    Forever,
    /// At least one.
    Rules(Vec<Retention<'s>>),
}

/// `[at most|at least] END or END …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention<'s> {
    /// Exactly, at most, or at least.
    pub bound: Bound,
    /// When it ends: the first counts.
    pub ends: Vec<End<'s>>,
    /// All of it.
    pub span: Span,
}

/// `until record.need_ended`, `30 days after record.created`: a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End<'s> {
    /// How long after; `None` for `until`.
    pub after: Option<Duration<'s>>,
    /// After what.
    pub of: Expression<'s>,
}

/// `30 days`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration<'s> {
    /// The digits as written.
    pub amount: Word<'s>,
    /// `years`, `months`, `days`, `hours`, `minutes`; also in the singular.
    pub unit: Word<'s>,
}

/// A condition, or a part of one, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression<'s> {
    /// From its first to its last word.
    pub span: Span,
    /// What it says.
    pub says: Term<'s>,
}

/// What an expression says. Lists of `And` and `Or` have at least two entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term<'s> {
    /// `a or b`
    Or(Vec<Expression<'s>>),
    /// `a and b`
    And(Vec<Expression<'s>>),
    /// `not a`
    Not(Box<Expression<'s>>),
    /// `a == b`; the operator's place.
    Compare(Operator, Span, Box<(Expression<'s>, Expression<'s>)>),
    /// `X is R [for Y]`
    Is {
        /// Who.
        who: Box<Expression<'s>>,
        /// A role, status, kind, `controller`, `processor`.
        role: Path<'s>,
        /// For whom.
        party: Option<Box<Expression<'s>>>,
    },
    /// `X holds P for Y`
    Holds {
        /// Who.
        who: Box<Expression<'s>>,
        /// A package.
        package: Path<'s>,
        /// For whom.
        party: Option<Box<Expression<'s>>>,
    },
    /// `any(x in S: …)`, `all(x in S: …)`
    Each {
        /// `all`, else `any`.
        all: bool,
        /// The variable.
        variable: Word<'s>,
        /// The set.
        set: Box<Expression<'s>>,
        /// What is asked of each.
        body: Box<Expression<'s>>,
    },
    /// `permitted service.action`
    Permitted(Path<'s>),
    /// `a + 16 years`, `a - 1 day`, `a + resource.keep`
    Shift {
        /// What is moved.
        from: Box<Expression<'s>>,
        /// `-`, else `+`.
        back: bool,
        /// By how much.
        by: Box<Expression<'s>>,
    },
    /// A name or a path: `today`, `party.birth_date`, `child_at_home`, `demo.roles.dagl`.
    Path(Path<'s>),
    /// `true`, `false`
    Bool(bool),
    /// `none`
    None,
    /// Digits.
    Integer(&'s str),
    /// `"…"`
    String(&'s str),
    /// `2026-01-31`, as written.
    Date(&'s str),
    /// `2026-01-31T12:00:00+01:00`, as written.
    DateTime(&'s str),
    /// `16 years`
    Duration(Duration<'s>),
    /// `gdpr 6(1)(a)`, `law "…"`
    Basis(Basis<'s>),
    /// `[a, b]`
    List(Vec<Expression<'s>>),
    /// `undecided "…"`
    Undecided(Word<'s>),
    /// Could not be read; its finding is already made.
    Broken,
}

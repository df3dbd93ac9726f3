//! What is covered: an item is a part of a module (a grant, a rule, an atom …), a point is one thing that a suite can show of it.

use crate::decide::{Conditional, What};
use crate::ir::{PackageId, ResourceId, RuleId};
use crate::origins::Origin;

/// What sort of thing is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Grants, for use and for delegation.
    Grants,
    /// Permits and forbids.
    Rules,
    /// Atoms of conditions.
    Atoms,
    /// Atoms of compound conditions, each deciding alone.
    Mcdc,
    /// Lines of `delegable`.
    Delegability,
    /// Obligations.
    Obligations,
}

impl Kind {
    /// All of them, in the order in which they are told.
    pub const ALL: [Kind; 6] =
        [Kind::Grants, Kind::Rules, Kind::Atoms, Kind::Mcdc, Kind::Delegability, Kind::Obligations];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Grants => "grants",
            Kind::Rules => "rules",
            Kind::Atoms => "atoms",
            Kind::Mcdc => "mcdc",
            Kind::Delegability => "delegability",
            Kind::Obligations => "obligations",
        }
    }

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Kind::Mcdc => "MC/DC",
            other => other.word(),
        }
    }

    /// The kind that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What can be shown of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// A grant is in the chain of a permit.
    Carried,
    /// Its package was asked for, and the grant is in no chain of a permit.
    NotByIt,
    /// A rule applied.
    Applied,
    /// It did not.
    NotApplied,
    /// It was unknown whether it applies.
    UnknownToApply,
    /// An atom was so.
    True,
    /// It was not so.
    False,
    /// It was unknown.
    Unknown,
    /// An atom alone decided its condition, once so and once not so.
    Alone,
    /// A line admitted somebody.
    Admitted,
    /// It refused somebody.
    Refused,
    /// Somebody passed on what was received by it.
    PassedOn,
    /// An obligation was owed.
    Owed,
}

impl Aspect {
    /// The word for it in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Aspect::Carried => "carried",
            Aspect::NotByIt => "not-by-it",
            Aspect::Applied => "applied",
            Aspect::NotApplied => "not-applied",
            Aspect::UnknownToApply | Aspect::Unknown => "unknown",
            Aspect::True => "true",
            Aspect::False => "false",
            Aspect::Alone => "alone",
            Aspect::Admitted => "admitted",
            Aspect::Refused => "refused",
            Aspect::PassedOn => "onward",
            Aspect::Owed => "owed",
        }
    }

    /// That it was shown, for people.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Aspect::Carried => "carried a permit",
            Aspect::NotByIt => "asked for, and not by it",
            Aspect::Applied => "applied",
            Aspect::NotApplied => "did not apply",
            Aspect::UnknownToApply | Aspect::Unknown => "unknown",
            Aspect::True => "true",
            Aspect::False => "false",
            Aspect::Alone => "decided alone",
            Aspect::Admitted => "admitted somebody",
            Aspect::Refused => "refused somebody",
            Aspect::PassedOn => "passed on",
            Aspect::Owed => "owed",
        }
    }

    /// That it was not, for people.
    #[must_use]
    pub fn missing(self) -> &'static str {
        match self {
            Aspect::Carried => "carried no permit",
            Aspect::NotByIt => "never asked for and not given by it",
            Aspect::Applied => "never applied",
            Aspect::NotApplied => "always applied",
            Aspect::UnknownToApply | Aspect::Unknown => "never unknown",
            Aspect::True => "never true",
            Aspect::False => "never false",
            Aspect::Alone => "no pair shows that it alone decides",
            Aspect::Admitted => "admitted nobody",
            Aspect::Refused => "refused nobody",
            Aspect::PassedOn => "nobody passed on what was received by it",
            Aspect::Owed => "never owed",
        }
    }
}

/// A part of a module, with what was shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What sort of thing it is.
    pub kind: Kind,
    /// Full name of its module.
    pub module: Box<str>,
    /// What it says, as an author would write it.
    pub text: String,
    /// What it stands in, where that is not plain: `condition adult`, `permit view`.
    pub within: Option<String>,
    /// Where it stands.
    pub place: Option<Origin>,
    /// Was it asked at all?
    pub asked: bool,
    /// What can be shown of it; never empty.
    pub points: Vec<Point>,
}

/// One thing that can be shown of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What.
    pub aspect: Aspect,
    /// How many requests showed it; of [`Aspect::Alone`], how many pairs could be made.
    pub times: u64,
    /// The first that did; of [`Aspect::Alone`] two: where the atom was so, and where not.
    pub shown: Vec<Shown>,
}

/// A request that showed something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// The name of the case, or of the table with the cell.
    pub name: String,
    /// Where it stands.
    pub place: Option<Origin>,
}

impl Item {
    /// The points that nothing showed.
    pub fn missing(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| !point.is_covered())
    }
}

impl Point {
    /// Did something show it?
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.times > 0
    }
}

/// Which item: by ids, in the order of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// A grant of a version, for use, or for delegation.
    Grant(PackageId, u32, u32, bool),
    /// A line of a version.
    Line(What, u32, u32),
    /// A permit or a forbid.
    Rule(RuleId),
    /// An atom of a condition: its place in [`crate::ir::Atoms::all`].
    Atom(Conditional, u32),
    /// The same atom, deciding alone.
    Alone(Conditional, u32),
    /// An obligation of an action of a version: its place.
    OfAction(ResourceId, u32, u32, u32),
    /// An obligation of a rule: its place.
    OfRule(RuleId, u32),
}

impl Key {
    pub(super) fn kind(self) -> Kind {
        match self {
            Key::Grant(..) => Kind::Grants,
            Key::Line(..) => Kind::Delegability,
            Key::Rule(_) => Kind::Rules,
            Key::Atom(..) => Kind::Atoms,
            Key::Alone(..) => Kind::Mcdc,
            Key::OfAction(..) | Key::OfRule(..) => Kind::Obligations,
        }
    }
}

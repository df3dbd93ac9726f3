//! Formulas over atoms of three sorts: propositions, one variable against a constant, two variables against each
//! other. Decides nothing.

/// A quantity: an index into a table of [`Domain`]s. It has a value of its domain, or is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub u32);

/// What values a variable may have: whole numbers from `low` to `high`, and perhaps `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The least number.
    pub low: i128,
    /// The greatest.
    pub high: i128,
    /// May it be `none`?
    pub none: bool,
}

/// Something that is so or not so; unknown where what it reads is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// A proposition of which nothing else is known.
    Opaque(u32),
    /// `x == v`
    Equal(Variable, i128),
    /// `x < v`: not so of `none`.
    Less(Variable, i128),
    /// `x > v`: not so of `none`.
    More(Variable, i128),
    /// `x == none`
    None(Variable),
    /// How two variables stand to each other is among these.
    Pair(Variable, Variable, Outcomes),
}

/// Some of the ways in which two values can stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcomes(u8);

impl Outcomes {
    /// The first is less.
    pub const LESS: Outcomes = Outcomes(1);
    /// Both are `none`, or one number.
    pub const EQUAL: Outcomes = Outcomes(2 | 16);
    /// The first is more.
    pub const MORE: Outcomes = Outcomes(4);
    /// One alone is `none`.
    pub const APART: Outcomes = Outcomes(8);
    /// Both are `none`.
    pub const BOTH_NONE: Outcomes = Outcomes(16);
    /// All of them.
    pub const ANY: Outcomes = Outcomes(31);

    /// These and those.
    #[must_use]
    pub const fn or(self, other: Outcomes) -> Outcomes {
        Outcomes(self.0 | other.0)
    }

    /// Those among both.
    #[must_use]
    pub const fn and(self, other: Outcomes) -> Outcomes {
        Outcomes(self.0 & other.0)
    }

    /// All others.
    #[must_use]
    pub const fn not(self) -> Outcomes {
        Outcomes(Outcomes::ANY.0 & !self.0)
    }

    /// Is there none among them?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The same of the second to the first.
    #[must_use]
    pub const fn turned(self) -> Outcomes {
        Outcomes(self.0 & 0b11010 | (self.0 & 1) << 2 | (self.0 & 4) >> 2)
    }
}

/// A formula; three-valued as conditions are (docs/meaning.md, E8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// So, or not so.
    Constant(bool),
    /// An atom.
    Atom(Atom),
    /// Not.
    Not(Box<Formula>),
    /// All of them.
    And(Vec<Formula>),
    /// One of them.
    Or(Vec<Formula>),
}

impl Formula {
    /// The formula's opposite.
    #[must_use]
    pub fn negated(self) -> Formula {
        match self {
            Formula::Constant(is) => Formula::Constant(!is),
            Formula::Not(inner) => *inner,
            other => Formula::Not(Box::new(other)),
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Formula) -> Formula {
        match (self, other) {
            (Formula::Constant(true), other) | (other, Formula::Constant(true)) => other,
            (one, other) => Formula::And(vec![one, other]),
        }
    }
}

//! Conditions with their links and types. What a name in them is has been found; whether they obey rules is `check`'s
//! business, what they mean that of docs/meaning.md.

use super::catalog::SymbolId;
use crate::source::Place;
use crate::terms::{
    duration::Duration,
    kind::Kind,
    legal_basis::LegalBasis,
    level::Level,
    operator::Operator,
    root::{BuiltIn, Consent, Root},
};
use jiff::{Timestamp, civil::Date};

/// What values an expression has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Integer,
    /// A text, equal letter by letter.
    String,
    /// A day.
    Date,
    /// A moment.
    DateTime,
    /// A length of time.
    Duration,
    /// The name of an element.
    Element,
    /// `given` or `withdrawn`.
    Consent,
    /// A legal basis.
    Basis,
    /// A level of data.
    Level,
    /// A value of an enum.
    Enum(SymbolId),
    /// A thing with attributes.
    Entity(EntityName),
    /// A person, an organisation or a system user: `subject`, `party` and the like.
    Principal,
    /// The resource asked for.
    Resource,
    /// A set.
    Set(Box<Type>),
    /// The type, or `none`.
    OrNone(Box<Type>),
    /// `none` alone.
    None,
    /// Lost: nothing can be said against it.
    Lost,
}

/// Which entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityName {
    /// One that every build has.
    BuiltIn(BuiltIn),
    /// One that a module declares.
    Declared(SymbolId),
}

/// An expression with its type and place.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Where it stands.
    pub place: Place,
    /// What values it has.
    pub of: Type,
    /// What it says.
    pub says: Term,
}

/// What an expression says. Lists of `And` and `Or` have at least two entries.
#[derive(Clone, Debug)]
pub enum Term {
    /// One of them.
    Or(Vec<Expression>),
    /// All of them.
    And(Vec<Expression>),
    /// Not.
    Not(Box<Expression>),
    /// A comparison.
    Compare(Operator, Box<(Expression, Expression)>),
    /// `X is R [for Y]`
    Is {
        /// Who.
        who: Box<Expression>,
        /// What.
        what: IsWhat,
        /// For whom.
        party: Option<Box<Expression>>,
    },
    /// `X holds P for Y`
    Holds {
        /// Who.
        who: Box<Expression>,
        /// The package.
        package: SymbolId,
        /// For whom.
        party: Box<Expression>,
    },
    /// `any(…)`, `all(…)`
    Each {
        /// `all`, else `any`.
        all: bool,
        /// The variable.
        variable: Box<str>,
        /// The set.
        set: Box<Expression>,
        /// What is asked of each member.
        body: Box<Expression>,
    },
    /// `permitted S.action`
    Permitted {
        /// The resource.
        resource: SymbolId,
        /// The action.
        action: Box<str>,
    },
    /// `a + 16 years`
    Shift {
        /// What is moved.
        from: Box<Expression>,
        /// `-`, else `+`.
        back: bool,
        /// By how much.
        by: Box<Expression>,
    },
    /// Where a path begins.
    Root(Root),
    /// A variable of `any` or `all`.
    Variable(Box<str>),
    /// `.birth_date`; of a set: of each member.
    Attribute(Box<Expression>, Box<str>),
    /// A named condition.
    Condition(SymbolId),
    /// A constant.
    Value(Value),
    /// `[a, b]`
    List(Vec<Expression>),
    /// `undecided "…"`
    Undecided(Box<str>),
    /// Lost; its finding is already made.
    Lost,
}

/// What somebody is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IsWhat {
    /// Of a role (for somebody) or a status.
    Role(SymbolId),
    /// Of a kind.
    Kind(Kind),
    /// An organisation.
    Organisation(SymbolId),
    /// A controller of the resource asked for.
    Controller,
    /// A processor of the resource asked for.
    Processor,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Integer(i64),
    /// A text.
    String(Box<str>),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A value of an enum.
    Enum(SymbolId, Box<str>),
    /// An element.
    Element(Box<str>),
    /// An organisation.
    Organisation(SymbolId),
    /// A state of consent.
    Consent(Consent),
    /// A legal basis.
    Basis(LegalBasis),
    /// A level of data.
    Level(Level),
    /// `none`
    None,
}

//! Conditions, types and constants by ids. What they mean is docs/meaning.md, E1 and on; their JSON form docs/bundle.md.

use super::ids::{ConditionId, EntityTypeId, EnumId, OrganisationId, PackageId, ResourceId, RoleId};
use crate::terms::{
    duration::Duration,
    kind::Kind,
    legal_basis::LegalBasis,
    level::Level,
    operator::Operator,
    root::{BuiltIn, Consent, Root},
};
use jiff::{Timestamp, civil::Date};

/// The type of an attribute or a parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A value of an enum.
    Enum(EnumId),
    /// A thing with attributes.
    Entity(EntityName),
    /// A set.
    Set(Box<Type>),
    /// The type, or `none`.
    OrNone(Box<Type>),
}

/// Which entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityName {
    /// One that every bundle has.
    BuiltIn(BuiltIn),
    /// One that a module declares.
    Declared(EntityTypeId),
}

/// An expression. Lists of `And` and `Or` have at least two entries, none of which is a list of the same kind; order is that of
/// the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expression {
    /// One of them.
    Or(Vec<Expression>),
    /// All of them.
    And(Vec<Expression>),
    /// Not.
    Not(Box<Expression>),
    /// A comparison.
    Compare(Operator, Box<(Expression, Expression)>),
    /// Somebody has a role for somebody, or is something.
    Is {
        /// Who.
        who: Box<Expression>,
        /// What.
        what: IsWhat,
        /// For whom; only with a role that is no status.
        party: Option<Box<Expression>>,
    },
    /// Somebody holds a package for somebody.
    Holds {
        /// Who.
        who: Box<Expression>,
        /// The package.
        package: PackageId,
        /// For whom.
        party: Box<Expression>,
    },
    /// `any`, `all`
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
    /// Would the same request for this action of this resource be permitted?
    Permitted {
        /// The resource.
        resource: ResourceId,
        /// The action.
        action: Box<str>,
    },
    /// A date or moment, moved.
    Shift {
        /// What is moved.
        from: Box<Expression>,
        /// Back, else forth.
        back: bool,
        /// By how much: of the type duration.
        by: Box<Expression>,
    },
    /// Where a path begins.
    Root(Root),
    /// The variable of an `any` or `all` around it.
    Variable(Box<str>),
    /// An attribute; of a set: of each member.
    Attribute(Box<Expression>, Box<str>),
    /// A named condition.
    Condition(ConditionId),
    /// A constant.
    Value(Constant),
    /// A set of these.
    List(Vec<Expression>),
    /// Nobody has decided it: unknown. What the question is stands in the words.
    Undecided,
}

/// What somebody may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IsWhat {
    /// Of a role (for somebody) or a status.
    Role(RoleId),
    /// Of a kind.
    Kind(Kind),
    /// An organisation.
    Organisation(OrganisationId),
    /// A controller of the resource asked for.
    Controller,
    /// A processor of the resource asked for.
    Processor,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constant {
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
    /// A value of an enum: its place among the values.
    Enum(EnumId, u32),
    /// An element.
    Element(Box<str>),
    /// An organisation.
    Organisation(OrganisationId),
    /// A state of consent.
    Consent(Consent),
    /// A legal basis.
    Basis(LegalBasis),
    /// A level of data.
    Level(Level),
    /// `none`
    None,
}

impl Expression {
    /// The conditions that a condition is made of.
    #[must_use]
    pub fn parts(&self) -> Vec<&Expression> {
        match self {
            Expression::Or(parts) | Expression::And(parts) | Expression::List(parts) => parts.iter().collect(),
            Expression::Not(part) | Expression::Attribute(part, _) => vec![part],
            Expression::Compare(_, sides) => vec![&sides.0, &sides.1],
            Expression::Is { who, party, .. } => std::iter::once(&**who).chain(party.as_deref()).collect(),
            Expression::Holds { who, party, .. } => vec![who, party],
            Expression::Each { set, body, .. } => vec![set, body],
            Expression::Shift { from, by, .. } => vec![from, by],
            Expression::Permitted { .. }
            | Expression::Root(_)
            | Expression::Variable(_)
            | Expression::Condition(_)
            | Expression::Value(_)
            | Expression::Undecided => Vec::new(),
        }
    }
}

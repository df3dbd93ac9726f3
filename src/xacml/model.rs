//! The part of XACML 3.0 (OASIS standard, 22 January 2013) that exports need: policy sets, policies, rules, targets and
//! conditions over attributes. Writes nothing.

use std::borrow::Cow;

/// How the results of several rules or policies become one (XACML C).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combining {
    /// Permit if one permits, else Deny.
    DenyUnlessPermit,
    /// A Deny, or what might be one, beats every Permit.
    DenyOverrides,
    /// A Permit beats every Deny. Over rules that deny: all of them are asked, so that none loses its obligations.
    PermitOverrides,
}

/// `PolicySet`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySet {
    /// `PolicySetId`
    pub id: String,
    /// `Description`
    pub description: Option<String>,
    /// `Target`
    pub target: Target,
    /// How what is in it is combined.
    pub combining: Combining,
    /// What is in it.
    pub members: Vec<Member>,
}

/// What a policy set has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Member {
    /// A policy.
    Policy(Policy),
    /// A policy set.
    PolicySet(PolicySet),
}

/// `Policy`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// `PolicyId`
    pub id: String,
    /// `Description`
    pub description: Option<String>,
    /// `Target`
    pub target: Target,
    /// How its rules are combined.
    pub combining: Combining,
    /// `Rule`
    pub rules: Vec<Rule>,
}

/// `Rule`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `RuleId`, unique in its policy.
    pub id: String,
    /// `Effect`: does it permit (else deny)?
    pub permits: bool,
    /// `Target`
    pub target: Target,
    /// `Condition`
    pub condition: Option<Formula>,
    /// `ObligationExpressions`, to be fulfilled on its effect.
    pub obligations: Vec<Obligation>,
}

/// `ObligationExpression` with constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// `ObligationId`
    pub id: String,
    /// `AttributeAssignmentExpression`: id and value.
    pub assignments: Vec<(String, Constant)>,
}

/// `AttributeValue`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constant {
    /// Its type.
    pub of: DataType,
    /// Its text.
    pub value: String,
}

/// The data types that exports use (XACML B.3), with the functions over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataType {
    /// `string`
    String,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `date`
    Date,
    /// `dateTime`
    DateTime,
    /// `yearMonthDuration`
    Months,
    /// `dayTimeDuration`
    Minutes,
}

/// `Target`: all of these `AnyOf`; each is one of its `AllOf`; each is all of its matches (XACML 7.7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target(pub Vec<Vec<Vec<Match>>>);

/// A comparison of a constant with the values of an attribute: true if it is with one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The constant is among the values.
    Has(&'static Attribute, String),
    /// The attribute, a date, is this day (`2026-01-01`) or later.
    From(&'static Attribute, String),
    /// The attribute, a date, is before this day.
    Before(&'static Attribute, String),
}

/// An attribute of the request (XACML 5.29).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// `AttributeId`
    pub id: Cow<'static, str>,
    /// `Category`
    pub category: &'static str,
    /// `DataType`
    pub data_type: &'static str,
    /// May it have several values, or none?
    pub bag: bool,
}

/// A comparison that a `Target` cannot say. Unknown (Indeterminate) where an attribute of one value is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    /// Is it to be false instead?
    pub negated: bool,
    /// What is compared.
    pub says: Says,
}

/// What a test compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// A boolean attribute is true.
    Flag(Attribute),
    /// Two terms of one type are equal.
    Equal(DataType, Term, Term),
    /// The first is less than the second.
    Less(DataType, Term, Term),
    /// A term is among the values of an attribute.
    Among(DataType, Term, Attribute),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// A constant.
    Constant(Constant),
    /// The one value of an attribute.
    Attribute(Attribute),
    /// A date or moment, moved by a duration (`P16Y`, `PT2H`).
    Moved {
        /// What is moved: a date by months, a moment by minutes.
        from: Box<Term>,
        /// By how much.
        by: Constant,
        /// Back, else forth.
        back: bool,
    },
}

/// Comparisons joined by `and` and `or`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// One comparison.
    Is(Match),
    /// One that a `Target` cannot say.
    Test(Box<Test>),
    /// All of them; of none: true.
    All(Vec<Formula>),
    /// One of them; of none: false.
    Any(Vec<Formula>),
}

impl Formula {
    /// What a `Target` can say of it, and the rest for a `Condition`.
    #[must_use]
    pub fn split(self) -> (Target, Option<Formula>) {
        let mut target = Target::default();
        let mut rest = Vec::new();
        let mut waiting = vec![self];
        while let Some(next) = waiting.pop() {
            match next {
                Formula::All(all) => waiting.extend(all.into_iter().rev()),
                Formula::Is(one) => target.0.push(vec![vec![one]]),
                Formula::Test(_) => rest.push(next),
                Formula::Any(any) => match any.iter().map(matches).collect::<Option<Vec<_>>>() {
                    Some(all_of) => target.0.push(all_of),
                    None => rest.push(Formula::Any(any)),
                },
            }
        }
        let condition = if rest.len() > 1 { Some(Formula::All(rest)) } else { rest.pop() };
        (target, condition)
    }
}

/// The comparisons of a formula that is nothing but a list of them, all of which must hold.
fn matches(formula: &Formula) -> Option<Vec<Match>> {
    let one = |formula: &Formula| match formula {
        Formula::Is(one) => Some(one.clone()),
        Formula::Test(_) | Formula::All(_) | Formula::Any(_) => None,
    };
    match formula {
        Formula::Is(is) => Some(vec![is.clone()]),
        Formula::All(all) if !all.is_empty() => all.iter().map(one).collect(),
        Formula::Test(_) | Formula::All(_) | Formula::Any(_) => None,
    }
}

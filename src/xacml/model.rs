//! The part of XACML 3.0 (OASIS standard, 22 January 2013) that exports need: policy sets, policies, rules, targets and
//! conditions over attributes. Writes nothing.

/// `PolicySet`, with policies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySet {
    /// `PolicySetId`
    pub id: String,
    /// `Description`
    pub description: Option<String>,
    /// Its policies.
    pub policies: Vec<Policy>,
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
    /// `Rule`, all with the effect Permit.
    pub rules: Vec<Rule>,
}

/// `Rule` with the effect Permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `RuleId`, unique in its policy.
    pub id: String,
    /// `Target`
    pub target: Target,
    /// `Condition`
    pub condition: Option<Formula>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attribute {
    /// `AttributeId`
    pub id: &'static str,
    /// `Category`
    pub category: &'static str,
    /// `DataType`
    pub data_type: &'static str,
    /// May it have several values, or none?
    pub bag: bool,
}

/// Comparisons joined by `and` and `or`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// One comparison.
    Is(Match),
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
        Formula::All(_) | Formula::Any(_) => None,
    };
    match formula {
        Formula::Is(is) => Some(vec![is.clone()]),
        Formula::All(all) if !all.is_empty() => all.iter().map(one).collect(),
        Formula::All(_) | Formula::Any(_) => None,
    }
}

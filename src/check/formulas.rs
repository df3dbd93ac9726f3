//! Conditions as formulas: one number for what says one thing, whatever it is written as. What cannot be followed is a
//! proposition of its own, so that what `logic` calls certain stays certain. Raises no finding.

use super::expressions::parts;
use crate::logic::{Atom, Domain, Formula, Outcomes, Variable};
use crate::model::{Catalog, EntityName, Enum, Expression, IsWhat, SymbolId, Term, Type, Value};
use crate::terms::{kind::Kind, level::Level, operator::Operator, root::BuiltIn, root::Consent, root::Root};
use jiff::civil::date;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// How deep a condition is followed, named ones in it included.
const DEPTH: u32 = 200;
/// How many parts of a condition are read, named ones in it included.
const PARTS: u32 = 4_096;

/// Gives numbers to what conditions speak of.
pub(super) struct Formulas<'c> {
    catalog: &'c Catalog,
    propositions: FxHashMap<Box<str>, u32>,
    variables: FxHashMap<Box<str>, Variable>,
    domains: Vec<Domain>,
    values: FxHashMap<Box<str>, i128>,
    /// For what is like nothing else.
    fresh: u32,
    parts: u32,
}

/// Of whom or what a comparison speaks: a constant, or a quantity by its words.
enum Side<'e> {
    Constant(Value),
    Quantity(&'e Expression, String),
}

impl<'c> Formulas<'c> {
    /// Over the declarations of a catalog.
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        Formulas {
            catalog,
            propositions: FxHashMap::default(),
            variables: FxHashMap::default(),
            domains: Vec::new(),
            values: FxHashMap::default(),
            fresh: 0,
            parts: 0,
        }
    }

    /// What values the variables may have that have been met.
    pub(super) fn domains(&self) -> &[Domain] {
        &self.domains
    }

    /// A condition as a formula.
    pub(super) fn of(&mut self, condition: &Expression) -> Formula {
        self.parts = PARTS;
        self.formula(condition, DEPTH)
    }

    /// A proposition that is called so.
    pub(super) fn proposition(&mut self, words: String) -> Formula {
        let next = number(self.propositions.len());
        Formula::Atom(Atom::Opaque(*self.propositions.entry(words.into()).or_insert(next)))
    }

    /// A proposition of which nothing is known.
    pub(super) fn anything(&mut self) -> Formula {
        let words = self.unlike();
        self.proposition(words)
    }

    /// Is one the same as the other? Both by their words, as [`Formulas::of`] makes them.
    pub(super) fn same(&mut self, one: &str, other: &str) -> Formula {
        let one = self.variable(one.into(), &Type::Principal);
        let other = self.variable(other.into(), &Type::Principal);
        Formula::Atom(Atom::Pair(one, other, Outcomes::EQUAL))
    }

    /// Is somebody, by the words for them, this organisation?
    pub(super) fn is_organisation(&mut self, who: &str, organisation: SymbolId) -> Formula {
        let variable = self.variable(who.into(), &Type::Principal);
        let value = self.interned(&Value::Organisation(organisation));
        Formula::Atom(Atom::Equal(variable, value))
    }

    fn unlike(&mut self) -> String {
        self.fresh += 1;
        format!("?{}", self.fresh)
    }

    fn formula(&mut self, condition: &Expression, depth: u32) -> Formula {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.parts.checked_sub(1)) else {
            return self.anything();
        };
        self.parts = left;
        match &condition.says {
            Term::And(all) => Formula::And(all.iter().map(|part| self.formula(part, depth)).collect()),
            Term::Or(all) => Formula::Or(all.iter().map(|part| self.formula(part, depth)).collect()),
            Term::Not(inner) => self.formula(inner, depth).negated(),
            Term::Compare(operator, sides) => self.compare(*operator, &sides.0, &sides.1),
            Term::Is { who, what: IsWhat::Kind(kind), party: None } => self.is_kind(who, *kind),
            Term::Is { who, what: IsWhat::Organisation(organisation), party: None } => {
                let words = self.words(who);
                let variable = self.variable(words, &who.of);
                let value = self.interned(&Value::Organisation(*organisation));
                Formula::Atom(Atom::Equal(variable, value))
            }
            Term::Condition(name) => match self.meaning(*name) {
                Some(says) => self.formula(says, depth),
                None => self.proposition(format!("condition {}", name.0)),
            },
            Term::Value(Value::Bool(is)) => Formula::Constant(*is),
            Term::Root(_) | Term::Variable(_) | Term::Attribute(..) => {
                let words = self.words(condition);
                Formula::Atom(Atom::Equal(self.variable(words, &condition.of), 1))
            }
            Term::Is { .. } | Term::Holds { .. } | Term::Each { .. } | Term::Permitted { .. } => {
                let words = self.words(condition);
                self.proposition(words)
            }
            Term::Shift { .. } | Term::Value(_) | Term::List(_) | Term::Undecided(_) | Term::Lost => self.anything(),
        }
    }

    /// What a named condition says, where it is certain.
    fn meaning(&self, name: SymbolId) -> Option<&'c Expression> {
        let catalog = self.catalog;
        match catalog.symbol(name)?.versions.as_slice() {
            [one] => catalog.conditions.get(*one as usize).filter(|it| !it.declared.wounded).map(|it| &it.says),
            _ => None,
        }
    }

    fn is_kind(&mut self, who: &Expression, kind: Kind) -> Formula {
        let at = |kind: Kind| i128::from(kind as u8);
        let who_words = self.words(who);
        let (base, none) = bare(&who.of);
        let none = none || is_asker(&who_words);
        let words = format!("kind of {who_words}");
        let of_one = match base {
            Type::Entity(EntityName::BuiltIn(BuiltIn::Person)) => Some(Kind::Person),
            Type::Entity(EntityName::BuiltIn(BuiltIn::Organisation)) => Some(Kind::Organisation),
            Type::Entity(EntityName::BuiltIn(BuiltIn::SystemUser)) => Some(Kind::SystemUser),
            _ => None,
        };
        let (low, high) = of_one.map_or((0, 2), |kind| (at(kind), at(kind)));
        Formula::Atom(Atom::Equal(self.within(words, Domain { low, high, none }), at(kind)))
    }

    fn compare(&mut self, operator: Operator, one: &Expression, other: &Expression) -> Formula {
        match (operator, &other.says) {
            (Operator::NotEqual, _) => return self.compare(Operator::Equal, one, other).negated(),
            (Operator::In, Term::List(all)) if self.parts as usize > all.len() => {
                self.parts = self.parts.saturating_sub(number(all.len()));
                return Formula::Or(all.iter().map(|part| self.compare(Operator::Equal, one, part)).collect());
            }
            _ => {}
        }
        // What has no name is the same as nothing, not even itself; sets are not followed.
        let opaque = operator == Operator::In || !has_identity(&one.of) || !has_identity(&other.of);
        match (self.side(one), self.side(other)) {
            (Side::Constant(one), Side::Constant(other)) if !opaque => self.constants(operator, &one, &other),
            (Side::Quantity(of, words), Side::Constant(value)) if !opaque => self.against(operator, of, words, &value),
            (Side::Constant(value), Side::Quantity(of, words)) if !opaque => {
                self.against(turned(operator), of, words, &value)
            }
            (Side::Quantity(of, words), Side::Quantity(with, others)) if !opaque => {
                let outcomes = outcomes(operator);
                if words == others {
                    return Formula::Constant(!outcomes.and(Outcomes::EQUAL).is_empty());
                }
                let (one, other) = (self.variable(words, &of.of), self.variable(others, &with.of));
                Formula::Atom(Atom::Pair(one, other, outcomes))
            }
            _ => {
                let words = format!("({} {} {})", self.words(one), operator.word(), self.words(other));
                self.proposition(words)
            }
        }
    }

    fn side<'e>(&mut self, of: &'e Expression) -> Side<'e> {
        match constant(of) {
            Some(value) => Side::Constant(value),
            None => Side::Quantity(of, self.words(of)),
        }
    }

    fn constants(&mut self, operator: Operator, one: &Value, other: &Value) -> Formula {
        let order = match (one, other) {
            (Value::None, Value::None) => std::cmp::Ordering::Equal,
            (Value::None, _) | (_, Value::None) => return Formula::Constant(false),
            _ => match (self.rank(operator, one), self.rank(operator, other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                _ => return self.anything(),
            },
        };
        Formula::Constant(match operator {
            Operator::Less => order.is_lt(),
            Operator::LessOrEqual => order.is_le(),
            Operator::Greater => order.is_gt(),
            Operator::GreaterOrEqual => order.is_ge(),
            _ => order.is_eq(),
        })
    }

    /// A quantity against a constant.
    fn against(&mut self, operator: Operator, of: &Expression, words: String, value: &Value) -> Formula {
        let variable = self.variable(words, &of.of);
        if *value == Value::None {
            let strict = matches!(operator, Operator::Less | Operator::Greater);
            return if strict { Formula::Constant(false) } else { Formula::Atom(Atom::None(variable)) };
        }
        let Some(rank) = self.rank(operator, value) else { return self.anything() };
        Formula::Atom(match operator {
            Operator::Less => Atom::Less(variable, rank),
            Operator::LessOrEqual => Atom::Less(variable, rank.saturating_add(1)),
            Operator::Greater => Atom::More(variable, rank),
            Operator::GreaterOrEqual => Atom::More(variable, rank.saturating_sub(1)),
            Operator::Equal | Operator::NotEqual | Operator::In => Atom::Equal(variable, rank),
        })
    }

    /// The number of a constant among those of its type; `None` where they have no order that is asked for.
    fn rank(&mut self, operator: Operator, value: &Value) -> Option<i128> {
        Some(match value {
            Value::Bool(is) => i128::from(*is),
            Value::Integer(number) => i128::from(*number),
            Value::Date(day) => i128::from(day.since(date(1, 1, 1)).ok()?.get_days()),
            Value::DateTime(moment) => moment.as_nanosecond(),
            Value::Level(level) => position(Level::ALL.iter(), level)?,
            Value::Consent(consent) => position(Consent::ALL.iter(), consent)?,
            Value::Enum(of, name) => match self.values_of(*of) {
                Some(of) => position(of.values.iter().map(|value| &value.value), name)?,
                None if operator.orders() => return None,
                None => self.interned(value),
            },
            Value::None => return None,
            _ if operator.orders() => return None,
            Value::String(_) | Value::Duration(_) | Value::Element(_) | Value::Organisation(_) | Value::Basis(_) => {
                self.interned(value)
            }
        })
    }

    /// The enum of a name, where it is certain.
    fn values_of(&self, name: SymbolId) -> Option<&'c Enum> {
        let catalog = self.catalog;
        match catalog.symbol(name)?.versions.as_slice() {
            [one] => catalog.enums.get(*one as usize).filter(|it| !it.declared.wounded),
            _ => None,
        }
    }

    fn interned(&mut self, value: &Value) -> i128 {
        let next = i128::from(number(self.values.len()));
        *self.values.entry(format!("{value:?}").into()).or_insert(next)
    }

    fn variable(&mut self, words: String, of: &Type) -> Variable {
        let (base, none) = bare(of);
        let top = |count: usize| (0, i128::from(number(count)) - 1);
        let (low, high) = match base {
            Type::Bool => top(2),
            Type::Level => top(Level::ALL.len()),
            Type::Consent => top(Consent::ALL.len()),
            Type::Enum(name) => match self.values_of(*name) {
                Some(of) if !of.values.is_empty() => top(of.values.len()),
                _ => (i128::MIN, i128::MAX),
            },
            Type::Integer => (i128::from(i64::MIN), i128::from(i64::MAX)),
            _ => (i128::MIN, i128::MAX),
        };
        // Where nobody asks, subject and party are known to be nobody.
        let none = none || matches!(base, Type::Lost | Type::None) || is_asker(&words);
        self.within(words, Domain { low, high, none })
    }

    fn within(&mut self, words: String, domain: Domain) -> Variable {
        let next = Variable(number(self.domains.len()));
        let variable = *self.variables.entry(words.into()).or_insert(next);
        if variable == next {
            self.domains.push(domain);
        }
        variable
    }

    /// What an expression says, in words that are alike where it says the same.
    fn words(&mut self, of: &Expression) -> String {
        let mut words = String::new();
        self.write(&mut words, of, DEPTH);
        words
    }

    fn write(&mut self, words: &mut String, of: &Expression, depth: u32) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.parts.checked_sub(1)) else {
            words.push_str(&self.unlike());
            return;
        };
        self.parts = left;
        // Writing to a string cannot fail.
        let _ = match &of.says {
            Term::Root(root) => write!(words, "{}", root.word()),
            Term::Variable(name) => write!(words, "${name}"),
            Term::Value(value) => write!(words, "{value:?}"),
            Term::Condition(name) => write!(words, "condition {}", name.0),
            Term::Permitted { resource, action } => write!(words, "permitted {} {action}", resource.0),
            Term::Undecided(_) | Term::Lost => write!(words, "{}", self.unlike()),
            Term::Attribute(inner, name) => {
                self.write(words, inner, depth);
                write!(words, ".{name}")
            }
            Term::Or(_) => write!(words, "or"),
            Term::And(_) => write!(words, "and"),
            Term::List(_) => write!(words, "list"),
            Term::Not(_) => write!(words, "not"),
            Term::Compare(operator, _) => write!(words, "{}", operator.word()),
            Term::Is { who: _, what, party } => write!(words, "{}", is_words(*what, party.is_some())),
            Term::Holds { package, .. } => write!(words, "holds {}", package.0),
            Term::Each { all, variable, .. } => write!(words, "each {all} ${variable}"),
            Term::Shift { back, .. } => write!(words, "shift {back}"),
        };
        if !matches!(of.says, Term::Attribute(..)) {
            let mut inner = Vec::new();
            parts(of, |part| inner.push(part));
            for part in inner {
                words.push('(');
                self.write(words, part, depth);
                words.push(')');
            }
        }
    }
}

/// The words for `X is …`, before the words for X and, if there is one, for whom.
pub(super) fn is_words(what: IsWhat, for_somebody: bool) -> String {
    format!("is {what:?} {for_somebody}")
}

fn is_asker(words: &str) -> bool {
    words == Root::Subject.word() || words == Root::Party.word()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn position<T: PartialEq>(mut all: impl Iterator<Item = T>, one: T) -> Option<i128> {
    all.position(|it| it == one).map(|at| i128::from(number(at)))
}

/// The type without `or none`; whether that stood there.
fn bare(of: &Type) -> (&Type, bool) {
    match of {
        Type::OrNone(inner) => (inner, true),
        other => (other, false),
    }
}

/// Is a value of the type the same as itself, and equality with it all that two values have of each other?
fn has_identity(of: &Type) -> bool {
    match bare(of).0 {
        Type::Entity(EntityName::BuiltIn(name)) => {
            matches!(name, BuiltIn::Person | BuiltIn::Organisation | BuiltIn::SystemUser)
        }
        Type::Entity(EntityName::Declared(_)) | Type::Set(_) | Type::OrNone(_) | Type::Resource | Type::Lost => false,
        _ => true,
    }
}

/// A constant, also a day moved by a constant.
fn constant(of: &Expression) -> Option<Value> {
    match &of.says {
        Term::Value(value) => Some(value.clone()),
        Term::Shift { from, back, by } => match (&from.says, &by.says) {
            (Term::Value(Value::Date(day)), Term::Value(Value::Duration(by))) => by.moved(*day, *back).map(Value::Date),
            (Term::Value(Value::DateTime(moment)), Term::Value(Value::Duration(by))) => {
                by.moved_moment(*moment, *back).map(Value::DateTime)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The operator with its sides exchanged.
fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        same => same,
    }
}

fn outcomes(operator: Operator) -> Outcomes {
    match operator {
        Operator::Less => Outcomes::LESS,
        Operator::LessOrEqual => Outcomes::LESS.or(Outcomes::EQUAL),
        Operator::Greater => Outcomes::MORE,
        Operator::GreaterOrEqual => Outcomes::MORE.or(Outcomes::EQUAL),
        Operator::Equal | Operator::NotEqual | Operator::In => Outcomes::EQUAL,
    }
}

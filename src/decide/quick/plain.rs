//! Rules that ask for nothing but the context and who holds what, which is most of them: made ready once for a stretch of days, and
//! followed without a scene. What asks for more is left to `over`; both say the same.

use crate::decide::truth::Truth;
use crate::decide::value::Seen;
use crate::facts::{Known, Value};
use crate::ir::{Constant, Expression, Meaning, PackageId, Recipient, Requires, Rule};
use crate::terms::{effect::RuleEffect, operator::Operator, root::Root};

/// How deep a condition may be that is made ready; deeper are rare.
const DEEPEST: u8 = 8;

/// A rule that is made ready.
#[derive(Debug)]
pub(super) struct Plain {
    test: Option<Test>,
    needs: Needs,
}

/// A condition on the context: attributes by their numbers among [`Names`].
#[derive(Debug)]
enum Test {
    Is(u32),
    Compare(Operator, u32, Constant),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
}

/// What has to be held.
#[derive(Debug)]
enum Needs {
    Nothing,
    /// A permit without any of that permits nobody.
    Nobody,
    Package(PackageId),
    Several(Requires),
}

/// Names of attributes of the context.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<Box<str>>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        let at = self.0.iter().position(|known| **known == *name).unwrap_or_else(|| {
            self.0.push(name.into());
            self.0.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// The value of an attribute; `None`: missing.
    #[inline]
    fn value<'k>(&self, context: &'k Known, number: u32) -> Option<&'k Value> {
        let name = self.0.get(number as usize)?;
        if context.0.len() > 8 {
            return context.get(name);
        }
        context.0.iter().find(|(known, _)| **known == **name).map(|(_, value)| value)
    }
}

impl Plain {
    /// The rule made ready; `None`: it asks for more.
    pub(super) fn of(rule: &Rule, meaning: &Meaning, names: &mut Names) -> Option<Plain> {
        if rule.of.is_some() || !matches!(rule.to, None | Some(Recipient::Anyone)) {
            return None;
        }
        let test = match &rule.when {
            Some(when) => Some(Test::of(when, meaning, names, DEEPEST)?),
            None => None,
        };
        let needs = match &rule.requires {
            Some(Requires::Package(package)) => Needs::Package(*package),
            Some(several) => Needs::Several(several.clone()),
            None if rule.effect == RuleEffect::Permit && rule.to.is_none() => Needs::Nobody,
            None => Needs::Nothing,
        };
        Some(Plain { test, needs })
    }

    /// Does it apply (U1)? What is dear comes last.
    pub(super) fn applies(
        &self,
        names: &Names,
        meaning: &Meaning,
        context: &Known,
        holds: &impl Fn(PackageId) -> Truth,
    ) -> Truth {
        let when = self.test.as_ref().map_or(Truth::So, |test| test.truth(names, meaning, context));
        if when == Truth::Not {
            return Truth::Not;
        }
        let needed = match &self.needs {
            Needs::Nothing => return when,
            Needs::Nobody => return Truth::Not,
            Needs::Package(package) => holds(*package),
            Needs::Several(requires) => crate::decide::rules::requires(requires, holds),
        };
        if needed == Truth::So { when } else { Truth::all([when, needed]) }
    }
}

impl Test {
    fn of(expression: &Expression, meaning: &Meaning, names: &mut Names, depth: u8) -> Option<Test> {
        let depth = depth.checked_sub(1)?;
        Some(match expression {
            Expression::Attribute(of, name) if **of == Expression::Root(Root::Context) => Test::Is(names.number(name)),
            Expression::Compare(operator, sides) => {
                let (operator, of, constant) = match (&sides.0, &sides.1) {
                    (of, Expression::Value(constant)) => (*operator, of, constant),
                    (Expression::Value(constant), of) => (turned(*operator)?, of, constant),
                    _ => return None,
                };
                let Expression::Attribute(root, name) = of else { return None };
                let simple = matches!(constant, Constant::Integer(_) | Constant::Bool(_) | Constant::Enum(..));
                if **root != Expression::Root(Root::Context) || !simple || operator == Operator::In {
                    return None;
                }
                Test::Compare(operator, names.number(name), constant.clone())
            }
            Expression::Not(part) => Test::Not(Box::new(Test::of(part, meaning, names, depth)?)),
            Expression::And(parts) => {
                Test::All(parts.iter().map(|part| Test::of(part, meaning, names, depth)).collect::<Option<_>>()?)
            }
            Expression::Or(parts) => {
                Test::Any(parts.iter().map(|part| Test::of(part, meaning, names, depth)).collect::<Option<_>>()?)
            }
            Expression::Condition(id) => Test::of(&meaning.condition(*id)?.body.says, meaning, names, depth)?,
            _ => return None,
        })
    }

    /// As a scene says it. As deep as [`DEEPEST`] at most.
    fn truth(&self, names: &Names, meaning: &Meaning, context: &Known) -> Truth {
        match self {
            Test::Is(number) => match names.value(context, *number) {
                Some(Value::Bool(so)) => Truth::of(*so),
                _ => Truth::Unknown,
            },
            Test::Compare(operator, number, constant) => match (names.value(context, *number), constant) {
                (None, _) => Truth::Unknown,
                (Some(Value::Integer(one)), Constant::Integer(other)) => Truth::of(match operator {
                    Operator::Less => one < other,
                    Operator::LessOrEqual => one <= other,
                    Operator::Greater => one > other,
                    Operator::GreaterOrEqual => one >= other,
                    Operator::NotEqual => one != other,
                    Operator::Equal | Operator::In => one == other,
                }),
                (Some(value), constant) => Seen::of(value).compares(*operator, &seen(constant), meaning),
            },
            Test::Not(part) => part.truth(names, meaning, context).not(),
            Test::All(parts) => Truth::all(parts.iter().map(|part| part.truth(names, meaning, context))),
            Test::Any(parts) => Truth::any(parts.iter().map(|part| part.truth(names, meaning, context))),
        }
    }
}

/// A constant of those that are compared with.
fn seen(constant: &Constant) -> Seen<'_> {
    match constant {
        Constant::Bool(so) => Seen::Bool(*so),
        Constant::Integer(number) => Seen::Integer(*number),
        Constant::Enum(of, at) => Seen::Enum(*of, *at),
        _ => Seen::Missing,
    }
}

/// The operator with its sides turned.
fn turned(operator: Operator) -> Option<Operator> {
    Some(match operator {
        Operator::Equal | Operator::NotEqual => operator,
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        Operator::In => return None,
    })
}

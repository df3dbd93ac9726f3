//! Every small change of a condition, each with the least condition in it that changes, before and after. Knows neither
//! where the condition stands nor what it decides.

use super::mutation::Mutation;
use crate::ir::{Constant, Expression, Meaning};
use crate::terms::duration::Duration;
use crate::terms::{level::Level, limit, operator::Operator, root::Consent};
use jiff::{SignedDuration, civil::Date};

/// A condition with one small change.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) mutation: Mutation,
    /// The whole of it.
    pub(super) whole: Expression,
    /// The least condition in it that changes.
    pub(super) before: Expression,
    /// What that becomes; `None`: it is left out.
    pub(super) after: Option<Expression>,
}

/// Every small change of a condition. As deep as readers of conditions allow.
pub(super) fn variants(says: &Expression, meaning: &Meaning) -> Vec<Variant> {
    let mut found = condition(says, meaning);
    found.retain(|variant| variant.whole != *says);
    found
}

/// Of what is so or not so.
fn condition(says: &Expression, meaning: &Meaning) -> Vec<Variant> {
    let own = |mutation, after: Expression| Variant {
        mutation,
        whole: after.clone(),
        before: says.clone(),
        after: Some(after),
    };
    match says {
        Expression::And(parts) | Expression::Or(parts) => {
            let all = matches!(says, Expression::And(_));
            let mut found = vec![own(Mutation::JoinSwapped, joined(!all, parts.clone()))];
            for (at, part) in parts.iter().enumerate() {
                let rest = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part.clone());
                found.push(Variant {
                    mutation: Mutation::PartDropped,
                    whole: joined(all, rest.collect()),
                    before: part.clone(),
                    after: None,
                });
                found.extend(condition(part, meaning).into_iter().map(|variant| {
                    let mut parts = parts.clone();
                    if let Some(place) = parts.get_mut(at) {
                        place.clone_from(&variant.whole);
                    }
                    Variant { whole: joined(all, parts), ..variant }
                }));
            }
            found
        }
        Expression::Not(part) => {
            // The opposite of the opposite is what is said here; what stands deeper is turned for itself.
            let same = |variant: &Variant| variant.mutation == Mutation::AtomNegated && variant.before == **part;
            let inner = condition(part, meaning).into_iter().filter(|variant| !same(variant));
            let inner = inner.map(|variant| Variant { whole: not(variant.whole.clone()), ..variant });
            std::iter::once(own(Mutation::AtomNegated, (**part).clone())).chain(inner).collect()
        }
        Expression::Compare(operator, sides) => {
            let mut found = vec![own(Mutation::AtomNegated, not(says.clone()))];
            let other = match operator {
                Operator::Less => Some(Operator::LessOrEqual),
                Operator::LessOrEqual => Some(Operator::Less),
                Operator::Greater => Some(Operator::GreaterOrEqual),
                Operator::GreaterOrEqual => Some(Operator::Greater),
                Operator::Equal | Operator::NotEqual | Operator::In => None,
            };
            found.extend(other.map(|other| own(Mutation::BoundMoved, Expression::Compare(other, sides.clone()))));
            // `x == true` turned is `x == false`: said once.
            let told = |mutation: Mutation, value: &Expression| {
                mutation != Mutation::ValueSwapped || !matches!(value, Expression::Value(Constant::Bool(_)))
            };
            for (mutation, side) in values(&sides.0, meaning) {
                if told(mutation, &side) {
                    found.push(own(mutation, Expression::Compare(*operator, Box::new((side, sides.1.clone())))));
                }
            }
            for (mutation, side) in values(&sides.1, meaning) {
                if told(mutation, &side) {
                    found.push(own(mutation, Expression::Compare(*operator, Box::new((sides.0.clone(), side)))));
                }
            }
            found
        }
        Expression::Each { all, variable, set, body } => {
            let with = |all: bool, set: &Expression, body: &Expression| Expression::Each {
                all,
                variable: variable.clone(),
                set: Box::new(set.clone()),
                body: Box::new(body.clone()),
            };
            let mut found =
                vec![own(Mutation::AtomNegated, not(says.clone())), own(Mutation::EachSwapped, with(!all, set, body))];
            found.extend(values(set, meaning).into_iter().map(|(mutation, set)| own(mutation, with(*all, &set, body))));
            found.extend(condition(body, meaning).into_iter().map(|variant| {
                // A variable out of its `any` says nothing to a reader: the whole is told.
                own(variant.mutation, with(*all, set, &variant.whole))
            }));
            found
        }
        Expression::Value(Constant::Bool(yes)) => {
            vec![own(Mutation::AtomNegated, Expression::Value(Constant::Bool(!yes)))]
        }
        Expression::Is { .. }
        | Expression::Holds { .. }
        | Expression::Permitted { .. }
        | Expression::Condition(_)
        | Expression::Attribute(..)
        | Expression::Variable(_) => vec![own(Mutation::AtomNegated, not(says.clone()))],
        // An open question is no value that could be another; the rest is no condition.
        Expression::Undecided
        | Expression::Shift { .. }
        | Expression::Root(_)
        | Expression::Value(_)
        | Expression::List(_) => Vec::new(),
    }
}

/// Every small change of a value.
fn values(value: &Expression, meaning: &Meaning) -> Vec<(Mutation, Expression)> {
    match value {
        Expression::Value(constant) => constants(constant, meaning)
            .into_iter()
            .map(|(mutation, constant)| (mutation, Expression::Value(constant)))
            .collect(),
        Expression::List(members) => {
            let mut found = Vec::new();
            for (at, member) in members.iter().enumerate() {
                let rest =
                    || members.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, one)| one.clone());
                if members.len() > 1 {
                    found.push((Mutation::MemberDropped, Expression::List(rest().collect())));
                }
                for (mutation, other) in values(member, meaning) {
                    if !members.contains(&other) {
                        let mut members = members.clone();
                        if let Some(place) = members.get_mut(at) {
                            *place = other;
                        }
                        found.push((mutation, Expression::List(members)));
                    }
                }
            }
            found
        }
        Expression::Shift { from, back, by } => {
            let with = |from: &Expression, back: bool, by: &Expression| Expression::Shift {
                from: Box::new(from.clone()),
                back,
                by: Box::new(by.clone()),
            };
            let mut found = vec![(Mutation::ShiftTurned, with(from, !back, by))];
            found.extend(values(from, meaning).into_iter().map(|(mutation, from)| (mutation, with(&from, *back, by))));
            found.extend(values(by, meaning).into_iter().map(|(mutation, by)| (mutation, with(from, *back, &by))));
            found
        }
        Expression::Attribute(of, name) => values(of, meaning)
            .into_iter()
            .map(|(mutation, of)| (mutation, Expression::Attribute(Box::new(of), name.clone())))
            .collect(),
        _ => Vec::new(),
    }
}

/// The constants beside one.
pub(super) fn constants(constant: &Constant, meaning: &Meaning) -> Vec<(Mutation, Constant)> {
    match constant {
        Constant::Bool(yes) => vec![(Mutation::ValueSwapped, Constant::Bool(!yes))],
        Constant::Integer(number) => [number.saturating_sub(1), number.saturating_add(1)]
            .into_iter()
            .filter(|other| other.abs() <= limit::INTEGER)
            .map(|other| (Mutation::LimitMoved, Constant::Integer(other)))
            .collect(),
        Constant::Duration(length) => {
            durations(*length).map(|other| (Mutation::LimitMoved, Constant::Duration(other))).collect()
        }
        Constant::Date(day) => days(*day).map(|other| (Mutation::DateShifted, Constant::Date(other))).collect(),
        Constant::DateTime(moment) => [-1, 1]
            .into_iter()
            .filter_map(|minutes| moment.checked_add(SignedDuration::from_mins(minutes)).ok())
            .map(|other| (Mutation::DateShifted, Constant::DateTime(other)))
            .collect(),
        Constant::Enum(id, at) => {
            let values = meaning.enum_at(*id).map_or(0, |defined| defined.body.values.len());
            [at.checked_sub(1), at.checked_add(1).filter(|next| (*next as usize) < values)]
                .into_iter()
                .flatten()
                .map(|other| (Mutation::ValueSwapped, Constant::Enum(*id, other)))
                .collect()
        }
        Constant::Level(level) => {
            levels(*level).map(|other| (Mutation::ValueSwapped, Constant::Level(other))).collect()
        }
        Constant::Consent(state) => {
            let other = match state {
                Consent::Given => Consent::Withdrawn,
                Consent::Withdrawn => Consent::Given,
            };
            vec![(Mutation::ValueSwapped, Constant::Consent(other))]
        }
        // There is no text, element or organisation beside another, and nothing beside `none`.
        Constant::String(_)
        | Constant::Element(_)
        | Constant::Organisation(_)
        | Constant::Basis(_)
        | Constant::None => Vec::new(),
    }
}

/// The day before and the day after.
pub(super) fn days(day: Date) -> impl Iterator<Item = Date> {
    [day.yesterday(), day.tomorrow()].into_iter().flatten().filter(|day| day.year() >= 1)
}

/// One less and one more.
pub(super) fn durations(length: Duration) -> impl Iterator<Item = Duration> {
    let amounts = [length.amount.checked_sub(1), length.amount.checked_add(1)];
    let amounts = amounts.into_iter().flatten().filter(|amount| *amount <= Duration::MOST);
    amounts.map(move |amount| Duration { amount, ..length })
}

/// The levels beside one.
pub(super) fn levels(level: Level) -> impl Iterator<Item = Level> {
    let at = Level::ALL.iter().position(|one| *one == level).unwrap_or(0);
    [at.checked_sub(1), at.checked_add(1)].into_iter().flatten().filter_map(|at| Level::ALL.get(at).copied())
}

/// The opposite, as an author would write it.
fn not(says: Expression) -> Expression {
    match says {
        Expression::Not(part) => *part,
        Expression::Compare(Operator::Equal, sides) => Expression::Compare(Operator::NotEqual, sides),
        Expression::Compare(Operator::NotEqual, sides) => Expression::Compare(Operator::Equal, sides),
        other => Expression::Not(Box::new(other)),
    }
}

/// All or one of them, in the one form that means it: a list of one is that one, a list of the same kind is no part.
fn joined(all: bool, parts: Vec<Expression>) -> Expression {
    let mut flat: Vec<Expression> = Vec::new();
    for part in parts {
        match part {
            Expression::And(inner) if all => flat.extend(inner),
            Expression::Or(inner) if !all => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match (flat.len(), all) {
        (1, _) => flat.pop().unwrap_or(Expression::Undecided),
        (_, true) => Expression::And(flat),
        (_, false) => Expression::Or(flat),
    }
}

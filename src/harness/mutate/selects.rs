//! Is `where` of a policy so for a version of a resource of a bundle, as the compiler answered it (docs/meaning.md, E1–E10)? Asked
//! anew where a mutant changes what it reads or what it says. Makes no mutants.

use crate::ir::{Constant, Controlling, Expression, Meaning, Resource};
use crate::terms::open::Open;
use crate::terms::operator::Operator;
use std::cmp::Ordering;

/// A value, or what is not known.
enum Has {
    One(Constant),
    /// The members that are known, and whether these are all.
    Set(Vec<Constant>, bool),
    Unknown,
}

/// Is it so? `None`: it reads what is undecided. As deep as readers of conditions allow.
pub(super) fn is_so(
    says: &Expression,
    of: &Resource,
    meaning: &Meaning,
    variables: &mut Vec<(Box<str>, Constant)>,
) -> Option<bool> {
    match says {
        Expression::Or(parts) => joined(parts, true, of, meaning, variables),
        Expression::And(parts) => joined(parts, false, of, meaning, variables),
        Expression::Not(part) => is_so(part, of, meaning, variables).map(|so| !so),
        Expression::Compare(operator, sides) => {
            compare(*operator, value(&sides.0, of, variables), value(&sides.1, of, variables))
        }
        Expression::Each { all, variable, set, body } => {
            let Has::Set(members, complete) = value(set, of, variables) else { return None };
            let mut unknown = !complete;
            for member in members {
                variables.push((variable.clone(), member));
                let answer = is_so(body, of, meaning, variables);
                variables.pop();
                match answer {
                    Some(answer) if answer != *all => return Some(!*all),
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            (!unknown).then_some(*all)
        }
        Expression::Condition(id) => {
            meaning.condition(*id).and_then(|named| is_so(&named.body.says, of, meaning, &mut Vec::new()))
        }
        Expression::Value(Constant::Bool(yes)) => Some(*yes),
        // Facts and requests are not known when a policy chooses.
        _ => None,
    }
}

/// One that is `decisive` decides; else one that is unknown.
fn joined(
    parts: &[Expression],
    decisive: bool,
    of: &Resource,
    meaning: &Meaning,
    variables: &mut Vec<(Box<str>, Constant)>,
) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match is_so(part, of, meaning, variables) {
            Some(answer) if answer == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decisive)
}

fn value(says: &Expression, of: &Resource, variables: &[(Box<str>, Constant)]) -> Has {
    match says {
        Expression::Value(constant) => Has::One(constant.clone()),
        Expression::Variable(name) => variables
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map_or(Has::Unknown, |(_, value)| Has::One(value.clone())),
        Expression::Attribute(root, name) if matches!(**root, Expression::Root(_)) => said(of, name),
        Expression::List(parts) => {
            let mut members = Vec::new();
            let mut complete = true;
            for part in parts {
                match value(part, of, variables) {
                    Has::One(value) => members.push(value),
                    Has::Set(..) | Has::Unknown => complete = false,
                }
            }
            Has::Set(members, complete)
        }
        _ => Has::Unknown,
    }
}

/// What a resource says of itself.
fn said(of: &Resource, name: &str) -> Has {
    fn set<T>(all: &Open<Vec<T>>, member: impl Fn(&T) -> Option<Constant>) -> Has {
        let Open::Known(all) = all else { return Has::Unknown };
        let members: Vec<Constant> = all.iter().filter_map(member).collect();
        let complete = members.len() == all.len();
        Has::Set(members, complete)
    }
    let organisation = |one: &Controlling| match one {
        Controlling::Organisation(id) => Some(Constant::Organisation(*id)),
        // Whoever has a status is not known when a policy chooses.
        Controlling::Status(_) => None,
    };
    match name {
        "data" => of.data.known().map_or(Has::Unknown, |level| Has::One(Constant::Level(*level))),
        "basis" => set(&of.basis, |basis| basis.known().cloned().map(Constant::Basis)),
        "purposes" => match &of.purposes {
            Some((id, purposes)) => set(purposes, |at| Some(Constant::Enum(*id, *at))),
            None => Has::Set(Vec::new(), true),
        },
        "elements" => set(&of.elements, |name| Some(Constant::Element(name.clone()))),
        "controller" => set(&of.controllers, organisation),
        "processor" => set(&of.processors, organisation),
        _ => Has::Unknown,
    }
}

fn compare(operator: Operator, one: Has, two: Has) -> Option<bool> {
    match (operator, one, two) {
        (Operator::In, Has::One(one), Has::Set(members, complete)) => {
            if members.contains(&one) {
                Some(true)
            } else {
                complete.then_some(false)
            }
        }
        (_, Has::One(one), Has::One(two)) => match operator {
            Operator::Equal => Some(one == two),
            Operator::NotEqual => Some(one != two),
            Operator::Less => Some(order(&one, &two) == Some(Ordering::Less)),
            Operator::Greater => Some(order(&one, &two) == Some(Ordering::Greater)),
            Operator::LessOrEqual => Some(one == two || order(&one, &two) == Some(Ordering::Less)),
            Operator::GreaterOrEqual => Some(one == two || order(&one, &two) == Some(Ordering::Greater)),
            Operator::In => None,
        },
        _ => None,
    }
}

/// Which comes first; `None` where neither does.
fn order(one: &Constant, two: &Constant) -> Option<Ordering> {
    match (one, two) {
        (Constant::Integer(one), Constant::Integer(two)) => Some(one.cmp(two)),
        (Constant::Date(one), Constant::Date(two)) => Some(one.cmp(two)),
        (Constant::DateTime(one), Constant::DateTime(two)) => Some(one.cmp(two)),
        (Constant::Level(one), Constant::Level(two)) => Some(one.cmp(two)),
        (Constant::Enum(of, one), Constant::Enum(other, two)) if of == other => Some(one.cmp(two)),
        _ => None,
    }
}

//! Is `where` of a policy so for a version of a resource? Asked of what the resource says of itself, when compiled; what
//! reads an undecided value is unknown (docs/meaning.md, E1–E10). Finds nothing.

use crate::model::{Catalog, Controlling, Expression, Property, Resource, Symbol, SymbolId, Term, Value};
use crate::terms::open::Open;
use crate::terms::operator::Operator;
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Deeper than the parser lets anybody nest, through named conditions too.
const DEPTH: usize = 600;

/// A value, or what is not known.
#[derive(Clone, Debug)]
enum Has {
    One(Value),
    /// The members that are known, and whether these are all.
    Set(Vec<Value>, bool),
    Unknown,
}

/// Asks one policy's `where` of one resource after the other.
pub(super) struct Selecting<'c> {
    symbols: &'c [Symbol],
    catalog: &'c Catalog,
    /// Answers of named conditions for the resource at hand: each is asked once.
    answers: FxHashMap<SymbolId, Option<bool>>,
    /// Steps that may still be taken; without any all is unknown.
    pub(super) left: usize,
}

/// What is at hand while a condition is asked.
struct Asking<'r> {
    resource: &'r Resource,
    variables: Vec<(Box<str>, Value)>,
}

impl<'c> Selecting<'c> {
    pub(super) fn new(symbols: &'c [Symbol], catalog: &'c Catalog, left: usize) -> Self {
        Selecting { symbols, catalog, answers: FxHashMap::default(), left }
    }

    /// Is the condition so? `None`: it reads what is undecided.
    pub(super) fn is_so(&mut self, version: u32, condition: &Expression) -> Option<bool> {
        let resource = self.catalog.resources.get(version as usize)?;
        self.answers.clear();
        let mut asking = Asking { resource, variables: Vec::new() };
        self.answer(condition, &mut asking, 0)
    }

    /// Where a symbol stands in the vector of its sort.
    fn version(&self, id: SymbolId) -> Option<usize> {
        self.symbols.get(id.0 as usize)?.versions.first().map(|at| *at as usize)
    }

    fn step(&mut self, depth: usize) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0 && depth < DEPTH
    }

    /// True, false, or unknown.
    fn answer(&mut self, condition: &Expression, asking: &mut Asking<'_>, depth: usize) -> Option<bool> {
        if !self.step(depth) {
            return None;
        }
        let depth = depth + 1;
        match &condition.says {
            Term::Or(all) => self.joined(all, true, asking, depth),
            Term::And(all) => self.joined(all, false, asking, depth),
            Term::Not(inner) => self.answer(inner, asking, depth).map(|answer| !answer),
            Term::Compare(operator, sides) => {
                let one = self.value(&sides.0, asking, depth);
                let two = self.value(&sides.1, asking, depth);
                self.compare(*operator, one, two)
            }
            Term::Each { all, variable, set, body } => {
                let Has::Set(members, complete) = self.value(set, asking, depth) else { return None };
                let mut unknown = !complete;
                for member in members {
                    asking.variables.push((variable.clone(), member));
                    let answer = self.answer(body, asking, depth);
                    asking.variables.pop();
                    match answer {
                        Some(answer) if answer != *all => return Some(!*all),
                        Some(_) => {}
                        None => unknown = true,
                    }
                }
                if unknown { None } else { Some(*all) }
            }
            Term::Condition(id) => {
                if let Some(known) = self.answers.get(id) {
                    return *known;
                }
                let catalog = self.catalog;
                let says = self.version(*id).and_then(|at| catalog.conditions.get(at))?;
                let mut inner = Asking { resource: asking.resource, variables: Vec::new() };
                let answer = self.answer(&says.says, &mut inner, depth);
                self.answers.insert(*id, answer);
                answer
            }
            Term::Value(Value::Bool(value)) => Some(*value),
            // Facts, requests and what was lost are not known here.
            Term::Is { .. }
            | Term::Holds { .. }
            | Term::Permitted { .. }
            | Term::Shift { .. }
            | Term::Root(_)
            | Term::Variable(_)
            | Term::Attribute(..)
            | Term::Value(_)
            | Term::List(_)
            | Term::Undecided(_)
            | Term::Lost => None,
        }
    }

    /// One that is `decisive` decides; else one that is unknown.
    fn joined(&mut self, all: &[Expression], decisive: bool, asking: &mut Asking<'_>, depth: usize) -> Option<bool> {
        let mut unknown = false;
        for one in all {
            match self.answer(one, asking, depth) {
                Some(answer) if answer == decisive => return Some(decisive),
                Some(_) => {}
                None => unknown = true,
            }
        }
        if unknown { None } else { Some(!decisive) }
    }

    fn value(&mut self, written: &Expression, asking: &mut Asking<'_>, depth: usize) -> Has {
        if !self.step(depth) {
            return Has::Unknown;
        }
        match &written.says {
            Term::Value(value) => Has::One(value.clone()),
            Term::Variable(name) => {
                let found = asking.variables.iter().rev().find(|(known, _)| known == name);
                found.map_or(Has::Unknown, |(_, value)| Has::One(value.clone()))
            }
            Term::Attribute(of, name) if matches!(of.says, Term::Root(_)) => self.says(asking.resource, name),
            Term::List(all) => {
                let mut members = Vec::with_capacity(all.len());
                let mut complete = true;
                for one in all {
                    match self.value(one, asking, depth + 1) {
                        Has::One(value) => members.push(value),
                        Has::Set(..) | Has::Unknown => complete = false,
                    }
                }
                Has::Set(members, complete)
            }
            Term::Shift { from, back, by } => {
                let from = self.value(from, asking, depth + 1);
                let by = self.value(by, asking, depth + 1);
                moved(from, by, *back)
            }
            Term::Or(_)
            | Term::And(_)
            | Term::Not(_)
            | Term::Compare(..)
            | Term::Is { .. }
            | Term::Holds { .. }
            | Term::Each { .. }
            | Term::Permitted { .. }
            | Term::Root(_)
            | Term::Attribute(..)
            | Term::Condition(_)
            | Term::Undecided(_)
            | Term::Lost => Has::Unknown,
        }
    }

    /// What a resource says of itself; what was lost of it is unknown.
    fn says(&mut self, resource: &Resource, name: &str) -> Has {
        let wounded = resource.declared.wounded;
        let size = match name {
            "data" => {
                let level = resource.data.as_ref().map_or(Some(Default::default()), |data| data.value.known().copied());
                return match level {
                    Some(level) if resource.data.is_some() || !wounded => Has::One(Value::Level(level)),
                    _ => Has::Unknown,
                };
            }
            "basis" => set(&resource.basis, wounded, |said| Some(Value::Basis(said.value.known()?.clone()))),
            "purposes" => set(&resource.purposes, wounded, |said| {
                resource.purpose_enum.map(|of| Value::Enum(of, said.value.clone()))
            }),
            "elements" => set(&resource.elements, wounded, |said| Some(Value::Element(said.value.clone()))),
            "controller" => set(&resource.controller, wounded, |said| organisation(said.value)),
            "processor" => set(&resource.processor, wounded, |said| organisation(said.value)),
            _ => Has::Unknown,
        };
        if let Has::Set(members, _) = &size {
            self.left = self.left.saturating_sub(members.len());
        }
        size
    }

    fn compare(&self, operator: Operator, one: Has, two: Has) -> Option<bool> {
        match (operator, one, two) {
            (Operator::In, Has::One(one), Has::Set(members, complete)) => {
                if members.contains(&one) {
                    Some(true)
                } else if complete {
                    Some(false)
                } else {
                    None
                }
            }
            (_, Has::One(one), Has::One(two)) => match operator {
                Operator::Equal => Some(one == two),
                Operator::NotEqual => Some(one != two),
                Operator::Less => Some(self.order(&one, &two) == Some(Ordering::Less)),
                Operator::Greater => Some(self.order(&one, &two) == Some(Ordering::Greater)),
                Operator::LessOrEqual => Some(one == two || self.order(&one, &two) == Some(Ordering::Less)),
                Operator::GreaterOrEqual => Some(one == two || self.order(&one, &two) == Some(Ordering::Greater)),
                Operator::In => None,
            },
            _ => None,
        }
    }

    /// Which comes first; `None` where neither does.
    fn order(&self, one: &Value, two: &Value) -> Option<Ordering> {
        match (one, two) {
            (Value::Integer(one), Value::Integer(two)) => Some(one.cmp(two)),
            (Value::Date(one), Value::Date(two)) => Some(one.cmp(two)),
            (Value::DateTime(one), Value::DateTime(two)) => Some(one.cmp(two)),
            (Value::Level(one), Value::Level(two)) => Some(one.cmp(two)),
            (Value::Enum(of, one), Value::Enum(other, two)) if of == other => {
                let values = &self.catalog.enums.get(self.version(*of)?)?.values;
                let place = |name: &str| values.iter().position(|value| *value.value == *name);
                Some(place(one)?.cmp(&place(two)?))
            }
            _ => None,
        }
    }
}

/// A list that a resource says; what it does not say is empty.
fn set<T>(said: &Option<Property<Vec<T>>>, wounded: bool, read: impl Fn(&T) -> Option<Value>) -> Has {
    match said.as_ref().map(|said| &said.value) {
        Some(Open::Known(all)) => {
            let members: Vec<Value> = all.iter().filter_map(read).collect();
            let complete = members.len() == all.len() && !wounded;
            Has::Set(members, complete)
        }
        Some(Open::Undecided) => Has::Unknown,
        None if wounded => Has::Unknown,
        None => Has::Set(Vec::new(), true),
    }
}

/// Whoever has a status is not known here.
fn organisation(of: Controlling) -> Option<Value> {
    match of {
        Controlling::Organisation(id) => Some(Value::Organisation(id)),
        Controlling::Status(_) => None,
    }
}

fn moved(from: Has, by: Has, back: bool) -> Has {
    let (Has::One(from), Has::One(Value::Duration(by))) = (from, by) else { return Has::Unknown };
    let moved = match from {
        Value::Date(date) => by.moved(date, back).map(Value::Date),
        Value::DateTime(moment) => by.moved_moment(moment, back).map(Value::DateTime),
        Value::None => Some(Value::None),
        _ => None,
    };
    moved.map_or(Has::Unknown, Has::One)
}

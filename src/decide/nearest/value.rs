//! Values that are worth trying: the least that makes a comparison come out otherwise. Tries none.

use super::mend::Mending;
use super::place::{Slot, bare};
use crate::decide::truth::Truth;
use crate::decide::value::Seen;
use crate::facts::{EntityId, Value};
use crate::ir::{EntityName, Type};
use crate::terms::duration::Duration;
use crate::terms::kind::Kind;
use crate::terms::operator::Operator;
use crate::terms::root::{BuiltIn, Consent};
use jiff::SignedDuration;

/// How many values are tried where any of several does.
const MOST_VALUES: usize = 8;
/// How many days beside the one that counting back gives are tried: months are not of one length.
const DAYS_BESIDE: i64 = 3;

impl Mending<'_, '_> {
    /// Values of a slot with which `slot operator fixed` (or turned round) is as wanted.
    pub(super) fn wanted(
        &self,
        slot: &Slot,
        fixed: &Seen<'_>,
        operator: Operator,
        turned: bool,
        want: bool,
    ) -> Vec<Value> {
        if *fixed == Seen::Missing {
            // What it is compared with is found later.
            return self.domain(slot).into_iter().take(MOST_VALUES).collect();
        }
        let meaning = self.roles.decider.index.meaning;
        let goal = Truth::of(want);
        let is_so = |value: &Value| {
            let moved = slot.moved.iter().try_fold(value.clone(), |value, (by, back)| moved(&value, *by, *back));
            let Some(moved) = moved else { return false };
            let (one, other) = (Seen::of(&moved), fixed.clone());
            let (one, other) = if turned { (&other, &one) } else { (&one, &other) };
            one.compares(operator, other, meaning) == goal
        };
        let mut found: Vec<Value> = Vec::new();
        for value in self.pool(slot, fixed, operator) {
            if found.contains(&value) || !self.fits(slot, &value) || !is_so(&value) {
                continue;
            }
            found.push(value);
            // Of what has an order the nearest is enough.
            if operator.orders() && !matches!(found.last(), Some(Value::None)) {
                break;
            }
        }
        if found.len() > MOST_VALUES {
            self.not_sure();
            found.truncate(MOST_VALUES);
        }
        found
    }

    fn fits(&self, slot: &Slot, value: &Value) -> bool {
        let known = match value {
            Value::Enum(of, at) => {
                let defined = self.roles.decider.index.meaning.enum_at(*of);
                defined.is_some_and(|defined| (*at as usize) < defined.body.values.len())
            }
            _ => true,
        };
        known && (Self::is_party(slot) || fits(&slot.of, value, &|who| self.kind(who)))
    }

    /// Values near what they are compared with, the nearest first; then any of the type.
    fn pool(&self, slot: &Slot, fixed: &Seen<'_>, operator: Operator) -> Vec<Value> {
        let mut pool = Vec::new();
        match (operator, fixed) {
            (Operator::In, Seen::Set(members)) => pool.extend(members.iter().filter_map(|member| member.owned())),
            (Operator::In, _) => {}
            (_, fixed) => {
                let back = unmoved(fixed.owned(), &slot.moved);
                pool.extend(back.iter().flat_map(|back| beside(back, slot.moved.is_empty())));
            }
        }
        pool.extend(self.domain(slot));
        pool
    }

    /// A few values of a type.
    pub(super) fn domain(&self, slot: &Slot) -> Vec<Value> {
        if Self::is_party(slot) {
            return self.case.asking.map(|(who, _)| Value::Entity(who)).into_iter().collect();
        }
        self.of_type(&slot.of, 0)
    }

    fn of_type(&self, of: &Type, depth: usize) -> Vec<Value> {
        let meaning = self.roles.decider.index.meaning;
        match of {
            Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Type::Integer => vec![Value::Integer(1), Value::Integer(0)],
            Type::String => vec![Value::String("one".into()), Value::String("another".into())],
            Type::Date => vec![Value::Date(self.today())],
            Type::DateTime => vec![Value::DateTime(self.roles.now)],
            Type::Consent => vec![Value::Consent(Consent::Given), Value::Consent(Consent::Withdrawn)],
            Type::Enum(id) => {
                let count = meaning.enum_at(*id).map_or(0, |defined| defined.body.values.len());
                (0u32..).take(count).map(|at| Value::Enum(*id, at)).collect()
            }
            Type::OrNone(inner) => {
                let mut all = self.of_type(inner, depth);
                all.push(Value::None);
                all
            }
            Type::Entity(EntityName::BuiltIn(one)) => {
                let mut near: Vec<EntityId> = Vec::new();
                if let Some((who, party)) = self.case.asking {
                    near.extend([who, party]);
                    near.extend(self.near(party).into_iter().filter(|other| *other != who && *other != party));
                }
                self.not_sure();
                let is_such = |who: &EntityId| self.kind(*who) == kind_of(*one);
                let others = self.roles.decider.entities(|kind| Some(kind) == kind_of(*one)).take(MOST_VALUES);
                let mut all: Vec<EntityId> = near.into_iter().filter(is_such).take(MOST_VALUES / 2).collect();
                for other in others {
                    if !all.contains(&other) {
                        all.push(other);
                    }
                }
                all.into_iter().take(MOST_VALUES / 2 + 2).map(Value::Entity).collect()
            }
            Type::Set(inner) if depth == 0 => {
                let mut all = vec![Value::Set(Vec::new())];
                all.extend(self.of_type(inner, 1).into_iter().map(|one| Value::Set(vec![one])));
                all
            }
            Type::Element => {
                let parts = self.elements();
                parts.into_iter().map(Value::Element).collect()
            }
            Type::Set(_) | Type::Duration | Type::Entity(EntityName::Declared(_)) => {
                self.not_sure();
                Vec::new()
            }
        }
    }

    /// The elements of the resource asked for.
    fn elements(&self) -> Vec<Box<str>> {
        use crate::decide::On;
        let On::Resource(id) = self.case.request.on else { return Vec::new() };
        let version = self.roles.decider.index.meaning.resource(id).and_then(|named| named.on(self.today()));
        version.and_then(|(_, body)| body.elements.known()).cloned().unwrap_or_default()
    }
}

fn kind_of(one: BuiltIn) -> Option<Kind> {
    match one {
        BuiltIn::Person => Some(Kind::Person),
        BuiltIn::Organisation => Some(Kind::Organisation),
        BuiltIn::SystemUser => Some(Kind::SystemUser),
        BuiltIn::Context | BuiltIn::Delegation | BuiltIn::Record => None,
    }
}

/// Is it a value of the type?
fn fits(of: &Type, value: &Value, kind: &impl Fn(EntityId) -> Option<Kind>) -> bool {
    match (of, value) {
        (Type::OrNone(_), Value::None)
        | (Type::Bool, Value::Bool(_))
        | (Type::Integer, Value::Integer(_))
        | (Type::String, Value::String(_))
        | (Type::Date, Value::Date(_))
        | (Type::DateTime, Value::DateTime(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Element, Value::Element(_))
        | (Type::Consent, Value::Consent(_)) => true,
        (Type::OrNone(inner), value) => fits(bare(inner), value, kind),
        (Type::Enum(of), Value::Enum(is, _)) => of == is,
        (Type::Entity(EntityName::BuiltIn(one)), Value::Entity(who)) => {
            kind(*who).is_some() && kind(*who) == kind_of(*one)
        }
        (Type::Set(inner), Value::Set(members)) => members.iter().all(|member| fits(inner, member, kind)),
        _ => false,
    }
}

/// A value, and those next to it.
fn beside(value: &Value, exactly: bool) -> Vec<Value> {
    let mut all = vec![value.clone()];
    let furthest = if exactly { 1 } else { DAYS_BESIDE };
    match value {
        Value::Integer(number) => {
            all.extend([number.checked_add(1), number.checked_sub(1)].into_iter().flatten().map(Value::Integer));
        }
        Value::Date(day) => {
            for by in 1..=furthest {
                let span = jiff::Span::new().days(by);
                all.extend([day.checked_add(span), day.checked_sub(span)].into_iter().flatten().map(Value::Date));
            }
        }
        Value::DateTime(moment) => {
            let second = SignedDuration::from_secs(1);
            let both = [moment.checked_add(second), moment.checked_sub(second)];
            all.extend(both.into_iter().flatten().map(Value::DateTime));
        }
        Value::Enum(of, at) => {
            all.extend([Some(at + 1), at.checked_sub(1)].into_iter().flatten().map(|at| Value::Enum(*of, at)));
        }
        _ => {}
    }
    all
}

fn moved(value: &Value, by: Duration, back: bool) -> Option<Value> {
    match value {
        Value::Date(day) => by.moved(*day, back).map(Value::Date),
        Value::DateTime(moment) => by.moved_moment(*moment, back).map(Value::DateTime),
        Value::None => Some(Value::None),
        _ => None,
    }
}

/// What moved becomes the value.
fn unmoved(value: Option<Value>, by: &[(Duration, bool)]) -> Option<Value> {
    by.iter().rev().try_fold(value?, |value, (by, back)| moved(&value, *by, !*back))
}

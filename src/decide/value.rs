//! Values as a condition sees them, borrowed from facts and bundle: what is the same, what comes first (docs/meaning.md, E5–E7).
//! Finds no value out.

use super::truth::Truth;
use crate::facts::{EntityId, Known, ThingId, Told, Value};
use crate::ir::{EnumId, Meaning, ResourceId};
use crate::terms::{duration::Duration, legal_basis::LegalBasis, level::Level, operator::Operator, root::Consent};
use jiff::{Timestamp, civil::Date};

/// A value, or that it is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen<'a> {
    Missing,
    /// `none`: known not to be.
    None,
    Bool(bool),
    Integer(i64),
    String(&'a str),
    Date(Date),
    DateTime(Timestamp),
    Duration(Duration),
    Enum(EnumId, u32),
    Element(&'a str),
    Consent(Consent),
    Basis(&'a LegalBasis),
    Level(Level),
    Entity(EntityId),
    Thing(ThingId),
    /// The context, or a thing written in its place.
    Nameless(&'a Known),
    /// The record asked for, written in its place.
    Record(&'a Known),
    /// A delegation (its place in the facts), or one that would be given on this day.
    Delegation(Option<u32>, Date),
    Resource(ResourceId),
    Set(Set<'a>),
}

/// A set, of which some members may not be known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set<'a> {
    members: Members<'a>,
    pub(super) incomplete: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Members<'a> {
    /// As in the facts.
    Known(&'a [Value]),
    /// Made by an expression; perhaps with repeats.
    Made(Vec<Seen<'a>>),
}

impl<'a> Set<'a> {
    /// A set of all these.
    pub(super) fn made(members: Vec<Seen<'a>>) -> Self {
        Set { members: Members::Made(members), incomplete: false }
    }

    /// One member more; of a missing one, that it lacks.
    pub(super) fn push(&mut self, member: Seen<'a>) {
        match (member, &mut self.members) {
            (Seen::Missing, _) => self.incomplete = true,
            (one, Members::Made(members)) => members.push(one),
            (_, Members::Known(_)) => {}
        }
    }

    /// One member more; of a set, each of its members.
    pub(super) fn push_each(&mut self, member: Seen<'a>) {
        match member {
            Seen::Set(inner) => {
                self.incomplete |= inner.incomplete;
                inner.iter().for_each(|one| self.push(one));
            }
            one => self.push(one),
        }
    }

    /// The members that are known.
    pub(super) fn iter(&self) -> impl Iterator<Item = Seen<'a>> {
        let (known, made): (&'a [Value], &[Seen<'a>]) = match &self.members {
            Members::Known(values) => (values, &[]),
            Members::Made(made) => (&[], made),
        };
        known.iter().map(Seen::of).chain(made.iter().cloned())
    }

    /// The same members in order, each once.
    fn settled(&self) -> Vec<Seen<'a>> {
        let mut members: Vec<Seen<'a>> = self
            .iter()
            .map(|one| match one {
                Seen::Set(inner) => Seen::Set(Set::made(inner.settled())),
                other => other,
            })
            .collect();
        members.sort();
        members.dedup();
        members
    }
}

impl<'a> Seen<'a> {
    /// A value that a request says.
    pub(super) fn of(value: &'a Value) -> Seen<'a> {
        match value {
            Value::Set(members) => Seen::Set(Set { members: Members::Known(members), incomplete: false }),
            one => Seen::told(Told::of(one)),
        }
    }

    /// A value that the facts tell.
    pub(super) fn told(value: Told<'a>) -> Seen<'a> {
        match value {
            Told::Bool(so) => Seen::Bool(so),
            Told::Integer(number) => Seen::Integer(number),
            Told::String(text) => Seen::String(text),
            Told::Date(day) => Seen::Date(day),
            Told::DateTime(moment) => Seen::DateTime(moment),
            Told::Duration(length) => Seen::Duration(length),
            Told::Enum(of, at) => Seen::Enum(of, at),
            Told::Element(name) => Seen::Element(name),
            Told::Consent(state) => Seen::Consent(state),
            Told::None => Seen::None,
            Told::Entity(who) => Seen::Entity(who),
            Told::Thing(id) => Seen::Thing(id),
            Told::Nameless(known) => Seen::Nameless(known),
            Told::Set(members) => Seen::Set(Set::made(members.iter().map(Seen::told).collect())),
        }
    }

    /// The value for itself; `None`: it is missing or incomplete, or nothing that a fact may have as its value.
    pub(super) fn owned(&self) -> Option<Value> {
        Some(match self {
            Seen::Missing | Seen::Basis(_) | Seen::Level(_) | Seen::Delegation(..) | Seen::Resource(_) => return None,
            Seen::None => Value::None,
            Seen::Bool(so) => Value::Bool(*so),
            Seen::Integer(number) => Value::Integer(*number),
            Seen::String(text) => Value::String((*text).into()),
            Seen::Date(day) => Value::Date(*day),
            Seen::DateTime(moment) => Value::DateTime(*moment),
            Seen::Duration(length) => Value::Duration(*length),
            Seen::Enum(of, at) => Value::Enum(*of, *at),
            Seen::Element(name) => Value::Element((*name).into()),
            Seen::Consent(state) => Value::Consent(*state),
            Seen::Entity(who) => Value::Entity(*who),
            Seen::Thing(id) => Value::Thing(*id),
            Seen::Nameless(known) | Seen::Record(known) => Value::Nameless(Box::new((*known).clone())),
            Seen::Set(set) if set.incomplete => return None,
            Seen::Set(set) => {
                let mut members = set.iter().map(|member| member.owned()).collect::<Option<Vec<Value>>>()?;
                members.sort();
                members.dedup();
                Value::Set(members)
            }
        })
    }

    /// Somebody, or that there is nobody (E2).
    pub(super) fn somebody(who: Option<EntityId>) -> Seen<'a> {
        who.map_or(Seen::None, Seen::Entity)
    }

    /// What a condition is (E1).
    pub(super) fn truth(&self) -> Truth {
        match self {
            Seen::Bool(so) => Truth::of(*so),
            _ => Truth::Unknown,
        }
    }

    /// Is it so of the two? (E5–E7)
    pub(super) fn compares(&self, operator: Operator, other: &Seen<'a>, meaning: &Meaning) -> Truth {
        match operator {
            Operator::Equal => self.same(other),
            Operator::NotEqual => self.same(other).not(),
            Operator::Less => self.is_before(other, meaning),
            Operator::LessOrEqual => Truth::any([self.is_before(other, meaning), self.same(other)]),
            Operator::Greater => other.is_before(self, meaning),
            Operator::GreaterOrEqual => Truth::any([other.is_before(self, meaning), other.same(self)]),
            Operator::In => self.is_in(other),
        }
    }

    /// Are they the same? (E5)
    pub(super) fn same(&self, other: &Seen<'a>) -> Truth {
        match (self, other) {
            (Seen::Missing, _) | (_, Seen::Missing) => Truth::Unknown,
            (Seen::Set(one), Seen::Set(other)) if one.incomplete || other.incomplete => Truth::Unknown,
            (Seen::Set(one), Seen::Set(other)) => {
                let (one, other) = (one.settled(), other.settled());
                Truth::of(one == other && one.iter().all(Seen::has_a_name))
            }
            (one, other) => Truth::of(one.has_a_name() && one == other),
        }
    }

    /// What has none is the same as nothing (F6).
    fn has_a_name(&self) -> bool {
        !matches!(self, Seen::Nameless(_) | Seen::Record(_) | Seen::Delegation(..))
    }

    /// Does it come before the other? (E6) What has no order is unknown.
    pub(super) fn is_before(&self, other: &Seen<'a>, meaning: &Meaning) -> Truth {
        match (self, other) {
            (Seen::Missing, _) | (_, Seen::Missing) => Truth::Unknown,
            (Seen::None, _) | (_, Seen::None) => Truth::Not,
            (Seen::Integer(one), Seen::Integer(other)) => Truth::of(one < other),
            (Seen::Date(one), Seen::Date(other)) => Truth::of(one < other),
            (Seen::DateTime(one), Seen::DateTime(other)) => Truth::of(one < other),
            (Seen::Level(one), Seen::Level(other)) => Truth::of(one < other),
            (Seen::Enum(of, one), Seen::Enum(of_other, other)) if of == of_other => {
                let scale = meaning.enum_at(*of).is_some_and(|defined| defined.body.ascending);
                if scale { Truth::of(one < other) } else { Truth::Unknown }
            }
            _ => Truth::Unknown,
        }
    }

    /// Is it a member of the other? (E7)
    pub(super) fn is_in(&self, set: &Seen<'a>) -> Truth {
        let set = match set {
            Seen::Set(set) => set,
            Seen::None if *self != Seen::Missing => return Truth::Not,
            _ => return Truth::Unknown,
        };
        let found = Truth::any(set.iter().map(|member| self.same(&member)));
        match found {
            Truth::Not if set.incomplete || *self == Seen::Missing => Truth::Unknown,
            found => found,
        }
    }
}

//! A value as facts tell it: borrowed from their columns. Computes nothing with it.

use super::texts::Texts;
use super::{EntityId, Known, ThingId, Value};
use crate::ir::EnumId;
use crate::terms::{duration::Duration, root::Consent};
use jiff::{Timestamp, civil::Date};

/// A value, borrowed; as [`Value`].
#[derive(Clone, Copy, Debug)]
pub enum Told<'f> {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    String(&'f str),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A value of an enum.
    Enum(EnumId, u32),
    /// An element.
    Element(&'f str),
    /// A state of consent.
    Consent(Consent),
    /// `none`: known not to be.
    None,
    /// A person, organisation or system user.
    Entity(EntityId),
    /// A record, or a thing of a declared entity, by name.
    Thing(ThingId),
    /// A thing written in its place.
    Nameless(&'f Known),
    /// A set: sorted, without repeats.
    Set(Members<'f>),
}

/// The members of a set.
#[derive(Clone, Copy, Debug)]
pub struct Members<'f>(pub(super) Kept<'f>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Kept<'f> {
    Values(&'f [Value]),
    Words(super::cells::Sort, &'f [u32], &'f Texts),
}

impl<'f> Members<'f> {
    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Told<'f>> {
        let (values, words): (&'f [Value], &'f [u32]) = match self.0 {
            Kept::Values(values) => (values, &[]),
            Kept::Words(_, words, _) => (&[], words),
        };
        values.iter().map(Told::of).chain(words.iter().filter_map(move |word| match self.0 {
            Kept::Words(sort, _, texts) => sort.told(*word, texts),
            Kept::Values(_) => None,
        }))
    }
}

impl<'f> Told<'f> {
    /// A value, borrowed.
    #[must_use]
    pub fn of(value: &'f Value) -> Self {
        match value {
            Value::Bool(so) => Told::Bool(*so),
            Value::Integer(number) => Told::Integer(*number),
            Value::String(text) => Told::String(text),
            Value::Date(day) => Told::Date(*day),
            Value::DateTime(moment) => Told::DateTime(*moment),
            Value::Duration(length) => Told::Duration(*length),
            Value::Enum(of, at) => Told::Enum(*of, *at),
            Value::Element(name) => Told::Element(name),
            Value::Consent(state) => Told::Consent(*state),
            Value::None => Told::None,
            Value::Entity(who) => Told::Entity(*who),
            Value::Thing(id) => Told::Thing(*id),
            Value::Nameless(known) => Told::Nameless(known),
            Value::Set(members) => Told::Set(Members(Kept::Values(members))),
        }
    }

    /// The value for itself.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Told::Bool(so) => Value::Bool(so),
            Told::Integer(number) => Value::Integer(number),
            Told::String(text) => Value::String(text.into()),
            Told::Date(day) => Value::Date(day),
            Told::DateTime(moment) => Value::DateTime(moment),
            Told::Duration(length) => Value::Duration(length),
            Told::Enum(of, at) => Value::Enum(of, at),
            Told::Element(name) => Value::Element(name.into()),
            Told::Consent(state) => Value::Consent(state),
            Told::None => Value::None,
            Told::Entity(who) => Value::Entity(who),
            Told::Thing(id) => Value::Thing(id),
            Told::Nameless(known) => Value::Nameless(Box::new(known.clone())),
            Told::Set(members) => Value::Set(members.iter().map(Told::to_value).collect()),
        }
    }
}

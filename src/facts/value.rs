//! What is known of somebody or something: values of attributes, interned against one bundle. Computes nothing with them.

use super::EntityId;
use crate::ir::{EntityTypeId, EnumId, ResourceId};
use crate::terms::{duration::Duration, root::Consent};
use jiff::{Timestamp, civil::Date};

/// Attributes that are known, sorted by name; what is not here is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known(pub Vec<(Box<str>, Value)>);

impl Known {
    /// The value of an attribute; `None`: missing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    String(Box<str>),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// A value of an enum: its place among the values.
    Enum(EnumId, u32),
    /// An element.
    Element(Box<str>),
    /// A state of consent.
    Consent(Consent),
    /// `none`: known not to be.
    None,
    /// A person, organisation or system user.
    Entity(EntityId),
    /// A record, or a thing of a declared entity, by name.
    Thing(ThingId),
    /// A thing written in its place, without a name: equal to none.
    Nameless(Box<Known>),
    /// A set, known as a whole: sorted, without repeats.
    Set(Vec<Value>),
}

/// A record, or a thing of a declared entity: its number among the things of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThingId(pub u32);

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThingSort {
    /// A record of this register.
    Record(ResourceId),
    /// A thing of this entity.
    Entity(EntityTypeId),
}

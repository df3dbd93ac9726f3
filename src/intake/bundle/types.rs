//! What values an expression of a bundle has, so that no condition is read that compares what cannot be. A little wider than
//! the language: what hangs on which resource is asked for may be of any type.

use crate::intake::attributes;
use crate::ir::{EntityName, EnumId, Meaning, Resource, Type};
use crate::terms::root::{BuiltIn, Root};

/// What values an expression has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Bool,
    Integer,
    String,
    Date,
    DateTime,
    Duration,
    Element,
    Consent,
    Basis,
    Level,
    Enum(EnumId),
    Entity(EntityName),
    /// A person, an organisation or a system user.
    Principal,
    Resource,
    Set(Box<Of>),
    OrNone(Box<Of>),
    None,
    Any,
}

impl Of {
    pub(super) fn declared(declared: &Type) -> Of {
        match declared {
            Type::Bool => Of::Bool,
            Type::Integer => Of::Integer,
            Type::String => Of::String,
            Type::Date => Of::Date,
            Type::DateTime => Of::DateTime,
            Type::Duration => Of::Duration,
            Type::Element => Of::Element,
            Type::Consent => Of::Consent,
            Type::Enum(id) => Of::Enum(*id),
            Type::Entity(name) => Of::Entity(*name),
            Type::Set(of) => Of::Set(Box::new(Of::declared(of))),
            Type::OrNone(of) => Of::OrNone(Box::new(Of::declared(of))),
        }
    }

    pub(super) fn root(root: Root) -> Of {
        match root {
            Root::Subject | Root::Party | Root::Holder | Root::Giver | Root::Receiver => Of::Principal,
            Root::Delegation => Of::Entity(EntityName::BuiltIn(BuiltIn::Delegation)),
            Root::Context => Of::Entity(EntityName::BuiltIn(BuiltIn::Context)),
            Root::Record => Of::Entity(EntityName::BuiltIn(BuiltIn::Record)),
            Root::Resource => Of::Resource,
            Root::Element => Of::Element,
            Root::Now => Of::DateTime,
            Root::Today => Of::Date,
        }
    }

    /// Without `or none`.
    pub(super) fn some(&self) -> &Of {
        match self {
            Of::OrNone(of) => of.some(),
            other => other,
        }
    }

    pub(super) fn is_truth(&self) -> bool {
        matches!(self, Of::Bool | Of::Any)
    }

    pub(super) fn is_principal(&self) -> bool {
        let acts = |one: &BuiltIn| matches!(one, BuiltIn::Person | BuiltIn::Organisation | BuiltIn::SystemUser);
        match self.some() {
            Of::Principal | Of::Any | Of::None => true,
            Of::Entity(EntityName::BuiltIn(one)) => acts(one),
            _ => false,
        }
    }

    /// The members of a set.
    pub(super) fn members(&self) -> Option<Of> {
        match self.some() {
            Of::Set(of) => Some((**of).clone()),
            Of::Any => Some(Of::Any),
            _ => None,
        }
    }

    /// Can a value of the one be the same as one of the other?
    pub(super) fn meets(&self, other: &Of) -> bool {
        match (self.some(), other.some()) {
            (Of::Any | Of::None, _) | (_, Of::Any | Of::None) => true,
            (Of::Set(one), Of::Set(two)) => one.meets(two),
            (one, two) => one == two || (one.is_principal() && two.is_principal()),
        }
    }

    /// Has it an order?
    pub(super) fn is_ordered(&self, meaning: &Meaning) -> bool {
        match self.some() {
            Of::Integer | Of::Date | Of::DateTime | Of::Level | Of::None | Of::Any => true,
            Of::Enum(id) => meaning.enum_at(*id).is_some_and(|of| of.body.ascending),
            _ => false,
        }
    }

    /// The attribute of a name; of a set: of its members. `None`: there is none.
    pub(super) fn attribute(&self, name: &str, meaning: &Meaning) -> Option<Of> {
        match self {
            Of::Any => Some(Of::Any),
            Of::OrNone(of) => of.attribute(name, meaning),
            Of::Set(of) => {
                let found = of.attribute(name, meaning)?;
                Some(Of::Set(Box::new(found.members().unwrap_or(found))))
            }
            Of::Principal => {
                let all = [BuiltIn::Person, BuiltIn::Organisation, BuiltIn::SystemUser];
                one_of(all.into_iter().filter_map(|one| built_in(one, name, meaning)))
            }
            Of::Entity(EntityName::BuiltIn(BuiltIn::Record)) => record(name, meaning),
            Of::Entity(EntityName::BuiltIn(one)) => built_in(*one, name, meaning),
            Of::Entity(EntityName::Declared(id)) => meaning.entity(*id)?.body.attributes.get(name).map(Of::declared),
            Of::Resource => match name {
                "basis" => Some(Of::Set(Box::new(Of::Basis))),
                "elements" => Some(Of::Set(Box::new(Of::Element))),
                "data" => Some(Of::Level),
                "purposes" => {
                    let enums = resources(meaning).filter_map(|resource| resource.purposes.as_ref());
                    let found = one_of(enums.map(|(id, _)| Of::Enum(*id)));
                    Some(Of::Set(Box::new(found.unwrap_or(Of::Any))))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

fn built_in(one: BuiltIn, name: &str, meaning: &Meaning) -> Option<Of> {
    if attributes::follows(one, name) {
        return Some(Of::Bool);
    }
    attributes::of_name(one, name, meaning).as_ref().map(Of::declared)
}

/// Of a record of whichever register.
fn record(name: &str, meaning: &Meaning) -> Option<Of> {
    built_in(BuiltIn::Record, name, meaning).or_else(|| {
        let entities = resources(meaning).filter_map(|resource| meaning.entity(resource.records?));
        one_of(entities.filter_map(|entity| entity.body.attributes.get(name).map(Of::declared)))
    })
}

fn resources(meaning: &Meaning) -> impl Iterator<Item = &Resource> {
    meaning.resources.iter().flat_map(|named| &named.versions)
}

/// The one type of all; where they differ it may be any.
fn one_of(mut all: impl Iterator<Item = Of>) -> Option<Of> {
    let first = all.next()?;
    Some(if all.all(|other| other == first) { first } else { Of::Any })
}

//! Which types have values in common, and what may be done with values of a type. Says nothing itself.

use super::super::known::{KINDS, Known};
use crate::model::{EntityName, Type};
use crate::terms::root::BuiltIn;

/// Without `or none`.
pub(super) fn plain(of: &Type) -> &Type {
    match of {
        Type::OrNone(inner) => plain(inner),
        other => other,
    }
}

/// May it be `none`?
pub(super) fn may_be_none(of: &Type) -> bool {
    matches!(of, Type::OrNone(_) | Type::None | Type::Lost)
}

/// The type, or `none`.
pub(super) fn or_none(of: Type) -> Type {
    match of {
        Type::OrNone(_) | Type::None | Type::Lost => of,
        other => Type::OrNone(Box::new(other)),
    }
}

/// Was it, or what it is made of, lost?
pub(super) fn is_lost(of: &Type) -> bool {
    match of {
        Type::Lost => true,
        Type::Set(inner) | Type::OrNone(inner) => is_lost(inner),
        _ => false,
    }
}

/// Somebody: a person, an organisation or a system user?
pub(super) fn is_somebody(of: &Type) -> bool {
    match plain(of) {
        Type::Principal | Type::Lost => true,
        Type::Entity(entity) => KINDS.contains(entity),
        _ => false,
    }
}

/// Can a value of the one be a value of the other?
pub(super) fn agree(one: &Type, two: &Type, known: &Known) -> bool {
    match (one, two) {
        (Type::Lost, _) | (_, Type::Lost) => true,
        (Type::OrNone(_), Type::None) | (Type::None, Type::OrNone(_)) => true,
        (Type::OrNone(one), two) => agree(one, two, known),
        (one, Type::OrNone(two)) => agree(one, two, known),
        (Type::Set(one), Type::Set(two)) => agree(one, two, known),
        (Type::Principal, Type::Entity(entity)) | (Type::Entity(entity), Type::Principal) => KINDS.contains(entity),
        (Type::Entity(EntityName::BuiltIn(BuiltIn::Record)), Type::Entity(EntityName::Declared(id)))
        | (Type::Entity(EntityName::Declared(id)), Type::Entity(EntityName::BuiltIn(BuiltIn::Record))) => {
            known.record_entities.contains(id)
        }
        (one, two) => one == two,
    }
}

/// Does each value of it come before, after or with each other?
pub(super) fn is_ordered(of: &Type, known: &Known) -> bool {
    match plain(of) {
        Type::Integer | Type::Date | Type::DateTime | Type::Level | Type::Lost => true,
        Type::Enum(id) => known.enums.get(id).is_none_or(|one| one.ascending),
        _ => false,
    }
}

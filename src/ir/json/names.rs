//! The names of ids; of an id of another bundle, nothing.

use crate::ir::{
    ConditionId, EntityTypeId, EnumId, Meaning, ObligationId, OrganisationId, PackageId, ResourceId, RoleId,
};

pub(super) fn organisation(meaning: &Meaning, id: OrganisationId) -> &str {
    meaning.organisations.get(id.index()).map_or("", |name| name)
}

pub(super) fn role(meaning: &Meaning, id: RoleId) -> &str {
    meaning.role(id).map_or("", |named| &named.name)
}

pub(super) fn package(meaning: &Meaning, id: PackageId) -> &str {
    meaning.package(id).map_or("", |named| &named.name)
}

pub(super) fn resource(meaning: &Meaning, id: ResourceId) -> &str {
    meaning.resource(id).map_or("", |named| &named.name)
}

pub(super) fn entity(meaning: &Meaning, id: EntityTypeId) -> &str {
    meaning.entity(id).map_or("", |defined| &defined.name)
}

pub(super) fn condition(meaning: &Meaning, id: ConditionId) -> &str {
    meaning.condition(id).map_or("", |defined| &defined.name)
}

pub(super) fn obligation(meaning: &Meaning, id: ObligationId) -> &str {
    meaning.obligation(id).map_or("", |defined| &defined.name)
}

pub(super) fn enumeration(meaning: &Meaning, id: EnumId) -> &str {
    meaning.enum_at(id).map_or("", |defined| &defined.name)
}

pub(super) fn value(meaning: &Meaning, id: EnumId, value: u32) -> &str {
    meaning.enum_at(id).and_then(|defined| defined.body.values.get(value as usize)).map_or("", |value| value)
}

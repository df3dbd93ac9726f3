//! Which attributes somebody or something has: those that the language gives and those that modules declare. Reads none.

use crate::ir::{Attributes, EntityName, Meaning, ResourceId, Type, given};
use crate::terms::{
    kind::Kind,
    root::{BuiltIn, Consent},
};
use std::collections::BTreeSet;

/// What follows from other things, and no facts say.
#[must_use]
pub fn follows(one: BuiltIn, name: &str) -> bool {
    one == BuiltIn::Record && matches!(name, "kept" | "overdue")
}

/// The type of one attribute.
#[must_use]
pub fn of_name(one: BuiltIn, name: &str, meaning: &Meaning) -> Option<Type> {
    let given = given(one).into_iter().find(|(known, _)| *known == name);
    given.map(|(_, of)| of).or_else(|| meaning.built_in.get(&one)?.get(name).cloned())
}

/// All attributes of such an entity.
#[must_use]
pub fn of_entity(one: BuiltIn, meaning: &Meaning) -> Attributes {
    let mut all = meaning.built_in.get(&one).cloned().unwrap_or_default();
    all.extend(given(one).into_iter().map(|(name, of)| (name.into(), of)));
    all
}

/// All attributes of a record of this register.
#[must_use]
pub fn of_record(register: ResourceId, meaning: &Meaning) -> Attributes {
    let mut all = Attributes::new();
    for version in meaning.resource(register).map_or(&[][..], |named| &named.versions) {
        if let Some(of) = version.records.and_then(|id| meaning.entity(id)) {
            all.extend(of.body.attributes.clone());
        }
    }
    all.extend(of_entity(BuiltIn::Record, meaning));
    all
}

/// The entity of a kind.
#[must_use]
pub fn entity_of(kind: Kind) -> BuiltIn {
    match kind {
        Kind::Person => BuiltIn::Person,
        Kind::Organisation => BuiltIn::Organisation,
        Kind::SystemUser => BuiltIn::SystemUser,
    }
}

/// The words of a type for a finding: `a day`.
#[must_use]
pub fn called(of: &Type, meaning: &Meaning) -> String {
    match of {
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Integer => "a whole number".to_owned(),
        Type::String => "a text".to_owned(),
        Type::Date => "a day".to_owned(),
        Type::DateTime => "a moment".to_owned(),
        Type::Duration => "a length of time".to_owned(),
        Type::Element => "an element".to_owned(),
        Type::Consent => format!("`{}` or `{}`", Consent::Given.word(), Consent::Withdrawn.word()),
        Type::Enum(id) => {
            let name = meaning.enum_at(*id).map_or("", |of| &of.name);
            format!("a value of `{}`", super::names::last_of(name))
        }
        Type::Entity(EntityName::BuiltIn(one)) => match one {
            BuiltIn::Person => "a person".to_owned(),
            BuiltIn::Organisation => "an organisation".to_owned(),
            BuiltIn::SystemUser => "a system user".to_owned(),
            BuiltIn::Context => "a context".to_owned(),
            BuiltIn::Delegation => "a delegation".to_owned(),
            BuiltIn::Record => "a record".to_owned(),
        },
        Type::Entity(EntityName::Declared(id)) => {
            let name = meaning.entity(*id).map_or("", |of| &of.name);
            format!("a thing of `{}`", super::names::last_of(name))
        }
        Type::Set(of) => format!("a list, each of it {}", called(of, meaning)),
        Type::OrNone(of) => format!("{}, or `none`", called(of, meaning)),
    }
}

/// The elements of all resources, and whether those of one are undecided.
#[must_use]
pub fn elements(meaning: &Meaning) -> (BTreeSet<&str>, bool) {
    let mut all = BTreeSet::new();
    let mut undecided = false;
    for version in meaning.resources.iter().flat_map(|named| &named.versions) {
        match version.elements.known() {
            Some(known) => all.extend(known.iter().map(|name| &**name)),
            None => undecided = true,
        }
    }
    (all, undecided)
}

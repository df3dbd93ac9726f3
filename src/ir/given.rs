//! The attributes that the language gives to its own entities, without a declaration.

use super::expression::{EntityName, Type};
use crate::terms::root::BuiltIn;

/// What every entity of this word has without a declaration, and facts may say.
#[must_use]
pub fn given(one: BuiltIn) -> Vec<(&'static str, Type)> {
    match one {
        BuiltIn::Record => vec![
            ("person", Type::Entity(EntityName::BuiltIn(BuiltIn::Person))),
            ("created", Type::Date),
            ("consent", Type::Consent),
            ("restricted", Type::Bool),
            ("objected", Type::Bool),
        ],
        BuiltIn::Delegation => vec![("given", Type::Date)],
        BuiltIn::Person | BuiltIn::Organisation | BuiltIn::SystemUser | BuiltIn::Context => Vec::new(),
    }
}

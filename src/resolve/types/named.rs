//! Types as written → types, and types as findings call them. Judges no value.

use super::super::lookup::{Found, Lookup, TYPE};
use crate::model::{EntityName, ModuleId, Sort, Type};
use crate::syntax::ast::{Path, TypeName};
use crate::terms::root::BuiltIn;

/// The words for types that every build has.
pub(in super::super) const WORDS: &[&str] = &[
    "bool",
    "integer",
    "string",
    "date",
    "datetime",
    "duration",
    "element",
    "consent",
    "person",
    "organisation",
    "system_user",
    "record",
];

fn built_in(word: &str) -> Option<Type> {
    Some(match word {
        "bool" => Type::Bool,
        "integer" => Type::Integer,
        "string" => Type::String,
        "date" => Type::Date,
        "datetime" => Type::DateTime,
        "duration" => Type::Duration,
        "element" => Type::Element,
        "consent" => Type::Consent,
        "person" | "organisation" | "system_user" | "record" => {
            Type::Entity(EntityName::BuiltIn(BuiltIn::from_word(word)?))
        }
        _ => return None,
    })
}

/// The type that is written; [`Type::Lost`] where it has its finding.
pub(in super::super) fn type_of(
    lookup: &mut Lookup<'_, '_, '_, '_, '_>,
    module: ModuleId,
    written: &TypeName<'_>,
) -> Type {
    let of = named(lookup, module, &written.name);
    if of == Type::Lost {
        return Type::Lost;
    }
    let of = if written.or_none { Type::OrNone(Box::new(of)) } else { of };
    if written.set { Type::Set(Box::new(of)) } else { of }
}

fn named(lookup: &mut Lookup<'_, '_, '_, '_, '_>, module: ModuleId, path: &Path<'_>) -> Type {
    if let [word] = path.segments.as_slice()
        && let Some(of) = built_in(word.text)
    {
        // An entity or an enum of that name is meant before the word.
        let declared = match lookup.peek(module, word.text) {
            Found::Symbol(id) => matches!(lookup.names.sort(id), Sort::Entity | Sort::Enum),
            Found::Two(..) | Found::Hidden | Found::Nowhere => false,
        };
        if !declared {
            return of;
        }
    }
    match lookup.find(module, path, &TYPE) {
        Some(id) if lookup.names.sort(id) == Sort::Enum => Type::Enum(id),
        Some(id) => Type::Entity(EntityName::Declared(id)),
        None => Type::Lost,
    }
}

/// One of its values: `a date`, `a value of \`channel\``.
pub(in super::super) fn called(lookup: &Lookup<'_, '_, '_, '_, '_>, of: &Type) -> String {
    let name = |id: crate::model::SymbolId| lookup.names.symbol(id).map_or("", |symbol| &*symbol.name);
    match of {
        Type::Bool => "a condition".to_owned(),
        Type::Integer => "a number".to_owned(),
        Type::String => "a text".to_owned(),
        Type::Date => "a date".to_owned(),
        Type::DateTime => "a moment".to_owned(),
        Type::Duration => "a length of time".to_owned(),
        Type::Element => "an element".to_owned(),
        Type::Consent => "a state of consent".to_owned(),
        Type::Basis => "a legal basis".to_owned(),
        Type::Level => "a level of data".to_owned(),
        Type::Enum(id) => format!("a value of `{}`", name(*id)),
        Type::Entity(EntityName::BuiltIn(entity)) => match entity {
            BuiltIn::Organisation => "an organisation".to_owned(),
            BuiltIn::SystemUser => "a system user".to_owned(),
            BuiltIn::Context => "the context".to_owned(),
            BuiltIn::Person | BuiltIn::Delegation | BuiltIn::Record => format!("a {}", entity.word()),
        },
        Type::Entity(EntityName::Declared(id)) => format!("a thing of entity `{}`", name(*id)),
        Type::Principal => "somebody".to_owned(),
        Type::Resource => "a resource".to_owned(),
        Type::Set(of) => match &**of {
            Type::Lost => "a set".to_owned(),
            of => format!("a set, each {}", called(lookup, of)),
        },
        Type::OrNone(of) => format!("{} or none", called(lookup, of)),
        Type::None => "`none`".to_owned(),
        Type::Lost => "something".to_owned(),
    }
}

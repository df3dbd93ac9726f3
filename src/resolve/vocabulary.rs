//! Entities, enums and obligations → the catalog, and what conditions must know of them: each attribute with its one type,
//! wherever it is declared. Reads no condition.

use super::declare::Entry;
use super::known::{self, KINDS, Known};
use super::link::{Begun, Work};
use super::lookup::{ENTITY, Found, Lookup};
use super::spelling::spelt;
use super::types::named::{called, type_of};
use crate::diag::{Diagnostic, codes};
use crate::model::{Attribute, Declared, Entity, EntityName, Enum, ModuleId, Obligation, Said, Sort, SymbolId, Type};
use crate::source::Place;
use crate::syntax::ast::{self, Field, Head, Says, Word};
use crate::terms::root::BuiltIn;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The attributes that every build has.
pub(super) fn built_in() -> Known {
    let mut known = Known::default();
    let person = Type::Entity(EntityName::BuiltIn(BuiltIn::Person));
    let record = [
        ("person", person),
        ("created", Type::Date),
        ("consent", Type::Consent),
        ("restricted", Type::Bool),
        ("objected", Type::Bool),
        ("kept", Type::Bool),
        ("overdue", Type::Bool),
    ];
    let delegation = [("given", Type::Date)];
    for (entity, attributes) in [(BuiltIn::Record, &record[..]), (BuiltIn::Delegation, &delegation[..])] {
        let own = &mut known.entities.entry(EntityName::BuiltIn(entity)).or_default().attributes;
        for (name, of) in attributes {
            own.insert((*name).into(), known::Attribute { of: of.clone(), place: None, module: None });
        }
    }
    known
}

/// An `entity` declaration.
pub(super) fn entity(begun: Begun<'_, '_, '_>, work: &mut Work<'_, '_, '_, '_, '_>) -> bool {
    let Begun { mut declared, entry, says, .. } = begun;
    let of = target(entry, &declared, &mut work.lookup);
    let mut lost = declared.wounded || of.is_none();
    let torn = declared.wounded || is_torn(entry, &work.lookup);
    let fields = says.iter().filter_map(|statement| match &statement.says {
        Says::Field(field) => Some(field.as_ref()),
        _ => None,
    });
    let attributes = attributes(fields, entry.module, &mut work.lookup, &mut lost);
    if let Some(of) = of {
        let entity = work.known.entities.entry(of).or_default();
        entity.torn |= torn;
        add(of, &attributes, entry.module, work);
    }
    declared.wounded = lost;
    let of = of.unwrap_or(EntityName::Declared(declared.symbol));
    work.catalog.entities.push(Entity { declared, of, attributes });
    lost
}

/// Text of its file could not be read: it may have been a part of it.
fn is_torn(entry: &Entry<'_, '_>, lookup: &Lookup<'_, '_, '_, '_, '_>) -> bool {
    lookup.names.unit(entry.module).is_none_or(|unit| unit.tree.wounded)
}

/// What an `entity` declaration declares or adds to.
fn target(entry: &Entry<'_, '_>, declared: &Declared, lookup: &mut Lookup<'_, '_, '_, '_, '_>) -> Option<EntityName> {
    let name = entry.tree.name?;
    if !entry.adds {
        return Some(EntityName::Declared(declared.symbol));
    }
    if let Some(built_in) = BuiltIn::from_word(name.text) {
        return Some(EntityName::BuiltIn(built_in));
    }
    match lookup.bare(entry.module, name.text) {
        Found::Symbol(_) | Found::Two(..) => {
            let path = ast::Path { segments: vec![name], span: name.span, lost: false };
            lookup.find(entry.module, &path, &ENTITY).map(EntityName::Declared)
        }
        Found::Hidden | Found::Nowhere => None,
    }
}

/// Attributes or parameters with their types; each name once.
fn attributes<'a, 's: 'a>(
    fields: impl Iterator<Item = &'a Field<'s>>,
    module: ModuleId,
    lookup: &mut Lookup<'_, '_, '_, '_, '_>,
    lost: &mut bool,
) -> Vec<Attribute> {
    let mut all: Vec<Attribute> = Vec::new();
    let mut first: BTreeMap<Box<str>, Place> = BTreeMap::new();
    for field in fields {
        let place = lookup.place(module, field.name.span);
        let name: Box<str> = spelt(field.name.text).into();
        let of = match &field.of {
            Some(of) => type_of(lookup, module, of),
            None => Type::Lost,
        };
        *lost |= of == Type::Lost;
        if let Some(before) = first.get(&name) {
            *lost = true;
            let finding = repeated("attribute", &field.name, place, *before);
            lookup.findings.add(finding);
            continue;
        }
        first.insert(name.clone(), place);
        all.push(Attribute { name: Said { value: name, place }, of });
    }
    all
}

fn repeated(what: &str, name: &Word<'_>, place: Place, before: Place) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_NAME, format!("{what} `{}` is declared twice", name.text), place)
        .label("declared again")
        .help("leave one of them out, or give it another name")
        .related("declared here first", before)
}

/// Enters the attributes of one declaration. Two declarations may say the same of one; a second type is a finding, also
/// where the one is of a person and the other of an organisation, since both can be the party.
fn add(of: EntityName, attributes: &[Attribute], module: ModuleId, work: &mut Work<'_, '_, '_, '_, '_>) {
    let one = [of];
    let shared: &[EntityName] = if KINDS.contains(&of) { &KINDS } else { &one };
    for attribute in attributes {
        let name = &attribute.name.value;
        let before = shared.iter().find_map(|entity| work.known.attribute(*entity, name));
        if let Some(before) = before.filter(|before| before.of != attribute.of)
            && before.of != Type::Lost
            && attribute.of != Type::Lost
        {
            let (one, two) = (called(&work.lookup, &attribute.of), called(&work.lookup, &before.of));
            let finding = two_types(attribute, &one, &two, before.place);
            work.lookup.findings.add(finding);
        } else if before.is_some_and(|before| before.place.is_none()) {
            let finding = Diagnostic::new(
                &codes::DUPLICATE_NAME,
                format!("`{name}` is an attribute that is there already"),
                attribute.name.place,
            )
            .label("built in")
            .help("leave it out");
            work.lookup.findings.add(finding);
        }
        let own = &mut work.known.entities.entry(of).or_default().attributes;
        own.entry(name.clone()).or_insert_with(|| known::Attribute {
            of: attribute.of.clone(),
            place: Some(attribute.name.place),
            module: Some(module),
        });
    }
}

fn two_types(attribute: &Attribute, one: &str, two: &str, before: Option<Place>) -> Diagnostic {
    let name = &attribute.name.value;
    let finding = Diagnostic::new(
        &codes::ATTRIBUTE_OF_TWO_TYPES,
        format!("attribute `{name}` is declared with two types"),
        attribute.name.place,
    )
    .label(format!("{one} here, {two} elsewhere"))
    .help("give both the same type, or one of them another name");
    match before {
        Some(before) => finding.related("declared here first", before),
        None => finding,
    }
}

/// The entities of records have what every record has: they may not declare it. Which of them declares what is noted.
pub(super) fn records_have_their_own(work: &mut Work<'_, '_, '_, '_, '_>) {
    let record = EntityName::BuiltIn(BuiltIn::Record);
    let mut found = Vec::new();
    let mut by_name: FxHashMap<Box<str>, Vec<SymbolId>> = FxHashMap::default();
    for id in &work.known.record_entities {
        let Some(entity) = work.known.entities.get(&EntityName::Declared(*id)) else { continue };
        for (name, attribute) in &entity.attributes {
            let Some(place) = attribute.place else { continue };
            by_name.entry(name.clone()).or_default().push(*id);
            let Some(built_in) = work.known.attribute(record, name) else { continue };
            if built_in.place.is_none() {
                found.push(
                    Diagnostic::new(
                        &codes::DUPLICATE_NAME,
                        format!("`{name}` is an attribute that every record has"),
                        place,
                    )
                    .label("declared again")
                    .help("leave it out, or give it another name"),
                );
            } else if built_in.of != attribute.of && built_in.of != Type::Lost && attribute.of != Type::Lost {
                let one = called(&work.lookup, &attribute.of);
                let two = called(&work.lookup, &built_in.of);
                let said = Attribute { name: Said { value: name.clone(), place }, of: Type::Lost };
                found.push(two_types(&said, &one, &two, built_in.place));
            }
        }
    }
    work.known.record_attributes = by_name;
    found.into_iter().for_each(|finding| work.lookup.findings.add(finding));
}

/// An `enum` declaration.
pub(super) fn enumeration(begun: Begun<'_, '_, '_>, work: &mut Work<'_, '_, '_, '_, '_>) -> bool {
    let Begun { mut declared, entry, .. } = begun;
    let (written, ascending) = match &entry.tree.head {
        Head::Values { values, ascending } => (values.as_slice(), *ascending),
        _ => (&[][..], false),
    };
    let mut lost = declared.wounded || written.is_empty();
    let torn = lost || is_torn(entry, &work.lookup);
    let values = names_once("value", written, entry.module, &mut work.lookup, &mut lost);
    let name = work.lookup.names.symbol(declared.symbol).map_or_else(Box::default, |symbol| symbol.name.clone());
    let known = known::Enum {
        name,
        values: values.iter().map(|value| value.value.clone()).collect(),
        named: values.iter().map(|value| value.value.clone()).collect(),
        ascending,
        torn,
        place: declared.name_place,
    };
    if work.lookup.names.sort(declared.symbol) == Sort::Enum {
        work.known.enums.entry(declared.symbol).or_insert(known);
    }
    declared.wounded = lost;
    work.catalog.enums.push(Enum { declared, values, ascending });
    lost
}

/// Words that are names of their own kind: each once.
pub(super) fn names_once(
    what: &str,
    written: &[Word<'_>],
    module: ModuleId,
    lookup: &mut Lookup<'_, '_, '_, '_, '_>,
    lost: &mut bool,
) -> Vec<Said<Box<str>>> {
    let mut first: BTreeMap<Box<str>, Place> = BTreeMap::new();
    let mut all = Vec::with_capacity(written.len());
    for word in written {
        let place = lookup.place(module, word.span);
        let value: Box<str> = spelt(word.text).into();
        if let Some(before) = first.get(&value) {
            *lost = true;
            let finding = repeated(what, word, place, *before);
            lookup.findings.add(finding);
            continue;
        }
        first.insert(value.clone(), place);
        all.push(Said { value, place });
    }
    all
}

/// An `obligation` declaration.
pub(super) fn obligation(begun: Begun<'_, '_, '_>, work: &mut Work<'_, '_, '_, '_, '_>) -> bool {
    let Begun { mut declared, entry, .. } = begun;
    let fields: &[Field<'_>] = match &entry.tree.head {
        Head::Parameters(fields) => fields,
        _ => &[],
    };
    let mut lost = declared.wounded;
    let torn = lost || is_torn(entry, &work.lookup);
    let parameters = attributes(fields.iter(), entry.module, &mut work.lookup, &mut lost);
    for parameter in &parameters {
        if !is_constant(&parameter.of) {
            lost = true;
            let what = called(&work.lookup, &parameter.of);
            let name = &parameter.name.value;
            let finding = Diagnostic::new(
                &codes::PARAMETER_TYPE,
                format!("parameter `{name}` is {what}, which no constant is"),
                parameter.name.place,
            )
            .label("no argument fits it")
            .help("an argument is a constant: let the parameter be of an enum, a number, a text, a date or the like");
            work.lookup.findings.add(finding);
        }
    }
    let known = known::Obligation {
        parameters: parameters
            .iter()
            .map(|one| {
                let place = Some(one.name.place);
                (one.name.value.clone(), known::Attribute { of: one.of.clone(), place, module: Some(entry.module) })
            })
            .collect(),
        places: parameters.iter().enumerate().map(|(at, one)| (one.name.value.clone(), at)).collect(),
        torn,
        place: declared.name_place,
    };
    if work.lookup.names.sort(declared.symbol) == Sort::Obligation {
        work.known.obligations.entry(declared.symbol).or_insert(known);
    }
    declared.wounded = lost;
    work.catalog.obligations.push(Obligation { declared, parameters });
    lost
}

/// Are there constants of this type?
fn is_constant(of: &Type) -> bool {
    match of {
        Type::OrNone(inner) => is_constant(inner),
        Type::Set(_) | Type::Principal | Type::Resource => false,
        Type::Entity(entity) => *entity == EntityName::BuiltIn(BuiltIn::Organisation),
        Type::Bool
        | Type::Integer
        | Type::String
        | Type::Date
        | Type::DateTime
        | Type::Duration
        | Type::Element
        | Type::Consent
        | Type::Basis
        | Type::Level
        | Type::Enum(_)
        | Type::None
        | Type::Lost => true,
    }
}

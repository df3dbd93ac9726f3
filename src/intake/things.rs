//! Records of registers, and things of the entities that modules declare: their names, then what is known of each, and of
//! the people, organisations and system users. Knows no role.

use super::attributes::{entity_of, of_entity, of_record};
use super::entities::article;
use super::fields::{Fields, Findings, map, name, repeated};
use super::names::{Names, Sort, last_of};
use super::values;
use super::yaml::{self, Node};
use crate::diag::codes;
use crate::facts::{EntityId, Facts, Known, ThingId, ThingSort, Things, Whose};
use crate::ir::{Attributes, ResourceId};
use crate::source::{Place, Span};
use crate::terms::kind::Kind;
use std::collections::BTreeMap;

/// What a document says of a record or a thing.
pub type Said<'n> = (ThingSort, Box<str>, &'n Node);

/// The names of records and things, sorted; nothing is known of them yet. With what the document says of each.
pub fn read<'n>(fields: &Fields<'n>, names: &Names<'_>, findings: &mut Findings) -> (Things, Vec<Said<'n>>) {
    let mut said: Vec<Said<'n>> = Vec::new();
    if let Some(node) = fields.get("records") {
        for (key, value) in map(node, "`records`", findings) {
            let Some((text, _)) = name(key, findings) else { continue };
            said.extend(register(value, names, findings).map(|id| (ThingSort::Record(id), text.into(), value)));
        }
    }
    let mut listed: BTreeMap<(ThingSort, Box<str>), Vec<Place>> = BTreeMap::new();
    if let Some(node) = fields.get("things") {
        for (key, value) in map(node, "`things`", findings) {
            let Some((text, place)) = name(key, findings) else { continue };
            let found = names.find(text, place, &[Sort::Entity], findings);
            for (key, value) in map(value, &format!("what stands after `{text}`"), findings) {
                let Some((text, place)) = name(key, findings) else { continue };
                let Some(super::names::Thing::Entity(id)) = found else { continue };
                let sort = ThingSort::Entity(id);
                listed.entry((sort, text.into())).or_default().push(place);
                said.push((sort, text.into(), value));
            }
        }
    }
    for ((_, name), places) in &listed {
        repeated(&format!("the name `{name}`"), places, findings);
    }
    let mut sorted: Vec<(ThingSort, &str)> = said.iter().map(|(sort, name, _)| (*sort, &**name)).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut things = Things::default();
    for (sort, name) in sorted {
        things.add(sort, name);
    }
    (things, said)
}

/// The register that a record says.
pub(super) fn register(node: &Node, names: &Names<'_>, findings: &mut Findings) -> Option<ResourceId> {
    let entries = match &node.value {
        yaml::Value::Map(entries) => entries,
        other => {
            let message = format!("a record is a map, not {}", other.called());
            let help = "write `{ register: …, person: …, created: … }`";
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a map", help);
            return None;
        }
    };
    let Some((_, value)) = entries.iter().find(|(key, _)| key.text() == Some("register")) else {
        let end = node.place.span.end.min(node.place.span.start.saturating_add(1));
        let place = Place { span: Span { start: node.place.span.start, end }, ..node.place };
        let message = "a record lacks `register`".to_owned();
        findings.at(&codes::MISSING_KEY, place, message, "the key is missing here", "write `register: …`");
        return None;
    };
    let (text, place) = name(value, findings)?;
    match names.find(text, place, &[Sort::Resource], findings)? {
        super::names::Thing::Resource(id) if names.is_register(id) => Some(id),
        _ => {
            let message = format!("`{text}` is a service, and only registers have records");
            findings.at(&codes::IMPOSSIBLE_FACT, place, message, "must be a register", "name a register");
            None
        }
    }
}

/// What is known, by entity and thing.
#[derive(Debug, Default)]
pub struct All {
    entities: Vec<(EntityId, Known)>,
    things: Vec<(ThingId, Known)>,
}

impl All {
    /// Puts what is known where it is known.
    pub fn put(mut self, facts: &mut Facts) {
        self.entities.sort();
        self.things.sort();
        let entities = self.entities.into_iter().map(|(id, known)| (Whose::Entity(id), known));
        let things = self.things.into_iter().map(|(id, known)| (Whose::Thing(id), known));
        for (whose, known) in entities.chain(things) {
            if let Some((owner, row)) = facts.row(whose) {
                facts.columns_mut().push_known(owner, row, &known);
            }
        }
    }
}

/// Reads what is known of entities, records and things, all of whose names are among the facts.
pub fn known(
    facts: &Facts,
    names: &Names<'_>,
    entities: &[(Box<str>, Kind, &Node)],
    things: &[Said<'_>],
    findings: &mut Findings,
) -> All {
    let mut reader = values::Reader::new(names, facts);
    let mut all = All::default();
    let shapes: Vec<Attributes> = Kind::ALL.iter().map(|kind| of_entity(entity_of(*kind), names.meaning)).collect();
    for (name, kind, node) in entities {
        let Some(shape) = shapes.get(*kind as usize) else { continue };
        let known = reader.known(node, article(*kind), shape, &[], findings);
        all.entities.extend(facts.entity_named(name).map(|id| (id, known)));
    }
    let mut records: BTreeMap<ResourceId, Attributes> = BTreeMap::new();
    for (sort, name, node) in things {
        let known = match sort {
            ThingSort::Record(register) => {
                let shape = records.entry(*register).or_insert_with(|| of_record(*register, names.meaning));
                reader.known_with(node, "a record", shape, &["register"], findings)
            }
            ThingSort::Entity(id) => {
                let Some(of) = names.meaning.entity(*id) else { continue };
                let what = format!("a thing of `{}`", last_of(&of.name));
                reader.known(node, &what, &of.body.attributes, &[], findings)
            }
        };
        all.things.extend(facts.thing_named(*sort, name).map(|id| (id, known)));
    }
    all
}

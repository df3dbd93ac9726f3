//! A document of facts (YAML or JSON) beside files of rows: what it lists becomes rows of the same tables.

use super::against::Against;
use super::found::Found;
use super::out::Out;
use super::slow;
use super::table::Table;
use super::{Input, Stage};
use crate::diag::{Diagnostic, codes};
use crate::intake::facts::{ATTRIBUTES, KEYS, Reader};
use crate::intake::fields::{Fields, Findings, map};
use crate::intake::yaml::{self, Node, Value};
use crate::source::{Place, Source, SourceId, Span};

/// The largest document; what is larger should be rows.
const LARGEST: usize = 64 << 20;

/// Reads a document as a tree.
pub(super) fn read(input: &Input<'_>, found: &mut Found<'_>) -> Option<(Node, SourceId)> {
    let text = text(input);
    let id = found.sources.add(Source::new(&input.name, text.as_deref().unwrap_or("")));
    let place = Place { source: id, span: Span { start: 0, end: 0 } };
    let finding = match text {
        Ok(_) => match yaml::read(found.sources.get(id)?, id) {
            Ok(node) => return Some((node, id)),
            Err(finding) => *finding,
        },
        Err(message) => Diagnostic::new(&codes::UNREADABLE_FILE, message, place),
    };
    found.refuse(finding);
    None
}

fn text(input: &Input<'_>) -> Result<String, String> {
    let name = &input.name;
    let mut bytes = Vec::new();
    let limit = u64::try_from(LARGEST + 1).unwrap_or(u64::MAX);
    let read =
        (input.open)().and_then(|from| std::io::Read::read_to_end(&mut std::io::Read::take(from, limit), &mut bytes));
    read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    if bytes.len() > LARGEST {
        return Err(format!("`{name}` is larger than {} MiB; write so many facts as CSV or JSON Lines", LARGEST >> 20));
    }
    String::from_utf8(bytes).map_err(|_| format!("`{name}` is not UTF-8 text"))
}

/// The rows of a document.
pub(super) fn rows(node: &Node, id: SourceId, against: &Against<'_, '_>, found: &mut Found<'_>) -> Out {
    let mut out = Out::default();
    let (mut findings, mut said) = (Findings::default(), Findings::default());
    let known: Vec<&str> = ["format"].into_iter().chain(KEYS).collect();
    let fields = match node.value {
        Value::Nothing => Fields::none(node.place),
        _ => Fields::read(node, "a document of facts", &known, &mut said),
    };
    fields.format(&mut said);
    let mut rows: Vec<(Table, Node)> = Vec::new();
    for table in Table::ALL {
        let word = table.word();
        match (table, fields.get(word)) {
            (_, None) => {}
            (Table::Roles | Table::Delegations, Some(_)) => {
                rows.extend(fields.list(word, &mut said).iter().map(|node| (table, node.clone())));
            }
            (Table::OutOfReach, Some(_)) => {
                let items = fields.list(word, &mut said).iter();
                rows.extend(
                    items.map(|node| (table, row(node.place, vec![entry("organisation", node.place, node.clone())]))),
                );
            }
            (Table::Things, Some(node)) => {
                for (entity, all) in map(node, "`things`", &mut said) {
                    for (name, value) in map(all, "what stands after an entity", &mut said) {
                        let mut entries = named(name, value);
                        entries.push(entry("entity", entity.place, entity.clone()));
                        rows.push((table, row(value.place, entries)));
                    }
                }
            }
            (_, Some(node)) => {
                let all = map(node, &format!("`{word}`"), &mut said).into_iter();
                rows.extend(all.map(|(name, value)| (table, row(value.place, named(name, value)))));
            }
        }
    }
    let mut reader = Reader::new(against.names, against.facts, &mut findings);
    for (table, node) in rows {
        // Of what has a name the line is that of the name.
        let named = match &node.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key.text() == Some("id")).map(|(_, name)| name.place),
            _ => None,
        };
        let place = named.unwrap_or(node.place);
        let line = found.sources.get(id).map_or(0, |source| source.position(place.span.start).line);
        slow::row(against, table, &node, line.saturating_sub(1), &mut out, &mut reader);
    }
    // The form of the whole is said once.
    let said = if against.stage == Stage::Names { said.all } else { Vec::new() };
    for finding in said.into_iter().chain(findings.all) {
        found.refuse(finding);
    }
    found.note_lost(out.lost);
    out
}

fn row(place: Place, entries: Vec<(Node, Node)>) -> Node {
    Node { value: Value::Map(entries), place }
}

fn entry(key: &str, place: Place, value: Node) -> (Node, Node) {
    (Node { value: Value::Text(key.into()), place }, value)
}

/// A name before what is known of it.
fn named(name: &Node, value: &Node) -> Vec<(Node, Node)> {
    let mut entries = vec![entry("id", name.place, name.clone())];
    match &value.value {
        Value::Map(all) if all.iter().any(|(key, _)| key.text() == Some("register")) => {
            entries.extend(all.iter().cloned())
        }
        Value::Nothing => {}
        _ => entries.push(entry(ATTRIBUTES, value.place, value.clone())),
    }
    entries
}

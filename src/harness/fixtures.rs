//! `use: [../people.facts.yaml]`: facts in a file of their own, put among those of a suite before anything is read, so that
//! what stands in both is found as what stands twice. Reads no disk: the texts are there already.

use crate::diag::{Diagnostic, codes, suggest};
use crate::intake::facts;
use crate::intake::fields::{self, Fields, Findings};
use crate::intake::yaml::{self, Node, Value};
use crate::source::{Place, Source, SourceId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How the name of such a file ends.
pub const ENDING: &str = ".facts.yaml";

/// The key of a suite that names them.
pub(super) const USE: &str = "use";

/// The files of facts among some texts, by name.
#[derive(Clone, Debug, Default)]
pub struct Fixtures {
    files: BTreeMap<Box<str>, SourceId>,
}

impl Fixtures {
    /// Those among these texts.
    #[must_use]
    pub fn among(sources: &Sources) -> Self {
        let files = sources.iter().filter(|(_, source)| source.name().ends_with(ENDING));
        Fixtures { files: files.map(|(id, source)| (source.name().into(), id)).collect() }
    }

    /// Those that no suite uses; a finding each.
    #[must_use]
    pub fn unused(&self, used: &BTreeSet<SourceId>) -> Vec<Diagnostic> {
        let unused = self.files.iter().filter(|(_, id)| !used.contains(id));
        unused
            .map(|(name, id)| {
                let place = Place { source: *id, span: Span::new(0, 0) };
                Diagnostic::new(&codes::UNUSED_FIXTURES, format!("no suite uses `{name}`"), place)
                    .label("read by nobody")
                    .help("write `use: […]` with its path from a suite, or take the file away")
            })
            .collect()
    }
}

/// The path that a suite means, seen from the folder that it stands in.
#[must_use]
pub fn path_from(suite: &str, said: &str) -> String {
    if said.starts_with('/') {
        return said.to_owned();
    }
    let mut parts: Vec<&str> = suite.split('/').collect();
    parts.pop();
    for part in said.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The paths that a suite uses, as they are named from where its own name is; what is wrong with the list is found when the suite is read.
#[must_use]
pub fn used_by(source: &Source, id: SourceId) -> Vec<String> {
    // A suite that uses nothing is not read twice.
    if !source.text().lines().any(|line| line.trim_start_matches(['{', ' ', '"']).starts_with(USE)) {
        return Vec::new();
    }
    let Ok(Node { value: Value::Map(entries), .. }) = yaml::read(source, id) else { return Vec::new() };
    let lists = entries.iter().filter(|(key, _)| key.text() == Some(USE)).map(|(_, value)| &value.value);
    let items = lists.filter_map(|value| if let Value::List(items) = value { Some(items) } else { None }).flatten();
    items.filter_map(Node::text).map(|said| path_from(source.name(), said)).collect()
}

/// The suite's own document with the facts of those that it uses put into it, and whether all of these could be read. What is used is
/// told in `used`.
pub(super) fn joined(
    mut node: Node,
    source: &Source,
    sources: &Sources,
    fixtures: &Fixtures,
    used: &mut BTreeSet<SourceId>,
    findings: &mut Findings,
) -> (Node, bool) {
    let Value::Map(entries) = &mut node.value else { return (node, true) };
    let Some(list) = entries.iter().find(|(key, _)| key.text() == Some(USE)).map(|(_, value)| value.clone()) else {
        return (node, true);
    };
    let mut is_whole = true;
    let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for item in fields::list(&list, USE, findings) {
        let Some((said, place)) = fields::name(item, findings) else { continue };
        let path = path_from(source.name(), said);
        let Some(id) = fixtures.files.get(path.as_str()).copied() else {
            findings.push(unknown(said, place, source, fixtures));
            is_whole = false;
            continue;
        };
        used.insert(id);
        let again = places.entry(path).or_default();
        again.push(place);
        if again.len() > 1 {
            continue;
        }
        let Some(text) = sources.get(id) else { continue };
        match yaml::read(text, id) {
            Ok(facts) => put(entries, facts, findings),
            Err(finding) => {
                findings.push(*finding);
                is_whole = false;
            }
        }
    }
    for (path, places) in &places {
        fields::repeated(&format!("the file `{path}`"), places, findings);
    }
    (node, is_whole)
}

fn unknown(said: &str, place: Place, source: &Source, fixtures: &Fixtures) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_FIXTURES, format!("there is no file of facts `{said}`"), place);
    let finding = finding.label("not found from this suite");
    let wanted = path_from(source.name(), said);
    let help = format!("write the path from the suite to a file whose name ends with `{ENDING}`");
    let nearest = suggest::nearest(&wanted, fixtures.files.keys().map(|name| &**name));
    finding.help(nearest.question().map_or(help.clone(), |question| format!("{question} {help}")))
}

/// Puts facts into the entries of a suite.
fn put(entries: &mut Vec<(Node, Node)>, facts: Node, findings: &mut Findings) {
    let known: Vec<&str> = ["format"].into_iter().chain(facts::KEYS).collect();
    let said = Fields::read(&facts, "a file of facts", &known, findings);
    said.format(findings);
    let Value::Map(more) = &facts.value else { return };
    for (key, value) in more.iter().filter(|(key, _)| key.text().is_some_and(|key| facts::KEYS.contains(&key))) {
        let depth = if key.text() == Some("things") { 2 } else { 1 };
        insert(entries, key, value, depth);
    }
}

/// Puts a value under a key: maps and lists, as deep as that, grow by what is in it. Where the two are of different forms the
/// key stands twice, which is found.
fn insert(entries: &mut Vec<(Node, Node)>, key: &Node, value: &Node, depth: usize) {
    let name = key.text();
    let known = entries.iter_mut().find(|(known, _)| name.is_some() && known.text() == name);
    match (known.map(|(_, known)| &mut known.value), &value.value) {
        (Some(Value::List(items)), Value::List(more)) if depth > 0 => items.extend(more.iter().cloned()),
        (Some(Value::Map(inner)), Value::Map(more)) if depth > 0 => {
            for (key, value) in more {
                insert(inner, key, value, depth - 1);
            }
        }
        // Nothing is written there: all of it comes from the file.
        (Some(slot @ Value::Nothing), _) if depth > 0 => slot.clone_from(&value.value),
        (Some(_), _) | (None, _) => entries.push((key.clone(), value.clone())),
    }
}

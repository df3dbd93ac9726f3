//! Findings as SARIF 2.1.0 (OASIS), for code scanning and editors: every code is a rule with its page, every finding a
//! result with its fix, and what an `allow` answers is a result that is suppressed. A result a line.

use super::{page_without_marks, region, why};
use crate::diag::{Answered, Code, Diagnostic, Edit, codes};
use crate::source::{Place, SourceId, Sources};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, Write};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    default_configuration: Configuration,
    help: Help,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

/// A message may have `{0}` in it, so braces of its own are written twice.
#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix {
    description: Message,
    artifact_changes: Vec<Change>,
    properties: FixProperties,
}

#[derive(Serialize)]
struct FixProperties {
    certainty: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Inserted,
}

#[derive(Serialize)]
struct Inserted {
    text: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
    location: Location,
}

/// Writes all findings, and after them the warnings that are answered.
///
/// # Errors
/// What the writer says.
pub fn write(findings: &[Diagnostic], answered: &[Answered], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"$schema\":\"{SCHEMA}\",\n\"version\":\"2.1.0\",\n\"runs\":[{{\"tool\":{{\"driver\":")?;
    serde_json::to_writer(&mut *out, &driver())?;
    // Columns of a place count characters, as «code points» says.
    out.write_all(b"},\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[")?;
    let open = findings.iter().map(|finding| result(finding, None, sources));
    let closed = answered.iter().map(|answered| result(&answered.finding, Some(answered), sources));
    for (at, result) in open.chain(closed).enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &result)?;
    }
    out.write_all(b"\n]}]}\n")
}

fn driver() -> Driver {
    Driver {
        name: env!("CARGO_PKG_NAME"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: codes::ALL.iter().map(|code| rule(code)).collect(),
    }
}

fn rule(code: &'static Code) -> Rule {
    Rule {
        id: code.number,
        name: code.name,
        short_description: Text { text: code.sentence },
        full_description: Text { text: why(code.page).unwrap_or(code.sentence) },
        default_configuration: Configuration { level: code.severity.word() },
        help: Help { text: page_without_marks(code.page), markdown: code.page },
    }
}

fn result(finding: &Diagnostic, answered: Option<&Answered>, sources: &Sources) -> Finding {
    let number = finding.code.number;
    let text = match &finding.help {
        Some(help) => message(&format!("{}\n{help}", finding.message)),
        None => message(&finding.message),
    };
    let label = Some(finding.label.as_str()).filter(|label| !label.is_empty());
    Finding {
        rule_id: number,
        rule_index: codes::ALL.binary_search_by_key(&number, |code| code.number).unwrap_or(0),
        level: finding.severity().word(),
        message: text,
        locations: [location(finding.place, label, sources)],
        related_locations: finding
            .related
            .iter()
            .map(|related| location(related.place, Some(&related.message), sources))
            .collect(),
        fixes: fix(finding, sources).into_iter().collect(),
        suppressions: answered.map(|answered| suppression(answered, sources)).into_iter().collect(),
    }
}

fn suppression(answered: &Answered, sources: &Sources) -> Suppression {
    Suppression {
        kind: "inSource",
        status: "accepted",
        justification: answered.reason.to_string(),
        location: location(answered.place, None, sources),
    }
}

fn location(place: Place, text: Option<&str>, sources: &Sources) -> Location {
    Location {
        physical_location: PhysicalLocation {
            artifact_location: artifact(place.source, sources),
            region: at(place, sources),
        },
        message: text.map(message),
    }
}

fn fix(finding: &Diagnostic, sources: &Sources) -> Option<Fix> {
    let mut edits: Vec<&Edit> = finding.fix.iter().collect();
    edits.sort_by_key(|edit| edit.place);
    let changes: Vec<Change> = edits
        .chunk_by(|one, two| one.place.source == two.place.source)
        .filter_map(|edits| {
            Some(Change {
                artifact_location: artifact(edits.first()?.place.source, sources),
                replacements: edits.iter().map(|edit| replacement(edit, sources)).collect(),
            })
        })
        .collect();
    (!changes.is_empty()).then(|| Fix {
        description: message(finding.help.as_deref().unwrap_or(&finding.message)),
        artifact_changes: changes,
        properties: FixProperties { certainty: finding.certainty.word() },
    })
}

fn replacement(edit: &Edit, sources: &Sources) -> Replacement {
    Replacement { deleted_region: at(edit.place, sources), inserted_content: Inserted { text: edit.text.clone() } }
}

fn at(place: Place, sources: &Sources) -> Region {
    let (start, end) = region(place, sources);
    Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
}

fn artifact(source: SourceId, sources: &Sources) -> Artifact {
    Artifact { uri: uri(sources.get(source).map_or("", |source| source.name())) }
}

fn message(text: &str) -> Message {
    Message { text: text.replace('{', "{{").replace('}', "}}") }
}

/// A path as a reference that a URI can be made of (RFC 3986): relative to where the run began, or a whole `file:`.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Nothing can fail to be written to a text.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("policies/health.fmk"), "policies/health.fmk");
        assert_eq!(uri("../års plan:1%.fmk"), "../%C3%A5rs%20plan%3A1%25.fmk");
        assert_eq!(uri("/tmp/𝔸?#.fmk"), "file:///tmp/%F0%9D%94%B8%3F%23.fmk");
    }

    #[test]
    fn braces_of_a_message_are_no_places_to_fill() {
        assert_eq!(message("write `use a.{b}`").text, "write `use a.{{b}}`");
    }
}

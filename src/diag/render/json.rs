//! Findings as JSON: `{"format":1,"findings":[…]}`, a finding a line, all of them, in their order. Its schema is
//! `fullmakt schema findings`.

use crate::diag::Diagnostic;
use crate::source::{Place, Sources};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Finding<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    place: Spot<'a>,
    related: Vec<Related<'a>>,
    fix: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    offset: u32,
    length: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    place: Spot<'a>,
}

#[derive(Serialize)]
struct Edit<'a> {
    place: Spot<'a>,
    text: &'a str,
}

/// Writes all findings.
///
/// # Errors
/// What the writer says.
pub fn write(findings: &[Diagnostic], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"format\":1,\n\"findings\":[")?;
    for (at, finding) in findings.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &of(finding, sources))?;
    }
    out.write_all(b"\n]}\n")
}

fn of<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    Finding {
        code: finding.code.number,
        name: finding.code.name,
        severity: finding.severity().word(),
        message: &finding.message,
        label: &finding.label,
        help: finding.help.as_deref(),
        place: spot(finding.place, sources),
        related: finding
            .related
            .iter()
            .map(|related| Related { message: &related.message, place: spot(related.place, sources) })
            .collect(),
        fix: finding.fix.iter().map(|edit| Edit { place: spot(edit.place, sources), text: &edit.text }).collect(),
    }
}

fn spot(place: Place, sources: &Sources) -> Spot<'_> {
    let source = sources.get(place.source);
    let position = source.map(|source| source.position(place.span.start));
    Spot {
        file: source.map_or("", |source| source.name()),
        line: position.map_or(1, |position| position.line),
        column: position.map_or(1, |position| position.column),
        offset: place.span.start,
        length: place.span.length(),
    }
}

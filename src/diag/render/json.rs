//! Findings as JSON: `{"format":1,"findings":[…],"answered":[…]}`, a finding a line, all of them, in their order. Its
//! schema is `fullmakt schema findings`.

use crate::diag::{self, Diagnostic};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'a str>,
    place: Spot<'a>,
    related: Vec<Related<'a>>,
    fix: Vec<Edit<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certainty: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer<'a>>,
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

#[derive(Serialize)]
struct Answer<'a> {
    reason: &'a str,
    place: Spot<'a>,
}

/// Writes all findings, and those that are answered.
///
/// # Errors
/// What the writer says.
pub fn write(
    findings: &[Diagnostic],
    answered: &[diag::Answered],
    sources: &Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"{\"format\":1,\n\"findings\":[")?;
    list(findings.iter().map(|finding| of(finding, sources)), out)?;
    out.write_all(b"],\n\"answered\":[")?;
    let answers = answered.iter().map(|answered| {
        let answer = Answer { reason: &answered.reason, place: spot(answered.place, sources) };
        Finding { answer: Some(answer), ..of(&answered.finding, sources) }
    });
    list(answers, out)?;
    out.write_all(b"]}\n")
}

/// One finding, on one line.
#[must_use]
pub fn line(finding: &Diagnostic, sources: &Sources) -> String {
    serde_json::to_string(&of(finding, sources)).unwrap_or_default()
}

fn list<'a>(findings: impl Iterator<Item = Finding<'a>>, out: &mut dyn Write) -> io::Result<()> {
    for (at, finding) in findings.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &finding)?;
    }
    out.write_all(b"\n")
}

fn of<'a>(finding: &'a Diagnostic, sources: &'a Sources) -> Finding<'a> {
    Finding {
        code: finding.code.number,
        name: finding.code.name,
        severity: finding.severity().word(),
        message: &finding.message,
        label: &finding.label,
        help: finding.help.as_deref(),
        example: finding.example.as_deref(),
        place: spot(finding.place, sources),
        related: finding
            .related
            .iter()
            .map(|related| Related { message: &related.message, place: spot(related.place, sources) })
            .collect(),
        fix: finding.fix.iter().map(|edit| Edit { place: spot(edit.place, sources), text: &edit.text }).collect(),
        certainty: (!finding.fix.is_empty()).then(|| finding.certainty.word()),
        answer: None,
    }
}

fn spot(place: Place, sources: &Sources) -> Spot<'_> {
    let source = sources.get(place.source);
    let position = source.map(|source| source.position(place.span.start));
    Spot {
        file: source.map_or("", |source| source.name()),
        line: position.map_or(1, |position| position.line),
        column: position.map_or(1, |position| position.column),
        offset: source.map_or(place.span.start, |source| source.offset_in_file(place.span.start)),
        length: place.span.length(),
    }
}

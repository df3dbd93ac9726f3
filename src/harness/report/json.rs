//! What came of a run as JSON: `{"format":1,"met":…,"summary":{…},"verdicts":[…],…}`, an entry a line. Its schema is `fullmakt
//! schema test`.

use super::Results;
use crate::diag::render::json;
use crate::harness::snapshot::State;
use crate::source::{Place, Sources};
use serde::Serialize;

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    offset: u32,
    length: u32,
}

#[derive(Serialize)]
struct Summary {
    cases: usize,
    tables: usize,
    cells: usize,
    snapshots: usize,
    skipped: usize,
    differences: usize,
    errors: usize,
    uncovered: usize,
    hidden: usize,
}

#[derive(Serialize)]
struct Verdict<'a> {
    module: &'a str,
    kind: &'static str,
    name: &'a str,
    place: Spot<'a>,
    outcome: &'static str,
    decided: usize,
    permitted: usize,
    hidden: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<Skip<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Skip<'a> {
    reason: &'a str,
    until: String,
}

#[derive(Serialize)]
struct Difference<'a> {
    place: Spot<'a>,
    expected: &'a str,
    got: &'a str,
    words: &'a str,
}

#[derive(Serialize)]
struct Snapshot<'a> {
    file: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<&'a str>,
}

#[derive(Serialize)]
struct Requirement<'a> {
    id: &'a str,
    place: Spot<'a>,
    covered: bool,
    cases: usize,
    permits: usize,
    denies: usize,
    skipped: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    kills: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alone: Option<usize>,
}

/// All of it.
#[must_use]
pub fn text(results: &Results<'_>) -> String {
    let all = results.summary();
    let summary = Summary {
        cases: all.cases,
        tables: all.tables,
        cells: all.cells,
        snapshots: all.snapshots,
        skipped: all.skipped,
        differences: all.differences,
        errors: all.errors,
        uncovered: all.uncovered,
        hidden: results.verdicts.iter().map(|verdict| verdict.hidden).sum(),
    };
    let mut text = format!("{{\"format\":1,\n\"met\":{},\n\"summary\":{},\n", all.is_met(), line(&summary));
    list("findings", results.findings.iter().map(|finding| json::line(finding, results.sources)), &mut text);
    list("verdicts", results.verdicts.iter().map(|verdict| line(&of_verdict(verdict, results.sources))), &mut text);
    let snapshots = results.snapshots.iter().map(|one| {
        let difference = if let State::Differs(text) = &one.compared.state { Some(&**text) } else { None };
        line(&Snapshot { file: one.path(), state: one.compared.state.word(), difference })
    });
    list("snapshots", snapshots, &mut text);
    let rows = results.requirements.unwrap_or(&[]).iter().map(|row| {
        line(&Requirement {
            id: &row.id,
            place: spot(row.place, results.sources),
            covered: row.is_covered(),
            cases: row.cases,
            permits: row.permits,
            denies: row.denies,
            skipped: row.skipped,
            kills: row.kills.map(|(killed, _)| killed),
            alone: row.kills.map(|(_, only)| only),
        })
    });
    list("requirements", rows, &mut text);
    text.truncate(text.trim_end_matches([',', '\n']).len());
    text.push_str("}\n");
    text
}

fn of_verdict<'a>(verdict: &'a crate::harness::Verdict, sources: &'a Sources) -> Verdict<'a> {
    let outcome = match (&verdict.skipped, verdict.is_met()) {
        (Some(_), _) => "skipped",
        (None, true) => "met",
        (None, false) => "differs",
    };
    let difference = |one: &'a crate::harness::Difference| Difference {
        place: spot(one.place, sources),
        expected: &one.expected,
        got: &one.got,
        words: &one.words,
    };
    Verdict {
        module: &verdict.module,
        kind: verdict.tried.word(),
        name: &verdict.name,
        place: spot(verdict.place, sources),
        outcome,
        decided: verdict.decided,
        permitted: verdict.permitted,
        hidden: verdict.hidden,
        skip: verdict.skipped.as_ref().map(|skip| Skip { reason: &skip.reason, until: skip.until.to_string() }),
        differences: verdict.differences.iter().map(difference).collect(),
    }
}

fn line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn list(name: &str, entries: impl Iterator<Item = String>, text: &mut String) {
    text.push_str(&format!("\"{name}\":["));
    for (at, entry) in entries.enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        text.push_str(&entry);
    }
    text.push_str("],\n");
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

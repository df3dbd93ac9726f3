//! What came of a run in the Test Anything Protocol, version 14: a line a case, with what differs below it in YAML.

use super::{Results, place};
use crate::harness::snapshot::State;

/// All of it: findings first, then cases and tables, then decision tables, then requirements.
#[must_use]
pub fn text(results: &Results<'_>) -> String {
    let mut points: Vec<String> = Vec::new();
    let mut point = |met: bool, name: &str, directive: &str, said: &[(&str, &str)]| {
        let ok = if met { "ok" } else { "not ok" };
        let mut text = format!("{ok} {} - {}{directive}\n", points.len() + 1, description(name));
        if !said.is_empty() {
            text.push_str("  ---\n");
            for (key, value) in said {
                text.push_str(&format!("  {key}: {}\n", quoted(value)));
            }
            text.push_str("  ...\n");
        }
        points.push(text);
    };
    for finding in results.grave() {
        let at = place(finding.place, results.sources);
        let name = format!("{} {}", finding.code.number, finding.message);
        point(!finding.is_error(), &name, "", &[("at", &at)]);
    }
    for verdict in results.verdicts {
        let name = format!("{}: {}", verdict.module, verdict.name);
        if let Some(skip) = &verdict.skipped {
            let directive = format!(" # SKIP {} (until {})", description(&skip.reason), skip.until);
            point(true, &name, &directive, &[]);
            continue;
        }
        let at = verdict.differences.first().map_or(String::new(), |one| place(one.place, results.sources));
        let said: Vec<(&str, &str)> = verdict
            .differences
            .iter()
            .take(1)
            .flat_map(|one| [("at", &*at), ("expected", &*one.expected), ("got", &*one.got), ("words", &*one.words)])
            .collect();
        point(verdict.is_met(), &name, "", &said);
    }
    for one in results.snapshots {
        let difference = if let State::Differs(text) = &one.compared.state { text } else { "" };
        let state = [("state", one.compared.state.word()), ("difference", difference)];
        let met = one.compared.state == State::Same;
        let said = if met { &[][..] } else { &state[..] };
        point(met, &one.path(), "", said);
    }
    for row in results.requirements.unwrap_or(&[]) {
        let cases = format!("{} cases, {} permits, {} denies", row.cases, row.permits, row.denies);
        let said = [("cases", &*cases)];
        point(row.is_covered(), &format!("{} is covered", row.id), "", if row.is_covered() { &[] } else { &said });
    }
    format!("TAP version 14\n1..{}\n{}", points.len(), points.concat())
}

/// A description holds no line end, and no `#` that begins a directive.
fn description(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// A text in quotes, on one line: YAML reads JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

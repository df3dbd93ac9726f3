//! What came of a run as workflow commands of GitHub Actions, a line each: the runner shows them beside the lines that they are
//! about.

use super::Results;
use crate::diag::Diagnostic;
use crate::diag::render::github;
use crate::harness::snapshot::State;

/// All of it; nothing where all is as expected.
#[must_use]
pub fn text(results: &Results<'_>) -> String {
    let mut bytes = Vec::new();
    let grave: Vec<Diagnostic> = results.grave().cloned().collect();
    // Writing into memory does not fail.
    let _ = github::write(&grave, results.sources, &mut bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for verdict in results.verdicts {
        for one in &verdict.differences {
            let said = format!("expected {}\ngot {}\n\n{}", one.expected, one.got, one.words);
            text.push_str(&github::error(one.place, &verdict.name, said.trim_end(), results.sources));
        }
    }
    for one in results.snapshots {
        match &one.compared.state {
            State::Same => {}
            State::Differs(difference) => {
                text.push_str(&github::error_in(&one.path(), "the decision table changed", difference))
            }
            state => text.push_str(&github::error_in(&one.path(), "decision table", state.word())),
        }
    }
    for row in results.requirements.unwrap_or(&[]).iter().filter(|row| !row.is_covered()) {
        let said = format!("{} is not covered: {} cases", row.id, row.cases);
        text.push_str(&github::error(row.place, &row.id, &said, results.sources));
    }
    text
}

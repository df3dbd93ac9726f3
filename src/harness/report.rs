//! What came of a run, as text: every difference with its place and the decision in words, then the count of all that was
//! tried.

use super::snapshot::{Compared, State};
use super::verdict::{Tried, Verdict};
use crate::source::{Place, Sources};
use std::fmt;

/// What was tried, and how much of it is not as expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Cases.
    pub cases: usize,
    /// Tables.
    pub tables: usize,
    /// Decisions of the tables.
    pub cells: usize,
    /// Snapshots.
    pub snapshots: usize,
    /// Decisions and snapshots that are not as expected.
    pub differences: usize,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of(verdicts: &[Verdict], snapshots: &[Compared]) -> Self {
        let mut summary = Summary { snapshots: snapshots.len(), ..Summary::default() };
        for verdict in verdicts {
            match verdict.tried {
                Tried::Case => summary.cases += 1,
                Tried::Table => {
                    summary.tables += 1;
                    summary.cells += verdict.decided;
                }
            }
            summary.differences += verdict.differences.len();
        }
        summary.differences += snapshots.iter().filter(|one| one.state != State::Same).count();
        summary
    }

    /// Was something decided, and all of it as expected? A run that decides nothing fails.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.decided() > 0 && self.differences == 0
    }

    /// How many requests were decided.
    #[must_use]
    pub fn decided(&self) -> usize {
        self.cases + self.cells
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cases = counted(self.cases, "case");
        let tables = counted(self.tables, "table");
        let cells = counted(self.cells, "decision");
        let snapshots = counted(self.snapshots, "snapshot");
        let outcome = match (self.decided(), self.differences) {
            (0, _) => "nothing was tested".to_owned(),
            (_, 0) => "all as expected".to_owned(),
            (_, count) => format!("{count} not as expected"),
        };
        write!(out, "{cases}, {tables} with {cells}, {snapshots}: {outcome}")
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// The differences of a verdict; nothing where all is as expected.
#[must_use]
pub fn of_verdict(verdict: &Verdict, sources: &Sources) -> String {
    let mut text = String::new();
    for difference in &verdict.differences {
        text.push_str(&format!("differs  {}  {}\n", place(difference.place, sources), verdict.name));
        text.push_str(&format!("  expected {}\n  got      {}\n\n", difference.expected, difference.got));
        for line in difference.words.lines() {
            let line = format!("    {line}");
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// A snapshot that is not as accepted; nothing where it is.
#[must_use]
pub fn of_snapshot(compared: &Compared, folder: &str) -> String {
    let file = format!("{folder}/{}", compared.file);
    match &compared.state {
        State::Same => String::new(),
        State::Missing => format!("missing  {file}\n  no snapshot was accepted; `--update` accepts it\n\n"),
        State::Orphan => format!("orphan   {file}\n  no module has this snapshot; `--update` takes it away\n\n"),
        State::Differs(difference) => {
            let mut text = format!("differs  {file}\n  the decision table changed; `--update` accepts it\n\n");
            for line in difference.lines() {
                text.push_str(format!("    {line}").trim_end());
                text.push('\n');
            }
            text.push('\n');
            text
        }
    }
}

fn place(place: Place, sources: &Sources) -> String {
    crate::words::speaker::origin(place, sources).as_ref().map_or(String::new(), crate::words::speaker::place_text)
}

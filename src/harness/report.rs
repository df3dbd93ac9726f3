//! What came of a run, as text: every difference with its place and the decision in words, then the count of all that was
//! tried. For machines: the modules below.

pub mod github;
pub mod json;
pub mod junit;
pub mod tap;

use super::requirements::Row;
use super::snapshot::{Compared, Placed, State};
use super::verdict::{Tried, Verdict};
use crate::diag::Diagnostic;
use crate::source::{Place, Sources};
use std::fmt;

/// Everything that came of a run.
#[derive(Clone, Copy, Debug)]
pub struct Results<'r> {
    /// What was found before anything was decided.
    pub findings: &'r [Diagnostic],
    /// What came of each case and table, in the order in which they are told.
    pub verdicts: &'r [Verdict],
    /// What came of each decision table.
    pub snapshots: &'r [Placed],
    /// What stands for each requirement, if that was asked.
    pub requirements: Option<&'r [Row]>,
    /// The texts that the places are in.
    pub sources: &'r Sources,
}

impl Results<'_> {
    /// Everything, counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::of(self.verdicts, self.snapshots.iter().map(|one| &one.compared));
        summary.errors = self.findings.iter().filter(|finding| finding.is_error()).count();
        summary.uncovered = self.requirements.unwrap_or(&[]).iter().filter(|row| !row.is_covered()).count();
        summary
    }

    /// Findings that a run must show: open questions are none.
    fn grave(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(|finding| finding.severity() != crate::diag::Severity::Note)
    }
}

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
    /// Cases and tables that were not asked.
    pub skipped: usize,
    /// Decisions and snapshots that are not as expected.
    pub differences: usize,
    /// Findings that are errors: what they are about was not run.
    pub errors: usize,
    /// Requirements that are not covered.
    pub uncovered: usize,
}

impl Summary {
    /// Counts.
    #[must_use]
    pub fn of<'c>(verdicts: &[Verdict], snapshots: impl IntoIterator<Item = &'c Compared>) -> Self {
        let mut summary = Summary::default();
        for verdict in verdicts {
            match verdict.tried {
                _ if verdict.skipped.is_some() => summary.skipped += 1,
                Tried::Case | Tried::Sweep | Tried::Question => summary.cases += 1,
                Tried::Table => {
                    summary.tables += 1;
                    summary.cells += verdict.decided;
                }
            }
            summary.differences += verdict.differences.len();
        }
        for one in snapshots {
            summary.snapshots += 1;
            summary.differences += usize::from(one.state != State::Same);
        }
        summary
    }

    /// Was something decided, all of it as expected, and everything read and covered? A run that decides nothing fails.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.decided() > 0 && (self.differences, self.errors, self.uncovered) == (0, 0, 0)
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
        let mut faults = Vec::new();
        if self.differences > 0 && self.decided() > 0 {
            faults.push(format!("{} not as expected", self.differences));
        }
        if self.errors > 0 {
            faults.push(format!("{} in what could not be run", counted(self.errors, "error")));
        }
        if self.uncovered > 0 {
            faults.push(format!("{} not covered", counted(self.uncovered, "requirement")));
        }
        let outcome = match (self.decided(), faults.as_slice()) {
            (0, _) => "nothing was tested".to_owned(),
            (_, []) => "all as expected".to_owned(),
            (_, faults) => faults.join(", "),
        };
        let skipped = if self.skipped == 0 { String::new() } else { format!(", {} skipped", self.skipped) };
        write!(out, "{cases}, {tables} with {cells}, {snapshots}{skipped}: {outcome}")
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// The differences of a verdict, or that it was not asked; nothing where all is as expected.
#[must_use]
pub fn of_verdict(verdict: &Verdict, sources: &Sources) -> String {
    let mut text = String::new();
    if let Some(skip) = &verdict.skipped {
        text.push_str(&format!("skipped  {}  {}\n", place(verdict.place, sources), verdict.name));
        text.push_str(&format!("  until {}: {}\n\n", skip.until, skip.reason));
    }
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
pub fn of_snapshot(one: &Placed) -> String {
    let file = one.path();
    match &one.compared.state {
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

/// `file:line:column`
fn place(place: Place, sources: &Sources) -> String {
    crate::words::speaker::origin(place, sources).as_ref().map_or(String::new(), crate::words::speaker::place_text)
}

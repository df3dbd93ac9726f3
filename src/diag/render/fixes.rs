//! What `check --fix` did, for people: each fix that was written with its lines before and after, and those that are left
//! to them, with what to write.

use super::{grouped, harmless, short};
use crate::diag::fix::{Written, by_hand};
use crate::diag::{Certainty, Diagnostic};
use crate::source::Sources;
use std::io::{self, Write};

/// After so many that are left, the rest is a number.
const LEFT_SHOWN: usize = 100;

/// Writes the fixes that were made.
///
/// # Errors
/// What the writer says.
pub fn write(written: &[Written], sources: &Sources, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let mark = |sign: char, paint: &str, line: &str| {
        let line = harmless_line(line);
        if colour { format!("  \u{1b}[{paint}m{sign} {line}\u{1b}[0m") } else { format!("  {sign} {line}") }
    };
    for fix in written {
        let file = sources.get(fix.source).map_or("", |source| source.name());
        let (line, column) = (fix.position.line, fix.position.column);
        let message = harmless(&fix.message);
        writeln!(out, "fixed {}:{line}:{column}: {} {message}", harmless(file), fix.code.number)?;
        for change in &fix.changes {
            for line in change.before.lines() {
                writeln!(out, "{}", mark('-', "31", line))?;
            }
            for line in change.after.iter().flat_map(|after| after.lines()) {
                writeln!(out, "{}", mark('+', "32", line))?;
            }
        }
    }
    if written.is_empty() { Ok(()) } else { writeln!(out) }
}

/// Lists the fixes among these findings that a person must choose, with why and what to write.
///
/// # Errors
/// What the writer says.
pub fn write_left(findings: &[Diagnostic], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let left = || findings.iter().filter(|finding| !finding.fix.is_empty());
    let number = left().count();
    if number == 0 {
        return Ok(());
    }
    writeln!(out, "{} {} left for you to choose", grouped(number), if number == 1 { "fix" } else { "fixes" })?;
    for finding in left().take(LEFT_SHOWN) {
        let why = match finding.certainty {
            Certainty::Certain => "its text is left as it was",
            Certainty::Offered => "not certain",
            Certainty::ChangesMeaning => "says something else",
        };
        let edits: Vec<String> = finding.fix.iter().map(|edit| by_hand(edit, sources)).collect();
        let place = short::place(finding.place, sources);
        writeln!(out, "  {place}: {} {why}: {}", finding.code.number, harmless(&edits.join(", ")))?;
    }
    if number > LEFT_SHOWN {
        writeln!(out, "  and {} more", grouped(number - LEFT_SHOWN))?;
    }
    writeln!(out)
}

/// A line of a text; its tabs are no harm.
fn harmless_line(line: &str) -> String {
    line.split('\t').map(harmless).collect::<Vec<_>>().join("    ")
}

//! Findings as workflow commands of GitHub Actions, a line each: the runner shows them beside the lines that they are
//! about. Warnings that are answered are not shown.

use super::{harmless, region, short};
use crate::diag::{Diagnostic, Severity};
use crate::source::{Place, Sources};
use std::io::{self, Write};

/// Writes all findings, in their order.
///
/// # Errors
/// What the writer says.
pub fn write(findings: &[Diagnostic], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    findings.iter().try_for_each(|finding| writeln!(out, "{}", command(finding, sources)))
}

/// A command for something that is no finding: `::error file=…,line=…,col=…,title=…::…`, a line.
#[must_use]
pub fn error(at: Place, title: &str, text: &str, sources: &Sources) -> String {
    let file = sources.get(at.source).map_or("", |source| source.name());
    let (start, _) = region(at, sources);
    let place = format!("file={},line={},col={}", property(file), start.line, start.column);
    format!("::error {place},title={}::{}\n", property(title), message(text))
}

/// The same for a file of which no place is known.
#[must_use]
pub fn error_in(file: &str, title: &str, text: &str) -> String {
    format!("::error file={},title={}::{}\n", property(file), property(title), message(text))
}

fn command(finding: &Diagnostic, sources: &Sources) -> String {
    let name = match finding.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let file = sources.get(finding.place.source).map_or("", |source| source.name());
    let (start, end) = region(finding.place, sources);
    let title = format!("{} {}", finding.code.number, finding.code.name);
    let mut place = format!("file={},line={}", property(file), start.line);
    if start.line == end.line {
        // The last column is one of the marked ones; columns of different lines cannot be told.
        let last = end.column.saturating_sub(1).max(start.column);
        place.push_str(&format!(",endLine={},col={},endColumn={last}", end.line, start.column));
    } else {
        // What ends before the first column of a line ends on the line before.
        let last = if end.column == 1 { end.line.saturating_sub(1) } else { end.line };
        place.push_str(&format!(",endLine={}", last.max(start.line)));
    }
    format!("::{name} {place},title={}::{}", property(&title), message(&words(finding, sources)))
}

/// The headline, why this spot, what to write, and the other places, a line each.
fn words(finding: &Diagnostic, sources: &Sources) -> String {
    let mut words = finding.message.clone();
    if !finding.label.is_empty() {
        words.push_str(": ");
        words.push_str(&finding.label);
    }
    if let Some(help) = &finding.help {
        words.push('\n');
        words.push_str(help);
    }
    for related in &finding.related {
        words.push_str(&format!("\n{}: {}", related.message, short::place(related.place, sources)));
    }
    words
}

/// The text of a command: one line, whatever stands in it.
fn message(text: &str) -> String {
    text.split('\n').map(|line| harmless(line).replace('%', "%25")).collect::<Vec<_>>().join("%0A")
}

/// A property of a command: neither its end nor that of the properties.
fn property(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{message, property};

    #[test]
    fn nothing_ends_a_command_early() {
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25%0D%0A");
        assert_eq!(message("50 %, a:b\nnext ::error::"), "50 %25, a:b%0Anext ::error::");
        assert_eq!(message("a\r\u{1b}[2J"), "a\\u{d}\\u{1b}[2J");
    }
}

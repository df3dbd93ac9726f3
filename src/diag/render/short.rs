//! A line a finding: `path:line:column: error[FM0201] message`. All of them, in their order.

use super::harmless;
use crate::diag::Diagnostic;
use crate::source::{Place, Sources};
use std::io::{self, Write};

/// Writes all findings.
///
/// # Errors
/// What the writer says.
pub fn write(findings: &[Diagnostic], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    findings.iter().try_for_each(|finding| writeln!(out, "{}", line(finding, sources)))
}

/// One finding as a line.
#[must_use]
pub fn line(finding: &Diagnostic, sources: &Sources) -> String {
    format!(
        "{}: {}[{}] {}",
        place(finding.place, sources),
        finding.severity().word(),
        finding.code.number,
        harmless(&finding.message)
    )
}

/// `path:line:column`
#[must_use]
pub fn place(place: Place, sources: &Sources) -> String {
    sources.get(place.source).map_or_else(String::new, |source| {
        let position = source.position(place.span.start);
        format!("{}:{}:{}", harmless(source.name()), position.line, position.column)
    })
}

//! How findings are shown: drawn for people, a line each for tools that read lines, JSON, SARIF and the commands of
//! GitHub for the rest. Decides nothing about them, and prints nothing itself: the text goes where the caller says.

pub mod diff;
pub mod fixes;
pub mod github;
pub mod human;
pub mod json;
pub mod sarif;
pub mod short;

use super::Diagnostic;
use super::code::Severity;
use crate::source::{Place, Position, Sources};

/// How many findings of each grade there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes: open questions.
    pub notes: usize,
}

impl Count {
    /// Counts them.
    #[must_use]
    pub fn of(findings: &[Diagnostic]) -> Count {
        let mut count = Count::default();
        for finding in findings {
            match finding.severity() {
                Severity::Error => count.errors += 1,
                Severity::Warning => count.warnings += 1,
                Severity::Note => count.notes += 1,
            }
        }
        count
    }

    /// `2 errors, 1 warning, 3 open questions`; `no findings`.
    #[must_use]
    pub fn sentence(self) -> String {
        let parts: Vec<String> = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "open question")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| counted(number, what))
            .collect();
        if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
    }
}

/// `1 module`, `4 modules`, `12,000 modules`.
#[must_use]
pub fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `12,000`
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A page for eyes alone: without the marks of headings and with its examples set in.
#[must_use]
pub fn page_without_marks(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for (line, what) in lines_of(page) {
        if what == PageLine::Example && !line.is_empty() {
            text.push_str("    ");
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What a line of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageLine {
    /// A heading, without its marks.
    Heading,
    /// A line of an example.
    Example,
    /// Words.
    Words,
}

/// The lines of a page, without what only marks them.
pub fn lines_of(page: &str) -> impl Iterator<Item = (&str, PageLine)> {
    let mut in_example = false;
    page.lines().filter_map(move |line| {
        if line.starts_with("```") {
            in_example = !in_example;
            None
        } else if in_example {
            Some((line, PageLine::Example))
        } else if line.starts_with('#') {
            Some((line.trim_start_matches('#').trim_start(), PageLine::Heading))
        } else {
            Some((line, PageLine::Words))
        }
    })
}

/// What a page says under *Why*.
fn why(page: &str) -> Option<&str> {
    let after = page.split_once("\n## Why\n")?.1;
    let text = after.split("\n#").next().unwrap_or(after).trim();
    (!text.is_empty()).then_some(text)
}

/// Where a place begins, and the first position behind it.
fn region(place: Place, sources: &Sources) -> (Position, Position) {
    let first = Position { line: 1, column: 1 };
    sources
        .get(place.source)
        .map_or((first, first), |source| (source.position(place.span.start), source.position(place.span.end)))
}

/// Text for a terminal: what would steer it, or turn the order of what stands beside it, is shown as its number.
fn harmless(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.chars().any(steers) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) { safe.extend(character.escape_unicode()) } else { safe.push(character) }
    }
    safe.into()
}

/// Control characters, and those that turn the direction of the text around them.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{Count, grouped, harmless};

    #[test]
    fn numbers_and_sentences() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(100_000), "100,000");
        let count = Count { errors: 2, warnings: 1, notes: 3 };
        assert_eq!(count.sentence(), "2 errors, 1 warning, 3 open questions");
        assert_eq!(Count::default().sentence(), "no findings");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(harmless("ø"), "ø");
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}"), "a\\u{1b}[2Jb\\u{202e}");
    }
}

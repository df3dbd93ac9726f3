//! The tokens of a text, cut without the parser's help: what is deleted, and where comments are put.

use std::ops::Range;

/// The tokens of a text in order; a URN is one.
pub(crate) fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        } else if first == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("urn:") {
            rest.find(char::is_whitespace).unwrap_or(rest.len())
        } else if ["==", "!=", "<=", ">="].iter().any(|operator| rest.starts_with(operator)) {
            2
        } else if first.is_ascii_digit() && !rest.starts_with("20") {
            // An article: `6(1)(e)`.
            rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '(' | ')'))
                .unwrap_or(rest.len())
        } else if first.is_ascii_digit() {
            // A day, or a moment with its time and offset.
            rest.find(|letter: char| !is_letter(letter) && !matches!(letter, ':' | '+')).unwrap_or(rest.len())
        } else if is_letter(first) {
            rest.find(|letter| !is_letter(letter)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        found.push(at..at + length);
        at += length;
    }
    found
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '-'
}

//! The tokens of a text that has no faults, comments among them, for the canonical form: a comment is nowhere else, so that
//! the tree need not carry it. Knows the tree only for where URNs stand, which run raw.

use super::ast::{Declaration, Module, Says, Statement, Value};
use crate::source::Span;

/// A token or a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'s> {
    /// As written; a comment without the blanks at its end.
    pub(super) text: &'s str,
    /// Where it begins.
    pub(super) start: usize,
    /// Is it a comment?
    pub(super) comment: bool,
    /// How many line ends stand before it.
    pub(super) breaks: usize,
}

/// The tokens of a text in order.
pub(super) fn tokens<'s>(text: &'s str, module: &Module<'_>) -> Vec<Token<'s>> {
    let mut raw = Vec::new();
    collect(&module.statements, &module.declarations, &mut raw);
    raw.sort_unstable();
    let mut raw = raw.into_iter().peekable();
    let mut found = Vec::new();
    let (mut at, mut breaks) = (0, 0);
    while let Some(rest) = text.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        while raw.peek().is_some_and(|span| (span.start as usize) < at) {
            raw.next();
        }
        let mut comment = false;
        let length = match raw.peek() {
            Some(span) if span.start as usize == at => span.length() as usize,
            _ if first.is_whitespace() || first == '\u{feff}' => {
                breaks += usize::from(first == '\n');
                at += first.len_utf8();
                continue;
            }
            _ if rest.starts_with("//") => {
                comment = true;
                rest.find('\n').unwrap_or(rest.len())
            }
            _ if first == '"' => rest.get(1..).and_then(|rest| rest.find('"')).map_or(rest.len(), |end| end + 2),
            _ => token_length(rest, first),
        };
        let token = rest.get(..length).unwrap_or(rest);
        found.push(Token { text: token.trim_end(), start: at, comment, breaks });
        at += length.max(1);
        breaks = 0;
    }
    found
}

/// How long a word, a number or an operator is.
fn token_length(text: &str, first: char) -> usize {
    let is_letter =
        |letter: char| !letter.is_whitespace() && (!letter.is_ascii_punctuation() || matches!(letter, '_' | '-'));
    if !is_letter(first) || first == '-' {
        let pair = matches!(text.as_bytes(), [b'=' | b'!' | b'<' | b'>', b'=', ..]);
        return if pair { 2 } else { first.len_utf8() };
    }
    let word = text.find(|letter| !is_letter(letter)).unwrap_or(text.len());
    if !first.is_ascii_digit() {
        return word;
    }
    // A moment has colons; an article of a law has parentheses that belong to it.
    if let Some((day, _)) = text.get(..word).and_then(|word| word.split_once('T')) {
        let time = clock_length(text, day.len() + 1);
        return match text.get(time..).and_then(|rest| rest.chars().next()) {
            Some('Z') => time + 1,
            Some('+' | '-') => clock_length(text, time + 1),
            _ => time,
        };
    }
    let mut end = word;
    while let Some(rest) = text.get(end..).filter(|rest| rest.starts_with('(')) {
        let inner = rest.get(1..).unwrap_or("");
        match inner.find(|letter: char| !letter.is_ascii_alphanumeric()) {
            Some(length) if length > 0 && inner.get(length..).is_some_and(|rest| rest.starts_with(')')) => {
                end += length + 2;
            }
            _ => break,
        }
    }
    end
}

/// Where digits with colons and dots between them end.
fn clock_length(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = from;
    while digit(at) || matches!(bytes.get(at), Some(b':' | b'.')) && digit(at + 1) {
        at += 1;
    }
    at
}

/// Where URNs stand.
fn collect(statements: &[Statement<'_>], declarations: &[Declaration<'_>], raw: &mut Vec<Span>) {
    for statement in statements {
        match &statement.says {
            Says::Urn(Value::Given(urn)) if urn.span.length() > 0 => raw.push(urn.span),
            Says::Form { urn, .. } => raw.push(urn.span),
            _ => {}
        }
    }
    for declaration in declarations {
        raw.extend(declaration.urn.map(|urn| urn.span));
        collect(&declaration.statements, &declaration.declarations, raw);
    }
}

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
            _ if is_mark(first) => first.len_utf8(),
            _ => word_length(rest),
        };
        let token = rest.get(..length).unwrap_or(rest);
        found.push(Token { text: token.trim_end(), start: at, comment, breaks });
        at += length.max(1);
        breaks = 0;
    }
    found
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '"' | '{' | '}' | '(' | ')' | '=' | ',' | '.' | '*')
}

fn word_length(text: &str) -> usize {
    let mut slash = None;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() || is_mark(letter) {
            return at;
        }
        match slash {
            Some(before) if letter == '/' => return before,
            _ => slash = (letter == '/').then_some(at),
        }
    }
    text.len()
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

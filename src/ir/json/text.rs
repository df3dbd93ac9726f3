//! JSON in canonical form, RFC 8785, piece by piece: strings, lists in the order of their texts, objects whose members come
//! in the order of their keys. Knows nothing of a bundle.

use crate::terms::{kind::Kinds, level::Level, open::Open, period::Period};
use std::fmt::Write as _;

pub(super) const UNDECIDED: &str = "undecided";

/// An object whose members are written in the order of their keys.
pub(super) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    pub(super) fn open(out: &'o mut String) -> Self {
        out.push('{');
        Object { out, empty: true }
    }

    pub(super) fn raw(&mut self, key: &str, value: impl FnOnce(&mut String)) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        string(self.out, key);
        self.out.push(':');
        value(self.out);
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.raw(key, |out| string(out, value));
    }

    pub(super) fn maybe_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// `key: true`, or nothing.
    pub(super) fn flag(&mut self, key: &str, yes: bool) {
        if yes {
            self.raw(key, |out| boolean(out, true));
        }
    }

    /// A list in the order of its texts; nothing where it is empty, a word where nobody has decided it.
    pub(super) fn open_list(&mut self, key: &str, texts: Open<Vec<String>>) {
        match texts {
            Open::Undecided => self.text(key, UNDECIDED),
            Open::Known(texts) if texts.is_empty() => {}
            Open::Known(texts) => self.raw(key, |out| list(out, texts.into_iter())),
        }
    }

    pub(super) fn before(&mut self, period: Period) {
        if let Some(day) = period.before {
            self.text("before", &day.to_string());
        }
    }

    pub(super) fn from(&mut self, period: Period) {
        if let Some(day) = period.from {
            self.text("from", &day.to_string());
        }
    }

    pub(super) fn close(self) {
        self.out.push('}');
    }
}

/// A list in the order of its texts.
pub(super) fn list(out: &mut String, texts: impl Iterator<Item = String>) {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    out.push('[');
    out.push_str(&texts.join(","));
    out.push(']');
}

pub(super) fn kinds(out: &mut String, kinds: Kinds) {
    list(out, kinds.iter().map(|kind| quoted(kind.word())));
}

pub(super) fn level(out: &mut String, level: Open<Level>) {
    string(out, level.known().map_or(UNDECIDED, |level| level.word()));
}

pub(super) fn yes_or_no(out: &mut String, value: Open<bool>) {
    match value {
        Open::Known(yes) => boolean(out, yes),
        Open::Undecided => string(out, UNDECIDED),
    }
}

pub(super) fn boolean(out: &mut String, yes: bool) {
    out.push_str(if yes { "true" } else { "false" });
}

/// `["word","name"]`
pub(super) fn pair(word: &str, name: &str) -> String {
    let mut out = String::from("[");
    string(&mut out, word);
    out.push(',');
    string(&mut out, name);
    out.push(']');
    out
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    string(&mut out, text);
    out
}

/// A string as RFC 8785 writes it: what must be escaped is, in the shortest way, and nothing else.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    // Stretches without such a character are most of any text.
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let mut letters = after.chars();
        match letters.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

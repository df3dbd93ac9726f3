//! A line of JSON → a tree of nodes with places. Knows no key.

use crate::intake::yaml::{Node, Value};
use crate::source::{Place, SourceId, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// How deep lists and maps may lie in each other: as in documents.
const DEPTH: usize = 32;

/// Why a text is no JSON, and where.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Keys and values as they are written.
pub(super) struct Entries<'t>(pub(super) Vec<(&'t RawValue, &'t RawValue)>);

struct Items<'t>(Vec<&'t RawValue>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = map.next_entry()? {
            all.push(entry);
        }
        Ok(Entries(all))
    }
}

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = list.next_element()? {
            all.push(item);
        }
        Ok(Items(all))
    }
}

/// The tree of a text that begins so many bytes into its source.
pub(super) fn node(text: &str, base: usize, source: SourceId) -> Result<Node, Trouble> {
    // Once as a whole, so that an error has its place in the whole.
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| trouble(&error, text))?;
    tree(raw, &Texts { text, base, source }, 0)
}

pub(super) fn trouble(error: &serde_json::Error, text: &str) -> Trouble {
    let message = if error.is_eof() {
        "the line ends too early".to_owned()
    } else {
        let said = error.to_string();
        format!("this is no JSON: {}", said.split(" at line ").next().unwrap_or(&said))
    };
    // Its column counts bytes of the line, from 1.
    let lines: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = (lines + error.column().saturating_sub(1)).min(text.trim_end().len().saturating_sub(1));
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Trouble { at, message }
}

struct Texts<'t> {
    text: &'t str,
    base: usize,
    source: SourceId,
}

impl Texts<'_> {
    fn start(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    fn place(&self, raw: &RawValue) -> Place {
        let start = self.base + self.start(raw);
        Place { source: self.source, span: Span::new(start, start + raw.get().len()) }
    }
}

fn tree(raw: &RawValue, texts: &Texts<'_>, depth: usize) -> Result<Node, Trouble> {
    let place = texts.place(raw);
    let text = raw.get();
    let fault = |error: serde_json::Error| Trouble { at: texts.start(raw), message: error.to_string() };
    if depth > DEPTH {
        let message = format!("lists and maps lie deeper in each other than {DEPTH}");
        return Err(Trouble { at: texts.start(raw), message });
    }
    let value = match text.bytes().next() {
        Some(b'{') => {
            let Entries(entries) = serde_json::from_str(text).map_err(fault)?;
            let entries = entries
                .into_iter()
                .map(|(key, value)| Ok((tree(key, texts, depth + 1)?, tree(value, texts, depth + 1)?)));
            Value::Map(entries.collect::<Result<_, Trouble>>()?)
        }
        Some(b'[') => {
            let Items(items) = serde_json::from_str(text).map_err(fault)?;
            Value::List(items.into_iter().map(|item| tree(item, texts, depth + 1)).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Value::Text(string(text).map_err(fault)?.into()),
        Some(b't') => Value::Truth(true),
        Some(b'f') => Value::Truth(false),
        Some(b'n') => Value::Nothing,
        _ => Value::Number(text.into()),
    };
    Ok(Node { value, place })
}

/// What a string says.
pub(super) fn string(raw: &str) -> serde_json::Result<Cow<'_, str>> {
    match plain(raw) {
        Some(plain) => Ok(Cow::Borrowed(plain)),
        None => serde_json::from_str::<String>(raw).map(Cow::Owned),
    }
}

/// What a string without escapes says.
pub(super) fn plain(raw: &str) -> Option<&str> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    memchr::memchr(b'\\', inner.as_bytes()).is_none().then_some(inner)
}

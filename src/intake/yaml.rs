//! The only door to YAML: text → a tree of nodes with places. JSON is read by the same reader, so that both forms have
//! the same places and the same limits. Knows no key and no name; what a tree must look like is said by `fields`.

use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Source, SourceId, Span};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned, Tagged};
use std::fmt;

/// How deep lists and maps may lie in each other. The deepest document that means something needs seven.
const DEPTH: usize = 32;
/// How many values a document may hold.
const VALUES: usize = 10_000_000;
/// How many bytes of text its values may hold.
const BYTES: usize = 256 << 20;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where; of a list or map from its beginning to the end of what it holds last.
    pub place: Place,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, or `null`.
    Nothing,
    /// `true` or `false`.
    Truth(bool),
    /// A number, as its text.
    Number(Box<str>),
    /// A text. Dates and moments are texts here.
    Text(Box<str>),
    /// A list.
    List(Vec<Node>),
    /// Keys and values in the order of the text; a key may stand twice.
    Map(Vec<(Node, Node)>),
}

impl Value {
    /// What it is called in a finding: `a list`.
    #[must_use]
    pub fn called(&self) -> &'static str {
        match self {
            Value::Nothing => "nothing",
            Value::Truth(_) => "a yes or no",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

impl Node {
    /// The text of a text or a number: what a name may be.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads one document of YAML or JSON.
///
/// # Errors
/// The first place where the text is neither, or where it exceeds a limit.
pub fn read(source: &Source, id: SourceId) -> Result<Node, Box<Diagnostic>> {
    let text = source.text();
    let reader = Places { source, id };
    match serde_yaml::from_str_with_options::<Told>(text, options()) {
        Ok(raw) => reader.node(raw),
        Err(error) => Err(Box::new(reader.finding(&error))),
    }
}

/// Booleans are `true` and `false` alone, `0123` is a text, keys that stand twice are handed on (so that all of them can
/// be found), nothing stands for something else.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        ignore_binary_tag_for_string: true,
        reject_unsupported_tags: true,
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        merge_keys: serde_yaml::MergeKeyPolicy::AsOrdinary,
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::AsString,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_events: 4 * VALUES,
            max_nodes: VALUES,
            max_total_scalar_bytes: BYTES,
            max_depth: DEPTH,
            flow_nesting_limit: DEPTH,
            max_aliases: 0,
            max_anchors: 0,
        },
    }
}

/// A value as it is told: with its place and its tag. Tags that say what a value is anyway, as `!!map`, are not refused by
/// the reader, so that they must be seen.
type Told = Spanned<Tagged<Raw>>;

/// A value before its place is known to be one of this source.
enum Raw {
    Nothing,
    Truth(bool),
    Number,
    Text(Box<str>),
    List(Vec<Told>),
    Map(Vec<(Told, Told)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Truth(value))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

/// Turns the reader's locations into places of the source.
struct Places<'s> {
    source: &'s Source,
    id: SourceId,
}

impl Places<'_> {
    /// Depth is limited by the reader's budget.
    fn node(&self, raw: Told) -> Result<Node, Box<Diagnostic>> {
        let mut place = self.place(raw.referenced);
        let Tagged(raw, tag) = raw.value;
        if tag.is_some() {
            let letter = self.source.text().get(place.span.start as usize..).and_then(|rest| rest.chars().next());
            place.span.end = place.span.start + u32::try_from(letter.map_or(0, char::len_utf8)).unwrap_or(0);
            return Err(Box::new(tagged(place)));
        }
        let value = match raw {
            Raw::Nothing => Value::Nothing,
            Raw::Truth(truth) => Value::Truth(truth),
            Raw::Number => Value::Number(self.source.slice(place.span).trim().into()),
            Raw::Text(text) => Value::Text(text),
            Raw::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect::<Result<_, _>>()?),
            Raw::Map(entries) => {
                let entries = entries.into_iter().map(|(key, value)| Ok((self.node(key)?, self.node(value)?)));
                Value::Map(entries.collect::<Result<_, Box<Diagnostic>>>()?)
            }
        };
        let last = match &value {
            Value::List(items) => items.last(),
            Value::Map(entries) => {
                entries.last().map(|(key, value)| if value.place.span.end < key.place.span.end { key } else { value })
            }
            _ => None,
        };
        if let Some(last) = last {
            place.span = Span { start: place.span.start, end: place.span.end.max(last.place.span.end) };
        }
        Ok(Node { value, place })
    }

    /// A location that the reader does not know stands at the beginning.
    fn place(&self, location: Location) -> Place {
        let length = self.source.text().len();
        let span = location.span();
        let start = span.byte_offset().and_then(|offset| usize::try_from(offset).ok()).unwrap_or(0).min(length);
        let bytes = span.byte_len().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
        let end = start.saturating_add(bytes).min(length);
        Place { source: self.id, span: Span::new(start, end) }
    }

    fn finding(&self, error: &serde_yaml::Error) -> Diagnostic {
        let error = error.without_snippet();
        let mut place = error.location().map_or_else(|| self.end(), |location| self.error_place(location));
        let (code, message, help) = match error {
            serde_yaml::Error::Budget { breach, .. } => {
                use serde_yaml::budget::BudgetBreach::{AliasAnchorRatio, Aliases, Anchors};
                if matches!(breach, Anchors { .. } | Aliases { .. } | AliasAnchorRatio { .. }) {
                    place = self.mark_before(place);
                }
                (&codes::DATA_TOO_LARGE, breached(breach), None)
            }
            serde_yaml::Error::Eof { .. } => {
                place = self.end();
                (&codes::MALFORMED_DATA, "the document ends too early".to_owned(), None)
            }
            serde_yaml::Error::MultipleDocuments { .. } => (
                &codes::MALFORMED_DATA,
                "a second document begins here; one file holds one document".to_owned(),
                Some("take out the line `---`, or put what follows into a file of its own"),
            ),
            serde_yaml::Error::UnsupportedTag { .. } => return tagged(place),
            other => {
                let text = other.to_string();
                if text.contains("nesting") || text.contains("recursion limit") || text.contains("depth") {
                    (&codes::DATA_TOO_LARGE, format!("lists and maps lie deeper in each other than {DEPTH}"), None)
                } else {
                    (&codes::MALFORMED_DATA, format!("the text is neither YAML nor JSON: {}", plain(&text)), None)
                }
            }
        };
        let finding = Diagnostic::new(code, message, place);
        match help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }

    /// The anchor or alias that the reader has just read when it stands here.
    fn mark_before(&self, place: Place) -> Place {
        let read = self.source.text().get(..place.span.start as usize).unwrap_or("");
        let here = self.source.text().get(place.span.start as usize..).unwrap_or("");
        let mark = if here.starts_with(['&', '*']) { Some(read.len()) } else { read.rfind(['&', '*']) };
        mark.map_or(place, |at| Place { span: Span::new(at, at + 1), ..place })
    }

    /// The last character that is there: where a truncated document ends.
    fn end(&self) -> Place {
        let text = self.source.text();
        let end = text.trim_end().len();
        let start = text.get(..end).and_then(|text| text.char_indices().next_back()).map_or(0, |(at, _)| at);
        Place { source: self.id, span: Span::new(start, end) }
    }

    /// An error of the scanner has line and column where it has no byte offset; one at the very end points at the last text.
    fn error_place(&self, location: Location) -> Place {
        let text = self.source.text();
        let start = match location.span().byte_offset() {
            Some(_) => self.place(location).span.start as usize,
            None => {
                let line = u32::try_from(location.line()).ok().and_then(|line| self.source.line(line));
                let Some(line) = line else { return self.end() };
                let before = usize::try_from(location.column().saturating_sub(1)).unwrap_or(0);
                let mut letters = self.source.slice(line).char_indices();
                letters.nth(before).map_or(line.end as usize, |(at, _)| line.start as usize + at)
            }
        };
        if start >= text.trim_end().len() {
            return self.end();
        }
        let letter = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Place { source: self.id, span: Span::new(start, start + letter) }
    }
}

fn tagged(place: Place) -> Diagnostic {
    let message = "a tag has no meaning here";
    Diagnostic::new(&codes::MALFORMED_DATA, message, place).help("take out the word that begins with `!`")
}

fn breached(breach: &serde_yaml::budget::BudgetBreach) -> String {
    use serde_yaml::budget::BudgetBreach;
    match breach {
        BudgetBreach::Depth { .. } => format!("lists and maps lie deeper in each other than {DEPTH}"),
        BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::AliasAnchorRatio { .. } => {
            "anchors (`&`) and aliases (`*`) are not read; what they stand for is written out".to_owned()
        }
        BudgetBreach::ScalarBytes { .. } => format!("the document holds more text than {} MiB", BYTES >> 20),
        _ => format!("the document holds more values than {VALUES}"),
    }
}

/// The reader's own words, without the place that they end with.
fn plain(text: &str) -> String {
    let text = text.lines().next().unwrap_or("");
    let text = text.split(" at line ").next().unwrap_or(text);
    text.trim_end_matches('.').to_owned()
}

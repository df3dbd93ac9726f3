//! Rows of CSV (RFC 4180): the cells of many rows at a time, and one row as a tree with places for those that must be
//! looked at closely. Knows no name.

use super::blocks::Block;
use super::json;
use super::split;
use super::table::Shape;
use crate::intake::facts::ATTRIBUTES;
use crate::intake::yaml::{Node, Value};
use crate::ir::Type;
use crate::source::{Place, SourceId, Span};
use std::borrow::Cow;

/// How many rows are read side by side.
pub(super) const BATCH: usize = 64;

/// A cell of a row: what it says, and where it stands in the row.
pub(super) struct Cell<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Where a row stands in its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its first line, from the first of the block.
    pub(super) line: u32,
}

/// Rows with their cells, one after another; a cell that is missing is empty.
pub(super) struct Batch<'b> {
    pub(super) width: usize,
    pub(super) cells: Vec<&'b str>,
    pub(super) rows: Vec<At>,
    /// Rows whose cells are not these: they are looked at closely.
    pub(super) odd: Vec<bool>,
}

impl<'b> Batch<'b> {
    pub(super) fn new(width: usize) -> Self {
        Batch { width, cells: Vec::with_capacity(width * BATCH), rows: Vec::with_capacity(BATCH), odd: Vec::new() }
    }

    /// No rows.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.rows.clear();
        self.odd.clear();
    }

    /// A cell.
    pub(super) fn cell(&self, row: usize, column: usize) -> &'b str {
        self.cells.get(row * self.width + column).copied().unwrap_or("")
    }

    /// The cells of a column; of one that there is not, empty ones.
    pub(super) fn column(&self, column: Option<usize>) -> Vec<&'b str> {
        (0..self.rows.len()).map(|row| column.map_or("", |column| self.cell(row, column))).collect()
    }
}

/// Hands on the rows of a block, many at a time.
pub(super) fn batches(block: &Block, text: &str, skip: usize, width: usize, mut see: impl FnMut(&Batch<'_>)) {
    let skipped = block.bytes.get(..skip).map_or(0, |head| memchr::memchr_iter(b'\n', head).count());
    let skipped = u32::try_from(skipped).unwrap_or(u32::MAX);
    if !block.quotes && split::is_plain(&block.bytes) {
        return split::batches(text, (skip, skipped), width, |batch| see(batch));
    }
    let text = text.get(skip..).unwrap_or("");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10)
        .from_reader(text.as_bytes());
    let mut records: Vec<csv::StringRecord> = vec![csv::StringRecord::new(); BATCH];
    let has_nul = memchr::memchr(0, text.as_bytes()).is_some();
    loop {
        let mut rows: Vec<At> = Vec::with_capacity(BATCH);
        for record in &mut records {
            // A text in memory that is UTF-8, with rows of any width, has no error.
            if !reader.read_record(record).unwrap_or(false) {
                break;
            }
            let (start, line) = record.position().map_or((0, 1), |position| (position.byte(), position.line()));
            let mut start = skip + usize::try_from(start).unwrap_or(0);
            let mut line = u32::try_from(line.saturating_sub(1)).unwrap_or(u32::MAX).saturating_add(skipped);
            // The rest of the line end before it, and rows that are empty.
            while let Some(byte) = block.bytes.get(start).filter(|byte| matches!(byte, b'\r' | b'\n')) {
                line += u32::from(*byte == b'\n');
                start += 1;
            }
            let end = skip + usize::try_from(reader.position().byte()).unwrap_or(0);
            rows.push(At { start, end, line });
        }
        if rows.is_empty() {
            return;
        }
        let mut batch = Batch::new(width);
        for (record, at) in records.iter().zip(&rows) {
            let stray = || block.strays.iter().any(|stray| (at.start..at.end).contains(stray));
            let nul = || block.bytes.get(at.start..at.end).is_some_and(|row| memchr::memchr(0, row).is_some());
            let odd = record.len() != width || (!block.strays.is_empty() && stray()) || (has_nul && nul());
            batch.odd.push(odd);
            if odd {
                batch.cells.extend(std::iter::repeat_n("", width));
            } else {
                batch.cells.extend(record.iter());
            }
        }
        batch.rows = rows;
        see(&batch);
        if batch.rows.len() < BATCH {
            return;
        }
    }
}

/// The text of a row without its line end.
pub(super) fn row_text<'t>(text: &'t str, at: &At) -> &'t str {
    text.get(at.start..at.end).unwrap_or("").trim_end_matches(['\r', '\n'])
}

/// The cells of one row.
pub(super) fn cells(row: &str) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    let mut start = 0;
    loop {
        let rest = row.get(start..).unwrap_or("");
        let (text, length) = match rest.strip_prefix('"').and_then(closed) {
            Some((text, length)) => {
                let behind = rest.get(length..).unwrap_or("");
                let more = behind.find(',').unwrap_or(behind.len());
                (text, length + more)
            }
            None => {
                let length = rest.find(',').unwrap_or(rest.len());
                (Cow::Borrowed(rest.get(..length).unwrap_or("")), length)
            }
        };
        cells.push(Cell { text, start, end: start + length });
        start += length + 1;
        if start > row.len() {
            return cells;
        }
    }
}

/// What stands within quotes, and how long it is with them.
fn closed(inner: &str) -> Option<(Cow<'_, str>, usize)> {
    let mut at = 0;
    loop {
        at += inner.get(at..)?.find('"')?;
        if !inner.get(at + 1..).is_some_and(|rest| rest.starts_with('"')) {
            break;
        }
        at += 2;
    }
    let text = inner.get(..at)?;
    let text = if text.contains('"') { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) };
    Some((text, at + 2))
}

/// A row as a tree: keys, and under `attributes` the rest. `type_of` knows the types of attributes that depend on the row.
pub(super) fn node(
    row: &str,
    shape: &Shape,
    source: SourceId,
    type_of: &dyn Fn(&str) -> Option<Type>,
) -> Result<Node, json::Trouble> {
    let whole = Place { source, span: Span::new(0, row.len()) };
    let (mut entries, mut attributes) = (Vec::new(), Vec::new());
    for (cell, column) in cells(row).into_iter().zip(&shape.columns) {
        if cell.text.is_empty() {
            continue;
        }
        let place = Place { source, span: Span::new(cell.start, cell.end) };
        let key = Node { value: Value::Text(column.name.clone()), place };
        if column.is_key {
            entries.push((key, Node { value: Value::Text(cell.text.into()), place }));
        } else {
            let of = column.of.clone().or_else(|| type_of(&column.name));
            attributes.push((key, cell_node(&cell, of.as_ref(), place)?));
        }
    }
    if let Some((first, _)) = attributes.first() {
        let key = Node { value: Value::Text(ATTRIBUTES.into()), place: first.place };
        let place =
            Place { source, span: attributes.iter().fold(first.place.span, |all, (_, at)| all.to(at.place.span)) };
        entries.push((key, Node { value: Value::Map(attributes), place }));
    }
    Ok(Node { value: Value::Map(entries), place: whole })
}

/// A cell as a value: of a set, its members between `;`; what begins with `[` or `{` is JSON; a text behind `\` is as it is.
fn cell_node(cell: &Cell<'_>, of: Option<&Type>, place: Place) -> Result<Node, json::Trouble> {
    let mut of = of;
    while let Some(Type::OrNone(inner)) = of {
        of = Some(inner);
    }
    let text = &*cell.text;
    let is_text = matches!(of, Some(Type::String | Type::Element | Type::Enum(_)));
    if text.starts_with(['[', '{']) && !is_text {
        // Its places are those of the whole cell: what stands in it is quoted once more.
        let trouble = |trouble: json::Trouble| json::Trouble { at: cell.start, ..trouble };
        return json::node(text, 0, place.source).map(|node| all_at(node, place)).map_err(trouble);
    }
    let value = match of {
        Some(Type::Set(inner)) if text != "none" => {
            let members = text.split(';').map(|member| {
                let member = Cell { text: Cow::Borrowed(member), start: cell.start, end: cell.end };
                cell_node(&member, Some(inner), place)
            });
            Value::List(members.collect::<Result<_, _>>()?)
        }
        Some(Type::Bool) if text == "true" || text == "false" => Value::Truth(text == "true"),
        Some(Type::Integer) if is_number(text) => Value::Number(text.into()),
        Some(Type::String) if text.starts_with('\\') => {
            let text = text.get(1..).unwrap_or("");
            let key = Node { value: Value::Text("text".into()), place };
            Value::Map(vec![(key, Node { value: Value::Text(text.into()), place })])
        }
        _ => Value::Text(text.into()),
    };
    Ok(Node { value, place })
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'))
}

/// The same tree, all of it in one place. As deep as the reader of JSON allows.
fn all_at(node: Node, place: Place) -> Node {
    let value = match node.value {
        Value::List(items) => Value::List(items.into_iter().map(|item| all_at(item, place)).collect()),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (all_at(key, place), all_at(value, place))).collect())
        }
        other => other,
    };
    Node { value, place }
}

//! Rows that are read once more, for what is wrong with them only in sight of others: a name that stands twice. Only the rows
//! in question are kept.

use super::blocks::Blocks;
use super::found::Found;
use super::gather::{File, first_row};
use super::merge::Line;
use super::{Form, Opened, csv, json};
use crate::intake::yaml::{Node, Value};
use crate::source::{Place, Source, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The key under which a row says its name.
const ID: &str = "id";

/// Tells of names that stand twice, each with where it stands again, and where first.
pub(super) fn tell(files: &[File<'_, '_>], twice: &[(String, Line, Line)], found: &mut Found<'_>) {
    let told = twice.get(..found.patience()).unwrap_or(twice);
    let lines: BTreeSet<Line> = told.iter().flat_map(|(_, again, first)| [*again, *first]).collect();
    let mut places: BTreeMap<Line, Place> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        let wanted: BTreeSet<u32> = lines.iter().filter(|(of, _)| *of == number).map(|(_, line)| *line).collect();
        if !wanted.is_empty() {
            let all = file.names(&wanted, found);
            places.extend(all.into_iter().map(|(line, place)| ((number, line), place)));
        }
    }
    for (name, again, first) in told {
        if let (Some(again), Some(first)) = (places.get(again), places.get(first)) {
            found.twice(name, *again, *first);
        }
    }
    found.count(twice.len() - told.len());
}

impl File<'_, '_> {
    /// Where the names of the rows on these lines stand.
    fn names(&self, wanted: &BTreeSet<u32>, found: &mut Found<'_>) -> BTreeMap<u32, Place> {
        let name = &self.input.name;
        let mut places = BTreeMap::new();
        if let Some((node, source)) = &self.node {
            // Lines of a document count from the same place as those of rows.
            keys(node, 4, &mut |key| {
                let line = found.sources.get(*source).map_or(0, |text| text.position(key.place.span.start).line);
                if wanted.contains(&line) {
                    places.entry(line).or_insert(key.place);
                }
            });
            return places;
        }
        let mut rows = Vec::new();
        // A file that cannot be opened a second time is told of without its text.
        if let Ok(reader) = (self.input.open)() {
            self.rows(reader, wanted, &mut rows);
        }
        for (line, offset, text, span) in rows {
            let id = found.sources.add(Source::part(name, &text, line, offset));
            places.insert(line, Place { source: id, span });
        }
        for line in wanted {
            let nothing = Span { start: 0, end: 0 };
            places.entry(*line).or_insert_with(|| Place {
                source: found.sources.add(Source::part(name, "", *line, 0)),
                span: nothing,
            });
        }
        places
    }

    /// The rows that begin on these lines: their offsets and texts, and where in them the names stand.
    fn rows(&self, reader: Opened, wanted: &BTreeSet<u32>, rows: &mut Vec<(u32, u64, String, Span)>) {
        let is_csv = matches!(self.form, Form::Csv(_));
        let mut blocks = Blocks::new(reader, is_csv);
        let mut column = None;
        while let Some(Ok(block)) = blocks.next() {
            if is_csv && column.is_none() {
                let header = block.bytes.get(..first_row(&block.bytes)).and_then(|row| std::str::from_utf8(row).ok());
                let cells = csv::cells(header.unwrap_or("").trim_end_matches(['\r', '\n']));
                column = cells.iter().position(|cell| cell.text == ID);
            }
            let (mut line, mut at) = (block.line, 0);
            for wanted in wanted.range(block.line..) {
                while line < *wanted
                    && let Some(end) = block.bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest))
                {
                    (line, at) = (line + 1, at + end + 1);
                }
                let rest = block.bytes.get(at..).unwrap_or(&[]);
                if line < *wanted || rest.is_empty() {
                    break;
                }
                let end = if is_csv { first_row(rest) } else { memchr::memchr(b'\n', rest).unwrap_or(rest.len()) };
                let text = rest.get(..end).and_then(|row| std::str::from_utf8(row).ok()).unwrap_or("");
                let text = text.trim_end_matches(['\r', '\n']);
                let span = if is_csv { cell(text, column) } else { value(text) };
                let offset = block.offset + u64::try_from(at).unwrap_or(0);
                rows.push((line, offset, text.to_owned(), span.unwrap_or(Span { start: 0, end: 0 })));
            }
        }
    }
}

/// Where a cell of a row stands.
fn cell(row: &str, column: Option<usize>) -> Option<Span> {
    csv::cells(row).get(column?).map(|cell| Span::new(cell.start, cell.end))
}

/// Where the name in a line of JSON stands.
fn value(line: &str) -> Option<Span> {
    let node = json::node(line, 0, SourceId(0)).ok()?;
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|(key, _)| key.text() == Some(ID)).map(|(_, value)| value.place.span)
}

/// The keys of all maps below the first, so deep.
fn keys(node: &Node, depth: usize, see: &mut dyn FnMut(&Node)) {
    let Value::Map(entries) = &node.value else { return };
    for (key, value) in entries {
        if depth < 4 {
            see(key);
        }
        if depth > 1 {
            keys(value, depth - 1, see);
        }
    }
}

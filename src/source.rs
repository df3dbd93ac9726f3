//! Texts and places in them: a `Source` is one file's name and text, a `Span` a stretch of bytes in it,
//! a `Place` both. Reads no disk and knows no language.

use std::sync::Arc;

/// Which source of a [`Sources`] table; in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A stretch of bytes `start..end` of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start..end`; offsets beyond 4 GiB stand at the end (a file that large is refused before).
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// From the start of `self` to the end of `other`.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Length in bytes.
    #[must_use]
    pub fn length(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// As a range of `usize`.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A span in one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The source.
    pub source: SourceId,
    /// Where in it.
    pub span: Span,
}

/// Line and column, both from 1; columns count characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Bytes between two marks of [`Source::marks`].
const BLOCK: usize = 1024;

/// One text with its name (a path as the user wrote it, with `/`) and a table of its lines.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    lines: Vec<u32>,
    /// Characters before each block of [`BLOCK`] bytes: a column costs no walk along a line of ten megabytes.
    marks: Vec<u32>,
    /// Lines and bytes of the file before the text: it may be a part of it.
    before: (u32, u32),
}

impl Source {
    /// A source of this name and text.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        // Counted first: a table with room to spare is a tenth of the text.
        let mut lines = Vec::with_capacity(1 + text.bytes().filter(|byte| *byte == b'\n').count());
        lines.push(0);
        lines.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        let mut before = 0;
        let marks = text
            .as_bytes()
            .chunks(BLOCK)
            .map(|block| {
                let mark = before;
                before += characters(block);
                mark
            })
            .collect();
        Source { name: name.into(), text: text.into(), lines, marks, before: (0, 0) }
    }

    /// A part of a file that is too long to be kept: it begins on this line (from 1), after so many bytes.
    #[must_use]
    pub fn part(name: &str, text: &str, line: u32, bytes: u64) -> Self {
        let before = (line.saturating_sub(1), u32::try_from(bytes).unwrap_or(u32::MAX));
        Source { before, ..Source::new(name, text) }
    }

    /// Where a byte offset of the text is in the file.
    #[must_use]
    pub fn offset_in_file(&self, offset: u32) -> u32 {
        offset.saturating_add(self.before.1)
    }

    /// Characters that begin before a byte offset.
    fn characters_before(&self, offset: usize) -> u32 {
        let offset = offset.min(self.text.len());
        let block = (offset / BLOCK).min(self.marks.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block * BLOCK..offset).map_or(0, characters);
        self.marks.get(block).copied().unwrap_or(0) + rest
    }

    /// The name that places are told by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span does not fit.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or(0) as usize;
        let column = self.characters_before(offset as usize).saturating_sub(self.characters_before(start)) + 1;
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX).saturating_add(self.before.0), column }
    }

    /// The byte range of a line (from 1), without its line end; `None` past the end.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<Span> {
        let index = (line.checked_sub(self.before.0)? as usize).checked_sub(1)?;
        let start = *self.lines.get(index)? as usize;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| *next as usize - 1);
        Some(Span::new(start, end))
    }
}

/// Characters that begin in these bytes of UTF-8.
fn characters(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()).unwrap_or(u32::MAX)
}

/// All texts of one run.
#[derive(Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a text and gives it an id.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.all.push(source);
        SourceId(u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX))
    }

    /// Puts another text in the place of one, under its name and id; gives back what was there.
    pub fn replace(&mut self, id: SourceId, text: &str) -> Option<Source> {
        let source = self.all.get_mut(id.0 as usize)?;
        let new = Source::new(source.name(), text);
        Some(std::mem::replace(source, new))
    }

    /// The source of an id.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// All of them in order of id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(at, source)| (SourceId(u32::try_from(at).unwrap_or(u32::MAX)), source))
    }

    /// The text at a place.
    #[must_use]
    pub fn slice(&self, place: Place) -> &str {
        self.get(place.source).map_or("", |source| source.slice(place.span))
    }
}

#[cfg(test)]
mod tests {
    use super::{Position, Source};

    #[test]
    fn columns_count_characters_also_far_out_on_a_line() {
        let text = format!("first\n{}æøå", "å".repeat(5000));
        let source = Source::new("long", &text);
        assert_eq!(source.position(6), Position { line: 2, column: 1 });
        assert_eq!(source.position(6 + 2 * 4321), Position { line: 2, column: 4322 });
        assert_eq!(source.position(u32::try_from(text.len()).unwrap_or(0)), Position { line: 2, column: 5004 });
        assert_eq!(Source::new("empty", "").position(0), Position { line: 1, column: 1 });
    }
}

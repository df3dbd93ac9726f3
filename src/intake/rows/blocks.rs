//! A long text in blocks of whole rows, so that it is never held as a whole. Knows where a row ends, also when there are
//! line ends within quotes; knows nothing of what stands in it.

use std::io::{self, Read};

/// How much is read at a time.
const BLOCK: usize = 1 << 20;
/// A row that is longer is refused.
pub(super) const LONGEST_ROW: usize = 1 << 20;

/// Whole rows.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The line that it begins on, from 1.
    pub(super) line: u32,
    /// How many bytes of the file stand before it.
    pub(super) offset: u64,
    /// Are there quotes in it, where they mean something?
    pub(super) quotes: bool,
    /// Where a quote stands that has no business there: none in the form.
    pub(super) strays: Vec<usize>,
}

/// Why there is no next block.
#[derive(Debug)]
pub(super) enum Broken {
    /// A row does not end; what there is of it, and where its quotes open, if they do.
    TooLong { block: Block },
    /// The last row of CSV has no line end: the row, which was handed on.
    Cut { block: Block },
    /// Quotes are not closed: where they open.
    Unclosed { block: Block, at: usize },
    /// The disk says so.
    Unreadable(io::Error),
}

/// Reads blocks.
pub(super) struct Blocks<R> {
    from: R,
    rest: Vec<u8>,
    line: u32,
    offset: u64,
    quoted: bool,
    ended: bool,
    /// Room of blocks that have been worked on.
    spare: Vec<Vec<u8>>,
    /// The last row, if it has no line end.
    cut: Option<Block>,
}

/// How far the rows of a text go.
struct Ends {
    /// Behind the last row that ends.
    rows: usize,
    strays: Vec<usize>,
    /// Quotes that are open at the end.
    open: Option<usize>,
}

impl<R: Read> Blocks<R> {
    /// The blocks of a text; `quoted`: line ends may stand within quotes.
    pub(super) fn new(from: R, quoted: bool) -> Self {
        Blocks { from, rest: Vec::new(), line: 1, offset: 0, quoted, ended: false, spare: Vec::new(), cut: None }
    }

    /// Takes the room of a block back.
    pub(super) fn recycle(&mut self, block: Block) {
        let mut bytes = block.bytes;
        bytes.clear();
        self.spare.push(bytes);
    }

    /// The next block.
    pub(super) fn next(&mut self) -> Option<Result<Block, Broken>> {
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.append(&mut self.rest);
        loop {
            let before = bytes.len();
            if !self.ended {
                bytes.reserve(BLOCK);
                let limit = u64::try_from(BLOCK).unwrap_or(u64::MAX);
                match self.from.by_ref().take(limit).read_to_end(&mut bytes) {
                    Ok(read) => self.ended = read < BLOCK,
                    Err(error) => {
                        self.ended = true;
                        return Some(Err(Broken::Unreadable(error)));
                    }
                }
            }
            if bytes.is_empty() {
                return self.cut.take().map(|block| Err(Broken::Cut { block }));
            }
            let quotes = self.quoted && memchr::memchr(b'"', &bytes).is_some();
            let ends = if quotes { within_quotes(&bytes) } else { Ends::plain(&bytes) };
            let (line, offset) = (self.line, self.offset);
            let all = bytes.len();
            if self.ended {
                if let Some(at) = ends.open {
                    return Some(Err(Broken::Unclosed {
                        block: Block { bytes, line, offset, strays: ends.strays, quotes },
                        at,
                    }));
                }
                if all - ends.rows > LONGEST_ROW {
                    return Some(Err(Broken::TooLong {
                        block: Block { bytes, line, offset, strays: ends.strays, quotes },
                    }));
                }
                if self.quoted && ends.rows < all {
                    // Whether it is whole nobody can say.
                    let row = bytes.get(ends.rows..).unwrap_or(&[]).to_vec();
                    let lines = memchr::memchr_iter(b'\n', bytes.get(..ends.rows).unwrap_or(&[])).count();
                    let line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
                    let offset = offset + u64::try_from(ends.rows).unwrap_or(0);
                    self.cut = Some(Block { bytes: row, line, offset, ..Block::default() });
                }
                return Some(Ok(Block { bytes, line, offset, strays: ends.strays, quotes }));
            }
            if ends.rows > 0 {
                self.rest.extend_from_slice(bytes.get(ends.rows..).unwrap_or(&[]));
                bytes.truncate(ends.rows);
                let lines = memchr::memchr_iter(b'\n', &bytes).count();
                self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
                self.offset += u64::try_from(ends.rows).unwrap_or(0);
                let strays = ends.strays.into_iter().filter(|at| *at < ends.rows).collect();
                return Some(Ok(Block { bytes, line, offset, strays, quotes }));
            }
            if all > LONGEST_ROW {
                self.ended = true;
                let block = Block { bytes, line, offset, strays: ends.strays, quotes };
                return Some(Err(match ends.open {
                    Some(at) => Broken::Unclosed { block, at },
                    None => Broken::TooLong { block },
                }));
            }
            debug_assert!(before < all);
        }
    }
}

impl Ends {
    fn plain(bytes: &[u8]) -> Ends {
        Ends { rows: memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1), strays: Vec::new(), open: None }
    }
}

/// RFC 4180: quotes open at the beginning of a cell, two within them are one, and behind those that close a cell ends.
fn within_quotes(bytes: &[u8]) -> Ends {
    let mut ends = Ends { rows: 0, strays: Vec::new(), open: None };
    let (mut at, mut cell) = (0, 0);
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr::memchr3(b'"', b',', b'\n', rest)) {
        at += step;
        match bytes.get(at) {
            Some(b'"') if at == cell => {
                let Some(closed) = closing(bytes, at + 1) else {
                    ends.open = Some(at);
                    return ends;
                };
                at = closed + 1;
                if !matches!(bytes.get(at), None | Some(b',' | b'\n' | b'\r')) {
                    ends.strays.push(closed);
                }
                continue;
            }
            Some(b'"') => ends.strays.push(at),
            Some(b'\n') => {
                ends.rows = at + 1;
                cell = at + 1;
            }
            _ => cell = at + 1,
        }
        at += 1;
    }
    ends
}

/// The quotes that close those before.
fn closing(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

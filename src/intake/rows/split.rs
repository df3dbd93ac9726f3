//! Rows of CSV without quotes → cells: sixty-four bytes at a time. What else stands in a text is the business of `csv`.

use super::csv::{At, BATCH, Batch};

/// How many bytes are looked at at a time.
const WIDE: usize = 64;
const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
const COMMAS: u64 = 0x2C2C_2C2C_2C2C_2C2C;
const LINE_ENDS: u64 = 0x0A0A_0A0A_0A0A_0A0A;

/// The uppermost bit of each byte that is not the one of which `all` has eight.
fn others(word: u64, all: u64) -> u64 {
    let differs = word ^ all;
    // No sum goes beyond its byte.
    (((differs & LOW) + LOW) | differs) & !LOW
}

/// Is it a text that is read here: without NULs, and with CR only before LF?
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(0, b'\r', bytes).all(|at| bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n'))
}

/// Rows as they are found.
struct Rows<'t> {
    text: &'t str,
    batch: Batch<'t>,
    /// Where the cell begins, and the row; and its line.
    cell: usize,
    row: usize,
    line: u32,
}

/// Hands on the rows behind so many bytes of a text without quotes, many at a time.
pub(super) fn batches<'t>(text: &'t str, (skip, line): (usize, u32), width: usize, mut see: impl FnMut(&Batch<'t>)) {
    let bytes = text.as_bytes();
    let mut rows = Rows { text, batch: Batch::new(width), cell: skip, row: skip, line };
    for (at, eights) in (skip..).step_by(WIDE).zip(bytes.get(skip..).unwrap_or(&[]).chunks(WIDE)) {
        let (mut marks, line_ends) = marks(eights);
        while marks != 0 {
            let bit = marks.trailing_zeros();
            let here = at + bit as usize;
            rows.cell(here);
            if line_ends >> bit & 1 != 0 && rows.end(here + 1) {
                see(&rows.batch);
                rows.batch.clear();
            }
            marks &= marks - 1;
        }
    }
    // The last row may have no line end.
    if rows.row < bytes.len() {
        rows.cell(bytes.len());
        rows.end(bytes.len());
    }
    if !rows.batch.rows.is_empty() {
        see(&rows.batch);
    }
}

/// Which of these bytes are commas or line ends, and which line ends, a bit each.
fn marks(bytes: &[u8]) -> (u64, u64) {
    let (mut all, mut line_ends) = (0, 0);
    for (shift, eight) in (0..64).step_by(8).zip(bytes.chunks(8)) {
        let word = eight.first_chunk().map_or_else(|| last_word(eight), |eight| u64::from_le_bytes(*eight));
        let ends = !others(word, LINE_ENDS) & !LOW;
        all |= bits(!others(word, COMMAS) & !LOW | ends) << shift;
        line_ends |= bits(ends) << shift;
    }
    (all, line_ends)
}

/// The uppermost bits of eight bytes, side by side.
fn bits(uppermost: u64) -> u64 {
    (uppermost >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

fn last_word(rest: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
    u64::from_le_bytes(eight)
}

impl<'t> Rows<'t> {
    /// A cell ends.
    fn cell(&mut self, end: usize) {
        self.batch.cells.push(self.text.get(self.cell..end).unwrap_or(""));
        self.cell = end + 1;
    }

    /// A row ends, behind its line end. Are there as many as are read side by side?
    fn end(&mut self, end: usize) -> bool {
        let batch = &mut self.batch;
        let before = batch.rows.len() * batch.width;
        let cells = batch.cells.len() - before;
        if let Some(last) = batch.cells.last_mut() {
            *last = last.strip_suffix('\r').unwrap_or(last);
        }
        let (start, line) = (self.row, self.line);
        (self.row, self.line) = (end, line + 1);
        if cells == 1 && batch.cells.last().is_some_and(|cell| cell.is_empty()) {
            // An empty line is no row.
            batch.cells.pop();
            return false;
        }
        let odd = cells != batch.width;
        if odd {
            batch.cells.truncate(before);
            batch.cells.extend(std::iter::repeat_n("", batch.width));
        }
        batch.odd.push(odd);
        batch.rows.push(At { start, end, line });
        batch.rows.len() == BATCH
    }
}

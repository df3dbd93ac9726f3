//! Many rows put in order, on all threads: told apart by a number first, as letters are by a post office, and then compared
//! only with those of the same number. Knows no row.

use rayon::prelude::*;
use std::cmp::Ordering;

/// How many stretches numbers are told apart by first: the rows of one lie near the processor.
const STRETCHES: usize = 256;

/// Rows of a part by stretch, and where each stretch ends.
struct Sorted<R> {
    rows: Vec<R>,
    ends: Vec<usize>,
}

/// The rows of all parts in order of their group, a number below `groups`, and within it as `compare` says.
pub(super) fn ordered<R: Copy + Send + Sync>(
    parts: Vec<Vec<R>>,
    groups: usize,
    group: impl Fn(&R) -> u32 + Sync,
    compare: impl Fn(&R, &R) -> Ordering + Sync,
) -> Vec<R> {
    let Some(filler) = parts.iter().find_map(|part| part.first().copied()) else { return Vec::new() };
    let shift = (groups / STRETCHES).checked_ilog2().map_or(0, |bits| bits + 1);
    let stretches = (groups >> shift) + 1;
    let parts: Vec<Sorted<R>> = parts
        .into_par_iter()
        .map(|part| sorted(&part, filler, stretches, |row| (group(row) >> shift) as usize))
        .collect();
    let mut sizes = vec![0; stretches];
    for part in &parts {
        for (at, size) in sizes.iter_mut().enumerate() {
            *size += part.stretch(at).len();
        }
    }
    let mut all = vec![filler; sizes.iter().sum()];
    split(&mut all, sizes).into_par_iter().enumerate().for_each(|(stretch, rows)| {
        let lowest = u32::try_from(stretch << shift).unwrap_or(u32::MAX);
        let low = |row: &R| group(row).wrapping_sub(lowest) as usize;
        let mut ends = vec![0_usize; (1 << shift) + 1];
        let each = || parts.iter().flat_map(|part| part.stretch(stretch));
        for row in each() {
            ends.get_mut(low(row) + 1).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        for row in each() {
            if let Some(end) = ends.get_mut(low(row)) {
                rows.get_mut(*end).into_iter().for_each(|slot| *slot = *row);
                *end += 1;
            }
        }
        let mut start = 0;
        for end in ends {
            let same = rows.get_mut(start..end).unwrap_or(&mut []);
            if same.len() > 1 {
                same.sort_unstable_by(&compare);
            }
            start = end;
        }
    });
    all
}

impl<R> Sorted<R> {
    fn stretch(&self, at: usize) -> &[R] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.rows.get(start..*end)).unwrap_or(&[])
    }
}

/// Rows by stretch, in their order within each.
fn sorted<R: Copy>(part: &[R], filler: R, stretches: usize, stretch: impl Fn(&R) -> usize) -> Sorted<R> {
    let mut ends = vec![0_usize; stretches];
    for row in part {
        ends.get_mut(stretch(row)).into_iter().for_each(|count| *count += 1);
    }
    let mut sum = 0;
    for end in &mut ends {
        (*end, sum) = (sum, sum + *end);
    }
    let mut rows = vec![filler; part.len()];
    for row in part {
        if let Some(end) = ends.get_mut(stretch(row)) {
            rows.get_mut(*end).into_iter().for_each(|slot| *slot = *row);
            *end += 1;
        }
    }
    Sorted { rows, ends }
}

/// A slice in pieces of these sizes.
pub(super) fn split<R>(mut all: &mut [R], sizes: impl IntoIterator<Item = usize>) -> Vec<&mut [R]> {
    let mut pieces = Vec::new();
    for size in sizes {
        let (piece, rest) = all.split_at_mut_checked(size).unwrap_or_default();
        pieces.push(piece);
        all = rest;
    }
    pieces
}

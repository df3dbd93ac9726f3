//! The cells of a column: what a number in a cell means, and how many bytes it takes. Knows no row.

use super::day;
use super::texts::Texts;
use super::told::{Kept, Members, Told};
use super::{EntityId, ThingId, Value};
use crate::ir::EnumId;
use crate::terms::root::Consent;
use std::collections::BTreeMap;

/// Cells of nothing known, and of `none`.
pub(super) const MISSING: u32 = 0;
pub(super) const NONE: u32 = 1;
/// What the first value is counted from.
pub(super) const FIRST: u32 = 2;

/// What a cell of four bytes means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Bool,
    Date,
    String,
    Element,
    Entity,
    Thing,
    Enum(EnumId),
    Consent,
}

#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Four in a byte, and how many.
    Bits(Vec<u8>, usize),
    /// A value of an enum with few, or of consent.
    Bytes(Sort, Vec<u8>),
    Words(Sort, Vec<u32>),
    /// Sets by number: where each ends among the members.
    Sets {
        sort: Sort,
        cells: Vec<u32>,
        ends: Vec<u32>,
        members: Vec<u32>,
    },
    /// All else, each value once.
    Values {
        cells: Vec<u32>,
        values: Vec<Value>,
        numbers: BTreeMap<Value, u32>,
    },
}

impl Sort {
    /// The sort of a value, with its word; `None`: it has none.
    pub(super) fn of(value: Told<'_>, texts: &mut Texts) -> Option<(Sort, u32)> {
        Some(match value {
            Told::Bool(so) => (Sort::Bool, u32::from(so)),
            Told::Date(day) => (Sort::Date, day::packed(day)),
            Told::String(text) => (Sort::String, texts.add(text)?.0),
            Told::Element(text) => (Sort::Element, texts.add(text)?.0),
            Told::Entity(who) => (Sort::Entity, who.0),
            Told::Thing(id) => (Sort::Thing, id.0),
            Told::Enum(id, at) => (Sort::Enum(id), at),
            Told::Consent(state) => (Sort::Consent, u32::from(state == Consent::Given)),
            _ => return None,
        })
    }

    /// The value of a word of a sort that needs no text.
    pub(super) fn told_number(self, word: u32) -> Option<Told<'static>> {
        Some(match self {
            Sort::Bool => Told::Bool(word != 0),
            Sort::Date => Told::Date(day::unpacked(word)?),
            Sort::Entity => Told::Entity(EntityId(word)),
            Sort::Thing => Told::Thing(ThingId(word)),
            Sort::Enum(id) => Told::Enum(id, word),
            Sort::Consent => Told::Consent(if word != 0 { Consent::Given } else { Consent::Withdrawn }),
            Sort::String | Sort::Element => return None,
        })
    }

    /// The value of a word.
    pub(super) fn told(self, word: u32, texts: &Texts) -> Option<Told<'_>> {
        match self {
            Sort::String => Some(Told::String(texts.get(word))),
            Sort::Element => Some(Told::Element(texts.get(word))),
            number => number.told_number(word),
        }
    }
}

/// Members that are all of one sort, as words.
pub(super) fn words_of(members: Members<'_>, texts: &mut Texts) -> Option<(Sort, Vec<u32>)> {
    let mut sort = None;
    let mut words = Vec::new();
    for member in members.iter() {
        let (of, word) = Sort::of(member, texts)?;
        if *sort.get_or_insert(of) != of {
            return None;
        }
        words.push(word);
    }
    Some((sort.unwrap_or(Sort::Bool), words))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Cells without what they mean: moved, then put in the place of the others.
pub(super) struct Blank {
    bits: Vec<u8>,
    bytes: Vec<u8>,
    words: Vec<u32>,
}

impl Blank {
    /// These cells, in the form of those that it is made of.
    pub(super) fn fill(&mut self, form: &Cells, cells: &[u32]) {
        match form {
            Cells::Bits(..) => {
                let byte = |four: &[u32]| {
                    four.iter().rev().fold(0, |all, cell| all << 2 | u8::try_from(cell & 3).unwrap_or(0))
                };
                self.bits = cells.chunks(4).map(byte).collect();
            }
            Cells::Bytes(..) => self.bytes = cells.iter().map(|cell| u8::try_from(*cell).unwrap_or(0)).collect(),
            _ => self.words = cells.to_vec(),
        }
    }

    pub(super) fn set(&mut self, at: usize, cell: u32) {
        if let Some(byte) = self.bits.get_mut(at / 4) {
            *byte |= u8::try_from(cell & 3).unwrap_or(0) << (at % 4 * 2);
        } else if let Some(byte) = self.bytes.get_mut(at) {
            *byte = u8::try_from(cell).unwrap_or(0);
        } else if let Some(word) = self.words.get_mut(at) {
            *word = cell;
        }
    }
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        match self {
            Cells::Bits(_, length) => *length,
            Cells::Bytes(_, bytes) => bytes.len(),
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => cells.len(),
        }
    }

    pub(super) fn get(&self, at: usize) -> u32 {
        match self {
            Cells::Bits(bits, length) if at < *length => {
                bits.get(at / 4).map_or(MISSING, |byte| u32::from(byte >> (at % 4 * 2) & 3))
            }
            Cells::Bits(..) => MISSING,
            Cells::Bytes(_, bytes) => bytes.get(at).map_or(MISSING, |byte| u32::from(*byte)),
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => {
                cells.get(at).copied().unwrap_or(MISSING)
            }
        }
    }

    /// Another cell of the same sort.
    pub(super) fn set(&mut self, at: usize, cell: u32) {
        match self {
            Cells::Bits(bits, _) => {
                if let Some(byte) = bits.get_mut(at / 4) {
                    let shift = at % 4 * 2;
                    *byte = *byte & !(3 << shift) | u8::try_from(cell & 3).unwrap_or(0) << shift;
                }
            }
            Cells::Bytes(_, bytes) => {
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = u8::try_from(cell).unwrap_or(0));
            }
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => {
                cells.get_mut(at).into_iter().for_each(|slot| *slot = cell);
            }
        }
    }

    pub(super) fn push(&mut self, cell: u32) {
        match self {
            Cells::Bits(bits, length) => {
                if length.is_multiple_of(4) {
                    bits.push(0);
                }
                if let Some(byte) = bits.last_mut() {
                    *byte |= u8::try_from(cell & 3).unwrap_or(0) << (*length % 4 * 2);
                }
                *length += 1;
            }
            Cells::Bytes(_, bytes) => bytes.push(u8::try_from(cell).unwrap_or(0)),
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => cells.push(cell),
        }
    }

    /// Cells behind the others.
    pub(super) fn extend(&mut self, more: &[u32]) {
        match self {
            Cells::Bits(..) => more.iter().for_each(|cell| self.push(*cell)),
            Cells::Bytes(_, bytes) => bytes.extend(more.iter().map(|cell| u8::try_from(*cell).unwrap_or(0))),
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => cells.extend(more),
        }
    }

    /// The cells of these rows, where the first cell is that of row `first`.
    pub(super) fn gather(&self, first: u32, rows: &[u32]) -> Vec<u32> {
        let at = |row: &u32| row.wrapping_sub(first) as usize;
        match self {
            Cells::Bytes(_, bytes) => {
                rows.iter().map(|row| bytes.get(at(row)).map_or(MISSING, |byte| u32::from(*byte))).collect()
            }
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => {
                rows.iter().map(|row| cells.get(at(row)).copied().unwrap_or(MISSING)).collect()
            }
            Cells::Bits(..) => rows.iter().map(|row| self.get(at(row))).collect(),
        }
    }

    pub(super) fn shrink(&mut self) {
        match self {
            Cells::Bits(bits, _) => bits.shrink_to_fit(),
            Cells::Bytes(_, bytes) => bytes.shrink_to_fit(),
            Cells::Words(_, words) => words.shrink_to_fit(),
            Cells::Sets { cells, ends, members, .. } => {
                [cells, ends, members].into_iter().for_each(Vec::shrink_to_fit);
            }
            Cells::Values { cells, values, .. } => {
                cells.shrink_to_fit();
                values.shrink_to_fit();
            }
        }
    }

    /// Is there nothing but missing ones and `none`, so that it may become cells of any sort?
    fn is_blank(&self) -> bool {
        matches!(self, Cells::Bits(bits, _) if bits.iter().all(|byte| byte & 0b1010_1010 == 0))
    }

    /// Can a word of this sort stand here? The first decides of which sort the cells are.
    pub(super) fn takes(&mut self, sort: Sort, word: u32) -> bool {
        let small = matches!(sort, Sort::Enum(_) | Sort::Consent) && word < 200;
        match self {
            Cells::Words(known, _) => return *known == sort,
            Cells::Bytes(known, bytes) if *known == sort && !small => {
                *self = Cells::Words(sort, bytes.iter().map(|byte| u32::from(*byte)).collect());
                return true;
            }
            Cells::Bytes(known, _) => return *known == sort,
            Cells::Sets { .. } | Cells::Values { .. } => return false,
            Cells::Bits(..) => {}
        }
        if sort == Sort::Bool {
            return true;
        }
        if !self.is_blank() {
            return false;
        }
        let cells = (0..self.len()).map(|at| self.get(at));
        *self = if small {
            Cells::Bytes(sort, cells.map(|cell| u8::try_from(cell).unwrap_or(0)).collect())
        } else {
            Cells::Words(sort, cells.collect())
        };
        true
    }

    /// The number of a set of words, if sets of such words stand here.
    pub(super) fn enter_set(&mut self, of: Sort, words: &[u32]) -> Option<u32> {
        if self.is_blank() {
            let cells = (0..self.len()).map(|at| self.get(at)).collect();
            *self = Cells::Sets { sort: of, cells, ends: Vec::new(), members: Vec::new() };
        }
        let Cells::Sets { sort, ends, members, .. } = self else { return None };
        if members.is_empty() {
            *sort = of;
        }
        if *sort != of && !words.is_empty() {
            return None;
        }
        members.extend(words);
        ends.push(number(members.len()));
        Some(number(ends.len() - 1))
    }

    /// The number of a value among those that stand here once each; other cells become such.
    pub(super) fn number_of(&mut self, value: Told<'_>, texts: &Texts) -> u32 {
        if !matches!(self, Cells::Values { .. }) {
            let (mut cells, mut values, mut numbers) = (Vec::with_capacity(self.len()), Vec::new(), BTreeMap::new());
            for at in 0..self.len() {
                let cell = self.get(at);
                let known = cell.checked_sub(FIRST).and_then(|cell| self.told(cell, texts)).map(Told::to_value);
                cells.push(known.map_or(cell, |value| enter(value, &mut values, &mut numbers) + FIRST));
            }
            *self = Cells::Values { cells, values, numbers };
        }
        match self {
            Cells::Values { values, numbers, .. } => enter(value.to_value(), values, numbers),
            _ => 0,
        }
    }

    pub(super) fn told<'f>(&'f self, cell: u32, texts: &'f Texts) -> Option<Told<'f>> {
        match self {
            Cells::Bits(..) => Some(Told::Bool(cell != 0)),
            Cells::Bytes(sort, _) | Cells::Words(sort, _) => sort.told(cell, texts),
            Cells::Sets { sort, ends, members, .. } => {
                let at = cell as usize;
                let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0) as usize;
                let words = members.get(start..*ends.get(at)? as usize)?;
                Some(Told::Set(Members(Kept::Words(*sort, words, texts))))
            }
            Cells::Values { values, .. } => values.get(cell as usize).map(Told::of),
        }
    }

    pub(super) fn keep_known(&mut self) {
        match self {
            Cells::Bits(..) => {
                let known: Vec<u32> = (0..self.len()).map(|at| self.get(at)).filter(|cell| *cell != MISSING).collect();
                *self = Cells::Bits(Vec::new(), 0);
                known.into_iter().for_each(|cell| self.push(cell));
            }
            Cells::Bytes(_, bytes) => bytes.retain(|byte| u32::from(*byte) != MISSING),
            Cells::Words(_, cells) | Cells::Sets { cells, .. } | Cells::Values { cells, .. } => {
                cells.retain(|cell| *cell != MISSING);
            }
        }
    }

    pub(super) fn blank(&self, length: usize) -> Blank {
        let none = || Blank { bits: Vec::new(), bytes: Vec::new(), words: Vec::new() };
        match self {
            Cells::Bits(..) => Blank { bits: vec![0; length.div_ceil(4)], ..none() },
            Cells::Bytes(..) => Blank { bytes: vec![0; length], ..none() },
            _ => Blank { words: vec![0; length], ..none() },
        }
    }

    /// So many cells in the place of those.
    pub(super) fn with(self, blank: Blank, length: usize) -> Cells {
        match self {
            Cells::Bits(..) => Cells::Bits(blank.bits, length),
            Cells::Bytes(sort, _) => Cells::Bytes(sort, blank.bytes),
            Cells::Words(sort, _) => Cells::Words(sort, blank.words),
            Cells::Sets { sort, ends, members, .. } => Cells::Sets { sort, cells: blank.words, ends, members },
            Cells::Values { values, numbers, .. } => Cells::Values { cells: blank.words, values, numbers },
        }
    }
}

fn enter(value: Value, values: &mut Vec<Value>, numbers: &mut BTreeMap<Value, u32>) -> u32 {
    let next = number(values.len());
    *numbers.entry(value).or_insert_with_key(|value| {
        values.push(value.clone());
        next
    })
}

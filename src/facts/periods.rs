//! Periods of rows, in four bytes each: one that is open on a side stands in its id itself, others stand here once. Asks
//! no day whether it is today.

use super::day::{self, Day};
use crate::terms::period::Period;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A period of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeriodId(pub(super) u32);

/// Marks the id of a period from a day on, which stands below.
const FROM: u32 = 1 << 31;
/// Marks, with the other, the id of one that only ends.
const BEFORE: u32 = 1 << 30;

impl PeriodId {
    /// [`Period::ALWAYS`].
    pub const ALWAYS: PeriodId = PeriodId(0);

    /// The day in it, if it is one that is open on a side.
    fn day(self) -> Option<u32> {
        (self.0 & FROM != 0).then_some(self.0 & !(FROM | BEFORE))
    }

    fn is_from(self) -> bool {
        self.0 & BEFORE == 0
    }
}

/// Each period that has two ends once.
#[derive(Clone, Debug)]
pub struct Periods {
    all: Vec<Period>,
    /// By both days, mixed with a number of this run: nobody can write periods that all meet in one slot.
    ids: FxHashMap<u64, u32>,
    secret: u64,
}

impl Default for Periods {
    fn default() -> Self {
        let secret = RandomState::new().hash_one(0_u64);
        Periods { all: Vec::new(), ids: FxHashMap::default(), secret }
    }
}

impl Periods {
    /// The id of a period, which gets one if it has none.
    pub fn add(&mut self, period: Period) -> PeriodId {
        let end = |day: Option<Date>| day.map_or(0, day::packed);
        let (from, before) = (end(period.from), end(period.before));
        match (period.from, period.before) {
            (None, None) => PeriodId::ALWAYS,
            (Some(_), None) if from != 0 => PeriodId(from | FROM),
            (None, Some(_)) if before != 0 => PeriodId(before | FROM | BEFORE),
            _ => self.enter(u64::from(from) << 32 | u64::from(before), || period),
        }
    }

    /// The id of the period from a day until before another; `None`: it has no day.
    pub fn add_days(&mut self, from: Option<Day>, before: Option<Day>) -> Option<PeriodId> {
        Some(match (from, before) {
            (None, None) => PeriodId::ALWAYS,
            (Some(from), None) => PeriodId(from.packed() | FROM),
            (None, Some(before)) => PeriodId(before.packed() | FROM | BEFORE),
            (Some(from), Some(before)) if from >= before => return None,
            (Some(from), Some(before)) => {
                let (from, before) = (from.packed(), before.packed());
                let period = || Period { from: day::unpacked(from), before: day::unpacked(before) };
                self.enter(u64::from(from) << 32 | u64::from(before), period)
            }
        })
    }

    fn enter(&mut self, days: u64, period: impl FnOnce() -> Period) -> PeriodId {
        let all = &mut self.all;
        PeriodId(*self.ids.entry(days ^ self.secret).or_insert_with(|| {
            all.push(period());
            super::roles::number(all.len()) & !FROM
        }))
    }

    /// Takes the periods of others: for each that stands there the id that it has here.
    pub fn absorb(&mut self, others: &Periods) -> Moved {
        Moved(others.all.iter().map(|period| self.add(*period)).collect())
    }

    /// The period of an id.
    #[must_use]
    pub fn get(&self, id: PeriodId) -> Period {
        match id.day() {
            Some(day) if id.is_from() => Period { from: day::unpacked(day), before: None },
            Some(day) => Period { from: None, before: day::unpacked(day) },
            None => self.kept(id).unwrap_or(Period::ALWAYS),
        }
    }

    /// Is it in force on this day?
    #[must_use]
    pub fn is_on(&self, id: PeriodId, today: Date) -> bool {
        match id.day() {
            Some(day) => (day::packed(today) >= day) == id.is_from(),
            None => self.kept(id).is_none_or(|period| period.has(today)),
        }
    }

    /// The order of two periods.
    #[must_use]
    pub fn compare(&self, one: PeriodId, other: PeriodId) -> std::cmp::Ordering {
        if one == other { std::cmp::Ordering::Equal } else { self.get(one).cmp(&self.get(other)) }
    }

    fn kept(&self, id: PeriodId) -> Option<Period> {
        self.all.get((id.0 as usize).checked_sub(1)?).copied()
    }
}

/// The ids of periods among others.
#[derive(Debug)]
pub struct Moved(Vec<PeriodId>);

impl Moved {
    /// The id there of one of here.
    #[must_use]
    pub fn of(&self, id: PeriodId) -> PeriodId {
        if id.day().is_some() {
            return id;
        }
        (id.0 as usize).checked_sub(1).and_then(|at| self.0.get(at)).copied().unwrap_or(id)
    }
}

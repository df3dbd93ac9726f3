//! Delegations in two orders: by receiver, as they stand in memory, and by party. Asks no package what it means.

use super::periods::{PeriodId, Periods};
use super::roles::{grouped, range, starts, usizes};
use super::{EntityId, day};
use crate::ir::{AreaId, PackageId};
use crate::terms::period::Period;
use jiff::{Timestamp, civil::Date};
use std::ops::Range;

/// What a delegation gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given {
    /// A package.
    Package(PackageId),
    /// An area.
    Area(AreaId),
}

/// *Kari gave Per the package for the clinic* (docs/meaning.md, F3), without its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delegated {
    /// Who receives.
    pub receiver: EntityId,
    /// For whom.
    pub party: EntityId,
    /// What.
    pub what: Given,
    /// Who gives.
    pub giver: EntityId,
    /// The day it was given.
    pub given: Date,
    /// When it is in force.
    pub period: Period,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

impl Delegated {
    /// Is it in force? (F3)
    #[must_use]
    pub fn in_force(&self, now: Timestamp, today: Date) -> bool {
        self.period.has(today) && today >= self.given && self.withdrawn.is_none_or(|moment| now < moment)
    }
}

/// What stands for an area, in `what` of a row.
const AREA: u32 = 1 << 31;

/// A delegation as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct DelegationRow {
    /// Who receives.
    pub receiver: EntityId,
    /// For whom.
    pub party: EntityId,
    what: u32,
    /// Who gives.
    pub giver: EntityId,
    given: u32,
    /// When it is in force.
    pub period: PeriodId,
    /// Its number among those that were read, and then where it was read: a number that the reader gives and understands.
    pub read_at: u32,
}

impl DelegationRow {
    /// A row; that it is withdrawn is kept beside it.
    #[must_use]
    pub fn new(of: &Delegated, period: PeriodId, read_at: u32) -> Self {
        let what = match of.what {
            Given::Package(id) => id.0,
            Given::Area(id) => id.0 | AREA,
        };
        let Delegated { receiver, party, giver, given, .. } = *of;
        DelegationRow { receiver, party, what, giver, given: day::packed(given), period, read_at }
    }

    /// What is given.
    #[must_use]
    pub fn what(&self) -> Given {
        if self.what & AREA == 0 {
            Given::Package(PackageId(self.what))
        } else {
            Given::Area(AreaId(self.what & !AREA))
        }
    }

    /// The day it was given.
    #[must_use]
    pub fn given(&self) -> Date {
        day::unpacked(self.given).unwrap_or_default()
    }

    /// The order of rows: that of [`Delegated`], as far as it stands in the row.
    #[must_use]
    pub fn compare(&self, other: &DelegationRow, periods: &Periods) -> std::cmp::Ordering {
        let key = |row: &DelegationRow| (row.receiver, row.party, row.what, row.giver, row.given);
        key(self).cmp(&key(other)).then_with(|| periods.compare(self.period, other.period))
    }
}

/// All delegations.
#[derive(Clone, Debug, Default)]
pub struct Delegations {
    rows: Vec<DelegationRow>,
    /// Moments of withdrawal, by place.
    withdrawn: Vec<(u32, Timestamp)>,
    receivers: Vec<u32>,
    by_party: Vec<u32>,
    parties: Vec<u32>,
}

impl Delegations {
    /// These rows, in order and without repeats, of so many entities; with the places of those that are withdrawn, in order.
    #[must_use]
    pub fn of(mut rows: Vec<DelegationRow>, withdrawn: Vec<(u32, Timestamp)>, entities: usize) -> Self {
        rows.shrink_to_fit();
        let receivers = starts(rows.iter().map(|row| row.receiver.0), entities);
        let (parties, by_party) = grouped(rows.len(), entities, |at| rows.get(at).map_or(0, |row| row.party.0));
        Delegations { rows, withdrawn, receivers, by_party, parties }
    }

    /// All of them.
    #[must_use]
    pub fn rows(&self) -> &[DelegationRow] {
        &self.rows
    }

    /// The moment at which one was withdrawn.
    #[must_use]
    pub fn withdrawn(&self, at: u32) -> Option<Timestamp> {
        let found = self.withdrawn.binary_search_by_key(&at, |(place, _)| *place).ok()?;
        self.withdrawn.get(found).map(|(_, moment)| *moment)
    }

    /// The places of those that somebody received: they stand together, in order of party.
    #[must_use]
    pub fn to(&self, receiver: EntityId) -> Range<u32> {
        range(&self.receivers, receiver.0)
    }

    /// The places of those for a party.
    #[must_use]
    pub fn for_party(&self, party: EntityId) -> &[u32] {
        self.by_party.get(usizes(range(&self.parties, party.0))).unwrap_or(&[])
    }
}

//! Role facts in two orders: by subject, as they stand in memory, and by party. Asks no role what it means.

use super::EntityId;
use super::periods::{PeriodId, Periods};
use crate::ir::RoleId;
use crate::terms::period::Period;

/// *Kari is manager for the clinic* (docs/meaning.md, F2). In order of subject, party (for nobody last), role, period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RoleFact {
    /// Who has it.
    pub subject: EntityId,
    /// Which role.
    pub role: RoleId,
    /// For whom; `None` for a status.
    pub party: Option<EntityId>,
    /// When.
    pub period: Period,
}

impl RoleFact {
    fn key(&self) -> (EntityId, Party, RoleId, Period) {
        (self.subject, Party::of(self.party), self.role, self.period)
    }
}

impl Ord for RoleFact {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for RoleFact {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// For whom, in four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(u32);

impl Party {
    /// Nobody: of a status.
    pub const NOBODY: Party = Party(u32::MAX);

    /// This one.
    #[must_use]
    pub fn of(party: Option<EntityId>) -> Self {
        party.map_or(Party::NOBODY, |id| Party(id.0))
    }

    /// Whom.
    #[must_use]
    pub fn get(self) -> Option<EntityId> {
        (self != Party::NOBODY).then_some(EntityId(self.0))
    }
}

/// A role fact as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct RoleRow {
    /// Who has it.
    pub subject: EntityId,
    /// For whom.
    pub party: Party,
    /// Which role.
    pub role: RoleId,
    /// When.
    pub period: PeriodId,
    /// Where it was read: a number that the reader gives and understands.
    pub read_at: u32,
}

impl RoleRow {
    /// The order of rows: that of [`RoleFact`], then where they were read.
    #[must_use]
    pub fn compare(&self, other: &RoleRow, periods: &Periods) -> std::cmp::Ordering {
        let key = |row: &RoleRow| (row.subject, row.party, row.role);
        key(self)
            .cmp(&key(other))
            .then_with(|| periods.compare(self.period, other.period).then_with(|| self.read_at.cmp(&other.read_at)))
    }

    fn is_same_as(&self, other: &RoleRow) -> bool {
        (self.subject, self.party, self.role, self.period) == (other.subject, other.party, other.role, other.period)
    }
}

/// The role facts of one subject: they stand together.
#[derive(Clone, Copy, Debug)]
pub struct RolesOf<'f> {
    /// The place of the first.
    pub first: u32,
    /// All of them, in order of party, role and period.
    pub rows: &'f [RoleRow],
}

/// All role facts.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    rows: Vec<RoleRow>,
    /// Where the rows of each subject begin, and at last where they end.
    by_subject: Vec<u32>,
    /// Places in order of party, nobody last.
    by_party: Vec<u32>,
    /// Where those of each party begin, and at last where they end.
    parties: Vec<u32>,
}

impl Roles {
    /// These rows, of so many entities; in order or not, of repeats the first one read counts.
    #[must_use]
    pub fn of(mut rows: Vec<RoleRow>, entities: usize, periods: &Periods) -> Self {
        if !rows.is_sorted_by(|one, other| one.compare(other, periods).is_le()) {
            rows.sort_unstable_by(|one, other| one.compare(other, periods));
        }
        Roles::of_sorted(rows, entities)
    }

    /// These rows, in order ([`RoleRow::compare`]), of so many entities; of repeats the first counts.
    #[must_use]
    pub fn of_sorted(mut rows: Vec<RoleRow>, entities: usize) -> Self {
        rows.dedup_by(|later, earlier| later.is_same_as(earlier));
        rows.shrink_to_fit();
        let by_subject = starts(rows.iter().map(|row| row.subject.0), entities);
        let nobody = number(entities);
        let party = |row: &RoleRow| row.party.get().map_or(nobody, |party| party.0);
        let (parties, by_party) = grouped(rows.len(), entities + 1, |at| rows.get(at).map_or(nobody, party));
        Roles { rows, by_subject, by_party, parties }
    }

    /// All of them.
    #[must_use]
    pub fn rows(&self) -> &[RoleRow] {
        &self.rows
    }

    /// Those of a subject.
    #[must_use]
    pub fn of_subject(&self, subject: EntityId) -> RolesOf<'_> {
        let range = range(&self.by_subject, subject.0);
        RolesOf { first: range.start, rows: self.rows.get(usizes(range)).unwrap_or(&[]) }
    }

    /// The places of those for a party; for nobody: of statuses.
    #[must_use]
    pub fn for_party(&self, party: Option<EntityId>) -> &[u32] {
        let nobody = number(self.parties.len().saturating_sub(2));
        let range = range(&self.parties, party.map_or(nobody, |party| party.0));
        self.by_party.get(usizes(range)).unwrap_or(&[])
    }
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn usizes(range: std::ops::Range<u32>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}

/// Where each group of sorted rows begins, and at last where they end.
pub(super) fn starts(groups: impl Iterator<Item = u32>, count: usize) -> Vec<u32> {
    let (mut starts, mut rows) = (Vec::new(), 0);
    for group in groups {
        if starts.is_empty() {
            starts.reserve_exact(count + 1);
        }
        while starts.len() <= group as usize {
            starts.push(rows);
        }
        rows += 1;
    }
    starts.push(rows);
    starts
}

/// The rows of a group.
pub(super) fn range(starts: &[u32], group: u32) -> std::ops::Range<u32> {
    let at = group as usize;
    match (starts.get(at), starts.get(at + 1)) {
        (Some(start), Some(end)) => *start..*end,
        _ => 0..0,
    }
}

/// How many stretches groups are told apart by first: the memory of one of them lies near the processor.
const STRETCHES: usize = 256;

/// Rows by group, in their order within each: where each group begins (and at last where the last ends), and the rows.
/// Linear, and in two steps, so that neither writes far and wide.
pub(super) fn grouped(rows: usize, groups: usize, group: impl Fn(usize) -> u32) -> (Vec<u32>, Vec<u32>) {
    if rows == 0 {
        return (Vec::new(), Vec::new());
    }
    let shift = (groups / STRETCHES).checked_ilog2().map_or(0, |bits| bits + 1);
    let mut ends = vec![0_usize; (groups >> shift) + 1];
    for at in 0..rows {
        ends.get_mut((group(at) >> shift) as usize).into_iter().for_each(|count| *count += 1);
    }
    let mut sum = 0;
    for end in &mut ends {
        (*end, sum) = (sum, sum + *end);
    }
    let mut pairs = vec![(0_u32, 0_u32); sum];
    for at in 0..rows {
        let group = group(at);
        if let Some(end) = ends.get_mut((group >> shift) as usize) {
            pairs.get_mut(*end).into_iter().for_each(|slot| *slot = (group, number(at)));
            *end += 1;
        }
    }
    // Now each end is one; groups are counted one stretch at a time.
    let (mut starts, mut ordered) = (vec![0_u32; groups + 1], vec![0_u32; sum]);
    let mut first = 0;
    for end in ends {
        let some = pairs.get(first..end).unwrap_or(&[]);
        let Some((lowest, _)) = some.first() else { continue };
        let low = (*lowest >> shift << shift) as usize;
        let Some(counts) = starts.get_mut(low..(low + (1 << shift)).min(groups)) else { continue };
        for (group, _) in some {
            counts.get_mut(*group as usize - low).into_iter().for_each(|count| *count += 1);
        }
        let mut sum = number(first);
        for count in counts.iter_mut() {
            (*count, sum) = (sum, sum + *count);
        }
        for (group, at) in some {
            if let Some(place) = counts.get_mut(*group as usize - low) {
                ordered.get_mut(*place as usize).into_iter().for_each(|slot| *slot = *at);
                *place += 1;
            }
        }
        first = end;
    }
    // Each place has come to where its group ends: where the next begins.
    let mut begins = 0;
    for start in &mut starts {
        let end = (*start).max(begins);
        (*start, begins) = (begins, end);
    }
    (starts, ordered)
}

//! Facts as the quick way reads them: of each entity in one place where its role facts and what it received begin, and one byte that
//! tells when there is nothing to look for. Decides nothing.

use crate::facts::{DelegationRow, EntityId, Facts, Party, PeriodId, RoleRow};
use crate::ir::{Meaning, RoleId};
use crate::terms::kind::Kind;
use jiff::{Timestamp, civil::Date};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What is so of an entity, as far as facts alone tell: without a mark there is nothing to look for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks(u8);

impl Marks {
    const KIND: u8 = 0b11;
    /// Something was delegated to it.
    pub(super) const RECEIVES: u8 = 1 << 2;
    /// Something was delegated for it.
    pub(super) const GIVEN_FOR: u8 = 1 << 3;
    /// A role that covers is held for it.
    pub(super) const COVERED: u8 = 1 << 4;
    /// An organisation has a role for it.
    pub(super) const SERVED: u8 = 1 << 5;
    /// It has a key role.
    pub(super) const KEY: u8 = 1 << 6;
    /// It has a status.
    pub(super) const STATUS: u8 = 1 << 7;

    #[inline]
    pub(super) fn has(self, mark: u8) -> bool {
        self.0 & mark != 0
    }

    #[inline]
    pub(super) fn kind(self) -> Option<Kind> {
        match self.0 & Marks::KIND {
            0 => Some(Kind::Organisation),
            1 => Some(Kind::Person),
            2 => Some(Kind::SystemUser),
            _ => None,
        }
    }

    /// All of them.
    #[inline]
    pub(super) fn bits(self) -> u8 {
        self.0
    }
}

/// An entity in one place: its marks, where its role facts and what it received begin, and how many there are; of very many the next
/// one says where they end.
#[derive(Clone, Copy, Debug)]
struct Who {
    held: u32,
    received: u32,
    marks: Marks,
    held_count: u8,
    received_count: u8,
}

/// A role fact of a subject, in the order of those of the facts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) party: Party,
    pub(super) role: RoleId,
    pub(super) period: PeriodId,
}

impl Held {
    fn of(row: &RoleRow) -> Self {
        Held { party: row.party, role: row.role, period: row.period }
    }
}

/// Facts made ready for the quick way: little, and together what is read together.
#[derive(Debug)]
pub(super) struct Table {
    who: Vec<Who>,
    held: Vec<Held>,
    /// Role facts by which organisations cover, by whom they cover, with where those for each party begin and end.
    covering: Vec<(EntityId, Held)>,
    covered: FxHashMap<EntityId, (u32, u32)>,
}

impl Table {
    /// Linear in the facts.
    pub(super) fn of(meaning: &Meaning, facts: &Facts) -> Self {
        let mut who = Vec::with_capacity(facts.entity_count() + 1);
        let (mut held, mut received) = (0, 0);
        for id in facts.entities() {
            let marks = Marks(facts.kind(id).map_or(Marks::KIND, |kind| kind as u8));
            let counts = (facts.roles_of(id).rows.len(), facts.delegations_to(id).len());
            let few = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
            who.push(Who { held, received, marks, held_count: few(counts.0), received_count: few(counts.1) });
            held += number(counts.0);
            received += number(counts.1);
        }
        who.push(Who { held, received, marks: Marks(Marks::KIND), held_count: 0, received_count: 0 });
        let mut mark = |of: EntityId, mark: u8| {
            if let Some(one) = who.get_mut(of.0 as usize) {
                one.marks.0 |= mark;
            }
        };
        let roles = meaning.roles.iter().map(|named| {
            let versions = &named.versions;
            let key = if versions.iter().any(|one| one.key.is_yes()) { Marks::KEY } else { 0 };
            (key, if versions.iter().any(|one| one.covers.is_yes()) { Marks::COVERED } else { 0 })
        });
        let of_roles: Vec<(u8, u8)> = roles.collect();
        let rows = || (0..facts.role_count()).filter_map(|at| facts.role_row(at));
        let mut covering: Vec<(EntityId, Held)> = Vec::new();
        for row in rows() {
            let (key, covers) = of_roles.get(row.role.index()).copied().unwrap_or((0, 0));
            match row.party.get() {
                Some(party) => {
                    let organisation = facts.kind(row.subject) == Some(Kind::Organisation);
                    mark(party, covers | if organisation { Marks::SERVED } else { 0 });
                    mark(row.subject, key);
                    if covers != 0 && organisation {
                        covering.push((row.subject, Held::of(row)));
                    }
                }
                None => mark(row.subject, Marks::STATUS),
            }
        }
        for row in (0..facts.delegation_count()).filter_map(|at| facts.delegation_row(at)) {
            mark(row.receiver, Marks::RECEIVES);
            mark(row.party, Marks::GIVEN_FOR);
        }
        covering.sort_by_key(|(_, held)| held.party);
        let mut covered = FxHashMap::default();
        let mut start = 0;
        for same in covering.chunk_by(|(_, one), (_, other)| one.party == other.party) {
            let end = start + number(same.len());
            covered.extend(same.first().and_then(|(_, held)| Some((held.party.get()?, (start, end)))));
            start = end;
        }
        Table { who, held: rows().map(Held::of).collect(), covering, covered }
    }
}

/// Facts made ready, on one day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup<'a> {
    pub(super) facts: &'a Facts,
    table: &'a Table,
    today: Date,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(facts: &'a Facts, table: &'a Table, today: Date) -> Self {
        Lookup { facts, table, today }
    }

    /// What is so of an entity.
    #[inline]
    pub(super) fn marks(self, who: EntityId) -> Marks {
        self.table.who.get(who.0 as usize).map_or(Marks(Marks::KIND), |who| who.marks)
    }

    #[inline]
    pub(super) fn kind(self, who: EntityId) -> Option<Kind> {
        self.marks(who).kind()
    }

    /// From where of something of an entity until where: so many, of very many until where the next one begins.
    #[inline]
    fn range(self, who: EntityId, of: impl Fn(&Who) -> (u32, u8)) -> Range<u32> {
        let Some(this) = self.table.who.get(who.0 as usize) else { return 0..0 };
        let (start, count) = of(this);
        if count < u8::MAX {
            return start..start + u32::from(count);
        }
        start..self.table.who.get(who.0 as usize + 1).map_or(start, |next| of(next).0)
    }

    /// The role facts of a subject, by party (statuses last), then role.
    #[inline]
    pub(super) fn held_by(self, who: EntityId) -> &'a [Held] {
        let range = self.range(who, |who| (who.held, who.held_count));
        self.table.held.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }

    /// The places of the delegations to a receiver.
    #[inline]
    pub(super) fn received_by(self, who: EntityId) -> Range<u32> {
        self.range(who, |who| (who.received, who.received_count))
    }

    /// The role facts by which organisations cover a party, or did or will, with these.
    #[inline]
    pub(super) fn covering(self, party: EntityId) -> &'a [(EntityId, Held)] {
        let (start, end) = self.table.covered.get(&party).copied().unwrap_or_default();
        self.table.covering.get(start as usize..end as usize).unwrap_or(&[])
    }

    /// The role facts of a subject for one party, or its statuses.
    #[inline]
    pub(super) fn held_between(self, who: EntityId, party: Party) -> impl Iterator<Item = &'a Held> {
        let mut rows = self.held_by(who);
        if rows.len() > MOST_ONE_BY_ONE {
            rows = rows.get(rows.partition_point(|row| row.party < party)..).unwrap_or(&[]);
            rows = rows.get(..rows.partition_point(|row| row.party == party)).unwrap_or(&[]);
        }
        rows.iter().filter(move |row| row.party == party)
    }

    /// Is a role fact in force?
    #[inline]
    pub(super) fn is_on(self, held: &Held) -> bool {
        held.period == PeriodId::ALWAYS || self.facts.is_on(held.period, self.today)
    }

    /// How many role facts are for a party.
    pub(super) fn count_for(self, party: EntityId) -> usize {
        self.facts.roles_for(Some(party)).len()
    }

    /// The role facts for a party with their subjects, in order of these.
    pub(super) fn held_for(self, party: EntityId) -> impl Iterator<Item = (EntityId, Held)> {
        self.facts.roles_for(Some(party)).iter().filter_map(move |at| {
            let row = self.facts.role_row(*at)?;
            Some((row.subject, Held::of(row)))
        })
    }

    /// The delegations for a party, in order of receiver.
    pub(super) fn given_for(self, party: EntityId) -> impl ExactSizeIterator<Item = Option<&'a DelegationRow>> {
        self.facts.delegations_for(party).iter().map(move |at| self.facts.delegation_row(*at))
    }

    /// The delegations to a receiver for a party, with their places.
    #[inline]
    pub(super) fn given_between(
        self,
        receiver: EntityId,
        party: EntityId,
    ) -> impl Iterator<Item = (u32, &'a DelegationRow)> {
        let all = self.received_by(receiver);
        let these = if all.len() <= MOST_ONE_BY_ONE { all } else { given_between(self.facts, receiver, party) };
        these
            .filter_map(move |at| Some((at, self.facts.delegation_row(at)?)))
            .filter(move |(_, row)| row.party == party)
    }

    /// Is a delegation in force (F3)?
    #[inline]
    pub(super) fn is_given(self, at: u32, row: &DelegationRow, now: Timestamp, today: Date) -> bool {
        today >= row.given()
            && self.facts.is_on(row.period, today)
            && self.facts.withdrawn(at).is_none_or(|moment| now < moment)
    }
}

/// The places of the delegations to a receiver for a party.
#[inline]
pub(super) fn given_between(facts: &Facts, receiver: EntityId, party: EntityId) -> Range<u32> {
    let all = facts.delegations_to(receiver);
    let (mut start, mut end) = (all.start, all.end);
    let before = |at: u32| facts.delegation_row(at).is_some_and(|row| row.party < party);
    while start < end {
        let middle = start + (end - start) / 2;
        if before(middle) { start = middle + 1 } else { end = middle }
    }
    let mut after = start;
    while after < all.end && facts.delegation_row(after).is_some_and(|row| row.party == party) {
        after += 1;
    }
    start..after
}

/// The role facts of a subject for one party, or its statuses, with the place of the first.
#[inline]
pub(super) fn held_between(facts: &Facts, who: EntityId, party: Party) -> (u32, &[RoleRow]) {
    let all = facts.roles_of(who);
    let start = first(all.rows, |row| row.party >= party);
    let rest = all.rows.get(start..).unwrap_or(&[]);
    let rows = rest.get(..first(rest, |row| row.party != party)).unwrap_or(&[]);
    (all.first + number(start), rows)
}

/// So many rows are looked at one by one.
const MOST_ONE_BY_ONE: usize = 8;

/// The place of the first row of which something is so that is so of all behind it; a few are looked at one by one.
#[inline]
fn first<R>(rows: &[R], so: impl Fn(&R) -> bool) -> usize {
    if rows.len() <= MOST_ONE_BY_ONE {
        rows.iter().position(so).unwrap_or(rows.len())
    } else {
        rows.partition_point(|row| !so(row))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

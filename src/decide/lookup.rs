//! Facts as the quick way reads them: who has what for whom as ranges of rows, and one byte of each entity that tells when there is
//! nothing to look for. Decides nothing.

use crate::facts::{DelegationRow, EntityId, Facts, Party, RoleRow};
use crate::ir::Meaning;
use crate::terms::kind::Kind;
use jiff::{Timestamp, civil::Date};
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

    /// Has it any mark?
    #[inline]
    pub(super) fn is_marked(self) -> bool {
        self.0 & !Marks::KIND != 0
    }

    /// The marks of all entities. Linear in the facts.
    pub(super) fn of_all(meaning: &Meaning, facts: &Facts) -> Vec<Marks> {
        let mut all: Vec<Marks> = facts.entities().filter_map(|id| Some(Marks(facts.kind(id)? as u8))).collect();
        let mut mark = |who: EntityId, mark: u8| {
            if let Some(marks) = all.get_mut(who.0 as usize) {
                marks.0 |= mark;
            }
        };
        let roles = meaning.roles.iter().map(|named| {
            let versions = &named.versions;
            let key = if versions.iter().any(|one| one.key.is_yes()) { Marks::KEY } else { 0 };
            (key, if versions.iter().any(|one| one.covers.is_yes()) { Marks::COVERED } else { 0 })
        });
        let of_roles: Vec<(u8, u8)> = roles.collect();
        for row in (0..facts.role_count()).filter_map(|at| facts.role_row(at)) {
            let (key, covers) = of_roles.get(row.role.index()).copied().unwrap_or((0, 0));
            match row.party.get() {
                Some(party) => {
                    let organisation = facts.kind(row.subject) == Some(Kind::Organisation);
                    mark(party, covers | if organisation { Marks::SERVED } else { 0 });
                    mark(row.subject, key);
                }
                None => mark(row.subject, Marks::STATUS),
            }
        }
        for row in (0..facts.delegation_count()).filter_map(|at| facts.delegation_row(at)) {
            mark(row.receiver, Marks::RECEIVES);
            mark(row.party, Marks::GIVEN_FOR);
        }
        all
    }
}

/// Facts with their marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup<'a> {
    pub(super) facts: &'a Facts,
    marks: &'a [Marks],
}

impl<'a> Lookup<'a> {
    pub(super) fn of(facts: &'a Facts, marks: &'a [Marks]) -> Self {
        Lookup { facts, marks }
    }

    /// What is so of an entity.
    #[inline]
    pub(super) fn marks(self, who: EntityId) -> Marks {
        self.marks.get(who.0 as usize).copied().unwrap_or(Marks(Marks::KIND))
    }

    #[inline]
    pub(super) fn kind(self, who: EntityId) -> Option<Kind> {
        self.marks(who).kind()
    }

    /// The role facts of a subject, by party, then role.
    #[inline]
    pub(super) fn held_by(self, who: EntityId) -> &'a [RoleRow] {
        self.facts.roles_of(who).rows
    }

    /// The role facts of a subject for one party, or its statuses.
    #[inline]
    pub(super) fn held_between(self, who: EntityId, party: Party) -> &'a [RoleRow] {
        held_between(self.facts, who, party).1
    }

    /// How many role facts are for a party.
    pub(super) fn count_for(self, party: EntityId) -> usize {
        self.facts.roles_for(Some(party)).len()
    }

    /// The role facts for a party, in order of subject.
    pub(super) fn held_for(self, party: EntityId) -> impl Iterator<Item = &'a RoleRow> {
        self.facts.roles_for(Some(party)).iter().filter_map(move |at| self.facts.role_row(*at))
    }

    /// The delegations for a party, in order of receiver.
    pub(super) fn given_for(self, party: EntityId) -> impl ExactSizeIterator<Item = Option<&'a DelegationRow>> {
        self.facts.delegations_for(party).iter().map(move |at| self.facts.delegation_row(*at))
    }

    /// The places of the delegations to a receiver for a party.
    pub(super) fn given_between(self, receiver: EntityId, party: EntityId) -> Range<u32> {
        given_between(self.facts, receiver, party)
    }

    /// Is a delegation in force (F3)?
    pub(super) fn is_given(self, at: u32, now: Timestamp, today: Date) -> bool {
        self.facts.delegation(at).is_some_and(|one| one.in_force(now, today))
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
    (all.first + u32::try_from(start).unwrap_or(u32::MAX), rows)
}

/// The place of the first row of which something is so that is so of all behind it; a few are looked at one by one.
#[inline]
fn first(rows: &[RoleRow], so: impl Fn(&RoleRow) -> bool) -> usize {
    if rows.len() <= 8 { rows.iter().position(so).unwrap_or(rows.len()) } else { rows.partition_point(|row| !so(row)) }
}

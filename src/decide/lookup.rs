//! Facts as the quick way reads them: who has what for whom as ranges that begin where a table says, and one byte of each entity
//! that tells when there is nothing to look for. Decides nothing.

use crate::facts::{EntityId, Facts};
use crate::ir::{Meaning, RoleId};
use crate::terms::kind::Kind;
use std::ops::Range;

/// The party of a status.
pub(super) const NOBODY: EntityId = EntityId(u32::MAX);

/// A role fact of a subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// For whom; [`NOBODY`] for a status.
    pub(super) party: EntityId,
    pub(super) role: RoleId,
    /// Its place in the facts.
    at: u32,
    /// Has its period an end?
    dated: bool,
}

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
}

/// Facts made ready.
#[derive(Debug)]
pub(super) struct Lookup {
    marks: Vec<Marks>,
    /// Role facts by subject, then party.
    starts: Vec<u32>,
    held: Vec<Held>,
    /// Role facts by party: their places in `held`.
    starts_for: Vec<u32>,
    held_for: Vec<(u32, EntityId)>,
    /// Delegations stand by receiver, then party, in the facts.
    starts_to: Vec<u32>,
    /// Delegations by party: their places.
    starts_of: Vec<u32>,
    given_for: Vec<u32>,
}

/// Where each entity begins in what is sorted by these.
fn starts(entities: usize, by: impl Iterator<Item = EntityId>) -> Vec<u32> {
    let mut starts = vec![0u32; entities + 1];
    for one in by {
        if let Some(count) = starts.get_mut(one.0 as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

fn range(starts: &[u32], who: EntityId) -> Range<usize> {
    match (starts.get(who.0 as usize), starts.get(who.0 as usize + 1)) {
        (Some(start), Some(end)) => *start as usize..*end as usize,
        _ => 0..0,
    }
}

impl Lookup {
    pub(super) fn new(meaning: &Meaning, facts: &Facts) -> Self {
        let entities = facts.entities.len();
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut held: Vec<(EntityId, Held)> = facts
            .roles
            .iter()
            .enumerate()
            .map(|(at, fact)| {
                let dated = fact.period != crate::terms::period::Period::ALWAYS;
                let party = fact.party.unwrap_or(NOBODY);
                (fact.subject, Held { party, role: fact.role, at: number(at), dated })
            })
            .collect();
        held.sort_by_key(|(subject, held)| (*subject, held.party, held.role, held.at));
        let starts_of = starts(entities, held.iter().map(|(subject, _)| *subject));
        let mut held_for: Vec<(EntityId, (u32, EntityId))> =
            held.iter().enumerate().map(|(at, (subject, held))| (held.party, (number(at), *subject))).collect();
        held_for.sort_by_key(|(party, (at, _))| (*party, *at));
        let mut lookup = Lookup {
            marks: facts.entities.iter().map(|entity| Marks(entity.kind as u8)).collect(),
            starts_for: starts(entities, held_for.iter().map(|(party, _)| *party)),
            held_for: held_for.into_iter().map(|(_, one)| one).collect(),
            starts: starts_of,
            held: Vec::new(),
            starts_to: starts(entities, facts.delegations.iter().map(|one| one.receiver)),
            starts_of: starts(entities, facts.delegations.iter().map(|one| one.party)),
            given_for: Vec::new(),
        };
        let of_role = |role: RoleId| {
            let versions = meaning.role(role).map_or(&[][..], |named| &named.versions);
            (versions.iter().any(|one| one.key.is_yes()), versions.iter().any(|one| one.covers.is_yes()))
        };
        for (subject, one) in &held {
            let (key, covers) = of_role(one.role);
            let organisation = lookup.kind(*subject) == Some(Kind::Organisation);
            lookup.mark(*subject, Marks::KEY, key);
            lookup.mark(*subject, Marks::STATUS, one.party == NOBODY);
            lookup.mark(one.party, Marks::COVERED, covers);
            lookup.mark(one.party, Marks::SERVED, organisation);
        }
        for one in &facts.delegations {
            lookup.mark(one.receiver, Marks::RECEIVES, true);
            lookup.mark(one.party, Marks::GIVEN_FOR, true);
        }
        lookup.given_for = (0..number(facts.delegations.len())).collect();
        lookup.given_for.sort_by_key(|at| (facts.delegations.get(*at as usize).map(|one| one.party), *at));
        lookup.held = held.into_iter().map(|(_, held)| held).collect();
        lookup
    }

    fn mark(&mut self, who: EntityId, mark: u8, so: bool) {
        if so && let Some(marks) = self.marks.get_mut(who.0 as usize) {
            marks.0 |= mark;
        }
    }

    /// What is so of an entity.
    #[inline]
    pub(super) fn marks(&self, who: EntityId) -> Marks {
        self.marks.get(who.0 as usize).copied().unwrap_or(Marks(Marks::KIND))
    }

    #[inline]
    pub(super) fn kind(&self, who: EntityId) -> Option<Kind> {
        self.marks(who).kind()
    }

    /// The role facts of a subject, by party, then role.
    #[inline]
    pub(super) fn held_by(&self, who: EntityId) -> &[Held] {
        self.held.get(range(&self.starts, who)).unwrap_or(&[])
    }

    /// The role facts of a subject for one party (its statuses: for [`NOBODY`]).
    #[inline]
    pub(super) fn held_between(&self, who: EntityId, party: EntityId) -> &[Held] {
        let all = self.held_by(who);
        let start = if all.len() <= 8 {
            all.iter().position(|one| one.party >= party).unwrap_or(all.len())
        } else {
            all.partition_point(|one| one.party < party)
        };
        let rest = all.get(start..).unwrap_or(&[]);
        let end = if rest.len() <= 8 {
            rest.iter().position(|one| one.party != party).unwrap_or(rest.len())
        } else {
            rest.partition_point(|one| one.party == party)
        };
        rest.get(..end).unwrap_or(&[])
    }

    /// How many role facts are for a party.
    pub(super) fn count_for(&self, party: EntityId) -> usize {
        range(&self.starts_for, party).len()
    }

    /// The role facts for a party, each with its subject.
    pub(super) fn held_for(&self, party: EntityId) -> impl Iterator<Item = (EntityId, Held)> {
        let all = self.held_for.get(range(&self.starts_for, party)).unwrap_or(&[]);
        all.iter().filter_map(|(at, subject)| Some((*subject, *self.held.get(*at as usize)?)))
    }

    /// Is a role fact in force?
    #[inline]
    pub(super) fn is_on(&self, facts: &Facts, held: &Held, today: jiff::civil::Date) -> bool {
        !held.dated || facts.roles.get(held.at as usize).is_some_and(|fact| fact.period.has(today))
    }

    /// The places of the delegations for a party.
    pub(super) fn given_for(&self, party: EntityId) -> &[u32] {
        self.given_for.get(range(&self.starts_of, party)).unwrap_or(&[])
    }

    /// The places of the delegations to a receiver for a party.
    pub(super) fn given_between(&self, facts: &Facts, receiver: EntityId, party: EntityId) -> Range<usize> {
        let all = range(&self.starts_to, receiver);
        let rows = facts.delegations.get(all.clone()).unwrap_or(&[]);
        let start = all.start + rows.partition_point(|one| one.party < party);
        let rest = facts.delegations.get(start..all.end).unwrap_or(&[]);
        start..start + rest.partition_point(|one| one.party == party)
    }
}

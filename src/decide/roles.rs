//! Who has which role at one moment, seen certainly or possibly (docs/meaning.md, R1–R3, K1). Grants nothing.

use super::index::Decider;
use super::lookup::held_between;
use super::truth::Truth;
use crate::facts::{EntityId, Party, RoleRow, Turned};
use crate::ir::{Role, RoleId};
use crate::terms::kind::Kinds;
use jiff::{Timestamp, civil::Date};

/// How what is unknown is taken (K1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pass {
    /// As not so.
    Certainly,
    /// As so.
    Possibly,
}

/// Why somebody has a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Because {
    /// A role fact: its place in the facts.
    Fact(u32),
    /// The role is out of reach.
    Unknown,
}

/// Roles as they are at one moment.
#[derive(Debug)]
pub(super) struct Roles<'a> {
    pub(super) decider: &'a Decider<'a, 'a>,
    pub(super) now: Timestamp,
    pub(super) today: Date,
    /// Roles in force whose source is out of reach, in order.
    unknown: Vec<(RoleId, &'a Role)>,
    /// Facts by role and party, where they have been turned round.
    turned: Option<&'a Turned>,
}

/// A party with more facts than this is looked up by role, if the facts are turned round.
pub(super) const MANY: usize = 1_000;

impl<'a> Roles<'a> {
    pub(super) fn new(decider: &'a Decider<'a, 'a>, now: Timestamp, today: Date) -> Self {
        let out_of_reach = decider.facts.out_of_reach();
        let unknown = if out_of_reach.is_empty() {
            Vec::new()
        } else {
            (0..decider.index.meaning.roles.len())
                .map(RoleId::from)
                .filter_map(|id| Some((id, decider.index.role(id, today)?)))
                .filter(|(_, role)| role.source.is_some_and(|source| out_of_reach.contains(&source)))
                .collect()
        };
        Roles { decider, now, today, unknown, turned: None }
    }

    /// With facts turned round, so that a party with very many costs what its relevant ones cost.
    pub(super) fn with(self, turned: Option<&'a Turned>) -> Self {
        Roles { turned, ..self }
    }

    /// Facts turned round, if so many make it worth while.
    pub(super) fn turned_for(&self, count: usize) -> Option<&'a Turned> {
        self.turned.filter(|_| count > MANY)
    }

    /// Is any role out of reach?
    pub(super) fn some_unknown(&self) -> bool {
        !self.unknown.is_empty()
    }

    /// Roles in force that are out of reach.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (RoleId, &'a Role)> + use<'_, 'a> {
        self.unknown.iter().copied()
    }

    #[inline]
    pub(super) fn is_unknown(&self, id: RoleId) -> bool {
        !self.unknown.is_empty() && self.unknown.binary_search_by_key(&id, |(role, _)| *role).is_ok()
    }

    /// Is it a status? `None`: it is not in force.
    pub(super) fn is_status(&self, id: RoleId) -> Option<bool> {
        self.decider.index.role(id, self.today).map(|role| role.of.is_none())
    }

    /// Does the subject have the role for the party, or, for a status, in its own right (`party` is not read)? (R1, R2)
    pub(super) fn has(&self, pass: Pass, subject: EntityId, id: RoleId, party: EntityId) -> Option<Because> {
        let role = self.decider.index.role(id, self.today)?;
        let party = role.of.map(|kinds| (kinds, party));
        if self.is_unknown(id) {
            let fits = role.by.has(self.decider.kind(subject)?)
                && party.is_none_or(|(kinds, party)| self.decider.kind(party).is_some_and(|kind| kinds.has(kind)));
            return (fits && pass == Pass::Possibly).then_some(Because::Unknown);
        }
        self.decider
            .roles_of(subject, id, party.map(|(_, party)| party))
            .find(|(_, fact)| fact.period.has(self.today))
            .map(|(at, _)| Because::Fact(at))
    }

    /// Is it so, not so, or unknown that the subject has the role for the party, or the status?
    pub(super) fn truth(&self, subject: EntityId, id: RoleId, party: EntityId) -> Truth {
        match self.has(Pass::Possibly, subject, id, party) {
            Some(Because::Fact(_)) => Truth::So,
            Some(Because::Unknown) => Truth::Unknown,
            None => Truth::Not,
        }
    }

    /// Everyone who has a role for the party for which `wanted` holds; statuses are not among them.
    pub(super) fn of_party(
        &self,
        pass: Pass,
        party: EntityId,
        wanted: impl Fn(&Role) -> bool,
        see: impl FnMut(EntityId, RoleId, Because),
    ) {
        self.of_party_by(pass, party, |_, role| wanted(role), see);
    }

    /// The same, where it matters too which role it is.
    pub(super) fn of_party_by(
        &self,
        pass: Pass,
        party: EntityId,
        wanted: impl Fn(RoleId, &Role) -> bool,
        mut see: impl FnMut(EntityId, RoleId, Because),
    ) {
        let facts = self.decider.facts;
        let mut fact = |at: u32| {
            let Some(row) = facts.role_row(at) else { return };
            let Some(role) = self.decider.index.role(row.role, self.today) else { return };
            let is_on = facts.is_on(row.period, self.today);
            if role.of.is_some() && is_on && wanted(row.role, role) && !self.is_unknown(row.role) {
                see(row.subject, row.role, Because::Fact(at));
            }
        };
        let all = facts.roles_for(Some(party));
        match self.turned_for(all.len()) {
            None => all.iter().for_each(|at| fact(*at)),
            Some(turned) => {
                for id in (0..self.decider.index.meaning.roles.len()).map(RoleId::from) {
                    if self.decider.index.role(id, self.today).is_some_and(|role| wanted(id, role)) {
                        turned.between(facts, id, party).iter().for_each(|at| fact(*at));
                    }
                }
            }
        }
        if pass == Pass::Certainly {
            return;
        }
        let Some(party_kind) = self.decider.kind(party) else { return };
        for (id, role) in &self.unknown {
            if role.of.is_some_and(|kinds| kinds.has(party_kind)) && wanted(*id, role) {
                for subject in self.decider.entities(|kind| role.by.has(kind)) {
                    see(subject, *id, Because::Unknown);
                }
            }
        }
    }

    /// Statuses that an entity has, each once.
    pub(super) fn statuses(&self, pass: Pass, subject: EntityId, mut see: impl FnMut(RoleId, Because)) {
        let mut last = None;
        for (at, row) in self.between(subject, Party::NOBODY) {
            let role = self.decider.index.role(row.role, self.today);
            if role.is_some_and(|role| role.of.is_none()) && last.replace(row.role) != Some(row.role) {
                see(row.role, Because::Fact(at));
            }
        }
        if pass == Pass::Possibly {
            let kind = self.decider.kind(subject);
            let fits = |role: &Role| role.of.is_none() && kind.is_some_and(|kind| role.by.has(kind));
            self.unknown().filter(|(_, role)| fits(role)).for_each(|(id, _)| see(id, Because::Unknown));
        }
    }

    /// Role facts of a subject for one party (or its statuses) that are in force and of no role that is out of reach.
    fn between(&self, subject: EntityId, party: Party) -> impl Iterator<Item = (u32, &'a RoleRow)> {
        let (first, rows) = held_between(self.decider.facts, subject, party);
        let counts = |row: &RoleRow| self.decider.facts.is_on(row.period, self.today) && !self.is_unknown(row.role);
        (first..).zip(rows).filter(move |(_, row)| counts(row))
    }

    /// A `key` role that the subject has for the organisation.
    pub(super) fn key(&self, pass: Pass, subject: EntityId, organisation: EntityId) -> Option<(RoleId, Because)> {
        self.first(pass, subject, organisation, |role| role.key.is_yes())
    }

    /// Is it so, not so, or unknown that the subject has a `key` role for the organisation?
    pub(super) fn key_truth(&self, subject: EntityId, organisation: EntityId) -> Truth {
        match self.key(Pass::Possibly, subject, organisation) {
            Some((_, Because::Fact(_))) => Truth::So,
            Some((_, Because::Unknown)) => Truth::Unknown,
            None => Truth::Not,
        }
    }

    /// An `agent` role that the subject has for the organisation.
    pub(super) fn agent(&self, pass: Pass, subject: EntityId, organisation: EntityId) -> Option<(RoleId, Because)> {
        self.first(pass, subject, organisation, |role| role.agent.is_yes())
    }

    fn first(
        &self,
        pass: Pass,
        subject: EntityId,
        organisation: EntityId,
        wanted: impl Fn(&Role) -> bool,
    ) -> Option<(RoleId, Because)> {
        let mut found: Option<(RoleId, Because)> = None;
        for (at, row) in self.between(subject, Party::of(Some(organisation))) {
            let role = self.decider.index.role(row.role, self.today);
            if role.is_some_and(|role| role.of.is_some() && wanted(role)) {
                found = found.or(Some((row.role, Because::Fact(at))));
            }
        }
        if pass == Pass::Possibly && found.is_none() {
            let fits = |kinds: Kinds, who| self.decider.kind(who).is_some_and(|kind| kinds.has(kind));
            let has = |role: &Role| {
                wanted(role) && fits(role.by, subject) && role.of.is_some_and(|kinds| fits(kinds, organisation))
            };
            found = self.unknown().find(|(_, role)| has(role)).map(|(id, _)| (id, Because::Unknown));
        }
        found
    }
}

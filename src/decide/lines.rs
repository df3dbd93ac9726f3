//! Who may receive a package or an area: the lines of `delegable` (docs/meaning.md, D1–D3), seen certainly or possibly.
//! Asks nobody who may give.

use super::condition::{Roots, Scene};
use super::roles::{Because, Pass, Roles};
use super::truth::Truth;
use super::value::Seen;
use crate::facts::EntityId;
use crate::ir::{AreaId, Line, PackageId, Receiver, RoleId};
use std::cell::Cell;

/// Who gives to whom, for whom: by a delegation, or by one that would be given now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handing {
    pub(super) giver: EntityId,
    pub(super) receiver: EntityId,
    pub(super) party: EntityId,
    /// Its place in the facts.
    pub(super) delegation: Option<u32>,
}

/// Which line of `delegable` admits, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Admitted {
    /// Is it unknown whether its condition is so?
    unknown: bool,
    pub(super) version: u32,
    pub(super) line: u32,
    pub(super) because: Option<(RoleId, Because)>,
}

impl Admitted {
    /// Is nothing unknown about it?
    pub(super) fn is_certain(self) -> bool {
        !self.unknown && self.because.is_none_or(|(_, because)| because != Because::Unknown)
    }
}

/// Lines, seen in one pass.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    roles: &'a Roles<'a>,
    pass: Pass,
    /// Was a condition unknown (of a line, or of a grant)?
    pub(super) some_unknown: Cell<bool>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(roles: &'a Roles<'a>, pass: Pass) -> Self {
        Lines { roles, pass, some_unknown: Cell::new(false) }
    }

    /// Is a condition so, as this pass takes what is unknown?
    pub(super) fn counts(&self, truth: Truth) -> bool {
        match truth {
            Truth::So => true,
            Truth::Not => false,
            Truth::Unknown => {
                self.some_unknown.set(true);
                self.pass == Pass::Possibly
            }
        }
    }

    /// The line of the package that admits the receiver (D1): the first certain one, else the first.
    pub(super) fn of_package(&self, package: PackageId, handing: &Handing, onward: bool) -> Option<Admitted> {
        let (version, body) = self.roles.decider.index.package(package, self.roles.today)?;
        self.admits(&body.delegable, version, handing, onward)
    }

    /// The line of the area that admits the receiver (D1).
    pub(super) fn of_area(&self, area: AreaId, handing: &Handing, onward: bool) -> Option<Admitted> {
        let (version, body) = self.roles.decider.index.area(area, self.roles.today)?;
        self.admits(&body.delegable, version, handing, onward)
    }

    /// Is a line for the receiver, whatever its condition says; by which role, if it names one? (D2)
    pub(super) fn fits(&self, to: Receiver, handing: &Handing) -> Option<Option<(RoleId, Because)>> {
        let Handing { giver, receiver, party, .. } = *handing;
        match to {
            Receiver::Kind(kind) => (self.roles.decider.kind(receiver) == Some(kind)).then_some(None),
            Receiver::Role(role) => {
                let has = |party| self.roles.has(self.pass, receiver, role, party);
                // Of two reasons a known one.
                let because = has(giver).into_iter().chain(has(party));
                let because = because.min_by_key(|because| *because == Because::Unknown)?;
                Some(Some((role, because)))
            }
        }
    }

    /// D2, D3.
    fn admits(&self, lines: &'a [Line], version: u32, handing: &Handing, onward: bool) -> Option<Admitted> {
        let mut found: Option<Admitted> = None;
        for (at, line) in lines.iter().enumerate() {
            let Line::To { to, onward: passes_on, when } = line else { continue };
            if onward && !passes_on {
                continue;
            }
            let Some(because) = self.fits(*to, handing) else { continue };
            let truth =
                when.as_deref().map_or(Truth::So, |when| self.roles.scene(of_line(self.roles, handing)).truth(when));
            if !self.counts(truth) {
                continue;
            }
            let line = u32::try_from(at).unwrap_or(u32::MAX);
            let admitted = Admitted { unknown: truth == Truth::Unknown, version, line, because };
            if admitted.is_certain() {
                return Some(admitted);
            }
            found = found.or(Some(admitted));
        }
        found
    }
}

/// What the condition of a line speaks of.
pub(super) fn of_line<'a>(roles: &Roles<'_>, handing: &Handing) -> Roots<'a> {
    let delegation = handing.delegation.and_then(|at| roles.decider.facts.delegation_row(at));
    let given = delegation.map_or(roles.today, |row| row.given());
    Roots {
        giver: Seen::Entity(handing.giver),
        receiver: Seen::Entity(handing.receiver),
        party: Seen::Entity(handing.party),
        delegation: Seen::Delegation(handing.delegation, given),
        ..Roots::NONE
    }
}

impl<'a> Roles<'a> {
    /// Where a condition of a grant or a line is asked.
    pub(super) fn scene<'s>(&'a self, roots: Roots<'a>) -> Scene<'s, 'a> {
        Scene::new(self, None, roots)
    }
}

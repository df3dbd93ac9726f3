//! Does somebody hold a package, as far as that is told without a search: by roles, by what was given by who has the role for it, and by
//! a key role for who has? And where nothing else could make it so, that it is not (docs/meaning.md, H1–H5, P1).

use super::era::{Era, PackageNow, RoleNow};
use super::rows::RowId;
use crate::decide::lookup::{Held, Lookup, Marks};
use crate::decide::roles::{Pass, Roles};
use crate::decide::truth::Truth;
use crate::facts::{DelegationRow, EntityId, Given, Party};
use crate::ir::{AreaId, PackageId};
use crate::terms::kind::{Kind, Kinds};

/// So many role facts are looked at one by one.
pub(super) const FEW: usize = 16;

/// Where it is asked.
#[derive(Clone, Copy)]
pub(super) struct AtOnce<'a> {
    pub(super) roles: &'a Roles<'a>,
    pub(super) era: &'a Era,
    pub(super) lookup: Lookup<'a>,
}

impl AtOnce<'_> {
    /// Holds somebody a package that is for parties of this kind? `None`: search for it.
    pub(super) fn holds(self, who: EntityId, id: PackageId, package: &PackageNow, party: EntityId) -> Option<Truth> {
        let AtOnce { roles, era, lookup } = self;
        if is_in_row(roles, era, lookup, Pass::Certainly, who, package.to_use, party) {
            return Some(Truth::So);
        }
        if roles.some_unknown() {
            return None;
        }
        let (is, of) = (lookup.marks(who), lookup.marks(party));
        if who != party && !is.has(Marks::RECEIVES) && lookup.held_by(who).is_empty() {
            return Some(Truth::Not);
        }
        let mut found = self.besides(who, is, id, package, party, of);
        if !of.has(Marks::COVERED) {
            return found;
        }
        for (covering, held) in lookup.covering(party) {
            let marks = lookup.marks(*covering);
            let covers = era.role(held.role).is(RoleNow::COVERS) && lookup.is_on(held);
            if found == Some(Truth::So) || !covers || marks.kind().is_none_or(|kind| !package.kinds.has(kind)) {
                continue;
            }
            if is_in_row(roles, era, lookup, Pass::Certainly, who, package.to_use, *covering) {
                return Some(Truth::So);
            }
            match self.besides(who, is, id, package, *covering, marks) {
                Some(Truth::Not) => {}
                other => found = other,
            }
        }
        found
    }

    /// Holds somebody who has no role for it a package otherwise, and not because the party is covered?
    fn besides(
        self,
        who: EntityId,
        is: Marks,
        id: PackageId,
        package: &PackageNow,
        party: EntityId,
        of: Marks,
    ) -> Option<Truth> {
        let AtOnce { roles, era, lookup } = self;
        let has_role = |one: EntityId| lookup.held_between(one, Party::of(Some(party))).next().is_some();
        // What hangs on a condition, or on another package, is searched for.
        let hangs = !era.apart(package).is_empty();
        let mut open = package.by_holders || hangs && (who == party || has_role(who));
        match self.given(who, is, id, package, party, of) {
            Truth::So => return Some(Truth::So),
            Truth::Unknown => open = true,
            Truth::Not => {}
        }
        if open || !is.has(Marks::KEY) || is.kind() != Some(Kind::Person) {
            return if open { None } else { Some(Truth::Not) };
        }
        let held = lookup.held_by(who);
        if held.len() > FEW {
            return None;
        }
        for row in held {
            let Some(organisation) = row.party.get().filter(|_| era.role(row.role).is(RoleNow::KEY)) else { continue };
            if organisation != party && !of.has(Marks::SERVED) && !of.has(Marks::GIVEN_FOR) {
                continue;
            }
            let marks = lookup.marks(organisation);
            if marks.kind() != Some(Kind::Organisation) || !lookup.is_on(row) {
                continue;
            }
            let may_have = organisation == party || of.has(Marks::SERVED);
            if may_have && is_in_row(roles, era, lookup, Pass::Certainly, organisation, package.to_use, party) {
                return Some(Truth::So);
            }
            if hangs && may_have && (organisation == party || has_role(organisation))
                || self.given(organisation, marks, id, package, party, of) != Truth::Not
            {
                return None;
            }
        }
        Some(Truth::Not)
    }

    /// Was it given to somebody, by who may pass it on because of a role (H4, P1)? Unknown: it was given; by what right is not told here.
    fn given(self, who: EntityId, is: Marks, id: PackageId, package: &PackageNow, party: EntityId, of: Marks) -> Truth {
        if !is.has(Marks::RECEIVES) || !of.has(Marks::GIVEN_FOR) {
            return Truth::Not;
        }
        let AtOnce { roles, era, lookup } = self;
        let mut given = Truth::Not;
        for (at, one) in lookup.given_between(who, party) {
            let Some(area) = of_what(one, id, package) else { continue };
            if one.giver == who || !lookup.is_given(at, one, roles.now, roles.today) {
                continue;
            }
            let of_area =
                area.map_or(Some(true), |area| era.area(area).map_or(Some(false), |to| to.admits(is.kind(), false)));
            match (package.receivers.admits(is.kind(), false), of_area) {
                (Some(false), _) | (_, Some(false)) => {}
                (Some(true), Some(true)) => {
                    given = Truth::Unknown;
                    if is_in_row(roles, era, lookup, Pass::Certainly, one.giver, package.to_pass_on, party) {
                        return Truth::So;
                    }
                }
                (None, _) | (_, None) => given = Truth::Unknown,
            }
        }
        given
    }
}

/// Does a delegation give the package: itself (the inner `None`), or by the area that it is in?
#[inline]
pub(super) fn of_what(one: &DelegationRow, package: PackageId, now: &PackageNow) -> Option<Option<AreaId>> {
    match one.what() {
        Given::Package(given) => (given == package).then_some(None),
        Given::Area(area) => (now.area == Some(area)).then_some(Some(area)),
    }
}

/// Is a role fact in force, and not out of reach?
#[inline]
pub(super) fn counts(roles: &Roles<'_>, lookup: Lookup<'_>, held: &Held) -> bool {
    lookup.is_on(held) && !roles.is_unknown(held.role)
}

/// Has somebody one of these roles for a party, or is the party, and the set has it or one of its statuses?
pub(super) fn is_in_row(
    roles: &Roles<'_>,
    era: &Era,
    lookup: Lookup<'_>,
    pass: Pass,
    who: EntityId,
    row: RowId,
    party: EntityId,
) -> bool {
    let has = |held: &Held, status: bool| {
        era.rows.has(row, held.role) && era.role(held.role).is_status() == status && counts(roles, lookup, held)
    };
    if lookup.held_between(who, Party::of(Some(party))).any(|held| has(held, false)) {
        return true;
    }
    if who == party
        && (era.rows.has_itself(row)
            || lookup.marks(who).has(Marks::STATUS)
                && lookup.held_between(who, Party::NOBODY).any(|held| has(held, true)))
    {
        return true;
    }
    pass == Pass::Possibly
        && roles.unknown().any(|(id, role)| {
            let fits = |kinds: Kinds, who| lookup.kind(who).is_some_and(|kind| kinds.has(kind));
            era.rows.has(row, id) && fits(role.by, who) && role.of.map_or(who == party, |kinds| fits(kinds, party))
        })
}

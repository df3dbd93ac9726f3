//! Whether anybody at all may pass a package on by a grant: what a party rests on that passes on itself (docs/meaning.md, P3). Asks from
//! the party's side, once a search.

use super::at_once::{counts, is_in_row};
use super::era::{PackageNow, RoleNow};
use super::search::{Asks, Goal, Search};
use crate::decide::roles::Pass;
use crate::facts::EntityId;
use crate::ir::{Grant, Grantee, PackageId};
use crate::terms::kind::Kind;

impl<'a> Search<'_, 'a> {
    /// Does P1 hold for anybody? (P3)
    pub(super) fn anybody_passes(&mut self, id: PackageId, package: &PackageNow, party: EntityId) -> bool {
        if self.anybody_is_granted(id, package, party) {
            return true;
        }
        for at in self.covering(party) {
            if let Some(covering) = self.space.covering.get(at).copied()
                && self.anybody_is_granted(id, package, covering)
            {
                return true;
            }
        }
        false
    }

    fn anybody_is_granted(&mut self, id: PackageId, package: &PackageNow, party: EntityId) -> bool {
        let (roles, era, lookup) = (self.roles, self.era, self.lookup);
        let row = package.to_pass_on;
        if is_in_row(roles, era, lookup, self.pass, party, row, party)
            || lookup.held_for(party).any(|(_, held)| {
                era.role(held.role).is_for_parties() && era.rows.has(row, held.role) && counts(roles, lookup, &held)
            })
        {
            return true;
        }
        if self.pass == Pass::Possibly {
            for (id, role) in roles.unknown() {
                let fits = role.of.is_some_and(|kinds| lookup.kind(party).is_some_and(|kind| kinds.has(kind)));
                if fits && era.rows.has(row, id) {
                    self.lost.set(true);
                }
            }
        }
        for at in era.apart(package) {
            let Some(grant) = self.grant(id, package, *at).filter(|one| one.gives_delegation) else { continue };
            match grant.to {
                Some(Grantee::Role(role)) if era.role(role).is_status() => {
                    if self.has(party, role, party) && self.is_so(grant, party, party) {
                        return true;
                    }
                }
                Some(Grantee::Role(role)) => {
                    if roles.some_unknown() && self.pass == Pass::Possibly {
                        self.lost.set(true);
                    }
                    let mut holders = lookup.held_for(party).filter(|(_, held)| held.role == role);
                    if era.role(role).is_for_parties()
                        && holders.any(|(who, held)| counts(roles, lookup, &held) && self.is_so(grant, who, party))
                    {
                        return true;
                    }
                }
                Some(Grantee::Itself) if self.is_so(grant, party, party) => return true,
                Some(Grantee::Package(holder)) => self.anybody_holds(holder, grant, party),
                Some(Grantee::Itself) | None => {}
            }
        }
        false
    }

    /// Whoever may hold a package for a party at all, and for whom the condition of the grant is so, is to be looked at.
    fn anybody_holds(&mut self, package: PackageId, grant: &'a Grant, party: EntityId) {
        let (roles, era, lookup) = (self.roles, self.era, self.lookup);
        if roles.some_unknown() && self.pass == Pass::Possibly {
            self.lost.set(true);
        }
        let covering = self.covering(party);
        for at in std::iter::once(None).chain(covering.map(Some)) {
            let Some(of) = at.map_or(Some(party), |at| self.space.covering.get(at).copied()) else { continue };
            let receivers = lookup.given_for(of).flatten().map(|row| row.receiver);
            let mut last = None;
            for one in std::iter::once(of).chain(lookup.held_for(of).map(|(subject, _)| subject)).chain(receivers) {
                if last.replace(one) == Some(one) {
                    continue;
                }
                let by_key = lookup.kind(one) == Some(Kind::Organisation);
                let acting = lookup.held_for(one).filter(|(_, held)| by_key && era.role(held.role).is(RoleNow::KEY));
                for who in std::iter::once(one).chain(acting.map(|(subject, _)| subject)) {
                    if self.is_so(grant, who, party) {
                        self.space.here.push(Goal { asks: Asks::Holds, who, package, party });
                    }
                }
            }
        }
    }
}

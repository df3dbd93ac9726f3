//! Organisations that cover another, seen backward (docs/meaning.md, H6, P1): what is held or passed on for the first is for the second.

use super::holding::{PASS, Seen};
use super::mend::{Mending, Ways};
use crate::decide::condition::Answers;
use crate::decide::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{Grantee, Package, PackageId};
use crate::terms::kind::Kind;
use std::collections::BTreeSet;

/// How many organisations that could cover a party are looked at.
const MOST_COVERING: usize = 32;

impl Mending<'_, '_> {
    /// H6: an organisation that covers the party, or could.
    pub(super) fn by_cover(&self, who: EntityId, package: PackageId, party: EntityId, seen: &mut Seen) -> Ways {
        let mut ways = Ways::new();
        self.roles.of_party(
            PASS,
            party,
            |role| role.covers.is_yes(),
            |other, _, _| {
                if self.kind(other) == Some(Kind::Organisation) {
                    ways.extend(self.holds_by(who, package, other, seen));
                }
            },
        );
        for other in self.could_cover(who, party) {
            if self.case.holds(who, package, other) == Truth::So {
                ways.extend(self.roles_such(other, party, |role| role.covers.is_yes()));
            } else {
                self.not_sure();
            }
        }
        ways
    }

    /// Organisations that could cover a party: first those that somebody has to do with.
    fn could_cover(&self, who: EntityId, party: EntityId) -> Vec<EntityId> {
        let (decider, index) = (self.roles.decider, self.roles.decider.index);
        let of = self.kind(party);
        let covers = (0..index.meaning.roles.len()).any(|at| {
            let role = index.role(at.into(), self.today());
            role.is_some_and(|role| {
                role.covers.is_yes() && role.of.is_some_and(|kinds| of.is_some_and(|kind| kinds.has(kind)))
            })
        });
        if !covers {
            return Vec::new();
        }
        let facts = decider.facts;
        let mut found = vec![who];
        found.extend(facts.roles_of(who).rows.iter().filter_map(|row| row.party.get()).take(MOST_COVERING));
        let received = facts.delegations_to(who).take(MOST_COVERING).filter_map(|at| facts.delegation(at));
        found.extend(received.map(|one| one.party));
        found.extend(decider.entities(|kind| kind == Kind::Organisation).take(MOST_COVERING));
        let mut seen = BTreeSet::new();
        found.retain(|one| *one != party && self.kind(*one) == Some(Kind::Organisation) && seen.insert(*one));
        found.truncate(MOST_COVERING);
        found
    }

    /// P1 and P3, for an organisation that could cover the party.
    pub(super) fn passes_by_cover(&self, body: &Package, who: EntityId, party: EntityId) -> Ways {
        let mut ways = Ways::new();
        for other in self.could_cover(who, party) {
            let givers = if who == party { self.near(other) } else { vec![who] };
            let is_granted = |giver: &EntityId| {
                body.grants.iter().any(|grant| match grant.to {
                    Some(Grantee::Role(role)) if grant.gives_delegation && !grant.undecided => {
                        self.roles.has(PASS, *giver, role, other).is_some()
                    }
                    Some(Grantee::Itself) => grant.gives_delegation && *giver == other,
                    _ => false,
                })
            };
            if givers.iter().any(is_granted) {
                ways.extend(self.roles_such(other, party, |role| role.covers.is_yes()));
            }
        }
        ways
    }
}

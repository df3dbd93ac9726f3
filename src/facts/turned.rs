//! Facts in the orders that a question about everybody reads: role facts by role, delegations by what is given. Made once, when
//! such a question is asked; a decision needs none of it.

use super::roles::{grouped, range, usizes};
use super::{EntityId, Facts, Given, Party};
use crate::ir::{AreaId, PackageId, RoleId};

/// The places of role facts and delegations, turned round.
#[derive(Debug)]
pub struct Turned {
    packages: u32,
    roles: (Vec<u32>, Vec<u32>),
    given: (Vec<u32>, Vec<u32>),
}

impl Turned {
    /// Turns the facts round, of a bundle that has so many roles, packages and areas. Linear.
    #[must_use]
    pub fn of(facts: &Facts, roles: usize, packages: usize, areas: usize) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let parties = || facts.entities().map(Some).chain([None]);
        let by_party: Vec<u32> = parties().flat_map(|party| facts.roles_for(party)).copied().collect();
        let role = |at: &u32| facts.role_row(*at).map_or(0, |row| row.role.0);
        let roles = turned(by_party, roles, role);
        let first_area = number(packages);
        let by_party: Vec<u32> = facts.entities().flat_map(|party| facts.delegations_for(party)).copied().collect();
        let given = |at: &u32| match facts.delegation_row(*at).map(|row| row.what()) {
            Some(Given::Package(id)) => id.0,
            Some(Given::Area(id)) => first_area + id.0,
            None => 0,
        };
        Turned { packages: first_area, roles, given: turned(by_party, packages + areas, given) }
    }

    /// The places of the role facts of a role, in order of party (for nobody last), then subject.
    #[must_use]
    pub fn with_role(&self, role: RoleId) -> &[u32] {
        self.roles.1.get(usizes(range(&self.roles.0, role.0))).unwrap_or(&[])
    }

    /// The places of the delegations of a package itself, in order of party.
    #[must_use]
    pub fn of_package(&self, package: PackageId) -> &[u32] {
        self.given.1.get(usizes(range(&self.given.0, package.0))).unwrap_or(&[])
    }

    /// The places of the delegations of an area, in order of party.
    #[must_use]
    pub fn of_area(&self, area: AreaId) -> &[u32] {
        self.given.1.get(usizes(range(&self.given.0, self.packages + area.0))).unwrap_or(&[])
    }

    /// Those of the role facts of a role that are for a party.
    #[must_use]
    pub fn between(&self, facts: &Facts, role: RoleId, party: EntityId) -> &[u32] {
        let of = |at: &u32| facts.role_row(*at).map_or(Party::NOBODY, |row| row.party);
        of_party(self.with_role(role), Party::of(Some(party)), of)
    }

    /// The delegations of these places (of a package, or of an area) that are for a party.
    #[must_use]
    pub fn given_for<'t>(facts: &Facts, places: &'t [u32], party: EntityId) -> &'t [u32] {
        of_party(places, party, |at| facts.delegation_row(*at).map_or(party, |row| row.party))
    }
}

/// Those of one party, where parties are in order.
fn of_party<P: Ord + Copy>(places: &[u32], party: P, of: impl Fn(&u32) -> P) -> &[u32] {
    let start = places.partition_point(|at| of(at) < party);
    let rest = places.get(start..).unwrap_or(&[]);
    rest.get(..rest.partition_point(|at| of(at) <= party)).unwrap_or(&[])
}

/// Places by group, in their order within each: where each group begins, and the places.
fn turned(places: Vec<u32>, groups: usize, group: impl Fn(&u32) -> u32) -> (Vec<u32>, Vec<u32>) {
    let (starts, mut order) = grouped(places.len(), groups, |at| places.get(at).map_or(0, &group));
    for at in &mut order {
        *at = places.get(*at as usize).copied().unwrap_or_default();
    }
    (starts, order)
}

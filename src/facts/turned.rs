//! Facts in the orders that a question about everybody reads: role facts by role, delegations by what is given. Made once, when
//! such a question is asked; a decision needs none of it.

use super::roles::{grouped, range, usizes};
use super::{Facts, Given};
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
        let role = |at: usize| facts.role_row(number(at)).map_or(0, |row| row.role.0);
        let first_area = number(packages);
        let given = |at: usize| match facts.delegation_row(number(at)).map(|row| row.what()) {
            Some(Given::Package(id)) => id.0,
            Some(Given::Area(id)) => first_area + id.0,
            None => 0,
        };
        Turned {
            packages: first_area,
            roles: grouped(facts.role_count() as usize, roles, role),
            given: grouped(facts.delegation_count() as usize, packages + areas, given),
        }
    }

    /// The places of the role facts of a role, in order of subject and party.
    #[must_use]
    pub fn with_role(&self, role: RoleId) -> &[u32] {
        self.roles.1.get(usizes(range(&self.roles.0, role.0))).unwrap_or(&[])
    }

    /// The places of the delegations of a package itself, in order of receiver and party.
    #[must_use]
    pub fn of_package(&self, package: PackageId) -> &[u32] {
        self.given.1.get(usizes(range(&self.given.0, package.0))).unwrap_or(&[])
    }

    /// The places of the delegations of an area.
    #[must_use]
    pub fn of_area(&self, area: AreaId) -> &[u32] {
        self.given.1.get(usizes(range(&self.given.0, self.packages + area.0))).unwrap_or(&[])
    }
}

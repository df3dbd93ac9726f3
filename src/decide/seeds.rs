//! Which facts of a party a search for holders begins from: those that matter to the packages asked about. Searches nothing itself.

use super::index::Index;
use super::roles::Roles;
use crate::facts::{EntityId, Turned};
use crate::ir::{PackageId, RoleId};
use crate::terms::kind::Kinds;
use rustc_hash::{FxHashMap, FxHashSet};

/// Is one of these packages granted to a role?
pub(super) fn is_granted(index: &Index<'_>, relevant: &FxHashMap<PackageId, Kinds>, role: RoleId) -> bool {
    index.grants_to_role(role).iter().any(|at| relevant.contains_key(&at.package))
}

/// The places of the delegations for a party, in order; of very many only those of these packages and their areas.
pub(super) fn delegations_for(roles: &Roles<'_>, relevant: &FxHashMap<PackageId, Kinds>, party: EntityId) -> Vec<u32> {
    let (index, facts) = (roles.decider.index, roles.decider.facts);
    let all = facts.delegations_for(party);
    let Some(turned) = roles.turned_for(all.len()) else { return all.to_vec() };
    let (mut found, mut areas) = (Vec::new(), FxHashSet::default());
    for package in (0..index.meaning.packages.len()).map(PackageId::from).filter(|id| relevant.contains_key(id)) {
        found.extend(Turned::given_for(facts, turned.of_package(package), party));
        let area = index.package(package, roles.today).and_then(|(_, body)| body.area);
        if let Some(area) = area.filter(|area| areas.insert(*area)) {
            found.extend(Turned::given_for(facts, turned.of_area(area), party));
        }
    }
    found.sort_unstable();
    found
}

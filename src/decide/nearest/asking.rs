//! Packages and areas asked for themselves, seen backward (docs/meaning.md, Q2–Q6).

use super::holding::{PASS, Seen};
use super::mend::{Mending, Ways, fewest};
use crate::decide::Action;
use crate::decide::decision::What;
use crate::decide::lines::Handing;
use crate::facts::EntityId;
use crate::ir::{AreaId, PackageId};

impl Mending<'_, '_> {
    pub(super) fn delegates(&self) -> bool {
        self.case.request.action == Action::Delegate
    }

    pub(super) fn package(&self, package: PackageId) -> Ways {
        let Some((who, party)) = self.case.asking else { return self.subjects() };
        if self.delegates() {
            self.may_delegate(who, package, party).unwrap_or_default()
        } else {
            self.asked_to_hold(who, package, party)
        }
    }

    pub(super) fn area(&self, area: AreaId, packages: &[PackageId]) -> Ways {
        let Some((who, party)) = self.case.asking else { return self.subjects() };
        let index = self.roles.decider.index;
        if index.area(area, self.today()).is_none() {
            let versions = index.meaning.area(area).map_or(&[][..], |named| &named.versions);
            return versions.iter().flat_map(|version| self.toward(version.period)).collect();
        }
        let holding = self.case.holding(PASS, party);
        if !self.delegates() {
            let lacking = packages.iter().filter(|package| holding.holds_by_link(who, **package, party).is_none());
            return fewest(lacking.map(|package| self.holds(who, *package, party)));
        }
        let mut obstacles = Vec::new();
        if let Some(receiver) = self.case.request.to {
            let handing = Handing { giver: who, receiver, party, delegation: None };
            if holding.lines.of_area(area, &handing, false).is_none() {
                obstacles.push(self.lines(What::Area(area), &handing, false));
            }
        }
        obstacles.extend(packages.iter().filter_map(|package| self.may_delegate(who, *package, party)));
        fewest(obstacles)
    }

    /// Q3: whatever could let the subject delegate; `None`: it may.
    pub(super) fn may_delegate(&self, giver: EntityId, package: PackageId, party: EntityId) -> Option<Ways> {
        let holding = self.case.holding(PASS, party);
        let receiver = self.case.request.to;
        if receiver == Some(giver) {
            return Some(Ways::new());
        }
        let mut obstacles = Vec::new();
        let free = holding.passes(giver, package, party).is_some();
        let bound = holding.passes_to_agents(giver, package, party).is_some();
        let mut agents: Vec<EntityId> = receiver.into_iter().collect();
        if receiver.is_none() {
            agents = self.near(giver);
        }
        let to_agent = agents.iter().any(|agent| self.roles.agent(PASS, *agent, giver).is_some());
        if !(free || bound && to_agent) {
            let mut ways = self.passes_by(giver, package, party, receiver, &mut Seen::default());
            if receiver.is_none() && bound {
                let each = agents.iter().map(|agent| self.roles_such(*agent, giver, |role| role.agent.is_yes()));
                ways.extend(each.flatten());
            }
            obstacles.push(ways);
        }
        if let Some(receiver) = receiver {
            let handing = Handing { giver, receiver, party, delegation: None };
            if holding.lines.of_package(package, &handing, false).is_none() {
                obstacles.push(self.lines(What::Package(package), &handing, false));
            }
        }
        // Without an obstacle that was seen here there may still be one.
        (!obstacles.is_empty()).then(|| fewest(obstacles))
    }
}

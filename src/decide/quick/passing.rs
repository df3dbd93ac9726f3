//! Who holds an area, and who may pass on a package or an area (docs/meaning.md, Q3–Q6): the same as `question` finds. Tells no story.

use super::era::RoleNow;
use super::packages_of_area;
use super::rules::Quick;
use super::search::{Asks, Goal, Search};
use crate::decide::decision::What;
use crate::decide::lines::Handing;
use crate::decide::roles::Pass;
use crate::facts::EntityId;
use crate::ir::{AreaId, Line, PackageId};
use crate::terms::kind::Kind;

impl<'a> Quick<'a> {
    /// Q5.
    pub(super) fn holds_area(&self, pass: Pass, area: AreaId) -> (bool, bool) {
        self.every_package(area, |who, package, party| {
            self.search(pass, [Goal { asks: Asks::Holds, who, package, party }], Some(area), true)
        })
    }

    /// Is it so of every package of the area, of which there is one?
    fn every_package(
        &self,
        area: AreaId,
        mut is_so: impl FnMut(EntityId, PackageId, EntityId) -> (bool, bool),
    ) -> (bool, bool) {
        let Some((who, party)) = self.asking.filter(|_| self.era.area_is_in_force(area)) else { return (false, false) };
        let (mut all, mut some, mut unknown) = (true, false, false);
        for package in packages_of_area(self.roles, self.era, area, party) {
            some = true;
            let (so, met) = is_so(who, package, party);
            all &= so;
            unknown |= met;
        }
        (all && some, unknown)
    }

    /// Q3.
    pub(super) fn may_delegate(&self, pass: Pass, package: PackageId, area_alone: Option<AreaId>) -> (bool, bool) {
        let Some((giver, party)) = self.asking else { return (false, false) };
        let mut space = self.scratch.space.borrow_mut();
        let mut search = Search::new(self.roles, self.era, self.lookup, pass, &mut space);
        search.area_alone = area_alone;
        let organisation = self.roles.decider.facts.kind(giver) == Some(Kind::Organisation);
        let agent = match self.query.to {
            Some(receiver) => {
                let handing = Handing { giver, receiver, party, delegation: None };
                if receiver == giver || search.lines.of_package(package, &handing, false).is_none() {
                    return (false, search.lines.some_unknown.get());
                }
                organisation && self.roles.agent(pass, receiver, giver).is_some()
            }
            None if !self.has_a_line(What::Package(package)) => return (false, false),
            None => organisation && self.some_agent_may_receive(&search, package, giver, party),
        };
        let free = Goal { asks: Asks::Passes, who: giver, package, party };
        let bound = Goal { asks: Asks::HoldsItself, who: giver, package, party };
        let found = search.finds([free].into_iter().chain(agent.then_some(bound)));
        if found.is_none() {
            self.lost.set(true);
        }
        (found == Some(true), search.lines.some_unknown.get())
    }

    /// Is the package delegable to somebody with an agent role for the giver?
    fn some_agent_may_receive(
        &self,
        search: &Search<'_, 'a>,
        package: PackageId,
        giver: EntityId,
        party: EntityId,
    ) -> bool {
        let mut found = false;
        if search.pass == Pass::Possibly && self.roles.unknown().any(|(id, _)| self.era.role(id).is(RoleNow::AGENT)) {
            self.lost.set(true);
            return false;
        }
        self.roles.of_party(
            search.pass,
            giver,
            |role| role.agent.is_yes(),
            |receiver, _, _| {
                let handing = Handing { giver, receiver, party, delegation: None };
                found |= receiver != giver && search.lines.of_package(package, &handing, false).is_some();
            },
        );
        found
    }

    /// Has it a line in `delegable` that is not undecided?
    fn has_a_line(&self, what: What) -> bool {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let lines = match what {
            What::Package(package) => index.package(package, today).map(|(_, body)| &body.delegable),
            What::Area(area) => index.area(area, today).map(|(_, body)| &body.delegable),
        };
        lines.is_some_and(|lines| lines.iter().any(|line| matches!(line, Line::To { .. })))
    }

    /// Q6.
    pub(super) fn may_delegate_area(&self, pass: Pass, area: AreaId) -> (bool, bool) {
        let Some((giver, party)) = self.asking else { return (false, false) };
        let mut unknown = false;
        match self.query.to {
            Some(receiver) => {
                let mut space = self.scratch.space.borrow_mut();
                let search = Search::new(self.roles, self.era, self.lookup, pass, &mut space);
                let handing = Handing { giver, receiver, party, delegation: None };
                let admitted = search.lines.of_area(area, &handing, false).is_some();
                unknown |= search.lines.some_unknown.get();
                if !admitted {
                    return (false, unknown);
                }
            }
            None if !self.has_a_line(What::Area(area)) => return (false, false),
            None => {}
        }
        let (all, met) = self.every_package(area, |_, package, _| self.may_delegate(pass, package, Some(area)));
        (all, unknown | met)
    }
}

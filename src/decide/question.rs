//! The questions about packages and areas (docs/meaning.md, Q2–Q6), asked in one pass. Rules are asked elsewhere.

use super::case::Case;
use super::decision::{Link, Step, What};
use super::hold::{Cost, Holding};
use super::lines::Handing;
use super::proof::Proof;
use super::request::{Action, On};
use super::roles::{Because, Pass, Roles};
use super::trace::Chain;
use crate::facts::EntityId;
use crate::ir::{AreaId, Line, Package, PackageId, RoleId};
use crate::terms::kind::Kind;
use std::rc::Rc;

/// A request on a package or an area, in one pass.
pub(super) struct Question<'q, 'a> {
    case: &'q Case<'a>,
    pass: Pass,
    /// The package asked for, or those of the area asked for.
    packages: &'q [PackageId],
    holding: Option<Rc<Holding<'a>>>,
}

impl<'q, 'a> Question<'q, 'a> {
    pub(super) fn new(case: &'q Case<'a>, pass: Pass, packages: &'q [PackageId]) -> Self {
        let holding = case.asking.map(|(_, party)| case.holding(pass, party));
        Question { case, pass, packages, holding }
    }

    /// The answer; `None`: the action is none of a package or an area.
    pub(super) fn answer(&self) -> Option<Proof> {
        match (self.case.request.on, &self.case.request.action) {
            (On::Package(package), Action::Use) => Some(self.holds(package)),
            (On::Package(package), Action::Delegate) => Some(self.may_delegate(package)),
            (On::Area(area), Action::Use) => Some(self.holds_area(area)),
            (On::Area(area), Action::Delegate) => Some(self.may_delegate_area(area)),
            (On::Package(_) | On::Area(_), Action::Named(_)) | (On::Resource(_), _) => None,
        }
    }

    fn asking(&self) -> (Option<EntityId>, Option<EntityId>) {
        (self.case.asking.map(|(who, _)| who), self.case.asking.map(|(_, party)| party))
    }

    /// Q2.
    fn holds(&self, package: PackageId) -> Proof {
        let (who, party) = self.asking();
        let lack = Step::LacksPackage { who, package, party };
        let (Some((who, party)), Some(holding)) = (self.case.asking, &self.holding) else { return Err(lack) };
        let node = holding.holds(who, package, party).ok_or(lack)?;
        Ok(holding.told(node, Chain::default()))
    }

    /// Q3.
    fn may_delegate(&self, package: PackageId) -> Proof {
        let (who, party) = self.asking();
        let what = What::Package(package);
        let no_right = Step::LacksRightToPassOn { who, what, party };
        let (Some((giver, party)), Some(holding)) = (self.case.asking, &self.holding) else { return Err(no_right) };
        let mut chain = Chain::default();
        let agent = match self.case.request.to {
            Some(receiver) => {
                let not_delegable = Step::NotDelegable { what, receiver: Some(receiver) };
                if receiver == giver {
                    return Err(not_delegable);
                }
                let handing = Handing { giver, receiver, party, delegation: None };
                let admitted = holding.lines.of_package(package, &handing, false).ok_or(not_delegable)?;
                chain.delegable(holding, 0, what, admitted, &handing);
                self.case.roles.agent(self.pass, receiver, giver).map(|because| (receiver, because))
            }
            None => {
                if !self.has_a_line(what) {
                    return Err(Step::NotDelegable { what, receiver: None });
                }
                self.agent_to_receive(holding, package, giver, party)
            }
        };
        let free = holding.passes(giver, package, party);
        let bound = agent.and_then(|agent| Some((holding.passes_to_agents(giver, package, party)?, agent)));
        match (free, bound) {
            (Some(node), None) => Ok(holding.told(node, chain)),
            (Some(node), Some((other, _))) if holding.cost(node) <= holding.cost(other) => {
                Ok(holding.told(node, chain))
            }
            (_, Some((node, (receiver, (role, because))))) => {
                chain.role(0, because, receiver, role, Some(giver));
                Ok(holding.told(node, chain))
            }
            (None, None) => Err(no_right),
        }
    }

    /// Somebody with an agent role for the giver to whom the package is delegable (Q3 without a receiver).
    fn agent_to_receive(
        &self,
        holding: &Holding<'a>,
        package: PackageId,
        giver: EntityId,
        party: EntityId,
    ) -> Option<(EntityId, (RoleId, Because))> {
        let roles = self.case.roles;
        if roles.decider.kind(giver) != Some(Kind::Organisation) {
            return None;
        }
        let mut found: Option<(EntityId, (RoleId, Because))> = None;
        roles.of_party(
            self.pass,
            giver,
            |role| role.agent.is_yes(),
            |receiver, role, because| {
                let better = found.is_none_or(|(known, (at, by))| (receiver, because, role) < (known, by, at));
                let handing = Handing { giver, receiver, party, delegation: None };
                if receiver != giver && better && holding.lines.of_package(package, &handing, false).is_some() {
                    found = Some((receiver, (role, because)));
                }
            },
        );
        found
    }

    /// Has it a line in `delegable` that is not undecided?
    fn has_a_line(&self, what: What) -> bool {
        let (index, today) = (self.case.roles.decider.index, self.case.roles.today);
        let lines = match what {
            What::Package(package) => index.package(package, today).map(|(_, body)| &body.delegable),
            What::Area(area) => index.area(area, today).map(|(_, body)| &body.delegable),
        };
        lines.is_some_and(|lines| lines.iter().any(|line| matches!(line, Line::To { .. })))
    }

    /// Q5.
    fn holds_area(&self, area: AreaId) -> Proof {
        let (who, party) = self.asking();
        let lack = Step::LacksArea { who, area, party };
        let (Some((who, party)), Some(holding)) = (self.case.asking, &self.holding) else { return Err(lack) };
        if self.packages.is_empty() {
            return Err(lack);
        }
        let mut whole: (Cost, Vec<Link>) = (Cost::NOTHING, Vec::new());
        for package in self.packages {
            let lack = Step::LacksPackage { who: Some(who), package: *package, party: Some(party) };
            let node = holding.holds_by_link(who, *package, party).ok_or(lack)?;
            let (cost, chain) = holding.told(node, Chain::default());
            whole.0 = whole.0.and(cost);
            whole.1.extend(chain);
        }
        Ok(whole)
    }

    /// Q6.
    fn may_delegate_area(&self, area: AreaId) -> Proof {
        let (who, party) = self.asking();
        let what = What::Area(area);
        let no_right = Step::LacksRightToPassOn { who, what, party };
        let (Some((giver, party)), Some(holding)) = (self.case.asking, &self.holding) else { return Err(no_right) };
        if self.packages.is_empty() {
            return Err(no_right);
        }
        let mut chain = Chain::default();
        let not_delegable = Step::NotDelegable { what, receiver: self.case.request.to };
        match self.case.request.to {
            Some(receiver) => {
                let handing = Handing { giver, receiver, party, delegation: None };
                let admitted = holding.lines.of_area(area, &handing, false).ok_or(not_delegable)?;
                chain.delegable(holding, 0, what, admitted, &handing);
            }
            None if !self.has_a_line(what) => return Err(not_delegable),
            None => {}
        }
        let mut whole = (Cost::NOTHING, chain.done());
        for package in self.packages {
            let (cost, links) = self.may_delegate(*package)?;
            whole.0 = whole.0.and(cost);
            whole.1.extend(links);
        }
        Ok(whole)
    }
}

/// The packages of an area (Q4), whether it is in force or not: their open questions are read all the same (C4).
pub(super) fn packages_of_area(roles: &Roles<'_>, area: AreaId, party: Option<EntityId>) -> Vec<PackageId> {
    let index = roles.decider.index;
    let kind = party.and_then(|party| roles.decider.kind(party));
    let in_it = |body: &Package| {
        body.area == Some(area) && body.kinds.known().is_none_or(|kinds| kind.is_some_and(|kind| kinds.has(kind)))
    };
    let packages = index.packages_of_area(area).iter().copied();
    packages.filter(|package| index.package(*package, roles.today).is_some_and(|(_, body)| in_it(body))).collect()
}

//! Chains: the steps that carry an answer, as a tree in pre-order. Finds nothing out; walks what `hold` found.

use super::condition::Roots;
use super::decision::{Link, Missing, Step, What};
use super::hold::{Cost, Fact, Holding, Node, Why, of_grant};
use super::index::GrantAt;
use super::lines::{Admitted, Handing, of_line};
use super::roles::{Because, Roles};
use super::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{Expression, Line, RoleId};
use std::collections::BTreeSet;

/// A chain being written.
#[derive(Debug, Default)]
pub(super) struct Chain {
    links: Vec<Link>,
}

impl Chain {
    /// The steps.
    pub(super) fn done(self) -> Vec<Link> {
        self.links
    }

    pub(super) fn step(&mut self, depth: u16, step: Step) {
        self.links.push(Link { depth, step });
    }

    /// That somebody has a role: the fact, or that it is out of reach.
    pub(super) fn role(
        &mut self,
        depth: u16,
        because: Because,
        subject: EntityId,
        role: RoleId,
        party: Option<EntityId>,
    ) {
        self.step(
            depth,
            match because {
                Because::Fact(index) => Step::Role { index },
                Because::Unknown => Step::UnknownRole { subject, role, party },
            },
        );
    }

    /// That a condition is so, or what it lacks.
    fn condition<'a>(&mut self, depth: u16, roles: &'a Roles<'a>, roots: Roots<'a>, when: &'a Expression, owner: &str) {
        let scene = roles.scene(roots);
        match scene.truth(when) {
            Truth::So => {
                self.step(depth, Step::ConditionHolds);
                scene.evidence(when, depth.saturating_add(1), self);
            }
            Truth::Not | Truth::Unknown => {
                let missing = scene.missing(when, owner).into_iter().collect();
                self.step(depth, Step::ConditionUnknown { missing });
            }
        }
    }

    /// That something is delegable to a receiver.
    pub(super) fn delegable<'a>(
        &mut self,
        holding: &Holding<'a>,
        depth: u16,
        what: What,
        admitted: Admitted,
        handing: &Handing,
    ) {
        let Admitted { version, line, because, .. } = admitted;
        self.step(depth, Step::Delegable { what, version, line, receiver: handing.receiver });
        let below = depth.saturating_add(1);
        if let Some((role, because)) = because {
            self.role(below, because, handing.receiver, role, Some(handing.giver));
        }
        let (roles, meaning) = (holding.roles, holding.roles.decider.index.meaning);
        let (name, lines) = match what {
            What::Package(id) => match meaning.package(id) {
                Some(named) => (&named.name, named.versions.get(version as usize).map(|body| &body.delegable)),
                None => return,
            },
            What::Area(id) => match meaning.area(id) {
                Some(named) => (&named.name, named.versions.get(version as usize).map(|body| &body.delegable)),
                None => return,
            },
        };
        if let Some(Line::To { when: Some(when), .. }) = lines.and_then(|lines| lines.get(line as usize)) {
            self.condition(below, roles, of_line(roles, handing), when, &format!("{name} delegable when"));
        }
    }

    /// That a node is so, and all that it rests on. A node rests on one other at most, so this is a loop.
    pub(super) fn node(&mut self, holding: &Holding<'_>, depth: u16, node: Node) {
        let mut depth = depth;
        let mut next = Some((node, false));
        while let Some((node, told)) = next {
            let Node { fact, who, package, party, .. } = node;
            // A right to pass on by P2 shows the holding that it comes from; P1 rests on a grant that reached.
            if !told {
                let step = if Fact::HOLDS.contains(&fact) {
                    Step::Holds { who, package, party }
                } else {
                    Step::MayPassOn { who, package, party }
                };
                self.step(depth, step);
                depth = depth.saturating_add(1);
                if fact == Fact::PassesOnward {
                    self.step(depth, Step::Holds { who, package, party });
                    depth = depth.saturating_add(1);
                }
            }
            let Some(why) = holding.why(node) else { return };
            next = self.why(holding, depth, node, why);
        }
    }

    /// The leaves of a reason; what it rests on, and whether that has been told already (it only changes the reason).
    fn why(&mut self, holding: &Holding<'_>, depth: u16, node: Node, why: Why) -> Option<(Node, bool)> {
        let Node { who, package, party, .. } = node;
        match why {
            Why::GrantToRole(at, because, role) => {
                self.grant(holding, depth, at, who, party);
                self.role(depth, because, who, role, Some(party));
                None
            }
            Why::GrantToItself(at) => {
                self.grant(holding, depth, at, who, party);
                self.step(depth, Step::IsParty { who });
                None
            }
            Why::GrantToHolder(at, holder) => {
                self.grant(holding, depth, at, who, party);
                Some((holder, false))
            }
            Why::Delegation { at, package: admitted, area, right, agent } => {
                self.step(depth, Step::Delegation { index: at });
                let handing = Handing { giver: right.who, receiver: who, party, delegation: Some(at) };
                self.delegable(holding, depth, What::Package(package), admitted, &handing);
                if let Some((area, admitted)) = area {
                    self.delegable(holding, depth, What::Area(area), admitted, &handing);
                }
                if let Some((role, because)) = agent {
                    self.role(depth, because, who, role, Some(right.who));
                }
                Some((right, false))
            }
            Why::Key(role, because, organisation) => {
                self.role(depth, because, who, role, Some(organisation.who));
                Some((organisation, false))
            }
            Why::Cover(role, because, covering) => {
                self.role(depth, because, covering.party, role, Some(party));
                Some((covering, covering.fact == Fact::Reached))
            }
            Why::Same(same) => Some((same, same.fact == Fact::Reached)),
        }
    }

    fn grant(&mut self, holding: &Holding<'_>, depth: u16, at: GrantAt, holder: EntityId, party: EntityId) {
        self.step(depth, Step::Grant { package: at.package, version: at.version, grant: at.grant });
        let roles = holding.roles;
        let (Some(grant), Some(named)) =
            (roles.decider.index.grant(at, roles.today), roles.decider.index.meaning.package(at.package))
        else {
            return;
        };
        if let Some(when) = &grant.when {
            let owner = format!("{} grant when", named.name);
            self.condition(depth.saturating_add(1), roles, of_grant(holder, party), when, &owner);
        }
    }
}

impl Holding<'_> {
    /// What a node that is so costs, and why it is, behind what the chain says already.
    pub(super) fn told(&self, node: Node, mut chain: Chain) -> (Cost, Vec<Link>) {
        chain.node(self, 0, node);
        (self.cost(node).unwrap_or(Cost::NOTHING), chain.done())
    }
}

/// What a chain lacks.
pub(super) fn missing(chain: &[Link]) -> BTreeSet<Missing> {
    let mut found = BTreeSet::new();
    for link in chain {
        match &link.step {
            Step::UnknownRole { role, .. } => drop(found.insert(Missing::Role(*role))),
            Step::ConditionUnknown { missing } => found.extend(missing.iter().cloned()),
            _ => {}
        }
    }
    found
}

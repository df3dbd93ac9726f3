//! Chains: the steps that carry an answer, as a tree in pre-order. Finds nothing out; walks what `hold` found.

use super::decision::{Link, Step, What};
use super::hold::{Admitted, Fact, Holding, Node, Why};
use super::roles::Because;
use crate::facts::EntityId;
use crate::ir::{PackageId, RoleId};

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

    /// That something is delegable to a receiver.
    pub(super) fn delegable(
        &mut self,
        depth: u16,
        what: What,
        admitted: Admitted,
        receiver: EntityId,
        giver: EntityId,
    ) {
        self.step(depth, Step::Delegable { what, version: admitted.version, line: admitted.line, receiver });
        if let Some((role, because)) = admitted.because {
            self.role(depth.saturating_add(1), because, receiver, role, Some(giver));
        }
    }

    /// That a node is so, and all that it rests on. A node rests on one other at most, so this is a loop.
    pub(super) fn node(&mut self, holding: &Holding<'_, '_, '_, '_>, depth: u16, node: Node) {
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
            next = self.why(depth, node, why);
        }
    }

    /// The leaves of a reason; what it rests on, and whether that has been told already (it only changes the reason).
    fn why(&mut self, depth: u16, node: Node, why: Why) -> Option<(Node, bool)> {
        let Node { who, package, party, .. } = node;
        match why {
            Why::GrantToRole(at, because, role) => {
                self.grant(depth, package, at.version, at.grant);
                self.role(depth, because, who, role, Some(party));
                None
            }
            Why::GrantToItself(at) => {
                self.grant(depth, package, at.version, at.grant);
                self.step(depth, Step::IsParty { who });
                None
            }
            Why::GrantToHolder(at, holder) => {
                self.grant(depth, package, at.version, at.grant);
                Some((holder, false))
            }
            Why::Delegation { at, package: admitted, area, right, agent } => {
                self.step(depth, Step::Delegation { index: at });
                self.delegable(depth, What::Package(package), admitted, who, right.who);
                if let Some((area, admitted)) = area {
                    self.delegable(depth, What::Area(area), admitted, who, right.who);
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

    fn grant(&mut self, depth: u16, package: PackageId, version: u32, grant: u32) {
        self.step(depth, Step::Grant { package, version, grant });
    }
}

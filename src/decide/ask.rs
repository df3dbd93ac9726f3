//! What a decision point must be told when it runs an export (docs/attributes.md): the attributes of a request, worked out
//! from facts, and the value of a condition that an export leaves to its provider. Decides no rule.

use super::case::Case;
use super::condition::Around;
use super::decision::What;
use super::hold::{Fact, Holding, Node, Why};
use super::index::{Decider, GrantAt};
use super::lines::Handing;
use super::request::{On, Request};
use super::roles::{Pass, Roles};
use super::rules::{Part, Rules};
use super::truth::Truth;
use crate::facts::{EntityId, Value};
use crate::ir::{AreaId, Expression, Line, OrganisationId, PackageId, RoleId, RuleId};
use crate::terms::kind::Kind;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Unknown roles and conditions are taken as not so.
const PASS: Pass = Pass::Certainly;

/// The attributes of a request. Unknown roles are not in any of them: what hangs on them is denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    /// Roles that the subject has for the party and, where it is the party, its statuses.
    pub roles: BTreeSet<RoleId>,
    /// Is the subject the party?
    pub is_party: bool,
    /// Packages that the subject holds for the party by (b), (c) or (d) (H4–H6), or by (a) through a grant with a condition.
    pub packages: BTreeSet<PackageId>,
    /// Packages that the subject may pass on for the party, without those that grants give it by `roles` and `packages`.
    pub packages_to_pass_on: BTreeSet<PackageId>,
    /// The kind of the party.
    pub party_kind: Option<Kind>,
    /// Statuses of the party.
    pub party_roles: BTreeSet<RoleId>,
    /// The declared organisation that the party is.
    pub party_organisation: Option<OrganisationId>,
    /// Who is to receive.
    pub receiver: Receiver,
    /// Packages and areas of which a line with a condition may admit the receiver, and that are delegable to it (D1).
    pub receiver_admitted: BTreeSet<What>,
    /// The date in Oslo.
    pub today: Date,
}

/// The receiver of what is to be delegated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// None is named.
    Nobody,
    /// The subject itself, to whom nothing can be delegated.
    Subject,
    /// Somebody else.
    Other {
        /// Its kind.
        kind: Kind,
        /// Roles that it has for the subject or for the party, and its statuses.
        roles: BTreeSet<RoleId>,
    },
}

impl Decider<'_, '_> {
    /// The attributes of a request.
    #[must_use]
    pub fn attributes(&self, request: &Request) -> Attributes {
        let roles = Roles::new(self, request.now, request.today);
        let mut attributes = Attributes {
            roles: BTreeSet::new(),
            is_party: false,
            packages: BTreeSet::new(),
            packages_to_pass_on: BTreeSet::new(),
            party_kind: None,
            party_roles: BTreeSet::new(),
            party_organisation: None,
            receiver: Receiver::Nobody,
            receiver_admitted: BTreeSet::new(),
            today: request.today,
        };
        let Some((who, party)) = request.subject.zip(request.party()) else { return attributes };
        attributes.is_party = who == party;
        attributes.party_kind = self.kind(party);
        attributes.party_organisation = self.facts.entity(party).and_then(|entity| entity.declared);
        roles.statuses(PASS, party, |role, _| {
            attributes.party_roles.insert(role);
        });
        if who == party {
            attributes.roles.clone_from(&attributes.party_roles);
        }
        roles.of_party(
            PASS,
            party,
            |_| true,
            |subject, role, _| {
                if subject == who {
                    attributes.roles.insert(role);
                }
            },
        );
        attributes.receiver = self.receiver(&roles, request, who, party);
        let area_alone = match request.on {
            On::Area(area) => Some(area),
            On::Package(_) | On::Resource(_) => None,
        };
        let every = (0..self.index.meaning.packages.len()).map(PackageId::from);
        let holding = Holding::find(&roles, PASS, party, every.clone(), area_alone);
        let held = |package: &PackageId| {
            let ways = [Fact::HoldsByDelegation, Fact::HoldsByKey, Fact::HoldsByCover];
            holding.is_so(&ways, area_alone.is_some(), who, *package, party)
                || self.held_by_condition(&holding, area_alone.is_some(), who, *package, party)
        };
        attributes.packages = every.clone().filter(held).collect();
        let by_policy = self.granted_by_policy(&attributes, request.today);
        let passes = |package: &PackageId| {
            holding.passes(who, *package, party).is_some()
                || self.passes_to_agent(&roles, &holding, request, *package, who, party)
        };
        let all = every.filter(|package| !by_policy.contains(package));
        attributes.packages_to_pass_on = all.filter(passes).collect();
        if let Some(receiver) = request.to.filter(|receiver| *receiver != who) {
            attributes.receiver_admitted =
                self.admitted(&holding, &Handing { giver: who, receiver, party, delegation: None });
        }
        attributes
    }

    /// Is it held by a grant whose condition is so?
    fn held_by_condition(
        &self,
        holding: &Holding<'_>,
        linked: bool,
        who: EntityId,
        package: PackageId,
        party: EntityId,
    ) -> bool {
        let ways: &[bool] = if linked { &[true] } else { &[false, true] };
        let node = holding.best_of(&[Fact::HoldsByGrant], ways, who, package, party);
        let grant = match node.and_then(|node| holding.why(node)) {
            Some(Why::GrantToRole(at, ..) | Why::GrantToItself(at) | Why::GrantToHolder(at, _)) => at,
            _ => return false,
        };
        self.index.grant(grant, holding.roles.today).is_some_and(|grant| grant.when.is_some())
    }

    /// What with a conditional line is delegable to the receiver.
    fn admitted<'a>(&'a self, holding: &Holding<'a>, handing: &Handing) -> BTreeSet<What> {
        let (meaning, today) = (self.index.meaning, holding.roles.today);
        let conditional = |lines: &[Line]| lines.iter().any(|line| matches!(line, Line::To { when: Some(_), .. }));
        let packages = (0..meaning.packages.len()).map(PackageId::from).filter(|id| {
            self.index.package(*id, today).is_some_and(|(_, body)| conditional(&body.delegable))
                && holding.lines.of_package(*id, handing, false).is_some()
        });
        let areas = (0..meaning.areas.len()).map(AreaId::from).filter(|id| {
            self.index.area(*id, today).is_some_and(|(_, body)| conditional(&body.delegable))
                && holding.lines.of_area(*id, handing, false).is_some()
        });
        packages.map(What::Package).chain(areas.map(What::Area)).collect()
    }

    fn receiver(&self, roles: &Roles<'_>, request: &Request, who: EntityId, party: EntityId) -> Receiver {
        let Some((receiver, kind)) = request.to.and_then(|to| Some((to, self.kind(to)?))) else {
            return Receiver::Nobody;
        };
        if receiver == who {
            return Receiver::Subject;
        }
        let mut all = BTreeSet::new();
        roles.statuses(PASS, receiver, |role, _| {
            all.insert(role);
        });
        for of in [who, party] {
            roles.of_party(
                PASS,
                of,
                |_| true,
                |subject, role, _| {
                    if subject == receiver {
                        all.insert(role);
                    }
                },
            );
        }
        Receiver::Other { kind, roles: all }
    }

    /// May the subject pass the package on by P4 to the receiver, or where none is named to anybody?
    fn passes_to_agent(
        &self,
        roles: &Roles<'_>,
        holding: &Holding<'_>,
        request: &Request,
        package: PackageId,
        who: EntityId,
        party: EntityId,
    ) -> bool {
        if holding.passes_to_agents(who, package, party).is_none() {
            return false;
        }
        let mut found = false;
        roles.of_party(
            PASS,
            who,
            |role| role.agent.is_yes(),
            |agent, _, _| {
                let handing = Handing { giver: who, receiver: agent, party, delegation: None };
                found |= agent != who
                    && request.to.is_none_or(|to| to == agent)
                    && holding.lines.of_package(package, &handing, false).is_some();
            },
        );
        found
    }

    /// Packages that grants let the subject pass on because of its roles and the packages that it is told to hold:
    /// what the exported policies find out themselves.
    fn granted_by_policy(&self, attributes: &Attributes, today: Date) -> BTreeSet<PackageId> {
        let mut held: BTreeSet<PackageId> = BTreeSet::new();
        let mut may_pass_on = BTreeSet::new();
        let mut waiting: Vec<PackageId> = attributes.packages.iter().copied().collect();
        let mut reach = |at: &GrantAt, waiting: &mut Vec<PackageId>| {
            let kinds = self.index.package(at.package, today).and_then(|(_, body)| body.kinds.known().copied());
            let fits = kinds.is_some_and(|kinds| attributes.party_kind.is_some_and(|kind| kinds.has(kind)));
            // A condition of a grant is not for policies to find out: what it gives is told.
            if let Some(grant) = self.index.grant(*at, today).filter(|grant| fits && grant.when.is_none()) {
                if grant.gives_use {
                    waiting.push(at.package);
                }
                if grant.gives_delegation {
                    may_pass_on.insert(at.package);
                }
            }
        };
        for role in &attributes.roles {
            self.index.grants_to_role(*role).iter().for_each(|at| reach(at, &mut waiting));
        }
        if attributes.is_party {
            self.index.grants_to_itself.iter().for_each(|at| reach(at, &mut waiting));
        }
        while let Some(package) = waiting.pop() {
            if held.insert(package) {
                self.index.grants_to_package(package).iter().for_each(|at| reach(at, &mut waiting));
            }
        }
        may_pass_on
    }
}

impl<'i, 'b> Decider<'i, 'b> {
    /// The value of an expression in the place of the `when` of a rule over the resource asked for; `None`: it is unknown, or (a level, a
    /// legal basis, a resource, a delegation) nothing that a fact may have as its value.
    #[must_use]
    pub fn evaluate(&self, request: &Request, element: Option<&str>, expression: &Expression) -> Option<Value> {
        let roles = Roles::new(self, request.now, request.today);
        let case = Case::new(&roles, request, &[], Some(expression));
        let On::Resource(resource) = request.on else { return None };
        let rules = Rules::new(&case, resource, request.action.word(), true);
        let part = element.map_or(Part::Whole, Part::Element);
        rules.scene(part).see(Around::NOTHING, expression).owned()
    }

    /// Are `to` and `requires` of a rule so (U2–U5), whatever its condition says, and whether it is in force or not? `None`: unknown.
    #[must_use]
    pub fn reaches(&self, request: &Request, rule: RuleId) -> Option<bool> {
        let roles = Roles::new(self, request.now, request.today);
        let rule = self.index.meaning.rule(rule)?;
        let On::Resource(resource) = request.on else { return None };
        let mut packages = Vec::new();
        if let Some(requires) = &rule.requires {
            requires.each(&mut |package| packages.push(package));
        }
        let case = Case::new(&roles, request, &packages, None);
        let rules = Rules::new(&case, resource, request.action.word(), true);
        match rules.reaches(rule) {
            Truth::So => Some(true),
            Truth::Not => Some(false),
            Truth::Unknown => None,
        }
    }
}

impl Holding<'_> {
    /// Is one of these so, in a way with a link if that is asked?
    fn is_so(&self, facts: &[Fact], linked: bool, who: EntityId, package: PackageId, party: EntityId) -> bool {
        let ways: &[bool] = if linked { &[true] } else { &[false, true] };
        let node: Option<Node> = self.best_of(facts, ways, who, package, party);
        node.is_some()
    }
}

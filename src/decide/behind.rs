//! Through whom somebody could hold a package or pass it on: the subject, and behind it those that delegations, key roles and
//! covering roles lead to. Only of these are the conditions of grants and lines told; what is so of a bystander decides nothing.

use super::asked::{Asked, Asking, Conditional};
use super::decision::What;
use super::hold::{Holding, of_grant};
use super::index::GrantAt;
use super::lines::{Handing, Lines, of_line};
use super::request::On;
use super::roles::{Because, Pass, Roles};
use super::truth::Truth;
use crate::facts::{Delegated, EntityId, Given};
use crate::ir::{Grantee, Line, PackageId, RoleId};
use crate::terms::kind::Kind;
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// What is unknown may be so.
const PASS: Pass = Pass::Possibly;

/// Somebody, a party, and whether the question is what they may pass on.
type Step = (EntityId, EntityId, bool);

/// A question about one package, for one party.
pub(super) struct Behind<'k, 'c, 'a, 's> {
    asking: &'k mut Asking<'c, 'a, 's>,
    roles: &'a Roles<'a>,
    holding: Rc<Holding<'a>>,
    /// The package, and those whose holders are granted it.
    packages: Vec<PackageId>,
    /// The party, and those who cover it.
    parties: Vec<EntityId>,
    waiting: Vec<Step>,
}

impl<'k, 'c, 'a, 's> Behind<'k, 'c, 'a, 's> {
    /// Asks everybody who could matter.
    pub(super) fn ask(
        asking: &'k mut Asking<'c, 'a, 's>,
        who: EntityId,
        package: PackageId,
        party: EntityId,
        delegates: bool,
    ) {
        let roles = asking.case.roles;
        let kinds = roles.decider.index.package(package, roles.today).and_then(|(_, body)| body.kinds.known().copied());
        if !kinds.is_some_and(|kinds| roles.decider.kind(party).is_some_and(|kind| kinds.has(kind))) {
            return;
        }
        let holding = asking.case.holding(PASS, party);
        let (packages, parties) = (granted_to_holders(roles, package), covering(roles, party));
        let waiting = parties.iter().map(|of| (who, *of, delegates)).collect();
        let mut behind = Behind { asking, roles, holding, packages, parties, waiting };
        let mut seen = FxHashSet::default();
        while let Some(step) = behind.waiting.pop() {
            if seen.insert(step) {
                behind.step(step);
            }
        }
        for other in behind.packages.iter().filter(|other| **other != package) {
            behind.asking.package(*other, Some((who, party)), false);
        }
    }

    fn step(&mut self, (who, of, passes): Step) {
        self.grants(who, of);
        for (at, one) in self.roles.decider.delegations_for(of) {
            if one.receiver == who && self.counts(&one) {
                self.delegation(at, &one, of);
            }
        }
        if self.roles.decider.kind(who) == Some(Kind::Person) {
            let organisations = self.organisations(of);
            let keys = organisations.into_iter().filter(|other| self.roles.key(PASS, who, *other).is_some());
            self.waiting.extend(keys.map(|other| (other, of, passes)));
        }
        if passes && who == of {
            // P3: what the party may pass on rests on anybody who is granted it.
            for of in &self.parties {
                self.roles.of_party(PASS, *of, |_| true, |other, _, _| self.waiting.push((other, *of, true)));
            }
        }
    }

    /// Organisations that could hold something for a party.
    fn organisations(&self, of: EntityId) -> Vec<EntityId> {
        let decider = self.roles.decider;
        let mut found = vec![of];
        self.roles.of_party(PASS, of, |_| true, |other, _, _| found.push(other));
        found.extend(decider.delegations_for(of).map(|(_, one)| one.receiver));
        found.retain(|other| decider.kind(*other) == Some(Kind::Organisation));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// H2: the conditions of grants that name somebody, for a party.
    fn grants(&mut self, who: EntityId, of: EntityId) {
        let (roles, index) = (self.roles, self.roles.decider.index);
        for package in self.packages.clone() {
            let Some((version, body)) = index.package(package, roles.today) else { continue };
            for (grant, at) in (0..).zip(&body.grants).map(|(at, _)| (at, GrantAt { package, version, grant: at })) {
                let Some(body) = index.grant(at, roles.today) else { continue };
                let Some(when) = body.when.as_deref() else { continue };
                let named = match body.to {
                    Some(Grantee::Itself) => who == of,
                    Some(Grantee::Role(role)) => {
                        (roles.is_status(role) == Some(false) || who == of) && roles.has(PASS, who, role, of).is_some()
                    }
                    Some(Grantee::Package(other)) => self.holding.holds(who, other, of).is_some(),
                    None => false,
                };
                if named {
                    let scene = roles.scene(of_grant(who, of));
                    self.asking.condition(Conditional::Grant(package, version, grant), &scene, when);
                }
            }
        }
    }

    /// Does a delegation count for this question? (H4, Q4)
    fn counts(&self, one: &Delegated) -> bool {
        let alone = match self.asking.case.request.on {
            On::Area(area) => one.what == Given::Area(area),
            On::Package(_) | On::Resource(_) => true,
        };
        alone && one.giver != one.receiver && one.in_force(self.roles.now, self.roles.today)
    }

    /// H4: who gave, and the lines by which it is received.
    fn delegation(&mut self, at: u32, one: &Delegated, of: EntityId) {
        for package in self.packages.clone() {
            let area = match one.what {
                Given::Package(given) if given == package => None,
                Given::Area(area) if self.holding.is_in(package, area) => Some(What::Area(area)),
                Given::Package(_) | Given::Area(_) => continue,
            };
            self.waiting.push((one.giver, of, true));
            self.asking.package(package, Some((one.giver, of)), true);
            let handing = Handing { giver: one.giver, receiver: one.receiver, party: of, delegation: Some(at) };
            if may_hand(&self.holding, self.roles, package, &handing) {
                for what in area.into_iter().chain([What::Package(package)]) {
                    self.asking.lines(what, &handing);
                }
            }
        }
    }
}

/// May the giver pass the package on for the party to the receiver, as far as that is known? (P1–P4)
fn may_hand(holding: &Holding<'_>, roles: &Roles<'_>, package: PackageId, handing: &Handing) -> bool {
    let Handing { giver, receiver, party, .. } = *handing;
    holding.passes(giver, package, party).is_some()
        || (holding.passes_to_agents(giver, package, party).is_some() && roles.agent(PASS, receiver, giver).is_some())
}

/// The package, and every other that matters because its holders are granted one that does.
fn granted_to_holders(roles: &Roles<'_>, package: PackageId) -> Vec<PackageId> {
    let mut found = vec![package];
    let mut at = 0;
    let mut seen: FxHashSet<PackageId> = found.iter().copied().collect();
    while let Some(next) = found.get(at).copied() {
        at += 1;
        let Some((_, body)) = roles.decider.index.package(next, roles.today) else { continue };
        let named = body.grants.iter().filter_map(|grant| match grant.to {
            Some(Grantee::Package(other)) => Some(other),
            _ => None,
        });
        found.extend(named.filter(|other| seen.insert(*other)));
    }
    found
}

/// The party, and every organisation that covers one of these.
fn covering(roles: &Roles<'_>, party: EntityId) -> Vec<EntityId> {
    let mut found = vec![party];
    let mut at = 0;
    let mut seen: FxHashSet<EntityId> = found.iter().copied().collect();
    while let Some(covered) = found.get(at).copied() {
        at += 1;
        roles.of_party(
            PASS,
            covered,
            |role| role.covers.is_yes(),
            |who, _, _| {
                if roles.decider.kind(who) == Some(Kind::Organisation) && seen.insert(who) {
                    found.push(who);
                }
            },
        );
    }
    found
}

impl<'a> Asking<'_, 'a, '_> {
    /// Q3, Q6: the lines by which the receiver of the request, or an agent where none is named, would receive.
    pub(super) fn hand_on(&mut self, packages: &[PackageId]) {
        let (roles, request) = (self.case.roles, self.case.request);
        let Some((giver, party)) = self.case.asking else { return };
        let holding = self.case.holding(PASS, party);
        let mut receivers: Vec<EntityId> = request.to.into_iter().collect();
        if request.to.is_none() && roles.decider.kind(giver) == Some(Kind::Organisation) {
            roles.of_party(PASS, giver, |role| role.agent.is_yes(), |agent, _, _| receivers.push(agent));
        }
        receivers.retain(|receiver| *receiver != giver);
        for receiver in receivers {
            let handing = Handing { giver, receiver, party, delegation: None };
            let may = packages.iter().filter(|package| may_hand(&holding, roles, **package, &handing));
            let may: Vec<PackageId> = may.copied().collect();
            if let (On::Area(area), Some(_), false) = (request.on, request.to, may.is_empty()) {
                self.lines(What::Area(area), &handing);
            }
            may.into_iter().for_each(|package| self.lines(What::Package(package), &handing));
        }
    }

    /// D1, D2: every line, and the condition of each that is for the receiver.
    fn lines(&mut self, what: What, handing: &Handing) {
        let roles = self.case.roles;
        let index = roles.decider.index;
        let found = match what {
            What::Package(id) => index.package(id, roles.today).map(|(version, body)| (version, &body.delegable)),
            What::Area(id) => index.area(id, roles.today).map(|(version, body)| (version, &body.delegable)),
        };
        let Some((version, lines)) = found else { return };
        for (line, says) in (0..).zip(lines) {
            let Line::To { to, when, .. } = says else { continue };
            let fits = match Lines::new(roles, PASS).fits(*to, handing) {
                None => Truth::Not,
                Some(because) if is_unknown(because) => Truth::Unknown,
                Some(_) => Truth::So,
            };
            let mut admits = fits;
            if let Some(when) = when.as_deref().filter(|_| fits != Truth::Not) {
                let scene = roles.scene(of_line(roles, handing));
                admits = Truth::all([fits, scene.truth(when)]);
                self.condition(Conditional::Line(what, version, line), &scene, when);
            }
            (self.see)(Asked::Line { what, version, line, admits: admits.known() });
        }
    }
}

fn is_unknown(because: Option<(RoleId, Because)>) -> bool {
    because.is_some_and(|(_, because)| because == Because::Unknown)
}

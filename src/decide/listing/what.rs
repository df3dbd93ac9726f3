//! Whatever somebody could do, and for whom: from its own roles, key roles and delegations forwards, to the permits that ask for them.
//! All that it may or possibly may is among it; decides none.

use super::permits::{Act, Permits, controlling, is_same_for_all, rules_of};
use super::spread::{Gives, Spread, Way};
use super::{Beyond, Lister};
use crate::decide::request::{Action, On};
use crate::decide::roles::{Pass, Roles};
use crate::facts::EntityId;
use crate::ir::{Controlling, Grantee, PackageId, RoleId};
use crate::terms::{effect::RuleEffect, kind::Kind, open::Open};
use std::collections::BTreeSet;

/// An action on something, for somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asks {
    pub(super) party: EntityId,
    pub(super) on: On,
    pub(super) action: Action,
}

/// What could be, and what besides.
#[derive(Default)]
pub(super) struct Candidates {
    /// In order, each once.
    pub(super) asked: BTreeSet<Asks>,
    /// What is the same whoever asks, for whomever: the party is not read.
    pub(super) same_for_all: BTreeSet<Asks>,
    /// Why it may be for others, where no party is named.
    pub(super) beyond: Vec<Beyond>,
}

/// Looks for candidates.
pub(super) struct Search<'l, 'a> {
    lister: &'l Lister<'l>,
    roles: &'a Roles<'a>,
    permits: &'l Permits<'a>,
    subject: EntityId,
    party: Option<EntityId>,
    found: Candidates,
}

impl<'l, 'a> Search<'l, 'a> {
    pub(super) fn new(
        lister: &'l Lister<'l>,
        roles: &'a Roles<'a>,
        permits: &'l Permits<'a>,
        subject: EntityId,
        party: Option<EntityId>,
    ) -> Self {
        Search { lister, roles, permits, subject, party, found: Candidates::default() }
    }

    /// Everything that could be.
    pub(super) fn candidates(mut self) -> Candidates {
        let spread = self.spread();
        let parties = self.parties(&spread);
        let unknown: Vec<RoleId> = self.unknown_that_matters();
        if !unknown.is_empty() {
            for party in &parties {
                self.all_packages(*party);
            }
        }
        let subject = self.subject;
        for node in spread.nodes.iter().filter(|node| node.who == subject && parties.contains(&node.party)) {
            self.node(node.way, node.package, node.party);
        }
        let facts = self.roles.decider.facts;
        for row in facts.roles_of(self.subject).rows {
            if let Some(party) = row.party.get().filter(|party| parties.contains(party))
                && self.counts(row)
            {
                self.all(self.permits.by_role.get(&row.role), party);
            }
        }
        for (role, body) in self.roles.unknown() {
            if body.of.is_some() {
                parties.iter().for_each(|party| self.all(self.permits.by_role.get(&role), *party));
            }
        }
        for party in &parties {
            self.acting(*party);
        }
        if parties.contains(&self.subject) {
            self.all(Some(&self.permits.to_itself), self.subject);
        }
        self.permitted_to_anyone(&parties);
        if self.party.is_none() {
            self.found.beyond.extend(unknown.into_iter().map(Beyond::OutOfReach));
            self.found.beyond.sort_unstable();
            self.found.beyond.dedup();
        }
        self.lister.count(spread.nodes.len());
        self.found
    }

    fn counts(&self, row: &crate::facts::RoleRow) -> bool {
        let fits = self.roles.is_status(row.role).is_some_and(|status| status == row.party.get().is_none());
        fits && self.roles.decider.facts.is_on(row.period, self.roles.today) && !self.roles.is_unknown(row.role)
    }

    /// Organisations that the subject has a key role for.
    fn organisations(&self) -> BTreeSet<EntityId> {
        let decider = self.roles.decider;
        let rows = decider.facts.roles_of(self.subject).rows.iter();
        let is_key = |role: RoleId| decider.index.role(role, self.roles.today).is_some_and(|role| role.key.is_yes());
        rows.filter(|row| is_key(row.role) && self.counts(row)).filter_map(|row| row.party.get()).collect()
    }

    /// What the subject, and the organisations that it acts for by a key role, could hold and pass on.
    fn spread(&self) -> Spread<'a> {
        let roles = self.roles;
        let parties = self.party.map(|party| Spread::covering(roles, party));
        let mut spread = Spread::new(roles, None, parties, Some(self.subject));
        let itself = roles.decider.index.grants_to_itself.iter();
        let itself: Vec<Gives> = itself.filter_map(|at| self.gives(*at)).collect();
        for who in self.organisations().into_iter().chain([self.subject]) {
            for row in roles.decider.facts.roles_of(who).rows.iter().filter(|row| self.counts(row)) {
                for at in roles.decider.index.grants_to_role(row.role) {
                    if let Some(gives) = self.gives(*at) {
                        spread.grant(gives, who, row.party.get().unwrap_or(who));
                    }
                }
            }
            itself.iter().for_each(|gives| spread.grant(*gives, who, who));
            roles.decider.facts.delegations_to(who).for_each(|at| spread.delegation(at, None));
        }
        self.as_party(&mut spread);
        spread.follow();
        spread
    }

    /// What the subject could pass on as the party, as somebody is granted it (P3).
    fn as_party(&self, spread: &mut Spread<'a>) {
        let (roles, subject) = (self.roles, self.subject);
        if self.party.is_some_and(|party| party != subject) {
            return;
        }
        let index = roles.decider.index;
        let mut granted = BTreeSet::new();
        let mut of_role = |role: RoleId| {
            let gives = index.grants_to_role(role).iter().filter_map(|at| self.gives(*at));
            granted.extend(gives.filter(|gives| gives.to_pass_on).map(|gives| gives.package));
        };
        for party in Spread::covering(roles, subject) {
            let mut seen = BTreeSet::new();
            let mut see = |role: RoleId| {
                seen.insert(role);
            };
            roles.of_party(Pass::Certainly, party, |_| true, |_, role, _| see(role));
            roles.statuses(Pass::Certainly, party, |role, _| see(role));
            seen.into_iter().for_each(&mut of_role);
        }
        let itself = index.grants_to_itself.iter().filter_map(|at| self.gives(*at));
        granted.extend(itself.filter(|gives| gives.to_pass_on).map(|gives| gives.package));
        for package in (0..index.meaning.packages.len()).map(PackageId::from) {
            let by_holder = Spread::grants(roles, package)
                .any(|grant| grant.gives_delegation && matches!(grant.to, Some(Grantee::Package(_))));
            if by_holder || granted.contains(&package) {
                spread.offer(Way::Passes, subject, package, subject);
            }
        }
    }

    fn gives(&self, at: crate::decide::index::GrantAt) -> Option<Gives> {
        let grant = self.roles.decider.index.grant(at, self.roles.today)?;
        Some(Gives { package: at.package, to_use: grant.gives_use, to_pass_on: grant.gives_delegation })
    }

    /// For whom: the named party, or everybody whom a fact joins to the subject.
    fn parties(&self, spread: &Spread<'_>) -> BTreeSet<EntityId> {
        if let Some(party) = self.party {
            return BTreeSet::from([party]);
        }
        let own = spread.nodes.iter().filter(|node| node.who == self.subject).map(|node| node.party);
        let rows = self.roles.decider.facts.roles_of(self.subject).rows.iter();
        let of_roles = rows.filter(|row| self.counts(row)).filter_map(|row| row.party.get());
        own.chain(of_roles).chain([self.subject]).collect()
    }

    /// Roles that are out of reach by which anybody could hold, act or be permitted something.
    fn unknown_that_matters(&self) -> Vec<RoleId> {
        let matters = |(role, body): &(RoleId, &crate::ir::Role)| {
            body.key.is_yes()
                || body.covers.is_yes()
                || body.agent.is_yes()
                || !self.roles.decider.index.grants_to_role(*role).is_empty()
                || self.permits.by_role.contains_key(role)
        };
        self.roles.unknown().filter(matters).map(|(role, _)| role).collect()
    }

    /// With a role out of reach any package could be held.
    fn all_packages(&mut self, party: EntityId) {
        let meaning = self.roles.decider.index.meaning;
        for package in (0..meaning.packages.len()).map(PackageId::from) {
            self.held(package, party);
            self.ask(Action::Delegate, On::Package(package), party);
        }
        for area in (0..meaning.areas.len()).map(crate::ir::AreaId::from) {
            self.ask(Action::Use, On::Area(area), party);
            self.ask(Action::Delegate, On::Area(area), party);
        }
    }

    /// What may follow from what the subject could hold or pass on.
    fn node(&mut self, way: Way, package: PackageId, party: EntityId) {
        let roles = self.roles;
        let area = roles.decider.index.package(package, roles.today).and_then(|(_, body)| body.area);
        let organisation = roles.decider.kind(self.subject) == Some(Kind::Organisation);
        if way.holds() {
            self.held(package, party);
            area.into_iter().for_each(|area| self.ask(Action::Use, On::Area(area), party));
        }
        if matches!(way, Way::Passes | Way::Given) || way == Way::Granted && organisation {
            self.ask(Action::Delegate, On::Package(package), party);
            area.into_iter().for_each(|area| self.ask(Action::Delegate, On::Area(area), party));
        }
    }

    fn held(&mut self, package: PackageId, party: EntityId) {
        self.ask(Action::Use, On::Package(package), party);
        self.all(self.permits.by_package.get(&package), party);
    }

    /// What is for parties of a sort, asked by itself or by somebody with a key role for it (U4).
    fn acting(&mut self, party: EntityId) {
        let (roles, permits) = (self.roles, self.permits);
        if party != self.subject && roles.key(Pass::Possibly, self.subject, party).is_none() {
            return;
        }
        roles.statuses(Pass::Possibly, party, |status, _| self.all(permits.to_status.get(&status), party));
        let declared = roles.decider.facts.entity(party).and_then(|entity| entity.declared);
        if let Some(id) = declared {
            self.all(permits.to_organisation.get(&id), party);
        }
        for (act, processes) in &permits.to_controllers {
            let is_one = match controlling(roles.decider.index, roles.today, act.0, *processes) {
                Open::Undecided => true,
                Open::Known(all) => all.iter().any(|one| match one {
                    Controlling::Organisation(id) => Some(*id) == declared,
                    Controlling::Status(status) => roles.has(Pass::Possibly, party, *status, party).is_some(),
                }),
            };
            if is_one {
                self.ask_act(*act, party);
            }
        }
    }

    /// What is permitted to anyone: once, if it is the same for all; else for those whom facts join to the subject.
    fn permitted_to_anyone(&mut self, parties: &BTreeSet<EntityId>) {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        for (act, permit) in &self.permits.to_anyone {
            let forbids = rules_of(index, today, *act, RuleEffect::Forbid);
            let same = index.meaning.rule(*permit).is_some_and(|rule| is_same_for_all(index, today, rule))
                && forbids.iter().all(|(_, rule)| is_same_for_all(index, today, rule));
            if same && self.party.is_none() {
                let (on, action) = (On::Resource(act.0), Action::Named(act.1.into()));
                self.found.same_for_all.insert(Asks { party: self.subject, on, action });
                continue;
            }
            parties.iter().for_each(|party| self.ask_act(*act, *party));
            if self.party.is_none() {
                self.found.beyond.push(Beyond::ToAnyone(*permit));
            }
        }
    }

    fn all(&mut self, acts: Option<&Vec<Act<'a>>>, party: EntityId) {
        acts.into_iter().flatten().for_each(|act| self.ask_act(*act, party));
    }

    fn ask_act(&mut self, (resource, action): Act<'a>, party: EntityId) {
        self.ask(Action::Named(action.into()), On::Resource(resource), party);
    }

    fn ask(&mut self, action: Action, on: On, party: EntityId) {
        self.found.asked.insert(Asks { party, on, action });
    }
}

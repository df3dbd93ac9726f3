//! Pairs of subject and party for whom something of a question could be permitted: found from the permits backwards, by roles and
//! delegations. All that may or possibly may are among them; decides none.

use super::permits::{Finds, controlling, is_same_for_all, rules_of};
use super::spread::{Gives, Spread, Way};
use super::{Beyond, Lister};
use crate::decide::question::packages_of_area;
use crate::decide::request::{Action, On, Request};
use crate::decide::roles::{Pass, Roles};
use crate::facts::EntityId;
use crate::ir::{AreaId, Controlling, Grantee, PackageId, Recipient, Requires, ResourceId, RoleId};
use crate::terms::{effect::RuleEffect, kind::Kind, open::Open};
use std::collections::{BTreeMap, BTreeSet};

/// Who could, and who besides.
#[derive(Default)]
pub(super) struct Candidates {
    /// Party and subject, in order, each once.
    pub(super) pairs: Vec<(EntityId, EntityId)>,
    /// Everybody is among them, for the party that was named.
    pub(super) everybody: bool,
    /// A permit to anyone is the same for all, as are all forbids: who has not logged in stands for everybody.
    pub(super) same_for_all: bool,
    /// Why others could as well, where no party is named.
    pub(super) beyond: Vec<Beyond>,
}

/// Looks for candidates.
pub(super) struct Search<'l, 'a> {
    lister: &'l Lister<'l>,
    roles: &'a Roles<'a>,
    question: &'a Request,
    /// The party, if one is named.
    party: Option<EntityId>,
    found: Candidates,
}

/// What a search for holders is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    Use,
    Delegate,
}

impl<'l, 'a> Search<'l, 'a> {
    pub(super) fn new(lister: &'l Lister<'l>, roles: &'a Roles<'a>, question: &'a Request) -> Self {
        Search { lister, roles, question, party: question.party, found: Candidates::default() }
    }

    /// Everybody who could.
    pub(super) fn candidates(mut self) -> Candidates {
        match (self.question.on, &self.question.action) {
            (On::Resource(resource), action) => self.of_resource(resource, action.word()),
            (On::Package(package), Action::Use) => self.holders(&[package], Aim::Use, None),
            (On::Package(package), Action::Delegate) => self.holders(&[package], Aim::Delegate, None),
            (On::Area(area), Action::Use) => self.of_area(area, Aim::Use),
            (On::Area(area), Action::Delegate) => self.of_area(area, Aim::Delegate),
            (On::Package(_) | On::Area(_), Action::Named(_)) => {}
        }
        let mut found = self.found;
        if found.everybody {
            let party = self.party;
            let all = self.roles.decider.facts.entities();
            found.pairs = all.map(|who| (party.unwrap_or(who), who)).collect();
        }
        found.pairs.sort_unstable();
        found.pairs.dedup();
        found.beyond.sort_unstable();
        found.beyond.dedup();
        found
    }

    fn of_area(&mut self, area: AreaId, aim: Aim) {
        let index = self.roles.decider.index;
        if index.area(area, self.roles.today).is_none() {
            return;
        }
        let packages = match self.party {
            Some(party) => packages_of_area(self.roles, area, Some(party)),
            None => index.packages_of_area(area).to_vec(),
        };
        self.holders(&packages, aim, Some(area));
    }

    fn of_resource(&mut self, resource: ResourceId, action: &str) {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let act = (resource, action);
        let permits = rules_of(index, today, act, RuleEffect::Permit);
        let forbids = rules_of(index, today, act, RuleEffect::Forbid);
        let alike = forbids.iter().all(|(_, rule)| is_same_for_all(index, today, rule));
        for (id, rule) in permits {
            match Finds::of(self.roles, rule) {
                Finds::Nobody => {}
                Finds::Anyone if alike && is_same_for_all(index, today, rule) => self.found.same_for_all = true,
                Finds::Anyone => self.anybody(Beyond::ToAnyone(id)),
                Finds::Itself => self.themselves(),
                Finds::Role(role) => self.with_role(role),
                Finds::Holders(requires) => self.required(requires),
                Finds::Party(to) => self.acting(resource, to),
            }
        }
    }

    /// Everybody could, for anybody: for the named party all are asked; else it is said that there are others.
    fn anybody(&mut self, because: Beyond) {
        match self.party {
            Some(_) => self.found.everybody = true,
            None => self.found.beyond.push(because),
        }
    }

    fn pair(&mut self, who: EntityId, party: EntityId) {
        self.found.pairs.push((party, who));
    }

    fn themselves(&mut self) {
        match self.party {
            Some(party) => self.pair(party, party),
            None => {
                let all = self.roles.decider.facts.entities();
                self.found.pairs.extend(all.map(|who| (who, who)));
            }
        }
    }

    /// Who has a role for the party.
    fn with_role(&mut self, role: RoleId) {
        if self.roles.is_unknown(role) {
            return self.anybody(Beyond::OutOfReach(role));
        }
        let mut pairs = Vec::new();
        self.facts_of(&[role], |_, who, party| pairs.extend(party.map(|party| (party, who))));
        self.found.pairs.extend(pairs);
    }

    /// The role facts in force of these roles, for the named party (and of statuses: of it) or for all.
    fn facts_of(&self, roles: &[RoleId], see: impl FnMut(RoleId, EntityId, Option<EntityId>)) {
        let parties = self.party.map(|party| BTreeSet::from([party]));
        each_fact(self.lister, self.roles, roles, parties.as_ref(), see);
    }

    /// Who is a party of this sort, or acts for one by a key role (U4).
    fn acting(&mut self, resource: ResourceId, to: Recipient) {
        let decider = self.roles.decider;
        let parties: Vec<EntityId> = match (self.party, to) {
            (Some(party), _) => vec![party],
            (None, Recipient::Role(status)) => self.with_status(status),
            (None, Recipient::Organisation(id)) => decider.organisation(id).into_iter().collect(),
            (None, Recipient::Controller | Recipient::Processor) => {
                let processes = to == Recipient::Processor;
                match controlling(decider.index, self.roles.today, resource, processes) {
                    Open::Undecided => decider.facts.entities().collect(),
                    Open::Known(all) => {
                        let of = |one: &Controlling| match one {
                            Controlling::Organisation(id) => decider.organisation(*id).into_iter().collect(),
                            Controlling::Status(status) => self.with_status(*status),
                        };
                        all.iter().flat_map(of).collect()
                    }
                }
            }
            (None, Recipient::Anyone | Recipient::Itself) => Vec::new(),
        };
        if let Some(role) = self.unknown_role(|role| role.key.is_yes()) {
            self.anybody(Beyond::OutOfReach(role));
        }
        for party in parties {
            self.pair(party, party);
            for who in all_key_holders(self.roles, party) {
                self.pair(who, party);
            }
        }
    }

    /// Who has a status, or may have it.
    fn with_status(&self, status: RoleId) -> Vec<EntityId> {
        if self.roles.is_unknown(status) {
            return self.roles.decider.facts.entities().collect();
        }
        let mut all = Vec::new();
        self.facts_of(&[status], |_, who, _| all.push(who));
        all
    }

    fn unknown_role(&self, is: impl Fn(&crate::ir::Role) -> bool) -> Option<RoleId> {
        self.roles.unknown().find(|(_, role)| is(role)).map(|(id, _)| id)
    }

    /// Who may hold what a permit requires: of several that are all needed one will do.
    fn required(&mut self, requires: &Requires) {
        let mut waiting = vec![requires];
        let mut packages = Vec::new();
        while let Some(next) = waiting.pop() {
            match next {
                Requires::Package(package) => packages.push(*package),
                Requires::And(all) => waiting.extend(all.first()),
                Requires::Or(all) => waiting.extend(all),
            }
        }
        self.holders(&packages, Aim::Use, None);
    }

    /// Who may hold one of these packages, or pass it on.
    fn holders(&mut self, packages: &[PackageId], aim: Aim, area_alone: Option<AreaId>) {
        let (roles, index) = (self.roles, self.roles.decider.index);
        let targets: BTreeSet<PackageId> = packages.iter().copied().collect();
        let mut relevant = BTreeSet::new();
        let mut feeding = BTreeSet::new();
        let mut waiting: Vec<PackageId> = packages.to_vec();
        while let Some(package) = waiting.pop() {
            if relevant.insert(package) {
                for grant in Spread::grants(roles, package) {
                    if let Some(Grantee::Package(holder)) = grant.to {
                        feeding.insert(holder);
                        waiting.push(holder);
                    }
                }
            }
        }
        if let Some(role) = self.unknown_role(|role| role.key.is_yes() || role.covers.is_yes()) {
            self.anybody(Beyond::OutOfReach(role));
        }
        let mut by_role: BTreeMap<RoleId, Vec<Gives>> = BTreeMap::new();
        let mut itself = Vec::new();
        // Of an area use counts by delegations of it alone: roles give nothing there (Q5).
        let seeds = relevant.iter().filter(|_| aim == Aim::Delegate || area_alone.is_none());
        for package in seeds {
            let is_target = aim == Aim::Delegate && targets.contains(package);
            for grant in Spread::grants(roles, *package) {
                let by_role_of = |role: RoleId| index.role(role, roles.today).map(|role| role.by);
                let acts = match grant.to {
                    Some(Grantee::Role(role)) => by_role_of(role).is_some_and(|by| by.has(Kind::Organisation)),
                    _ => true,
                };
                // Who only uses what is to be passed on matters as an organisation (P4), or where holders are granted something.
                let to_use = grant.gives_use && (!is_target || acts || feeding.contains(package));
                let gives = Gives { package: *package, to_use, to_pass_on: is_target && grant.gives_delegation };
                if !gives.to_use && !gives.to_pass_on {
                    continue;
                }
                match grant.to {
                    Some(Grantee::Role(role)) => by_role.entry(role).or_default().push(gives),
                    Some(Grantee::Itself) => itself.push(gives),
                    Some(Grantee::Package(_)) | None => {}
                }
            }
        }
        for role in by_role.keys().copied().filter(|role| roles.is_unknown(*role)).collect::<Vec<_>>() {
            self.anybody(Beyond::OutOfReach(role));
        }
        if self.found.everybody {
            return;
        }
        let parties = self.party.map(|party| Spread::covering(roles, party));
        let mut spread = Spread::new(roles, Some(relevant.clone()), parties.clone(), None);
        let wanted: Vec<RoleId> = by_role.keys().copied().collect();
        each_fact(self.lister, roles, &wanted, parties.as_ref(), |role, who, party| {
            for gives in by_role.get(&role).into_iter().flatten() {
                spread.grant(*gives, who, party.unwrap_or(who));
            }
        });
        for gives in &itself {
            match &parties {
                Some(all) => all.iter().for_each(|party| spread.grant(*gives, *party, *party)),
                None => roles.decider.facts.entities().for_each(|party| spread.grant(*gives, party, party)),
            }
        }
        self.delegations(&relevant, parties.as_ref(), area_alone, &mut spread);
        spread.follow();
        let counts = |way: Way, who: EntityId| match aim {
            Aim::Use => way.holds(),
            Aim::Delegate => {
                matches!(way, Way::Passes | Way::Given)
                    || way == Way::Granted && roles.decider.kind(who) == Some(Kind::Organisation)
            }
        };
        let wanted = spread.nodes.iter().filter(|node| {
            targets.contains(&node.package)
                && counts(node.way, node.who)
                && self.party.is_none_or(|party| party == node.party)
        });
        self.found.pairs.extend(wanted.map(|node| (node.party, node.who)));
        self.lister.count(spread.nodes.len());
    }

    fn delegations(
        &self,
        relevant: &BTreeSet<PackageId>,
        parties: Option<&BTreeSet<EntityId>>,
        area_alone: Option<AreaId>,
        spread: &mut Spread<'a>,
    ) {
        let facts = self.roles.decider.facts;
        if let Some(parties) = parties {
            for party in parties {
                facts.delegations_for(*party).iter().for_each(|at| spread.delegation(*at, area_alone));
            }
            return;
        }
        let turned = self.lister.turned();
        let area = |package: &PackageId| {
            let body = self.roles.decider.index.package(*package, self.roles.today).map(|(_, body)| body);
            body.and_then(|body| body.area)
        };
        let areas: BTreeSet<AreaId> = relevant.iter().filter_map(area).collect();
        for package in relevant.iter().filter(|_| area_alone.is_none()) {
            turned.of_package(*package).iter().for_each(|at| spread.delegation(*at, None));
        }
        for area in areas.iter().filter(|area| area_alone.is_none_or(|alone| alone == **area)) {
            turned.of_area(*area).iter().for_each(|at| spread.delegation(*at, area_alone));
        }
    }
}

/// The people with a key role for a party: of an organisation, as of any other.
fn all_key_holders(roles: &Roles<'_>, party: EntityId) -> Vec<EntityId> {
    let mut all = Vec::new();
    roles.of_party(Pass::Certainly, party, |role| role.key.is_yes(), |who, _, _| all.push(who));
    all
}

/// The role facts in force of these roles, for these parties (statuses: of these) or for all.
fn each_fact(
    lister: &Lister<'_>,
    roles: &Roles<'_>,
    wanted: &[RoleId],
    parties: Option<&BTreeSet<EntityId>>,
    mut see: impl FnMut(RoleId, EntityId, Option<EntityId>),
) {
    let facts = roles.decider.facts;
    let mut seen = 0;
    let mut row = |at: u32, see: &mut dyn FnMut(RoleId, EntityId, Option<EntityId>)| {
        let Some(row) = facts.role_row(at) else { return };
        seen += 1;
        // A fact of a status has no party, one of another role has: what the bundle says of the role counts.
        let fits = roles.is_status(row.role).is_some_and(|status| status == row.party.get().is_none());
        if fits && facts.is_on(row.period, roles.today) && !roles.is_unknown(row.role) {
            see(row.role, row.subject, row.party.get());
        }
    };
    match parties {
        None => {
            let turned = lister.turned();
            wanted.iter().for_each(|role| turned.with_role(*role).iter().for_each(|at| row(*at, &mut see)));
        }
        Some(parties) => {
            let wanted: BTreeSet<RoleId> = wanted.iter().copied().collect();
            let is_wanted = |at: &u32| facts.role_row(*at).is_some_and(|row| wanted.contains(&row.role));
            for party in parties {
                facts.roles_for(Some(*party)).iter().filter(|at| is_wanted(at)).for_each(|at| row(*at, &mut see));
                let own = facts.roles_of(*party);
                let statuses = (own.first..).zip(own.rows).filter(|(_, row)| row.party.get().is_none());
                statuses.map(|(at, _)| at).filter(is_wanted).for_each(|at| row(at, &mut see));
            }
        }
    }
    lister.count(seen);
}

//! Holding and passing on, seen backward (docs/meaning.md, H2–H6, D2, P1–P4): roles and delegations that would give a package, and
//! those that give it.

use super::change::Change;
use super::mend::{Mending, Ways, fewest};
use crate::decide::On;
use crate::decide::condition::{Answers, Around};
use crate::decide::decision::{Step, What};
use crate::decide::hold::{Holding, of_grant};
use crate::decide::lines::{Handing, of_line};
use crate::decide::roles::Pass;
use crate::decide::trace::Chain;
use crate::decide::truth::Truth;
use crate::facts::{Delegated, Delegation, EntityId, Given, Known};
use crate::ir::{Grant, Grantee, Line, Package, PackageId, Receiver};
use crate::terms::kind::Kind;
use crate::terms::period::Period;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many people and organisations around a party are looked at.
const MOST_NEAR: usize = 48;

/// How many questions may stand behind each other: as long as a chain may be, and a little longer.
const DEEPEST: usize = 12;

/// Who, which package, for whom, to pass it on.
type Asked = (EntityId, PackageId, EntityId, bool);

/// What has been asked on the way here, and what was found; nothing yet of what is being asked.
#[derive(Default)]
pub(super) struct Seen {
    found: BTreeMap<Asked, Ways>,
    depth: usize,
}

/// Certainly.
pub(super) const PASS: Pass = Pass::Certainly;

impl<'a> Mending<'_, 'a> {
    /// Whatever could make somebody hold a package for a party.
    pub(super) fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Ways {
        self.holds_by(who, package, party, &mut Seen::default())
    }

    /// As [`Mending::holds`], for who asks; where no such party can have it, for another.
    pub(super) fn asked_to_hold(&self, who: EntityId, package: PackageId, party: EntityId) -> Ways {
        let mut ways = self.holds(who, package, party);
        let body = self.roles.decider.index.package(package, self.today());
        let Some(kinds) = body.and_then(|(_, body)| body.kinds.known().copied()) else { return ways };
        let is_for = |party| self.kind(party).is_some_and(|kind| kinds.has(kind));
        if !is_for(party) {
            let others = super::mend::parties(self.roles.decider, self.case.request);
            ways.extend(others.into_iter().filter(|other| is_for(*other)).map(Change::Party));
        }
        ways
    }

    fn body(&self, package: PackageId, party: EntityId) -> Result<&'a Package, Ways> {
        let index = self.roles.decider.index;
        let Some((_, body)) = index.package(package, self.today()) else {
            let versions = index.meaning.package(package).map_or(&[][..], |named| &named.versions);
            return Err(versions.iter().flat_map(|version| self.toward(version.period)).collect());
        };
        let is_for = body.kinds.known().is_some_and(|kinds| self.kind(party).is_some_and(|kind| kinds.has(kind)));
        if is_for { Ok(body) } else { Err(Ways::new()) }
    }

    fn area_alone(&self) -> bool {
        matches!(self.case.request.on, On::Area(_))
    }

    /// Asks once; within itself the question finds nothing.
    fn once(&self, asked: Asked, seen: &mut Seen, find: impl FnOnce(&mut Seen) -> Ways) -> Ways {
        if let Some(found) = seen.found.get(&asked) {
            return found.clone();
        }
        if seen.depth >= DEEPEST {
            self.not_sure();
            return Ways::new();
        }
        seen.found.insert(asked, Ways::new());
        seen.depth += 1;
        let found = find(seen);
        seen.depth -= 1;
        seen.found.insert(asked, found.clone());
        found
    }

    pub(super) fn holds_by(&self, who: EntityId, package: PackageId, party: EntityId, seen: &mut Seen) -> Ways {
        self.once((who, package, party, false), seen, |seen| self.ways_to_hold(who, package, party, seen))
    }

    fn ways_to_hold(&self, who: EntityId, package: PackageId, party: EntityId, seen: &mut Seen) -> Ways {
        let body = match self.body(package, party) {
            Ok(body) => body,
            Err(ways) => return ways,
        };
        if body.grants.iter().all(|grant| grant.undecided) {
            return Ways::new();
        }
        let mut ways = Ways::new();
        for grant in body.grants.iter().filter(|grant| grant.gives_use) {
            // An area is held by delegation alone.
            if !self.area_alone() || matches!(grant.to, Some(Grantee::Package(_))) {
                ways.extend(self.reaches(grant, who, party, seen));
            }
        }
        ways.extend(self.received(who, package, party, body, seen));
        if self.kind(who) == Some(Kind::Person) {
            ways.extend(self.by_key(who, package, party, seen));
        }
        ways.extend(self.by_cover(who, package, party, seen));
        ways
    }

    /// H2.
    fn reaches(&self, grant: &'a Grant, who: EntityId, party: EntityId, seen: &mut Seen) -> Ways {
        if grant.undecided {
            return Ways::new();
        }
        if !grant.period.has(self.today()) {
            return self.toward(grant.period);
        }
        let named = match grant.to {
            None => return Ways::new(),
            Some(Grantee::Itself) if who == party => true,
            Some(Grantee::Itself) => return Ways::new(),
            Some(Grantee::Role(role)) => {
                let status = self.roles.is_status(role) == Some(true);
                if status && who != party {
                    return Ways::new();
                }
                if self.roles.has(PASS, who, role, party).is_none() {
                    return self.role_on(who, role, (!status).then_some(party));
                }
                true
            }
            Some(Grantee::Package(other)) => {
                if self.case.holds(who, other, party) != Truth::So {
                    return self.holds_by(who, other, party, seen);
                }
                true
            }
        };
        match grant.when.as_deref().filter(|_| named) {
            Some(when) => {
                let scene = self.roles.scene(of_grant(who, party));
                self.condition(&scene, Around::NOTHING, when, true)
            }
            None => Ways::new(),
        }
    }

    /// H4: by a delegation that there is, or by a new one.
    fn received(&self, who: EntityId, package: PackageId, party: EntityId, body: &Package, seen: &mut Seen) -> Ways {
        let holding = self.case.holding(PASS, party);
        let mut ways = Ways::new();
        for (at, one) in self.of_package(&holding, package, party).filter(|(_, one)| one.receiver == who) {
            ways.extend(self.delegation_on(&holding, at, &one, package, false, seen));
        }
        let lines = [Some(body.delegable.as_slice()), self.lines_of_area()];
        let admits = |lines: &[Line]| {
            lines.iter().any(|line| match line {
                Line::To { to: Receiver::Kind(kind), .. } => self.kind(who) == Some(*kind),
                Line::To { to: Receiver::Role(_), .. } => true,
                Line::Undecided => false,
            })
        };
        if !lines.into_iter().flatten().all(admits) {
            return ways;
        }
        let what = match self.case.request.on {
            On::Area(area) => Given::Area(area),
            On::Package(_) | On::Resource(_) => Given::Package(package),
        };
        for giver in self.near(party) {
            let may = holding.passes(giver, package, party).is_some()
                || holding.passes_to_agents(giver, package, party).is_some();
            if giver != who && (may || giver == party) {
                ways.insert(Change::Delegate(Delegation {
                    receiver: who,
                    party,
                    what,
                    giver,
                    given: self.today(),
                    period: Period::ALWAYS,
                    withdrawn: None,
                    attributes: Known::default(),
                }));
            }
        }
        ways
    }

    fn lines_of_area(&self) -> Option<&'a [Line]> {
        let On::Area(area) = self.case.request.on else { return None };
        self.roles.decider.index.area(area, self.today()).map(|(_, body)| body.delegable.as_slice())
    }

    /// The delegations for a party that give a package.
    fn of_package(
        &self,
        holding: &Rc<Holding<'a>>,
        package: PackageId,
        party: EntityId,
    ) -> impl Iterator<Item = (u32, Delegated)> + use<'a> {
        let (holding, on) = (Rc::clone(holding), self.case.request.on);
        self.roles.decider.delegations_for(party).filter(move |(_, one)| {
            let gives = match (one.what, on) {
                (Given::Area(given), On::Area(asked)) => given == asked && holding.is_in(package, given),
                (Given::Package(_), On::Area(_)) => false,
                (Given::Area(given), _) => holding.is_in(package, given),
                (Given::Package(given), _) => given == package,
            };
            gives && one.giver != one.receiver
        })
    }

    /// Whatever could make a delegation that there is give the package.
    fn delegation_on(
        &self,
        holding: &Holding<'a>,
        at: u32,
        one: &Delegated,
        package: PackageId,
        onward: bool,
        seen: &mut Seen,
    ) -> Ways {
        let Delegated { giver, receiver, party, .. } = *one;
        let mut obstacles = Vec::new();
        if !one.in_force(self.roles.now, self.today()) {
            let mut ways = self.toward(one.period);
            if one.given > self.today() {
                ways.extend(self.on_day(one.given));
            }
            if let Some(moment) = one.withdrawn.filter(|moment| *moment <= self.roles.now) {
                let before = moment.checked_sub(jiff::SignedDuration::from_secs(1)).ok();
                ways.extend(before.map(Change::At));
            }
            obstacles.push(ways);
        }
        let agent = self.roles.agent(PASS, receiver, giver).is_some();
        let may = holding.passes(giver, package, party).is_some()
            || agent && holding.passes_to_agents(giver, package, party).is_some();
        if !may {
            obstacles.push(self.passes_by(giver, package, party, Some(receiver), seen));
        }
        let handing = Handing { giver, receiver, party, delegation: Some(at) };
        if holding.lines.of_package(package, &handing, onward).is_none() {
            obstacles.push(self.lines(What::Package(package), &handing, onward));
        }
        if let Given::Area(area) = one.what
            && holding.lines.of_area(area, &handing, onward).is_none()
        {
            obstacles.push(self.lines(What::Area(area), &handing, onward));
        }
        // Where all of it is so, the chain has too many links: it is to begin later.
        if obstacles.is_empty() {
            return self.passes_by(giver, package, party, Some(receiver), seen);
        }
        fewest(obstacles)
    }

    /// D2: whatever could make a line admit the receiver.
    pub(super) fn lines(&self, what: What, handing: &Handing, onward: bool) -> Ways {
        let index = self.roles.decider.index;
        let lines = match what {
            What::Package(id) => index.package(id, self.today()).map(|(_, body)| &body.delegable),
            What::Area(id) => index.area(id, self.today()).map(|(_, body)| &body.delegable),
        };
        let mut ways = Ways::new();
        let Handing { giver, receiver, party, .. } = *handing;
        for line in lines.into_iter().flatten() {
            let Line::To { to, onward: passes_on, when } = line else { continue };
            if onward && !passes_on {
                continue;
            }
            match to {
                Receiver::Kind(kind) if self.kind(receiver) != Some(*kind) => continue,
                Receiver::Role(role)
                    if [giver, party].iter().all(|of| self.roles.has(PASS, receiver, *role, *of).is_none()) =>
                {
                    if self.roles.is_status(*role) == Some(true) {
                        ways.extend(self.role_on(receiver, *role, None));
                    } else {
                        ways.extend(self.role_on(receiver, *role, Some(giver)));
                        ways.extend(self.role_on(receiver, *role, Some(party)));
                    }
                    continue;
                }
                Receiver::Kind(_) | Receiver::Role(_) => {}
            }
            if let Some(when) = when.as_deref() {
                let scene = self.roles.scene(of_line(self.roles, handing));
                ways.extend(self.condition(&scene, Around::NOTHING, when, true));
            }
        }
        ways
    }

    /// H5: an organisation that holds, or could, for which somebody has a key role, or could.
    fn by_key(&self, who: EntityId, package: PackageId, party: EntityId, seen: &mut Seen) -> Ways {
        let holding = self.case.holding(PASS, party);
        let mut ways = Ways::new();
        for other in self.near(party) {
            if self.kind(other) != Some(Kind::Organisation) {
                continue;
            }
            let has_key = self.roles.key(PASS, who, other).is_some();
            let holds = holding.passes_to_agents(other, package, party).is_some();
            match (has_key, holds) {
                (true, false) => ways.extend(self.holds_by(other, package, party, seen)),
                (false, true) => ways.extend(self.roles_such(who, other, |role| role.key.is_yes())),
                (false, false) => self.not_sure(),
                (true, true) => {}
            }
        }
        for row in self.roles.decider.facts.roles_of(who).rows.iter().take(MOST_NEAR) {
            if let Some(other) = row.party.get()
                && self.roles.key(PASS, who, other).is_some()
            {
                ways.extend(self.holds_by(other, package, party, seen));
            }
        }
        ways
    }

    /// Whatever could give somebody the right to pass a package on for a party (to a receiver).
    pub(super) fn passes_by(
        &self,
        who: EntityId,
        package: PackageId,
        party: EntityId,
        receiver: Option<EntityId>,
        seen: &mut Seen,
    ) -> Ways {
        self.once((who, package, party, true), seen, |seen| self.ways_to_pass(who, package, party, receiver, seen))
    }

    fn ways_to_pass(
        &self,
        who: EntityId,
        package: PackageId,
        party: EntityId,
        receiver: Option<EntityId>,
        seen: &mut Seen,
    ) -> Ways {
        let body = match self.body(package, party) {
            Ok(body) => body,
            Err(ways) => return ways,
        };
        let mut ways = self.granted_to_pass(body, who, party, seen);
        ways.extend(self.passes_by_cover(body, who, party));
        let holding = self.case.holding(PASS, party);
        for (at, one) in self.of_package(&holding, package, party).filter(|(_, one)| one.receiver == who) {
            ways.extend(self.delegation_on(&holding, at, &one, package, true, seen));
        }
        if who == party {
            for other in self.near(party) {
                ways.extend(self.granted_to_pass(body, other, party, seen));
            }
        }
        if let Some(receiver) = receiver
            && self.kind(who) == Some(Kind::Organisation)
        {
            let mut obstacles = Vec::new();
            if self.roles.agent(PASS, receiver, who).is_none() {
                obstacles.push(self.roles_such(receiver, who, |role| role.agent.is_yes()));
            }
            if holding.passes_to_agents(who, package, party).is_none() {
                obstacles.push(self.holds_by(who, package, party, seen));
            }
            ways.extend(fewest(obstacles));
        }
        // Who could receive it first, to pass it on: from whoever may give it now.
        let onward = body.delegable.iter().any(|line| match line {
            Line::To { to: Receiver::Kind(kind), onward, .. } => *onward && self.kind(who) == Some(*kind),
            Line::To { to: Receiver::Role(_), onward, .. } => *onward,
            Line::Undecided => false,
        });
        if onward {
            ways.extend(self.received(who, package, party, body, seen));
        }
        ways
    }

    /// P1.
    fn granted_to_pass(&self, body: &'a Package, who: EntityId, party: EntityId, seen: &mut Seen) -> Ways {
        let mut ways = Ways::new();
        let mut parties = vec![party];
        self.roles.of_party(PASS, party, |role| role.covers.is_yes(), |other, _, _| parties.push(other));
        for grant in body.grants.iter().filter(|grant| grant.gives_delegation) {
            for party in &parties {
                ways.extend(self.reaches(grant, who, *party, seen));
            }
        }
        ways
    }

    /// What carries a holding, away.
    pub(super) fn holds_not(&self, who: EntityId, package: PackageId, party: EntityId) -> Ways {
        let holding = self.case.holding(Pass::Possibly, party);
        let Some(node) = holding.holds(who, package, party) else { return Ways::new() };
        let (facts, index) = (self.roles.decider.facts, self.roles.decider.index);
        let mut ways = Ways::new();
        for link in holding.told(node, Chain::default()).1 {
            match link.step {
                Step::Role { index: at } => {
                    ways.extend(facts.role(at).map(Change::EndRole));
                }
                Step::Delegation { index: at } => {
                    ways.extend(facts.delegation(at).map(Change::EndDelegation));
                }
                Step::UnknownRole { role, .. } => {
                    let source = index.role(role, self.today()).and_then(|role| role.source);
                    ways.extend(source.map(Change::Reach));
                }
                Step::ConditionHolds | Step::ConditionUnknown { .. } => self.not_sure(),
                _ => {}
            }
        }
        ways
    }

    /// Everybody who has something to do with a party, and who asks.
    pub(super) fn near(&self, party: EntityId) -> Vec<EntityId> {
        let decider = self.roles.decider;
        let mut found: BTreeSet<EntityId> = BTreeSet::from([party]);
        found.extend(self.case.asking.map(|(who, _)| who));
        let rows = decider.facts.roles_for(Some(party)).iter().filter_map(|at| decider.facts.role_row(*at));
        found.extend(rows.map(|row| row.subject));
        found.extend(decider.delegations_for(party).flat_map(|(_, one)| [one.giver, one.receiver]));
        if found.len() > MOST_NEAR {
            self.not_sure();
        }
        let mut all: Vec<EntityId> = found.into_iter().take(MOST_NEAR).collect();
        if !all.contains(&party) {
            all.push(party);
        }
        all
    }
}

//! Who holds which package for whom, and who may pass it on: the least relation of docs/meaning.md, H1–H7, P1–P5,
//! found from the party's side, fewest links first. Asks nothing about rules; who may receive is asked of `lines`.

use super::condition::Roots;
use super::index::GrantAt;
use super::lines::{Handing, Lines};
use super::node::MOST_LINKS;
pub(super) use super::node::{Cost, Fact, Node, Why};
use super::roles::{Because, Pass, Roles};
use super::seeds;
use super::truth::Truth;
use super::value::Seen;
use crate::facts::{EntityId, Given};
use crate::ir::{AreaId, Grant, Grantee, PackageId, RoleId};
use crate::terms::kind::{Kind, Kinds};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::hash_map::Entry;

/// What was found about a node.
#[derive(Clone, Copy, Debug)]
struct Found {
    cost: Cost,
    why: Why,
    settled: bool,
}

/// A grant in force of a package that matters.
#[derive(Clone, Copy, Debug)]
struct Granted<'a> {
    to: Grantee,
    at: GrantAt,
    grant: &'a Grant,
}

/// The relation for one party (and the organisations that cover it), at one moment, seen certainly or possibly.
#[derive(Debug)]
pub(super) struct Holding<'a> {
    pub(super) roles: &'a Roles<'a>,
    pub(super) lines: Lines<'a>,
    pass: Pass,
    /// Only delegations of this area count (Q4).
    area_alone: Option<AreaId>,
    /// Packages that can matter, with the kinds of parties that each is for; none where it is not in force, or nobody has decided.
    relevant: FxHashMap<PackageId, Kinds>,
    /// Their grants that are in force and decided, by whom each is for.
    grants: Vec<Granted<'a>>,
    found: FxHashMap<Node, Found>,
    waiting: BinaryHeap<Reverse<(Cost, Node)>>,
    /// Delegations in force, by party and giver.
    given: FxHashMap<(EntityId, EntityId), Vec<u32>>,
    /// Who is covered by whom: from the covering organisation.
    covers: FxHashMap<EntityId, Vec<(EntityId, RoleId, Because)>>,
}

impl<'a> Holding<'a> {
    /// Finds all that matters to the `wanted` packages for the party.
    pub(super) fn find(
        roles: &'a Roles<'a>,
        pass: Pass,
        party: EntityId,
        wanted: impl IntoIterator<Item = PackageId>,
        area_alone: Option<AreaId>,
    ) -> Self {
        let mut holding = Holding {
            roles,
            lines: Lines::new(roles, pass),
            pass,
            area_alone,
            relevant: FxHashMap::default(),
            grants: Vec::new(),
            found: FxHashMap::default(),
            waiting: BinaryHeap::new(),
            given: FxHashMap::default(),
            covers: FxHashMap::default(),
        };
        holding.find_relevant(wanted);
        for party in holding.parties(party) {
            holding.seed(party);
        }
        while let Some(Reverse((cost, node))) = holding.waiting.pop() {
            let Some(found) = holding.found.get_mut(&node) else { continue };
            if found.settled || found.cost != cost {
                continue;
            }
            found.settled = true;
            holding.follow(node, cost);
        }
        holding
    }

    /// Was something unknown taken as not so? Then what is not so may yet be possible.
    pub(super) fn left_something_out(&self) -> bool {
        self.pass == Pass::Certainly && (self.roles.some_unknown() || self.lines.some_unknown.get())
    }

    /// A package matters if it is wanted, or a package that matters is granted to its holders. Only of those grants are looked at: what
    /// else a role is granted makes no decision dearer.
    fn find_relevant(&mut self, wanted: impl IntoIterator<Item = PackageId>) {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let mut waiting: Vec<PackageId> = wanted.into_iter().collect();
        while let Some(package) = waiting.pop() {
            let Entry::Vacant(slot) = self.relevant.entry(package) else { continue };
            let Some((version, body)) = index.package(package, today) else {
                slot.insert(Kinds::NONE);
                continue;
            };
            slot.insert(body.kinds.known().copied().unwrap_or(Kinds::NONE));
            for (number, grant) in (0..).zip(&body.grants) {
                let Some(to) = grant.to else { continue };
                if let Grantee::Package(holder) = to {
                    waiting.push(holder);
                }
                if !grant.undecided && grant.period.has(today) {
                    self.grants.push(Granted { to, at: GrantAt { package, version, grant: number }, grant });
                }
            }
        }
        self.grants.sort_unstable_by_key(|one| (one.to, one.at));
    }

    /// Where the grants stand that name this.
    fn grants_to(&self, to: Grantee) -> std::ops::Range<usize> {
        let start = self.grants.partition_point(|one| one.to < to);
        let rest = self.grants.get(start..).unwrap_or(&[]);
        start..start + rest.partition_point(|one| one.to == to)
    }

    /// Every grant that names this reaches somebody.
    fn reach_all(&mut self, to: Grantee, who: EntityId, party: EntityId, rests_on: Cost, why: impl Fn(GrantAt) -> Why) {
        for at in self.grants_to(to) {
            if let Some(one) = self.grants.get(at).copied() {
                self.reach(&one, who, party, why(one.at), rests_on);
            }
        }
    }

    /// The party, and every organisation that covers one of these.
    fn parties(&mut self, party: EntityId) -> Vec<EntityId> {
        let mut all = vec![party];
        let mut seen: FxHashSet<EntityId> = all.iter().copied().collect();
        let mut at = 0;
        while let Some(covered) = all.get(at).copied() {
            at += 1;
            let (roles, covers) = (self.roles, &mut self.covers);
            roles.of_party(
                self.pass,
                covered,
                |role| role.covers.is_yes(),
                |who, role, because| {
                    if roles.decider.kind(who) == Some(Kind::Organisation) {
                        covers.entry(who).or_default().push((covered, role, because));
                        if seen.insert(who) {
                            all.push(who);
                        }
                    }
                },
            );
        }
        all
    }

    /// What role facts alone give for a party, and its delegations in force.
    fn seed(&mut self, party: EntityId) {
        let roles = self.roles;
        for at in seeds::delegations_for(roles, &self.relevant, party) {
            let Some(one) = roles.decider.facts.delegation(at) else { continue };
            let counts = self.area_alone.is_none_or(|area| one.what == Given::Area(area));
            if counts && one.giver != one.receiver && one.in_force(roles.now, roles.today) {
                self.given.entry((party, one.giver)).or_default().push(at);
            }
        }
        let (index, pass) = (roles.decider.index, self.pass);
        // Of very many role facts those that matter are picked out by role; of few, each is looked at.
        let many = roles.turned_for(roles.decider.facts.roles_for(Some(party)).len()).is_some();
        let relevant = if many { self.relevant.clone() } else { FxHashMap::default() };
        roles.of_party_by(
            pass,
            party,
            |role, _| !many || seeds::is_granted(index, &relevant, role),
            |who, role, because| {
                let why = |at| Why::GrantToRole(at, because, role);
                self.reach_all(Grantee::Role(role), who, party, because.cost(), why);
            },
        );
        roles.statuses(pass, party, |role, because| {
            let why = |at| Why::GrantToRole(at, because, role);
            self.reach_all(Grantee::Role(role), party, party, because.cost(), why);
        });
        self.reach_all(Grantee::Itself, party, party, Cost::NOTHING, Why::GrantToItself);
    }

    /// A grant reaches somebody for a party (H2): then H3, and what P1 rests on.
    fn reach(&mut self, one: &Granted<'a>, who: EntityId, party: EntityId, why: Why, rests_on: Cost) {
        let Granted { at, grant, .. } = *one;
        let when = grant_is_so(self.roles, grant, who, party);
        if !self.lines.counts(when) {
            return;
        }
        let cost = rests_on.unless_certain(when == Truth::So);
        if grant.gives_use {
            self.offer(Fact::HoldsByGrant, who, at.package, party, why, cost);
        }
        if grant.gives_delegation {
            self.offer(Fact::Reached, who, at.package, party, why, cost);
        }
    }

    /// Something may be so at this cost: kept if nothing better is known.
    fn offer(&mut self, fact: Fact, who: EntityId, package: PackageId, party: EntityId, why: Why, cost: Cost) {
        let Some(kinds) = self.relevant.get(&package).copied() else { return };
        // A grant may reach for an organisation that is not of a kind that the package is for (H1): what it covers may be (P1).
        let fits = fact == Fact::Reached || self.roles.decider.kind(party).is_some_and(|kind| kinds.has(kind));
        if cost.links > MOST_LINKS || !fits {
            return;
        }
        let node = Node { fact, who, package, party, linked: self.area_alone.is_some() && cost.links > 0 };
        let cost = cost.step();
        match self.found.get_mut(&node) {
            Some(known) if known.settled || (known.cost, known.why) <= (cost, why) => return,
            Some(known) => *known = Found { cost, why, settled: false },
            None => drop(self.found.insert(node, Found { cost, why, settled: false })),
        }
        self.waiting.push(Reverse((cost, node)));
    }

    /// What follows from something that is so.
    fn follow(&mut self, node: Node, cost: Cost) {
        let Node { fact, who, package, party, .. } = node;
        if fact.holds() {
            self.reach_all(Grantee::Package(package), who, party, cost, |at| Why::GrantToHolder(at, node));
        }
        if matches!(fact, Fact::HoldsByGrant | Fact::HoldsByDelegation)
            && self.roles.decider.kind(who) == Some(Kind::Organisation)
        {
            let (roles, mut holders) = (self.roles, Vec::new());
            roles.of_party(
                self.pass,
                who,
                |role| role.key.is_yes(),
                |person, role, because| holders.push((person, role, because)),
            );
            for (person, role, because) in holders {
                if roles.decider.kind(person) == Some(Kind::Person) {
                    let why = Why::Key(role, because, node);
                    self.offer(Fact::HoldsByKey, person, package, party, why, cost.and(because.cost()));
                }
            }
            self.pass_on(node, cost, true);
        }
        if fact.holds() && fact != Fact::HoldsByCover {
            self.each_covered(party, |holding, covered, role, because| {
                let why = Why::Cover(role, because, node);
                holding.offer(Fact::HoldsByCover, who, package, covered, why, cost.and(because.cost()));
            });
        }
        if fact == Fact::Reached {
            self.offer(Fact::PassesGranted, who, package, party, Why::Same(node), cost);
            self.each_covered(party, |holding, covered, role, because| {
                let why = Why::Cover(role, because, node);
                holding.offer(Fact::PassesGranted, who, package, covered, why, cost.and(because.cost()));
            });
        }
        if fact == Fact::PassesGranted {
            self.offer(Fact::PassesAsParty, party, package, party, Why::Same(node), cost);
        }
        if fact.passes() {
            self.pass_on(node, cost, false);
        }
    }

    fn each_covered(&mut self, covering: EntityId, mut see: impl FnMut(&mut Self, EntityId, RoleId, Because)) {
        for (covered, role, because) in self.covers.get(&covering).cloned().unwrap_or_default() {
            see(self, covered, role, because);
        }
    }

    /// The delegations of somebody who may pass on: H4, and P2 for their receivers.
    fn pass_on(&mut self, right: Node, cost: Cost, to_agents: bool) {
        let Node { who: giver, package, party, .. } = right;
        for at in self.given.get(&(party, giver)).cloned().unwrap_or_default() {
            let Some(one) = self.roles.decider.facts.delegation(at) else { continue };
            let area = match one.what {
                Given::Package(given) if given == package => None,
                Given::Area(area) if self.is_in(package, area) => Some(area),
                Given::Package(_) | Given::Area(_) => continue,
            };
            let handing = Handing { giver, receiver: one.receiver, party, delegation: Some(at) };
            let agent = if to_agents { self.roles.agent(self.pass, one.receiver, giver) } else { None };
            if to_agents && agent.is_none() {
                continue;
            }
            for (fact, onward) in [(Fact::HoldsByDelegation, false), (Fact::PassesOnward, true)] {
                let Some(admitted) = self.lines.of_package(package, &handing, onward) else { continue };
                let area = match area {
                    None => None,
                    Some(area) => match self.lines.of_area(area, &handing, onward) {
                        Some(admitted) => Some((area, admitted)),
                        None => continue,
                    },
                };
                let cost = cost
                    .link()
                    .unless_certain(admitted.is_certain())
                    .unless_certain(area.is_none_or(|(_, admitted)| admitted.is_certain()))
                    .unless_certain(agent.is_none_or(|(_, because)| because != Because::Unknown));
                let why = Why::Delegation { at, package: admitted, area, right, agent };
                self.offer(fact, one.receiver, package, party, why, cost);
            }
        }
    }

    /// Is the package in the area, now?
    pub(super) fn is_in(&self, package: PackageId, area: AreaId) -> bool {
        let index = self.roles.decider.index;
        index.area(area, self.roles.today).is_some()
            && index.package(package, self.roles.today).is_some_and(|(_, body)| body.area == Some(area))
    }

    /// The best way in which somebody holds the package for the party.
    pub(super) fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Option<Node> {
        self.best(&Fact::HOLDS, who, package, party)
    }

    /// The best way that has a link (Q5).
    pub(super) fn holds_by_link(&self, who: EntityId, package: PackageId, party: EntityId) -> Option<Node> {
        self.best_of(&Fact::HOLDS, &[true], who, package, party)
    }

    /// The best way in which somebody may pass the package on for the party, whoever receives it (P1–P3).
    pub(super) fn passes(&self, who: EntityId, package: PackageId, party: EntityId) -> Option<Node> {
        self.best(&Fact::PASSES, who, package, party)
    }

    /// The holding by which an organisation may pass the package on to its own agents (P4).
    pub(super) fn passes_to_agents(&self, who: EntityId, package: PackageId, party: EntityId) -> Option<Node> {
        if self.roles.decider.kind(who) != Some(Kind::Organisation) {
            return None;
        }
        self.best(&[Fact::HoldsByGrant, Fact::HoldsByDelegation], who, package, party)
    }

    fn best(&self, facts: &[Fact], who: EntityId, package: PackageId, party: EntityId) -> Option<Node> {
        self.best_of(facts, &[false, true], who, package, party)
    }

    pub(super) fn best_of(
        &self,
        facts: &[Fact],
        linked: &[bool],
        who: EntityId,
        package: PackageId,
        party: EntityId,
    ) -> Option<Node> {
        let nodes = facts
            .iter()
            .flat_map(|fact| linked.iter().map(|linked| Node { fact: *fact, who, package, party, linked: *linked }));
        nodes.filter_map(|node| Some((self.found.get(&node)?.cost, node))).min().map(|(_, node)| node)
    }

    /// The cost of a node that is so.
    pub(super) fn cost(&self, node: Node) -> Option<Cost> {
        self.found.get(&node).map(|found| found.cost)
    }

    /// Why a node is so.
    pub(super) fn why(&self, node: Node) -> Option<Why> {
        self.found.get(&node).map(|found| found.why)
    }
}

/// Is the condition of a grant so for this holder and party? (H2)
pub(super) fn grant_is_so<'a>(roles: &'a Roles<'a>, grant: &'a Grant, holder: EntityId, party: EntityId) -> Truth {
    match &grant.when {
        Some(when) => roles.scene(of_grant(holder, party)).truth(when),
        None => Truth::So,
    }
}

/// What the condition of a grant speaks of.
pub(super) fn of_grant<'a>(holder: EntityId, party: EntityId) -> Roots<'a> {
    Roots { holder: Seen::Entity(holder), party: Seen::Entity(party), ..Roots::NONE }
}

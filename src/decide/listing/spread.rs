//! Who could hold or pass on what for whom, spread from role facts and delegations along key roles, covering roles and packages that
//! are granted to holders (docs/meaning.md, H2–H6, P1–P4). Reads no condition and no right to pass on: all that is so is among what it
//! finds, and what is not so falls away when it is decided.

use crate::decide::roles::{Pass, Roles};
use crate::facts::{EntityId, Given};
use crate::ir::{AreaId, Grant, PackageId};
use crate::terms::kind::Kind;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Something that could be so of somebody, a package and a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) way: Way,
    pub(super) who: EntityId,
    pub(super) package: PackageId,
    pub(super) party: EntityId,
}

/// In which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Way {
    /// A grant of use reaches (H3).
    Granted,
    /// A delegation gives it (H4, P2).
    Given,
    /// By a key role (H5).
    ByKey,
    /// Held for an organisation that covers the party (H6).
    ByCover,
    /// A grant of delegation reaches.
    Reached,
    /// May pass on by P1 or P3.
    Passes,
}

impl Way {
    pub(super) fn holds(self) -> bool {
        matches!(self, Way::Granted | Way::Given | Way::ByKey | Way::ByCover)
    }
}

/// What a grant gives, as far as it matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gives {
    pub(super) package: PackageId,
    pub(super) to_use: bool,
    pub(super) to_pass_on: bool,
}

/// All that was found, and what it is confined to.
pub(super) struct Spread<'a> {
    pub(super) roles: &'a Roles<'a>,
    /// Packages that matter; none named: all.
    relevant: Option<BTreeSet<PackageId>>,
    /// Parties that matter; none named: all.
    parties: Option<BTreeSet<EntityId>>,
    /// Only this one acts by key roles; nobody named: everybody.
    by_key: Option<EntityId>,
    seen: FxHashSet<Node>,
    pub(super) nodes: Vec<Node>,
}

impl<'a> Spread<'a> {
    pub(super) fn new(
        roles: &'a Roles<'a>,
        relevant: Option<BTreeSet<PackageId>>,
        parties: Option<BTreeSet<EntityId>>,
        by_key: Option<EntityId>,
    ) -> Self {
        Spread { roles, relevant, parties, by_key, seen: FxHashSet::default(), nodes: Vec::new() }
    }

    /// The party and every organisation that covers one of these.
    pub(super) fn covering(roles: &Roles<'_>, party: EntityId) -> BTreeSet<EntityId> {
        let mut seen = BTreeSet::from([party]);
        let mut waiting = vec![party];
        while let Some(covered) = waiting.pop() {
            roles.of_party(
                Pass::Certainly,
                covered,
                |role| role.covers.is_yes(),
                |who, _, _| {
                    if roles.decider.kind(who) == Some(Kind::Organisation) && seen.insert(who) {
                        waiting.push(who);
                    }
                },
            );
        }
        seen
    }

    /// The grants of a package in force that are decided.
    pub(super) fn grants(roles: &Roles<'a>, package: PackageId) -> impl Iterator<Item = &'a Grant> {
        let body = roles.decider.index.package(package, roles.today).map(|(_, body)| body);
        let today = roles.today;
        body.into_iter().flat_map(|body| &body.grants).filter(move |one| !one.undecided && one.period.has(today))
    }

    pub(super) fn is_relevant(&self, package: PackageId) -> bool {
        self.relevant.as_ref().is_none_or(|relevant| relevant.contains(&package))
    }

    /// What a grant gives somebody.
    pub(super) fn grant(&mut self, gives: Gives, who: EntityId, party: EntityId) {
        if gives.to_use {
            self.offer(Way::Granted, who, gives.package, party);
        }
        if gives.to_pass_on {
            self.offer(Way::Reached, who, gives.package, party);
        }
    }

    /// What a delegation gives: the package, or those of the area that matter.
    pub(super) fn delegation(&mut self, at: u32, area_alone: Option<AreaId>) {
        let (index, facts) = (self.roles.decider.index, self.roles.decider.facts);
        let Some(one) = facts.delegation(at).filter(|one| one.in_force(self.roles.now, self.roles.today)) else {
            return;
        };
        let counts = area_alone.is_none_or(|area| one.what == Given::Area(area));
        if one.giver == one.receiver || !counts {
            return;
        }
        match one.what {
            Given::Package(package) => self.offer(Way::Given, one.receiver, package, one.party),
            Given::Area(area) if index.area(area, self.roles.today).is_some() => {
                for package in index.packages_of_area(area) {
                    let body = index.package(*package, self.roles.today).map(|(_, body)| body);
                    if body.is_some_and(|body| body.area == Some(area)) {
                        self.offer(Way::Given, one.receiver, *package, one.party);
                    }
                }
            }
            Given::Area(_) => {}
        }
    }

    /// Something may be so.
    pub(super) fn offer(&mut self, way: Way, who: EntityId, package: PackageId, party: EntityId) {
        let fits = way == Way::Reached || self.is_for(package, party);
        if !fits || !self.is_relevant(package) || self.parties.as_ref().is_some_and(|all| !all.contains(&party)) {
            return;
        }
        let node = Node { way, who, package, party };
        if self.seen.insert(node) {
            self.nodes.push(node);
        }
    }

    /// Is the package in force and for parties of this kind (H1)?
    fn is_for(&self, package: PackageId, party: EntityId) -> bool {
        let body = self.roles.decider.index.package(package, self.roles.today);
        let kinds = body.and_then(|(_, body)| body.kinds.known().copied());
        kinds.is_some_and(|kinds| self.roles.decider.kind(party).is_some_and(|kind| kinds.has(kind)))
    }

    /// Everything that follows from what was offered.
    pub(super) fn follow(&mut self) {
        let mut at = 0;
        while let Some(node) = self.nodes.get(at).copied() {
            at += 1;
            self.follow_node(node);
        }
    }

    fn follow_node(&mut self, Node { way, who, package, party }: Node) {
        let (roles, index) = (self.roles, self.roles.decider.index);
        if way.holds() {
            for at in index.grants_to_package(package) {
                if let Some(grant) = index.grant(*at, roles.today) {
                    let gives =
                        Gives { package: at.package, to_use: grant.gives_use, to_pass_on: grant.gives_delegation };
                    self.grant(gives, who, party);
                }
            }
        }
        if matches!(way, Way::Granted | Way::Given) && roles.decider.kind(who) == Some(Kind::Organisation) {
            for person in key_holders(roles, who, self.by_key) {
                self.offer(Way::ByKey, person, package, party);
            }
        }
        match way {
            Way::Granted | Way::Given | Way::ByKey => {
                self.each_covered(party, |spread, covered| spread.offer(Way::ByCover, who, package, covered));
            }
            Way::Reached => {
                self.offer(Way::Passes, who, package, party);
                self.each_covered(party, |spread, covered| spread.offer(Way::Passes, who, package, covered));
            }
            // P3 rests on P1 alone; its own node adds nothing.
            Way::Passes => self.offer(Way::Passes, party, package, party),
            Way::ByCover => {}
        }
    }

    fn each_covered(&mut self, covering: EntityId, mut see: impl FnMut(&mut Self, EntityId)) {
        let roles = self.roles;
        if roles.decider.kind(covering) != Some(Kind::Organisation) {
            return;
        }
        for row in roles.decider.facts.roles_of(covering).rows {
            let role = roles.decider.index.role(row.role, roles.today);
            if let Some(covered) = row.party.get()
                && role.is_some_and(|role| role.covers.is_yes() && role.of.is_some())
                && roles.decider.facts.is_on(row.period, roles.today)
            {
                see(self, covered);
            }
        }
    }
}

/// The people with a key role for an organisation, or this one if it has one.
pub(super) fn key_holders(roles: &Roles<'_>, organisation: EntityId, only: Option<EntityId>) -> Vec<EntityId> {
    let decider = roles.decider;
    let is_person = |who: EntityId| decider.kind(who) == Some(Kind::Person);
    match only {
        Some(one) => {
            let has = is_person(one) && roles.key(Pass::Possibly, one, organisation).is_some();
            has.then_some(one).into_iter().collect()
        }
        None => {
            let mut all = Vec::new();
            roles.of_party(
                Pass::Certainly,
                organisation,
                |role| role.key.is_yes(),
                |who, _, _| {
                    if is_person(who) {
                        all.push(who);
                    }
                },
            );
            all
        }
    }
}

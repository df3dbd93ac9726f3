//! What is looked up again and again while deciding: of a bundle (`Index`), and of a bundle with facts (`Decider`).
//! Derived, never written; decides nothing itself.

use super::lookup::{Lookup, Table};
use super::quick::{ActionId, Era, turning_days};
use super::reads::Reading;
use crate::decide::{Decision, Request, eval};
use crate::facts::{Delegated, EntityId, Facts, Party, RoleFact};
use crate::ir::{AreaId, Bundle, Grantee, Meaning, OrganisationId, PackageId, Requires, ResourceId, RoleId, RuleId};
use crate::terms::{effect::RuleEffect, kind::Kind};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

/// A bundle made ready to be decided upon.
#[derive(Debug)]
pub struct Index<'b> {
    pub(super) meaning: &'b Meaning,
    /// Rules by resource and action (`None`: any action), in order of key. Those that decide nothing are not among them (U6).
    rules: FxHashMap<(ResourceId, Option<&'b str>), Vec<RuleId>>,
    /// What the conditions of rules read.
    reads: Reading<'b>,
    /// Packages that are in an area in some version, in order.
    packages_of_area: Vec<Vec<PackageId>>,
    /// Grants that name a role, by role: package, version, grant.
    grants_to_role: Vec<Vec<GrantAt>>,
    /// Grants that name a package, by that package.
    grants_to_package: Vec<Vec<GrantAt>>,
    /// Grants to the party itself.
    pub(super) grants_to_itself: Vec<GrantAt>,
    /// The names of actions, in order.
    actions: Vec<&'b str>,
    action_ids: FxHashMap<&'b str, ActionId>,
    /// Days on which something begins or ends; what is so before each of them, and after the last, once it is asked for.
    turning_days: Vec<Date>,
    eras: Vec<OnceLock<Box<Era>>>,
    last_era: OnceLock<Box<Era>>,
}

/// Where a grant stands in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct GrantAt {
    pub(super) package: PackageId,
    pub(super) version: u32,
    pub(super) grant: u32,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl<'b> Index<'b> {
    /// Makes a bundle ready. Linear in its size.
    #[must_use]
    pub fn new(bundle: &'b Bundle) -> Self {
        let meaning = &bundle.meaning;
        let mut index = Index {
            meaning,
            rules: FxHashMap::default(),
            reads: Reading::of(meaning),
            packages_of_area: vec![Vec::new(); meaning.areas.len()],
            grants_to_role: vec![Vec::new(); meaning.roles.len()],
            grants_to_package: vec![Vec::new(); meaning.packages.len()],
            grants_to_itself: Vec::new(),
            actions: Vec::new(),
            action_ids: FxHashMap::default(),
            turning_days: turning_days(meaning),
            eras: Vec::new(),
            last_era: OnceLock::new(),
        };
        index.eras.resize_with(index.turning_days.len(), OnceLock::new);
        let versions = meaning.resources.iter().flat_map(|named| &named.versions);
        index.actions = versions.flat_map(|body| &body.actions).map(|action| &*action.name).collect();
        index.actions.sort_unstable();
        index.actions.dedup();
        index.action_ids = index.actions.iter().enumerate().map(|(at, name)| (*name, ActionId::new(at))).collect();
        for (at, rule) in meaning.rules.iter().enumerate() {
            if rule.effect == RuleEffect::Never {
                continue;
            }
            let action = rule.action.as_deref();
            for resource in rule.scopes.iter().flat_map(|scope| &scope.on) {
                let rules: &mut Vec<RuleId> = index.rules.entry((*resource, action)).or_default();
                if rules.last() != Some(&at.into()) {
                    rules.push(at.into());
                }
            }
        }
        for (at, package) in meaning.packages.iter().enumerate() {
            let id = PackageId::from(at);
            for (version, body) in package.versions.iter().enumerate() {
                if let Some(packages) = body.area.and_then(|area| index.packages_of_area.get_mut(area.index()))
                    && packages.last() != Some(&id)
                {
                    packages.push(id);
                }
                for (grant, body) in body.grants.iter().enumerate() {
                    let at = GrantAt { package: id, version: number(version), grant: number(grant) };
                    let list = match body.to {
                        Some(Grantee::Role(role)) => index.grants_to_role.get_mut(role.index()),
                        Some(Grantee::Package(package)) => index.grants_to_package.get_mut(package.index()),
                        Some(Grantee::Itself) => Some(&mut index.grants_to_itself),
                        None => None,
                    };
                    if let Some(list) = list {
                        list.push(at);
                    }
                }
            }
        }
        index
    }

    /// Decides one request over these facts. For many requests over the same facts make one [`Decider`].
    #[must_use]
    pub fn decide(&self, facts: &Facts, request: &Request) -> Decision {
        Decider::new(self, facts).decide(request)
    }

    /// The rules of an action of a resource, also those of any action; in order of key.
    pub(super) fn rules(&self, resource: ResourceId, action: &str) -> Vec<RuleId> {
        let of = |action| self.rules.get(&(resource, action)).map_or(&[] as &[RuleId], Vec::as_slice);
        let mut rules = [of(Some(action)), of(None)].concat();
        rules.sort_unstable();
        rules
    }

    /// The number of an action of some resource.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<ActionId> {
        self.action_ids.get(name).copied()
    }

    /// All actions of resources, with their numbers.
    pub(super) fn actions(&self) -> impl Iterator<Item = (&'b str, ActionId)> {
        self.actions.iter().enumerate().map(|(at, name)| (*name, ActionId::new(at)))
    }

    /// The name of an action.
    #[must_use]
    pub fn name_of_action(&self, id: ActionId) -> &'b str {
        self.actions.get(id.index()).copied().unwrap_or_default()
    }

    /// What is so on a day.
    #[inline]
    pub(super) fn era(&self, today: Date) -> &Era {
        let at = self.turning_days.partition_point(|day| *day <= today);
        self.eras.get(at).unwrap_or(&self.last_era).get_or_init(|| Box::new(Era::new(self, today)))
    }

    /// What the condition of a rule reads.
    pub(super) fn reads(&self) -> &Reading<'b> {
        &self.reads
    }

    /// Packages that are in an area in some version.
    pub(super) fn packages_of_area(&self, area: AreaId) -> &[PackageId] {
        self.packages_of_area.get(area.index()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn grants_to_role(&self, role: RoleId) -> &[GrantAt] {
        self.grants_to_role.get(role.index()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn grants_to_package(&self, package: PackageId) -> &[GrantAt] {
        self.grants_to_package.get(package.index()).map_or(&[], Vec::as_slice)
    }

    /// The grant there, if its package's version and itself are in force and it is decided (H2); its condition is not read.
    pub(super) fn grant(&self, at: GrantAt, today: Date) -> Option<&'b crate::ir::Grant> {
        let (version, package) = self.package(at.package, today)?;
        let grant = package.grants.get(at.grant as usize)?;
        (version == at.version && !grant.undecided && grant.period.has(today)).then_some(grant)
    }

    /// The package in force, with the number of its version.
    pub(super) fn package(&self, id: PackageId, today: Date) -> Option<(u32, &'b crate::ir::Package)> {
        self.meaning.package(id)?.on(today).map(|(version, package)| (number(version), package))
    }

    /// The area in force, with the number of its version.
    pub(super) fn area(&self, id: AreaId, today: Date) -> Option<(u32, &'b crate::ir::Area)> {
        self.meaning.area(id)?.on(today).map(|(version, area)| (number(version), area))
    }

    /// The role in force.
    pub(super) fn role(&self, id: RoleId, today: Date) -> Option<&'b crate::ir::Role> {
        self.meaning.role(id)?.on(today).map(|(_, role)| role)
    }
}

impl Requires {
    /// Calls `see` for every package in it.
    pub(super) fn each(&self, see: &mut impl FnMut(PackageId)) {
        let mut waiting = vec![self];
        while let Some(next) = waiting.pop() {
            match next {
                Requires::Package(package) => see(*package),
                Requires::And(all) | Requires::Or(all) => waiting.extend(all),
            }
        }
    }
}

/// A bundle with facts, made ready: decides any number of requests.
#[derive(Debug)]
pub struct Decider<'i, 'b> {
    pub(super) index: &'i Index<'b>,
    pub(super) facts: &'i Facts,
    table: OnceLock<Arc<Table>>,
}

impl<'i, 'b> Decider<'i, 'b> {
    /// Makes facts ready. They must have been interned against the bundle of the index.
    #[must_use]
    pub fn new(index: &'i Index<'b>, facts: &'i Facts) -> Self {
        Decider { index, facts, table: OnceLock::new() }
    }

    /// The same over facts that differ from these in nothing but what is known of whom, and what is out of reach.
    #[must_use]
    pub(crate) fn over<'f>(&self, facts: &'f Facts) -> Decider<'f, 'b>
    where
        'i: 'f,
    {
        Decider { index: self.index, facts, table: self.table.clone() }
    }

    /// The bundle, made ready.
    #[must_use]
    pub fn index(&self) -> &'i Index<'b> {
        self.index
    }

    /// The facts.
    #[must_use]
    pub fn facts(&self) -> &'i Facts {
        self.facts
    }

    /// The facts as the quick way reads them; made ready for it when it is first taken.
    #[inline]
    pub(super) fn lookup(&self, today: Date) -> Lookup<'_> {
        let made = || Arc::new(Table::of(self.index.meaning, self.facts));
        Lookup::of(self.facts, self.table.get_or_init(made), today)
    }

    /// Decides one request.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Decision {
        eval::decide(self, request)
    }

    /// Delegations for a party, each with its place in the facts.
    pub(super) fn delegations_for(&self, party: EntityId) -> impl Iterator<Item = (u32, Delegated)> + use<'i, 'b> {
        let facts = self.facts;
        facts.delegations_for(party).iter().filter_map(move |at| Some((*at, facts.delegation(*at)?)))
    }

    /// Role facts that say: this subject has this role for this party; each with its place in the facts.
    pub(super) fn roles_of(
        &self,
        subject: EntityId,
        role: RoleId,
        party: Option<EntityId>,
    ) -> impl Iterator<Item = (u32, RoleFact)> + use<'i, 'b> {
        let facts = self.facts;
        let of_subject = facts.roles_of(subject);
        let key = (Party::of(party), role);
        let start = of_subject.rows.partition_point(|row| (row.party, row.role) < key);
        let these = of_subject.rows.get(start..).unwrap_or(&[]);
        (of_subject.first + number(start)..)
            .zip(these)
            .take_while(move |(_, row)| (row.party, row.role) == key)
            .map(move |(at, row)| (at, RoleFact { subject, role, party, period: facts.period(row.period) }))
    }

    /// The entity that an organisation of the bundle is.
    pub(super) fn organisation(&self, id: OrganisationId) -> Option<EntityId> {
        self.facts.organisation(id)
    }

    /// The kind of an entity.
    pub(super) fn kind(&self, id: EntityId) -> Option<Kind> {
        self.facts.kind(id)
    }

    /// Every entity of a kind for which `wanted` holds.
    pub(super) fn entities(&self, wanted: impl Fn(Kind) -> bool) -> impl Iterator<Item = EntityId> {
        let facts = self.facts;
        facts.entities().filter(move |id| facts.kind(*id).is_some_and(&wanted))
    }
}

//! What the decision of a request may read: the names of attributes, and the organisations that answer for roles. Read off the
//! policies alone; more than it does read is no harm. Decides nothing.

use crate::decide::{Action, On};
use crate::ir::{
    AreaId, ConditionId, Controlling, Expression, Grantee, IsWhat, Line, Meaning, OrganisationId, PackageId, Receiver,
    Recipient, Requires, ResourceId, RoleId, Rule,
};
use crate::terms::open::Open;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// What one decision may read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads<'b> {
    /// Names of attributes.
    pub(super) attributes: FxHashSet<&'b str>,
    /// Names of attributes that conditions of grants and lines read: of anybody.
    pub(super) of_anybody: FxHashSet<&'b str>,
    /// Who answers for the roles.
    pub(super) sources: BTreeSet<OrganisationId>,
}

/// The rules of a bundle by what they are over.
#[derive(Debug)]
pub(super) struct Reading<'b> {
    meaning: &'b Meaning,
    rules: FxHashMap<(ResourceId, Option<&'b str>), Vec<&'b Rule>>,
    packages_of_area: Vec<Vec<PackageId>>,
    /// Sources of roles by which somebody acts for others with all that these hold, or may be passed it.
    general: BTreeSet<OrganisationId>,
}

/// What is still to be read.
#[derive(Default)]
struct Waiting<'b> {
    expressions: Vec<(&'b Expression, bool)>,
    packages: Vec<PackageId>,
    seen_packages: FxHashSet<PackageId>,
    seen_areas: FxHashSet<AreaId>,
    seen_conditions: FxHashSet<(ConditionId, bool)>,
    seen_resources: FxHashSet<(ResourceId, &'b str)>,
    roles: FxHashSet<RoleId>,
}

impl<'b> Reading<'b> {
    /// Linear in the size of the policies.
    pub(super) fn of(meaning: &'b Meaning) -> Self {
        let mut rules: FxHashMap<(ResourceId, Option<&'b str>), Vec<&'b Rule>> = FxHashMap::default();
        for rule in &meaning.rules {
            for resource in rule.scopes.iter().flat_map(|scope| &scope.on) {
                rules.entry((*resource, rule.action.as_deref())).or_default().push(rule);
            }
        }
        let mut packages_of_area: Vec<Vec<PackageId>> = vec![Vec::new(); meaning.areas.len()];
        for (at, named) in meaning.packages.iter().enumerate() {
            for area in named.versions.iter().filter_map(|version| version.area) {
                packages_of_area.get_mut(area.index()).into_iter().for_each(|packages| packages.push(at.into()));
            }
        }
        let versions = meaning.roles.iter().flat_map(|named| &named.versions);
        let general = versions.filter(|role| role.key.is_yes() || role.covers.is_yes() || role.agent.is_yes());
        let general = general.filter_map(|role| role.source).collect();
        Reading { meaning, rules, packages_of_area, general }
    }

    /// What a decision on this may read.
    pub(super) fn reads<'x>(&'x self, on: On, action: &'x Action) -> Reads<'x> {
        let mut reads = Reads::default();
        let mut waiting = Waiting::default();
        match on {
            On::Package(id) => waiting.packages.push(id),
            On::Area(id) => {
                self.area(id, &mut waiting);
                waiting.packages.extend(self.packages_of_area.get(id.index()).into_iter().flatten());
            }
            On::Resource(id) => self.resource(id, action.word(), &mut waiting),
        }
        loop {
            if let Some((next, of_anybody)) = waiting.expressions.pop() {
                self.expression(next, of_anybody, &mut reads, &mut waiting);
            } else if let Some(next) = waiting.packages.pop() {
                reads.sources.extend(&self.general);
                self.package(next, &mut waiting);
            } else {
                break;
            }
        }
        let roles = waiting.roles.iter().filter_map(|id| self.meaning.role(*id)).flat_map(|named| &named.versions);
        reads.sources.extend(roles.filter_map(|role| role.source));
        reads
    }

    fn resource<'x>(&'x self, id: ResourceId, action: &'x str, waiting: &mut Waiting<'x>) {
        if !waiting.seen_resources.insert((id, action)) {
            return;
        }
        for body in self.meaning.resource(id).into_iter().flat_map(|named| &named.versions) {
            for all in [&body.controllers, &body.processors] {
                let Open::Known(all) = all else { continue };
                waiting.roles.extend(all.iter().filter_map(|one| match one {
                    Controlling::Status(role) => Some(*role),
                    Controlling::Organisation(_) => None,
                }));
            }
            waiting.expressions.extend(body.retain.iter().flat_map(|one| [(&one.kept, false), (&one.overdue, false)]));
        }
        for rule in [Some(action), None].iter().filter_map(|action| self.rules.get(&(id, *action))).flatten() {
            if let Some(Recipient::Role(role)) = rule.to {
                waiting.roles.insert(role);
            }
            // Of a permit to an organisation or a status, a key role for it will do.
            waiting.roles.extend(rule.to.iter().flat_map(|_| self.key_roles()));
            waiting.expressions.extend(rule.when.iter().map(|when| (when, false)));
            let mut needed: Vec<&Requires> = rule.requires.iter().collect();
            while let Some(next) = needed.pop() {
                match next {
                    Requires::Package(package) => waiting.packages.push(*package),
                    Requires::And(all) | Requires::Or(all) => needed.extend(all),
                }
            }
        }
    }

    fn key_roles(&self) -> impl Iterator<Item = RoleId> {
        let roles = self.meaning.roles.iter().enumerate();
        roles.filter(|(_, named)| named.versions.iter().any(|role| role.key.is_yes())).map(|(at, _)| at.into())
    }

    fn package<'x>(&'x self, id: PackageId, waiting: &mut Waiting<'x>) {
        if !waiting.seen_packages.insert(id) {
            return;
        }
        for version in self.meaning.package(id).into_iter().flat_map(|named| &named.versions) {
            for grant in &version.grants {
                match grant.to {
                    Some(Grantee::Role(role)) => drop(waiting.roles.insert(role)),
                    Some(Grantee::Package(package)) => waiting.packages.push(package),
                    Some(Grantee::Itself) | None => {}
                }
                waiting.expressions.extend(grant.when.iter().map(|when| (&**when, true)));
            }
            lines(&version.delegable, waiting);
            version.area.iter().for_each(|area| self.area(*area, waiting));
        }
    }

    fn area<'x>(&'x self, id: AreaId, waiting: &mut Waiting<'x>) {
        if waiting.seen_areas.insert(id) {
            let versions = self.meaning.area(id).into_iter().flat_map(|named| &named.versions);
            versions.for_each(|version| lines(&version.delegable, waiting));
        }
    }

    fn expression<'x>(
        &'x self,
        next: &'x Expression,
        of_anybody: bool,
        reads: &mut Reads<'x>,
        waiting: &mut Waiting<'x>,
    ) {
        match next {
            Expression::Attribute(_, name) => {
                reads.attributes.insert(name);
                if of_anybody {
                    reads.of_anybody.insert(name);
                }
            }
            Expression::Is { what: IsWhat::Role(role), .. } => drop(waiting.roles.insert(*role)),
            Expression::Holds { package, .. } => waiting.packages.push(*package),
            Expression::Permitted { resource, action } => self.resource(*resource, action, waiting),
            Expression::Condition(id) if waiting.seen_conditions.insert((*id, of_anybody)) => {
                let named = self.meaning.condition(*id);
                waiting.expressions.extend(named.map(|defined| (&defined.body.says, of_anybody)));
            }
            _ => {}
        }
        waiting.expressions.extend(next.parts().into_iter().map(|part| (part, of_anybody)));
    }
}

fn lines<'b>(lines: &'b [Line], waiting: &mut Waiting<'b>) {
    for line in lines {
        let Line::To { to, when, .. } = line else { continue };
        if let Receiver::Role(role) = to {
            waiting.roles.insert(*role);
        }
        waiting.expressions.extend(when.iter().map(|when| (&**when, true)));
    }
}

//! What a request may read of a bundle: so that a mutant is tried only with requests that it can touch. Rather too much than
//! too little; decides nothing.

use super::scenario::Matter;
use crate::decide::{Action, On, Request};
use crate::facts::Facts;
use crate::ir::{
    AreaId, ConditionId, Expression, Grantee, IsWhat, Line, Meaning, PackageId, Receiver, Recipient, Requires,
    ResourceId, RoleId, RuleId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A part of a bundle that decisions read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    Package(PackageId),
    Area(AreaId),
    Resource(ResourceId),
    Condition(ConditionId),
    Rule(RuleId),
    /// What a role is. Who has it is a fact, and so it is looked for there.
    Role(RoleId),
}

/// What is asked: the same parts are read whoever asks.
type Asked = (On, Action);

/// By part, everything that is asked and may read it.
#[derive(Debug, Default)]
pub(super) struct Touch {
    readers: BTreeMap<Target, Vec<usize>>,
    asked: BTreeMap<Asked, usize>,
    /// By suite: roles that its facts name, or that it cannot see.
    roles: Vec<BTreeSet<RoleId>>,
}

impl Touch {
    /// What the requests of these suites may read.
    pub(super) fn new<'s>(
        meaning: &Meaning,
        suites: impl Iterator<Item = impl Iterator<Item = &'s Facts>>,
        requests: impl Iterator<Item = &'s Request>,
    ) -> Self {
        let mut touch = Touch::default();
        let by_resource = rules_by_resource(meaning);
        for request in requests {
            let next = touch.asked.len();
            let asked = (request.on, request.action.clone());
            if touch.asked.contains_key(&asked) {
                continue;
            }
            let walk = Walk::of(meaning, &by_resource, asked.0, asked.1.word());
            for target in walk.seen {
                touch.readers.entry(target).or_default().push(next);
            }
            touch.asked.insert(asked, next);
        }
        touch.roles = suites.map(|all| all.flat_map(|facts| roles(meaning, facts)).collect()).collect();
        touch
    }

    /// What is asked there, as a number.
    pub(super) fn of(&self, request: &Request) -> Option<usize> {
        self.asked.get(&(request.on, request.action.clone())).copied()
    }

    /// Is what is asked, of a suite, touched by a change of one of these?
    pub(super) fn touches(&self, targets: &[Target], suite: usize, asked: usize) -> bool {
        targets.iter().any(|target| match target {
            Target::Role(role) => self.roles.get(suite).is_some_and(|roles| roles.contains(role)),
            other => self.readers.get(other).is_some_and(|all| all.binary_search(&asked).is_ok()),
        })
    }
}

/// What may matter to a request: who may be given what, and what is read of anybody.
pub(super) fn matter(meaning: &Meaning, requests: &[&Request]) -> Matter {
    let by_resource = rules_by_resource(meaning);
    let mut matter = Matter::default();
    for request in requests {
        let walk = Walk::of(meaning, &by_resource, request.on, request.action.word());
        matter.roles.extend(walk.roles);
        matter.attributes.extend(walk.attributes);
        for target in walk.seen {
            match target {
                Target::Package(id) => drop(matter.packages.insert(id)),
                Target::Area(id) => drop(matter.areas.insert(id)),
                Target::Resource(_) | Target::Condition(_) | Target::Rule(_) | Target::Role(_) => {}
            }
        }
    }
    let special = |role: &crate::ir::Role| role.key.is_yes() || role.covers.is_yes() || role.agent.is_yes();
    for kind in [|role: &crate::ir::Role| role.key.is_yes(), |role: &crate::ir::Role| role.covers.is_yes()] {
        let first = meaning.roles.iter().position(|named| named.versions.iter().any(kind));
        matter.roles.extend(first.map(RoleId::from));
    }
    let last = meaning.roles.iter().rposition(|named| named.versions.iter().any(special));
    matter.roles.extend(last.map(RoleId::from));
    matter
}

/// Roles that matter to decisions over these facts: who has no role and whose roles are all in sight is touched by none.
fn roles(meaning: &Meaning, facts: &Facts) -> BTreeSet<RoleId> {
    let mut roles: BTreeSet<RoleId> = facts.roles().map(|(_, fact)| fact.role).collect();
    for (at, named) in meaning.roles.iter().enumerate() {
        let out = |role: &crate::ir::Role| role.source.is_some_and(|source| facts.out_of_reach().contains(&source));
        if named.versions.iter().any(out) {
            roles.insert(at.into());
        }
    }
    roles
}

/// The rules over each resource.
fn rules_by_resource(meaning: &Meaning) -> BTreeMap<ResourceId, Vec<RuleId>> {
    let mut found: BTreeMap<ResourceId, BTreeSet<RuleId>> = BTreeMap::new();
    for (at, rule) in meaning.rules.iter().enumerate() {
        for resource in rule.scopes.iter().flat_map(|scope| &scope.on) {
            found.entry(*resource).or_default().insert(at.into());
        }
    }
    found.into_iter().map(|(resource, rules)| (resource, rules.into_iter().collect())).collect()
}

/// A walk from what is asked to all that it may read.
struct Walk<'m> {
    meaning: &'m Meaning,
    rules: &'m BTreeMap<ResourceId, Vec<RuleId>>,
    seen: BTreeSet<Target>,
    asked: BTreeSet<(ResourceId, Box<str>)>,
    roles: BTreeSet<RoleId>,
    attributes: BTreeSet<Box<str>>,
}

/// What is still to be walked through.
enum Step<'m> {
    Package(PackageId),
    Area(AreaId),
    Asked(ResourceId, &'m str),
    Says(&'m Expression),
}

impl<'m> Walk<'m> {
    fn of(meaning: &'m Meaning, rules: &'m BTreeMap<ResourceId, Vec<RuleId>>, on: On, action: &'m str) -> Self {
        let (seen, asked) = (BTreeSet::new(), BTreeSet::new());
        let mut walk = Walk { meaning, rules, seen, asked, roles: BTreeSet::new(), attributes: BTreeSet::new() };
        walk.asked(on, action);
        walk
    }

    fn asked(&mut self, on: On, action: &'m str) {
        let mut waiting = vec![match on {
            On::Package(id) => Step::Package(id),
            On::Area(id) => {
                let in_it = |named: &crate::ir::Named<crate::ir::Package>| {
                    named.versions.iter().any(|version| version.area == Some(id))
                };
                let packages: Vec<PackageId> = (self.meaning.packages.iter().enumerate())
                    .filter(|(_, named)| in_it(named))
                    .map(|(at, _)| at.into())
                    .collect();
                let mut waiting: Vec<Step<'m>> = packages.into_iter().map(Step::Package).collect();
                self.walk(&mut waiting);
                Step::Area(id)
            }
            On::Resource(id) => Step::Asked(id, action),
        }];
        self.walk(&mut waiting);
    }

    fn walk(&mut self, waiting: &mut Vec<Step<'m>>) {
        while let Some(step) = waiting.pop() {
            match step {
                Step::Package(id) if self.seen.insert(Target::Package(id)) => {
                    let versions = self.meaning.package(id).map_or(&[][..], |named| &named.versions);
                    for version in versions {
                        waiting.extend(version.area.map(Step::Area));
                        waiting.extend(lines(&version.delegable));
                        self.roles.extend(receivers(&version.delegable));
                        for grant in &version.grants {
                            waiting.extend(grant.when.as_deref().map(Step::Says));
                            match grant.to {
                                Some(Grantee::Package(holder)) => waiting.push(Step::Package(holder)),
                                Some(Grantee::Role(role)) => drop(self.roles.insert(role)),
                                Some(Grantee::Itself) | None => {}
                            }
                        }
                    }
                }
                Step::Area(id) if self.seen.insert(Target::Area(id)) => {
                    let versions = self.meaning.area(id).map_or(&[][..], |named| &named.versions);
                    for version in versions {
                        waiting.extend(lines(&version.delegable));
                        self.roles.extend(receivers(&version.delegable));
                    }
                }
                Step::Asked(id, action) if self.asked.insert((id, action.into())) => {
                    self.seen.insert(Target::Resource(id));
                    let versions = self.meaning.resource(id).map_or(&[][..], |named| &named.versions);
                    for retain in versions.iter().filter_map(|version| version.retain.as_ref()) {
                        waiting.extend([Step::Says(&retain.kept), Step::Says(&retain.overdue)]);
                    }
                    for id in self.rules.get(&id).map_or(&[][..], |rules| rules) {
                        let Some(rule) = self.meaning.rule(*id) else { continue };
                        if rule.action.as_deref().is_none_or(|own| own == action) {
                            self.seen.insert(Target::Rule(*id));
                            if let Some(Recipient::Role(role)) = rule.to {
                                self.roles.insert(role);
                            }
                            waiting.extend(rule.when.as_ref().map(Step::Says));
                            waiting.extend(rule.requires.iter().flat_map(packages).map(Step::Package));
                        }
                    }
                }
                Step::Says(says) => match says {
                    Expression::Holds { package, .. } => {
                        waiting.push(Step::Package(*package));
                        waiting.extend(says.parts().into_iter().map(Step::Says));
                    }
                    Expression::Permitted { resource, action } => waiting.push(Step::Asked(*resource, action)),
                    Expression::Condition(id) => {
                        if self.seen.insert(Target::Condition(*id)) {
                            waiting.extend(self.meaning.condition(*id).map(|named| Step::Says(&named.body.says)));
                        }
                    }
                    other => {
                        match other {
                            Expression::Attribute(_, name) => drop(self.attributes.insert(name.clone())),
                            Expression::Is { what: IsWhat::Role(role), .. } => drop(self.roles.insert(*role)),
                            _ => {}
                        }
                        waiting.extend(other.parts().into_iter().map(Step::Says));
                    }
                },
                Step::Package(_) | Step::Area(_) | Step::Asked(..) => {}
            }
        }
    }
}

fn lines(lines: &[Line]) -> impl Iterator<Item = Step<'_>> {
    lines.iter().filter_map(|line| match line {
        Line::To { when: Some(when), .. } => Some(Step::Says(when)),
        _ => None,
    })
}

fn receivers(lines: &[Line]) -> impl Iterator<Item = RoleId> {
    lines.iter().filter_map(|line| match line {
        Line::To { to: Receiver::Role(role), .. } => Some(*role),
        _ => None,
    })
}

fn packages(requires: &Requires) -> Vec<PackageId> {
    let mut found = Vec::new();
    let mut waiting = vec![requires];
    while let Some(next) = waiting.pop() {
        match next {
            Requires::Package(id) => found.push(*id),
            Requires::And(parts) | Requires::Or(parts) => waiting.extend(parts),
        }
    }
    found
}

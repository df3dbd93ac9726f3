//! What two bundles of one vocabulary say differently, and which rules that can touch. Decides nothing.

use crate::ir::{AreaId, ConditionId, Expression, IsWhat, Meaning, PackageId, Recipient, ResourceId, RoleId, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub(super) roles: BTreeSet<RoleId>,
    pub(super) areas: BTreeSet<AreaId>,
    pub(super) packages: BTreeSet<PackageId>,
    /// Also those that name one that differs.
    pub(super) conditions: BTreeSet<ConditionId>,
    pub(super) resources: BTreeSet<ResourceId>,
    /// Resources and actions (`None`: any) that rules may be decided differently of.
    pub(super) touched: BTreeMap<ResourceId, BTreeSet<Option<Box<str>>>>,
}

impl Changed {
    /// Of two bundles. Linear in their size, but for the depth of `permitted`.
    pub(super) fn new(one: &Meaning, two: &Meaning) -> Self {
        fn differ<T: PartialEq, I: From<usize> + Ord>(one: &[T], two: &[T]) -> BTreeSet<I> {
            one.iter().zip(two).enumerate().filter(|(_, (one, two))| one != two).map(|(at, _)| I::from(at)).collect()
        }
        let mut changed = Changed {
            roles: differ(&one.roles, &two.roles),
            areas: differ(&one.areas, &two.areas),
            packages: differ(&one.packages, &two.packages),
            conditions: differ(&one.conditions, &two.conditions),
            resources: differ(&one.resources, &two.resources),
            touched: BTreeMap::new(),
        };
        changed.spread_conditions(one, two);
        changed.touch(one, two);
        changed
    }

    /// A condition that names one that differs differs.
    fn spread_conditions(&mut self, one: &Meaning, two: &Meaning) {
        if self.conditions.is_empty() && self.roles.is_empty() {
            return;
        }
        loop {
            let mut more = Vec::new();
            for meaning in [one, two] {
                for (at, named) in meaning.conditions.iter().enumerate() {
                    let id = ConditionId::from(at);
                    if !self.conditions.contains(&id) && self.reads(&named.body.says) {
                        more.push(id);
                    }
                }
            }
            if more.is_empty() {
                return;
            }
            self.conditions.extend(more);
        }
    }

    /// Does an expression read a role or a condition that differs?
    pub(super) fn reads(&self, says: &Expression) -> bool {
        let mut waiting = vec![says];
        while let Some(next) = waiting.pop() {
            match next {
                Expression::Condition(id) if self.conditions.contains(id) => return true,
                Expression::Is { what: IsWhat::Role(role), .. } if self.roles.contains(role) => return true,
                Expression::Is { what: IsWhat::Controller | IsWhat::Processor, .. } if !self.roles.is_empty() => {
                    return true;
                }
                _ => waiting.extend(next.parts()),
            }
        }
        false
    }

    fn touch(&mut self, one: &Meaning, two: &Meaning) {
        let by_key = |meaning: &'_ Meaning| -> BTreeMap<Box<str>, Vec<Rule>> {
            let mut all: BTreeMap<Box<str>, Vec<Rule>> = BTreeMap::new();
            for rule in &meaning.rules {
                all.entry(rule.key.clone()).or_default().push(rule.clone());
            }
            all
        };
        let alike = one.rules == two.rules;
        let (before, after) = if alike { (BTreeMap::new(), BTreeMap::new()) } else { (by_key(one), by_key(two)) };
        let touch = |rule: &Rule, touched: &mut BTreeMap<ResourceId, BTreeSet<Option<Box<str>>>>| {
            for resource in rule.scopes.iter().flat_map(|scope| &scope.on) {
                touched.entry(*resource).or_default().insert(rule.action.clone());
            }
        };
        for (key, rules) in before.iter().chain(&after) {
            if before.get(key) != after.get(key) {
                rules.iter().for_each(|rule| touch(rule, &mut self.touched));
            }
        }
        for resource in &self.resources {
            self.touched.entry(*resource).or_default().insert(None);
        }
        if !self.roles.is_empty() || !self.conditions.is_empty() {
            let mut more = BTreeMap::new();
            for rule in one.rules.iter().chain(&two.rules).filter(|rule| self.names_role(rule) || self.read_by(rule)) {
                touch(rule, &mut more);
            }
            for (resource, actions) in more {
                self.touched.entry(resource).or_default().extend(actions);
            }
        }
        for meaning in [one, two] {
            for (at, named) in meaning.resources.iter().enumerate() {
                let retained = named.versions.iter().filter_map(|version| version.retain.as_ref());
                if retained.flat_map(|retain| [&retain.kept, &retain.overdue]).any(|says| self.reads(says)) {
                    self.touched.entry(at.into()).or_default().insert(None);
                }
            }
        }
        self.spread_permitted(one, two, touch);
    }

    fn read_by(&self, rule: &Rule) -> bool {
        rule.when.as_ref().is_some_and(|when| self.reads(when))
    }

    /// Is it for a role that differs, or for whoever has a `key` role while any role differs?
    fn names_role(&self, rule: &Rule) -> bool {
        match rule.to {
            Some(Recipient::Role(role)) => {
                self.roles.contains(&role) || !self.roles.is_empty() && rule.requires.is_none()
            }
            Some(Recipient::Organisation(_) | Recipient::Controller | Recipient::Processor) => !self.roles.is_empty(),
            Some(Recipient::Anyone | Recipient::Itself) | None => false,
        }
    }

    /// What asks by `permitted` for something that is touched is touched.
    fn spread_permitted(
        &mut self,
        one: &Meaning,
        two: &Meaning,
        touch: impl Fn(&Rule, &mut BTreeMap<ResourceId, BTreeSet<Option<Box<str>>>>),
    ) {
        if self.touched.is_empty() {
            return;
        }
        let mut asking: Vec<(&Rule, BTreeSet<(ResourceId, &str)>)> = Vec::new();
        for meaning in [one, two] {
            for rule in &meaning.rules {
                let asked = rule.when.as_ref().map(|when| permitted_in(when, meaning)).unwrap_or_default();
                if !asked.is_empty() {
                    asking.push((rule, asked));
                }
            }
        }
        loop {
            let before: usize = self.touched.values().map(BTreeSet::len).sum();
            for (rule, asked) in &asking {
                let is_touched = asked.iter().any(|(resource, action)| {
                    self.touched
                        .get(resource)
                        .is_some_and(|actions| actions.contains(&None) || actions.contains(&Some(Box::from(*action))))
                });
                if is_touched {
                    touch(rule, &mut self.touched);
                }
            }
            if before == self.touched.values().map(BTreeSet::len).sum::<usize>() {
                return;
            }
        }
    }
}

/// What a condition asks by `permitted`, with all that it names.
fn permitted_in<'m>(says: &'m Expression, meaning: &'m Meaning) -> BTreeSet<(ResourceId, &'m str)> {
    let (mut found, mut named) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting = vec![says];
    while let Some(next) = waiting.pop() {
        match next {
            Expression::Permitted { resource, action } => drop(found.insert((*resource, &**action))),
            Expression::Condition(id) if named.insert(*id) => {
                waiting.extend(meaning.condition(*id).map(|named| &named.body.says));
            }
            other => waiting.extend(other.parts()),
        }
    }
    found
}

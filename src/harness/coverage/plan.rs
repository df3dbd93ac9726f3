//! What there is to cover in a bundle: each grant, rule, atom, line and obligation, with what can be shown of it. What is undecided
//! gives nothing, and is not counted.

use super::item::{Aspect, Key};
use super::observe::{condition, number};
use super::possible::{Possible, World, alone, is_decided, over};
use super::same::Same;
use crate::decide::{Conditional, What};
use crate::ir::{Atoms, Grant, Line, Meaning, PackageId, ResourceId, RuleId};
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// An item to cover.
pub(super) struct Planned {
    pub(super) key: Key,
    /// Never empty.
    pub(super) points: Vec<Aspect>,
}

/// Everything that there is to cover.
pub(super) fn plan(meaning: &Meaning, same: &Same<'_>) -> Vec<Planned> {
    let mut plan = Plan { meaning, same, world: World::new(meaning), all: BTreeMap::new() };
    plan.packages();
    plan.areas();
    plan.rules();
    plan.actions();
    let used: Vec<_> = plan.world.used().collect();
    for id in used {
        let over = plan.world.over(id);
        plan.condition(Conditional::Named(id), &over);
    }
    let planned = |(key, points): (Key, BTreeSet<Aspect>)| Planned { key, points: points.into_iter().collect() };
    plan.all.into_iter().map(planned).collect()
}

struct Plan<'m, 's> {
    meaning: &'m Meaning,
    same: &'s Same<'m>,
    world: World<'m>,
    all: BTreeMap<Key, BTreeSet<Aspect>>,
}

impl Plan<'_, '_> {
    /// What one of several that are the same can show can be shown of it.
    fn add(&mut self, key: Key, points: &[Aspect]) {
        if !points.is_empty() {
            self.all.entry(self.same.first(key)).or_default().extend(points);
        }
    }

    fn packages(&mut self) {
        for (at, named) in self.meaning.packages.iter().enumerate() {
            let id = PackageId::from(at);
            for (version, body) in (0..).zip(&named.versions) {
                // Nobody holds it (H1).
                if body.kinds.is_undecided() {
                    continue;
                }
                let delegable = body.delegable.iter().any(is_decided);
                for (grant, says) in (0..).zip(&body.grants) {
                    self.grant(id, version, grant, says, delegable);
                }
                self.lines(What::Package(id), version, &body.delegable);
            }
        }
    }

    fn grant(&mut self, package: PackageId, version: u32, at: u32, says: &Grant, delegable: bool) {
        if says.undecided {
            return;
        }
        let points = [Aspect::Carried, Aspect::NotByIt];
        if says.gives_use {
            self.add(Key::Grant(package, version, at, false), &points);
        }
        // What is delegable to nobody is passed on by nobody.
        if says.gives_delegation && delegable {
            self.add(Key::Grant(package, version, at, true), &points);
        }
        self.condition(Conditional::Grant(package, version, at), &BTreeSet::new());
    }

    fn areas(&mut self) {
        for (at, named) in self.meaning.areas.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                self.lines(What::Area(at.into()), version, &body.delegable);
            }
        }
    }

    fn lines(&mut self, what: What, version: u32, lines: &[Line]) {
        for (at, line) in (0..).zip(lines) {
            let Line::To { onward, .. } = line else { continue };
            let points = [Aspect::Admitted, Aspect::Refused, Aspect::PassedOn];
            let points = if *onward { &points[..] } else { points.get(..2).unwrap_or(&[]) };
            self.add(Key::Line(what, version, at), points);
            self.condition(Conditional::Line(what, version, at), &BTreeSet::new());
        }
    }

    fn rules(&mut self) {
        for (at, rule) in self.meaning.rules.iter().enumerate() {
            if rule.effect == RuleEffect::Never {
                continue;
            }
            let id = RuleId::from(at);
            if matches!(rule.effect, RuleEffect::Permit | RuleEffect::Forbid) {
                let points =
                    of_three(self.world.rule(rule), [Aspect::Applied, Aspect::NotApplied, Aspect::UnknownToApply]);
                self.add(Key::Rule(id), &points);
            }
            // Where nothing is permitted, nothing is owed with a permit.
            let owed = match rule.effect {
                RuleEffect::Oblige => {
                    over(rule).iter().any(|resource| self.world.may_permit(*resource, rule.action.as_deref()))
                }
                _ => self.world.rule(rule).so,
            };
            for which in (0..rule.oblige.len()).filter(|_| owed) {
                self.add(Key::OfRule(id, number(which)), &[Aspect::Owed]);
            }
            self.condition(Conditional::Rule(id), &over(rule));
        }
    }

    fn actions(&mut self) {
        for (at, named) in self.meaning.resources.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                for (action, says) in (0..).zip(&body.actions) {
                    if !self.world.may_permit(at.into(), Some(&says.name)) {
                        continue;
                    }
                    for which in 0..says.oblige.len() {
                        let key = Key::OfAction(ResourceId::from(at), version, action, number(which));
                        self.add(key, &[Aspect::Owed]);
                    }
                }
            }
        }
    }

    /// The atoms of a condition; of a compound one, each besides as deciding alone.
    fn condition(&mut self, of: Conditional, over: &BTreeSet<ResourceId>) {
        let Some(says) = condition(of, self.meaning) else { return };
        let atoms = Atoms::of(says);
        let possible = self.world.atoms(&atoms, over);
        for (at, one) in (0..).zip(&possible) {
            let points = of_three(*one, [Aspect::True, Aspect::False, Aspect::Unknown]);
            // What is always the same is a constant, not a question.
            if points.len() > 1 || one.unknown {
                self.add(Key::Atom(of, at), &points);
            }
        }
        // What a resource says of itself is the same in all that is asked of it: a pair may be of two resources.
        let one_by_one: Vec<Vec<Possible>> =
            over.iter().map(|id| self.world.atoms(&atoms, &BTreeSet::from([*id]))).collect();
        let each = if one_by_one.is_empty() { std::slice::from_ref(&possible) } else { &one_by_one };
        for joined in &atoms.joined {
            let members = joined.atoms();
            let can_decide = |atom: usize| {
                let found = each.iter().map(|possible| alone(joined, atom, possible));
                found.fold((false, false), |one, two| (one.0 || two.0, one.1 || two.1)) == (true, true)
            };
            for atom in members.iter().filter(|atom| members.len() > 1 && can_decide(**atom)) {
                self.add(Key::Alone(of, number(*atom)), &[Aspect::Alone]);
            }
        }
    }
}

fn of_three(possible: Possible, aspects: [Aspect; 3]) -> Vec<Aspect> {
    let [so, not, unknown] = aspects;
    let all = [(possible.so, so), (possible.not, not), (possible.unknown, unknown)];
    all.into_iter().filter(|(is, _)| *is).map(|(_, aspect)| aspect).collect()
}

//! What made a condition unknown, named as an author would write it; and the least part of one that is not so. Read only when
//! somebody is to be told: deciding does not need it.

use super::condition::{Around, Bound, Scene, which_of_retain};
use super::decision::Missing;
use super::truth::Truth;
use super::value::Seen;
use crate::facts::{EntityId, ThingSort};
use crate::ir::{ConditionId, Controlling, Expression, IsWhat};
use crate::terms::{open::Open, operator::Operator};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// What was found to be missing so far.
#[derive(Default)]
struct Found {
    missing: BTreeSet<Missing>,
    /// Named conditions that were asked already.
    named: FxHashSet<ConditionId>,
}

impl Found {
    fn insert(&mut self, missing: Missing) {
        self.missing.insert(missing);
    }

    fn attribute(&mut self, path: Option<String>) {
        self.missing.extend(path.map(|path| Missing::Attribute(path.into())));
    }
}

impl<'a> Scene<'_, 'a> {
    /// Why an unknown condition is unknown. `owner` is what an undecided value in it stands in.
    pub(super) fn missing(&self, condition: &'a Expression, owner: &str) -> BTreeSet<Missing> {
        let mut found = Found::default();
        self.collect(Around::NOTHING, condition, owner, &mut found);
        found.missing
    }

    /// Why it is unknown whether somebody controls or processes the resource.
    pub(super) fn missing_to_control(&self, who: EntityId, processes: bool) -> BTreeSet<Missing> {
        let mut found = Found::default();
        self.of_control(who, processes, &mut found);
        found.missing
    }

    fn collect(&self, around: Around<'_, 'a>, expression: &'a Expression, owner: &str, found: &mut Found) {
        let Some(inner) = around.deeper() else { return };
        match expression {
            Expression::Or(parts) | Expression::And(parts) => {
                for part in parts {
                    if self.truth_in(inner, part) == Truth::Unknown {
                        self.collect(inner, part, owner, found);
                    }
                }
            }
            Expression::Not(part) => self.collect(inner, part, owner, found),
            Expression::Compare(operator, sides) => {
                let (one, other) = (&sides.0, &sides.1);
                let missing = [one, other].map(|side| self.if_missing(inner, side, owner, found));
                if missing == [false, false] {
                    let sets = if *operator == Operator::In { [other].to_vec() } else { [one, other].to_vec() };
                    sets.into_iter().for_each(|set| self.incomplete(inner, set, owner, found));
                }
            }
            Expression::Is { who, what, party } => {
                let parts = std::iter::once(who).chain(party);
                let missing: Vec<bool> = parts.map(|part| self.if_missing(inner, part, owner, found)).collect();
                if let (false, Seen::Entity(who)) = (missing.contains(&true), self.see(inner, who)) {
                    match what {
                        IsWhat::Role(role) => found.insert(Missing::Role(*role)),
                        IsWhat::Controller => self.of_control(who, false, found),
                        IsWhat::Processor => self.of_control(who, true, found),
                        IsWhat::Kind(_) | IsWhat::Organisation(_) => {}
                    }
                }
            }
            Expression::Holds { who, package, party } => {
                let missing = [who, party].map(|part| self.if_missing(inner, part, owner, found));
                if let (false, Some(case)) = (missing.contains(&true), self.case)
                    && let (Seen::Entity(who), Seen::Entity(party)) = (self.see(inner, who), self.see(inner, party))
                {
                    found.missing.extend(case.missing_to_hold(who, *package, party));
                }
            }
            Expression::Each { variable, set, body, .. } => {
                if self.if_missing(inner, set, owner, found) {
                    return;
                }
                self.incomplete(inner, set, owner, found);
                let Seen::Set(members) = self.see(inner, set) else { return };
                for value in members.iter() {
                    let bound = Bound::new(variable, value, set, inner);
                    let within = inner.with(&bound);
                    if self.truth_in(within, body) == Truth::Unknown {
                        self.collect(within, body, owner, found);
                    }
                }
            }
            Expression::Permitted { resource, action } => {
                if let Some(case) = self.case {
                    found.missing.extend(case.missing_to_permit(*resource, action));
                }
            }
            Expression::Shift { from, by, .. } => {
                let missing = [from, by].map(|part| self.if_missing(inner, part, owner, found));
                if missing == [false, false] {
                    // The sum lies outside the calendar.
                    found.attribute(path(inner, from));
                }
            }
            Expression::Condition(id) => {
                if let Some(named) = self.roles.decider.index.meaning.condition(*id).filter(|_| found.named.insert(*id))
                {
                    let owner = format!("{} says", named.name);
                    self.collect(inner.outside(), &named.body.says, &owner, found);
                }
            }
            Expression::Undecided => found.insert(Missing::Undecided(owner.into())),
            Expression::Root(_) | Expression::Variable(_) => {
                found.attribute(path(inner, expression));
            }
            Expression::Attribute(of, name) => {
                if !self.if_missing(inner, of, owner, found) {
                    self.missing_attribute(inner, expression, &self.see(inner, of), name, found);
                }
            }
            Expression::Value(_) | Expression::List(_) => {}
        }
    }

    /// If this is missing: why. Is it?
    fn if_missing(&self, around: Around<'_, 'a>, expression: &'a Expression, owner: &str, found: &mut Found) -> bool {
        let missing = self.see(around, expression) == Seen::Missing;
        if missing {
            self.collect(around, expression, owner, found);
        }
        missing
    }

    /// An attribute that is missing of something that is not.
    fn missing_attribute(
        &self,
        around: Around<'_, 'a>,
        whole: &'a Expression,
        of: &Seen<'a>,
        name: &'a str,
        found: &mut Found,
    ) {
        let facts = self.roles.decider.facts;
        let record = match of {
            Seen::Record(_) => true,
            Seen::Thing(id) => facts.thing(*id).is_some_and(|thing| matches!(thing.sort, ThingSort::Record(_))),
            _ => false,
        };
        if let Some(which) = which_of_retain(name).filter(|_| record) {
            let resource = self.roots.resource;
            if let Some(retain) = self.resource(resource).and_then(|body| body.retain.as_ref()) {
                let owner = format!("{} retain", self.name_of_resource());
                self.of_record(of.clone()).collect(around.outside(), which(retain), &owner, found);
            }
        } else if let Seen::Resource(_) = of {
            found.insert(Missing::Undecided(format!("{} {name}", self.name_of_resource()).into()));
        } else {
            found.attribute(path(around, whole));
        }
    }

    /// What an incomplete set lacks; nothing of a complete one.
    fn incomplete(&self, around: Around<'_, 'a>, set: &'a Expression, owner: &str, found: &mut Found) {
        let (Some(inner), Seen::Set(whole)) = (around.deeper(), self.see(around, set)) else { return };
        if !whole.incomplete {
            return;
        }
        match set {
            Expression::List(parts) => {
                for part in parts {
                    self.if_missing(inner, part, owner, found);
                }
            }
            Expression::Attribute(of, name) => {
                self.incomplete(inner, of, owner, found);
                let of = self.see(inner, of);
                if let Seen::Resource(_) = of {
                    self.missing_attribute(inner, set, &of, name, found);
                }
                let Seen::Set(members) = of else { return };
                for member in members.iter() {
                    if self.attribute(inner, &member, name) == Seen::Missing {
                        self.missing_attribute(inner, set, &member, name, found);
                    }
                }
            }
            _ => {}
        }
    }

    fn of_control(&self, who: EntityId, processes: bool, found: &mut Found) {
        let Some(body) = self.resource(self.roots.resource) else { return };
        match if processes { &body.processors } else { &body.controllers } {
            Open::Undecided => {
                let what = if processes { "processor" } else { "controller" };
                found.insert(Missing::Undecided(format!("{} {what}", self.name_of_resource()).into()));
            }
            Open::Known(all) => {
                let statuses = all.iter().filter_map(|one| match one {
                    Controlling::Status(role) => Some(*role),
                    Controlling::Organisation(_) => None,
                });
                let unknown = statuses.filter(|role| self.roles.truth(who, *role, who) == Truth::Unknown);
                found.missing.extend(unknown.map(Missing::Role));
            }
        }
    }

    fn name_of_resource(&self) -> &'a str {
        let resource = self.roots.resource.and_then(|id| self.roles.decider.index.meaning.resource(id));
        resource.map_or("", |named| &named.name)
    }

    /// The least part of a condition that is not so which says why: of several joined by `and` the first that is not so.
    pub(super) fn failing(&self, expression: &'a Expression) -> &'a Expression {
        let mut least = expression;
        let mut around = Around::NOTHING;
        while let Some(inner) = around.deeper() {
            around = inner;
            let next = match least {
                Expression::And(parts) => parts.iter().find(|part| self.truth_in(around, part) == Truth::Not),
                Expression::Condition(id) => {
                    self.roles.decider.index.meaning.condition(*id).map(|named| &named.body.says)
                }
                _ => None,
            };
            match next {
                Some(part) => least = part,
                None => break,
            }
        }
        least
    }
}

/// An expression as a path: `party.parents.address`. A variable is called as the set that it is a member of.
fn path<'a>(around: Around<'_, 'a>, expression: &'a Expression) -> Option<String> {
    let inner = around.deeper()?;
    match expression {
        Expression::Root(root) => Some(root.word().to_owned()),
        Expression::Variable(name) => {
            let bound = inner.find(name)?;
            path(bound.outer.at_depth_of(inner), bound.set)
        }
        Expression::Attribute(of, name) => Some(match path(inner, of) {
            Some(of) => format!("{of}.{name}"),
            None => name.to_string(),
        }),
        Expression::Shift { from, .. } => path(inner, from),
        _ => None,
    }
}

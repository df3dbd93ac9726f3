//! Mutants of what a policy is over: of a list one resource less, of `every` more resources, and of `where` every small change. The
//! bundle has what came of the choice; what the author said stands beside it, and is answered anew.

use super::conditions;
use super::holding::{Making, Spot};
use super::mutant::{Change, together};
use super::mutation::Mutation;
use super::selects::is_so;
use crate::intake::names::module_of;
use crate::ir::{Expression, Resource, ResourceId, Rule, Scope};
use crate::origins::{Part, Selection, Selects};
use crate::terms::{effect::RuleEffect, period::Period};
use crate::words::expression;
use std::collections::BTreeSet;

/// Is a version of a resource selected? `None`: it reads what is undecided.
type Answer = Option<bool>;

/// What `every` says.
#[derive(Clone, Copy)]
struct Every<'s> {
    registers: Option<bool>,
    within: Option<&'s str>,
    condition: Option<&'s Expression>,
}

impl Making<'_> {
    /// Every small change of what policies are over. A policy that is said again for another time is left as it is: what of the
    /// bundle came of which cannot be told.
    pub(super) fn selections(&mut self, all: &[Selection]) {
        for (at, selection) in (0u32..).zip(all) {
            if all.iter().filter(|other| other.policy == selection.policy).count() > 1 {
                continue;
            }
            let of = format!("policy `{}`", self.speaker.short(&selection.policy));
            let spot = Spot { module: module_of(&selection.policy), part: Part::Selection(at), of };
            match &selection.says {
                Selects::Named(named) => self.named(&spot, &selection.policy, named),
                Selects::Every { registers, within, condition } => {
                    let every =
                        Every { registers: *registers, within: within.as_deref(), condition: condition.as_ref() };
                    self.every(&spot, &selection.policy, every);
                }
            }
        }
    }

    fn named(&mut self, spot: &Spot<'_>, policy: &str, named: &[ResourceId]) {
        if named.len() < 2 {
            return;
        }
        for id in named {
            let name = self.speaker.short(self.speaker.resource(*id)).to_owned();
            let before = |other: ResourceId, _: &Resource| Some(named.contains(&other));
            let after = |other: ResourceId, _: &Resource| Some(other != *id && named.contains(&other));
            let changes = self.chosen_anew(policy, before, after);
            self.all(spot, Mutation::ResourceDropped, format!("without `{name}` in the resources"), name, changes);
        }
    }

    fn every(&mut self, spot: &Spot<'_>, policy: &str, every: Every<'_>) {
        let before = |id: ResourceId, body: &Resource| self.answer(every, id, body);
        let mut others: Vec<(Mutation, String, String, Vec<Change>)> = Vec::new();
        let mut put = |mutation, says: String, marks: String, other: Every<'_>| {
            let changes = self.chosen_anew(policy, before, |id, body| self.answer(other, id, body));
            others.push((mutation, says, marks, changes));
        };
        if let Some(registers) = every.registers {
            let word = if registers { "every register" } else { "every service" };
            let says = format!("`{word}` → `every resource`");
            put(Mutation::EveryWidened, says, word.to_owned(), Every { registers: None, ..every });
        }
        if let Some(within) = every.within {
            let marks = format!("in {within}");
            put(Mutation::EveryWidened, format!("without `{marks}`"), marks, Every { within: None, ..every });
        }
        if let Some(condition) = every.condition {
            let says = format!("without `where {}`", expression::expression(condition, self.speaker));
            put(Mutation::WhereDropped, says, "where".to_owned(), Every { condition: None, ..every });
            for variant in conditions::variants(condition, &self.bundle.meaning) {
                let text = expression::expression(&variant.before, self.speaker);
                let says = match &variant.after {
                    Some(after) => format!("`{text}` → `{}` in `where`", expression::expression(after, self.speaker)),
                    None => format!("without `{text}` in `where`"),
                };
                put(variant.mutation, says, text, Every { condition: Some(&variant.whole), ..every });
            }
        }
        for (mutation, says, marks, changes) in others {
            self.all(spot, mutation, says, marks, changes);
        }
    }

    fn all(&mut self, spot: &Spot<'_>, mutation: Mutation, says: String, marks: String, changes: Vec<Change>) {
        // What is chosen anew may be what was chosen, or have none of the actions that the rules name.
        if !changes.is_empty() {
            self.add(spot, mutation, says, marks, Change::All(changes));
        }
    }

    fn answer(&self, every: Every<'_>, id: ResourceId, body: &Resource) -> Answer {
        let module = module_of(self.speaker.resource(id));
        let below =
            |within: &str| module.strip_prefix(within).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if every.registers.is_some_and(|registers| registers != body.register) || !every.within.is_none_or(below) {
            return Some(false);
        }
        every.condition.map_or(Some(true), |condition| is_so(condition, body, &self.bundle.meaning, &mut Vec::new()))
    }

    /// The rules of all policies with a `where`, if a version of a resource said something else of itself.
    pub(super) fn selected_anew(&self, id: ResourceId, version: &Resource, other: &Resource) -> Vec<Change> {
        let of = |selection: &Selection| match &selection.says {
            Selects::Every { registers, within, condition: Some(condition) } => {
                let every = Every { registers: *registers, within: within.as_deref(), condition: Some(condition) };
                let before = |id: ResourceId, body: &Resource| self.answer(every, id, body);
                let after = |at: ResourceId, body: &Resource| {
                    self.answer(every, at, if at == id && body == version { other } else { body })
                };
                self.chosen_anew(&selection.policy, before, after)
            }
            _ => Vec::new(),
        };
        self.selections.iter().flat_map(of).collect()
    }

    /// The rules of a policy over what it selects after and not what it selected before. Rules are over what has their action; what a
    /// permit selects without being settled it gives nothing in.
    fn chosen_anew(
        &self,
        policy: &str,
        before: impl Fn(ResourceId, &Resource) -> Answer,
        after: impl Fn(ResourceId, &Resource) -> Answer,
    ) -> Vec<Change> {
        let meaning = &self.bundle.meaning;
        let mut turned: Vec<(ResourceId, Vec<(Period, Answer, Answer)>)> = Vec::new();
        let mut unsettled: BTreeSet<ResourceId> = BTreeSet::new();
        for (at, named) in meaning.resources.iter().enumerate() {
            let id = ResourceId::from(at);
            let answers: Vec<_> =
                named.versions.iter().map(|body| (body.period, before(id, body), after(id, body))).collect();
            if answers.iter().any(|(_, before, _)| before.is_none()) {
                unsettled.insert(id);
            }
            if answers.iter().any(|(_, before, after)| before != after) {
                turned.push((id, answers));
            }
        }
        if turned.is_empty() {
            return Vec::new();
        }
        let mut changes = Vec::new();
        for (at, rule) in meaning.rules.iter().enumerate() {
            if rule.effect == RuleEffect::Never || rule.key.rsplitn(4, '/').nth(3) != Some(policy) {
                continue;
            }
            let waits = rule.effect == RuleEffect::Permit
                && rule.scopes.iter().flat_map(|scope| &scope.on).any(|on| unsettled.contains(on));
            let selected = |answer: Answer| match (rule.effect, waits) {
                (RuleEffect::Permit, true) => answer.is_none(),
                (RuleEffect::Permit, false) => answer == Some(true),
                _ => answer != Some(false),
            };
            let scopes = over_anew(rule, &turned, selected, |id| {
                let versions = meaning.resource(id).map_or(&[][..], |named| &named.versions);
                rule.action.as_deref().is_none_or(|action| {
                    versions.iter().any(|body| body.actions.iter().any(|known| &*known.name == action))
                })
            });
            if scopes != rule.scopes {
                changes.push(Change::Rule(at.into(), Box::new(Rule { scopes, ..rule.clone() })));
            }
        }
        changes
    }
}

/// The scopes of a rule over other resources, in the period that it has over all others.
fn over_anew(
    rule: &Rule,
    turned: &[(ResourceId, Vec<(Period, Answer, Answer)>)],
    selected: impl Fn(Answer) -> bool,
    has_action: impl Fn(ResourceId) -> bool,
) -> Vec<Scope> {
    let longest = |scope: &&Scope| (scope.period.from.is_none(), scope.period.before.is_none(), scope.on.len());
    let Some(own) = rule.scopes.iter().max_by_key(longest).map(|scope| scope.period) else { return Vec::new() };
    let mut scopes = rule.scopes.clone();
    for (id, answers) in turned {
        if answers.iter().all(|(_, before, after)| selected(*before) == selected(*after)) {
            continue;
        }
        scopes.iter_mut().for_each(|scope| scope.on.retain(|on| on != id));
        for (period, _, after) in answers {
            let period = own.and(*period);
            if selected(*after) && has_action(*id) && !period.is_empty() {
                scopes.push(Scope { period, on: vec![*id] });
            }
        }
    }
    together(scopes)
}

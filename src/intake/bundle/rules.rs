//! Rules of a bundle: each with the key that its body has, over resources that have its action; and what they ask to be
//! permitted, which never comes back to itself.

use super::circles::Graph;
use super::expression::{Reads, constant};
use super::types::Of;
use super::vocabulary::Stands;
use super::{Entry, Reading, forms, text, tree};
use crate::ir::{self, Requires, ResourceId, json};
use crate::terms::{effect::RuleEffect, limit, open::Open};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

impl<'s> Reading<'s> {
    pub(super) fn rules(&mut self, entries: &[Entry<'s>]) -> Vec<ir::Rule> {
        let mut rules = Vec::new();
        let mut reads = Vec::new();
        for entry in entries {
            let read = self.rule(entry);
            rules.extend(read.map(|(rule, read)| {
                reads.push((read, entry.1));
                rule
            }));
        }
        if self.findings.is_empty() {
            self.permitted_circles(&rules, &reads);
        }
        rules
    }

    /// A rule with its key; its scopes are the versions of one body.
    fn rule(&mut self, (key, value): &Entry<'s>) -> Option<(ir::Rule, Reads)> {
        let mut parts = key.rsplitn(4, '/');
        let (digits, action) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let effect = parts.next().and_then(RuleEffect::from_word);
        let owner = parts.next().unwrap_or("");
        let (Some(effect), 4..) = (effect, digits.len()) else {
            return self.finding(value, format!("`{key}` is not the key of a rule"));
        };
        let action: Option<Box<str>> = (action != "any").then(|| action.into());
        let own = self.names.resource_named(owner);
        if own.is_none() {
            self.is_name(value, owner);
            self.policies.insert(owner.into());
        }
        let texts: Vec<text::Rule<'s>> = self.parse(value.get())?;
        let mut bodies = Vec::new();
        let mut scopes = Vec::new();
        let mut reads = Reads::default();
        for text in texts {
            let on = self.on(value, own, text.on.as_deref())?;
            scopes.push(ir::Scope { period: text::period(text.from, text.before), on });
            let to = match &text.to {
                Some(to) => Some(self.recipient(value, to)?),
                None => None,
            };
            let requires = match &text.requires {
                Some(requires) => Some(self.requires(value, requires)?),
                None => None,
            };
            let when = match text.when {
                Some(raw) => {
                    let (says, read) = self.condition(raw, Stands::Rule)?;
                    reads = read;
                    Some(says)
                }
                None => None,
            };
            let oblige = self.obliges(value, text.oblige)?;
            let of = text.of.map(|of| self.sorted(value, of));
            let (key, action, scopes) = (key.clone(), action.clone(), Vec::new());
            bodies.push(ir::Rule { key, effect, action, of, to, requires, when, oblige, scopes });
        }
        bodies.dedup();
        let (Some(body), true) = (bodies.pop(), bodies.is_empty()) else {
            return self.finding(value, format!("the versions of `{key}` differ in more than when and where"));
        };
        let rule = ir::Rule { scopes: self.sorted(value, scopes), ..body };
        self.scopes_apart(value, &rule);
        self.rule_form(value, &rule);
        let digest = json::sha256(json::rule_body(&self.names, &rule).as_bytes());
        if !digest.starts_with(digits) {
            return self.finding(value, format!("`{key}` is the key of another rule: it begins with `{digest:.8}`"));
        }
        Some((rule, reads))
    }

    /// The resources that a scope is over.
    fn on(&mut self, value: &'s RawValue, own: Option<ResourceId>, on: Option<&[Box<str>]>) -> Option<Vec<ResourceId>> {
        match (own, on) {
            (Some(resource), None) => Some(vec![resource]),
            (None, Some([_, ..])) => {
                let names = on.unwrap_or_default();
                let found: Option<Vec<ResourceId>> = names
                    .iter()
                    .map(|name| self.found(value, "resource", name, self.names.resource_named(name)))
                    .collect();
                Some(self.sorted(value, found?))
            }
            (Some(_), Some(_)) => self.finding(value, "a rule of a resource says `on`".to_owned()),
            (None, _) => self.finding(value, "a rule of a policy does not say `on`, or nothing in it".to_owned()),
        }
    }

    /// Two scopes of one rule are not in force at once over one resource.
    fn scopes_apart(&mut self, value: &'s RawValue, rule: &ir::Rule) {
        let mut last: BTreeMap<ResourceId, crate::terms::period::Period> = BTreeMap::new();
        for scope in rule.scopes.iter().filter(|scope| !scope.period.is_empty()) {
            for resource in &scope.on {
                if last.insert(*resource, scope.period).is_some_and(|before| before.meets(scope.period)) {
                    self.finding::<()>(value, format!("`{}` is in force twice at the same time", rule.key));
                    return;
                }
            }
        }
    }

    /// What a rule of its effect must and must not say, and of what.
    fn rule_form(&mut self, value: &'s RawValue, rule: &ir::Rule) {
        let says_who = rule.to.is_some() || rule.requires.is_some();
        match rule.effect {
            RuleEffect::Permit if !says_who => {
                self.finding::<()>(value, format!("`{}` says neither `to` nor `requires`", rule.key));
            }
            RuleEffect::Oblige if says_who || rule.when.is_some() || rule.of.is_some() || rule.oblige.is_empty() => {
                self.finding::<()>(value, format!("`{}` obliges, and says no more than to what", rule.key));
            }
            _ => {}
        }
        let over: BTreeSet<ResourceId> = rule.scopes.iter().flat_map(|scope| &scope.on).copied().collect();
        let mut elements: BTreeSet<&Box<str>> = BTreeSet::new();
        let mut undecided = false;
        let mut without = None;
        for id in over {
            let Some(named) = self.names.resource(id) else { continue };
            let has = |action: &str| {
                named.versions.iter().any(|version| version.actions.iter().any(|known| &*known.name == action))
            };
            if !rule.action.as_deref().is_none_or(has) {
                without = Some(named.name.clone());
            }
            for version in &named.versions {
                match &version.elements {
                    Open::Known(known) => elements.extend(known),
                    Open::Undecided => undecided = true,
                }
            }
        }
        let strange = rule.of.iter().flatten().find(|element| !undecided && !elements.contains(element)).cloned();
        if let (Some(name), Some(action)) = (without, &rule.action) {
            self.finding::<()>(value, format!("`{name}` has no action `{action}`"));
        }
        if let Some(element) = strange {
            self.finding::<()>(value, format!("nothing that the rule is over has an element `{element}`"));
        }
        if rule.of.as_ref().is_some_and(Vec::is_empty) {
            self.finding::<()>(value, "`of` names no element".to_owned());
        }
    }

    /// What is to be done: known obligations, with an argument of the right type for each parameter.
    pub(super) fn obliges(&mut self, value: &'s RawValue, all: Vec<text::Oblige<'s>>) -> Option<Vec<ir::Oblige>> {
        let mut obliges = Vec::new();
        for said in all {
            let name = &said.obligation;
            let id: ir::ObligationId = self.found(value, "obligation", name, self.names.obligation_named(name))?;
            let mut arguments = BTreeMap::new();
            let parameters = self.names.obligation(id).map_or(BTreeMap::new(), |of| of.body.parameters.clone());
            if !said.arguments.0.keys().eq(parameters.keys()) {
                return self.finding(value, format!("`{name}` is not said with the arguments that it has"));
            }
            for (key, raw) in said.arguments.0 {
                let read = tree::read(raw.get()).and_then(|tree| constant(&self.names, &tree));
                let (argument, of) = match read {
                    Ok(read) => read,
                    Err(why) => return self.finding(raw, why),
                };
                if !parameters.get(&key).is_some_and(|parameter| Of::declared(parameter).meets(&of)) {
                    return self.finding(raw, format!("`{key}` of `{name}` has another type"));
                }
                arguments.insert(key, argument);
            }
            obliges.push(ir::Oblige { obligation: id, arguments });
        }
        Some(self.sorted(value, obliges))
    }

    fn recipient(&mut self, value: &'s RawValue, to: &[Box<str>]) -> Option<ir::Recipient> {
        let to: Vec<&str> = to.iter().map(|word| &**word).collect();
        match &*to {
            ["anyone"] => Some(ir::Recipient::Anyone),
            ["self"] => Some(ir::Recipient::Itself),
            ["controller"] => Some(ir::Recipient::Controller),
            ["processor"] => Some(ir::Recipient::Processor),
            ["role", name] => self.found(value, "role", name, self.names.role_named(name)).map(ir::Recipient::Role),
            ["organisation", name] => {
                let found = self.names.organisation_named(name);
                self.found(value, "organisation", name, found).map(ir::Recipient::Organisation)
            }
            _ => self.finding(value, "`to` of a rule does not have the form of one".to_owned()),
        }
    }

    fn requires(&mut self, value: &'s RawValue, requires: &forms::Requires) -> Option<Requires> {
        let mut all = |parts: &[forms::Requires]| -> Option<Vec<Requires>> {
            parts.iter().map(|part| self.requires(value, part)).collect()
        };
        match requires {
            forms::Requires::And(parts) => Requires::all(all(parts)?),
            forms::Requires::Or(parts) => Requires::any(all(parts)?),
            forms::Requires::Package(name) => {
                self.found(value, "package", name, self.names.package_named(name)).map(Requires::Package)
            }
        }
    }

    /// `permitted` asks rules, whose conditions may ask again: in no circle, and not too deep.
    fn permitted_circles(&mut self, rules: &[ir::Rule], reads: &[(Reads, &'s RawValue)]) {
        let mut graph = Graph::default();
        for reads in &self.conditions {
            graph.node(reads.depth);
        }
        let first = self.conditions.len();
        for (reads, _) in reads {
            graph.node(reads.depth);
        }
        let mut questions: BTreeMap<(ResourceId, &str), usize> = BTreeMap::new();
        for (at, reads) in self.conditions.iter().chain(reads.iter().map(|(reads, _)| reads)).enumerate() {
            for (condition, depth) in &reads.conditions {
                graph.names(at, condition.index(), *depth);
            }
            for ((resource, action), depth) in &reads.permitted {
                let node = *questions.entry((*resource, action)).or_insert_with(|| graph.node(0));
                graph.names(at, node, *depth);
            }
        }
        let mut by_resource: BTreeMap<ResourceId, Vec<(&str, usize)>> = BTreeMap::new();
        for ((resource, action), node) in questions {
            by_resource.entry(resource).or_default().push((action, node));
        }
        for (at, rule) in rules.iter().enumerate() {
            if matches!(rule.effect, RuleEffect::Never | RuleEffect::Oblige) || rule.when.is_none() {
                continue;
            }
            let over: BTreeSet<ResourceId> = rule.scopes.iter().flat_map(|scope| &scope.on).copied().collect();
            for (action, node) in over.iter().filter_map(|resource| by_resource.get(resource)).flatten() {
                if rule.action.as_ref().is_none_or(|own| &**own == *action) {
                    graph.names(*node, first + at, 0);
                }
            }
        }
        let rule_at = |at: usize| at.checked_sub(first).and_then(|at| Some((rules.get(at)?, reads.get(at)?.1)));
        match graph.depths() {
            Ok((depths, _)) => {
                let deep = depths.iter().enumerate().find(|(_, depth)| **depth > limit::CONDITION_DEPTH);
                if let Some((rule, value)) = deep.and_then(|(at, _)| rule_at(at)) {
                    self.finding::<()>(value, format!("`{}` is nested too deep, with all that it asks", rule.key));
                }
            }
            // In a circle there is a rule, but the first of it that is met may be a question or a condition.
            Err(at) => {
                let what = rule_at(at).map_or("a condition".to_owned(), |(rule, _)| format!("`{}`", rule.key));
                if let Some((_, value)) = rule_at(at).or_else(|| rule_at(first)) {
                    self.finding::<()>(value, format!("what {what} asks to be permitted comes back to itself"));
                }
            }
        }
    }
}

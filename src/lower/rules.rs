//! Rules of resources and policies → rules of the bundle: one a recipient and action, each with its key, its periods and the
//! resources that it is over. Never what a rule means.

use super::expression::{atoms, questions};
use super::{Lowering, count};
use crate::ir::{self, Meaning, json};
use crate::model::{self, Sort};
use crate::origins::{Part, Selects};
use crate::source::Place;
use crate::terms::{effect::RuleEffect, period::Period};
use std::collections::BTreeMap;

/// What makes a rule the rule that it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Body {
    owner: Box<str>,
    effect: RuleEffect,
    action: Option<Box<str>>,
    of: Option<Vec<Box<str>>>,
    to: Option<ir::Recipient>,
    requires: Option<ir::Requires>,
    when: Option<ir::Expression>,
    oblige: Vec<ir::Oblige>,
}

impl Body {
    /// The same, if what nobody has decided is so.
    fn unsettled(self) -> Body {
        let mut parts = vec![ir::Expression::Undecided];
        match self.when {
            Some(ir::Expression::And(all)) => parts.extend(all),
            other => parts.extend(other),
        }
        let when = if parts.len() == 1 { parts.pop() } else { Some(ir::Expression::And(parts)) };
        Body { when, ..self }
    }
}

/// Where and when a body is said, and what people read of it.
#[derive(Default)]
struct Saying<'c> {
    titles: Vec<&'c str>,
    questions: Vec<&'c str>,
    over: BTreeMap<ir::ResourceId, Vec<(Period, Place)>>,
    /// The first place that says it, and its condition there.
    when: Option<(Place, &'c model::Expression)>,
}

type Bodies<'c> = BTreeMap<Body, Saying<'c>>;

impl<'c> Lowering<'c> {
    pub(super) fn rules(&mut self) {
        let catalog = self.catalog;
        let mut bodies = Bodies::new();
        for resource in &catalog.resources {
            self.said(&resource.rules, &resource.declared, &[resource], true, &mut bodies);
        }
        for policy in &catalog.policies {
            for settled in [true, false] {
                let over = policy.selects.iter().filter(|at| policy.unsettled.binary_search(at).is_err() == settled);
                let over: Vec<&model::Resource> = over.filter_map(|at| catalog.resources.get(*at as usize)).collect();
                self.said(&policy.rules, &policy.declared, &over, settled, &mut bodies);
            }
        }
        let mut rules = keyed(&self.bundle.meaning, bodies);
        rules.sort_by(|(one, _), (two, _)| one.key.cmp(&two.key));
        for (at, (rule, said)) in rules.into_iter().enumerate() {
            let (scopes, places) = scopes(said.over);
            let parts = places.into_iter().enumerate();
            self.places.extend(parts.map(|(scope, place)| (Part::Rule(at.into(), count(scope)), place)));
            self.atoms.extend(said.when.map(|(_, when)| (Part::Rule(at.into(), 0), atoms(when))));
            self.rule_words(&rule.key, said.titles, &said.questions);
            self.bundle.meaning.rules.push(ir::Rule { scopes, ..rule });
        }
        for policy in &catalog.policies {
            // A policy over nothing is not in the bundle, so nothing is said of it.
            let name = catalog.full(policy.declared.symbol);
            let first = format!("{name}/");
            let rules = &self.bundle.meaning.rules;
            let at = rules.partition_point(|rule| *rule.key < *first);
            if let Some(title) = &policy.declared.title
                && rules.get(at).is_some_and(|rule| rule.key.starts_with(&first))
            {
                self.bundle.words.entry(name.into()).or_default().title = Some(title.value.clone());
            }
        }
    }

    /// What each policy with rules in the bundle is over, as its author says it; in order of the names.
    pub(super) fn selections(&self) -> Vec<(Box<str>, Place, Selects)> {
        let catalog = self.catalog;
        let of = |policy: &model::Policy| {
            let name = catalog.full(policy.declared.symbol);
            let says = match &policy.every {
                Some(every) => Selects::Every {
                    registers: every.registers,
                    within: every.within.clone(),
                    condition: every.condition.as_ref().map(|condition| self.expression(condition)),
                },
                None => {
                    let over = policy.selects.iter().filter_map(|at| catalog.resources.get(*at as usize));
                    let mut named: Vec<ir::ResourceId> =
                        over.filter_map(|resource| self.resource_of(resource.declared.symbol)).collect();
                    named.sort_unstable();
                    named.dedup();
                    Selects::Named(named)
                }
            };
            (Box::from(name), policy.selector, says)
        };
        let mut all: Vec<_> = catalog.policies.iter().map(of).collect();
        all.sort_by(|(one, at, _), (two, beside, _)| (one, at).cmp(&(two, beside)));
        all
    }

    /// The bodies of these rules over versions of resources. Where it is not settled that they are over these, a permit has a
    /// condition that nobody has decided, so that it gives nothing.
    fn said(
        &self,
        rules: &'c [model::Rule],
        declared: &model::Declared,
        over: &[&model::Resource],
        settled: bool,
        bodies: &mut Bodies<'c>,
    ) {
        for rule in rules {
            let Some(kept) = self.bodies(rule, self.catalog.full(declared.symbol)) else { continue };
            let own = rule.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(declared.period);
            for body in kept {
                let body = if settled || rule.effect != RuleEffect::Permit { body } else { body.unsettled() };
                let places = over.iter().filter_map(|resource| {
                    let has = |action: &str| resource.actions.iter().any(|known| &*known.name.value == action);
                    let period = own.and(resource.declared.period);
                    let over = body.action.as_deref().is_none_or(has) && !period.is_empty();
                    let id = self.resource_of(resource.declared.symbol).filter(|_| over)?;
                    Some((id, (period, rule.place)))
                });
                let places: Vec<_> = places.collect();
                if places.is_empty() {
                    continue;
                }
                let saying = bodies.entry(body).or_default();
                saying.titles.extend(rule.title.as_ref().map(|title| &*title.value));
                rule.when.iter().for_each(|when| questions(when, &mut saying.questions));
                if let Some(when) = &rule.when
                    && saying.when.is_none_or(|(place, _)| rule.place < place)
                {
                    saying.when = Some((rule.place, when));
                }
                for (id, place) in places {
                    saying.over.entry(id).or_default().push(place);
                }
            }
        }
    }

    /// A rule for each action and recipient. `None` where what is lost of a permit would have narrowed it, or obliged: then
    /// there is none. What is lost of a forbid makes it wider.
    fn bodies(&self, rule: &model::Rule, owner: &str) -> Option<Vec<Body>> {
        let permits = rule.effect == RuleEffect::Permit;
        let mut to: Vec<Option<ir::Recipient>> = rule.to.iter().map(|to| self.recipient(to.value)).collect();
        if permits {
            to.retain(Option::is_some);
        }
        let requires = rule.requires.as_ref().and_then(|requires| self.requires(&requires.value, permits));
        let lost_requires = rule.says_requires && requires.is_none();
        if permits && (lost_requires || !(rule.says_to || rule.says_requires)) {
            return None;
        }
        if !rule.says_to || (to.is_empty() && !permits) {
            to = vec![None];
        }
        let oblige = match self.obliges(&rule.oblige) {
            Some(oblige) => oblige,
            None if permits => return None,
            None => Vec::new(),
        };
        let actions: Vec<Option<Box<str>>> = match &rule.actions {
            Some(actions) => actions.iter().map(|action| Some(action.value.clone())).collect(),
            None => vec![None],
        };
        let of = rule.of.as_ref().map(|of| {
            let mut of: Vec<Box<str>> = of.iter().map(|element| element.value.clone()).collect();
            of.sort();
            of.dedup();
            of
        });
        let of = of.filter(|of| permits || !of.is_empty());
        let body = Body {
            owner: owner.into(),
            effect: rule.effect,
            action: None,
            of,
            to: None,
            requires,
            when: rule.when.as_ref().map(|when| self.expression(when)),
            oblige,
        };
        let each = |action: &Option<Box<str>>| {
            let (action, body) = (action.clone(), body.clone());
            to.iter().map(move |to| Body { action: action.clone(), to: *to, ..body.clone() }).collect::<Vec<_>>()
        };
        Some(actions.iter().flat_map(each).collect())
    }

    /// What is said to be done; `None` where a link of it is lost.
    pub(super) fn obliges(&self, said: &[model::Oblige]) -> Option<Vec<ir::Oblige>> {
        let all = said.iter().map(|oblige| {
            let arguments = oblige.arguments.iter().map(|(name, value)| Some((name.clone(), self.constant(value)?)));
            Some(ir::Oblige {
                obligation: self.of_sort(oblige.obligation, Sort::Obligation)?,
                arguments: arguments.collect::<Option<_>>()?,
            })
        });
        let mut all: Vec<ir::Oblige> = all.collect::<Option<_>>()?;
        all.sort();
        all.dedup();
        Some(all)
    }

    fn rule_words(&mut self, key: &str, titles: Vec<&str>, questions: &[&str]) {
        if titles.is_empty() && questions.is_empty() {
            return;
        }
        let mut parts = key.rsplitn(4, '/');
        let short: Vec<&str> = parts.by_ref().take(3).collect();
        let short: Box<str> = short.into_iter().rev().collect::<Vec<_>>().join("/").into();
        let wording = self.bundle.words.entry(parts.next().unwrap_or("").into()).or_default();
        // One rule said twice has one title, which does not hang on the order of the text.
        if let Some(title) = titles.into_iter().min() {
            wording.rules.insert(short.clone(), title.into());
        }
        questions.iter().for_each(|question| super::ask(wording, &short, question));
    }

    fn recipient(&self, recipient: model::Recipient) -> Option<ir::Recipient> {
        Some(match recipient {
            model::Recipient::Anyone => ir::Recipient::Anyone,
            model::Recipient::Itself => ir::Recipient::Itself,
            model::Recipient::Controller => ir::Recipient::Controller,
            model::Recipient::Processor => ir::Recipient::Processor,
            model::Recipient::Role(role) => ir::Recipient::Role(self.of_sort(role, Sort::Role)?),
            model::Recipient::Organisation(organisation) => {
                ir::Recipient::Organisation(self.of_sort(organisation, Sort::Organisation)?)
            }
        })
    }

    /// Of a permit `None` where what is lost must be had; of other rules where without what is lost it says nothing. So a lost
    /// part makes a permit narrower, and a forbid wider.
    fn requires(&self, requires: &model::Requires, permits: bool) -> Option<ir::Requires> {
        let (parts, all) = match requires {
            model::Requires::Package(package) => {
                return self.of_sort(package.value, Sort::Package).map(ir::Requires::Package);
            }
            model::Requires::And(parts) => (parts, true),
            model::Requires::Or(parts) => (parts, false),
        };
        let parts = parts.iter().map(|part| self.requires(part, permits));
        let parts = if all == permits { parts.collect::<Option<_>>()? } else { parts.flatten().collect() };
        if all { ir::Requires::all(parts) } else { ir::Requires::any(parts) }
    }
}

/// Rules with their keys. A key has four digits, more only where two rules of one owner, effect and action share them.
fn keyed<'c>(meaning: &Meaning, bodies: Bodies<'c>) -> Vec<(ir::Rule, Saying<'c>)> {
    let mut starts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut digested = Vec::new();
    for (body, said) in bodies {
        let Body { owner, effect, action, of, to, requires, when, oblige } = body;
        let start = json::rule_key(&owner, effect, action.as_deref(), "");
        let rule = ir::Rule { key: "".into(), effect, action, of, to, requires, when, oblige, scopes: Vec::new() };
        let digest = json::sha256(json::rule_body(meaning, &rule).as_bytes());
        starts.entry(start.clone()).or_default().push(digest.clone());
        digested.push((rule, start, digest, said));
    }
    starts.values_mut().for_each(|all| all.sort());
    let keyed = digested.into_iter().map(|(rule, start, digest, said)| {
        let others = starts.get(&start).map_or(&[][..], |all| all);
        let at = others.partition_point(|other| *other < digest);
        let beside = [at.checked_sub(1).and_then(|before| others.get(before)), others.get(at + 1)];
        let shared = beside.into_iter().flatten().map(|other| shared_digits(other, &digest)).max().unwrap_or(0);
        let digits: String = digest.chars().take((shared + 1).max(4)).collect();
        (ir::Rule { key: (start + &digits).into(), ..rule }, said)
    });
    keyed.collect()
}

fn shared_digits(one: &str, two: &str) -> usize {
    one.bytes().zip(two.bytes()).take_while(|(one, two)| one == two).count()
}

/// For each period the resources over which the rule is said in it, with the first place that says so.
fn scopes(over: BTreeMap<ir::ResourceId, Vec<(Period, Place)>>) -> (Vec<ir::Scope>, Vec<Place>) {
    let mut by_period: BTreeMap<Period, (Vec<ir::ResourceId>, Place)> = BTreeMap::new();
    for (resource, said) in over {
        for (period, place) in merged(said) {
            let (on, first) = by_period.entry(period).or_insert_with(|| (Vec::new(), place));
            on.push(resource);
            *first = place.min(*first);
        }
    }
    by_period.into_iter().map(|(period, (on, place))| (ir::Scope { period, on }, place)).unzip()
}

/// Periods in order, those that meet made one; each at the first place that says it.
fn merged(mut said: Vec<(Period, Place)>) -> Vec<(Period, Place)> {
    said.sort_unstable();
    let mut merged: Vec<(Period, Place)> = Vec::new();
    for (period, place) in said {
        match merged.last_mut() {
            Some((last, _)) if last.meets(period) => {
                last.before = last.before.zip(period.before).map(|(one, two)| one.max(two));
            }
            _ => merged.push((period, place)),
        }
    }
    merged
}

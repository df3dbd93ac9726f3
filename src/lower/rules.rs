//! Permits → rules: one a recipient and action, each with its key and its periods. Never what a rule means.

use super::{Lowering, count};
use crate::ir::{self, Meaning, json};
use crate::model::{self, Sort};
use crate::origins::Part;
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use crate::terms::period::Period;
use std::collections::BTreeMap;

/// A rule before it has its key: what makes it the rule that it is, and when it is in force.
type Body = (ir::ResourceId, Box<str>, Option<ir::Recipient>, Option<ir::Requires>);

impl Lowering<'_> {
    pub(super) fn rules(&mut self) {
        let mut bodies: BTreeMap<Body, Vec<(Period, Place)>> = BTreeMap::new();
        for service in &self.catalog.resources {
            let Some(resource) = self.of_sort::<ir::ResourceId>(service.declared.symbol, Sort::Service) else {
                continue;
            };
            for permit in &service.rules {
                let period =
                    permit.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(service.declared.period);
                let requires = permit.requires.as_ref().map(|requires| self.requires(&requires.value));
                // What a permit asks for and what could not be read of it would make it wider: then there is none.
                let to: Vec<Option<ir::Recipient>> = match (permit.says_to, requires.is_some()) {
                    (true, _) => permit.to.iter().filter_map(|to| self.recipient(to.value)).map(Some).collect(),
                    (false, true) => vec![None],
                    (false, false) => continue,
                };
                let requires = match requires {
                    Some(None) => continue,
                    Some(some) => some,
                    None if permit.says_requires => continue,
                    None => None,
                };
                if period.is_empty() {
                    continue;
                }
                for action in permit.actions.iter().flatten() {
                    for recipient in &to {
                        let body = (resource, action.value.clone(), *recipient, requires.clone());
                        bodies.entry(body).or_default().push((period, permit.place));
                    }
                }
            }
        }
        let mut rules = keyed(&self.bundle.meaning, bodies);
        rules.sort_by(|(one, _), (two, _)| one.key.cmp(&two.key));
        for (at, (rule, places)) in rules.into_iter().enumerate() {
            let parts =
                places.into_iter().enumerate().map(|(period, place)| (Part::Rule(at.into(), count(period)), place));
            self.places.extend(parts);
            self.bundle.meaning.rules.push(rule);
        }
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

    /// `None` where a package of it is none: what requires that cannot be met.
    fn requires(&self, requires: &model::Requires) -> Option<ir::Requires> {
        match requires {
            model::Requires::Package(package) => self.of_sort(package.value, Sort::Package).map(ir::Requires::Package),
            model::Requires::And(parts) => {
                ir::Requires::all(parts.iter().map(|part| self.requires(part)).collect::<Option<Vec<_>>>()?)
            }
            model::Requires::Or(parts) => {
                ir::Requires::any(parts.iter().filter_map(|part| self.requires(part)).collect())
            }
        }
    }
}

/// Rules with their keys. A key has four digits, more only where two rules of one resource and action share them.
fn keyed(meaning: &Meaning, bodies: BTreeMap<Body, Vec<(Period, Place)>>) -> Vec<(ir::Rule, Vec<Place>)> {
    let mut digests: Vec<String> = Vec::new();
    let mut starts: BTreeMap<(ir::ResourceId, Box<str>), Vec<String>> = BTreeMap::new();
    for (resource, action, to, requires) in bodies.keys() {
        let digest = json::sha256(json::rule_body(meaning, "permit", *to, requires.as_ref()).as_bytes());
        starts.entry((*resource, action.clone())).or_default().push(digest.clone());
        digests.push(digest);
    }
    starts.values_mut().for_each(|all| all.sort());
    let mut rules = Vec::new();
    for ((body, periods), digest) in bodies.into_iter().zip(digests) {
        let (resource, action, to, requires) = body;
        let others = starts.get(&(resource, action.clone())).map_or(&[][..], |all| all);
        let at = others.partition_point(|other| *other < digest);
        let beside = [at.checked_sub(1).and_then(|before| others.get(before)), others.get(at + 1)];
        let shared = beside.into_iter().flatten().map(|other| shared_digits(other, &digest)).max().unwrap_or(0);
        let digits: String = digest.chars().take((shared + 1).max(4)).collect();
        let name = meaning.resource(resource).map_or("", |named| &named.name);
        let key = format!("{name}/permit/{action}/{digits}").into();
        let (periods, places) = merged(periods);
        let scopes = periods.into_iter().map(|period| ir::Scope { period, on: vec![resource] }).collect();
        let rule = ir::Rule {
            key,
            effect: RuleEffect::Permit,
            action: Some(action),
            of: None,
            to,
            requires,
            when: None,
            oblige: Vec::new(),
            scopes,
        };
        rules.push((rule, places));
    }
    rules
}

fn shared_digits(one: &str, two: &str) -> usize {
    one.bytes().zip(two.bytes()).take_while(|(one, two)| one == two).count()
}

/// Periods in order, those that meet made one; each at the first place that says it.
fn merged(mut said: Vec<(Period, Place)>) -> (Vec<Period>, Vec<Place>) {
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
    merged.into_iter().unzip()
}

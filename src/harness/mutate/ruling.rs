//! Mutants of rules, named conditions, services and registers: what is permitted, forbidden and obliged to, on which
//! condition, over which data.

use super::conditions::{constants, durations};
use super::holding::{Making, Spot, apart};
use super::mutant::{Change, asleep, turned, without_each};
use super::mutation::Mutation;
use crate::intake::names::module_of;
use crate::ir::{Constant, Expression, Meaning, Named, Oblige, Recipient, Resource, ResourceId, Retain, Rule, RuleId};
use crate::origins::Part;
use crate::terms::duration::Duration;
use crate::terms::effect::RuleEffect;
use crate::words::{expression, rule as words};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Making<'_> {
    pub(super) fn conditions(&mut self) {
        let meaning = &self.bundle.meaning;
        for (at, named) in meaning.conditions.iter().enumerate() {
            let id = crate::ir::ConditionId::from(at);
            let of = format!("`{}`", self.speaker.short(&named.name));
            let spot = Spot { module: module_of(&named.name), part: Part::Condition(id), of };
            self.condition(&spot, &named.body.says, |says| Change::Condition(id, Box::new(says)));
        }
    }

    /// Every small change of a rule as its author wrote it: a line for several actions and recipients is one text, so that what changes
    /// in it changes for all of them. An action or a recipient is left out of it alone.
    pub(super) fn rules(&mut self) {
        let meaning = &self.bundle.meaning;
        let mut lines: BTreeMap<(Option<(Arc<str>, u32)>, usize), Vec<(RuleId, &Rule)>> = BTreeMap::new();
        for (at, rule) in meaning.rules.iter().enumerate() {
            if rule.effect != RuleEffect::Never {
                let place = super::origin(self.origins, Part::Rule(at.into(), 0));
                let place = place.map(|origin| (origin.file.clone(), origin.offset));
                let alone = if place.is_some() { 0 } else { at };
                lines.entry((place, alone)).or_default().push((at.into(), rule));
            }
        }
        for line in lines.into_values() {
            let mut actions: Vec<&str> = Vec::new();
            for (_, rule) in &line {
                let action = rule.action.as_deref().unwrap_or("any action");
                if !actions.contains(&action) {
                    actions.push(action);
                }
            }
            let actions = actions.join(", ");
            let before = self.found.len();
            let mut seen: BTreeMap<(Mutation, Box<str>, usize), usize> = BTreeMap::new();
            for (id, rule) in line {
                let first = self.found.len();
                self.rule(id, rule, &actions, meaning);
                let own = self.found.split_off(first);
                // Two parts of one condition may be the same words.
                let mut times: BTreeMap<(Mutation, Box<str>), usize> = BTreeMap::new();
                for mutant in own {
                    let time = times.entry((mutant.mutation, mutant.says.clone())).or_default();
                    let at =
                        *seen.entry((mutant.mutation, mutant.says.clone(), *time)).or_insert(self.found.len() - before);
                    *time += 1;
                    match self.found.get_mut(before + at) {
                        Some(same) => same.change.and(mutant.change),
                        None => self.found.push(mutant),
                    }
                }
            }
        }
    }

    /// A rule; `actions` are those of its line.
    fn rule(&mut self, id: RuleId, rule: &Rule, actions: &str, meaning: &Meaning) {
        let owner = rule.key.rsplitn(4, '/').nth(3).unwrap_or("");
        let said = |actions: &str| match rule.effect {
            RuleEffect::Oblige => format!("`{actions}` of `{}`", self.speaker.short(owner)),
            effect => format!("`{} {actions}` of `{}`", effect.word(), self.speaker.short(owner)),
        };
        let spot = Spot { module: module_of(owner), part: Part::Rule(id, 0), of: said(actions) };
        let one = said(rule.action.as_deref().unwrap_or("any action"));
        let one = Spot { module: spot.module, part: spot.part, of: one };
        let bare = Spot { module: spot.module, part: spot.part, of: format!("`{}`", self.speaker.short(owner)) };
        let with = |rule: Rule| Change::Rule(id, Box::new(rule));
        let whole = words::rule(&Rule { scopes: Vec::new(), ..rule.clone() }, 0, self.speaker);
        let permits = rule.effect == RuleEffect::Permit;
        let dropped = match rule.effect {
            RuleEffect::Permit => Mutation::PermitDropped,
            RuleEffect::Forbid => Mutation::ForbidDropped,
            RuleEffect::Oblige | RuleEffect::Never => Mutation::ObligationDropped,
        };
        self.add(&bare, dropped, format!("without `{whole}`"), String::new(), with(asleep(rule)));
        if let Some(to) = rule.to {
            let text = format!("to {}", words::recipient(to, self.speaker));
            // Without both a permit is for nobody: that is the permit left out.
            if !permits || rule.requires.is_some() {
                let other = Rule { to: None, ..rule.clone() };
                self.add(&one, Mutation::ToDropped, format!("without `{text}`"), text.clone(), with(other));
            }
            if permits && to != Recipient::Anyone {
                let other = Rule { to: Some(Recipient::Anyone), ..rule.clone() };
                self.add(&one, Mutation::ToWidened, format!("`{text}` → `to anyone`"), text, with(other));
            }
        }
        if let Some(requires) = &rule.requires {
            let text = format!("requires {}", words::requires(requires, self.speaker));
            if !permits || rule.to.is_some() {
                let other = Rule { requires: None, ..rule.clone() };
                self.add(&spot, Mutation::RequiresDropped, format!("without `{text}`"), text.clone(), with(other));
            }
            for (package, rest) in without_each(requires) {
                let name = self.speaker.short(self.speaker.package(package)).to_owned();
                let says = format!("without `{name}` in `{text}`");
                let other = Rule { requires: Some(rest), ..rule.clone() };
                self.add(&spot, Mutation::PackageDropped, says, name, with(other));
            }
            for other in turned(requires) {
                let says = format!("`{text}` → `requires {}`", words::requires(&other, self.speaker));
                let other = Rule { requires: Some(other), ..rule.clone() };
                self.add(&spot, Mutation::RequiresSwapped, says, text.clone(), with(other));
            }
        }
        if let Some(when) = &rule.when {
            let text = format!("when {}", expression::expression(when, self.speaker));
            let other = Rule { when: None, ..rule.clone() };
            self.add(&spot, Mutation::WhenDropped, format!("without `{text}`"), "when".to_owned(), with(other));
            self.condition(&spot, when, |says| with(Rule { when: Some(says), ..rule.clone() }));
        }
        self.elements(&spot, id, rule, meaning);
        let said = if rule.effect == RuleEffect::Oblige { 2 } else { 1 };
        if rule.oblige.len() >= said {
            for (mutation, says, marks, oblige) in self.obliges(&rule.oblige, meaning) {
                let other = Rule { oblige, ..rule.clone() };
                self.add(&spot, mutation, says, marks, with(other));
            }
        } else {
            let arguments = self.obliges(&rule.oblige, meaning).into_iter();
            for (mutation, says, marks, oblige) in arguments.filter(|one| one.0 == Mutation::ArgumentSwapped) {
                self.add(&spot, mutation, says, marks, with(Rule { oblige, ..rule.clone() }));
            }
        }
        for (at, scope) in (0u32..).zip(&rule.scopes) {
            let spot = Spot { module: spot.module, part: Part::Rule(id, at), of: spot.of.clone() };
            self.period(&spot, scope.period, |period| {
                // An end that everything it is over has is not the rule's own: to move it there changes nothing.
                let inherited = |end: fn(&crate::terms::period::Period) -> Option<jiff::civil::Date>| {
                    end(&period) != end(&scope.period)
                        && scope.on.iter().all(|on| {
                            let versions = meaning.resource(*on).map_or(&[][..], |named| &named.versions);
                            versions.iter().any(|version| end(&version.period) == end(&scope.period))
                        })
                };
                if inherited(|period| period.from) || inherited(|period| period.before) {
                    return None;
                }
                let mut scopes = rule.scopes.clone();
                scopes.iter_mut().skip(at as usize).take(1).for_each(|scope| scope.period = period);
                let meets = |one: &crate::ir::Scope, two: &crate::ir::Scope| {
                    one.period.meets(two.period) && one.on.iter().any(|on| two.on.binary_search(on).is_ok())
                };
                let fits = scopes.get(at as usize).is_some_and(|own| {
                    (0..).zip(&scopes).all(|(other, scope)| other == at as usize || !meets(own, scope))
                });
                scopes.sort();
                fits.then(|| with(Rule { scopes, ..rule.clone() }))
            });
        }
    }

    /// What a rule is about: an element less and more, and all.
    fn elements(&mut self, spot: &Spot<'_>, id: RuleId, rule: &Rule, meaning: &Meaning) {
        let Some(of) = &rule.of else { return };
        let with = |of: Option<Vec<Box<str>>>| Change::Rule(id, Box::new(Rule { of, ..rule.clone() }));
        let text = format!("of {}", of.join(", "));
        self.add(spot, Mutation::OfDropped, format!("without `{text}`"), "of ".to_owned(), with(None));
        if of.len() > 1 {
            for element in of {
                let rest = of.iter().filter(|other| *other != element).cloned().collect();
                let says = format!("without `{element}` in `{text}`");
                self.add(spot, Mutation::ElementDropped, says, element.to_string(), with(Some(rest)));
            }
        }
        let over = rule.scopes.iter().flat_map(|scope| &scope.on).filter_map(|id| meaning.resource(*id));
        let all: BTreeSet<&Box<str>> =
            over.flat_map(|named| &named.versions).filter_map(|version| version.elements.known()).flatten().collect();
        for element in all.into_iter().filter(|element| !of.contains(element)) {
            let mut more = of.clone();
            more.push(element.clone());
            more.sort();
            let says = format!("with `{element}` in `{text}`");
            self.add(spot, Mutation::ElementAdded, says, "of ".to_owned(), with(Some(more)));
        }
    }

    /// Obligations with one left out, or with another argument.
    pub(super) fn obliges(&self, all: &[Oblige], meaning: &Meaning) -> Vec<(Mutation, String, String, Vec<Oblige>)> {
        let mut found = Vec::new();
        for (at, one) in all.iter().enumerate() {
            let text = words::oblige(one, self.speaker);
            let rest = || all.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, one)| one.clone());
            found.push((
                Mutation::ObligationDropped,
                format!("without `oblige {text}`"),
                text.clone(),
                rest().collect(),
            ));
            for (name, value) in &one.arguments {
                for (_, other) in constants(value, meaning) {
                    let mut arguments = one.arguments.clone();
                    arguments.insert(name.clone(), other);
                    let other = Oblige { obligation: one.obligation, arguments };
                    let says = format!("`{text}` → `{}`", words::oblige(&other, self.speaker));
                    let mut all: Vec<Oblige> = rest().chain([other]).collect();
                    all.sort();
                    all.dedup();
                    found.push((Mutation::ArgumentSwapped, says, text.clone(), all));
                }
            }
        }
        found
    }

    pub(super) fn resources(&mut self) {
        let meaning = &self.bundle.meaning;
        let read = super::read::of(meaning, self.selections);
        self.actions();
        for (at, named) in meaning.resources.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                self.resource(at.into(), version, named, body, &read);
            }
        }
    }

    fn resource(
        &mut self,
        id: ResourceId,
        version: u32,
        named: &Named<Resource>,
        body: &Resource,
        read: &super::read::Read,
    ) {
        let of = format!("`{}`", self.speaker.short(&named.name));
        let module = module_of(&named.name);
        let whole = Spot { module, part: Part::Resource(id, version), of };
        let with = |body: Resource| Change::Resource(id, version, Box::new(body));
        self.period(&whole, body.period, |period| {
            let fits = apart(&named.versions, version, period, |resource| resource.period);
            fits.then(|| with(Resource { period, ..body.clone() }))
        });
        self.said_of(&whole, id, body, read, with);
        if let Some(retain) = &body.retain {
            let spot = Spot { module, part: Part::Retain(id, version), of: whole.of.clone() };
            self.retain(&spot, retain, |retain| with(Resource { retain: Some(retain), ..body.clone() }));
        }
    }

    /// Times of `retain`, each in both of its halves; and each half gone.
    fn retain(&mut self, spot: &Spot<'_>, retain: &Retain, with: impl Fn(Retain) -> Change) {
        let mut lengths = BTreeSet::new();
        each_duration(&retain.kept, &mut lengths);
        each_duration(&retain.overdue, &mut lengths);
        for length in lengths {
            let text = expression::duration(length);
            for other in durations(length) {
                let put = |says: &Expression| replaced(says, length, other);
                let says = format!("`{text}` → `{}` in `retain`", expression::duration(other));
                let other = Retain { kept: put(&retain.kept), overdue: put(&retain.overdue) };
                self.add(spot, Mutation::RetentionMoved, says, text.clone(), with(other));
            }
        }
        let no = Expression::Value(Constant::Bool(false));
        for (word, half, other) in [
            ("kept", &retain.kept, Retain { kept: no.clone(), ..retain.clone() }),
            ("overdue", &retain.overdue, Retain { overdue: no.clone(), ..retain.clone() }),
        ] {
            if *half != no {
                let says = format!("never `record.{word}`: `retain`");
                self.add(spot, Mutation::RetentionDropped, says, "retain".to_owned(), with(other));
            }
        }
    }
}

fn each_duration(says: &Expression, found: &mut BTreeSet<Duration>) {
    if let Expression::Value(Constant::Duration(length)) = says {
        found.insert(*length);
    }
    says.parts().into_iter().for_each(|part| each_duration(part, found));
}

/// The same with another length of time wherever this one stands. As deep as readers of conditions allow.
fn replaced(says: &Expression, length: Duration, other: Duration) -> Expression {
    let put = |part: &Expression| replaced(part, length, other);
    let boxed = |part: &Expression| Box::new(put(part));
    match says {
        Expression::Value(Constant::Duration(known)) if *known == length => {
            Expression::Value(Constant::Duration(other))
        }
        Expression::Or(parts) => Expression::Or(parts.iter().map(put).collect()),
        Expression::And(parts) => Expression::And(parts.iter().map(put).collect()),
        Expression::List(parts) => Expression::List(parts.iter().map(put).collect()),
        Expression::Not(part) => Expression::Not(boxed(part)),
        Expression::Attribute(of, name) => Expression::Attribute(boxed(of), name.clone()),
        Expression::Compare(operator, sides) => {
            Expression::Compare(*operator, Box::new((put(&sides.0), put(&sides.1))))
        }
        Expression::Shift { from, back, by } => Expression::Shift { from: boxed(from), back: *back, by: boxed(by) },
        Expression::Each { all, variable, set, body } => {
            Expression::Each { all: *all, variable: variable.clone(), set: boxed(set), body: boxed(body) }
        }
        other => other.clone(),
    }
}

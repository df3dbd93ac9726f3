//! Mutants of rules, named conditions, services and registers: what is permitted, forbidden and obliged to, on which
//! condition, over which data.

use super::conditions::{constants, durations, levels};
use super::holding::{Making, Spot, apart};
use super::mutant::{Change, asleep, turned, without_each};
use super::mutation::Mutation;
use crate::intake::names::module_of;
use crate::ir::{
    Constant, Controlling, EnumId, Expression, Meaning, Named, Oblige, Recipient, Resource, ResourceId, Retain, Rule,
    RuleId,
};
use crate::origins::Part;
use crate::terms::duration::Duration;
use crate::terms::{effect::RuleEffect, open::Open};
use crate::words::{expression, rule as words};
use std::collections::BTreeSet;

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

    pub(super) fn rules(&mut self) {
        let meaning = &self.bundle.meaning;
        for (at, rule) in meaning.rules.iter().enumerate() {
            if rule.effect != RuleEffect::Never {
                self.rule(at.into(), rule, meaning);
            }
        }
    }

    fn rule(&mut self, id: RuleId, rule: &Rule, meaning: &Meaning) {
        let owner = rule.key.rsplitn(4, '/').nth(3).unwrap_or("");
        let action = rule.action.as_deref().unwrap_or("any action");
        let of = match rule.effect {
            RuleEffect::Oblige => format!("`{action}` of `{}`", self.speaker.short(owner)),
            effect => format!("`{} {action}` of `{}`", effect.word(), self.speaker.short(owner)),
        };
        let spot = Spot { module: module_of(owner), part: Part::Rule(id, 0), of };
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
                self.add(&spot, Mutation::ToDropped, format!("without `{text}`"), text.clone(), with(other));
            }
            if permits && to != Recipient::Anyone {
                let other = Rule { to: Some(Recipient::Anyone), ..rule.clone() };
                self.add(&spot, Mutation::ToWidened, format!("`{text}` → `to anyone`"), text, with(other));
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
    fn obliges(&self, all: &[Oblige], meaning: &Meaning) -> Vec<(Mutation, String, String, Vec<Oblige>)> {
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
        let read = super::read::of(meaning);
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
        for (at, action) in (0u32..).zip(&body.actions) {
            let of = format!("action `{}` of {}", action.name, whole.of);
            let spot = Spot { module, part: Part::Action(id, version, at), of };
            let change = |action: crate::ir::Action| {
                let mut actions = body.actions.clone();
                actions.iter_mut().skip(at as usize).take(1).for_each(|place| *place = action.clone());
                with(Resource { actions, ..body.clone() })
            };
            // One element alone is permitted or not, as a whole.
            if body.elements.known().is_some_and(|all| all.len() > 1) {
                let says = if action.partial { "without `partial`" } else { "with `partial`" };
                let other = crate::ir::Action { partial: !action.partial, ..action.clone() };
                self.add(&spot, Mutation::PartialTurned, says.to_owned(), "partial".to_owned(), change(other));
            }
            for (mutation, says, marks, oblige) in self.obliges(&action.oblige, &self.bundle.meaning) {
                self.add(&spot, mutation, says, marks, change(crate::ir::Action { oblige, ..action.clone() }));
            }
        }
        self.said_of(&whole, body, read, with);
        if let Some(retain) = &body.retain {
            let spot = Spot { module, part: Part::Retain(id, version), of: whole.of.clone() };
            self.retain(&spot, retain, |retain| with(Resource { retain: Some(retain), ..body.clone() }));
        }
    }

    /// Who controls and processes, on what law, for what, which data: of what decisions read.
    fn said_of(
        &mut self,
        spot: &Spot<'_>,
        body: &Resource,
        read: &super::read::Read,
        with: impl Fn(Resource) -> Change,
    ) {
        for (processes, all) in [(false, &body.controllers), (true, &body.processors)] {
            if !(if processes { read.processors } else { read.controllers }) {
                continue;
            }
            for one in all.known().into_iter().flatten() {
                let name = match one {
                    Controlling::Organisation(id) => self.speaker.short(self.speaker.organisation(*id)),
                    Controlling::Status(id) => self.speaker.short(self.speaker.role(*id)),
                };
                let rest =
                    Open::Known(all.known().into_iter().flatten().filter(|other| *other != one).copied().collect());
                let (mutation, word, other) = if processes {
                    (Mutation::ProcessorDropped, "processor", Resource { processors: rest, ..body.clone() })
                } else {
                    (Mutation::ControllerDropped, "controller", Resource { controllers: rest, ..body.clone() })
                };
                self.add(spot, mutation, format!("without `{word} {name}`"), name.to_owned(), with(other));
            }
        }
        if read.basis {
            for basis in body.basis.known().into_iter().flatten() {
                let rest = body.basis.known().into_iter().flatten().filter(|other| *other != basis).cloned().collect();
                let other = Resource { basis: Open::Known(rest), ..body.clone() };
                let said = basis.known().map_or_else(|| "undecided".to_owned(), ToString::to_string);
                self.add(spot, Mutation::BasisDropped, format!("without `basis {said}`"), said, with(other));
            }
        }
        if let (true, Some((of, Open::Known(purposes)))) = (read.purposes, &body.purposes) {
            self.purposes(spot, body, *of, purposes, &with);
        }
        if let (true, Open::Known(level)) = (read.data, body.data) {
            for other in levels(level) {
                let says = format!("`data {}` → `data {}`", level.word(), other.word());
                let marks = format!("data {}", level.word());
                let other = Resource { data: Open::Known(other), ..body.clone() };
                self.add(spot, Mutation::DataLevel, says, marks, with(other));
            }
        }
    }

    fn purposes(
        &mut self,
        spot: &Spot<'_>,
        body: &Resource,
        of: EnumId,
        purposes: &[u32],
        with: &impl Fn(Resource) -> Change,
    ) {
        let values = self.bundle.meaning.enum_at(of).map_or(0, |defined| defined.body.values.len());
        for value in (0u32..).take(values) {
            let name = self.speaker.value_of_enum(of, value);
            let has = purposes.contains(&value);
            let mut others: Vec<u32> = purposes.iter().copied().filter(|other| *other != value).collect();
            if !has {
                others.push(value);
                others.sort_unstable();
            }
            let (mutation, says, marks) = if has {
                (Mutation::PurposeDropped, format!("without `{name}` in `purposes`"), name)
            } else {
                (Mutation::PurposeAdded, format!("with `{name}` in `purposes`"), "purposes")
            };
            let other = Resource { purposes: Some((of, Open::Known(others))), ..body.clone() };
            self.add(spot, mutation, says, marks.to_owned(), with(other));
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

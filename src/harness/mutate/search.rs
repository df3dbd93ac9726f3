//! The case that would kill a survivor, looked for near what the suites ask already: the same worlds, at another moment, for
//! somebody else, with another context, record or elements. What is found was decided by both bundles.

use super::mutant::{Change, Mutant};
use super::probe::Probes;
use super::scenario::{Matter, Scenario};
use super::world;
use crate::decide::{Action, Decider, Decision, Index, On, Request};
use crate::facts::{EntityId, Facts, Known, Value};
use crate::intake::attributes;
use crate::ir::{Bundle, Constant, EntityName, Expression, Meaning, Type};
use crate::terms::duration::Duration;
use crate::terms::period::{date_in_oslo, oslo};
use crate::terms::root::{BuiltIn, Consent};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::collections::BTreeSet;

/// How many requests are decided for one mutant before the search ends.
const EFFORT: usize = 4_000;
/// How many requests of the suites it begins with.
const SEEDS: usize = 48;
/// How many scenarios are decided for one mutant.
const FAR_EFFORT: usize = 12_000;
/// How many scenarios the search begins with.
const FAR_SEEDS: usize = 8;

/// A request of the world of a suite that tells two bundles apart.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) suite: usize,
    pub(super) request: Request,
    /// What the bundle decides.
    pub(super) right: Decision,
    /// What the mutant decides.
    pub(super) wrong: Decision,
}

/// Is what matters of two decisions the same: what is done, why, and with what?
pub(super) fn alike(one: &Decision, two: &Decision) -> bool {
    one.cause == two.cause && one.obligations == two.obligations && one.released == two.released
}

/// Is all of it the same that a case can say?
fn alike_in_all(one: &Decision, two: &Decision) -> bool {
    alike(one, two) && one.open == two.open && one.missing == two.missing
}

/// Looks for a request that tells the mutant from the bundle.
pub(super) fn near(bundle: &Bundle, changed: &Bundle, mutant: &Mutant, probes: &Probes<'_>) -> Option<Found> {
    let targets = mutant.change.targets(&bundle.meaning);
    let (one, two) = (Index::new(bundle), Index::new(changed));
    let mut effort = EFFORT;
    let mut lesser = None;
    for suite in probes.order(&mutant.module) {
        let mut seeds: Vec<(&Facts, &Request)> = Vec::new();
        for (facts, request) in probes.requests(&targets, suite) {
            // Over the facts of the suite alone: the case is pasted there.
            let shared = probes.suites.get(suite).is_some_and(|suite| std::ptr::eq(&suite.facts, facts));
            if shared && seeds.len() < SEEDS && !seeds.iter().any(|(_, seed)| *seed == request) {
                seeds.push((facts, request));
            }
        }
        let Some((facts, _)) = seeds.first().copied() else { continue };
        let deciders = (Decider::new(&one, facts), Decider::new(&two, facts));
        let days = days(&mutant.change, &bundle.meaning, facts);
        let mut tries = Tries { deciders: &deciders, suite, effort: &mut effort, lesser: &mut lesser };
        // What is asked already may differ in what no case says of it.
        for (_, seed) in &seeds {
            if let Some(found) = tries.of(seed) {
                return Some(found);
            }
        }
        for (_, seed) in &seeds {
            for next in moves(seed, facts, &bundle.meaning, &days) {
                if let Some(found) = tries.of(&next) {
                    return Some(found);
                }
            }
        }
    }
    lesser
}

/// A scenario that tells two bundles apart.
#[derive(Clone, Debug)]
pub(super) struct Far {
    pub(super) scenario: Scenario,
    /// What the bundle decides.
    pub(super) right: Decision,
    /// What the mutant decides.
    pub(super) wrong: Decision,
}

/// Looks for facts and a request that tell the mutant from the bundle: what the suites ask, over as few facts as matter, with
/// one or two facts changed.
pub(super) fn far(bundle: &Bundle, changed: &Bundle, mutant: &Mutant, probes: &Probes<'_>) -> Option<Far> {
    let (one, two) = (Index::new(bundle), Index::new(changed));
    let mut pair = Pair { one: &one, two: &two, effort: FAR_EFFORT, lesser: None };
    let (scenarios, matter) = seeds(&mut pair, bundle, mutant, probes);
    for seed in &scenarios {
        if pair.tells(seed) {
            return pair.least(seed.clone());
        }
    }
    let mut second = Vec::new();
    for seed in scenarios {
        let moves =
            seed.fact_moves(&bundle.meaning, &matter).into_iter().chain(seed.request_moves(&bundle.meaning, &matter));
        for next in moves {
            if pair.tells(&next) {
                return pair.least(next);
            }
            second.push(next);
        }
    }
    for seed in second {
        let moves =
            seed.fact_moves(&bundle.meaning, &matter).into_iter().chain(seed.request_moves(&bundle.meaning, &matter));
        for next in moves {
            if pair.tells(&next) {
                return pair.least(next);
            }
            if pair.effort == 0 {
                return pair.lesser.take();
            }
        }
    }
    pair.lesser.take()
}

/// What the suites ask of what a mutant touches: one of each answer, over as few facts as give it.
fn seeds(pair: &mut Pair<'_, '_>, bundle: &Bundle, mutant: &Mutant, probes: &Probes<'_>) -> (Vec<Scenario>, Matter) {
    let targets = mutant.change.targets(&bundle.meaning);
    let mut known = BTreeSet::new();
    let mut scenarios = Vec::new();
    let mut asked: Vec<&Request> = Vec::new();
    let mut all_days = days(&mutant.change, &bundle.meaning, &Facts::default());
    for suite in probes.order(&mutant.module) {
        for (facts, request) in probes.requests(&targets, suite) {
            if scenarios.len() >= FAR_SEEDS {
                break;
            }
            let cause = Decider::new(pair.one, facts).decide(request).cause;
            if known.insert((request.on, request.action.clone(), cause)) {
                all_days.extend(days(&mutant.change, &bundle.meaning, facts));
                let whole = Scenario { facts: facts.draft(), request: request.clone() };
                let right = pair.right(&whole);
                let small = whole.shrunk(&mut |less| alike(&pair.right(less), &right));
                scenarios.push(small.peopled());
                asked.push(request);
            }
        }
    }
    let agents = super::agents::scenarios(bundle, mutant);
    asked.extend(agents.iter().map(|scenario| &scenario.request));
    let first = mutant.change.roles();
    let matter = Matter { days: all_days, first, ..super::touch::matter(&bundle.meaning, &asked) };
    (agents.iter().cloned().chain(scenarios).collect(), matter)
}

/// Two bundles that scenarios are decided by.
struct Pair<'i, 'b> {
    one: &'i Index<'b>,
    two: &'i Index<'b>,
    effort: usize,
    lesser: Option<Far>,
}

impl Pair<'_, '_> {
    fn right(&self, scenario: &Scenario) -> Decision {
        self.one.decide(&scenario.facts.store(), &scenario.request)
    }

    fn both(&self, scenario: &Scenario) -> (Decision, Decision) {
        let facts = scenario.facts.store();
        (self.one.decide(&facts, &scenario.request), self.two.decide(&facts, &scenario.request))
    }

    fn tells(&mut self, scenario: &Scenario) -> bool {
        let Some(left) = self.effort.checked_sub(1) else { return false };
        self.effort = left;
        let (right, wrong) = self.both(scenario);
        if self.lesser.is_none() && alike(&right, &wrong) && !alike_in_all(&right, &wrong) {
            self.lesser = Some(Far { scenario: scenario.clone(), right: right.clone(), wrong: wrong.clone() });
        }
        !alike(&right, &wrong)
    }

    /// With as few facts as tell the two apart.
    fn least(&self, scenario: Scenario) -> Option<Far> {
        let tells = |scenario: &Scenario| {
            let (right, wrong) = self.both(scenario);
            !alike(&right, &wrong)
        };
        let scenario = scenario.shrunk(&mut |less| tells(less));
        let (right, wrong) = self.both(&scenario);
        Some(Far { scenario, right, wrong })
    }
}

/// Requests being decided by both.
struct Tries<'t, 'i, 'b> {
    deciders: &'t (Decider<'i, 'b>, Decider<'i, 'b>),
    suite: usize,
    effort: &'t mut usize,
    /// One that differs only in what was missing or stands open.
    lesser: &'t mut Option<Found>,
}

impl Tries<'_, '_, '_> {
    fn of(&mut self, request: &Request) -> Option<Found> {
        *self.effort = self.effort.checked_sub(1)?;
        let (right, wrong) = (self.deciders.0.decide(request), self.deciders.1.decide(request));
        let found = |right, wrong| Found { suite: self.suite, request: request.clone(), right, wrong };
        if !alike(&right, &wrong) {
            return Some(found(right, wrong));
        }
        if self.lesser.is_none() && !alike_in_all(&right, &wrong) {
            *self.lesser = Some(found(right, wrong));
        }
        None
    }
}

/// Requests that differ from one in one thing.
pub(super) fn moves(seed: &Request, facts: &Facts, meaning: &Meaning, days: &BTreeSet<Date>) -> Vec<Request> {
    let mut all = Vec::new();
    let mut push = |request: Request| {
        if request != *seed {
            all.push(request);
        }
    };
    let entities: Vec<EntityId> = world::entities(facts).collect();
    for who in &entities {
        push(Request { subject: Some(*who), ..seed.clone() });
        if seed.subject.is_some() {
            push(Request { party: Some(*who), ..seed.clone() });
        }
        if seed.action == Action::Delegate && seed.subject.is_some() {
            push(Request { to: Some(*who), ..seed.clone() });
        }
    }
    // People before moments: a case that needs no other moment is easier to read.
    for day in days {
        for moment in moments(*day) {
            push(Request { now: moment, today: date_in_oslo(moment), ..seed.clone() });
        }
    }
    if seed.to.is_some() {
        push(Request { to: None, ..seed.clone() });
    }
    match seed.on {
        On::Package(_) | On::Area(_) => {
            let action = if seed.action == Action::Use { Action::Delegate } else { Action::Use };
            push(Request { action, to: None, ..seed.clone() });
        }
        On::Resource(id) => {
            push(Request { subject: None, party: None, ..seed.clone() });
            let versions = meaning.resource(id).map_or(&[][..], |named| &named.versions);
            let elements: BTreeSet<&Box<str>> =
                versions.iter().filter_map(|version| version.elements.known()).flatten().collect();
            push(Request { elements: Vec::new(), ..seed.clone() });
            for element in elements {
                push(Request { elements: vec![element.clone()], ..seed.clone() });
            }
            push(Request { record: None, ..seed.clone() });
            for record in world::records(facts, id) {
                push(Request { record: Some(Value::Thing(record)), ..seed.clone() });
            }
            for (name, of) in attributes::of_entity(BuiltIn::Context, meaning) {
                for context in with(&seed.context, &name, &of, meaning, &entities, days, 0) {
                    push(Request { context, ..seed.clone() });
                }
            }
        }
    }
    all
}

/// What is known, with one attribute missing or with another value.
fn with(
    known: &Known,
    name: &str,
    of: &Type,
    meaning: &Meaning,
    entities: &[EntityId],
    days: &BTreeSet<Date>,
    depth: usize,
) -> Vec<Known> {
    let rest: Vec<(Box<str>, Value)> = known.0.iter().filter(|(own, _)| **own != *name).cloned().collect();
    let put = |value: Value| {
        let mut all = rest.clone();
        all.push((name.into(), value));
        all.sort();
        Known(all)
    };
    let mut found: Vec<Known> =
        values(of, meaning, entities, days, known.get(name), depth).into_iter().map(put).collect();
    if known.get(name).is_some() {
        found.push(Known(rest.clone()));
    }
    found
}

/// Some values of a type, near the one that there is.
pub(super) fn values(
    of: &Type,
    meaning: &Meaning,
    entities: &[EntityId],
    days: &BTreeSet<Date>,
    now: Option<&Value>,
    depth: usize,
) -> Vec<Value> {
    match of {
        Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Type::Integer => match now {
            Some(Value::Integer(number)) => vec![Value::Integer(number - 1), Value::Integer(number + 1)],
            _ => vec![Value::Integer(0), Value::Integer(1)],
        },
        Type::String => vec![Value::String("other".into())],
        Type::Date => days.iter().map(|day| Value::Date(*day)).collect(),
        Type::DateTime => days.iter().flat_map(|day| moments(*day)).map(Value::DateTime).collect(),
        Type::Consent => vec![Value::Consent(Consent::Given), Value::Consent(Consent::Withdrawn)],
        Type::Enum(id) => {
            let count = meaning.enum_at(*id).map_or(0, |defined| defined.body.values.len());
            (0u32..).take(count).map(|at| Value::Enum(*id, at)).collect()
        }
        Type::OrNone(inner) => {
            let mut all = values(inner, meaning, entities, days, now, depth);
            all.push(Value::None);
            all
        }
        Type::Set(inner) => {
            let single =
                values(inner, meaning, entities, days, None, depth).into_iter().map(|one| Value::Set(vec![one]));
            single.chain([Value::Set(Vec::new())]).collect()
        }
        Type::Entity(EntityName::Declared(id)) if depth < 2 => {
            let attributes = meaning.entity(*id).map(|of| of.body.attributes.clone()).unwrap_or_default();
            let nothing = Known::default();
            let known = match now {
                Some(Value::Nameless(known)) => known,
                _ => &nothing,
            };
            let each =
                attributes.iter().flat_map(|(name, of)| with(known, name, of, meaning, entities, days, depth + 1));
            each.map(|known| Value::Nameless(Box::new(known))).collect()
        }
        Type::Duration | Type::Element | Type::Entity(_) => Vec::new(),
    }
}

/// The first moment of a day, and the last before it.
fn moments(day: Date) -> Vec<Timestamp> {
    let Ok(first) = day.to_zoned(oslo()) else { return Vec::new() };
    let first = first.timestamp();
    let before = first.checked_sub(SignedDuration::from_secs(1)).ok();
    [Some(first), before].into_iter().flatten().collect()
}

/// Days on which a change may tell: those that the facts and the change name, moved by every length of time that it names,
/// and the days beside.
pub(super) fn days(change: &Change, meaning: &Meaning, facts: &Facts) -> BTreeSet<Date> {
    let mut named = Named::default();
    named.change(change);
    let mut clone = meaning.clone();
    // What it was before is what undoes it.
    named.change(&change.clone().make(&mut clone));
    let mut all: BTreeSet<Date> = world::dates(facts);
    all.extend(named.days.iter().copied());
    let mut moved = BTreeSet::new();
    for day in &all {
        for length in &named.lengths {
            moved.extend(length.moved(*day, false));
            moved.extend(length.moved(*day, true));
        }
    }
    all.extend(moved);
    let beside: Vec<Date> = all.iter().flat_map(|day| super::conditions::days(*day)).collect();
    all.extend(beside);
    all
}

/// Days and lengths of time that a change names.
#[derive(Default)]
struct Named {
    days: BTreeSet<Date>,
    lengths: BTreeSet<Duration>,
}

impl Named {
    fn change(&mut self, change: &Change) {
        match change {
            Change::Grant(_, _, _, grant) | Change::Widened(_, grant) => {
                self.period(grant.period);
                grant.when.iter().for_each(|when| self.says(when));
            }
            Change::PackageLines(_, _, lines) | Change::AreaLines(_, _, lines) => {
                for line in lines {
                    if let crate::ir::Line::To { when: Some(when), .. } = line {
                        self.says(when);
                    }
                }
            }
            Change::Role(_, _, body) => self.period(body.period),
            Change::Area(_, _, body) => self.period(body.period),
            Change::Package(_, _, body) => self.period(body.period),
            Change::Resource(_, _, body) => {
                self.period(body.period);
                if let Some(retain) = &body.retain {
                    self.says(&retain.kept);
                    self.says(&retain.overdue);
                }
            }
            Change::Condition(_, says) => self.says(says),
            Change::Rule(_, rule) => {
                rule.scopes.iter().for_each(|scope| self.period(scope.period));
                rule.when.iter().for_each(|when| self.says(when));
            }
            Change::All(all) => all.iter().for_each(|one| self.change(one)),
            Change::Narrowed(_) => {}
        }
    }

    fn period(&mut self, period: crate::terms::period::Period) {
        self.days.extend(period.from);
        self.days.extend(period.before);
    }

    fn says(&mut self, says: &Expression) {
        let mut waiting = vec![says];
        while let Some(next) = waiting.pop() {
            match next {
                Expression::Value(Constant::Date(day)) => drop(self.days.insert(*day)),
                Expression::Value(Constant::DateTime(moment)) => drop(self.days.insert(date_in_oslo(*moment))),
                Expression::Value(Constant::Duration(length)) => drop(self.lengths.insert(*length)),
                _ => {}
            }
            waiting.extend(next.parts());
        }
    }
}

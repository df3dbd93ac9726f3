//! What the suites ask, request by request: which part carried, applied, admitted, was owed, and what the atoms of conditions
//! were. Each suite on a thread of its own; the result is the same for any number of them.

use super::Question;
use super::item::{Aspect, Key, Shown};
use super::same::Same;
use crate::decide::{Asked, Cause, Conditional, Decider, Decision, Effect, Index, Link, On, Request, Step, What};
use crate::facts::Facts;
use crate::harness::verdict::Tried;
use crate::ir::{Action, Atoms, Expression, Joined, Line, Meaning, Rule};
use crate::source::Sources;
use crate::terms::{effect::RuleEffect, period::oslo};
use crate::words::{Speaker, speaker};
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Which request: the suite, and its place in it.
pub(super) type At = (u32, u32);

/// What the atoms of one condition were; unknown is `None`.
type Truths = Vec<Option<bool>>;

/// How often something was seen, and by which requests first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) times: u64,
    pub(super) by: Vec<At>,
}

/// All that was seen.
#[derive(Default)]
pub(super) struct Observed {
    /// How many requests were asked.
    pub(super) asked: usize,
    seen: BTreeMap<(Key, Aspect), Tally>,
    /// By condition and the place in what is joined in it.
    conditions: BTreeMap<(Conditional, usize), BTreeMap<Truths, Tally>>,
}

impl Observed {
    /// Asks all that the suites ask.
    pub(super) fn of(suites: &[Vec<Question<'_>>], index: &Index<'_>, meaning: &Meaning, same: &Same<'_>) -> Self {
        let numbered: Vec<(u32, &Vec<Question<'_>>)> = (0..).zip(suites).collect();
        let each: Vec<Observed> =
            numbered.into_par_iter().map(|(at, suite)| Observed::of_suite(at, suite, index, meaning)).collect();
        let mut whole = Observed::default();
        for one in each {
            whole.asked += one.asked;
            one.seen
                .into_iter()
                .for_each(|((key, aspect), tally)| add(&mut whole.seen, (same.first(key), aspect), tally));
            for ((of, joined), truths) in one.conditions {
                let known = whole.conditions.entry((same.condition(of), joined)).or_default();
                truths.into_iter().for_each(|(truths, tally)| add(known, truths, tally));
            }
        }
        whole.settle_conditions(meaning);
        whole
    }

    /// What was seen of an aspect of an item.
    pub(super) fn tally(&self, key: Key, aspect: Aspect) -> Option<&Tally> {
        self.seen.get(&(key, aspect))
    }

    /// What was seen of an item. That it is unknown whether a line admits is seen, and counts as nothing.
    pub(super) fn aspects(&self, key: Key) -> impl Iterator<Item = Aspect> {
        let seen = self
            .seen
            .range((key, Aspect::Carried)..)
            .map_while(move |((found, aspect), _)| (*found == key).then_some(*aspect));
        seen.filter(move |aspect| !matches!((key, aspect), (Key::Line(..), Aspect::Unknown)))
    }

    /// Was anything seen of an item?
    pub(super) fn is_asked(&self, key: Key) -> bool {
        // An atom that was asked was something; whether it decides alone is found out of the same requests.
        let key = match key {
            Key::Alone(of, at) => Key::Atom(of, at),
            other => other,
        };
        let first = (key, Aspect::Carried);
        self.seen.range(first..).next().is_some_and(|((found, _), _)| *found == key)
    }

    fn of_suite(at: u32, suite: &[Question<'_>], index: &Index<'_>, meaning: &Meaning) -> Self {
        let mut observed = Observed::default();
        let mut over: Option<(&Facts, Decider<'_, '_>)> = None;
        for (number, asked) in (0..).zip(suite) {
            observed.asked += 1;
            let mut one = OneRequest { meaning, seen: BTreeSet::new(), conditions: BTreeSet::new() };
            // A case may have facts of its own; most have those of the suite.
            let known = over.take().filter(|(facts, _)| std::ptr::eq(*facts, asked.facts));
            let (_, decider) = over.insert(known.unwrap_or_else(|| (asked.facts, Decider::new(index, asked.facts))));
            one.ask(decider, asked.request);
            let tally = || Tally { times: 1, by: vec![(at, number)] };
            one.seen.into_iter().for_each(|what| add(&mut observed.seen, what, tally()));
            for (of, joined, truths) in one.conditions {
                add(observed.conditions.entry((of, joined)).or_default(), truths, tally());
            }
        }
        observed
    }

    /// What each atom was, and where it alone decided.
    fn settle_conditions(&mut self, meaning: &Meaning) {
        for ((of, which), seen) in std::mem::take(&mut self.conditions) {
            let Some(says) = condition(of, meaning) else { continue };
            let atoms = Atoms::of(says);
            let Some(joined) = atoms.joined.get(which) else { continue };
            let members = joined.atoms();
            let (mut so, mut not): (BTreeMap<usize, Tally>, BTreeMap<usize, Tally>) = Default::default();
            for (truths, tally) in seen {
                for (place, atom) in members.iter().enumerate() {
                    let truth = truths.get(place).copied().flatten();
                    let aspect = match truth {
                        Some(true) => Aspect::True,
                        Some(false) => Aspect::False,
                        None => Aspect::Unknown,
                    };
                    add(&mut self.seen, (Key::Atom(of, number(*atom)), aspect), tally.clone());
                    if members.len() > 1 && decides_alone(joined, &members, &truths, place) {
                        add(if truth == Some(true) { &mut so } else { &mut not }, *atom, tally.clone());
                    }
                }
            }
            for (atom, so) in so {
                if let Some(not) = not.remove(&atom) {
                    let times = so.times.saturating_mul(not.times);
                    let by = so.by.into_iter().chain(not.by).collect();
                    self.seen.insert((Key::Alone(of, number(atom)), Aspect::Alone), Tally { times, by });
                }
            }
        }
    }
}

/// Would the whole be known to be the other, were this atom the other and all else as it is? Then nothing masks it.
fn decides_alone(joined: &Joined, members: &[usize], truths: &Truths, place: usize) -> bool {
    let value = |atom: usize| members.binary_search(&atom).ok().and_then(|at| truths.get(at).copied().flatten());
    let Some(own) = members.get(place).and_then(|atom| value(*atom)) else { return false };
    let whole = joined.truth(&value);
    let turned = |atom: usize| if members.get(place) == Some(&atom) { Some(!own) } else { value(atom) };
    whole.is_some() && joined.truth(&turned) == whole.map(|so| !so)
}

/// Adds up; the first request is that which stands first.
fn add<K: Ord>(known: &mut BTreeMap<K, Tally>, what: K, tally: Tally) {
    match known.get_mut(&what) {
        Some(old) => {
            old.times = old.times.saturating_add(tally.times);
            if tally.by < old.by {
                old.by = tally.by;
            }
        }
        None => drop(known.insert(what, tally)),
    }
}

/// What was seen in one request; each once.
struct OneRequest<'m> {
    meaning: &'m Meaning,
    seen: BTreeSet<(Key, Aspect)>,
    conditions: BTreeSet<(Conditional, usize, Truths)>,
}

impl OneRequest<'_> {
    fn ask(&mut self, decider: &Decider<'_, '_>, request: &Request) {
        let decision = decider.decide(request);
        if decision.effect == Effect::Permit {
            self.seen.extend(decision.traces.iter().flat_map(|trace| of_chain(&trace.chain)));
            self.of_action(request);
        }
        decider.asked(request, &mut |asked| self.see(asked, &decision));
    }

    /// O1: what the action of a permit obliges to.
    fn of_action(&mut self, request: &Request) {
        let On::Resource(resource) = request.on else { return };
        let named = self.meaning.resource(resource).and_then(|named| named.on(request.today));
        let Some((version, body)) = named else { return };
        let Ok(at) = body.actions.binary_search_by(|one| (*one.name).cmp(request.action.word())) else { return };
        let oblige = body.actions.get(at).map_or(&[][..], |action: &Action| &action.oblige);
        for which in 0..oblige.len() {
            let key = Key::OfAction(resource, number(version), number(at), number(which));
            self.seen.insert((key, Aspect::Owed));
        }
    }

    fn see(&mut self, asked: Asked, decision: &Decision) {
        match asked {
            Asked::Package { package, version, delegation, chain } => {
                let carrying = of_chain(&chain);
                let body = self.meaning.package(package).and_then(|named| named.versions.get(version as usize));
                for (at, grant) in (0..).zip(body.map_or(&[][..], |body| &body.grants)) {
                    let key = Key::Grant(package, version, at, delegation);
                    let gives = if delegation { grant.gives_delegation } else { grant.gives_use };
                    if gives && !carrying.contains(&(key, Aspect::Carried)) {
                        self.seen.insert((key, Aspect::NotByIt));
                    }
                }
            }
            Asked::Rule { rule, applies, cause } => {
                let aspect = match applies {
                    Some(true) => Aspect::Applied,
                    Some(false) => Aspect::NotApplied,
                    None => Aspect::UnknownToApply,
                };
                self.seen.insert((Key::Rule(rule), aspect));
                let Some(body) = self.meaning.rule(rule) else { return };
                if applies == Some(true) && obliges(body, cause, decision) {
                    let owed = (0..body.oblige.len()).map(|at| (Key::OfRule(rule, number(at)), Aspect::Owed));
                    self.seen.extend(owed);
                }
            }
            Asked::Line { what, version, line, admits } => {
                let aspect = match admits {
                    Some(true) => Aspect::Admitted,
                    Some(false) => Aspect::Refused,
                    None => Aspect::Unknown,
                };
                self.seen.insert((Key::Line(what, version, line), aspect));
            }
            Asked::Condition { of, joined, atoms } => drop(self.conditions.insert((of, joined, atoms))),
        }
    }
}

/// The grants in a chain, and the lines by which what was received was passed on (P2).
fn of_chain(chain: &[Link]) -> Vec<(Key, Aspect)> {
    let mut found = Vec::new();
    let mut above: Vec<&Step> = Vec::new();
    for Link { depth, step } in chain {
        above.truncate(usize::from(*depth));
        let onward = matches!(above.as_slice(), [.., Step::MayPassOn { who, package, party },
            Step::Holds { who: holder, package: held, party: of }] if (who, package, party) == (holder, held, of));
        match (step, above.last()) {
            (Step::Grant { package, version, grant }, Some(what)) => {
                let delegation = matches!(what, Step::MayPassOn { .. });
                found.push((Key::Grant(*package, *version, *grant, delegation), Aspect::Carried));
            }
            (Step::Delegable { what, version, line, .. }, _) if onward => {
                found.push((Key::Line(*what, *version, *line), Aspect::PassedOn));
            }
            _ => {}
        }
        above.push(step);
    }
    found
}

/// Is what a rule says owed, where it applies to an element of this cause? (O1, O2)
fn obliges(rule: &Rule, cause: Cause, decision: &Decision) -> bool {
    match rule.effect {
        RuleEffect::Permit | RuleEffect::Oblige => cause == Cause::Permitted && decision.effect == Effect::Permit,
        RuleEffect::Forbid => cause == Cause::Forbidden && decision.cause == Cause::Forbidden,
        RuleEffect::Never => false,
    }
}

/// The condition of a rule, a grant, a line, or a name.
pub(super) fn condition(of: Conditional, meaning: &Meaning) -> Option<&Expression> {
    let lines = |what, version: u32| match what {
        What::Package(id) => Some(&meaning.package(id)?.versions.get(version as usize)?.delegable),
        What::Area(id) => Some(&meaning.area(id)?.versions.get(version as usize)?.delegable),
    };
    match of {
        Conditional::Rule(id) => meaning.rule(id)?.when.as_ref(),
        Conditional::Grant(package, version, grant) => {
            let body = meaning.package(package)?.versions.get(version as usize)?;
            body.grants.get(grant as usize)?.when.as_deref()
        }
        Conditional::Line(what, version, line) => match lines(what, version)?.get(line as usize)? {
            Line::To { when, .. } => when.as_deref(),
            Line::Undecided => None,
        },
        Conditional::Named(id) => Some(&meaning.condition(id)?.body.says),
    }
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The requests of all suites, to tell which one showed something.
pub(super) struct Witnesses<'s> {
    pub(super) asked: &'s [Vec<Question<'s>>],
    pub(super) speaker: &'s Speaker<'s>,
    pub(super) sources: &'s Sources,
}

impl Witnesses<'_> {
    /// The name and place of a request.
    pub(super) fn shown(&self, (suite, number): At) -> Shown {
        let Some(asked) = self.asked.get(suite as usize).and_then(|all| all.get(number as usize)) else {
            return Shown { name: String::new(), place: None };
        };
        let request = asked.request;
        let name = match asked.tried {
            Tried::Case => asked.name.to_owned(),
            Tried::Sweep => format!("{}: {}", asked.name, oslo_moment(request.now)),
            Tried::Question | Tried::Table => {
                let who = request.subject.map_or("nobody", |id| asked.facts.name(id));
                let on = self.speaker.short(self.speaker.on(request.on));
                format!("{}: {who}, {} {on}", asked.name, request.action.word())
            }
        };
        Shown { name, place: speaker::origin(asked.place, self.sources) }
    }
}

/// `2031-06-01 00:00` in Oslo.
fn oslo_moment(moment: Timestamp) -> String {
    moment.to_zoned(oslo()).strftime("%Y-%m-%d %H:%M").to_string()
}

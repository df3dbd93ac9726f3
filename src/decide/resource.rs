//! The decision of a request on a resource: of all its elements, with what carries it, what it obliges to and what is released
//! (docs/meaning.md, C2, O1–O3). Whether a rule applies is asked of `rules`.

use super::decision::{Cause, Decision, Effect, Link, Obliged, Step, Trace};
use super::hold::Cost;
use super::proof::Proved;
use super::roles::Pass;
use super::rules::{Over, Part, Rules, gravest};
use super::trace;
use super::truth::Truth;
use crate::ir::{Oblige, RuleId};
use crate::terms::effect::RuleEffect;
use std::collections::BTreeMap;

impl<'a> Rules<'_, 'a> {
    /// The decision; open questions are met elsewhere.
    pub(super) fn decide(&self) -> Decision {
        let causes: Vec<(Part<'a>, Cause)> = self.parts.iter().map(|part| (*part, self.cause(*part))).collect();
        let partial = self.body.is_some_and(|(_, action)| action.partial);
        let some = causes.iter().any(|(_, cause)| *cause == Cause::Permitted);
        let cause = match gravest(causes.iter().map(|(_, cause)| *cause)) {
            _ if partial && some => Cause::Permitted,
            cause => cause,
        };
        let decisive: Vec<Part<'a>> =
            causes.iter().filter(|(_, of_part)| *of_part == cause).map(|(part, _)| *part).collect();
        let traces = self.traces(cause, &decisive);
        let missing = match cause {
            Cause::Undecidable => traces.iter().flat_map(|trace| trace::missing(&trace.chain)).collect(),
            _ => std::collections::BTreeSet::new(),
        };
        let released = (cause == Cause::Permitted && partial)
            .then(|| decisive.iter().filter_map(|part| part.name()).map(Box::from).collect::<Vec<Box<str>>>())
            .filter(|names| !names.is_empty());
        Decision {
            effect: if cause == Cause::Permitted { Effect::Permit } else { Effect::Deny },
            cause,
            traces,
            obligations: self.obligations(cause, &decisive),
            released,
            missing: missing.into_iter().collect(),
            open: Vec::new(),
        }
    }

    /// O1, O2: of the parts that decide.
    fn obligations(&self, cause: Cause, parts: &[Part<'a>]) -> Vec<Obliged> {
        let effects: &[RuleEffect] = match cause {
            Cause::Permitted => &[RuleEffect::Permit, RuleEffect::Oblige],
            Cause::Forbidden => &[RuleEffect::Forbid],
            Cause::Undecidable | Cause::NotGranted => return Vec::new(),
        };
        let mut all: BTreeMap<&'a Oblige, Vec<Box<str>>> = BTreeMap::new();
        let mut oblige = |to: &'a [Oblige], part: Part<'a>| {
            for one in to {
                let elements = all.entry(one).or_default();
                if let Some(name) = part.name().filter(|name| elements.last().is_none_or(|last| **last != **name)) {
                    elements.push(name.into());
                }
            }
        };
        // Parts are sorted, and so what they come from.
        for part in parts {
            if let (Cause::Permitted, Some((_, action))) = (cause, self.body) {
                oblige(&action.oblige, *part);
            }
            for effect in effects {
                let over = self.of(*effect).filter(|over| !over.rule.oblige.is_empty());
                over.filter(|over| self.applies(over, *part) == Truth::So)
                    .for_each(|over| oblige(&over.rule.oblige, *part));
            }
        }
        all.into_iter().map(|(oblige, elements)| Obliged { oblige: oblige.clone(), elements }).collect()
    }

    /// What carries a cause, for the parts that it is the cause of; what is alike for several is told once.
    fn traces(&self, cause: Cause, parts: &[Part<'a>]) -> Vec<Trace> {
        let mut told = Told::default();
        let mut proofs = Proofs { rules: self, known: BTreeMap::new() };
        for part in parts {
            let applying = |effect| self.of(effect).filter(|over| self.applies(over, *part) == Truth::So);
            match cause {
                Cause::Permitted => {
                    let mut best: Option<(Cost, &Over<'a>)> = None;
                    for over in applying(RuleEffect::Permit) {
                        if let Some((cost, _)) = proofs.of(over, *part)
                            && best.is_none_or(|(known, _)| *cost < known)
                        {
                            best = Some((*cost, over));
                        }
                    }
                    if let Some((_, over)) = best {
                        proofs.tell(over, *part, &mut told);
                    }
                }
                Cause::Forbidden => applying(RuleEffect::Forbid).for_each(|over| proofs.tell(over, *part, &mut told)),
                Cause::Undecidable => {
                    for over in self.unknown(*part) {
                        if let Ok((_, chain)) = self.proof(Pass::Possibly, over, *part) {
                            told.tell(over.id, over.scope, *part, chain);
                        }
                    }
                }
                Cause::NotGranted => {
                    for over in self.of(RuleEffect::Permit) {
                        if let Err(step) = self.proof(Pass::Possibly, over, *part) {
                            told.tell(over.id, over.scope, *part, vec![Link { depth: 0, step }]);
                        }
                    }
                    for id in &self.asleep {
                        told.tell(*id, 0, *part, vec![Link { depth: 0, step: Step::NotInForce }]);
                    }
                }
            }
        }
        told.done()
    }
}

/// The proofs of rules that apply, each made once: it is the same for all elements where the rule does not read the element.
struct Proofs<'r, 's, 'a> {
    rules: &'r Rules<'s, 'a>,
    known: BTreeMap<(RuleId, Option<&'a str>), Option<Proved>>,
}

impl<'a> Proofs<'_, '_, 'a> {
    fn of(&mut self, over: &Over<'a>, part: Part<'a>) -> Option<&Proved> {
        let element = if over.reads_element { part.name() } else { None };
        let make = || self.rules.proof(Pass::Certainly, over, part).ok();
        self.known.entry((over.id, element)).or_insert_with(make).as_ref()
    }

    fn tell(&mut self, over: &Over<'a>, part: Part<'a>, told: &mut Told) {
        if let Some((_, chain)) = self.of(over, part) {
            told.tell(over.id, over.scope, part, chain.clone());
        }
    }
}

/// Traces, each once with all that it is about; by rule.
#[derive(Default)]
struct Told {
    by_rule: BTreeMap<RuleId, Vec<Trace>>,
}

impl Told {
    fn tell(&mut self, rule: RuleId, scope: u32, part: Part<'_>, chain: Vec<Link>) {
        let traces = self.by_rule.entry(rule).or_default();
        let name = part.name().map(Box::from);
        match traces.iter_mut().find(|trace| trace.chain == chain) {
            Some(trace) => trace.elements.extend(name),
            None => traces.push(Trace { rule: Some(rule), scope, elements: name.into_iter().collect(), chain }),
        }
    }

    /// All of them. That a rule is about other elements is told only where nothing else is told of it.
    fn done(self) -> Vec<Trace> {
        let mut all = Vec::new();
        for mut traces in self.by_rule.into_values() {
            let other = |trace: &Trace| matches!(&*trace.chain, [Link { step: Step::OtherElements, .. }]);
            if !traces.iter().all(other) {
                traces.retain(|trace| !other(trace));
            }
            all.extend(traces);
        }
        all
    }
}

//! Is a `never` ever broken? For each thing, version, action and element that it is about: can a permit apply and every forbid
//! certainly not, where the `never` applies? A request that breaks it is shown only where `decide` permits it.

use super::atoms::Atoms;
use super::gives::Gives;
use super::rules::{Asked, elements};
use super::translate::{Rules, Side, Translator};
use crate::decide::{Cause, Decision, Effect, Index, Request};
use crate::facts::Facts;
use crate::ir::{Bundle, Expression, ResourceId, Rule, RuleId};
use crate::logic::{Answer, Effort, Wire, solve};
use crate::origins::Part;
use crate::terms::effect::RuleEffect;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Steps that all proofs of a bundle may take together.
const EFFORT: u32 = 20_000_000;
/// How many models of one question are tried to be made into facts.
const TRIES: usize = 12;

/// What came of a `never`.
#[derive(Clone, Debug, PartialEq)]
pub enum Never {
    /// No facts, delegations and request of the declared types give a permit there, at any time.
    Proved,
    /// This request, over these facts, is permitted; `decide` says so.
    Refuted(Box<Broken>),
    /// Neither: this stands in the way.
    NotFollowed(Unfollowed),
}

/// A request that breaks a `never`.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The facts.
    pub facts: Facts,
    /// The request.
    pub request: Request,
    /// What is decided: a permit.
    pub decision: Decision,
}

/// What could not be followed, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfollowed {
    /// What; `None`: there was too much of everything.
    pub atom: Option<Expression>,
    /// The part of the bundle that it stands in.
    pub part: Option<Part>,
}

/// What came of each `never` of a bundle, in order of the rules. Nothing is done where there is none.
#[must_use]
pub fn nevers(bundle: &Bundle) -> Vec<(RuleId, Never)> {
    let rules = &bundle.meaning.rules;
    let all: Vec<(RuleId, &Rule)> = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.effect == RuleEffect::Never)
        .map(|(at, rule)| (at.into(), rule))
        .collect();
    if all.is_empty() {
        return Vec::new();
    }
    let by_action = Rules::new(&bundle.meaning);
    let prover = Prover { bundle, rules: &by_action, gives: Gives::new(&bundle.meaning), strict: OnceCell::new() };
    let mut effort = Effort::of(EFFORT);
    let mut translators = BTreeMap::new();
    all.into_iter().map(|(id, rule)| (id, prover.never(id, rule, &mut translators, &mut effort))).collect()
}

struct Prover<'b> {
    bundle: &'b Bundle,
    rules: &'b Rules<'b>,
    gives: Gives<'b>,
    /// The same bundle in which every `never` forbids: so it is asked whether one applies.
    strict: OnceCell<Bundle>,
}

/// One question about a `never`.
struct Question<'b> {
    asked: Asked<'b>,
    action: &'b str,
    /// The `never` applies, a permit does, and no forbid does or may.
    broken: Vec<Wire>,
}

impl<'b> Prover<'b> {
    fn never(
        &'b self,
        id: RuleId,
        rule: &'b Rule,
        translators: &mut BTreeMap<ResourceId, Translator<'b>>,
        effort: &mut Effort,
    ) -> Never {
        let resources: BTreeSet<ResourceId> = rule.scopes.iter().flat_map(|scope| scope.on.iter().copied()).collect();
        let mut unfollowed = None;
        for resource in resources {
            let translator = translators.entry(resource).or_insert_with(|| self.translator(resource));
            match self.over(id, rule, resource, translator, effort) {
                Never::Proved => {}
                Never::NotFollowed(one) => unfollowed = unfollowed.or(Some(one)),
                refuted @ Never::Refuted(_) => return refuted,
            }
        }
        unfollowed.map_or(Never::Proved, Never::NotFollowed)
    }

    fn translator(&'b self, resource: ResourceId) -> Translator<'b> {
        let meaning = &self.bundle.meaning;
        let versions = meaning.resource(resource).map_or(&[][..], |named| &named.versions);
        let records = versions.iter().filter_map(|version| version.records).collect();
        let side = Side { meaning, rules: self.rules };
        Translator::new(Atoms::new(meaning, records), vec![side])
    }

    /// Of one resource.
    fn over(
        &'b self,
        id: RuleId,
        rule: &'b Rule,
        resource: ResourceId,
        translator: &mut Translator<'b>,
        effort: &mut Effort,
    ) -> Never {
        let versions = self.bundle.meaning.resource(resource).map_or(&[][..], |named| &named.versions);
        let mut tried: BTreeSet<Vec<Wire>> = BTreeSet::new();
        let mut unfollowed = None;
        for (at, version) in versions.iter().enumerate() {
            for action in version.actions.iter().filter(|one| rule.action.as_ref().is_none_or(|own| *own == one.name)) {
                for element in elements(version) {
                    let asked = Asked { resource, version, at, element, record: true };
                    translator.rest();
                    translator.decides_open = true;
                    let applies = translator.applies(asked, id, rule);
                    translator.decides_open = false;
                    if applies.so == Wire::FALSE {
                        continue;
                    }
                    let verdict = translator.verdict(asked, &action.name);
                    let time = translator.in_force(version.period);
                    let broken = vec![time, applies.so, verdict.permitted];
                    // Elements of which the same rules speak are one question.
                    if !tried.insert(broken.clone()) {
                        continue;
                    }
                    let question = Question { asked, action: &action.name, broken };
                    match self.answer(translator, id, &question, effort) {
                        Never::Proved => {}
                        Never::NotFollowed(one) => unfollowed = unfollowed.or(Some(one)),
                        refuted @ Never::Refuted(_) => return refuted,
                    }
                    if translator.spent {
                        let too_much = Unfollowed { atom: None, part: Some(Part::Rule(id, 0)) };
                        return Never::NotFollowed(unfollowed.unwrap_or(too_much));
                    }
                }
            }
        }
        unfollowed.map_or(Never::Proved, Never::NotFollowed)
    }

    fn answer(
        &'b self,
        translator: &mut Translator<'b>,
        id: RuleId,
        question: &Question<'b>,
        effort: &mut Effort,
    ) -> Never {
        let mut wires = question.broken.clone();
        let mut first: Option<Unfollowed> = None;
        let too_much = || Unfollowed { atom: None, part: Some(Part::Rule(id, 0)) };
        for _ in 0..TRIES {
            wires = translator.with_axioms(wires, Some(&self.gives));
            if translator.spent {
                return Never::NotFollowed(too_much());
            }
            let model = match solve(&translator.atoms.circuit, &wires, effort) {
                // What was left out before is what was not followed.
                Answer::Never => return first.map_or(Never::Proved, Never::NotFollowed),
                Answer::TooLong => return Never::NotFollowed(first.unwrap_or_else(too_much)),
                Answer::Model(model) => model,
            };
            let made = translator.made(&model, &self.gives, question.asked, question.action);
            let tried = made.as_ref().map(|(facts, request)| self.is_broken(id, facts, request));
            if let (Some((facts, request)), Some(Some(decision))) = (&made, tried) {
                let broken = Broken { facts: facts.clone(), request: request.clone(), decision };
                return Never::Refuted(Box::new(broken));
            }
            let index = Index::new(self.bundle);
            let element = question.asked.element;
            let (unlike, other) = translator.unlike(&model, made.as_ref(), &index, element, &question.broken);
            first = first.or(unlike.map(|one| Unfollowed { atom: Some(one.says), part: one.part }));
            wires.push(other);
        }
        Never::NotFollowed(first.unwrap_or_else(too_much))
    }

    /// Is the request permitted where the `never` applies?
    fn is_broken(&self, id: RuleId, facts: &Facts, request: &Request) -> Option<Decision> {
        let decision = Index::new(self.bundle).decide(facts, request);
        if decision.effect != Effect::Permit {
            return None;
        }
        let strict = self.strict.get_or_init(|| {
            let mut strict = self.bundle.clone();
            for rule in strict.meaning.rules.iter_mut().filter(|rule| rule.effect == RuleEffect::Never) {
                rule.effect = RuleEffect::Forbid;
            }
            strict
        });
        let forbidden = Index::new(strict).decide(facts, request);
        let by_it = forbidden.traces.iter().any(|trace| trace.rule == Some(id));
        (forbidden.cause == Cause::Forbidden && by_it).then_some(decision)
    }
}

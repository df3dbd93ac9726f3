//! What holds for every policy, world and request, tried on generated ones: the compiler keeps what was written, fewer
//! facts never give more, and the chain of a decision carries it alone. Compares with no other decider.

#[path = "support/generate.rs"]
pub(crate) mod generate;

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Cause, Decision, Effect, Index, Request, Step};
use fullmakt::facts::Facts;
use fullmakt::ir::{Bundle, OrganisationId, json};
use fullmakt::source::{Source, Sources};
use generate::{Dice, world};
use serde_json::Value;
use std::collections::BTreeSet;

/// The meaning as JSON, its rules without digits: those depend on text that the generator does not make.
fn meaning(bundle: &Bundle) -> Value {
    let mut meaning: Value = serde_json::from_str(&json::meaning_text(bundle)).expect("JSON");
    let rules = meaning["rules"].as_object().expect("rules");
    let mut rules: Vec<(String, String)> = rules
        .iter()
        .map(|(key, rule)| (key.rsplit_once('/').expect("digits").0.to_owned(), rule.to_string()))
        .collect();
    rules.sort();
    meaning["rules"] = serde_json::to_value(rules).expect("JSON");
    meaning
}

#[test]
fn source_text_compiles_to_what_it_was_made_from() {
    let mut dice = Dice(1);
    for number in 0..60 {
        let policy = generate::policy(&mut dice, number);
        let mut sources = Sources::default();
        let modules = generate::source_text::modules(&policy);
        let ids: Vec<_> = modules.iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
        let compiled = compile(&sources, &ids, Options::default());
        let text = |(path, text): &(String, String)| format!("// {path}\n{text}");
        let texts: String = modules.iter().map(text).collect();
        let Some((bundle, _)) = compiled.bundle else { panic!("{:#?}\n{texts}", compiled.findings) };
        assert_eq!(meaning(&bundle), meaning(&policy.bundle), "{texts}");
    }
}

/// Calls `see` for many requests, each with its world, and for each world with some bundle.
fn each_request(seed: u64, mut see: impl FnMut(&Bundle, &Facts, &Request, &Decision)) {
    let mut dice = Dice(seed);
    for number in 0..40 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        for _ in 0..3 {
            let world = world::world(&mut dice, &bundle.meaning);
            for _ in 0..12 {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                see(&bundle, &world.facts, &request, &index.decide(&world.facts, &request));
            }
        }
    }
}

/// The facts without one role fact or delegation, in every way.
fn smaller(facts: &Facts) -> Vec<Facts> {
    let without_role = (0..facts.roles.len()).map(|at| {
        let mut less = facts.clone();
        less.roles.remove(at);
        less
    });
    let without_delegation = (0..facts.delegations.len()).map(|at| {
        let mut less = facts.clone();
        less.delegations.remove(at);
        less
    });
    without_role.chain(without_delegation).collect()
}

#[test]
fn no_missing_fact_gives_more() {
    let mut denied = 0;
    each_request(2, |bundle, facts, request, decision| {
        if decision.effect == Effect::Permit {
            return;
        }
        denied += 1;
        let index = Index::new(bundle);
        for less in smaller(facts) {
            assert_eq!(index.decide(&less, request).effect, Effect::Deny, "{request:?}\n{less:#?}");
        }
        for source in 0..bundle.meaning.organisations.len() {
            let mut unseen = facts.clone();
            unseen.out_of_reach.insert(OrganisationId::from(source));
            assert_eq!(index.decide(&unseen, request).effect, Effect::Deny, "{request:?}\n{unseen:#?}");
        }
    });
    assert!(denied > 300, "{denied} denials are too few");
}

/// The role facts and delegations that the chain names.
fn carrying(facts: &Facts, decision: &Decision) -> Facts {
    let (mut roles, mut delegations) = (BTreeSet::new(), BTreeSet::new());
    for link in decision.traces.iter().flat_map(|trace| &trace.chain) {
        match link.step {
            Step::Role { index } => drop(roles.insert(facts.roles[index as usize])),
            Step::Delegation { index } => drop(delegations.insert(facts.delegations[index as usize].clone())),
            _ => {}
        }
    }
    Facts { roles: roles.into_iter().collect(), delegations: delegations.into_iter().collect(), ..facts.clone() }
}

/// What the chain says besides facts.
fn told(decision: &Decision) -> Vec<&Step> {
    let steps = decision.traces.iter().flat_map(|trace| &trace.chain).map(|link| &link.step);
    steps.filter(|step| !matches!(step, Step::Role { .. } | Step::Delegation { .. })).collect()
}

#[test]
fn a_chain_carries_its_decision_alone() {
    let mut with_delegations = 0;
    each_request(3, |bundle, facts, request, decision| {
        if decision.effect == Effect::Deny {
            return;
        }
        let index = Index::new(bundle);
        let alone = carrying(facts, decision);
        with_delegations += usize::from(!alone.delegations.is_empty());
        let again = index.decide(&alone, request);
        assert_eq!(again.cause, Cause::Permitted, "{request:?}\n{decision:#?}\n{alone:#?}");
        assert_eq!(carrying(&alone, &again), alone, "the same chain, replayed");
        for less in smaller(&alone) {
            let other = index.decide(&less, request);
            assert!(
                other.effect == Effect::Deny || told(&other) != told(&again),
                "{request:?}
{again:#?}
{less:#?}"
            );
        }
    });
    assert!(with_delegations > 50, "{with_delegations} permits by delegation are too few");
}

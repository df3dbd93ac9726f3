//! What holds for every policy, world and request, tried on generated ones: the compiler keeps what was written, fewer
//! facts never give more, and the chain of a decision carries it alone. Compares with no other decider.

#[path = "support/generate.rs"]
pub(crate) mod generate;

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Cause, Decision, Effect, Index, Request, Step};
use fullmakt::diag::{Diagnostic, Severity};
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
    // TODO
    let built_in = ["person", "organisation", "system_user", "context", "delegation", "record"];
    meaning["entities"]
        .as_object_mut()
        .expect("entities")
        .retain(|name, _| !built_in.contains(&name.rsplit('.').next().expect("a name")));
    meaning["rules"] = serde_json::to_value(rules).expect("JSON");
    meaning
}

#[test]
fn source_text_compiles_to_what_it_was_made_from() {
    let mut dice = Dice(1);
    let mut wrong = Vec::new();
    for number in 0..60 {
        let policy = generate::policy(&mut dice, number);
        let mut sources = Sources::default();
        let modules = generate::source_text::modules(&policy);
        let ids: Vec<_> = modules.iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
        let compiled = compile(&sources, &ids, Options::default());
        let errors = compiled.findings.iter().filter(|finding| finding.code.severity == Severity::Error);
        wrong.extend(errors.map(|finding| shown(&sources, finding)));
        if let Some((bundle, _)) = compiled.bundle {
            wrong.extend(difference(&meaning(&bundle), &meaning(&policy.bundle), &mut format!("{number}")));
        }
    }
    assert!(wrong.is_empty(), "{} errors\n{}", wrong.len(), wrong.join("\n"));
}

/// Where two values first differ, and what stands there.
fn difference(one: &Value, two: &Value, path: &mut String) -> Option<String> {
    let length = path.len();
    let mut inner = |key: &str, one: &Value, two: &Value| {
        *path += "/";
        *path += key;
        let found = difference(one, two, path);
        path.truncate(length);
        found
    };
    match (one, two) {
        _ if one == two => None,
        (Value::Object(one), Value::Object(two)) if one.keys().eq(two.keys()) => {
            one.iter().find_map(|(key, value)| inner(key, value, &two[key]))
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            one.iter().zip(two).enumerate().find_map(|(at, (one, two))| inner(&at.to_string(), one, two))
        }
        _ => Some(format!("{path}:\n    compiled {one}\n    made     {two}")),
    }
}

/// A finding with the lines that it is about.
fn shown(sources: &Sources, finding: &Diagnostic) -> String {
    let source = sources.get(finding.place.source).expect("a text");
    let line = source.text()[..finding.place.span.start as usize].lines().count();
    let about = source.text().lines().skip(line.saturating_sub(1)).take(2).collect::<Vec<_>>().join("\n    ");
    format!("{}:{line}: {} {}\n    {about}", source.name(), finding.code.number, finding.message)
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

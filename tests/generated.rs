//! What holds for every policy, world and request, tried on generated ones: the compiler keeps what was written, fewer
//! facts never give more, and the chain of a decision carries it alone. Compares with no other decider.

#[path = "support/generate.rs"]
pub(crate) mod generate;

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Cause, Decision, Effect, Index, Request, Step, Trace};
use fullmakt::diag::{Diagnostic, Severity};
use fullmakt::facts::{Draft, Value};
use fullmakt::ir::{Bundle, Expression, Line, Oblige, OrganisationId, RuleId, json};
use fullmakt::source::{Source, Sources};
use fullmakt::syntax;
use fullmakt::terms::effect::RuleEffect;
use generate::{Dice, world};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The meaning as JSON, its rules without digits: those depend on text that the generator does not make.
fn meaning(bundle: &Bundle) -> Json {
    let mut meaning: Json = serde_json::from_str(&json::meaning_text(bundle)).expect("JSON");
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
    let mut wrong = Vec::new();
    for number in 0..25 {
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
fn difference(one: &Json, two: &Json, path: &mut String) -> Option<String> {
    let length = path.len();
    let mut inner = |key: &str, one: &Json, two: &Json| {
        *path += "/";
        *path += key;
        let found = difference(one, two, path);
        path.truncate(length);
        found
    };
    match (one, two) {
        _ if one == two => None,
        (Json::Object(one), Json::Object(two)) if one.keys().eq(two.keys()) => {
            one.iter().find_map(|(key, value)| inner(key, value, &two[key]))
        }
        (Json::Array(one), Json::Array(two)) if one.len() == two.len() => {
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

/// Compiles these texts, which have no error.
fn compiled(modules: &[(String, String)]) -> Bundle {
    let mut sources = Sources::default();
    let ids: Vec<_> = modules.iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
    let compiled = compile(&sources, &ids, Options::default());
    let errors = compiled.findings.iter().filter(|finding| finding.is_error());
    let errors: Vec<String> = errors.map(|finding| shown(&sources, finding)).collect();
    compiled.bundle.unwrap_or_else(|| panic!("{}", errors.join("\n"))).0
}

#[test]
fn formatting_changes_no_meaning_and_is_done_once() {
    let mut dice = Dice(4);
    for number in 0..12 {
        let policy = generate::policy(&mut dice, number);
        let modules = generate::source_text::modules(&policy);
        let formatted = |text: &str| {
            let mut sources = Sources::default();
            let id = sources.add(Source::new("module.fmk", text));
            syntax::format(sources.get(id).expect("a text"), id).expect("a text without a fault")
        };
        let once: Vec<(String, String)> = modules.iter().map(|(path, text)| (path.clone(), formatted(text))).collect();
        for (path, text) in &once {
            assert_eq!(&formatted(text), text, "{path}, formatted twice");
        }
        assert_eq!(compiled(&once), compiled(&modules), "{number}");
    }
}

/// Calls `see` for many requests, each with its world, and for each world with some bundle.
fn each_request(
    seed: u64,
    bundles: impl Iterator<Item = Bundle>,
    requests: usize,
    mut see: impl FnMut(&Bundle, &Draft, &Request, &Decision),
) {
    let mut dice = Dice(seed);
    for bundle in bundles {
        let index = Index::new(&bundle);
        for _ in 0..3 {
            let world = world::world(&mut dice, &bundle.meaning);
            for _ in 0..requests {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                see(&bundle, &world.facts, &request, &index.decide(&world.facts.store(), &request));
            }
        }
    }
}

/// Policies as they are generated.
fn policies(seed: u64, count: usize) -> impl Iterator<Item = Bundle> {
    let mut dice = Dice(seed);
    (0..count).map(move |number| generate::policy(&mut dice, number).bundle)
}

/// Does it ask for a role or a package, or may it by a name?
fn asks_roles(says: &Expression) -> bool {
    match says {
        Expression::Is { .. } | Expression::Holds { .. } | Expression::Permitted { .. } | Expression::Condition(_) => {
            true
        }
        Expression::Or(parts) | Expression::And(parts) | Expression::List(parts) => parts.iter().any(asks_roles),
        Expression::Not(part) | Expression::Attribute(part, _) => asks_roles(part),
        Expression::Compare(_, sides) => asks_roles(&sides.0) || asks_roles(&sides.1),
        Expression::Each { set, body, .. } => asks_roles(set) || asks_roles(body),
        Expression::Shift { from, by, .. } => asks_roles(from) || asks_roles(by),
        _ => false,
    }
}

/// Without what could give more where somebody has fewer roles: forbids, and conditions that ask for roles.
fn without_counting_roles(mut bundle: Bundle) -> Bundle {
    let keeps = |when: Option<&Expression>| !when.is_some_and(asks_roles);
    bundle.meaning.rules.retain(|rule| rule.effect != RuleEffect::Forbid && keeps(rule.when.as_ref()));
    for version in bundle.meaning.packages.iter_mut().flat_map(|named| &mut named.versions) {
        version.grants.retain(|grant| keeps(grant.when.as_deref()));
        version.delegable.retain(|line| !matches!(line, Line::To { when: Some(when), .. } if asks_roles(when)));
    }
    bundle
}

/// The facts without one role fact or delegation, in every way.
fn smaller(facts: &Draft) -> Vec<Draft> {
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
fn no_missing_role_or_delegation_gives_more() {
    let mut denied = 0;
    let bundles = policies(2, 25).map(without_counting_roles);
    each_request(2, bundles, 8, |bundle, facts, request, decision| {
        if decision.effect == Effect::Permit {
            return;
        }
        denied += 1;
        let index = Index::new(bundle);
        for less in smaller(facts) {
            assert_eq!(index.decide(&less.store(), request).effect, Effect::Deny, "{request:?}\n{less:#?}");
        }
    });
    assert!(denied > 250, "{denied} denials are too few");
}

/// Facts and a request in which one attribute is hidden, or the record, or one source of roles is out of reach; in every way.
fn hidden(bundle: &Bundle, facts: &Draft, request: &Request) -> Vec<(String, Draft, Request)> {
    let mut all = Vec::new();
    let mut hide = |count: usize, what: &str, take: &dyn Fn(&mut Draft, &mut Request, usize) -> Box<str>| {
        for at in 0..count {
            let (mut facts, mut request) = (facts.clone(), request.clone());
            let name = take(&mut facts, &mut request, at);
            all.push((format!("{what}.{name}"), facts, request));
        }
    };
    for (index, entity) in facts.entities.iter().enumerate() {
        let take = |facts: &mut Draft, _: &mut Request, at: usize| facts.entities[index].attributes.0.remove(at).0;
        hide(entity.attributes.0.len(), &entity.name, &take);
    }
    for (index, thing) in facts.things.iter().enumerate() {
        let take = |facts: &mut Draft, _: &mut Request, at: usize| facts.things[index].attributes.0.remove(at).0;
        hide(thing.attributes.0.len(), &thing.name, &take);
    }
    for (index, one) in facts.delegations.iter().enumerate() {
        let take = |facts: &mut Draft, _: &mut Request, at: usize| facts.delegations[index].attributes.0.remove(at).0;
        hide(one.attributes.0.len(), "delegation", &take);
    }
    hide(request.context.0.len(), "context", &|_, request, at| request.context.0.remove(at).0);
    hide(usize::from(request.record.is_some()), "record", &|_, request, _| {
        request.record = None;
        "".into()
    });
    if let Some(Value::Nameless(known)) = &request.record {
        hide(known.0.len(), "record", &|_, request, at| match &mut request.record {
            Some(Value::Nameless(known)) => known.0.remove(at).0,
            _ => "".into(),
        });
    }
    hide(bundle.meaning.organisations.len(), "source", &|facts, _, at| {
        facts.out_of_reach.insert(OrganisationId::from(at));
        "".into()
    });
    all
}

/// Each obligation with each element that it is about.
fn obliged(decision: &Decision) -> BTreeSet<(&Oblige, Option<&str>)> {
    let each = decision.obligations.iter().flat_map(|one| {
        let elements: Vec<Option<&str>> = one.elements.iter().map(|element| Some(&**element)).collect();
        let elements = if elements.is_empty() { vec![None] } else { elements };
        elements.into_iter().map(move |element| (&one.oblige, element))
    });
    each.collect()
}

/// Tries all that can be hidden.
fn hiding_gives_nothing(seed: u64, bundles: usize, requests: usize) -> (usize, usize) {
    let (mut denied, mut still) = (0, 0);
    each_request(seed, policies(seed, bundles), requests, |bundle, facts, request, decision| {
        let index = Index::new(bundle);
        denied += usize::from(decision.effect == Effect::Deny);
        for (what, less, asked) in hidden(bundle, facts, request) {
            let other = index.decide(&less.store(), &asked);
            if decision.effect == Effect::Deny {
                assert_eq!(other.effect, Effect::Deny, "without {what}: {request:?}\n{decision:#?}\n{other:#?}");
            } else if other.effect == Effect::Permit {
                still += 1;
                let permitted = |element: Option<&str>| match (&other.released, element) {
                    (Some(released), Some(element)) => released.iter().any(|one| **one == *element),
                    _ => true,
                };
                let kept = obliged(decision).into_iter().filter(|(_, element)| permitted(*element)).collect();
                assert_eq!(obliged(&other), kept, "without {what}: {request:?}\n{decision:#?}\n{other:#?}");
            }
        }
    });
    (denied, still)
}

#[test]
fn no_missing_attribute_gives_more() {
    let (denied, still) = hiding_gives_nothing(5, 12, 5);
    assert!(denied > 80 && still > 3000, "{denied} denials, {still} permits that stay are too few");
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn no_missing_attribute_gives_more_of_many() {
    hiding_gives_nothing(6, 200, 20);
}

/// The role facts and delegations that the chain names.
fn carrying(facts: &Draft, decision: &Decision) -> Draft {
    let (mut roles, mut delegations) = (BTreeSet::new(), BTreeSet::new());
    for link in decision.traces.iter().flat_map(|trace| &trace.chain) {
        match link.step {
            Step::Role { index } => drop(roles.insert(facts.roles[index as usize])),
            Step::Delegation { index } => drop(delegations.insert(facts.delegations[index as usize].clone())),
            _ => {}
        }
    }
    Draft { roles: roles.into_iter().collect(), delegations: delegations.into_iter().collect(), ..facts.clone() }
}

/// What the chain says besides facts, rule by rule.
fn told(decision: &Decision) -> Vec<(Option<RuleId>, Vec<&Step>)> {
    fn steps(trace: &Trace) -> Vec<&Step> {
        let steps = trace.chain.iter().map(|link| &link.step);
        steps.filter(|step| !matches!(step, Step::Role { .. } | Step::Delegation { .. })).collect()
    }
    decision.traces.iter().map(|trace| (trace.rule, steps(trace))).collect()
}

#[test]
fn a_chain_carries_its_decision_alone() {
    let mut with_delegations = 0;
    let bundles = policies(3, 40).map(without_counting_roles);
    each_request(3, bundles, 12, |bundle, facts, request, decision| {
        if decision.effect == Effect::Deny {
            return;
        }
        let index = Index::new(bundle);
        let alone = carrying(facts, decision);
        with_delegations += usize::from(!alone.delegations.is_empty());
        let again = index.decide(&alone.store(), request);
        assert_eq!(again.cause, Cause::Permitted, "{request:?}\n{decision:#?}\n{alone:#?}");
        assert_eq!(carrying(&alone, &again), alone, "the same chain, replayed");
        for less in smaller(&alone) {
            let other = index.decide(&less.store(), request);
            let carried = other.effect == Effect::Permit && told(&other) == told(&again);
            assert!(!carried, "{request:?}\n{again:#?}\n{less:#?}");
        }
    });
    assert!(with_delegations > 50, "{with_delegations} permits by delegation are too few");
}

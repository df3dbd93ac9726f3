//! The quick way decides what the long way decides: on generated policies, worlds and requests. And its work is bounded, whatever is
//! delegated to whom. Tells nothing of time.

use crate::generated::generate::{self, Dice, world};
use fullmakt::decide::{Answer, Cause, Decider, Decision, Index, Query, Request, Scratch};
use fullmakt::facts::{Facts, Whose};
use fullmakt::harness;
use fullmakt::ir::{Bundle, Oblige, OrganisationId};
use fullmakt::project::Project;
use std::collections::{BTreeMap, BTreeSet};

/// Asks both ways.
pub(crate) fn agree(decider: &Decider<'_, '_>, scratch: &mut Scratch, query: &Query<'_>, decision: &Decision) {
    let answer = decider.answer_and_oblige(scratch, query);
    assert_eq!(answer, Answer { effect: decision.effect, cause: decision.cause }, "{query:?}\n{decision:#?}");
    assert_eq!(decider.answer(scratch, query), answer, "without obligations");
    let long: BTreeSet<&Oblige> = decision.obligations.iter().map(|one| &one.oblige).collect();
    let quick: BTreeSet<&Oblige> = scratch.obliged().into_iter().filter_map(|by| decider.oblige(by)).collect();
    assert_eq!(quick, long, "{query:?}\n{decision:#?}");
}

/// Compares so many requests in each of so many worlds; how often each cause came, and how often the quick way gave up.
fn compare(seed: u64, policies: usize, worlds: usize, requests: usize) -> (BTreeMap<Cause, usize>, u64) {
    let mut dice = Dice(seed);
    let (mut causes, mut given_up) = (BTreeMap::new(), 0);
    for number in 0..policies {
        let bundle: Bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        for _ in 0..worlds {
            let world = world::world(&mut dice, &bundle.meaning);
            let facts = world.facts.clone().store();
            let decider = Decider::new(&index, &facts);
            let mut scratch = Scratch::default();
            for _ in 0..requests {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                let decision = decider.decide(&request);
                agree(&decider, &mut scratch, &Query::of(&index, &request), &decision);
                *causes.entry(decision.cause).or_insert(0) += 1;
            }
            given_up += scratch.left_to_decide();
        }
    }
    (causes, given_up)
}

#[test]
fn both_ways_decide_the_same() {
    let (causes, given_up) = compare(11, 40, 5, 40);
    let all: usize = causes.values().sum();
    for cause in Cause::ALL {
        assert!(causes.get(&cause).is_some_and(|count| count * 100 > all), "{cause:?} is too rare: {causes:?}");
    }
    // Three worlds of ten have something out of reach, most often what anybody may have for anybody.
    assert!(given_up * 10 < 2 * all as u64, "{given_up} of {all} asked twice were left to the long way");
}

/// Facts with one thing less each: a value, or what one organisation answers for.
fn with_less(facts: &Facts, organisations: usize) -> Vec<Facts> {
    let things = facts.things().map(Whose::Thing);
    let entities = facts.entities().map(Whose::Entity);
    let known = entities.chain(things).chain((0..facts.delegation_count()).map(Whose::Delegation));
    let mut all = Vec::new();
    for whose in known {
        for (name, _) in facts.known(whose).0 {
            let mut less = facts.clone();
            let hidden = less.hide(whose, &name);
            assert!(hidden.is_some(), "{name} is known");
            all.push(less);
        }
    }
    for source in (0..organisations).map(OrganisationId::from) {
        let mut less = facts.clone();
        let mut lost = less.out_of_reach().clone();
        if lost.insert(source) {
            less.put_out_of_reach(lost);
            all.push(less);
        }
    }
    all
}

/// What a suite states of a decision it may be told by either way: also with something hidden, as every suite is run.
#[test]
fn both_ways_decide_the_same_of_what_shipped_suites_ask() {
    let project = Project::read(&["policies"]);
    let (bundle, _) = project.bundle.as_ref().expect("shipped policies compile");
    let index = Index::new(bundle);
    let mut scratch = Scratch::default();
    let (mut causes, mut with_obligations, mut turn) = (BTreeMap::new(), 0, 0);
    let mut asked: Vec<(&Facts, Vec<&Request>)> = Vec::new();
    for (facts, request) in harness::questions(&project.suites) {
        match asked.iter_mut().find(|(known, _)| std::ptr::eq(*known, facts)) {
            Some((_, requests)) => requests.push(request),
            None => asked.push((facts, vec![request])),
        }
    }
    for (facts, requests) in asked {
        let decider = Decider::new(&index, facts);
        for request in &requests {
            let decision = decider.decide(request);
            agree(&decider, &mut scratch, &Query::of(&index, request), &decision);
            *causes.entry(decision.cause).or_insert(0) += 1;
            with_obligations += usize::from(!decision.obligations.is_empty());
        }
        for less in with_less(facts, bundle.meaning.organisations.len()) {
            let decider = Decider::new(&index, &less);
            // Each time others: all of them take minutes.
            turn += 1;
            for request in requests.iter().skip(turn % 23).step_by(23) {
                agree(&decider, &mut scratch, &Query::of(&index, request), &decider.decide(request));
            }
        }
    }
    for cause in Cause::ALL {
        assert!(causes.get(&cause).is_some_and(|count| *count > 100), "{cause:?} is too rare: {causes:?}");
    }
    assert!(with_obligations > 100, "{with_obligations}");
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn both_ways_decide_the_same_of_many() {
    let (causes, given_up) = compare(12, 600, 10, 100);
    println!("{causes:?}, {given_up} the long way");
}

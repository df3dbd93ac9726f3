//! The quick way decides what the long way decides: on generated policies, worlds and requests. And its work is bounded, whatever is
//! delegated to whom. Tells nothing of time.

use crate::generated::generate::{self, Dice, world};
use fullmakt::decide::{Answer, Cause, Decider, Decision, Index, Query, Scratch};
use fullmakt::ir::{Bundle, Oblige};
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

#[test]
#[ignore = "takes minutes: the same on many more"]
fn both_ways_decide_the_same_of_many() {
    let (causes, given_up) = compare(12, 600, 10, 100);
    println!("{causes:?}, {given_up} the long way");
}

//! What is proved of a `never`, against worlds and requests by chance; that every refutation is decided so; and the samples of
//! the language, with and without the forbid that their `never` rests on.

use crate::generated::generate::{self, Dice, world};
use fullmakt::decide::{Cause, Decider, Effect, Index};
use fullmakt::ir::{Bundle, Rule, RuleId};
use fullmakt::prove::{Never, nevers};
use fullmakt::terms::effect::RuleEffect;

/// The bundle in which every `never` forbids.
fn strict(bundle: &Bundle) -> Bundle {
    let mut strict = bundle.clone();
    for rule in strict.meaning.rules.iter_mut().filter(|rule| rule.effect == RuleEffect::Never) {
        rule.effect = RuleEffect::Forbid;
    }
    strict
}

/// A bundle with a `never` that says what each of some of its forbids and permits says, perhaps with a part of it left out.
fn with_nevers(dice: &mut Dice, mut bundle: Bundle) -> Bundle {
    let mut more: Vec<Rule> = Vec::new();
    for rule in &bundle.meaning.rules {
        let percent = match rule.effect {
            RuleEffect::Forbid => 80,
            RuleEffect::Permit => 25,
            RuleEffect::Never | RuleEffect::Oblige => 0,
        };
        if !dice.chance(percent) {
            continue;
        }
        let mut never = Rule { effect: RuleEffect::Never, oblige: Vec::new(), ..rule.clone() };
        match dice.below(8) {
            0 => never.to = None,
            1 => never.requires = None,
            2 => never.of = None,
            3 => never.action = None,
            _ => {}
        }
        never.key = format!("{}x", rule.key.replacen("/forbid/", "/never/", 1).replacen("/permit/", "/never/", 1)).into();
        more.push(never);
    }
    bundle.meaning.rules.extend(more);
    bundle.meaning.rules.sort_by(|one, two| one.key.cmp(&two.key));
    bundle.meaning.rules.dedup_by(|one, two| one.key == two.key);
    bundle
}

#[derive(Debug, Default)]
struct Count {
    proved: usize,
    refuted: usize,
    not_followed: usize,
    permits: usize,
}

fn try_nevers(seed: u64, bundles: usize, requests: usize) -> Count {
    let mut dice = Dice(seed);
    let mut count = Count::default();
    for number in 0..bundles {
        let bundle = generate::with_any_never(&mut dice, number).bundle;
        let bundle = with_nevers(&mut dice, bundle);
        let strict = strict(&bundle);
        let (index, strict) = (Index::new(&bundle), Index::new(&strict));
        let mut proved: Vec<RuleId> = Vec::new();
        for (id, answer) in nevers(&bundle) {
            match answer {
                Never::Proved => {
                    count.proved += 1;
                    proved.push(id);
                }
                Never::NotFollowed(_) => count.not_followed += 1,
                Never::Refuted(broken) => {
                    count.refuted += 1;
                    assert_eq!(index.decide(&broken.facts, &broken.request).effect, Effect::Permit);
                    let forbidden = strict.decide(&broken.facts, &broken.request);
                    assert!(forbidden.traces.iter().any(|trace| trace.rule == Some(id)), "{id:?} {broken:#?}");
                }
            }
        }
        for _ in 0..3 {
            let world = world::world(&mut dice, &bundle.meaning);
            let facts = world.facts.store();
            let (decider, strictly) = (Decider::new(&index, &facts), Decider::new(&strict, &facts));
            for _ in 0..requests {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                let decision = decider.decide(&request);
                if decision.effect != Effect::Permit {
                    continue;
                }
                count.permits += 1;
                let other = strictly.decide(&request);
                if other.cause != Cause::Forbidden {
                    continue;
                }
                for trace in other.traces {
                    let Some(id) = trace.rule.filter(|id| proved.contains(id)) else { continue };
                    // A partial action may be permitted of other elements.
                    let released = decision.released.as_deref();
                    let permitted = released.is_none_or(|all| trace.elements.iter().any(|one| all.contains(one)));
                    let rule = bundle.meaning.rule(id);
                    assert!(!permitted, "{rule:#?}\n{request:#?}\n{:#?}", world.facts);
                }
            }
        }
    }
    count
}

#[test]
fn what_is_proved_no_world_by_chance_breaks() {
    let count = try_nevers(17, 12, 40);
    println!("{count:?}"); assert!(count.proved > 30 && count.refuted > 30 && count.permits > 200, "{count:?}");
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn what_is_proved_no_world_by_chance_breaks_of_many() {
    let count = try_nevers(18, 400, 400);
    assert!(count.proved > 1000, "{count:?}");
}

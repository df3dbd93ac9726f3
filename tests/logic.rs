//! What the room `logic` calls certain, against every assignment of small domains: a value, `none`, or missing for each
//! variable. And that what is plainly so is found.

use crate::support::chance;
use fullmakt::logic::{Atom, Domain, Effort, Formula, Outcomes, Variable, always, implies, never};
use proptest::prelude::*;

const DOMAINS: [Domain; 3] = [
    Domain { low: 0, high: 2, none: false },
    Domain { low: 0, high: 2, none: true },
    Domain { low: 0, high: 1, none: true },
];
const PROPOSITIONS: u32 = 2;

/// What a variable is: missing, `none`, or a number.
#[derive(Clone, Copy, PartialEq)]
enum Is {
    Missing,
    None,
    Number(i128),
}

struct World {
    variables: Vec<Is>,
    propositions: Vec<Option<bool>>,
}

/// Every world.
fn worlds() -> Vec<World> {
    let mut variables: Vec<Vec<Is>> = vec![Vec::new()];
    for domain in DOMAINS {
        let mut values = vec![Is::Missing];
        values.extend(domain.none.then_some(Is::None));
        values.extend((domain.low..=domain.high).map(Is::Number));
        variables = variables
            .iter()
            .flat_map(|before| values.iter().map(|value| [before.as_slice(), &[*value]].concat()))
            .collect();
    }
    let three = [None, Some(false), Some(true)];
    let mut worlds = Vec::new();
    for variables in variables {
        for one in three {
            let both = three.iter().map(|two| vec![one, *two]);
            worlds.extend(both.map(|propositions| World { variables: variables.clone(), propositions }));
        }
    }
    worlds
}

fn atom(world: &World, atom: Atom) -> Option<bool> {
    let of = |variable: Variable| match world.variables[variable.0 as usize] {
        Is::Missing => None,
        Is::None => Some(None),
        Is::Number(number) => Some(Some(number)),
    };
    match atom {
        Atom::Opaque(at) => world.propositions[at as usize],
        Atom::Equal(x, value) => of(x).map(|x| x == Some(value)),
        Atom::Less(x, value) => of(x).map(|x| x.is_some_and(|x| x < value)),
        Atom::More(x, value) => of(x).map(|x| x.is_some_and(|x| x > value)),
        Atom::None(x) => of(x).map(|x| x.is_none()),
        Atom::Pair(x, y, outcomes) => {
            let outcome = match (of(x)?, of(y)?) {
                (Some(x), Some(y)) if x < y => Outcomes::LESS,
                (Some(x), Some(y)) if x > y => Outcomes::MORE,
                (Some(_), Some(_)) => Outcomes::EQUAL.and(Outcomes::BOTH_NONE.not()),
                (None, None) => Outcomes::BOTH_NONE,
                _ => Outcomes::APART,
            };
            Some(!outcome.and(outcomes).is_empty())
        }
    }
}

fn value(world: &World, formula: &Formula) -> Option<bool> {
    match formula {
        Formula::Constant(is) => Some(*is),
        Formula::Atom(it) => atom(world, *it),
        Formula::Not(inner) => value(world, inner).map(|is| !is),
        Formula::And(parts) => {
            let values: Vec<_> = parts.iter().map(|part| value(world, part)).collect();
            if values.contains(&Some(false)) { Some(false) } else { values.into_iter().try_fold(true, |_, it| it) }
        }
        Formula::Or(parts) => {
            let values: Vec<_> = parts.iter().map(|part| value(world, part)).collect();
            if values.contains(&Some(true)) { Some(true) } else { values.into_iter().try_fold(false, |_, it| it) }
        }
    }
}

fn some_atom() -> impl Strategy<Value = Atom> {
    let variable = || (0..3u32).prop_map(Variable);
    let outcomes = prop_oneof![
        Just(Outcomes::LESS),
        Just(Outcomes::EQUAL),
        Just(Outcomes::MORE),
        Just(Outcomes::LESS.or(Outcomes::EQUAL)),
        Just(Outcomes::MORE.or(Outcomes::EQUAL)),
    ];
    prop_oneof![
        (0..PROPOSITIONS).prop_map(Atom::Opaque),
        (variable(), -1..4i128).prop_map(|(x, value)| Atom::Equal(x, value)),
        (variable(), -1..4i128).prop_map(|(x, value)| Atom::Less(x, value)),
        (variable(), -1..4i128).prop_map(|(x, value)| Atom::More(x, value)),
        variable().prop_map(Atom::None),
        (variable(), variable(), outcomes)
            .prop_filter_map("two variables", |(x, y, outcomes)| { (x != y).then_some(Atom::Pair(x, y, outcomes)) }),
    ]
}

fn some_formula() -> impl Strategy<Value = Formula> {
    let leaf = prop_oneof![
        8 => some_atom().prop_map(Formula::Atom),
        1 => any::<bool>().prop_map(Formula::Constant),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Formula::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Formula::And),
            prop::collection::vec(inner, 1..4).prop_map(Formula::Or),
        ]
    })
}

proptest! {
    #![proptest_config(chance(1_500))]

    #[test]
    fn what_is_certain_is_so_in_every_world(one in some_formula(), other in some_formula()) {
        let worlds = worlds();
        let effort = &mut Effort::of(1_000_000);
        let values: Vec<_> = worlds.iter().map(|world| (value(world, &one), value(world, &other))).collect();
        if never(&DOMAINS, &one, effort) {
            prop_assert!(values.iter().all(|(one, _)| *one != Some(true)));
        }
        if always(&DOMAINS, &one, effort) {
            prop_assert!(values.iter().all(|(one, _)| *one != Some(false)));
        }
        if implies(&DOMAINS, &one, &other, effort) {
            prop_assert!(values.iter().all(|(one, other)| *one != Some(true) || *other == Some(true)));
        }
        // Of one variable alone nothing is missed.
        if values.iter().all(|(one, _)| *one != Some(true)) && !has_pair(&one) {
            prop_assert!(never(&DOMAINS, &one, effort));
        }
    }
}

fn has_pair(formula: &Formula) -> bool {
    match formula {
        Formula::Constant(_) => false,
        Formula::Atom(atom) => matches!(atom, Atom::Pair(..)),
        Formula::Not(inner) => has_pair(inner),
        Formula::And(parts) | Formula::Or(parts) => parts.iter().any(has_pair),
    }
}

#[test]
fn what_takes_too_long_is_not_certain() {
    let unsettled =
        |at: u32| Formula::Or(vec![Formula::Atom(Atom::Opaque(2 * at)), Formula::Atom(Atom::Opaque(2 * at + 1))]);
    let mut parts: Vec<Formula> = (0..40).map(unsettled).collect();
    let effort = &mut Effort::of(1_000_000);
    assert!(!never(&[], &Formula::And(parts.clone()), effort));
    let contradiction = Formula::Or(vec![
        Formula::And(vec![
            Formula::Atom(Atom::Opaque(1000)),
            Formula::Atom(Atom::Opaque(1001)).negated(),
            Formula::Atom(Atom::Opaque(1000)).negated(),
        ]),
        Formula::And(vec![Formula::Atom(Atom::Opaque(1002)), Formula::Atom(Atom::Opaque(1002)).negated()]),
    ]);
    assert!(never(&[], &contradiction, effort));
    parts.insert(0, contradiction.clone());
    // Found or not, but at once.
    let _ = never(&[], &Formula::And(parts), effort);
    // Effort that is spent makes nothing certain.
    assert!(!never(&[], &contradiction, &mut Effort::of(2)));
}

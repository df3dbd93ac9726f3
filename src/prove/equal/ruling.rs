//! Do the rules of two bundles make the same of every element, where both hold alike? Compared as truths, with all that may be
//! missing.

use super::changed::Changed;
use super::{Both, Witness};
use crate::ir::{Oblige, Resource, ResourceId};
use crate::logic::{Answer, Effort, Wire, solve};
use crate::prove::atoms::Atoms;
use crate::prove::rules::Asked;
use crate::prove::translate::{Differs, Side, Translator};
use std::collections::{BTreeMap, BTreeSet};

/// How many models of one question are tried to be made into facts.
const TRIES: usize = 8;

/// What came of it.
pub(super) enum Ruled {
    /// They do; perhaps with why.
    Same(Option<String>),
    Differs(Box<Witness>),
    Unknown(String),
}

/// Do they? `held`: both hold alike.
pub(super) fn same(both: &Both<'_>, changed: &Changed, held: bool, effort: &mut Effort) -> Ruled {
    let mut unknown = None;
    let mut asked = 0;
    for (resource, actions) in &changed.touched {
        match over(both, changed, *resource, actions, held, effort) {
            Ruled::Same(_) => asked += 1,
            Ruled::Unknown(why) => unknown = unknown.or(Some(why)),
            differs @ Ruled::Differs(_) => return differs,
        }
    }
    match unknown {
        Some(why) => Ruled::Unknown(why),
        None if asked == 0 => Ruled::Same(None),
        None => {
            Ruled::Same(Some("the rules permit, forbid and oblige to the same, whatever is so or missing".to_owned()))
        }
    }
}

/// What is made of an element, in whatever version is in force.
#[derive(Default)]
struct Made {
    forbidden: Vec<Wire>,
    undecidable: Vec<Wire>,
    permitted: Vec<Wire>,
    /// Permitted, and released by name.
    released: Vec<Wire>,
    obligations: BTreeMap<Oblige, Vec<Wire>>,
}

fn over<'b>(
    both: &Both<'b>,
    changed: &Changed,
    resource: ResourceId,
    actions: &BTreeSet<Option<Box<str>>>,
    held: bool,
    effort: &mut Effort,
) -> Ruled {
    let versions =
        [both.one, both.two].map(|meaning| meaning.resource(resource).map_or(&[][..], |named| &named.versions));
    let records = versions.iter().flat_map(|all| all.iter()).filter_map(|version| version.records).collect();
    let sides =
        vec![Side { meaning: both.one, rules: both.rules[0] }, Side { meaning: both.two, rules: both.rules[1] }];
    let mut translator = Translator::new(Atoms::new(both.one, records), sides);
    translator.differs = Differs {
        resource: changed.resources.contains(&resource) || !changed.conditions.is_empty(),
        roles: !changed.roles.is_empty(),
        permitted: true,
    };
    let all_actions = |version: &'b Resource| version.actions.iter().map(|action| &*action.name);
    let names: BTreeSet<&str> = versions.iter().flat_map(|all| all.iter()).flat_map(all_actions).collect();
    let mut unknown = None;
    for action in names {
        if !actions.contains(&None) && !actions.contains(&Some(Box::from(action))) {
            continue;
        }
        let elements: BTreeSet<Option<&'b str>> =
            versions.iter().flat_map(|all| all.iter()).flat_map(crate::prove::rules::elements).collect();
        for element in elements {
            translator.rest();
            let made = [0, 1].map(|side| {
                translator.side = side;
                of_side(&mut translator, resource, versions.get(side).copied().unwrap_or_default(), action, element)
            });
            translator.side = 0;
            let apart = apart(&mut translator, &made);
            if apart == Wire::FALSE {
                continue;
            }
            match differs(
                both,
                &mut translator,
                resource,
                versions.first().copied().unwrap_or_default(),
                action,
                element,
                apart,
                effort,
            ) {
                Ruled::Same(_) => {}
                Ruled::Unknown(why) => unknown = unknown.or(Some(why)),
                differs @ Ruled::Differs(_) => return differs,
            }
        }
    }
    // Each element alone is decided alike; all together only where there are the same.
    let [one, two] = versions;
    let of_all = one.iter().chain(two).map(|version| &version.elements).collect::<Vec<_>>();
    let in_turn = one.iter().map(|version| (version.period, &version.elements));
    let same_parts = in_turn.eq(two.iter().map(|version| (version.period, &version.elements)))
        || of_all.windows(2).all(|pair| matches!(pair, [one, two] if one == two));
    match unknown {
        Some(why) => Ruled::Unknown(why),
        None if translator.spent => Ruled::Unknown("there is too much to follow".to_owned()),
        None if !same_parts => Ruled::Unknown("the elements differ".to_owned()),
        None if !held => Ruled::Unknown("what is held may differ".to_owned()),
        None => Ruled::Same(None),
    }
}

fn of_side<'b>(
    translator: &mut Translator<'b>,
    resource: ResourceId,
    versions: &'b [Resource],
    action: &str,
    element: Option<&'b str>,
) -> Made {
    let mut made = Made::default();
    for (at, version) in versions.iter().enumerate() {
        if !crate::prove::rules::elements(version).contains(&element) {
            continue;
        }
        let asked = Asked { resource, version, at, element, record: true };
        let verdict = translator.verdict(asked, action);
        let time = translator.in_force(version.period);
        let circuit = &mut translator.atoms.circuit;
        made.forbidden.push(circuit.and(time, verdict.forbidden));
        made.undecidable.push(circuit.and(time, verdict.undecidable));
        let permitted = circuit.and(time, verdict.permitted);
        made.permitted.push(permitted);
        let partial = version.actions.iter().any(|one| *one.name == *action && one.partial);
        if partial && element.is_some() {
            made.released.push(permitted);
        }
        for (one, is) in verdict.obligations {
            let is = circuit.and(time, is);
            made.obligations.entry(one).or_default().push(is);
        }
    }
    made
}

/// Is anything made differently?
fn apart(translator: &mut Translator<'_>, made: &[Made; 2]) -> Wire {
    let [one, two] = made;
    let circuit = &mut translator.atoms.circuit;
    let mut unlike = Vec::new();
    let none = Vec::new();
    let mut pairs = vec![
        (&one.forbidden, &two.forbidden),
        (&one.undecidable, &two.undecidable),
        (&one.permitted, &two.permitted),
        (&one.released, &two.released),
    ];
    let all: BTreeSet<&Oblige> = one.obligations.keys().chain(two.obligations.keys()).collect();
    pairs
        .extend(all.into_iter().map(|oblige| {
            (one.obligations.get(oblige).unwrap_or(&none), two.obligations.get(oblige).unwrap_or(&none))
        }));
    for (one, two) in pairs {
        let (one, two) = (circuit.any(one.iter().copied()), circuit.any(two.iter().copied()));
        unlike.push(!circuit.alike(one, two));
    }
    circuit.any(unlike)
}

#[expect(clippy::too_many_arguments, reason = "one question, and where it is asked")]
fn differs<'b>(
    both: &Both<'b>,
    translator: &mut Translator<'b>,
    resource: ResourceId,
    versions: &'b [Resource],
    action: &str,
    element: Option<&'b str>,
    apart: Wire,
    effort: &mut Effort,
) -> Ruled {
    let mut wires = vec![apart];
    for tried in 0..TRIES {
        wires = translator.with_axioms(wires, Some(both.gives[0]));
        if translator.spent {
            return Ruled::Unknown("there is too much to follow".to_owned());
        }
        let model = match solve(&translator.atoms.circuit, &wires, effort) {
            Answer::Never if tried == 0 => return Ruled::Same(None),
            Answer::Never => break,
            Answer::TooLong => return Ruled::Unknown("it takes too long to follow".to_owned()),
            Answer::Model(model) => model,
        };
        let version = versions.first();
        let asked = version.map(|version| Asked { resource, version, at: 0, element, record: true });
        let made = asked.and_then(|asked| translator.made(&model, both.gives[0], asked, action));
        if let Some((facts, request)) = &made
            && let Some(witness) = both.witness(facts, request)
        {
            return Ruled::Differs(Box::new(witness));
        }
        wires.push(translator.unlike(&model, made.as_ref(), both.index[0], element, &[apart]).1);
    }
    Ruled::Unknown("no facts were found that are as the rules could tell them apart".to_owned())
}

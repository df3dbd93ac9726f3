//! What would permit a denied request: each set that is listed does, and no less of it; of single changes none is missing; and how it
//! reads over the shipped policies. Changes are made here by hand, through the same facts that anybody makes.

use crate::generated::generate::{self, Dice, world};
use fullmakt::decide::nearest::{Blocked, Change, Holder, Limits, Nearest};
use fullmakt::decide::{Action, Cause, Decider, Effect, Index, On, Request};
use fullmakt::facts::{Delegation, Draft, EntityId, Facts, Given, Known, RoleFact, Value};
use fullmakt::harness;
use fullmakt::ir::{Bundle, Meaning, PackageId, RoleId, Type};
use fullmakt::project::Project;
use fullmakt::source::Sources;
use fullmakt::terms::period::{Period, date_in_oslo};
use fullmakt::terms::root::BuiltIn;
use fullmakt::words::nearest::{self, Telling};
use fullmakt::words::speaker::{FactsSaid, Speaker};
use fullmakt::words::decision;
use std::path::Path;

/// The facts and the request with changes made, as somebody would who reads them.
fn made(meaning: &Meaning, facts: &Draft, request: &Request, set: &[Change]) -> (Draft, Request) {
    let (mut facts, mut request) = (facts.clone(), request.clone());
    for change in set {
        match change.clone() {
            Change::Say(place, value) => {
                let known = match place.holder {
                    Holder::Context => &mut request.context,
                    Holder::Record => match request.record.get_or_insert_with(|| Value::Nameless(Box::default())) {
                        Value::Nameless(known) => known,
                        other => panic!("{other:?} has a name"),
                    },
                    Holder::Thing(id) => &mut facts.things[id.0 as usize].attributes,
                    Holder::Entity(id) => &mut facts.entities[id.0 as usize].attributes,
                    Holder::Delegation(of) => {
                        let one = facts.delegations.iter_mut().find(|one| one.delegated() == of);
                        &mut one.expect("a delegation").attributes
                    }
                };
                say(known, &place.path, value);
            }
            Change::Record(id) => request.record = Some(Value::Thing(id)),
            Change::Reach(id) => assert!(facts.out_of_reach.remove(&id)),
            Change::Delegate(one) => facts.delegations.push(one),
            Change::Role(fact) => facts.roles.push(fact),
            Change::Without(names) => {
                let On::Resource(id) = request.on else { panic!("{:?} has no elements", request.on) };
                if request.elements.is_empty() {
                    let (_, body) = meaning.resource(id).unwrap().on(request.today).unwrap();
                    request.elements.clone_from(body.elements.known().unwrap());
                }
                request.elements.retain(|name| !names.contains(name));
                assert!(!request.elements.is_empty());
            }
            Change::Subject(who) => request.subject = Some(who),
            Change::Party(who) => request.party = Some(who),
            Change::EndRole(fact) => facts.roles.retain(|one| *one != fact),
            Change::EndDelegation(of) => facts.delegations.retain(|one| one.delegated() != of),
            Change::At(moment) => (request.now, request.today) = (moment, date_in_oslo(moment)),
        }
    }
    (facts, request)
}

fn say(known: &mut Known, path: &[Box<str>], value: Value) {
    let (name, rest) = path.split_first().expect("a name");
    let at = known.0.iter().position(|(own, _)| own == name);
    let value = if rest.is_empty() {
        value
    } else {
        let mut inner = match at.map(|at| known.0[at].1.clone()) {
            Some(Value::Nameless(inner)) => *inner,
            _ => Known::default(),
        };
        say(&mut inner, rest, value);
        Value::Nameless(Box::new(inner))
    };
    known.0.retain(|(own, _)| own != name);
    known.0.push((name.clone(), value));
    known.0.sort();
}

/// Is it permitted with these changes?
fn permits(index: &Index<'_>, meaning: &Meaning, facts: &Draft, request: &Request, set: &[Change]) -> bool {
    let (facts, request) = made(meaning, facts, request, set);
    index.decide(&facts.store(), &request).effect == Effect::Permit
}

/// Each set permits, and without any of its changes it does not; they stand in order, none in another.
fn hold(bundle: &Bundle, index: &Index<'_>, facts: &Draft, request: &Request, nearest: &Nearest) {
    let meaning = &bundle.meaning;
    for set in &nearest.sets {
        assert!(!set.is_empty() && set.len() <= nearest.most_changes);
        assert!(permits(index, meaning, facts, request, set), "{set:#?} does not permit {request:#?}");
        for at in 0..set.len() {
            let mut less = set.clone();
            less.remove(at);
            assert!(!permits(index, meaning, facts, request, &less), "{set:#?} is more than enough for {request:#?}");
        }
        let others = nearest.sets.iter().filter(|other| *other != set);
        assert!(!others.clone().any(|other| other.iter().all(|change| set.contains(change))), "{set:#?} has another");
    }
    assert!(nearest.sets.is_sorted_by_key(Vec::len));
    assert!(nearest.sets.is_empty() || nearest.blocked.is_empty());
}

const FEW: Limits = Limits { changes: 3, sets: 30, tries: 150 };

#[test]
fn each_set_permits_and_no_less_of_it_does() {
    let mut dice = Dice(21);
    let (mut found, mut larger, mut denied) = (0, 0, 0);
    for number in 0..12 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        for _ in 0..3 {
            let world = world::world(&mut dice, &bundle.meaning);
            let facts = world.facts.store();
            for _ in 0..4 {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                let decider = Decider::new(&index, &facts);
                let nearest = decider.nearest(&request, FEW);
                assert_eq!(nearest, decider.nearest(&request, FEW));
                if decider.decide(&request).effect == Effect::Permit {
                    assert_eq!(nearest.sets, Vec::<Vec<Change>>::new());
                    continue;
                }
                hold(&bundle, &index, &world.facts, &request, &nearest);
                denied += 1;
                found += usize::from(!nearest.sets.is_empty());
                larger += usize::from(nearest.sets.iter().any(|set| set.len() > 1));
            }
        }
    }
    println!("{denied} denied, {found} with changes, {larger} with several at once");
    assert!(found * 2 > denied && larger * 5 > denied, "{denied} denied, {found} with changes, {larger} with several");
}

/// Every single role fact, delegation for the party and plain value of the context that permits.
fn singles(bundle: &Bundle, index: &Index<'_>, facts: &Draft, request: &Request) -> Vec<Change> {
    let meaning = &bundle.meaning;
    let everybody: Vec<EntityId> = (0..facts.entities.len() as u32).map(EntityId).collect();
    let kind = |id: EntityId| facts.entities[id.0 as usize].kind;
    let mut all = Vec::new();
    for at in 0..meaning.roles.len() {
        let role = RoleId::from(at);
        let Some((_, body)) = meaning.role(role).and_then(|named| named.on(request.today)) else { continue };
        for subject in everybody.iter().copied().filter(|id| body.by.has(kind(*id))) {
            let fact = |party| Change::Role(RoleFact { subject, role, party, period: Period::ALWAYS });
            match body.of {
                None => all.push(fact(None)),
                Some(kinds) => all.extend(
                    everybody.iter().filter(|id| kinds.has(kind(**id)) && **id != subject).map(|id| fact(Some(*id))),
                ),
            }
        }
    }
    if let Some(party) = request.party() {
        let packages = (0..meaning.packages.len()).map(|at| Given::Package(PackageId::from(at)));
        let what: Vec<Given> = match request.on {
            On::Area(area) => vec![Given::Area(area)],
            _ => packages.collect(),
        };
        for (giver, receiver) in everybody.iter().flat_map(|one| everybody.iter().map(move |two| (*one, *two))) {
            all.extend(what.iter().filter(|_| giver != receiver).map(|what| {
                Change::Delegate(Delegation {
                    receiver,
                    party,
                    what: *what,
                    giver,
                    given: request.today,
                    period: Period::ALWAYS,
                    withdrawn: None,
                    attributes: Known::default(),
                })
            }));
        }
    }
    for (name, of) in meaning.built_in.get(&BuiltIn::Context).into_iter().flatten() {
        let values = match of {
            Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Type::Enum(id) => {
                (0..meaning.enum_at(*id).unwrap().body.values.len() as u32).map(|at| Value::Enum(*id, at)).collect()
            }
            _ => Vec::new(),
        };
        let place = fullmakt::decide::nearest::Place { holder: Holder::Context, path: vec![name.clone()] };
        all.extend(values.into_iter().map(|value| Change::Say(place.clone(), value)));
    }
    all.retain(|change| permits(index, meaning, facts, request, std::slice::from_ref(change)));
    all
}

#[test]
fn no_single_change_is_missing() {
    let mut dice = Dice(22);
    let limits = Limits { changes: 1, sets: 10_000, tries: 10_000 };
    let (mut compared, mut missing) = (0, Vec::new());
    for number in 0..10 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        let world = world::world(&mut dice, &bundle.meaning);
        let facts = world.facts.store();
        for _ in 0..3 {
            let request = world::request(&mut dice, &bundle.meaning, &world);
            let decider = Decider::new(&index, &facts);
            if decider.decide(&request).effect == Effect::Permit {
                continue;
            }
            let nearest = decider.nearest(&request, limits);
            for single in singles(&bundle, &index, &world.facts, &request) {
                compared += 1;
                if !nearest.sets.contains(&vec![single.clone()]) {
                    missing.push(format!("{number}: {single:?} for {request:?}"));
                }
            }
        }
    }
    println!("{compared} compared");
    assert!(compared > 50, "{compared}");
    assert!(missing.is_empty(), "{} of {compared} are missing\n{}", missing.len(), missing.join("\n"));
}

/// Every denied request of the shipped suites, with its facts and the name of its case.
fn shipped() -> Project {
    let project = Project::read(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")]);
    assert!(project.bundle.is_some(), "{:?}", project.findings);
    project
}

#[test]
fn look() {
    let project = shipped();
    let (bundle, origins) = project.bundle.as_ref().unwrap();
    let index = Index::new(bundle);
    let speaker = Speaker::new(bundle, Some(origins));
    let every: usize = std::env::var("EVERY").map_or(40, |text| text.parse().unwrap());
    let mut at = 0;
    for (suite, check, asked) in harness::run::asked(&project.suites) {
        let facts = suite.facts_of(check);
        let decider = Decider::new(&index, facts);
        let decision = decider.decide(&asked.request);
        if decision.effect == Effect::Permit {
            continue;
        }
        at += 1;
        if at % every != 0 {
            continue;
        }
        let start = std::time::Instant::now();
        let found = decider.nearest(&asked.request, Limits::default());
        let places = suite.places_of(check);
        let said = FactsSaid { facts, roles: &places.roles, delegations: &places.delegations, sources: &project.sources };
        let telling = Telling { decision: &decision, request: &asked.request, speaker: &speaker, facts: &said };
        println!("==== {}  {:?} {} sets", check.name, start.elapsed(), found.sets.len());
        println!("{}{}", decision::human(&decision, &asked.request, &speaker, &said), nearest::human(&found, &telling));
    }
}

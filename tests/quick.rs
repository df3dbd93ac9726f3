//! The quick way decides what the long way decides: on generated policies, worlds and requests. And its work is bounded, whatever is
//! delegated to whom. Tells nothing of time.

use crate::generated::generate::{self, Dice, world};
use fullmakt::compile::{Options, compile};
use fullmakt::decide::{
    Action, Answer, Asking, Cause, Decider, Decision, Directory, Index, Named, On, Query, Request, Scratch,
};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Facts, Given, Known, RoleFact, Value, Whose};
use fullmakt::harness;
use fullmakt::ir::{AreaId, Bundle, Oblige, OrganisationId, ResourceId};
use fullmakt::project::Project;
use fullmakt::source::{Source, Sources};
use fullmakt::terms::{kind::Kind, period::Period};
use jiff::{Timestamp, civil::date};
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

fn compiled(text: &str) -> Bundle {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("m.fmk", text));
    let compiled = compile(&sources, &[id], Options::default());
    compiled.bundle.unwrap_or_else(|| panic!("{:#?}", compiled.findings)).0
}

fn entity(name: &str, kind: Kind) -> Entity {
    Entity { name: name.into(), kind, declared: None, attributes: Known::default() }
}

fn manager(bundle: &Bundle, subject: EntityId, party: EntityId) -> RoleFact {
    let role = bundle.meaning.role_named("m.manager").expect("a role");
    RoleFact { subject, role, party: Some(party), period: Period::ALWAYS }
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

/// What rules ask of the context alone is made ready once, and followed in a way of its own: with every value there, missing and none.
#[test]
fn both_ways_read_the_context_alike() {
    let conditions = [
        "context.blocked",
        "not context.blocked",
        "context.level == 2",
        "context.level != 2",
        "context.level < 2",
        "context.level <= 2",
        "context.level > 2",
        "context.level >= 2",
        "2 < context.level",
        "context.tier == low",
        "context.tier != high",
        "context.tier > low",
        "trusted",
        "context.level in [1, 2]",
        "context.blocked and (context.level == 1 or context.tier == low)",
        "not (trusted or context.blocked)",
        "subject == party and context.level >= 2",
    ];
    let mut text = String::from(
        "module m\nenum tier = low < high\nentity context { level integer, blocked bool, tier tier }\n\
         condition trusted = context.level >= 2 and not context.blocked\n\
         role manager \"M\" { held by person for organisation key yes }\n\
         package p \"P\" { about \"x\" for organisation delegable no services yes data none\n  grant to manager\n}\n",
    );
    for (number, condition) in conditions.iter().enumerate() {
        text.push_str(&format!(
            "service s{number:02} \"S {number}\" {{ data none action view \"V\" action send \"S\"\n  permit view requires p when {condition}\n  \
             permit send requires p\n  forbid send when {condition}\n}}\n"
        ));
    }
    let bundle = compiled(&text);
    let index = Index::new(&bundle);
    let tier = bundle.meaning.enum_named("m.tier").expect("an enum");
    let (clinic, kari) = (EntityId(0), EntityId(1));
    let facts = Draft {
        entities: vec![entity("clinic", Kind::Organisation), entity("kari", Kind::Person)],
        roles: vec![manager(&bundle, kari, clinic)],
        ..Draft::default()
    };
    let facts = facts.store();
    let decider = Decider::new(&index, &facts);
    let mut scratch = Scratch::default();
    let mut causes: BTreeMap<Cause, usize> = BTreeMap::new();
    let blocked = [None, Some(Value::None), Some(Value::Bool(true)), Some(Value::Bool(false))];
    let level = [None, Some(Value::None)].into_iter().chain((1..4).map(|number| Some(Value::Integer(number))));
    let tiers = [None, Some(Value::None), Some(Value::Enum(tier, 0)), Some(Value::Enum(tier, 1))];
    for level in level {
        for (blocked, tier) in blocked.iter().flat_map(|blocked| tiers.iter().map(move |tier| (blocked, tier))) {
            let known = [("blocked", blocked), ("level", &level), ("tier", tier)];
            let known = known.into_iter().filter_map(|(name, value)| Some((name.into(), value.clone()?)));
            let context = Known(known.collect());
            for (number, action) in (0..conditions.len()).flat_map(|at| [(at, "view"), (at, "send")]) {
                let act = Asking::Act(ResourceId::from(number), index.action(action).expect("an action"));
                let query = Query {
                    context: &context,
                    ..Query::new(Timestamp::UNIX_EPOCH, date(1970, 1, 1), kari, clinic, act)
                };
                let decision = decider.decide(&query.request(&index));
                agree(&decider, &mut scratch, &query, &decision);
                *causes.entry(decision.cause).or_default() += 1;
            }
        }
    }
    for cause in Cause::ALL {
        assert!(causes.get(&cause).is_some_and(|count| *count > 100), "{cause:?} is too rare: {causes:?}");
    }
}

/// A world with requests by somebody, and the bundle that they are about.
fn asked(seed: u64, count: usize) -> (Bundle, Facts, Vec<Request>) {
    let mut dice = Dice(seed);
    let bundle = generate::policy(&mut dice, 0).bundle;
    let world = world::world(&mut dice, &bundle.meaning);
    let request = |dice: &mut Dice| loop {
        let request = world::request(dice, &bundle.meaning, &world);
        if request.subject.is_some() {
            return request;
        }
    };
    let requests = (0..count).map(|_| request(&mut dice)).collect();
    (bundle, world.facts.clone().store(), requests)
}

#[test]
fn many_at_once_are_answered_in_their_order_on_any_number_of_threads() {
    let (bundle, facts, requests) = asked(21, 1000);
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let queries: Vec<Query<'_>> = requests.iter().map(|request| Query::of(&index, request)).collect();
    let one_by_one: Vec<Answer> = queries.iter().map(|query| decider.answer(&mut Scratch::default(), query)).collect();
    assert!(one_by_one.iter().any(|answer| *answer != one_by_one[0]), "they differ");
    let mut answers = Vec::new();
    decider.answers(&mut Scratch::default(), &[], &mut answers);
    assert_eq!(answers, []);
    for threads in [1, 3, 7] {
        let answers = |queries| {
            let mut answers = Vec::new();
            decider.answers(&mut Scratch::default(), queries, &mut answers);
            answers
        };
        let parts: Vec<Vec<Answer>> = std::thread::scope(|scope| {
            let parts = queries.chunks(queries.len().div_ceil(threads));
            let running: Vec<_> = parts.map(|part| scope.spawn(move || answers(part))).collect();
            running.into_iter().map(|one| one.join().expect("it ends")).collect()
        });
        assert_eq!(parts.concat(), one_by_one, "{threads} threads");
    }
    // What is there already stays.
    let mut answers = one_by_one[..2].to_vec();
    decider.answers(&mut Scratch::default(), &queries[2..], &mut answers);
    assert_eq!(answers, one_by_one);
}

#[test]
fn many_by_names_are_answered_as_by_ids_and_what_is_not_there_has_no_answer() {
    let (bundle, facts, requests) = asked(22, 600);
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let directory = Directory::new(&bundle, &index);
    let at = (requests[0].now, requests[0].today);
    let meaning = &bundle.meaning;
    let mut named: Vec<Named<'_>> = Vec::new();
    let mut expected: Vec<Option<Answer>> = Vec::new();
    for (number, request) in requests.iter().enumerate() {
        let (subject, party) = (request.subject.expect("somebody"), request.party().expect("a party"));
        let names = match request.on {
            On::Package(id) => meaning.package(id).map(|one| (&*one.name, one.identifier())),
            On::Area(id) => meaning.area(id).map(|one| (&*one.name, one.identifier())),
            On::Resource(id) => meaning.resource(id).map(|one| (&*one.name, one.identifier())),
        };
        let (name, identifier) = names.expect("a name");
        let one = Named {
            subject: facts.name(subject),
            party: facts.name(party),
            action: request.action.word(),
            on: if number % 2 == 0 { name } else { identifier },
            to: request.to.map(|to| facts.name(to)),
            context: &request.context,
        };
        // Of six one has a name that nobody or nothing has.
        let one = match number % 24 {
            3 => Named { subject: "nobody of this name", ..one },
            7 => Named { party: "nobody of this name", ..one },
            11 => Named { on: "nothing.of.this.name", ..one },
            15 => Named { to: Some("nobody of this name"), ..one },
            _ => one,
        };
        let whole = Request { now: at.0, today: at.1, record: None, elements: Vec::new(), ..request.clone() };
        let there = ![3, 7, 11, 15].contains(&(number % 24));
        let answer = || decider.answer(&mut Scratch::default(), &Query::of(&index, &whole));
        expected.push(there.then(answer));
        named.push(one);
    }
    let mut scratch = Scratch::default();
    let one_by_one: Vec<Option<Answer>> =
        named.iter().map(|one| decider.answer_by_name(&directory, &mut scratch, at, one)).collect();
    assert_eq!(one_by_one, expected);
    let mut answers = Vec::new();
    decider.answers_by_name(&directory, &mut scratch, at, &[], &mut answers);
    assert_eq!(answers, []);
    decider.answers_by_name(&directory, &mut scratch, at, &named, &mut answers);
    assert_eq!(answers, expected);
    // An action that nothing has is asked of something that is there: nobody is granted it.
    let none = Named { action: "no such action", to: None, ..named[0] };
    let answer = decider.answer_by_name(&directory, &mut scratch, at, &none);
    assert_eq!(answer.map(|answer| answer.cause), Some(Cause::NotGranted));
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn both_ways_decide_the_same_of_many() {
    let (causes, given_up) = compare(12, 600, 10, 100);
    println!("{causes:?}, {given_up} the long way");
}

/// What is asked too deep is left to the long way, and what it obliges to is told all the same.
#[test]
fn what_is_left_to_the_long_way_obliges_alike() {
    let mut text = String::from("module m\nobligation log\nrole manager \"M\" { held by person for organisation }\n");
    for number in 0..12 {
        let when = if number == 0 { String::new() } else { format!(" when permitted s{:02}.view", number - 1) };
        text.push_str(&format!(
            "service s{number:02} \"S {number}\" {{ data none action view \"V\"\n  permit view to manager{when} oblige log\n}}\n"
        ));
    }
    let bundle = compiled(&text);
    let facts = Draft {
        entities: vec![entity("clinic", Kind::Organisation), entity("kari", Kind::Person)],
        roles: vec![manager(&bundle, EntityId(1), EntityId(0))],
        ..Draft::default()
    };
    let (index, facts) = (Index::new(&bundle), facts.store());
    let decider = Decider::new(&index, &facts);
    let act = Asking::Act(ResourceId::from(11), index.action("view").expect("an action"));
    let context = Known::default();
    let query = Query {
        context: &context,
        ..Query::new(Timestamp::UNIX_EPOCH, date(1970, 1, 1), EntityId(1), EntityId(0), act)
    };
    let decision = decider.decide(&query.request(&index));
    assert_eq!((decision.cause, decision.obligations.len()), (Cause::Permitted, 1), "{decision:#?}");
    let mut scratch = Scratch::default();
    agree(&decider, &mut scratch, &query, &decision);
    assert_eq!(scratch.left_to_decide(), 2, "once with what it obliges to, once without");
}

/// A grant that needs no link hides none that has one: an area is held by links alone (Q5), here behind the holder of another package.
#[test]
fn an_area_is_held_by_a_link_behind_a_grant_without_one() {
    let text = "module m\nrole manager \"M\" { held by person for organisation }\n\
        area a \"A\" {\n  delegable to person\n\
          package q \"Q\" { about \"q\" for organisation delegable to person services yes data none grant to manager }\n\
          package p \"P\" { about \"p\" for organisation delegable no services yes data none grant to manager grant use to q }\n}\n";
    let bundle = compiled(text);
    let (clinic, kari, per) = (EntityId(0), EntityId(1), EntityId(2));
    let area = AreaId::from(0);
    let given = Delegation {
        giver: per,
        receiver: kari,
        party: clinic,
        what: Given::Area(area),
        given: date(2026, 2, 1),
        period: Period::ALWAYS,
        withdrawn: None,
        attributes: Known::default(),
    };
    let facts = Draft {
        entities: vec![entity("clinic", Kind::Organisation), entity("kari", Kind::Person), entity("per", Kind::Person)],
        roles: vec![manager(&bundle, kari, clinic), manager(&bundle, per, clinic)],
        delegations: vec![given],
        ..Draft::default()
    };
    let (index, facts) = (Index::new(&bundle), facts.store());
    let decider = Decider::new(&index, &facts);
    let request = Request {
        now: "2026-03-01T11:00:00Z".parse().unwrap(),
        today: date(2026, 3, 1),
        subject: Some(kari),
        party: Some(clinic),
        action: Action::Use,
        on: On::Area(area),
        to: None,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    };
    let decision = decider.decide(&request);
    assert_eq!(decision.cause, Cause::Permitted, "{decision:#?}");
    agree(&decider, &mut Scratch::default(), &Query::of(&index, &request), &decision);
}

//! What would permit a denied request: each set that is listed does, and no less of it; of single changes none is missing; and how it
//! reads over the shipped policies. Changes are made here by hand, through the same facts that anybody makes.

use crate::cli::fullmakt;
use crate::generated::generate::{self, Dice, world};
use crate::scratch::Scratch;
use crate::suites::Suites;
use fullmakt::decide::nearest::{Change, Holder, Limits, Nearest};
use fullmakt::decide::{Action, Decider, Effect, Index, On, Request};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact, Value};
use fullmakt::harness;
use fullmakt::ir::{Bundle, Meaning, OrganisationId, PackageId, RoleId, Type};
use fullmakt::project::Project;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::{Period, date_in_oslo};
use fullmakt::terms::root::BuiltIn;
use fullmakt::words::decision;
use fullmakt::words::nearest::{self, Telling};
use fullmakt::words::speaker::{FactsSaid, Speaker};
use jiff::civil::date;
use std::collections::BTreeSet;
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

const FEW: Limits = Limits { changes: 3, sets: 30, tries: 100, whole: 0 };

#[test]
fn each_set_permits_and_no_less_of_it_does() {
    let mut dice = Dice(21);
    let (mut found, mut larger, mut denied) = (0, 0, 0);
    for number in 0..10 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        for _ in 0..2 {
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
    assert!(found * 3 > denied && larger * 6 > denied, "{denied} denied, {found} with changes, {larger} with several");
}

/// Every single role fact, delegation for the party and plain value of the context that permits.
fn singles(bundle: &Bundle, index: &Index<'_>, facts: &Draft, request: &Request) -> Vec<Change> {
    let meaning = &bundle.meaning;
    // Those who have to do with it already, and a few more.
    let mut everybody: BTreeSet<EntityId> =
        [request.subject, request.party(), request.to].into_iter().flatten().collect();
    let party = request.party();
    let near = facts.delegations.iter().filter(|one| Some(one.party) == party);
    everybody.extend(near.flat_map(|one| [one.giver, one.receiver]));
    everybody.extend(facts.roles.iter().filter(|fact| fact.party == party && party.is_some()).map(|fact| fact.subject));
    everybody.extend((0..facts.entities.len() as u32).map(EntityId).take(3));
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

/// Compares the single changes that are listed with all that there are: how many, and those that are missing.
fn compare(seed: u64, policies: usize, requests: usize) -> (usize, Vec<String>) {
    let mut dice = Dice(seed);
    let limits = Limits { changes: 1, sets: 10_000, tries: 10_000, whole: 0 };
    let (mut compared, mut missing) = (0, Vec::new());
    for number in 0..policies {
        let bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        let world = world::world(&mut dice, &bundle.meaning);
        let facts = world.facts.store();
        for _ in 0..requests {
            let request = world::request(&mut dice, &bundle.meaning, &world);
            let decider = Decider::new(&index, &facts);
            if decider.decide(&request).effect == Effect::Permit {
                continue;
            }
            let nearest = decider.nearest(&request, limits);
            for single in singles(&bundle, &index, &world.facts, &request) {
                compared += 1;
                if !nearest.sets.contains(&vec![single.clone()]) {
                    let (facts, request) = made(&bundle.meaning, &world.facts, &request, std::slice::from_ref(&single));
                    let because = index.decide(&facts.store(), &request).traces;
                    missing.push(format!("{number}: {single:?} for {request:?}\n    {because:?}"));
                }
            }
        }
    }
    (compared, missing)
}

#[test]
fn no_single_change_is_missing() {
    let (compared, missing) = compare(23, 10, 2);
    assert!(missing.is_empty(), "{} of {compared} are missing\n{}", missing.len(), missing.join("\n"));
    assert!(compared > 10, "{compared}");
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn no_single_change_is_missing_of_many() {
    let seed = std::env::var("SEED").map_or(24, |text| text.parse().unwrap());
    let (compared, missing) = compare(seed, 60, 6);
    println!("{compared} compared");
    assert!(missing.is_empty(), "{} of {compared} are missing\n{}", missing.len(), missing.join("\n"));
}

/// The blocks of the page in a language: the name in the first line, and the whole.
fn blocks(language: &str) -> Vec<String> {
    let page = include_str!("../docs/explain.md");
    let open = format!("```{language}\n");
    page.split(&open).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_page_shows_what_is_said() {
    let scratch = Scratch::new("explain");
    let mut module = String::new();
    for text in blocks("fmk").into_iter().chain(blocks("yaml")) {
        let (name, rest) = text.split_once('\n').unwrap();
        let name = name.split_once("# file: ").unwrap().1;
        if name.ends_with(".fmk") {
            name.clone_into(&mut module);
        }
        scratch.file(name, rest);
    }
    let ask = |more: &[&str]| {
        let asked = [&["decide", "--facts", "facts.yaml", "--request", "request.yaml", &module][..], more].concat();
        fullmakt(scratch.path(), &asked)
    };
    let told = ask(&["--explain"]);
    assert_eq!((told.out.as_str(), told.code), (blocks("text")[0].as_str(), 0), "{}", told.err);
    // Whoever does what the first entry says is permitted, and is told nothing more.
    scratch.file("more.yaml", "context: { login: true }");
    let facts = "people: { kari: {}, per: {} }\norganisations: { clinic: }\nroles: [{ subject: kari, role: manager, party: clinic }]\n";
    scratch.file("facts.yaml", format!(
        "{facts}delegations: [{{ giver: clinic, receiver: per, party: clinic, package: reading, given: 2026-03-01 }}]\n"
    ));
    let told = ask(&["--explain", "--context", "login=true"]);
    assert!(told.out.starts_with("permit ") && !told.out.contains("nearest"), "{}", told.out);
    assert_eq!(told.out, ask(&["--context", "login=true"]).out);
    scratch.file("facts.yaml", facts);
    let json: serde_json::Value = serde_json::from_str(&ask(&["--explain", "--format", "json"]).out).unwrap();
    // Where nobody asks, somebody does, for a party that it is for.
    scratch.file(
        "request.yaml",
        "{ at: 2026-03-01T12:00:00+01:00, action: read, on: inbox, context: { login: true, purpose: treatment } }",
    );
    let told = ask(&["--explain"]).out;
    assert!(
        told.ends_with(
            "nearest changes that would permit
  1  kari asks (now nobody does, without login)
       subject: kari
     and it is asked for clinic
       party: clinic
"
        ),
        "{told}"
    );
    assert_eq!(json["nearest"]["sets"].as_array().unwrap().len(), 3, "each of a group apart");
    assert_eq!(json["nearest"]["sets"][0][0]["put"], "context: { login: true }");
    assert!(!ask(&["--format", "json"]).out.contains("nearest"));
}

/// What is said of a request over the policies of the page and more.
fn said(module: &str, facts: &str, request: &str) -> String {
    let scratch = Scratch::new("nearest");
    scratch.file("m.fmk", module).file("facts.yaml", facts).file("request.yaml", request);
    let told = fullmakt(
        scratch.path(),
        &["decide", "--facts", "facts.yaml", "--request", "request.yaml", "--explain", "m.fmk"],
    );
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let at = told.out.find("\nnearest ").or_else(|| told.out.find("\nno facts ")).expect("a list");
    told.out[at + 1..].to_owned()
}

const MODULE: &str = r#"module m
organisation register "The register"
entity context { level level }
entity person { birth_date date }
enum level = low < middle < high
role member "Member" { from register held by person for organisation }
package reading "Reading" {
  about "Reading." for organisation services yes data none delegable no
  grant to member from 2027-01-01
}
package writing "Writing" {
  about "Writing." for organisation services yes data none delegable no
  grant to member undecided "who writes"
}
register journal "Journal" {
  about "What was done."
  controller register
  basis gdpr 6(1)(e)
  elements diagnosis, notes
  action view "View"
  action send "Send"
  action burn "Burn"
  action write "Write"
  action keep "Keep"
  action gone "Gone"
  permit view to anyone when context.level >= high
  permit send of notes to anyone when record.consent == given
  permit burn to anyone
  permit write to anyone requires writing
  permit keep to anyone requires reading
}
policy never_burnt for journal { forbid burn forbid view of diagnosis when context.level == high }
policy gone for journal { forbid gone }
policy consent for journal { forbid send when record.person.birth_date + 16 years > today }
"#;

const FACTS: &str = "people: { kari: {}, ola: { birth_date: 2010-06-01 } }\norganisations: { clinic: }\n\
    roles: [{ subject: kari, role: member, party: clinic }]\nrecords: { r1: { register: journal, person: ola } }\n";

#[test]
fn each_sort_of_change_is_said() {
    let at = "at: 2026-03-01T12:00:00+01:00, on: journal";
    let said = |rest: &str| said(MODULE, FACTS, &format!("{{ {at}, {rest} }}"));
    // Of a scale the least that is enough; and an element that is forbidden then is left out.
    let view = said("subject: kari, action: view, context: { level: low }");
    assert_eq!(
        view,
        "nearest changes that would permit
  1  the context says level: high (it says low)
       context: { level: high }
     and it is asked without the element diagnosis: the rest is permitted
       elements: [notes]
"
    );
    // What is missing may as well make it forbidden: all that is needed is listed, and the last day of a limit.
    let send = said("subject: kari, action: send, elements: [notes], record: r1");
    assert_eq!(
        send,
        "nearest changes that would permit
  1  consent of the record r1 is given (missing)
       records: { r1: { consent: given } }
     and birth_date of ola is 2010-03-01 (it is 2010-06-01)
       people: { ola: { birth_date: 2010-03-01 } }
  2  consent of the record r1 is given (missing)
       records: { r1: { consent: given } }
     and it is 2026-06-01, from 00:00 (now it is 2026-03-01)
       at: 2026-06-01T00:00:00+02:00
"
    );
    let unknown = said("subject: kari, action: send, elements: [notes], record: { consent: given }");
    assert!(
        unknown.ends_with(
            "what is missing could as well make it forbidden
     the record says person: ola (missing)
       record: { person: ola }
"
        ),
        "{unknown}"
    );
    assert_eq!(
        said("subject: kari, party: clinic, action: keep"),
        "nearest changes that would permit
  1  it is 2027-01-01, from 00:00 (now it is 2026-03-01; a grant of reading begins then)
       at: 2027-01-01T00:00:00+01:00
"
    );
}

#[test]
fn what_nothing_would_permit_is_said_with_its_place() {
    let at = "at: 2026-03-01T12:00:00+01:00, on: journal, subject: kari, party: clinic";
    let said = |rest: &str| said(MODULE, FACTS, &format!("{{ {at}, {rest} }}"));
    assert_eq!(said("action: burn"), "no facts would permit this\n  this forbids it: forbid burn  m.fmk:32:34\n");
    assert_eq!(
        said("action: write"),
        "no facts would permit this
  this cannot apply: permit write to anyone requires writing  m.fmk:29:3
  nobody has decided grant to member of writing: who writes  m.fmk:13:3
"
    );
    assert_eq!(
        said("action: gone"),
        "no facts would permit this
  nothing permits gone on journal
  this forbids it: forbid gone  m.fmk:33:27
"
    );
}

/// Every denied request of the shipped suites, with its facts and the name of its case.
fn shipped() -> Project {
    let project = Project::read(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")]);
    assert!(project.bundle.is_some(), "{:?}", project.findings);
    project
}

#[test]
fn of_the_shipped_suites_each_set_permits() {
    let project = shipped();
    let (bundle, origins) = project.bundle.as_ref().unwrap();
    let index = Index::new(bundle);
    let speaker = Speaker::new(bundle, Some(origins));
    let (mut denied, mut with, mut asked_before) = (0, 0, BTreeSet::new());
    for (suite, check, asked) in harness::run::asked(&project.suites) {
        let facts = suite.facts_of(check);
        let decider = Decider::new(&index, facts);
        let decision = decider.decide(&asked.request);
        let of = (asked.request.on, asked.request.action.clone(), decision.cause);
        // Of each cause of each action the first, and of the rest a few.
        denied += usize::from(decision.effect == Effect::Deny);
        if decision.effect == Effect::Permit || !(asked_before.insert(of) || denied % 100 == 0) {
            continue;
        }
        let found = decider.nearest(&asked.request, Limits::default());
        hold(bundle, &index, &facts.draft(), &asked.request, &found);
        with += usize::from(!found.sets.is_empty());
        let places = suite.places_of(check);
        let said =
            FactsSaid { facts, roles: &places.roles, delegations: &places.delegations, sources: &project.sources };
        let telling = Telling { decision: &decision, request: &asked.request, speaker: &speaker, facts: &said };
        println!(
            "==== {}\n{}{}",
            check.name,
            decision::human(&decision, &asked.request, &speaker, &said),
            nearest::human(&found, &telling)
        );
    }
    println!("{denied} denied, {} asked, {with} with changes", asked_before.len());
    assert!(with > 20, "{with}");
}

#[test]
fn a_party_with_a_hundred_thousand_delegations_is_explained() {
    let bundle = Suites::clinic("cases: []").compiled.bundle.unwrap().0;
    let id = |at: usize| EntityId(at as u32);
    let count = 100_000;
    let mut facts = Draft::default();
    for at in 0..count {
        let name = format!("p{at:06}").into();
        facts.entities.push(Entity { name, kind: Kind::Person, declared: None, attributes: Known::default() });
    }
    facts.entities.insert(
        0,
        Entity { name: "clinic".into(), kind: Kind::Organisation, declared: None, attributes: Known::default() },
    );
    for (at, name) in bundle.meaning.organisations.iter().enumerate() {
        let declared = Some(OrganisationId::from(at));
        facts
            .entities
            .insert(0, Entity { name: name.clone(), kind: Kind::Organisation, declared, attributes: Known::default() });
    }
    facts.entities.sort();
    let clinic = facts.entity_named("clinic").unwrap();
    let first = facts.entity_named("p000000").unwrap();
    let package = Given::Package(bundle.meaning.package_named("clinic.reporting").unwrap());
    let manager = bundle.meaning.role_named("clinic.manager").unwrap();
    for at in 1..count {
        let (giver, receiver) = (id(first.0 as usize + at - 1), id(first.0 as usize + at));
        facts.delegations.push(Delegation {
            receiver,
            party: clinic,
            what: package,
            giver,
            given: date(2026, 1, 1),
            period: Period::ALWAYS,
            withdrawn: None,
            attributes: Known::default(),
        });
    }
    let (last, index) = (id(first.0 as usize + count - 1), Index::new(&bundle));
    let moment = "2026-03-01T12:00:00Z".parse().unwrap();
    let request = Request {
        now: moment,
        today: date(2026, 3, 1),
        subject: Some(last),
        party: Some(clinic),
        action: Action::Use,
        on: match package {
            Given::Package(id) => On::Package(id),
            Given::Area(id) => On::Area(id),
        },
        to: None,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    };
    let found = Decider::new(&index, &facts.store()).nearest(&request, Limits { tries: 20, ..Limits::default() });
    let role = Change::Role(RoleFact { subject: last, role: manager, party: Some(clinic), period: Period::ALWAYS });
    assert!(found.cut && found.sets.contains(&vec![role]), "{found:#?}");
}

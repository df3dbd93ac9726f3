//! Decisions told: for people, the answer and what carries it; for machines the same.

use super::small::*;
use fullmakt::decide::{On, Request};
use fullmakt::facts::Value;
use fullmakt::ir::*;
use fullmakt::source::Sources;
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::open::Open;
use fullmakt::terms::root::Root;
use fullmakt::words::decision::{human, json, to_text};
use fullmakt::words::{FactsSaid, Speaker};
use jiff::civil::date;

const ON: On = On::Resource(JOURNAL);

fn said<T>(world: &World, told: impl FnOnce(&Speaker<'_>, &FactsSaid<'_>) -> T) -> T {
    let sources = Sources::default();
    let stored = world.facts.store();
    let facts = FactsSaid { facts: &stored, roles: &[], delegations: &[], sources: &sources };
    told(&Speaker::new(&world.bundle, None), &facts)
}

/// For people, without the line of the answer's moment.
fn told(world: &World, request: &Request) -> String {
    let text = said(world, |speaker, facts| human(&world.decide(request), request, speaker, facts));
    text.replace("at 2026-03-01 12:00 Europe/Oslo", "").lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn told_to_machines(world: &World, request: &Request) -> serde_json::Value {
    let text = said(world, |speaker, facts| to_text(&json(&world.decide(request), request, speaker, facts)));
    serde_json::from_str(&text).expect("JSON")
}

/// Guardians may see what concerns a child that has its own address with them, until it is sixteen.
fn guardians() -> World {
    let until =
        shifted(path("party.birth_date"), false, value(Constant::Duration(Duration { unit: Unit::Years, amount: 16 })));
    let mut world = world()
        .elements(JOURNAL, &["notes", "results"])
        .grants(INSIGHT, Grantee::Role(GUARDIAN), Some(compare(root(Root::Today), "<", until)))
        .rule(&[JOURNAL], permit("view").of(&["notes"]).requires(INSIGHT).when(path("context.login")).oblige(0))
        .rule(&[JOURNAL], permit("view").of(&["results"]).to(Recipient::Itself).oblige(0))
        .rule(
            &[JOURNAL],
            forbid("any").when(either(path("subject.confidential"), path("party.confidential"))).oblige(2),
        )
        .role("kari", GUARDIAN, "ola")
        .knows("kari", "confidential", Value::Bool(false));
    world.resource(JOURNAL).actions[1].partial = true;
    world
}

#[test]
fn what_is_permitted_with_what_it_obliges_to_and_releases() {
    let world = guardians().knows("ola", "birth_date", Value::Date(date(2015, 6, 1))).knows(
        "ola",
        "confidential",
        Value::Bool(false),
    );
    let asks = with(world.asks("kari", "ola", "view", ON), "login", Value::Bool(true));
    assert_eq!(
        told(&world, &asks),
        "permit   kari may view journal for ola

  permit view of notes requires insight when context.login oblige log
  ├ kari holds insight for ola
  │ ├ grant to guardian when today < party.birth_date + 16 years
  │ │ └ the condition holds
  │ └ kari is guardian for ola
  └ the condition holds

  release  notes
  oblige   log for notes"
    );
    let said = told_to_machines(&world, &asks);
    assert_eq!(said["decision"], "permit");
    assert_eq!(said["request"]["context"], serde_json::json!({ "login": true }));
    assert_eq!(said["released"], serde_json::json!(["notes"]));
    assert_eq!(said["obligations"], serde_json::json!([{ "obligation": "m.log", "elements": ["notes"] }]));
    assert_eq!(said["rules"][0]["elements"], serde_json::json!(["notes"]));
    assert_eq!(said["rules"][0]["chain"][1]["says"], "grant to guardian when today < party.birth_date + 16 years");
}

#[test]
fn what_each_permit_lacked() {
    let world = guardians().knows("ola", "birth_date", Value::Date(date(2010, 3, 1))).knows(
        "ola",
        "confidential",
        Value::Bool(false),
    );
    let asks = with(world.asks("kari", "ola", "view", ON), "login", Value::Bool(true));
    assert_eq!(
        told(&world, &of(asks.clone(), &["notes"])),
        "deny     kari may not view notes of journal for ola: not granted

  permit view of notes requires insight when context.login oblige log
  └ kari does not hold insight for ola

  permit view of results to self oblige log
  └ it is about other elements"
    );
}

#[test]
fn what_was_missing() {
    let mut world = guardians().knows("ola", "confidential", Value::Bool(false));
    world.bundle.words.insert(
        "m.journal".into(),
        Wording { open: [("controller".into(), "who answers for the journal".into())].into(), ..Wording::default() },
    );
    let asks = with(world.asks("kari", "ola", "view", ON), "login", Value::Bool(true));
    assert_eq!(
        told(&world, &of(asks, &["notes"])),
        "deny     kari may not view notes of journal for ola: undecidable

  permit view of notes requires insight when context.login oblige log
  ├ kari holds insight for ola
  │ ├ grant to guardian when today < party.birth_date + 16 years
  │ │ └ it is unknown: party.birth_date is missing
  │ └ kari is guardian for ola
  └ the condition holds

  missing  party.birth_date"
    );
    world.resource(JOURNAL).controllers = Open::Undecided;
    let world = world.rule(&[JOURNAL], permit("disclose").to(Recipient::Controller));
    let asks = world.asks("ola", "", "disclose", ON);
    let world = world.knows("per", "confidential", Value::Bool(false));
    let asks = Request { subject: Some(world.who("per")), ..asks };
    assert_eq!(
        told(&world, &asks),
        "deny     per may not disclose journal: undecidable

  permit disclose to controller
  ├ it is unknown: controller of journal is undecided
  └ per is the party

  missing  controller of journal: who answers for the journal"
    );
    assert_eq!(told_to_machines(&world, &asks)["missing"], serde_json::json!(["m.journal controller"]));
}

#[test]
fn what_forbids() {
    let world = guardians().knows("ola", "confidential", Value::Bool(true));
    let asks = with(world.asks("kari", "ola", "view", ON), "login", Value::Bool(true));
    assert_eq!(
        told(&world, &asks),
        "deny     kari may not view journal for ola: forbidden

  forbid any action when subject.confidential or party.confidential oblige secrecy
  └ the condition holds

  oblige   secrecy for notes, results"
    );
}

//! Questions about everybody and everything say what asking for each of them says: on generated policies and worlds, and on those of
//! the shipped suites. And their work is that of the answer.

mod said;

use crate::generated::generate::{self, Dice, world};
use crate::suites::Suites;
use fullmakt::decide::{
    AboutOne, Action, Asked, Cause, Decider, Index, Lister, Listing, Missing, On, Request, Row, Whom,
};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Facts, Given, Known, RoleFact, ThingSort, Value};
use fullmakt::intake::{Names, request::Besides};
use fullmakt::ir::{Bundle, Meaning, Oblige};
use fullmakt::source::{Source, Sources};
use fullmakt::terms::{
    effect::RuleEffect,
    kind::Kind,
    period::{Period, date_in_oslo},
};
use fullmakt::words::{FactsSaid, Speaker, listing};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Who asks, for whom.
type Pair = (Option<EntityId>, Option<EntityId>);

/// One thing that may be listed: a pair, an action on something, an element.
type Cell = (Pair, On, Action, Option<Box<str>>);

/// What is said of it. What is missing is not compared where one row stands for everybody.
type Said = (Cause, BTreeSet<Oblige>, Option<Vec<Missing>>);

type Cells = BTreeMap<Cell, Said>;

/// The elements in force, or none.
fn elements(meaning: &Meaning, request: &Request) -> Vec<Box<str>> {
    let On::Resource(id) = request.on else { return Vec::new() };
    let body = meaning.resource(id).and_then(|named| named.on(request.today)).map(|(_, body)| body);
    let own = body.and_then(|body| body.elements.known()).cloned().unwrap_or_default();
    if own.is_empty() || request.elements.is_empty() { own } else { request.elements.clone() }
}

/// Asks for each element by itself; notes what is permitted, and what is undecidable though a permit may apply.
fn ask(decider: &Decider<'_, '_>, meaning: &Meaning, request: &Request, cells: &mut Cells) {
    let names = elements(meaning, request);
    let parts: Vec<Option<Box<str>>> =
        if names.is_empty() { vec![None] } else { names.into_iter().map(Some).collect() };
    for part in parts {
        let request = Request { elements: part.iter().cloned().collect(), ..request.clone() };
        let decision = decider.decide(&request);
        let listed = match decision.cause {
            Cause::Permitted => true,
            Cause::Undecidable if matches!(request.on, On::Resource(_)) => {
                let mut hope = false;
                decider.asked(&request, &mut |asked| {
                    if let Asked::Rule { rule, applies, .. } = asked {
                        let permit = meaning.rule(rule).is_some_and(|rule| rule.effect == RuleEffect::Permit);
                        hope |= permit && applies != Some(false);
                    }
                });
                hope
            }
            Cause::Undecidable => true,
            Cause::Forbidden | Cause::NotGranted => false,
        };
        if listed {
            let oblige = decision.obligations.iter().map(|one| one.oblige.clone()).collect();
            let said = (decision.cause, oblige, Some(decision.missing.clone()));
            cells.insert(((request.subject, request.party()), request.on, request.action.clone(), part), said);
        }
    }
}

/// Everybody of these facts, and nobody.
fn everybody(facts: &Facts) -> Vec<Option<EntityId>> {
    facts.entities().map(Some).chain([None]).collect()
}

/// The cells that an answer lists.
fn listed(listing: &Listing, facts: &Facts, about: Option<EntityId>) -> Cells {
    let mut cells = Cells::new();
    let rows = || {
        let permitted = listing.permitted.iter().map(|row| (Cause::Permitted, row));
        permitted.chain(listing.undecidable.iter().map(|row| (Cause::Undecidable, row)))
    };
    let add = |row: &Row, cause, pair: Pair, exact: bool, cells: &mut Cells| {
        let oblige: BTreeSet<Oblige> = row.obligations.iter().cloned().collect();
        let said = (cause, oblige, exact.then(|| row.missing.clone()));
        let parts: Vec<Option<Box<str>>> =
            if row.elements.is_empty() { vec![None] } else { row.elements.iter().cloned().map(Some).collect() };
        for part in parts {
            cells.insert((pair, row.on, row.action.clone(), part), said.clone());
        }
    };
    for (cause, row) in rows().filter(|(_, row)| row.subject == Whom::Anyone || row.party == Whom::Anyone) {
        for subject in everybody(facts) {
            let meant = match row.subject {
                Whom::One(one) => subject == Some(one),
                Whom::Anyone | Whom::Nobody => subject.is_none_or(|who| !row.but.contains(&who)),
            };
            let parties: Vec<Option<EntityId>> = match (row.party, subject) {
                (_, None) => vec![None],
                (Whom::One(party), _) => vec![Some(party)],
                (Whom::Anyone | Whom::Nobody, _) => facts.entities().map(Some).collect(),
            };
            if meant && about.is_none_or(|about| subject == Some(about)) {
                parties.into_iter().for_each(|party| add(row, cause, (subject, party), false, &mut cells));
            }
        }
    }
    let one = |whom: Whom| match whom {
        Whom::One(id) => Some(id),
        Whom::Anyone | Whom::Nobody => None,
    };
    for (cause, row) in rows().filter(|(_, row)| row.subject != Whom::Anyone && row.party != Whom::Anyone) {
        let subject = one(row.subject);
        add(row, cause, (subject, subject.and(one(row.party))), true, &mut cells);
    }
    cells
}

/// How often what was compared.
#[derive(Debug, Default)]
struct Seen {
    permitted: usize,
    undecidable: usize,
    anyone: usize,
    exceptions: usize,
    beyond: usize,
    whole: usize,
}

impl Seen {
    fn note(&mut self, listing: &Listing) {
        self.permitted += listing.permitted.len();
        self.undecidable += listing.undecidable.len();
        let rows = || listing.permitted.iter().chain(&listing.undecidable);
        self.anyone += rows().filter(|row| row.subject == Whom::Anyone || row.party == Whom::Anyone).count();
        self.exceptions += rows().filter(|row| !row.but.is_empty()).count();
        self.beyond += usize::from(!listing.beyond.is_empty());
        self.whole += usize::from(listing.beyond.is_empty());
    }
}

fn agree(listing: &Listing, listed: &Cells, asked: &Cells, about: &dyn std::fmt::Debug) {
    for (cell, said) in listed {
        let real = asked.get(cell);
        let alike = real.is_some_and(|real| {
            (real.0, &real.1) == (said.0, &said.1)
                && said.2.as_ref().is_none_or(|missing| Some(missing) == real.2.as_ref())
        });
        assert!(alike, "listed {cell:?}: {said:?}\nasked: {real:?}\n{about:#?}");
    }
    if listing.beyond.is_empty() {
        let lost = asked.keys().find(|cell| !listed.contains_key(*cell));
        assert_eq!(lost, None, "asked: {:?}\n{about:#?}\n{listing:#?}", lost.map(|cell| &asked[cell]));
    }
}

/// Asks who, and asks everybody.
fn who(decider: &Decider<'_, '_>, bundle: &Bundle, question: &Request, seen: &mut Seen) {
    let (facts, meaning) = (decider.facts(), &bundle.meaning);
    let listing = Lister::new(decider).who(question, None);
    seen.note(&listing);
    let mut cells = Cells::new();
    for subject in everybody(facts) {
        let parties: Vec<Option<EntityId>> = match (subject, question.party) {
            (None, _) => vec![None],
            (_, Some(party)) => vec![Some(party)],
            (_, None) => facts.entities().map(Some).collect(),
        };
        for party in parties {
            let to = subject.and(question.to);
            ask(decider, meaning, &Request { subject, party, to, ..question.clone() }, &mut cells);
        }
    }
    agree(&listing, &listed(&listing, facts, None), &cells, question);
}

/// Asks what somebody may, and asks everything.
fn what(decider: &Decider<'_, '_>, bundle: &Bundle, about: &AboutOne, seen: &mut Seen) {
    let (facts, meaning) = (decider.facts(), &bundle.meaning);
    let listing = Lister::new(decider).what(about, None);
    seen.note(&listing);
    let packages = (0..meaning.packages.len()).map(|at| On::Package(at.into()));
    let areas = (0..meaning.areas.len()).map(|at| On::Area(at.into()));
    let mut things: Vec<(On, Action)> =
        packages.chain(areas).flat_map(|on| [(on, Action::Use), (on, Action::Delegate)]).collect();
    for (at, named) in meaning.resources.iter().enumerate() {
        let actions = named.versions.iter().flat_map(|version| &version.actions);
        let names: BTreeSet<&Box<str>> = actions.map(|action| &action.name).collect();
        things.extend(names.into_iter().map(|name| (On::Resource(at.into()), Action::Named(name.clone()))));
    }
    let parties = about.party.map_or_else(|| facts.entities().collect(), |party| vec![party]);
    let mut cells = Cells::new();
    for party in parties {
        for (on, action) in &things {
            let is_resource = matches!(on, On::Resource(_));
            let record = about.record.filter(|id| {
                let sort = facts.thing(*id).map(|thing| thing.sort);
                matches!((sort, on), (Some(ThingSort::Record(of)), On::Resource(id)) if of == *id)
            });
            let request = Request {
                now: about.now,
                today: about.today,
                subject: Some(about.subject),
                party: Some(party),
                action: action.clone(),
                on: *on,
                to: None,
                context: if is_resource { about.context.clone() } else { Known::default() },
                record: record.map(Value::Thing),
                elements: Vec::new(),
            };
            ask(decider, meaning, &request, &mut cells);
        }
    }
    agree(&listing, &listed(&listing, facts, Some(about.subject)), &cells, about);
}

/// What a request asks, asked of everybody; and everything asked of its subject.
fn both(decider: &Decider<'_, '_>, bundle: &Bundle, request: &Request, for_all: bool, seen: &mut Seen) {
    let party = request.party().filter(|_| !for_all);
    who(decider, bundle, &Request { subject: None, party, ..request.clone() }, seen);
    let Some(subject) = request.subject else { return };
    let record = match request.record {
        Some(Value::Thing(id)) => Some(id),
        _ => None,
    };
    let context = request.context.clone();
    what(decider, bundle, &AboutOne { now: request.now, today: request.today, subject, party, context, record }, seen);
}

/// So many questions in each of so many worlds.
fn compare(seed: u64, policies: usize, worlds: usize, requests: usize) -> Seen {
    let mut dice = Dice(seed);
    let mut seen = Seen::default();
    for number in 0..policies {
        let bundle: Bundle = generate::policy(&mut dice, number).bundle;
        let index = Index::new(&bundle);
        for _ in 0..worlds {
            let world = world::world(&mut dice, &bundle.meaning);
            let facts = world.facts.clone().store();
            let decider = Decider::new(&index, &facts);
            for _ in 0..requests {
                let request = world::request(&mut dice, &bundle.meaning, &world);
                let for_all = dice.chance(40);
                both(&decider, &bundle, &request, for_all, &mut seen);
            }
        }
    }
    seen
}

#[test]
fn what_is_listed_is_what_is_decided() {
    let seen = compare(21, 25, 2, 3);
    let Seen { permitted, undecidable, anyone, beyond, whole, .. } = seen;
    assert!(permitted > 200 && undecidable > 100 && anyone > 5 && beyond > 10 && whole > 50, "{seen:?}");
}

#[test]
#[ignore = "takes minutes: the same on many more"]
fn what_is_listed_is_what_is_decided_of_many() {
    println!("{:?}", compare(22, 400, 4, 6));
}

#[test]
fn suites_are_listed_as_they_are_decided() {
    let mut files = Vec::new();
    let mut folders = vec![std::path::PathBuf::from("policies")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    files.sort();
    let suites = Suites::of(&files);
    let (bundle, _) = suites.compiled.bundle.as_ref().expect("sound policies");
    let index = Index::new(bundle);
    let mut seen = Seen::default();
    for suite in &suites.read {
        let decider = Decider::new(&index, &suite.facts);
        // Who may, of some actions; and all that the first subject may.
        let mut known = BTreeSet::new();
        for (_, asked) in suite.asked().filter(|(check, _)| check.own.is_none()) {
            let request = &asked.request;
            if known.len() < 4 && known.insert((request.on, request.action.clone())) {
                let party = request.party();
                who(&decider, bundle, &Request { subject: None, party, ..request.clone() }, &mut seen);
                if known.len() == 1 {
                    both(&decider, bundle, request, false, &mut seen);
                }
            }
        }
    }
    assert!(seen.permitted > 300 && seen.undecidable > 50, "{seen:?}");
}

/// Facts of a policy, compiled: so many role facts of others beside a clinic whose people are always the same.
const POLICY: &str = "module m
role manager \"M\" { held by person for organisation key yes }
role nurse \"N\" { held by person for organisation }
role auditor \"A\" { held by person for organisation }
package reporting \"R\" { about \"x\" for organisation delegable to person services yes data none
  grant to manager
  grant use to nurse }
package audit \"U\" { about \"x\" for organisation delegable to person services yes data none
  grant to auditor }
service report \"S\" { action send \"Send\" permit send requires reporting }
service books \"B\" { action read \"Read\" permit read requires audit }
";

fn compiled(text: &str) -> Bundle {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("m.fmk", text));
    let compiled = fullmakt::compile::compile(&sources, &[id], fullmakt::compile::Options::default());
    compiled.bundle.unwrap_or_else(|| panic!("{:?}", compiled.findings)).0
}

fn question(bundle: &Bundle, action: &str, on: &str, party: Option<EntityId>) -> Request {
    let now: Timestamp = "2026-03-01T11:00:00Z".parse().expect("a moment");
    Request {
        now,
        today: date_in_oslo(now),
        subject: None,
        party,
        action: Action::Named(action.into()),
        on: On::Resource(bundle.meaning.resource_named(on).expect("a resource")),
        to: None,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    }
}

#[test]
fn the_work_is_that_of_the_answer() {
    let bundle = compiled(POLICY);
    let role = |name: &str| bundle.meaning.role_named(name).expect("a role");
    let (manager, nurse, auditor) = (role("m.manager"), role("m.nurse"), role("m.auditor"));
    let looked_at = |others: u32| {
        let kind = |at: u32| if at <= others / 5 { Kind::Organisation } else { Kind::Person };
        let entity = |at: u32| Entity {
            name: format!("e{at:09}").into(),
            kind: kind(at),
            declared: None,
            attributes: Known::default(),
        };
        let all = others + 20;
        let mut draft = Draft { entities: (0..all).map(entity).collect(), ..Draft::default() };
        let mut has = |subject: u32, role, party: u32| {
            let (subject, party) = (EntityId(subject), Some(EntityId(party)));
            draft.roles.push(RoleFact { subject, role, party, period: Period::ALWAYS });
        };
        // The clinic is the first, its people are the last.
        has(all - 1, manager, 0);
        (2..10).for_each(|at| has(all - at, if at < 4 { auditor } else { nurse }, 0));
        for at in 0..others {
            let role = if at % 5 == 0 { manager } else { nurse };
            has(others / 5 + 1 + at.wrapping_mul(7919) % (others - others / 5), role, 1 + at % (others / 5));
        }
        let mut give = |giver: u32, receiver: u32, party: u32| {
            draft.delegations.push(Delegation {
                receiver: EntityId(receiver),
                party: EntityId(party),
                what: Given::Package(bundle.meaning.package_named("m.reporting").expect("a package")),
                giver: EntityId(giver),
                given: jiff::civil::date(2024, 1, 1),
                period: Period::ALWAYS,
                withdrawn: None,
                attributes: Known::default(),
            });
        };
        give(all - 1, all - 2, 0);
        (0..others / 5).for_each(|at| give(others / 5 + 1 + at, others / 5 + 2 + at, 1 + at % (others / 5)));
        draft.roles.sort_unstable();
        draft.roles.dedup();
        draft.delegations.sort_unstable();
        draft.delegations.dedup();
        let facts = draft.store();
        let index = Index::new(&bundle);
        let decider = Decider::new(&index, &facts);
        let lister = Lister::new(&decider);
        let Request { now, today, context, .. } = question(&bundle, "send", "m.report", None);
        let about = AboutOne { now, today, subject: EntityId(all - 1), party: None, context, record: None };
        let answers = [
            lister.who(&question(&bundle, "send", "m.report", Some(EntityId(0))), None),
            lister.who(&question(&bundle, "read", "m.books", None), None),
            lister.what(&about, None),
        ];
        answers.map(|answer| (answer.permitted.len(), answer.looked_at))
    };
    let few = looked_at(500);
    assert_eq!(few.map(|(rows, _)| rows), [8, 2, 3]);
    assert!(few.iter().all(|(rows, looked_at)| *looked_at < 8 * rows), "{few:?}");
    assert_eq!(looked_at(50_000), few);
}

#[test]
fn a_party_with_very_many_facts_is_answered_alike() {
    let bundle = compiled(POLICY);
    let role = |name: &str| bundle.meaning.role_named(name).expect("a role");
    let people = 1_100;
    let entity = |at: u32| Entity {
        name: format!("e{at:05}").into(),
        kind: if at == 0 { Kind::Organisation } else { Kind::Person },
        declared: None,
        attributes: Known::default(),
    };
    let has = |subject: u32, role| RoleFact {
        subject: EntityId(subject),
        role,
        party: Some(EntityId(0)),
        period: Period::ALWAYS,
    };
    let give = |giver: u32, receiver: u32, package: &str| Delegation {
        receiver: EntityId(receiver),
        party: EntityId(0),
        what: Given::Package(bundle.meaning.package_named(package).expect("a package")),
        giver: EntityId(giver),
        given: jiff::civil::date(2024, 1, 1),
        period: Period::ALWAYS,
        withdrawn: None,
        attributes: Known::default(),
    };
    let mut draft = Draft { entities: (0..=people).map(entity).collect(), ..Draft::default() };
    draft.roles.extend((1..=people).map(|at| has(at, role("m.nurse"))));
    draft.roles.extend([has(7, role("m.auditor")), has(9, role("m.manager"))]);
    draft.delegations.extend((1..=people).filter(|at| *at != 9).map(|at| give(9, at, "m.reporting")));
    draft.delegations.extend([give(7, 8, "m.audit"), give(8, 10, "m.audit")]);
    draft.roles.sort_unstable();
    draft.delegations.sort_unstable();
    let facts = draft.store();
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let mut seen = Seen::default();
    who(&decider, &bundle, &question(&bundle, "read", "m.books", Some(EntityId(0))), &mut seen);
    assert_eq!(seen.permitted, 2);
    let Request { now, today, context, .. } = question(&bundle, "send", "m.report", None);
    for subject in [0, 7, 8, 9, 10, 11].map(EntityId) {
        let about = AboutOne { now, today, subject, party: Some(EntityId(0)), context: context.clone(), record: None };
        what(&decider, &bundle, &about, &mut seen);
    }
    assert_eq!(seen.permitted, 2 + 2 + 5 + 4 + 3 + 2 + 2);
}

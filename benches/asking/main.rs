//! Does a question about everybody or everything take the time of its answer? Never a test: nothing fails because of a figure.
//!
//! ```sh
//! cargo bench --bench asking                # over a thousand to a million role facts
//! cargo bench --bench asking -- 1k 100k 5M  # over so many
//! ```
//!
//! Over so many role facts (and three fifths as many people, one fifth as many organisations, one fifth as many delegations), in each
//! the same clinic with the same people, and a city for which a tenth of the role facts are and two of its people are auditors. *Turned* is what it takes to put the facts in the order that a question about all parties
//! reads, once a run. Of each question: how many rows its answer has, how many candidates and facts were *looked at*, and the
//! microseconds that it took, the middle of eleven. The last question has an answer that grows with the facts.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::panic, reason = "a bench that cannot measure says why")]

use fullmakt::decide::{AboutOne, Action, Decider, Index, Lister, Listing, On, Request};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Facts, Given, Known, RoleFact};
use fullmakt::ir::{Bundle, Meaning};
use fullmakt::source::{Source, Sources};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::{Period, date_in_oslo};
use jiff::Timestamp;
use std::time::Instant;

const POLICY: &str = "module m
role manager \"M\" { held by person for organisation key yes }
role nurse \"N\" { held by person for organisation }
role auditor \"A\" { held by person for organisation }
role porter \"P\" { held by person for organisation }
package reporting \"R\" { about \"x\" for organisation delegable to person and onward services yes data none
  grant to manager
  grant use to nurse }
package audit \"U\" { about \"x\" for organisation delegable to person services yes data none
  grant to auditor }
service report \"S\" { action send \"Send\" permit send requires reporting }
service books \"B\" { action read \"Read\" permit read requires audit }
";

/// People of the clinic, each with a role there: two of them auditors.
const STAFF: u32 = 12;

fn main() {
    let mut sizes: Vec<u32> = std::env::args().skip(1).filter_map(|argument| number(&argument)).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000, 1_000_000];
    }
    let mut sources = Sources::default();
    let id = sources.add(Source::new("m.fmk", POLICY));
    let compiled = fullmakt::compile::compile(&sources, &[id], fullmakt::compile::Options::default());
    let Some((bundle, _)) = compiled.bundle else { panic!("{:?}", compiled.findings) };
    println!("{:<12}{:<36}{:>8}{:>12}{:>14}", "role facts", "question", "rows", "looked at", "microseconds");
    for size in sizes {
        measure(&bundle, size);
    }
}

/// `10k`, `1M`, `250`.
fn number(argument: &str) -> Option<u32> {
    let (digits, times) = match argument.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => argument.strip_suffix('M').map_or((argument, 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<u32>().ok().map(|number| number * times)
}

/// The clinic (entity 0) with its staff, then so many role facts of others.
fn world(meaning: &Meaning, size: u32) -> Facts {
    let (organisations, people) = (size / 5, 3 * size / 5);
    let role = |name: &str| meaning.role_named(&format!("m.{name}")).unwrap_or_else(|| panic!("no role {name}"));
    let (manager, nurse, auditor) = (role("manager"), role("nurse"), role("auditor"));
    let Some(reporting) = meaning.package_named("m.reporting") else { panic!("no package") };
    let first_person = 1 + organisations;
    let kind = |at: u32| if at < first_person { Kind::Organisation } else { Kind::Person };
    let entities = (0..first_person + people + STAFF).map(|at| Entity {
        name: format!("e{at:09}").into(),
        kind: kind(at),
        declared: None,
        attributes: Known::default(),
    });
    let mut draft = Draft { entities: entities.collect(), ..Draft::default() };
    let mut has = |subject: u32, role, party: u32| {
        let (subject, party) = (EntityId(subject), Some(EntityId(party)));
        draft.roles.push(RoleFact { subject, role, party, period: Period::ALWAYS });
    };
    let staff = first_person + people;
    has(staff, manager, 0);
    (1..STAFF).for_each(|at| has(staff + at, if at < 3 { auditor } else { nurse }, 0));
    // The city, for which many work who may nothing.
    let porter = role("porter");
    (0..size / 10).for_each(|at| has(first_person + at, porter, 1));
    has(staff, auditor, 1);
    has(staff + 5, auditor, 1);
    // Every organisation has a manager and nurses, spread over the people.
    for at in 0..size {
        let party = 1 + at % organisations.max(1);
        let subject = first_person + at.wrapping_mul(2_654_435_761) % people.max(1);
        has(subject, if at < organisations { manager } else { nurse }, party);
    }
    draft.roles.sort_unstable();
    draft.roles.dedup();
    let mut give = |giver: u32, receiver: u32, party: u32| {
        draft.delegations.push(Delegation {
            receiver: EntityId(receiver),
            party: EntityId(party),
            what: Given::Package(reporting),
            giver: EntityId(giver),
            given: jiff::civil::date(2024, 1, 1),
            period: Period::ALWAYS,
            withdrawn: None,
            attributes: Known::default(),
        });
    };
    give(staff, staff + 1, 0);
    for at in 0..size / 5 {
        let party = 1 + at % organisations.max(1);
        let giver = first_person + at.wrapping_mul(2_654_435_761) % people.max(1);
        let receiver = first_person + at.wrapping_mul(40_503) % people.max(1);
        give(giver, receiver, party);
    }
    draft.delegations.sort_unstable();
    draft.delegations.dedup();
    draft.store()
}

fn measure(bundle: &Bundle, size: u32) {
    let meaning = &bundle.meaning;
    let facts = world(meaning, size);
    let staff = EntityId(1 + size / 5 + 3 * size / 5);
    let index = Index::new(bundle);
    let decider = Decider::new(&index, &facts);
    let lister = Lister::new(&decider);
    let now = Timestamp::from_second(1_772_000_000).unwrap_or_default();
    let today = date_in_oslo(now);
    let on = |name: &str| meaning.resource_named(name).map_or_else(|| panic!("no service {name}"), On::Resource);
    let who = |action: &str, on: On, party: Option<EntityId>| Request {
        now,
        today,
        subject: None,
        party,
        action: Action::Named(action.into()),
        on,
        to: None,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    };
    // The first decision fills what all share; the first question turns the facts round.
    let of_clinic = who("send", on("m.report"), Some(EntityId(0)));
    let _ = lister.who(&of_clinic, None);
    let rare = who("read", on("m.books"), None);
    let started = Instant::now();
    let _ = lister.who(&rare, None);
    println!("{size:<12}{:<36}{:>8}{:>12}{:>14.0}", "turned", "", "", micros(started));
    let line = |name: &str, ask: &dyn Fn() -> Listing| {
        let mut times = Vec::new();
        let mut last = Listing::default();
        for _ in 0..11 {
            let started = Instant::now();
            last = ask();
            times.push(micros(started));
        }
        times.sort_by(f64::total_cmp);
        let rows = last.permitted.len() + last.undecidable.len();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        println!("{size:<12}{name:<36}{rows:>8}{:>12}{middle:>14.0}", last.looked_at);
    };
    line("who send report for the clinic", &|| lister.who(&of_clinic, None));
    line("who read books", &|| lister.who(&rare, None));
    let of_city = who("read", on("m.books"), Some(EntityId(1)));
    line("who read books for the city", &|| lister.who(&of_city, None));
    let about = |party| AboutOne { now, today, subject: staff, party, context: Known::default(), record: None };
    line("what the manager", &|| lister.what(&about(None), None));
    line("what the manager for the clinic", &|| lister.what(&about(Some(EntityId(0))), None));
    if size <= 100_000 {
        let all = who("send", on("m.report"), None);
        line("who send report", &|| lister.who(&all, None));
    }
}

fn micros(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6
}

//! The work of a decision is bounded by what concerns it: long chains, circles, parties for whom very much is delegated, and those
//! who serve very many. Counts goals; asks no clock.

use fullmakt::decide::{Action, Asking, Cause, Decider, Index, On, Query, Request, Scratch, What};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact};
use fullmakt::ir::{Bundle, PackageId, RoleId};
use fullmakt::source::{Source, Sources};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::{Period, date_in_oslo};
use jiff::Timestamp;
use jiff::civil::date;

/// A package that whoever received it may pass on, and one more by what holds it.
const POLICY: &str = "module m
role manager \"M\" { held by person for organisation key yes }
role accountant \"A\" { held by organisation for organisation }
role main_unit \"U\" { held by organisation for organisation covers yes }
package p \"P\" { about \"x\" for organisation delegable to person, organisation and onward services no data none
  grant to manager
  grant use to accountant }
";

fn bundle() -> Bundle {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("m.fmk", POLICY));
    let compiled = fullmakt::compile::compile(&sources, &[id], fullmakt::compile::Options::default());
    compiled.bundle.unwrap_or_else(|| panic!("{:?}", compiled.findings)).0
}

const P: PackageId = PackageId(0);

fn role(bundle: &Bundle, name: &str) -> RoleId {
    bundle.meaning.role_named(&format!("m.{name}")).expect("a role")
}

/// So many organisations, then so many people.
fn entities(organisations: u32, people: u32) -> Vec<Entity> {
    let one = |number: u32| {
        let kind = if number < organisations { Kind::Organisation } else { Kind::Person };
        Entity { name: format!("e{number:08}").into(), kind, declared: None, attributes: Known::default() }
    };
    (0..organisations + people).map(one).collect()
}

fn given(giver: u32, receiver: u32, party: u32) -> Delegation {
    Delegation {
        receiver: EntityId(receiver),
        party: EntityId(party),
        what: Given::Package(P),
        giver: EntityId(giver),
        given: date(2024, 1, 1),
        period: Period::ALWAYS,
        withdrawn: None,
        attributes: Known::default(),
    }
}

fn has(subject: u32, role: RoleId, party: u32) -> RoleFact {
    RoleFact { subject: EntityId(subject), role, party: Some(EntityId(party)), period: Period::ALWAYS }
}

fn now() -> Timestamp {
    "2026-03-02T11:00:00Z".parse().expect("a moment")
}

/// The cause of use of the package, and how many goals that took; the long way says the same.
fn asked(bundle: &Bundle, draft: Draft, subject: u32, party: u32) -> (Cause, u64) {
    let facts = draft.store();
    let index = Index::new(bundle);
    let decider = Decider::new(&index, &facts);
    let mut scratch = Scratch::default();
    let (now, what) = (now(), Asking::Use(What::Package(P)));
    let query = Query::new(now, date_in_oslo(now), EntityId(subject), EntityId(party), what);
    let answer = decider.answer(&mut scratch, &query);
    assert_eq!(scratch.left_to_decide(), 0);
    let request: Request = query.request(&index);
    assert_eq!((&request.action, request.on), (&Action::Use, On::Package(P)));
    assert_eq!(decider.decide(&request).cause, answer.cause, "the long way");
    (answer.cause, scratch.goals_looked_at())
}

const MANY: u32 = 50_000;

#[test]
fn a_chain_is_followed_for_eight_links_and_no_further() {
    let bundle = bundle();
    // e0 is the organisation, e1 its manager; each gives the next.
    let mut draft = Draft { entities: entities(1, MANY), ..Draft::default() };
    draft.roles = vec![has(1, role(&bundle, "manager"), 0)];
    draft.delegations = (1..MANY).map(|giver| given(giver, giver + 1, 0)).collect();
    assert_eq!(asked(&bundle, draft.clone(), 9, 0).0, Cause::Permitted);
    for receiver in [10, 1000, MANY] {
        let (cause, goals) = asked(&bundle, draft.clone(), receiver, 0);
        assert_eq!(cause, Cause::NotGranted, "{receiver}");
        assert!(goals <= 20, "{goals} goals");
    }
}

#[test]
fn a_circle_gives_nothing_and_ends() {
    let bundle = bundle();
    let mut draft = Draft { entities: entities(1, MANY), ..Draft::default() };
    draft.delegations = (1..MANY).map(|giver| given(giver, giver + 1, 0)).chain([given(MANY, 1, 0)]).collect();
    let (cause, goals) = asked(&bundle, draft.clone(), 5, 0);
    assert_eq!(cause, Cause::NotGranted);
    assert!(goals <= 20, "{goals} goals");
    // Two who give each other everything.
    draft.delegations = vec![given(1, 2, 0), given(2, 1, 0)];
    assert_eq!(asked(&bundle, draft, 1, 0).0, Cause::NotGranted);
}

#[test]
fn a_party_for_whom_very_much_is_given_costs_what_concerns_the_subject() {
    let bundle = bundle();
    let mut draft = Draft { entities: entities(1, MANY), ..Draft::default() };
    draft.roles = vec![has(1, role(&bundle, "manager"), 0)];
    draft.delegations = (2..MANY).map(|receiver| given(1, receiver, 0)).collect();
    let (cause, goals) = asked(&bundle, draft.clone(), 77, 0);
    assert_eq!(cause, Cause::Permitted);
    assert!(goals <= 5, "{goals} goals");
    let (cause, goals) = asked(&bundle, draft, MANY, 0);
    assert_eq!(cause, Cause::NotGranted);
    assert!(goals <= 5, "{goals} goals");
}

#[test]
fn an_accountant_with_very_many_clients_costs_what_anybody_costs() {
    let bundle = bundle();
    // e0 is the accountant; its manager acts for all that it serves. e1 is served, the last organisation is not.
    let organisations = MANY / 2;
    let (manager, other) = (organisations, organisations - 1);
    let mut draft = Draft { entities: entities(organisations, 2), ..Draft::default() };
    draft.roles = (1..other).map(|party| has(0, role(&bundle, "accountant"), party)).collect();
    draft.roles.push(has(manager, role(&bundle, "manager"), 0));
    // A person who is the manager of very many.
    draft.roles.extend((1..other).map(|party| has(manager + 1, role(&bundle, "manager"), party)));
    for (subject, party, cause) in
        [(manager, 1, Cause::Permitted), (manager, other, Cause::NotGranted), (manager + 1, other, Cause::NotGranted)]
    {
        let (found, goals) = asked(&bundle, draft.clone(), subject, party);
        assert_eq!(found, cause, "{subject} for {party}");
        assert!(goals <= 5, "{goals} goals");
    }
}

#[test]
fn wide_and_deep_nets_of_delegation_are_searched_once() {
    let bundle = bundle();
    // Twelve layers of thirty people, each of whom gave to everyone in the next; nobody in the first may.
    let (layers, wide) = (12, 30);
    let mut draft = Draft { entities: entities(1, layers * wide), ..Draft::default() };
    for layer in 0..layers - 1 {
        for giver in 0..wide {
            let to = |receiver| given(1 + layer * wide + giver, 1 + (layer + 1) * wide + receiver, 0);
            draft.delegations.extend((0..wide).map(to));
        }
    }
    let (cause, goals) = asked(&bundle, draft, 1 + (layers - 1) * wide, 0);
    assert_eq!(cause, Cause::NotGranted);
    assert!(goals <= u64::from(layers * wide), "{goals} goals");
}

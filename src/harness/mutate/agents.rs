//! Scenarios for changes that take more than one or two facts to be seen. Of an `agent` role: an organisation that holds a
//! package gives it to who has the role for it (docs/meaning.md, P4). Of `for`: somebody of that kind asks for itself. Of a grant,
//! a line or another role: somebody asks who has nothing yet.

use super::mutant::{Change, Mutant};
use super::mutation::Mutation;
use super::scenario::Scenario;
use crate::decide::{Action, On, Request};
use crate::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact};
use crate::ir::{Bundle, Grantee, Line, Package, PackageId, Receiver, RoleId};
use crate::terms::kind::Kind;
use crate::terms::period::{Period, date_in_oslo};
use jiff::Timestamp;
use jiff::civil::date;

/// The scenarios; none for another change.
pub(super) fn scenarios(bundle: &Bundle, mutant: &Mutant) -> Vec<Scenario> {
    if let Change::Grant(id, ..) | Change::PackageLines(id, ..) = &mutant.change {
        return asks(bundle, *id);
    }
    if let (Change::Role(role, ..), false) = (&mutant.change, mutant.mutation == Mutation::RoleAgent) {
        let granted = |body: &Package| body.grants.iter().any(|grant| grant.to == Some(Grantee::Role(*role)));
        let packages = bundle.meaning.packages.iter().enumerate();
        let packages = packages.filter(|(_, named)| named.versions.iter().any(granted)).take(PACKAGES);
        return packages.flat_map(|(at, _)| asks(bundle, at.into())).collect();
    }
    if let (Change::Package(id, ..), Mutation::PartyKind) = (&mutant.change, mutant.mutation) {
        return Kind::ALL.into_iter().flat_map(|kind| of_itself(bundle, *id, kind)).collect();
    }
    let (Change::Role(agent, ..), Mutation::RoleAgent) = (&mutant.change, mutant.mutation) else { return Vec::new() };
    let meaning = &bundle.meaning;
    let Ok(noon) = date(2026, 3, 1).at(12, 0, 0, 0).in_tz("Europe/Oslo") else { return Vec::new() };
    let now = noon.timestamp();
    let today = date_in_oslo(now);
    let on_day = |role: RoleId| meaning.role(role).and_then(|named| named.on(today)).map(|(_, role)| role);
    let mut all = Vec::new();
    for (at, named) in meaning.packages.iter().enumerate() {
        let Some((_, body)) = named.on(today) else { continue };
        let of_organisation = |role: RoleId| {
            on_day(role).is_some_and(|role| {
                role.by.has(Kind::Organisation) && role.of.is_some_and(|kinds| kinds.has(Kind::Organisation))
            })
        };
        let roles =
            body.grants.iter().filter(|grant| grant.gives_use && !grant.undecided).filter_map(|grant| match grant.to {
                Some(Grantee::Role(role)) if of_organisation(role) => Some(role),
                _ => None,
            });
        for role in roles {
            for line in &body.delegable {
                let Line::To { to, .. } = line else { continue };
                let Some(kinds) = on_day(*agent).map(|role| role.by) else { continue };
                for kind in kinds.iter() {
                    let extra = match to {
                        Receiver::Kind(admitted) if *admitted == kind => None,
                        Receiver::Role(role) if on_day(*role).is_some_and(|role| role.by.has(kind)) => Some(*role),
                        Receiver::Kind(_) | Receiver::Role(_) => continue,
                    };
                    all.push(scenario(bundle, at.into(), (role, *agent, extra), kind, now));
                }
            }
        }
    }
    all
}

/// How many packages are asked for because of one role.
const PACKAGES: usize = 4;

/// A person asks for a package, for a party of a kind that it is for; and to give it to another.
fn asks(bundle: &Bundle, package: PackageId) -> Vec<Scenario> {
    let versions = bundle.meaning.package(package).map_or(&[][..], |named| &named.versions);
    let kind = versions.iter().find_map(|body| body.kinds.known().and_then(|kinds| kinds.iter().next()));
    let Some(kind) = kind else { return Vec::new() };
    let Ok(noon) = date(2026, 3, 1).at(12, 0, 0, 0).in_tz("Europe/Oslo") else { return Vec::new() };
    let facts = world(bundle, &[("holder", Kind::Person), ("party", kind), ("receiver", Kind::Person)]);
    let (holder, party, to) =
        (facts.entity_named("holder"), facts.entity_named("party"), facts.entity_named("receiver"));
    let request = to_use(package, noon.timestamp(), holder, party);
    let gives = Request { action: Action::Delegate, to, ..request.clone() };
    [request, gives].into_iter().map(|request| Scenario { facts: facts.clone(), request }).collect()
}

/// Somebody of a kind asks for the package for itself, and to give it to a person.
fn of_itself(bundle: &Bundle, package: PackageId, kind: Kind) -> Vec<Scenario> {
    let Ok(noon) = date(2026, 3, 1).at(12, 0, 0, 0).in_tz("Europe/Oslo") else { return Vec::new() };
    let facts = world(bundle, &[("party", kind), ("receiver", Kind::Person)]);
    let party = facts.entity_named("party");
    let request = to_use(package, noon.timestamp(), party, None);
    let to = facts.entity_named("receiver");
    let gives = Request { action: Action::Delegate, to, ..request.clone() };
    let asks = Request { to: None, ..gives.clone() };
    [request, gives, asks].into_iter().map(|request| Scenario { facts: facts.clone(), request }).collect()
}

/// Somebody asks to use a package.
fn to_use(package: PackageId, now: Timestamp, subject: Option<EntityId>, party: Option<EntityId>) -> Request {
    Request {
        now,
        today: date_in_oslo(now),
        subject,
        party,
        action: Action::Use,
        on: On::Package(package),
        to: None,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    }
}

/// The organisations of the bundle, and these.
fn world(bundle: &Bundle, others: &[(&str, Kind)]) -> Draft {
    let entity = |name: &str, kind| Entity { name: name.into(), kind, declared: None, attributes: Known::default() };
    let mut entities: Vec<Entity> = (bundle.meaning.organisations.iter().enumerate())
        .map(|(at, name)| Entity { declared: Some(at.into()), ..entity(name, Kind::Organisation) })
        .collect();
    entities.extend(others.iter().map(|(name, kind)| entity(name, *kind)));
    entities.sort_by(|one, two| one.name.cmp(&two.name));
    Draft { entities, ..Draft::default() }
}

/// A firm with a role for a ward asks whether it may give the package to somebody who is its agent.
fn scenario(
    bundle: &Bundle,
    package: PackageId,
    (role, agent, extra): (RoleId, RoleId, Option<RoleId>),
    kind: Kind,
    now: Timestamp,
) -> Scenario {
    let mut facts = world(bundle, &[("firm", Kind::Organisation), ("ward", Kind::Organisation), ("receiver", kind)]);
    let id = |name: &str| facts.entity_named(name).unwrap_or(EntityId(0));
    let (firm, ward, receiver) = (id("firm"), id("ward"), id("receiver"));
    let fact = |subject, role, party| RoleFact { subject, role, party: Some(party), period: Period::ALWAYS };
    let extra = extra.filter(|extra| *extra != agent).map(|extra| {
        let status =
            bundle.meaning.role(extra).is_some_and(|named| named.versions.iter().all(|role| role.of.is_none()));
        RoleFact { party: (!status).then_some(firm), ..fact(receiver, extra, firm) }
    });
    let today = date_in_oslo(now);
    facts.roles = [fact(firm, role, ward), fact(receiver, agent, firm)].into_iter().chain(extra).collect();
    facts.delegations = vec![Delegation {
        receiver,
        party: ward,
        what: Given::Package(package),
        giver: firm,
        given: today,
        period: Period::ALWAYS,
        withdrawn: None,
        attributes: Known::default(),
    }];
    let request = to_use(package, now, Some(receiver), Some(ward));
    Scenario { facts, request }
}

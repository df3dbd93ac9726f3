//! Which open questions a denied request met (docs/meaning.md, C4, C5). What a question says is words, never read here.

use super::case::Case;
use super::decision::{OpenQuestion, OpenValue, What};
use super::hold::grant_is_so;
use super::lookup::given_between;
use super::request::{Action, On, Request};
use super::roles::Pass;
use super::truth::Truth;
use crate::facts::{EntityId, Given};
use crate::ir::{AreaId, Grant, Grantee, Line, PackageId};
use std::collections::BTreeSet;

/// The questions met in these packages, in order.
pub(super) fn met(case: &Case<'_>, packages: &[PackageId]) -> Vec<OpenQuestion> {
    let (roles, index, request) = (case.roles, case.roles.decider.index, case.request);
    let asked = request.action == Action::Delegate && !matches!(request.on, On::Resource(_));
    let mut met = BTreeSet::new();
    let mut areas: BTreeSet<AreaId> = BTreeSet::new();
    if let On::Area(area) = request.on
        && asked
    {
        areas.insert(area);
    }
    let given = given_to_subject(case);
    for package in packages {
        let Some((_, body)) = index.package(*package, roles.today) else { continue };
        let what = What::Package(*package);
        let mut note = |open| met.insert(OpenQuestion { what, open });
        if body.kinds.is_undecided() {
            note(OpenValue::Kinds);
        }
        for grant in body.grants.iter().filter(|grant| grant.undecided && grant.period.has(roles.today)) {
            match (grant.to, case.asking) {
                (None, _) => drop(note(OpenValue::Grant)),
                (Some(to), Some((who, party))) if reaches(case, grant, to, who, party) => drop(note(match to {
                    Grantee::Itself => OpenValue::GrantToItself,
                    Grantee::Role(role) => OpenValue::GrantToRole(role),
                    Grantee::Package(package) => OpenValue::GrantToPackage(package),
                })),
                (Some(_), _) => {}
            }
        }
        let mut received = false;
        for what in &given {
            match what {
                Given::Package(given) if given == package && !matches!(request.on, On::Area(_)) => received = true,
                Given::Area(area) if body.area == Some(*area) && counts(request, *area) => {
                    received = true;
                    areas.insert(*area);
                }
                Given::Package(_) | Given::Area(_) => {}
            }
        }
        if (asked || received) && body.delegable.contains(&Line::Undecided) {
            note(OpenValue::Delegable);
        }
    }
    if let On::Area(area) = request.on
        && given.contains(&Given::Area(area))
    {
        areas.insert(area);
    }
    for area in areas {
        if index.area(area, roles.today).is_some_and(|(_, body)| body.delegable.contains(&Line::Undecided)) {
            met.insert(OpenQuestion { what: What::Area(area), open: OpenValue::Delegable });
        }
    }
    met.into_iter().collect()
}

/// What the subject was given for the party, each once: what is in force.
fn given_to_subject(case: &Case<'_>) -> BTreeSet<Given> {
    let (roles, facts) = (case.roles, case.roles.decider.facts);
    let Some((who, party)) = case.asking else { return BTreeSet::new() };
    let all = given_between(facts, who, party).filter_map(|at| facts.delegation(at));
    all.filter(|one| one.in_force(roles.now, roles.today)).map(|one| one.what).collect()
}

/// Does a delegation of this area count for the request (Q4)?
fn counts(request: &Request, area: AreaId) -> bool {
    match request.on {
        On::Area(asked) => asked == area,
        On::Package(_) | On::Resource(_) => true,
    }
}

/// Would the grant certainly reach the subject for the party, were it decided (H2)?
fn reaches(case: &Case<'_>, grant: &Grant, to: Grantee, who: EntityId, party: EntityId) -> bool {
    let roles = case.roles;
    let names = match to {
        Grantee::Itself => who == party,
        Grantee::Role(role) => {
            (roles.is_status(role) != Some(true) || who == party)
                && roles.has(Pass::Certainly, who, role, party).is_some()
        }
        Grantee::Package(package) => case.holding(Pass::Certainly, party).holds(who, package, party).is_some(),
    };
    names && grant_is_so(roles, grant, who, party) == Truth::So
}

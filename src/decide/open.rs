//! Which open questions a denied request met (docs/meaning.md, C4, C5). What a question says is words, never read here.

use super::case::Case;
use super::decision::{OpenQuestion, OpenValue, What};
use super::hold::grant_is_so;
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
        if let Some((who, party)) = case.asking {
            for (_, one) in roles.decider.delegations_for(party) {
                if one.receiver != who || !one.in_force(roles.now, roles.today) {
                    continue;
                }
                match one.what {
                    Given::Package(given) if given == *package && !matches!(request.on, On::Area(_)) => received = true,
                    Given::Area(area) if body.area == Some(area) && counts(request, area) => {
                        received = true;
                        areas.insert(area);
                    }
                    Given::Package(_) | Given::Area(_) => {}
                }
            }
        }
        if (asked || received) && body.delegable.contains(&Line::Undecided) {
            note(OpenValue::Delegable);
        }
    }
    if let (On::Area(area), Some((who, party))) = (request.on, case.asking) {
        let mut given = roles.decider.delegations_for(party);
        if given.any(|(_, one)| {
            one.receiver == who && one.what == Given::Area(area) && one.in_force(roles.now, roles.today)
        }) {
            areas.insert(area);
        }
    }
    for area in areas {
        if index.area(area, roles.today).is_some_and(|(_, body)| body.delegable.contains(&Line::Undecided)) {
            met.insert(OpenQuestion { what: What::Area(area), open: OpenValue::Delegable });
        }
    }
    met.into_iter().collect()
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

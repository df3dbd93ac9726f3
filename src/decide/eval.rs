//! A request decided (docs/meaning.md, C1–C5): asked certainly, then possibly; what carries the answer, and what stands open.

use super::case::Case;
use super::decision::{Cause, Decision, Effect, Link, Trace};
use super::index::Decider;
use super::open;
use super::question::{Question, packages_of_area};
use super::request::{On, Request};
use super::roles::{Pass, Roles};
use super::rules::Rules;
use super::trace;
use crate::ir::PackageId;
use crate::terms::effect::RuleEffect;

/// Decides a request.
pub(super) fn decide(decider: &Decider<'_, '_>, request: &Request) -> Decision {
    let roles = Roles::new(decider, request.now, request.today);
    let party = request.subject.and(request.party());
    match request.on {
        On::Resource(resource) => {
            let case = Case::new(&roles, request, &[], None);
            let rules = Rules::new(&case, resource, request.action.word(), true);
            let mut decision = rules.decide();
            if decision.cause == Cause::NotGranted {
                decision.open = open::met(&case, &required(&rules));
            }
            decision
        }
        On::Package(package) => of_packages(&Case::new(&roles, request, &[package], None), &[package]),
        On::Area(area) => {
            let packages = packages_of_area(&roles, area, party);
            of_packages(&Case::new(&roles, request, &packages, None), &packages)
        }
    }
}

/// A request on a package or an area (C3).
pub(super) fn of_packages(case: &Case<'_>, packages: &[PackageId]) -> Decision {
    let mut decision = Decision {
        effect: Effect::Deny,
        cause: Cause::NotGranted,
        traces: Vec::new(),
        obligations: Vec::new(),
        released: None,
        missing: Vec::new(),
        open: Vec::new(),
    };
    let trace = |chain| Trace { rule: None, scope: 0, elements: Vec::new(), chain };
    match Question::new(case, Pass::Certainly, packages).answer() {
        Some(Ok((_, chain))) => {
            decision.effect = Effect::Permit;
            decision.cause = Cause::Permitted;
            decision.traces = vec![trace(chain)];
            return decision;
        }
        Some(Err(step)) => decision.traces = vec![trace(vec![Link { depth: 0, step }])],
        None => {}
    }
    match Question::new(case, Pass::Possibly, packages).answer() {
        Some(Ok((_, chain))) => {
            decision.cause = Cause::Undecidable;
            decision.missing = trace::missing(&chain).into_iter().collect();
            decision.traces = vec![trace(chain)];
        }
        _ => decision.open = open::met(case, packages),
    }
    decision
}

/// The packages that permits in force require (C4), sorted.
fn required(rules: &Rules<'_, '_>) -> Vec<PackageId> {
    let mut packages = Vec::new();
    for over in rules.of(RuleEffect::Permit) {
        if let Some(requires) = &over.rule.requires {
            requires.each(&mut |package| packages.push(package));
        }
    }
    packages.sort_unstable();
    packages.dedup();
    packages
}

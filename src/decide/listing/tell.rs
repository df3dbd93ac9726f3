//! One candidate decided, and what is told of it: elements of which all is alike together. What hangs on the party alone is found out
//! once for all who ask for it. Looks for nobody.

use crate::decide::case::{Case, Holdings};
use crate::decide::decision::{Cause, Missing, Trace};
use crate::decide::eval;
use crate::decide::index::Decider;
use crate::decide::question::packages_of_area;
use crate::decide::quick::{Query, Scratch};
use crate::decide::request::{On, Request};
use crate::decide::roles::Roles;
use crate::decide::rules::Rules;
use crate::decide::trace;
use crate::decide::truth::Truth;
use crate::ir::{Oblige, ResourceId};
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// What is told of a request, of elements that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) cause: Cause,
    pub(super) elements: Vec<Box<str>>,
    pub(super) obligations: Vec<Oblige>,
    pub(super) traces: Vec<Trace>,
    pub(super) missing: Vec<Missing>,
}

/// A request with the elements that it is about, by cause; each list is empty where the resource has none.
pub(super) struct Split {
    permitted: Option<Vec<Box<str>>>,
    undecidable: Option<Vec<Box<str>>>,
}

impl Split {
    pub(super) fn of(causes: &[Cause], elements: &[Box<str>], mut wanted: impl FnMut(usize, Cause) -> bool) -> Self {
        let mut of = |cause: Cause| {
            let at = |(at, one): (usize, &Cause)| (*one == cause && wanted(at, cause)).then_some(at);
            let these: Vec<usize> = causes.iter().enumerate().filter_map(at).collect();
            let names = || these.iter().filter_map(|at| elements.get(*at).cloned()).collect();
            (!these.is_empty()).then(names)
        };
        Split { permitted: of(Cause::Permitted), undecidable: of(Cause::Undecidable) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.permitted.is_none() && self.undecidable.is_none()
    }

    /// The requests about these elements.
    pub(super) fn requests(self, request: &Request) -> impl Iterator<Item = Request> {
        let with = |elements| Request { elements, ..request.clone() };
        self.permitted.into_iter().chain(self.undecidable).map(with)
    }
}

/// The causes of a request, of each of these elements by itself; of the whole where there are none.
pub(super) fn causes(
    decider: &Decider<'_, '_>,
    scratch: &mut Scratch,
    request: &Request,
    elements: &[Box<str>],
    partial: bool,
) -> Vec<Cause> {
    let query = Query::of(decider.index, request);
    let mut ask = |elements| decider.answer(scratch, &Query { elements, ..query }).cause;
    if elements.len() < 2 {
        return vec![ask(elements)];
    }
    match ask(elements) {
        // One cause of all.
        Cause::Permitted if !partial => vec![Cause::Permitted; elements.len()],
        Cause::NotGranted if partial => vec![Cause::NotGranted; elements.len()],
        _ => elements.iter().map(|one| ask(std::slice::from_ref(one))).collect(),
    }
}

/// What is told of a request whose elements all have one cause, permitted or undecidable: elements that are alike together. What stays a
/// deny whatever is missing is not told.
pub(super) fn tell<'a>(roles: &'a Roles<'a>, request: &'a Request, holdings: &Holdings<'a>) -> Vec<Told> {
    let whole = |decision: crate::decide::Decision| Told {
        cause: decision.cause,
        elements: Vec::new(),
        obligations: decision.obligations.into_iter().map(|one| one.oblige).collect(),
        traces: decision.traces,
        missing: decision.missing,
    };
    let listed = |cause| matches!(cause, Cause::Permitted | Cause::Undecidable);
    let packages = match request.on {
        On::Resource(resource) => return tell_resource(roles, resource, request, holdings),
        On::Package(package) => vec![package],
        On::Area(area) => packages_of_area(roles, area, request.party()),
    };
    let case = Case::sharing(roles, request, &packages, None, holdings.clone());
    let told = whole(eval::of_packages(&case, &packages));
    if listed(told.cause) { vec![told] } else { Vec::new() }
}

fn tell_resource<'a>(
    roles: &'a Roles<'a>,
    resource: ResourceId,
    request: &'a Request,
    holdings: &Holdings<'a>,
) -> Vec<Told> {
    let case = Case::sharing(roles, request, &[], None, holdings.clone());
    let rules = Rules::new(&case, resource, request.action.word(), true);
    let decision = rules.decide();
    // By the places of what is told of it.
    let mut alike: BTreeMap<[Vec<usize>; 2], Vec<Option<&str>>> = BTreeMap::new();
    for part in &rules.parts {
        // Could a permit ever apply to it?
        let hope = || rules.of(RuleEffect::Permit).any(|over| rules.applies(over, *part) != Truth::Not);
        if !matches!(decision.cause, Cause::Permitted | Cause::Undecidable) || !hope() {
            continue;
        }
        let name = part.name();
        let about = |elements: &[Box<str>]| name.is_none_or(|name| elements.iter().any(|one| **one == *name));
        let traces = decision.traces.iter().enumerate().filter(|(_, trace)| about(&trace.elements));
        let obligations = decision.obligations.iter().enumerate().filter(|(_, one)| about(&one.elements));
        let key = [traces.map(|(at, _)| at).collect(), obligations.map(|(at, _)| at).collect()];
        alike.entry(key).or_default().push(name);
    }
    let told = alike.into_iter().map(|([traces, obligations], names)| {
        let elements: Vec<Box<str>> = names.into_iter().flatten().map(Box::from).collect();
        let traces: Vec<Trace> = traces
            .iter()
            .filter_map(|at| decision.traces.get(*at))
            .map(|trace| Trace { elements: elements.clone(), ..trace.clone() })
            .collect();
        let missing: BTreeSet<Missing> = match decision.cause {
            Cause::Undecidable => traces.iter().flat_map(|trace| trace::missing(&trace.chain)).collect(),
            _ => BTreeSet::new(),
        };
        Told {
            cause: decision.cause,
            elements,
            obligations: obligations
                .iter()
                .filter_map(|at| decision.obligations.get(*at))
                .map(|one| one.oblige.clone())
                .collect(),
            traces,
            missing: missing.into_iter().collect(),
        }
    });
    let mut told: Vec<Told> = told.collect();
    told.sort_by(|one, other| one.elements.cmp(&other.elements));
    told
}

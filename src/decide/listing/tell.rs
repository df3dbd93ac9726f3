//! Candidates decided, and what is told of those that may: elements of which all is alike in one row. What hangs on the party alone is
//! found out once for all who ask for it. Looks for nobody.

use super::what::Asks;
use super::who::Candidates;
use super::{AboutOne, Row, Whom, causes, row};
use crate::decide::case::{Case, Holdings};
use crate::decide::decision::{Cause, Missing, Trace};
use crate::decide::eval;
use crate::decide::index::Decider;
use crate::decide::question::packages_of_area;
use crate::decide::quick::{Query, Scratch};
use crate::decide::request::{Action, On, Request};
use crate::decide::roles::Roles;
use crate::decide::rules::Rules;
use crate::decide::trace;
use crate::decide::truth::Truth;
use crate::facts::{EntityId, Known, ThingSort, Value};
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

/// Rows as they come.
pub(super) struct Answer<'a> {
    decider: &'a Decider<'a, 'a>,
    roles: &'a Roles<'a>,
    limit: usize,
    scratch: Scratch,
    permitted: Vec<Row>,
    undecidable: Vec<Row>,
    left_off: usize,
}

/// A request with the elements that it is about, by cause; each list is empty where the resource has none.
struct Split {
    permitted: Option<Vec<Box<str>>>,
    undecidable: Option<Vec<Box<str>>>,
}

impl Split {
    fn of(causes: &[Cause], elements: &[Box<str>], mut wanted: impl FnMut(usize, Cause) -> bool) -> Self {
        let mut of = |cause: Cause| {
            let at = |(at, one): (usize, &Cause)| (*one == cause && wanted(at, cause)).then_some(at);
            let these: Vec<usize> = causes.iter().enumerate().filter_map(at).collect();
            let names = || these.iter().filter_map(|at| elements.get(*at).cloned()).collect();
            (!these.is_empty()).then(names)
        };
        Split { permitted: of(Cause::Permitted), undecidable: of(Cause::Undecidable) }
    }

    fn is_empty(&self) -> bool {
        self.permitted.is_none() && self.undecidable.is_none()
    }

    /// The requests about these elements.
    fn requests(self, request: &Request) -> impl Iterator<Item = Request> {
        let with = |elements| Request { elements, ..request.clone() };
        self.permitted.into_iter().chain(self.undecidable).map(with)
    }
}

impl<'a> Answer<'a> {
    pub(super) fn new(decider: &'a Decider<'a, 'a>, roles: &'a Roles<'a>, limit: Option<usize>) -> Self {
        Answer {
            decider,
            roles,
            limit: limit.unwrap_or(usize::MAX),
            scratch: Scratch::default(),
            permitted: Vec::new(),
            undecidable: Vec::new(),
            left_off: 0,
        }
    }

    pub(super) fn rows(self) -> (Vec<Row>, Vec<Row>, usize) {
        (self.permitted, self.undecidable, self.left_off)
    }

    fn is_full(&self) -> bool {
        self.permitted.len() + self.undecidable.len() >= self.limit
    }

    /// Everybody who could, asked.
    pub(super) fn who(&mut self, question: &Request, found: &Candidates) {
        let (elements, partial) = self.elements(question);
        let nobody = Request { subject: None, party: None, to: None, ..question.clone() };
        let of_nobody = match question.on {
            On::Resource(_) => self.causes(&nobody, &elements, partial),
            On::Package(_) | On::Area(_) => vec![Cause::NotGranted; elements.len().max(1)],
        };
        let told = self.told_alone(&nobody, &of_nobody, &elements);
        // Is an element listed for who has not logged in?
        let listed: Vec<bool> = if elements.is_empty() {
            vec![!told.is_empty()]
        } else {
            let listed: BTreeSet<&Box<str>> = told.iter().flat_map(|told| &told.elements).collect();
            elements.iter().map(|name| listed.contains(name)).collect()
        };
        let party = if found.same_for_all && question.party.is_none() {
            Whom::Anyone
        } else {
            question.party.map_or(Whom::Nobody, Whom::One)
        };
        let mut asked = Vec::new();
        let mut alike = 0;
        for (party, who) in &found.pairs {
            let request = Request { subject: Some(*who), party: Some(*party), ..question.clone() };
            let causes = self.causes(&request, &elements, partial);
            let may_fold = found.everybody && !found.same_for_all && causes == of_nobody;
            if may_fold && self.is_told_alike(&request, &nobody, &causes, &elements, &told) {
                alike += 1;
                continue;
            }
            let covered = |at: usize, cause: Cause| {
                found.same_for_all
                    && listed.get(at) == Some(&true)
                    && of_nobody.get(at).is_some_and(|of| *of == cause || *of == Cause::Permitted)
            };
            asked.push((*party, *who, Split::of(&causes, &elements, |at, cause| !covered(at, cause))));
        }
        let folds = found.everybody && !told.is_empty() && alike * 2 >= found.pairs.len();
        let subject = if found.same_for_all || folds { Whom::Anyone } else { Whom::Nobody };
        let but = if folds { asked.iter().map(|(_, who, _)| *who).collect() } else { Vec::new() };
        for one in &told {
            let mut row = row(one.clone(), subject, party, &question.action, question.on);
            row.but.clone_from(&but);
            self.add(one.cause, row);
        }
        if found.everybody && !folds && alike > 0 {
            // Too few are alike: they have rows of their own.
            let known: BTreeSet<EntityId> = asked.iter().map(|(_, who, _)| *who).collect();
            for (party, who) in found.pairs.iter().filter(|(_, who)| !known.contains(who)) {
                asked.push((*party, *who, Split::of(&of_nobody, &elements, |_, _| true)));
            }
            asked.sort_unstable_by_key(|(party, who, _)| (*party, *who));
        }
        let mut asked = asked.into_iter().filter(|(.., split)| !split.is_empty()).peekable();
        while let Some((party, who, split)) = asked.next() {
            let mut group = vec![(who, split)];
            while let Some((_, who, split)) = asked.next_if(|(next, ..)| *next == party) {
                group.push((who, split));
            }
            self.group(question, party, group);
        }
    }

    /// Those who ask for one party.
    fn group(&mut self, question: &Request, party: EntityId, group: Vec<(EntityId, Split)>) {
        let roles = self.roles;
        let requests: Vec<Request> = group
            .into_iter()
            .flat_map(|(who, split)| {
                let request = Request { subject: Some(who), party: Some(party), ..question.clone() };
                split.requests(&request).collect::<Vec<_>>()
            })
            .collect();
        let holdings = Holdings::default();
        for request in &requests {
            if self.is_full() {
                self.left_off += 1;
                continue;
            }
            for told in tell(roles, request, &holdings) {
                let subject = request.subject.map_or(Whom::Nobody, Whom::One);
                let cause = told.cause;
                self.add(cause, row(told, subject, Whom::One(party), &request.action, request.on));
            }
        }
    }

    /// Everything that somebody could do, asked.
    pub(super) fn what(&mut self, about: &AboutOne, found: &super::what::Candidates) {
        let subject = about.subject;
        // What is the same for all stands once, for anyone.
        let mut same: BTreeMap<(On, &Action), BTreeMap<Option<Box<str>>, Cause>> = BTreeMap::new();
        for Asks { action, on, .. } in &found.same_for_all {
            let request = self.request(about, None, action, *on);
            let (elements, partial) = self.elements(&request);
            let causes = self.causes(&request, &elements, partial);
            let told = self.told_alone(&request, &causes, &elements);
            let known = same.entry((*on, action)).or_default();
            for told in told {
                let names: Vec<Option<Box<str>>> = if told.elements.is_empty() {
                    vec![None]
                } else {
                    told.elements.iter().cloned().map(Some).collect()
                };
                known.extend(names.into_iter().map(|name| (name, told.cause)));
                let cause = told.cause;
                self.add(cause, row(told, Whom::One(subject), Whom::Anyone, action, *on));
            }
        }
        for Asks { party, action, on } in &found.asked {
            let request = self.request(about, Some((subject, *party)), action, *on);
            let (elements, partial) = self.elements(&request);
            let causes = self.causes(&request, &elements, partial);
            let known = same.get(&(*on, action));
            let covered = |at: usize, cause: Cause| {
                let of = known.and_then(|known| known.get(&elements.get(at).cloned()));
                of.is_some_and(|of| *of == cause || *of == Cause::Permitted)
            };
            let split = Split::of(&causes, &elements, |at, cause| !covered(at, cause));
            if !split.is_empty() && self.is_full() {
                self.left_off += 1;
                continue;
            }
            let holdings = Holdings::default();
            let requests: Vec<Request> = split.requests(&request).collect();
            for told in requests.iter().flat_map(|request| tell(self.roles, request, &holdings)).collect::<Vec<_>>() {
                let cause = told.cause;
                self.add(cause, row(told, Whom::One(subject), Whom::One(*party), action, *on));
            }
        }
    }

    /// One action on something: what is said besides counts as far as it is about that.
    fn request(&self, about: &AboutOne, asking: Option<(EntityId, EntityId)>, action: &Action, on: On) -> Request {
        let is_resource = matches!(on, On::Resource(_));
        let record = about.record.filter(|id| {
            let sort = self.decider.facts.thing(*id).map(|thing| thing.sort);
            matches!((sort, on), (Some(ThingSort::Record(of)), On::Resource(resource)) if of == resource)
        });
        Request {
            now: about.now,
            today: about.today,
            subject: asking.map(|(who, _)| who),
            party: asking.map(|(_, party)| party),
            action: action.clone(),
            on,
            to: None,
            context: if is_resource { about.context.clone() } else { Known::default() },
            record: record.map(Value::Thing),
            elements: Vec::new(),
        }
    }

    fn add(&mut self, cause: Cause, row: Row) {
        match cause {
            Cause::Permitted => self.permitted.push(row),
            _ => self.undecidable.push(row),
        }
    }

    /// The elements that a question asks about, each by itself, and whether its action is partial.
    fn elements(&self, request: &Request) -> (Vec<Box<str>>, bool) {
        let On::Resource(resource) = request.on else { return (Vec::new(), false) };
        let body = self.decider.index.meaning.resource(resource).and_then(|named| named.on(request.today));
        let Some((_, body)) = body else { return (request.elements.clone(), false) };
        let own = body.elements.known().map_or(&[][..], Vec::as_slice);
        let action = body.actions.binary_search_by(|one| (*one.name).cmp(request.action.word()));
        let partial = action.ok().and_then(|at| body.actions.get(at)).is_some_and(|action| action.partial);
        let elements = match (own.is_empty(), request.elements.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => own.to_vec(),
            (false, false) => request.elements.clone(),
        };
        (elements, partial)
    }

    fn causes(&mut self, request: &Request, elements: &[Box<str>], partial: bool) -> Vec<Cause> {
        causes(self.decider, &mut self.scratch, request, elements, partial)
    }

    /// What is told of one request that shares nothing with others.
    fn told_alone(&self, request: &Request, causes: &[Cause], elements: &[Box<str>]) -> Vec<Told> {
        let requests: Vec<Request> = Split::of(causes, elements, |_, _| true).requests(request).collect();
        let holdings = Holdings::default();
        requests.iter().flat_map(|request| tell(self.roles, request, &holdings)).collect()
    }

    /// Is the same told of a request as of who has not logged in, of which the same is made?
    fn is_told_alike(
        &mut self,
        request: &Request,
        nobody: &Request,
        causes: &[Cause],
        elements: &[Box<str>],
        told: &[Told],
    ) -> bool {
        if !causes.contains(&Cause::Undecidable) {
            let parts = causes.iter().enumerate().filter(|(_, cause)| **cause == Cause::Permitted);
            return parts.map(|(at, _)| elements.get(at..=at).unwrap_or(&[])).all(|part| {
                let mut obliged = |request: &Request| {
                    let query = Query { elements: part, ..Query::of(self.decider.index, request) };
                    let answer = self.decider.answer_and_oblige(&mut self.scratch, &query);
                    let by = self.scratch.obliged().into_iter();
                    (answer, by.filter_map(|by| self.decider.oblige(by)).collect::<BTreeSet<_>>())
                };
                obliged(request) == obliged(nobody)
            });
        }
        let own = self.told_alone(request, causes, elements);
        let rules = |told: &Told| told.traces.iter().map(|trace| trace.rule).collect::<Vec<_>>();
        own.len() == told.len()
            && own.iter().zip(told).all(|(own, of)| {
                (own.cause, &own.elements, &own.obligations, &own.missing, rules(own))
                    == (of.cause, &of.elements, &of.obligations, &of.missing, rules(of))
            })
    }
}

/// What is told of a request whose elements all have one cause, permitted or undecidable: elements that are alike together. What stays a
/// deny whatever is missing is not told.
fn tell<'a>(roles: &'a Roles<'a>, request: &'a Request, holdings: &Holdings<'a>) -> Vec<Told> {
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
    let mut alike: BTreeMap<(Vec<usize>, Vec<usize>), Vec<Option<&str>>> = BTreeMap::new();
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
        let key = (traces.map(|(at, _)| at).collect(), obligations.map(|(at, _)| at).collect());
        alike.entry(key).or_default().push(name);
    }
    let told = alike.into_iter().map(|((traces, obligations), names)| {
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

//! The rows of an answer: candidates asked one after the other, those who have not logged in first where a permit is to anyone. Finds
//! no candidate and decides none itself.

use super::tell::{Split, Told, causes, tell};
use super::what::Asks;
use super::who::Candidates;
use super::{AboutOne, Row, Whom};
use crate::decide::case::Holdings;
use crate::decide::decision::Cause;
use crate::decide::index::Decider;
use crate::decide::quick::{Query, Scratch};
use crate::decide::request::{Action, On, Request};
use crate::decide::roles::Roles;
use crate::facts::{EntityId, Known, ThingSort, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The causes of what is listed, by element.
type ByElement = BTreeMap<Option<Box<str>>, Cause>;

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
        // What is the same for all stands once, for anyone, behind what is for somebody.
        let mut last = Vec::new();
        let mut same: BTreeMap<(On, &Action), ByElement> = BTreeMap::new();
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
                last.push((cause, row(told, Whom::One(subject), Whom::Anyone, action, *on)));
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
        for (cause, row) in last {
            if self.is_full() {
                self.left_off += 1;
            } else {
                self.add(cause, row);
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

/// A row of what was told of a request.
fn row(told: Told, subject: Whom, party: Whom, action: &Action, on: On) -> Row {
    let Told { elements, obligations, traces, missing, .. } = told;
    Row { subject, party, action: action.clone(), on, elements, obligations, traces, missing, but: Vec::new() }
}

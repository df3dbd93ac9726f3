//! One entry of `cases`: a request of its own or that of the case before, at a moment or swept over time, or a question; and
//! what is expected. Decides nothing.

use super::check::{Asked, Check, Own, Skip};
use super::suite::{FACTS, OUT_OF_REACH, World};
use super::verdict::Tried;
use super::{expectation, question, sweep};
use crate::decide::Request;
use crate::diag::codes;
use crate::intake::fields::{self, Fields, Findings};
use crate::intake::request;
use crate::intake::yaml::{Node, Value};
use crate::source::{Place, Span};
use crate::terms::period::date_in_oslo;
use jiff::Timestamp;
use std::cell::OnceCell;
use std::sync::Arc;

/// The keys of a case besides those of what is expected.
const KEYS: [&str; 12] =
    ["name", "request", "same", "at", "sweep", "ask", "context", "record", "elements", "skip", FACTS, OUT_OF_REACH];

/// The keys of a case.
fn keys() -> Vec<&'static str> {
    KEYS.into_iter().chain(expectation::KEYS).collect()
}

/// What the case before asked, and over which facts.
#[derive(Default)]
pub(super) struct Before {
    /// `None` within where it could not be read, which has been said.
    request: Option<Option<Request>>,
    own: Option<Arc<Own>>,
}

/// Reads a case.
pub(super) fn read(node: &Node, before: &mut Before, suite: &World<'_, '_>, findings: &mut Findings) -> Option<Check> {
    let fields = Fields::read(node, "a case", &keys(), findings);
    let name = fields.needed_name("name", findings);
    let skip = skip(&fields, findings);
    let same = fields.get("same").is_some();
    if let (true, Some(place)) = (same, fields.key_place(FACTS)) {
        let message = "the same request is asked over the same facts".to_owned();
        findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, "beside `same`", "write `request: …`, or take it out");
    }
    let own = suite.own(&fields, before.own.as_ref().filter(|_| same), findings);
    let clockwork = OnceCell::new();
    let world = &own.as_ref().map_or_else(|| suite.itself(), |own| suite.over(own, &clockwork));
    let check = |tried, asked, turn| {
        let (name, _) = name?;
        let (own, skip) = (own.clone(), skip.clone());
        Some(Check { tried, name: name.into(), place: node.place, asked, own, skip, turn })
    };
    if fields.get("ask").is_some() {
        let asked = question::read(&fields, node.place, world, findings);
        return asked.and_then(|asked| check(Tried::Question, asked, None));
    }
    for key in question::OF_REQUEST {
        if let Some(place) = fields.key_place(key) {
            let message = format!("only a question says its `{key}` here");
            let help = format!("write `{key}` in the request");
            findings.at(&codes::UNKNOWN_KEY, place, message, "not beside a request", &help);
        }
    }
    if fields.get("sweep").is_some() {
        let request = asked(&fields, None, before, world, true, findings);
        let read = sweep::read(&fields, request.as_ref(), world, findings);
        before.own.clone_from(&own);
        before.request = Some(read.as_ref().and_then(|(turn, _)| {
            let mut request = request?;
            move_to(&mut request, turn.at);
            Some(request)
        }));
        return read.and_then(|(turn, asked)| check(Tried::Sweep, asked, Some(turn)));
    }
    let at = fields.moment("at", findings);
    let request = asked(&fields, at, before, world, false, findings);
    let expected = expectation::of_fields(&fields, world.names, world.facts, findings);
    before.own.clone_from(&own);
    before.request = Some(request.clone());
    check(Tried::Case, vec![Asked { request: request?, expected: expected?, place: node.place }], None)
}

/// The same request at another moment.
pub(super) fn move_to(request: &mut Request, now: Timestamp) {
    request.now = now;
    request.today = date_in_oslo(now);
}

/// What a case asks: a request of its own, or that of the case before, at another moment. What is swept has no moment.
fn asked(
    fields: &Fields<'_>,
    at: Option<Timestamp>,
    before: &Before,
    world: &World<'_, '_>,
    swept: bool,
    findings: &mut Findings,
) -> Option<Request> {
    if let Some(place) = fields.key_place("at").filter(|_| swept) {
        let message = "a sweep is asked at many moments".to_owned();
        findings.at(&codes::MALFORMED_SWEEP, place, message, "beside `sweep`", "take out `at`");
    }
    if let Some(node) = fields.get("same") {
        let truth = fields::truth(node, findings);
        if truth == Some(false) {
            let message = "`same` is `true`, or left out".to_owned();
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "says nothing", "take out `same`");
        }
        if let Some(place) = fields.key_place("request") {
            let message = "a case has a request of its own or the same as the case before, not both".to_owned();
            findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, "beside `same`", "take one of them out");
            return None;
        }
        let Some(before) = &before.request else {
            let message = "no case stands before this one".to_owned();
            findings.at(&codes::IMPOSSIBLE_REQUEST, node.place, message, "the same as which?", "write `request: …`");
            return None;
        };
        let mut request = before.clone()?;
        if let Some(now) = at {
            move_to(&mut request, now);
        }
        return Some(request);
    }
    let node = fields.need("request", findings)?;
    let own = at_of(node);
    if swept {
        if let Some(place) = own {
            let message = "a sweep is asked at many moments".to_owned();
            findings.at(&codes::MALFORMED_SWEEP, place, message, "its request has no moment", "take out `at`");
        }
        return request::of_node(node, world.names, world.facts, Timestamp::UNIX_EPOCH, findings);
    }
    if let (Some(_), Some(place)) = (fields.get("at"), own) {
        fields::repeated("the moment", &[fields.key_place("at").unwrap_or(place), place], findings);
    }
    let now = world.moment(at, fields, own.is_some(), findings);
    let request = request::of_node(node, world.names, world.facts, now.unwrap_or_default(), findings)?;
    (now.is_some() || own.is_some()).then_some(request)
}

/// Where a request says its moment.
fn at_of(node: &Node) -> Option<Place> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| key.text() == Some("at")).map(|(key, _)| key.place),
        _ => None,
    }
}

/// Reads `skip: { reason: …, until: 2026-12-31 }`, of a case or a table.
pub(super) fn skip(fields: &Fields<'_>, findings: &mut Findings) -> Option<Skip> {
    let node = fields.get("skip")?;
    let said = Fields::read(node, "`skip`", &["reason", "until"], findings);
    let reason = said.needed_name("reason", findings);
    let until = said.need("until", findings).and_then(|node| fields::day(node, findings));
    Some(Skip { reason: reason?.0.into(), until: until?, place: fields.key_place("skip").unwrap_or(node.place) })
}

/// The first letter of something of many lines.
pub(super) fn first_letter(place: Place) -> Place {
    let end = place.span.end.min(place.span.start.saturating_add(1));
    Place { span: Span { start: place.span.start, end }, ..place }
}

//! Requests: who asks for what, on what, for whom, when. A request that cannot be asked is a finding.

use super::entities;
use super::fields::{Fields, Findings, listed};
use super::names::{Names, Sort, Thing};
use super::yaml::{self, Node};
use crate::decide::{Action, On, Request};
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Facts, Known};
use crate::source::{Place, Source, SourceId};
use crate::terms::period::date_in_oslo;
use jiff::Timestamp;

/// The keys of a request.
pub const KEYS: [&str; 6] = ["at", "subject", "party", "action", "on", "to"];

/// Reads a document that is one request. Where it says no moment, this one counts.
///
/// # Errors
/// All findings, in order of place.
pub fn read(
    source: &Source,
    id: SourceId,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
) -> Result<Request, Vec<Diagnostic>> {
    let node = yaml::read(source, id).map_err(|finding| vec![*finding])?;
    let mut findings = Findings::default();
    let known: Vec<&str> = ["format"].into_iter().chain(KEYS).collect();
    let fields = Fields::read(&node, "a request", &known, &mut findings);
    fields.format(&mut findings);
    let read = of_fields(&fields, names, facts, now, &mut findings);
    match findings.or(read)? {
        Some(request) => Ok(request),
        // What is missing has been said; this is for the reader of types.
        None => Err(Vec::new()),
    }
}

/// Reads a request that stands in another document.
pub fn of_node(
    node: &Node,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
    findings: &mut Findings,
) -> Option<Request> {
    let fields = Fields::read(node, "a request", &KEYS, findings);
    of_fields(&fields, names, facts, now, findings)
}

fn of_fields(
    fields: &Fields<'_>,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
    findings: &mut Findings,
) -> Option<Request> {
    let now = fields.moment("at", findings).unwrap_or(now);
    let entity = |key: &str, findings: &mut Findings| {
        let (text, place) = fields.name(key, findings)?;
        entities::find(text, place, names, facts, findings)
    };
    let subject = entity("subject", findings);
    let party = entity("party", findings);
    let to = entity("to", findings);
    let action = fields.needed_name("action", findings);
    let on = fields.needed_name("on", findings).and_then(|(text, place)| resource(text, place, names, findings));
    if fields.get("subject").is_none() {
        for key in ["party", "to"] {
            if let Some(place) = fields.key_place(key) {
                let message = format!("without a subject nobody asks, so nobody is named after `{key}`");
                findings.at(
                    &codes::IMPOSSIBLE_REQUEST,
                    place,
                    message,
                    "there is no subject",
                    &format!("write `subject: …`, or take out `{key}`"),
                );
            }
        }
    }
    let on = on?;
    let (text, place) = action?;
    let action = action_of(text, place, on, names, findings);
    if let Some(place) = fields.key_place("to")
        && action.as_ref().is_some_and(|action| *action != Action::Delegate)
    {
        let message = format!("`{text}` has no receiver");
        findings.at(
            &codes::IMPOSSIBLE_REQUEST,
            place,
            message,
            "only `delegate`, on a package or an area, has one",
            "take out `to`",
        );
    }
    Some(Request {
        now,
        today: date_in_oslo(now),
        subject,
        party,
        action: action?,
        on,
        to,
        context: Known::default(),
        record: None,
        elements: Vec::new(),
    })
}

/// What a name after `on` means.
pub fn resource(text: &str, place: Place, names: &Names<'_>, findings: &mut Findings) -> Option<On> {
    match names.find(text, place, &[Sort::Package, Sort::Area, Sort::Resource], findings)? {
        Thing::Package(id) => Some(On::Package(id)),
        Thing::Area(id) => Some(On::Area(id)),
        Thing::Resource(id) => Some(On::Resource(id)),
        Thing::Organisation(_) | Thing::Role(_) => None,
    }
}

/// The action of a word on a resource; one that it does not have is a finding.
pub fn action_of(text: &str, place: Place, on: On, names: &Names<'_>, findings: &mut Findings) -> Option<Action> {
    let actions = actions_of(on, names);
    if let Some(action) = actions.iter().find(|action| action.word() == text) {
        return Some(action.clone());
    }
    let words: Vec<&str> = actions.iter().map(Action::word).collect();
    let thing = match on {
        On::Package(id) => Thing::Package(id),
        On::Area(id) => Thing::Area(id),
        On::Resource(id) => Thing::Resource(id),
    };
    let full = super::names::last_of(names.full(thing));
    let message = format!("the {} `{full}` has no action `{text}`", thing.sort().word());
    let nearest = suggest::nearest(text, words.iter().copied());
    let has = if words.is_empty() { "it has none".to_owned() } else { format!("it has {}", listed(&words, "and")) };
    let finding = Diagnostic::new(&codes::IMPOSSIBLE_REQUEST, message, place).label("no such action");
    let finding = finding.help(nearest.question().map_or(has.clone(), |question| format!("{question} {has}")));
    findings.push(match nearest.sure() {
        Some(sure) => finding.fix(place, sure),
        None => finding,
    });
    None
}

/// The actions that something has, of all its versions, sorted by word.
#[must_use]
pub fn actions_of(on: On, names: &Names<'_>) -> Vec<Action> {
    match on {
        On::Package(_) | On::Area(_) => vec![Action::Delegate, Action::Use],
        On::Resource(id) => {
            let versions = names.meaning.resource(id).into_iter().flat_map(|named| &named.versions);
            let mut words: Vec<&Box<str>> =
                versions.flat_map(|version| &version.actions).map(|action| &action.name).collect();
            words.sort();
            words.dedup();
            words.into_iter().cloned().map(Action::Named).collect()
        }
    }
}

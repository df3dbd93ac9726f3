//! Questions about everybody and everything: `who may view journal for clinic`, `what may per`. What cannot be asked is a finding, as
//! of a request. Decides nothing.

use super::attributes;
use super::entities;
use super::fields::{Fields, Findings};
use super::names::Names;
use super::request::{self, Besides};
use super::values;
use super::yaml::{self, Node};
use crate::decide::{AboutOne, Action, Request};
use crate::diag::{Diagnostic, codes};
use crate::facts::{EntityId, Facts, Known};
use crate::source::{Source, SourceId};
use crate::terms::{period::date_in_oslo, root::BuiltIn};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// For whom is asked, in a document of a question.
pub const FOR: &str = "for";

/// To whom something is to be passed on.
pub const TO: &str = "to";

type Document<'s> = (&'s Source, SourceId);

/// Reads a document with `action`, `on`, and perhaps `for` and `to`, as a request without a subject.
///
/// # Errors
/// All findings, in order of place.
pub fn who(
    (source, id): Document<'_>,
    besides: &Besides<'_>,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
) -> Result<Request, Vec<Diagnostic>> {
    let (node, contexts, about) = parse((source, id), besides)?;
    let mut findings = Findings::default();
    let mut fields = Fields::read(&node, "a question", &["action", "on", FOR, TO], &mut findings);
    if let Some(about) = &about {
        fields.put(Fields::read(about, "what is said besides", &["record", "elements"], &mut findings));
    }
    let party = entity(&fields, FOR, names, facts, &mut findings);
    let to = entity(&fields, TO, names, facts, &mut findings);
    let to_place = fields.key_place(TO);
    fields.take(TO);
    let read = request::of_fields(&fields, &contexts, names, facts, now, &mut findings);
    if let (Some(request), Some(place)) = (&read, to_place)
        && request.action != Action::Delegate
    {
        request::no_receiver(request.action.word(), place, &mut findings);
    }
    match findings.or(read)? {
        Some(request) => Ok(Request { party, to, ..request }),
        None => Err(Vec::new()),
    }
}

/// Reads a document with `subject`, and perhaps `for`.
///
/// # Errors
/// All findings, in order of place.
pub fn what(
    document: Document<'_>,
    besides: &Besides<'_>,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
) -> Result<AboutOne, Vec<Diagnostic>> {
    let (node, contexts, about) = parse(document, besides)?;
    let mut findings = Findings::default();
    let mut fields = Fields::read(&node, "a question", &["subject", FOR], &mut findings);
    if let Some(about) = &about {
        fields.put(Fields::read(about, "what is said besides", &["record", "elements"], &mut findings));
    }
    if let Some(place) = fields.key_place("elements") {
        let message = "a question about everything has no elements".to_owned();
        let help = "take it out, or ask for one resource";
        findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, "of which resource?", help);
    }
    let _ = fields.needed_name("subject", &mut findings);
    let subject = entity(&fields, "subject", names, facts, &mut findings);
    let party = entity(&fields, FOR, names, facts, &mut findings);
    let mut values = values::Reader::new(names, facts);
    let attributes = attributes::of_entity(BuiltIn::Context, names.meaning);
    let mut context = BTreeMap::new();
    for node in &contexts {
        context.extend(values.known(node, "a context", &attributes, &[], &mut findings).0);
    }
    let record =
        fields.name("record", &mut findings).and_then(|(said, place)| values.record_named(said, place, &mut findings));
    let context = Known(context.into_iter().collect());
    let read = subject.map(|subject| AboutOne { now, today: date_in_oslo(now), subject, party, context, record });
    match findings.or(read)? {
        Some(about) => Ok(about),
        None => Err(Vec::new()),
    }
}

fn entity(
    fields: &Fields<'_>,
    key: &str,
    names: &Names<'_>,
    facts: &Facts,
    findings: &mut Findings,
) -> Option<EntityId> {
    let (text, place) = fields.name(key, findings)?;
    entities::find(text, place, names, facts, findings)
}

fn parse(
    (source, id): Document<'_>,
    besides: &Besides<'_>,
) -> Result<(Node, Vec<Node>, Option<Node>), Vec<Diagnostic>> {
    let parse = |source: &Source, id| yaml::read(source, id).map_err(|finding| vec![*finding]);
    let node = parse(source, id)?;
    let contexts = besides.contexts.iter().map(|(source, id)| parse(source, *id));
    let contexts = contexts.collect::<Result<_, _>>()?;
    let about = besides.about.map(|(source, id)| parse(source, id)).transpose()?;
    Ok((node, contexts, about))
}

//! Requests: who asks for what, on what, for whom, when. A request that cannot be asked is a finding.

use super::attributes;
use super::entities;
use super::fields::{Fields, Findings, listed, name, repeated};
use super::names::{Names, Sort, Thing, last_of};
use super::values;
use super::yaml::{self, Node};
use crate::decide::{Action, On, Request};
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Facts, Known, ThingSort, Value};
use crate::ir::ResourceId;
use crate::source::{Place, Source, SourceId};
use crate::terms::{period::date_in_oslo, root::BuiltIn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The keys of a request.
pub const KEYS: [&str; 9] = ["at", "subject", "party", "action", "on", "to", "context", "record", "elements"];

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
    read_with(source, id, &Besides::default(), names, facts, now)
}

/// What is said of a request outside of its document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Besides<'s> {
    /// Documents of a context: what they say stands in the place of what the request says, the last one first.
    pub contexts: &'s [(&'s Source, SourceId)],
    /// A document with `record` and `elements`, in the place of those of the request.
    pub about: Option<(&'s Source, SourceId)>,
}

/// Reads a document that is one request, with what is said besides.
///
/// # Errors
/// All findings, in order of place.
pub fn read_with(
    source: &Source,
    id: SourceId,
    besides: &Besides<'_>,
    names: &Names<'_>,
    facts: &Facts,
    now: Timestamp,
) -> Result<Request, Vec<Diagnostic>> {
    let parse = |source: &Source, id| yaml::read(source, id).map_err(|finding| vec![*finding]);
    let node = parse(source, id)?;
    let contexts = besides.contexts.iter().map(|(source, id)| parse(source, *id));
    let contexts: Vec<Node> = contexts.collect::<Result<_, _>>()?;
    let about = besides.about.map(|(source, id)| parse(source, id)).transpose()?;
    let mut findings = Findings::default();
    let known: Vec<&str> = ["format"].into_iter().chain(KEYS).collect();
    let mut fields = Fields::read(&node, "a request", &known, &mut findings);
    fields.format(&mut findings);
    if let Some(about) = &about {
        fields.put(Fields::read(about, "what is said besides", &["record", "elements"], &mut findings));
    }
    let read = of_fields(&fields, &contexts, names, facts, now, &mut findings);
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
    of_fields(&fields, &[], names, facts, now, findings)
}

/// Reads what a map says of a request.
pub(super) fn of_fields(
    fields: &Fields<'_>,
    contexts: &[Node],
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
        no_receiver(text, place, findings);
    }
    let about = about(fields, contexts, on, names, facts, findings);
    Some(Request {
        now,
        today: date_in_oslo(now),
        subject,
        party,
        action: action?,
        on,
        to,
        context: about.context,
        record: about.record,
        elements: about.elements,
    })
}

/// A receiver is named of what is not to be passed on.
pub(super) fn no_receiver(action: &str, place: Place, findings: &mut Findings) {
    let message = format!("`{action}` has no receiver");
    let label = "only `delegate`, on a package or an area, has one";
    findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, label, "take out `to`");
}

/// What a request on a service or register says besides.
#[derive(Default)]
struct About {
    context: Known,
    record: Option<Value>,
    elements: Vec<Box<str>>,
}

fn about(
    fields: &Fields<'_>,
    contexts: &[Node],
    on: On,
    names: &Names<'_>,
    facts: &Facts,
    findings: &mut Findings,
) -> About {
    let impossible = |key: &str, message: String, label: &str, help: String, findings: &mut Findings| {
        if let Some(place) = fields.key_place(key) {
            findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, label, &help);
        }
    };
    let On::Resource(resource) = on else {
        for key in ["context", "record", "elements"] {
            let message = format!("a request on a package or an area has no `{key}`");
            let label = "only services and registers are asked so";
            impossible(key, message, label, format!("take out `{key}`"), findings);
        }
        for node in contexts {
            let message = "a request on a package or an area has no context".to_owned();
            let label = "only services and registers are asked so";
            findings.at(&codes::IMPOSSIBLE_REQUEST, node.place, message, label, "take it out");
        }
        return About::default();
    };
    let mut values = values::Reader::new(names, facts);
    let mut about = About::default();
    let attributes = attributes::of_entity(BuiltIn::Context, names.meaning);
    let mut context = BTreeMap::new();
    for node in fields.get("context").into_iter().chain(contexts) {
        context.extend(values.known(node, "a context", &attributes, &[], findings).0);
    }
    about.context = Known(context.into_iter().collect());
    let title = last_of(names.full(Thing::Resource(resource)));
    if let Some(node) = fields.get("record") {
        if names.is_register(resource) {
            about.record = record(node, resource, title, &mut values, names, facts, findings);
        } else {
            let message = format!("`{title}` is a service, and has no records");
            impossible("record", message, "only registers have records", "take out `record`".to_owned(), findings);
        }
    }
    if fields.get("elements").is_some() {
        about.elements = elements(fields, resource, title, names, findings);
    }
    about
}

/// The record asked for: one of the register, by its name or written in its place.
fn record(
    node: &Node,
    register: ResourceId,
    title: &str,
    values: &mut values::Reader<'_, '_>,
    names: &Names<'_>,
    facts: &Facts,
    findings: &mut Findings,
) -> Option<Value> {
    if matches!(node.value, yaml::Value::Map(_)) {
        let attributes = attributes::of_record(register, names.meaning);
        let known = values.known(node, "a record", &attributes, &[], findings);
        return Some(Value::Nameless(Box::new(known)));
    }
    let (said, place) = name(node, findings)?;
    if let Some(id) = facts.thing_named(ThingSort::Record(register), said) {
        return Some(Value::Thing(id));
    }
    let id = values.record_named(said, place, findings)?;
    match facts.thing(id)?.sort {
        ThingSort::Record(other) if other != register => {
            let other = last_of(names.full(Thing::Resource(other)));
            let message = format!("`{said}` is a record of `{other}`, not of `{title}`");
            let help = format!("name a record of `{title}`, or ask for `{other}`");
            findings.at(&codes::IMPOSSIBLE_REQUEST, place, message, "another register's", &help);
            None
        }
        _ => Some(Value::Thing(id)),
    }
}

/// The elements asked for: each one that the resource has, in any of its versions.
fn elements(
    fields: &Fields<'_>,
    resource: ResourceId,
    title: &str,
    names: &Names<'_>,
    findings: &mut Findings,
) -> Vec<Box<str>> {
    let versions = names.meaning.resource(resource).map_or(&[][..], |named| &named.versions);
    let undecided = versions.iter().any(|version| version.elements.is_undecided());
    let known: BTreeSet<&str> =
        versions.iter().filter_map(|version| version.elements.known()).flatten().map(|name| &**name).collect();
    let mut asked: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    let items = fields.list("elements", findings);
    if items.is_empty()
        && let Some(node) = fields.get("elements")
        && matches!(node.value, yaml::Value::List(_))
    {
        let message = "no element is asked for".to_owned();
        let help = "name the elements, or take out `elements`, which asks for all";
        findings.at(&codes::IMPOSSIBLE_REQUEST, node.place, message, "the list is empty", help);
    }
    for item in items {
        let Some((said, place)) = name(item, findings) else { continue };
        asked.entry(said.into()).or_default().push(place);
        if known.contains(said) || undecided {
            continue;
        }
        let words: Vec<&str> = known.iter().copied().collect();
        let nearest = suggest::nearest(said, words.iter().copied());
        let has = if words.is_empty() { "it has none".to_owned() } else { format!("it has {}", listed(&words, "and")) };
        let message = format!("`{title}` has no element `{said}`");
        let finding = Diagnostic::new(&codes::IMPOSSIBLE_REQUEST, message, place).label("no such element");
        let finding = finding.help(nearest.question().map_or(has.clone(), |question| format!("{question} {has}")));
        findings.push(match nearest.sure() {
            Some(sure) => finding.fix(place, sure),
            None => finding,
        });
    }
    for (name, places) in &asked {
        repeated(&format!("the element `{name}`"), places, findings);
    }
    asked.into_keys().collect()
}

/// What a name after `on` means.
pub fn resource(text: &str, place: Place, names: &Names<'_>, findings: &mut Findings) -> Option<On> {
    match names.find(text, place, &[Sort::Package, Sort::Area, Sort::Resource], findings)? {
        Thing::Package(id) => Some(On::Package(id)),
        Thing::Area(id) => Some(On::Area(id)),
        Thing::Resource(id) => Some(On::Resource(id)),
        Thing::Organisation(_) | Thing::Role(_) | Thing::Entity(_) | Thing::Obligation(_) => None,
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
    let message = format!("the {} `{full}` has no action `{text}`", names.called(thing));
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

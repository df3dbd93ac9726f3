//! `ask: who view health_registers for ola` and `ask: what legevakten`: one request for everybody, or for everything of the
//! module, of which only what is listed may be permitted. Decides nothing.

use super::check::Asked;
use super::expectation::{Expectation, Outcome};
use super::suite::World;
use super::table;
use crate::decide::{Action, On, Request};
use crate::diag::codes;
use crate::facts::EntityId;
use crate::intake::fields::{self, Fields, Findings};
use crate::intake::yaml::{Node, Value};
use crate::intake::{entities, request};
use crate::source::Place;
use crate::terms::period::date_in_oslo;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a question says of its requests besides.
pub(super) const OF_REQUEST: [&str; 3] = ["context", "record", "elements"];

/// In an answer: also who has not logged in.
const ANYONE: &str = "anyone";

const FORM: &str = "write `who ACTION RESOURCE for PARTY` or `what SUBJECT for PARTY`; `for` may be left out";

/// Reads a question with its answer, as everything that it asks.
pub(super) fn read(
    fields: &Fields<'_>,
    place: Place,
    world: &World<'_, '_>,
    findings: &mut Findings,
) -> Option<Vec<Asked>> {
    for key in ["request", "same", "sweep", "open", "obligations", "released", "missing", "reasons"] {
        if let Some(place) = fields.key_place(key) {
            let message = format!("a question has no `{key}`");
            findings.at(&codes::MALFORMED_QUESTION, place, message, "beside `ask`", &format!("take out `{key}`"));
        }
    }
    let at = fields.moment("at", findings);
    let now = world.moment(at, fields, false, findings);
    let (said, ask_place) = fields.get("ask").and_then(|node| fields::name(node, findings))?;
    let (question, party) = match said.split_once(" for ") {
        Some((question, party)) => (question, Some(party.trim())),
        None => (said, None),
    };
    let asking = Asking { fields, place, ask: ask_place, party, now, world };
    let words: Vec<&str> = question.split_whitespace().collect();
    match *words.as_slice() {
        ["who", action, on] => asking.who(action, on, findings),
        ["what", ..] if words.len() > 1 => asking.what(question.trim_start_matches("what").trim(), findings),
        _ => {
            let message = format!("`{said}` is no question");
            findings.at(&codes::MALFORMED_QUESTION, ask_place, message, "must ask who or what", FORM);
            None
        }
    }
}

struct Asking<'q, 'w, 'm> {
    fields: &'q Fields<'q>,
    place: Place,
    ask: Place,
    party: Option<&'q str>,
    now: Option<Timestamp>,
    world: &'q World<'w, 'm>,
}

impl Asking<'_, '_, '_> {
    fn entity(&self, said: &str, findings: &mut Findings) -> Option<EntityId> {
        entities::find(said, self.ask, self.world.names, self.world.facts, findings)
    }

    /// Everybody in the facts, and who has not logged in.
    fn who(&self, action: &str, on: &str, findings: &mut Findings) -> Option<Vec<Asked>> {
        let world = self.world;
        let party = self.party.map(|said| self.entity(said, findings));
        let text = |said: &str| Node { value: Value::Text(said.into()), place: self.ask };
        // The request is read as one that is written, so that it has the same findings.
        let mut entries = vec![(text("action"), text(action)), (text("on"), text(on))];
        for key in OF_REQUEST {
            if let (Some(node), Some(place)) = (self.fields.get(key), self.fields.key_place(key)) {
                entries.push((Node { value: Value::Text(key.into()), place }, node.clone()));
            }
        }
        let node = Node { value: Value::Map(entries), place: self.ask };
        let request = request::of_node(&node, world.names, world.facts, self.now.unwrap_or_default(), findings);
        let answer = self.fields.need("expect", findings).map(|node| self.listed(node, findings));
        let (request, answer, _, party) =
            (request?, answer?, self.now?, party.map_or(Some(None), |party| party.map(Some))?);
        let anyone = answer.get(&None).copied();
        let everybody = world.facts.entities();
        let asked = |subject: Option<EntityId>| {
            let listed = answer.get(&subject).copied().or(anyone);
            let party = subject.and(party);
            self.expecting(Request { subject, party, ..request.clone() }, listed)
        };
        let nobody = matches!(request.on, On::Resource(_)).then_some(None);
        Some(nobody.into_iter().chain(everybody.map(Some)).map(asked).collect())
    }

    /// Who is listed, with where; `None`: who has not logged in.
    fn listed(&self, node: &Node, findings: &mut Findings) -> BTreeMap<Option<EntityId>, Place> {
        let mut listed: BTreeMap<Option<EntityId>, Vec<Place>> = BTreeMap::new();
        for item in fields::list(node, "expect", findings) {
            let Some((said, place)) = fields::name(item, findings) else { continue };
            let is_anyone = said == ANYONE && self.world.facts.entity_named(ANYONE).is_none();
            let who = if is_anyone {
                Some(None)
            } else {
                entities::find(said, place, self.world.names, self.world.facts, findings).map(Some)
            };
            who.into_iter().for_each(|who| listed.entry(who).or_default().push(place));
        }
        let anyone = listed.contains_key(&None);
        let mut all = BTreeMap::new();
        for (who, places) in listed {
            fields::repeated("somebody", &places, findings);
            if let (true, Some(_), Some(place)) = (anyone, who, places.first()) {
                let message = format!("`{ANYONE}` stands for everybody");
                findings.at(&codes::MALFORMED_QUESTION, *place, message, "is meant already", "take it out");
            }
            all.extend(places.first().map(|place| (who, *place)));
        }
        all
    }

    /// Everything of the module, with all its actions.
    fn what(&self, subject: &str, findings: &mut Findings) -> Option<Vec<Asked>> {
        let world = self.world;
        let subject = self.entity(subject, findings);
        let party = match self.party {
            Some(said) => self.entity(said, findings),
            None => subject,
        };
        if let Some(place) = self.fields.key_place("elements") {
            let message = "a question about everything has no `elements`".to_owned();
            let help = "take it out, or ask for one resource";
            findings.at(&codes::MALFORMED_QUESTION, place, message, "of which resource?", help);
        }
        let about = table::about(self.fields, world, findings);
        let listed =
            self.fields.need("expect", findings).map(|node| table::row(node, "`expect`", None, world, findings));
        let (now, subject, party, listed) = (self.now?, subject?, party?, listed?);
        let mut asked = Vec::new();
        for (on, actions) in table::resources(world.names, world.module) {
            for action in actions {
                let place = listed.get(&(on, action.clone())).copied();
                asked.push(self.expecting(self.request(now, subject, party, action, on, &about), place));
            }
        }
        table::asks_something(&asked, self.ask, world, findings);
        Some(asked)
    }

    fn request(
        &self,
        now: Timestamp,
        subject: EntityId,
        party: EntityId,
        action: Action,
        on: On,
        about: &table::About,
    ) -> Request {
        let is_resource = matches!(on, On::Resource(_));
        Request {
            now,
            today: date_in_oslo(now),
            subject: Some(subject),
            party: Some(party),
            action,
            on,
            to: None,
            context: if is_resource { about.context.clone() } else { Default::default() },
            record: about.record_on(on, self.world),
            elements: Vec::new(),
        }
    }

    fn expecting(&self, request: Request, listed: Option<Place>) -> Asked {
        let outcome = if listed.is_some() { Outcome::Permit } else { Outcome::Deny(None) };
        Asked { request, expected: Expectation::of(outcome), place: listed.unwrap_or(self.place) }
    }
}

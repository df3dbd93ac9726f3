//! A decision for machines: full names, all of the request filled in, the chain as a list of steps with their depth.

use super::expression::expression;
use super::speaker::{FactsSaid, Speaker};
use super::{nearest, rule, step, value};
use crate::decide::{Decision, Effect, Missing, Obliged, Request, Step, Trace, What};
use crate::facts::{EntityId, Given};
use crate::origins::{Origin, Part};
use crate::terms::period::oslo;
use serde::Serialize;
use serde_json::{Map, Value};

/// A decision as JSON would have it.
#[derive(Debug, Serialize)]
pub struct Said {
    format: u32,
    decision: &'static str,
    cause: &'static str,
    request: Asked,
    rules: Vec<RuleSaid>,
    obligations: Vec<ObligedSaid>,
    /// Elements that are released, of a partial action.
    #[serde(skip_serializing_if = "Option::is_none")]
    released: Option<Vec<String>>,
    missing: Vec<String>,
    open: Vec<String>,
    /// Changes that would permit it, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<nearest::Said>,
}

impl Said {
    /// With the changes that would permit it.
    #[must_use]
    pub fn explained(self, nearest: Option<nearest::Said>) -> Said {
        Said { nearest, ..self }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Asked {
    pub(super) at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) party: Option<String>,
    pub(super) action: String,
    pub(super) on: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<Value>,
    /// Those that it names; all, where it names none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) elements: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct ObligedSaid {
    obligation: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    arguments: Map<String, Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elements: Vec<String>,
}

#[derive(Debug, Serialize)]
struct RuleSaid {
    /// Missing where the question itself is asked of a package or an area.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceSaid>,
    /// The elements that it decides; none where the resource has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elements: Vec<String>,
    chain: Vec<StepSaid>,
}

#[derive(Debug, Serialize)]
pub(super) struct PlaceSaid {
    file: String,
    line: u32,
    column: u32,
    offset: u32,
    length: u32,
}

#[derive(Debug, Serialize)]
struct StepSaid {
    step: &'static str,
    depth: u16,
    #[serde(flatten)]
    members: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceSaid>,
}

impl From<&Origin> for PlaceSaid {
    fn from(origin: &Origin) -> Self {
        PlaceSaid {
            file: origin.file.to_string(),
            line: origin.position.line,
            column: origin.position.column,
            offset: origin.offset,
            length: origin.length,
        }
    }
}

/// The decision as it is written in JSON.
#[must_use]
pub fn json(decision: &Decision, request: &Request, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Said {
    let mut open: Vec<String> = decision.open.iter().map(|question| speaker.open_question(*question)).collect();
    open.sort();
    Said {
        format: 1,
        decision: match decision.effect {
            Effect::Permit => "permit",
            Effect::Deny => "deny",
        },
        cause: decision.cause.word(),
        request: asked(request, request.party(), speaker, facts),
        rules: decision.traces.iter().map(|trace| of_trace(trace, speaker, facts)).collect(),
        obligations: decision.obligations.iter().map(|one| of_obliged(one, speaker)).collect(),
        released: decision.released.as_deref().map(texts),
        missing: decision.missing.iter().map(|missing| of_missing(missing, speaker)).collect(),
        open,
        nearest: None,
    }
}

/// A moment, as in Oslo.
pub(super) fn moment(now: jiff::Timestamp) -> String {
    now.to_zoned(oslo()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// What is asked, for a party.
pub(super) fn asked(request: &Request, party: Option<EntityId>, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Asked {
    let name = |id: EntityId| facts.facts.name(id).to_owned();
    Asked {
        at: moment(request.now),
        subject: request.subject.map(name),
        party: party.map(name),
        action: request.action.word().to_owned(),
        on: speaker.on(request.on).to_owned(),
        to: request.to.map(name),
        context: (!request.context.0.is_empty()).then(|| value::known(&request.context, speaker, facts)),
        record: request.record.as_ref().map(|record| value::value(record, speaker, facts)),
        elements: texts(&request.elements),
    }
}

/// As a text of one line for each first member, with a line break at its end.
#[must_use]
pub fn to_text(said: &Said) -> String {
    let mut text = serde_json::to_string_pretty(said).unwrap_or_default();
    text.push('\n');
    text
}

fn texts(names: &[Box<str>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(super) fn of_obliged(one: &Obliged, speaker: &Speaker<'_>) -> ObligedSaid {
    let arguments = one.oblige.arguments.iter();
    ObligedSaid {
        obligation: speaker.obligation(one.oblige.obligation).to_owned(),
        arguments: arguments.map(|(name, of)| (name.to_string(), value::constant(of, speaker))).collect(),
        elements: texts(&one.elements),
    }
}

pub(super) fn of_missing(missing: &Missing, speaker: &Speaker<'_>) -> String {
    match missing {
        Missing::Role(role) => speaker.role(*role).to_owned(),
        Missing::Attribute(text) | Missing::Undecided(text) => text.to_string(),
    }
}

/// `controller` or `processor`.
fn control(processes: bool) -> &'static str {
    if processes { "processor" } else { "controller" }
}

fn of_trace(trace: &Trace, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> RuleSaid {
    RuleSaid {
        key: trace.rule.and_then(|id| speaker.bundle.meaning.rule(id)).map(|rule| rule.key.to_string()),
        place: trace.rule.and_then(|id| speaker.origin(Part::Rule(id, trace.scope))).map(PlaceSaid::from),
        elements: texts(&trace.elements),
        chain: trace.chain.iter().map(|link| of_step(link.depth, &link.step, speaker, facts)).collect(),
    }
}

fn of_step(depth: u16, step: &Step, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> StepSaid {
    let mut members = Members { map: Map::new(), speaker, facts };
    let word = match step {
        Step::Holds { who, package, party } => {
            members.who("subject", Some(*who)).text("package", speaker.package(*package)).who("party", Some(*party));
            "holds"
        }
        Step::MayPassOn { who, package, party } => {
            members.who("subject", Some(*who)).text("package", speaker.package(*package)).who("party", Some(*party));
            "may-pass-on"
        }
        Step::Delegation { index } => {
            members.delegation(*index);
            "delegation"
        }
        Step::Delegable { what, version, line, receiver } => {
            members.what(*what).who("receiver", Some(*receiver)).number("version", *version).number("line", *line);
            "delegable"
        }
        Step::Grant { package, version, grant } => {
            members.text("package", speaker.package(*package)).number("version", *version).number("grant", *grant);
            let body = speaker.bundle.meaning.package(*package).and_then(|named| named.versions.get(*version as usize));
            if let Some(body) = body.and_then(|body| body.grants.get(*grant as usize)) {
                members.text("says", &rule::grant(body, speaker));
            }
            "grant"
        }
        Step::Role { index } => {
            if let Some(fact) = facts.facts.role(*index) {
                members
                    .who("subject", Some(fact.subject))
                    .text("role", speaker.role(fact.role))
                    .who("party", fact.party);
            }
            "role"
        }
        Step::UnknownRole { subject, role, party } => {
            members.who("subject", Some(*subject)).text("role", speaker.role(*role)).who("party", *party);
            "unknown-role"
        }
        Step::IsParty { who } => {
            members.who("subject", Some(*who));
            "is-party"
        }
        Step::IsOrganisation { who, organisation } => {
            members.who("party", Some(*who)).text("organisation", speaker.organisation(*organisation));
            "is-organisation"
        }
        Step::Anyone => "anyone",
        Step::LacksPackage { who, package, party } => {
            members.who("subject", *who).text("package", speaker.package(*package)).who("party", *party);
            "lacks-package"
        }
        Step::LacksRightToPassOn { who, what, party } => {
            members.who("subject", *who).what(*what).who("party", *party);
            "lacks-right-to-pass-on"
        }
        Step::LacksArea { who, area, party } => {
            members.who("subject", *who).text("area", speaker.area(*area)).who("party", *party);
            "lacks-area"
        }
        Step::NotDelegable { what, receiver } => {
            members.what(*what).who("receiver", *receiver);
            "not-delegable"
        }
        Step::LacksRole { who, role, party } => {
            members.who("subject", *who).text("role", speaker.role(*role)).who("party", *party);
            "lacks-role"
        }
        Step::IsNotParty { who, party } => {
            members.who("subject", *who).who("party", *party);
            "is-not-party"
        }
        Step::IsNotOrganisation { party, organisation } => {
            members.who("party", *party).text("organisation", speaker.organisation(*organisation));
            "is-not-organisation"
        }
        Step::LacksKeyRole { who, party } => {
            members.who("subject", *who).who("party", *party);
            "lacks-key-role"
        }
        Step::ConditionHolds => "condition-holds",
        Step::ConditionFails { part } => {
            members.text("says", &expression(part, speaker));
            "condition-fails"
        }
        Step::ConditionUnknown { missing } => {
            let missing: Vec<String> = missing.iter().map(|one| of_missing(one, speaker)).collect();
            members.map.insert("missing".to_owned(), missing.into());
            "condition-unknown"
        }
        Step::OtherElements => "other-elements",
        Step::EitherIsOrganisation { who, organisation } => {
            members.who("subject", Some(*who)).text("organisation", speaker.organisation(*organisation));
            "either-is-organisation"
        }
        Step::Controls { who, processes } => {
            members.who("subject", Some(*who)).text("as", control(*processes));
            "controls"
        }
        Step::LacksControl { party, processes } => {
            members.who("party", *party).text("as", control(*processes));
            "lacks-control"
        }
        Step::NotInForce => "not-in-force",
    };
    let place = step::origin(step, speaker, facts).as_ref().map(PlaceSaid::from);
    StepSaid { step: word, depth, members: members.map, place }
}

/// The members of a step.
struct Members<'s> {
    map: Map<String, Value>,
    speaker: &'s Speaker<'s>,
    facts: &'s FactsSaid<'s>,
}

impl Members<'_> {
    fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.map.insert(key.to_owned(), text.into());
        self
    }

    fn number(&mut self, key: &str, number: u32) -> &mut Self {
        self.map.insert(key.to_owned(), number.into());
        self
    }

    fn who(&mut self, key: &str, who: Option<EntityId>) -> &mut Self {
        if let Some(who) = who {
            self.map.insert(key.to_owned(), self.facts.facts.name(who).into());
        }
        self
    }

    fn what(&mut self, what: What) -> &mut Self {
        let key = match what {
            What::Package(_) => "package",
            What::Area(_) => "area",
        };
        let full = self.speaker.what(what);
        self.text(key, full)
    }

    fn delegation(&mut self, index: u32) {
        let Some(given) = self.facts.facts.delegation(index) else { return };
        self.what(match given.what {
            Given::Package(id) => What::Package(id),
            Given::Area(id) => What::Area(id),
        });
        self.who("giver", Some(given.giver)).who("receiver", Some(given.receiver)).who("party", Some(given.party));
        self.text("given", &given.given.to_string());
        if let Some(from) = given.period.from {
            self.text("from", &from.to_string());
        }
        if let Some(before) = given.period.before {
            self.text("before", &before.to_string());
        }
        if let Some(withdrawn) = given.withdrawn {
            self.text("withdrawn", &withdrawn.to_string());
        }
    }
}

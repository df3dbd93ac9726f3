//! What a case expects: an effect, for a denial its cause, perhaps what it obliges to, releases, lacks or leaves open. Asks
//! nobody whether it is so.

use crate::decide::{Cause, Decision, Effect, Missing, OpenQuestion, OpenValue, What};
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Facts, Known, Value};
use crate::intake::fields::{self, Fields, Findings};
use crate::intake::names::{Names, Sort, Thing};
use crate::intake::values;
use crate::intake::yaml::{self, Node};
use crate::ir::{Constant, Oblige};
use crate::source::Place;
use std::collections::{BTreeMap, BTreeSet};

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The decision.
    pub outcome: Outcome,
    /// The open questions that a denial names: exactly these, if they are said.
    pub open: Option<BTreeSet<OpenQuestion>>,
    /// What it obliges to: exactly this, if it is said; elements where they are said.
    pub obligations: Option<Vec<Owed>>,
    /// The elements that are released: exactly these, if they are said.
    pub released: Option<Vec<Box<str>>>,
    /// What was missing: exactly this, if it is said.
    pub missing: Option<BTreeSet<Missing>>,
    /// What carries the decision, in the words of an author: exactly this, if it is said.
    pub reasons: Option<Vec<Box<str>>>,
}

/// The decision that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Permit.
    Permit,
    /// Deny, for this cause; `None`: whatever the cause, since it is not among what is listed.
    Deny(Option<Cause>),
}

impl Outcome {
    /// The decision with this cause.
    #[must_use]
    pub fn of(cause: Cause) -> Self {
        if cause == Cause::Permitted { Outcome::Permit } else { Outcome::Deny(Some(cause)) }
    }

    /// Is it this decision?
    #[must_use]
    pub fn is(self, decision: &Decision) -> bool {
        match self {
            Outcome::Permit => decision.effect == Effect::Permit,
            Outcome::Deny(Some(cause)) => decision.cause == cause,
            Outcome::Deny(None) => decision.effect == Effect::Deny,
        }
    }

    /// In the words of a suite: `deny not-granted`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Outcome::Permit => "permit".to_owned(),
            Outcome::Deny(Some(cause)) => format!("deny {}", cause.word()),
            Outcome::Deny(None) => "deny, since it is not listed".to_owned(),
        }
    }
}

/// An obligation that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Which, with its arguments.
    pub oblige: Oblige,
    /// The elements that it comes from: exactly these, if they are said.
    pub elements: Option<Vec<Box<str>>>,
}

impl Expectation {
    /// A decision, and no more.
    #[must_use]
    pub fn of(outcome: Outcome) -> Self {
        Expectation { outcome, open: None, obligations: None, released: None, missing: None, reasons: None }
    }

    /// Is the decision what is expected? What carries it is not asked here: that takes words.
    #[must_use]
    pub fn is_met(&self, decision: &Decision) -> bool {
        self.outcome.is(decision)
            && self.open.as_ref().is_none_or(|open| decision.open.iter().copied().eq(open.iter().copied()))
            && self.obligations.as_ref().is_none_or(|expected| obliges(decision, expected))
            && self
                .released
                .as_ref()
                .is_none_or(|expected| decision.released.as_deref().unwrap_or_default() == expected.as_slice())
            && self.missing.as_ref().is_none_or(|expected| decision.missing.iter().eq(expected))
    }
}

/// Each obligation stands once in a decision; so it does in what is expected.
fn obliges(decision: &Decision, expected: &[Owed]) -> bool {
    decision.obligations.len() == expected.len()
        && expected.iter().all(|owed| {
            let got = decision.obligations.iter().find(|got| got.oblige == owed.oblige);
            got.is_some_and(|got| owed.elements.as_ref().is_none_or(|elements| got.elements == *elements))
        })
}

const CHOICES: [&str; 4] = ["permit", "deny not-granted", "deny undecidable", "deny forbidden"];

/// Keys that say what is expected.
pub(super) const KEYS: [&str; 6] = ["expect", "open", "obligations", "released", "missing", "reasons"];

/// Reads everything that is expected of a decision.
pub(super) fn of_fields(
    fields: &Fields<'_>,
    names: &Names<'_>,
    facts: &Facts,
    findings: &mut Findings,
) -> Option<Expectation> {
    let cause = fields.need("expect", findings).and_then(|node| read(node, findings));
    let of = |key: &str, only: &[Cause], message: &str, findings: &mut Findings| {
        if let (Some(place), Some(cause)) = (fields.key_place(key), cause)
            && !only.contains(&cause)
        {
            let help = format!("take out `{key}`");
            findings.at(&codes::MALFORMED_VALUE, place, message.to_owned(), "another decision is expected", &help);
        }
    };
    of("open", &[Cause::NotGranted], "only a denial that is not granted names open questions", findings);
    of("missing", &[Cause::Undecidable], "only a denial that is undecidable names what was missing", findings);
    of("released", &[Cause::Permitted], "only a permit releases elements", findings);
    let carried = [Cause::Permitted, Cause::Forbidden, Cause::Undecidable];
    of("reasons", &carried, "what is not granted is carried by nothing", findings);
    let said = |key: &str| fields.get(key).is_some();
    let open = said("open").then(|| read_open(fields.list("open", findings), names, findings));
    let obligations = said("obligations").then(|| {
        let nodes = fields.list("obligations", findings);
        read_obligations(nodes, names, facts, findings)
    });
    let released = said("released").then(|| read_elements(fields.list("released", findings), findings));
    let missing = said("missing").then(|| read_missing(fields.list("missing", findings), names, findings));
    let reasons = said("reasons").then(|| read_reasons(fields, findings));
    Some(Expectation { outcome: Outcome::of(cause?), open, obligations, released, missing, reasons })
}

/// Reads `reasons`: at least one, each once.
fn read_reasons(fields: &Fields<'_>, findings: &mut Findings) -> Vec<Box<str>> {
    let mut places: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    let nodes = fields.list("reasons", findings);
    for node in nodes {
        if let Some((text, place)) = fields::name(node, findings) {
            let words: Vec<&str> = text.split_whitespace().collect();
            places.entry(words.join(" ").into()).or_default().push(place);
        }
    }
    if let (Some(place), true) = (fields.key_place("reasons"), nodes.is_empty()) {
        let message = "no reason is named".to_owned();
        findings.at(&codes::MALFORMED_VALUE, place, message, "says nothing", "take out `reasons`, or name one");
    }
    for (reason, places) in &places {
        fields::repeated(&format!("the reason `{reason}`"), places, findings);
    }
    places.into_keys().collect()
}

/// Reads `expect`.
pub fn read(node: &Node, findings: &mut Findings) -> Option<Cause> {
    let said = node.text().unwrap_or("");
    let words: Vec<&str> = said.split_whitespace().collect();
    match *words.as_slice() {
        ["permit"] => return Some(Cause::Permitted),
        ["deny", cause] => match Cause::from_word(cause) {
            Some(cause) if cause != Cause::Permitted => return Some(cause),
            _ => {}
        },
        ["deny"] => {
            let message = "a denial that is expected says its cause".to_owned();
            let help = "write `deny not-granted`, or `deny undecidable` or `deny forbidden`";
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "for which cause?", help);
            return None;
        }
        _ => {}
    }
    let message = match node.text() {
        Some(said) => format!("`{said}` is no decision"),
        None => format!("a decision is a text, not {}", node.value.called()),
    };
    let choices = format!("write {}", fields::listed(&CHOICES, "or"));
    let nearest = suggest::nearest(said, CHOICES);
    let finding = Diagnostic::new(&codes::MALFORMED_VALUE, message, node.place).label("must be a decision");
    let finding = finding.help(nearest.question().map_or(choices.clone(), |question| format!("{question} {choices}")));
    findings.push(match nearest.sure() {
        Some(sure) => finding.fix(node.place, sure),
        None => finding,
    });
    None
}

/// Reads `open`: each question by its name, as a decision names it, with names short or full.
pub fn read_open(nodes: &[Node], names: &Names<'_>, findings: &mut Findings) -> BTreeSet<OpenQuestion> {
    nodes.iter().filter_map(|node| question(node, names, findings)).collect()
}

fn question(node: &Node, names: &Names<'_>, findings: &mut Findings) -> Option<OpenQuestion> {
    let (said, place) = fields::name(node, findings)?;
    let words: Vec<&str> = said.split_whitespace().collect();
    let find = |name: &str, sort: Sort, findings: &mut Findings| names.find(name, place, &[sort], findings);
    let open = match *words.as_slice() {
        [_, "for"] => OpenValue::Kinds,
        [_, "delegable"] => OpenValue::Delegable,
        [_, "grant"] => OpenValue::Grant,
        [_, "grant", "self"] => OpenValue::GrantToItself,
        [_, "grant", "role", name] => match find(name, Sort::Role, findings)? {
            Thing::Role(id) => OpenValue::GrantToRole(id),
            _ => return None,
        },
        [_, "grant", "package", name] => match find(name, Sort::Package, findings)? {
            Thing::Package(id) => OpenValue::GrantToPackage(id),
            _ => return None,
        },
        _ => {
            unknown(said, place, findings);
            return None;
        }
    };
    match names.find(words.first()?, place, &[Sort::Package, Sort::Area], findings)? {
        Thing::Package(id) => Some(OpenQuestion { what: What::Package(id), open }),
        Thing::Area(id) if open == OpenValue::Delegable => Some(OpenQuestion { what: What::Area(id), open }),
        _ => {
            unknown(said, place, findings);
            None
        }
    }
}

fn unknown(said: &str, place: Place, findings: &mut Findings) {
    let message = format!("`{said}` names no open question");
    let help = "write a package and `for`, `delegable`, `grant`, `grant self`, `grant role NAME` or `grant package NAME`; or an area and `delegable`";
    findings.at(&codes::MALFORMED_VALUE, place, message, "must name an open question", help);
}

/// Reads `obligations`: `log`, `pseudonymise: { identifier: serial }`, perhaps with `elements: […]` beside.
pub fn read_obligations(nodes: &[Node], names: &Names<'_>, facts: &Facts, findings: &mut Findings) -> Vec<Owed> {
    let mut read: Vec<Owed> = Vec::new();
    let mut places: BTreeMap<Oblige, Vec<Place>> = BTreeMap::new();
    for node in nodes {
        let Some(owed) = obligation(node, names, facts, findings) else { continue };
        places.entry(owed.oblige.clone()).or_default().push(node.place);
        read.push(owed);
    }
    places.values().for_each(|places| fields::repeated("an obligation", places, findings));
    read
}

fn obligation(node: &Node, names: &Names<'_>, facts: &Facts, findings: &mut Findings) -> Option<Owed> {
    let mut elements = None;
    let (said, arguments) = match &node.value {
        yaml::Value::Map(entries) => {
            let mut found = None;
            for (key, value) in fields::entries_of(entries, "an obligation", findings) {
                let Some((text, place)) = fields::name(key, findings) else { continue };
                if text == ELEMENTS {
                    elements = Some(read_elements(fields::list(value, ELEMENTS, findings), findings));
                } else if found.is_some() {
                    let message = "one entry of `obligations` is one obligation".to_owned();
                    let help = "write each on a line of its own";
                    findings.at(&codes::MALFORMED_VALUE, place, message, "a second one", help);
                } else {
                    found = Some(((text, place), Some(value)));
                }
            }
            found.or_else(|| {
                let message = "no obligation is named".to_owned();
                findings.at(&codes::MISSING_KEY, node.place, message, "which one?", "write its name and `{}`");
                None
            })?
        }
        _ => (fields::name(node, findings)?, None),
    };
    let Thing::Obligation(id) = names.find(said.0, said.1, &[Sort::Obligation], findings)? else { return None };
    let parameters = &names.meaning.obligation(id)?.body.parameters;
    let known = match arguments {
        Some(node) => values::Reader::new(names, facts).known(node, "the obligation", parameters, &[], findings),
        None => Known::default(),
    };
    for name in parameters.keys().filter(|name| known.get(name).is_none()) {
        let already = arguments.is_some_and(|node| matches!(&node.value, yaml::Value::Map(entries) if entries.iter().any(|(key, _)| key.text() == Some(name))));
        if !already {
            let message = format!("`{}` is said with its `{name}`", said.0);
            let help = format!("write `{}: {{ {name}: … }}`", said.0);
            findings.at(&codes::MISSING_KEY, said.1, message, "an argument is missing", &help);
        }
    }
    let constants = known.0.into_iter().map(|(name, value)| Some((name, constant(value, facts)?)));
    let arguments: Option<BTreeMap<Box<str>, Constant>> = constants.collect();
    Some(Owed { oblige: Oblige { obligation: id, arguments: arguments? }, elements })
}

const ELEMENTS: &str = "elements";

/// Reads the names of elements: sorted, each once.
pub fn read_elements(nodes: &[Node], findings: &mut Findings) -> Vec<Box<str>> {
    let mut places: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    for node in nodes {
        if let Some((name, place)) = fields::name(node, findings) {
            places.entry(name.into()).or_default().push(place);
        }
    }
    for (name, places) in &places {
        fields::repeated(&format!("the element `{name}`"), places, findings);
    }
    places.into_keys().collect()
}

/// The constant that a policy would write for a value; things without one are no arguments.
fn constant(value: Value, facts: &Facts) -> Option<Constant> {
    Some(match value {
        Value::Bool(yes) => Constant::Bool(yes),
        Value::Integer(number) => Constant::Integer(number),
        Value::String(text) => Constant::String(text),
        Value::Date(day) => Constant::Date(day),
        Value::DateTime(moment) => Constant::DateTime(moment),
        Value::Duration(length) => Constant::Duration(length),
        Value::Enum(id, value) => Constant::Enum(id, value),
        Value::Element(name) => Constant::Element(name),
        Value::Consent(consent) => Constant::Consent(consent),
        Value::None => Constant::None,
        Value::Entity(id) => Constant::Organisation(facts.entity(id)?.declared?),
        Value::Thing(_) | Value::Nameless(_) | Value::Set(_) => return None,
    })
}

/// Reads `missing`: `party.birth_date`, `role manager`, or what is undecided as a decision says it.
pub fn read_missing(nodes: &[Node], names: &Names<'_>, findings: &mut Findings) -> BTreeSet<Missing> {
    nodes.iter().filter_map(|node| missing(node, names, findings)).collect()
}

fn missing(node: &Node, names: &Names<'_>, findings: &mut Findings) -> Option<Missing> {
    let (said, place) = fields::name(node, findings)?;
    let words: Vec<&str> = said.split_whitespace().collect();
    match *words.as_slice() {
        ["role", name] => match names.find(name, place, &[Sort::Role], findings)? {
            Thing::Role(id) => Some(Missing::Role(id)),
            _ => None,
        },
        ["undecided", ..] => Some(Missing::Undecided(words.get(1..)?.join(" ").into())),
        [path] if path.split('.').all(|part| !part.is_empty()) => Some(Missing::Attribute(path.into())),
        _ => {
            let message = format!("`{said}` names nothing that can be missing");
            let help = "write a path, as `party.birth_date`, `role NAME`, or `undecided` and what is";
            findings.at(&codes::MALFORMED_VALUE, place, message, "must be missing", help);
            None
        }
    }
}

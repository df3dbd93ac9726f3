//! Values of attributes as data say them, each of its declared type: a wrong type, a name that nobody has and a value that
//! nobody declares are findings. Which attributes there are is told by `attributes`.

use super::attributes::{called, elements, follows};
use super::entities;
use super::facts::ATTRIBUTES;
use super::fields::{self, Findings, entries_of, listed};
use super::names::{Names, last_of};
use super::yaml::{self, Node};
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Facts, Known, ThingId, ThingSort, Value};
use crate::ir::{Attributes, EntityName, EntityTypeId, EnumId, Type};
use crate::source::Place;
use crate::terms::{
    duration::{Duration, Unit},
    kind::Kind,
    limit,
    root::{BuiltIn, Consent},
};
use std::collections::{BTreeMap, BTreeSet};

/// Reads values among facts whose names are known.
pub struct Reader<'r, 'm> {
    names: &'r Names<'m>,
    facts: &'r Facts,
    /// Elements of all resources; made when the first element is read.
    elements: Option<(BTreeSet<&'m str>, bool)>,
    /// Records by name; made when the first record is named.
    records: Option<BTreeMap<&'r str, ThingId>>,
    /// Attributes of a record whose register is not said.
    record: Option<Attributes>,
}

impl<'r, 'm> Reader<'r, 'm> {
    /// A reader among these names.
    #[must_use]
    pub fn new(names: &'r Names<'m>, facts: &'r Facts) -> Self {
        Reader { names, facts, elements: None, records: None, record: None }
    }

    /// What is known of something (`a person`): each attribute that a map says. Keys in `besides` are read elsewhere.
    pub fn known(
        &mut self,
        node: &Node,
        what: &str,
        attributes: &Attributes,
        besides: &[&str],
        findings: &mut Findings,
    ) -> Known {
        let entries = match &node.value {
            yaml::Value::Nothing => return Known::default(),
            yaml::Value::Map(entries) => entries,
            other => {
                let message = format!("{what} is followed by a map, not by {}", other.called());
                let help = "write `{}`, or what is known: `{ key: value }`";
                findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a map", help);
                return Known::default();
            }
        };
        let mut known = Vec::new();
        for (key, value) in entries_of(entries, what, findings) {
            let Some(name) = key.text().filter(|name| !besides.contains(name)) else { continue };
            match attributes.get(name) {
                Some(of) => known.extend(self.value(value, of, findings).map(|value| (name.into(), value))),
                None => findings.push(unknown(name, key.place, what, attributes, besides)),
            }
        }
        known.sort();
        Known(known)
    }

    /// The same of something that has keys of its own: an attribute with the name of one stands under `attributes`.
    pub fn known_with(
        &mut self,
        node: &Node,
        what: &str,
        attributes: &Attributes,
        keys: &[&str],
        findings: &mut Findings,
    ) -> Known {
        let keys: Vec<&str> = keys.iter().copied().chain([ATTRIBUTES]).collect();
        let beside = self.known(node, what, attributes, &keys, findings);
        self.with_those_within(beside, node, what, attributes, findings)
    }

    /// What is known, with what stands under `attributes` of the same map.
    pub fn with_those_within(
        &mut self,
        beside: Known,
        node: &Node,
        what: &str,
        attributes: &Attributes,
        findings: &mut Findings,
    ) -> Known {
        let within = match &node.value {
            yaml::Value::Map(entries) => entries.iter().find(|(key, _)| key.text() == Some(ATTRIBUTES)),
            _ => None,
        };
        let Some((key, within)) = within else { return beside };
        let mut all: BTreeMap<Box<str>, Value> = beside.0.into_iter().collect();
        for (name, value) in self.known(within, what, attributes, &[], findings).0 {
            if all.insert(name.clone(), value).is_some() {
                let message = format!("the attribute `{name}` stands twice");
                let help = "take it out, here or beside the other keys";
                findings.at(&codes::REPEATED_IN_DATA, key.place, message, "stands here again", help);
            }
        }
        Known(all.into_iter().collect())
    }

    /// A value of this type. Depth is limited by the reader of the text.
    pub fn value(&mut self, node: &Node, of: &Type, findings: &mut Findings) -> Option<Value> {
        match of {
            Type::OrNone(_) if node.text() == Some("none") => Some(Value::None),
            Type::OrNone(of) => self.value(node, of, findings),
            _ if node.text() == Some("none") && !matches!(of, Type::String | Type::Enum(_)) => {
                let message = "`none` says that there is none, which the policies do not allow here".to_owned();
                let help = format!("write {}, or leave it out where it is not known", called(of, self.names.meaning));
                findings.at(&codes::MALFORMED_VALUE, node.place, message, "may not be none", &help);
                None
            }
            _ if matches!(node.value, yaml::Value::Nothing) => {
                let message = "nothing is written, which says nothing".to_owned();
                let help =
                    format!("write {}, or leave the key out where it is not known", called(of, self.names.meaning));
                findings.at(&codes::MALFORMED_VALUE, node.place, message, "the value is missing", &help);
                None
            }
            Type::Bool => fields::truth(node, findings).map(Value::Bool),
            Type::Integer => self.integer(node, findings),
            Type::String => self.string(node, findings),
            Type::Date => fields::day(node, findings).map(Value::Date),
            Type::DateTime => fields::moment(node, findings).map(Value::DateTime),
            Type::Duration => self.duration(node, findings),
            Type::Element => self.element(node, findings),
            Type::Consent => {
                let words = [Consent::Given.word(), Consent::Withdrawn.word()];
                let said = self.word(node, of, words, findings)?;
                Consent::from_word(said).map(Value::Consent)
            }
            Type::Enum(id) => self.of_enum(node, *id, findings),
            Type::Entity(EntityName::BuiltIn(one)) => self.built_in(node, *one, findings),
            Type::Entity(EntityName::Declared(id)) => self.thing(node, *id, findings),
            Type::Set(of) => self.set(node, of, findings),
        }
    }

    fn malformed(&self, node: &Node, of: &Type, findings: &mut Findings) {
        let meant = called(of, self.names.meaning);
        let message = match node.text() {
            Some(said) => format!("`{said}` is not {meant}"),
            None => format!("{} stands where {meant} must", node.value.called()),
        };
        let label = format!("must be {meant}");
        findings.at(&codes::MALFORMED_VALUE, node.place, message, &label, &format!("write {meant}"));
    }

    /// One of some words.
    fn word<'n, 'w>(
        &self,
        node: &'n Node,
        of: &Type,
        words: impl IntoIterator<Item = &'w str>,
        findings: &mut Findings,
    ) -> Option<&'n str> {
        let words: Vec<&str> = words.into_iter().collect();
        let said = match &node.value {
            yaml::Value::Text(text) => &**text,
            _ => {
                self.malformed(node, of, findings);
                return None;
            }
        };
        if words.contains(&said) {
            return Some(said);
        }
        let message = format!("`{said}` is not {}", called(of, self.names.meaning));
        let finding = Diagnostic::new(&codes::MALFORMED_VALUE, message, node.place).label("not among its values");
        let nearest = near(said, words.len(), words.iter().copied(), findings);
        let all = format!("write {}", listed(&words, "or"));
        let finding = finding.help(nearest.question().map_or(all.clone(), |question| format!("{question} {all}")));
        findings.push(match nearest.sure() {
            Some(sure) => finding.fix(node.place, sure),
            None => finding,
        });
        None
    }

    fn integer(&self, node: &Node, findings: &mut Findings) -> Option<Value> {
        let number = match &node.value {
            yaml::Value::Number(text) => text.parse::<i64>().ok(),
            _ => None,
        };
        let number = number.filter(|number| (-limit::INTEGER..=limit::INTEGER).contains(number));
        if number.is_none() {
            self.malformed(node, &Type::Integer, findings);
        }
        number.map(Value::Integer)
    }

    /// A text; what YAML takes for something else must stand in quotes, so that nobody wonders which was meant.
    fn string(&self, node: &Node, findings: &mut Findings) -> Option<Value> {
        match &node.value {
            yaml::Value::Text(text) => Some(Value::String(text.clone())),
            // `{ text: none }` is the text, where `none` alone says that there is none.
            yaml::Value::Map(entries) => match entries.as_slice() {
                [(key, value)] if key.text() == Some("text") && !matches!(value.value, yaml::Value::Map(_)) => {
                    self.string(value, findings)
                }
                _ => {
                    self.malformed(node, &Type::String, findings);
                    None
                }
            },
            yaml::Value::Number(text) => {
                let message = format!("`{text}` is a number, where a text must stand");
                let finding = Diagnostic::new(&codes::MALFORMED_VALUE, message, node.place).label("must be a text");
                findings.push(finding.help("write it in quotes").fix(node.place, format!("\"{text}\"")));
                None
            }
            _ => {
                self.malformed(node, &Type::String, findings);
                None
            }
        }
    }

    fn duration(&self, node: &Node, findings: &mut Findings) -> Option<Value> {
        let said = node.text().unwrap_or("");
        let read = said.split_once(' ').and_then(|(amount, unit)| {
            let digits = amount.bytes().all(|byte| byte.is_ascii_digit());
            let amount = amount.parse::<u32>().ok().filter(|amount| digits && *amount <= Duration::MOST)?;
            Some(Duration { unit: Unit::from_word(unit)?, amount })
        });
        if read.is_none() {
            let message = match node.text() {
                Some(said) => format!("`{said}` is no length of time"),
                None => format!("{} stands where a length of time must", node.value.called()),
            };
            let help = "write how many of `years`, `months`, `days`, `hours` or `minutes`, as `30 days`";
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a length of time", help);
        }
        read.map(Value::Duration)
    }

    fn element(&mut self, node: &Node, findings: &mut Findings) -> Option<Value> {
        let (said, place) = fields::name(node, findings)?;
        let (all, undecided) = self.elements.get_or_insert_with(|| elements(self.names.meaning));
        if *undecided || all.contains(said) {
            return Some(Value::Element(said.into()));
        }
        let nearest = near(said, all.len(), all.iter().copied(), findings);
        let message = format!("nothing has an element `{said}`");
        findings.push(nearly(
            message,
            place,
            "not declared",
            &nearest,
            "write an element that a service or register has",
        ));
        None
    }

    fn of_enum(&self, node: &Node, id: EnumId, findings: &mut Findings) -> Option<Value> {
        let values = self.names.meaning.enum_at(id).map_or(&[][..], |of| &of.body.values);
        let said = self.word(node, &Type::Enum(id), values.iter().map(|value| &**value), findings)?;
        let at = values.iter().position(|value| **value == *said)?;
        Some(Value::Enum(id, u32::try_from(at).ok()?))
    }

    fn built_in(&mut self, node: &Node, one: BuiltIn, findings: &mut Findings) -> Option<Value> {
        let kind = match one {
            BuiltIn::Person => Kind::Person,
            BuiltIn::Organisation => Kind::Organisation,
            BuiltIn::SystemUser => Kind::SystemUser,
            BuiltIn::Record => return self.record(node, findings),
            BuiltIn::Context | BuiltIn::Delegation => {
                let attributes = super::attributes::of_entity(one, self.names.meaning);
                let what = if one == BuiltIn::Context { "a context" } else { "a delegation" };
                return Some(Value::Nameless(Box::new(self.known(node, what, &attributes, &[], findings))));
            }
        };
        let (said, place) = fields::name(node, findings)?;
        let id = entities::find(said, place, self.names, self.facts, findings)?;
        let found = self.facts.entity(id)?.kind;
        if found != kind {
            let message = format!("`{said}` is {}, not {}", entities::article(found), entities::article(kind));
            let label = format!("must be {}", entities::article(kind));
            findings.at(&codes::MALFORMED_VALUE, place, message, &label, "name another, or list it as what it is");
            return None;
        }
        Some(Value::Entity(id))
    }

    /// A record by its name, or one that is written in its place.
    fn record(&mut self, node: &Node, findings: &mut Findings) -> Option<Value> {
        if matches!(node.value, yaml::Value::Map(_)) {
            let attributes = match self.record.take() {
                Some(attributes) => attributes,
                None => super::attributes::of_entity(BuiltIn::Record, self.names.meaning),
            };
            let known = self.known(node, "a record", &attributes, &[], findings);
            self.record = Some(attributes);
            return Some(Value::Nameless(Box::new(known)));
        }
        let (said, place) = fields::name(node, findings)?;
        self.record_named(said, place, findings).map(Value::Thing)
    }

    /// The record of a name.
    pub fn record_named(&mut self, said: &str, place: Place, findings: &mut Findings) -> Option<ThingId> {
        let facts = self.facts;
        let records = self.records.get_or_insert_with(|| {
            let all = facts.things().filter_map(|id| Some((id, facts.thing(id)?)));
            let records = all.filter(|(_, thing)| matches!(thing.sort, ThingSort::Record(_)));
            records.map(|(id, thing)| (thing.name, id)).collect()
        });
        if let Some(id) = records.get(said) {
            return Some(*id);
        }
        let nearest = near(said, records.len(), records.keys().copied(), findings);
        let message = format!("no record is called `{said}`");
        findings.push(nearly(message, place, "not among the facts", &nearest, "list the record under `records`"));
        None
    }

    /// A thing by its name, or one that is written in its place.
    fn thing(&mut self, node: &Node, id: EntityTypeId, findings: &mut Findings) -> Option<Value> {
        let meaning = self.names.meaning;
        let of = meaning.entity(id)?;
        let title = last_of(&of.name);
        if matches!(node.value, yaml::Value::Map(_)) {
            let what = format!("a thing of `{title}`");
            let known = self.known(node, &what, &of.body.attributes, &[], findings);
            return Some(Value::Nameless(Box::new(known)));
        }
        let (said, place) = fields::name(node, findings)?;
        let sort = ThingSort::Entity(id);
        if let Some(id) = self.facts.thing_named(sort, said) {
            return Some(Value::Thing(id));
        }
        let others = self.facts.things_of(sort).filter_map(|id| Some(self.facts.thing(id)?.name));
        let nearest = near(said, self.facts.things_of(sort).count(), others, findings);
        let message = format!("no `{title}` is called `{said}`");
        let help = format!("list it under `things`, as `{title}: {{ {said}: {{}} }}`, or write its attributes here");
        findings.push(nearly(message, place, "not among the facts", &nearest, &help));
        None
    }

    fn set(&mut self, node: &Node, of: &Type, findings: &mut Findings) -> Option<Value> {
        let yaml::Value::List(items) = &node.value else {
            self.malformed(node, &Type::Set(Box::new(of.clone())), findings);
            return None;
        };
        let before = findings.all.len();
        let mut members: Vec<(Value, Place)> = Vec::new();
        for item in items {
            members.extend(self.value(item, of, findings).map(|value| (value, item.place)));
        }
        members.sort_by(|(one, _), (two, _)| one.cmp(two));
        for pair in members.windows(2) {
            if let [(one, first), (two, second)] = pair
                && one == two
                && !matches!(one, Value::Nameless(_))
            {
                fields::repeated("a member of a list", &[*first.min(second), *first.max(second)], findings);
            }
        }
        // A set is known as a whole: with a member that could not be read it is not known.
        (findings.all.len() == before).then(|| Value::Set(members.into_iter().map(|(value, _)| value).collect()))
    }
}

/// The attribute that something does not have.
fn unknown(name: &str, place: Place, what: &str, attributes: &Attributes, besides: &[&str]) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_KEY, format!("{what} has no attribute `{name}`"), place);
    if what == "a record" && follows(BuiltIn::Record, name) {
        let help = "take it out; it follows from what `retain` of the register says";
        return finding.label("is not a fact").help(help);
    }
    if attributes.is_empty() && besides.is_empty() {
        let finding = finding.label("the policies declare no attribute");
        return finding.help("take it out; attributes come with the vocabulary that policies declare");
    }
    let known: Vec<&str> = besides.iter().copied().chain(attributes.keys().map(|name| &**name)).collect();
    let nearest = suggest::nearest(name, known.iter().copied());
    let all = format!("it may have {}", listed(&known, "and"));
    let finding = finding.label("not declared");
    let finding = finding.help(nearest.question().map_or(all.clone(), |question| format!("{question} {all}")));
    match nearest.sure() {
        Some(sure) => finding.fix(place, sure),
        None => finding,
    }
}

/// The nearest of so many words, while there is patience for it.
fn near<'w>(
    said: &str,
    count: usize,
    words: impl Iterator<Item = &'w str>,
    findings: &mut Findings,
) -> suggest::Nearest {
    if findings.budget.spend_many(count) { suggest::nearest(said, words) } else { suggest::Nearest::default() }
}

fn nearly(message: String, place: Place, label: &str, nearest: &suggest::Nearest, else_help: &str) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME_IN_DATA, message, place).label(label);
    let help =
        nearest.question().map_or_else(|| else_help.to_owned(), |question| format!("{question} Else {else_help}"));
    let finding = finding.help(help);
    match nearest.sure() {
        Some(sure) => finding.fix(place, sure),
        None => finding,
    }
}

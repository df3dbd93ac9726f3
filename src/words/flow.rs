//! Values, maps and lists as YAML on one line, as facts, requests and suites write them. Says no sentence.

use super::expression::duration;
use super::speaker::Speaker;
use crate::facts::{Draft, EntityId, Facts, Known, ThingId, Value};
use crate::terms::period::{Period, oslo};
use jiff::Timestamp;

/// Who has names: facts, in rows or in columns.
pub(super) trait Naming {
    fn entity(&self, id: EntityId) -> &str;
    fn thing(&self, id: ThingId) -> &str;
}

impl Naming for Draft {
    fn entity(&self, id: EntityId) -> &str {
        self.name(id)
    }

    fn thing(&self, id: ThingId) -> &str {
        Draft::thing(self, id).map_or("", |thing| &thing.name)
    }
}

impl Naming for Facts {
    fn entity(&self, id: EntityId) -> &str {
        self.name(id)
    }

    fn thing(&self, id: ThingId) -> &str {
        Facts::thing(self, id).map_or("", |thing| thing.name)
    }
}

/// Writes values of facts.
pub(super) struct Flow<'f, 'b, N> {
    pub(super) speaker: &'f Speaker<'b>,
    pub(super) names: &'f N,
}

impl<N: Naming> Flow<'_, '_, N> {
    pub(super) fn name(&self, id: EntityId) -> String {
        word(self.names.entity(id))
    }

    pub(super) fn known(&self, known: &Known) -> String {
        let fields: Vec<(&str, String)> = known.0.iter().map(|(name, value)| (&**name, self.value(value))).collect();
        map(&fields)
    }

    /// A value, as facts and requests write it. As deep as the reader of data allows.
    pub(super) fn value(&self, value: &Value) -> String {
        match value {
            Value::Bool(so) => so.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::String(text) => text_of(text),
            Value::Element(text) => word(text),
            Value::Date(day) => day.to_string(),
            Value::DateTime(moment) => self::moment(*moment),
            Value::Duration(length) => text_of(&duration(*length)),
            Value::Enum(of, at) => word(self.speaker.value_of_enum(*of, *at)),
            Value::Consent(state) => word(state.word()),
            Value::None => "none".to_owned(),
            Value::Entity(who) => self.name(*who),
            Value::Thing(id) => word(self.names.thing(*id)),
            Value::Nameless(attributes) => self.known(attributes),
            Value::Set(members) => list(members.iter().map(|one| self.value(one))),
        }
    }
}

pub(super) fn period(fields: &mut Vec<(&str, String)>, period: Period) {
    fields.extend(period.from.map(|from| ("from", from.to_string())));
    fields.extend(period.before.map(|before| ("before", before.to_string())));
}

/// `{ key: value, … }`
pub(super) fn map(fields: &[(&str, String)]) -> String {
    if fields.is_empty() {
        return "{}".to_owned();
    }
    // Keys are texts in any case.
    let key = |key: &str| if is_plain(key) { key.to_owned() } else { word(key) };
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{}: {value}", key(name))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// `[a, b]`
pub(super) fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A name as it is, where YAML reads it as a text; else in quotes.
pub(super) fn word(text: &str) -> String {
    let plain = is_plain(text) && !RESERVED.contains(&&*text.to_ascii_lowercase());
    // What is in quotes already stays so.
    if plain || text.starts_with('"') && text.ends_with('"') { text.to_owned() } else { text_of(text) }
}

fn is_plain(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-".contains(letter))
}

/// Words that some reader of YAML takes for something else than text.
const RESERVED: [&str; 12] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "nan", "inf"];

/// A text in quotes, as JSON has them.
pub(super) fn text_of(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A moment with the offset that it has in Oslo.
pub(super) fn moment(moment: Timestamp) -> String {
    moment.to_zoned(oslo()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

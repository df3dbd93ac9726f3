//! Values of attributes and constants for machines, as data would write them. Reads no text.

use super::expression::duration;
use super::speaker::{FactsSaid, Speaker};
use crate::facts::{Known, Value};
use crate::ir::Constant;
use serde_json::{Map, Value as Json};

/// What is known of something.
pub(super) fn known(known: &Known, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Json {
    let members = known.0.iter().map(|(name, one)| (name.to_string(), value(one, speaker, facts)));
    Json::Object(members.collect::<Map<String, Json>>())
}

/// A value, as facts and requests write it. As deep as the reader of data allows.
pub(super) fn value(value: &Value, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Json {
    match value {
        Value::Bool(so) => Json::Bool(*so),
        Value::Integer(number) => Json::from(*number),
        Value::String(text) | Value::Element(text) => Json::from(&**text),
        Value::Date(day) => Json::from(day.to_string()),
        Value::DateTime(moment) => Json::from(moment.to_string()),
        Value::Duration(length) => Json::from(duration(*length)),
        Value::Enum(of, at) => Json::from(speaker.value_of_enum(*of, *at)),
        Value::Consent(state) => Json::from(state.word()),
        Value::None => Json::from("none"),
        Value::Entity(who) => Json::from(facts.facts.name(*who)),
        Value::Thing(id) => Json::from(facts.facts.thing(*id).map_or("", |thing| thing.name)),
        Value::Nameless(attributes) => known(attributes, speaker, facts),
        Value::Set(members) => Json::Array(members.iter().map(|one| self::value(one, speaker, facts)).collect()),
    }
}

/// An argument of an obligation: names in full.
pub(super) fn constant(constant: &Constant, speaker: &Speaker<'_>) -> Json {
    match constant {
        Constant::Bool(so) => Json::Bool(*so),
        Constant::Integer(number) => Json::from(*number),
        Constant::String(text) | Constant::Element(text) => Json::from(&**text),
        Constant::Organisation(id) => Json::from(speaker.organisation(*id)),
        other => Json::from(super::expression::constant(other, speaker)),
    }
}

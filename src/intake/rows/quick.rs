//! Values in their usual form, read quickly: what is in another form, or wrong, is left to the reader that says what is
//! wrong. Never takes what that one would refuse.

use crate::facts::{Day, EntityId, Facts, Run, Value};
use crate::intake::fields::rfc3339;
use crate::ir::{EntityName, EnumId, Meaning, Type};
use crate::terms::{
    kind::Kind,
    limit,
    root::{BuiltIn, Consent},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::collections::BTreeSet;

/// What a cell says.
pub(super) enum Quick {
    /// Nothing: it is missing.
    Missing,
    /// This.
    Is(Value),
    /// Look more closely.
    Unsure,
}

/// A day, `2026-03-01`.
pub(super) fn day(text: &str) -> Option<Day> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let [a, b, c, d, b'-', e, f, b'-', g, h] = *bytes else { return None };
    let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
    let all = [a, b, c, d, e, f, g, h].map(digit);
    let [a, b, c, d, e, f, g, h] = all;
    if all.iter().any(|digit| *digit > 9) {
        return None;
    }
    Day::of(a * 1000 + b * 100 + c * 10 + d, e * 10 + f, g * 10 + h)
}

/// The end of a period, which may be open; none where a day is none.
pub(super) fn end(text: &str) -> Option<Option<Day>> {
    if text.is_empty() { Some(None) } else { day(text).map(Some) }
}

/// Does its value name somebody or something?
pub(super) fn refers(of: &Type) -> bool {
    match of {
        Type::Entity(_) => true,
        Type::Set(of) | Type::OrNone(of) => refers(of),
        _ => false,
    }
}

/// What values are read against.
pub(super) struct Values<'v> {
    pub(super) meaning: &'v Meaning,
    pub(super) facts: &'v Facts,
    /// Elements of all resources, and whether those of one are undecided.
    pub(super) elements: &'v (BTreeSet<&'v str>, bool),
}

impl Values<'_> {
    /// A cell of this type.
    pub(super) fn value(&self, text: &str, of: &Type) -> Quick {
        match of {
            _ if text.is_empty() => Quick::Missing,
            Type::OrNone(_) if text == "none" => Quick::Is(Value::None),
            Type::OrNone(of) => self.value(text, of),
            Type::Set(of) => self.set(text, of),
            of => self.one(text, of).map_or(Quick::Unsure, Quick::Is),
        }
    }

    /// A cell of this type into its run; `false`: look more closely.
    pub(super) fn run(&self, text: &str, of: &Type, run: &mut Run) -> bool {
        match of {
            _ if text.is_empty() => run.push_missing(),
            Type::OrNone(_) if text == "none" => run.push_none(),
            Type::OrNone(of) => return self.run(text, of, run),
            Type::Bool if text == "true" || text == "false" => run.push_bool(text == "true"),
            Type::Date => match day(text) {
                Some(day) => run.push_day(day),
                None => return false,
            },
            Type::Enum(id) => match self.place(text, *id) {
                Some(at) => run.push_place(at),
                None => return false,
            },
            Type::Consent => match Consent::from_word(text) {
                Some(state) => run.push_consent(state),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    fn place(&self, text: &str, id: EnumId) -> Option<u32> {
        let at = self.meaning.enum_at(id)?.body.values.iter().position(|value| **value == *text)?;
        u32::try_from(at).ok()
    }

    /// Members with `;` between them.
    fn set(&self, text: &str, of: &Type) -> Quick {
        if text.starts_with(['[', '{']) || matches!(of, Type::Set(_) | Type::OrNone(_)) {
            return Quick::Unsure;
        }
        let members: Option<Vec<Value>> = text.split(';').map(|member| self.one(member, of)).collect();
        let Some(mut members) = members else { return Quick::Unsure };
        let count = members.len();
        members.sort();
        members.dedup();
        if members.len() == count { Quick::Is(Value::Set(members)) } else { Quick::Unsure }
    }

    fn one(&self, text: &str, of: &Type) -> Option<Value> {
        if text.is_empty() || (text == "none" && !matches!(of, Type::String | Type::Enum(_))) {
            return None;
        }
        Some(match of {
            Type::Bool => Value::Bool(match text {
                "true" => true,
                "false" => false,
                _ => return None,
            }),
            Type::Date => Value::Date(day(text)?.date()?),
            Type::String if text.starts_with('\\') => return None,
            Type::String => Value::String(text.into()),
            Type::Integer => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let usual = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
                let number = if usual { text.parse::<i64>().ok()? } else { return None };
                Value::Integer((-limit::INTEGER..=limit::INTEGER).contains(&number).then_some(number)?)
            }
            Type::DateTime => Value::DateTime(rfc3339(text)?),
            Type::Enum(id) => Value::Enum(*id, self.place(text, *id)?),
            Type::Consent => Value::Consent(Consent::from_word(text)?),
            Type::Element if self.elements.1 || self.elements.0.contains(text) => Value::Element(text.into()),
            Type::Entity(EntityName::BuiltIn(one)) => {
                let id: EntityId = self.facts.entity_named(text)?;
                let kind = match one {
                    BuiltIn::Person => Kind::Person,
                    BuiltIn::Organisation => Kind::Organisation,
                    BuiltIn::SystemUser => Kind::SystemUser,
                    BuiltIn::Record | BuiltIn::Context | BuiltIn::Delegation => return None,
                };
                (self.facts.kind(id)? == kind).then_some(Value::Entity(id))?
            }
            _ => return None,
        })
    }
}

/// Is a moment so long after a day begins that no clock could say otherwise?
pub(super) fn is_well_after(moment: Timestamp, day: Date) -> bool {
    let midnight = day.at(0, 0, 0, 0).to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    midnight.is_ok_and(|midnight| moment.as_second() > midnight.as_second() + 24 * 60 * 60)
}

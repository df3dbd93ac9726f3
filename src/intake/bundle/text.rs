//! The JSON of a bundle as written (docs/bundle.md): the members that each entry may have. Every key once, none unknown.
//! What is raw here (conditions, types, constants) is read by `tree`. Looks no name up.

use super::forms::{Day, KindList, Once, OpenKinds, OpenLevel, OpenList, OpenPair, Requires, YesNo};
use crate::terms::period::Period;
use serde::de::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document<'s> {
    pub(super) format: u32,
    #[serde(borrow)]
    pub(super) meaning: &'s RawValue,
    #[serde(borrow)]
    pub(super) words: &'s RawValue,
}

macro_rules! tables {
    ($($table:ident)*) => {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Tables<'s> {
            $(#[serde(borrow)] pub(super) $table: &'s RawValue,)*
        }
    };
}

tables! { areas built_in conditions entities enums obligations organisations packages resources roles rules }

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// An entity's attributes.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entity<'s> {
    #[serde(borrow)]
    pub(super) attributes: Once<&'s RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enum {
    pub(super) ascending: bool,
    pub(super) values: Vec<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Obligation<'s> {
    #[serde(borrow)]
    pub(super) parameters: Once<&'s RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition<'s> {
    #[serde(borrow)]
    pub(super) says: &'s RawValue,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) by: KindList,
    #[serde(default, rename = "for", deserialize_with = "there")]
    pub(super) of: Option<KindList>,
    #[serde(default, deserialize_with = "there")]
    pub(super) source: Option<Box<str>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) urn: Option<Box<str>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) code: Option<Box<str>>,
    pub(super) key: YesNo,
    pub(super) covers: YesNo,
    pub(super) agent: YesNo,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Area<'s> {
    #[serde(default, deserialize_with = "there")]
    pub(super) urn: Option<Box<str>>,
    #[serde(borrow)]
    pub(super) delegable: Vec<Line<'s>>,
    pub(super) services: YesNo,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package<'s> {
    #[serde(default, deserialize_with = "there")]
    pub(super) area: Option<Box<str>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) urn: Option<Box<str>>,
    #[serde(rename = "for")]
    pub(super) kinds: OpenKinds,
    pub(super) data: OpenLevel,
    pub(super) services: YesNo,
    #[serde(borrow)]
    pub(super) delegable: Vec<Line<'s>>,
    #[serde(borrow)]
    pub(super) grants: Vec<Grant<'s>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'s> {
    #[serde(default)]
    pub(super) undecided: bool,
    #[serde(default, deserialize_with = "there")]
    pub(super) onward: Option<bool>,
    #[serde(default, deserialize_with = "there")]
    pub(super) to: Option<Vec<Box<str>>>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub(super) when: Option<&'s RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant<'s> {
    #[serde(rename = "use")]
    pub(super) gives_use: bool,
    #[serde(rename = "delegate")]
    pub(super) gives_delegation: bool,
    #[serde(default)]
    pub(super) undecided: bool,
    #[serde(default, deserialize_with = "there")]
    pub(super) to: Option<Vec<Box<str>>>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub(super) when: Option<&'s RawValue>,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource<'s> {
    pub(super) kind: Box<str>,
    #[serde(default, deserialize_with = "there")]
    pub(super) urn: Option<Box<str>>,
    pub(super) data: OpenLevel,
    #[serde(borrow)]
    pub(super) actions: Once<Action<'s>>,
    #[serde(default)]
    pub(super) elements: OpenList<Box<str>>,
    #[serde(default)]
    pub(super) controllers: OpenList<Pair>,
    #[serde(default)]
    pub(super) processors: OpenList<Pair>,
    #[serde(default)]
    pub(super) basis: OpenList<OpenPair>,
    #[serde(default, deserialize_with = "there")]
    pub(super) purposes: Option<Purposes>,
    #[serde(default, deserialize_with = "there")]
    pub(super) records: Option<Box<str>>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub(super) retain: Option<Retain<'s>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

/// A word and what it says.
pub(super) type Pair = (Box<str>, Box<str>);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purposes {
    #[serde(rename = "enum")]
    pub(super) of: Box<str>,
    pub(super) values: OpenList<Box<str>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retain<'s> {
    #[serde(borrow)]
    pub(super) kept: &'s RawValue,
    #[serde(borrow)]
    pub(super) overdue: &'s RawValue,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action<'s> {
    #[serde(default)]
    pub(super) partial: bool,
    #[serde(borrow, default)]
    pub(super) oblige: Vec<Oblige<'s>>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Oblige<'s> {
    pub(super) obligation: Box<str>,
    #[serde(borrow, default)]
    pub(super) arguments: Once<&'s RawValue>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule<'s> {
    #[serde(default, deserialize_with = "there")]
    pub(super) of: Option<Vec<Box<str>>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) to: Option<Vec<Box<str>>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) requires: Option<Requires>,
    #[serde(borrow, default, deserialize_with = "there")]
    pub(super) when: Option<&'s RawValue>,
    #[serde(borrow, default)]
    pub(super) oblige: Vec<Oblige<'s>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) on: Option<Vec<Box<str>>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) from: Option<Day>,
    #[serde(default, deserialize_with = "there")]
    pub(super) before: Option<Day>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    #[serde(default, deserialize_with = "there")]
    pub(super) title: Option<Box<str>>,
    #[serde(default, deserialize_with = "there")]
    pub(super) about: Option<Box<str>>,
    #[serde(default)]
    pub(super) formerly: Vec<Box<str>>,
    #[serde(default)]
    pub(super) actions: Once<Box<str>>,
    #[serde(default)]
    pub(super) rules: Once<Box<str>>,
    #[serde(default)]
    pub(super) open: Once<Box<str>>,
}

/// A member that may be missing, but not `null`: `null` could mean anything.
fn there<'d, T: Deserialize<'d>, D: Deserializer<'d>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

pub(super) fn period(from: Option<Day>, before: Option<Day>) -> Period {
    Period { from: from.map(|day| day.0), before: before.map(|day| day.0) }
}

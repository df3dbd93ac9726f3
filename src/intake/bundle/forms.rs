//! The values that members of a bundle may have, as written: maps with every key once, days, kinds, levels, what may be
//! undecided, packages joined. Looks no name up.

use super::text::Pair;
use crate::terms::{
    kind::{Kind, Kinds},
    level::Level,
    open::Open,
};
use jiff::civil::Date;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

/// How deep `and` and `or` of a `requires` may lie in each other.
const DEPTH: usize = 64;

/// The entries of a table, each name once, in order of name; values as they stand in the text.
pub(super) struct Entries<'s>(pub(super) Vec<(Box<str>, &'s RawValue)>);

impl<'s> Deserialize<'s> for Entries<'s> {
    fn deserialize<D: Deserializer<'s>>(input: D) -> Result<Self, D::Error> {
        Once::<&'s RawValue>::deserialize(input).map(|once| Entries(once.0.into_iter().collect()))
    }
}

/// A map in which every key stands once.
pub(super) struct Once<T>(pub(super) BTreeMap<Box<str>, T>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Once(BTreeMap::new())
    }
}

impl<'s, T: Deserialize<'s>> Deserialize<'s> for Once<T> {
    fn deserialize<D: Deserializer<'s>>(input: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);
        impl<'s, T: Deserialize<'s>> Visitor<'s> for Map<T> {
            type Value = Once<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }
            fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<Once<T>, A::Error> {
                let mut all = BTreeMap::new();
                while let Some(key) = map.next_key::<Box<str>>()? {
                    if all.contains_key(&key) {
                        return Err(de::Error::custom(format_args!("`{key}` stands twice")));
                    }
                    let value = map.next_value()?;
                    all.insert(key, value);
                }
                Ok(Once(all))
            }
        }
        input.deserialize_map(Map(PhantomData))
    }
}

/// `2026-01-01`, and no other way to write it.
#[derive(Clone, Copy)]
pub(super) struct Day(pub(super) Date);

impl<'d> Deserialize<'d> for Day {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let day: Option<Date> = text.parse().ok().filter(|day: &Date| day.to_string() == text);
        day.map(Day).ok_or_else(|| de::Error::custom(format_args!("`{text}` is no date")))
    }
}

pub(super) struct KindList(pub(super) Kinds);

impl<'d> Deserialize<'d> for KindList {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        let words: Vec<String> = Vec::deserialize(input)?;
        let mut seen = BTreeSet::new();
        let kinds = words.iter().map(|word| {
            let kind = Kind::from_word(word).filter(|_| seen.insert(word.clone()));
            kind.ok_or_else(|| de::Error::custom(format_args!("`{word}` is no kind, or stands twice")))
        });
        kinds.collect::<Result<Kinds, D::Error>>().map(KindList)
    }
}

const UNDECIDED: &str = "undecided";

/// `true`, `false` or `"undecided"`.
pub(super) struct YesNo(pub(super) Open<bool>);

impl<'d> Deserialize<'d> for YesNo {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = YesNo;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("true, false or \"undecided\"")
            }
            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<YesNo, E> {
                Ok(YesNo(Open::Known(yes)))
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<YesNo, E> {
                if word == UNDECIDED {
                    return Ok(YesNo(Open::Undecided));
                }
                Err(E::invalid_value(de::Unexpected::Str(word), &self))
            }
        }
        input.deserialize_any(Either)
    }
}

/// Reads a list, as what it stands for, or `"undecided"`.
struct ListOrUndecided<T>(&'static str, PhantomData<T>);

impl<'d, T: Deserialize<'d>> Visitor<'d> for ListOrUndecided<T> {
    type Value = Open<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} or \"undecided\"", self.0)
    }

    fn visit_seq<A: SeqAccess<'d>>(self, list: A) -> Result<Open<T>, A::Error> {
        T::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Open::Known)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Open<T>, E> {
        if word == UNDECIDED {
            return Ok(Open::Undecided);
        }
        Err(E::invalid_value(de::Unexpected::Str(word), &self))
    }
}

/// A list of kinds or `"undecided"`.
pub(super) struct OpenKinds(pub(super) Open<Kinds>);

impl<'d> Deserialize<'d> for OpenKinds {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        let kinds: Open<KindList> = input.deserialize_any(ListOrUndecided("a list of kinds", PhantomData))?;
        Ok(OpenKinds(kinds.map(|kinds| kinds.0)))
    }
}

/// A list or `"undecided"`; where it is left out, the empty list.
pub(super) struct OpenList<T>(pub(super) Open<Vec<T>>);

impl<T> Default for OpenList<T> {
    fn default() -> Self {
        OpenList(Open::Known(Vec::new()))
    }
}

impl<'d, T: Deserialize<'d>> Deserialize<'d> for OpenList<T> {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ListOrUndecided("a list", PhantomData)).map(OpenList)
    }
}

/// A pair of words or `"undecided"`.
pub(super) struct OpenPair(pub(super) Open<Pair>);

impl<'d> Deserialize<'d> for OpenPair {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ListOrUndecided("two texts in a list", PhantomData)).map(OpenPair)
    }
}

/// A level or `"undecided"`.
pub(super) struct OpenLevel(pub(super) Open<Level>);

impl<'d> Deserialize<'d> for OpenLevel {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        let word = String::deserialize(input)?;
        if word == UNDECIDED {
            return Ok(OpenLevel(Open::Undecided));
        }
        let level = Level::from_word(&word);
        level
            .map(|level| OpenLevel(Open::Known(level)))
            .ok_or_else(|| de::Error::custom(format_args!("`{word}` is no level of data")))
    }
}

/// `["package",P]`, `["and",…]`, `["or",…]`.
pub(super) enum Requires {
    Package(Box<str>),
    And(Vec<Requires>),
    Or(Vec<Requires>),
}

/// Reads one with so many levels left.
struct Nested(usize);

impl<'d> de::DeserializeSeed<'d> for Nested {
    type Value = Requires;
    fn deserialize<D: Deserializer<'d>>(self, input: D) -> Result<Requires, D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'d> Visitor<'d> for Nested {
    type Value = Requires;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[\"package\",…], [\"and\",…] or [\"or\",…]")
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut list: A) -> Result<Requires, A::Error> {
        let word: String = list.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        if word == "package" {
            let name = list.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
            return match list.next_element::<de::IgnoredAny>()? {
                None => Ok(Requires::Package(name)),
                Some(_) => Err(de::Error::invalid_length(3, &self)),
            };
        }
        let join = match &*word {
            "and" => Requires::And,
            "or" => Requires::Or,
            _ => return Err(de::Error::invalid_value(de::Unexpected::Str(&word), &self)),
        };
        let Some(left) = self.0.checked_sub(1) else {
            return Err(de::Error::custom(format_args!("`and` and `or` are nested deeper than {DEPTH} levels")));
        };
        let mut parts = Vec::new();
        while let Some(part) = list.next_element_seed(Nested(left))? {
            parts.push(part);
        }
        if parts.is_empty() { Err(de::Error::invalid_length(1, &self)) } else { Ok(join(parts)) }
    }
}

impl<'d> Deserialize<'d> for Requires {
    fn deserialize<D: Deserializer<'d>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(Nested(DEPTH))
    }
}

//! Conditions and constants as an author would write them, with names as short as they may be. Says nothing of whether they
//! are so.

use super::speaker::Speaker;
use crate::ir::{Constant, EnumId, Expression, IsWhat, Meaning, Oblige};

/// How tightly a condition binds, loosest first: what is looser than its place stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    /// `or`, `and`: never mixed without parentheses.
    Joined,
    Not,
    Compared,
    Moved,
    Alone,
}

/// `party.birth_date + 16 years > today`
#[must_use]
pub fn text(says: &Expression, speaker: &Speaker<'_>) -> String {
    match says {
        Expression::Or(parts) => joined(parts, " or ", speaker),
        Expression::And(parts) => joined(parts, " and ", speaker),
        Expression::Not(part) => format!("not {}", within(part, Binds::Not, speaker)),
        Expression::Compare(operator, sides) => {
            let side = |side| within(side, Binds::Moved, speaker);
            format!("{} {} {}", side(&sides.0), operator.word(), side(&sides.1))
        }
        Expression::Is { who, what, party } => {
            let what = match what {
                IsWhat::Role(role) => speaker.short(speaker.role(*role)).to_owned(),
                IsWhat::Kind(kind) => kind.word().to_owned(),
                IsWhat::Organisation(organisation) => speaker.short(speaker.organisation(*organisation)).to_owned(),
                IsWhat::Controller => "controller".to_owned(),
                IsWhat::Processor => "processor".to_owned(),
            };
            let party =
                party.as_ref().map_or(String::new(), |party| format!(" for {}", within(party, Binds::Moved, speaker)));
            format!("{} is {what}{party}", within(who, Binds::Moved, speaker))
        }
        Expression::Holds { who, package, party } => {
            let (who, party) = (within(who, Binds::Moved, speaker), within(party, Binds::Moved, speaker));
            format!("{who} holds {} for {party}", speaker.short(speaker.package(*package)))
        }
        Expression::Each { all, variable, set, body } => {
            let word = if *all { "all" } else { "any" };
            format!("{word}({variable} in {}: {})", within(set, Binds::Moved, speaker), text(body, speaker))
        }
        Expression::Permitted { resource, action } => {
            format!("permitted {}.{action}", speaker.short(speaker.resource(*resource)))
        }
        Expression::Shift { from, back, by } => {
            let sign = if *back { "-" } else { "+" };
            format!("{} {sign} {}", within(from, Binds::Moved, speaker), within(by, Binds::Alone, speaker))
        }
        Expression::Root(root) => root.word().to_owned(),
        Expression::Variable(name) => name.to_string(),
        Expression::Attribute(of, name) => format!("{}.{name}", within(of, Binds::Alone, speaker)),
        Expression::Condition(id) => {
            let name = speaker.bundle.meaning.condition(*id).map_or("", |defined| &defined.name);
            speaker.short(name).to_owned()
        }
        Expression::Value(value) => constant(value, speaker),
        Expression::List(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| text(part, speaker)).collect();
            format!("[{}]", parts.join(", "))
        }
        Expression::Undecided => "undecided".to_owned(),
    }
}

fn joined(parts: &[Expression], join: &str, speaker: &Speaker<'_>) -> String {
    let parts: Vec<String> = parts.iter().map(|part| within(part, Binds::Not, speaker)).collect();
    parts.join(join)
}

/// A part of a condition, in parentheses where it is looser than its place.
fn within(part: &Expression, place: Binds, speaker: &Speaker<'_>) -> String {
    let said = text(part, speaker);
    if binds(part) < place { format!("({said})") } else { said }
}

fn binds(says: &Expression) -> Binds {
    match says {
        Expression::Or(_) | Expression::And(_) => Binds::Joined,
        Expression::Not(_) => Binds::Not,
        Expression::Compare(..) | Expression::Is { .. } | Expression::Holds { .. } => Binds::Compared,
        Expression::Shift { .. } => Binds::Moved,
        _ => Binds::Alone,
    }
}

/// `2026-01-31`, `basis`, `16 years`
#[must_use]
pub fn constant(value: &Constant, speaker: &Speaker<'_>) -> String {
    match value {
        Constant::Bool(yes) => yes.to_string(),
        Constant::Integer(number) => number.to_string(),
        Constant::String(text) => format!("\"{text}\""),
        Constant::Date(day) => day.to_string(),
        Constant::DateTime(moment) => moment.to_string(),
        Constant::Duration(length) => {
            let unit = length.unit.word();
            let unit = if length.amount == 1 { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
            format!("{} {unit}", length.amount)
        }
        Constant::Enum(id, value) => enum_value(*id, *value, speaker).to_owned(),
        Constant::Element(name) => name.to_string(),
        Constant::Organisation(id) => speaker.short(speaker.organisation(*id)).to_owned(),
        Constant::Consent(consent) => consent.word().to_owned(),
        Constant::Basis(basis) => basis.to_string(),
        Constant::Level(level) => level.word().to_owned(),
        Constant::None => "none".to_owned(),
    }
}

/// A value of an enum.
#[must_use]
pub fn enum_value<'b>(id: EnumId, value: u32, speaker: &Speaker<'b>) -> &'b str {
    let of = speaker.bundle.meaning.enum_at(id);
    of.and_then(|of| of.body.values.get(value as usize)).map_or("", |value| value)
}

/// `pseudonymise(identifier: project_serial)`
#[must_use]
pub fn oblige(oblige: &Oblige, speaker: &Speaker<'_>) -> String {
    let name = speaker.bundle.meaning.obligation(oblige.obligation).map_or("", |defined| &defined.name);
    let name = speaker.short(name);
    if oblige.arguments.is_empty() {
        return name.to_owned();
    }
    let arguments: Vec<String> =
        oblige.arguments.iter().map(|(name, value)| format!("{name}: {}", constant(value, speaker))).collect();
    format!("{name}({})", arguments.join(", "))
}

/// `a, b and c`, as a text has it: what is to be done, joined by commas.
#[must_use]
pub fn obliges(all: &[Oblige], speaker: &Speaker<'_>) -> String {
    let all: Vec<String> = all.iter().map(|one| oblige(one, speaker)).collect();
    all.join(", ")
}

/// The full name that a condition itself mentions, its parts apart.
#[must_use]
pub fn name<'b>(says: &Expression, meaning: &'b Meaning) -> Option<&'b str> {
    match says {
        Expression::Is { what: IsWhat::Role(id), .. } => meaning.role(*id).map(|named| &*named.name),
        Expression::Is { what: IsWhat::Organisation(id), .. } | Expression::Value(Constant::Organisation(id)) => {
            meaning.organisations.get(id.index()).map(|name| &**name)
        }
        Expression::Holds { package, .. } => meaning.package(*package).map(|named| &*named.name),
        Expression::Permitted { resource, .. } => meaning.resource(*resource).map(|named| &*named.name),
        Expression::Condition(id) => meaning.condition(*id).map(|defined| &*defined.name),
        _ => None,
    }
}

/// The conditions that a condition is made of.
#[must_use]
pub fn parts(says: &Expression) -> Vec<&Expression> {
    match says {
        Expression::Or(parts) | Expression::And(parts) | Expression::List(parts) => parts.iter().collect(),
        Expression::Not(part) | Expression::Attribute(part, _) => vec![part],
        Expression::Compare(_, sides) => vec![&sides.0, &sides.1],
        Expression::Is { who, party, .. } => std::iter::once(&**who).chain(party.as_deref()).collect(),
        Expression::Holds { who, party, .. } => vec![who, party],
        Expression::Each { set, body, .. } => vec![set, body],
        Expression::Shift { from, by, .. } => vec![from, by],
        Expression::Permitted { .. }
        | Expression::Root(_)
        | Expression::Variable(_)
        | Expression::Condition(_)
        | Expression::Value(_)
        | Expression::Undecided => Vec::new(),
    }
}

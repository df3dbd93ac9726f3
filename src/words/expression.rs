//! Conditions as an author would write them. Knows no facts.

use super::speaker::Speaker;
use crate::ir::{Constant, Expression, IsWhat};
use crate::terms::duration::Duration;
use std::fmt::Write as _;

/// How tightly an expression holds together, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// `or`, `and`: never side by side without parentheses.
    Joined,
    Not,
    /// `==`, `is`, `holds`
    Compared,
    /// `today + 16 years`
    Moved,
    Operand,
}

/// The text of an expression: `today < party.birth_date + 16 years`. As deep as readers of expressions allow.
#[must_use]
pub fn expression(says: &Expression, speaker: &Speaker<'_>) -> String {
    let mut out = String::new();
    write(&mut out, says, Level::Joined, speaker);
    out
}

fn level(says: &Expression) -> Level {
    match says {
        Expression::Or(_) | Expression::And(_) => Level::Joined,
        Expression::Not(_) => Level::Not,
        Expression::Compare(..) | Expression::Is { .. } | Expression::Holds { .. } => Level::Compared,
        Expression::Shift { .. } => Level::Moved,
        _ => Level::Operand,
    }
}

/// Writes an expression where only one at least so tight may stand without parentheses.
fn write(out: &mut String, says: &Expression, least: Level, speaker: &Speaker<'_>) {
    let bracketed = level(says) < least;
    if bracketed {
        out.push('(');
    }
    match says {
        Expression::Or(parts) => list(out, parts, " or ", Level::Not, speaker),
        Expression::And(parts) => list(out, parts, " and ", Level::Not, speaker),
        Expression::Not(part) => {
            out.push_str("not ");
            write(out, part, Level::Not, speaker);
        }
        Expression::Compare(operator, sides) => {
            write(out, &sides.0, Level::Moved, speaker);
            let _ = write!(out, " {} ", operator.word());
            write(out, &sides.1, Level::Moved, speaker);
        }
        Expression::Is { who, what, party } => {
            write(out, who, Level::Moved, speaker);
            let _ = write!(out, " is {}", is_what(*what, speaker));
            if let Some(party) = party {
                out.push_str(" for ");
                write(out, party, Level::Operand, speaker);
            }
        }
        Expression::Holds { who, package, party } => {
            write(out, who, Level::Moved, speaker);
            let _ = write!(out, " holds {} for ", speaker.short(speaker.package(*package)));
            write(out, party, Level::Operand, speaker);
        }
        Expression::Each { all, variable, set, body } => {
            let _ = write!(out, "{}({variable} in ", if *all { "all" } else { "any" });
            write(out, set, Level::Moved, speaker);
            out.push_str(": ");
            write(out, body, Level::Joined, speaker);
            out.push(')');
        }
        Expression::Permitted { resource, action } => {
            let _ = write!(out, "permitted {}.{action}", speaker.short(speaker.resource(*resource)));
        }
        Expression::Shift { from, back, by } => {
            write(out, from, Level::Moved, speaker);
            out.push_str(if *back { " - " } else { " + " });
            write(out, by, Level::Operand, speaker);
        }
        Expression::Root(root) => out.push_str(root.word()),
        Expression::Variable(name) => out.push_str(name),
        Expression::Attribute(of, name) => {
            write(out, of, Level::Operand, speaker);
            let _ = write!(out, ".{name}");
        }
        Expression::Condition(id) => out.push_str(speaker.short(speaker.condition(*id))),
        Expression::Value(constant) => out.push_str(&self::constant(constant, speaker)),
        Expression::List(parts) => {
            out.push('[');
            list(out, parts, ", ", Level::Operand, speaker);
            out.push(']');
        }
        Expression::Undecided => out.push_str("undecided"),
    }
    if bracketed {
        out.push(')');
    }
}

fn list(out: &mut String, parts: &[Expression], between: &str, least: Level, speaker: &Speaker<'_>) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        write(out, part, least, speaker);
    }
}

fn is_what(what: IsWhat, speaker: &Speaker<'_>) -> String {
    match what {
        IsWhat::Role(role) => speaker.short(speaker.role(role)).to_owned(),
        IsWhat::Kind(kind) => kind.word().to_owned(),
        IsWhat::Organisation(id) => speaker.short(speaker.organisation(id)).to_owned(),
        IsWhat::Controller => "controller".to_owned(),
        IsWhat::Processor => "processor".to_owned(),
    }
}

/// The text of a constant.
#[must_use]
pub fn constant(constant: &Constant, speaker: &Speaker<'_>) -> String {
    match constant {
        Constant::Bool(so) => so.to_string(),
        Constant::Integer(number) => number.to_string(),
        Constant::String(text) => format!("\"{text}\""),
        Constant::Date(day) => day.to_string(),
        Constant::DateTime(moment) => moment.to_string(),
        Constant::Duration(length) => duration(*length),
        Constant::Enum(id, at) => speaker.value_of_enum(*id, *at).to_owned(),
        Constant::Element(name) => name.to_string(),
        Constant::Organisation(id) => speaker.short(speaker.organisation(*id)).to_owned(),
        Constant::Consent(state) => state.word().to_owned(),
        Constant::Basis(basis) => basis.to_string(),
        Constant::Level(level) => level.word().to_owned(),
        Constant::None => "none".to_owned(),
    }
}

/// `16 years`, `1 day`
#[must_use]
pub fn duration(length: Duration) -> String {
    let unit = length.unit.word();
    let unit = if length.amount == 1 { unit.strip_suffix('s').unwrap_or(unit) } else { unit };
    format!("{} {unit}", length.amount)
}

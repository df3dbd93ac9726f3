//! Conditions, constants and types as JSON lists (docs/bundle.md): a function from each to its text.

use super::names;
use super::text::{boolean, pair, string};
use crate::ir::{Constant, EntityName, Expression, IsWhat, Meaning, Type};
use std::fmt::Write as _;

pub(super) fn type_text(meaning: &Meaning, of: &Type) -> String {
    let word = match of {
        Type::Bool => "bool",
        Type::Integer => "integer",
        Type::String => "string",
        Type::Date => "date",
        Type::DateTime => "datetime",
        Type::Duration => "duration",
        Type::Element => "element",
        Type::Consent => "consent",
        Type::Enum(id) => return pair("enum", names::enumeration(meaning, *id)),
        Type::Entity(EntityName::BuiltIn(entity)) => return pair("entity", entity.word()),
        Type::Entity(EntityName::Declared(id)) => return pair("entity", names::entity(meaning, *id)),
        Type::Set(of) => return format!("[\"set\",{}]", type_text(meaning, of)),
        Type::OrNone(of) => return format!("[\"or_none\",{}]", type_text(meaning, of)),
    };
    format!("\"{word}\"")
}

pub(super) fn expression(out: &mut String, meaning: &Meaning, says: &Expression) {
    match says {
        Expression::Or(parts) => operands(out, meaning, "or", parts),
        Expression::And(parts) => operands(out, meaning, "and", parts),
        Expression::List(parts) => operands(out, meaning, "set", parts),
        Expression::Not(part) => operands(out, meaning, "not", [&**part]),
        Expression::Compare(operator, sides) => operands(out, meaning, operator.word(), [&sides.0, &sides.1]),
        Expression::Shift { from, back, by } => operands(out, meaning, if *back { "-" } else { "+" }, [&**from, &**by]),
        Expression::Is { who, what, party } => {
            out.push_str("[\"is\",");
            expression(out, meaning, who);
            out.push(',');
            out.push_str(&match what {
                IsWhat::Role(id) => pair("role", names::role(meaning, *id)),
                IsWhat::Kind(kind) => pair("kind", kind.word()),
                IsWhat::Organisation(id) => pair("organisation", names::organisation(meaning, *id)),
                IsWhat::Controller => "[\"controller\"]".to_owned(),
                IsWhat::Processor => "[\"processor\"]".to_owned(),
            });
            if let Some(party) = party {
                out.push(',');
                expression(out, meaning, party);
            }
            out.push(']');
        }
        Expression::Holds { who, package, party } => {
            out.push_str("[\"holds\",");
            expression(out, meaning, who);
            out.push(',');
            string(out, names::package(meaning, *package));
            out.push(',');
            expression(out, meaning, party);
            out.push(']');
        }
        Expression::Each { all, variable, set, body } => {
            out.push_str(if *all { "[\"all\"," } else { "[\"any\"," });
            string(out, variable);
            out.push(',');
            expression(out, meaning, set);
            out.push(',');
            expression(out, meaning, body);
            out.push(']');
        }
        Expression::Permitted { resource, action } => {
            out.push_str("[\"permitted\",");
            string(out, names::resource(meaning, *resource));
            out.push(',');
            string(out, action);
            out.push(']');
        }
        Expression::Root(root) => {
            let _ = write!(out, "[\"{}\"]", root.word());
        }
        Expression::Variable(name) => out.push_str(&pair("variable", name)),
        Expression::Attribute(of, name) => {
            out.push_str("[\"attr\",");
            expression(out, meaning, of);
            out.push(',');
            string(out, name);
            out.push(']');
        }
        Expression::Condition(id) => out.push_str(&pair("condition", names::condition(meaning, *id))),
        Expression::Value(value) => constant(out, meaning, value),
        Expression::Undecided => out.push_str("[\"undecided\"]"),
    }
}

fn operands<'e>(out: &mut String, meaning: &Meaning, word: &str, parts: impl IntoIterator<Item = &'e Expression>) {
    let _ = write!(out, "[\"{word}\"");
    for part in parts {
        out.push(',');
        expression(out, meaning, part);
    }
    out.push(']');
}

pub(super) fn constant(out: &mut String, meaning: &Meaning, value: &Constant) {
    match value {
        Constant::Bool(yes) => boolean(out, *yes),
        Constant::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Constant::String(text) => out.push_str(&pair("string", text)),
        Constant::Date(day) => out.push_str(&pair("date", &day.to_string())),
        Constant::DateTime(moment) => out.push_str(&pair("datetime", &moment.to_string())),
        Constant::Duration(length) => {
            let _ = write!(out, "[\"duration\",{},\"{}\"]", length.amount, length.unit.word());
        }
        Constant::Enum(id, value) => {
            out.push_str("[\"enum\",");
            string(out, names::enumeration(meaning, *id));
            out.push(',');
            string(out, names::value(meaning, *id, *value));
            out.push(']');
        }
        Constant::Element(name) => out.push_str(&pair("name", name)),
        Constant::Organisation(id) => out.push_str(&pair("organisation", names::organisation(meaning, *id))),
        Constant::Consent(consent) => out.push_str(&pair("consent", consent.word())),
        Constant::Basis(basis) => out.push_str(&super::things::basis_text(basis)),
        Constant::Level(level) => out.push_str(&pair("level", level.word())),
        Constant::None => out.push_str("[\"none\"]"),
    }
}

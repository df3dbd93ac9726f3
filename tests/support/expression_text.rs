//! Conditions, types and obligations as an author might write them: parentheses only where they must be. Writes no declaration.

use super::source_text::short;
use fullmakt::ir::*;
use fullmakt::terms::legal_basis::LegalBasis;

/// How loosely an expression binds: `or` least.
fn binding(says: &Expression) -> u8 {
    match says {
        Expression::Or(_) => 0,
        Expression::And(_) => 1,
        Expression::Not(_) => 2,
        Expression::Compare(..) | Expression::Is { .. } | Expression::Holds { .. } => 3,
        Expression::Shift { .. } => 4,
        _ => 5,
    }
}

/// An expression.
pub fn expression(meaning: &Meaning, says: &Expression) -> String {
    let inner = |part: &Expression, least: u8| {
        let text = expression(meaning, part);
        if binding(part) < least { format!("({text})") } else { text }
    };
    let list = |parts: &[Expression], word: &str, least: u8| {
        parts.iter().map(|part| inner(part, least)).collect::<Vec<_>>().join(word)
    };
    match says {
        // `and` and `or` are never mixed without parentheses.
        Expression::Or(parts) => list(parts, " or ", 2),
        Expression::And(parts) => list(parts, " and ", 2),
        Expression::Not(part) => format!("not {}", inner(part, 2)),
        Expression::Compare(operator, sides) => {
            format!("{} {} {}", inner(&sides.0, 4), operator.word(), inner(&sides.1, 4))
        }
        Expression::Is { who, what, party } => {
            let what = match what {
                IsWhat::Role(id) => short(&meaning.role(*id).expect("a role").name),
                IsWhat::Kind(kind) => kind.word(),
                IsWhat::Organisation(id) => short(&meaning.organisations[id.index()]),
                IsWhat::Controller => "controller",
                IsWhat::Processor => "processor",
            };
            let party = party.as_ref().map_or(String::new(), |party| format!(" for {}", inner(party, 5)));
            format!("{} is {what}{party}", inner(who, 5))
        }
        Expression::Holds { who, package, party } => {
            let package = short(&meaning.package(*package).expect("a package").name);
            format!("{} holds {package} for {}", inner(who, 5), inner(party, 5))
        }
        Expression::Each { all, variable, set, body } => {
            let word = if *all { "all" } else { "any" };
            format!("{word}({variable} in {}: {})", inner(set, 4), expression(meaning, body))
        }
        Expression::Permitted { resource, action } => {
            format!("permitted {}.{action}", short(&meaning.resource(*resource).expect("a resource").name))
        }
        Expression::Shift { from, back, by } => {
            format!("{} {} {}", inner(from, 4), if *back { "-" } else { "+" }, inner(by, 5))
        }
        Expression::Root(root) => root.word().to_owned(),
        Expression::Variable(name) => name.to_string(),
        Expression::Attribute(of, name) => format!("{}.{name}", expression(meaning, of)),
        Expression::Condition(id) => short(&meaning.condition(*id).expect("a condition").name).to_owned(),
        Expression::Value(value) => constant(meaning, value),
        Expression::List(parts) => format!("[{}]", list(parts, ", ", 5)),
        Expression::Undecided => "undecided \"what then?\"".to_owned(),
    }
}

/// A constant.
pub fn constant(meaning: &Meaning, value: &Constant) -> String {
    match value {
        Constant::Bool(yes) => yes.to_string(),
        Constant::Integer(number) => number.to_string(),
        Constant::String(text) => format!("\"{text}\""),
        Constant::Date(day) => day.to_string(),
        Constant::DateTime(moment) => moment.to_string(),
        Constant::Duration(length) => format!("{} {}", length.amount, length.unit.word()),
        Constant::Enum(id, at) => meaning.enum_at(*id).expect("an enum").body.values[*at as usize].to_string(),
        Constant::Element(name) => name.to_string(),
        Constant::Organisation(id) => short(&meaning.organisations[id.index()]).to_owned(),
        Constant::Consent(consent) => consent.word().to_owned(),
        Constant::Basis(LegalBasis::Gdpr(article)) => format!("gdpr {article}"),
        Constant::Basis(LegalBasis::Law(name)) => format!("law \"{name}\""),
        Constant::Level(level) => level.word().to_owned(),
        Constant::None => "none".to_owned(),
    }
}

/// A type.
pub fn type_name(meaning: &Meaning, of: &Type) -> String {
    let plain = match of {
        Type::Bool => "bool",
        Type::Integer => "integer",
        Type::String => "string",
        Type::Date => "date",
        Type::DateTime => "datetime",
        Type::Duration => "duration",
        Type::Element => "element",
        Type::Consent => "consent",
        Type::Enum(id) => short(&meaning.enum_at(*id).expect("an enum").name),
        Type::Entity(EntityName::BuiltIn(which)) => which.word(),
        Type::Entity(EntityName::Declared(id)) => short(&meaning.entity(*id).expect("an entity").name),
        Type::Set(inner) => return format!("set of {}", type_name(meaning, inner)),
        Type::OrNone(inner) => return format!("{} or none", type_name(meaning, inner)),
    };
    plain.to_owned()
}

/// Obligations, with the word before them; nothing where there are none.
pub fn oblige(meaning: &Meaning, all: &[Oblige]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let each = all.iter().map(|one| {
        let named = meaning.obligation(one.obligation).expect("an obligation");
        let arguments = one.arguments.iter().map(|(name, value)| format!("{name}: {}", constant(meaning, value)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let name = short(&named.name);
        if arguments.is_empty() { name.to_owned() } else { format!("{name}({arguments})") }
    });
    format!(" oblige {}", each.collect::<Vec<_>>().join(", "))
}

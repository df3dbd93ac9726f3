//! A case as an item of the list `cases` of a suite: ready to paste. Finds none.

use crate::decide::{Decision, Effect, Missing, Request};
use crate::words::{FactsSaid, Speaker, decision, rule};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// The case that asks this and expects `right`; of what it can say as much as tells it from `wrong`. Names of the bundle are
/// short where `within` says so.
pub(super) fn case(
    name: &str,
    request: &Request,
    right: &Decision,
    wrong: &Decision,
    speaker: &Speaker<'_>,
    facts: &FactsSaid<'_>,
) -> String {
    let said = serde_json::to_value(decision::json(right, request, speaker, facts)).unwrap_or(Json::Null);
    let asked = said.get("request").cloned().unwrap_or(Json::Null);
    let mut text = format!("- name: {}\n", scalar(name));
    if let Some(Json::String(at)) = asked.get("at") {
        let _ = writeln!(text, "  at: {at}");
    }
    let mut members = Vec::new();
    for key in ["subject", "party", "action", "on", "to", "context", "record", "elements"] {
        match asked.get(key) {
            Some(Json::String(on)) if key == "on" => members.push(format!("on: {}", scalar(speaker.short(on)))),
            Some(_) if key == "party" && request.party.is_none() => {}
            Some(Json::Object(known)) if known.is_empty() && key == "context" => {}
            Some(value) => members.push(format!("{key}: {}", flow(value))),
            None => {}
        }
    }
    let _ = writeln!(text, "  request: {{ {} }}", members.join(", "));
    let _ = writeln!(text, "  expect: {}", word(right));
    if right.obligations != wrong.obligations && right.cause == wrong.cause {
        let all = right.obligations.iter().map(|one| {
            let members = said_of(one, speaker);
            flow(&members)
        });
        let _ = writeln!(text, "  obligations: [{}]", all.collect::<Vec<_>>().join(", "));
    }
    if right.cause == wrong.cause && right.released != wrong.released {
        let _ = writeln!(text, "  released: {}", flow(&Json::from(names(right.released.as_deref()))));
    }
    if right.cause == wrong.cause {
        text.push_str(&more(right, wrong, speaker));
    }
    text
}

/// What stood open or was missing, where the two differ in it.
pub(super) fn more(right: &Decision, wrong: &Decision, speaker: &Speaker<'_>) -> String {
    let mut text = String::new();
    if right.open != wrong.open {
        let all: Vec<String> = right.open.iter().map(|question| speaker.open_question(*question)).collect();
        let _ = writeln!(text, "  open: {}", flow(&Json::from(all)));
    }
    if right.missing != wrong.missing {
        let all: Vec<String> = right.missing.iter().map(|one| lacking(one, speaker)).collect();
        let _ = writeln!(text, "  missing: {}", flow(&Json::from(all)));
    }
    text
}

/// What is asked and answered, in one clause: the name of the case.
pub(super) fn name(request: &Request, right: &Decision, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> String {
    let text = decision::human(right, request, speaker, facts);
    let first = text.lines().next().unwrap_or("").split("  at ").next().unwrap_or("");
    let clause = first.trim_start_matches("permit").trim_start_matches("deny").trim();
    let clause = if right.effect == Effect::Deny { clause.split(": ").next().unwrap_or(clause) } else { clause };
    clause.trim_end_matches(':').trim().to_owned()
}

/// A decision in the words of a suite.
fn word(decision: &Decision) -> String {
    match decision.effect {
        Effect::Permit => "permit".to_owned(),
        Effect::Deny => format!("deny {}", decision.cause.word()),
    }
}

fn lacking(missing: &Missing, speaker: &Speaker<'_>) -> String {
    match missing {
        Missing::Role(role) => format!("role {}", speaker.short(speaker.role(*role))),
        Missing::Attribute(path) => path.to_string(),
        Missing::Undecided(what) => format!("undecided {what}"),
    }
}

/// What is decided, with what a case can say of it.
pub(super) fn told(decision: &Decision, speaker: &Speaker<'_>) -> String {
    let mut text = word(decision);
    let obligations = decision.obligations.iter().map(|one| {
        let said = rule::oblige(&one.oblige, speaker);
        if one.elements.is_empty() { said } else { format!("{said} of [{}]", one.elements.join(", ")) }
    });
    let obligations: Vec<String> = obligations.collect();
    if !obligations.is_empty() {
        let _ = write!(text, ", obliged to {}", obligations.join("; "));
    }
    if let Some(released) = &decision.released {
        let _ = write!(text, ", released: {}", released.join(", "));
    }
    if !decision.missing.is_empty() {
        let all: Vec<String> = decision.missing.iter().map(|one| lacking(one, speaker)).collect();
        let _ = write!(text, ", missing: {}", all.join(", "));
    }
    if !decision.open.is_empty() {
        let all: Vec<String> = decision.open.iter().map(|question| speaker.open_question(*question)).collect();
        let _ = write!(text, ", open: {}", all.join(", "));
    }
    text
}

fn names(all: Option<&[Box<str>]>) -> Vec<String> {
    all.unwrap_or_default().iter().map(|name| name.to_string()).collect()
}

/// `pseudonymise: { identifier: serial }`, with its elements.
fn said_of(one: &crate::decide::Obliged, speaker: &Speaker<'_>) -> Json {
    let name = speaker.short(speaker.obligation(one.oblige.obligation)).to_owned();
    let value = |value| {
        let text = crate::words::expression::constant(value, speaker);
        text.parse::<i64>().map_or_else(|_| Json::from(text.trim_matches('"')), Json::from)
    };
    let arguments: serde_json::Map<String, Json> =
        one.oblige.arguments.iter().map(|(name, constant)| (name.to_string(), value(constant))).collect();
    if arguments.is_empty() && one.elements.is_empty() {
        return Json::from(name);
    }
    let mut members = serde_json::Map::new();
    members.insert(
        name,
        if arguments.is_empty() { Json::Object(serde_json::Map::new()) } else { Json::Object(arguments) },
    );
    if !one.elements.is_empty() {
        members.insert("elements".to_owned(), Json::from(names(Some(&one.elements))));
    }
    Json::Object(members)
}

/// A value on one line, as people write YAML.
fn flow(value: &Json) -> String {
    match value {
        Json::Object(members) if members.is_empty() => "{}".to_owned(),
        Json::Object(members) => {
            let all: Vec<String> =
                members.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// A text without quotes where it is read as a text all the same.
fn scalar(text: &str) -> String {
    let plain = text.chars().next().is_some_and(char::is_alphabetic)
        && text.chars().all(|letter| letter.is_alphanumeric() || "_.-/ ’→".contains(letter))
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&&*text.to_lowercase());
    let day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
    if plain || day { text.to_owned() } else { Json::from(text).to_string() }
}

//! How each kind of fault is put into a line; `None` where it cannot be there. Chooses no line.

use super::{Line, Token, swapped, tokens, with};
use crate::generated::generate::Dice;

const STATEMENTS: &[&str] = &[
    "about",
    "action",
    "any",
    "area",
    "basis",
    "code",
    "condition",
    "controller",
    "covers",
    "data",
    "delegable",
    "elements",
    "entity",
    "enum",
    "forbid",
    "form",
    "grant",
    "group",
    "held",
    "key",
    "agent",
    "module",
    "namespace",
    "never",
    "obligation",
    "organisation",
    "package",
    "permit",
    "policy",
    "processor",
    "purposes",
    "records",
    "register",
    "retain",
    "role",
    "service",
    "services",
    "urn",
    "use",
    "valid",
    "for",
    "from",
];

pub(super) fn keyword(line: &Line) -> Option<Token> {
    let first = tokens(&line.text).into_iter().next().filter(|_| line.text.trim() != "}")?;
    (STATEMENTS.contains(&&*line.construct) && line.construct != "form").then_some(first)
}

pub(super) fn keyword_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
    let first = keyword(line)?;
    let word = swapped(dice, &line.text[first.start..first.end])?;
    Some(with(line, &first, &word))
}

pub(super) fn keyword_lost(_: &mut Dice, line: &Line) -> Option<String> {
    // Without `when`, `any` or `from` the words behind may say something else, and `module` is the name of the text.
    let first = keyword(line).filter(|_| !["any", "from", "for", "module"].contains(&&*line.construct))?;
    Some(with(line, &first, ""))
}

/// Tokens that use a name declared elsewhere.
pub(super) fn uses(line: &Line) -> Vec<Token> {
    let all = tokens(&line.text);
    let text = |at: usize| all.get(at).map_or("", |token| &line.text[token.start..token.end]);
    let declares = match &*line.construct {
        "organisation" | "role" | "area" | "package" | "service" | "register" | "policy" | "entity" | "enum"
        | "obligation" | "condition" | "group" | "module" | "action" => 2,
        "field" => 1,
        "code" | "urn" | "about" | "elements" | "form" | "use" | "namespace" => return Vec::new(),
        "}" | "" => return Vec::new(),
        "key" | "covers" | "agent" | "services" | "data" | "for" | "held" => return Vec::new(),
        _ if line.text.trim() == "}" => return Vec::new(),
        _ => 0,
    };
    if line.construct == "enum" || line.text.contains("for every") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for at in declares..all.len() {
        let (word, before, after) = (text(at), text(at.wrapping_sub(1)), text(at + 1));
        let keyword = WORDS.contains(&word) && before != ".";
        let number = word.starts_with(|first: char| first.is_ascii_digit());
        let variable = word.len() == 1;
        let parameter = line.construct == "obligation" && after == ":";
        // The action of a rule, and the title of things, are said below.
        let action = at == 1 && matches!(&*line.construct, "permit" | "forbid" | "never" | "any");
        let article = before == "gdpr" || before == "law" || word == "gdpr" || word == "law";
        if all[at].word && !(keyword || number || variable || parameter || action || article) && !word.starts_with('"')
        {
            found.push(all[at].clone());
        }
    }
    found
}

/// Words of clauses and closed lists, which are no names.
const WORDS: &[&str] = &[
    "and",
    "any",
    "all",
    "before",
    "false",
    "for",
    "from",
    "holds",
    "in",
    "is",
    "none",
    "not",
    "oblige",
    "of",
    "onward",
    "or",
    "partial",
    "requires",
    "to",
    "true",
    "undecided",
    "valid",
    "when",
    "where",
    "permitted",
    "set",
    "every",
    "use",
    "delegation",
    "years",
    "months",
    "days",
    "hours",
    "minutes",
    "forever",
    "until",
    "after",
    "at",
    "most",
    "least",
    "permit",
    "forbid",
    "never",
    "grant",
    "delegable",
    "no",
    "retain",
    "records",
    "basis",
    "purposes",
    "controller",
    "processor",
    "condition",
];

pub(super) fn name_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
    let uses = uses(line);
    let token = uses.get(dice.below(uses.len()))?;
    let word = swapped(dice, &line.text[token.start..token.end])?;
    Some(with(line, token, &word))
}

pub(super) fn name_lost(_: &mut Dice, line: &Line) -> Option<String> {
    let names = [
        "organisation",
        "role",
        "area",
        "package",
        "service",
        "register",
        "policy",
        "entity",
        "group",
        "enum",
        "condition",
    ];
    let all = tokens(&line.text);
    let name = all.get(1).filter(|_| names.contains(&&*line.construct) && line.text.trim() != "}")?;
    Some(with(line, name, "").replace("  ", " "))
}

pub(super) fn opening_brace_lost(_: &mut Dice, line: &Line) -> Option<String> {
    line.text.strip_suffix(" {").filter(|_| line.construct != "namespace").map(str::to_owned)
}

pub(super) fn closing_brace_lost(_: &mut Dice, line: &Line) -> Option<String> {
    (line.text.trim() == "}").then(String::new)
}

pub(super) fn quote_lost(dice: &mut Dice, line: &Line, which: usize) -> Option<String> {
    let places: Vec<usize> =
        line.text.match_indices('"').map(|(at, _)| at).filter(|_| line.text.contains(" \"")).collect();
    let pair = dice.below(places.len() / 2);
    let at = *places.get(pair * 2 + which)?;
    // A text of one word without its opening mark may be a name.
    (places[pair * 2 + 1] - places[pair * 2] > 3).then(|| format!("{}{}", &line.text[..at], &line.text[at + 1..]))
}

pub(super) fn value_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
    if !["data", "key", "covers", "agent", "services", "for", "held"].contains(&&*line.construct)
        || line.text.contains('"')
    {
        return None;
    }
    let all = tokens(&line.text);
    let values: Vec<&Token> =
        all.iter().skip(1).filter(|token| !["by", "for", ","].contains(&&line.text[token.start..token.end])).collect();
    let token = values.get(dice.below(values.len()))?;
    Some(with(line, token, dice.pick(&["sometimes", "persn", "secret"])))
}

pub(super) fn is_day(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && text.starts_with(|first: char| first.is_ascii_digit())
}

pub(super) fn day(dice: &mut Dice, line: &Line, text: &str) -> Option<String> {
    constant(dice, line, is_day, text)
}

pub(super) fn constant(dice: &mut Dice, line: &Line, fits: fn(&str) -> bool, text: &str) -> Option<String> {
    let condition = ["when ", " = "].iter().any(|begin| line.text.contains(begin));
    let all: Vec<Token> =
        tokens(&line.text).into_iter().filter(|token| fits(&line.text[token.start..token.end])).collect();
    let token = all.get(dice.below(all.len()))?;
    let before = &line.text[..token.start];
    let of_condition = condition && ["== ", "< ", "> ", "= "].iter().any(|operator| before.ends_with(operator));
    (of_condition || (is_day("2026-01-01") && fits("2026-01-01") && !text.starts_with('"')))
        .then(|| with(line, token, text))
}

pub(super) fn moment(_: &mut Dice, line: &Line) -> Option<String> {
    let at = line.text.find("00Z")?;
    Some(format!("{}{}", &line.text[..at + 2], &line.text[at + 3..]))
}

/// One place of a text replaced, chosen by chance; never within a string.
pub(super) fn replaced(dice: &mut Dice, line: &Line, from: &str, to: &str) -> Option<String> {
    let outside = |at: &usize| line.text[..*at].matches('"').count().is_multiple_of(2);
    let places: Vec<usize> = line.text.match_indices(from).map(|(at, _)| at).filter(outside).collect();
    let at = *places.get(dice.below(places.len()))?;
    Some(format!("{}{to}{}", &line.text[..at], &line.text[at + from.len()..]))
}

pub(super) fn comma_at_end(_: &mut Dice, line: &Line) -> Option<String> {
    let lists = ["elements", "controller", "processor", "purposes", "basis", "group", "for"];
    let list = lists.contains(&&*line.construct) && !line.text.contains('"');
    list.then(|| format!("{},", line.text))
}

pub(super) fn lost(dice: &mut Dice, line: &Line, marks: &[&str]) -> Option<String> {
    let mark = dice.pick(marks);
    (!line.text.contains('"') || line.construct == "clause" || line.construct == "permit").then_some(())?;
    replaced(dice, line, mark, "")
}

pub(super) fn operator(dice: &mut Dice, line: &Line) -> Option<String> {
    let (from, to) =
        dice.pick(&[(" == ", " = "), (" and ", " && "), (" or ", " || "), (" != ", " <> "), (" == ", " === ")]);
    let condition = line.text.contains("when ") || line.construct == "condition";
    condition.then(|| replaced(dice, line, from, to)).flatten()
}

pub(super) fn operand_lost(_: &mut Dice, line: &Line) -> Option<String> {
    let at =
        [" == ", " < ", " >= "].iter().filter_map(|operator| Some(line.text.find(operator)? + operator.len())).min()?;
    let all = tokens(&line.text);
    let from = all.iter().position(|token| token.start == at)?;
    // The whole operand: its path, or its constant with a unit.
    let mut to = from;
    while all.get(to + 1).is_some_and(|next| matches!(&line.text[next.start..next.end], ".")) {
        to += 2;
    }
    if all
        .get(to + 1)
        .is_some_and(|next| ["years", "months", "days", "hours", "minutes"].contains(&&line.text[next.start..next.end]))
    {
        to += 1;
    }
    let whole = ["gdpr", "law", "("].contains(&&line.text[all[from].start..all[from].end]);
    let sum = all.get(to + 1).is_some_and(|next| matches!(&line.text[next.start..next.end], "+" | "-"));
    let last = all.get(to)?.end;
    (!whole && !sum && line.construct != "enum")
        .then(|| format!("{}{}", line.text[..at].trim_end(), &line.text[last..]))
}

pub(super) fn mixed(dice: &mut Dice, line: &Line) -> Option<String> {
    let condition = line.text.contains("when ") || line.construct == "condition";
    let says = line.text.split("when ").last()?;
    let flat = !line.text.contains('(')
        && !line.text.contains("onward")
        && says.matches(" or ").count() + says.matches(" and ").count() > 1;
    let text = (condition && flat).then(|| {
        if line.text.contains(" or ") {
            replaced(dice, line, " or ", " and ")
        } else {
            replaced(dice, line, " and ", " or ")
        }
    });
    text.flatten().filter(|text| text.contains(" or ") && text.contains(" and ") && !text.contains("requires"))
}

pub(super) fn said_twice(_: &mut Dice, line: &Line) -> Option<String> {
    let once = [
        "about",
        "code",
        "data",
        "held",
        "elements",
        "controller",
        "processor",
        "basis",
        "purposes",
        "records",
        "valid",
        "organisation",
        "group",
        "enum",
        "obligation",
        "action",
        "key",
        "services",
        "urn",
    ];
    let raw = line.construct == "urn";
    (once.contains(&&*line.construct) && !raw && !line.text.ends_with('{'))
        .then(|| format!("{} {}", line.text, line.text.trim()))
}

pub(super) fn urn(line: &Line, change: fn(&str) -> String) -> Option<String> {
    let at = line.text.find("urn urn:")? + 4;
    Some(format!("{}{}", &line.text[..at], change(&line.text[at..])))
}

pub(super) fn unit(_: &mut Dice, line: &Line) -> Option<String> {
    let at = [" + ", " - "].iter().find_map(|sign| line.text.find(sign))?;
    let behind = &line.text[at..];
    let unit = [" years", " months", " days"].into_iter().filter_map(|unit| Some((behind.find(unit)?, unit))).min()?;
    (unit.0 < 9).then(|| format!("{}{}", &line.text[..at], behind.replacen(unit.1, " hours", 1)))
}

pub(super) fn another_sort(dice: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let text = |at: usize| all.get(at).map_or("", |token: &Token| &line.text[token.start..token.end]);
    let rule = ["permit", "forbid", "never", "grant", "clause", "condition", "delegable"].contains(&&*line.construct);
    let places: Vec<(usize, &str)> = (1..all.len())
        .filter_map(|at| match (text(at - 1), text(at)) {
            ("to", name) if name.starts_with("role") => Some((at, "area0")),
            ("requires", name) if name.starts_with("package") => Some((at, "role0")),
            ("is", name) if name.starts_with("role") => Some((at, "package0")),
            ("holds", _) => Some((at, "role0")),
            _ => None,
        })
        .collect();
    let (at, other) = *places.get(dice.below(places.len()))?;
    rule.then(|| with(line, &all[at], other))
}

pub(super) fn nobody(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let text = |at: usize| all.get(at).map_or("", |token: &Token| &line.text[token.start..token.end]);
    // `permit view to role0`: nothing but whom it is for.
    let plain = line.construct == "permit" && all.len() == 4 && text(2) == "to";
    plain.then(|| line.text[..all[2].start].trim_end().to_owned())
}

pub(super) fn unknown_action(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let action = all.get(1).filter(|_| line.construct == "permit")?;
    Some(with(line, action, "fold"))
}

pub(super) fn argument_lost(_: &mut Dice, line: &Line) -> Option<String> {
    let begin = line.text.find("mask(by: ")? + 5;
    let end = line.text[begin..].find(", ")? + begin + 2;
    Some(format!("{}{}", &line.text[..begin], &line.text[end..]))
}

pub(super) fn misplaced(_: &mut Dice, line: &Line) -> Option<String> {
    match &*line.construct {
        "held" => Some(format!("{} services yes", line.text)),
        "delegable" if line.text.trim() == "delegable no" => Some(format!("{} held by person", line.text)),
        "data" => Some(format!("{} key yes", line.text)),
        _ => None,
    }
}

pub(super) fn letter(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let name = all.get(1).filter(|_| line.construct == "group")?;
    Some(with(line, name, &line.text[name.start..name.end].replacen('o', "ø", 1)))
}

pub(super) fn mark(dice: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let at = all
        .get(dice.below(all.len()))
        .filter(|_| all.len() > 2 && line.construct != "urn" && !line.text.contains('"'))?
        .end;
    (line.construct != "form" && line.construct != "namespace")
        .then(|| format!("{} {} {}", &line.text[..at], dice.pick(&[";", "#", "%"]), line.text[at..].trim_start()))
}

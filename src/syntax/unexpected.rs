//! What is said of words that fit nowhere: which word was probably meant, or which was lost before them. Like `expected`,
//! it reads no text itself.

use super::grammar::Rule;
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Span};

/// The words that a statement of this version may begin with.
const STATEMENTS: &[&str] = &[
    "urn",
    "about",
    "formerly",
    "for",
    "delegable",
    "services",
    "data",
    "code",
    "from",
    "held",
    "key",
    "covers",
    "agent",
    "grant",
    "permit",
    "action",
    "allow",
    "valid",
    "forbid",
    "never",
    "elements",
    "records",
    "controller",
    "processor",
    "basis",
    "purposes",
    "retain",
];
/// The words that a declaration may begin with.
const DECLARATIONS: &[&str] = &[
    "namespace",
    "organisation",
    "role",
    "group",
    "area",
    "package",
    "service",
    "module",
    "use",
    "target",
    "register",
    "policy",
    "entity",
    "enum",
    "obligation",
    "condition",
    "action",
];

/// The finding for text that fits nowhere, by its first token.
pub(super) fn say(rule: Rule, first: (&str, Place), text: &str, keyword: &str) -> Diagnostic {
    let (word, place) = first;
    match rule {
        Rule::lost_urn_keyword => {
            let start = Place { span: Span { end: place.span.start, ..place.span }, ..place };
            form("a URN without the word `urn` before it", place)
                .label("`urn` is missing before this")
                .help("write `urn` before the URN")
                .fix(start, "urn ")
                .certain()
        }
        Rule::lost_sort => form("a form of a namespace does not say what it is the form of", place)
            .label("the word before the URN is missing")
            .help("write what has URNs of this form: `role` or `package`"),
        Rule::bad_keyword => {
            let made = form(format!("`{word}` is nothing that can be declared"), place)
                .label("no declaration begins with this word")
                .help("write `role`, `package`, `area`, `service` or what else is declared");
            suggest(made, word, DECLARATIONS, place)
        }
        Rule::bad_rest => form(format!("`{word}` does not belong to this `use` line"), place)
            .label("the line ended before this")
            .help("write `use demo.roles.*` or `use demo.roles.{a, b}`"),
        Rule::stray | Rule::lost_alone => say_stray(word, text, place),
        Rule::bad_head => form(format!("`{word}` does not belong to the head of this declaration"), place)
            .label("the head ended before this")
            .help("write `for` and resources, or `for every register where …`, and then the block"),
        Rule::field_junk => form(format!("`{word}` is no attribute"), place)
            .label("a name and its type must stand here")
            .help("write a name and a type, as `birth_date date`"),
        _ => {
            let made = form(format!("`{word}` fits nowhere here"), place).label("no statement begins with this");
            let made = match lost_before(word) {
                Some(help) => made.help(help),
                None if keyword.is_empty() => made.help("write a statement, as `grant to manager`, or remove it"),
                None => made.help(format!("write a statement, or what belongs to `{keyword}` above, or remove it")),
            };
            suggest(made, word, STATEMENTS, place)
        }
    }
}

fn say_stray(word: &str, text: &str, place: Place) -> Diagnostic {
    if word == "}" {
        let made = Diagnostic::new(&codes::MISSING_BRACE, "a brace is closed that was not opened", place)
            .label("no `{` belongs to this")
            .help("remove the brace, or write the `{` that is missing before it");
        return if text == "}" { made.fix(place, "") } else { made };
    }
    let made =
        form(format!("`{word}` stands outside every declaration"), place).label("no declaration begins with this");
    let made = if text.contains(".{") || text.contains(".*") {
        let start = Place { span: Span { end: place.span.start, ..place.span }, ..place };
        made.help("write `use` before the module that names are taken from").fix(start, "use ").certain()
    } else if STATEMENTS.contains(&word) {
        made.help("write the statement within the braces of the declaration that it belongs to")
    } else {
        made.help("begin a declaration with `role`, `package`, `area`, `service` or what else is declared")
    };
    suggest(made, word, DECLARATIONS, place)
}

fn form(message: impl Into<String>, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, message, place)
}

/// Which keyword was probably lost before a word.
fn lost_before(word: &str) -> Option<&'static str> {
    Some(match word {
        "to" | "use" | "delegation" => "write `grant`, `delegable`, `permit` or `forbid` before it",
        "by" => "write `held` before it",
        "yes" | "no" => "write what it answers before it: `services`, `key`, `covers` or `agent`",
        "none" | "personal" | "special" => "write `data` before it",
        "before" => "write `valid` before it",
        "undecided" => "write what is undecided before it",
        "requires" => "write `permit` and an action before it",
        "oblige" => "write `any action` before it, or the rule that it belongs to",
        "and" | "onward" => "write `delegable to` and who may receive it before it",
        "," => "write a name before the comma, or remove it",
        _ if word.starts_with('"') => "write `about` before a description, or `formerly` before a former URN",
        _ if word.starts_with(|first: char| first.is_ascii_digit()) => "write `from` or `before` before a day",
        _ => return None,
    })
}

fn suggest(made: Diagnostic, word: &str, words: &[&'static str], place: Place) -> Diagnostic {
    match nearest(word, words) {
        Some(near) if near != word => made.help(format!("write `{near}`")).fix(place, near),
        _ => made,
    }
}

/// The one word that a misspelt word is nearest to: at most two letters wrong, at most one of three.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let length = word.chars().count();
    if !(3..=20).contains(&length) {
        return None;
    }
    let allowed = (length / 3).min(2);
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for candidate in words {
        let distance = distance(word, candidate);
        match best {
            Some((least, _)) if distance > least => {}
            Some((least, _)) if distance == least => tied = true,
            _ => {
                best = Some((distance, candidate));
                tied = false;
            }
        }
    }
    best.filter(|(distance, _)| *distance <= allowed && !tied).map(|(_, candidate)| candidate)
}

/// Letters to insert, remove, replace or swap with the next (optimal string alignment).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=two.len()).collect();
    let mut last = None;
    for (row, letter) in one.chars().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in two.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut cost = at(&above, column) + usize::from(letter != *other);
            cost = cost.min(at(&above, column + 1) + 1).min(at(&line, column) + 1);
            let swapped = column > 0 && last == Some(*other) && two.get(column - 1) == Some(&letter);
            if swapped {
                cost = cost.min(at(&before, column - 1) + 1);
            }
            line.push(cost);
        }
        last = Some(letter);
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().unwrap_or(0)
}

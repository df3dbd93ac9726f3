//! Faults put into good text, one on a line each: which kinds there are, where each may be, and which findings fit it. Never
//! compiles anything.

use crate::generated::generate::Dice;
use std::ops::RangeInclusive;

/// A line of a module, and where it stands.
pub struct Line {
    /// Its number, from 0.
    pub at: usize,
    /// Its text, without a comment at its end.
    pub text: String,
    /// The first word of the statement or declaration that it is, or `field`, `form`, `clause`.
    pub construct: String,
    /// The line on which the block around it opens.
    pub block: usize,
}

/// A token of a line: its bytes and sort.
#[derive(Clone, Debug)]
struct Token {
    start: usize,
    end: usize,
    word: bool,
}

/// A fault: what the line becomes.
pub struct Fault {
    /// Which kind.
    pub kind: &'static str,
    /// In which construct.
    pub construct: String,
    /// Which line.
    pub at: usize,
    /// Its new text.
    pub text: String,
    /// The lines on which a finding is about it.
    pub lines: RangeInclusive<usize>,
    /// Numbers of findings that fit it, or their beginnings.
    pub fits: &'static [&'static str],
}

impl Fault {
    /// Is it that a name is unknown?
    pub fn names_the_unknown(&self) -> bool {
        ["name misspelt", "unknown action", "URN of nobody's", "argument lost", "name of another sort"]
            .contains(&self.kind)
    }
}

const FORM: &[&str] = &["FM01"];
const NAME: &[&str] = &["FM02", "FM0115", "FM0315", "FM0316", "FM033", "FM034", "FM0117"];
const TYPE: &[&str] = &["FM033", "FM034", "FM0318", "FM0218"];
const VALUE: &[&str] = &["FM0117", "FM0105", "FM0210", "FM0218", "FM0342"];

/// A way to put a fault into a line; `None` where it cannot be there.
type Make = fn(&mut Dice, &Line) -> Option<String>;

/// Every kind of fault: its name, what it does, and which findings fit.
pub const KINDS: &[(&str, Make, &[&str])] = &[
    ("keyword misspelt", keyword_misspelt, &["FM01", "FM02"]),
    ("keyword lost", keyword_lost, &["FM01", "FM0210", "FM0218"]),
    ("name misspelt", name_misspelt, NAME),
    ("name lost", name_lost, FORM),
    ("opening brace lost", opening_brace_lost, FORM),
    ("closing brace lost", closing_brace_lost, FORM),
    ("closing quotation mark lost", |dice, line| quote_lost(dice, line, 1), FORM),
    ("opening quotation mark lost", |dice, line| quote_lost(dice, line, 0), FORM),
    ("value misspelt", value_misspelt, VALUE),
    ("day not in the calendar", |dice, line| day(dice, line, "2026-02-30"), &["FM0111", "FM0105"]),
    ("day written otherwise", |dice, line| day(dice, line, "31.12.2026"), &["FM0111", "FM0105"]),
    ("moment without a zone", moment, &["FM0119"]),
    ("comma lost", |dice, line| replaced(dice, line, ", ", " "), FORM),
    ("comma doubled", |dice, line| replaced(dice, line, ", ", ",, "), FORM),
    ("comma at the end", comma_at_end, &["FM0112", "FM0105"]),
    ("operator of another language", operator, FORM),
    ("operand lost", operand_lost, FORM),
    ("parenthesis lost", |dice, line| lost(dice, line, &["(", ")"]), &["FM01", "FM0345"]),
    ("bracket lost", |dice, line| lost(dice, line, &["[", "]"]), FORM),
    ("colon lost", |dice, line| replaced(dice, line, ": ", " "), FORM),
    ("and beside or", mixed, &["FM0116"]),
    ("said twice", said_twice, &["FM0110", "FM0212", "FM0322", "FM0203"]),
    ("URN with a colon at its end", |_, line| urn(line, |urn| format!("{urn}:")), &["FM0201", "FM0209"]),
    (
        "URN with an empty part",
        |_, line| urn(line, |urn| urn.replacen(":package", "::package", 1).replacen(":role", "::role", 1)),
        &["FM0201", "FM0209"],
    ),
    (
        "URN with a blank",
        |_, line| urn(line, |urn| urn.replacen("ge:", "ge: ", 1).replacen("le:", "le: ", 1)),
        &["FM0201"],
    ),
    (
        "URN in capitals",
        |_, line| urn(line, |urn| urn.replacen("package:p", "package:P", 1).replacen("role:r", "role:R", 1)),
        &["FM0209", "FM0201"],
    ),
    ("URN of nobody's", |_, line| urn(line, |urn| urn.replacen("urn:gen", "urn:den", 1)), &["FM0202"]),
    ("text for a day", |dice, line| constant(dice, line, is_day, "\"2026\""), TYPE),
    ("number for a text", |dice, line| constant(dice, line, |text| text.starts_with('"'), "7"), TYPE),
    ("unit that does not move a day", unit, &["FM0337"]),
    ("unknown unit", |dice, line| replaced(dice, line, " years", " yeers"), &["FM01", "FM0210"]),
    ("name of another sort", another_sort, &["FM0218", "FM0210", "FM0330", "FM0341"]),
    ("nobody permitted", nobody, &["FM0314"]),
    ("unknown action", unknown_action, &["FM0315"]),
    ("unknown article", |dice, line| replaced(dice, line, "6(1)(e)", "6(1)(z)"), &["FM0345"]),
    ("argument lost", argument_lost, &["FM0336"]),
    ("statement of another block", misplaced, &["FM0109"]),
    ("letter that no name has", letter, &["FM0216", "FM0210"]),
    ("mark that means nothing", mark, FORM),
];

/// A fault of any kind in this construct.
pub fn in_construct(dice: &mut Dice, construct: &str, lines: &[Line]) -> Option<Fault> {
    (0..60).find_map(|_| {
        let kind = dice.below(KINDS.len());
        fault_where(dice, kind, lines, |line| line.construct == construct)
    })
}

/// A fault of this kind somewhere in these lines.
pub fn fault(dice: &mut Dice, kind: usize, lines: &[Line]) -> Option<Fault> {
    fault_where(dice, kind, lines, |_| true)
}

fn fault_where(dice: &mut Dice, kind: usize, lines: &[Line], fits_there: impl Fn(&Line) -> bool) -> Option<Fault> {
    let (name, make, fits) = KINDS[kind];
    let places: Vec<&Line> = lines.iter().filter(|line| fits_there(line)).collect();
    let found = (0..400.min(places.len() * 8)).find_map(|_| {
        let line = places[dice.below(places.len())];
        make(dice, line).filter(|text| *text != line.text).map(|text| (line, text))
    });
    let (line, text) = found?;
    // A brace is missed where its block opens, or anywhere behind: what follows may go on in the block.
    let last = lines.last().map_or(line.at, |last| last.at + 1);
    let lines = if name == "closing brace lost" {
        line.block.min(line.at)..=last
    } else if name == "opening brace lost" {
        line.at..=line.at + 1
    } else {
        line.at..=line.at
    };
    Some(Fault { kind: name, construct: line.construct.clone(), at: line.at, text, lines, fits })
}

/// The lines of a text, with what each is. Lines of comments alone are left out.
pub fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut blocks: Vec<(usize, String)> = Vec::new();
    for (at, whole) in text.lines().enumerate() {
        let code = whole.split("//").next().unwrap_or("").trim_end();
        let trimmed = code.trim();
        if trimmed == "}" {
            let (block, construct) = blocks.pop().unwrap_or((at, String::new()));
            found.push(Line { at, text: code.to_owned(), construct, block });
            continue;
        }
        if trimmed.is_empty() {
            continue;
        }
        let first: String = trimmed.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        let outer = blocks.last().map_or("", |(_, construct)| construct);
        let construct = match (outer, &*first) {
            ("entity", _) => "field".to_owned(),
            ("namespace", _) => "form".to_owned(),
            (_, "when") => "clause".to_owned(),
            _ => first,
        };
        let block = blocks.last().map_or(at, |(block, _)| *block);
        if trimmed.ends_with('{') {
            blocks.push((at, construct.clone()));
        }
        found.push(Line { at, text: code.to_owned(), construct, block });
    }
    found
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        let word = letter.is_alphanumeric() || letter == '_';
        let mut end = start + letter.len_utf8();
        if letter == '"' {
            while let Some((at, next)) = letters.next() {
                end = at + next.len_utf8();
                if next == '"' {
                    break;
                }
            }
        } else if word {
            while let Some((at, next)) = letters.next_if(|(_, next)| {
                next.is_alphanumeric() || *next == '_' || *next == '-' || (*next == ':' && letter.is_ascii_digit())
            }) {
                end = at + next.len_utf8();
            }
        }
        if !letter.is_whitespace() {
            found.push(Token { start, end, word });
        }
    }
    found
}

/// The line with one of its tokens in another form.
fn with(line: &Line, token: &Token, text: &str) -> String {
    format!("{}{text}{}", &line.text[..token.start], &line.text[token.end..])
}

/// A word with two of its letters the wrong way round; `None` where that changes nothing.
fn swapped(dice: &mut Dice, word: &str) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let places: Vec<usize> = (1..letters.len()).filter(|at| letters[at - 1] != letters[*at]).collect();
    let letters_only = letters.iter().all(|letter| letter.is_alphanumeric() || *letter == '_');
    if letters.len() < 4 || places.is_empty() || !letters_only {
        return None;
    }
    let at = dice.pick(&places);
    let mut swapped = letters;
    swapped.swap(at - 1, at);
    Some(swapped.into_iter().collect()).filter(|text: &String| !text.starts_with(|first: char| first.is_ascii_digit()))
}

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

fn keyword(line: &Line) -> Option<Token> {
    let first = tokens(&line.text).into_iter().next().filter(|_| line.text.trim() != "}")?;
    (STATEMENTS.contains(&&*line.construct) && line.construct != "form").then_some(first)
}

fn keyword_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
    let first = keyword(line)?;
    let word = swapped(dice, &line.text[first.start..first.end])?;
    Some(with(line, &first, &word))
}

fn keyword_lost(_: &mut Dice, line: &Line) -> Option<String> {
    // Without `when`, `any` or `from` the words behind may say something else, and `module` is the name of the text.
    let first = keyword(line).filter(|_| !["any", "from", "for", "module"].contains(&&*line.construct))?;
    Some(with(line, &first, "").replacen("  ", " ", 0))
}

/// Tokens that use a name declared elsewhere.
fn uses(line: &Line) -> Vec<Token> {
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

fn name_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
    let uses = uses(line);
    let token = uses.get(dice.below(uses.len()))?;
    let word = swapped(dice, &line.text[token.start..token.end])?;
    Some(with(line, token, &word))
}

fn name_lost(_: &mut Dice, line: &Line) -> Option<String> {
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

fn opening_brace_lost(_: &mut Dice, line: &Line) -> Option<String> {
    line.text.strip_suffix(" {").filter(|_| line.construct != "namespace").map(str::to_owned)
}

fn closing_brace_lost(_: &mut Dice, line: &Line) -> Option<String> {
    (line.text.trim() == "}").then(String::new)
}

fn quote_lost(dice: &mut Dice, line: &Line, which: usize) -> Option<String> {
    let places: Vec<usize> =
        line.text.match_indices('"').map(|(at, _)| at).filter(|_| line.text.contains(" \"")).collect();
    let pair = dice.below(places.len() / 2);
    let at = *places.get(pair * 2 + which)?;
    // A text of one word without its opening mark may be a name.
    (places[pair * 2 + 1] - places[pair * 2] > 3).then(|| format!("{}{}", &line.text[..at], &line.text[at + 1..]))
}

fn value_misspelt(dice: &mut Dice, line: &Line) -> Option<String> {
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

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && text.starts_with(|first: char| first.is_ascii_digit())
}

fn day(dice: &mut Dice, line: &Line, text: &str) -> Option<String> {
    constant(dice, line, is_day, text)
}

fn constant(dice: &mut Dice, line: &Line, fits: fn(&str) -> bool, text: &str) -> Option<String> {
    let condition = ["when ", " = "].iter().any(|begin| line.text.contains(begin));
    let all: Vec<Token> =
        tokens(&line.text).into_iter().filter(|token| fits(&line.text[token.start..token.end])).collect();
    let token = all.get(dice.below(all.len()))?;
    let before = &line.text[..token.start];
    let of_condition = condition && ["== ", "< ", "> ", "= "].iter().any(|operator| before.ends_with(operator));
    (of_condition || (is_day("2026-01-01") && fits("2026-01-01") && !text.starts_with('"')))
        .then(|| with(line, token, text))
}

fn moment(_: &mut Dice, line: &Line) -> Option<String> {
    let at = line.text.find("00Z")?;
    Some(format!("{}{}", &line.text[..at + 2], &line.text[at + 3..]))
}

/// One place of a text replaced, chosen by chance; never within a string.
fn replaced(dice: &mut Dice, line: &Line, from: &str, to: &str) -> Option<String> {
    let outside = |at: &usize| line.text[..*at].matches('"').count().is_multiple_of(2);
    let places: Vec<usize> = line.text.match_indices(from).map(|(at, _)| at).filter(outside).collect();
    let at = *places.get(dice.below(places.len()))?;
    Some(format!("{}{to}{}", &line.text[..at], &line.text[at + from.len()..]))
}

fn comma_at_end(_: &mut Dice, line: &Line) -> Option<String> {
    let lists = ["elements", "controller", "processor", "purposes", "basis", "group", "for"];
    let list = lists.contains(&&*line.construct) && !line.text.contains('"');
    list.then(|| format!("{},", line.text))
}

fn lost(dice: &mut Dice, line: &Line, marks: &[&str]) -> Option<String> {
    let mark = dice.pick(marks);
    (!line.text.contains('"') || line.construct == "clause" || line.construct == "permit").then_some(())?;
    replaced(dice, line, mark, "")
}

fn operator(dice: &mut Dice, line: &Line) -> Option<String> {
    let (from, to) =
        dice.pick(&[(" == ", " = "), (" and ", " && "), (" or ", " || "), (" != ", " <> "), (" == ", " === ")]);
    let condition = line.text.contains("when ") || line.construct == "condition";
    condition.then(|| replaced(dice, line, from, to)).flatten()
}

fn operand_lost(_: &mut Dice, line: &Line) -> Option<String> {
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

fn mixed(dice: &mut Dice, line: &Line) -> Option<String> {
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

fn said_twice(_: &mut Dice, line: &Line) -> Option<String> {
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

fn urn(line: &Line, change: fn(&str) -> String) -> Option<String> {
    let at = line.text.find("urn urn:")? + 4;
    Some(format!("{}{}", &line.text[..at], change(&line.text[at..])))
}

fn unit(dice: &mut Dice, line: &Line) -> Option<String> {
    let at = [" + ", " - "].iter().find_map(|sign| line.text.find(sign))?;
    let behind = &line.text[at..];
    let unit = [" years", " months", " days"].into_iter().filter_map(|unit| Some((behind.find(unit)?, unit))).min()?;
    (unit.0 < 9)
        .then(|| format!("{}{}", &line.text[..at], behind.replacen(unit.1, " hours", 1)))
        .filter(|_| dice.chance(100))
}

fn another_sort(dice: &mut Dice, line: &Line) -> Option<String> {
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

fn nobody(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let text = |at: usize| all.get(at).map_or("", |token: &Token| &line.text[token.start..token.end]);
    // `permit view to role0`: nothing but whom it is for.
    let plain = line.construct == "permit" && all.len() == 4 && text(2) == "to";
    plain.then(|| line.text[..all[2].start].trim_end().to_owned())
}

fn unknown_action(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let action = all.get(1).filter(|_| line.construct == "permit")?;
    Some(with(line, action, "fold"))
}

fn argument_lost(_: &mut Dice, line: &Line) -> Option<String> {
    let begin = line.text.find("mask(by: ")? + 5;
    let end = line.text[begin..].find(", ")? + begin + 2;
    Some(format!("{}{}", &line.text[..begin], &line.text[end..]))
}

fn misplaced(_: &mut Dice, line: &Line) -> Option<String> {
    match &*line.construct {
        "held" => Some(format!("{} services yes", line.text)),
        "delegable" if line.text.trim() == "delegable no" => Some(format!("{} held by person", line.text)),
        "data" => Some(format!("{} key yes", line.text)),
        _ => None,
    }
}

fn letter(_: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let name = all.get(1).filter(|_| line.construct == "group")?;
    Some(with(line, name, &line.text[name.start..name.end].replacen('o', "ø", 1)))
}

fn mark(dice: &mut Dice, line: &Line) -> Option<String> {
    let all = tokens(&line.text);
    let at = all
        .get(dice.below(all.len()))
        .filter(|_| all.len() > 2 && line.construct != "urn" && !line.text.contains('"'))?
        .end;
    (line.construct != "form" && line.construct != "namespace")
        .then(|| format!("{} {} {}", &line.text[..at], dice.pick(&[";", "#", "%"]), line.text[at..].trim_start()))
}

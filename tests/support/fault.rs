//! Faults put into good text, one on a line each: which kinds there are, where each may be, and which findings fit it. Never
//! compiles anything.

#[path = "fault_making.rs"]
mod making;

use crate::generated::generate::Dice;
use making::*;
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

//! What is said of a text that does not have the form of the language: one sentence a fault, never the parser's own
//! list of what it tried. Knows the rules of the grammar that mark faults; reads no text itself.

use super::grammar::Rule;
use super::missing;
use crate::diag::{Code, Diagnostic, codes};
use crate::source::{Place, Span};

/// A fault where the grammar marks it.
pub(super) struct Fault<'a> {
    /// The mark.
    pub(super) rule: Rule,
    /// What it covers; empty where something is missing.
    pub(super) text: &'a str,
    /// Where.
    pub(super) place: Place,
    /// The text before it, to the end of the last token.
    pub(super) before: &'a str,
    /// The text after it.
    pub(super) after: &'a str,
    /// The keyword of the statement (or declaration) that it stands in.
    pub(super) keyword: &'a str,
    /// The keyword and name of the declaration.
    pub(super) owner: (&'a str, Option<&'a str>),
}

impl Fault<'_> {
    /// May a name of the author's be unread because of it?
    pub(super) fn loses_text(&self) -> bool {
        !matches!(
            self.rule,
            Rule::lost_quote
                | Rule::lost_opening_quote
                | Rule::lost_open
                | Rule::lost_brace
                | Rule::lost_area_open
                | Rule::lost_close
                | Rule::lost_comma
                | Rule::lost_requires
                | Rule::lost_dot
                | Rule::lost_equals
                | Rule::lost_to
                | Rule::lost_by
                | Rule::lost_and
                | Rule::lost_onward
                | Rule::lost_paren
                | Rule::bad_paren
                | Rule::bad_comma
                | Rule::bad_double_comma
                | Rule::lost_connective
                | Rule::lost_urn_keyword
                | Rule::lost_when
                | Rule::lost_law
                | Rule::bad_operator
                | Rule::lost_oblige
                | Rule::lost_action
                | Rule::lost_open_paren
                | Rule::lost_open_each
                | Rule::lost_bracket
                | Rule::lost_colon
                | Rule::lost_in
                | Rule::lost_of
                | Rule::lost_set
                | Rule::lost_or
                | Rule::lost_none
                | Rule::lost_after
                | Rule::lost_for
        )
    }

    /// The last token before it, for «after …».
    pub(super) fn previous(&self) -> &str {
        let head = self.before.trim_end();
        let start = head.rfind([' ', '\t', '\n', '{', '(']).map_or(0, |blank| blank + 1);
        match head.get(start..) {
            Some(word) if !word.is_empty() && word.len() <= 40 => word,
            _ => self.keyword,
        }
    }

    /// The first token of what it covers.
    pub(super) fn first(&self) -> (&str, Place) {
        let text = self.text;
        let length = match text.chars().next() {
            Some('"') => text.get(1..).and_then(|rest| rest.find(['"', '\n'])).map_or(text.len(), |end| end + 2),
            Some(first) if first.is_alphanumeric() => text
                .find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '-' | '.' | ':'))
                .unwrap_or(text.len()),
            Some(first) => first.len_utf8(),
            None => 0,
        };
        let word = text.get(..length).unwrap_or(text).trim_end();
        let start = self.place.span.start as usize;
        (word, Place { span: Span::new(start, start + word.len()), ..self.place })
    }

    /// The declaration that it stands in, as people say it.
    pub(super) fn owner(&self) -> String {
        match self.owner {
            (keyword, Some(name)) => format!("{keyword} `{name}`"),
            (keyword, None) => article(keyword),
        }
    }

    pub(super) fn finding(&self, code: &'static Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, message, self.place)
    }

    pub(super) fn form(&self, message: impl Into<String>) -> Diagnostic {
        self.finding(&codes::UNEXPECTED_TEXT, message)
    }
}

/// `a role`, `an area`, without backticks.
pub(super) fn article(word: &str) -> String {
    let an = word.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {word}", if an { "an" } else { "a" })
}

/// The finding for a fault.
pub(super) fn say(fault: &Fault<'_>) -> Diagnostic {
    match fault.rule {
        Rule::lost_open
        | Rule::lost_brace
        | Rule::lost_area_open
        | Rule::lost_close
        | Rule::lost_quote
        | Rule::lost_opening_quote
        | Rule::lost_paren
        | Rule::lost_open_paren
        | Rule::lost_open_each
        | Rule::lost_bracket
        | Rule::bad_bracket
        | Rule::bad_paren => say_unbalanced(fault),
        Rule::junk
        | Rule::field_junk
        | Rule::bad_head
        | Rule::stray
        | Rule::lost_alone
        | Rule::bad_rest
        | Rule::bad_keyword
        | Rule::lost_urn_keyword
        | Rule::lost_sort => super::unexpected::say(fault.rule, fault.first(), fault.text, fault.keyword),
        Rule::lost_item
        | Rule::lost_comma
        | Rule::lost_after_comma
        | Rule::bad_double_comma
        | Rule::bad_comma
        | Rule::lost_connective
        | Rule::bad_and => say_list(fault),
        _ => missing::say(fault),
    }
}

fn say_unbalanced(fault: &Fault<'_>) -> Diagnostic {
    let place = fault.place;
    match fault.rule {
        Rule::lost_close if fault.keyword == "use" => fault
            .finding(&codes::MISSING_BRACE, "the names of a `use` line lack their closing brace")
            .label("`}` is missing here")
            .help("write `}` after the last name")
            .fix(place, "}")
            .certain(),
        Rule::lost_close => {
            let mut near = fault.before.len().saturating_sub(400);
            while !fault.before.is_char_boundary(near) {
                near += 1;
            }
            let one_line =
                fault.before.get(near..).unwrap_or("").rsplit('\n').next().is_some_and(|line| line.contains('{'));
            fault
                .finding(&codes::MISSING_BRACE, format!("the block of {} is not closed", fault.owner()))
                .label("`}` is missing after this")
                .help("write `}` where the block ends")
                .fix(place, if one_line { " }" } else { "\n}" })
        }
        Rule::lost_quote => {
            let length = fault.text.trim_end().len();
            let start = place.span.start as usize;
            let whole = Place { span: Span::new(start, start + length), ..place };
            let end = Place { span: Span::new(start + length, start + length), ..place };
            Diagnostic::new(&codes::UNCLOSED_STRING, "a text in quotation marks does not end on its line", whole)
                .label("no closing quotation mark on this line")
                .help("write `\"` where the text ends")
                .fix(end, "\"")
        }
        Rule::lost_opening_quote => {
            let start = Place { span: Span { end: place.span.start, ..place.span }, ..place };
            fault
                .finding(&codes::UNCLOSED_STRING, "a text lacks its opening quotation mark")
                .label("this ends with a quotation mark and begins without one")
                .help("write `\"` where the text begins")
                .fix(start, "\"")
        }
        Rule::lost_paren => fault
            .form("a parenthesis is not closed")
            .label("`)` is missing here")
            .help("write `)` where the parenthesis ends")
            .fix(place, ")"),
        Rule::lost_open_paren | Rule::lost_open_each => fault
            .form("a parenthesis is not opened")
            .label("`(` is missing here")
            .help("write `(` where the parenthesis begins")
            .fix(place, "("),
        Rule::lost_bracket => {
            let finding = fault
                .form("a list is not closed")
                .label("`]` is missing here")
                .help("write `]` after the last value of the list")
                .fix(place, "]");
            // A `]` may stand in a text that lost a mark.
            let line = fault.before.rsplit('\n').next().unwrap_or("");
            if line.matches('"').count().is_multiple_of(2) { finding.certain() } else { finding }
        }
        Rule::bad_bracket => fault
            .form("a list is closed that was not opened")
            .label("no `[` belongs to this")
            .help("write `[` before the first value of the list"),
        Rule::bad_paren => fault
            .form("a parenthesis is closed that was not opened")
            .label("no `(` belongs to this")
            .help("write `(` before the first of those that belong together, or remove `)`"),
        _ => fault
            .finding(&codes::MISSING_BRACE, format!("the block of {} has no opening brace", fault.owner()))
            .label("`{` is missing here")
            .help("write `{` before the first statement of the block")
            .fix(place, " {")
            .certain(),
    }
}

fn say_list(fault: &Fault<'_>) -> Diagnostic {
    let place = fault.place;
    match fault.rule {
        Rule::lost_comma if matches!(fault.keyword, "permit" | "forbid" | "never") => fault
            .form(format!("expected `to` or `requires` after the action of a {}", fault.keyword))
            .label("the name that follows is joined to nothing")
            .help("write `to` before a role, `requires` before a package, or `,` before another action"),
        Rule::lost_comma => fault
            .form("two names stand beside each other without a comma")
            .label("`,` is missing here")
            .help("write `,` between the names of a list")
            .fix(place, ","),
        Rule::lost_after_comma => fault
            .finding(&codes::TRAILING_COMMA, "a list ends with a comma")
            .label("no name follows this comma")
            .help("remove the comma, or write the name that it announces")
            .fix(place, "")
            .certain(),
        Rule::bad_double_comma => fault
            .form("two commas without a name between them")
            .label("no name follows this comma")
            .help("remove one comma, or write the name that is missing")
            .fix(place, "")
            .certain(),
        Rule::bad_comma => fault
            .form("packages after `requires` are joined by a comma")
            .label("a comma does not say whether one or all of them are required")
            .help("write `or` where one of them is enough, `and` where all are required"),
        Rule::lost_connective => fault
            .form("two packages after `requires` are not joined")
            .label("`or` or `and` is missing here")
            .help("write `or` where one of them is enough, `and` where all are required"),
        Rule::bad_and => fault
            .form(format!("expected `onward` after `and`, found `{}`", fault.first().0))
            .label("`and` in a `delegable` line announces `onward` alone")
            .help("write `,` between those who may receive it, or `and onward`"),
        _ => {
            let previous = fault.previous();
            let what = match fault.keyword {
                "for" | "held" => "a kind (`person`, `organisation` or `system_user`)",
                "requires" => "a package",
                "permit" | "forbid" | "never" => "the name of an action",
                "is" => "a role",
                "holds" => "a package",
                "oblige" => "an obligation",
                "target" => "the name of a target",
                _ => "a name",
            };
            fault
                .form(format!("expected {what} after `{previous}`"))
                .label("nothing that can stand here follows")
                .help(format!("write {what} after `{previous}`"))
        }
    }
}

/// A file without a `module` line.
pub(super) fn no_module_line(place: Place) -> Diagnostic {
    Diagnostic::new(&codes::NO_MODULE_LINE, "the file does not say which module it is", place)
        .label("the first line must be the `module` line")
        .help("write `module` and the name that the path of the file ends with: `module demo.clinic`")
}

/// A name at the beginning of a file, as of a `module` line.
pub(super) fn module_keyword(name: &str, place: Place) -> Diagnostic {
    let start = Place { span: Span { end: place.span.start, ..place.span }, ..place };
    Diagnostic::new(&codes::NO_MODULE_LINE, "the file does not say which module it is", place)
        .label("a name stands here without `module`")
        .help(format!("write `module {name}`"))
        .fix(start, "module ")
        .certain()
}

/// A second `module` line.
pub(super) fn second_module(place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, "a second `module` line", place)
        .label("the file is another module already")
        .help("write one module in each file")
}

/// A declaration without its keyword.
pub(super) fn lost_keyword(name: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, format!("`{name}` is declared without saying what it is"), place)
        .label("the keyword is missing before this name")
        .help(format!("write `role`, `package`, `area`, `service` or what else it is before `{name}`"))
}

/// A block without both its braces.
pub(super) fn no_braces(owner: (&str, Option<&str>), open: Place, close: Place) -> Diagnostic {
    let (keyword, name) = owner;
    let owner = name.map_or_else(|| article(keyword), |name| format!("{keyword} `{name}`"));
    Diagnostic::new(&codes::MISSING_BRACE, format!("the block of {owner} has no braces"), open)
        .label("`{` is missing here")
        .help("write `{` before the first statement of the block and `}` after the last")
        .related("`}` is missing after this", close)
        .fix(open, " {")
        .fix(close, "\n}")
}

/// Text that the parser gave up on.
pub(super) fn unreadable(place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, "the text cannot be read from here on", place)
        .label("this fits nowhere")
        .help("begin a declaration on a line of its own")
}

/// Braces or parentheses too deep.
pub(super) fn nested_too_deep(place: Place, deepest: usize) -> Diagnostic {
    Diagnostic::new(
        &codes::NESTED_TOO_DEEP,
        format!("braces or parentheses are nested more than {deepest} deep"),
        place,
    )
    .label("this is the first that is too deep; the declaration is passed over")
    .help("write the declaration with fewer braces and parentheses within each other")
}

/// A condition within conditions too deep.
pub(super) fn condition_too_deep(place: Place, deepest: usize) -> Diagnostic {
    Diagnostic::new(&codes::NESTED_TOO_DEEP, format!("a condition is nested more than {deepest} deep"), place)
        .label("this is the first part that is too deep")
        .help("give a part of the condition a name: `condition name = …`, and write the name here")
}

/// A word that is none of those allowed.
pub(super) fn unknown_word(word: &str, keyword: &str, allowed: &[&str], place: Place) -> Diagnostic {
    let all: Vec<_> = allowed.iter().map(|word| format!("`{word}`")).collect();
    let choice = match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => all.join(""),
    };
    let made = Diagnostic::new(&codes::UNKNOWN_WORD, format!("`{word}` is no value of `{keyword}`"), place)
        .label(format!("{choice} can stand here"))
        .help(format!("write {choice}"));
    match super::unexpected::nearest(word, allowed) {
        Some(near) => made.fix(place, near),
        None => made,
    }
}

/// `and` beside `or`.
pub(super) fn mixed(word: &str, place: Place) -> Diagnostic {
    let other = if word == "and" { "or" } else { "and" };
    Diagnostic::new(&codes::MIXED_AND_OR, format!("`{word}` stands beside `{other}` without parentheses"), place)
        .label("what belongs together is not said")
        .help("write parentheses around those that belong together: `a and (b or c)`")
}

/// A comparison of a comparison.
pub(super) fn chained(operator: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::CHAINED_COMPARISON, format!("`{operator}` follows a comparison that is complete"), place)
        .label("what stands before this is true or false already")
        .help("write two comparisons with `and` between them: `a < b and b < c`")
}

/// `not` behind an operator that binds closer.
pub(super) fn misplaced_not(operator: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, format!("`not` stands behind `{operator}`"), place)
        .label("`not` denies a whole comparison")
        .help("write `not` before the comparison: `not a == b`")
}

/// A moment that is none.
pub(super) fn malformed_moment(text: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::MALFORMED_MOMENT, format!("`{text}` is not a moment"), place)
        .label("a day, `T`, a time and its offset, as `2026-01-31T12:00:00+01:00`")
        .help("write the offset from UTC, or compare `today` with a day")
}

/// A clause that stands twice in one rule.
pub(super) fn second_clause(clause: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, format!("a rule has two `{clause}` clauses"), place)
        .label("the rule has one already")
        .help(match clause {
            "when" => "write one `when` with `and` or `or` between the conditions".to_owned(),
            _ => format!("write one `{clause}` clause, or two rules"),
        })
}

/// Commas and `<` between the values of one enum.
pub(super) fn mixed_values(place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, "an enum has `,` and `<` between its values", place)
        .label("the other one stands before this")
        .help("write `<` between all values where each is above the one before it, `,` between all others")
}

/// A second `requires` of one permit.
pub(super) fn second_requires(place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, "a permit has two `requires` clauses", place)
        .label("the permit requires something already")
        .help("write one `requires` with `and` or `or` between the packages")
}

/// A second `from` or `before` of one period.
pub(super) fn second_day(keyword: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::UNEXPECTED_TEXT, format!("a period says `{keyword}` twice"), place)
        .label("the period has such a day already")
        .help(format!("write `{keyword}` once"))
}

/// A day that is not in the calendar.
pub(super) fn malformed_date(text: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::MALFORMED_DATE, format!("`{text}` is not a day of the calendar"), place)
        .label("year, month and day, as `2026-01-31`")
        .help("write the day as four digits, two and two with hyphens between them")
}

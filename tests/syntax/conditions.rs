//! How conditions bind: written with all their parentheses.

use super::{FILE, source};
use fullmakt::syntax::ast::{Basis, Duration, Expression, Head, Path, Term};
use fullmakt::syntax::parse;

fn path(path: &Path<'_>) -> String {
    path.segments.iter().map(|segment| segment.text).collect::<Vec<_>>().join(".")
}

fn for_whom(party: Option<&Expression<'_>>) -> String {
    party.map_or(String::new(), |party| format!(" for {}", whole(party)))
}

fn duration(duration: &Duration<'_>) -> String {
    format!("{} {}", duration.amount.text, duration.unit.text)
}

/// An expression with parentheses around everything that has parts.
fn whole(expression: &Expression<'_>) -> String {
    let join =
        |all: &[Expression<'_>], with: &str| format!("({})", all.iter().map(whole).collect::<Vec<_>>().join(with));
    match &expression.says {
        Term::Or(all) => join(all, " or "),
        Term::And(all) => join(all, " and "),
        Term::Not(one) => format!("(not {})", whole(one)),
        Term::Compare(operator, _, both) => format!("({} {} {})", whole(&both.0), operator.word(), whole(&both.1)),
        Term::Is { who, role, party } => format!("({} is {}{})", whole(who), path(role), for_whom(party.as_deref())),
        Term::Holds { who, package, party } => {
            format!("({} holds {}{})", whole(who), path(package), for_whom(party.as_deref()))
        }
        Term::Each { all, variable, set, body } => {
            format!("{}({} in {}: {})", if *all { "all" } else { "any" }, variable.text, whole(set), whole(body))
        }
        Term::Permitted(what) => format!("(permitted {})", path(what)),
        Term::Shift { from, back, by } => format!("({} {} {})", whole(from), if *back { "-" } else { "+" }, whole(by)),
        Term::Path(one) => path(one),
        Term::Bool(value) => value.to_string(),
        Term::None => "none".to_owned(),
        Term::Integer(text) => format!("#{text}"),
        Term::String(text) => format!("{text:?}"),
        Term::Date(text) => format!("day {text}"),
        Term::DateTime(text) => format!("moment {text}"),
        Term::Duration(one) => format!("<{}>", duration(one)),
        Term::Basis(Basis::Gdpr(article)) => format!("gdpr {}", article.text),
        Term::Basis(Basis::Law(law)) => format!("law {:?}", law.text),
        Term::List(all) => format!("[{}]", all.iter().map(whole).collect::<Vec<_>>().join(", ")),
        Term::Undecided(question) => format!("undecided {:?}", question.text),
        Term::Broken => "?".to_owned(),
    }
}

#[track_caller]
fn reads(text: &str, as_if: &str) {
    let text = format!("module a\ncondition c = {text}\nrole last \"Last\" {{ held by person }}\n");
    let source = source(&text);
    let parsed = parse(&source, FILE);
    let messages: Vec<_> = parsed.findings.iter().map(|found| &found.message).collect();
    let Some(Head::Condition(condition)) = parsed.module.declarations.first().map(|one| &one.head) else {
        panic!("{text}: {messages:?}");
    };
    assert_eq!(whole(condition), as_if, "{messages:?}");
    assert_eq!(parsed.findings.is_empty(), !as_if.contains('?'), "{messages:?}");
    assert_eq!(parsed.module.declarations.len(), 2);
    assert!(!parsed.module.declarations[1].wounded);
}

#[test]
fn operators_bind_from_loose_to_close() {
    reads("a and b and c", "(a and b and c)");
    reads("not a == b and c", "((not (a == b)) and c)");
    reads("not not a", "(not (not a))");
    reads("not party is member and x", "((not (party is member)) and x)");
    reads("a and (b or c)", "(a and (b or c))");
    reads("today < party.birth_date + 16 years - 1 day", "(today < ((party.birth_date + <16 years>) - <1 day>))");
    reads("today - 1 day + x.y == z", "(((today - <1 day>) + x.y) == z)");
    reads("subject is demo.guardian for party", "(subject is demo.guardian for party)");
    reads("subject holds full for a.b or c", "((subject holds full for a.b) or c)");
    reads("a in b.c.d", "(a in b.c.d)");
    reads("not context.purpose in [a, b.c, 2026-01-01]", "(not (context.purpose in [a, b.c, day 2026-01-01]))");
    reads("[] == a", "([] == a)");
    reads("any(x in S + 1 day: x == 1 or x.y)", "any(x in (S + <1 day>): ((x == #1) or x.y))");
    reads("all (x in a: not any(y in x.b: y))", "all(x in a: (not any(y in x.b: y)))");
    reads("permitted list.view and permitted", "((permitted list.view) and permitted)");
    reads("gdpr 6(1)(a) in basis or law \"L § 1\" in basis", "((gdpr 6(1)(a) in basis) or (law \"L § 1\" in basis))");
    reads("gdpr == law", "(gdpr == law)");
    reads("a == none and true != false", "((a == none) and (true != false))");
    reads("now >= 2026-01-31T12:00:00+01:00", "(now >= moment 2026-01-31T12:00:00+01:00)");
    reads("a == 2026-01-31 + 1 month", "(a == (day 2026-01-31 + <1 month>))");
    reads("a == \"b\"", "(a == \"b\")");
    reads("undecided \"q\" or a", "(undecided \"q\" or a)");
}

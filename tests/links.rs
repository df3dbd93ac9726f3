//! A chain of delegations holds for eight links and no ninth (docs/meaning.md, H7, P5); a link that falls ends all behind it.

use crate::suites::Suites;
use std::fmt::Write;

const MODULE: &str = "module chain

role manager \"Manager\" { held by person for organisation }

package passed \"Passed on\" {
  about      \"What is passed on.\"
  for        organisation
  delegable  to person and onward
  grant to manager
}
";

/// A suite in which a manager begins a chain of nine; the cases are the last lines. `end` is said of the third link.
fn suite(end: &str, cases: &[(&str, &str)]) -> String {
    let mut text = String::from("clock: 2026-03-01T12:00:00+01:00\norganisations: { clinic: {} }\npeople:\n");
    for number in 0..10 {
        writeln!(text, "  p{number}: {{}}").unwrap();
    }
    text.push_str("roles:\n  - { subject: p0, role: manager, party: clinic }\ndelegations:\n");
    for number in 0..9 {
        let end = if number == 2 { end } else { "" };
        let next = number + 1;
        writeln!(
            text,
            "  - {{ giver: p{number}, receiver: p{next}, party: clinic, package: passed, given: 2026-01-01{end} }}"
        )
        .unwrap();
    }
    text.push_str("cases:\n");
    for (number, (asked, expect)) in cases.iter().enumerate() {
        let request = format!("{{ {asked}, party: clinic, on: passed }}");
        writeln!(text, "  - {{ name: case {number}, request: {request}, expect: {expect} }}").unwrap();
    }
    text
}

/// The names of the cases that are not as expected.
fn failing(end: &str, cases: &[(&str, &str)]) -> Vec<String> {
    let files = [("chain.fmk", MODULE.to_owned()), ("chain.test.yaml", suite(end, cases))];
    let suites = Suites::of(&files.map(|(name, text)| (name.to_owned(), text)));
    assert_eq!(suites.lines(), Vec::<String>::new());
    let verdicts = suites.run();
    assert_eq!(verdicts.len(), cases.len());
    verdicts.iter().filter(|verdict| !verdict.is_met()).map(|verdict| verdict.name.to_string()).collect()
}

#[test]
fn eight_links_hold_and_a_ninth_does_not() {
    let cases = [
        ("subject: p1, action: use", "permit"),
        ("subject: p8, action: use", "permit"),
        ("subject: p9, action: use", "deny not-granted"),
        ("subject: p7, action: delegate, to: p9", "permit"),
    ];
    assert_eq!(failing("", &cases), Vec::<String>::new());
}

#[test]
fn a_link_that_falls_ends_all_behind_it() {
    let cases = [
        ("subject: p2, action: use", "permit"),
        ("subject: p3, action: use", "deny not-granted"),
        ("subject: p8, action: use", "deny not-granted"),
    ];
    assert_eq!(failing(", before: 2026-03-01", &cases), Vec::<String>::new());
    assert_eq!(failing(", withdrawn: 2026-03-01T11:59:59+01:00", &cases), Vec::<String>::new());
}

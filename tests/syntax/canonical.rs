//! The canonical form: what it looks like, that it is its own canonical form, and that it loses no token and no comment.

use super::tokens::tokens;
use super::{FILE, SAMPLES, modules, source};
use crate::support::chance;
use fullmakt::syntax::format;
use proptest::prelude::{any, proptest};

fn canonical(text: &str) -> String {
    format(&source(text), FILE).unwrap_or_else(|findings| {
        panic!(
            "{text}\n{:#?}",
            findings.iter().map(|finding| (&finding.message, finding.place.span)).collect::<Vec<_>>()
        )
    })
}

/// The tokens and comments of a text, in order.
fn all(text: &str) -> Vec<String> {
    let mut found: Vec<_> = tokens(text).into_iter().map(|token| (token.start, text[token].to_owned())).collect();
    let mut end = 0;
    for start in found.iter().map(|(start, _)| *start).chain([text.len()]).collect::<Vec<_>>() {
        let gap = &text[end..start.max(end)];
        let mut at = 0;
        while let Some(comment) = gap[at..].find("//") {
            let stop = gap[at + comment..].find('\n').map_or(gap.len(), |stop| at + comment + stop);
            found.push((end + at + comment, gap[at + comment..stop].trim_end().to_owned()));
            at = stop;
        }
        end = start + found.iter().find(|(place, _)| *place == start).map_or(0, |(_, token)| token.len());
    }
    found.sort();
    found.into_iter().map(|(_, token)| token).collect()
}

fn holds(text: &str) {
    let text = text.trim_start_matches('\u{feff}');
    let once = canonical(text);
    assert_eq!(canonical(&once), once, "the form of the form is another, for\n{text}");
    assert_eq!(all(&once), all(text), "tokens or comments of\n{text}\nare not those of\n{once}");
}

#[test]
fn the_samples_keep_their_tokens_and_comments() {
    for (_, text) in &modules() {
        holds(text);
    }
}

#[test]
fn a_comment_between_two_tokens_stays() {
    for (_, text) in SAMPLES {
        for token in tokens(text) {
            holds(&format!("{}// c\n{}", &text[..token.start], &text[token.start..]));
            holds(&format!("{} // c\n{}", &text[..token.end], &text[token.end..]));
        }
    }
}

/// All of them at once, each with a number of its own: before each token, and after it on its line.
#[test]
fn comments_between_any_two_tokens_stay_once_and_in_order() {
    for (_, text) in &modules() {
        for trailing in [false, true] {
            let mut everywhere = String::new();
            let mut end = 0;
            for token in tokens(text) {
                everywhere.push_str(&text[end..token.start]);
                let comment = format!("// {}\n", token.start);
                let token_text = &text[token.clone()];
                everywhere.push_str(&if trailing {
                    format!("{token_text}  {comment}")
                } else {
                    format!("{comment}{token_text}")
                });
                end = token.end;
            }
            holds(&format!("{everywhere}\n// the end"));
        }
    }
}

proptest! {
    #![proptest_config(chance(64))]

    /// However a text is laid out, its canonical form is one.
    #[test]
    fn blanks_do_not_matter(which in 0..SAMPLES.len(), seed in any::<u64>()) {
        let text = SAMPLES[which].1;
        let mut state = seed | 1;
        let mut changed = String::new();
        let mut end = 0;
        for token in tokens(text) {
            let gap = &text[end..token.start];
            changed.push_str(gap);
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if !gap.is_empty() {
                changed.push_str([" ", "\t", "  ", "\r\n", ""][(state >> 60) as usize % 5]);
            }
            changed.push_str(&text[token.clone()]);
            end = token.end;
        }
        holds(&changed);
    }
}

#[test]
fn the_clinic_is_canonical() {
    let text = SAMPLES[2].1;
    assert_eq!(canonical(text), text);
}

#[test]
fn layout() {
    let text = "\u{feff}module  a.b\r\nuse c.d . { x,y }\n\n\n\n// one\nrole r \"R\" {\n\n  urn   urn:a:b:c   // trailing\n code C\n held\n by person for organisation\n\n\n  key yes\n\n}\nrole s \"S\" {   held by person   agent yes } // short\npackage p \"P\"\n{ about \"A\" // c\ngrant   to x,y\n   undecided \"q\" }\npackage empty \"E\" {\n}";
    let expected = "\
module a.b
use c.d.{x, y}

// one
role r \"R\" {
  urn   urn:a:b:c  // trailing
  code  C
  held  by person for organisation

  key   yes
}
role s \"S\" { held by person  agent yes }  // short
package p \"P\" {
  about  \"A\"  // c
  grant to x, y undecided \"q\"
}
package empty \"E\" {}
";
    assert_eq!(canonical(text), expected);
    holds(text);
}

#[test]
fn long_statements_go_on_below() {
    let members: Vec<_> = (0..30).map(|number| format!("member_{number}")).collect();
    let text = format!(
        "module a\ngroup g = {}\nservice s \"S\" {{\n  permit look, send to {} requires one or two from 2026-01-01 before 2027-01-01\n}}\n",
        members.join(", "),
        members[..6].join(", "),
    );
    holds(&text);
    let once = canonical(&text);
    assert!(once.lines().all(|line| line.chars().count() <= 100), "{once}");
    assert!(once.contains("\n    member_"), "{once}");
    assert!(once.contains("  permit look, send\n      to member_0, "), "{once}");
    assert!(once.contains("\n      requires one or two\n      from 2026-01-01 before 2027-01-01\n}"), "{once}");
}

#[test]
fn vocabulary_and_conditions() {
    let text = "\
module a
entity context{login bool,purpose  purpose , application application}
entity person {
 birth_date date
 death  date or   none // c
 parents set of person,
}
enum scale=low<high
enum purpose = one,two
obligation give( identifier :kind,other: set of x or none )
condition c=a==b and( not x.y in[ a,b ]or z is r for p)
condition d = any ( x in y:x<=2026-01-01 + 1 day ) or now>=2026-01-31T12:00:00+01:00 - 2 hours or gdpr 6(1)(a) in basis
condition e = (gdpr 6(1))
policy p for   every register in a where(x){ never any action \"T\" when a }
register r \"R\" {
  basis gdpr 6(1)(e),law \"L\"
  purposes one ,two
  retain at most 5 years after record.created or until b and at  least 1 day after c
  any   action oblige log,give( identifier:x )
  permit look of a,b oblige log when a != b to c
}
action look \"Look\" partial oblige log
";
    let expected = "\
module a
entity context { login bool, purpose purpose, application application }
entity person {
  birth_date  date
  death       date or none  // c
  parents     set of person,
}
enum scale = low < high
enum purpose = one, two
obligation give(identifier: kind, other: set of x or none)
condition c = a == b and (not x.y in [a, b] or z is r for p)
condition d =
    any(x in y: x <= 2026-01-01 + 1 day) or now >= 2026-01-31T12:00:00+01:00 - 2 hours
    or gdpr 6(1)(a) in basis
condition e = (gdpr 6(1))
policy p for every register in a where (x) { never any action \"T\" when a }
register r \"R\" {
  basis     gdpr 6(1)(e), law \"L\"
  purposes  one, two
  retain    at most 5 years after record.created or until b and at least 1 day after c
  any action oblige log, give(identifier: x)
  permit look of a, b oblige log when a != b to c
}
action look \"Look\" partial oblige log
";
    assert_eq!(canonical(text), expected);
    holds(text);
}

#[test]
fn long_conditions_break_before_and_and_or() {
    let term = "context.application_number_one == party.another_name";
    let text = format!(
        "module a\ncondition c = {term} and {term} and ({term} or {term} or any(one in party.parents: {term} or {term}))\n\
         service s \"S\" {{\n  permit view of registrations requires insight when {term} and {term} and {term} oblige log\n}}\n"
    );
    let once = canonical(&text);
    holds(&text);
    assert!(once.lines().all(|line| line.chars().count() <= 100), "{once}");
    let lines: Vec<_> = once.lines().map(str::trim).collect();
    assert!(lines.contains(&"requires insight") && lines.contains(&"oblige log"), "{once}");
    assert!(
        lines.iter().skip(2).filter(|line| line.contains(" == ")).all(|line| {
            ["and ", "or ", "when ", "any("].iter().any(|word| line.starts_with(word)) || line.starts_with(term)
        }),
        "{once}"
    );
}

#[test]
fn a_text_with_faults_has_no_canonical_form() {
    assert!(format(&source("module a\nrole"), FILE).is_err());
}

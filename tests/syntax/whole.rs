//! A text that has the form of the language is read by strict rules alone, any other by rules that know faults. Both give the
//! same tree of a good text: one fault far behind everything else makes the others read it.

use super::{FILE, modules, source};
use crate::generated::generate::{self, Dice};
use crate::support::chance;
use fullmakt::syntax::ast::Module;
use fullmakt::syntax::{Parsed, format, parse};
use proptest::prelude::{prop, proptest};

/// Asserts that both give the same of a text, if it has no fault.
fn same(text: &str) -> bool {
    let whole = source(text);
    let Parsed { module, findings } = parse(&whole, FILE);
    if !findings.is_empty() {
        return false;
    }
    let torn = format!("{text}\n}}\n");
    let torn = source(&torn);
    let read = parse(&torn, FILE);
    // The first finding that the strict rules should have made: where, and what.
    let other = read.findings.iter().find(|found| found.message != "a brace is closed that was not opened");
    if let Some(other) = other {
        let line = torn.text()[..other.place.span.start as usize].matches('\n').count();
        let near: Vec<_> = torn.text().lines().skip(line.saturating_sub(1)).take(3).collect();
        panic!("{} at {:?}", other.message, near);
    }
    assert_eq!(read.findings.len(), 1);
    let found = Module { wounded: false, hides: false, ..read.module };
    if found != module {
        let (found, module) = (format!("{found:?}"), format!("{module:?}"));
        let at = found.bytes().zip(module.bytes()).position(|(one, two)| one != two).unwrap_or(0);
        let near = |text: &str| text.chars().skip(at.saturating_sub(300)).take(450).collect::<String>();
        panic!("{text}\nread by strict rules\n{}\nby the others\n{}", near(&module), near(&found));
    }
    true
}

#[test]
fn of_the_samples() {
    for (name, text) in &modules() {
        assert!(same(text), "{name}");
    }
}

#[test]
fn of_texts_that_look_like_others() {
    for text in [
        "package p \"P\" { grant to valid from 2026-01-01 }",
        "package p \"P\" { about \"A\" from 2026-01-01 }",
        "package p \"P\" { grant to a before 2026-01-01key yes }",
        "package p \"P\" { delegable nobody }",
        "package p \"P\" { delegable nourn urn:a:b\n }",
        "package p \"P\" { for person, kinds }",
        "package about \"P\" { data none }",
        "package p \"P\" { urn urn:a:b key yes }",
        "package p \"P\" { urn urn:a:b//c\n }",
        "entity e { a b or nonesuch c }",
        "entity e { a set of b, set of c }",
        "entity e { allow FM0101 \"a\" allow bool x set }",
        "service s \"S\" { permit a when permitted from 2026-01-01 }",
        "service s \"S\" { permit a when permitted any action oblige log }",
        "service s \"S\" { permit any actions to b }",
        "service s \"S\" { permit a when b is c for person for organisation }",
        "service s \"S\" { permit a when b and onward }",
        "service s \"S\" { permit a to b to c of d of e when x when y }",
        "service s \"S\" { permit a when none == true and (x or false) }",
        "service s \"S\" { permit a.b to c . d }",
        "service s \"S\" { elements a\n records of b\n retain until c or until d and until e }",
        "policy p for every { forbid a to b }",
        "policy p for every, other { forbid a to b }",
        "policy p for every register in where a { forbid a to b }",
        "module b",
        "group g = a, b,\nrole r \"R\"",
        "enum e = a, b < c",
        "obligation o (a: b)",
        "obligation o obligation p",
        "action a partially",
        "condition c = a < b < c",
        "condition c = a == not b",
        "condition c = today-1 day",
        "condition c = gdpr 6(1)(a)x",
        "condition c = 16 yearsx",
        "condition c = 2026-01-01 == 2026-02-30",
    ] {
        same(&format!("module a\n{text}\n"));
    }
}

#[test]
fn of_generated_policies() {
    let mut dice = Dice(7);
    for number in 0..40 {
        for (name, text) in generate::source_text::modules(&generate::policy(&mut dice, number)) {
            assert!(same(&text), "{name}\n{text}");
            let whole = source(&text);
            let once = format(&whole, FILE).unwrap();
            let again = format(&source(&once), FILE).unwrap();
            assert_eq!(once, again);
            assert!(same(&once), "{once}");
        }
    }
}

proptest! {
    #![proptest_config(chance(1_500))]

    /// A good text with a few of its words moved about, lost or said twice.
    #[test]
    fn of_texts_that_were_changed(
        which in 0..super::SAMPLES.len(),
        changes in prop::collection::vec((0..3usize, 0..10_000usize, 0..10_000usize), 1..3),
    ) {
        let text = super::SAMPLES[which].1;
        let tokens = super::tokens::tokens(text);
        let mut pieces: Vec<String> = Vec::new();
        let mut end = 0;
        for token in &tokens {
            pieces.push(text[end..token.end].to_owned());
            end = token.end;
        }
        for (what, one, two) in changes {
            let (one, two) = (one % pieces.len(), two % pieces.len());
            match what {
                0 => pieces.swap(one, two),
                1 => {
                    pieces.remove(one);
                }
                _ => {
                    let again = pieces[one].clone();
                    pieces.insert(two, again);
                }
            }
        }
        same(&pieces.concat());
    }
}

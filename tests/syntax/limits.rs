//! Hostile texts: one finding, names kept, no crash, and work that grows with the length of the text alone.

use super::{FILE, source};
use fullmakt::syntax::{format, parse};
use std::time::{Duration, Instant};

/// Reads a text; it must be read in a time that only linear work keeps, many times over.
fn findings(text: &str) -> Vec<(&'static str, String)> {
    let begun = Instant::now();
    let source = source(text);
    let parsed = parse(&source, FILE);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{} bytes of {:.40} took {:?}",
        text.len(),
        text.lines().last().unwrap_or(""),
        begun.elapsed()
    );
    parsed.findings.into_iter().map(|finding| (finding.code.number, finding.message)).collect()
}

fn numbers(text: &str) -> Vec<&'static str> {
    findings(text).into_iter().map(|(number, _)| number).collect()
}

#[test]
fn deep_nesting_is_one_finding() {
    let last = "\nrole last \"Last\" { held by person }\n";
    for deep in [
        format!("module a\nrole r \"R\" {}{}{last}", "{".repeat(10_000), "}".repeat(10_000)),
        format!("module a\nrole r \"R\" {}{last}", "{".repeat(10_000)),
        format!(
            "module a\nservice s \"S\" {{ permit x requires {}y{} }}{last}",
            "(".repeat(10_000),
            ")".repeat(10_000)
        ),
        format!("module a\nservice s \"S\" {{\n permit x requires {}y\n}}{last}", "(".repeat(10_000)),
        format!("module a\npolicy p {{ forbid x when {}y{} }}{last}", "(".repeat(10_000), ")".repeat(10_000)),
    ] {
        let found = numbers(&deep);
        assert_eq!(found.iter().filter(|number| **number == "FM0104").count(), 1, "{found:?}");
        let source = source(&deep);
        let parsed = parse(&source, FILE);
        let names: Vec<_> =
            parsed.module.declarations.iter().filter_map(|one| one.name).map(|name| name.text).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(parsed.module.declarations[0].wounded && !parsed.module.declarations[1].wounded);
        assert!(parsed.module.wounded);
    }
    let fine = format!("module a\nservice s \"S\" {{ permit x requires {}y{} }}", "(".repeat(63), ")".repeat(63));
    assert_eq!(numbers(&fine), [""; 0]);
}

#[test]
fn long_lines() {
    for piece in [
        "{",
        "(",
        "\"",
        "}",
        "role ",
        "a ",
        "a,",
        "grant to ",
        "/",
        "\"a\" ",
        "use x.",
        "urn:",
        "package p \"P\" ",
        "area a \"A\" ",
        "x{",
        "(a ",
        "= ",
        "not ",
        "a and ",
        "a or not ",
        "a == ",
        "a + ",
        "a is b for ",
        "[",
        "any(x in ",
        "a.",
        "forbid x when a ",
        "16 ",
        "gdpr ",
        "oblige a(b: c), ",
        "retain until ",
        "at most ",
        "a : b, ",
        "entity e { a b ",
        "policy p for a ",
        "condition c = ",
        "x = ",
        "x for ",
    ] {
        let text = format!("module a\nrole r \"R\" {{ {}", piece.repeat(20_000 / piece.len()));
        let found = findings(&text);
        assert!(!found.is_empty(), "{piece}");
        let text = format!("module a\n{}", piece.repeat(20_000 / piece.len()));
        findings(&text);
    }
}

#[test]
fn many_declarations_in_pieces() {
    let mut text = String::from("module a\n\n");
    for number in 0..5_000 {
        text.push_str(&format!("package p{number} \"P\" {{\n  about  \"A\"\n  grant to a, b\n}}\n\n"));
    }
    let whole = source(&text);
    let parsed = parse(&whole, FILE);
    assert_eq!((parsed.findings.len(), parsed.module.declarations.len()), (0, 5_000));
    let last = parsed.module.declarations.last().unwrap();
    assert!(whole.slice(last.span).starts_with("package p4999 \"P\" {") && whole.slice(last.span).ends_with('}'));
    assert!(format(&whole, FILE).is_ok_and(|canonical| canonical == text.trim_end().to_owned() + "\n"));
    // Two faults, far from each other: the braces balance again, and each is found where it is.
    let broken =
        text.replacen("p100 \"P\" {", "p100 \"P\"", 1).replacen("b\n}\n\npackage p4900 ", "b\n\npackage p4900 ", 1);
    let found = findings(&broken);
    assert_eq!(
        found,
        [
            ("FM0106", "the block of package `p100` has no opening brace".to_owned()),
            ("FM0106", "the block of package `p4899` is not closed".to_owned())
        ]
    );
    let source = source(&broken);
    assert_eq!(parse(&source, FILE).module.declarations.len(), 5_000);
}

#[test]
fn conditions_as_deep_as_nobody_writes_are_one_finding() {
    let deep =
        |condition: &str| format!("module a\ncondition c = {condition}\nrole last \"Last\" {{ held by person }}\n");
    for condition in [
        format!("{}a", "not ".repeat(100_000)),
        format!("a == b{}", " + 1 day".repeat(100_000)),
        format!("{}a{}", "(not not not not not not not not ".repeat(60), ")".repeat(60)),
        format!("{}a{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("{}a{}", "any(x in y: ".repeat(10_000), ")".repeat(10_000)),
        format!("a in {}a{}", "[any(x in y: (".repeat(200), "))]".repeat(200)),
    ] {
        let text = deep(&condition);
        assert_eq!(numbers(&text), ["FM0104"], "{condition:.60}");
        let source = source(&text);
        let parsed = parse(&source, FILE);
        assert!(parsed.module.declarations.iter().filter_map(|one| one.name).any(|name| name.text == "last"));
    }
    for condition in [
        format!("a{}", " and a.b == c".repeat(50_000)),
        format!("a in [b{}]", ", c".repeat(100_000)),
        format!("{}a", "not ".repeat(40)),
        format!("a{}", ".b".repeat(100_000)),
    ] {
        let text = deep(&condition);
        assert_eq!(numbers(&text), [""; 0], "{condition:.60}");
        assert!(format(&source(&text), FILE).is_ok());
    }
}

#[test]
fn thousands_of_findings_are_all_said() {
    let text = format!("module a\nservice s \"S\" {{\n{}}}\n", "  permit look when a == = b\n".repeat(5_000));
    assert_eq!(findings(&text).len(), 5_000);
}

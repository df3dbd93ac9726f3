//! Faults one by one: the code, the place, and that the fix mends it.

use super::{FILE, source};
use fullmakt::diag::{Diagnostic, codes};
use fullmakt::syntax::{Parsed, parse};

/// The text with every edit of a finding made.
fn mended(text: &str, finding: &Diagnostic) -> String {
    let mut edits: Vec<_> = finding.fix.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span));
    let mut out = text.to_owned();
    for edit in edits {
        out.replace_range(edit.place.span.range(), &edit.text);
    }
    out
}

/// The only finding of a text: its code, headline and what it underlines.
fn only(text: &str, check: impl FnOnce(&Parsed<'_>, &Diagnostic, &str)) {
    let source = source(text);
    let parsed = parse(&source, FILE);
    let [finding] = parsed.findings.as_slice() else {
        panic!("{text}\n{:#?}", parsed.findings.iter().map(|finding| &finding.message).collect::<Vec<_>>());
    };
    check(&parsed, finding, source.slice(finding.place.span));
}

/// A body in a role of a module has this one finding; its fix, if it has one, mends it.
fn fault(body: &str, number: &str, message: &str, underlined: &str, has_fix: bool) {
    let text = format!("module a\n{body}\nrole last \"Last\" {{ held by person }}\n");
    only(&text, |parsed, finding, found| {
        assert_eq!((finding.code.number, finding.message.as_str()), (number, message), "{body}");
        assert_eq!(found, underlined, "{body}");
        assert!(finding.help.is_some() && !finding.label.is_empty(), "{body}");
        assert_eq!(!finding.fix.is_empty(), has_fix, "{body}");
        let last = parsed.module.declarations.last().and_then(|last| last.name).map(|name| name.text);
        assert_eq!(last, Some("last"), "{body}");
        assert!(parsed.module.declarations.last().is_some_and(|last| !last.wounded), "{body}");
        if has_fix {
            let text = mended(&text, finding);
            let source = source(&text);
            assert!(parse(&source, FILE).findings.is_empty(), "{text}");
        }
    });
}

#[test]
fn blocks() {
    fault("role r \"R\"\n  held by person\n}", "FM0106", "the block of role `r` has no opening brace", "", true);
    fault("role r \"R\" {\n  held by person\n", "FM0106", "the block of role `r` is not closed", "", true);
    fault("role r \"R\"\n  held by person\n", "FM0106", "the block of role `r` has no braces", "", true);
    fault("role r \"R\" { held by person }\n}", "FM0106", "a brace is closed that was not opened", "}", true);
    fault("role r \"R { held by person }", "FM0107", "a text in quotation marks does not end on its line", "\"R", true);
    fault("role r R\" { held by person }", "FM0107", "a text lacks its opening quotation mark", "R\"", true);
    fault(
        "area x \"X\"\n  services no\n  package p \"P\" { about \"A\" }\n}",
        "FM0106",
        "the block of area `x` has no opening brace",
        "",
        true,
    );
    fault(
        "area x \"X\" {\n  package p \"P\" {\n    about \"A\"\n  package q \"Q\" { about \"B\" }\n}",
        "FM0106",
        "the block of package `p` is not closed",
        "",
        true,
    );
}

#[test]
fn heads() {
    fault("role \"R\" { held by person }", "FM0113", "a role without a name", "", false);
    fault("r \"R\" { held by person }", "FM0105", "`r` is declared without saying what it is", "r", false);
    fault("rolle r \"R\" { held by person }", "FM0105", "`rolle` is nothing that can be declared", "rolle", true);
    fault("group g a, b", "FM0105", "group `g` lacks its `=`", "", true);
    fault("group g = a b", "FM0105", "two names stand beside each other without a comma", "", true);
    fault("demo.roles.{a, b}", "FM0105", "`demo.roles.` stands outside every declaration", "demo.roles.", true);
}

#[test]
fn statements() {
    let within = |statement: &str| format!("package p \"P\" {{\n  {statement}\n  data none\n}}");
    let says = |statement: &str, number: &str, message: &str, underlined: &str, has_fix: bool| {
        fault(&within(statement), number, message, underlined, has_fix);
    };
    says("grant leaders", "FM0105", "expected `to`, and then who is granted it", "", true);
    says("grant use", "FM0105", "expected `to`, and then who is granted it", "", false);
    says("grant to", "FM0105", "expected a name after `to`", "", false);
    says("grant to dagl,", "FM0112", "a list ends with a comma", ",", true);
    says("grant to dagl, , b", "FM0105", "two commas without a name between them", ",", true);
    says("grant to dagl from", "FM0105", "expected a day after `from`", "", false);
    says("grant to dagl from 2026-13-01", "FM0111", "`2026-13-01` is not a day of the calendar", "2026-13-01", false);
    says("grant to dagl before soon", "FM0111", "`soon` is not a day of the calendar", "soon", false);
    says("services maybe", "FM0117", "`maybe` is no value of `services`", "maybe", false);
    says("services", "FM0105", "expected `yes` or `no` after `services`", "", false);
    says("for organization", "FM0117", "`organization` is no value of `for`", "organization", true);
    says("about", "FM0105", "expected a text in quotation marks after `about`", "", false);
    says("about \"A", "FM0107", "a text in quotation marks does not end on its line", "\"A", true);
    says("delegable employee", "FM0105", "expected `no` after `delegable`, or `to` and who may receive it", "", true);
    says("delegable to employee onward", "FM0105", "expected `and` before `onward`", "", true);
    says("delegable to a and b", "FM0105", "expected `onward` after `and`, found `b`", "b", false);
    says("grnat to dagl", "FM0105", "`grnat` fits nowhere here", "grnat", true);
    says("\"A text alone\"", "FM0105", "`\"A text alone\"` fits nowhere here", "\"A text alone\"", false);
    says("urn:a:b:c", "FM0105", "a URN without the word `urn` before it", "urn:a:b:c", true);
    says("undecided \"q\"", "FM0105", "`undecided` fits nowhere here", "undecided", false);
    says("code undecided", "FM0105", "`undecided` without its question", "", false);
    says("allow \"why\"", "FM0105", "an `allow` does not say which warning it answers", "", false);
    says("valid", "FM0105", "expected `from` or `before` and a day after `valid`", "", false);
    says("permit look requires a and b or c", "FM0116", "`or` stands beside `and` without parentheses", "or", false);
    says("permit look requires a, b", "FM0105", "packages after `requires` are joined by a comma", ",", false);
    says("permit look requires a b", "FM0105", "two packages after `requires` are not joined", "", false);
    says("permit look a", "FM0105", "expected `to` or `requires` after the action of a permit", "", false);
    says("permit look a or b", "FM0105", "expected `requires` before the packages of a permit", "", true);
    says("permit look requires (a or b", "FM0105", "a parenthesis is not closed", "", true);
    says("permit look requires a or b)", "FM0105", "a parenthesis is closed that was not opened", ")", false);
}

#[test]
fn conditions() {
    let says = |condition: &str, number: &str, message: &str, underlined: &str, has_fix: bool| {
        fault(&format!("condition c = {condition}"), number, message, underlined, has_fix);
        let within = format!("service s \"S\" {{\n  permit look to b when {condition}\n  data none\n}}");
        fault(&within, number, message, underlined, has_fix);
    };
    says("a and b or c", "FM0116", "`or` stands beside `and` without parentheses", "or", false);
    says("a < b < c", "FM0118", "`<` follows a comparison that is complete", "<", false);
    says("a is b is c", "FM0118", "`is` follows a comparison that is complete", "is", false);
    says("a and", "FM0105", "expected a value after `and`", "", false);
    says("not", "FM0105", "expected a value after `not`", "", false);
    says("a == and b", "FM0105", "expected a value after `==`", "", false);
    says("a = b", "FM0105", "`=` compares nothing", "=", true);
    says("a && b", "FM0105", "`and` is written as a word", "&&", true);
    says("a => b", "FM0105", "`=>` compares nothing", "=>", true);
    says("a =< b", "FM0105", "`=<` compares nothing", "=<", true);
    says("a b", "FM0105", "two parts of a condition stand beside each other", "", false);
    says("a is", "FM0105", "expected a role after `is`", "", false);
    says("subject nurse for party", "FM0105", "two parts of a condition stand beside each other", "", false);
    says("a == not b", "FM0105", "`not` stands behind `==`", "not", false);
    says("(a or b", "FM0105", "a parenthesis is not closed", "", true);
    says("a or b)", "FM0105", "a parenthesis is closed that was not opened", ")", false);
    says("a in [b, c", "FM0105", "a list is not closed", "", true);
    says("a in b, c]", "FM0105", "a list is closed that was not opened", ", c]", false);
    says("a in [b, ]", "FM0112", "a list ends with a comma", ",", true);
    says("a.b. == c", "FM0105", "a name is missing beside a dot", ".", false);
    says("any(x y: z)", "FM0105", "expected `in` and a set after `any(`", "", true);
    says("any(x in y z)", "FM0105", "expected `:` after the set of `any`", "", true);
    says("all x in y: z)", "FM0105", "a parenthesis is not opened", "", true);
    says("(x in y: z)", "FM0105", "a parenthesis with `:` in it, and no `any` or `all` before it", ":", false);
    says("a == 2026-02-30", "FM0111", "`2026-02-30` is not a day of the calendar", "2026-02-30", false);
    says("a == 2026-02-03T12:00:00", "FM0119", "`2026-02-03T12:00:00` is not a moment", "2026-02-03T12:00:00", false);
    says("undecided or a", "FM0105", "`undecided` without its question", "", false);
}

#[test]
fn vocabulary() {
    fault("enum e = a < b, c", "FM0105", "an enum has `,` and `<` between its values", ",", false);
    fault("enum e a, b", "FM0105", "enum `e` lacks its `=`", "", true);
    fault("enum e = a b", "FM0105", "two names stand beside each other without a comma", "", true);
    fault("enum e = a,", "FM0112", "a list ends with a comma", ",", true);
    fault("entity e { a }", "FM0105", "`a` does not say of which type it is", "", false);
    fault("entity e { a set b }", "FM0105", "expected `of` after `set`", "", true);
    fault("entity e { a of b }", "FM0105", "expected `set` before `of`", "", true);
    fault("entity e { a b or }", "FM0105", "expected `none` after `or`", "", true);
    fault("entity e { a b none }", "FM0105", "expected `or` before `none`", "", true);
    fault("entity e\n  a b\n}", "FM0106", "the block of entity `e` has no opening brace", "", true);
    fault("obligation o(a b)", "FM0105", "expected `:` after the name of a parameter", "", true);
    fault("obligation o(a: b", "FM0105", "a parenthesis is not closed", "", true);
    fault("obligation o(a:)", "FM0105", "`a` does not say of which type it is", "", false);
    fault("condition c a == b", "FM0105", "condition `c` lacks its `=`", "", true);
    fault("condition c =", "FM0105", "expected a value after `=`", "", false);
}

#[test]
fn registers_and_policies() {
    fault("policy p { forbid look to b }", "FM0105", "policy `p` does not say which resources it is for", "", false);
    fault("policy p a, b { forbid look to b }", "FM0105", "policy `p` lacks its `for`", "", true);
    fault("policy p for every { forbid look to b }", "FM0105", "expected a sort after `every`", "", false);
    let says = |statement: &str, message: &str, underlined: &str, has_fix: bool| {
        let text = format!("register r \"R\" {{\n  {statement}\n  data none\n}}");
        fault(&text, "FM0105", message, underlined, has_fix);
    };
    says("basis", "expected a legal basis after `basis`", "", false);
    says("basis gdpr", "expected a legal basis after `gdpr`", "", false);
    says("basis gdpr 6(1)(a) law \"L\"", "two names stand beside each other without a comma", "", true);
    says("basis \"L\"", "expected `law` before the name of a law", "\"L\"", true);
    says("retain", "expected an end after `retain`", "", false);
    says("retain 30 days record.created", "expected `after` behind a duration", "", true);
    says("retain until", "expected a value after `until`", "", false);
    says("any oblige log", "expected `action` after `any`", "", true);
    says("any action", "expected `oblige` after `any action`", "", false);
    says("permit look to b a == b", "expected `when` before a condition", "", true);
    says("permit look to b log(a: c)", "expected `oblige` before an obligation", "", true);
    says("permit look to b oblige", "expected an obligation after `oblige`", "", false);
    says("permit look to b oblige log(a c)", "expected `:` after the name of a parameter", "", true);
    says("permit look to b oblige log(a: c", "a parenthesis is not closed", "", true);
    says("permit look to b when c when d", "a rule has two `when` clauses", "when", false);
    says("records disclosure", "expected `of` after `records`", "", true);
    says("elements", "expected a name after `elements`", "", false);
    says("forbd look to b", "`forbd` fits nowhere here", "forbd", true);
}

#[test]
fn the_module_line() {
    let says = |text: &str, number: &str, underlined: &str| {
        only(text, |_, finding, found| assert_eq!((finding.code.number, found), (number, underlined), "{text}"));
    };
    says("", "FM0114", "");
    says("// nothing\n", "FM0114", "");
    says("demo.clinic\nrole r \"R\" { held by person }", "FM0114", "demo.clinic");
    says("clinic\nrole r \"R\" { held by person }", "FM0114", "clinic");
    says("module\nrole r \"R\" { held by person }", "FM0113", "");
    says("module a\nmodule b\n", "FM0105", "module b");
    says("module a\nuse b.\narea x \"X\" { services no }", "FM0105", ".");
    says("module a\nuse b.{c\narea x \"X\" { services no }", "FM0106", "");
}

#[test]
fn line_ends_and_a_byte_order_mark_are_no_faults() {
    for (name, text) in &super::modules() {
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n").replace("  ", "\t"));
        let source = source(&text);
        assert!(parse(&source, FILE).findings.is_empty(), "{name}");
    }
}

#[test]
fn the_pages_of_this_room_are_right() {
    let own = [
        "FM0104", "FM0105", "FM0106", "FM0107", "FM0111", "FM0112", "FM0113", "FM0114", "FM0116", "FM0117", "FM0118",
        "FM0119",
    ];
    for code in codes::ALL.iter().filter(|code| own.contains(&code.number)) {
        let blocks: Vec<_> = code.page.split("```fmk\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        let [wrong, right] = blocks[..] else { panic!("{}: two blocks", code.number) };
        only(wrong, |_, finding, _| {
            assert_eq!(finding.code.number, code.number);
            if !finding.fix.is_empty() {
                assert_eq!(mended(wrong, finding), right, "{}", code.number);
            }
        });
        let right_source = source(right);
        assert!(parse(&right_source, FILE).findings.is_empty(), "{}", code.number);
    }
}

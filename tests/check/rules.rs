//! What the checks of rules find: conditions that are always the same, permits that are beaten, obligations that differ
//! or argue, repeats, circles, `not` before roles, clauses as rules, nevers. And on what they are silent.

use super::{marks, texts};

/// A module with words to speak of, and more.
fn module(rest: &str) -> String {
    format!(
        r#"module demo.rules
organisation alpha "Alpha"
organisation beta "Beta"
role manager "Manager" {{ from alpha held by person for organisation }}
role auditor "Auditor" {{ from beta held by person for organisation }}
role member "Member" {{ from beta held by organisation }}
role insurer "Insurer" {{ from beta held by organisation }}
enum purpose = treatment, research
enum level = low < middle < high
enum kind = serial, project
entity person {{ birth_date date, death_date date or none, level level, parents set of person, address string }}
entity context {{ login bool, purpose purpose, count integer }}
obligation log
obligation pseudonymise(kind: kind)
{rest}"#
    )
}

/// A service with these lines; every action of it is permitted otherwise.
fn service(lines: &str) -> String {
    module(&format!(
        "service s \"S\" {{\n  elements one, two\n  action view \"View\"\n  action send \"Send\"\n{lines}\n}}\n"
    ))
}

/// What is found of a service, but for actions that nothing permits.
fn found(lines: &str) -> Vec<String> {
    marks(&service(lines)).into_iter().filter(|mark| !mark.starts_with("FM0317")).collect()
}

#[test]
fn conditions_that_are_always_the_same() {
    for (when, marked) in [
        ("1 < 2", "1 < 2"),
        ("2026-01-01 + 1 day == 2026-01-02", "2026-01-01 + 1 day == 2026-01-02"),
        ("today < today", "today < today"),
        ("context.count == context.count", "context.count == context.count"),
        ("context.login and party.level >= low", "party.level >= low"),
        ("party.level > high", "party.level > high"),
        ("party.level == low and party.level == high", "party.level == low and party.level == high"),
        ("context.purpose in []", "context.purpose in []"),
        ("context.purpose in [treatment, research]", "context.purpose in [treatment, research]"),
        (
            "context.count < 3 and context.login and context.count > 5",
            "context.count < 3 and context.login and context.count > 5",
        ),
        ("context.count > 4 and context.count < 5", "context.count > 4 and context.count < 5"),
        (
            "context.purpose == research and context.purpose == treatment",
            "context.purpose == research and context.purpose == treatment",
        ),
        ("context.login and not context.login", "context.login and not context.login"),
        ("today > 2026-01-01 and (context.login or not context.login)", "(context.login or not context.login)"),
        ("party is person and party is organisation", "party is person and party is organisation"),
        ("party == alpha and party == beta", "party == alpha and party == beta"),
        (
            "today < party.birth_date and today >= party.birth_date",
            "today < party.birth_date and today >= party.birth_date",
        ),
        ("any(x in party.parents: x.level == low and x.level == high)", "x.level == low and x.level == high"),
    ] {
        assert_eq!(found(&format!("  permit view to self when {when}")), [format!("FM0318 {marked}")], "{when}");
    }
    for when in [
        "context.count < 3 or context.count > 5",
        "context.count > 4 and context.count < 6",
        "party.birth_date < today",
        "party.death_date == none or party.death_date > today",
        "not party.death_date < today and party.death_date == none",
        "party.level > low and party.level < high",
        "subject == party or context.login",
        "party.address in party.parents.address",
        "any(x in party.parents: x.level == low) and any(x in party.parents: x.level == high)",
        "context.purpose in [treatment]",
        "undecided \"whether\" and not undecided \"whether\"",
    ] {
        assert_eq!(found(&format!("  permit view to manager when {when}")), [""; 0], "{when}");
    }
}

#[test]
fn named_conditions_are_read_and_told_once() {
    let text = |when: &str| {
        module(&format!(
            "condition young = party.birth_date > 2010-01-01\ncondition old = party.birth_date < 1960-01-01\nservice s \"S\" {{\n  action view \"View\"\n  permit view to manager when {when}\n}}\n"
        ))
    };
    assert_eq!(marks(&text("young or old")), [""; 0]);
    assert_eq!(marks(&text("young and old")), ["FM0318 young and old"]);
    let own = module(
        "condition never_so = today < today\nservice s \"S\" {\n  action view \"View\"\n  permit view to manager when context.login and never_so\n}\n",
    );
    assert_eq!(marks(&own), ["FM0318 today < today"]);
}

#[test]
fn a_condition_that_its_recipients_never_meet() {
    assert_eq!(found("  permit view to self when subject != party"), ["FM0318 subject != party"]);
    assert_eq!(found("  permit view to alpha when party == beta"), ["FM0318 party == beta"]);
    assert_eq!(found("  permit view to alpha, beta when party == beta"), [""; 0]);
}

#[test]
fn permits_that_a_forbid_always_beats() {
    for (lines, expected) in [
        ("  permit view to manager\n  forbid any action", &["FM0319 permit view to manager"][..]),
        ("  permit view to manager\n  forbid view", &["FM0319 permit view to manager"]),
        ("  permit view to manager\n  forbid send", &[]),
        ("  permit view, send to manager\n  forbid send", &["FM0319 send"]),
        ("  permit view to manager, auditor\n  forbid view to auditor", &["FM0319 auditor"]),
        ("  permit view to manager\n  forbid view to auditor", &[]),
        ("  permit view to member\n  forbid view to member", &["FM0319 permit view to member"]),
        ("  permit view to alpha\n  forbid view to alpha, beta", &["FM0319 permit view to alpha"]),
        ("  permit view of one to self\n  forbid view of one", &["FM0319 permit view of one to self"]),
        ("  permit view of one, two to self\n  forbid view of two", &["FM0319 two"]),
        ("  permit view to self\n  forbid view of one, two", &["FM0319 permit view to self"]),
        ("  permit view to self\n  forbid view of one", &[]),
        (
            "  permit view to self when context.count < 3\n  forbid view when context.count < 5",
            &["FM0319 permit view to self when context.count < 3"],
        ),
        ("  permit view to self when context.count < 5\n  forbid view when context.count < 3", &[]),
        ("  permit view to self\n  forbid view when subject == party", &["FM0319 permit view to self"]),
        ("  permit view to self\n  forbid view when context.login", &[]),
        (
            "  permit view to self from 2026-01-01\n  forbid view from 2025-01-01",
            &["FM0319 permit view to self from 2026-01-01"],
        ),
        ("  permit view to self from 2024-01-01\n  forbid view from 2025-01-01", &[]),
        ("  permit view to anyone\n  forbid view to self", &[]),
        ("  permit view to manager when subject == party\n  forbid view to self", &[]),
    ] {
        assert_eq!(found(lines), expected, "{lines}");
    }
}

#[test]
fn a_policy_beats_where_it_is_over() {
    let text = |over: &str| {
        module(&format!(
            "service s \"S\" {{\n  action view \"View\"\n  permit view to manager\n}}\nservice t \"T\" {{\n  action view \"View\"\n  permit view to manager\n}}\npolicy p for {over} {{ forbid view to manager, auditor }}\n"
        ))
    };
    assert_eq!(marks(&text("s")), ["FM0319 permit view to manager"]);
    assert_eq!(marks(&text("s, t")).len(), 2);
    let permit = |over: &str| {
        module(&format!(
            "service s \"S\" {{ action view \"View\" }}\nservice t \"T\" {{ action view \"View\" }}\npolicy p for s, t {{ permit view to manager }}\npolicy q for {over} {{ forbid view }}\n"
        ))
    };
    // It still permits something somewhere.
    assert_eq!(marks(&permit("s")), [""; 0]);
    assert_eq!(marks(&permit("s, t")), ["FM0319 permit view to manager"]);
}

#[test]
fn permits_that_can_meet_oblige_alike() {
    let two = |one: &str, two: &str| found(&format!("  permit view {one} oblige log\n  permit view {two}"));
    let apart = |one: &str, other: &str| assert_eq!(two(one, other), [""; 0], "{one} / {other}");
    let meet = |one: &str, other: &str| {
        assert_eq!(two(one, other), [format!("FM0320 permit view {other}")], "{one} / {other}")
    };
    meet("to manager", "to auditor");
    meet("to member", "to insurer");
    meet("to alpha", "to member");
    meet("to manager when context.login", "to auditor when context.count > 1");
    meet("to manager when context.count > 1", "to auditor when context.count < 5");
    meet("of one to manager", "to auditor");
    apart("to alpha", "to beta");
    apart("of one to manager", "of two to auditor");
    apart("to manager from 2026-01-01", "to auditor before 2026-01-01");
    apart("to manager when context.login", "to auditor when not context.login");
    apart("to manager when context.purpose == research", "to auditor when context.purpose == treatment");
    apart("to manager when context.count < 3", "to auditor when context.count >= 3");
    apart("to manager when party == subject", "to auditor when subject != party");
    assert_eq!(found("  permit view to manager oblige log\n  permit send to auditor"), [""; 0]);
    assert_eq!(found("  permit view to manager oblige log\n  permit view to auditor oblige log"), [""; 0]);
    assert_eq!(
        found("  permit view to manager oblige log\n  any action oblige log\n  permit view to auditor"),
        [""; 0]
    );
    assert_eq!(found("  permit view to manager oblige log\n  forbid view to auditor when context.login"), [""; 0]);
    assert_eq!(
        found("  action print \"Print\" oblige log\n  permit print to manager oblige log\n  permit print to auditor"),
        [""; 0]
    );
}

#[test]
fn one_obligation_with_two_arguments() {
    let serial = "oblige pseudonymise(kind: serial)";
    let project = "oblige pseudonymise(kind: project)";
    let marked = ["FM0321 pseudonymise(kind: project)"];
    assert_eq!(found(&format!("  permit view to manager {serial}\n  permit view to auditor {project}")), marked);
    assert_eq!(found(&format!("  permit view to alpha {serial}\n  permit view to beta {project}")), [""; 0]);
    assert_eq!(found(&format!("  any action {serial}\n  permit view to beta {project}")), marked);
    assert_eq!(found(&format!("  action print \"Print\" {serial}\n  permit print to beta {project}")), marked);
    assert_eq!(found(&format!("  action print \"Print\" {serial}\n  permit view to beta {project}")), [""; 0]);
    assert_eq!(
        found(&format!("  permit view to self\n  forbid view to alpha {serial}\n  forbid view to member {project}")),
        marked
    );
    // A refusal and a permit are two decisions.
    assert_eq!(found(&format!("  permit view to manager {serial}\n  forbid view to beta {project}")), [""; 0]);
}

#[test]
fn rules_that_repeat_others() {
    for (lines, expected) in [
        ("  permit view to manager\n  permit view to manager", &["FM0322 permit view to manager"][..]),
        ("  permit view to manager\n  permit view, send to manager", &["FM0322 permit view to manager"]),
        ("  permit view to manager\n  permit view to auditor", &[]),
        ("  permit view to manager\n  permit view to manager, auditor", &["FM0322 permit view to manager"]),
        (
            "  permit view to manager\n  permit view to manager when context.login",
            &["FM0322 permit view to manager when context.login"],
        ),
        ("  permit view to anyone\n  permit view of one to self", &["FM0322 permit view of one to self"]),
        (
            "  permit view to self\n  forbid view when context.count < 3\n  forbid any action when context.count < 5",
            &["FM0322 forbid view when context.count < 3"],
        ),
        ("  permit view to manager from 2026-01-01\n  permit view to manager before 2026-06-01", &[]),
        ("  permit view to self\n  forbid view to alpha\n  never view to alpha", &[]),
        ("  permit view to self\n  any action oblige log\n  any action oblige log", &["FM0322 any action oblige log"]),
    ] {
        assert_eq!(found(lines), expected, "{lines}");
    }
    let policy = |over: &str| {
        marks(&module(&format!(
            "service s \"S\" {{\n  action view \"View\"\n  permit view to manager\n}}\nservice t \"T\" {{\n  action view \"View\"\n  permit view to auditor\n}}\npolicy p for {over} {{ permit view to manager, auditor }}\n"
        )))
    };
    assert_eq!(policy("s"), ["FM0322 permit view to manager"]);
    assert_eq!(policy("s, t"), ["FM0322 permit view to manager", "FM0322 permit view to auditor"]);
}

#[test]
fn permitted_in_a_circle_is_one_finding() {
    let three = |last: &str| {
        module(&format!(
            "condition by_b = permitted b.view and context.login\nservice a \"A\" {{\n  action view \"View\"\n  permit view to self when by_b\n}}\nservice b \"B\" {{\n  action view \"View\"\n  permit view to self when permitted c.view\n}}\nservice c \"C\" {{\n  action view \"View\"\n  permit view to self\n}}\npolicy p for c {{ forbid view when {last} }}\n"
        ))
    };
    assert_eq!(marks(&three("context.login")), [""; 0]);
    let found = marks(&three("permitted a.view"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("FM0323 "), "{found:?}");
    let itself = "service a \"A\" {\n  action view \"View\"\n  permit view to self when permitted a.view\n}\n";
    assert_eq!(marks(&module(itself)), ["FM0323 permitted a.view"]);
}

#[test]
fn not_before_a_role_where_it_gives() {
    for (lines, expected) in [
        (
            "  permit view to manager when not subject is auditor for party",
            &["FM0324 not subject is auditor for party"][..],
        ),
        (
            "  permit view to manager when not (context.login and party is member)",
            &["FM0324 not (context.login and party is member)"],
        ),
        ("  permit view to manager when not (not party is member)", &[]),
        ("  permit view to manager when not party is person", &[]),
        ("  permit view to manager when party is member", &[]),
        ("  permit view to manager\n  forbid view when not party is member", &[]),
    ] {
        assert_eq!(found(lines), expected, "{lines}");
    }
    let named = |condition: &str, when: &str| {
        marks(&module(&format!(
            "condition c = {condition}\nservice s \"S\" {{\n  action view \"View\"\n  permit view to manager {when}\n  permit view to auditor when context.count > 3\n}}\n"
        )))
    };
    assert_eq!(named("party is member", "when not c"), ["FM0324 not c"]);
    assert_eq!(named("not party is member", "when c"), ["FM0324 not party is member"]);
    assert_eq!(named("not party is member", "when not c"), [""; 0]);
    assert_eq!(named("context.login", "when not c"), [""; 0]);
}

#[test]
fn a_clause_as_far_left_as_its_rule() {
    assert_eq!(found("  permit view\n  to self"), ["FM0325 to"]);
    assert_eq!(found("  permit view to self\nwhen context.login"), ["FM0325 when"]);
    assert_eq!(found("  permit view\n    to self\n    when context.login"), [""; 0]);
    assert_eq!(found("  permit view\n  to self\n  when context.login"), ["FM0325 to"]);
    let texts = texts(&service("  permit view\n  to self\n  permit send to self\n  when context.login"));
    let mended = texts.mended(&texts.checked.findings.iter().collect::<Vec<_>>());
    assert!(
        mended[0].1.contains("  permit view\n    to self\n  permit send to self\n    when context.login\n"),
        "{}",
        mended[0].1
    );
}

#[test]
fn an_action_is_permitted_by_whoever_permits_it() {
    let text = |policy: &str| {
        marks(&module(&format!(
            "service s \"S\" {{ action view \"View\" }}\nservice t \"T\" {{ action view \"View\" permit view to self }}\n{policy}"
        )))
    };
    assert_eq!(text(""), ["FM0317 view"]);
    assert_eq!(text("policy p for every service { permit any action to manager }"), [""; 0]);
    assert_eq!(text("policy p for every service { forbid view to alpha }"), ["FM0317 view"]);
    let shared = |rule: &str| {
        marks(&module(&format!(
            "action erase \"Erase\"\nservice s \"S\" {{\n  action view \"View\"\n  permit view to self\n}}\npolicy p for every service {{ {rule} }}\n"
        )))
    };
    assert_eq!(shared("permit erase to manager"), [""; 0]);
    assert_eq!(shared("forbid erase to manager"), ["FM0317 erase"]);
}

#[test]
fn a_permit_of_a_policy_names_somebody() {
    let text = |rule: &str| {
        marks(&module(&format!(
            "service s \"S\" {{\n  action view \"View\"\n  permit view to self\n}}\npolicy p for s {{ {rule} }}\n"
        )))
    };
    assert_eq!(text("permit view when context.login"), ["FM0314 permit view when context.login"]);
    assert_eq!(text("forbid view when context.login"), [""; 0]);
    assert_eq!(
        text("permit view to manager from 2026-02-01 before 2026-01-01"),
        ["FM0310 from 2026-02-01 before 2026-01-01"]
    );
}

#[test]
fn what_is_wounded_is_no_proof_of_anything() {
    // The policy may have been over other services, and may have said anything.
    let found = marks(&module(
        "service s \"S\" {\n  action view \"View\"\n  permit view to manager\n}\npolicy p for s { forbid view when }\n",
    ));
    assert!(found.iter().all(|mark| mark.starts_with("FM01")), "{found:?}");
}

#[test]
fn a_thousand_permits_of_one_action_are_checked_at_once() {
    let mut lines = String::new();
    for at in 0..1000 {
        lines += &format!("  permit view to manager when context.count == {at}\n");
    }
    lines += "  forbid view when context.count >= 2000\n  permit view to manager when context.count == 7 oblige log\n";
    let found = found(&lines);
    assert_eq!(found, ["FM0320 permit view to manager when context.count == 7 oblige log"]);
}

#[test]
fn a_condition_is_no_deeper_than_can_be_followed() {
    let chain = |length: usize| {
        let mut text = "condition c0 = context.login or context.count > 1\n".to_owned();
        for at in 1..length {
            text += &format!("condition c{at} = not c{} or context.count == {at}\n", at - 1);
        }
        module(&text)
    };
    assert_eq!(marks(&chain(70)), [""; 0]);
    let found = marks(&chain(200));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|mark| mark.starts_with("FM0326 not c")), "{found:?}");
    let services = |length: usize| {
        let mut text = "service s0 \"S\" {\n  action view \"View\"\n  permit view to self\n}\n".to_owned();
        for at in 1..length {
            text += &format!(
                "service s{at} \"S\" {{\n  action view \"View\"\n  permit view to self when permitted s{}.view\n}}\n",
                at - 1
            );
        }
        module(&text)
    };
    assert_eq!(marks(&services(100)), [""; 0]);
    assert_eq!(marks(&services(150)).len(), 1);
}

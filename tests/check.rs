//! What the checks find and where, and on what they are silent. Each test is one question about the rules; that each
//! code has a page whose blocks show it is tested in `pages`.

mod registers;
mod rules;
mod selected;
mod soundness;
mod wounds;

use crate::texts::Texts;
use fullmakt::check::Options;
use std::fmt::Write as _;

fn texts(text: &str) -> Texts {
    Texts::of(&Texts::split(text), &Options::default())
}

/// The codes found, with what is marked.
fn marks(text: &str) -> Vec<String> {
    let texts = texts(text);
    let mark = |finding: &fullmakt::diag::Diagnostic| {
        format!("{} {}", finding.code.number, texts.sources.slice(finding.place))
    };
    texts.checked.findings.iter().filter(|finding| finding.code.number != "FM0305").map(mark).collect()
}

/// A module with a namespace, roles, and packages that are in order but for what is written.
fn module(rest: &str) -> String {
    format!(
        r#"module demo.clinic
namespace demo urn:demo {{
  role     urn:demo:role:{{name}}
  package  urn:demo:package:{{name}}
}}
organisation register "The register"
role manager "Manager" {{ from register held by person for organisation }}
role parent "Parent" {{ from register held by person for person }}
role member "Member of the network" {{ from register held by organisation }}
{rest}"#
    )
}

/// A package with a URN and all that must be said, and more.
fn package(name: &str, urn: &str, more: &str) -> String {
    format!(
        "package {name} \"{name}\" {{\n  urn {urn}\n  about \"About {name}.\"\n  for organisation\n  delegable no\n  grant to manager\n{more}\n}}\n"
    )
}

#[test]
fn a_module_in_order_has_no_finding_and_is_vouched_for() {
    let texts = texts(&module(&package("reports", "urn:demo:package:reports", "")));
    assert_eq!(texts.said(), [""; 0]);
    assert!(texts.checked.sound.is_some());
}

#[test]
fn the_offending_character_of_a_urn_is_marked() {
    for (urn, mark) in [
        ("urn:demo:package:reports:", ":"),
        ("urn:demo:package::reports", "::"),
        ("urn:demo:package:re ports", " "),
        ("urn:demo:package:førstelinje", "ø"),
        ("demo:package:reports", "demo"),
        ("urn:demo:package:Reports", "R"),
        ("URN:demo:package:reports", "U"),
        ("urn:demo:package:rep%zzorts", "%"),
    ] {
        let text = module(&package("reports", urn, ""));
        assert_eq!(marks(&text), [format!("FM0201 {mark}")], "{urn}");
    }
    for (urn, mark) in [
        ("urn:demo:package:area:reports", ":reports"),
        ("urn:demo:package:reports-", "-"),
        ("urn:demo:package:reports2", "2"),
        ("urn:demo:role:reports", "role"),
        ("urn:demo:package", "package"),
    ] {
        let text = module(&package("reports", urn, ""));
        assert_eq!(marks(&text), [format!("FM0209 {mark}")], "{urn}");
    }
    assert_eq!(
        marks(&module(&package("reports", "urn:other:package:reports", ""))),
        ["FM0202 urn:other:package:reports"]
    );
}

#[test]
fn a_module_that_knows_no_namespace_is_not_judged_by_any() {
    let text =
        "module demo.one\nrole manager \"Manager\" { held by person for organisation urn urn:Any:thing%20Else }\n";
    assert_eq!(marks(text), [""; 0]);
    // Nor is one whose `use` line may have brought another.
    let text = "module demo.one\nuse demo.nothing.*\nnamespace demo urn:demo { role urn:demo:{name} }\nrole manager \"Manager\" { held by person for organisation urn urn:other:x }\n";
    assert_eq!(marks(text), ["FM0219 demo.nothing"]);
}

#[test]
fn a_namespace_holds_for_modules_that_use_its_module() {
    let text = "// file: demo/names.fmk\nmodule demo.names\nnamespace demo urn:demo { role urn:demo:{name} }\nrole agent \"Agent\" { held by person for organisation }\n// file: demo/one.fmk\nmodule demo.one\nuse demo.names.*\nrole manager \"Manager\" { held by person for organisation urn urn:other:x }\n";
    assert!(marks(text).contains(&"FM0202 urn:other:x".to_owned()), "{:?}", marks(text));
}

#[test]
fn twins_are_found_whatever_sets_them_apart_in_writing() {
    for twin in [
        "urn:demo:package:reports",
        "urn:demo:package:Reports",
        "urn:demo:package:reports:",
        "urn:demo:package:rep%6Frts",
        "demo:package:reports",
        "urn:demo:package:repørts",
    ] {
        let text = module(&(package("reports", "urn:demo:package:reports", "") + &package("letters", twin, "")));
        let same: Vec<_> = marks(&text).into_iter().filter(|mark| mark.starts_with("FM0203")).collect();
        assert_eq!(same, [format!("FM0203 {twin}")], "{twin}");
    }
}

#[test]
fn a_hundred_thousand_of_one_urn_are_one_finding() {
    let mut text = String::from("module demo.many\n");
    for at in 0..100_000 {
        writeln!(text, "role r{at} \"Role\" {{ held by person for organisation urn urn:demo:one }}").expect("text");
    }
    let texts = texts(&text);
    assert_eq!(texts.checked.findings.len(), 1);
    assert!(texts.said()[0].contains("100000 things"), "{:?}", texts.said());
    assert!(texts.checked.findings[0].related.len() < 6);
}

#[test]
fn versions_of_one_name_share_urn_and_title() {
    let one = package("reports", "urn:demo:package:reports", "valid before 2026-01-01");
    let two = package("reports", "urn:demo:package:reports", "valid from 2026-01-01");
    assert_eq!(marks(&module(&(one.clone() + &two))), [""; 0]);
    let early = package("reports", "urn:demo:package:reports", "valid from 2025-12-01");
    assert_eq!(marks(&module(&(one + &early))), ["FM0311 from 2025-12-01"]);
}

#[test]
fn packages_in_a_circle_are_one_finding_at_one_time_only() {
    let circle = |one: &str, two: &str| {
        package("one", "urn:demo:package:one", &format!("grant use to two {one}"))
            + &package("two", "urn:demo:package:two", &format!("grant use to three {two}"))
            + &package("three", "urn:demo:package:three", "grant use to one")
    };
    assert_eq!(marks(&module(&circle("", ""))), ["FM0309 two"]);
    assert_eq!(marks(&module(&circle("from 2026-01-01", "before 2026-01-01"))), [""; 0]);
    assert_eq!(marks(&module(&circle("from 2025-01-01", "before 2026-01-01"))), ["FM0309 two"]);
    let itself = package("one", "urn:demo:package:one", "grant use to one");
    assert_eq!(marks(&module(&itself)), ["FM0309 one"]);
}

#[test]
fn a_grant_to_a_role_of_another_kind_of_party_is_impossible() {
    let grant = |to: &str| marks(&module(&package("one", "urn:demo:package:one", &format!("grant use to {to}"))));
    assert_eq!(grant("parent"), ["FM0304 parent"]);
    assert_eq!(grant("member"), [""; 0]);
    assert_eq!(grant("self"), [""; 0]);
    let group = format!(
        "role child \"Child\" {{ from register held by person for person }}\ngroup family = parent, child\n{}",
        package("one", "urn:demo:package:one", "grant use to family")
    );
    let texts = texts(&module(&group));
    assert_eq!(texts.said().len(), 1, "{:?}", texts.said());
    assert!(texts.said()[0].contains("`parent` and `child`"), "{:?}", texts.said());
}

fn delegable(lines: &str) -> Vec<String> {
    marks(&module(&format!(
        "role agent \"Agent\" {{ from register held by person for organisation agent yes }}\npackage one \"One\" {{\n  about \"One.\"\n  for organisation\n  {lines}\n}}\n"
    )))
}

#[test]
fn delegable_with_nobody_to_give_or_to_receive() {
    assert_eq!(delegable("delegable to person grant use to manager"), ["FM0312 delegable to person"]);
    assert_eq!(delegable("delegable to person grant delegation to manager"), [""; 0]);
    assert_eq!(delegable("delegable to person grant use to manager grant undecided \"who\""), [""; 0]);
    // An organisation that has it gives it to its agents.
    assert_eq!(delegable("delegable to person grant use to member"), [""; 0]);
    // Nobody can have a role for a person where parties and givers are organisations.
    assert_eq!(delegable("delegable to parent grant delegation to member"), ["FM0312 delegable to parent"]);
    assert_eq!(delegable("delegable to parent grant delegation to manager"), [""; 0]);
}

#[test]
fn an_area_is_delegable_only_where_a_package_of_it_is_given() {
    let area = |grant: &str| {
        marks(&module(&format!(
            "area health \"Health\" {{\n  delegable to person\n  package one \"One\" {{\n    about \"One.\"\n    for organisation\n    delegable no\n    {grant} to manager\n  }}\n}}\n"
        )))
    };
    assert_eq!(area("grant use"), ["FM0312 delegable to person"]);
    assert_eq!(area("grant"), [""; 0]);
}

fn service(requires: &str, data: &str) -> Vec<String> {
    marks(&module(&format!(
        "{}{}{}{}service s \"S\" {{\n  {data}\n  action send \"Send\"\n  permit send requires {requires}\n}}\n",
        package("low", "urn:demo:package:low", "services yes"),
        package("high", "urn:demo:package:high", "services yes data special"),
        package("open", "urn:demo:package:open", "services undecided \"?\" data undecided \"?\""),
        package("closed", "urn:demo:package:closed", "data special"),
    )))
}

#[test]
fn data_of_a_service_and_of_the_packages_that_open_it() {
    assert_eq!(service("high", "data special"), [""; 0]);
    assert_eq!(service("low", "data personal"), ["FM0308 low"]);
    assert_eq!(service("low", ""), [""; 0]);
    assert_eq!(service("open", "data special"), [""; 0]);
    assert_eq!(service("low or high", "data special"), ["FM0308 low"]);
    assert_eq!(service("low and high", "data special"), [""; 0]);
    assert_eq!(service("low and open", "data special"), [""; 0]);
    assert_eq!(service("(low or high) and high", "data special"), [""; 0]);
    assert_eq!(service("(low or high) and low", "data special"), ["FM0308 low"]);
    assert_eq!(service("closed", "data special"), ["FM0307 closed"]);
    assert_eq!(service("open or closed", ""), ["FM0307 closed"]);
}

#[test]
fn an_answer_answers_the_warnings_within_it() {
    let one = |lines: &str| {
        module(&format!(
            "package one \"One\" {{\n  for organisation\n  delegable no\n  grant to manager\n  {lines}\n}}\n"
        ))
    };
    assert_eq!(marks(&one("")), ["FM0301 one"]);
    let answered = texts(&one("allow FM0301 \"known by all\""));
    assert_eq!(answered.said(), [""; 0]);
    assert_eq!(answered.checked.answered.len(), 1);
    assert_eq!(marks(&one("allow no-description \"known by all\"")), [""; 0]);
    assert_eq!(marks(&one("about \"One.\"\n  allow FM0301 \"why\"")), ["FM0313 allow FM0301 \"why\""]);
    assert_eq!(
        marks(&one("allow FM0301 \"why\"\n  allow no-description \"again\"")),
        ["FM0313 allow no-description \"again\""]
    );
    assert_eq!(marks(&one("about \"One.\"\n  allow FM0208 \"only with words\"")), [""; 0]);
    let misspelt = texts(&one("about \"One.\"\n  allow no-desciption \"why\""));
    assert_eq!(misspelt.said().len(), 1);
    assert_eq!(misspelt.checked.findings[0].fix[0].text, "no-description");
    let whole = "module demo.one\nallow FM0301 \"all known\"\nallow FM0302 \"nothing\"\npackage one \"One\" { delegable no grant to self }\npackage two \"Two\" { delegable no grant to self }\n";
    assert_eq!(marks(whole), ["FM0313 allow FM0302 \"nothing\""]);
}

#[test]
fn an_answer_in_an_area_answers_in_its_packages_the_innermost_first() {
    let area = |outer: &str, inner: &str| {
        marks(&module(&format!(
            "area health \"Health\" {{\n  delegable no\n  {outer}\n  package one \"One\" {{\n    for organisation\n    delegable no\n    grant to manager\n    {inner}\n  }}\n}}\n"
        )))
    };
    assert_eq!(area("allow FM0301 \"a\"", ""), [""; 0]);
    assert_eq!(area("allow FM0301 \"a\"", "allow FM0301 \"b\""), ["FM0313 allow FM0301 \"a\""]);
}

#[test]
fn a_wounded_declaration_lacks_nothing_and_answers_to_nothing() {
    let found = marks(&module("package one \"One\" {\n  for organisation\n  grant to\n  allow FM0302 \"why\"\n}\n"));
    assert!(found.iter().all(|mark| mark.starts_with("FM01")), "{found:?}");
    // What it may be is nothing against another.
    let found = marks(&module(
        "role broken \"Broken\" { held by person for }\npackage one \"One\" {\n  about \"One.\"\n  for organisation\n  delegable to broken\n  grant use to broken\n}\n",
    ));
    assert!(found.iter().all(|mark| mark.starts_with("FM01")), "{found:?}");
}

fn file(path: &str) -> (String, String) {
    let whole = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    (path.to_owned(), std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{whole}: {error}")))
}

fn published() -> Vec<(String, String)> {
    ["published/health.fmk", "published/roles.fmk"]
        .map(|name| file(&format!("tests/altinn_as_published/{name}")))
        .into()
}

/// How many findings of each code there are, notes apart.
fn counts(texts: &Texts) -> Vec<(&'static str, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for finding in texts.checked.findings.iter().filter(|finding| finding.code.number != "FM0305") {
        *counts.entry(finding.code.number).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

#[test]
fn the_area_health_as_published_has_its_defects_and_no_others() {
    let texts = Texts::of(&published(), &Options::default());
    let defects =
        [("FM0201", 2), ("FM0203", 1), ("FM0205", 1), ("FM0207", 1), ("FM0301", 2), ("FM0302", 1), ("FM0303", 1)];
    assert_eq!(counts(&texts), defects, "{:#?}", texts.said());
    let words = file("tests/altinn_as_published/words.txt").1;
    let options = || Options { words: Some(words.lines().map(Box::from).collect()) };
    let spelt = Texts::of(&published(), &options());
    let misspelt: Vec<_> = spelt.said().into_iter().filter(|line| line.starts_with("FM0208")).collect();
    assert_eq!(misspelt.len(), 1, "{misspelt:#?}");
    assert_eq!(spelt.said().len(), texts.said().len() + 1);
    // Every one of them has a fix that takes it away and brings no other but an open question.
    let lines: Vec<String> = spelt.said();
    for finding in spelt.checked.findings.iter().filter(|finding| finding.code.number != "FM0305") {
        assert!(!finding.fix.is_empty(), "no fix: {}", spelt.line(finding));
        let mended = Texts::of(&spelt.mended(&[finding]), &options());
        let messages = |texts: &Texts| -> Vec<(&str, String)> {
            let found = texts.checked.findings.iter().filter(|finding| finding.code.number != "FM0305");
            found.map(|finding| (finding.code.number, finding.message.clone())).collect()
        };
        let (before, after) = (messages(&spelt), messages(&mended));
        assert!(after.len() < before.len(), "{}: {after:#?}", spelt.line(finding));
        let own = (finding.code.number, finding.message.clone());
        let count = |all: &[(&str, String)]| all.iter().filter(|one| **one == own).count();
        assert_eq!(count(&after) + 1, count(&before), "{lines:#?}");
    }
}

#[test]
fn what_is_like_the_published_defects_is_found_where_it_stands() {
    for (name, expected) in [
        ("case_twins", &["FM0201 I", "FM0203 urn:altinn:accesspackage:Institusjon"][..]),
        ("extra_segment", &["FM0209 :patent"]),
        ("letter_in_urn", &["FM0201 ø"]),
        ("no_scheme", &["FM0201 accesspackage"]),
        ("space", &["FM0201  "]),
        ("value_with_colon", &["FM0209 fastleger"]),
    ] {
        let mut found = marks(&file(&format!("tests/altinn_as_published/{name}.fmk")).1);
        found.sort();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn the_shipped_modules_are_clean() {
    let files = ["roles", "health", "example"].map(|name| file(&format!("policies/altinn_v3/{name}.fmk")));
    let texts = Texts::of(&files, &Options::default());
    assert_eq!(texts.said(), [""; 0]);
    assert!(texts.checked.sound.is_some());
}

/// Where each token of a text stands: words, strings and signs; comments are none.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(char) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match char {
            _ if char.is_whitespace() => char.len_utf8(),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ if char.is_alphanumeric() => {
                rest.find(|char: char| !(char.is_alphanumeric() || "_:-{}".contains(char))).unwrap_or(rest.len())
            }
            _ => char.len_utf8(),
        };
        if !char.is_whitespace() && !rest.starts_with("//") {
            tokens.push(at..at + length);
        }
        at += length;
    }
    tokens
}

/// The stretch of text from the declaration that a token stands in to its end.
fn home_of(text: &str, token: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let is_head = |line: &str| {
        let line = line.trim_start();
        ["module ", "use ", "role ", "group ", "area ", "package ", "service ", "organisation ", "namespace "]
            .iter()
            .any(|head| line.starts_with(head))
    };
    let (mut start, mut end, mut at) = (0, text.len(), 0);
    for line in text.split_inclusive('\n') {
        if is_head(line) && at <= token.start {
            start = at;
        } else if is_head(line) && at > token.start {
            end = end.min(at);
        }
        at += line.len();
    }
    start..end
}

#[test]
fn a_deleted_token_changes_nothing_that_is_found_elsewhere() {
    let files = ["roles", "health", "example"].map(|name| file(&format!("policies/altinn_v3/{name}.fmk")));
    let whole = Texts::of(&files, &Options::default());
    let mut wrong = Vec::new();
    for (which, (_, text)) in files.iter().enumerate() {
        for token in tokens(text) {
            let mut torn = files.clone();
            torn[which].1.replace_range(token.clone(), "");
            let home = home_of(text, &token);
            let elsewhere = |texts: &Texts, length: usize| -> Vec<String> {
                let is_elsewhere = |finding: &&fullmakt::diag::Diagnostic| {
                    let at = finding.place.span.start as usize;
                    finding.place.source.0 as usize != which || at < home.start || at + length >= home.end
                };
                let line =
                    |finding: &fullmakt::diag::Diagnostic| format!("{} {}", finding.code.number, finding.message);
                let mut lines: Vec<_> = texts.checked.findings.iter().filter(is_elsewhere).map(line).collect();
                lines.sort();
                lines
            };
            let (before, after) =
                (elsewhere(&whole, 0), elsewhere(&Texts::of(&torn, &Options::default()), token.len()));
            if before != after {
                let more: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
                let less: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
                let line = text[..token.start].lines().count();
                wrong
                    .push(format!("{}:{line} without `{}`: more {more:?} less {less:?}", files[which].0, &text[token]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} deletions:\n{}", wrong.len(), wrong.join("\n"));
}

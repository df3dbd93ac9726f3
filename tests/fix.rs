//! `check --fix`: what is certain is written, and means what was written before; the rest is listed. Whatever the text,
//! it comes to an end, and a second run has nothing to do.

use crate::cli::fullmakt;
use crate::generated::generate::{self, Dice};
use crate::scratch::Scratch;
use crate::texts::Texts;
use fullmakt::compile::{Compiled, Mended, Options, compile, mend};
use fullmakt::diag::{Certainty, codes};
use fullmakt::ir::json;
use fullmakt::source::{Source, SourceId, Sources};
use std::collections::BTreeMap;

type Files = Vec<(String, String)>;

fn sources(files: &[(String, String)]) -> (Sources, Vec<SourceId>) {
    let mut sources = Sources::default();
    let ids = files.iter().map(|(name, text)| sources.add(Source::new(name, text))).collect();
    (sources, ids)
}

fn compiled(files: &[(String, String)]) -> Compiled {
    let (sources, ids) = sources(files);
    compile(&sources, &ids, Options::default())
}

fn meaning(compiled: &Compiled) -> Option<String> {
    compiled.bundle.as_ref().map(|(bundle, _)| json::meaning_text(bundle))
}

/// The files with their certain fixes made. A second time makes none, and what compiled means the same.
fn mended(files: &[(String, String)]) -> (Files, Mended) {
    let (mut texts, ids) = sources(files);
    let mended = mend(&mut texts, &ids, &Options::default());
    assert!(!mended.refused, "{files:#?}");
    let again = mend(&mut texts, &ids, &Options::default());
    assert!(again.written.is_empty() && again.before.is_empty(), "{files:#?} {:#?}", again.written);
    let found = mended.compiled.findings.iter();
    let left = found.filter(|found| found.certainty == Certainty::Certain && !found.fix.is_empty());
    let left: Vec<_> = left.map(|found| (found.code.name, &found.message, &found.fix)).collect();
    assert!(left.is_empty(), "{files:#?} {left:#?}");
    if let Some(before) = meaning(&compiled(files)) {
        assert_eq!(meaning(&mended.compiled), Some(before), "{files:#?}");
    }
    let now: Files = texts.iter().map(|(_, source)| (source.name().to_owned(), source.text().to_owned())).collect();
    let changed = files.iter().zip(&now).filter(|(one, two)| one != two).count();
    assert_eq!((changed, changed > 0), (mended.before.len(), !mended.written.is_empty()));
    (now, mended)
}

#[test]
fn every_certain_fix_of_a_page_takes_its_finding_away() {
    let mut certain = BTreeMap::new();
    for code in codes::ALL {
        let wrong = code.page.split_once("\n## Wrong\n").map_or("", |(_, rest)| rest);
        let wrong = wrong.split_once("\n## ").map_or(wrong, |(wrong, _)| wrong);
        let Some((_, block)) = wrong.split_once("```fmk\n") else { continue };
        let files = Texts::split(block.split_once("```").expect("an end").0);
        let found = compiled(&files).findings;
        let sure = found
            .iter()
            .any(|found| found.code == *code && found.certainty == Certainty::Certain && !found.fix.is_empty());
        let left = mended(&files).1.compiled.findings.iter().any(|found| found.code == *code);
        let was = found.iter().any(|found| found.code == *code);
        assert_eq!(left, was && !sure, "{}: certain {sure}, and left {left}", code.number);
        if sure {
            certain.insert(code.number, code.name);
        }
    }
    assert!(certain.len() >= 5, "{certain:?}");
}

/// A fault in a line that has one certain mend; `None` where the line has no place for it.
fn with_fault(line: &str, fault: usize) -> Option<String> {
    let statement = line.trim_start();
    let begins = |words: &[&str]| words.iter().any(|word| statement.starts_with(word));
    match fault {
        0 if begins(&["delegable to ", "grant to ", "grant use to ", "grant delegation to "]) => {
            Some(line.replacen("to ", "", 1))
        }
        1 if begins(&["held by "]) => Some(line.replacen("by ", "", 1)),
        2 if begins(&["role ", "package "]) => line.strip_suffix(" {").map(str::to_owned),
        3 if begins(&["group ", "for ", "held by "]) => Some(format!("{line},")),
        4 if begins(&["group ", "for "]) && line.contains(", ") => Some(line.replacen(", ", ",, ", 1)),
        5 if line.ends_with(" and onward") => Some(line.replace(" and onward", " onward")),
        6 if begins(&["group "]) => Some(line.replacen("= ", "", 1)),
        7 if begins(&["use "]) => line.strip_suffix(".*").map(|module| format!("{module}*")),
        8 if begins(&["key ", "covers ", "agent ", "about ", "services ", "data "]) => Some(format!("{line}\n{line}")),
        9 if begins(&["about "]) => Some(format!("{line}\n    allow FM0301 \"none\"\n    allow FM0201 \"an error\"")),
        10 if begins(&["module "]) => line.strip_prefix("module ").map(str::to_owned),
        _ => None,
    }
}

/// Modules that compile, with a line for every fault.
const GOOD: [(&str, &str); 3] = [
    (
        "demo/roles.fmk",
        "module demo.roles
organisation register \"The register\"
role leader \"Leader\" {
    held by person for organisation
    from register
    key yes
}
role helper \"Helper\" {
    held by person, organisation for organisation, person
    covers yes
    agent no
}
group everybody = leader, helper
",
    ),
    (
        "demo/packages.fmk",
        "module demo.packages
use demo.roles.*
area health \"Health\" {
    delegable to person
    services yes
    package care \"Care\" {
        about \"What care gives\"
        services yes
        for person, organisation
        delegable to organisation and onward
        data personal
        grant to leader
        grant use to helper
    }
}
package tax \"Tax\" {
    about \"What tax gives\"
    for organisation
    delegable to person
    grant delegation to leader
    grant to everybody
}
",
    ),
    (
        "demo/services.fmk",
        "module demo.services
use demo.roles.*
use demo.packages.*
service records \"Records\" {
    data personal
    action read \"To read\"
    permit read to leader
    permit read requires care
}
",
    ),
];

#[test]
fn faults_in_generated_policies_are_mended_to_what_they_were() {
    let mut dice = Dice(11);
    let mut mended_of = [0; 11];
    let mut left = 0;
    for number in 0..120 {
        let policy = generate::policy(&mut dice, number);
        let generated: Files = generate::source_text::modules(&policy).into_iter().collect();
        let written: Files = GOOD.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let good = if number % 2 == 0 { written } else { generated };
        // That what is generated compiles is held elsewhere.
        let Some(wanted) = meaning(&compiled(&good)) else { continue };
        let mut faulty = good.clone();
        let mut faults = Vec::new();
        for _ in 0..40 {
            let fault = dice.below(11);
            let at = dice.below(3);
            let mut lines: Vec<String> = faulty[at].1.lines().map(str::to_owned).collect();
            let line = dice.below(lines.len());
            if let Some(wrong) = with_fault(&lines[line], fault).filter(|_| faults.len() < 4) {
                lines[line] = wrong;
                faulty[at].1 = lines.join("\n") + "\n";
                faults.push(fault);
            }
        }
        let (now, mended) = mended(&faulty);
        let text = |files: &Files| files.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
        match meaning(&mended.compiled) {
            // Faults on one line may leave what no fix is certain of; nothing else may come of them.
            None => left += 1,
            Some(meant) => {
                assert!(meant == wanted, "{faults:?}\n{}\n{}", text(&faulty), text(&now));
                faults.iter().for_each(|fault| mended_of[*fault] += 1);
            }
        }
    }
    assert!(left <= 6, "{left} of 120 are not mended");
    assert!(mended_of.iter().filter(|count| **count > 0).count() >= 10, "{mended_of:?}");
}

#[test]
fn whatever_is_lost_the_fixes_come_to_an_end_and_keep_the_meaning() {
    let mut dice = Dice(12);
    for number in 0..50 {
        let policy = generate::policy(&mut dice, number);
        let mut files: Files = generate::source_text::modules(&policy).into_iter().collect();
        for _ in 0..1 + dice.below(6) {
            let at = dice.below(3);
            let text = &files[at].1;
            // A token less: a word, or one sign.
            let tokens: Vec<(usize, &str)> = text
                .match_indices(|letter: char| !letter.is_whitespace())
                .filter(|(at, sign)| {
                    let before = text[..*at].chars().next_back().unwrap_or(' ');
                    !before.is_alphanumeric() || !sign.starts_with(char::is_alphanumeric)
                })
                .collect();
            let (start, _) = tokens[dice.below(tokens.len())];
            let length = text[start..].find(|letter: char| !letter.is_alphanumeric()).unwrap_or(1).max(1);
            files[at].1.replace_range(start..start + length, "");
        }
        mended(&files);
    }
}

const ROLES: &str = "module roles\n\nrole leder \"Leder\" {\n  held by person for organisation,\n  key  yes\n}\n";
const PACKAGES: &str = "\
module packages
use roles.{leder} // de som leder

package tax \"Tax\" {
  urn urn:demo:package:tx
  delegable no
  grant to ledr
}
package care \"Care\" {
\tabout \"Care.\"
  delegable leder and onward
  grant to leder
}
package rest \"Rest\" { delegable no grant to leder }
";

#[test]
fn what_is_certain_is_written_and_the_rest_listed() {
    let scratch = Scratch::new("fix");
    scratch.file("policies/roles.fmk", ROLES).file("policies/packages.fmk", PACKAGES);
    let run = fullmakt(scratch.path(), &["check", "--fix"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""), "{}", run.err);
    let told = "\
fixed policies/packages.fmk:11:12: FM0105 expected `no` after `delegable`, or `to` and who may receive it
  -   delegable leder and onward
  +   delegable to leder and onward
fixed policies/roles.fmk:4:34: FM0112 a list ends with a comma
  -   held by person for organisation,
  +   held by person for organisation

2 fixes left for you to choose
  policies/packages.fmk:7:12: FM0210 not certain: write `leder` in the place of `ledr`
  policies/packages.fmk:14:9: FM0301 says something else: write `about undecided \"what this package is about\"` here

";
    assert!(run.err.starts_with(told), "{}", run.err);
    assert!(run.err.ends_with("1 error, 1 warning in 2 modules\n"), "{}", run.err);
    assert_eq!(scratch.read("policies/packages.fmk"), PACKAGES.replace("delegable leder", "delegable to leder"));
    assert_eq!(scratch.read("policies/roles.fmk"), ROLES.replace("organisation,", "organisation"));
    assert_eq!(scratch.names("policies"), ["packages.fmk", "roles.fmk"]);
    let again = fullmakt(scratch.path(), &["check", "--fix", "--format", "short"]);
    assert!(again.err.starts_with("2 fixes left for you to choose\n"), "{}", again.err);
}

#[test]
fn a_fix_after_a_fix_is_made_in_the_same_run() {
    let files: Files = vec![
        ("a.fmk".to_owned(), "module a\nrole x \"X\" { held by person, for organisation, }\n".to_owned()),
        (
            "b.fmk".to_owned(),
            "module b\nuse a.{x}\nuse a.*\npackage p \"P\" { about \"P.\" delegable x onward grant x, }\n".to_owned(),
        ),
    ];
    let (now, mended) = mended(&files);
    let left: Vec<&str> = mended.compiled.findings.iter().map(|found| found.code.name).collect();
    assert_eq!(left, [""; 0], "{now:#?}");
    assert!(mended.written.len() >= 6, "{:#?}", mended.written);
    assert!(now[1].1.contains("delegable to x and onward grant to x }"), "{}", now[1].1);
}

#[test]
fn json_tells_what_is_left_and_the_fixes_are_told_beside_it() {
    let scratch = Scratch::new("fix_json");
    scratch.file("roles.fmk", ROLES);
    let before = fullmakt(scratch.path(), &["check"]);
    assert!(before.err.ends_with("1 error in 1 module; `check --fix` mends 1\n"), "{}", before.err);
    let run = fullmakt(scratch.path(), &["check", "--fix", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, value["findings"].as_array().map(Vec::len)), (0, Some(0)), "{}", run.out);
    assert!(run.err.starts_with("fixed roles.fmk:4:34: "), "{}", run.err);
}

#[test]
fn a_text_of_which_a_part_is_missing_is_left_as_it_is() {
    let scratch = Scratch::new("fix_not_utf8");
    let bytes: Vec<u8> =
        ROLES.replace("Leder", "L#der").bytes().map(|byte| if byte == b'#' { 0xf8 } else { byte }).collect();
    scratch.file("roles.fmk", &bytes).file("other.fmk", ROLES.replace("module roles", "module other"));
    let run = fullmakt(scratch.path(), &["check", "--fix", "--format", "short"]);
    assert_eq!(run.code, 3);
    assert_eq!(std::fs::read(scratch.at("roles.fmk")).unwrap(), bytes);
    assert!(scratch.read("other.fmk").contains("for organisation\n"));
    assert!(run.err.contains("FM0102") && !run.err.contains("fixed roles"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_its_line_ends() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("fix_permissions");
    let text = ROLES.replace('\n', "\r\n");
    scratch.file("roles.fmk", &text);
    std::fs::set_permissions(scratch.at("roles.fmk"), std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(fullmakt(scratch.path(), &["check", "--fix"]).code, 0);
    assert_eq!(scratch.read("roles.fmk"), text.replace("organisation,", "organisation"));
    assert_eq!(std::fs::metadata(scratch.at("roles.fmk")).unwrap().permissions().mode() & 0o777, 0o640);
}

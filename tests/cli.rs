//! The commands as they are run: what they print where, and how they end.

use crate::scratch::Scratch;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a run printed, and its exit code.
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

/// Runs the binary in a folder.
pub(crate) fn fullmakt(folder: &Path, arguments: &[&str]) -> Run {
    with_input(folder, arguments, "")
}

fn with_input(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fullmakt"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

const ROLES: &str = "\
module roles

role manager \"Manager\" {
  held  by person for organisation
  key   yes
}
";

const PACKAGES: &str = "\
module packages
use roles.{manager}

package reporting \"Reporting\" {
  about      \"Reports.\"
  delegable  to person
  data       undecided \"which data the reports hold\"
  grant to manager
}
";

fn project(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("policies/roles.fmk", ROLES).file("policies/packages.fmk", PACKAGES);
    scratch
}

#[test]
fn every_command_has_help_with_examples() {
    let scratch = Scratch::new("help");
    let whole = fullmakt(scratch.path(), &["--help"]);
    assert_eq!((whole.code, whole.err.as_str()), (0, ""));
    let commands: Vec<&str> = whole
        .out
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(commands.len(), 8, "{commands:?}");
    for command in commands {
        let help = fullmakt(scratch.path(), &[command, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains("Examples:\n  fullmakt "), "{command} --help shows no example");
    }
}

#[test]
fn an_unknown_command_is_a_usage_error_with_a_suggestion() {
    let scratch = Scratch::new("unknown_command");
    let run = fullmakt(scratch.path(), &["chek"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("'check'"), "{}", run.err);
    assert_eq!(fullmakt(scratch.path(), &[]).code, 2);
    assert_eq!(fullmakt(scratch.path(), &["check", "--loud"]).code, 2);
    assert_eq!(fullmakt(scratch.path(), &["explain", "FM9999"]).code, 2);
}

#[test]
fn check_without_paths_looks_under_policies() {
    let scratch = project("check_policies");
    scratch.file("elsewhere.fmk", "nonsense");
    let run = fullmakt(scratch.path(), &["check"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(run.err.contains("policies/packages.fmk:7:24: "), "{}", run.err);
    assert!(run.err.ends_with("1 open question in 2 modules\n"), "{}", run.err);
    let inside = fullmakt(&scratch.at("policies"), &["check"]);
    assert!(inside.err.contains(" packages.fmk:7:24: "), "{}", inside.err);
}

#[test]
fn findings_are_shown_in_three_ways() {
    let scratch = project("check_formats");
    scratch.file("policies/roles.fmk", ROLES.replace("manager", "boss"));
    let human = fullmakt(scratch.path(), &["check"]);
    assert_eq!(human.code, 3);
    assert!(human.err.contains("╭─[policies/packages.fmk:2:12]\n"), "{}", human.err);
    assert!(human.err.ends_with("1 error, 1 open question in 2 modules\n"), "{}", human.err);
    let short = fullmakt(scratch.path(), &["check", "--format", "short"]);
    assert_eq!(short.code, 3);
    assert!(short.err.starts_with("policies/packages.fmk:2:12: error[FM0210] "), "{}", short.err);
    let json = fullmakt(scratch.path(), &["check", "--format", "json"]);
    assert_eq!((json.code, json.out.as_str()), (3, ""));
    let value: serde_json::Value = serde_json::from_str(&json.err).unwrap();
    assert_eq!(value["format"], 1);
    let place = &value["findings"][0]["place"];
    assert_eq!(place["file"], "policies/packages.fmk");
    assert_eq!((place["line"].as_u64(), place["column"].as_u64()), (Some(2), Some(12)));
    assert_eq!((place["offset"].as_u64(), place["length"].as_u64()), (Some(27), Some(7)));
}

#[test]
fn warnings_stop_only_those_who_ask() {
    let scratch = project("deny_warnings");
    scratch.file("policies/packages.fmk", PACKAGES.replace("  about      \"Reports.\"\n", ""));
    assert_eq!(fullmakt(scratch.path(), &["check"]).code, 0);
    assert_eq!(fullmakt(scratch.path(), &["check", "--deny-warnings"]).code, 3);
}

#[test]
fn unreadable_paths_are_findings() {
    let scratch = project("unreadable");
    let run = fullmakt(scratch.path(), &["check", "policies", "nowhere", "--format", "short"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("nowhere:1:1: error[FM0101] cannot read `nowhere`"), "{}", run.err);
    let words = fullmakt(scratch.path(), &["check", "--words", "no.txt", "--format", "short"]);
    assert_eq!(words.code, 3);
    assert!(words.err.contains("no.txt:1:1: error[FM0101]"), "{}", words.err);
}

#[test]
fn a_text_that_is_not_utf8_hides_no_finding_and_makes_none() {
    let scratch = project("not_utf8");
    let latin: Vec<u8> = ROLES.replace("Manager", "Br#k").bytes().map(|b| if b == b'#' { 0xf8 } else { b }).collect();
    scratch.file("policies/roles.fmk", latin);
    scratch.file("policies/packages.fmk", PACKAGES.replace("to person", "to nobody_there"));
    let run = fullmakt(scratch.path(), &["check", "--format", "short"]);
    let codes: Vec<&str> = run.err.lines().filter(|line| !line.contains("note[")).collect();
    assert_eq!(codes.len(), 2, "{}", run.err);
    assert!(run.err.contains("roles.fmk:3:17: error[FM0102]"), "{}", run.err);
    assert!(run.err.contains("packages.fmk:6:17: error[FM0210]"), "{}", run.err);
}

#[test]
fn a_lost_module_is_no_cascade() {
    let scratch = project("lost_module");
    std::fs::remove_file(scratch.at("policies/roles.fmk")).unwrap();
    let lost = fullmakt(scratch.path(), &["check", "policies/packages.fmk", "policies/roles.fmk", "--format", "short"]);
    assert_eq!(lost.err.lines().filter(|line| !line.contains("note[")).count(), 1, "{}", lost.err);
}

#[test]
fn many_findings_of_one_code_are_counted() {
    let scratch = Scratch::new("many");
    let mut text = String::from("module many\n");
    for number in 0..250 {
        text.push_str(&format!("package p{number} \"P {number}\" {{ about \"x\" delegable no grant to nobody{number} }}\n"));
    }
    scratch.file("many.fmk", &text);
    let human = fullmakt(scratch.path(), &["check", "many.fmk"]);
    assert_eq!(human.err.matches("error[FM0210]").count(), 100);
    assert!(human.err.contains("and 150 more of FM0210 unknown-name"), "{}", human.err);
    let short = fullmakt(scratch.path(), &["check", "many.fmk", "--format", "short"]);
    assert_eq!(short.err.matches("error[FM0210]").count(), 250);
}

#[test]
fn explain_prints_pages_and_the_list() {
    let scratch = Scratch::new("explain");
    for wanted in ["FM0101", "0101", "unreadable-file", "fm0101"] {
        let page = fullmakt(scratch.path(), &["explain", wanted]);
        assert_eq!(page.code, 0);
        assert!(page.out.starts_with("# FM0101 unreadable-file\n"), "{}", page.out);
    }
    let list = fullmakt(scratch.path(), &["explain"]);
    assert_eq!(list.out.lines().count(), fullmakt::diag::codes::ALL.len());
}

#[test]
fn schemas_are_json() {
    let scratch = Scratch::new("schema");
    for name in
        ["bundle", "manifest", "origins", "attributes", "facts", "request", "suite", "decision", "findings"]
    {
        let run = fullmakt(scratch.path(), &["schema", name]);
        assert_eq!(run.code, 0);
        let schema: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
    assert_eq!(fullmakt(scratch.path(), &["schema", "bundel"]).code, 2);
}

#[cfg(unix)]
#[test]
fn nobody_reading_on_is_no_failure() {
    let scratch = Scratch::new("broken_pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_fullmakt"))
        .arg("explain")
        .current_dir(scratch.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_nobodys_fault() {
    let scratch = Scratch::new("full_disk");
    let output = Command::new(env!("CARGO_BIN_EXE_fullmakt"))
        .arg("explain")
        .current_dir(scratch.path())
        .stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

//! The command `test` as it is run: accepted and reviewed decision tables, under CI, again and again, in any order.

use crate::cli::fullmakt;
use crate::scratch::Scratch;
use crate::suites::CLINIC;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const SUITE: &str = include_str!("../src/cli/project/clinic.test.yaml");

fn project(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("policies/clinic.fmk", CLINIC);
    scratch.file("policies/clinic.test.yaml", SUITE);
    scratch
}

/// Runs `test` with `CI` set to this.
fn under_ci(scratch: &Scratch, value: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fullmakt"));
    let output = command.arg("test").args(arguments).current_dir(scratch.path()).env("CI", value).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout) + &text(output.stderr))
}

#[test]
fn under_ci_nothing_is_written() {
    let scratch = project("running_ci");
    let (code, told) = under_ci(&scratch, "true", &["--update"]);
    assert!(code == 2 && told.contains("writes nothing where CI is set"), "{code}: {told}");
    assert!(!scratch.at("snapshots").exists());
    assert_eq!(under_ci(&scratch, "true", &[]).0, 4, "a table that nobody accepted is none that holds");
    assert_eq!(under_ci(&scratch, "false", &["--update"]).0, 0);
    assert!(scratch.at("snapshots/decisions/clinic.snap").exists());
    assert_eq!(under_ci(&scratch, "true", &[]).0, 0);
}

#[test]
fn a_review_shows_what_differs_and_asks_nobody_without_a_terminal() {
    let scratch = project("running_review");
    let accepted = fullmakt(scratch.path(), &["test", "--review"]);
    assert_eq!(accepted.code, 4);
    assert!(accepted.out.ends_with("1 decision tables, 1 not as accepted\n"), "{}", accepted.out);
    assert!(!scratch.at("snapshots").exists());
    fullmakt(scratch.path(), &["test", "--update"]);
    assert_eq!(fullmakt(scratch.path(), &["test", "--review"]).code, 0);
    scratch.file("policies/clinic.fmk", CLINIC.replace("grant to", "grant use to"));
    let differs = fullmakt(scratch.path(), &["test", "--review"]);
    assert!(differs.code == 4 && differs.out.contains("\n    +manager  reporting  yes  no  "), "{}", differs.out);
}

#[test]
fn a_seed_gives_its_order_again_and_jobs_change_nothing() {
    let scratch = project("running_order");
    fullmakt(scratch.path(), &["test", "--update"]);
    let told = |arguments: &[&str]| fullmakt(scratch.path(), &[&["test", "--format", "tap"], arguments].concat()).out;
    assert_eq!(told(&["--jobs", "1"]), told(&["--jobs", "8"]));
    assert_eq!(told(&["--shuffle=7"]), told(&["--shuffle=7", "--jobs", "1"]));
    let chosen = fullmakt(scratch.path(), &["test", "--shuffle"]);
    assert!(chosen.code == 0 && chosen.out.starts_with("shuffled: `--shuffle="), "{}", chosen.out);
    assert_eq!(fullmakt(scratch.path(), &["test", "--jobs", "0"]).code, 2);
}

#[test]
fn a_watch_runs_again_when_a_file_changes() {
    let scratch = project("running_watch");
    fullmakt(scratch.path(), &["test", "--update"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_fullmakt"));
    let command = command.args(["test", "--watch"]).current_dir(scratch.path()).env_remove("CI");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut summary = || -> String {
        let mut last = String::new();
        for line in lines.by_ref() {
            if line.starts_with("watching") {
                return last;
            }
            last = line;
        }
        panic!("the watch ended: {last}")
    };
    // In one step, so that no run sees half of it.
    let save = |text: String| {
        scratch.file("saved", text);
        std::fs::rename(scratch.at("saved"), scratch.at("policies/clinic.test.yaml")).unwrap();
    };
    assert!(summary().ends_with("all as expected"));
    save(SUITE.replace("expect: permit", "expect: deny forbidden"));
    assert!(summary().ends_with("1 not as expected"));
    save(SUITE.to_owned());
    assert!(summary().ends_with("all as expected"));
    child.kill().unwrap();
    child.wait().unwrap();
}

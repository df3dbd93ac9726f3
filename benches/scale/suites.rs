//! Suites over a generated catalogue: a thousand cases over a thousand packages, run by the command itself.

use crate::BINARY;
use crate::catalogue::{Catalogue, granted, rego, roles};
use crate::measure::whole_processes;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Packages, and cases.
const SIZE: usize = 1_000;

/// A suite about these packages: half of the cases are asked by who has the role, half by somebody who has none.
fn suite(numbers: std::ops::Range<usize>) -> String {
    let mut out = String::from("clock: 2026-03-01T12:00:00+01:00\npeople:\n  fremmed: {}\n");
    for role in roles() {
        let _ = writeln!(out, "  {role}: {{}}");
    }
    out.push_str("organisations:\n  foretaket: { form: as, employees: 12, bankrupt: false }\nroles:\n");
    for role in roles() {
        let _ = writeln!(out, "  - {{ subject: {role}, role: shared.{role}, party: foretaket }}");
    }
    out.push_str("cases:\n");
    for number in numbers {
        let (package, role, holds) = granted(number);
        let subject = if number.is_multiple_of(2) { role } else { "fremmed" };
        let expect = if holds && number.is_multiple_of(2) { "permit" } else { "deny not-granted" };
        let _ = write!(
            out,
            "  - name: {number} {subject} og {package}\n    request: {{ subject: {subject}, party: foretaket, action: use, on: {package} }}\n    \
             expect: {expect}\n"
        );
    }
    out
}

/// Measures.
pub(crate) fn run() {
    println!("\n{SIZE} cases over {SIZE} packages, `fullmakt test`, process start to finish (goal 50 ms)");
    let catalogue = Catalogue::new(SIZE);
    for (what, in_suite) in [("a suite a module", 100), ("one suite", SIZE)] {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites");
        let _ = fs::remove_dir_all(&folder);
        let write = |path: &str, text: &str| {
            let path = folder.join("policies").join(path);
            let parent = path.parent().unwrap_or(&folder).to_path_buf();
            fs::create_dir_all(parent).and_then(|()| fs::write(path, text)).unwrap_or_else(|error| panic!("{error}"));
        };
        catalogue.files.iter().for_each(|(path, text)| write(path, text));
        for first in (0..SIZE).step_by(in_suite) {
            write(&format!("part000/m{}.test.yaml", first / 100), &suite(first..first + in_suite));
        }
        let policies = folder.join("policies");
        let policies = policies.to_string_lossy();
        let mut accept = Command::new(BINARY);
        accept.args(["test", "--update", &*policies]).env_remove("CI").stdout(Stdio::null()).stderr(Stdio::null());
        assert!(accept.status().is_ok_and(|status| status.success()), "the suites hold");
        for jobs in ["1", "2"] {
            told(
                &format!("{what}, {jobs} threads"),
                &whole_processes(BINARY, &["test", "--jobs", jobs, &*policies], 21),
            );
        }
        let checked = whole_processes(BINARY, &["check", &*policies], 21);
        told(&format!("{what}, only `check`"), &checked);
        let _ = fs::remove_dir_all(&folder);
    }
    beside();
}

fn told(what: &str, took: &[f64]) {
    println!("  {what:<32} median {:>7.1} ms, quickest {:>7.1}", took[took.len() / 2] * 1e3, took[0] * 1e3);
}

/// The same cases over the same packages by `opa test`, where that is installed. It tries nothing hidden.
fn beside() {
    if Command::new("opa").arg("version").output().is_err() {
        println!("  opa is not installed: nothing measured beside it");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rego");
    let _ = fs::remove_dir_all(&folder);
    let write = |path: &str, text: &str| {
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(path), text));
        written.unwrap_or_else(|error| panic!("{error}"));
    };
    for (file, (path, text)) in rego(SIZE).iter().enumerate() {
        write(path, text);
        let mut tests = format!("package m{file}_test\n\nimport rego.v1\nimport data.m{file}\n\n");
        for number in file * 100..(file + 1) * 100 {
            let (package, role, holds) = granted(number);
            let subject = if number.is_multiple_of(2) { role } else { "fremmed" };
            let not = if holds && number.is_multiple_of(2) { "" } else { "not " };
            let _ = writeln!(
                tests,
                "test_{number} if {{ {not}m{file}.use_{package} with input as {{\"roles\": [\"{subject}\"], \"party\": \
                 {{\"form\": \"as\", \"employees\": 12, \"bankrupt\": false}}}} }}"
            );
        }
        write(&path.replace(".rego", "_test.rego"), &tests);
    }
    told("opa test", &whole_processes("opa", &["test", &*folder.to_string_lossy()], 11));
    let _ = fs::remove_dir_all(&folder);
}

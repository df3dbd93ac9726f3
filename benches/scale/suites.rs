//! Suites over a generated catalogue: a thousand cases over a thousand packages, run by the command itself.

use crate::BINARY;
use crate::catalogue::{Catalogue, granted, roles};
use crate::measure::whole_process;
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
            let took = whole_process(BINARY, &["test", "--jobs", jobs, &*policies], 20);
            println!("  {what:<20} {jobs} threads {:>9.1} ms", took * 1e3);
        }
        let _ = fs::remove_dir_all(&folder);
    }
}

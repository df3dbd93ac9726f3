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
        // Where the tests themselves run under CI, a run is still that of somebody at work.
        .env_remove("CI")
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
    assert_eq!(commands.len(), 11, "{commands:?}");
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
fn findings_are_shown_for_people_and_for_tools() {
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
    assert_eq!((json.code, json.err.as_str()), (3, ""));
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
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
        text.push_str(&format!(
            "package p{number} \"P {number}\" {{ about \"x\" delegable no grant to nobody{number} }}\n"
        ));
    }
    scratch.file("many.fmk", &text);
    let human = fullmakt(scratch.path(), &["check", "many.fmk"]);
    assert_eq!(human.err.matches("error[FM0210]").count(), 100);
    assert!(human.err.contains("and 150 more of FM0210 unknown-name"), "{}", human.err);
    let short = fullmakt(scratch.path(), &["check", "many.fmk", "--format", "short"]);
    assert_eq!(short.err.matches("error[FM0210]").count(), 250);
}

#[test]
fn fmt_writes_the_canonical_form_and_check_only_says_so() {
    let scratch = project("fmt");
    let loose = ROLES.replace("  held ", "held");
    scratch.file("policies/roles.fmk", &loose);
    let check = fullmakt(scratch.path(), &["fmt", "--check"]);
    assert_eq!((check.code, check.out.as_str()), (6, "would change policies/roles.fmk\n"), "{}", check.err);
    assert_eq!(scratch.read("policies/roles.fmk"), loose);
    let write = fullmakt(scratch.path(), &["fmt"]);
    assert_eq!((write.code, write.out.as_str()), (0, "changed policies/roles.fmk\n"));
    assert_eq!(scratch.read("policies/roles.fmk"), ROLES);
    assert_eq!(fullmakt(scratch.path(), &["fmt", "--check"]).code, 0);
    let through = with_input(scratch.path(), &["fmt", "-"], &loose);
    assert_eq!((through.code, through.out.as_str()), (0, ROLES));
    assert_eq!(with_input(scratch.path(), &["fmt", "--check", "-"], &loose).code, 6);
    let broken = with_input(scratch.path(), &["fmt", "-"], "module m\nrole {\n");
    assert_eq!((broken.code, broken.out.as_str()), (3, ""), "{}", broken.err);
    assert_eq!(fullmakt(scratch.path(), &["fmt", "-", "policies"]).code, 2);
}

#[test]
fn fmt_shows_what_would_change_as_a_diff() {
    let scratch = project("fmt_diff");
    let loose = ROLES.replace("  held ", "held").replace("Manager", "Bærer 𝔸");
    scratch.file("policies/roles.fmk", &loose);
    let diff = fullmakt(scratch.path(), &["fmt", "--diff"]);
    let shown = "\
--- policies/roles.fmk
+++ policies/roles.fmk
@@ -1,6 +1,6 @@
 module roles
\x20
 role manager \"Bærer 𝔸\" {
-held by person for organisation
+  held  by person for organisation
   key   yes
 }
";
    assert_eq!((diff.code, diff.out.as_str(), diff.err.as_str()), (6, shown, ""));
    assert_eq!(scratch.read("policies/roles.fmk"), loose, "nothing is written");
    let through = with_input(scratch.path(), &["fmt", "--diff", "-"], &loose);
    assert_eq!((through.code, through.out.as_str()), (6, shown.replace("policies/roles.fmk", "-").as_str()));
    assert_eq!(fullmakt(scratch.path(), &["fmt", "--diff", "--check"]).code, 2);
    assert_eq!(fullmakt(scratch.path(), &["fmt"]).code, 0);
    let formatted = fullmakt(scratch.path(), &["fmt", "--diff"]);
    assert_eq!((formatted.code, formatted.out.as_str()), (0, ""));
}

#[test]
fn a_module_that_cannot_be_read_is_left_as_it_is() {
    let scratch = project("fmt_broken");
    scratch.file("policies/roles.fmk", "module roles\nrole manager \"Manager {\n");
    let run = fullmakt(scratch.path(), &["fmt"]);
    assert_eq!((run.code, run.out.as_str()), (3, ""), "{}", run.err);
    assert_eq!(scratch.read("policies/roles.fmk"), "module roles\nrole manager \"Manager {\n");
}

#[test]
fn init_makes_a_project_that_checks_tests_and_builds() {
    let scratch = Scratch::new("init");
    assert_eq!(fullmakt(scratch.path(), &["init", "new"]).code, 0);
    let project = scratch.at("new");
    let check = fullmakt(&project, &["check", "--deny-warnings"]);
    assert_eq!((check.code, check.err.as_str()), (0, "no findings in 1 module\n"));
    assert_eq!(fullmakt(&project, &["fmt", "--check"]).code, 0);
    let test = fullmakt(&project, &["test"]);
    assert_eq!((test.code, test.err.as_str()), (0, ""), "{}", test.out);
    assert!(test.out.ends_with(": all as expected\n"), "{}", test.out);
    assert_eq!(fullmakt(&project, &["build", "-o", "out"]).code, 0);
    let files = ["attributes.json", "bundle.json", "manifest.json", "origins.json", "policies.xml"];
    assert_eq!(scratch.names("new/out"), files);
    let before = scratch.read("new/policies/clinic.fmk");
    scratch.file("new/policies/clinic.test.yaml", "mine");
    let again = fullmakt(&project, &["init"]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("policies/clinic.fmk"), "{}", again.err);
    assert_eq!(scratch.read("new/policies/clinic.fmk"), before);
    assert_eq!(scratch.read("new/policies/clinic.test.yaml"), "mine");
}

#[test]
fn build_makes_what_is_asked_for_and_nothing_of_a_broken_text() {
    let scratch = project("build");
    let build = |more: &[&str]| fullmakt(scratch.path(), &[&["build", "-o", "out"], more].concat());
    assert_eq!(build(&[]).code, 0);
    assert_eq!(scratch.names("out").len(), 5);
    scratch.file("out/mine.txt", "mine");
    let json = build(&["--target", "json"]);
    assert_eq!(json.out, "wrote out/bundle.json\nwrote out/origins.json\nwrote out/manifest.json\n");
    assert_eq!(scratch.names("out"), ["bundle.json", "manifest.json", "mine.txt", "origins.json"]);
    assert_eq!(build(&["--target", "json,xacml"]).code, 0);
    assert_eq!(build(&["--target", "cedar"]).code, 2);
    let manifest = scratch.read("out/manifest.json");
    scratch.file("policies/roles.fmk", "module roles\n");
    assert_eq!(build(&[]).code, 3);
    assert_eq!(scratch.read("out/manifest.json"), manifest);
}

#[test]
fn a_build_that_cannot_be_written_leaves_the_old_set() {
    let scratch = project("build_failure");
    let build = |target: &str| fullmakt(scratch.path(), &["build", "-o", "out", "--target", target]);
    assert_eq!(build("json").code, 0);
    scratch.file("out/policies.xml/in_the_way", "");
    scratch.file("policies/roles.fmk", format!("// a comment\n{ROLES}"));
    let before = ["out/bundle.json", "out/manifest.json", "out/origins.json"].map(|name| scratch.read(name));
    let run = build("json,xacml");
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", run.err);
    assert_eq!(["out/bundle.json", "out/manifest.json", "out/origins.json"].map(|name| scratch.read(name)), before);
    assert_eq!(scratch.names("out"), ["bundle.json", "manifest.json", "origins.json", "policies.xml"]);
}

#[test]
fn the_same_texts_give_the_same_bytes() {
    let scratch = project("same_bytes");
    let build = |out: &str, paths: &[&str], threads: &str| {
        let status = Command::new(env!("CARGO_BIN_EXE_fullmakt"))
            .args([&["build", "-o", out], paths].concat())
            .current_dir(scratch.path())
            .env("RAYON_NUM_THREADS", threads)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        scratch.names(out).iter().map(|name| scratch.read(&format!("{out}/{name}"))).collect::<Vec<_>>()
    };
    let first = build("one", &["policies"], "1");
    assert_eq!(build("two", &["policies/roles.fmk", "policies/packages.fmk"], "2"), first);
    assert_eq!(build("eight", &["policies/packages.fmk", "policies", "policies/roles.fmk"], "8"), first);
    scratch.file("policies/roles.fmk", format!("// a comment\r\n{}", ROLES.replace('\n', "\r\n")));
    let other = build("comment", &["policies"], "2");
    let differing: Vec<usize> = (0..first.len()).filter(|at| first[*at] != other[*at]).collect();
    assert_eq!(differing, [2, 3], "comments and line ends change manifest.json and origins.json alone");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (one, two) = (lines(&first[2]), lines(&other[2]));
    let changed: Vec<&String> = one.iter().zip(&two).filter(|(one, two)| one != two).map(|(one, _)| one).collect();
    assert_eq!(changed.len(), 1);
    assert!(changed[0].starts_with("\"origins.json\""), "{changed:?}");
}

const FACTS: &str = "\
people: { kari: {}, per: {} }
organisations: { clinic: {} }
roles:
  - { subject: kari, role: manager, party: clinic }
delegations:
  - { giver: kari, receiver: per, party: clinic, package: reporting, given: 2026-02-01 }
";

#[test]
fn decide_ends_well_whatever_it_decides() {
    let scratch = project("decide");
    let request = |who: &str| format!("{{ subject: {who}, party: clinic, action: use, on: reporting }}\n");
    scratch.file("facts.yaml", FACTS).file("per.yaml", request("per")).file("ola.yaml", request("ola"));
    let decide = |more: &[&str]| fullmakt(scratch.path(), &[&["decide", "--facts", "facts.yaml"], more].concat());
    let permit = decide(&["--request", "per.yaml", "--at", "2026-03-01T12:00:00+01:00"]);
    assert_eq!((permit.code, permit.err.as_str()), (0, ""));
    assert!(permit.out.starts_with("permit   per may use reporting for clinic"), "{}", permit.out);
    assert!(permit.out.contains("policies/packages.fmk:8:3\n"), "{}", permit.out);
    assert!(permit.out.contains("facts.yaml:4:5\n"), "{}", permit.out);
    let deny = decide(&["--request", "per.yaml", "--at", "2026-01-31T12:00:00+01:00"]);
    assert_eq!(deny.code, 0);
    assert!(deny.out.starts_with("deny"), "{}", deny.out);
    assert_eq!(fullmakt(scratch.path(), &["build", "-o", "out"]).code, 0);
    for bundle in ["out", "out/bundle.json"] {
        let again = decide(&["--request", "per.yaml", "--at", "2026-03-01T12:00:00+01:00", bundle]);
        assert_eq!(again.out, permit.out, "{}", again.err);
    }
    let json = decide(&["--request", "per.yaml", "--at", "2026-03-01T12:00:00+01:00", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&value["decision"], &value["cause"]), (&"permit".into(), &"permitted".into()));
    let unknown = decide(&["--request", "ola.yaml"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (3, ""));
    assert!(unknown.err.contains("FM0503"), "{}", unknown.err);
    assert_eq!(decide(&["--request", "nothing.yaml"]).code, 3);
    assert_eq!(decide(&["--request", "per.yaml", "--at", "yesterday"]).code, 2);
}

#[test]
fn a_bundle_without_its_origins_decides_without_places() {
    let scratch = project("decide_bundle");
    scratch.file("facts.yaml", FACTS);
    scratch.file("request.json", r#"{"subject": "per", "party": "clinic", "action": "use", "on": "reporting"}"#);
    assert_eq!(fullmakt(scratch.path(), &["build", "-o", "out"]).code, 0);
    std::fs::remove_file(scratch.at("out/origins.json")).unwrap();
    let arguments = ["decide", "--facts", "facts.yaml", "--request", "request.json", "out"];
    let run = fullmakt(scratch.path(), &arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.starts_with("permit") && !run.out.contains(".fmk"), "{}", run.out);
    let whole = scratch.read("out/bundle.json");
    scratch.file("out/bundle.json", &whole[..whole.len() / 2]);
    let truncated = fullmakt(scratch.path(), &arguments);
    assert_eq!((truncated.code, truncated.out.as_str()), (3, ""));
    assert!(truncated.err.contains("out/bundle.json:"), "{}", truncated.err);
}

const SUITE: &str = "\
clock: 2026-03-01T12:00:00+01:00
people: { kari: {} }
organisations: { clinic: {} }
roles:
  - { subject: kari, role: manager, party: clinic }
cases:
  - name: a manager uses
    request: { subject: kari, party: clinic, action: use, on: reporting }
    expect: permit
";

#[test]
fn test_compares_cases_and_snapshots() {
    let scratch = project("test");
    let test = |more: &[&str]| fullmakt(scratch.path(), &[&["test"], more].concat());
    let nothing = test(&[]);
    assert_eq!(nothing.code, 4);
    assert!(nothing.out.ends_with(": nothing was tested\n"), "{}", nothing.out);
    scratch.file("policies/packages.test.yaml", SUITE);
    let missing = test(&[]);
    assert_eq!(missing.code, 4);
    assert!(missing.out.contains("missing  snapshots/decisions/packages.snap\n"), "{}", missing.out);
    assert_eq!(test(&["--update"]).code, 0);
    assert_eq!(scratch.names("snapshots/decisions"), ["packages.snap"]);
    assert_eq!(test(&[]).code, 0);
    let one = test(&["policies/roles.fmk", "policies/packages.fmk"]);
    assert_eq!(one.code, 0, "{}", one.out);

    scratch.file("snapshots/decisions/gone.snap", "old");
    let orphan = test(&[]);
    assert_eq!(orphan.code, 4);
    assert!(orphan.out.contains("orphan   snapshots/decisions/gone.snap\n"), "{}", orphan.out);
    assert_eq!(test(&["policies/roles.fmk", "policies/packages.fmk"]).code, 0, "others may have that snapshot");
    assert_eq!(test(&["--update"]).code, 0);
    assert_eq!(scratch.names("snapshots/decisions"), ["packages.snap"]);

    scratch.file("policies/packages.fmk", PACKAGES.replace("grant to", "grant delegation to"));
    let differs = test(&[]);
    assert_eq!(differs.code, 4);
    assert!(differs.out.contains("differs  policies/packages.test.yaml:7:5  a manager uses\n"), "{}", differs.out);
    assert!(differs.out.contains("differs  snapshots/decisions/packages.snap\n"), "{}", differs.out);
    assert_eq!(test(&["--update"]).code, 4, "a case is not accepted");
}

#[test]
fn findings_of_suites_are_findings() {
    let scratch = project("test_findings");
    scratch.file("policies/packages.test.yaml", SUITE.replace("expect", "expects"));
    scratch.file("policies/lonely.test.yaml", SUITE);
    let run = fullmakt(scratch.path(), &["test"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("FM0502") && run.err.contains("FM0512"), "{}", run.err);
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
    for name in [
        "bundle",
        "manifest",
        "origins",
        "attributes",
        "facts",
        "request",
        "suite",
        "coverage",
        "decision",
        "who",
        "what",
        "findings",
        "test",
        "mutants",
    ] {
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

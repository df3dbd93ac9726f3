//! Never falsely green: each way in which a suite could hold without testing anything ends the command with a failure, a finding and
//! its place. One row a way.

use crate::cli::fullmakt;
use crate::scratch::Scratch;
use crate::suites::CLINIC;

const WORLD: &str = "clock: 2026-03-01T12:00:00+01:00
people: { kari: {}, per: {} }
organisations: { clinic: {} }
roles: [ { subject: kari, role: manager, party: clinic } ]
";

/// The one case that holds.
const CASE: &str = "cases:
  - name: the manager sends
    request: { subject: kari, party: clinic, action: send, on: report }
    expect: permit
";

/// What would be denied anyway: the ending of a case whose name is misspelt somewhere.
const DENY: &str = ", expect: deny not-granted }\n";

struct Way {
    what: &'static str,
    /// Files besides `clinic.fmk`; the suite that holds is among them unless it is written here.
    files: Vec<(&'static str, String)>,
    arguments: &'static [&'static str],
    /// The finding, and where.
    found: &'static str,
    at: &'static str,
    code: i32,
}

fn suite(text: &str) -> Vec<(&'static str, String)> {
    vec![("clinic.test.yaml", format!("{WORLD}{text}"))]
}

fn beside(name: &'static str, text: &str) -> Vec<(&'static str, String)> {
    let mut files = suite(CASE);
    files.push((name, text.to_owned()));
    files
}

/// A second case, which would be denied whatever stands in it.
fn denied(request: &str) -> Vec<(&'static str, String)> {
    suite(&format!("{CASE}  - {{ name: second, request: {{ {request} }}{DENY}"))
}

fn ways() -> Vec<Way> {
    let way = |what, files, found, at, code| Way { what, files, arguments: &[], found, at, code };
    let run = |what, arguments, files, found, at, code| Way { what, files, arguments, found, at, code };
    let skipped = "    skip: { reason: later, until: 2026-01-31 }\n";
    vec![
        // A run that tests nothing.
        way("no suite at all", Vec::new(), "FM0513", "policies/clinic.fmk:1:1", 4),
        way("an empty suite", suite(""), "FM0507", "clinic.test.yaml:1:1", 3),
        way("a suite of no bytes", vec![("clinic.test.yaml", String::new())], "FM0507", "clinic.test.yaml:1:1", 3),
        way("an empty list of cases", suite("cases: []\n"), "FM0507", "clinic.test.yaml:1:1", 3),
        way(
            "every case is skipped",
            suite(&format!("{CASE}    skip: {{ reason: later, until: 2099-01-01 }}\n")),
            "FM0513",
            "clinic.fmk:1:1",
            4,
        ),
        run("a filter fits nothing", &["--filter", "managr"], suite(CASE), "FM0514", "--filter:1:1", 4),
        way("a table of no resources", beside_words(), "FM0517", "words.test.yaml:4:53", 3),
        // A file that nobody reads.
        way("`.yml`", beside("clinic.test.yml", CASE), "FM0515", "clinic.test.yml:1:1", 3),
        way("`.tests.yaml`", beside("clinic.tests.yaml", CASE), "FM0515", "clinic.tests.yaml:1:1", 3),
        way("`_test.yaml`", beside("clinic_test.yaml", CASE), "FM0515", "clinic_test.yaml:1:1", 3),
        way("`.test.json`", beside("clinic.test.json", "{}"), "FM0515", "clinic.test.json:1:1", 3),
        way("`.Test.yaml`", beside("clinic.Test.yaml", CASE), "FM0515", "clinic.Test.yaml:1:1", 3),
        way("another name, with cases in it", beside("clinic.yaml", CASE), "FM0515", "clinic.yaml:1:1", 3),
        way("a suite beside no module", beside("clinc.test.yaml", CASE), "FM0512", "clinc.test.yaml:1:1", 3),
        way(
            "facts that nobody uses",
            beside("ola.facts.yaml", "people: { ola: {} }\n"),
            "FM0518",
            "ola.facts.yaml:1:1",
            3,
        ),
        way(
            "facts that are not there",
            suite(&format!("use: [ola.facts.yaml]\n{CASE}")),
            "FM0519",
            "clinic.test.yaml:5:7",
            3,
        ),
        // A module that does not compile, beside one that does.
        way(
            "a broken module",
            beside("broken.fmk", "module broken\n\nrole r \"R\" { held by nobody }\n"),
            "FM0",
            "broken.fmk:3",
            3,
        ),
        // Names that mean nothing, of which a denial would never tell.
        way(
            "a key",
            denied("subject: per, prty: clinic, action: send, on: report"),
            "FM0502",
            "clinic.test.yaml:9:46",
            3,
        ),
        way("a key of the suite", suite(&format!("rolls: []\n{CASE}")), "FM0502", "clinic.test.yaml:5:1", 3),
        way(
            "a subject",
            denied("subject: pre, party: clinic, action: send, on: report"),
            "FM0503",
            "clinic.test.yaml:9:41",
            3,
        ),
        way(
            "a resource",
            denied("subject: per, party: clinic, action: send, on: reports"),
            "FM0503",
            "clinic.test.yaml:9:79",
            3,
        ),
        way(
            "an action",
            denied("subject: per, party: clinic, action: sent, on: report"),
            "FM0509",
            "clinic.test.yaml:9:69",
            3,
        ),
        way(
            "an element",
            denied("subject: per, action: send, on: report, elements: [all]"),
            "FM0509",
            "clinic.test.yaml:9:83",
            3,
        ),
        way(
            "an attribute",
            denied("subject: per, action: send, on: report, context: { login: true }"),
            "FM0502",
            "clinic.test.yaml:9:83",
            3,
        ),
        way(
            "a role",
            suite(&format!("{}{CASE}", "delegations: []\n"))
                .into_iter()
                .map(|(name, text)| (name, text.replace("role: manager", "role: manger")))
                .collect(),
            "FM0503",
            "clinic.test.yaml:4:33",
            3,
        ),
        // Twice.
        way(
            "a key twice",
            suite(&format!("clock: 2026-03-01T12:00:00+01:00\n{CASE}")),
            "FM0506",
            "clinic.test.yaml:5:1",
            3,
        ),
        way(
            "somebody twice",
            suite(CASE).into_iter().map(|(name, text)| (name, text.replace("per: {}", "kari: {}"))).collect(),
            "FM0506",
            "clinic.test.yaml:2:21",
            3,
        ),
        way("somebody here and in the facts used", used_twice(), "FM0506", "", 3),
        way(
            "a case twice",
            suite(&format!("{CASE}{}", CASE.replace("cases:\n", ""))),
            "FM0506",
            "clinic.test.yaml:9:11",
            3,
        ),
        way(
            "a table called as a case",
            suite(&format!("{CASE}tables: [ {{ name: the manager sends, party: clinic, permits: {{}} }} ]\n")),
            "FM0506",
            "clinic.test.yaml:9:19",
            3,
        ),
        way(
            "somebody twice in an answer",
            suite(&format!("{CASE}  - {{ name: who, ask: who send report for clinic, expect: [kari, kari] }}\n")),
            "FM0506",
            "clinic.test.yaml:9:66",
            3,
        ),
        // What is expected.
        way(
            "a denial without its cause",
            suite(&format!(
                "{CASE}  - {{ name: second, request: {{ subject: per, action: send, on: report }}, expect: deny }}\n"
            )),
            "FM0505",
            "clinic.test.yaml:9:82",
            3,
        ),
        way(
            "no decision",
            suite(&format!("{CASE}  - {{ name: second, request: {{ subject: per, action: send, on: report }} }}\n")),
            "FM0508",
            "clinic.test.yaml:9:5",
            3,
        ),
        way(
            "no moment",
            vec![("clinic.test.yaml", format!("{}{CASE}", WORLD.replace("clock: 2026-03-01T12:00:00+01:00\n", "")))],
            "FM0508",
            "clinic.test.yaml:5:5",
            3,
        ),
        // Skipped.
        way(
            "skipped without a reason",
            suite(&format!("{CASE}    skip: {{ until: 2099-01-01 }}\n")),
            "FM0508",
            "clinic.test.yaml:9:11",
            3,
        ),
        way(
            "skipped without a date",
            suite(&format!("{CASE}    skip: {{ reason: later }}\n")),
            "FM0508",
            "clinic.test.yaml:9:11",
            3,
        ),
        way(
            "skipped past the date",
            suite(&format!("{CASE}{skipped}{}", table())),
            "FM0516",
            "clinic.test.yaml:9:5",
            4,
        ),
        run(
            "requirements without an id",
            &["--requirements", "clinic.md"],
            beside("../clinic.md", "| id |\n"),
            "FM0523",
            "clinic.md:1:1",
            3,
        ),
        run(
            "a requirement without a case",
            &["--requirements", "clinic.md"],
            beside("../clinic.md", "| C-1 | sends |\n"),
            "uncovered C-1",
            "",
            4,
        ),
        run(
            "an id that is no requirement",
            &["--requirements", "clinic.md"],
            named_after("C-2"),
            "FM0522",
            "clinic.test.yaml:6:5",
            3,
        ),
    ]
}

fn table() -> &'static str {
    "tables: [ { name: all, party: clinic, permits: { kari: { report: [send], reporting: [use, delegate] } } } ]\n"
}

fn beside_words() -> Vec<(&'static str, String)> {
    let mut files = beside("words.fmk", "module words\n\norganisation register \"A register\"\n");
    let head = "clock: 2026-03-01T12:00:00+01:00\norganisations: { clinic: {} }\n";
    files.push((
        "words.test.yaml",
        format!("{head}tables:\n  - {{ name: nobody, party: clinic,                  permits: {{}} }}\n"),
    ));
    files
}

fn used_twice() -> Vec<(&'static str, String)> {
    let mut files = suite(&format!("use: [ola.facts.yaml]\n{CASE}"));
    files.push(("ola.facts.yaml", "people: { kari: {} }\n".to_owned()));
    files
}

fn named_after(id: &str) -> Vec<(&'static str, String)> {
    let case = CASE.replace("the manager", &format!("{id} the manager"));
    let first = CASE.replace("the manager", "C-1 the manager").replace("cases:\n", "");
    let mut files = suite(&format!("{case}{first}"));
    files.push(("../clinic.md", "| C-1 | sends |\n".to_owned()));
    files
}

/// A project of the clinic with these files, of which the decision table is accepted.
fn project(name: &str, files: &[(&str, String)]) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("policies/clinic.fmk", CLINIC);
    for (name, text) in files {
        scratch.file(&format!("policies/{name}"), text);
    }
    scratch.file("snapshots/decisions/clinic.snap", include_str!("green/clinic.snap"));
    scratch
}

#[test]
fn every_way_to_hold_without_testing_fails() {
    let holds = project("green_holds", &suite(CASE));
    let run = fullmakt(holds.path(), &["test"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "what is changed below holds: {}", run.out);
    let mut wrong = String::new();
    for Way { what, files, arguments, found, at, code } in ways() {
        let scratch = project("green", &files);
        let all = [&["test", "policies", "--today", "2026-03-01", "--format", "json"], arguments].concat();
        let run = fullmakt(scratch.path(), &all);
        let said: serde_json::Value =
            serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{what}: {}{}", run.out, run.err));
        let findings: Vec<String> = said["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["severity"] == "error")
            .map(|finding| {
                let place = &finding["place"];
                let at = format!("{}:{}:{}", place["file"].as_str().unwrap(), place["line"], place["column"]);
                format!("{} {at} {}", finding["code"].as_str().unwrap(), finding["message"].as_str().unwrap())
            })
            .collect();
        let uncovered = said["requirements"].as_array().unwrap().iter().filter(|row| row["covered"] == false);
        let told: Vec<String> = findings
            .into_iter()
            .chain(uncovered.map(|row| format!("uncovered {}", row["id"].as_str().unwrap())))
            .collect();
        let is_it = told.len() == 1 && told[0].starts_with(found) && told[0].contains(at);
        if run.code != code || !is_it || said["met"] != false {
            wrong
                .push_str(&format!("{what}: ends with {}, not {code}; not {found} at {at}, but {told:#?}\n", run.code));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_not_used_is_no_fault() {
    let unused = WORLD.replace("per: {}", "per: {}, ola: {}, eva: {}");
    let files = [("clinic.test.yaml", format!("{unused}{CASE}")), ("notes.yaml", "about: nothing\n".to_owned())];
    let run = fullmakt(project("green_unused", &files).path(), &["test"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
}

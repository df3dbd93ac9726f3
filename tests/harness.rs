//! Suites run over small worlds: what is as expected, what differs and how it is told, tables, snapshots.

use crate::suites::{CLINIC, Suites};
use fullmakt::compile::{Options, compile};
use fullmakt::harness::snapshot::{self, Compared, Placed, Snapshot, State};
use fullmakt::harness::{self, report};
use fullmakt::source::{Source, Sources};
use fullmakt::words::{FactsSaid, Speaker, decision};
use std::collections::BTreeMap;

const WORLD: &str = "people:         { kari: {}, per: {}, ola: {} }
organisations:  { clinic: {} }
roles:
  - { subject: kari, role: manager, party: clinic, from: 2020-01-01 }
delegations:
  - { giver: kari, receiver: per, party: clinic, package: reporting, given: 2026-02-01, before: 2027-01-01 }
clock: 2026-03-01T12:00:00+01:00
";

fn suite(rest: &str) -> Suites {
    let suites = Suites::clinic(&format!("{WORLD}{rest}"));
    assert_eq!(suites.lines(), Vec::<String>::new());
    suites
}

fn told(suites: &Suites) -> String {
    let verdicts = suites.run();
    let mut text: String = verdicts.iter().map(|verdict| report::of_verdict(verdict, &suites.sources)).collect();
    text.push_str(&report::Summary::of(&verdicts, &[]).to_string());
    text
}

#[test]
fn a_suite_that_holds() {
    let suites = suite(
        "cases:
  - name: who received the package may send
    request: { subject: per, party: clinic, action: send, on: report }
    expect: permit
  - name: the delegation ends
    at: 2027-01-01T00:00:00+01:00
    same: true
    expect: deny not-granted
    open: []
tables:
  - name: for the clinic
    party: clinic
    permits:
      kari: { report: [send], reporting: [use, delegate] }
      per:  { report: [send], reporting: [use] }
",
    );
    assert_eq!(told(&suites), "2 cases, 1 table with 9 decisions, 0 snapshots: all as expected");
    assert_eq!(harness::questions(&suites.read).count(), 11);
}

#[test]
fn a_case_that_differs_is_told_with_the_decision() {
    let suites = suite(
        "cases:
  - name: who received the package may send
    request: { subject: per, party: clinic, action: send, on: report }
    expect: deny not-granted
",
    );
    assert_eq!(
        told(&suites),
        "differs  clinic.test.yaml:9:5  who received the package may send
  expected deny not-granted
  got      permit

    permit   per may send report for clinic              at 2026-03-01 12:00 Europe/Oslo

      permit send requires reporting                     clinic.fmk:30:3
      └ per holds reporting for clinic
        ├ kari gave it on 2026-02-01, before 2027-01-01  clinic.test.yaml:6:5
        ├ reporting is delegable to person               clinic.fmk:22:3
        └ kari may pass it on
          ├ grant to manager                             clinic.fmk:25:3
          └ kari is manager for clinic                   clinic.test.yaml:4:5

1 case, 0 tables with 0 decisions, 0 snapshots: 1 not as expected"
    );
}

#[test]
fn a_table_denies_all_that_it_does_not_list() {
    let suites = suite(
        "tables:
  - name: for the clinic
    party: clinic
    permits: { kari: { report: [send], reporting: [use, delegate] }, ola: { report: [send] }, per: { report: [send] } }
",
    );
    let verdict = &suites.run()[0];
    let differences: Vec<(&str, &str, &str)> = verdict
        .differences
        .iter()
        .map(|one| (&*one.expected, &*one.got, one.words.lines().next().unwrap().split("  at ").next().unwrap().trim()))
        .collect();
    assert_eq!(
        differences,
        [
            ("permit", "deny not-granted", "deny     ola may not send report for clinic: not granted"),
            ("deny, since it is not listed", "permit", "permit   per may use reporting for clinic"),
        ]
    );
    assert_eq!(suites.sources.slice(verdict.differences[0].place), "send");
}

#[test]
fn a_table_may_name_what_it_is_about_and_why_all_else_is_denied() {
    let about = |rest: &str| {
        let suites = suite(&format!("tables:\n  - {{ name: all, party: clinic, {rest} }}\n"));
        let verdict = &suites.run()[0];
        let differences = verdict.differences.iter().map(|one| format!("{}: {}", one.expected, one.got));
        (suites.read[0].checks[0].asked.len(), differences.collect::<Vec<_>>())
    };
    let nothing = Vec::<String>::new();
    assert_eq!(about("on: [report], actions: [send], subjects: [ola], permits: {}"), (1, nothing.clone()));
    assert_eq!(about("actions: [use], subjects: [ola], denied: not-granted, permits: {}"), (1, nothing));
    assert_eq!(
        about("actions: [use], subjects: [ola], denied: forbidden, permits: {}"),
        (1, vec!["deny forbidden: deny not-granted".to_owned()])
    );
}

#[test]
fn findings_of_suites() {
    let expected = [
        ("cases: []\n", "FM0507 1:1 \"p\" the suite tests nothing: it has neither a case nor a table"),
        (
            "cases:\n  - { name: a, same: true, expect: permit }\n",
            "FM0509 9:22 \"true\" no case stands before this one",
        ),
        (
            "cases:\n  - { name: a, request: { action: send, on: report }, expect: deny }\n",
            "FM0505 9:63 \"deny\" a denial that is expected says its cause",
        ),
        (
            "cases:\n  - { name: a, request: { action: send, on: report }, expect: permitt }\n",
            "FM0505 9:63 \"permitt\" `permitt` is no decision",
        ),
        (
            "cases:\n  - { name: a, request: { action: send, on: report }, expect: permit, open: [] }\n",
            "FM0505 9:71 \"open\" only a denial that is not granted names open questions",
        ),
        (
            "cases:\n  - { name: a, request: { action: send, on: report }, expect: deny not-granted, open: [reporting granted] }\n",
            "FM0505 9:88 \"reporting granted\" `reporting granted` names no open question",
        ),
        (
            "tables:\n  - { name: a, party: clinic, permits: { kari: { report: [sent] } } }\n",
            "FM0509 9:59 \"sent\" the service `report` has no action `sent`",
        ),
        (
            "tables:\n  - { name: a, party: clinic, permits: { kari: { report: [send, send] } } }\n",
            "FM0506 9:65 \"send\" the action `send` stands twice",
        ),
        (
            "tables:\n  - { name: a, party: clinic, on: [report], permits: { kari: { reporting: [use] } } }\n",
            "FM0503 9:64 \"reporting\" `reporting` is not among what the table is about",
        ),
        (
            "tables:\n  - { name: a, party: clinic, actions: [use], permits: { kari: { report: [send] } } }\n",
            "FM0503 9:75 \"send\" `send` is not among what the table is about",
        ),
        (
            "tables:\n  - { name: a, party: clinic, actions: [sent], permits: {} }\n",
            "FM0509 9:41 \"sent\" nothing that the table is about has an action `sent`",
        ),
        (
            "tables:\n  - { name: a, party: clinic, denied: because, permits: {} }\n",
            "FM0505 9:39 \"because\" `because` is no cause of a denial",
        ),
        (
            "tables:\n  - { name: a, party: clinic, on: every register in nowhere, permits: {} }\n",
            "FM0503 9:35 \"every register in nowhere\" no register stands in `nowhere`, or in a module below",
        ),
        (
            "tables:\n  - { name: a, party: clinic, on: every register, permits: {} }\n",
            "FM0505 9:35 \"every register\" `every register` names nothing",
        ),
        (
            "tables:\n  - { name: a, party: clinic, subjects: [kari, kari], permits: {} }\n",
            "FM0506 9:48 \"kari\" `kari` stands twice",
        ),
        ("cases: { a: 1 }\n", "FM0505 8:8 \"{ a: 1\" `cases` is a list, not a map"),
        (
            "cases:\n  - { name: a, same: ja, expect: permit }\n",
            "FM0505 9:22 \"ja\" `ja` is neither `true` nor `false`",
        ),
    ];
    for (rest, line) in expected {
        let lines = Suites::clinic(&format!("{WORLD}{rest}")).lines();
        assert_eq!(lines.first().map(String::as_str), Some(line), "{rest}");
    }
    let repeated = "cases:\n  - { name: a, request: { action: send, on: report }, expect: permit }\n  - { name: a, same: true, expect: permit }\n";
    assert_eq!(Suites::clinic(&format!("{WORLD}{repeated}")).lines(), ["FM0506 10:13 \"a\" the name `a` stands twice"]);
}

/// The snapshots of one module.
fn snapshots(module: &str) -> Vec<Snapshot> {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("m.fmk", module));
    let compiled = compile(&sources, &[id], Options::default());
    let Some((bundle, _)) = &compiled.bundle else { panic!("{:#?}", compiled.findings) };
    snapshot::all(bundle)
}

#[test]
fn the_table_of_the_clinic() {
    let all = snapshots(CLINIC);
    assert_eq!(all[0].file, "clinic.snap");
    assert_eq!(
        all[0].text(),
        "---\ndescription: \"decision table of clinic\"\n---\n\
         role     package    use  delegate  because\n\
         manager  reporting  yes  yes       grant to manager\n\nservice  action  to  requires   permit\nreport   send    -   reporting  yes\n"
    );
}

#[test]
fn what_ends_what_is_open_and_what_comes_through_others() {
    let module = r#"module m
organisation o "O"
role a "A" {
  from o
  held by person for organisation
}
role b "B" {
  from o
  held by person for organisation
}
area x "X" {
  delegable to person
  package p "P" {
    about "P"
    for organisation
    delegable to person
    grant use to a from 2026-01-01 before 2027-01-01
    grant to b undecided "what b may do"
  }
  package q "Q" {
    about "Q"
    for organisation
    delegable no
    grant to p
    grant delegation to b
  }
}
"#;
    assert_eq!(
        snapshots(module)[0].table,
        "\
role            package  use                                delegate  because
a               p        from 2026-01-01 before 2027-01-01  no        grant use to a
a               q        from 2026-01-01 before 2027-01-01  no        grant to p (grant use to a); not delegable
a, holder of p  area x   no                                 no        not p
b               p        open                               open      grant to b undecided
b               q        open                               no        grant to p (grant to b undecided); grant delegation to b; not delegable
b               area x   no                                 no        not q
holder of p     q        yes                                no        grant to p; not delegable
"
    );
}

#[test]
fn conditions_and_the_rules_of_registers_are_in_the_table() {
    let mut sources = Sources::default();
    let modules = [("words.fmk", crate::attributes::WORDS), ("registers.fmk", crate::attributes::REGISTERS)];
    let ids = modules.map(|(name, text)| sources.add(Source::new(name, text)));
    let compiled = compile(&sources, &ids, Options::default());
    let all = snapshot::all(&compiled.bundle.as_ref().expect("a bundle").0);
    assert_eq!(all.len(), 1, "what has words alone has no table");
    let rows: Vec<Vec<&str>> = all[0]
        .table
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[1], ["guardian", "insight", "when at_home", "no", "grant use to guardian when at_home"]);
    assert_eq!(rows[3], ["self", "insight", "yes", "when delegation.channel == invitation", "grant to self"]);
    let has = |row: &[&str]| assert!(rows.iter().any(|one| one == row), "{row:?} is not in {rows:#?}");
    has(&["resource", "action", "rule", "of", "to", "requires", "when", "oblige", "because"]);
    has(&["kpr, npr", "any", "oblige", "-", "-", "-", "-", "log", "policy rights"]);
    has(&["kpr", "disclose", "forbid", "-", "-", "-", "record.consent != given", "-", "policy withdrawal"]);
    has(&[
        "kpr, npr",
        "disclose",
        "forbid",
        "-",
        "-",
        "-",
        "record.restricted or record.overdue",
        "-",
        "policy rights: restricted",
    ]);
    has(&["npr", "view", "permit", "administrative, medical", "-", "insight", "-", "-", "-"]);
    let of_npr = |row: &&Vec<&str>| row.first().is_some_and(|names| names.split(", ").any(|name| name == "npr"));
    assert!(!rows.iter().filter(of_npr).any(|row| row.contains(&"policy withdrawal")));
}

#[test]
fn snapshots_that_are_missing_differ_or_are_orphans() {
    let all = snapshots(CLINIC);
    let none = BTreeMap::new();
    assert_eq!(snapshot::compare(&all, &none)[0].state, State::Missing);
    let same = BTreeMap::from([("clinic.snap".to_owned(), all[0].text())]);
    let compared = snapshot::compare(&all, &same);
    assert_eq!(compared[0].state, State::Same);
    assert_eq!(report::of_snapshot(&placed(&compared[0])), "");
    let other = BTreeMap::from([
        ("clinic.snap".to_owned(), all[0].text().replace("yes  yes", "yes  no ")),
        ("gone.snap".to_owned(), String::new()),
    ]);
    let compared = snapshot::compare(&all, &other);
    let State::Differs(difference) = &compared[0].state else { panic!("{compared:?}") };
    assert!(
        difference.contains("\n-manager  reporting  yes  no ")
            && difference.contains("\n+manager  reporting  yes  yes")
    );
    assert_eq!(compared[1].state, State::Orphan);
    assert!(report::of_snapshot(&placed(&compared[1])).starts_with("orphan   snapshots/decisions/gone.snap\n"));
    let summary = report::Summary::of(&[], &compared);
    assert!(!summary.is_met());
    assert_eq!(summary.to_string(), "0 cases, 0 tables with 0 decisions, 2 snapshots: nothing was tested");
}

fn placed(one: &Compared) -> Placed {
    Placed { folder: "snapshots/decisions".to_owned(), compared: one.clone(), text: None }
}

#[test]
fn where_snapshots_are() {
    for (path, named, folder) in [
        ("policies/demo/clinic.fmk", "policies", "snapshots/decisions"),
        ("policies/demo/clinic.fmk", "policies/demo/clinic.fmk", "snapshots/decisions"),
        ("/home/x/policies/a/policies/b.fmk", "/home/x", "/home/x/policies/a/snapshots/decisions"),
        ("./clinic.fmk", ".", "snapshots/decisions"),
        ("clinic.fmk", "clinic.fmk", "snapshots/decisions"),
        ("rules/a/b.fmk", "rules/a/", "rules/snapshots/decisions"),
        ("/rules/b.fmk", "/rules", "/snapshots/decisions"),
    ] {
        assert_eq!(snapshot::folder(path, named), folder, "{path} {named}");
    }
}

#[test]
fn a_decision_as_json() {
    let suites = suite(
        "cases:
  - name: per
    request: { at: 2026-03-01T11:00:00.5Z, subject: per, party: clinic, action: send, on: report }
    expect: permit
",
    );
    let (bundle, origins) = suites.compiled.bundle.as_ref().unwrap();
    let speaker = Speaker::new(bundle, Some(origins));
    let (facts, request) = harness::questions(&suites.read).next().unwrap();
    let places = &suites.read[0].places;
    let said = FactsSaid { facts, roles: &places.roles, delegations: &places.delegations, sources: &suites.sources };
    let decided = fullmakt::decide::Index::new(bundle).decide(facts, request);
    let text = decision::to_text(&decision::json(&decided, request, &speaker, &said));
    assert!(text.starts_with("{\n  \"format\": 1,\n  \"decision\": \"permit\",\n  \"cause\": \"permitted\",\n  \"request\": {\n    \"at\": \"2026-03-01T12:00:00.5+01:00\",\n"), "{text}");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let steps: Vec<&str> =
        read["rules"][0]["chain"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["holds", "delegation", "delegable", "may-pass-on", "grant", "role"]);
    assert_eq!(read["rules"][0]["chain"][5]["place"]["line"], 4);
    assert_eq!(read["request"]["on"], "clinic.report");
}

#[test]
fn runs_are_the_same_on_any_number_of_threads() {
    let files: Vec<(String, String)> = (0..20)
        .flat_map(|at| {
            let name = format!("c{at:02}");
            let module = CLINIC.replace("module clinic", &format!("module {name}")).replace("urn:example:clinic", &format!("urn:example:{name}"));
            let suite = format!("{WORLD}cases:\n  - name: a\n    request: {{ subject: per, party: clinic, action: send, on: report }}\n    expect: deny not-granted\n");
            [(format!("{name}.test.yaml"), suite), (format!("{name}.fmk"), module)]
        })
        .collect();
    let told: Vec<String> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| told(&Suites::of(&files)))
        })
        .into();
    assert!(told.iter().all(|one| *one == told[0]));
    assert!(told[0].ends_with("20 cases, 0 tables with 0 decisions, 0 snapshots: 20 not as expected"));
}

//! Data as they come in: what is read, and every finding with its place. Nothing is decided.

use crate::suites::{CLINIC, Suites};
use fullmakt::compile::{Compiled, Options, compile};
use fullmakt::decide::{Action, On, Request};
use fullmakt::diag::Diagnostic;
use fullmakt::facts::Facts;
use fullmakt::intake::{FactPlaces, Names, Scope, facts, request, yaml};
use fullmakt::ir::Meaning;
use fullmakt::source::{Source, SourceId, Sources};
use jiff::Timestamp;

const HEAD: &str = "clock: 2026-03-01T12:00:00+01:00\npeople: { kari: {}, per: {} }\norganisations: { clinic: {} }\nsystem_users: { machine: {} }\n";
const CASE: &str = "cases:\n  - { name: one, request: { action: send, on: report }, expect: deny not-granted }\n";

/// The findings of a suite with these lines beside the clinic module.
fn found(lines: &str) -> Vec<String> {
    Suites::clinic(&format!("{HEAD}{lines}{CASE}")).lines()
}

fn compiled(modules: &[(&str, &str)]) -> Compiled {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> = modules.iter().map(|(name, text)| sources.add(Source::new(name, text))).collect();
    let compiled = compile(&sources, &ids, Options::default());
    assert!(compiled.bundle.is_some(), "{:#?}", compiled.findings);
    compiled
}

fn facts_of(text: &str, meaning: &Meaning) -> Result<(Facts, FactPlaces), Vec<Diagnostic>> {
    facts::read(&Source::new("facts.yaml", text), SourceId(0), &Names::new(meaning))
}

#[test]
fn facts_have_places_and_their_order_is_not_that_of_the_text() {
    let compiled = compiled(&[("clinic.fmk", CLINIC)]);
    let meaning = &compiled.bundle.as_ref().unwrap().0.meaning;
    let text = "people: { per: {}, kari: {} }\norganisations: { clinic: }\nroles:\n  - { subject: per, role: MNGR, party: clinic }\n  - { subject: kari, role: manager, party: clinic }\n  - { subject: kari, role: 'urn:example:clinic:role:manager', party: clinic }\n";
    let (facts, places) = facts_of(text, meaning).unwrap();
    let names: Vec<&str> = facts.entities().map(|id| facts.name(id)).collect();
    assert_eq!(names, ["clinic", "clinic.register", "kari", "per"]);
    assert!(facts.entity(facts.entity_named("clinic.register").unwrap()).unwrap().declared.is_some());
    let source = Source::new("facts.yaml", text);
    let lines: Vec<u32> = places.roles.iter().map(|place| source.position(place.span.start).line).collect();
    assert_eq!((facts.role_count(), lines), (2, vec![5, 4]), "sorted by subject; of repeats the first place");
    assert_eq!(places.entities.len(), 3);
}

#[test]
fn json_is_read_by_the_same_reader() {
    let compiled = compiled(&[("clinic.fmk", CLINIC)]);
    let meaning = &compiled.bundle.as_ref().unwrap().0.meaning;
    let yaml = "people: { kari: {} }\norganisations: { \"klinikken på å\": {} }\nroles: [ { subject: kari, role: manager, party: klinikken på å, from: 2020-01-01 } ]\n";
    let json = "{\"format\": 1, \"people\": {\"kari\": {}},\n\t\"organisations\": {\"klinikken p\\u00e5 å\": {}},\r\n \"roles\": [{\"subject\": \"kari\", \"role\": \"manager\",\n\"party\": \"klinikken på å\", \"from\": \"2020-01-01\"}]}";
    assert_eq!(facts_of(yaml, meaning).unwrap().0, facts_of(json, meaning).unwrap().0);
}

#[test]
fn a_declared_organisation_is_itself_by_every_name() {
    let compiled = compiled(&[("clinic.fmk", CLINIC)]);
    let meaning = &compiled.bundle.as_ref().unwrap().0.meaning;
    let (facts, _) = facts_of("organisations: { register: {} }\nout_of_reach: [clinic.register]\n", meaning).unwrap();
    assert_eq!(facts.entity_count(), 1);
    assert_eq!(facts.out_of_reach().len(), 1);
    let twice = facts_of("organisations: { register: {}, clinic.register: {} }\n", meaning).unwrap_err();
    assert_eq!(twice[0].code.number, "FM0506");
    let person = facts_of("people: { clinic.register: {} }\n", meaning).unwrap_err();
    assert_eq!(person[0].code.number, "FM0503");
}

#[test]
fn what_can_never_count_is_found() {
    let expected = [
        (
            "roles: [ { subject: clinic, role: manager, party: clinic } ]\n",
            "FM0504 5:21 \"clinic\" `manager` is held by person, and this is an organisation",
        ),
        (
            "roles: [ { subject: kari, role: manager, party: per } ]\n",
            "FM0504 5:49 \"per\" `manager` is held for organisation, and this is a person",
        ),
        (
            "roles: [ { subject: kari, role: manager } ]\n",
            "FM0504 5:33 \"manager\" `manager` is held for a party, and none is named",
        ),
        (
            "roles: [ { subject: kari, role: manager, party: clinic, from: 2026-01-01, before: 2026-01-01 } ]\n",
            "FM0504 5:83 \"2026-01-01\" the period ends before it begins",
        ),
        (
            "delegations: [ { giver: kari, receiver: kari, party: clinic, package: reporting, given: 2026-01-01 } ]\n",
            "FM0504 5:41 \"kari\" nobody gives something to themselves",
        ),
        (
            "delegations: [ { giver: kari, receiver: per, party: per, package: reporting, given: 2026-01-01 } ]\n",
            "FM0504 5:53 \"per\" `reporting` is not for people, so nobody can hold it for this party",
        ),
        (
            "delegations: [ { giver: kari, receiver: per, party: clinic, package: reporting, given: 2026-01-01, withdrawn: 2025-12-31T12:00:00+01:00 } ]\n",
            "FM0504 5:111 \"2025-12-31T12:00:00+01:00\" the delegation is withdrawn before it begins",
        ),
        (
            "delegations: [ { giver: kari, receiver: per, party: clinic, package: reporting, given: 2026-02-01, before: 2026-01-01 } ]\n",
            "FM0504 5:108 \"2026-01-01\" the delegation ends before it is given",
        ),
    ];
    for (lines, line) in expected {
        assert_eq!(found(lines), [line], "{lines}");
    }
}

#[test]
fn a_status_has_no_party() {
    let module = format!("{CLINIC}\nrole doctor \"Doctor\" {{\n  from  register\n  held  by person\n}}\n");
    let suite = format!("{HEAD}roles: [ {{ subject: kari, role: doctor, party: clinic }} ]\n{CASE}");
    let files = [("clinic.test.yaml".to_owned(), suite), ("clinic.fmk".to_owned(), module)];
    let lines = Suites::of(&files).lines();
    assert_eq!(lines, ["FM0504 5:41 \"party: clinic\" `doctor` is a status, held in one's own right, for no party"]);
}

#[test]
fn every_finding_of_a_document_is_told_at_once() {
    let lines = found(
        "roles:\n  - { subject: karl, rolle: manager, party: clinic, form: 2020-13-01 }\n  - { subject: kari, role: manger, party: clinic, from: 2020-13-01 }\n  - manager\n",
    );
    assert_eq!(
        lines,
        [
            "FM0503 6:16 \"karl\" nobody is called `karl`",
            "FM0502 6:22 \"rolle\" a role fact has no key `rolle`",
            "FM0502 6:53 \"form\" a role fact has no key `form`",
            "FM0505 6:59 \"2020-13-01\" `2020-13-01` is not in the calendar",
            "FM0503 7:28 \"manger\" no role is called `manger`",
            "FM0505 7:57 \"2020-13-01\" `2020-13-01` is not in the calendar",
            "FM0505 8:5 \"manager\" a role fact is a map of keys and values, not a text",
        ]
    );
    assert!(found("people: {}\n")[0].starts_with("FM0506 5:1 \"people\" the key `people` stands twice"));
    assert_eq!(
        found("roles: [ { subject: kari, role: manager, party: clinic, from: 20200101 } ]\n"),
        ["FM0505 5:63 \"20200101\" `20200101` is no day"]
    );
}

#[test]
fn attributes_wait_for_their_vocabulary() {
    let suite = format!("{}{CASE}", HEAD.replace("per: {}", "per: { birth_date: 1985-04-01 }"));
    let suites = Suites::clinic(&suite);
    assert_eq!(suites.lines(), ["FM0502 2:28 \"birth_date\" a person has no attribute `birth_date`"]);
    assert!(suites.findings[0].help.as_deref().unwrap().contains("vocabulary"));
}

#[test]
fn requests_that_cannot_be_asked() {
    let expected = [
        (
            "{ party: clinic, action: send, on: report }",
            "FM0509 7:16 \"party\" without a subject nobody asks, so nobody is named after `party`",
        ),
        ("{ subject: kari, action: send, on: report, to: per }", "FM0509 7:57 \"to\" `send` has no receiver"),
        ("{ subject: kari, action: use, on: reporting, to: per }", "FM0509 7:59 \"to\" `use` has no receiver"),
        ("{ subject: kari, action: use, on: report }", "FM0509 7:39 \"use\" the service `report` has no action `use`"),
        (
            "{ subject: kari, action: send, on: reporting }",
            "FM0509 7:39 \"send\" the package `reporting` has no action `send`",
        ),
        (
            "{ subject: kari, action: send, on: manager }",
            "FM0503 7:49 \"manager\" `manager` is a role, not a package or an area or a service or register",
        ),
        ("{ subject: kari, on: report }", "FM0508 7:14 \"{\" a request lacks `action`"),
        (
            "{ at: 2026-03-01T12:00:00, subject: kari, action: send, on: report }",
            "FM0505 7:20 \"2026-03-01T12:00:00\" `2026-03-01T12:00:00` does not say its offset from universal time",
        ),
    ];
    for (asked, line) in expected {
        let suite = format!("{HEAD}cases:\n  - name: one\n    request: {asked}\n    expect: permit\n");
        assert_eq!(Suites::clinic(&suite).lines(), [line], "{asked}");
    }
}

#[test]
fn a_request_of_its_own() {
    let compiled = compiled(&[("clinic.fmk", CLINIC)]);
    let meaning = &compiled.bundle.as_ref().unwrap().0.meaning;
    let (facts, _) = facts_of("people: { kari: {} }\n", meaning).unwrap();
    let read = |text: &str| {
        request::read(&Source::new("r.yaml", text), SourceId(0), &Names::new(meaning), &facts, Timestamp::UNIX_EPOCH)
    };
    let asked = read("{ at: 2026-12-31T23:30:00Z, subject: kari, action: delegate, on: clinic.reporting }").unwrap();
    let Request { action, on, today, .. } = asked;
    assert_eq!((action, today.to_string().as_str()), (Action::Delegate, "2027-01-01"));
    assert!(matches!(on, On::Package(_)));
    assert_eq!(read("{ action: send, on: report }").unwrap().now, Timestamp::UNIX_EPOCH);
    assert_eq!(read("").unwrap_err()[0].code.number, "FM0505");
}

#[test]
fn names_are_looked_up_at_home_then_in_what_is_used_then_everywhere() {
    let package = "package p \"P\" {\n  about \"P\"\n  delegable no\n  grant to self\n}\n";
    let files = [
        ("one.fmk", format!("module one\n{package}")),
        ("two.fmk", format!("module two\n{package}")),
        ("three.fmk", "module three\norganisation o \"O\"\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let compiled = compiled(&files);
    let names = Names::new(&compiled.bundle.as_ref().unwrap().0.meaning);
    let look = |names: &Names<'_>| {
        let mut findings = fullmakt::intake::fields::Findings::default();
        let place = fullmakt::source::Place { source: SourceId(0), span: fullmakt::source::Span::new(0, 0) };
        let thing = names.find("p", place, &[fullmakt::intake::names::Sort::Package], &mut findings);
        (thing.map(|thing| names.full(thing).to_owned()), findings.all.first().map(|found| found.message.clone()))
    };
    assert_eq!(look(&names), (None, Some("`p` may mean `one.p` or `two.p`".to_owned())));
    let within = |module: &str, uses: &[&str]| {
        names.within(Scope { module: module.into(), uses: uses.iter().map(|one| (*one).into()).collect() })
    };
    assert_eq!(look(&within("two", &["one"])).0.as_deref(), Some("two.p"));
    assert_eq!(look(&within("three", &["one"])).0.as_deref(), Some("one.p"));
    assert_eq!(look(&within("three", &["one", "two"])).0, None);
}

#[test]
fn a_misspelt_name_has_its_fix() {
    let suites = Suites::clinic(&format!("{HEAD}roles: [ {{ subject: kari, role: manger, party: clinic }} ]\n{CASE}"));
    assert_eq!(suites.findings[0].fix[0].text, "manager");
    let bad = suites.mended().unwrap();
    assert_eq!(Suites::clinic(&bad).lines(), Vec::<String>::new());
}

#[test]
fn bad_input_is_one_finding_with_a_place() {
    let hostile = [
        ("", ""),
        ("{\"people\": {", "FM0501"),
        ("people: [", "FM0501"),
        ("people:\n\tkari: {}", "FM0501"),
        ("a: 'x", "FM0501"),
        ("\u{0}", "FM0501"),
        ("a: 1\n---\nb: 2", "FM0501"),
        ("a: !shape 1", "FM0501"),
        ("a: &b 1\nc: *b", "FM0510"),
    ];
    for (text, code) in hostile {
        let found = yaml::read(&Source::new("f.yaml", text), SourceId(0)).err().map_or("", |found| found.code.number);
        assert_eq!(found, code, "{text:?}");
    }
    let deep = [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        (0..10_000).map(|at| format!("{}-\n", " ".repeat(at % 200))).collect(),
    ];
    for text in &deep {
        let found = yaml::read(&Source::new("f.yaml", text), SourceId(0)).expect_err("too deep");
        assert!(["FM0510", "FM0501"].contains(&found.code.number), "{found:?}");
    }
    assert!(yaml::read(&Source::new("f.yaml", &"x".repeat(10_000_000)), SourceId(0)).is_ok());
}

#[test]
fn a_hundred_thousand_repeats_are_one_finding() {
    let compiled = compiled(&[("clinic.fmk", CLINIC)]);
    let meaning = &compiled.bundle.as_ref().unwrap().0.meaning;
    let text = format!("people: {{{}}}", "kari: {}, ".repeat(100_000));
    let found = facts_of(&text, meaning).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].message.as_str(), found[0].related.len()), ("the key `kari` stands 100000 times", 2));
}

#[test]
fn no_scalar_is_guessed() {
    let read = |text: &str| yaml::read(&Source::new("f.yaml", text), SourceId(0)).unwrap().value;
    for text in ["no", "yes", "0123456789", "1_000", "2020-01-01", "12:30", "~x"] {
        assert_eq!(read(text), yaml::Value::Text(text.into()));
    }
    assert_eq!(read("123"), yaml::Value::Number("123".into()));
    assert_eq!(read("true"), yaml::Value::Truth(true));
}

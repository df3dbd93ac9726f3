//! What a suite can ask besides single requests: sweeps over time, questions, reasons, facts of one case; hiding; requirements; and how
//! it is run and told.

use crate::suites::Suites;
use fullmakt::compile::{Options as Compiling, compile};
use fullmakt::decide::Index;
use fullmakt::harness::options::{self, Options};
use fullmakt::harness::report::{self, Results, Summary, github, json, junit, tap};
use fullmakt::harness::requirements::{self, Killed};
use fullmakt::harness::{self, Suite, Verdict};

use fullmakt::ir::Bundle;
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::terms::effect::RuleEffect;
use fullmakt::words::Speaker;
use std::collections::BTreeSet;

const LETTERS: &str = r#"module letters

organisation population_register "The population register"

entity person { birth_date date }
entity context { login bool, quarrel bool, asked datetime }
obligation log

role guardian "Guardian" {
  from  population_register
  held  by person for person
}

package insight "Insight in letters" {
  about      "Reading the letters that somebody got."
  for        person
  delegable  to person
  services   yes
  data       personal
  grant to self
  grant use to guardian when today < party.birth_date + 16 years
}

service letters "Letters" {
  data  personal
  action read "Read the letters"
  action answer "Answer within two hours"
  permit read requires insight when context.login oblige log
  permit answer requires insight when now <= context.asked + 2 hours
}

policy quarrel for letters {
  forbid read "a quarrel" when context.quarrel
}
"#;

const WORLD: &str = "clock: 2026-03-01T12:00:00+01:00
people:
  kari: { birth_date: 1985-04-01 }
  per:  { birth_date: 1983-09-12 }
  ola:  { birth_date: 2015-06-01 }
roles:
  - { subject: kari, role: guardian, party: ola }
delegations:
  - { giver: kari, receiver: per, party: kari, package: insight, given: 2026-02-01, withdrawn: 2026-06-01T10:00:00.25+02:00 }
";

const READ: &str = "action: read, on: letters, context: { login: true, quarrel: false }";

fn suites(rest: &str) -> Suites {
    Suites::of(&[
        ("letters.test.yaml".to_owned(), format!("{WORLD}{rest}")),
        ("letters.fmk".to_owned(), LETTERS.to_owned()),
    ])
}

fn read(rest: &str) -> Suites {
    let suites = suites(rest);
    assert_eq!(suites.lines(), Vec::<String>::new(), "{rest}");
    suites
}

/// `expected` and `got` of every difference.
fn differences(suites: &Suites) -> Vec<(String, String)> {
    let all = suites.run().into_iter().flat_map(|verdict| verdict.differences);
    all.map(|one| (one.expected, one.got)).collect()
}

fn sweep(request: &str, sweep: &str, expect: &str) -> String {
    format!("cases:\n  - {{ name: a, request: {{ {request} }}, sweep: \"{sweep}\", expect: {expect} }}\n")
}

#[test]
fn a_sweep_holds_where_the_decision_changes_when_it_should() {
    let guardian = format!("subject: kari, party: ola, {READ}");
    let delegate = format!("subject: per, party: kari, {READ}");
    let ends = "{ before: permit, from: deny not-granted }";
    let answer =
        "subject: kari, action: answer, on: letters, context: { login: true, asked: 2026-03-01T12:00:00+01:00 }";
    for (request, when, expect) in [
        (&*guardian, "ola.birth_date + 16 years ± 1 day", ends),
        (&guardian, "party.birth_date + 16 years ± 10 years", ends),
        (&guardian, "2031-06-01 +- 1 month", ends),
        (&guardian, "2031-06-01T00:00:00+02:00 ± 5 minutes", ends),
        (&guardian, "ola.birth_date + 15 years + 11 months + 32 days - 1 day ± 2 days", ends),
        (
            &delegate,
            "2026-06-01T10:00:00.25+02:00 ± 3 months",
            "{ before: { expect: permit, obligations: [log] }, from: deny not-granted }",
        ),
        (&delegate, "2026-02-01 ± 1 week", ""),
        (answer, "context.asked + 2 hours ± 90 minutes", "{ before: permit, at: permit, after: deny not-granted }"),
    ] {
        if expect.is_empty() {
            assert_eq!(
                suites(&sweep(request, when, ends)).lines().len(),
                1,
                "a week is no length that the language has"
            );
            continue;
        }
        assert_eq!(differences(&read(&sweep(request, when, expect))), [], "{when}");
    }
}

#[test]
fn a_sweep_fails_where_it_changes_at_another_moment_or_not() {
    let guardian = format!("subject: kari, party: ola, {READ}");
    let ends = "{ before: permit, from: deny not-granted }";
    let got = |when: &str, expect: &str| differences(&read(&sweep(&guardian, when, expect)));
    assert_eq!(
        got("2031-06-02 ± 3 days", ends),
        [(
            "permit, then deny not-granted from 2031-06-02T00:00:00+02:00 (2031-06-02)".to_owned(),
            "permit, obligation: log, then deny not-granted from 2031-06-01T00:00:00+02:00".to_owned()
        )]
    );
    assert_eq!(got("2031-05-01 ± 3 days", ends)[0].1, "permit, obligation: log", "it does not change");
    // Also where the moment is right: it changes back within the stretch.
    let delegate = format!("subject: per, party: kari, {READ}");
    let twice = sweep(&delegate, "2026-02-01 ± 1 year", "{ before: deny not-granted, from: permit }");
    assert_eq!(
        differences(&read(&twice))[0].1,
        "deny not-granted, then permit, obligation: log from 2026-02-01T00:00:00+01:00, then deny not-granted from 2026-06-01T10:00:00.25+02:00"
    );
    let answer =
        "subject: kari, action: answer, on: letters, context: { login: true, asked: 2026-03-01T12:00:00+01:00 }";
    let late = differences(&read(&sweep(answer, "2026-03-01T14:00:00+01:00 ± 1 hour", ends)));
    assert_eq!(
        late[0].1, "permit, then deny not-granted from 2026-03-01T14:00:00.000000001+01:00",
        "just after the moment"
    );
}

#[test]
fn sweeps_that_say_no_change_are_findings() {
    let request = format!("subject: kari, party: ola, {READ}");
    for (when, expect, line) in [
        ("2031-06-01", "{ before: permit, from: deny not-granted }", "FM0520 `2031-06-01` does not say how far around"),
        ("2031-06-01 ± 1 weeks", "{ before: permit, from: deny not-granted }", "FM0520 `1 weeks` is no length of time"),
        (
            "2031-06-01 ± 30 years",
            "{ before: permit, from: deny not-granted }",
            "FM0520 the stretch is longer than 20 years",
        ),
        ("2031-06-01 ± 0 days", "{ before: permit, from: deny not-granted }", "FM0520 the stretch has no length"),
        (
            "2031-06-01 + 2 hours ± 1 day",
            "{ before: permit, from: deny not-granted }",
            "FM0520 `2031-06-01 + 2 hours` is no moment that can be reached",
        ),
        (
            "olo.birth_date ± 1 day",
            "{ before: permit, from: deny not-granted }",
            "FM0503 nobody and nothing is called `olo`",
        ),
        (
            "ola.birthdate ± 1 day",
            "{ before: permit, from: deny not-granted }",
            "FM0520 `ola.birthdate` is not known in these facts",
        ),
        ("someday ± 1 day", "{ before: permit, from: deny not-granted }", "FM0520 `someday` is no moment"),
        ("2031-06-01 ± 1 day", "permit", "FM0520 a sweep says what is decided before and from a moment"),
        ("2031-06-01 ± 1 day", "{ before: permit, from: permit }", "FM0520 the same is expected before and after"),
        ("2031-06-01 ± 1 day", "{ before: permit }", "FM0508 what a sweep expects lacks `from`"),
        (
            "2031-06-01 ± 1 day",
            "{ before: permit, from: deny, at: permit, after: permit }",
            "FM0520 `from` says what `at` and `after` say",
        ),
        ("2031-06-01 ± 1 day", "{ before: permit, from: deny }", "FM0505 a denial that is expected says its cause"),
    ] {
        let lines = suites(&sweep(&request, when, expect)).lines();
        let (code, message) = line.split_once(' ').unwrap();
        assert!(
            lines.iter().any(|found| found.starts_with(code) && found.ends_with(message)),
            "{when} {expect}: {lines:#?}"
        );
    }
    let at = sweep(&request, "2031-06-01 ± 1 day", "{ before: permit, from: deny not-granted }")
        .replace("sweep:", "at: 2026-03-01T12:00:00+01:00, sweep:");
    assert!(suites(&at).lines()[0].starts_with("FM0520"), "a moment beside a sweep");
}

#[test]
fn questions_are_answered_whole() {
    let besides = "context: { login: true, quarrel: false }";
    let ask = |ask: &str, expect: &str| format!("cases:\n  - {{ name: a, ask: {ask}, {besides}, expect: {expect} }}\n");
    for (question, answer) in [
        ("who read letters for kari", "[per, kari]"),
        ("who read letters for ola", "[kari, ola]"),
        ("who read letters", "[kari, per, ola]"),
        ("what kari for ola", "{ letters: [read], insight: [use] }"),
        ("what per", "{ letters: [read], insight: [use, delegate] }"),
    ] {
        assert_eq!(differences(&read(&ask(question, answer))), [], "{question}");
    }
    let missed = differences(&read(&ask("who read letters for kari", "[kari, ola]")));
    assert_eq!(missed.len(), 2, "one is not listed, one is listed and may not: {missed:#?}");
    for (question, answer, code) in [
        ("whom read letters", "[]", "FM0521"),
        ("who read lettres for kari", "[]", "FM0503"),
        ("who write letters for kari", "[]", "FM0509"),
        ("who read letters for olo", "[]", "FM0503"),
        ("what olo", "{}", "FM0503"),
        ("what kari", "{ letters: [write] }", "FM0509"),
        ("what kari", "[letters]", "FM0505"),
        ("who read letters for kari", "{ kari: [read] }", "FM0505"),
        ("who read letters for kari", "[anyone, kari]", "FM0521"),
    ] {
        let lines = suites(&ask(question, answer)).lines();
        assert!(lines.len() == 1 && lines[0].starts_with(code), "{question} {answer}: {lines:#?}");
    }
}

#[test]
fn reasons_are_all_that_carried_it() {
    let case = |reasons: &str| {
        format!(
            "cases:\n  - {{ name: a, request: {{ subject: per, party: kari, {READ} }}, expect: permit, reasons: {reasons} }}\n"
        )
    };
    for reasons in [
        "[permit read, kari gave per, grant to self]",
        "[\"permit read requires insight when context.login oblige log\", kari gave per insight, insight grant]",
    ] {
        assert_eq!(differences(&read(&case(reasons))), [], "{reasons}");
    }
    for reasons in [
        "[permit read]",
        "[permit read, kari gave per, grant to self, grant to guardian]",
        "[permit rea, kari gave per, grant to self]",
    ] {
        let found = differences(&read(&case(reasons)));
        assert!(
            found[0].1.starts_with("permit, reason: grant to self; kari gave per insight; permit read requires"),
            "{found:?}"
        );
    }
    let denied = case("[permit read]").replace("expect: permit", "expect: deny not-granted");
    assert!(suites(&denied).lines()[0].starts_with("FM0505"));
}

#[test]
fn a_case_may_have_facts_of_its_own_and_lose_a_source() {
    let own = format!(
        "cases:
  - name: own
    facts: {{ people: {{ eva: {{ birth_date: 1990-01-01 }}, nils: {{ birth_date: 2020-01-01 }} }}, roles: [ {{ subject: eva, role: guardian, party: nils }} ] }}
    request: {{ subject: eva, party: nils, {READ} }}
    expect: permit
  - {{ name: the same facts, same: true, at: 2040-01-01T12:00:00+01:00, expect: deny not-granted }}
  - {{ name: silent, same: true, at: 2026-03-01T12:00:00+01:00, out_of_reach: [population_register], expect: deny undecidable, missing: [role guardian] }}
  - {{ name: the suite's again, request: {{ subject: kari, party: ola, {READ} }}, expect: permit }}
"
    );
    let suites = read(&own);
    assert_eq!(differences(&suites), []);
    let all: Vec<usize> =
        harness::asked(&suites.read).map(|(suite, check, _)| suite.facts_of(check).entity_count()).collect();
    assert_eq!(all, [3, 3, 3, 4], "with the organisation of the policies");
    assert!(
        self::suites(&own.replace("subject: eva, party: nils", "subject: kari, party: nils")).lines()[0]
            .contains("kari")
    );
}

#[test]
fn every_fact_that_a_decision_may_read_is_hidden() {
    let suites =
        read(&format!("cases:\n  - {{ name: a, request: {{ subject: kari, party: ola, {READ} }}, expect: permit }}\n"));
    // The birth dates of the two and of per, to whom one of them gave something; the login, the quarrel and the register.
    assert_eq!(suites.run()[0].hidden, 6);
    let (bundle, origins) = suites.compiled.bundle.as_ref().unwrap();
    let quiet = Options { hiding: false, ..Options::default() };
    let speaker = Speaker::new(bundle, Some(origins));
    assert_eq!(harness::run_with(&suites.read, &speaker, &suites.sources, &quiet)[0].hidden, 0);
}

/// Permits of one action that oblige differently are an error when compiled; a bundle from elsewhere may have them.
fn obliging_less(made: &Bundle) -> Bundle {
    let mut made = made.clone();
    let permit = made
        .meaning
        .rules
        .iter()
        .find(|rule| rule.effect == RuleEffect::Permit && rule.when.is_some() && !rule.oblige.is_empty());
    let mut other = permit.unwrap().clone();
    other.key = format!("{}x", other.key).into();
    other.oblige.clear();
    other.when = None;
    made.meaning.rules.push(other);
    made.meaning.rules.sort_by(|one, other| one.key.cmp(&other.key));
    made
}

#[test]
fn a_hidden_fact_that_gives_more_has_words_of_its_own() {
    let suites = read(&format!(
        "cases:\n  - {{ name: a, request: {{ subject: kari, {READ} }}, expect: permit, obligations: [log] }}\n"
    ));
    assert_eq!(differences(&suites), []);
    let made = obliging_less(&suites.compiled.bundle.as_ref().unwrap().0);
    let told = harness::run(&suites.read, &Speaker::new(&made, None), &suites.sources);
    let said: Vec<(&str, &str)> = told[0].differences.iter().map(|one| (&*one.expected, &*one.got)).collect();
    assert_eq!(
        said,
        [(
            "every obligation still with context.login hidden",
            "fewer obligations: hiding a fact must never take one away"
        )]
    );
}

#[test]
fn requirements_have_cases_and_mutants() {
    let request = format!("subject: kari, party: ola, {READ}");
    let suites = read(&format!(
        "cases:
  - {{ name: L-1 one, request: {{ {request} }}, expect: permit }}
  - {{ name: \"L-1, L-2 both\", request: {{ {request} }}, at: 2040-01-01T12:00:00+01:00, expect: deny not-granted }}
  - {{ name: L-3 later, request: {{ {request} }}, expect: permit, skip: {{ reason: later, until: 2030-01-01 }} }}
  - {{ name: none L-4, request: {{ {request} }}, expect: permit }}
"
    ));
    let page = Source::new(
        "r.md",
        "# R\n\n| id | what |\n|---|---|\n| L-1 | a |\n|`L-2`| b |\n  | **L-3** | c |\n| L-4 | L-9 |\n",
    );
    let listed = requirements::read(&page, SourceId(9)).unwrap();
    let ids: Vec<(&str, &str)> = listed.ids.iter().map(|(id, place)| (&**id, page.slice(place.span))).collect();
    assert_eq!(ids, [("L-1", "L-1"), ("L-2", "L-2"), ("L-3", "L-3"), ("L-4", "L-4")]);
    let rows = requirements::report(&listed, &suites.read, None);
    let counts: Vec<_> =
        rows.iter().map(|row| (row.cases, row.permits, row.denies, row.skipped, row.is_covered())).collect();
    assert_eq!(counts, [(2, 1, 1, 0, true), (1, 0, 1, 0, true), (0, 0, 0, 1, false), (0, 0, 0, 0, false)]);
    let places: Vec<_> = suites.read[0].checks.iter().map(|check| check.place).collect();
    let killed = [[0, 1].as_slice(), &[0], &[3]]
        .map(|by| Killed { module: "letters".into(), by: by.iter().map(|at| places[*at]).collect::<BTreeSet<_>>() });
    let rows = requirements::report(&listed, &suites.read, Some(&killed));
    let kills: Vec<_> = rows.iter().map(|row| (row.kills.unwrap(), row.is_covered())).collect();
    assert_eq!(kills, [((2, 2), true), ((1, 0), true), ((0, 0), false), ((0, 0), false)]);
    let text = requirements::text(&rows);
    assert!(
        text.contains("\nL-1              2        1       1      2      2\n")
            && text.ends_with("\n2 of 4 requirements covered\n"),
        "{text}"
    );
    let twice = Source::new("r.md", "| L-1 |\n| L-1 |\n");
    assert_eq!(requirements::read(&twice, SourceId(9)).unwrap_err()[0].code.number, "FM0506");
}

#[test]
fn which_checks_fail_over_another_bundle() {
    let suites = read(&format!(
        "cases:
  - {{ name: young, request: {{ subject: kari, party: ola, {READ} }}, expect: permit, reasons: [permit read, grant use to guardian] }}
  - {{ name: by sixteen, same: true, sweep: ola.birth_date + 16 years ± 1 day, expect: {{ before: permit, from: deny not-granted }} }}
"
    ));
    let failing = |module: &str| -> Vec<String> {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("letters.fmk", module));
        let made = compile(&sources, &[id], Compiling::default()).bundle.expect("a bundle").0;
        suites.read[0].failing(&Index::new(&made)).iter().map(|check| check.name.to_string()).collect()
    };
    assert_eq!(failing(LETTERS), Vec::<String>::new());
    assert_eq!(failing(&LETTERS.replace("16 years", "17 years")), ["by sixteen"], "its words alone kill nothing");
    assert_eq!(failing(&LETTERS.replace("16 years", "5 years")), ["young", "by sixteen"]);
}

/// A suite of many cases, of which the eleventh and the last fail.
fn many() -> Suites {
    let mut text = "cases:\n".to_owned();
    for at in 0..200 {
        let expect = if at == 10 || at == 199 { "deny forbidden" } else { "permit" };
        text.push_str(&format!("  - {{ name: c{at}, request: {{ subject: kari, {READ} }}, expect: {expect} }}\n"));
    }
    read(&text)
}

#[test]
fn the_order_of_a_run_is_the_same_on_any_number_of_threads() {
    let suites = many();
    let (bundle, origins) = suites.compiled.bundle.as_ref().unwrap();
    let speaker = Speaker::new(bundle, Some(origins));
    let names = |options: &Options, jobs: usize| -> Vec<Box<str>> {
        let run = harness::on_threads(jobs, || harness::run_with(&suites.read, &speaker, &suites.sources, options));
        run.into_iter().map(|verdict: Verdict| verdict.name).collect()
    };
    let fast = Options { fail_fast: true, ..Options::default() };
    let stopped = names(&fast, 1);
    assert_eq!((stopped.len(), &**stopped.last().unwrap()), (11, "c10"), "nothing behind the first that fails");
    let shuffled = Options { shuffle: Some(7), ..Options::default() };
    for options in [&Options::default(), &fast, &shuffled] {
        let one = names(options, 1);
        assert!([2, 8].iter().all(|jobs| names(options, *jobs) == one));
    }
    let plain: BTreeSet<Box<str>> = names(&Options::default(), 2).into_iter().collect();
    let other = names(&shuffled, 2);
    assert_ne!(other, names(&Options { shuffle: Some(8), ..Options::default() }, 2));
    assert_eq!(other.into_iter().collect::<BTreeSet<_>>(), plain, "each once");
}

#[test]
fn a_filter_takes_names_of_cases_and_modules() {
    let count = |text: &str| -> Result<usize, String> {
        let mut suites = many();
        let mut read: Vec<Suite> = std::mem::take(&mut suites.read);
        match options::filter(&mut read, text, &mut suites.sources) {
            Ok(()) => Ok(read.iter().map(|suite| suite.checks.len()).sum()),
            Err(finding) => Err(format!("{} {}", finding.code.number, finding.help.unwrap_or_default())),
        }
    };
    assert_eq!(count("c19"), Ok(11));
    assert_eq!(count("letter"), Ok(200), "a part of the name of the module");
    assert_eq!(count("c1999"), Err("FM0514 did you mean `c199`?".to_owned()));
}

#[test]
fn every_form_tells_the_same() {
    let suites = read(&format!(
        "cases:
  - {{ name: \"<holds> & # \\\\ \\u0007\", request: {{ subject: kari, {READ} }}, expect: permit }}
  - {{ name: differs, request: {{ subject: kari, {READ} }}, expect: deny forbidden }}
  - {{ name: later, request: {{ subject: kari, {READ} }}, expect: permit, skip: {{ reason: \"a \\\"reason\\\"\", until: 2030-01-01 }} }}
"
    ));
    let verdicts = suites.run();
    let results =
        Results { findings: &[], verdicts: &verdicts, snapshots: &[], requirements: None, sources: &suites.sources };
    assert_eq!(
        results.summary().to_string(),
        "2 cases, 0 tables with 0 decisions, 0 snapshots, 1 skipped: 1 not as expected"
    );

    let xml = junit::text(&results);
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let root = document.root_element();
    let counts = |node: &roxmltree::Node<'_, '_>| {
        ["tests", "failures", "errors", "skipped"].map(|key| node.attribute(key).unwrap().to_owned())
    };
    assert_eq!((root.tag_name().name(), counts(&root)), ("testsuites", ["3", "1", "0", "1"].map(str::to_owned)));
    let suite = root.children().find(|node| node.is_element()).unwrap();
    assert_eq!((suite.attribute("name"), counts(&suite)), (Some("letters"), ["3", "1", "0", "1"].map(str::to_owned)));
    let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases[0].attribute("name"), Some("<holds> & # \\ \\u{7}"), "what XML cannot hold is shown");
    assert_eq!(cases[1].attribute("classname"), Some("letters"));
    let failure = cases[1].children().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(failure.attribute("message").unwrap().starts_with("expected deny forbidden, got permit"));
    assert!(failure.text().unwrap().contains("letters.test.yaml:12:5"), "{xml}");
    assert!(cases[2].children().any(|node| node.has_tag_name("skipped")));

    let lines = tap::text(&results);
    assert!(lines.starts_with("TAP version 14\n1..3\nok 1 - letters: <holds> & \\# \\\\"), "{lines}");
    assert!(lines.contains("\nnot ok 2 - letters: differs\n  ---\n  at: \"letters.test.yaml:12:5\"\n"), "{lines}");
    assert!(lines.ends_with("\nok 3 - letters: later # SKIP a \"reason\" (until 2030-01-01)\n"), "{lines}");

    let said: serde_json::Value = serde_json::from_str(&json::text(&results)).unwrap();
    let outcomes: Vec<&str> =
        said["verdicts"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!((said["met"].as_bool(), outcomes), (Some(false), vec!["met", "differs", "skipped"]));
    assert!(said["summary"]["hidden"].as_u64().unwrap() > 4);

    let commands = github::text(&results);
    assert!(
        commands.starts_with(
            "::error file=letters.test.yaml,line=12,col=5,title=differs::expected deny forbidden%0Agot permit"
        ),
        "{commands}"
    );
    assert_eq!(commands.lines().count(), 1);
    let human: String = verdicts.iter().map(|verdict| report::of_verdict(verdict, &suites.sources)).collect();
    assert!(human.contains("skipped  letters.test.yaml:13:5  later\n  until 2030-01-01: a \"reason\"\n"), "{human}");
    assert!(!Summary::of(&verdicts[2..], []).is_met(), "what is skipped alone is nothing");
}

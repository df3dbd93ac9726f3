//! Mutation testing: every kind of change has a mutant that survives until the case that is printed is pasted, and is killed
//! then; every mutant is a bundle; nothing passes for tested that was not tried.

use crate::suites::Suites;
use fullmakt::harness::mutate::{self, Fate, Mutation, Options, Run, Trouble, report};
use fullmakt::intake;
use fullmakt::ir::json;
use fullmakt::source::{Source, SourceId};
use std::collections::{BTreeMap, BTreeSet};

const MODULE: &str = include_str!("mutation/ward.fmk");
/// A permit of each action and no more, so that nearly everything survives.
const THIN: &str = include_str!("mutation/thin.test.yaml");

fn suites(suite: &str) -> Suites {
    let suites =
        Suites::of(&[("ward.fmk".to_owned(), MODULE.to_owned()), ("ward.test.yaml".to_owned(), suite.to_owned())]);
    let errors: Vec<_> = suites.compiled.findings.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty() && suites.compiled.bundle.is_some(), "{errors:#?}");
    assert_eq!(suites.lines(), Vec::<String>::new());
    suites
}

fn run(suites: &Suites) -> Run {
    suites.mutated(&Options::default()).unwrap_or_else(|trouble| panic!("{trouble:?}"))
}

fn survivors(run: &Run) -> Vec<&mutate::Outcome> {
    run.outcomes.iter().filter(|outcome| matches!(outcome.fate, Fate::Survived(_))).collect()
}

/// A suite with these cases more.
fn with_cases(suite: &str, cases: &[&str]) -> String {
    let mut text = suite.to_owned();
    for (at, case) in cases.iter().enumerate() {
        // Two survivors may ask the same: each case has a name that is new to the suite.
        let first = case.lines().next().unwrap_or("");
        let case = case.replacen(first, &format!("- name: case {at}"), 1);
        text.extend(case.lines().map(|line| format!("  {line}\n")));
    }
    text
}

fn told(suites: &Suites, run: &Run) -> String {
    let (_, origins) = suites.compiled.bundle.as_ref().unwrap();
    report::human(run, origins, &suites.sources)
}

#[test]
fn a_survivor_is_killed_by_the_case_that_is_printed() {
    let thin = suites(THIN);
    let first = run(&thin);
    let mut survived: BTreeSet<Mutation> = BTreeSet::new();
    let mut cases: Vec<&str> = Vec::new();
    let mut without = Vec::new();
    for outcome in survivors(&first) {
        survived.insert(outcome.mutant.mutation);
        match &outcome.fate {
            Fate::Survived(Some(case)) => cases.push(&case.text),
            _ => without.push(&*outcome.mutant.says),
        }
    }
    assert_eq!(without, Vec::<&str>::new(), "survivors without a case");
    let lacking = |kinds: &BTreeSet<Mutation>| -> Vec<&str> {
        Mutation::ALL.iter().filter(|kind| !kinds.contains(*kind)).map(|kind| kind.word()).collect()
    };
    assert_eq!(lacking(&survived), Vec::<&str>::new(), "kinds of change of which no mutant survives one case");
    // All cases together pass, and leave none of them.
    let pasted = suites(&with_cases(THIN, &cases));
    let second = run(&pasted);
    let left: Vec<&str> = survivors(&second).iter().map(|outcome| &*outcome.mutant.says).collect();
    assert_eq!(left, Vec::<&str>::new());
    let killed = second.outcomes.iter().filter(|outcome| matches!(outcome.fate, Fate::Killed(_)));
    let killed: BTreeSet<Mutation> = killed.map(|outcome| outcome.mutant.mutation).collect();
    assert_eq!(lacking(&killed), Vec::<&str>::new(), "kinds of change of which no mutant is killed");
    // What is set aside is so whatever the suite says.
    let same = |run: &Run| {
        let same = run.outcomes.iter().filter(|outcome| matches!(outcome.fate, Fate::Same(_)));
        same.map(|outcome| outcome.mutant.says.clone()).collect::<Vec<_>>()
    };
    assert_eq!(same(&first), same(&second));
}

#[test]
fn every_mutant_is_a_bundle_and_another_one() {
    for suites in [suites(THIN), Suites::clinic(CLINIC_SUITE)] {
        let (bundle, origins) = suites.compiled.bundle.as_ref().unwrap();
        let original = json::meaning_text(bundle);
        let mut seen = BTreeMap::new();
        for mutant in mutate::mutants(bundle, origins) {
            let made = mutant.bundle(bundle);
            let text = json::bundle_text(&made);
            let read = intake::bundle::read(&Source::new("bundle.json", &text), SourceId(0));
            assert_eq!(read.as_ref(), Ok(&made), "{}", mutant.says);
            let meaning = json::meaning_text(&made);
            assert_ne!(meaning, original, "{}: {}", mutant.mutation.word(), mutant.says);
            assert_eq!(mutant.in_place(bundle).meaning.rules.len(), bundle.meaning.rules.len());
            seen.entry(meaning).or_insert_with(Vec::new).push(mutant.says.clone());
        }
        assert!(seen.len() > 10);
    }
}

const CLINIC_SUITE: &str = "clock: 2026-03-01T12:00:00+01:00
people: { kari: {} }
organisations: { clinic: {} }
roles:
  - { subject: kari, role: manager, party: clinic }
cases:
  - name: the manager sends
    request: { subject: kari, party: clinic, action: send, on: report }
    expect: permit
";

#[test]
fn the_same_whatever_the_threads_and_told_alike() {
    let suites = Suites::clinic(CLINIC_SUITE);
    let of = |jobs| {
        let run = suites.mutated(&Options { jobs: Some(jobs), ..Options::default() }).unwrap();
        let (_, origins) = suites.compiled.bundle.as_ref().unwrap();
        (told(&suites, &run), report::json(&run, origins, &suites.sources))
    };
    let one = of(1);
    assert_eq!(one, of(3));
    let first: Vec<&str> = one.0.lines().take(5).collect();
    assert_eq!(
        first,
        [
            "survives  clinic.fmk:13:3  role-source",
            "  without `from register` of role `manager`",
            "",
            "  13 │   from  register  // who answers for the fact",
            "     │   ^^^^^^^^^^^^^^",
        ]
    );
}

#[test]
fn a_sample_is_part_of_the_whole_and_says_what_it_leaves_out() {
    let suites = Suites::clinic(CLINIC_SUITE);
    let all = suites.mutated(&Options::default()).unwrap();
    let says = |run: &Run| run.outcomes.iter().map(|outcome| outcome.mutant.says.clone()).collect::<Vec<_>>();
    let sample = |seed| suites.mutated(&Options { sample: Some(5), seed, ..Options::default() }).unwrap();
    let some = sample(7);
    assert_eq!((some.outcomes.len(), some.left_out), (5, all.outcomes.len() - 5));
    assert!(says(&some).iter().all(|one| says(&all).contains(one)));
    assert_eq!(says(&some), says(&sample(7)));
    assert!((0..20).any(|seed| says(&sample(seed)) != says(&some)));
    let filtered = suites.mutated(&Options { filter: Some("role-key".into()), ..Options::default() }).unwrap();
    assert!(filtered.outcomes.iter().all(|outcome| outcome.mutant.mutation == Mutation::RoleKey));
    assert_eq!(filtered.left_out, 0);
}

#[test]
fn nothing_passes_for_tested_that_was_not_tried() {
    let suites = Suites::clinic(CLINIC_SUITE);
    let filtered = |filter: &str| suites.mutated(&Options { filter: Some(filter.into()), ..Options::default() });
    assert_eq!(filtered("grant-droped").err(), Some(Trouble::NothingMatches));
    let elsewhere = suites.mutated(&Options { module: Some("clinics".into()), ..Options::default() });
    assert_eq!(elsewhere.err(), Some(Trouble::NothingMatches));
    let wrong = Suites::clinic(&CLINIC_SUITE.replace("expect: permit", "expect: deny not-granted"));
    let Err(Trouble::Unmet(unmet)) = wrong.mutated(&Options::default()) else { panic!("a case differs") };
    assert_eq!(&*unmet[0].name, "the manager sends");
}

/// The schema and the page list every kind of change.
#[test]
fn every_kind_of_change_is_told() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../src/cli/schemas/mutants.json")).unwrap();
    let listed = schema.pointer("/$defs/mutant/properties/mutation/enum").and_then(|words| words.as_array()).unwrap();
    let listed: Vec<&str> = listed.iter().filter_map(|word| word.as_str()).collect();
    let all: Vec<&str> = Mutation::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(listed, all);
    let page = include_str!("../docs/mutation.md");
    let lacking: Vec<&&str> = all.iter().filter(|word| !page.contains(&format!("\n| `{word}` |"))).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}

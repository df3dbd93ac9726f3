//! What the shipped policies decide: every suite holds, and the decision table of every module is the one accepted.

use crate::support::holds_snapshot;
use fullmakt::compile::{Compiled, Options, compile};
use fullmakt::harness::{self, Beside, report, snapshot};
use fullmakt::intake::Scope;
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::words::Speaker;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The texts below a folder of the repository, by their paths.
fn texts(folder: &str) -> BTreeMap<String, String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.join(folder)];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap_or(Path::new("")).to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The shipped policies, compiled, with their suites.
fn shipped() -> (Sources, Compiled, Vec<Beside>) {
    let mut sources = Sources::default();
    let texts = texts("policies");
    let with = |ending: &str| texts.iter().filter(move |(path, _)| path.ends_with(ending)).collect::<Vec<_>>();
    let modules: Vec<SourceId> =
        with(".fmk").into_iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
    let compiled = compile(&sources, &modules, Options::default());
    let suites = with(".test.yaml")
        .into_iter()
        .map(|(path, text)| {
            let suite = sources.add(Source::new(path, text));
            let beside = path.replace(".test.yaml", ".fmk");
            let module = compiled
                .modules
                .iter()
                .find(|module| sources.get(module.source).is_some_and(|source| source.name() == beside));
            let scope = |module: &fullmakt::compile::ModuleText| Scope {
                module: module.name.clone(),
                uses: module.uses.clone(),
            };
            Beside { suite, module: module.map(scope) }
        })
        .collect();
    (sources, compiled, suites)
}

#[test]
fn every_case_and_every_row_of_the_shipped_suites_holds() {
    let (sources, compiled, suites) = shipped();
    let (bundle, origins) = compiled.bundle.as_ref().expect("the shipped policies compile");
    let (suites, findings) = harness::read(&sources, &suites, &bundle.meaning);
    let told: Vec<String> = findings
        .iter()
        .map(|found| {
            let source = sources.get(found.place.source).unwrap();
            let at = source.position(found.place.span.start);
            format!(
                "{}:{}:{} {} {} [{}]",
                source.name(),
                at.line,
                at.column,
                found.code,
                found.message,
                sources.slice(found.place)
            )
        })
        .collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    let verdicts = harness::run(&suites, &Speaker::new(bundle, Some(origins)), &sources);
    let differing: String = verdicts.iter().map(|verdict| report::of_verdict(verdict, &sources)).collect();
    let summary = report::Summary::of(&verdicts, &[]);
    assert!(summary.is_met(), "{differing}{summary}");
}

#[test]
fn the_decision_table_of_every_module_is_the_accepted_one() {
    let (_, compiled, _) = shipped();
    let (bundle, _) = compiled.bundle.as_ref().expect("the shipped policies compile");
    let all = snapshot::all(bundle);
    for one in &all {
        holds_snapshot("decisions", one.stem(), &one.description, &one.table);
    }
    let files = texts("snapshots/decisions");
    for one in &all {
        assert_eq!(files.get(&format!("snapshots/decisions/{}", one.file)), Some(&one.text()), "{}", one.file);
    }
    assert_eq!(files.len(), all.len(), "a snapshot of no module: {:?}", files.keys());
}

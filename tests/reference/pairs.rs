//! Writes pairs for compare.py: generated policies as bundles, worlds over them, requests, and what `decide` answers.
//! Compares nothing itself.
//!
//! cargo run --release --example pairs -- OUT --bundles 200 --pairs 100000 --seed 7

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a tool of the tests, which fails by panicking"
)]

#[path = "../support/generate.rs"]
mod generate;
#[path = "../support/written.rs"]
mod written;

use fullmakt::compile::{Compiled, ModuleText, Options, compile};
use fullmakt::decide::{Cause, Decider, Decision, Index, Request};
use fullmakt::diag::Severity;
use fullmakt::emit;
use fullmakt::facts::Draft;
use fullmakt::harness::{self, Beside};
use fullmakt::intake::names::Scope;
use fullmakt::ir::{Bundle, Meaning};
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::workspace::{self, Loaded};
use generate::Dice;
use generate::world::{self, World};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use written::{answer_json, facts_json, request_json};

/// Worlds over a bundle.
const WORLDS: usize = 10;
/// So many of a hundred pairs are over the shipped policies.
const SHIPPED: usize = 5;

struct Asked {
    out: PathBuf,
    bundles: usize,
    pairs: usize,
    seed: u64,
    shipped: Option<PathBuf>,
}

fn asked() -> Asked {
    let mut arguments = std::env::args().skip(1);
    let mut options =
        Asked { out: arguments.next().expect("OUT").into(), bundles: 200, pairs: 100_000, seed: 7, shipped: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next().expect("a value after each option");
        match &*name {
            "--bundles" => options.bundles = value.parse().expect("a number"),
            "--pairs" => options.pairs = value.parse().expect("a number"),
            "--shipped" => options.shipped = Some(value.into()),
            "--seed" => options.seed = value.parse().expect("a number"),
            _ => panic!("unknown option {name}"),
        }
    }
    options
}

fn main() {
    let mut options = asked();
    let mut dice = Dice(options.seed);
    fs::create_dir_all(&options.out).expect("a folder to write to");
    let file = fs::File::create(options.out.join("pairs.jsonl")).expect("pairs.jsonl");
    let mut lines = BufWriter::new(file);
    if let Some(folder) = options.shipped {
        let loaded = workspace::read_modules_and_suites(&[folder]);
        let compiled = compiled(&loaded.sources, &loaded.modules, &options.out.join("shipped"));
        let bundle = compiled.bundle.as_ref().map(|(bundle, _)| bundle).expect("a bundle");
        write_suites(&mut lines, &loaded, &compiled.modules, bundle);
        write_pairs(&mut lines, &mut dice, "shipped/bundle.json", bundle, options.pairs * SHIPPED / 100);
        options.pairs -= options.pairs * SHIPPED / 100;
    }
    for number in 0..options.bundles {
        let policy = generate::policy(&mut dice, number);
        let name = format!("{number:03}");
        let bundle = generated(&options.out.join(&name), &policy);
        let share = options.pairs * (number + 1) / options.bundles - options.pairs * number / options.bundles;
        write_pairs(&mut lines, &mut dice, &format!("{name}/bundle.json"), &bundle, share);
    }
    lines.flush().expect("pairs.jsonl");
}

/// Writes the source text of a generated policy and compiles it.
fn generated(folder: &Path, policy: &generate::Policy) -> Bundle {
    let mut sources = Sources::default();
    let mut modules = Vec::new();
    for (path, text) in generate::source_text::modules(policy) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, &text).expect("source text");
        modules.push(sources.add(Source::new(&path.to_string_lossy(), &text)));
    }
    compiled(&sources, &modules, folder).bundle.expect("a bundle").0
}

/// Compiles without an error and writes all files of the set.
fn compiled(sources: &Sources, modules: &[SourceId], folder: &Path) -> Compiled {
    let compiled = compile(sources, modules, Options::default());
    for finding in compiled.findings.iter().filter(|finding| finding.code.severity == Severity::Error) {
        let name = sources.get(finding.place.source).map_or("", Source::name);
        eprintln!("{name}: {}: {}", finding.code.number, finding.message);
    }
    let (bundle, origins) = compiled.bundle.as_ref().expect("policies without errors");
    fs::create_dir_all(folder).expect("a folder");
    for file in emit::files(bundle, origins, sources, &["json", "xacml"]).expect("every target can say it") {
        fs::write(folder.join(file.name), file.bytes).expect(file.name);
    }
    compiled
}

/// Every case and every cell of every table of the suites beside shipped modules.
fn write_suites(lines: &mut impl Write, loaded: &Loaded, modules: &[ModuleText], bundle: &Bundle) {
    let name = |id| loaded.sources.get(id).map_or("", Source::name);
    let scope = |suite: SourceId| {
        let path = name(suite).strip_suffix(".test.yaml")?;
        let module = modules.iter().find(|module| name(module.source).strip_suffix(".fmk") == Some(path))?;
        Some(Scope { module: module.name.clone(), uses: module.uses.clone() })
    };
    let beside: Vec<Beside> = loaded.suites.iter().map(|id| Beside { suite: *id, module: scope(*id) }).collect();
    let (suites, findings) = harness::read(&loaded.sources, &beside, &bundle.meaning);
    assert!(findings.is_empty(), "suites without findings: {findings:?}");
    let index = Index::new(bundle);
    let mut asked = 0;
    for (facts, request) in harness::questions(&suites) {
        let decided = index.decide(facts, request);
        let facts = facts.draft();
        let facts_json = facts_json(&bundle.meaning, &facts);
        write_pair(lines, "shipped/bundle.json", bundle, &facts, &facts_json, request, &decided);
        asked += 1;
    }
    println!("{asked} questions of the shipped suites");
}

/// So many pairs over one bundle, in several worlds.
fn write_pairs(lines: &mut impl Write, dice: &mut Dice, bundle_path: &str, bundle: &Bundle, pairs: usize) {
    let index = Index::new(bundle);
    for number in 0..WORLDS {
        let world = world::world(dice, &bundle.meaning);
        let facts = &world.facts;
        let stored = facts.store();
        let decider = Decider::new(&index, &stored);
        let facts_json = facts_json(&bundle.meaning, facts);
        for _ in 0..pairs * (number + 1) / WORLDS - pairs * number / WORLDS {
            let (request, decision) = steered(dice, &decider, &bundle.meaning, &world);
            write_pair(lines, bundle_path, bundle, facts, &facts_json, &request, &decision);
        }
    }
}

fn write_pair(
    lines: &mut impl Write,
    bundle_path: &str,
    bundle: &Bundle,
    facts: &Draft,
    facts_json: &Value,
    request: &Request,
    decision: &Decision,
) {
    let pair = json!({
        "bundle": bundle_path,
        "facts": facts_json,
        "request": request_json(&bundle.meaning, facts, request),
        "answer": answer_json(&bundle.meaning, decision),
    });
    writeln!(lines, "{pair}").expect("pairs.jsonl");
}

/// A request with, if one is soon found, the cause that chance wants: so that half of all are permits.
fn steered(dice: &mut Dice, decider: &Decider<'_, '_>, meaning: &Meaning, world: &World) -> (Request, Decision) {
    let wanted = match dice.below(100) {
        0..50 => Some(Cause::Permitted),
        50..60 => Some(Cause::Undecidable),
        _ => None,
    };
    let mut left = 8;
    loop {
        let request = world::request(dice, meaning, world);
        let decision = decider.decide(&request);
        left -= 1;
        if left == 0 || wanted.is_none_or(|cause| decision.cause == cause) {
            return (request, decision);
        }
    }
}

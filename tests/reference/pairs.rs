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

use fullmakt::compile::{Compiled, ModuleText, Options, compile};
use fullmakt::decide::{Cause, Decider, Decision, Index, On, OpenValue, Request, What};
use fullmakt::diag::Severity;
use fullmakt::emit;
use fullmakt::facts::{EntityId, Facts, Given};
use fullmakt::harness::{self, Beside};
use fullmakt::intake::names::Scope;
use fullmakt::ir::{Bundle, Meaning};
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::terms::period::Period;
use fullmakt::workspace::{self, Loaded};
use generate::Dice;
use generate::world::{self, World};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

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
        let facts_json = facts_json(&bundle.meaning, facts);
        write_pair(lines, "shipped/bundle.json", bundle, facts, &facts_json, request, &index.decide(facts, request));
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
        let decider = Decider::new(&index, facts);
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
    facts: &Facts,
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

fn with_period(mut value: Value, period: Period) -> Value {
    for (key, day) in [("from", period.from), ("before", period.before)] {
        if let Some(day) = day {
            value[key] = json!(day.to_string());
        }
    }
    value
}

fn facts_json(meaning: &Meaning, facts: &Facts) -> Value {
    let entities: Map<String, Value> = facts
        .entities
        .iter()
        .filter(|entity| entity.declared.is_none())
        .map(|entity| (entity.name.to_string(), json!(entity.kind.word())))
        .collect();
    let roles: Vec<Value> = facts
        .roles
        .iter()
        .map(|fact| {
            let role = &meaning.role(fact.role).expect("a role").name;
            let mut value = json!({ "subject": facts.name(fact.subject), "role": role });
            if let Some(party) = fact.party {
                value["party"] = json!(facts.name(party));
            }
            with_period(value, fact.period)
        })
        .collect();
    let delegations: Vec<Value> = facts
        .delegations
        .iter()
        .map(|one| {
            let mut value = json!({
                "giver": facts.name(one.giver),
                "receiver": facts.name(one.receiver),
                "party": facts.name(one.party),
                "given": one.given.to_string(),
            });
            match one.what {
                Given::Package(id) => value["package"] = json!(meaning.package(id).expect("a package").name),
                Given::Area(id) => value["area"] = json!(meaning.area(id).expect("an area").name),
            }
            if let Some(moment) = one.withdrawn {
                value["withdrawn"] = json!(moment.to_string());
            }
            with_period(value, one.period)
        })
        .collect();
    let out_of_reach: Vec<&str> =
        facts.out_of_reach.iter().filter_map(|id| meaning.organisations.get(id.index())).map(|name| &**name).collect();
    json!({ "entities": entities, "roles": roles, "delegations": delegations, "out_of_reach": out_of_reach })
}

fn request_json(meaning: &Meaning, facts: &Facts, request: &Request) -> Value {
    let on = match request.on {
        On::Package(id) => json!({ "package": meaning.package(id).expect("a package").name }),
        On::Area(id) => json!({ "area": meaning.area(id).expect("an area").name }),
        On::Resource(id) => json!({ "resource": meaning.resource(id).expect("a resource").name }),
    };
    let mut value = json!({ "at": request.now.to_string(), "action": request.action.word(), "on": on });
    let named: [(&str, Option<EntityId>); 3] =
        [("subject", request.subject), ("party", request.party), ("to", request.to)];
    for (key, id) in named {
        if let Some(id) = id {
            value[key] = json!(facts.name(id));
        }
    }
    value
}

fn answer_json(meaning: &Meaning, decision: &Decision) -> Value {
    let mut open: Vec<String> = decision
        .open
        .iter()
        .map(|question| {
            let name = match question.what {
                What::Package(id) => &meaning.package(id).expect("a package").name,
                What::Area(id) => &meaning.area(id).expect("an area").name,
            };
            match question.open {
                OpenValue::Kinds => format!("{name} for"),
                OpenValue::Delegable => format!("{name} delegable"),
                OpenValue::Grant => format!("{name} grant"),
                OpenValue::GrantToItself => format!("{name} grant self"),
                OpenValue::GrantToRole(id) => format!("{name} grant role {}", meaning.role(id).expect("a role").name),
                OpenValue::GrantToPackage(id) => {
                    format!("{name} grant package {}", meaning.package(id).expect("a package").name)
                }
            }
        })
        .collect();
    open.sort_unstable();
    let effect = match decision.effect {
        fullmakt::decide::Effect::Permit => "permit",
        fullmakt::decide::Effect::Deny => "deny",
    };
    json!({ "decision": effect, "cause": decision.cause.word(), "open": open })
}

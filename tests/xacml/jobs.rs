//! Writes what another engine is asked: for each bundle of a folder its `policies.xml` and requests with the answers of `decide`: by
//! chance and, of the bundles named, a scene for each way in which something can be permitted. Compares nothing itself.
//!
//! cargo run --release --example xacml -- PAIRS OUT --requests 200 --scenes suites,000 --suites policies

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a tool of the tests, which fails by panicking"
)]

#[path = "../support/generate.rs"]
mod generate;
#[path = "scenes.rs"]
mod scenes;
#[path = "../support/xacml_request.rs"]
mod xacml_request;

use fullmakt::compile;
use fullmakt::decide::{Decider, Effect, Index, On, Request};
use fullmakt::emit::attributes::{self, AllAsked};
use fullmakt::emit::xacml::policies;
use fullmakt::facts::Facts;
use fullmakt::harness::{self, Beside};
use fullmakt::intake::Scope;
use fullmakt::ir::{Bundle, Meaning, Oblige};
use fullmakt::origins::Origins;
use fullmakt::source::{Source, SourceId, Sources};
use generate::Dice;
use generate::world;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let pairs = PathBuf::from(arguments.next().expect("PAIRS"));
    let out = PathBuf::from(arguments.next().expect("OUT"));
    let (mut by_chance, mut scenes_of, mut suites) = (200, Vec::new(), None);
    while let Some(option) = arguments.next() {
        let value = arguments.next().expect("a value after each option");
        match &*option {
            "--requests" => by_chance = value.parse().expect("a number"),
            "--scenes" => scenes_of = value.split(',').map(str::to_owned).collect(),
            "--suites" => suites = Some(PathBuf::from(value)),
            _ => panic!("unknown option {option}"),
        }
    }
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&pairs).expect("PAIRS").map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|folder| folder.join("bundle.json").is_file());
    folders.sort();
    fs::create_dir_all(&out).expect("OUT");
    let mut lines = BufWriter::new(fs::File::create(out.join("requests.jsonl")).expect("requests.jsonl"));
    let mut dice = Dice(11);
    if let Some(folder) = suites {
        ask_suites(&folder, &out, &mut lines, scenes_of.iter().any(|name| name == "suites"));
    }
    for folder in folders {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let bundle = read(&folder.join("bundle.json"));
        export(&bundle, &out.join(&name));
        let index = Index::new(&bundle);
        let mut asked = Asked {
            lines: &mut lines,
            name: &name,
            bundle: &bundle,
            attributes: policies(&bundle).1,
            seen: BTreeSet::new(),
        };
        for _ in 0..by_chance / 20 {
            let world = world::world(&mut dice, &bundle.meaning);
            let requests: Vec<Request> = (0..20).map(|_| world::request(&mut dice, &bundle.meaning, &world)).collect();
            asked.ask(&index, &world.facts.store(), &requests);
        }
        if scenes_of.contains(&name) {
            for (facts, requests) in scenes::scenes(&bundle.meaning) {
                asked.ask(&index, &facts.store(), &requests);
            }
        }
    }
    lines.flush().expect("requests.jsonl");
}

fn export(bundle: &Bundle, folder: &Path) {
    let files =
        fullmakt::emit::files(bundle, &Origins::default(), &Sources::default(), &["json", "xacml"]).expect("files");
    fs::create_dir_all(folder).expect("a folder");
    for file in files {
        fs::write(folder.join(file.name), file.bytes).expect("a file");
    }
}

/// Every case and every row of a table of the suites in a folder.
fn ask_suites(folder: &Path, out: &Path, lines: &mut impl Write, with_scenes: bool) {
    let loaded = fullmakt::workspace::read_modules_and_suites(&[folder.to_path_buf()]);
    let compiled = compile::compile(&loaded.sources, &loaded.modules, compile::Options::default());
    let bundle = compiled.bundle.expect("policies without errors").0;
    let module = |suite: SourceId| {
        let path = format!("{}.fmk", loaded.sources.get(suite)?.name().strip_suffix(".test.yaml")?);
        let module = compiled
            .modules
            .iter()
            .find(|one| loaded.sources.get(one.source).is_some_and(|text| text.name() == path))?;
        Some(Scope { module: module.name.clone(), uses: module.uses.clone() })
    };
    let beside: Vec<Beside> =
        loaded.suites.iter().map(|suite| Beside { suite: *suite, module: module(*suite) }).collect();
    let (suites, found) = harness::read(&loaded.sources, &beside, &bundle.meaning);
    assert!(found.iter().all(|finding| !finding.is_error()), "{found:#?}");
    export(&bundle, &out.join("suites"));
    let index = Index::new(&bundle);
    let mut asked =
        Asked { lines, name: "suites", bundle: &bundle, attributes: policies(&bundle).1, seen: BTreeSet::new() };
    let mut count = 0;
    for (facts, request) in harness::run::questions(&suites) {
        count += 1;
        asked.ask(&index, facts, std::slice::from_ref(request));
    }
    if with_scenes {
        for (facts, requests) in scenes::scenes(&bundle.meaning) {
            asked.ask(&index, &facts.store(), &requests);
        }
    }
    println!("{count} cases and rows of {} suites", suites.len());
}

fn read(path: &Path) -> Bundle {
    let text = fs::read_to_string(path).expect("bundle.json");
    let mut sources = Sources::default();
    let id = sources.add(Source::new(&path.to_string_lossy(), &text));
    fullmakt::intake::bundle::read(sources.get(id).unwrap(), id).expect("a bundle")
}

/// The elements of a request, each a request of its own; none where the resource in force has none.
fn elements(meaning: &Meaning, request: &Request) -> Vec<Option<Box<str>>> {
    let On::Resource(resource) = request.on else { return vec![None] };
    let version = meaning.resource(resource).and_then(|named| named.on(request.today));
    let all = version.and_then(|(_, version)| version.elements.known()).cloned().unwrap_or_default();
    match (all.is_empty(), request.elements.is_empty()) {
        (true, _) => vec![None],
        (false, true) => all.into_iter().map(Some).collect(),
        (false, false) => request.elements.iter().cloned().map(Some).collect(),
    }
}

/// An obligation as the engine's answer is told: its name, and its arguments in order.
fn obligation(meaning: &Meaning, oblige: &Oblige) -> String {
    let name = &meaning.obligation(oblige.obligation).expect("an obligation").name;
    let arguments =
        oblige.arguments.iter().map(|(name, value)| format!("{name}={}", attributes::argument(meaning, value).value));
    format!("{name}({})", arguments.collect::<Vec<_>>().join(","))
}

struct Asked<'a, W> {
    lines: &'a mut W,
    name: &'a str,
    bundle: &'a Bundle,
    /// What the export of the bundle asks of the provider.
    attributes: AllAsked,
    seen: BTreeSet<String>,
}

impl<W: Write> Asked<'_, W> {
    /// Requests that an engine cannot tell apart must have one answer, and are asked once.
    fn ask(&mut self, index: &Index<'_>, facts: &Facts, requests: &[Request]) {
        let decider = Decider::new(index, facts);
        let meaning = &self.bundle.meaning;
        for request in requests {
            let told = decider.attributes(request);
            let resource = xacml_request::resource(meaning, request.on);
            for element in elements(meaning, request) {
                let request = Request { elements: element.iter().cloned().collect(), ..request.clone() };
                let element = element.as_deref();
                let decision = decider.decide(&request);
                let permit = decision.effect == Effect::Permit;
                let worked_out = xacml_request::worked_out(&decider, meaning, &request, element, &self.attributes);
                let asked = xacml_request::json(meaning, &request, element, &told, &worked_out);
                let obligations: BTreeSet<String> =
                    decision.obligations.iter().map(|one| obligation(meaning, &one.oblige)).collect();
                let line = json!({
                    "bundle": self.name, "resource": resource, "permit": permit, "obligations": obligations,
                    "request": asked,
                })
                .to_string();
                if self.seen.insert(line.clone()) {
                    writeln!(self.lines, "{line}").expect("requests.jsonl");
                }
            }
        }
    }
}

//! Writes what another engine is asked: for each bundle of a folder its `policies.xml` and requests with the answers of `decide`: by
//! chance, and one scene for each way in which something can be permitted. Compares nothing itself.
//!
//! cargo run --release --example xacml -- PAIRS OUT --requests 200

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

use fullmakt::decide::{Decider, Effect, Index, Request};
use fullmakt::facts::Facts;
use fullmakt::ir::Bundle;
use fullmakt::origins::Origins;
use fullmakt::source::{Source, Sources};
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
    let by_chance: usize = match arguments.next().as_deref() {
        Some("--requests") => arguments.next().and_then(|count| count.parse().ok()).expect("a number"),
        _ => 200,
    };
    let mut folders: Vec<PathBuf> =
        fs::read_dir(&pairs).expect("PAIRS").map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|folder| folder.join("bundle.json").is_file());
    folders.sort();
    fs::create_dir_all(&out).expect("OUT");
    let mut lines = BufWriter::new(fs::File::create(out.join("requests.jsonl")).expect("requests.jsonl"));
    let mut dice = Dice(11);
    for folder in folders {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let bundle = read(&folder.join("bundle.json"));
        let files =
            fullmakt::emit::files(&bundle, &Origins::default(), &Sources::default(), &["xacml"]).expect("files");
        let target = out.join(&name);
        fs::create_dir_all(&target).expect("a folder");
        for file in files {
            fs::write(target.join(file.name), file.bytes).expect("a file");
        }
        let index = Index::new(&bundle);
        let mut asked = Asked { lines: &mut lines, name: &name, bundle: &bundle, seen: BTreeSet::new() };
        for _ in 0..by_chance / 20 {
            let world = world::world(&mut dice, &bundle.meaning);
            let requests: Vec<Request> = (0..20).map(|_| world::request(&mut dice, &bundle.meaning, &world)).collect();
            asked.ask(&index, &world.facts, &requests);
        }
        for (facts, requests) in scenes::scenes(&bundle.meaning) {
            asked.ask(&index, &facts, &requests);
        }
    }
    lines.flush().expect("requests.jsonl");
}

fn read(path: &Path) -> Bundle {
    let text = fs::read_to_string(path).expect("bundle.json");
    let mut sources = Sources::default();
    let id = sources.add(Source::new(&path.to_string_lossy(), &text));
    fullmakt::intake::bundle::read(sources.get(id).unwrap(), id).expect("a bundle")
}

struct Asked<'a, W> {
    lines: &'a mut W,
    name: &'a str,
    bundle: &'a Bundle,
    seen: BTreeSet<String>,
}

impl<W: Write> Asked<'_, W> {
    /// Requests that an engine cannot tell apart must have one answer, and are asked once.
    fn ask(&mut self, index: &Index<'_>, facts: &Facts, requests: &[Request]) {
        let decider = Decider::new(index, facts);
        let meaning = &self.bundle.meaning;
        for request in requests {
            let permit = decider.decide(request).effect == Effect::Permit;
            let asked = xacml_request::json(meaning, request, &decider.attributes(request));
            let resource = xacml_request::resource(meaning, request.on);
            let line =
                json!({ "bundle": self.name, "resource": resource, "permit": permit, "request": asked }).to_string();
            if self.seen.insert(line.clone()) {
                writeln!(self.lines, "{line}").expect("requests.jsonl");
            }
        }
    }
}

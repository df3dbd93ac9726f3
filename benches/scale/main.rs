//! How fast, how fat, and does it grow in a line? Generated catalogues through parser, checks and build. Never a test: a
//! figure is a ratio within one run, or the peak of a process of its own, and nothing fails because of one.
//!
//! ```sh
//! cargo bench                                  # everything, with 1k and 10k packages
//! cargo bench -- speed 1k 10k 100k 1M          # parts and sizes as named
//! cargo bench -- memory 1M
//! cargo bench -- cold start growth
//! ```
//!
//! **T** is the time that `serde_json` needs to read the same data as JSON into the same tree (`tree.rs`), one file after
//! the other on one thread, in the same run. Processor time of the thread; of two threads that of the busier one, which
//! on an idle machine is the time on the wall, and that beside it. The quickest of several runs.
//!
//! - `speed`: *parse* in T on one thread and on two; *check* is texts to bundle (all that `fullmakt check` does); *build*
//!   is that and `bundle.json`. What `origins.json`, `policies.xml` with `attributes.json` and the manifest cost
//!   besides stands apart. *T without places* is T for JSON that has no spans, as one would write it by hand.
//! - `memory`: peak of a process that reads the catalogue from disk and parses, checks or builds it, as a multiple of the
//!   bytes of the catalogue. *build* ends with the text of `bundle.json` in memory, *all files* with those of every target.
//! - `cold`: `fullmakt check` and `fullmakt build` over 10k packages on disk, process start to finish, and their peaks.
//! - `test`: `fullmakt test` over 1k packages with 1k cases in suites, and as many cases in one suite, process start to finish; every
//!   request is decided again with each fact hidden that it may read, as always.
//! - `start`: `fullmakt --version` and `fullmakt explain FM0201`, process start to finish.
//! - `growth`: ten times the input, how many times the work; also of hostile texts (`growth.rs`).
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::panic, reason = "a bench that cannot measure says why")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "what is cut here the bench has made itself")]

mod catalogue;
mod growth;
mod measure;
mod suites;
mod tree;

use catalogue::Catalogue;
use fullmakt::compile::{Compiled, Options, compile};
use fullmakt::emit::{self, BACKENDS, Input};
use fullmakt::ir::json::bundle_text;
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::{syntax, workspace};
use measure::{Best, child, peak, whole_process};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

const BINARY: &str = env!("CARGO_BIN_EXE_fullmakt");
/// The largest catalogue of which `policies.xml` is made too: that of a million packages has ten gigabytes.
const LARGEST_EXPORT: usize = 100_000;
/// The size of a cold run.
const COLD: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [task, name, size] = arguments.as_slice()
        && task == "task"
    {
        run_task(name, parsed(size).unwrap_or(0));
        return;
    }
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|argument| parsed(argument)).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000];
    }
    let parts: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| parsed(argument).is_none()).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if wanted("speed") {
        speed(&sizes);
    }
    if wanted("memory") {
        memory(&sizes);
    }
    if wanted("cold") {
        cold();
    }
    if wanted("test") {
        suites::run();
    }
    if wanted("start") {
        start();
    }
    if wanted("growth") {
        growth::run();
    }
}

/// `10k`, `1M`, `250`.
fn parsed(argument: &str) -> Option<usize> {
    let (digits, times) = match argument.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => argument.strip_suffix('M').map_or((argument, 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<usize>().ok().map(|number| number * times)
}

fn named(size: usize) -> String {
    match size {
        _ if size.is_multiple_of(1_000_000) => format!("{}M", size / 1_000_000),
        _ if size.is_multiple_of(1_000) => format!("{}k", size / 1_000),
        _ => size.to_string(),
    }
}

fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap_or_else(|error| panic!("{error}"))
}

fn sources_of(catalogue: &Catalogue) -> (Sources, Vec<SourceId>) {
    let mut sources = Sources::default();
    let ids = catalogue.files.iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
    (sources, ids)
}

/// Compiles, and demands a bundle: what does not compile is no measure of a build.
fn built(sources: &Sources, ids: &[SourceId]) -> Compiled {
    let compiled = compile(sources, ids, Options::default());
    assert!(compiled.bundle.is_some(), "{:?}", compiled.findings.first());
    compiled
}

/// The tree of each text as JSON; that it reads back as the same tree is asserted.
fn jsons(sources: &Sources, ids: &[SourceId], spans: bool) -> Vec<String> {
    ids.par_iter()
        .filter_map(|id| {
            let parsed = syntax::parse(sources.get(*id)?, *id);
            assert!(parsed.findings.is_empty(), "{:?}", parsed.findings.first());
            let text = tree::json(&parsed.module, spans);
            let read: Result<tree::Module<'_>, _> = serde_json::from_str(&text);
            match read {
                Ok(read) => {
                    if spans {
                        same(&format!("{read:?}"), &format!("{:?}", parsed.module));
                    }
                    Some(text)
                }
                Err(error) => panic!("benches/scale/tree.rs does not read syntax::ast: {error}\n{text:.300}"),
            }
        })
        .collect()
}

/// Demands that both trees print the same; tells where they part.
fn same(read: &str, parsed: &str) {
    let parts = read.bytes().zip(parsed.bytes()).take_while(|(left, right)| left == right).count();
    let near = |text: &str| -> String {
        text[text.floor_char_boundary(parts.saturating_sub(60))..].chars().take(200).collect()
    };
    assert!(read == parsed, "benches/scale/tree.rs is not syntax::ast:\n{}\n{}", near(read), near(parsed));
}

fn read_trees(texts: &[String]) -> Vec<tree::Module<'_>> {
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

fn parse_all<'s>(sources: &'s Sources, ids: &[SourceId]) -> Vec<syntax::Parsed<'s>> {
    ids.iter().filter_map(|id| Some(syntax::parse(sources.get(*id)?, *id))).collect()
}

fn speed(sizes: &[usize]) {
    let mut linear: Vec<(usize, f64, f64, f64)> = Vec::new();
    for &size in sizes {
        let catalogue = Catalogue::new(size);
        let (sources, ids) = sources_of(&catalogue);
        let bytes = catalogue.bytes();
        drop(catalogue);
        let (full, bare) = (jsons(&sources, &ids, true), jsons(&sources, &ids, false));
        let of = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
        let (one, two) = (threads(1), threads(2));
        let [mut unit, mut unit_bare, mut parse, mut parse_two] = [Best::none(); 4];
        let [mut check, mut check_two, mut json, mut of_json, mut of_xacml, mut all] = [Best::none(); 6];
        let mut lengths = [0; 4];
        for round in 0..(40_000 / size).clamp(2, 15) {
            drop(unit.run(|| read_trees(&full)));
            drop(unit_bare.run(|| read_trees(&bare)));
            drop(parse.run(|| parse_all(&sources, &ids)));
            drop(parse_two.run_on(&two, || -> Vec<_> {
                ids.par_iter().filter_map(|id| Some(syntax::parse(sources.get(*id)?, *id))).collect()
            }));
            drop(check_two.run_on(&two, || built(&sources, &ids)));
            // On the thread that measures: a pool of one would do it on another.
            let compiled = one.install(|| check.run(|| built(&sources, &ids)));
            let Some((bundle, places)) = &compiled.bundle else { continue };
            lengths[0] = json.run(|| bundle_text(bundle)).len();
            if round > 1 || size > LARGEST_EXPORT {
                continue;
            }
            let input = Input { bundle, origins: places, sources: &sources };
            for (target, best) in [("json", &mut of_json), ("xacml", &mut of_xacml)] {
                let backend = BACKENDS.iter().find(|backend| backend.name == target);
                let files = best.run(|| backend.map(|backend| (backend.files)(&input)));
                for file in files.into_iter().flatten().flatten() {
                    match file.name {
                        "origins.json" => lengths[1] = file.bytes.len(),
                        "policies.xml" => lengths[2] = file.bytes.len(),
                        "attributes.json" => lengths[3] = file.bytes.len(),
                        _ => {}
                    }
                }
            }
            all.run(|| emit::files(bundle, places, &sources, &["json", "xacml"]).is_ok());
        }
        let in_unit = |seconds: f64| seconds / unit.processor();
        println!(
            "\n{} packages, {:.1} MB in {} files, {} bytes each",
            named(size),
            megabytes(bytes),
            ids.len(),
            bytes / size
        );
        println!(
            "  T                        {:>9.1} ms  ({:.2} of JSON a byte of source)",
            unit.processor() * 1e3,
            of(&full) as f64 / bytes as f64
        );
        println!(
            "  T without places         {:>9.1} ms  {:>6.2} T",
            unit_bare.processor() * 1e3,
            in_unit(unit_bare.processor())
        );
        let on_two = |what: &str, took: Best, more: f64| {
            let (busiest, wall) = (took.processor() + more, took.wall() + more);
            println!(
                "  {what:<28}{:>9.1} ms  {:>6.2} T  (on the wall {:.2} T)",
                busiest * 1e3,
                in_unit(busiest),
                in_unit(wall)
            );
        };
        row("parse, one thread (goal 5)", parse.processor(), in_unit(parse.processor()));
        on_two("parse, two (goal 2.5)", parse_two, 0.0);
        row("check, one thread", check.processor(), in_unit(check.processor()));
        on_two("check, two", check_two, 0.0);
        let build = check.processor() + json.processor();
        row("build, one thread (goal 10)", build, in_unit(build));
        on_two("build, two", check_two, json.processor());
        println!("  of which or besides:");
        let file = |what: &str, seconds: f64, length: usize| {
            println!(
                "    {what:<26}{:>9.1} ms  {:>6.2} T  {:>8.1} MB",
                seconds * 1e3,
                in_unit(seconds),
                megabytes(length)
            );
        };
        file("bundle.json", json.processor(), lengths[0]);
        if size <= LARGEST_EXPORT {
            file("origins.json", of_json.processor() - json.processor(), lengths[1]);
            file("policies.xml, attributes", of_xacml.processor(), lengths[2] + lengths[3]);
            file("manifest.json", all.processor() - of_json.processor() - of_xacml.processor(), 0);
        }
        linear.push((size, parse.processor(), build, unit.processor()));
    }
    for pair in linear.windows(2) {
        let [(small, parse, build, unit), (large, parse_large, build_large, unit_large)] = pair else { continue };
        let times = *large as f64 / *small as f64;
        println!(
            "{} → {}: {times:.0} times the packages; T {:.1}, parse {:.1}, build {:.1} times the time",
            named(*small),
            named(*large),
            unit_large / unit,
            parse_large / parse,
            build_large / build
        );
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn row(what: &str, seconds: f64, ratio: f64) {
    println!("  {what:<28}{:>9.1} ms  {ratio:>6.2} T", seconds * 1e3);
}

fn path_of(size: usize) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("catalogue-{}", named(size)))
}

/// A folder with the catalogue of this size, and its bytes. Made by a process of its own, so that this one's memory is its
/// own; made anew, for the generator may have changed.
fn folder(size: usize) -> (PathBuf, f64) {
    let folder = path_of(size);
    let _ = fs::remove_dir_all(&folder);
    let bytes = child(&["task", "make", &named(size)]).unwrap_or(f64::NAN);
    (folder, bytes)
}

fn written(size: usize) {
    let folder = path_of(size);
    let catalogue = Catalogue::new(size);
    for (path, text) in &catalogue.files {
        let path = folder.join(path);
        path.parent().map(fs::create_dir_all);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    println!("{}", catalogue.bytes());
}

/// A part of the measuring in a process of its own, and its peak.
fn run_task(name: &str, size: usize) {
    if name == "make" {
        return written(size);
    }
    let loaded = workspace::read_modules(&[path_of(size)]);
    let sources = &loaded.sources;
    match name {
        "read" => {}
        "parse" => {
            let trees: Vec<_> =
                loaded.modules.par_iter().filter_map(|id| Some(syntax::parse(sources.get(*id)?, *id))).collect();
            std::hint::black_box(&trees);
        }
        "check" => drop(std::hint::black_box(built(sources, &loaded.modules))),
        "build" => {
            let compiled = built(sources, &loaded.modules);
            drop(compiled.bundle.as_ref().map(|(bundle, _)| std::hint::black_box(bundle_text(bundle))));
        }
        _ => {
            let targets: &[&str] = if name == "json" { &["json"] } else { &["json", "xacml"] };
            let compiled = built(sources, &loaded.modules);
            let (bundle, origins) = compiled.bundle.as_ref().unwrap_or_else(|| panic!("no bundle"));
            drop(std::hint::black_box(emit::files(bundle, origins, sources, targets)));
        }
    }
    println!("{}", peak().unwrap_or(0));
}

fn memory(sizes: &[usize]) {
    for &size in sizes {
        let (folder, bytes) = folder(size);
        println!("\n{} packages, {:.1} MB: peak of a process that …", named(size), bytes / 1e6);
        for (task, what) in [
            ("read", "reads"),
            ("parse", "parses (goal 5)"),
            ("check", "checks (goal 8)"),
            ("build", "builds (goal 8)"),
            ("json", "makes the files for JSON"),
            ("files", "makes all files"),
        ] {
            if task == "files" && size > LARGEST_EXPORT {
                continue;
            }
            let peak = child(&["task", task, &named(size)]).unwrap_or(0.0);
            println!("  {what:<28}{:>9.1} MB  {:>6.2} × the input", peak / 1e6, peak / bytes);
        }
        let _ = fs::remove_dir_all(folder);
    }
}

fn cold() {
    let (made, _) = folder(COLD);
    let (folder, out) = (made.to_string_lossy(), Path::new(env!("CARGO_TARGET_TMPDIR")).join("out"));
    let out = out.to_string_lossy();
    println!("\n{} packages from disk, process start to finish (goal 0.25 s and 100 MB)", named(COLD));
    for (what, task, arguments) in [
        ("check", "check", vec!["check", &*folder]),
        ("build --target json", "json", vec!["build", &*folder, "-o", &*out, "--target", "json"]),
        ("build", "files", vec!["build", &*folder, "-o", &*out]),
    ] {
        let took = whole_process(BINARY, &arguments, 10);
        let peak = child(&["task", task, &named(COLD)]).unwrap_or(0.0);
        println!("  {what:<28}{took:>9.3} s   {:>6.1} MB", peak / 1e6);
    }
    let _ = fs::remove_dir_all(&made);
}

fn start() {
    println!("\nstart-up (goal 5 ms)");
    for arguments in [vec!["--version"], vec!["explain", "FM0201"]] {
        println!("  {:<28}{:>9.2} ms", arguments.join(" "), whole_process(BINARY, &arguments, 50) * 1e3);
    }
}

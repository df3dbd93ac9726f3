//! Facts by the million: how long they take to load, against the `csv` crate reading the same files in the same run, and
//! how much memory each takes at the peak. Never a test.
//!
//! ```sh
//! cargo bench --bench facts                    # 1M organisations, 3M people, 5M role facts, 1M delegations
//! cargo bench --bench facts -- 10k             # so many organisations, and in proportion
//! cargo bench --bench facts -- chain 1M        # a chain (and circle) of so many delegations
//! cargo bench --bench facts -- write 1M FOLDER # only writes the files
//! ```
//!
//! Times are on the wall, the quickest of three runs each, by turns. **csv** reads every row of the files into one
//! `ByteRecord`, on one thread, from the disk's cache; *load* reads the same files into facts, on all threads. *floor* is the
//! least that a reader on the same crate could do: it reads so, hashes each name once and writes four bytes for each cell,
//! on one thread; no name is looked up, no row put in order. *Processor* is the time of all threads together, which tells
//! what a machine that others use too does not. Memory is the peak (`VmHWM`) of a process of its own that compiles the module
//! and loads; *a fact* is a role fact, a delegation or a value of an attribute.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::panic, clippy::expect_used, reason = "a bench that cannot measure says why")]
#![allow(clippy::indexing_slicing, reason = "what is cut here the bench has made itself")]

#[path = "../scale/measure.rs"]
#[allow(dead_code, reason = "the other bench uses the rest")]
mod measure;
mod world;

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Decider, Directory, Index, Named, Scratch};
use fullmakt::facts::{Facts, Known};
use fullmakt::intake::Names;
use fullmakt::intake::rows::{self, Input};
use fullmakt::ir::Bundle;
use fullmakt::source::{Source, Sources};
use fullmakt::workspace;
use measure::{Best, child, peak};
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use world::Size;

const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["task", "peak", folder] => {
            let facts = load(Path::new(folder));
            println!("{}", peak().unwrap_or(0));
            drop(facts);
        }
        ["task", "csv", folder] => println!("{}", read_by_csv(Path::new(folder))),
        ["task", "facts", folder] => println!("{}", count(&load(Path::new(folder)))),
        ["write", size, folder] => {
            world::write(Path::new(folder), Size::of(number(size))).expect("files");
        }
        ["chain", links] => {
            let folder = folder("chain");
            world::write_chain(&folder, number(links)).expect("files");
            report(&folder, "chain");
            decide_chain(&folder, number(links));
            std::fs::remove_dir_all(&folder).expect("a folder");
        }
        // Words for the other bench.
        [word, ..] if !word.starts_with(|letter: char| letter.is_ascii_digit()) => {}
        rest => {
            let size = Size::of(rest.first().map_or(1_000_000, |size| number(size)));
            let folder = folder("world");
            world::write(&folder, size).expect("files");
            println!("{size:?}");
            report(&folder, "csv");
            report(&folder.join("lines"), "json lines");
            std::fs::remove_dir_all(&folder).expect("a folder");
        }
    }
}

fn number(text: &str) -> u32 {
    let (digits, times) = match text.strip_suffix(['k', 'M']) {
        Some(digits) => (digits, if text.ends_with('k') { 1_000 } else { 1_000_000 }),
        None => (text, 1),
    };
    digits.parse::<u32>().expect("a number") * times
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("fullmakt-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn bundle() -> Bundle {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("world.fmk", world::MODULE));
    let compiled = compile(&sources, &[id], Options::default());
    compiled.bundle.unwrap_or_else(|| panic!("{:#?}", compiled.findings)).0
}

fn load(folder: &Path) -> Facts {
    let bundle = bundle();
    let files = workspace::files_in(folder).expect("files");
    let inputs: Vec<Input<'_>> = files
        .iter()
        .map(|path| Input { name: workspace::name_of(path), open: Box::new(|| workspace::open(path)) })
        .collect();
    match rows::read(&inputs, &Names::new(&bundle.meaning), &mut Sources::default()) {
        Ok((facts, _)) => facts,
        Err(findings) => panic!("{:#?}", findings.first()),
    }
}

/// Decides for who received at the last link that passes something on (docs/meaning.md, P5), half way and last: the chain that
/// stands behind them costs nothing.
fn decide_chain(folder: &Path, links: u32) {
    let bundle = bundle();
    let facts = load(folder);
    let index = Index::new(&bundle);
    let (decider, directory) = (Decider::new(&index, &facts), Directory::new(&bundle, &index));
    let now = "2026-03-01T12:00:00Z".parse().expect("a moment");
    let today = fullmakt::terms::period::date_in_oslo(now);
    let context = Known::default();
    for at in [links.min(8), links / 2, links] {
        let subject = world::person(at);
        let (action, on) = ("use", "world.reporting");
        let request = Named { subject: &subject, party: "clinic", action, on, to: None, context: &context };
        let (mut best, mut found) = (Best::none(), Vec::new());
        for _ in 0..RUNS {
            found.clear();
            best.run(|| {
                decider.answers_by_name(&directory, &mut Scratch::default(), (now, today), &[request], &mut found);
            });
        }
        println!(
            "chain: {:?} at link {at} in {:.3} s",
            found.first().copied().flatten().expect("an answer").effect,
            best.processor()
        );
    }
}

fn count(facts: &Facts) -> usize {
    facts.role_count() as usize + facts.delegation_count() as usize + facts.value_count()
}

/// Every row of every file, by the `csv` crate.
fn read_by_csv(folder: &Path) -> u64 {
    let mut rows = 0;
    let mut record = csv::ByteRecord::new();
    for path in workspace::files_in(folder).expect("files") {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("a file");
        while reader.read_byte_record(&mut record).expect("a row") {
            rows += 1;
        }
    }
    rows
}

/// Every row by the `csv` crate, the names of it hashed, a column of four bytes for each column of the file.
fn floor(folder: &Path) -> u64 {
    let hashing = foldhash::fast::RandomState::default();
    let mut record = csv::ByteRecord::new();
    let mut all = 0;
    for path in workspace::files_in(folder).expect("files") {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("a file");
        let header = reader.byte_headers().expect("a header").clone();
        let is_name: Vec<bool> =
            header.iter().map(|name| matches!(name, b"id" | b"subject" | b"party" | b"giver" | b"receiver")).collect();
        let mut columns: Vec<Vec<u32>> = vec![Vec::new(); header.len()];
        while reader.read_byte_record(&mut record).expect("a row") {
            for ((cell, is_name), column) in record.iter().zip(&is_name).zip(&mut columns) {
                let word = if *is_name { hashing.hash_one(cell) as u32 } else { cell.len() as u32 };
                column.push(word);
            }
        }
        all += columns.iter().map(|column| column.len() as u64).sum::<u64>();
        std::hint::black_box(columns);
    }
    all
}

/// Processor time of all threads of this process, in seconds.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system time, in hundredths of a second.
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Does a piece of work once more; the least processor time so far.
fn run<R>(best: &mut Best, least: &mut f64, work: impl FnOnce() -> R) -> R {
    let before = processor();
    let done = best.run(work);
    *least = least.min(processor() - before);
    done
}

fn report(folder: &Path, what: &str) {
    let bytes: u64 =
        workspace::files_in(folder).expect("files").iter().map(|path| path.metadata().expect("a file").len()).sum();
    let (mut by_csv, mut at_least, mut loading) = (Best::none(), Best::none(), Best::none());
    let mut processor = [f64::INFINITY; 3];
    let [of_csv, of_floor, of_load] = &mut processor;
    for _ in 0..RUNS {
        run(&mut by_csv, of_csv, || read_by_csv(folder));
        run(&mut at_least, of_floor, || floor(folder));
        run(&mut loading, of_load, || load(folder));
    }
    let path = folder.to_string_lossy();
    let facts = child(&["task", "facts", &path]).unwrap_or(0.0);
    let peak = child(&["task", "peak", &path]).unwrap_or(0.0);
    println!(
        "{what}: {:.0} MB; csv {:.2} s, floor {:.2} s = {:.2} × csv, load {:.2} s = {:.2} × csv; processor: csv {:.2} s, floor \
         {:.2} s, load {:.2} s = {:.2} × csv; {:.1} M facts, peak {:.0} MB = {:.1} bytes a fact",
        bytes as f64 / 1e6,
        by_csv.wall(),
        at_least.wall(),
        at_least.wall() / by_csv.wall(),
        loading.wall(),
        loading.wall() / by_csv.wall(),
        processor[0],
        processor[1],
        processor[2],
        processor[2] / processor[0],
        facts / 1e6,
        peak / 1e6,
        peak / facts
    );
}

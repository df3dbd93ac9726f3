//! Ten times the input: how many times the work? A catalogue and hostile texts through the whole compile, and the files
//! of what compiles; medians of five runs, as ratios within one run. Fifteen times and more is marked.

use super::catalogue::Catalogue;
use fullmakt::compile::{Options, compile};
use fullmakt::emit;
use fullmakt::source::{Source, Sources};
use std::time::{Duration, Instant};

/// What a text of this size is made of.
type Make = fn(usize) -> Vec<(String, String)>;

fn catalogue(size: usize) -> Vec<(String, String)> {
    Catalogue::new(size).files
}

fn one(text: String) -> Vec<(String, String)> {
    vec![("m.fmk".to_owned(), text)]
}

fn duplicates(size: usize) -> Vec<(String, String)> {
    one(format!("module m\n{}", "organisation o \"O\"\n".repeat(size)))
}

fn braces(size: usize) -> Vec<(String, String)> {
    one(format!("module m\nrole r \"R\" {}", "{ ".repeat(size)))
}

fn one_line(size: usize) -> Vec<(String, String)> {
    one(format!("module m {}", "role ".repeat(size)))
}

fn unknown_names(size: usize) -> Vec<(String, String)> {
    let names: Vec<String> = (0..size).map(|number| format!("unknown{number}")).collect();
    one(format!("module m\ngroup g = {}\n", names.join(", ")))
}

fn median(files: &[(String, String)], builds: bool) -> Duration {
    let mut sources = Sources::default();
    let ids: Vec<_> = files.iter().map(|(path, text)| sources.add(Source::new(path, text))).collect();
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            // What compiles is built as well; a catalogue that does not is no measure of a build.
            let compiled = compile(&sources, &ids, Options::default());
            assert_eq!(compiled.bundle.is_some(), builds, "{:?}", compiled.findings.first());
            if let Some((bundle, origins)) = &compiled.bundle {
                std::hint::black_box(emit::files(bundle, origins, &sources, &["json", "xacml"]).is_ok());
            }
            std::hint::black_box(&compiled);
            start.elapsed()
        })
        .collect();
    times.sort();
    times.get(2).copied().unwrap_or_default()
}

/// Prints a row for each.
pub(crate) fn run() {
    let subjects: [(&str, Make, usize); 5] = [
        ("packages", catalogue, 1_000),
        ("duplicate names", duplicates, 10_000),
        ("nested braces", braces, 10_000),
        ("words on one line", one_line, 200_000),
        ("unknown names", unknown_names, 2_000),
    ];
    println!("\n{:<20} {:>9} {:>12} {:>12} {:>7}", "subject", "size", "one", "ten", "ratio");
    for (name, make, size) in subjects {
        let builds = name == "packages";
        let (one, ten) = (median(&make(size), builds), median(&make(size * 10), builds));
        let ratio = ten.as_secs_f64() / one.as_secs_f64().max(1e-9);
        let mark = if ratio < 15.0 { "" } else { "  too much" };
        println!("{name:<20} {size:>9} {one:>12.2?} {ten:>12.2?} {ratio:>7.1}{mark}");
    }
}

//! Ten times the input: how many times the work? Generated catalogues and hostile texts through the whole compile, and
//! the files of what compiles; medians of five runs, as ratios within one run. `cargo bench --bench scale`; ends with 1
//! where ten times the input costs more than fifteen times the work.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use fullmakt::compile::{Options, compile};
use fullmakt::emit;
use fullmakt::source::{Source, Sources};
use std::time::{Duration, Instant};

/// What a text of this size is made of.
type Make = fn(usize) -> Vec<String>;

/// So many packages, a hundred to a module, with text of some 300 bytes each.
fn catalogue(size: usize) -> Vec<String> {
    // A number in letters: the form of a URN has no digits.
    let letters =
        |number: usize| -> String { number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect() };
    let package = |number: usize| {
        let name = letters(number);
        format!(
            "package p{number} \"Pakke {name} for prøver\" {{\n  urn urn:demo:package:pakke{name}forproever\n  about \"Tjenester \
             om helse, omsorg og vern, slik som prøve {number} viser; så lang at den ligner en virkelig tekst.\"\n  \
             for organisation\n  delegable to person\n  services yes // of its own\n  data personal\n  grant to r\n}}\n"
        )
    };
    let module = |at: usize| {
        let packages: String = (at * 100..size.min(at * 100 + 100)).map(package).collect();
        format!("module m{}\nuse m0.{{r}}\n{packages}", at + 1)
    };
    let first = "module m0\nnamespace demo urn:demo { package urn:demo:package:{name} }\n\
                 role r \"R\" { held by person for organisation }\n";
    std::iter::once(first.to_owned()).chain((0..size.div_ceil(100)).map(module)).collect()
}

fn duplicates(size: usize) -> Vec<String> {
    vec![format!("module m\n{}", "organisation o \"O\"\n".repeat(size))]
}

fn braces(size: usize) -> Vec<String> {
    vec![format!("module m\nrole r \"R\" {}", "{ ".repeat(size))]
}

fn one_line(size: usize) -> Vec<String> {
    vec![format!("module m {}", "role ".repeat(size))]
}

fn unknown_names(size: usize) -> Vec<String> {
    let names: Vec<String> = (0..size).map(|number| format!("unknown{number}")).collect();
    vec![format!("module m\ngroup g = {}\n", names.join(", "))]
}

fn median(texts: &[String], builds: bool) -> Duration {
    let mut sources = Sources::default();
    let ids: Vec<_> =
        texts.iter().enumerate().map(|(at, text)| sources.add(Source::new(&format!("m{at}.fmk"), text))).collect();
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

fn main() -> std::process::ExitCode {
    let subjects: [(&str, Make, usize); 5] = [
        ("packages", catalogue, 1_000),
        ("duplicate names", duplicates, 10_000),
        ("nested braces", braces, 10_000),
        ("words on one line", one_line, 200_000),
        ("unknown names", unknown_names, 2_000),
    ];
    let mut worst: f64 = 0.0;
    println!("{:<20} {:>9} {:>12} {:>12} {:>7}", "subject", "size", "one", "ten", "ratio");
    for (name, make, size) in subjects {
        let builds = name == "packages";
        let (one, ten) = (median(&make(size), builds), median(&make(size * 10), builds));
        let ratio = ten.as_secs_f64() / one.as_secs_f64().max(1e-9);
        worst = worst.max(ratio);
        println!("{name:<20} {size:>9} {one:>12.2?} {ten:>12.2?} {ratio:>7.1}");
    }
    if worst > 15.0 { std::process::ExitCode::FAILURE } else { std::process::ExitCode::SUCCESS }
}

//! The fuzz targets on every text of their corpus, on the texts of this repository, and on what a few thousand seeded changes make
//! of them. The fuzzers themselves go further: `cargo +nightly fuzz run parse`.

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

/// Numbers by chance from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn texts_in(folder: &Path, ending: &str) -> Vec<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        if file.is_dir() {
            texts.extend(texts_in(&file, ending));
        } else if file.to_string_lossy().ends_with(ending) {
            texts.push(fs::read_to_string(&file).unwrap());
        }
    }
    texts
}

/// A text with a stretch lost, said twice, moved, or replaced by one of another text; ends of stretches are ends of tokens, mostly.
fn changed(dice: &mut Dice, text: &str, others: &[String]) -> String {
    let cut = |dice: &mut Dice, text: &str| {
        let mut at = dice.below(text.len() + 1);
        while !text.is_char_boundary(at) || (!dice.below(4).eq(&0) && at < text.len() && text.as_bytes()[at] > b'/') {
            at += 1;
        }
        at
    };
    let stretch = |dice: &mut Dice, text: &str| {
        let (one, two) = (cut(dice, text), cut(dice, text));
        let (from, to) = (one.min(two), one.max(two));
        let near = (from + dice.below(40)).min(to);
        let to = (near..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
        from..to
    };
    let range = stretch(dice, text);
    let (head, part, tail) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
    match dice.below(4) {
        0 => format!("{head}{tail}"),
        1 => format!("{head}{part}{part}{tail}"),
        2 => {
            let at = cut(dice, tail);
            format!("{head}{}{part}{}", &tail[..at], &tail[at..])
        }
        _ => {
            let other = &others[dice.below(others.len())];
            let taken = stretch(dice, other);
            format!("{head}{}{tail}", &other[taken])
        }
    }
}

fn run(name: &str, target: fn(&str), mut seeds: Vec<String>, changes: usize) {
    seeds.extend(texts_in(&root().join("fuzz/corpus").join(name), ""));
    assert!(!seeds.is_empty(), "{name} has a corpus");
    seeds.iter().for_each(|seed| target(seed));
    let mut dice = Dice(seeds.len() as u64);
    // By hand: CORPUS_TIMES=100 cargo test corpus
    let times: usize = std::env::var("CORPUS_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    for _ in 0..changes * times {
        let mut text = seeds[dice.below(seeds.len())].clone();
        for _ in 0..=dice.below(4) {
            text = changed(&mut dice, &text, &seeds);
        }
        target(&text);
    }
}

fn modules() -> Vec<String> {
    let mut texts = texts_in(&root().join("policies"), ".fmk");
    texts.extend(texts_in(&root().join("fuzz/corpus/parse"), ".fmk"));
    texts
}

#[test]
fn any_text_is_parsed() {
    run("parse", targets::parse, modules(), 600);
}

#[test]
fn any_text_has_one_canonical_form_or_none() {
    run("format", targets::format, modules(), 300);
}

#[test]
fn any_text_is_compiled() {
    run("compile", targets::compile, modules(), 300);
}

#[test]
fn any_text_is_read_as_a_bundle() {
    run("bundle", targets::bundle, Vec::new(), 300);
}

#[test]
fn any_text_is_read_as_facts_and_a_request() {
    run("data", targets::data, Vec::new(), 1000);
}

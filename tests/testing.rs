//! The page on suites: every sample of it is read without a finding, run, and as expected; and each of its keys is in the schema.

use crate::suites::Suites;
use crate::texts::Texts;
use fullmakt::harness::report;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../docs/testing.md");

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("\n```{language}\n");
    PAGE.split(&begin).skip(1).map(|rest| &rest[..rest.find("\n```").expect("a block ends") + 1]).collect()
}

/// Each sample as files, beside the module of the page.
fn samples() -> Vec<Vec<(String, String)>> {
    let module = ("letters.fmk".to_owned(), blocks("fmk")[0].to_owned());
    let all = blocks("yaml");
    let world = all[0];
    let of = |block: &&str| {
        let mut files = match block {
            block if block.starts_with("# file: ") => Texts::split(block),
            block => vec![("letters.test.yaml".to_owned(), format!("{world}{block}"))],
        };
        files.push(module.clone());
        files
    };
    all.iter().skip(1).map(of).collect()
}

#[test]
fn every_sample_is_as_it_says() {
    let samples = samples();
    assert!(samples.len() >= 7, "{}", samples.len());
    for files in samples {
        let suites = Suites::of(&files);
        assert_eq!(suites.lines(), Vec::<String>::new(), "{}", files[0].1);
        let verdicts = suites.run();
        let told: String = verdicts
            .iter()
            .filter(|verdict| verdict.skipped.is_none())
            .map(|verdict| report::of_verdict(verdict, &suites.sources))
            .collect();
        assert!(report::Summary::of(&verdicts, []).is_met(), "{told}");
    }
}

#[test]
fn every_key_of_the_schema_is_told() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../src/cli/schemas/suite.json")).unwrap();
    let keys = |of: &serde_json::Value| -> BTreeSet<String> {
        of["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let all: BTreeSet<String> =
        [&schema, &schema["$defs"]["case"], &schema["$defs"]["table"], &schema["$defs"]["skip"]]
            .into_iter()
            .flat_map(keys)
            .collect();
    let untold: Vec<&String> =
        all.iter().filter(|key| !PAGE.contains(&format!("{key}:")) && !PAGE.contains(&format!("`{key}`"))).collect();
    assert_eq!(untold, ["format"], "keys that the page does not tell; `format` is of all files");
}

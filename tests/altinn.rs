//! Real input: the area health as published, with every finding and its fix; wrong permits put into the shipped area; the
//! whole catalogue and the pages of the third version, where `../shared/data` is.

use crate::suites::Suites;
use crate::texts::Texts;
use fullmakt::check::Options;
use fullmakt::diag::Diagnostic;
use fullmakt::harness::Tried;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn published() -> Vec<(String, String)> {
    ["published/roles.fmk", "published/health.fmk"]
        .iter()
        .map(|name| ((*name).to_owned(), read(&format!("tests/altinn_as_published/{name}"))))
        .collect()
}

fn known_words() -> Options {
    let words = read("tests/altinn_as_published/words.txt");
    Options { words: Some(words.lines().map(Into::into).collect()) }
}

/// `file:line | finding | underlined` of each finding.
fn rows(files: &[(String, String)], options: &Options) -> Vec<String> {
    let texts = Texts::of(files, options);
    let row = |finding: &Diagnostic| {
        let source = texts.sources.get(finding.place.source).expect("a source");
        let line = source.position(finding.place.span.start).line;
        format!("`{}:{line}` | {} | `{}`", source.name(), finding.code.name, texts.sources.slice(finding.place))
    };
    let mut rows: Vec<String> = texts.checked.findings.iter().map(row).collect();
    rows.sort();
    rows
}

/// The table of the README beside the files is what the compiler says, row by row.
#[test]
fn as_published_gives_exactly_what_its_readme_says() {
    let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in read("tests/altinn_as_published/README.md").lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let file = cells[0].trim_matches('`').split(':').next().expect("a file").to_owned();
        // An underlined blank keeps its blank.
        let underlined = if line.contains("| ` ` |") { "` `" } else { cells[2] };
        said.entry(file).or_default().push(format!("{} | {} | {underlined}", cells[0], cells[1]));
    }
    assert!(said.len() >= 7, "the README has a row for each finding: {said:?}");
    for (file, mut expected) in said {
        let files = if file.starts_with("published/") {
            published()
        } else {
            vec![(file.clone(), read(&format!("tests/altinn_as_published/{file}")))]
        };
        expected.sort();
        assert_eq!(rows(&files, &known_words()), expected, "{file}");
    }
}

/// Each finding is gone with its own fix, and no fix makes a finding of another kind.
#[test]
fn as_published_every_finding_goes_with_its_fix() {
    let files = published();
    let texts = Texts::of(&files, &known_words());
    let count = |files: &[(String, String)], name: &str| {
        let texts = Texts::of(files, &known_words());
        texts.checked.findings.iter().filter(|finding| finding.code.name == name).count()
    };
    for finding in &texts.checked.findings {
        assert!(!finding.fix.is_empty(), "{} has no fix: {}", finding.code.name, finding.message);
        let mended = texts.mended(&[finding]);
        let before = count(&files, finding.code.name);
        assert_eq!(count(&mended, finding.code.name), before - 1, "{}: {}", finding.code.name, finding.message);
    }
    // The URN that two packages share needs one fix, whichever finding offers it: what is left with all fixes made are
    // the open questions that stand for what the page lacks.
    let mut mended = files;
    for _ in 0..4 {
        let texts = Texts::of(&mended, &known_words());
        let Some(finding) = texts.checked.findings.iter().find(|finding| finding.code.name != "open-question") else {
            return;
        };
        mended = texts.mended(&[finding]);
        while let Some(next) = Texts::of(&mended, &known_words())
            .checked
            .findings
            .iter()
            .find(|finding| finding.code.name != "open-question" && !finding.fix.is_empty())
        {
            mended = Texts::of(&mended, &known_words()).mended(&[next]);
        }
    }
    assert_eq!(rows(&mended, &known_words()).iter().filter(|row| !row.contains("open-question")).count(), 0);
}

fn shipped() -> Vec<(String, String)> {
    ["roles.fmk", "health.fmk", "example.fmk", "roles.test.yaml", "health.test.yaml", "example.test.yaml"]
        .iter()
        .map(|name| (format!("policies/altinn_v3/{name}"), read(&format!("policies/altinn_v3/{name}"))))
        .collect()
}

/// Names of the cases (not tables) that fail when the text of the area is this.
fn failing_cases(health: String) -> Vec<String> {
    let mut files = shipped();
    for (name, text) in &mut files {
        if name.ends_with("/health.fmk") {
            text.clone_from(&health);
        }
    }
    let verdicts = Suites::of(&files).run();
    let failed = verdicts.iter().filter(|verdict| verdict.tried == Tried::Case && !verdict.is_met());
    failed.map(|verdict| verdict.name.to_string()).collect()
}

/// A wrong permit put into the area fails a case, package by package.
#[test]
fn a_wrong_permit_fails_a_case() {
    let health = read("policies/altinn_v3/health.fmk");
    assert_eq!(failing_cases(health.clone()), Vec::<String>::new(), "as shipped");
    let lines: Vec<&str> = health.lines().collect();
    let mut wrong: Vec<(String, String)> = Vec::new();
    let mut put = |what: String, at: usize, line: Option<String>, before: Option<String>| {
        let mut text: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        if let Some(line) = line {
            text[at] = line;
        }
        if let Some(before) = before {
            text.insert(at, before);
        }
        wrong.push((what, text.join("\n") + "\n"));
    };
    let mut package = "";
    for (number, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["package", name, ..] => package = name,
            ["delegable", "to", "employee"] if !package.is_empty() => {
                put(format!("{package}: and onward"), number, Some(format!("{line} and onward")), None);
            }
            ["grant", "to", "ffor", "undecided", ..] if package != "special_category_health_services" => {
                let decided = line.split(" undecided").next().expect("the grant").to_owned();
                put(format!("{package}: ffor's grant decided"), number, Some(decided), None);
                put(format!("{package}: a role more"), number, None, Some("    grant to employee".to_owned()));
                let delegation = "    grant delegation to employee".to_owned();
                put(format!("{package}: a role more that may delegate"), number, None, Some(delegation));
            }
            ["grant", "to", "ffor", "undecided", ..] => {
                let decided = line.split(" undecided").next().expect("the grant").to_owned();
                put(format!("{package}: ffor's grant decided"), number, Some(decided), None);
                put(format!("{package}: a role more"), number, None, Some("    grant use to employee".to_owned()));
            }
            _ => {}
        }
    }
    assert!(wrong.len() >= 5 * 4 + 2, "{} wrong permits were put in", wrong.len());
    let silent: Vec<&String> =
        wrong.iter().filter(|(_, text)| failing_cases(text.clone()).is_empty()).map(|(what, _)| what).collect();
    assert!(silent.is_empty(), "no case fails for: {silent:?}");
}

/// A text as a string of the language: it has no escapes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'").replace('\n', " "))
}

fn package(number: usize, title: &str, urn: &str, kind: &str) -> String {
    format!(
        "package p{number} {} {{\n  urn urn:altinn:accesspackage:{urn}\n  about \"x\"\n  for {kind}\n  delegable no\n  grant to self\n}}\n",
        quoted(title)
    )
}

/// Findings of this name in a module of these packages, with the title that each is about.
fn named(packages: &[(String, String, String)], name: &str) -> Vec<String> {
    let texts: String =
        packages.iter().enumerate().map(|(number, (title, urn, kind))| package(number, title, urn, kind)).collect();
    let texts = Texts::of(&[("real.fmk".to_owned(), format!("module real\n{texts}"))], &Options::default());
    texts.checked.findings.iter().filter(|finding| finding.code.name == name).map(|it| it.message.clone()).collect()
}

#[test]
#[ignore = "reads ../shared/data"]
fn real_data_the_catalogue_has_at_most_two_urns_of_another() {
    let text = read("../shared/data/altinn-catalogue-2026-08/accesspackages_export.json");
    let export: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut packages = Vec::new();
    let mut waiting = vec![("organisation", &export)];
    while let Some((kind, value)) = waiting.pop() {
        match value {
            serde_json::Value::Array(all) => waiting.extend(all.iter().map(|one| (kind, one))),
            serde_json::Value::Object(all) => {
                let kind = match all.get("type").and_then(|value| value.as_str()) {
                    Some("Person") => "person",
                    _ => kind,
                };
                let urn = all.get("urn").and_then(|urn| urn.as_str());
                if let Some(code) = urn.and_then(|urn| urn.strip_prefix("urn:altinn:accesspackage:")) {
                    let title = all["name"].as_str().expect("a name");
                    packages.push((title.to_owned(), code.to_owned(), kind.to_owned()));
                } else {
                    waiting.extend(all.values().map(|one| (kind, one)));
                }
            }
            _ => {}
        }
    }
    packages.sort();
    packages.dedup();
    assert_eq!(packages.len(), 223);
    let found = named(&packages, "urn-of-another");
    println_found("catalogue", packages.len(), &found);
    assert!(found.len() <= 2, "{found:#?}");
}

#[test]
#[ignore = "reads ../shared/data"]
fn real_data_the_pages_have_six_urns_of_another() {
    let mut all = Vec::new();
    let mut pages = 0;
    for entry in std::fs::read_dir(at("../shared/data/altinn-pages/v3")).expect("the pages") {
        let folder = entry.expect("a page").path();
        let file = ["_index.nb.md", "_index.md"].iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let Some(text) = file.map(|file| std::fs::read_to_string(file).expect("text")) else { continue };
        pages += 1;
        let mut packages = Vec::new();
        for line in text.lines() {
            let Some((before, urn)) = line.rsplit_once("urn:altinn:accesspackage:") else { continue };
            let title = before.split("**").nth(1).unwrap_or("").trim().trim_end_matches(':');
            let urn: String = urn.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
            packages.push((title.to_owned(), urn, "organisation".to_owned()));
        }
        all.extend(named(&packages, "urn-of-another"));
    }
    println_found("pages", pages, &all);
    assert_eq!(pages, 20);
    assert_eq!(all.len(), 6, "{all:#?}");
}

#[allow(clippy::print_stdout, reason = "what was compared is told where the test is asked for")]
fn println_found(what: &str, count: usize, found: &[String]) {
    println!("{what}: {count} read, {} URNs of another: {found:#?}", found.len());
}

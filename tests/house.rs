//! The rules of the house, read from the source text: who may import whom, which package stands behind which door, what
//! every file has. Each failure says what to do. Tests no behaviour of the language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every room with the rooms that it may import, from the top floor down; `lib` and `main` import what they please.
const ROOMS: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("source", &[]),
    ("logic", &["terms"]),
    ("diag", &["source"]),
    ("syntax", &["terms", "source", "diag"]),
    ("model", &["terms", "source"]),
    ("resolve", &["syntax", "model", "terms", "source", "diag"]),
    ("check", &["model", "logic", "terms", "source", "diag"]),
    ("ir", &["terms"]),
    ("origins", &["ir", "source"]),
    ("lower", &["model", "ir", "origins", "terms", "source"]),
    ("facts", &["ir", "terms"]),
    ("decide", &["facts", "ir", "terms"]),
    ("intake", &["decide", "facts", "ir", "terms", "source", "diag"]),
    ("words", &["decide", "facts", "ir", "origins", "terms", "source"]),
    ("xacml", &["terms", "source", "diag"]),
    ("emit", &["ir", "origins", "xacml", "terms", "source", "diag"]),
    ("prove", &["emit", "xacml", "words", "decide", "facts", "ir", "origins", "logic", "terms", "source", "diag"]),
    ("harness", &["prove", "intake", "words", "decide", "facts", "ir", "origins", "terms", "source", "diag"]),
    ("site", &["prove", "words", "decide", "ir", "terms"]),
    ("import", &["syntax", "xacml", "terms", "source", "diag"]),
    ("workspace", &["source", "diag"]),
    ("compile", &["syntax", "resolve", "check", "model", "lower", "prove", "ir", "origins", "terms", "source", "diag"]),
    (
        "project",
        &[
            "compile",
            "workspace",
            "harness",
            "intake",
            "words",
            "decide",
            "facts",
            "ir",
            "origins",
            "terms",
            "source",
            "diag",
        ],
    ),
];

/// A word that may stand only behind these doors (paths below `src/`, or their beginnings).
const DOORS: &[(&str, &[&str])] = &[
    ("std::fs", &["workspace.rs", "workspace/"]),
    ("std::process", &["main.rs", "cli.rs", "cli/", "workspace.rs", "workspace/"]),
    ("std::env", &["cli.rs", "cli/", "workspace.rs", "workspace/"]),
    ("println!", &["cli.rs", "cli/"]),
    ("eprintln!", &["cli.rs", "cli/"]),
    ("Timestamp::now", &["cli.rs", "cli/"]),
    ("SystemTime", &["cli.rs", "cli/"]),
    ("rayon::", &["compile.rs", "intake.rs", "intake/", "harness.rs", "harness/"]),
    ("pest::", &["syntax.rs", "syntax/"]),
    ("pest_derive", &["syntax.rs", "syntax/"]),
    ("miette::", &["diag/render/human.rs"]),
    ("serde_yaml::", &["intake/yaml.rs", "intake/yaml/"]),
    ("quick_xml::", &["xacml/write.rs", "harness/report/junit.rs"]),
    ("clap::", &["cli.rs", "cli/"]),
    ("todo!", &[]),
    ("unimplemented!", &[]),
    ("dbg!", &[]),
    ("unsafe ", &[]),
    ("Sound::vouched(", &["check.rs", "check/"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this ending, by its path below the folder, with its text.
fn files(folder: &Path, ending: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let name = path.strip_prefix(folder).expect("below the folder").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path).expect("text"));
            }
        }
    }
    found
}

fn source_files() -> BTreeMap<String, String> {
    files(&root().join("src"), ".rs")
}

/// The code of a file: no comments, no strings on lines of their own that could hold a path.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).filter(|line| !line.trim().is_empty())
}

fn room_of(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or("")
}

#[test]
fn rooms_import_only_from_the_floors_above() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in source_files() {
        let room = room_of(&file);
        if matches!(room, "lib" | "main" | "cli") {
            continue;
        }
        let Some(may) = allowed.get(room) else {
            wrong.push(format!("src/{file}: the room `{room}` is not in the table of tests/house.rs"));
            continue;
        };
        for line in code_lines(&text) {
            for (at, _) in line.match_indices("crate::") {
                let name: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !name.is_empty() && name != room && allowed.contains_key(&*name) && !may.contains(&&*name) {
                    wrong.push(format!(
                        "src/{file}: `{room}` may not import `{name}`: move the code, or what it needs, up"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_package_stays_behind_its_door() {
    let mut wrong = Vec::new();
    for (file, text) in source_files() {
        for line in code_lines(&text) {
            for (word, doors) in DOORS {
                if line.contains(word) && !doors.iter().any(|door| file.starts_with(door)) {
                    wrong.push(format!("src/{file}: `{word}` belongs in {doors:?}: {}", line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_lives_in_it() {
    let mut wrong = Vec::new();
    for (file, text) in source_files() {
        let lines = text.lines().take_while(|line| line.starts_with("//!")).count();
        let most = if file == "lib.rs" { 120 } else { 8 };
        if lines == 0 || lines > most {
            wrong.push(format!(
                "src/{file}: open it with one to six lines of `//!`: what lives here and what never does"
            ));
        }
    }
    for (file, text) in files(&root().join("tests"), ".rs") {
        if !text.starts_with("//!") {
            wrong.push(format!("tests/{file}: open it with `//!`: what it tests"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_knows_everything() {
    let long: Vec<String> = source_files()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > 500)
        .map(|(file, text)| format!("src/{file}: {} lines; split it by what its parts are about", text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_code_has_its_row_its_page_and_a_place_that_raises_it() {
    let sources = source_files();
    let registry = &sources["diag/codes.rs"];
    let rest: String =
        sources.iter().filter(|(file, _)| *file != "diag/codes.rs").map(|(_, text)| text.as_str()).collect();
    let mut wrong = Vec::new();
    let mut last = "";
    for code in fullmakt::diag::codes::ALL {
        if code.number <= last {
            wrong.push(format!("{}: numbers ascend and are never used twice", code.number));
        }
        last = code.number;
        let row = registry.lines().find(|line| line.contains(&format!("\"{}\"", &code.number[2..])));
        let constant = row.and_then(|row| row.split_whitespace().nth(1)).unwrap_or("?");
        if !rest.contains(constant) {
            wrong.push(format!("{} {constant}: nothing raises it", code.number));
        }
        if !code.page.starts_with(&format!("# {} {}\n", code.number, code.name)) {
            wrong.push(format!("{}: the page begins with `# {} {}`", code.number, code.number, code.name));
        }
    }
    let pages: BTreeSet<String> = files(&root().join("src/diag/pages"), ".md").into_keys().collect();
    let rows: BTreeSet<String> = fullmakt::diag::codes::ALL.iter().map(|code| format!("{}.md", code.number)).collect();
    if pages != rows {
        wrong.push(format!("pages without a row: {:?}", pages.difference(&rows)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_policy_has_its_suite() {
    let modules: BTreeSet<String> = files(&root().join("policies"), ".fmk").into_keys().collect();
    let suites: BTreeSet<String> = files(&root().join("policies"), ".test.yaml").into_keys().collect();
    assert!(!suites.is_empty(), "policies/ has no suite");
    let lonely: Vec<&String> =
        suites.iter().filter(|suite| !modules.contains(&suite.replace(".test.yaml", ".fmk"))).collect();
    assert!(lonely.is_empty(), "suites beside no module: {lonely:?}");
    let untested: Vec<&String> = modules
        .iter()
        .filter(|module| !suites.contains(&module.replace(".fmk", ".test.yaml")))
        .filter(|module| {
            let text = fs::read_to_string(root().join("policies").join(module)).expect("text");
            text.lines().any(|line| line.trim_start().starts_with("package ") || line.starts_with("service "))
        })
        .collect();
    assert!(untested.is_empty(), "modules with packages or services and no suite: {untested:?}");
}

/// What `policies/` says of real systems stands nowhere in the compiler.
#[test]
fn no_name_of_a_real_system_stands_in_the_compiler() {
    let mut real = BTreeSet::new();
    for text in files(&root().join("policies"), ".fmk").values() {
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("namespace"), Some(name)) => {
                    real.insert(name.to_owned());
                    real.extend(words.next().map(str::to_owned));
                }
                (Some("urn"), Some(urn)) => drop(real.insert(urn.to_owned())),
                (Some("code"), Some(code)) => drop(real.insert(code.to_owned())),
                (Some("module"), Some(module)) => real.extend(module.split('.').next().map(str::to_owned)),
                _ => {}
            }
        }
    }
    assert!(real.len() > 10, "policies/ should name real things: {real:?}");
    let mut wrong = Vec::new();
    for (file, text) in source_files() {
        if file.split('/').any(|part| part.starts_with("altinn")) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let words: BTreeSet<&str> = line.split(|c: char| !(c.is_alphanumeric() || ":_-.".contains(c))).collect();
            for name in &real {
                if words.contains(&**name) || (name.contains(':') && line.contains(&**name)) {
                    wrong.push(format!("src/{file}:{}: `{name}` belongs in policies/", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_top_level_is_what_it_should_be() {
    const TOP: &[&str] = &[
        ".ci",
        ".git",
        ".gitattributes",
        ".gitignore",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "benches",
        "docs",
        "editors",
        "fuzz",
        "grammar",
        "policies",
        "rustfmt.toml",
        "snapshots",
        "src",
        "target",
        "tests",
    ];
    let strange: Vec<String> = fs::read_dir(root())
        .expect("the top level")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !TOP.contains(&&**name))
        .collect();
    assert!(strange.is_empty(), "these belong in a folder, or in the list with a reason: {strange:?}");
}

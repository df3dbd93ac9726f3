//! What is built from the shipped policies depends on what they mean, byte by byte: not on the order of the files;
//! comments and line ends change `origins.json` and its digest alone. Threads: `.ci/run`.

use crate::syntax::shipped;
use fullmakt::compile::{Options, compile};
use fullmakt::emit::{self, OutputFile};
use fullmakt::source::{Source, SourceId, Sources};
use std::collections::BTreeMap;

type Built = BTreeMap<&'static str, String>;

fn built(files: &[(String, String)]) -> Built {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> = files.iter().map(|(name, text)| sources.add(Source::new(name, text))).collect();
    let compiled = compile(&sources, &ids, Options::default());
    let (bundle, origins) = compiled.bundle.unwrap_or_else(|| panic!("{:#?}", compiled.findings));
    let files = emit::files(&bundle, &origins, &sources, &["json", "xacml"]).expect("nothing is beyond the targets");
    files.into_iter().map(|OutputFile { name, bytes }| (name, String::from_utf8(bytes).unwrap())).collect()
}

/// Vocabulary, registers and policies.
fn registers() -> Vec<(String, String)> {
    let files = [("words.fmk", crate::attributes::WORDS), ("registers.fmk", crate::attributes::REGISTERS)];
    files.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

#[test]
fn the_order_of_declarations_and_comments_change_no_byte_of_registers() {
    let first = built(&registers());
    let text = crate::attributes::REGISTERS;
    let (head, rest) = text.split_once("\n\n").unwrap();
    let mut blocks: Vec<&str> = rest.split_inclusive("\n}\n").collect();
    for _ in 0..blocks.len() {
        blocks.rotate_left(1);
        let turned = format!("{head}\n\n// turned\n{}", blocks.concat());
        let mut files = registers();
        files[1].1 = turned;
        files.reverse();
        let again = built(&files);
        for name in ["attributes.json", "bundle.json", "policies.xml"] {
            assert_eq!(again[name], first[name], "{name}");
        }
    }
}

#[test]
fn the_order_of_the_files_changes_no_byte() {
    let files = shipped();
    let first = built(&files);
    assert_eq!(
        first.keys().copied().collect::<Vec<_>>(),
        ["attributes.json", "bundle.json", "manifest.json", "origins.json", "policies.xml"]
    );
    for turn in 0..files.len() {
        let mut turned = files.clone();
        turned.rotate_left(turn);
        assert_eq!(built(&turned), first);
        turned.reverse();
        assert_eq!(built(&turned), first);
    }
}

/// The lines of the manifest that are not the digest of this file.
fn but_for<'m>(manifest: &'m str, name: &str) -> Vec<&'m str> {
    manifest.lines().filter(|line| !line.contains(name)).collect()
}

#[test]
fn comments_and_line_ends_change_the_origins_and_their_digest_alone() {
    let files = shipped();
    let first = built(&files);
    let changes: [fn(&str) -> String; 3] = [
        |text| text.replace('\n', "\r\n"),
        |text| text.replace('\n', "\n// another comment\n"),
        |text| text.lines().map(|line| line.split("//").next().unwrap_or("").trim_end().to_owned() + "\n").collect(),
    ];
    for change in changes {
        let changed: Vec<_> = files.iter().map(|(name, text)| (name.clone(), change(text))).collect();
        assert_ne!(changed, files);
        let again = built(&changed);
        for name in ["attributes.json", "bundle.json", "policies.xml"] {
            assert_eq!(again[name], first[name], "{name}");
        }
        assert_eq!(but_for(&again["manifest.json"], "origins.json"), but_for(&first["manifest.json"], "origins.json"));
        let differs = again["origins.json"] != first["origins.json"];
        assert_eq!(again["manifest.json"] != first["manifest.json"], differs, "the manifest tells of other origins");
    }
}

//! What is read, in which order and what is said of the rest; and that a set of files is written whole or not at all.

use crate::scratch::Scratch;
use fullmakt::workspace::{read_modules, read_modules_and_suites, write_file, write_set};
use std::path::PathBuf;

fn names(loaded: &fullmakt::workspace::Loaded, scratch: &Scratch) -> Vec<String> {
    let root = format!("{}/", scratch.path().display());
    loaded.modules.iter().map(|id| loaded.sources.get(*id).unwrap().name().replace(&root, "")).collect()
}

#[test]
fn folders_are_read_to_the_bottom_sorted_and_once() {
    let scratch = Scratch::new("read_folders");
    for name in ["b.fmk", "a/z.fmk", "a/b/c.fmk", ".git/d.fmk", "target/e.fmk", "a/readme.md", "a/z.test.yaml"] {
        scratch.file(name, "module x\n");
    }
    let paths = [scratch.path().to_path_buf(), scratch.at("a"), scratch.at("a/../b.fmk")];
    let loaded = read_modules_and_suites(&paths);
    assert_eq!(names(&loaded, &scratch), ["a/b/c.fmk", "a/z.fmk", "b.fmk"]);
    assert_eq!(loaded.suites.len(), 1);
    assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
    let mut turned = paths.clone();
    turned.reverse();
    assert_eq!(names(&read_modules(&turned), &scratch), ["a/b/c.fmk", "a/z.fmk", "b.fmk"]);
}

#[test]
fn a_suite_beside_a_named_module_is_read() {
    let scratch = Scratch::new("read_beside");
    scratch.file("m.fmk", "module m\n").file("m.test.yaml", "cases: []\n").file("n.test.yaml", "cases: []\n");
    assert_eq!(read_modules_and_suites(&[scratch.at("m.fmk")]).suites.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends() {
    let scratch = Scratch::new("read_loop");
    scratch.file("a/m.fmk", "module m\n");
    std::os::unix::fs::symlink(scratch.path(), scratch.at("a/up")).unwrap();
    std::os::unix::fs::symlink(scratch.at("a/m.fmk"), scratch.at("same.fmk")).unwrap();
    std::os::unix::fs::symlink(scratch.at("nowhere"), scratch.at("lost.fmk")).unwrap();
    let loaded = read_modules(&[scratch.path().to_path_buf()]);
    assert_eq!(loaded.count(), 1);
    let messages: Vec<&str> = loaded.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].ends_with("lost.fmk`: there is no such file or folder"), "{messages:?}");
}

#[test]
fn what_cannot_be_read_is_a_finding_with_a_place() {
    let scratch = Scratch::new("read_bad");
    scratch.file("latin.fmk", b"module latin\n// bl\xe5b\xe6r\n").file("empty/readme.md", "");
    let large = std::fs::File::create(scratch.at("large.fmk")).unwrap();
    large.set_len(fullmakt::workspace::LARGEST_FILE + 1).unwrap();
    let paths: Vec<PathBuf> = ["latin.fmk", "large.fmk", "missing.fmk", "empty"].map(|name| scratch.at(name)).into();
    let loaded = read_modules(&paths);
    let mut codes: Vec<&str> = loaded.findings.iter().map(|finding| finding.code.number).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["FM0101", "FM0101", "FM0102", "FM0103"]);
    let latin = loaded.findings.iter().find(|finding| finding.code.number == "FM0102").unwrap();
    assert_eq!(latin.place.span.range(), 18..19);
    assert_eq!(loaded.count(), 0);
}

#[test]
fn a_set_is_written_whole_and_old_files_of_it_go() {
    let scratch = Scratch::new("write_set");
    scratch
        .file("out/old.json", "old")
        .file("out/mine.txt", "mine")
        .file("out/a.json", "old a")
        .file("outside", "stays");
    let files: [(&str, &[u8]); 2] = [("a.json", b"new a"), ("manifest.json", b"list")];
    let stale = ["old.json", "a.json", "gone.json", "../outside"].map(str::to_owned);
    write_set(&scratch.at("out"), &files, &stale).unwrap();
    assert_eq!(scratch.names("out"), ["a.json", "manifest.json", "mine.txt"]);
    assert_eq!(scratch.read("out/a.json"), "new a");
    assert_eq!(scratch.read("outside"), "stays");
}

#[test]
fn a_failure_leaves_the_old_set_whole() {
    let scratch = Scratch::new("write_failure");
    scratch.file("out/a.json", "old a").file("out/manifest.json/in_the_way", "");
    let files: [(&str, &[u8]); 3] = [("a.json", b"new a"), ("b.json", b"new b"), ("manifest.json", b"list")];
    let error = write_set(&scratch.at("out"), &files, &[]).unwrap_err();
    assert!(error.to_string().contains("manifest.json"), "{error}");
    assert_eq!(scratch.names("out"), ["a.json", "manifest.json"]);
    assert_eq!(scratch.read("out/a.json"), "old a");
    assert!(write_set(&scratch.at("fresh"), &[("no/such/folder", b"")], &[]).is_err());
    assert!(!scratch.at("fresh").exists());
}

#[test]
fn one_file_is_written_through_a_link() {
    let scratch = Scratch::new("write_link");
    scratch.file("real", "old");
    #[cfg(unix)]
    std::os::unix::fs::symlink(scratch.at("real"), scratch.at("link")).unwrap();
    #[cfg(unix)]
    {
        write_file(&scratch.at("link"), b"new").unwrap();
        assert!(scratch.at("link").is_symlink());
        assert_eq!(scratch.read("real"), "new");
    }
    assert_eq!(scratch.names(".").len(), 2);
}

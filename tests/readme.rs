//! The README and docs/asking.md are true: their files are written, their commands run, in order, and what they print is what
//! they say.

use crate::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block: its language and its lines.
struct Block<'t> {
    language: &'t str,
    lines: Vec<&'t str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) if !open => {
                open = true;
                blocks.push(Block { language, lines: Vec::new() });
            }
            Some(_) => open = false,
            None if open => blocks.last_mut().unwrap().lines.push(line),
            None => {}
        }
    }
    blocks
}

/// Runs a line as a shell would, with our binary on the path; both outputs together.
fn shell(line: &str, folder: &Path) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_fullmakt"));
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {line}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.parent().unwrap().display()))
        .env("NO_COLOR", "1")
        .env_remove("CI")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 100), "{line}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Writes the files of a page and runs its commands in a folder, in order; says how many there were.
fn walk(page: &str, text: &str, mut folder: PathBuf) -> usize {
    let mut commands = 0;
    for block in blocks(text) {
        let first = block.lines.first().copied().unwrap_or_default();
        match block.language {
            "sh" => {
                let mut lines = block.lines.iter().peekable();
                while let Some(line) = lines.next() {
                    let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("no command prints `{line}`"));
                    let mut expected = String::new();
                    while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                        expected.push_str(line);
                        expected.push('\n');
                    }
                    commands += 1;
                    if let Some(name) = command.strip_prefix("cd ") {
                        folder = folder.join(name);
                    } else if command != "cargo test" {
                        let command = command.replace("cargo run --release --", "fullmakt");
                        assert_eq!(shell(&command, &folder), expected, "{page}: `$ {command}`");
                    }
                }
            }
            "yaml" => {
                let name = first.strip_prefix("# ").expect("a block of YAML begins with its file");
                std::fs::write(folder.join(name), format!("{}\n", block.lines.join("\n"))).unwrap();
            }
            "fmk" => match first.strip_prefix("// ").filter(|name| name.ends_with(".fmk")) {
                Some(name) => std::fs::write(folder.join(name), format!("{}\n", block.lines.join("\n"))).unwrap(),
                None => {
                    let module = std::fs::read_to_string(folder.join("policies/clinic.fmk")).unwrap();
                    assert!(
                        module.contains(&block.lines.join("\n")),
                        "{page}: a block is not as in policies/clinic.fmk"
                    );
                }
            },
            other => panic!("{page}: a block of `{other}`, which nothing tests"),
        }
    }
    commands
}

#[cfg(target_os = "linux")]
#[test]
fn every_block_of_the_readme_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let scratch = Scratch::new("readme");
    let folder = scratch.path().to_path_buf();
    let copied = Command::new("cp").arg("-r").arg(root.join("policies")).arg(&folder).status().unwrap();
    assert!(copied.success());
    let commands = walk("README.md", &readme, folder);
    assert!(commands > 12, "the walk has lost its way: {commands} commands");
}

#[cfg(target_os = "linux")]
#[test]
fn every_block_of_the_page_about_asking_is_true() {
    let scratch = Scratch::new("page_about_asking");
    let commands = walk("docs/asking.md", include_str!("../docs/asking.md"), scratch.path().to_path_buf());
    assert_eq!(commands, 5);
}

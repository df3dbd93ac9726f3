//! What several commands begin with: their paths, the files there, and the road from those to a bundle.

use super::Streams;
use fullmakt::compile::{self, Compiled};
use fullmakt::diag::render::{Count, human};
use fullmakt::diag::{Diagnostic, Severity};
use fullmakt::facts::Facts;
use fullmakt::intake::rows::{Form, Input};
use fullmakt::intake::{self, FactPlaces, Names};
use fullmakt::source::{SourceId, Sources};
use fullmakt::workspace::{self, Loaded};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Help of `PATHS`.
pub(super) const PATHS_HELP: &str =
    "Modules (`.fmk`), and folders of them with those below; if none: policies/ if there is one, else this folder";

/// These paths, or where modules are looked for when none is named.
pub(super) fn or_default(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { workspace::default_paths() } else { paths.to_vec() }
}

/// The list of known words, if one is named.
pub(super) fn words(path: Option<&Path>, loaded: &mut Loaded) -> Option<Vec<Box<str>>> {
    match workspace::read_file(path?, &mut loaded.sources) {
        Ok(id) => {
            let text = loaded.sources.get(id)?.text();
            Some(text.split_whitespace().map(Into::into).collect())
        }
        Err(trouble) => {
            loaded.findings.push(trouble.1);
            None
        }
    }
}

/// What compiling should know of what was loaded; the findings of loading are among those of compiling.
pub(super) fn options(loaded: &mut Loaded, words: Option<Vec<Box<str>>>) -> compile::Options {
    compile::Options { words, unreadable: std::mem::take(&mut loaded.findings), broken: loaded.broken.clone() }
}

/// Compiles what was loaded.
pub(super) fn compile(loaded: &mut Loaded, words: Option<Vec<Box<str>>>) -> Compiled {
    let options = options(loaded, words);
    compile::compile(&loaded.sources, &loaded.modules, options)
}

/// Facts of one world: a document, or files of rows, or folders of them.
pub(super) fn facts(paths: &[PathBuf], names: &Names<'_>, loaded: &mut Loaded) -> Option<(Facts, FactPlaces)> {
    let read = match paths {
        [path]
            if !workspace::is_folder(path)
                && Form::of(&workspace::name_of(path)).is_none_or(|form| form == Form::Document) =>
        {
            let id = text(path, loaded)?;
            loaded.sources.get(id).map_or_else(|| Err(Vec::new()), |source| intake::facts::read(source, id, names))
        }
        _ => {
            let mut files = Vec::new();
            for path in paths {
                if workspace::is_folder(path) {
                    let Ok(all) = workspace::files_in(path) else {
                        files.push(path.clone());
                        continue;
                    };
                    files.extend(all);
                } else {
                    files.push(path.clone());
                }
            }
            let inputs: Vec<Input<'_>> = files
                .iter()
                .map(|path| Input { name: workspace::name_of(path), open: Box::new(|| workspace::open(path)) })
                .collect();
            intake::rows::read(&inputs, names, &mut loaded.sources)
        }
    };
    match read {
        Ok(read) => Some(read),
        Err(findings) => {
            loaded.findings.extend(findings);
            None
        }
    }
}

/// Reads a text; what is wrong is among the findings.
pub(super) fn text(path: &Path, loaded: &mut Loaded) -> Option<SourceId> {
    match workspace::read_file(path, &mut loaded.sources) {
        Ok(id) => Some(id),
        Err(trouble) => {
            loaded.findings.push(trouble.1);
            None
        }
    }
}

/// Shows findings of a command whose result is something else; says whether they stop it. Open questions are only counted.
pub(super) fn show(findings: &[Diagnostic], sources: &Sources, streams: &mut Streams) -> io::Result<bool> {
    let grave: Vec<Diagnostic> =
        findings.iter().filter(|finding| finding.severity() != Severity::Note).cloned().collect();
    let look = streams.look();
    human::write(&grave, sources, look, &mut streams.err)?;
    let count = Count::of(findings);
    if count != Count::default() {
        writeln!(streams.err, "{}", count.sentence())?;
    }
    Ok(count.errors > 0)
}

//! What the commands that ask of a bundle and of facts begin with: the bundle or its modules, what is said of a request by
//! flags, and what is said when one of these is wrong. Asks nothing itself.

use super::input::{self, PATHS_HELP, text};
use super::{Exit, Streams};
use clap::ValueEnum;
use fullmakt::diag::Diagnostic;
use fullmakt::intake;
use fullmakt::ir::Bundle;
use fullmakt::origins::Origins;
use fullmakt::source::{Source, SourceId};
use fullmakt::workspace::{self, Loaded};
use jiff::Timestamp;
use std::io;
use std::path::{Path, PathBuf};

/// Whom and what is asked about, and when.
#[derive(clap::Args)]
pub(super) struct World {
    #[arg(help = format!("{PATHS_HELP}; or a bundle: bundle.json, or a folder with one"))]
    pub(super) paths: Vec<PathBuf>,
    /// Who there is, and who has and gave what: a document (.yaml, .json), CSV (people.csv, roles.csv, …), JSON Lines (.jsonl), or a
    /// folder of these (may be said often)
    #[arg(long, value_name = "FILE", required = true)]
    pub(super) facts: Vec<PathBuf>,
    /// What the request says of its context: one attribute, or a file with all of them (may be said often)
    #[arg(long, value_name = "KEY=VALUE|FILE")]
    context: Vec<String>,
    /// The record asked for, by its name in the facts
    #[arg(long, value_name = "NAME")]
    record: Option<String>,
    /// The moment of a request that says none, as 2026-03-01T12:00:00+01:00; if none: now
    #[arg(long, value_name = "MOMENT")]
    at: Option<Timestamp>,
}

/// How an answer is shown.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// For tools; `fullmakt schema` has its form
    Json,
}

/// The documents of what flags say of a request.
pub(super) struct Said {
    contexts: Vec<SourceId>,
    about: Option<SourceId>,
}

/// A document, and which it is.
pub(super) type Document<'s> = (&'s Source, SourceId);

impl Said {
    /// Of its context, the last one first.
    pub(super) fn contexts<'s>(&self, loaded: &'s Loaded) -> Vec<Document<'s>> {
        self.contexts.iter().filter_map(|id| Some((loaded.sources.get(*id)?, *id))).collect()
    }

    /// Of its record and elements.
    pub(super) fn about<'s>(&self, loaded: &'s Loaded) -> Option<Document<'s>> {
        self.about.and_then(|id| Some((loaded.sources.get(id)?, id)))
    }
}

impl World {
    /// The moment that is meant where a request says none.
    pub(super) fn now(&self) -> Timestamp {
        self.at.unwrap_or_else(Timestamp::now)
    }

    /// The bundle that the paths name, or that of the modules there. `loaded` is filled, or says what is wrong.
    pub(super) fn bundle(&self, loaded: &mut Loaded) -> Option<(Bundle, Option<Origins>)> {
        match bundle_at(&self.paths) {
            Some(path) => from_bundle(&path, loaded),
            None => from_modules(&self.paths, loaded),
        }
    }

    /// What the flags say of a request.
    pub(super) fn said(&self, elements: &[String], loaded: &mut Loaded) -> Option<Said> {
        let contexts: Option<Vec<SourceId>> = self.context.iter().map(|said| context(said, loaded)).collect();
        let about = about(self.record.as_deref(), elements, loaded);
        Some(Said { contexts: contexts?, about })
    }
}

const BUNDLE: &str = "bundle.json";
const ORIGINS: &str = "origins.json";

/// The bundle that the paths name, if they name one.
fn bundle_at(paths: &[PathBuf]) -> Option<PathBuf> {
    let [path] = paths else { return None };
    if workspace::is_folder(path) {
        Some(path.join(BUNDLE)).filter(|path| workspace::exists(path))
    } else {
        path.extension().is_some_and(|ending| ending == "json").then(|| path.clone())
    }
}

fn from_bundle(path: &Path, loaded: &mut Loaded) -> Option<(Bundle, Option<Origins>)> {
    let id = text(path, loaded)?;
    match with(loaded, id, |source| intake::bundle::read(source, id)) {
        Ok(bundle) => {
            let origins = workspace::read_text(&path.with_file_name(ORIGINS)).ok();
            let origins = origins.and_then(|text| fullmakt::emit::origins::read(&bundle, &text));
            Some((bundle, origins))
        }
        Err(findings) => {
            loaded.findings.extend(findings);
            None
        }
    }
}

fn from_modules(paths: &[PathBuf], loaded: &mut Loaded) -> Option<(Bundle, Option<Origins>)> {
    *loaded = workspace::read_modules(&input::or_default(paths));
    let compiled = input::compile(loaded, None);
    match compiled.bundle {
        // A decision is asked for, and the modules are sound: their warnings are for `check` to tell.
        Some((bundle, origins)) => Some((bundle, Some(origins))),
        None => {
            loaded.findings = compiled.findings;
            None
        }
    }
}

/// The document of one `--context`: `key=value`, whose value is as in YAML, or a file.
fn context(said: &str, loaded: &mut Loaded) -> Option<SourceId> {
    match said.split_once('=') {
        Some((key, value)) if !workspace::exists(Path::new(said)) => {
            Some(loaded.sources.add(Source::new("--context", &format!("{key}: {value}\n"))))
        }
        _ => text(Path::new(said), loaded),
    }
}

/// The document of `--record` and `--element`; names in it are JSON, so that any name can be said.
fn about(record: Option<&str>, elements: &[String], loaded: &mut Loaded) -> Option<SourceId> {
    let mut lines = String::new();
    if let Some(record) = record {
        lines.push_str(&format!("record: {}\n", serde_json::Value::from(record)));
    }
    if !elements.is_empty() {
        lines.push_str(&format!("elements: {}\n", serde_json::Value::from(elements)));
    }
    (!lines.is_empty()).then(|| loaded.sources.add(Source::new("--record, --element", &lines)))
}

/// What stands on the command line, as a document: findings show it. Names in it are JSON, so that any name can be said.
pub(super) fn command_line<'k>(
    keys: impl IntoIterator<Item = (&'k str, Option<&'k String>)>,
    loaded: &mut Loaded,
) -> SourceId {
    let said = keys.into_iter().filter_map(|(key, said)| Some((key, said?)));
    let lines: String =
        said.map(|(key, said)| format!("{key}: {}\n", serde_json::Value::from(said.as_str()))).collect();
    loaded.sources.add(Source::new("the command line", &lines))
}

/// Reads a text that was loaded.
pub(super) fn with<T>(
    loaded: &Loaded,
    id: SourceId,
    read: impl FnOnce(&Source) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Vec<Diagnostic>> {
    loaded.sources.get(id).map_or_else(|| Err(Vec::new()), read)
}

/// Ends with these findings besides.
pub(super) fn stop_with(mut loaded: Loaded, findings: Vec<Diagnostic>, streams: &mut Streams) -> io::Result<Exit> {
    loaded.findings.extend(findings);
    stop(loaded, streams)
}

/// Ends with what was found.
pub(super) fn stop(mut loaded: Loaded, streams: &mut Streams) -> io::Result<Exit> {
    Diagnostic::sort(&mut loaded.findings);
    input::show(&loaded.findings, &loaded.sources, streams)?;
    Ok(Exit::Findings)
}

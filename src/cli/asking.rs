//! What the commands that ask of a bundle and of facts share: they read the bundle or its modules, the facts, what is asked and what
//! flags say of it; what is wrong with these ends them. What is asked, and how the answer is told, each command says itself.

use super::input::{self, PATHS_HELP, text};
use super::{Exit, Streams};
use clap::ValueEnum;
use fullmakt::decide::{Decider, Index, Listing};
use fullmakt::diag::Diagnostic;
use fullmakt::facts::Facts;
use fullmakt::intake::{self, names::Names, request::Besides};
use fullmakt::ir::Bundle;
use fullmakt::origins::Origins;
use fullmakt::source::{Source, SourceId};
use fullmakt::words::listing::{Question, Said};
use fullmakt::words::speaker::{FactsSaid, Speaker};
use fullmakt::workspace::{self, Loaded};
use jiff::Timestamp;
use std::io::{self, Write};
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

/// A document, and which it is.
pub(super) type Document<'s> = (&'s Source, SourceId);

/// With what something that was asked is read.
pub(super) struct Reading<'r> {
    pub(super) besides: Besides<'r>,
    pub(super) names: &'r Names<'r>,
    pub(super) facts: &'r Facts,
    pub(super) now: Timestamp,
}

/// With what it is answered and told.
pub(super) struct Answering<'a> {
    pub(super) decider: &'a Decider<'a, 'a>,
    pub(super) speaker: &'a Speaker<'a>,
    pub(super) facts: &'a FactsSaid<'a>,
    /// How many columns there are for the answer.
    pub(super) width: Option<usize>,
}

impl Answering<'_> {
    /// A listing as text.
    pub(super) fn listed(&self, question: Question<'_>, listing: &Listing, format: Format) -> String {
        let said = Said { question, listing, speaker: self.speaker, facts: self.facts };
        match format {
            Format::Human => said.human(self.width),
            Format::Json => said.json(),
        }
    }
}

impl World {
    /// Reads bundle, facts and what is asked (from `document`, besides it what flags say of the request), and writes the answer that is
    /// told of it. Findings end it.
    pub(super) fn answer<R>(
        &self,
        elements: &[String],
        streams: &mut Streams,
        document: impl FnOnce(&mut Loaded) -> Option<SourceId>,
        read: impl FnOnce(Document<'_>, &Reading<'_>) -> Result<R, Vec<Diagnostic>>,
        tell: impl FnOnce(&R, &Answering<'_>) -> String,
    ) -> io::Result<Exit> {
        let mut loaded = Loaded::default();
        let Some((bundle, origins)) = self.bundle(&mut loaded) else {
            return stop(loaded, streams);
        };
        let names = Names::new(&bundle.meaning);
        let facts = input::facts(&self.facts, &names, &mut loaded);
        let document = document(&mut loaded);
        let contexts: Option<Vec<SourceId>> = self.context.iter().map(|said| context(said, &mut loaded)).collect();
        let about = about(self.record.as_deref(), elements, &mut loaded);
        let (Some((facts, places)), Some(document), Some(contexts)) = (facts, document, contexts) else {
            return stop(loaded, streams);
        };
        let at = |id: SourceId| Some((loaded.sources.get(id)?, id));
        let contexts: Vec<Document<'_>> = contexts.into_iter().filter_map(at).collect();
        let reading = Reading {
            besides: Besides { contexts: &contexts, about: about.and_then(at) },
            names: &names,
            facts: &facts,
            now: self.at.unwrap_or_else(Timestamp::now),
        };
        let asked = match with(&loaded, document, |source| read((source, document), &reading)) {
            Ok(asked) => asked,
            Err(findings) => {
                loaded.findings.extend(findings);
                return stop(loaded, streams);
            }
        };
        let index = Index::new(&bundle);
        let answering = Answering {
            decider: &Decider::new(&index, &facts),
            speaker: &Speaker::new(&bundle, origins.as_ref()),
            facts: &FactsSaid {
                facts: &facts,
                roles: &places.roles,
                delegations: &places.delegations,
                sources: &loaded.sources,
            },
            width: streams.width_of_results(),
        };
        let text = tell(&asked, &answering);
        streams.out.write_all(text.as_bytes())?;
        Ok(Exit::Well)
    }

    /// The bundle that the paths name, or that of the modules there. `loaded` is filled, or says what is wrong.
    fn bundle(&self, loaded: &mut Loaded) -> Option<(Bundle, Option<Origins>)> {
        match bundle_at(&self.paths) {
            Some(path) => from_bundle(&path, loaded),
            None => from_modules(&self.paths, loaded),
        }
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
fn with<T>(
    loaded: &Loaded,
    id: SourceId,
    read: impl FnOnce(&Source) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Vec<Diagnostic>> {
    loaded.sources.get(id).map_or_else(|| Err(Vec::new()), read)
}

/// Ends with what was found.
fn stop(mut loaded: Loaded, streams: &mut Streams) -> io::Result<Exit> {
    Diagnostic::sort(&mut loaded.findings);
    input::show(&loaded.findings, &loaded.sources, streams)?;
    Ok(Exit::Findings)
}

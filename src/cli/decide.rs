//! `decide`: one request, and what carries the decision. Ends well whatever it is.

use super::input::{self, PATHS_HELP, text};
use super::{Exit, Streams, arguments};
use clap::{ArgMatches, ValueEnum};
use fullmakt::decide::Index;
use fullmakt::diag::Diagnostic;
use fullmakt::intake::{self, names::Names, request::Besides};
use fullmakt::ir::Bundle;
use fullmakt::origins::Origins;
use fullmakt::source::{Source, SourceId};
use fullmakt::words::decision;
use fullmakt::words::speaker::{FactsSaid, Speaker};
use fullmakt::workspace::{self, Loaded};
use jiff::Timestamp;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt decide --facts facts.yaml --request request.yaml
  fullmakt decide --facts facts.yaml --request request.yaml target/bundles
  fullmakt decide --facts facts.yaml --request request.yaml --at 2027-01-01T00:00:00+01:00
  fullmakt decide --facts facts.yaml --request request.yaml --format json
  fullmakt decide --facts people.csv --facts organisations.csv --facts roles.csv --request request.yaml
  fullmakt decide --facts registers/ --request request.yaml
  fullmakt decide --facts facts.yaml --request request.yaml --context login=true --context purpose=research
  fullmakt decide --facts facts.yaml --request request.yaml --context context.yaml --record r1 --element diagnosis

A request is, in YAML or JSON: { subject: per, party: clinic, action: send, on: report }, for a service or register
perhaps with context: { login: true }, record: r1 and elements: [diagnosis]; what the flags say stands in its place.
`fullmakt schema facts` and `fullmakt schema request` say what may stand in them.")]
pub(super) struct Arguments {
    #[arg(help = format!("{PATHS_HELP}; or a bundle: bundle.json, or a folder with one"))]
    paths: Vec<PathBuf>,
    /// Who there is, and who has and gave what: a document (.yaml, .json), CSV (people.csv, roles.csv, …), JSON Lines (.jsonl), or a
    /// folder of these (may be said often)
    #[arg(long, value_name = "FILE", required = true)]
    facts: Vec<PathBuf>,
    /// What is asked
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// What the request says of its context: one attribute, or a file with all of them (may be said often)
    #[arg(long, value_name = "KEY=VALUE|FILE")]
    context: Vec<String>,
    /// The record asked for, by its name in the facts
    #[arg(long, value_name = "NAME")]
    record: Option<String>,
    /// An element asked for (may be said often); if none: those of the request, else all
    #[arg(long, value_name = "NAME")]
    element: Vec<String>,
    /// The moment of a request that says none, as 2026-03-01T12:00:00+01:00; if none: now
    #[arg(long, value_name = "MOMENT")]
    at: Option<Timestamp>,
    /// How the decision is shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// The answer, then the chain that carries it
    Human,
    /// For tools; `fullmakt schema decision`
    Json,
}

const BUNDLE: &str = "bundle.json";
const ORIGINS: &str = "origins.json";

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let mut loaded = Loaded::default();
    let read = match bundle_at(&arguments.paths) {
        Some(path) => from_bundle(&path, &mut loaded),
        None => from_modules(&arguments.paths, &mut loaded),
    };
    let Some((bundle, origins)) = read else {
        return stop(loaded, streams);
    };
    let names = Names::new(&bundle.meaning);
    let facts = input::facts(&arguments.facts, &names, &mut loaded);
    let request_text = text(&arguments.request, &mut loaded);
    let contexts: Option<Vec<SourceId>> = arguments.context.iter().map(|said| context(said, &mut loaded)).collect();
    let about = about(&arguments, &mut loaded);
    let (Some((facts, places)), Some(request_text), Some(contexts)) = (facts, request_text, contexts) else {
        return stop(loaded, streams);
    };
    let now = arguments.at.unwrap_or_else(Timestamp::now);
    let contexts: Vec<(&Source, SourceId)> =
        contexts.into_iter().filter_map(|id| Some((loaded.sources.get(id)?, id))).collect();
    let about = about.and_then(|id| Some((loaded.sources.get(id)?, id)));
    let besides = Besides { contexts: &contexts, about };
    let request = with(&loaded, request_text, |source| {
        intake::request::read_with(source, request_text, &besides, &names, &facts, now)
    });
    let request = match request {
        Ok(request) => request,
        Err(findings) => return stop_with(loaded, findings, streams),
    };
    let decided = Index::new(&bundle).decide(&facts, &request);
    let speaker = Speaker::new(&bundle, origins.as_ref());
    let said =
        FactsSaid { facts: &facts, roles: &places.roles, delegations: &places.delegations, sources: &loaded.sources };
    let text = match arguments.format {
        Format::Human => decision::human(&decided, &request, &speaker, &said),
        Format::Json => decision::to_text(&decision::json(&decided, &request, &speaker, &said)),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Well)
}

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
fn about(arguments: &Arguments, loaded: &mut Loaded) -> Option<SourceId> {
    let mut lines = String::new();
    if let Some(record) = &arguments.record {
        lines.push_str(&format!("record: {}\n", serde_json::Value::from(record.as_str())));
    }
    if !arguments.element.is_empty() {
        lines.push_str(&format!("elements: {}\n", serde_json::Value::from(arguments.element.clone())));
    }
    (!lines.is_empty()).then(|| loaded.sources.add(Source::new("--record, --element", &lines)))
}

/// Reads a text that was loaded.
fn with<T>(
    loaded: &Loaded,
    id: SourceId,
    read: impl FnOnce(&Source) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Vec<Diagnostic>> {
    loaded.sources.get(id).map_or_else(|| Err(Vec::new()), read)
}

fn stop_with(mut loaded: Loaded, findings: Vec<Diagnostic>, streams: &mut Streams) -> io::Result<Exit> {
    loaded.findings.extend(findings);
    stop(loaded, streams)
}

fn stop(mut loaded: Loaded, streams: &mut Streams) -> io::Result<Exit> {
    Diagnostic::sort(&mut loaded.findings);
    input::show(&loaded.findings, &loaded.sources, streams)?;
    Ok(Exit::Findings)
}

//! `mutate`: every small change of the modules against their suites. What no suite notices is shown with the case that would.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments};
use clap::{ArgMatches, ValueEnum};
use fullmakt::diag::Diagnostic;
use fullmakt::harness::mutate::{self, Fate, Options, Settle, report};
use fullmakt::intake::names::Scope;
use fullmakt::project::Project;
use fullmakt::words::speaker::Speaker;

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt mutate                             every module under policies/, or here
  fullmakt mutate --module demo.clinic        the changes of one module, against all suites
  fullmakt mutate --filter forbid-dropped     one kind of change (docs/mutation.md lists them)
  fullmakt mutate --filter '`reporting`'      what is changed of one thing
  fullmakt mutate --sample 500 --seed 7       some of the changes of a large build
  fullmakt mutate --format json               for tools; `fullmakt schema mutants`

A change that no suite notices is shown with a case that would, ready to paste among the `cases` of a suite.
It is set aside only where it is proved to decide the same everywhere. Survivors end with 4.")]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP)]
    paths: Vec<PathBuf>,
    /// Changes of this module alone, and of those below it
    #[arg(long, value_name = "NAME")]
    module: Option<String>,
    /// Changes alone of this kind, or with this in their words
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// So many of the changes, drawn by the seed
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// What the sample is drawn by
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// So many threads; if none is said, as many as there are
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// How the outcome is shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Survivors with the cases that would kill them, then counts
    Human,
    /// Every mutant; `fullmakt schema mutants`
    Json,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let mut project = Project::read(&arguments.paths);
    let Some((bundle, origins)) = &project.bundle else {
        input::show(&project.findings, &project.sources, streams)?;
        return Ok(Exit::Findings);
    };
    let options = Options {
        filter: arguments.filter.map(Into::into),
        module: arguments.module.map(Into::into),
        sample: arguments.sample.map(NonZeroUsize::get),
        seed: arguments.seed,
        jobs: arguments.jobs.map(NonZeroUsize::get),
    };
    let speaker = Speaker::new(bundle, Some(origins));
    let scopes: Vec<Scope> =
        project.modules.iter().map(|module| Scope { module: module.name.clone(), uses: module.uses.clone() }).collect();
    let settle = Settle::new(&speaker, &project.suites, &scopes, &project.sources);
    // What cannot be read is not tried: a suite that is left out would leave survivors behind.
    let tried = if project.has_errors() { None } else { Some(mutate::run(&settle, origins, &options)) };
    let (run, found) = match tried {
        Some(Ok(run)) => (Some(run), Vec::new()),
        Some(Err(trouble)) => {
            (None, trouble.findings(&options, &project.sources, project.modules.first().map(|module| module.source)))
        }
        None => (None, Vec::new()),
    };
    project.findings.extend(found);
    Diagnostic::sort(&mut project.findings);
    let stopped = input::show(&project.findings, &project.sources, streams)?;
    let Some(run) = run else { return Ok(Exit::Findings) };
    let text = match arguments.format {
        Format::Human => report::human(&run, origins, &project.sources),
        Format::Json => report::json(&run, origins, &project.sources),
    };
    streams.out.write_all(text.as_bytes())?;
    let survived = run.outcomes.iter().any(|outcome| matches!(outcome.fate, Fate::Survived(_)));
    Ok(match (stopped, survived) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Differs,
        (false, false) => Exit::Well,
    })
}

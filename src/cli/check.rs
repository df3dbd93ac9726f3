//! `check`: all findings at once.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments};
use clap::{ArgMatches, ValueEnum};
use fullmakt::compile::Compiled;
use fullmakt::diag::render::{Count, github, human, json, sarif, short};
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt check                                everything under policies/, or here
  fullmakt check policies/health.fmk            one module (and what it uses: give all of them)
  fullmakt check --format short                 a line a finding, for tools that read lines
  fullmakt check --format sarif > found.sarif   for code scanning; json, sarif and github go to standard output
  fullmakt check --deny-warnings                as a gate: only open questions are let through
  fullmakt check --words words.txt              with a list of known words, against misspelt titles

`fullmakt explain FM0201` says what a code means.")]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP)]
    paths: Vec<PathBuf>,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// End with 3 also where there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Known words, one a line: a word of a title that is none of them, but nearly, is a finding
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Drawn, with the text around
    Human,
    /// A line a finding
    Short,
    /// For tools; `fullmakt schema findings`
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines
    Github,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let mut loaded = fullmakt::workspace::read_modules(&input::or_default(&arguments.paths));
    let words = input::words(arguments.words.as_deref(), &mut loaded);
    let Compiled { findings, answered, .. } = input::compile(&mut loaded, words);
    let (sources, out) = (&loaded.sources, &mut streams.out);
    match arguments.format {
        Format::Json => json::write(&findings, &answered, sources, out)?,
        Format::Sarif => sarif::write(&findings, &answered, sources, out)?,
        Format::Github => github::write(&findings, sources, out)?,
        Format::Short => short::write(&findings, sources, &mut streams.err)?,
        Format::Human => {
            let look = streams.look();
            human::write(&findings, sources, look, &mut streams.err)?;
            writeln!(streams.err, "{}", human::summary(&findings, answered.len(), loaded.count()))?;
        }
    }
    let count = Count::of(&findings);
    let stops = count.errors > 0 || (arguments.deny_warnings && count.warnings > 0);
    Ok(if stops { Exit::Findings } else { Exit::Well })
}

//! `check`: all findings at once.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments};
use clap::{ArgMatches, ValueEnum};
use fullmakt::compile::{Compiled, mend};
use fullmakt::diag::render::{Count, fixes, github, human, json, sarif, short};
use fullmakt::workspace::{self, Loaded};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt check                                everything under policies/, or here
  fullmakt check policies/health.fmk            one module (and what it uses: give all of them)
  fullmakt check --format short                 a line a finding, for tools that read lines
  fullmakt check --format sarif > found.sarif   for code scanning; so do json and github print
  fullmakt check --deny-warnings                as a gate: only open questions are let through
  fullmakt check --fix                          write what is certain, list the rest
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
    /// Write the fixes that are certain, and list the others
    #[arg(long, long_help = FIX_HELP)]
    fix: bool,
    /// Known words, one a line: a word of a title that is none of them, but nearly, is a finding
    #[arg(long, value_name = "FILE")]
    words: Option<PathBuf>,
}

const FIX_HELP: &str = "\
Write the fixes that are certain, and list the others

Certain is a fix where there is one reading of what is written and nothing that is decided becomes another: a word of the \
grammar or a brace that is missing, a comma too many, an import that nothing uses. Each is told with its lines before and \
after; then everything is checked again.

Left to you is what only a person can say: which name was meant, which URN a thing has, and that a question is open \
(`undecided`) rather than forgotten. A warning that a tool answers is a warning that nobody read.";

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
    let mut loaded = workspace::read_modules(&input::or_default(&arguments.paths));
    let words = input::words(arguments.words.as_deref(), &mut loaded);
    let compiled = if arguments.fix {
        match fix(&mut loaded, words, streams)? {
            Some(compiled) => compiled,
            None => return Ok(Exit::Trouble),
        }
    } else {
        input::compile(&mut loaded, words)
    };
    let Compiled { findings, answered, .. } = compiled;
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

/// Makes the certain fixes and writes the texts; `None` where one could not be kept.
fn fix(loaded: &mut Loaded, words: Option<Vec<Box<str>>>, streams: &mut Streams) -> io::Result<Option<Compiled>> {
    let options = input::options(loaded, words);
    let mended = mend(&mut loaded.sources, &loaded.modules, &options);
    if mended.refused {
        streams.complain("the fixes would change what is decided, so none was written; this is a fault of fullmakt");
        return Ok(None);
    }
    for (id, before) in &mended.before {
        let path = Path::new(before.name());
        let told = |error: io::Error| io::Error::new(error.kind(), format!("`{}`: {error}", before.name()));
        if workspace::read_text(path).map_err(told)? != before.text() {
            streams.complain(&format!("`{}` was changed meanwhile, and is left as it is", before.name()));
            return Ok(None);
        }
        let text = loaded.sources.get(*id).map_or(before.text(), |source| source.text());
        workspace::write_file(path, text.as_bytes()).map_err(told)?;
    }
    let colour = streams.look().colour;
    fixes::write(&mended.written, &loaded.sources, colour, &mut streams.err)?;
    fixes::write_left(&mended.compiled.findings, &loaded.sources, &mut streams.err)?;
    Ok(Some(mended.compiled))
}

//! `fmt`: modules in the one canonical form.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::diag::Diagnostic;
use fullmakt::diag::render::diff::{self, Paint};
use fullmakt::source::{Source, Sources};
use fullmakt::{syntax, workspace};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt fmt                     write every module under policies/, or here
  fullmakt fmt --check             write nothing; end with 6 if something would change
  fullmakt fmt --diff              write nothing; show what would change, and end with 6 if anything would
  fullmakt fmt - < draft.fmk       from standard input to standard output

Comments stay where they are. A module that cannot be read is left as it is.")]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP, long_help = format!("{PATHS_HELP}; `-` is standard input"))]
    paths: Vec<PathBuf>,
    /// Only say which modules would change
    #[arg(long)]
    check: bool,
    /// Only show what would change, as a unified diff
    #[arg(long, conflicts_with = "check")]
    diff: bool,
}

/// What is done with a module that is not in its canonical form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Do {
    Write,
    Say,
    Show,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let what = match (arguments.check, arguments.diff) {
        (_, true) => Do::Show,
        (true, false) => Do::Say,
        (false, false) => Do::Write,
    };
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        if arguments.paths.len() > 1 {
            streams.complain("`-` stands alone: standard input is one module");
            return Ok(Exit::Usage);
        }
        return standard_input(what, streams);
    }
    let loaded = workspace::read_modules(&input::or_default(&arguments.paths));
    let mut findings = loaded.findings;
    let mut changed = false;
    for id in loaded.modules.iter().filter(|id| !loaded.broken.contains(id)) {
        let Some(source) = loaded.sources.get(*id) else { continue };
        match syntax::format(source, *id) {
            Err(found) => findings.extend(found),
            Ok(text) if text == source.text() => {}
            Ok(text) => {
                changed = true;
                match what {
                    Do::Say => writeln!(streams.out, "would change {}", source.name())?,
                    Do::Show => show(source, &text, streams)?,
                    Do::Write => {
                        writeln!(streams.out, "changed {}", source.name())?;
                        workspace::write_file(Path::new(source.name()), text.as_bytes())
                            .map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", source.name())))?;
                    }
                }
            }
        }
    }
    end(findings, &loaded.sources, changed && what != Do::Write, streams)
}

/// Shows what would change of a module.
fn show(source: &Source, after: &str, streams: &mut Streams) -> io::Result<()> {
    let paint = match (streams.results_are_read(), streams.colour_of_results()) {
        (false, _) => Paint::Plain,
        (true, false) => Paint::Harmless,
        (true, true) => Paint::Colour,
    };
    diff::write(source.name(), source.text(), after, paint, &mut streams.out)
}

fn standard_input(what: Do, streams: &mut Streams) -> io::Result<Exit> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(workspace::LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    let mut sources = Sources::default();
    let id = match workspace::text_of("-", bytes, &mut sources) {
        Ok(id) => id,
        Err(trouble) => return end(vec![trouble.1], &sources, false, streams),
    };
    match sources.get(id).map(|source| (source, syntax::format(source, id))) {
        Some((source, Ok(after))) => {
            let differs = source.text() != after;
            match what {
                Do::Write => streams.out.write_all(after.as_bytes())?,
                Do::Say if differs => writeln!(streams.out, "would change -")?,
                Do::Show if differs => show(source, &after, streams)?,
                Do::Say | Do::Show => {}
            }
            end(Vec::new(), &sources, differs && what != Do::Write, streams)
        }
        Some((_, Err(findings))) => end(findings, &sources, false, streams),
        None => Ok(Exit::Trouble),
    }
}

fn end(
    mut findings: Vec<Diagnostic>,
    sources: &Sources,
    would_change: bool,
    streams: &mut Streams,
) -> io::Result<Exit> {
    Diagnostic::sort(&mut findings);
    Ok(if input::show(&findings, sources, streams)? {
        Exit::Findings
    } else if would_change {
        Exit::Unformatted
    } else {
        Exit::Well
    })
}

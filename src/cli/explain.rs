//! `explain`: the page of a code, or the list of codes.

use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::diag::render::{PageLine, lines_of};
use fullmakt::diag::{Code, codes};
use std::io::{self, Write};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt explain                 every code
  fullmakt explain FM0201          one page, by number
  fullmakt explain malformed-urn   or by name")]
pub(super) struct Arguments {
    /// A code, as `FM0201`, `0201` or `malformed-urn`; if none: the list of all
    code: Option<String>,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let Some(wanted) = arguments.code else {
        return list(&mut streams.out).map(|()| Exit::Well);
    };
    let Some(code) = codes::find(&wanted) else {
        streams.complain(&format!("there is no code `{wanted}`; `fullmakt explain` lists them all"));
        return Ok(Exit::Usage);
    };
    if streams.results_are_read() {
        let bold = streams.colour_of_results();
        plainly(code.page, bold, &mut streams.out)?;
    } else {
        streams.out.write_all(code.page.as_bytes())?;
    }
    Ok(Exit::Well)
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    let width = codes::ALL.iter().map(|code| code.name.len()).max().unwrap_or(0);
    codes::ALL.iter().try_for_each(|Code { number, name, severity, sentence, .. }| {
        writeln!(out, "{number}  {name:width$}  {:7}  {sentence}", severity.word())
    })
}

/// The page for eyes: headings in bold, examples set in, no marks.
fn plainly(page: &str, bold: bool, out: &mut dyn Write) -> io::Result<()> {
    lines_of(page).try_for_each(|(line, what)| match what {
        PageLine::Heading if bold => writeln!(out, "\u{1b}[1m{line}\u{1b}[0m"),
        PageLine::Example if !line.is_empty() => writeln!(out, "    {line}"),
        _ => writeln!(out, "{line}"),
    })
}

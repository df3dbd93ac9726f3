//! `what`: everything that somebody may do, and for whom. Ends well whatever the answer is.

use super::asking::{self, Format, World};
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::decide::Lister;
use fullmakt::intake::question;
use fullmakt::words::listing::Question;
use std::io;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt what per --facts facts.yaml
  fullmakt what per --for clinic --facts facts.yaml
  fullmakt what per --facts facts.yaml --context login=true --record r1
  fullmakt what per --facts registers/ --format json target/bundles

Listed are actions on services and registers, of each with its elements, and packages and areas that are held (`use`) or may be
passed on (`delegate`). What rests on something that is missing stands apart, as undecidable. docs/asking.md says what is listed
and what is not.")]
pub(super) struct Arguments {
    /// Who
    subject: String,
    /// For whom; if nobody: for everybody whom a fact joins to the subject
    #[arg(long = "for", value_name = "PARTY")]
    party: Option<String>,
    /// How many rows are shown at most
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// How the answer is shown (json: `fullmakt schema what`)
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    world: World,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let Arguments { subject, party, limit, format, world } = arguments(matches)?;
    let keys = [("subject", Some(&subject)), (question::FOR, party.as_ref())];
    world.answer(
        &[],
        streams,
        |loaded| Some(asking::command_line(keys, loaded)),
        |asked, reading| question::what(asked, &reading.besides, reading.names, reading.facts, reading.now),
        |about, with| {
            let listing = Lister::new(with.decider).what(about, limit);
            with.listed(Question::What(about), &listing, format)
        },
    )
}

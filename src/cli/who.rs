//! `who`: everybody who may do something, and by what. Ends well whatever the answer is.

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
  fullmakt who send report --facts facts.yaml
  fullmakt who send report --for clinic --facts facts.yaml
  fullmakt who view journal --for ola --facts facts.yaml --context login=true --at 2027-01-01T00:00:00+01:00
  fullmakt who view journal --element diagnosis --record r1 --facts facts.yaml
  fullmakt who use reporting --for clinic --facts registers/ target/bundles
  fullmakt who delegate reporting --for clinic --to ola --facts facts.yaml --format json

A service or register is asked for its own actions, a package or an area for `use` and `delegate`. What rests on something that is
missing, such as a context that was not given, stands apart, as undecidable. docs/asking.md says what is listed and what is not.")]
pub(super) struct Arguments {
    /// What is to be done: an action of the resource; of a package or an area `use` or `delegate`
    action: String,
    /// With what: a service, register, package or area
    resource: String,
    /// For whom; if nobody: for everybody, as far as a fact joins them
    #[arg(long = "for", value_name = "PARTY")]
    party: Option<String>,
    /// To whom, of `delegate`
    #[arg(long, value_name = "RECEIVER")]
    to: Option<String>,
    /// An element asked for (may be said often); if none: each that the resource has
    #[arg(long, value_name = "NAME")]
    element: Vec<String>,
    /// How many rows are shown at most
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// How the answer is shown (json: `fullmakt schema who`)
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(flatten)]
    world: World,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let Arguments { action, resource, party, to, element, limit, format, world } = arguments(matches)?;
    let keys = [
        ("action", Some(&action)),
        ("on", Some(&resource)),
        (question::FOR, party.as_ref()),
        (question::TO, to.as_ref()),
    ];
    world.answer(
        &element,
        streams,
        |loaded| Some(asking::command_line(keys, loaded)),
        |asked, reading| question::who(asked, &reading.besides, reading.names, reading.facts, reading.now),
        |request, with| {
            let listing = Lister::new(with.decider).who(request, limit);
            with.listed(Question::Who(request), &listing, format)
        },
    )
}

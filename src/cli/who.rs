//! `who`: everybody who may do something, and by what. Ends well whatever the answer is.

use super::asking::{self, Format, World};
use super::input;
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::decide::{Decider, Index, Lister};
use fullmakt::intake::{names::Names, question, request::Besides};
use fullmakt::words::listing::{Question, Said};
use fullmakt::words::speaker::{FactsSaid, Speaker};
use fullmakt::workspace::Loaded;
use std::io::{self, Write};

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
    let arguments: Arguments = arguments(matches)?;
    let world = &arguments.world;
    let mut loaded = Loaded::default();
    let Some((bundle, origins)) = world.bundle(&mut loaded) else {
        return asking::stop(loaded, streams);
    };
    let names = Names::new(&bundle.meaning);
    let facts = input::facts(&world.facts, &names, &mut loaded);
    let said = world.said(&arguments.element, &mut loaded);
    let (Some((facts, places)), Some(said)) = (facts, said) else {
        return asking::stop(loaded, streams);
    };
    let keys = [("action", Some(&arguments.action)), ("on", Some(&arguments.resource))];
    let keys =
        keys.into_iter().chain([(question::FOR, arguments.party.as_ref()), (question::TO, arguments.to.as_ref())]);
    let asked = asking::command_line(keys, &mut loaded);
    let contexts = said.contexts(&loaded);
    let besides = Besides { contexts: &contexts, about: said.about(&loaded) };
    let read =
        asking::with(&loaded, asked, |source| question::who((source, asked), &besides, &names, &facts, world.now()));
    let request = match read {
        Ok(request) => request,
        Err(findings) => return asking::stop_with(loaded, findings, streams),
    };
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let listing = Lister::new(&decider).who(&request, arguments.limit);
    let speaker = Speaker::new(&bundle, origins.as_ref());
    let facts =
        FactsSaid { facts: &facts, roles: &places.roles, delegations: &places.delegations, sources: &loaded.sources };
    let said = Said { question: Question::Who(&request), listing: &listing, speaker: &speaker, facts: &facts };
    let text = match arguments.format {
        Format::Human => said.human(streams.width_of_results()),
        Format::Json => said.json(),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Well)
}

//! `what`: everything that somebody may do, and for whom. Ends well whatever the answer is.

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
    let arguments: Arguments = arguments(matches)?;
    let world = &arguments.world;
    let mut loaded = Loaded::default();
    let Some((bundle, origins)) = world.bundle(&mut loaded) else {
        return asking::stop(loaded, streams);
    };
    let names = Names::new(&bundle.meaning);
    let facts = input::facts(&world.facts, &names, &mut loaded);
    let said = world.said(&[], &mut loaded);
    let (Some((facts, places)), Some(said)) = (facts, said) else {
        return asking::stop(loaded, streams);
    };
    let keys = [("subject", Some(&arguments.subject)), (question::FOR, arguments.party.as_ref())];
    let asked = asking::command_line(keys, &mut loaded);
    let contexts = said.contexts(&loaded);
    let besides = Besides { contexts: &contexts, about: said.about(&loaded) };
    let read =
        asking::with(&loaded, asked, |source| question::what((source, asked), &besides, &names, &facts, world.now()));
    let about = match read {
        Ok(about) => about,
        Err(findings) => return asking::stop_with(loaded, findings, streams),
    };
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let listing = Lister::new(&decider).what(&about, arguments.limit);
    let speaker = Speaker::new(&bundle, origins.as_ref());
    let facts =
        FactsSaid { facts: &facts, roles: &places.roles, delegations: &places.delegations, sources: &loaded.sources };
    let said = Said { question: Question::What(&about), listing: &listing, speaker: &speaker, facts: &facts };
    let text = match arguments.format {
        Format::Human => said.human(streams.width_of_results()),
        Format::Json => said.json(),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Well)
}

//! `decide`: one request, and what carries the decision. Ends well whatever it is.

use super::asking::{self, Format, World};
use super::input::{self, text};
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::decide::Index;
use fullmakt::intake::{self, names::Names, request::Besides};
use fullmakt::words::decision;
use fullmakt::words::speaker::{FactsSaid, Speaker};
use fullmakt::workspace::Loaded;
use std::io::{self, Write};
use std::path::PathBuf;

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
    #[command(flatten)]
    world: World,
    /// What is asked
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// An element asked for (may be said often); if none: those of the request, else all
    #[arg(long, value_name = "NAME")]
    element: Vec<String>,
    /// How the decision is shown (json: `fullmakt schema decision`)
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
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
    let request_text = text(&arguments.request, &mut loaded);
    let said = world.said(&arguments.element, &mut loaded);
    let (Some((facts, places)), Some(request_text), Some(said)) = (facts, request_text, said) else {
        return asking::stop(loaded, streams);
    };
    let contexts = said.contexts(&loaded);
    let besides = Besides { contexts: &contexts, about: said.about(&loaded) };
    let request = asking::with(&loaded, request_text, |source| {
        intake::request::read_with(source, request_text, &besides, &names, &facts, world.now())
    });
    let request = match request {
        Ok(request) => request,
        Err(findings) => return asking::stop_with(loaded, findings, streams),
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

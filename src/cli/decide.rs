//! `decide`: one request, and what carries the decision. Ends well whatever it is.

use super::asking::{Format, World};
use super::input::text;
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::decide::Effect;
use fullmakt::decide::nearest::Limits;
use fullmakt::intake::request::read_with;
use fullmakt::words::decision;
use fullmakt::words::nearest::{self, Telling};
use std::io;
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
  fullmakt decide --facts facts.yaml --request request.yaml --explain

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
    /// Where it is denied: also the nearest changes to facts, context, request or time that would permit it
    #[arg(long)]
    explain: bool,
    /// How the decision is shown (json: `fullmakt schema decision`)
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let Arguments { world, request, element, explain, format } = arguments(matches)?;
    world.answer(
        &element,
        streams,
        |loaded| text(&request, loaded),
        |(source, id), reading| read_with(source, id, &reading.besides, reading.names, reading.facts, reading.now),
        |request, with| {
            let decided = with.decider.decide(request);
            let changes =
                (explain && decided.effect == Effect::Deny).then(|| with.decider.nearest(request, Limits::default()));
            let telling = Telling { decision: &decided, request, speaker: with.speaker, facts: with.facts };
            match format {
                Format::Human => {
                    let mut text = decision::human(&decided, request, with.speaker, with.facts);
                    text.extend(changes.map(|changes| nearest::human(&changes, &telling)));
                    text
                }
                Format::Json => {
                    let nearest = changes.and_then(|changes| nearest::json(&changes, &telling));
                    let said = decision::json(&decided, request, with.speaker, with.facts);
                    decision::to_text(&said.explained(nearest))
                }
            }
        },
    )
}

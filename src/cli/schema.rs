//! `schema`: the JSON Schemas of the files that go in and come out. They are written by hand, in `schemas/`.

use super::{Exit, Streams, arguments};
use clap::{ArgMatches, ValueEnum};
use std::io::{self, Write};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt schema suite > suite.schema.json
  fullmakt schema findings

An editor that knows YAML checks a suite against its schema while it is written.")]
pub(super) struct Arguments {
    /// Of which file
    #[arg(value_enum)]
    name: Name,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// `bundle.json`: the compiled policies
    Bundle,
    /// `manifest.json`: the files of a build and their digests
    Manifest,
    /// `origins.json`: where each part of a bundle is written
    Origins,
    /// `attributes.json`: what a decision point must be told
    Attributes,
    /// Facts: people, organisations, roles, delegations
    Facts,
    /// One line of facts as JSON Lines
    Fact,
    /// A request
    Request,
    /// `NAME.test.yaml`: facts, cases and tables
    Suite,
    /// What `test --coverage=json` writes
    Coverage,
    /// What `decide --format json` prints
    Decision,
    /// What `who --format json` prints
    Who,
    /// What `what --format json` prints
    What,
    /// What `check --format json` prints
    Findings,
    /// What `test --format json` prints
    Test,
    /// What `mutate --format json` prints
    Mutants,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let text = match arguments.name {
        Name::Bundle => include_str!("schemas/bundle.json"),
        Name::Manifest => include_str!("schemas/manifest.json"),
        Name::Origins => include_str!("schemas/origins.json"),
        Name::Attributes => include_str!("schemas/attributes.json"),
        Name::Facts => include_str!("schemas/facts.json"),
        Name::Fact => include_str!("schemas/fact.json"),
        Name::Request => include_str!("schemas/request.json"),
        Name::Suite => include_str!("schemas/suite.json"),
        Name::Coverage => include_str!("schemas/coverage.json"),
        Name::Decision => include_str!("schemas/decision.json"),
        Name::Who => include_str!("schemas/who.json"),
        Name::What => include_str!("schemas/what.json"),
        Name::Findings => include_str!("schemas/findings.json"),
        Name::Test => include_str!("schemas/test.json"),
        Name::Mutants => include_str!("schemas/mutants.json"),
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Well)
}

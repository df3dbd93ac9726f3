//! The part of `test` that tells how much of the policies the suites show. What is measured is said in the library.

use super::Streams;
use clap::ValueEnum;
use fullmakt::harness::coverage::{Coverage, Threshold, html, json, lcov, text};
use fullmakt::source::Sources;
use fullmakt::workspace;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Tell how much of the policies the suites show (docs/coverage.md)
    #[arg(long, value_enum, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "text",
        requires_if("json", "out"), requires_if("lcov", "out"), requires_if("html", "out"))]
    coverage: Option<Format>,
    /// The file of the coverage; needed for all but text
    #[arg(short, long, value_name = "FILE", requires = "coverage")]
    out: Option<PathBuf>,
    /// The least percentage that must be covered: of all together, or as `rules=100,atoms=95`
    #[arg(long, value_name = "PERCENT")]
    threshold: Option<Threshold>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Figures, and what is not covered
    Text,
    /// Everything, for tools (`fullmakt schema coverage`)
    Json,
    /// A tracefile for `genhtml` and what else reads LCOV
    Lcov,
    /// One page with the texts of the modules
    Html,
}

impl Arguments {
    /// Is anything to be measured?
    pub(super) fn is_asked(&self) -> bool {
        self.coverage.is_some() || self.threshold.is_some()
    }
}

/// Tells what was asked for; beside results for tools (not `human`) on standard error. Is as much covered as there must be?
pub(super) fn tell(
    coverage: &Coverage,
    arguments: &Arguments,
    sources: &Sources,
    human: bool,
    streams: &mut Streams,
) -> io::Result<bool> {
    let out = if human { &mut streams.out } else { &mut streams.err };
    if let Some(format) = arguments.coverage {
        let made = made(coverage, format, sources);
        match &arguments.out {
            Some(path) => {
                workspace::write_file(path, made.as_bytes())?;
                writeln!(out, "wrote {}: {} is covered", workspace::name_of(path), coverage.figures().all())?;
            }
            None => write!(out, "\n{made}")?,
        }
    }
    let short = arguments.threshold.as_ref().map_or(Vec::new(), |least| least.short(&coverage.figures()));
    for one in &short {
        writeln!(streams.err, "{one}")?;
    }
    Ok(short.is_empty())
}

fn made(coverage: &Coverage, format: Format, sources: &Sources) -> String {
    match format {
        Format::Text => text::text(coverage),
        Format::Json => json::text(coverage),
        Format::Lcov => lcov::text(coverage),
        Format::Html => html::page(coverage, sources),
    }
}

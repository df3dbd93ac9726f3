//! `build`: modules to files for decision points.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use clap::builder::PossibleValuesParser;
use fullmakt::emit::backend::MANIFEST;
use fullmakt::emit::{self, BACKENDS, OutputFile};
use fullmakt::workspace;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt build -o target/bundles                     everything under policies/, or here, for all targets
  fullmakt build policies -o out --target json         bundle.json and origins.json
  fullmakt build policies -o out --target xacml        policies.xml and attributes.json

Every set has a manifest.json with the digest of each file. All files are whole on disk before the first takes its
place, the manifest as the last; on failure the old set stays. Files that an older manifest lists and this build
does not make go; others stay.")]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP)]
    paths: Vec<PathBuf>,
    /// The folder of the files
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// For whom, with commas between; if none: for all
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(BACKENDS.iter().map(|row| row.name)))]
    target: Vec<String>,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let mut loaded = workspace::read_modules(&input::or_default(&arguments.paths));
    let compiled = input::compile(&mut loaded, None);
    let stopped = input::show(&compiled.findings, &loaded.sources, streams)?;
    let Some((bundle, origins)) = compiled.bundle.filter(|_| !stopped) else {
        return Ok(Exit::Findings);
    };
    let wanted = |name: &&str| arguments.target.is_empty() || arguments.target.iter().any(|target| target == name);
    let targets: Vec<&str> = BACKENDS.iter().map(|backend| backend.name).filter(wanted).collect();
    let files = match emit::files(&bundle, &origins, &loaded.sources, &targets) {
        Ok(files) => files,
        Err(findings) => {
            input::show(&findings, &loaded.sources, streams)?;
            return Ok(Exit::Findings);
        }
    };
    let set: Vec<(&str, &[u8])> = files.iter().map(|OutputFile { name, bytes }| (*name, bytes.as_slice())).collect();
    workspace::write_set(&arguments.out, &set, &listed(&arguments.out))?;
    for (name, _) in set {
        writeln!(streams.out, "wrote {}", workspace::name_of(&arguments.out.join(name)))?;
    }
    Ok(Exit::Well)
}

/// The files that the manifest in this folder lists; none where there is no manifest of ours.
fn listed(folder: &Path) -> Vec<String> {
    let text = workspace::read_text(&folder.join(MANIFEST));
    let manifest: Option<serde_json::Value> = text.ok().and_then(|text| serde_json::from_str(&text).ok());
    let files = manifest.as_ref().and_then(|manifest| manifest.get("files")).and_then(|files| files.as_object());
    files.map(|files| files.keys().cloned().collect()).unwrap_or_default()
}

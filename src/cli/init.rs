//! `init`: a small project, whole from the first minute. Its files stand in `project/`.

use super::{Exit, Streams, arguments};
use clap::ArgMatches;
use fullmakt::workspace;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  fullmakt init                    here
  fullmakt init clinic             in a new folder

Then, there:
  fullmakt check
  fullmakt test
  fullmakt build -o target/bundles

A file that is there already is never written over.")]
pub(super) struct Arguments {
    /// The folder of the project; if none: this one
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

const FILES: &[(&str, &str)] = &[
    ("policies/clinic.fmk", include_str!("project/clinic.fmk")),
    ("policies/clinic.test.yaml", include_str!("project/clinic.test.yaml")),
    ("snapshots/decisions/clinic.snap", include_str!("project/clinic.snap")),
];

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let there: Vec<&str> =
        FILES.iter().map(|(name, _)| *name).filter(|name| workspace::exists(&arguments.folder.join(name))).collect();
    if !there.is_empty() {
        streams.complain(&format!("nothing was written: {} is there already", there.join(", ")));
        return Ok(Exit::Usage);
    }
    for (name, text) in FILES {
        let path = arguments.folder.join(name);
        if let Some(folder) = path.parent() {
            workspace::make_folder(folder)?;
        }
        workspace::write_file(&path, text.as_bytes())?;
        writeln!(streams.out, "made {name}")?;
    }
    writeln!(streams.out, "next: fullmakt check; fullmakt test; fullmakt build -o target/bundles")?;
    Ok(Exit::Well)
}

//! Bundle → files that other programs read: a back end is a file and a row in [`BACKENDS`]. May refuse to say something,
//! with a finding; may never say something else. Knows no facts and decides nothing; writes no disk.

pub mod attributes;
pub mod backend;
mod json;
mod manifest;
pub mod origins;
mod prune;
mod reach;
mod ways;
pub mod xacml;

pub use backend::{BACKENDS, Backend, Input, OutputFile};

use crate::diag::Diagnostic;
use crate::ir::Bundle;
use crate::origins::Origins;
use crate::source::Sources;

/// The files of these targets, in order of name, and `manifest.json` as the last.
///
/// # Errors
/// What a target cannot say, of all targets.
pub fn files(
    bundle: &Bundle,
    origins: &Origins,
    sources: &Sources,
    targets: &[&str],
) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    let input = Input { bundle, origins, sources };
    let mut files = Vec::new();
    let mut findings = Vec::new();
    for backend in BACKENDS.iter().filter(|backend| targets.contains(&backend.name)) {
        match (backend.files)(&input) {
            Ok(made) => files.extend(made),
            Err(found) => findings.extend(found),
        }
    }
    if !findings.is_empty() {
        Diagnostic::sort(&mut findings);
        return Err(findings);
    }
    files.sort_by_key(|file| file.name);
    files.push(manifest::file(bundle, &files));
    Ok(files)
}

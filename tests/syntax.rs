//! The form of the language through the crate's public names: trees, faults, limits and the canonical form. What names
//! mean is tested elsewhere.

mod canonical;
mod conditions;
mod deletion;
mod faults;
mod limits;
mod mixtures;
pub(crate) mod tokens;
mod trees;
mod whole;

use fullmakt::source::{Source, SourceId};

/// The one text of a test.
const FILE: SourceId = SourceId(0);

/// The samples of this room: every construct of the language stands in one of them.
const SAMPLES: &[(&str, &str)] = &[
    ("roles.fmk", include_str!("syntax/roles.fmk")),
    ("health.fmk", include_str!("syntax/health.fmk")),
    ("clinic.fmk", include_str!("syntax/clinic.fmk")),
    ("people.fmk", include_str!("syntax/people.fmk")),
    ("registers.fmk", include_str!("syntax/registers.fmk")),
];

/// The modules of a shipped area of packages.
pub(crate) const AREA: [&str; 3] =
    ["policies/altinn_v3/example.fmk", "policies/altinn_v3/health.fmk", "policies/altinn_v3/roles.fmk"];

/// The samples, and every module that is shipped.
fn modules() -> Vec<(String, String)> {
    let samples = SAMPLES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    samples.chain(shipped()).collect()
}

/// Every module that is shipped, in order of path.
pub(crate) fn shipped() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut waiting = vec![root.join("policies")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "fmk") {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn source(text: &str) -> Source {
    Source::new("sample.fmk", text)
}

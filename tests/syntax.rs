//! The form of the language through the crate's public names: trees, faults, limits and the canonical form. What names
//! mean is tested elsewhere.

mod canonical;
mod deletion;
mod faults;
mod limits;
mod mixtures;
mod tokens;
mod trees;

use fullmakt::source::{Source, SourceId};

/// The one text of a test.
const FILE: SourceId = SourceId(0);

/// The samples of this room: every construct of the language stands in one of them.
const SAMPLES: &[(&str, &str)] = &[
    ("roles.fmk", include_str!("syntax/roles.fmk")),
    ("health.fmk", include_str!("syntax/health.fmk")),
    ("clinic.fmk", include_str!("syntax/clinic.fmk")),
];

/// The samples, and every module that is shipped.
fn modules() -> Vec<(String, String)> {
    let mut found: Vec<_> = SAMPLES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let mut waiting = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("policies")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "fmk") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn source(text: &str) -> Source {
    Source::new("sample.fmk", text)
}

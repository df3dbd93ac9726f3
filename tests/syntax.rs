//! The form of the language through the crate's public names: trees, faults, limits and the canonical form. What names
//! mean is tested elsewhere.

mod canonical;
mod deletion;
mod faults;
mod limits;
mod tokens;
mod trees;

use fullmakt::source::{Source, SourceId};

/// The one text of a test.
const FILE: SourceId = SourceId(0);

/// The shipped samples of this room: every construct of the language stands in one of them.
const SAMPLES: &[(&str, &str)] = &[
    ("roles.fmk", include_str!("syntax/roles.fmk")),
    ("health.fmk", include_str!("syntax/health.fmk")),
    ("clinic.fmk", include_str!("syntax/clinic.fmk")),
];

fn source(text: &str) -> Source {
    Source::new("sample.fmk", text)
}

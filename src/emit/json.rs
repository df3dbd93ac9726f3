//! The JSON back end: the bundle as it is (docs/bundle.md), and its origins.

use super::backend::{Input, OutputFile};
use super::origins;
use crate::diag::Diagnostic;
use crate::ir::json;

#[allow(clippy::unnecessary_wraps, reason = "JSON can say everything; other back ends cannot")]
pub(super) fn files(input: &Input<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
    Ok(vec![
        OutputFile { name: "bundle.json", bytes: json::bundle_text(input.bundle).into_bytes() },
        OutputFile { name: "origins.json", bytes: origins::text(input.bundle, input.origins).into_bytes() },
    ])
}

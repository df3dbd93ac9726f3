//! What a back end is, and which there are. Makes no bytes itself.

use super::{json, xacml};
use crate::diag::Diagnostic;
use crate::ir::Bundle;
use crate::origins::Origins;
use crate::source::Sources;

/// A way to write a bundle for other programs.
#[derive(Debug)]
pub struct Backend {
    /// What `--target` calls it.
    pub name: &'static str,
    /// What it makes, in a few words.
    pub about: &'static str,
    /// The names of the files that it makes.
    pub makes: &'static [&'static str],
    /// Makes them, or says what it cannot say.
    pub files: fn(&Input<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>>,
}

/// What a back end is given.
#[derive(Clone, Copy, Debug)]
pub struct Input<'b> {
    /// What it says.
    pub bundle: &'b Bundle,
    /// Where it stands in the authors' texts.
    pub origins: &'b Origins,
    /// Those texts.
    pub sources: &'b Sources,
}

/// A file of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its name in the folder of the set.
    pub name: &'static str,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// Every back end.
pub const BACKENDS: &[Backend] = &[
    Backend {
        name: "json",
        about: "the bundle, and where its parts stand in the source text",
        makes: &["bundle.json", "origins.json"],
        files: json::files,
    },
    Backend {
        name: "xacml",
        about: "XACML 3.0 policies, and the attributes that they read",
        makes: &["attributes.json", "policies.xml"],
        files: xacml::files,
    },
];

/// The file that every set has besides: the digests of the others.
pub const MANIFEST: &str = "manifest.json";

//! What a code is: a number, a name, a severity, one sentence and one page. Which codes there are: `codes`.

use std::fmt;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Stops the build.
    Error,
    /// Does not stop it, unless asked to (`--deny-warnings`); may be answered with `allow`.
    Warning,
    /// An open question; never stops anything.
    Note,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One kind of finding. Numbers are never used again for another.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `FM0201`
    pub number: &'static str,
    /// `malformed-urn`
    pub name: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What it means, in one sentence.
    pub sentence: &'static str,
    /// The page that `explain` prints (Markdown).
    pub page: &'static str,
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.number)
    }
}

//! Text → tree, as written: the grammar, the tree that it gives, and the canonical form of a text. May hold
//! anything an author wrote, right or wrong; says nothing of what names mean.

pub mod ast;
mod comments;
mod condition;
mod declaration;
mod expected;
mod format;
mod grammar;
mod missing;
mod parse;
mod permit;
mod register;
mod split;
mod statement;
mod top;
mod unexpected;
mod whole;

pub use format::format;

use crate::diag::Diagnostic;
use crate::source::{Source, SourceId};

/// The tree of a text, with everything that was wrong with its form. Never fails: what cannot be read is a finding,
/// and the rest of the text is still there.
#[derive(Debug)]
pub struct Parsed<'s> {
    /// The tree.
    pub module: ast::Module<'s>,
    /// The findings.
    pub findings: Vec<Diagnostic>,
}

/// Reads a text.
#[must_use]
pub fn parse(source: &Source, id: SourceId) -> Parsed<'_> {
    parse::parse(source, id)
}

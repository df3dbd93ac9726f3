//! The parser that `grammar/fullmakt.pest` gives, and with `grammar/faults.pest` the one for texts with faults. Nothing is decided here.

#![allow(missing_docs, reason = "the rules are documented in the grammar")]

/// The rules of the language.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/fullmakt.pest"]
#[grammar = "../grammar/faults.pest"]
pub(super) struct Grammar;

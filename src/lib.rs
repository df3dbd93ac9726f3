//! Fullmakt: a language for authority. The tour.

pub mod diag;
pub mod source;
pub mod syntax;
pub mod terms;

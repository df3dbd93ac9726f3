//! Fullmakt: a language for authority. The tour.

pub mod check;
pub mod compile;
pub mod decide;
pub mod diag;
pub mod emit;
pub mod facts;
pub mod harness;
pub mod intake;
pub mod ir;
pub mod lower;
pub mod model;
pub mod origins;
pub mod resolve;
pub mod source;
pub mod syntax;
pub mod terms;
pub mod words;
pub mod workspace;
pub mod xacml;

//! Bundle → files.
pub mod attributes;
mod ways;
pub mod xacml;

//! The bundle: policies *closed*, as ids and bytes. Made from sound catalogs by `lower` or read back by `intake`.
//! Knows no text, no place and no author; what it means is said in docs/meaning.md.

pub mod atoms;
pub mod bundle;
pub mod expression;
pub mod given;
pub mod ids;
pub mod json;
pub mod resource;

pub use atoms::{Atom, Atoms, Joined};
pub use bundle::*;
pub use expression::*;
pub use given::given;
pub use ids::*;
pub use resource::*;

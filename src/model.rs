//! The catalog, *linked and typed*: what it links to exists. A declaration that lost a part is *wounded*.
//! Knows no text and no rule; `resolve` fills it, `check` judges it, `lower` reads it.

pub mod catalog;
pub mod expression;
pub mod resource;
pub mod vocabulary;

pub use catalog::*;
pub use expression::*;
pub use resource::*;
pub use vocabulary::*;

//! Ids said to people, and to machines: names, rules and decisions as text and as JSON. Decides nothing and finds
//! nothing out; prints nothing.

mod because;
pub mod decision;
pub mod expression;
mod flow;
mod json;
pub mod listing;
pub mod nearest;
pub mod rule;
pub mod speaker;
mod step;
pub mod suite_case;
mod table;
mod value;

pub use speaker::{FactsSaid, Speaker};

//! Can a formula be so? Every «certainly» here is certain, whatever is missing; what is not found within a bound is «not
//! certain». Knows atoms by numbers alone: no name, no place, no rule of the language.

mod formula;
mod knowledge;
mod search;

pub use formula::{Atom, Domain, Formula, Outcomes, Variable};
pub use search::{Effort, always, implies, never};

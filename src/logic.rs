//! Can a formula be so? Every «certainly» here is certain, whatever is missing; what is not found within a bound is «not
//! certain». Knows atoms by numbers alone: no name, no place, no rule of the language. Two ways: a quick one for many small
//! formulas (`search`, for the checks) and a thorough one that also says how (`solve`, for proofs).

mod circuit;
mod difference;
mod formula;
mod knowledge;
mod search;
mod solve;

pub use circuit::{Circuit, Cone, Number, Wire};
pub use formula::{Atom, Domain, Formula, Outcomes, Variable};
pub use search::{Effort, always, implies, never};
pub use solve::{Answer, Model, Values, solve};

//! Request → decision: the one meaning of a bundle (docs/meaning.md). No clock, no disk, no text, no threads: the moment is a
//! part of the request.

pub mod ask;
pub mod decision;
mod eval;
mod hold;
pub mod index;
mod open;
pub mod request;
mod roles;
mod trace;

pub use ask::Attributes;
pub use decision::{Cause, Decision, Effect, Link, Missing, Obliged, OpenQuestion, OpenValue, Step, Trace, What};
pub use index::{Decider, Index};
pub use request::{Action, On, Request};

//! Request → decision: the one meaning of a bundle (docs/meaning.md). No clock, no disk, no text, no threads: the moment is a
//! part of the request.

pub mod decision;
pub mod request;

pub use decision::{Cause, Decision, Effect, OpenQuestion, Step, Trace, What};
pub use request::{Action, On, Request};

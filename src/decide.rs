//! Request → decision: the one meaning of a bundle (docs/meaning.md). No clock, no disk, no text, no threads: the moment is a
//! part of the request.

pub mod ask;
pub mod asked;
mod behind;
mod case;
mod condition;
pub mod decision;
mod eval;
mod evidence;
mod hold;
pub mod index;
mod lines;
mod listing;
mod lookup;
mod missing;
pub mod nearest;
mod open;
mod proof;
mod question;
pub mod quick;
mod reads;
mod recipient;
pub mod request;
mod resource;
mod roles;
mod rules;
mod trace;
mod truth;
mod value;

pub use ask::Attributes;
pub use asked::{Asked, Conditional};
pub use decision::{Cause, Decision, Effect, Link, Missing, Obliged, OpenQuestion, OpenValue, Step, Trace, What};
pub use index::{Decider, Index};
pub use listing::{AboutOne, Beyond, Lister, Listing, Row, Whom};
pub use nearest::{Change, Nearest};
pub use quick::{ActionId, Answer, Asking, Directory, Named, ObligedBy, Query, Scratch};
pub use request::{Action, On, Request};

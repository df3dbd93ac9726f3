//! What holds of every request at once: that a `never` is never broken, that two bundles decide alike. What cannot be followed is
//! said to be so; every «no» has a witness that `decide` confirms. How, and why it is sound: docs/proofs.md.

mod atoms;
mod axioms;
mod equal;
mod findings;
mod gives;
mod kinds;
mod made;
mod never;
mod place;
mod rules;
mod three;
mod translate;
mod unlike;
mod values;
mod world;

pub use equal::{Equal, Original, Witness, equal};
pub use findings::findings;
pub use kinds::idle_role;
pub use never::{Broken, Never, Unfollowed, nevers};

//! As few facts as a decision can depend on, whatever is changed near it. Decides nothing.

use super::Set;
use super::change::World;
use crate::decide::index::Decider;
use crate::decide::{On, Request};

/// A part of the facts, and the request over it.
pub(super) struct Slice {
    pub(super) world: World,
}

impl Slice {
    /// What can matter to a request.
    pub(super) fn of(decider: &Decider<'_, '_>, request: &Request) -> Self {
        let elements = match request.on {
            On::Resource(id) => {
                let version = decider.index.meaning.resource(id).and_then(|named| named.on(request.today));
                version.and_then(|(_, body)| body.elements.known()).cloned().unwrap_or_default()
            }
            On::Package(_) | On::Area(_) => Vec::new(),
        };
        Slice { world: World { facts: decider.facts.draft(), request: request.clone(), elements } }
    }

    /// The same changes, of the facts that it is a part of.
    pub(super) fn told(&self, set: Set) -> Set {
        set
    }
}

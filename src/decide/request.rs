//! What is asked, with every name already an id. Reads no text.

use crate::facts::{EntityId, Known, Value};
use crate::ir::{AreaId, PackageId, ResourceId};
use jiff::{Timestamp, civil::Date};

/// A request (docs/meaning.md, Q1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The moment.
    pub now: Timestamp,
    /// Its date in Oslo.
    pub today: Date,
    /// Who asks.
    pub subject: Option<EntityId>,
    /// For whom; where nobody is named, the subject.
    pub party: Option<EntityId>,
    /// What for.
    pub action: Action,
    /// On what.
    pub on: On,
    /// To whom, where the action is to delegate.
    pub to: Option<EntityId>,
    /// The context.
    pub context: Known,
    /// The record asked for: a thing of the register, or a nameless one.
    pub record: Option<Value>,
    /// The elements asked for, sorted, without repeats; empty: all that the resource has.
    pub elements: Vec<Box<str>>,
}

impl Request {
    /// The party acted for: the one named, else the subject.
    #[must_use]
    pub fn party(&self) -> Option<EntityId> {
        self.subject.and(self.party.or(self.subject))
    }
}

/// The action asked for. On packages and areas `use` and `delegate`; on resources the name of an action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Does the subject hold it?
    Use,
    /// May the subject pass it on?
    Delegate,
    /// An action of a resource.
    Named(Box<str>),
}

impl Action {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Action::Use => "use",
            Action::Delegate => "delegate",
            Action::Named(name) => name,
        }
    }
}

/// What the action is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum On {
    /// A package.
    Package(PackageId),
    /// An area.
    Area(AreaId),
    /// A service or register.
    Resource(ResourceId),
}

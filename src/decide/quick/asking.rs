//! What is asked, as ids alone: the form of a request that is decided quickest. Holds no text but elements that are named.

use super::era::ActionId;
use crate::decide::decision::What;
use crate::decide::index::Index;
use crate::decide::request::{Action, On, Request};
use crate::facts::{EntityId, Known, Value};
use crate::ir::ResourceId;
use jiff::{Timestamp, civil::Date};

/// A request ([`Request`]) made ready.
#[derive(Clone, Copy, Debug)]
pub struct Query<'r> {
    /// The moment.
    pub now: Timestamp,
    /// Its date in Oslo.
    pub today: Date,
    /// Who asks.
    pub subject: Option<EntityId>,
    /// For whom; where nobody is named, the subject.
    pub party: Option<EntityId>,
    /// To whom, where it is asked who may delegate.
    pub to: Option<EntityId>,
    /// What for, and on what.
    pub asking: Asking,
    /// The context.
    pub context: &'r Known,
    /// The record asked for.
    pub record: Option<&'r Value>,
    /// The elements asked for; none: all.
    pub elements: &'r [Box<str>],
}

/// What is asked for, and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asking {
    /// Does the subject hold it?
    Use(What),
    /// May the subject pass it on?
    Delegate(What),
    /// An action of a resource.
    Act(ResourceId, ActionId),
    /// What nothing has: no rule speaks of it.
    Nothing(On),
}

static NOTHING_KNOWN: Known = Known(Vec::new());

impl<'r> Query<'r> {
    /// Somebody asks for a party, on a day; of context, record and elements nothing is said.
    #[must_use]
    pub fn new(now: Timestamp, today: Date, subject: EntityId, party: EntityId, asking: Asking) -> Self {
        Query {
            now,
            today,
            subject: Some(subject),
            party: Some(party),
            to: None,
            asking,
            context: &NOTHING_KNOWN,
            record: None,
            elements: &[],
        }
    }

    /// A request made ready.
    #[must_use]
    pub fn of(index: &Index<'_>, request: &'r Request) -> Self {
        let what = match request.on {
            On::Package(package) => What::Package(package),
            On::Area(area) => What::Area(area),
            On::Resource(resource) => {
                let act = index.action(request.action.word()).map(|action| Asking::Act(resource, action));
                return Query::with(request, act.unwrap_or(Asking::Nothing(request.on)));
            }
        };
        let asking = match &request.action {
            Action::Use => Asking::Use(what),
            Action::Delegate => Asking::Delegate(what),
            Action::Named(_) => Asking::Nothing(request.on),
        };
        Query::with(request, asking)
    }

    fn with(request: &'r Request, asking: Asking) -> Self {
        Query {
            now: request.now,
            today: request.today,
            subject: request.subject,
            party: request.party,
            to: request.to,
            asking,
            context: &request.context,
            record: request.record.as_ref(),
            elements: &request.elements,
        }
    }

    /// Subject and party, where somebody asks (Q1).
    pub(super) fn somebody(&self) -> Option<(EntityId, EntityId)> {
        self.subject.map(|who| (who, self.party.unwrap_or(who)))
    }

    /// The request that this is of.
    #[must_use]
    pub fn request(&self, index: &Index<'_>) -> Request {
        let on = |what| match what {
            What::Package(package) => On::Package(package),
            What::Area(area) => On::Area(area),
        };
        let (action, on) = match self.asking {
            Asking::Use(what) => (Action::Use, on(what)),
            Asking::Delegate(what) => (Action::Delegate, on(what)),
            Asking::Act(resource, action) => {
                (Action::Named(index.name_of_action(action).into()), On::Resource(resource))
            }
            Asking::Nothing(on) => (Action::Named("".into()), on),
        };
        Request {
            now: self.now,
            today: self.today,
            subject: self.subject,
            party: self.party,
            action,
            on,
            to: self.to,
            context: self.context.clone(),
            record: self.record.cloned(),
            elements: self.elements.to_vec(),
        }
    }
}

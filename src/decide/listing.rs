//! Everybody who may do something, and everything that somebody may: the requests of a question that `decide` permits, and apart those
//! that it cannot decide though they may yet be permitted. Candidates come from facts and rules backwards, so that the time is
//! that of the answer; each is then decided.

mod answer;
mod permits;
mod spread;
mod tell;
mod what;
mod who;

use super::Missing;
use super::decision::Trace;
use super::index::Decider;
use super::request::{Action, On, Request};
use super::roles::Roles;
use crate::facts::{EntityId, Known, ThingId, Turned};
use crate::ir::{Oblige, RoleId, RuleId};
use jiff::{Timestamp, civil::Date};
use permits::Permits;
use std::cell::{Cell, OnceCell};

/// Somebody in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// This one.
    One(EntityId),
    /// Everybody, also who has not logged in; but for those that the row names.
    Anyone,
    /// Who has not logged in.
    Nobody,
}

/// One answer: who may do what with what for whom. Elements of which all is alike stand in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Who.
    pub subject: Whom,
    /// For whom.
    pub party: Whom,
    /// What.
    pub action: Action,
    /// With what.
    pub on: On,
    /// Of which elements, sorted; none where the resource has none.
    pub elements: Vec<Box<str>>,
    /// What it obliges to, sorted.
    pub obligations: Vec<Oblige>,
    /// What carries it; of what is undecidable, what would.
    pub traces: Vec<Trace>,
    /// What is missing, sorted: of what is undecidable.
    pub missing: Vec<Missing>,
    /// Of [`Whom::Anyone`]: who is not meant, or has rows of its own; sorted.
    pub but: Vec<EntityId>,
}

/// A question about everything that somebody may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutOne {
    /// The moment.
    pub now: Timestamp,
    /// Its date in Oslo.
    pub today: Date,
    /// Who.
    pub subject: EntityId,
    /// For whom; nobody named: for everybody whom a fact joins to the subject.
    pub party: Option<EntityId>,
    /// The context.
    pub context: Known,
    /// A record, of requests on its register.
    pub record: Option<ThingId>,
}

/// Why there are others than those listed, where no party is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beyond {
    /// A permit to anyone, that is not the same whoever asks.
    ToAnyone(RuleId),
    /// A role that is out of reach: anybody may have it for anybody.
    OutOfReach(RoleId),
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What is permitted: of a question who, by party, then subject; of a question what, by party, then resource and action.
    pub permitted: Vec<Row>,
    /// What cannot be decided and may yet be permitted, likewise. What stays a deny whatever is missing is not among it.
    pub undecidable: Vec<Row>,
    /// Why others than these may as well; only where no party is named. Pairs that no fact joins are then not asked about.
    pub beyond: Vec<Beyond>,
    /// How many pairs (of a question what: pairs of party and action) were left off because of a limit.
    pub left_off: usize,
    /// How many candidates and facts were looked at: what the tests of work count.
    pub looked_at: usize,
}

/// A bundle with facts, made ready for questions about everybody and everything.
#[derive(Debug)]
pub struct Lister<'d> {
    decider: &'d Decider<'d, 'd>,
    turned: OnceCell<Turned>,
    looked_at: Cell<usize>,
}

impl<'d> Lister<'d> {
    /// Makes facts ready; what is dear is made when it is first needed.
    #[must_use]
    pub fn new(decider: &'d Decider<'d, 'd>) -> Self {
        Lister { decider, turned: OnceCell::new(), looked_at: Cell::new(0) }
    }

    fn turned(&self) -> &Turned {
        let (meaning, facts) = (self.decider.index.meaning, self.decider.facts);
        self.turned.get_or_init(|| Turned::of(facts, meaning.roles.len(), meaning.packages.len(), meaning.areas.len()))
    }

    fn count(&self, more: usize) {
        self.looked_at.set(self.looked_at.get() + more);
    }

    /// Everybody who may do what the question says. It has no subject; where it names a party, for that one. With a limit: only so many
    /// rows are told.
    #[must_use]
    pub fn who(&self, question: &Request, limit: Option<usize>) -> Listing {
        self.looked_at.set(0);
        let roles = Roles::new(self.decider, question.now, question.today);
        let found = who::Search::new(self, &roles, question).candidates();
        let mut answer = answer::Answer::new(self.decider, &roles, limit);
        answer.who(question, &found);
        self.finished(answer, found.beyond, found.pairs.len())
    }

    /// Everything that somebody may. With a limit: only so many rows are told.
    #[must_use]
    pub fn what(&self, about: &AboutOne, limit: Option<usize>) -> Listing {
        self.looked_at.set(0);
        let roles = Roles::new(self.decider, about.now, about.today);
        let permits = Permits::of(self.decider.index, &roles);
        let found = what::Search::new(self, &roles, &permits, about.subject, about.party).candidates();
        let mut answer = answer::Answer::new(self.decider, &roles, limit);
        answer.what(about, &found);
        let candidates = found.asked.len() + found.same_for_all.len();
        self.finished(answer, found.beyond, candidates)
    }

    fn finished(&self, answer: answer::Answer<'_>, beyond: Vec<Beyond>, candidates: usize) -> Listing {
        let (permitted, undecidable, left_off) = answer.rows();
        Listing { permitted, undecidable, beyond, left_off, looked_at: self.looked_at.get() + candidates }
    }
}

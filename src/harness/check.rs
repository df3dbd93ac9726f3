//! What a suite holds its module to: a case, a sweep, a question or a table, each as the requests that it asks and what is
//! expected of them. Reads no text and tells nobody.

use super::expectation::{Expectation, Outcome};
use super::verdict::Tried;
use crate::decide::{Decider, Decision, Request};
use crate::facts::Facts;
use crate::intake::FactPlaces;
use crate::source::Place;
use jiff::{Timestamp, civil::Date};
use std::cmp::Ordering;
use std::sync::Arc;

/// A case, a sweep, a question or a table.
#[derive(Clone, Debug)]
pub struct Check {
    /// Which of them.
    pub tried: Tried,
    /// Its name; no other of the suite has it.
    pub name: Box<str>,
    /// Where it stands; no other stands there.
    pub place: Place,
    /// What it asks, in order; of a sweep in order of time.
    pub asked: Vec<Asked>,
    /// The facts that it is asked over, where these are not the suite's.
    pub own: Option<Arc<Own>>,
    /// It is not asked now.
    pub skip: Option<Skip>,
    /// Of a sweep: when the decision changes.
    pub turn: Option<Turn>,
}

/// Facts of one case alone.
#[derive(Clone, Debug)]
pub struct Own {
    /// The facts.
    pub facts: Facts,
    /// Where they stand.
    pub places: FactPlaces,
}

/// A request, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// What is expected.
    pub expected: Expectation,
    /// Where that is said: of the case, or the cell that lists it.
    pub place: Place,
}

/// Why something is not asked, and how long that is all right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Why.
    pub reason: Box<str>,
    /// The last day on which it may be skipped.
    pub until: Date,
    /// Where that is said.
    pub place: Place,
}

/// When the decision of a sweep changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// As written, without the window: `ola.birth_date + 16 years`.
    pub said: Box<str>,
    /// The moment.
    pub at: Timestamp,
    /// Does it change at that moment? Else just after it.
    pub from: bool,
}

impl Check {
    /// Are all decisions as expected? `decider` is over the facts of this check, and may be of another bundle than the suite was
    /// read with, if that has the same names. Which reasons carried them is not compared: those are the words of one bundle.
    #[must_use]
    pub fn holds(&self, decider: &Decider<'_, '_>) -> bool {
        let mut sides = Sides::default();
        self.asked.iter().all(|asked| {
            let decision = decider.decide(&asked.request);
            asked.expected.is_met(&decision)
                && self.turn.as_ref().is_none_or(|turn| sides.is_steady(turn, &asked.request, &decision))
        })
    }

    /// How many of its requests are expected to be permitted, and how many denied.
    #[must_use]
    pub fn expected(&self) -> (usize, usize) {
        let permits = self.asked.iter().filter(|asked| asked.expected.outcome == Outcome::Permit).count();
        (permits, self.asked.len() - permits)
    }
}

/// On each side of the turn of a sweep nothing changes.
#[derive(Debug, Default)]
pub(super) struct Sides {
    before: Option<Decision>,
    after: Option<Decision>,
}

impl Sides {
    /// Is this decision that of its side so far? Where it changes just after the turn, the moment itself is of neither.
    pub(super) fn is_steady(&mut self, turn: &Turn, request: &Request, decision: &Decision) -> bool {
        let side = match request.now.cmp(&turn.at) {
            Ordering::Less => &mut self.before,
            Ordering::Equal if !turn.from => return true,
            Ordering::Equal | Ordering::Greater => &mut self.after,
        };
        same(side.get_or_insert_with(|| decision.clone()), decision)
    }
}

/// Do two decisions say the same, whatever carries them?
pub(super) fn same(one: &Decision, other: &Decision) -> bool {
    (one.cause, &one.obligations, &one.released) == (other.cause, &other.obligations, &other.released)
}

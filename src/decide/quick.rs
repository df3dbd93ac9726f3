//! Decisions without their story: effect and cause alone, without memory being asked for. What they rest on is what `eval` and its
//! rooms decide by; the same is decided, and a test holds the two together.

mod anybody;
mod asking;
mod at_once;
mod block;
mod era;
mod over;
mod passing;
mod plain;
mod receivers;
mod rows;
mod rules;
mod search;

pub use asking::{Asking, Query};
pub use block::{Directory, Named};
pub use era::ActionId;
pub(super) use era::{Era, turning_days};

use super::decision::{Cause, Effect};
use super::index::Decider;
use super::roles::Roles;
use super::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{AreaId, Oblige, PackageId, ResourceId, RuleId};
use rules::Quick;
use std::cell::RefCell;

/// A decision without its story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// Permit or Deny.
    pub effect: Effect,
    /// Why.
    pub cause: Cause,
}

impl Answer {
    fn because(cause: Cause) -> Self {
        Answer { effect: if cause == Cause::Permitted { Effect::Permit } else { Effect::Deny }, cause }
    }
}

/// Where an obligation of a decision stands in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObligedBy {
    /// Of a rule, with its place there.
    Rule(RuleId, u32),
    /// Of an action: of which version of the resource, which action, and its place there.
    Action(ResourceId, u32, u32, u32),
}

/// Room for what one decision finds out; made once for many decisions, which then ask for no memory. For one thread.
#[derive(Debug, Default)]
pub struct Scratch {
    space: RefCell<search::Space>,
    /// Who holds what for whom, as far as this decision has asked.
    held: RefCell<Vec<(EntityId, PackageId, EntityId, Truth)>>,
    /// What else would be permitted (E13).
    permitted: RefCell<Vec<(ResourceId, ActionId, Cause)>>,
    /// Of the rules of a plan what does not hang on the element.
    bases: RefCell<Vec<Option<Truth>>>,
    obliged: RefCell<Vec<ObligedBy>>,
    the_long_way: u64,
}

impl Scratch {
    /// The obligations of the last decision for which they were asked ([`Decider::answer_and_oblige`]); in order, each once.
    #[must_use]
    pub fn obliged(&self) -> Vec<ObligedBy> {
        let mut all = self.obliged.borrow().clone();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How many goals the searches looked at so far: the work that is not done at once.
    #[must_use]
    pub fn goals_looked_at(&self) -> u64 {
        self.space.borrow().looked_at
    }

    /// How many decisions were left to [`Decider::decide`] so far: where `permitted` is asked very deep, or where a role
    /// is out of reach by which anybody may act for, cover or be the agent of anybody.
    #[must_use]
    pub fn left_to_decide(&self) -> u64 {
        self.the_long_way
    }

    fn clear(&self) {
        self.held.borrow_mut().clear();
        self.permitted.borrow_mut().clear();
    }
}

impl<'b> Decider<'_, 'b> {
    /// Effect and cause of a request: those of [`Decider::decide`].
    #[must_use]
    pub fn answer(&self, scratch: &mut Scratch, query: &Query<'_>) -> Answer {
        self.ask(scratch, query, false)
    }

    /// The same, and what it obliges to ([`Scratch::obliged`]).
    #[must_use]
    pub fn answer_and_oblige(&self, scratch: &mut Scratch, query: &Query<'_>) -> Answer {
        self.ask(scratch, query, true)
    }

    fn ask(&self, scratch: &mut Scratch, query: &Query<'_>, oblige: bool) -> Answer {
        scratch.clear();
        let roles = Roles::new(self, query.now, query.today);
        let quick = Quick::new(&roles, self.index.era(query.today), query, scratch, oblige);
        match quick.cause() {
            Some(cause) => Answer::because(cause),
            // What is too rare to be worth a way of its own.
            None => {
                scratch.the_long_way += 1;
                let decision = self.decide(&query.request(self.index));
                if oblige {
                    let owed = decision.obligations.iter().filter_map(|one| self.obliged_by(query, &one.oblige));
                    scratch.obliged.replace(owed.collect());
                }
                Answer { effect: decision.effect, cause: decision.cause }
            }
        }
    }

    /// Where something that a decision obliges to stands: of its action, else of the first of its rules that says so.
    fn obliged_by(&self, query: &Query<'_>, oblige: &Oblige) -> Option<ObligedBy> {
        let Asking::Act(resource, action) = query.asking else { return None };
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let place = |all: &[Oblige]| all.iter().position(|one| one == oblige).map(number);
        let (meaning, name) = (self.index.meaning, self.index.name_of_action(action));
        let (version, body) = meaning.resource(resource)?.on(query.today)?;
        let of_action = body.actions.iter().position(|one| *one.name == *name).and_then(|at| {
            let owed = place(&body.actions.get(at)?.oblige)?;
            Some(ObligedBy::Action(resource, number(version), number(at), owed))
        });
        of_action.or_else(|| {
            let mut rules = self.index.rules(resource, name).into_iter();
            rules.find_map(|id| Some(ObligedBy::Rule(id, place(&meaning.rule(id)?.oblige)?)))
        })
    }

    /// An obligation of a decision.
    #[must_use]
    pub fn oblige(&self, by: ObligedBy) -> Option<&'b Oblige> {
        let meaning = self.index.meaning;
        match by {
            ObligedBy::Rule(rule, at) => meaning.rule(rule)?.oblige.get(at as usize),
            ObligedBy::Action(resource, version, action, at) => {
                let version = meaning.resource(resource)?.versions.get(version as usize)?;
                version.actions.get(action as usize)?.oblige.get(at as usize)
            }
        }
    }
}

/// The packages of an area that matter to a party (Q4).
fn packages_of_area<'a>(
    roles: &'a Roles<'_>,
    era: &'a Era,
    area: AreaId,
    party: EntityId,
) -> impl Iterator<Item = PackageId> + 'a {
    let kind = roles.decider.facts.kind(party);
    roles.decider.index.packages_of_area(area).iter().copied().filter(move |id| {
        era.package(*id)
            .is_some_and(|now| now.area == Some(area) && (now.open || kind.is_some_and(|kind| now.kinds.has(kind))))
    })
}

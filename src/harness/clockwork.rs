//! Which moments and lengths of time facts and policies know: where, besides the midnights, a decision may change while time
//! goes by. Decides nothing.

use super::sweep::clock_of;
use crate::facts::{Facts, Whose};
use crate::ir::{Constant, Expression, Line, Meaning};
use crate::terms::duration::Duration;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Moments, and the lengths of hours and minutes that they may be moved by.
#[derive(Clone, Debug, Default)]
pub(super) struct Clockwork {
    pub(super) moments: BTreeSet<Timestamp>,
    pub(super) lengths: BTreeSet<Duration>,
}

impl Clockwork {
    /// Of everything. Linear in the size of both.
    pub(super) fn of(facts: &Facts, meaning: &Meaning) -> Self {
        let mut clock = Clockwork::default();
        let entities = facts.entities().map(Whose::Entity);
        let things = facts.things().map(Whose::Thing);
        let delegations = (0..facts.delegation_count()).map(Whose::Delegation);
        for (_, value) in entities.chain(things).chain(delegations).flat_map(|whose| facts.known(whose).0) {
            clock_of(&value, &mut clock.moments);
        }
        clock.moments.extend((0..facts.delegation_count()).filter_map(|at| facts.withdrawn(at)));
        let mut waiting: Vec<&Expression> = meaning.conditions.iter().map(|defined| &defined.body.says).collect();
        waiting.extend(meaning.rules.iter().filter_map(|rule| rule.when.as_ref()));
        for version in meaning.packages.iter().flat_map(|named| &named.versions) {
            waiting.extend(version.grants.iter().filter_map(|grant| grant.when.as_deref()));
            waiting.extend(version.delegable.iter().filter_map(condition_of));
        }
        let areas = meaning.areas.iter().flat_map(|named| &named.versions);
        waiting.extend(areas.flat_map(|version| &version.delegable).filter_map(condition_of));
        let resources = meaning.resources.iter().flat_map(|named| &named.versions);
        waiting.extend(resources.filter_map(|body| body.retain.as_ref()).flat_map(|one| [&one.kept, &one.overdue]));
        while let Some(next) = waiting.pop() {
            match next {
                Expression::Value(Constant::DateTime(moment)) => drop(clock.moments.insert(*moment)),
                Expression::Value(Constant::Duration(length)) if !length.unit.is_of_dates() => {
                    clock.lengths.insert(*length);
                }
                other => waiting.extend(other.parts()),
            }
        }
        clock
    }
}

fn condition_of(line: &Line) -> Option<&Expression> {
    match line {
        Line::To { when, .. } => when.as_deref(),
        Line::Undecided => None,
    }
}

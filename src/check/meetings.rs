//! Which two rules over a resource can apply to one request, one element and one moment. Where that is not certainly ruled
//! out, they can. Raises no finding.

use super::context::Context;
use super::rules::{Owned, Reasons};
use crate::logic::Effort;
use crate::model::{Oblige, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// Steps that all pairs of rules of a build may take together; whatever is left over then counts as meeting.
const EFFORT: u32 = 10_000_000;

/// Which rules can meet.
pub(super) struct Meetings<'m, 'c> {
    context: &'m Context<'c>,
    reasons: &'m Reasons,
    effort: Effort,
    /// Pairs whose conditions and recipients were compared: do these keep them apart?
    apart: BTreeMap<(usize, usize), bool>,
}

impl<'m, 'c> Meetings<'m, 'c> {
    /// Of the rules of a build.
    pub(super) fn new(context: &'m Context<'c>) -> Self {
        Meetings { context, reasons: context.reasons(), effort: Effort::of(EFFORT), apart: BTreeMap::new() }
    }

    /// Takes one step for work done elsewhere; `false` where none is left.
    pub(super) fn spend(&mut self) -> bool {
        self.effort.spend(1)
    }

    /// May both apply to one request on this resource? (A rule and itself: may it apply at all?)
    pub(super) fn can_meet(&mut self, one: usize, other: usize, resource: &Resource) -> bool {
        let rules = self.context.rules();
        let (Some(first), Some(second)) = (rules.get(one), rules.get(other)) else { return false };
        let names = 1 + first.names_written() + second.names_written();
        if !self.effort.spend(u32::try_from(names).unwrap_or(u32::MAX)) {
            return true;
        }
        if !first.time(resource).meets(second.time(resource)) {
            return false;
        }
        if !first.shares_elements(second) || shared_actions(first, second, resource).next().is_none() {
            return false;
        }
        let (reasons, effort) = (self.reasons, &mut self.effort);
        !*self.apart.entry((one.min(other), one.max(other))).or_insert_with(|| reasons.exclude(one, other, effort))
    }
}

/// The actions of a resource that both rules speak of; of two that speak of any, all.
pub(super) fn shared_actions<'r>(
    one: &'r Owned<'_>,
    other: &'r Owned<'_>,
    resource: &'r Resource,
) -> impl Iterator<Item = &'r str> {
    let (few, names): (Vec<&str>, Option<BTreeSet<&str>>) = match (&one.rule.actions, &other.rule.actions) {
        (None, None) => (resource.actions.iter().map(|action| &*action.name.value).collect(), None),
        (Some(named), None) | (None, Some(named)) => (named.iter().map(|action| &*action.value).collect(), None),
        (Some(one), Some(other)) => (
            one.iter().map(|action| &*action.value).collect(),
            Some(other.iter().map(|action| &*action.value).collect()),
        ),
    };
    few.into_iter().filter(move |action| names.as_ref().is_none_or(|names| names.contains(action)))
}

/// Are two obligations one, with one list of arguments?
pub(super) fn same(one: &Oblige, two: &Oblige) -> bool {
    one.obligation == two.obligation && one.arguments == two.arguments
}

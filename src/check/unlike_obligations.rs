//! FM0320: two permits that can meet and do not oblige alike: if a fact that one of them asks for were missing, what stays
//! permitted would oblige to less. Two that differ in arguments alone are FM0321.

use super::context::{Context, listed, quoted};
use super::meetings::{Meetings, shared_actions};
use super::rules::{Owned, within};
use crate::diag::{Diagnostic, codes};
use crate::model::{Resource, SymbolId};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// How many `any action oblige` over one resource are read.
const OBLIGE: usize = 256;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    let mut meetings: Option<Meetings<'_, '_>> = None;
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for (at, resource) in context.catalog.resources.iter().enumerate() {
        let of = |effect| rules.over(at).filter(move |(_, owned)| owned.rule.effect == effect && owned.is_whole());
        // What no permit says, all say alike.
        if of(RuleEffect::Permit).all(|(_, owned)| owned.rule.oblige.is_empty()) {
            continue;
        }
        let besides: Vec<&Owned<'_>> = of(RuleEffect::Oblige).map(|(_, owned)| owned).take(OBLIGE).collect();
        let mut permits: Vec<(usize, &Owned<'_>)> = of(RuleEffect::Permit).collect();
        permits.sort_by_key(|(rule, owned)| (owned.rule.place, *rule));
        // Permits by what they oblige to: those of one kind are alike.
        let mut kinds: BTreeMap<BTreeSet<SymbolId>, Vec<usize>> = BTreeMap::new();
        for (rule, permit) in permits {
            let own: BTreeSet<SymbolId> = permit.rule.oblige.iter().map(|one| one.obligation).collect();
            let meetings = meetings.get_or_insert_with(|| Meetings::new(context));
            let before = kinds.iter().filter(|(kind, _)| **kind != own);
            let met = before.flat_map(|(_, of_kind)| of_kind).find(|earlier| {
                rules.get(**earlier).is_some_and(|earlier| unlike(earlier, permit, resource, &besides))
                    && meetings.can_meet(rule, **earlier, resource)
            });
            if let Some(earlier) = met.and_then(|met| rules.get(*met))
                && told.insert(permit.rule.place)
            {
                findings.push(finding(context, earlier, permit, resource));
            }
            kinds.entry(own).or_default().push(rule);
        }
    }
}

/// Is there an action that both permit and for which they oblige to different things, with what every permit of it does?
fn unlike(one: &Owned<'_>, other: &Owned<'_>, resource: &Resource, besides: &[&Owned<'_>]) -> bool {
    let differ = differ(one, other);
    let time = one.time(resource).and(other.time(resource));
    let anyway: BTreeSet<SymbolId> = besides
        .iter()
        .filter(|owned| within(time, owned.time(resource)))
        .flat_map(|owned| &owned.rule.oblige)
        .map(|one| one.obligation)
        .collect();
    shared_actions(one, other, resource).any(|action| {
        let own = resource.actions.iter().filter(|own| *own.name.value == *action).flat_map(|own| &own.oblige);
        let own: BTreeSet<SymbolId> = own.map(|one| one.obligation).collect();
        differ.iter().any(|one| !anyway.contains(one) && !own.contains(one))
    })
}

/// What one of two obliges to alone.
fn differ(one: &Owned<'_>, other: &Owned<'_>) -> BTreeSet<SymbolId> {
    let names = |owned: &Owned<'_>| owned.rule.oblige.iter().map(|one| one.obligation).collect::<BTreeSet<_>>();
    names(one).symmetric_difference(&names(other)).copied().collect()
}

fn finding(context: &Context<'_>, first: &Owned<'_>, later: &Owned<'_>, resource: &Resource) -> Diagnostic {
    let differ = differ(first, later);
    let only = |owned: &Owned<'_>| {
        let own: BTreeSet<&str> = owned
            .rule
            .oblige
            .iter()
            .filter(|one| differ.contains(&one.obligation))
            .map(|one| context.name(one.obligation))
            .collect();
        match own.len() {
            0 => None,
            _ => Some(listed(&own.into_iter().collect::<Vec<_>>())),
        }
    };
    let label = match (only(later), only(first)) {
        (Some(own), Some(other)) => format!("obliges to {own}, the other permit to {other}"),
        (Some(own), None) => format!("obliges to {own}, the other permit does not"),
        (None, Some(other)) => format!("does not oblige to {other}, as the other permit does"),
        (None, None) => String::new(),
    };
    let action = shared_actions(first, later, resource).next().unwrap_or_default();
    let name = quoted(action);
    Diagnostic::new(
        &codes::UNLIKE_OBLIGATIONS,
        format!("two permits of {name} can meet and do not oblige alike"),
        later.rule.place,
    )
    .label(label)
    .help(
        "let both oblige alike, oblige at the action, or keep them apart: by elements, periods, organisations, or conditions that exclude each other",
    )
    .related("the other permit", first.rule.place)
}

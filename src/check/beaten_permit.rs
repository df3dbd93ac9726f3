//! FM0319: a permit, or one name in a list of it, that a forbid always beats: it permits nothing anywhere. Said only where
//! one forbid is in force all the while, over every element, and certainly applies whenever the permit does.

use super::context::{Context, quoted};
use super::rules::{Owned, Reach, Reasons, within};
use crate::diag::{Diagnostic, codes};
use crate::logic::{Effort, Formula};
use crate::model::Said;
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::BTreeMap;

/// Steps that all permits of a build may take together; what is not looked at is not said.
const EFFORT: u32 = 5_000_000;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    if !rules.all().any(|(_, owned)| owned.rule.effect == RuleEffect::Forbid) {
        return;
    }
    let mut judge = Judge { context, reasons: context.reasons(), effort: Effort::of(EFFORT), forbids: BTreeMap::new() };
    for ((at, owned), reach) in rules.all().zip(rules.reach(context.catalog)) {
        if owned.rule.effect != RuleEffect::Permit || !owned.is_whole() {
            continue;
        }
        let Some(asked) = judge.reasons.of(at) else { continue };
        if judge.reasons.never(&asked.whole, &mut judge.effort) {
            // Never applies at all: that is told of its condition.
            continue;
        }
        let premises: Vec<Formula> = asked.to.iter().map(|to| to.clone().and(asked.rest.clone())).collect();
        let actions: Option<Vec<&str>> =
            owned.rule.actions.as_ref().map(|actions| actions.iter().map(|action| &*action.value).collect());
        let of: Option<Vec<&str>> = owned.rule.of.as_ref().map(|of| of.iter().map(|element| &*element.value).collect());
        let (actions, of) = (actions.as_deref(), of.as_deref());
        if let Some(forbid) = judge.beaten(owned, reach, actions, of, &premises) {
            findings.push(finding(context, owned, None, owned.rule.place, forbid));
            continue;
        }
        // Each name of a list is meant as if it were said alone.
        let mut told = |name: &str, place: Place, forbid: Place| {
            findings.push(finding(context, owned, Some(name), place, forbid));
        };
        for action in several(owned.rule.actions.as_deref()) {
            if let Some(forbid) = judge.beaten(owned, reach, Some(&[&action.value]), of, &premises) {
                told(&action.value, action.place, forbid);
            }
        }
        for element in several(owned.rule.of.as_deref()) {
            if let Some(forbid) = judge.beaten(owned, reach, actions, Some(&[&element.value]), &premises) {
                told(&element.value, element.place, forbid);
            }
        }
        for (to, premise) in several(Some(&owned.rule.to)).iter().zip(&premises) {
            if let Some(forbid) = judge.beaten(owned, reach, actions, of, std::slice::from_ref(premise)) {
                let name = context.sources.slice(to.place);
                told(name, to.place, forbid);
            }
        }
    }
}

/// The names of a list, where there is more than one.
fn several<T>(list: Option<&[Said<T>]>) -> &[Said<T>] {
    list.filter(|list| list.len() > 1).unwrap_or(&[])
}

struct Judge<'j, 'c> {
    context: &'j Context<'c>,
    reasons: &'j Reasons,
    effort: Effort,
    /// The forbids over a version of a resource.
    forbids: BTreeMap<usize, Vec<usize>>,
}

impl Judge<'_, '_> {
    /// Is this much of a permit beaten over every resource that it is over? By which forbid (the first of them)?
    fn beaten(
        &mut self,
        permit: &Owned<'_>,
        reach: Reach<'_>,
        actions: Option<&[&str]>,
        of: Option<&[&str]>,
        premises: &[Formula],
    ) -> Option<Place> {
        let (catalog, rules) = (self.context.catalog, self.context.rules());
        let mut first = None;
        for at in reach.iter() {
            let resource = catalog.resources.get(at)?;
            let time = permit.time(resource);
            if time.is_empty() {
                continue;
            }
            let forbids = self.forbids.entry(at).or_insert_with(|| {
                let forbids = rules.over(at).filter(|(_, owned)| owned.rule.effect == RuleEffect::Forbid);
                forbids.filter(|(_, owned)| owned.is_whole()).map(|(rule, _)| rule).collect()
            });
            if forbids.is_empty() {
                return None;
            }
            for action in resource.actions.iter().map(|action| &*action.name.value) {
                let many = u32::try_from(actions.map_or(1, <[&str]>::len)).unwrap_or(u32::MAX);
                if !self.effort.spend(many) {
                    return None;
                }
                if actions.is_some_and(|actions| !actions.contains(&action)) {
                    continue;
                }
                for premise in premises {
                    let mut by = None;
                    for forbid in forbids.iter() {
                        if !self.effort.spend(1) {
                            return None;
                        }
                        let Some(owned) = rules.get(*forbid) else { continue };
                        if owned.names(action)
                            && within(time, owned.time(resource))
                            && owned.has_elements(of, resource)
                            && self.reasons.implies(premise, *forbid, &mut self.effort)
                        {
                            by = Some(owned.rule.place);
                            break;
                        }
                    }
                    first = first.or(Some(by?));
                }
            }
        }
        first
    }
}

fn finding(context: &Context<'_>, permit: &Owned<'_>, name: Option<&str>, place: Place, forbid: Place) -> Diagnostic {
    let owner = quoted(context.name(permit.owner.symbol));
    let what = match name {
        Some(name) => format!("{} in a permit of {owner}", quoted(name)),
        None => format!("a permit of {owner}"),
    };
    Diagnostic::new(&codes::BEATEN_PERMIT, format!("a forbid always beats {what}"), place)
        .label("permits nothing")
        .help("leave it out, or let the forbid except it")
        .related("the forbid, which beats every permit", forbid)
}

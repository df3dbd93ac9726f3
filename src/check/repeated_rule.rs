//! FM0322: a rule that repeats another: it says the same, or less than one that certainly applies whenever it does, over
//! the same resources, for the same time, and obliges to no more.

use super::context::{Context, quoted};
use super::meetings::same;
use super::rules::{Owned, Reach, within};
use crate::diag::{Diagnostic, codes};
use crate::logic::Effort;
use crate::model::{Oblige, Resource};
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// Steps that all pairs of rules of a build may take together; what is not looked at is not said.
const EFFORT: u32 = 5_000_000;

/// The rules over one resource, by effect and action (`None`: any).
type Home<'c> = BTreeMap<(RuleEffect, Option<&'c str>), Vec<usize>>;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    let reach = rules.reach(context.catalog);
    let mut effort = Effort::of(EFFORT);
    // Rules over a resource by effect and by their first action, so that each is compared with few.
    let mut by_first: BTreeMap<usize, Home<'_>> = BTreeMap::new();
    for ((at, rule), over) in rules.all().zip(&reach) {
        if !rule.is_whole() {
            continue;
        }
        let Some(first) = over.iter().next() else { continue };
        let home = by_first.entry(first).or_insert_with(|| {
            let mut home = Home::new();
            for (at, owned) in rules.over(first).filter(|(_, owned)| owned.is_whole()) {
                match &owned.rule.actions {
                    None => home.entry((owned.rule.effect, None)).or_default().push(at),
                    Some(actions) => {
                        let names: BTreeSet<&str> = actions.iter().map(|action| &*action.value).collect();
                        for name in names {
                            home.entry((owned.rule.effect, Some(name))).or_default().push(at);
                        }
                    }
                }
            }
            home
        });
        let action = rule.rule.actions.as_ref().map(|actions| actions.first().map(|action| &*action.value));
        // A rule whose actions are lost repeats nothing.
        let named = match action {
            Some(None) => continue,
            Some(Some(action)) => home.get(&(rule.rule.effect, Some(action))),
            None => None,
        };
        let any = home.get(&(rule.rule.effect, None));
        let mut wider = None;
        for other in named.into_iter().chain(any).flatten().copied().filter(|other| *other != at) {
            if !effort.spend(1) {
                return;
            }
            // Of two that say the same the later is told.
            let earlier = |other: usize| rules.get(other).is_some_and(|other| other.rule.place < rule.rule.place);
            if repeats(context, &mut effort, &reach, at, other)
                && (earlier(other) || !repeats(context, &mut effort, &reach, other, at))
            {
                wider = Some(other);
                break;
            }
        }
        if let Some(wider) = wider.and_then(|wider| rules.get(wider)) {
            findings.push(finding(context, rule, wider));
        }
    }
}

/// Does a rule say no more than another?
fn repeats(context: &Context<'_>, effort: &mut Effort, reach: &[Reach<'_>], rule: usize, other: usize) -> bool {
    let (rules, reasons) = (context.rules(), context.reasons());
    let (Some(narrow), Some(wide)) = (rules.get(rule), rules.get(other)) else { return false };
    let (Some(over), Some(beside)) = (reach.get(rule), reach.get(other)) else { return false };
    let Some(asked) = reasons.of(rule) else { return false };
    let names = narrow.names_written() + wide.names_written() + over.count() + beside.count();
    effort.spend(u32::try_from(names).unwrap_or(u32::MAX))
        && obliges_to_no_more(narrow, wide)
        && actions(narrow, wide)
        && over_the_same(context, over, beside, |resource| {
            let time = narrow.time(resource);
            let of: Option<Vec<&str>> =
                narrow.rule.of.as_ref().map(|of| of.iter().map(|element| &*element.value).collect());
            !time.is_empty() && within(time, wide.time(resource)) && wide.has_elements(of.as_deref(), resource)
        })
        && !reasons.never(&asked.whole, effort)
        && reasons.implies(&asked.whole, other, effort)
}

/// Two permits that oblige to different things are told as such (FM0320, FM0321).
fn obliges_to_no_more(narrow: &Owned<'_>, wide: &Owned<'_>) -> bool {
    let has = |all: &Owned<'_>, one: &Oblige| all.rule.oblige.iter().any(|other| same(one, other));
    narrow.rule.oblige.iter().all(|own| has(wide, own))
        && (narrow.rule.effect != RuleEffect::Permit || wide.rule.oblige.iter().all(|own| has(narrow, own)))
}

fn actions(narrow: &Owned<'_>, wide: &Owned<'_>) -> bool {
    let Some(wide) = &wide.rule.actions else { return true };
    let Some(narrow) = &narrow.rule.actions else { return false };
    let names: BTreeSet<&str> = wide.iter().map(|action| &*action.value).collect();
    narrow.iter().all(|action| names.contains(&*action.value))
}

/// Is the second over everything that the first is over, in this way?
fn over_the_same(context: &Context<'_>, one: &Reach<'_>, other: &Reach<'_>, so: impl Fn(&Resource) -> bool) -> bool {
    let all: BTreeSet<usize> = match (one, other) {
        (Reach::Selected(one), Reach::Selected(other)) if std::ptr::eq(*one, *other) => BTreeSet::new(),
        _ => other.iter().collect(),
    };
    let own = matches!((one, other), (Reach::Selected(one), Reach::Selected(other)) if std::ptr::eq(*one, *other));
    one.iter().all(|at| (own || all.contains(&at)) && context.catalog.resources.get(at).is_some_and(&so))
}

fn finding(context: &Context<'_>, rule: &Owned<'_>, wider: &Owned<'_>) -> Diagnostic {
    let effect = rule.rule.effect.word();
    let name = quoted(context.name(rule.owner.symbol));
    let related = match wider.owner.symbol == rule.owner.symbol {
        true => format!("the {effect} that says it already"),
        false => {
            let sort = if wider.of_policy { "policy " } else { "" };
            format!("{sort}{} says it already", quoted(context.name_beside(wider.owner.symbol, rule.owner.symbol)))
        }
    };
    let what = if effect == "oblige" { "an obligation" } else { effect };
    let article = if effect == "oblige" { "" } else { "a " };
    Diagnostic::new(&codes::REPEATED_RULE, format!("{article}{what} of {name} repeats another"), rule.rule.place)
        .label("another applies whenever this does")
        .help("leave it out, or change what it was meant to say")
        .related(related, wider.rule.place)
        .fix(context.whole_line(rule.rule.place), "")
}

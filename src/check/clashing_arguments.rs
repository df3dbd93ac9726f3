//! FM0321: one obligation with two arguments that can meet in one decision: of permits, of the action and of `any action`, or
//! of forbids. Nobody could do both.

use super::context::{Context, quoted};
use super::meetings::{Meetings, same};
use crate::diag::{Diagnostic, codes};
use crate::model::{Oblige, Resource, SymbolId};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// Who says an obligation: an action with every permit of it, or a rule.
#[derive(Clone, Copy)]
enum Sayer<'c> {
    Action(&'c str),
    Rule(usize),
}

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    let mut meetings: Option<Meetings<'_, '_>> = None;
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for (at, resource) in context.catalog.resources.iter().enumerate() {
        // Obligations of forbids come with a refusal, all others with a permit.
        let mut by_name: BTreeMap<(bool, SymbolId), Vec<(&Oblige, Sayer<'_>)>> = BTreeMap::new();
        for action in &resource.actions {
            for oblige in &action.oblige {
                let sayer = Sayer::Action(&action.name.value);
                by_name.entry((true, oblige.obligation)).or_default().push((oblige, sayer));
            }
        }
        for (rule, owned) in rules.over(at).filter(|(_, owned)| owned.is_whole()) {
            let permits = match owned.rule.effect {
                RuleEffect::Permit | RuleEffect::Oblige => true,
                RuleEffect::Forbid => false,
                RuleEffect::Never => continue,
            };
            for oblige in &owned.rule.oblige {
                by_name.entry((permits, oblige.obligation)).or_default().push((oblige, Sayer::Rule(rule)));
            }
        }
        for mut all in by_name.into_values() {
            let alike = all.iter().zip(all.iter().skip(1)).all(|((one, _), (other, _))| same(one, other));
            if alike {
                continue;
            }
            all.sort_by_key(|(oblige, _)| oblige.place);
            let meetings = meetings.get_or_insert_with(|| Meetings::new(context));
            if let Some((first, later)) = clash(context, meetings, resource, &all)
                && told.insert(later.place)
            {
                findings.push(finding(context, first, later));
            }
        }
    }
}

/// The first pair, in order of place, with other arguments that can meet.
fn clash<'o>(
    context: &Context<'_>,
    meetings: &mut Meetings<'_, '_>,
    resource: &Resource,
    all: &[(&'o Oblige, Sayer<'_>)],
) -> Option<(&'o Oblige, &'o Oblige)> {
    let names = |rule: usize, action: &str| context.rules().get(rule).is_some_and(|owned| owned.names(action));
    for (at, (later, of_later)) in all.iter().enumerate() {
        for (first, of_first) in all.iter().take(at) {
            if !meetings.spend() {
                return None;
            }
            if same(first, later) {
                continue;
            }
            let meet = match (*of_first, *of_later) {
                (Sayer::Rule(one), Sayer::Rule(other)) => meetings.can_meet(one, other, resource),
                (Sayer::Rule(rule), Sayer::Action(action)) | (Sayer::Action(action), Sayer::Rule(rule)) => {
                    names(rule, action) && meetings.can_meet(rule, rule, resource)
                }
                (Sayer::Action(one), Sayer::Action(other)) => one == other,
            };
            if meet {
                return Some((first, later));
            }
        }
    }
    None
}

fn finding(context: &Context<'_>, first: &Oblige, later: &Oblige) -> Diagnostic {
    let name = quoted(context.name(later.obligation));
    let other = quoted(context.sources.slice(first.place));
    Diagnostic::new(
        &codes::CLASHING_ARGUMENTS,
        format!("the obligation {name} has two arguments that can meet in one decision"),
        later.place,
    )
    .label(format!("and {other} can hold at the same time"))
    .help("let both have the same arguments, or keep their rules apart: by elements, periods, organisations, or conditions that exclude each other")
    .related("the same obligation with another argument", first.place)
}

//! FM0603: what the target `altinn` cannot say. It knows permits by role and package alone: no register, element, forbid,
//! condition, period or obligation.

use super::context::{Context, quoted};
use super::targets::{Target, named, of_rules};
use crate::diag::{Diagnostic, codes};
use crate::model::{Declared, Recipient, Rule};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::BTreeSet;

/// The name of the target.
pub(super) const ALTINN: &str = "altinn";

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut told: BTreeSet<Place> = BTreeSet::new();
    let mut raise = |target: Target<'_>, what: &str, place: Place| {
        if told.insert(place) {
            findings.push(
                Diagnostic::new(
                    &codes::BEYOND_ALTINN,
                    format!("the target {} cannot say {what}", quoted(ALTINN)),
                    place,
                )
                .label("only permits by role and package can be said there")
                .help("leave it out, or move it to a module without this target")
                .related("the target", target.place),
            );
        }
    };
    let rules = context.rules();
    for ((_, owned), target) in rules.all().zip(of_rules(context, &[ALTINN])) {
        if let Some((target, (what, place))) = target.zip(beyond(owned.rule)) {
            raise(target, what, place);
        }
    }
    let target = |declared: &Declared| named(context, declared, &[ALTINN]);
    for resource in &context.catalog.resources {
        let Some(target) = target(&resource.declared) else { continue };
        if resource.register {
            raise(target, "a register", resource.declared.name_place);
        }
        if let Some(elements) = &resource.elements {
            raise(target, "elements", elements.statement);
        }
        for action in &resource.actions {
            if let Some(oblige) = action.oblige.first() {
                raise(target, "an obligation", oblige.place);
            }
        }
    }
    for package in &context.catalog.packages {
        let Some(target) = target(&package.declared) else { continue };
        for grant in &package.grants {
            if let Some(when) = &grant.when {
                raise(target, "a condition of a grant", when.place);
            } else if let Some(period) = &grant.period {
                raise(target, "a period of a grant", period.place);
            }
        }
        for when in package.delegable.iter().filter_map(|line| line.when.as_deref()) {
            raise(target, "a condition of delegation", when.place);
        }
    }
}

/// The first thing of a rule that cannot be said.
fn beyond(rule: &Rule) -> Option<(&'static str, Place)> {
    match rule.effect {
        RuleEffect::Permit => {}
        RuleEffect::Forbid => return Some(("a forbid", rule.place)),
        // Decides nothing, so nothing is lost where it is not said.
        RuleEffect::Never => return None,
        RuleEffect::Oblige => return Some(("an obligation", rule.place)),
    }
    if let Some(element) = rule.of.as_ref().and_then(|of| of.first()) {
        return Some(("elements", element.place));
    }
    if let Some(when) = &rule.when {
        return Some(("a condition", when.place));
    }
    if let Some(oblige) = rule.oblige.first() {
        return Some(("an obligation", oblige.place));
    }
    if let Some(period) = &rule.period {
        return Some(("a period", period.place));
    }
    let beyond = rule.to.iter().find(|to| !matches!(to.value, Recipient::Role(_)));
    beyond.map(|to| ("a recipient that is no role", to.place))
}

//! What the checks of targets ask: which targets hold for a declaration, and for a rule. Raises no finding.

use super::context::Context;
use crate::model::{Declared, Said};

/// Where a module names a target.
pub(super) type Target<'c> = &'c Said<Box<str>>;

/// Where the module of a declaration names one of these targets.
pub(super) fn named<'c>(context: &Context<'c>, declared: &Declared, names: &[&str]) -> Option<Target<'c>> {
    context.module(declared)?.targets.iter().find(|target| names.contains(&&*target.value))
}

/// For each rule one of these targets that holds for it: that of its own module, or of a resource that it is over.
pub(super) fn of_rules<'c>(context: &Context<'c>, names: &[&str]) -> Vec<Option<Target<'c>>> {
    let rules = context.rules();
    let mut targets: Vec<_> = rules.all().map(|(_, owned)| named(context, owned.owner, names)).collect();
    for (at, resource) in context.catalog.resources.iter().enumerate() {
        let Some(target) = named(context, &resource.declared, names) else { continue };
        for (rule, _) in rules.over(at) {
            if let Some(slot) = targets.get_mut(rule) {
                slot.get_or_insert(target);
            }
        }
    }
    targets
}

//! FM0317: an action of a service that no permit names, so that everybody is denied it.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use std::collections::BTreeSet;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    // What is not compiled may permit it.
    if context.found.iter().any(|finding| *finding.code == codes::NOT_BUILT_YET) {
        return;
    }
    for service in context.catalog.resources.iter().filter(|service| !service.declared.wounded) {
        let permitted: BTreeSet<&str> =
            service.rules.iter().flat_map(|rule| rule.actions.iter().flatten()).map(|action| &*action.value).collect();
        for action in service.actions.iter().filter(|action| !permitted.contains(&*action.name.value)) {
            let name = context.name(service.declared.symbol);
            findings.push(
                Diagnostic::new(
                    &codes::ACTION_WITHOUT_PERMIT,
                    format!("nothing permits {} of {}", quoted(&action.name.value), quoted(name)),
                    action.name.place,
                )
                .label("everybody is denied this")
                .help(format!(
                    "write {} with whom it is for or what they must hold",
                    quoted(&format!("permit {}", action.name.value))
                )),
            );
        }
    }
}

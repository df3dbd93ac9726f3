//! FM0602: a word after `target` that no back end is called.

use super::altinn_target::ALTINN;
use super::context::{Context, listed, quoted};
use crate::diag::{Diagnostic, codes, suggest::nearest};

/// The targets that a module may name.
const TARGETS: [&str; 4] = [ALTINN, "jacal", "json", "xacml"];

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for target in context.catalog.modules.iter().flat_map(|module| &module.targets) {
        if TARGETS.contains(&&*target.value) {
            continue;
        }
        let near = nearest(&target.value, TARGETS);
        let finding = Diagnostic::new(
            &codes::UNKNOWN_TARGET,
            format!("no target is called {}", quoted(&target.value)),
            target.place,
        )
        .label("not a target")
        .help(near.question().unwrap_or_else(|| format!("write {}", listed(&TARGETS).replace(" and ", " or "))));
        findings.push(match near.sure() {
            Some(near) => finding.fix(target.place, near),
            None => finding,
        });
    }
}

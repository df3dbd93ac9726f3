//! FM0302: a package that does not say whether it may be delegated. `delegable no` says it, and so does an open
//! question.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for package in &context.catalog.packages {
        if package.declared.wounded || !package.delegable.is_empty() {
            continue;
        }
        let name = context.name(package.declared.symbol);
        findings.push(
            Diagnostic::new(
                &codes::NO_DELEGABILITY,
                format!("{} does not say whether it may be delegated", quoted(name)),
                package.declared.name_place,
            )
            .label("has no `delegable`")
            .help("write `delegable to …` with who may receive it, `delegable no`, or `delegable undecided \"…\"` with the question"),
        );
    }
}

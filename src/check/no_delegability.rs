//! FM0302: a package that does not say whether it may be delegated. `delegable no` says it, and so does an open
//! question.

use super::context::{Context, quoted};
use super::proposal::first_statement;
use crate::diag::{Diagnostic, codes};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for package in &context.catalog.packages {
        if package.declared.wounded || !package.delegable.is_empty() {
            continue;
        }
        let name = context.name(package.declared.symbol);
        let finding =
            Diagnostic::new(
                &codes::NO_DELEGABILITY,
                format!("{} does not say whether it may be delegated", quoted(name)),
                package.declared.name_place,
            )
            .label("has no `delegable`")
            .help("write `delegable to …` with who may receive it, `delegable no`, or `delegable undecided \"…\"` with the question");
        findings.push(
            match first_statement(context, &package.declared, "delegable undecided \"who may receive this package\"") {
                Some((place, text)) => finding.fix(place, text).changes_meaning(),
                None => finding,
            },
        );
    }
}

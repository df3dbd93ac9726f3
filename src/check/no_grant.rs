//! FM0303: a package that is granted to nobody. `grant undecided` says that it is an open question.

use super::context::{Context, quoted};
use super::proposal::first_statement;
use crate::diag::{Diagnostic, codes};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for package in &context.catalog.packages {
        if package.declared.wounded || !package.grants.is_empty() {
            continue;
        }
        let name = context.name(package.declared.symbol);
        let finding = Diagnostic::new(
            &codes::NO_GRANT,
            format!("{} is granted to nobody", quoted(name)),
            package.declared.name_place,
        )
        .label("has no `grant`, so nobody can hold it")
        .help("write `grant to …` with the roles that have it, or `grant undecided \"…\"` with the question");
        findings.push(
            match first_statement(context, &package.declared, "grant undecided \"who is granted this package\"") {
                Some((place, text)) => finding.fix(place, text).changes_meaning(),
                None => finding,
            },
        );
    }
}

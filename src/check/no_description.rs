//! FM0301: a package that does not say what it is about. An open question says it.

use super::context::{Context, quoted};
use super::proposal::first_statement;
use crate::diag::{Diagnostic, codes};
use crate::terms::open::Open;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for package in context.catalog.packages.iter().filter(|package| !package.declared.wounded) {
        let (place, label) = match &package.about {
            None => (package.declared.name_place, "has no `about`"),
            Some(about) => match &about.value {
                Open::Known(text) if text.trim().is_empty() => (about.place, "says nothing"),
                Open::Known(_) | Open::Undecided => continue,
            },
        };
        let name = context.name(package.declared.symbol);
        let finding =
            Diagnostic::new(&codes::NO_DESCRIPTION, format!("{} does not say what it is about", quoted(name)), place)
                .label(label)
                .help("write `about \"…\"` with what the package lets its holder do, or `about undecided \"…\"` with the question");
        if let Some(about) = &package.about {
            findings.push(finding.fix(about.place, "undecided \"what this package is about\"").changes_meaning());
            continue;
        }
        findings.push(
            match first_statement(context, &package.declared, "about undecided \"what this package is about\"") {
                Some((place, text)) => finding.fix(place, text).changes_meaning(),
                None => finding,
            },
        );
    }
}

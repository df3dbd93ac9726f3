//! FM0314: a permit that says neither whom it is for nor what they must hold. Openness is never by omission.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for service in context.catalog.resources.iter().filter(|service| !service.declared.wounded) {
        for permit in service.rules.iter().filter(|permit| !permit.says_to && !permit.says_requires) {
            let name = context.name(service.declared.symbol);
            findings.push(
                Diagnostic::new(
                    &codes::PERMIT_WITHOUT_SUBJECT,
                    format!("a permit of {} names nobody", quoted(name)),
                    permit.place,
                )
                .label("has neither `to` nor `requires`")
                .help(
                    "write `requires` and a package, `to` and a role, or `to anyone` if it is meant to be open to all",
                ),
            );
        }
    }
}

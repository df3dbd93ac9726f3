//! FM0307: a permit, of a resource or of a policy, that requires a package to which no service may attach. An open question
//! is silent.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::Package;
use crate::terms::effect::RuleEffect;
use crate::terms::open::Open;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, owned) in context.rules().all().filter(|(_, owned)| owned.rule.effect == RuleEffect::Permit) {
        for required in context.required(owned.rule) {
            let closed = context
                .catalog
                .packages_of(required.value)
                .find(|package| package.declared.period.meets(owned.period) && says_no(package));
            let Some(package) = closed else { continue };
            let name = quoted(context.name_beside(required.value, owned.owner.symbol));
            let (words, place) = match &package.services {
                Some(services) => ("says that no service may attach to it", services.statement),
                None => ("does not say `services yes`", package.declared.name_place),
            };
            findings.push(
                Diagnostic::new(
                    &codes::NO_SERVICES,
                    format!(
                        "{} requires {name}, to which no service may attach",
                        quoted(context.name(owned.owner.symbol))
                    ),
                    required.place,
                )
                .label("no service may attach to this package")
                .help(format!("require another package, or write `services yes` in {name}"))
                .related(words, place),
            );
        }
    }
}

fn says_no(package: &Package) -> bool {
    match package.services.as_ref().map(|services| services.value) {
        // What is left of a wounded package may lack the line.
        None => !package.declared.wounded,
        Some(Open::Known(yes)) => !yes,
        Some(Open::Undecided) => false,
    }
}

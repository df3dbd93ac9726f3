//! FM0307: a service that requires a package to which no service may attach. An open question is silent.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::Package;
use crate::terms::open::Open;
use crate::terms::period::Period;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for service in &context.catalog.resources {
        for permit in &service.rules {
            let time =
                permit.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(service.declared.period);
            for required in context.required(permit) {
                let closed = context
                    .catalog
                    .packages_of(required.value)
                    .find(|package| package.declared.period.meets(time) && says_no(package));
                let Some(package) = closed else { continue };
                let name = quoted(context.name_beside(required.value, service.declared.symbol));
                let (words, place) = match &package.services {
                    Some(services) => ("says that no service may attach to it", services.statement),
                    None => ("does not say `services yes`", package.declared.name_place),
                };
                findings.push(
                    Diagnostic::new(
                        &codes::NO_SERVICES,
                        format!(
                            "{} requires {name}, to which no service may attach",
                            quoted(context.name(service.declared.symbol))
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
}

fn says_no(package: &Package) -> bool {
    match package.services.as_ref().map(|services| services.value) {
        // What is left of a wounded package may lack the line.
        None => !package.declared.wounded,
        Some(Open::Known(yes)) => !yes,
        Some(Open::Undecided) => false,
    }
}

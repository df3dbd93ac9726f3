//! FM0310: a period without a day in it: of a module, a declaration, a grant or a rule; also one that does not meet
//! the period of what it stands in.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Declared, Said};
use crate::source::Place;
use crate::terms::period::Period;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let catalog = context.catalog;
    for module in &catalog.modules {
        if let Some(valid) = module.valid.as_ref().filter(|valid| valid.value.is_empty()) {
            findings.push(empty(&format!("module {}", quoted(&module.name)), valid.value, valid.place));
        }
    }
    for declared in context.declared() {
        let module = catalog.modules.get(declared.module.0 as usize).and_then(|module| module.valid.as_ref());
        let Some(valid) = &declared.valid else { continue };
        let name = quoted(context.name(declared.symbol));
        if valid.value.is_empty() {
            findings.push(empty(&name, valid.value, valid.place));
        } else if let Some(module) =
            module.filter(|module| !module.value.is_empty() && !module.value.meets(valid.value))
        {
            findings.push(apart(&name, valid.place, "its module", module.place));
        }
    }
    let grants =
        catalog.packages.iter().flat_map(|it| it.grants.iter().map(|grant| (&it.declared, "grant", &grant.period)));
    let rules = context.rules().all().map(|(_, owned)| (owned.owner, owned.rule.effect.word(), &owned.rule.period));
    for (declared, word, period) in grants.chain(rules) {
        let Some(period) = period else { continue };
        let name = format!("a {word} of {}", quoted(context.name(declared.symbol)));
        if period.value.is_empty() {
            findings.push(empty(&name, period.value, period.place));
        } else if !declared.period.is_empty() && !declared.period.meets(period.value) {
            let (whose, place) = owner(context, declared, period);
            findings.push(apart(&name, period.place, whose, place));
        }
    }
}

/// Whose period a grant or rule does not meet: that of its declaration, else that of the module.
fn owner(context: &Context<'_>, declared: &Declared, period: &Said<Period>) -> (&'static str, Place) {
    let own = declared.valid.as_ref().filter(|valid| !valid.value.meets(period.value)).map(|valid| valid.place);
    let module = context.catalog.modules.get(declared.module.0 as usize).and_then(|module| module.valid.as_ref());
    match (own, module) {
        (Some(place), _) => ("what it stands in", place),
        (None, Some(valid)) if !valid.value.meets(period.value) => ("its module", valid.place),
        // Neither alone: the days that module and declaration share end before it begins, or begin after.
        (None, _) => ("what it stands in", declared.valid.as_ref().map_or(declared.name_place, |valid| valid.place)),
    }
}

fn empty(name: &str, period: Period, place: Place) -> Diagnostic {
    let label = match (period.from, period.before) {
        (Some(from), Some(before)) if from == before => format!("ends at 00:00 of {from}, when it begins"),
        (Some(from), Some(before)) => format!("ends on {before}, before it begins on {from}"),
        _ => String::new(),
    };
    Diagnostic::new(&codes::EMPTY_VALIDITY, format!("the period of {name} has no day in it"), place)
        .label(label)
        .help("write a day after `before` that is later than the day after `from`")
}

fn apart(name: &str, place: Place, whose: &str, other: Place) -> Diagnostic {
    Diagnostic::new(&codes::EMPTY_VALIDITY, format!("the period of {name} does not meet that of {whose}"), place)
        .label(format!("no day of this is a day of {whose}"))
        .help(format!("write a period that meets the period of {whose}"))
        .related(format!("the period of {whose}"), other)
}

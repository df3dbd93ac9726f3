//! FM0308: a resource that exposes data above what a package admits that a permit over it requires. Of packages joined by `or` each must
//! admit them, since each alone opens the service; of those joined by `and` one that does is enough, since whoever
//! enters holds it too. What is undecided is silent.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Package, Requires, Resource, Said, SymbolId};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use crate::terms::level::Level;
use crate::terms::open::Open;
use crate::terms::period::Period;
use std::collections::BTreeSet;

/// How deep `and` and `or` are followed; the grammar allows less.
const DEPTH: usize = 256;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    // A permit of a policy requires one package for all that it is over: it is told once.
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for (at, resource) in context.catalog.resources.iter().enumerate() {
        if resource.declared.wounded {
            continue;
        }
        let Some(data) = &resource.data else { continue };
        let Open::Known(level) = data.value else { continue };
        for (_, owned) in rules.over(at).filter(|(_, owned)| owned.rule.effect == RuleEffect::Permit) {
            let Some(requires) = &owned.rule.requires else { continue };
            let time = owned.time(resource);
            if let Answer::No(below) = admits(context, &requires.value, level, time, DEPTH) {
                let also = matches!(requires.value, Requires::And(_));
                for (required, package) in below.into_iter().filter(|(required, _)| told.insert(required.place)) {
                    findings.push(finding(context, resource, level, required, package, also).related(
                        format!("what {} exposes", quoted(context.name(resource.declared.symbol))),
                        data.place,
                    ));
                }
            }
        }
    }
}

enum Answer<'c> {
    Yes,
    Unknown,
    No(Vec<(&'c Said<SymbolId>, &'c Package)>),
}

fn admits<'c>(context: &Context<'c>, requires: &'c Requires, level: Level, time: Period, depth: usize) -> Answer<'c> {
    let Some(depth) = depth.checked_sub(1) else { return Answer::Unknown };
    match requires {
        Requires::Package(required) => package_admits(context, required, level, time),
        Requires::And(all) => {
            let mut unknown = false;
            let mut below = None;
            for one in all {
                match admits(context, one, level, time, depth) {
                    Answer::Yes => return Answer::Yes,
                    Answer::Unknown => unknown = true,
                    Answer::No(found) => below = below.or(Some(found)),
                }
            }
            match below {
                Some(below) if !unknown => Answer::No(below),
                _ => Answer::Unknown,
            }
        }
        Requires::Or(all) => {
            let mut unknown = false;
            let mut below = Vec::new();
            for one in all {
                match admits(context, one, level, time, depth) {
                    Answer::Yes => {}
                    Answer::Unknown => unknown = true,
                    Answer::No(found) => below.extend(found),
                }
            }
            match below.is_empty() {
                false => Answer::No(below),
                true if unknown => Answer::Unknown,
                true => Answer::Yes,
            }
        }
    }
}

/// Does a package admit the data, in each of its versions that are in force then?
fn package_admits<'c>(context: &Context<'c>, required: &'c Said<SymbolId>, level: Level, time: Period) -> Answer<'c> {
    let mut answer = Answer::Unknown;
    for package in context.catalog.packages_of(required.value).filter(|package| package.declared.period.meets(time)) {
        match admitted(package) {
            None => return Answer::Unknown,
            Some(admitted) if admitted < level => return Answer::No(vec![(required, package)]),
            Some(_) => answer = Answer::Yes,
        }
    }
    answer
}

/// The level that a package admits; `None` where that is not decided or may be lost.
fn admitted(package: &Package) -> Option<Level> {
    match package.data.as_ref().map(|data| data.value) {
        None if package.declared.wounded => None,
        None => Some(Level::None),
        Some(Open::Known(level)) => Some(level),
        Some(Open::Undecided) => None,
    }
}

fn finding(
    context: &Context<'_>,
    service: &Resource,
    level: Level,
    required: &Said<SymbolId>,
    package: &Package,
    also: bool,
) -> Diagnostic {
    let name = quoted(context.name_beside(required.value, service.declared.symbol));
    let admitted = admitted(package).unwrap_or_default();
    let (words, place) = match &package.data {
        Some(data) => ("what the package admits", data.statement),
        None => ("without `data` the package admits none", package.declared.name_place),
    };
    Diagnostic::new(
        &codes::DATA_ABOVE_PACKAGE,
        format!(
            "{} exposes data of level {}, and {name} admits {} only",
            quoted(context.name(service.declared.symbol)),
            quoted(level.word()),
            quoted(admitted.word())
        ),
        required.place,
    )
    .label(if also {
        "neither this package nor the others admit so much"
    } else {
        "this package does not admit so much"
    })
    .help(format!(
        "require a package with {0}, or write {0} in {name} if its holders may see such data",
        quoted(&format!("data {}", level.word()))
    ))
    .related(words, place)
}

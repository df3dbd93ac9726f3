//! FM0308: a service that exposes data above what a required package admits. Of packages joined by `or` each must
//! admit them, since each alone opens the service; of those joined by `and` one that does is enough, since whoever
//! enters holds it too. What is undecided is silent.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Package, Requires, Resource, Said, SymbolId};
use crate::terms::level::Level;
use crate::terms::open::Open;
use crate::terms::period::Period;

/// How deep `and` and `or` are followed; the grammar allows less.
const DEPTH: usize = 256;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for service in context.catalog.resources.iter().filter(|service| !service.declared.wounded) {
        let Some(data) = &service.data else { continue };
        let Open::Known(level) = data.value else { continue };
        for permit in &service.rules {
            let time =
                permit.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(service.declared.period);
            let Some(requires) = &permit.requires else { continue };
            if let Answer::No(below) = admits(context, &requires.value, level, time, DEPTH) {
                findings.extend(below.into_iter().map(|(required, package)| {
                    let also = matches!(requires.value, Requires::And(_));
                    finding(context, service, level, required, package, also)
                        .related("what the service exposes", data.place)
                }));
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

//! FM0304: a package granted to a role, or to the holders of a package, that cannot have its kind of party: the grant
//! could never reach anybody.

use super::context::{Context, listed, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Grant, Grantee, Package, Property, SymbolId};
use crate::source::Place;
use crate::terms::kind::Kinds;
use crate::terms::open::Open;
use crate::terms::period::Period;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for package in context.catalog.packages.iter().filter(|package| !package.declared.wounded) {
        let Some(kinds) = kinds_of(package) else { continue };
        for grant in &package.grants {
            let time = grant.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(package.declared.period);
            judge(context, package, kinds, grant, time, findings);
        }
    }
}

/// The kinds of party of a package, if they are decided.
fn kinds_of(package: &Package) -> Option<Kinds> {
    match package.kinds.as_ref().map(|kinds| kinds.value) {
        None => Some(Kinds::ANY),
        Some(Open::Known(kinds)) => Some(kinds),
        Some(Open::Undecided) => None,
    }
}

fn judge(
    context: &Context<'_>,
    package: &Package,
    kinds: Kinds,
    grant: &Grant,
    time: Period,
    findings: &mut Vec<Diagnostic>,
) {
    // A group gives all its roles the place of its name: one finding for each name as written.
    let mut impossible: Vec<(Place, Vec<&str>, Kinds, Place)> = Vec::new();
    for to in &grant.to {
        let (symbol, reach) = match to.value {
            Grantee::Itself => continue,
            Grantee::Role(role) => (role, reach_of_role(context, role, time)),
            Grantee::Package(other) => (other, reach_of_package(context, other, time)),
        };
        let Some((reach, said)) = reach else { continue };
        if !reach.and(kinds).is_empty() {
            continue;
        }
        let name = context.name_beside(symbol, package.declared.symbol);
        match impossible.last_mut().filter(|(place, ..)| *place == to.place) {
            Some((_, names, ..)) => names.push(name),
            None => impossible.push((to.place, vec![name], reach, said)),
        }
    }
    for (place, names, reach, said) in impossible {
        let name = context.name(package.declared.symbol);
        let mut finding = Diagnostic::new(
            &codes::IMPOSSIBLE_GRANT,
            format!("{} is for {}, which {} cannot have as party", quoted(name), words(kinds), listed(&names)),
            place,
        )
        .label(format!("has {} as party", words(reach)))
        .help("grant it to a role with this kind of party, or say another kind after `for`")
        .related("says which parties it can have", said);
        if let Some(Property { statement, .. }) = &package.kinds {
            finding = finding.related("says which kind of party the package is for", *statement);
        }
        findings.push(finding);
    }
}

/// The kinds of party that a role can have in a period (a status: those who can have it), and where it says so.
fn reach_of_role(context: &Context<'_>, role: SymbolId, time: Period) -> Option<(Kinds, Place)> {
    let mut reach = (Kinds::NONE, None);
    for role in context.roles_in(role, time)? {
        let held = role.held.as_ref()?;
        let said = held.value.known()?;
        reach = (said.of.unwrap_or(said.by).iter().fold(reach.0, Kinds::with), reach.1.or(Some(held.statement)));
    }
    Some((reach.0, reach.1?))
}

/// The kinds of party that a package can be held for in a period, and where it says so.
fn reach_of_package(context: &Context<'_>, package: SymbolId, time: Period) -> Option<(Kinds, Place)> {
    let mut reach = (Kinds::NONE, None);
    for package in context.catalog.packages_of(package) {
        if package.declared.wounded {
            return None;
        }
        if package.declared.period.meets(time) {
            let said = package.kinds.as_ref().map_or(package.declared.name_place, |kinds| kinds.statement);
            reach = (kinds_of(package)?.iter().fold(reach.0, Kinds::with), reach.1.or(Some(said)));
        }
    }
    Some((reach.0, reach.1?))
}

/// `an organisation or a person`
fn words(kinds: Kinds) -> String {
    let words: Vec<_> = kinds
        .iter()
        .map(|kind| {
            format!("{} {}", if kind.word().starts_with('o') { "an" } else { "a" }, kind.word().replace('_', " "))
        })
        .collect();
    words.join(" or ")
}

//! FM0312: a package or an area that says to whom it is delegable, while nobody can give it or nobody can receive it.
//! Said only where it is certain: what is wounded, undecided or of unknown kind may give and receive.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Delegable, DelegableSays, Grantee, Package, Receiver, Said, Sort, SymbolId};
use crate::terms::kind::{Kind, Kinds};
use crate::terms::open::Open;
use std::collections::BTreeMap;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let agents = agents(context);
    let mut by_area: BTreeMap<SymbolId, Vec<&Package>> = BTreeMap::new();
    for package in &context.catalog.packages {
        if let Some(area) = package.area {
            by_area.entry(area).or_default().push(package);
        }
        if package.declared.wounded || package.grants.is_empty() {
            // Without a grant there is a finding already (FM0303), and one cause is one finding.
            continue;
        }
        let Some(line) = first_line(&package.delegable) else { continue };
        let name = quoted(context.name(package.declared.symbol));
        if !may_be_given(context, package, agents) {
            findings.push(
                Diagnostic::new(
                    &codes::NOBODY_TO_DELEGATE,
                    format!("{name} is delegable, but nobody can delegate it"),
                    line.place,
                )
                .label("no grant of the package gives the right to delegate")
                .help("grant it with `grant to …` or `grant delegation to …`, or write `delegable no`"),
            );
        } else if !may_be_received(context, package) {
            findings.push(
                Diagnostic::new(
                    &codes::NOBODY_TO_DELEGATE,
                    format!("{name} is delegable, but nobody can receive it"),
                    line.place,
                )
                .label("none of these can be held for the party or for whoever delegates")
                .help("name a kind, or a role that is held for this kind of party, or write `delegable no`"),
            );
        }
    }
    for area in context.catalog.areas.iter().filter(|area| !area.declared.wounded) {
        let Some(line) = first_line(&area.delegable) else { continue };
        let packages = by_area.get(&area.declared.symbol).map_or(&[][..], |packages| packages);
        let wounded = context.catalog.areas_of(area.declared.symbol).any(|area| area.declared.wounded);
        let silent = |package: &&&Package| {
            package.declared.wounded || package.grants.is_empty() || may_be_given(context, package, agents)
        };
        if !wounded && !packages.iter().any(|package| silent(&package)) {
            let name = quoted(context.name(area.declared.symbol));
            findings.push(
                Diagnostic::new(
                    &codes::NOBODY_TO_DELEGATE,
                    format!("{name} is delegable, but nobody can delegate it"),
                    line.place,
                )
                .label("nobody may delegate any package of the area")
                .help("grant a package of the area with the right to delegate, or write `delegable no`"),
            );
        }
    }
}

/// The first line that says to whom.
fn first_line(lines: &[Delegable]) -> Option<&Delegable> {
    lines.iter().find(|line| matches!(line.says, DelegableSays::To(_)))
}

/// The kinds of those who can have an `agent` role for an organisation.
fn agents(context: &Context<'_>) -> Kinds {
    if context.catalog.symbols.iter().any(|symbol| symbol.sort == Sort::Unknown) {
        return Kinds::ANY;
    }
    let mut agents = Kinds::NONE;
    for role in &context.catalog.roles {
        let certainly_not =
            !role.declared.wounded && role.agent.as_ref().is_none_or(|agent| agent.value == Open::Known(false));
        if certainly_not {
            continue;
        }
        match role.held.as_ref().and_then(|held| held.value.known()) {
            Some(held) if !role.declared.wounded => {
                if held.of.is_some_and(|of| of.has(Kind::Organisation)) {
                    agents = held.by.iter().fold(agents, Kinds::with);
                }
            }
            _ => return Kinds::ANY,
        }
    }
    agents
}

/// Can anybody pass the package on: by a grant with delegation, or an organisation that uses it to its agents?
fn may_be_given(context: &Context<'_>, package: &Package, agents: Kinds) -> bool {
    package.grants.iter().any(|grant| {
        grant.gives_delegation
            || grant.undecided.is_some()
            || !agents.is_empty()
                && grant.gives_use
                && grant.to.iter().any(|to| {
                    context.may_have_lost_members(to.place) || holders(context, package, to).has(Kind::Organisation)
                })
    })
}

/// The kinds of those whom a grant reaches, as far as that is certain; else any.
fn holders(context: &Context<'_>, package: &Package, to: &Said<Grantee>) -> Kinds {
    match to.value {
        Grantee::Itself => kinds(package),
        Grantee::Role(role) => kinds_of_role(context, role).map_or(Kinds::ANY, |(by, _)| by),
        Grantee::Package(_) => Kinds::ANY,
    }
}

fn kinds(package: &Package) -> Kinds {
    package.kinds.as_ref().and_then(|kinds| kinds.value.known().copied()).unwrap_or(Kinds::ANY)
}

/// Who can have a role, and for which kinds of party (a status: none); `None` where it is not certain.
fn kinds_of_role(context: &Context<'_>, role: SymbolId) -> Option<(Kinds, Option<Kinds>)> {
    let mut all: Option<(Kinds, Option<Kinds>)> = None;
    for role in context.catalog.roles_of(role) {
        let held = role.held.as_ref().filter(|_| !role.declared.wounded)?.value.known()?;
        let (by, of) = all.unwrap_or((Kinds::NONE, Some(Kinds::NONE)));
        // A version that is a status needs no party at all.
        let of = of.zip(held.of).map(|(one, two)| two.iter().fold(one, Kinds::with));
        all = Some((held.by.iter().fold(by, Kinds::with), of));
    }
    all
}

/// Can anybody be admitted by a line: a kind, a status, or a role that is held for a party or for a giver?
fn may_be_received(context: &Context<'_>, package: &Package) -> bool {
    let onward = package.delegable.iter().any(|line| line.onward);
    let mut for_whom = kinds(package);
    for grant in &package.grants {
        for to in &grant.to {
            for_whom = holders(context, package, to).iter().fold(for_whom, Kinds::with);
        }
    }
    // Whoever received it may pass it on, and whoever is covered by another: of any kind.
    let certain = !onward
        && !package.grants.iter().any(|grant| {
            grant.undecided.is_some()
                || grant.to.is_empty()
                || grant.to.iter().any(|to| context.may_have_lost_members(to.place))
        });
    package.delegable.iter().any(|line| match &line.says {
        DelegableSays::No => false,
        DelegableSays::Undecided(_) => true,
        DelegableSays::To(receivers) => {
            receivers.is_empty()
                || receivers.iter().any(|to| match to.value {
                    Receiver::Kind(_) => true,
                    Receiver::Role(role) => match kinds_of_role(context, role) {
                        None | Some((_, None)) => true,
                        Some((_, Some(of))) => {
                            !certain || context.may_have_lost_members(to.place) || !of.and(for_whom).is_empty()
                        }
                    },
                })
        }
    })
}

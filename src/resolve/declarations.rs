//! Namespaces, roles, groups, areas and packages → the catalog, with all their links. What could not be linked is left out
//! and wounds the declaration.

use super::declare::{Entry, Names};
use super::link::Begun;
use super::lookup::SOURCE;
use super::parts::Linker;
use super::words;
use crate::diag::{Diagnostic, codes};
use crate::model::{Area, Catalog, Form, Group, Namespace, Package, Role, Said, Sort, SymbolId};
use crate::syntax::ast::{Says, Statement};
use std::collections::BTreeSet;

pub(super) type Link<'l, 'n, 't, 's, 'f, 'd> = Linker<'l, 'n, 't, 's, 'f, 'd>;

pub(super) fn at(linker: &Link<'_, '_, '_, '_, '_, '_>, statement: &Statement<'_>) -> words::At {
    let statement = linker.place(statement.span);
    words::At { source: statement.source, statement }
}

/// A value that wounds its declaration where it was not understood.
pub(super) fn kept<T>(value: Option<T>, lost: &mut bool) -> Option<T> {
    *lost |= value.is_none();
    value
}

pub(super) fn namespace(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    begun: Begun<'_, '_, '_>,
    catalog: &mut Catalog,
) -> bool {
    let Begun { mut declared, entry, says, .. } = begun;
    let prefix = entry.tree.urn.map(|urn| Said {
        value: urn.text.strip_suffix(':').unwrap_or(urn.text).into(),
        place: linker.place(urn.span),
    });
    let mut forms = Vec::new();
    for statement in &says {
        if let Says::Form { sort, urn } = &statement.says {
            let here = at(&linker, statement);
            match words::form_sort(here, sort, linker.lookup.findings) {
                Some(value) => forms.push(Form {
                    sort: Said { value, place: here.place(sort.span) },
                    urn: Said { value: urn.text.into(), place: here.place(urn.span) },
                }),
                None => linker.lost = true,
            }
        }
    }
    linker.lost |= prefix.is_none();
    declared.wounded = linker.lost;
    catalog.namespaces.push(Namespace { declared, prefix, forms });
    linker.lost
}

pub(super) fn role(mut linker: Link<'_, '_, '_, '_, '_, '_>, begun: Begun<'_, '_, '_>, catalog: &mut Catalog) -> bool {
    let Begun { declared, says, .. } = begun;
    let no_holder = !declared.wounded && !says.iter().any(|statement| matches!(statement.says, Says::Held(_)));
    if no_holder {
        let name = linker.lookup.names.symbol(declared.symbol).map_or("", |symbol| &symbol.name);
        let finding = Diagnostic::new(
            &codes::NO_HOLDER,
            format!("role `{name}` does not say who holds it"),
            declared.name_place,
        )
        .label("no `held` in it")
        .help("say who holds it and for whom, as `held by person for organisation`, or as `held by organisation` if it is held in one's own right");
        linker.lookup.findings.add(finding);
    }
    let mut role =
        Role { declared, urn: None, code: None, source: None, held: None, key: None, covers: None, agent: None };
    let mut lost = no_holder;
    for statement in &says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => role.urn = words::text(here, value),
            Says::Code(value) => role.code = words::text(here, value),
            Says::Source(value) => {
                let source =
                    words::property(here, value, |path| here.place(path.span), |path| linker.find(path, &SOURCE));
                role.source = kept(source, &mut lost);
            }
            Says::Held(value) => role.held = kept(words::held(here, value), &mut lost),
            Says::Key(value) => role.key = kept(words::yes_or_no(here, value), &mut lost),
            Says::Covers(value) => role.covers = kept(words::yes_or_no(here, value), &mut lost),
            Says::Agent(value) => role.agent = kept(words::yes_or_no(here, value), &mut lost),
            _ => {}
        }
    }
    lost |= linker.lost;
    role.declared.wounded = lost;
    catalog.roles.push(role);
    lost
}

pub(super) fn group(mut linker: Link<'_, '_, '_, '_, '_, '_>, begun: Begun<'_, '_, '_>, catalog: &mut Catalog) -> bool {
    let Begun { mut declared, at, .. } = begun;
    let written: Vec<Said<SymbolId>> = match linker.groups.written.get(&at) {
        Some(written) => {
            linker.lost |= written.lost;
            written.members.clone()
        }
        None => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let mut members = Vec::new();
    for member in written {
        let within = if linker.lookup.names.sort(member.value) == Sort::Group {
            let expanded = linker.groups.expand(member.value, member.place, linker.lookup);
            linker.lost |= expanded.lost;
            expanded.roles
        } else {
            vec![member.value]
        };
        let new = within.into_iter().filter(|role| seen.insert(*role));
        members.extend(new.map(|value| Said { value, place: member.place }));
    }
    declared.wounded = linker.lost;
    catalog.groups.push(Group { declared, members });
    linker.lost
}

pub(super) fn area(mut linker: Link<'_, '_, '_, '_, '_, '_>, begun: Begun<'_, '_, '_>, catalog: &mut Catalog) -> bool {
    let Begun { declared, says, .. } = begun;
    let mut area = Area {
        declared,
        urn: None,
        formerly: Vec::new(),
        about: None,
        delegable: Vec::new(),
        services: None,
        packages: Vec::new(),
    };
    let mut lost = false;
    for statement in &says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => area.urn = words::text(here, value),
            Says::Formerly(urn) => area.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => area.about = words::text(here, value),
            Says::Delegable(says) => area.delegable.push(linker.delegable(says, statement.span)),
            Says::Services(value) => {
                area.services = kept(words::yes_or_no(here, value), &mut lost);
            }
            _ => {}
        }
    }
    lost |= linker.lost;
    area.declared.wounded = lost;
    catalog.areas.push(area);
    lost
}

pub(super) fn package(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    begun: Begun<'_, '_, '_>,
    catalog: &mut Catalog,
) -> bool {
    let Begun { declared, entry, says, .. } = begun;
    let (area, mut lost) = parent_area(linker.lookup.names, entry, catalog);
    // A catalog has many packages: no list of one keeps room for more.
    let count = |is: &dyn Fn(&Says<'_>) -> bool| says.iter().filter(|statement| is(&statement.says)).count();
    let mut package = Package {
        declared,
        area,
        urn: None,
        formerly: Vec::new(),
        about: None,
        kinds: None,
        delegable: Vec::with_capacity(count(&|says| matches!(says, Says::Delegable(_)))),
        services: None,
        data: None,
        grants: Vec::with_capacity(count(&|says| matches!(says, Says::Grant(_)))),
    };
    for statement in &says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => package.urn = words::text(here, value),
            Says::Formerly(urn) => package.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => package.about = words::text(here, value),
            Says::For(value) => {
                package.kinds = kept(words::kinds_property(here, value), &mut lost);
            }
            Says::Delegable(says) => package.delegable.push(linker.delegable(says, statement.span)),
            Says::Services(value) => {
                package.services = kept(words::yes_or_no(here, value), &mut lost);
            }
            Says::Data(value) => package.data = kept(words::level(here, value), &mut lost),
            Says::Grant(grant) => package.grants.push(linker.grant(grant, statement.span)),
            _ => {}
        }
    }
    lost |= linker.lost;
    package.declared.wounded = lost;
    catalog.packages.push(package);
    lost
}

/// The area that a package stands in, as a symbol, and whether it stands in something that was lost.
fn parent_area(names: &Names<'_, '_>, entry: &Entry<'_, '_>, catalog: &mut Catalog) -> (Option<SymbolId>, bool) {
    let Some(parent) = entry.parent.and_then(|at| names.entries.get(at)) else { return (None, false) };
    let is_area = parent.sort() == Sort::Area && parent.tree.name.is_some();
    if parent.sort() == Sort::Area
        && let Some(area) = catalog.areas.get_mut(parent.slot as usize)
    {
        area.packages.push(entry.slot);
    }
    let linked = is_area && names.sort(parent.symbol) == Sort::Area;
    (linked.then_some(parent.symbol), !linked)
}

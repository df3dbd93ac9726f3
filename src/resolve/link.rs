//! Every declaration → its place in the catalog, with all its links. What could not be linked is left out and wounds
//! the declaration.

use super::declare::{Entry, Names};
use super::findings::Findings;
use super::group::{Groups, groups};
use super::lookup::{Lookup, SOURCE};
use super::parts::{Actions, Linker};
use super::scope::{Indices, Scope};
use super::{statements, types};
use crate::diag::{Diagnostic, codes};
use crate::model::{
    Action, Allow, Area, Catalog, Declared, Form, Group, Module, Namespace, Organisation, Package, Resource, Role,
    Said, Sort, SymbolId,
};
use crate::source::Place;
use crate::syntax::ast::{Says, Statement};
use std::collections::BTreeSet;

/// What linking gives.
pub(super) struct Linked {
    /// All but its symbols.
    pub(super) catalog: Catalog,
    pub(super) scopes: Vec<Scope>,
    /// Symbols that something links to.
    pub(super) linked: Vec<bool>,
    /// Modules in which a text was lost or a name could not be linked.
    pub(super) wounded: Vec<bool>,
}

/// Links everything.
pub(super) fn link(names: &Names<'_, '_>, scopes: Vec<Scope>, findings: &mut Findings<'_>) -> Linked {
    let mut lookup =
        Lookup { names, scopes, findings, indices: Indices::default(), linked: vec![false; names.symbols.len()] };
    let mut groups = groups(&mut lookup);
    let mut catalog = Catalog::default();
    modules(&mut lookup, &mut catalog);
    let mut wounded: Vec<bool> = names.units.iter().map(|unit| unit.tree.wounded).collect();
    for (at, entry) in names.entries.iter().enumerate() {
        let lost = declaration(at, entry, &mut lookup, &mut groups, &mut catalog);
        if let Some(wounded) = wounded.get_mut(entry.module.0 as usize) {
            *wounded |= lost;
        }
    }
    Linked { catalog, scopes: lookup.scopes, linked: lookup.linked, wounded }
}

fn modules(lookup: &mut Lookup<'_, '_, '_, '_, '_>, catalog: &mut Catalog) {
    for (unit, scope) in lookup.names.units.iter().zip(&lookup.scopes) {
        let place = |span| unit.place(span);
        let (says, _) = statements::in_place(&unit.tree.statements, None, place, lookup.findings);
        let mut targets = Vec::new();
        for statement in &says {
            if let Says::Target(words) = &statement.says {
                targets.extend(words.iter().map(|word| Said { value: word.text.into(), place: place(word.span) }));
            }
        }
        catalog.modules.push(Module {
            name: unit.name.clone(),
            place: unit.name_place(),
            wounded: unit.tree.wounded,
            valid: unit.valid.clone(),
            allows: allows(&says, place),
            targets,
            uses: scope.uses.clone(),
        });
    }
}

fn allows(says: &[&Statement<'_>], place: impl Fn(crate::source::Span) -> Place) -> Vec<Allow> {
    says.iter()
        .filter_map(|statement| match &statement.says {
            Says::Allow { code, why } => Some(Allow {
                code: Said { value: code.text.into(), place: place(code.span) },
                why: why.text.into(),
                place: place(statement.span),
            }),
            _ => None,
        })
        .collect()
}

/// Puts one declaration into the catalog; whether a part of it was lost.
fn declaration(
    at: usize,
    entry: &Entry<'_, '_>,
    lookup: &mut Lookup<'_, '_, '_, '_, '_>,
    groups: &mut Groups,
    catalog: &mut Catalog,
) -> bool {
    let names = lookup.names;
    let sort = entry.sort();
    let place = |span| names.place(entry, span);
    statements::nesting(names, entry, lookup.findings);
    let (says, misplaced) = statements::in_place(&entry.tree.statements, Some(sort), place, lookup.findings);
    // The symbol is of the sort of its first declaration; another that is not is out of everybody's reach.
    let foreign = names.sort(entry.symbol) != sort;
    let declared = Declared {
        symbol: entry.symbol,
        module: entry.module,
        name_place: place(entry.name_span()),
        place: place(entry.tree.span),
        title: entry.tree.title.map(|title| Said { value: title.text.into(), place: place(title.span) }),
        wounded: entry.torn || misplaced || foreign,
        valid: entry.valid.clone(),
        period: entry.period,
        allows: allows(&says, place),
    };
    let torn = declared.wounded;
    let linker = Linker { lookup, groups, module: entry.module, lost: torn };
    match sort {
        Sort::Namespace => namespace(linker, declared, entry, &says, catalog),
        Sort::Organisation => {
            catalog.organisations.push(Organisation { declared });
            torn
        }
        Sort::Role => role(linker, declared, &says, catalog),
        Sort::Group => group(linker, declared, at, catalog),
        Sort::Area => area(linker, declared, &says, catalog),
        Sort::Package => {
            let area = parent_area(names, entry, catalog);
            package(linker, declared, area, &says, catalog)
        }
        Sort::Service => service(linker, declared, &says, catalog),
        _ => true,
    }
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

type Link<'l, 'n, 't, 's, 'f, 'd> = Linker<'l, 'n, 't, 's, 'f, 'd>;

fn at(linker: &Link<'_, '_, '_, '_, '_, '_>, statement: &Statement<'_>) -> types::At {
    let statement = linker.place(statement.span);
    types::At { source: statement.source, statement }
}

/// A value that wounds its declaration where it was not understood.
fn kept<T>(value: Option<T>, lost: &mut bool) -> Option<T> {
    *lost |= value.is_none();
    value
}

fn namespace(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    mut declared: Declared,
    entry: &Entry<'_, '_>,
    says: &[&Statement<'_>],
    catalog: &mut Catalog,
) -> bool {
    let prefix = entry.tree.urn.map(|urn| Said {
        value: urn.text.strip_suffix(':').unwrap_or(urn.text).into(),
        place: linker.place(urn.span),
    });
    let mut forms = Vec::new();
    for statement in says {
        if let Says::Form { sort, urn } = &statement.says {
            let here = at(&linker, statement);
            match types::form_sort(here, sort, linker.lookup.findings) {
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

fn role(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    declared: Declared,
    says: &[&Statement<'_>],
    catalog: &mut Catalog,
) -> bool {
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
    for statement in says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => role.urn = types::text(here, value),
            Says::Code(value) => role.code = types::text(here, value),
            Says::Source(value) => {
                let source =
                    types::property(here, value, |path| here.place(path.span), |path| linker.find(path, &SOURCE));
                role.source = kept(source, &mut lost);
            }
            Says::Held(value) => role.held = kept(types::held(here, value), &mut lost),
            Says::Key(value) => role.key = kept(types::yes_or_no(here, value), &mut lost),
            Says::Covers(value) => role.covers = kept(types::yes_or_no(here, value), &mut lost),
            Says::Agent(value) => role.agent = kept(types::yes_or_no(here, value), &mut lost),
            _ => {}
        }
    }
    lost |= linker.lost;
    role.declared.wounded = lost;
    catalog.roles.push(role);
    lost
}

fn group(mut linker: Link<'_, '_, '_, '_, '_, '_>, mut declared: Declared, at: usize, catalog: &mut Catalog) -> bool {
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

fn area(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    declared: Declared,
    says: &[&Statement<'_>],
    catalog: &mut Catalog,
) -> bool {
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
    for statement in says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => area.urn = types::text(here, value),
            Says::Formerly(urn) => area.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => area.about = types::text(here, value),
            Says::Delegable(says) => area.delegable.push(linker.delegable(says, statement.span)),
            Says::Services(value) => {
                area.services = kept(types::yes_or_no(here, value), &mut lost);
            }
            _ => {}
        }
    }
    lost |= linker.lost;
    area.declared.wounded = lost;
    catalog.areas.push(area);
    lost
}

fn package(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    declared: Declared,
    (area, mut lost): (Option<SymbolId>, bool),
    says: &[&Statement<'_>],
    catalog: &mut Catalog,
) -> bool {
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
    for statement in says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => package.urn = types::text(here, value),
            Says::Formerly(urn) => package.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => package.about = types::text(here, value),
            Says::For(value) => {
                package.kinds = kept(types::kinds_property(here, value), &mut lost);
            }
            Says::Delegable(says) => package.delegable.push(linker.delegable(says, statement.span)),
            Says::Services(value) => {
                package.services = kept(types::yes_or_no(here, value), &mut lost);
            }
            Says::Data(value) => package.data = kept(types::level(here, value), &mut lost),
            Says::Grant(grant) => package.grants.push(linker.grant(grant, statement.span)),
            _ => {}
        }
    }
    lost |= linker.lost;
    package.declared.wounded = lost;
    catalog.packages.push(package);
    lost
}

fn service(
    mut linker: Link<'_, '_, '_, '_, '_, '_>,
    declared: Declared,
    says: &[&Statement<'_>],
    catalog: &mut Catalog,
) -> bool {
    let torn = declared.wounded;
    let name = linker.lookup.names.symbol(declared.symbol).map_or("", |symbol| &symbol.name);
    let actions: Vec<Action> = says.iter().filter_map(|statement| action(&linker, statement)).collect();
    let known = Actions::new(name, &actions);
    let mut service = Resource {
        declared,
        register: false,
        urn: None,
        formerly: Vec::new(),
        about: None,
        data: None,
        actions,
        elements: None,
        records: None,
        controller: None,
        processor: None,
        basis: None,
        purposes: None,
        purpose_enum: None,
        retain: None,
        rules: Vec::new(),
    };
    let mut lost = false;
    for statement in says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => service.urn = types::text(here, value),
            Says::Formerly(urn) => service.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => service.about = types::text(here, value),
            Says::Data(value) => service.data = kept(types::level(here, value), &mut lost),
            Says::Rule(permit) => service.rules.push(linker.permit(permit, statement.span, &known, torn)),
            _ => {}
        }
    }
    lost |= linker.lost;
    service.declared.wounded = lost;
    catalog.resources.push(service);
    lost
}

fn action(linker: &Link<'_, '_, '_, '_, '_, '_>, statement: &Statement<'_>) -> Option<Action> {
    let Says::Action { name, title, .. } = &statement.says else { return None };
    Some(Action {
        name: Said { value: name.text.into(), place: linker.place(name.span) },
        title: title.map(|title| title.text.into()),
        partial: false,
        oblige: Vec::new(),
        shared: None,
        place: linker.place(statement.span),
    })
}

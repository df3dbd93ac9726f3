//! Every declaration → its place in the catalog, in the order in which one needs the other: words before what speaks of
//! them, resources before the policies over them, rules last. What could not be linked wounds its declaration.

use super::conditions;
use super::declarations;
use super::declare::{Entry, Names};
use super::findings::Findings;
use super::group::{Groups, groups};
use super::known::{Known, RoleSort};
use super::lookup::Lookup;
use super::parts::Linker;
use super::policies;
use super::resources;
use super::scope::{Indices, Scope};
use super::statements;
use super::types::Asked;
use super::vocabulary;
use crate::model::{Allow, Catalog, Declared, Module, ModuleId, Organisation, Said, Sort};
use crate::source::Place;
use crate::syntax::ast::{Says, Statement};
use std::collections::BTreeMap;

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

/// Everything that linking works with.
pub(super) struct Work<'n, 't, 's, 'f, 'd> {
    pub(super) lookup: Lookup<'n, 't, 's, 'f, 'd>,
    pub(super) groups: Groups,
    pub(super) known: Known,
    pub(super) asked: Vec<Asked>,
    /// All but its symbols.
    pub(super) catalog: Catalog,
    wounded: Vec<bool>,
    /// The declarations of each sort: a build has many of a few.
    by_sort: BTreeMap<Sort, Vec<usize>>,
}

/// A declaration of which the head is linked.
pub(super) struct Begun<'n, 't, 's> {
    pub(super) declared: Declared,
    /// Its index among all.
    pub(super) at: usize,
    pub(super) entry: &'n Entry<'t, 's>,
    /// The statements that count.
    pub(super) says: Vec<&'t Statement<'s>>,
}

/// Links everything.
pub(super) fn link<'n, 't, 's, 'f, 'd>(
    names: &'n Names<'t, 's>,
    scopes: Vec<Scope>,
    findings: &'f mut Findings<'d>,
) -> Linked {
    let mut lookup =
        Lookup { names, scopes, findings, indices: Indices::default(), linked: vec![false; names.symbols.len()] };
    let groups = groups(&mut lookup);
    let mut work = Work {
        lookup,
        groups,
        known: vocabulary::built_in(),
        asked: Vec::new(),
        catalog: Catalog::default(),
        wounded: names.units.iter().map(|unit| unit.tree.wounded).collect(),
        by_sort: by_sort(names),
    };
    modules(&mut work.lookup, &mut work.catalog);
    work.lost_names();
    work.each(&[Sort::Enum, Sort::Entity], |begun, work| match begun.entry.sort() {
        Sort::Enum => vocabulary::enumeration(begun, work),
        _ => vocabulary::entity(begun, work),
    });
    work.each(&[Sort::Obligation], vocabulary::obligation);
    work.each(&[Sort::Namespace, Sort::Organisation, Sort::Role, Sort::Group], |begun, work| {
        let sort = begun.entry.sort();
        let (linker, catalog) = work.linker(&begun);
        match sort {
            Sort::Namespace => declarations::namespace(linker, begun, catalog),
            Sort::Role => declarations::role(linker, begun, catalog),
            Sort::Group => declarations::group(linker, begun, catalog),
            _ => {
                let wounded = begun.declared.wounded;
                catalog.organisations.push(Organisation { declared: begun.declared });
                wounded
            }
        }
    });
    work.roles();
    let resources = resources::begin(&mut work);
    vocabulary::records_have_their_own(&mut work);
    conditions::link(&mut work);
    work.each(&[Sort::Area, Sort::Package], |begun, work| {
        let sort = begun.entry.sort();
        let (linker, catalog) = work.linker(&begun);
        match sort {
            Sort::Area => declarations::area(linker, begun, catalog),
            _ => declarations::package(linker, begun, catalog),
        }
    });
    policies::link(resources, &mut work);
    work.each(&[Sort::Unknown], |_, _| true);
    Linked { catalog: work.catalog, scopes: work.lookup.scopes, linked: work.lookup.linked, wounded: work.wounded }
}

impl<'n, 't, 's, 'f, 'd> Work<'n, 't, 's, 'f, 'd> {
    /// Links the declarations of these sorts, in order; `one` says whether a part of it was lost.
    pub(super) fn each(
        &mut self,
        sorts: &[Sort],
        mut one: impl FnMut(Begun<'n, 't, 's>, &mut Work<'n, 't, 's, 'f, 'd>) -> bool,
    ) {
        let names = self.lookup.names;
        let mut all: Vec<usize> = sorts.iter().flat_map(|sort| self.entries_of(*sort)).copied().collect();
        all.sort_unstable();
        for (at, entry) in all.into_iter().filter_map(|at| Some((at, names.entries.get(at)?))) {
            let begun = self.begin(at, entry);
            let lost = one(begun, self);
            self.wound(entry.module, lost);
        }
    }

    /// The declarations of a sort, in order.
    fn entries_of(&self, sort: Sort) -> &[usize] {
        self.by_sort.get(&sort).map(Vec::as_slice).unwrap_or_default()
    }

    /// A module in which something was lost.
    pub(super) fn wound(&mut self, module: ModuleId, lost: bool) {
        if let Some(wounded) = self.wounded.get_mut(module.0 as usize) {
            *wounded |= lost;
        }
    }

    /// What all declarations have.
    fn begin(&mut self, at: usize, entry: &'n Entry<'t, 's>) -> Begun<'n, 't, 's> {
        let names = self.lookup.names;
        let sort = entry.sort();
        let place = |span| names.place(entry, span);
        statements::nesting(names, entry, self.lookup.findings);
        let (says, misplaced) = statements::in_place(&entry.tree.statements, Some(sort), place, self.lookup.findings);
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
        Begun { declared, at, entry, says }
    }

    /// What links the statements of a declaration, and the catalog beside it.
    pub(super) fn linker(&mut self, begun: &Begun<'_, '_, '_>) -> (Linker<'_, 'n, 't, 's, 'f, 'd>, &mut Catalog) {
        let linker = Linker {
            lookup: &mut self.lookup,
            groups: &mut self.groups,
            known: &self.known,
            asked: &mut self.asked,
            module: begun.entry.module,
            lost: begun.declared.wounded,
        };
        (linker, &mut self.catalog)
    }

    /// Names of declarations that may have been anything.
    fn lost_names(&mut self) {
        let names = self.lookup.names;
        let lost = self.entries_of(Sort::Unknown).iter().filter_map(|at| names.entries.get(*at)?.tree.name);
        self.known.lost_names = lost.map(|name| name.text.into()).collect();
    }

    /// Which roles are statuses.
    fn roles(&mut self) {
        for role in &self.catalog.roles {
            let sort = match role.held.as_ref().and_then(|held| held.value.known()) {
                Some(held) if held.of.is_some() => RoleSort::ForSomebody,
                Some(_) => RoleSort::Status,
                None => RoleSort::Open,
            };
            let known = self.known.roles.entry(role.declared.symbol).or_insert(sort);
            if *known != sort {
                *known = RoleSort::Open;
            }
        }
    }
}

fn by_sort(names: &Names<'_, '_>) -> BTreeMap<Sort, Vec<usize>> {
    let mut by_sort: BTreeMap<Sort, Vec<usize>> = BTreeMap::new();
    for (at, entry) in names.entries.iter().enumerate() {
        by_sort.entry(entry.sort()).or_default().push(at);
    }
    by_sort
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

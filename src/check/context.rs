//! What several checks ask of a catalog: things with URNs, what a module knows of namespaces, what is certain where a
//! declaration is wounded, and how names are said. Raises no finding.

use super::Options;
use super::rules::{Reasons, Rules};
use crate::diag::{Diagnostic, codes};
use crate::model::{
    Catalog, Declared, Module, ModuleId, Namespace, Property, Requires, Role, Rule, Said, Sort, SymbolId,
};
use crate::source::{Place, SourceId, Sources, Span};
use crate::terms::period::Period;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What every check is given.
pub(super) struct Context<'c> {
    /// All declarations.
    pub(super) catalog: &'c Catalog,
    /// All texts.
    pub(super) sources: &'c Sources,
    /// What the caller asked for.
    pub(super) options: &'c Options,
    things: Vec<Thing<'c>>,
    knowledge: Vec<Knowledge>,
    group_names: BTreeSet<&'c str>,
    some_group_is_wounded: bool,
    rules: OnceCell<Rules<'c>>,
    reasons: OnceCell<Reasons>,
}

/// The namespaces that hold in a module: its own and those of modules that it uses.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    /// Indices into [`Catalog::namespaces`].
    namespaces: Vec<usize>,
    /// A lost line may have brought another namespace or form: nothing can be said to be outside of them.
    pub(super) complete: bool,
}

/// A declaration that may have a URN.
#[derive(Clone, Copy)]
pub(super) struct Thing<'c> {
    /// What it is.
    pub(super) sort: Sort,
    /// Name, place, wound.
    pub(super) declared: &'c Declared,
    /// Its URN.
    pub(super) urn: Option<&'c Property<Box<str>>>,
    /// Former URNs.
    pub(super) formerly: &'c [Said<Box<str>>],
}

impl<'c> Thing<'c> {
    /// Its URN, where one is said and decided.
    pub(super) fn urn_text(&self) -> Option<(&'c str, Place)> {
        let urn = self.urn?;
        Some((urn.value.known()?, urn.place))
    }
}

impl<'c> Context<'c> {
    /// What the checks need to know of a catalog, gathered once.
    pub(super) fn new(catalog: &'c Catalog, sources: &'c Sources, found: &[Diagnostic], options: &'c Options) -> Self {
        Context {
            catalog,
            sources,
            options,
            things: things(catalog),
            knowledge: knowledge(catalog, found),
            group_names: catalog
                .symbols
                .iter()
                .filter(|symbol| symbol.sort == Sort::Group)
                .map(|symbol| &*symbol.name)
                .collect(),
            some_group_is_wounded: catalog.groups.iter().any(|group| group.declared.wounded),
            rules: OnceCell::new(),
            reasons: OnceCell::new(),
        }
    }

    /// Every rule, with what it is over.
    pub(super) fn rules(&self) -> &Rules<'c> {
        self.rules.get_or_init(|| Rules::new(self.catalog))
    }

    /// When each rule applies.
    pub(super) fn reasons(&self) -> &Reasons {
        self.reasons.get_or_init(|| Reasons::new(self.catalog, self.rules()))
    }

    /// The module of a declaration.
    pub(super) fn module(&self, declared: &Declared) -> Option<&'c Module> {
        self.catalog.modules.get(declared.module.0 as usize)
    }

    /// Everything that may have a URN, in order of source.
    pub(super) fn things(&self) -> &[Thing<'c>] {
        &self.things
    }

    /// What all declarations have in common, of every sort.
    pub(super) fn declared(&self) -> impl Iterator<Item = &'c Declared> {
        every(self.catalog)
    }

    /// Does a module know its namespaces: was no line lost that may have brought another?
    pub(super) fn knows_all(&self, module: ModuleId) -> bool {
        self.knowledge.get(module.0 as usize).is_some_and(|known| known.complete)
    }

    /// The namespaces that hold in a module.
    pub(super) fn namespaces(&self, module: ModuleId) -> impl Iterator<Item = &'c Namespace> {
        let known = self.knowledge.get(module.0 as usize).map_or(&[][..], |known| &known.namespaces);
        known.iter().filter_map(|at| self.catalog.namespaces.get(*at))
    }

    /// The name of a symbol in its module.
    pub(super) fn name(&self, symbol: SymbolId) -> &'c str {
        self.catalog.symbol(symbol).map(|symbol| &*symbol.name).filter(|name| !name.is_empty()).unwrap_or("(no name)")
    }

    /// A name as findings that stand in one module say it beside another: full where the modules differ.
    pub(super) fn name_beside(&self, symbol: SymbolId, other: SymbolId) -> &'c str {
        let module = |id| self.catalog.symbol(id).map(|symbol| symbol.module);
        if module(symbol) == module(other) { self.name(symbol) } else { self.catalog.full(symbol) }
    }

    /// The place of a part of a text that the author wrote at a place, bare or between quotation marks; the whole
    /// place where the text there is another.
    pub(super) fn within(&self, place: Place, text: &str, part: Range<usize>) -> Place {
        let written = self.sources.slice(place);
        let quote = usize::from(written.starts_with('"'));
        if !written.get(quote..).is_some_and(|written| written.starts_with(text)) {
            return place;
        }
        let start = place.span.start as usize + quote;
        Place { source: place.source, span: Span::new(start + part.start, start + part.end) }
    }

    /// The lines that hold nothing but a statement, to be taken out with their line end; else the statement alone.
    pub(super) fn whole_line(&self, place: Place) -> Place {
        let Some(source) = self.sources.get(place.source) else { return place };
        let (text, range) = (source.text(), place.span.range());
        let (before, after) = (text.get(..range.start).unwrap_or(""), text.get(range.end..).unwrap_or(""));
        let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
        let rest = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        let begins_line = before.len() == indent || before.as_bytes().get(before.len() - indent - 1) == Some(&b'\n');
        if !begins_line || after.as_bytes().get(rest) != Some(&b'\n') {
            return place;
        }
        Place { source: place.source, span: Span::new(range.start - indent, range.end + rest + 1) }
    }

    /// Did the author write the name of a group here while some group is wounded? Then more may be meant than is left.
    pub(super) fn may_have_lost_members(&self, place: Place) -> bool {
        let written = self.sources.slice(place);
        let last = written.rsplit('.').next().unwrap_or(written).trim();
        self.some_group_is_wounded && self.group_names.contains(last)
    }

    /// The versions of a role in a period, with what they say of holders; `None` where that is not certain: the role
    /// is lost, wounded, undecided or does not say.
    pub(super) fn roles_in(&self, role: SymbolId, period: Period) -> Option<Vec<&'c Role>> {
        let mut roles = Vec::new();
        for role in self.catalog.roles_of(role) {
            if role.declared.wounded || role.held.as_ref().is_none_or(|held| held.value.is_undecided()) {
                return None;
            }
            if role.declared.period.meets(period) {
                roles.push(role);
            }
        }
        (!roles.is_empty()).then_some(roles)
    }

    /// The packages that a permit names, in order.
    pub(super) fn required<'p>(&self, permit: &'p Rule) -> Vec<&'p Said<SymbolId>> {
        let mut packages = Vec::new();
        let mut open: Vec<&Requires> = permit.requires.iter().map(|said| &said.value).collect();
        while let Some(requires) = open.pop() {
            match requires {
                Requires::Package(said) => packages.push(said),
                Requires::And(all) | Requires::Or(all) => open.extend(all.iter().rev()),
            }
        }
        packages
    }
}

fn things(catalog: &Catalog) -> Vec<Thing<'_>> {
    let roles = catalog.roles.iter().map(|it| Thing {
        sort: Sort::Role,
        declared: &it.declared,
        urn: it.urn.as_ref(),
        formerly: &[],
    });
    let areas = catalog.areas.iter().map(|it| Thing {
        sort: Sort::Area,
        declared: &it.declared,
        urn: it.urn.as_ref(),
        formerly: &it.formerly,
    });
    let packages = catalog.packages.iter().map(|it| Thing {
        sort: Sort::Package,
        declared: &it.declared,
        urn: it.urn.as_ref(),
        formerly: &it.formerly,
    });
    let services = catalog.resources.iter().map(|it| Thing {
        sort: if it.register { Sort::Register } else { Sort::Service },
        declared: &it.declared,
        urn: it.urn.as_ref(),
        formerly: &it.formerly,
    });
    let mut things: Vec<_> = roles.chain(areas).chain(packages).chain(services).collect();
    things.sort_by_key(|thing| thing.declared.place);
    things
}

/// Every declaration of every sort.
fn every(catalog: &Catalog) -> impl Iterator<Item = &Declared> {
    let Catalog {
        modules: _,
        symbols: _,
        namespaces,
        organisations,
        roles,
        groups,
        areas,
        packages,
        resources,
        policies,
        entities,
        enums,
        obligations,
        conditions,
        actions,
    } = catalog;
    (namespaces.iter().map(|it| &it.declared))
        .chain(organisations.iter().map(|it| &it.declared))
        .chain(roles.iter().map(|it| &it.declared))
        .chain(groups.iter().map(|it| &it.declared))
        .chain(areas.iter().map(|it| &it.declared))
        .chain(packages.iter().map(|it| &it.declared))
        .chain(resources.iter().map(|it| &it.declared))
        .chain(policies.iter().map(|it| &it.declared))
        .chain(entities.iter().map(|it| &it.declared))
        .chain(enums.iter().map(|it| &it.declared))
        .chain(obligations.iter().map(|it| &it.declared))
        .chain(conditions.iter().map(|it| &it.declared))
        .chain(actions.iter().map(|it| &it.declared))
}

fn knowledge(catalog: &Catalog, found: &[Diagnostic]) -> Vec<Knowledge> {
    let lost = lost_lines(catalog, found);
    let nameless = found.iter().any(|finding| *finding.code == codes::NO_MODULE_LINE);
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); catalog.modules.len()];
    for (at, namespace) in catalog.namespaces.iter().enumerate() {
        if let Some(own) = own.get_mut(namespace.declared.module.0 as usize) {
            own.push(at);
        }
    }
    let of = |module: usize| own.get(module).map_or(&[][..], |own| own.as_slice());
    let whole = |module: usize| {
        catalog.modules.get(module).is_some_and(|module| !module.wounded)
            && of(module)
                .iter()
                .filter_map(|at| catalog.namespaces.get(*at))
                .all(|namespace| !namespace.declared.wounded && namespace.prefix.is_some())
    };
    let mut knowledge = Vec::with_capacity(catalog.modules.len());
    for (at, module) in catalog.modules.iter().enumerate() {
        let mut namespaces = of(at).to_vec();
        let mut complete = whole(at) && !nameless && !lost.contains(&module.place.source);
        for used in &module.uses {
            let used = used.value.0 as usize;
            if used != at {
                namespaces.extend_from_slice(of(used));
                complete &= whole(used);
            }
        }
        namespaces.sort_unstable();
        namespaces.dedup();
        knowledge.push(Knowledge { namespaces, complete });
    }
    knowledge
}

/// Sources of which a line beside the declarations was lost, or a `use` line found no module: it may have meant one
/// with a namespace.
fn lost_lines(catalog: &Catalog, found: &[Diagnostic]) -> BTreeSet<SourceId> {
    let declared: BTreeMap<(SourceId, u32), u32> = every(catalog)
        .map(|declared| ((declared.place.source, declared.place.span.start), declared.place.span.end))
        .collect();
    let beside = |place: Place| {
        let before = declared.range(..=(place.source, place.span.start)).next_back();
        // A place between the packages of an area passes for beside: the price is a silence, never a false finding.
        before.is_none_or(|((source, _), end)| *source != place.source || *end <= place.span.start)
    };
    found
        .iter()
        .filter(|finding| finding.is_error())
        .filter(|finding| {
            *finding.code == codes::UNKNOWN_MODULE || finding.code.number.starts_with("FM01") && beside(finding.place)
        })
        .map(|finding| finding.place.source)
        .collect()
}

/// The text in backticks, as findings quote what an author wrote.
pub(super) fn quoted(text: &str) -> String {
    format!("`{text}`")
}

/// Names in backticks as a sentence lists them: at most three, then how many more.
pub(super) fn listed(names: &[&str]) -> String {
    let mut all: Vec<String> = names.iter().take(3).map(|name| quoted(name)).collect();
    if names.len() > 4 {
        return format!("{} and {} more", all.join(", "), names.len() - 3);
    }
    all.extend(names.get(3).map(|name| quoted(name)));
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// Where the last segment of a URN stands in it, stray colons and blanks at its end left out.
pub(super) fn last_segment(urn: &str) -> Range<usize> {
    let end = urn.trim_end_matches(|char: char| char == ':' || char.is_whitespace()).len();
    let start = urn.get(..end).and_then(|urn| urn.rfind(':')).map_or(0, |colon| colon + 1);
    start..end
}

//! One name as written → one symbol of the sort that is meant there, or a finding, or silence where the name may have
//! been lost. The order of places to look: own module, named imports, imports of all names.

use super::declare::Names;
use super::findings::{Findings, guessed};
use super::module_name::dotted;
use super::scope::{Indices, Scope, elsewhere, full, module_of, no_module};
use super::spelling::spelt;
use crate::diag::suggest::Nearest;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{ModuleId, Sort, SymbolId};
use crate::source::{Place, SourceId, Span};
use crate::syntax::ast::{Path, Word};
use crate::terms::kind::Kind;

/// What is meant at a place.
pub(super) struct Wanted {
    /// Sorts that fit.
    pub(super) sorts: &'static [Sort],
    /// What they are called together: `a role or a group`.
    pub(super) called: &'static str,
    /// Built-in words that mean something there, besides kinds where `kinds`.
    pub(super) built_in: &'static [&'static str],
    /// Do kinds mean something there?
    pub(super) kinds: bool,
}

/// `from` of a role.
pub(super) const SOURCE: Wanted =
    Wanted { sorts: &[Sort::Organisation], called: "an organisation", built_in: &[], kinds: false };
/// Members of a group.
pub(super) const MEMBER: Wanted =
    Wanted { sorts: &[Sort::Role, Sort::Group], called: "a role or a group", built_in: &[], kinds: false };
/// `delegable to`.
pub(super) const RECEIVER: Wanted =
    Wanted { sorts: &[Sort::Role, Sort::Group], called: "a kind, a role or a group", built_in: &[], kinds: true };
/// `grant to`.
pub(super) const GRANTEE: Wanted = Wanted {
    sorts: &[Sort::Role, Sort::Group, Sort::Package],
    called: "a role, a group or a package",
    built_in: &["self"],
    kinds: false,
};
/// `permit … to`.
pub(super) const RECIPIENT: Wanted = Wanted {
    sorts: &[Sort::Role, Sort::Group, Sort::Organisation],
    called: "a role, a group or an organisation",
    built_in: &["self", "anyone", "controller", "processor"],
    kinds: false,
};
/// `permit … requires`, `holds`.
pub(super) const REQUIRED: Wanted =
    Wanted { sorts: &[Sort::Package], called: "a package", built_in: &[], kinds: false };
/// `controller`, `processor` of a resource.
pub(super) const CONTROLLING: Wanted = Wanted {
    sorts: &[Sort::Organisation, Sort::Role],
    called: "an organisation or a status",
    built_in: &[],
    kinds: false,
};
/// `policy … for`, `permitted`.
pub(super) const RESOURCE: Wanted =
    Wanted { sorts: &[Sort::Service, Sort::Register], called: "a service or a register", built_in: &[], kinds: false };
/// `records of`.
pub(super) const ENTITY: Wanted = Wanted { sorts: &[Sort::Entity], called: "an entity", built_in: &[], kinds: false };
/// A shared action.
pub(super) const ACTION: Wanted = Wanted { sorts: &[Sort::Action], called: "an action", built_in: &[], kinds: false };
/// `oblige`.
pub(super) const OBLIGATION: Wanted =
    Wanted { sorts: &[Sort::Obligation], called: "an obligation", built_in: &[], kinds: false };
/// `X is`.
pub(super) const IS_WHAT: Wanted = Wanted {
    sorts: &[Sort::Role, Sort::Organisation],
    called: "a role, a kind or an organisation",
    built_in: &["controller", "processor"],
    kinds: true,
};
/// The type of an attribute or a parameter.
pub(super) const TYPE: Wanted =
    Wanted { sorts: &[Sort::Entity, Sort::Enum], called: "a type", built_in: super::types::named::WORDS, kinds: false };
/// A name in a condition.
pub(super) const OPERAND: Wanted = Wanted {
    sorts: &[Sort::Condition, Sort::Organisation],
    called: "a value or a condition",
    built_in: &[],
    kinds: false,
};
impl Wanted {
    fn admits(&self, sort: Sort) -> bool {
        sort == Sort::Unknown || self.sorts.contains(&sort)
    }
}

/// Everything that a lookup needs, and what lookups leave behind.
pub(super) struct Lookup<'n, 't, 's, 'f, 'd> {
    pub(super) names: &'n Names<'t, 's>,
    pub(super) scopes: Vec<Scope>,
    pub(super) findings: &'f mut Findings<'d>,
    pub(super) indices: Indices,
    /// Symbols that something links to.
    pub(super) linked: Vec<bool>,
}

/// What a name alone means.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Symbol(SymbolId),
    /// It may have been declared in a text that was lost.
    Hidden,
    Nowhere,
    /// Two imports of all names bring it.
    Two(SymbolId, SymbolId),
}

impl Lookup<'_, '_, '_, '_, '_> {
    pub(super) fn place(&self, module: ModuleId, span: Span) -> Place {
        Place { source: self.names.unit(module).map_or(SourceId(0), |unit| unit.source), span }
    }

    /// The symbol that a path means; `None` where a finding was made or the name may be lost.
    pub(super) fn find(&mut self, module: ModuleId, path: &Path<'_>, wanted: &Wanted) -> Option<SymbolId> {
        let (last, before) = path.segments.split_last().filter(|_| !path.lost)?;
        let id = if before.is_empty() {
            self.find_bare(module, last, wanted)?
        } else {
            self.find_qualified(module, path, last, wanted)?
        };
        self.accept(module, path, id, wanted)
    }

    /// A symbol that a path was found to mean, if it is of the sort that is meant.
    pub(super) fn accept(
        &mut self,
        module: ModuleId,
        path: &Path<'_>,
        id: SymbolId,
        wanted: &Wanted,
    ) -> Option<SymbolId> {
        self.link(id);
        match self.names.sort(id) {
            Sort::Unknown => None,
            sort if wanted.sorts.contains(&sort) => Some(id),
            sort => {
                let finding = self.wrong_sort(module, path, id, sort, wanted);
                self.findings.add(finding);
                None
            }
        }
    }

    /// Something links to this symbol.
    pub(super) fn link(&mut self, id: SymbolId) {
        if let Some(linked) = self.linked.get_mut(id.0 as usize) {
            *linked = true;
        }
    }

    /// Something of a module is used that no name leads to: an attribute, or a value of an enum. What imports all names of
    /// that module, or the enum or entity by its name, is used.
    pub(super) fn touch(&mut self, module: ModuleId, of: ModuleId, symbol: Option<SymbolId>) {
        let names = self.names;
        let home = names.unit(of).map(|unit| unit.home);
        let Some(scope) = self.scopes.get_mut(module.0 as usize) else { return };
        for (import, star) in &scope.stars {
            if Some(*star) == home
                && let Some(import) = scope.imports.get_mut(*import)
            {
                import.used = true;
            }
        }
        let Some(name) = symbol.and_then(|id| names.symbol(id)).map(|symbol| &symbol.name) else { return };
        if let Some(import) = scope.named.get(name).and_then(|at| scope.imports.get_mut(*at))
            && import.symbol == symbol
        {
            import.used = true;
        }
    }

    /// What a name alone means in a module; the imports that bring it are used.
    pub(super) fn bare(&mut self, module: ModuleId, name: &str) -> Found {
        let name = spelt(name);
        if self.own(module, &name).is_none()
            && let Some(scope) = self.scopes.get_mut(module.0 as usize)
        {
            if let Some(import) = scope.named.get(&*name).and_then(|at| scope.imports.get_mut(*at)) {
                import.used = true;
            } else {
                for (import, home) in &scope.stars {
                    let brings = self.names.home(*home).is_some_and(|home| home.names.contains_key(&*name));
                    if let Some(import) = scope.imports.get_mut(*import).filter(|_| brings) {
                        import.used = true;
                    }
                }
            }
        }
        self.peek(module, &name)
    }

    fn own(&self, module: ModuleId, name: &str) -> Option<SymbolId> {
        self.names.home_of(module)?.names.get(name).copied()
    }

    /// What a name alone means in a module. Nothing is used by asking.
    pub(super) fn peek(&self, module: ModuleId, name: &str) -> Found {
        let name = spelt(name);
        if let Some(id) = self.own(module, &name) {
            return Found::Symbol(id);
        }
        let own_hides = self.names.home_of(module).is_some_and(|home| home.hides);
        let Some(scope) = self.scopes.get(module.0 as usize) else { return Found::Nowhere };
        if let Some(import) = scope.named.get(&*name).and_then(|at| scope.imports.get(*at)) {
            return import.symbol.map_or(Found::Hidden, Found::Symbol);
        }
        let mut found: Option<SymbolId> = None;
        for (_, home) in &scope.stars {
            let Some(id) = self.names.home(*home).and_then(|home| home.names.get(&*name)).copied() else { continue };
            match found {
                Some(before) if before != id => return Found::Two(before, id),
                _ => found = Some(id),
            }
        }
        match found {
            Some(id) => Found::Symbol(id),
            None if own_hides || scope.hides => Found::Hidden,
            None => Found::Nowhere,
        }
    }

    fn find_bare(&mut self, module: ModuleId, word: &Word<'_>, wanted: &Wanted) -> Option<SymbolId> {
        let place = self.place(module, word.span);
        let finding = match self.bare(module, word.text) {
            Found::Symbol(id) => return Some(id),
            Found::Hidden if built_in(word.text).is_none() => return None,
            Found::Two(one, two) => self.ambiguous(word, place, one, two),
            Found::Hidden | Found::Nowhere => match built_in(word.text) {
                Some(what) => Diagnostic::new(
                    &codes::WRONG_SORT,
                    format!("`{}` is {what}, not {}", word.text, wanted.called),
                    place,
                )
                .label(format!("{} is meant here", wanted.called))
                .help(format!("write the name of {}", wanted.called)),
                None => self.unknown(module, word, place, wanted),
            },
        };
        self.findings.add(finding);
        None
    }

    fn find_qualified(
        &mut self,
        module: ModuleId,
        path: &Path<'_>,
        last: &Word<'_>,
        wanted: &Wanted,
    ) -> Option<SymbolId> {
        let mut above = path.clone();
        above.segments.pop();
        let (first, end) = (above.segments.first()?, above.segments.last()?);
        let span = first.span.to(end.span);
        let name = dotted(&above);
        let Some(at) = self.names.home_by_name.get(&*name).copied() else {
            if let Some(scope) = self.scopes.get_mut(module.0 as usize) {
                scope.strays = true;
            }
            if !self.names.nameless {
                let place = self.place(module, span);
                let budget = &mut self.findings.budget;
                let finding = no_module(self.names, place, &name, None, &mut self.indices, budget);
                self.findings.add(finding);
            }
            return None;
        };
        let home = self.names.home(at)?;
        if let Some(id) = home.names.get(&*spelt(last.text)) {
            return Some(*id);
        }
        if !home.hides {
            let place = self.place(module, last.span);
            let message = format!("module `{}` declares no `{}`", home.name, last.text);
            let nearest = self.nearest_in(at, last.text, wanted);
            let finding = Diagnostic::new(&codes::UNKNOWN_NAME, message, place).label("not declared there");
            let finding = match elsewhere(self.names, last.text, |sort| wanted.admits(sort)) {
                Some(other) => {
                    finding.help(format!("`{}` is declared in `{}`", last.text, module_of(self.names, other)))
                }
                None => finding.help(format!("declare `{}` in `{}`", last.text, home.name)),
            };
            self.findings.add(guessed(finding, place, &nearest));
        }
        None
    }

    pub(super) fn ambiguous(&self, word: &Word<'_>, place: Place, one: SymbolId, two: SymbolId) -> Diagnostic {
        let (first, second) = (full(self.names, one), full(self.names, two));
        let mut finding =
            Diagnostic::new(&codes::AMBIGUOUS_NAME, format!("`{}` may mean two things", word.text), place)
                .label(format!("`{first}` or `{second}`"))
                .help(format!("write the one that is meant in full: `{first}` or `{second}`"));
        for id in [one, two] {
            if let Some(place) = self.names.symbol_place(id) {
                finding = finding.related(format!("`{}` is declared here", full(self.names, id)), place);
            }
        }
        finding
    }

    fn wrong_sort(&self, module: ModuleId, path: &Path<'_>, id: SymbolId, sort: Sort, wanted: &Wanted) -> Diagnostic {
        let name = dotted(path);
        let message = format!("`{name}` is {}, not {}", with_article(sort), wanted.called);
        let help = match (wanted.called, sort) {
            (called, Sort::Package) if called == RECIPIENT.called => format!("write `requires {name}`"),
            (called, Sort::Role | Sort::Group) if called == REQUIRED.called => format!("write `to {name}`"),
            (_, Sort::Area) => format!("name {}; an area is only delegated, as the packages in it", wanted.called),
            _ => format!("write the name of {}", wanted.called),
        };
        let finding = Diagnostic::new(&codes::WRONG_SORT, message, self.place(module, path.span))
            .label(format!("{} is meant here", wanted.called))
            .help(help);
        match self.names.symbol_place(id) {
            Some(place) => finding.related("declared here", place),
            None => finding,
        }
    }

    pub(super) fn unknown(&mut self, module: ModuleId, word: &Word<'_>, place: Place, wanted: &Wanted) -> Diagnostic {
        let message = format!("there is no `{}`", word.text);
        let finding =
            Diagnostic::new(&codes::UNKNOWN_NAME, message, place).label(format!("{} is meant here", wanted.called));
        if let Some(other) = elsewhere(self.names, word.text, |sort| wanted.admits(sort)) {
            let whole = full(self.names, other);
            return finding
                .help(format!(
                    "`{}` is declared in `{}`: write `use {whole}`, or `{whole}` here",
                    word.text,
                    module_of(self.names, other)
                ))
                .fix(place, whole);
        }
        let nearest = self.nearest(module, word.text, wanted);
        let finding = finding.help(format!("declare `{}`, or write the name of {}", word.text, wanted.called));
        guessed(finding, place, &nearest)
    }

    /// The nearest of all names that the module sees and that fit.
    pub(super) fn nearest(&mut self, module: ModuleId, name: &str, wanted: &Wanted) -> Nearest {
        let kinds = Kind::ALL.into_iter().filter(|_| wanted.kinds).map(Kind::word);
        let mut nearest = suggest::nearest(name, kinds.chain(wanted.built_in.iter().copied()));
        if let Some(own) = self.names.unit(module).map(|unit| unit.home) {
            nearest = nearest.or(self.nearest_in(own, name, wanted));
        }
        let Some(scope) = self.scopes.get(module.0 as usize) else { return nearest };
        let stars: Vec<usize> = scope.stars.iter().map(|(_, home)| *home).take(20).collect();
        // Imports by name are as many as were written by hand; a text with more of them gets no guess among them.
        let imported = scope.imports.iter().take(2_000).filter_map(|import| import.symbol);
        let imported: Vec<&str> = imported
            .filter(|id| wanted.admits(self.names.sort(*id)))
            .filter_map(|id| self.names.symbol(id))
            .map(|symbol| &*symbol.name)
            .collect();
        if self.findings.budget.spend_many(imported.len()) {
            nearest = nearest.or(suggest::nearest(name, imported));
        }
        for home in stars {
            nearest = nearest.or(self.nearest_in(home, name, wanted));
        }
        nearest
    }

    fn nearest_in(&mut self, home: usize, name: &str, wanted: &Wanted) -> Nearest {
        let symbols = self.names.home(home).map(|home| home.symbols.as_slice()).unwrap_or_default();
        self.indices.of_home(self.names, home).nearest(name, &mut self.findings.budget, |at| {
            symbols.get(at).is_some_and(|id| wanted.admits(self.names.sort(*id)))
        })
    }
}

/// What a built-in word is.
fn built_in(word: &str) -> Option<&'static str> {
    match word {
        "self" => Some("whoever the request is about"),
        "anyone" => Some("everybody, also without login"),
        "controller" => Some("who controls the resource that is asked for"),
        "processor" => Some("who processes the resource that is asked for"),
        word => Kind::from_word(word).map(|_| "a kind"),
    }
}

pub(super) fn with_article(sort: Sort) -> String {
    let word = sort.word();
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}

//! First all names of all modules: which modules there are, what each declares, and which declarations are versions
//! of one symbol. Follows no link. What is wrong with two declarations of one name: `duplicates`.

use super::additions;
use super::findings::Findings;
use super::module_name;
use super::spelling::{folded, spelt, strange_letter};
use crate::diag::{Diagnostic, codes};
use crate::model::{ModuleId, Said, Sort, Symbol, SymbolId};
use crate::source::{Place, SourceId, Span};
use crate::syntax::ast::{self, Declaration, Says};
use crate::terms::period::Period;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// A file with its tree.
pub(super) struct Unit<'t, 's> {
    pub(super) source: SourceId,
    pub(super) tree: &'t ast::Module<'s>,
    /// Its full name; by its path where the `module` line is lost.
    pub(super) name: Box<str>,
    pub(super) home: usize,
    pub(super) valid: Option<Said<Period>>,
}

impl Unit<'_, '_> {
    pub(super) fn place(&self, span: Span) -> Place {
        Place { source: self.source, span }
    }

    pub(super) fn name_place(&self) -> Place {
        self.place(self.tree.name.as_ref().map_or(Span::new(0, 0), |name| name.span))
    }
}

/// All that is declared under one module name (one file, unless two files claim the name).
#[derive(Default)]
pub(super) struct Home {
    pub(super) name: Box<str>,
    pub(super) modules: Vec<ModuleId>,
    pub(super) names: FxHashMap<Box<str>, SymbolId>,
    /// Its symbols, in order of name.
    pub(super) symbols: Vec<SymbolId>,
    /// Names may have been lost here: nothing may be called unknown because of it.
    pub(super) hides: bool,
}

/// A declaration, wherever it stands.
pub(super) struct Entry<'t, 's> {
    pub(super) tree: &'t Declaration<'s>,
    pub(super) module: ModuleId,
    /// The declaration in whose block it stands.
    pub(super) parent: Option<usize>,
    pub(super) symbol: SymbolId,
    /// Its index in the vector of its sort.
    pub(super) slot: u32,
    /// Some of its own text was lost.
    pub(super) torn: bool,
    /// It adds to an entity that is built in or imported, and declares no name.
    pub(super) adds: bool,
    pub(super) valid: Option<Said<Period>>,
    pub(super) period: Period,
}

impl Entry<'_, '_> {
    pub(super) fn sort(&self) -> Sort {
        sort_of(self.tree.sort)
    }

    /// Its name, or the keyword where that is lost.
    pub(super) fn name_span(&self) -> Span {
        self.tree.name.unwrap_or(self.tree.keyword).span
    }
}

/// Everything that has a name.
pub(super) struct Names<'t, 's> {
    /// In order of name, then of source; a `ModuleId` is an index here.
    pub(super) units: Vec<Unit<'t, 's>>,
    pub(super) homes: Vec<Home>,
    pub(super) home_by_name: FxHashMap<Box<str>, usize>,
    /// In order of module, then of text.
    pub(super) entries: Vec<Entry<'t, 's>>,
    /// In order of full name.
    pub(super) symbols: Vec<Symbol>,
    /// Of each symbol its entries, in order.
    pub(super) declared_by: Vec<Vec<usize>>,
    /// Made when the first finding asks for it.
    by_name: OnceCell<FxHashMap<Box<str>, Vec<SymbolId>>>,
    /// A file without a `module` line and without a path to know it by: it may be any module.
    pub(super) nameless: bool,
}

impl<'t, 's> Names<'t, 's> {
    pub(super) fn unit(&self, id: ModuleId) -> Option<&Unit<'t, 's>> {
        self.units.get(id.0 as usize)
    }

    pub(super) fn home(&self, at: usize) -> Option<&Home> {
        self.homes.get(at)
    }

    pub(super) fn home_of(&self, id: ModuleId) -> Option<&Home> {
        self.unit(id).and_then(|unit| self.home(unit.home))
    }

    pub(super) fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id.0 as usize)
    }

    pub(super) fn sort(&self, id: SymbolId) -> Sort {
        self.symbol(id).map_or(Sort::Unknown, |symbol| symbol.sort)
    }

    pub(super) fn entries_of(&self, id: SymbolId) -> impl Iterator<Item = &Entry<'t, 's>> {
        let entries = self.declared_by.get(id.0 as usize).into_iter().flatten();
        entries.filter_map(|at| self.entries.get(*at))
    }

    pub(super) fn place(&self, entry: &Entry<'_, '_>, span: Span) -> Place {
        Place { source: self.unit(entry.module).map_or(SourceId(0), |unit| unit.source), span }
    }

    /// Which symbols have a name, whatever their module.
    pub(super) fn named(&self, name: &str) -> &[SymbolId] {
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: FxHashMap<Box<str>, Vec<SymbolId>> = FxHashMap::default();
            for (at, symbol) in self.symbols.iter().enumerate().filter(|(_, symbol)| is_named(symbol)) {
                by_name.entry(symbol.name.clone()).or_default().push(SymbolId(number(at)));
            }
            by_name
        });
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where a symbol is declared first.
    pub(super) fn symbol_place(&self, id: SymbolId) -> Option<Place> {
        self.entries_of(id).next().map(|entry| self.place(entry, entry.name_span()))
    }
}

/// What has no name, and what adds to another entity, is found by nobody.
fn is_named(symbol: &Symbol) -> bool {
    let adds = symbol.sort == Sort::Entity && symbol.versions.is_empty();
    !(symbol.name.is_empty() || adds)
}

/// Declares everything.
pub(super) fn declare<'t, 's>(parsed: &'t [(SourceId, ast::Module<'s>)], findings: &mut Findings<'_>) -> Names<'t, 's> {
    let mut units: Vec<Unit<'t, 's>> = parsed
        .iter()
        .map(|(source, tree)| Unit {
            source: *source,
            tree,
            name: module_name::of(findings.sources, *source, tree).into(),
            home: 0,
            valid: valid(*source, &tree.statements),
        })
        .collect();
    units.sort_by(|one, two| (&one.name, one.source).cmp(&(&two.name, two.source)));

    let mut homes: Vec<Home> = Vec::new();
    for (at, unit) in units.iter_mut().enumerate() {
        if homes.last().is_none_or(|home| home.name != unit.name) {
            homes.push(Home { name: unit.name.clone(), ..Home::default() });
        }
        unit.home = homes.len() - 1;
        if let Some(home) = homes.last_mut() {
            home.modules.push(ModuleId(number(at)));
            home.hides |= unit.tree.hides;
        }
    }
    let home_by_name = homes.iter().enumerate().map(|(at, home)| (home.name.clone(), at)).collect();
    let mut names = Names {
        units,
        homes,
        home_by_name,
        entries: Vec::new(),
        symbols: Vec::new(),
        declared_by: Vec::new(),
        by_name: OnceCell::new(),
        nameless: false,
    };
    module_name::check(&mut names, findings);
    enter(&mut names);
    additions::mark(&mut names);
    symbols(&mut names);
    letters(&names, findings);
    fold(&mut names);
    names
}

/// A name with letters that no name has is found by its folded spelling too, so that one wrong letter drags no use along.
fn fold(names: &mut Names<'_, '_>) {
    for home in &mut names.homes {
        let strange = home.names.iter().filter(|(name, _)| strange_letter(name).is_some());
        let plain: Vec<(Box<str>, SymbolId)> =
            strange.filter_map(|(name, id)| Some((folded(name)?.into(), *id))).collect();
        for (name, id) in plain {
            home.names.entry(name).or_insert(id);
        }
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// All declarations, those within others too, in order of text. A stack of its own: no depth of nesting can exhaust it.
fn enter<'t, 's>(names: &mut Names<'t, 's>) {
    let mut entries: Vec<Entry<'t, 's>> = Vec::new();
    let mut slots: BTreeMap<Sort, u32> = BTreeMap::new();
    for (at, unit) in names.units.iter().enumerate() {
        let mut waiting: Vec<(&'t Declaration<'s>, Option<usize>)> =
            unit.tree.declarations.iter().rev().map(|tree| (tree, None)).collect();
        while let Some((tree, parent)) = waiting.pop() {
            // Services and registers stand in one vector.
            let slot = slots.entry(if tree.sort == ast::Sort::Register { Sort::Service } else { sort_of(tree.sort) });
            let slot = slot.or_default();
            let valid = valid(unit.source, &tree.statements);
            let whole = unit.valid.as_ref().map_or(Period::ALWAYS, |valid| valid.value);
            let torn = is_torn(tree);
            let holds_declarations = matches!(tree.sort, ast::Sort::Area | ast::Sort::Lost);
            // Of a block that declarations stand in only a lost piece may be one.
            let lost = holds_declarations && has_lost_pieces(tree);
            if (tree.name.is_none() || lost)
                && let Some(home) = names.homes.get_mut(unit.home)
            {
                home.hides = true;
            }
            entries.push(Entry {
                tree,
                module: ModuleId(number(at)),
                parent,
                symbol: SymbolId(0),
                slot: *slot,
                torn,
                adds: false,
                period: valid.as_ref().map_or(whole, |valid| valid.value.and(whole)),
                valid,
            });
            *slot += 1;
            let own = entries.len() - 1;
            waiting.extend(tree.declarations.iter().rev().map(|inner| (inner, Some(own))));
        }
    }
    names.entries = entries;
}

/// The first `valid`.
fn valid(source: SourceId, statements: &[ast::Statement<'_>]) -> Option<Said<Period>> {
    statements.iter().find_map(|statement| match &statement.says {
        Says::Valid(days) => Some(Said {
            value: Period { from: days.from, before: days.before },
            place: Place { source, span: days.span },
        }),
        _ => None,
    })
}

/// Was a part of its text lost?
fn is_torn(tree: &Declaration<'_>) -> bool {
    tree.wounded || tree.name.is_none() || has_lost_pieces(tree)
}

/// Could pieces of its block not be read?
fn has_lost_pieces(tree: &Declaration<'_>) -> bool {
    tree.statements.iter().any(|statement| matches!(statement.says, Says::Broken))
}

/// Entries of one full name are one symbol; those without a name share one symbol of their module that nothing finds, and
/// so do those that add to one entity.
fn symbols(names: &mut Names<'_, '_>) {
    let mut order: Vec<(Box<str>, bool, Box<str>, usize)> = Vec::with_capacity(names.entries.len());
    for (at, entry) in names.entries.iter().enumerate() {
        let name = entry.tree.name.map(|word| spelt(word.text).into_owned()).unwrap_or_default();
        let module = names.unit(entry.module).map_or("", |unit| &unit.name);
        order.push((format!("{module}.{name}").into(), entry.adds, name.into(), at));
    }
    order.sort();
    let mut last_adds = false;
    for (full, adds, name, at) in order {
        let Some(entry) = names.entries.get_mut(at) else { continue };
        let home = names.units.get(entry.module.0 as usize).map_or(0, |unit| unit.home);
        if names.symbols.last().is_none_or(|symbol| symbol.full != full || last_adds != adds) {
            last_adds = adds;
            let id = SymbolId(number(names.symbols.len()));
            if let Some(home) = names.homes.get_mut(home).filter(|_| !name.is_empty() && !adds) {
                home.names.insert(name.clone(), id);
                home.symbols.push(id);
            }
            let sort = if name.is_empty() { Sort::Unknown } else { entry.sort() };
            names.symbols.push(Symbol { module: entry.module, name, full, sort, versions: Vec::new() });
            names.declared_by.push(Vec::new());
        }
        entry.symbol = SymbolId(number(names.symbols.len() - 1));
        let (sort, slot) = (entry.sort(), entry.slot);
        if let (Some(symbol), Some(declared_by)) = (names.symbols.last_mut(), names.declared_by.last_mut()) {
            // What was lost may be of any sort: then nothing can be said against the name.
            if sort == Sort::Unknown {
                symbol.sort = Sort::Unknown;
                symbol.versions.clear();
            }
            if symbol.sort == sort && sort != Sort::Unknown && !adds {
                symbol.versions.push(slot);
            }
            declared_by.push(at);
        }
    }
}

pub(super) fn sort_of(sort: ast::Sort) -> Sort {
    match sort {
        ast::Sort::Namespace => Sort::Namespace,
        ast::Sort::Organisation => Sort::Organisation,
        ast::Sort::Role => Sort::Role,
        ast::Sort::Group => Sort::Group,
        ast::Sort::Area => Sort::Area,
        ast::Sort::Package => Sort::Package,
        ast::Sort::Service => Sort::Service,
        ast::Sort::Register => Sort::Register,
        ast::Sort::Policy => Sort::Policy,
        ast::Sort::Entity => Sort::Entity,
        ast::Sort::Enum => Sort::Enum,
        ast::Sort::Obligation => Sort::Obligation,
        ast::Sort::Condition => Sort::Condition,
        ast::Sort::Action => Sort::Action,
        ast::Sort::Lost => Sort::Unknown,
    }
}

/// Names with other letters than a name may have: of modules, declarations, and what they name in them.
fn letters(names: &Names<'_, '_>, findings: &mut Findings<'_>) {
    for unit in &names.units {
        for word in unit.tree.name.iter().flat_map(|name| &name.segments) {
            strange(word, unit.place(word.span), |_| false, findings);
        }
    }
    for entry in &names.entries {
        let home = names.home_of(entry.module);
        if let Some(word) = entry.tree.name {
            let taken = |name: &str| home.is_some_and(|home| home.names.contains_key(name));
            strange(&word, names.place(entry, word.span), taken, findings);
        }
        let mut own: Vec<&ast::Word<'_>> = Vec::new();
        match &entry.tree.head {
            ast::Head::Values { values, .. } => own.extend(values),
            ast::Head::Parameters(fields) => own.extend(fields.iter().map(|field| &field.name)),
            ast::Head::Plain | ast::Head::Condition(_) | ast::Head::Selector(_) | ast::Head::Action(_) => {}
        }
        for statement in &entry.tree.statements {
            match &statement.says {
                Says::Action { name, .. } => own.push(name),
                Says::Field(field) => own.push(&field.name),
                Says::Elements(ast::Value::Given(words)) => own.extend(words),
                _ => {}
            }
        }
        for word in own {
            strange(word, names.place(entry, word.span), |_| false, findings);
        }
    }
}

fn strange(word: &ast::Word<'_>, place: Place, taken: impl Fn(&str) -> bool, findings: &mut Findings<'_>) {
    let Some(letter) = strange_letter(word.text) else { return };
    let message = format!("name `{}` has other letters than a–z, 0–9 and `_`", word.text);
    let finding = Diagnostic::new(&codes::LETTERS_IN_NAME, message, place).label(format!("`{letter}`"));
    findings.add(match folded(word.text) {
        Some(plain) if !taken(&plain) => finding
            .help(format!("write `{plain}` here, and wherever it is used: the fix changes the declaration alone"))
            .fix(place, plain),
        _ => finding.help("write it with a–z, 0–9 and `_` here, and wherever it is used"),
    });
}

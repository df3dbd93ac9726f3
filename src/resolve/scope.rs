//! What a module can see: its own names, what its `use` lines bring, and which modules it uses. Looks up nothing but
//! what stands in `use` lines.

use super::declare::{Home, Names, Unit};
use super::findings::{Findings, guessed};
use super::module_name::dotted;
use super::spelling::spelt;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{ModuleId, Said, Sort, SymbolId};
use crate::source::{Place, Span};
use crate::syntax::ast::{self, Used, Word};
use crate::terms::root::BuiltIn;
use rustc_hash::FxHashMap;

/// One imported name, or all names of a module.
pub(super) struct Import {
    /// Which `use` line.
    pub(super) line: usize,
    /// What it brings; `None` where that was lost, or all names.
    pub(super) symbol: Option<SymbolId>,
    /// The name, or the star.
    pub(super) span: Span,
    /// Did a name of the module come from it?
    pub(super) used: bool,
}

/// What one module sees.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) imports: Vec<Import>,
    /// Imports by the name that they bring.
    pub(super) named: FxHashMap<Box<str>, usize>,
    /// Imports of all names, with where they come from.
    pub(super) stars: Vec<(usize, usize)>,
    /// A `use` line was lost in part, or names of a used module were: any name may be one of them.
    pub(super) hides: bool,
    /// A module that was named is not there: what it names might be used in any module.
    pub(super) strays: bool,
    /// In order of name, each with the first place.
    pub(super) uses: Vec<Said<ModuleId>>,
}

/// The scope of every module.
pub(super) fn scopes(names: &Names<'_, '_>, findings: &mut Findings<'_>) -> Vec<Scope> {
    let mut indices = Indices::default();
    names
        .units
        .iter()
        .map(|unit| {
            let mut scope = Scope { hides: unit.tree.hides, ..Scope::default() };
            for (line, written) in unit.tree.uses.iter().enumerate() {
                read(names, unit, line, written, &mut scope, &mut indices, findings);
            }
            scope.uses.sort_by_key(|one| (one.value, one.place));
            scope.uses.dedup_by_key(|used| used.value);
            scope
        })
        .collect()
}

fn read(
    names: &Names<'_, '_>,
    unit: &Unit<'_, '_>,
    line: usize,
    written: &ast::Use<'_>,
    scope: &mut Scope,
    indices: &mut Indices,
    findings: &mut Findings<'_>,
) {
    scope.hides |= written.wounded;
    let mut path = written.path.clone();
    let last: Vec<Word<'_>> = match &written.what {
        Used::Last => path.segments.pop().into_iter().collect(),
        Used::Names(words) => words.clone(),
        Used::All(_) => Vec::new(),
    };
    let module = dotted(&path);
    if let (Some(first), Some(last)) = (path.segments.first(), path.segments.last()) {
        path.span = first.span.to(last.span);
    }
    let home_at = names.home_by_name.get(&*module).copied();
    let home = home_at.and_then(|at| names.home(at));
    match home {
        Some(home) => {
            scope.hides |= home.hides;
            let place = unit.place(path.span);
            scope.uses.extend(home.modules.iter().map(|id| Said { value: *id, place }));
        }
        None => {
            scope.hides |= matches!(written.what, Used::All(_));
            scope.strays = true;
            if !written.wounded && !names.nameless {
                let place = unit.place(path.span);
                let finding = no_module(names, place, &module, Some((unit, written)), indices, &mut findings.budget);
                findings.add(finding);
            }
        }
    }
    for word in last {
        let name = spelt(word.text);
        let symbol = home.and_then(|home| home.names.get(&*name)).copied();
        if let (None, Some(home)) = (symbol, home)
            && !home.hides
            && !written.wounded
        {
            let finding = not_there(names, unit, &word, home, written, indices, &mut findings.budget);
            findings.add(finding);
        }
        bring(names, unit, scope, line, &word, symbol, findings);
    }
    if let (Used::All(span), Some(home)) = (&written.what, home_at) {
        scope.stars.push((scope.imports.len(), home));
        // Its namespaces hold by the import alone.
        let used = brings_namespace(names, home);
        scope.imports.push(Import { line, symbol: None, span: *span, used });
    }
}

/// Does a module have namespaces, which hold where it is used?
pub(super) fn brings_namespace(names: &Names<'_, '_>, home: usize) -> bool {
    names.home(home).is_some_and(|home| home.symbols.iter().any(|id| names.sort(*id) == Sort::Namespace))
}

/// Enters an imported name; one that two lines bring is used by neither twice.
fn bring(
    names: &Names<'_, '_>,
    unit: &Unit<'_, '_>,
    scope: &mut Scope,
    line: usize,
    word: &Word<'_>,
    symbol: Option<SymbolId>,
    findings: &mut Findings<'_>,
) {
    let name = spelt(word.text);
    // A lost name counts as used, and so does a namespace: it holds by the import alone.
    let used = symbol.is_none_or(|id| names.sort(id) == Sort::Namespace);
    let at = scope.imports.len();
    scope.imports.push(Import { line, symbol, span: word.span, used });
    let Some(before) = scope.named.get(&*name).copied() else {
        scope.named.insert(name.into(), at);
        return;
    };
    let Some(before) = scope.imports.get(before) else { return };
    if let (Some(one), Some(two)) = (before.symbol, symbol)
        && one != two
    {
        let message = format!("`{name}` is imported from two modules");
        let (first, second) = (full(names, one), full(names, two));
        findings.add(
            Diagnostic::new(&codes::AMBIGUOUS_NAME, message, unit.place(word.span))
                .label(format!("`{second}`, and `{first}` by the line before"))
                .related(format!("`{first}` imported here"), unit.place(before.span))
                .help(format!("import one of them, and write the other in full, as `{second}`")),
        );
        if let Some(import) = scope.imports.last_mut() {
            import.used = true;
        }
    }
}

pub(super) fn full<'n>(names: &'n Names<'_, '_>, id: SymbolId) -> &'n str {
    names.symbol(id).map_or("", |symbol| &symbol.full)
}

/// Indices for «did you mean», of a module's names and of the modules, made when first asked for.
#[derive(Default)]
pub(super) struct Indices {
    homes: FxHashMap<usize, suggest::Index>,
    modules: Option<suggest::Index>,
}

impl Indices {
    /// The index of the names of a home; its words are in the order of `Home::symbols`.
    pub(super) fn of_home(&mut self, names: &Names<'_, '_>, home: usize) -> &suggest::Index {
        self.homes.entry(home).or_insert_with(|| {
            let symbols = names.home(home).map(|home| home.symbols.as_slice()).unwrap_or_default();
            suggest::Index::new(symbols.iter().filter_map(|id| names.symbol(*id)).map(|symbol| &*symbol.name))
        })
    }

    fn of_modules(&mut self, names: &Names<'_, '_>) -> &suggest::Index {
        self.modules.get_or_insert_with(|| suggest::Index::new(names.homes.iter().map(|home| &*home.name)))
    }
}

/// A module that is not there.
pub(super) fn no_module(
    names: &Names<'_, '_>,
    place: Place,
    module: &str,
    written: Option<(&Unit<'_, '_>, &ast::Use<'_>)>,
    indices: &mut Indices,
    budget: &mut suggest::Budget,
) -> Diagnostic {
    let whole = written.map(|(unit, line)| (unit, line, dotted(&line.path)));
    if let Some((unit, line, whole)) = whole {
        // `use demo.roles`: a module where a name of one is meant.
        if matches!(line.what, Used::Last) && names.home_by_name.contains_key(&*whole) {
            let end = Span { start: line.path.span.end, end: line.path.span.end };
            return Diagnostic::new(
                &codes::UNKNOWN_MODULE,
                format!("`{whole}` is a module, and `use` takes names"),
                unit.place(line.path.span),
            )
            .label("a module")
            .help(format!("write `use {whole}.*`, or the names that are used: `use {whole}.{{…}}`"))
            .fix(unit.place(end), ".*");
        }
        if module.is_empty() {
            return Diagnostic::new(
                &codes::UNKNOWN_MODULE,
                format!("`{whole}` does not say of which module it is a name"),
                unit.place(line.path.span),
            )
            .label("a name alone")
            .help(format!("write the module before it, as `use demo.roles.{whole}`"));
        }
    }
    let nearest = indices.of_modules(names).nearest(module, budget, |_| true);
    let finding = Diagnostic::new(&codes::UNKNOWN_MODULE, format!("there is no module `{module}`"), place)
        .label("no file of the build says that it is this module")
        .help("a module is known by its `module` line; its file must be among those that are read");
    guessed(finding, place, &nearest)
}

/// A name that the used module does not declare.
fn not_there(
    names: &Names<'_, '_>,
    unit: &Unit<'_, '_>,
    word: &Word<'_>,
    home: &Home,
    written: &ast::Use<'_>,
    indices: &mut Indices,
    budget: &mut suggest::Budget,
) -> Diagnostic {
    let place = unit.place(word.span);
    let message = format!("module `{}` declares no `{}`", home.name, word.text);
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME, message, place).label("not declared there");
    let whole = dotted(&written.path);
    if matches!(written.what, Used::Last) && names.home_by_name.contains_key(&*whole) {
        let end = unit.place(Span { start: written.path.span.end, end: written.path.span.end });
        return finding
            .help(format!("`{whole}` is a module: write `use {whole}.*`, or the names that are used"))
            .fix(end, ".*");
    }
    if BuiltIn::from_word(word.text).is_some() {
        return finding.help(format!(
            "`entity {}` adds to what every module knows, and is no name: leave it out here",
            word.text
        ));
    }
    let at = names.home_by_name.get(&home.name).copied().unwrap_or(usize::MAX);
    let nearest = indices.of_home(names, at).nearest(word.text, budget, |_| true);
    if nearest.question().is_some() {
        return guessed(finding, place, &nearest);
    }
    match elsewhere(names, word.text, |_| true) {
        Some(other) => finding.help(format!("`{}` is declared in `{}`", word.text, module_of(names, other))),
        None => finding.help(format!("declare `{}` in `{}`, or leave it out here", word.text, home.name)),
    }
}

pub(super) fn module_of<'n>(names: &'n Names<'_, '_>, id: SymbolId) -> &'n str {
    names.symbol(id).and_then(|symbol| names.unit(symbol.module)).map_or("", |unit| &unit.name)
}

/// The one symbol of this name and an admitted sort, whatever its module.
pub(super) fn elsewhere(names: &Names<'_, '_>, name: &str, admits: impl Fn(Sort) -> bool) -> Option<SymbolId> {
    // Names that a thousand modules share lead nowhere.
    let mut fitting = names.named(&spelt(name)).iter().take(64).copied().filter(|id| admits(names.sort(*id)));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

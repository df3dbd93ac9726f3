//! Imports, groups and organisations that nothing uses. Silent where a text that might use them was lost.

use super::circles::listed;
use super::declare::{Names, Unit};
use super::findings::Findings;
use super::link::Linked;
use super::scope::{Import, Scope, brings_namespace};
use crate::diag::{Diagnostic, codes};
use crate::model::{ModuleId, Sort};
use crate::source::Span;
use crate::syntax::ast::{Use, Used, Word};

pub(super) fn report(names: &Names<'_, '_>, linked: &Linked, findings: &mut Findings<'_>) {
    for (at, (unit, scope)) in names.units.iter().zip(&linked.scopes).enumerate() {
        if !linked.wounded.get(at).copied().unwrap_or(true) {
            imports(names, unit, scope, findings);
        }
    }
    declarations(names, linked, findings);
}

fn imports(names: &Names<'_, '_>, unit: &Unit<'_, '_>, scope: &Scope, findings: &mut Findings<'_>) {
    let mut rest = scope.imports.as_slice();
    for (line, written) in unit.tree.uses.iter().enumerate() {
        let count = rest.iter().take_while(|import| import.line == line).count();
        let (own, after) = rest.split_at(count);
        rest = after;
        let unused: Vec<&Import> = own.iter().filter(|import| !import.used).collect();
        let Some(first) = unused.first().filter(|_| !written.wounded) else { continue };
        let finding = match &written.what {
            Used::All(span) => {
                let message = "nothing of an imported module is used".to_owned();
                Diagnostic::new(&codes::UNUSED_IMPORT, message, unit.place(written.path.span.to(*span)))
            }
            _ => {
                let called = |import: &&Import| findings.sources.slice(unit.place(import.span));
                let all: Vec<&str> = unused.iter().map(called).collect();
                let verb = if all.len() == 1 { "is imported and not used" } else { "are imported and not used" };
                let message = format!("{} {verb}", listed(all.into_iter()));
                Diagnostic::new(&codes::UNUSED_IMPORT, message, unit.place(first.span))
            }
        };
        let hidden = first.symbol.and_then(|id| {
            let name = &names.symbol(id)?.name;
            names.home(unit.home)?.names.get(name).and_then(|own| names.symbol_place(*own))
        });
        let mut finding = match hidden {
            Some(place) => finding.label("the module's own is meant everywhere").related("its own is here", place),
            None => finding.label("nothing in this module names it"),
        };
        for import in unused.iter().skip(1).take(20) {
            finding = finding.related("nor this", unit.place(import.span));
        }
        let all = unused.len() == own.len();
        finding = finding.help(if all { "leave the line out" } else { "leave it out of the line" });
        let removals = if all { vec![written.span] } else { unused_words(written, &unused) };
        for span in removals {
            let place = unit.place(span);
            let place = if all { findings.lines_of(place) } else { place };
            finding = finding.fix(place, "");
        }
        // Without the line the namespaces of its module hold here no more.
        let of_module = first.symbol.and_then(|id| names.unit(names.symbol(id)?.module));
        if !(all && of_module.is_some_and(|unit| brings_namespace(names, unit.home))) {
            finding = finding.certain();
        }
        findings.add(finding);
    }
}

/// What to remove of a list in braces: each run of unused names, with the commas that go with it.
fn unused_words(written: &Use<'_>, unused: &[&Import]) -> Vec<Span> {
    let Used::Names(words) = &written.what else { return Vec::new() };
    let goes: Vec<(&Word<'_>, bool)> =
        words.iter().map(|word| (word, unused.iter().any(|import| import.span == word.span))).collect();
    let mut spans = Vec::new();
    let mut kept: Option<Span> = None;
    let mut run: Option<Span> = None;
    for (word, goes) in goes {
        if goes {
            run = Some(run.map_or(word.span, |run| run.to(word.span)));
            continue;
        }
        if let Some(run) = run.take() {
            spans.push(Span { start: run.start, end: word.span.start });
        }
        kept = Some(word.span);
    }
    if let (Some(run), Some(kept)) = (run, kept) {
        spans.push(Span { start: kept.end, end: run.end });
    }
    spans
}

fn declarations(names: &Names<'_, '_>, linked: &Linked, findings: &mut Findings<'_>) {
    let readers = Readers::new(names, linked);
    let mut imported = vec![false; names.symbols.len()];
    for import in linked.scopes.iter().flat_map(|scope| &scope.imports) {
        if let Some(slot) = import.symbol.and_then(|id| imported.get_mut(id.0 as usize)) {
            *slot = true;
        }
    }
    for (at, symbol) in names.symbols.iter().enumerate() {
        let used = [&linked.linked, &imported].iter().any(|list| list.get(at).copied().unwrap_or(true));
        let (code, word) = match symbol.sort {
            Sort::Group => (&codes::UNUSED_GROUP, "group"),
            Sort::Organisation => (&codes::UNUSED_ORGANISATION, "organisation"),
            _ => continue,
        };
        if used || readers.lost(names, symbol.module) {
            continue;
        }
        let Some(entry) = names.declared_by.get(at).and_then(|all| all.first()).and_then(|at| names.entries.get(*at))
        else {
            continue;
        };
        let place = names.place(entry, entry.name_span());
        let help = match symbol.sort {
            Sort::Group => "leave it out, or name it where its roles are meant",
            _ => "leave it out, or name it, as in `from` of a role",
        };
        let whole = findings.lines_of(names.place(entry, entry.tree.span));
        findings.add(
            Diagnostic::new(code, format!("{word} `{}` is not used", symbol.name), place)
                .label("nothing names it")
                .help(help)
                .fix(whole, ""),
        );
    }
}

/// Where a text was lost that might have named a declaration of a module.
struct Readers {
    /// In a text that could not be read, or of a module that is not there, any name may have stood.
    anywhere: bool,
    /// By home: a declaration was wounded in it, or in a module that uses it.
    of_home: Vec<bool>,
}

impl Readers {
    fn new(names: &Names<'_, '_>, linked: &Linked) -> Self {
        let mut anywhere = false;
        let mut of_home = vec![false; names.homes.len()];
        for (at, (unit, scope)) in names.units.iter().zip(&linked.scopes).enumerate() {
            anywhere |= scope.strays || unit.tree.wounded || unit.tree.uses.iter().any(|line| line.wounded);
            if linked.wounded.get(at).copied().unwrap_or(true) {
                let used = scope.uses.iter().filter_map(|used| names.unit(used.value)).map(|unit| unit.home);
                for home in used.chain([unit.home]) {
                    if let Some(slot) = of_home.get_mut(home) {
                        *slot = true;
                    }
                }
            }
        }
        Readers { anywhere, of_home }
    }

    fn lost(&self, names: &Names<'_, '_>, module: ModuleId) -> bool {
        let home = names.unit(module).map_or(usize::MAX, |unit| unit.home);
        self.anywhere || self.of_home.get(home).copied().unwrap_or(true)
    }
}

//! Two declarations of one name that are not versions of one thing. That two versions with periods of their own meet
//! is judged by `check`, not here.

use super::declare::{Entry, Names};
use super::findings::{Findings, with_places};
use crate::diag::{Diagnostic, codes};
use crate::model::Sort;
use crate::source::Place;
use crate::syntax::ast::{self, Says};
use crate::terms::period::Period;
use std::collections::BTreeMap;

/// Among declarations without a period of their own so many are compared with all others.
const COMPARED: usize = 16;

pub(super) fn report(names: &Names<'_, '_>, findings: &mut Findings<'_>) {
    modules(names, findings);
    for (symbol, declared_by) in names.symbols.iter().zip(&names.declared_by) {
        if declared_by.len() < 2 || symbol.name.is_empty() {
            continue;
        }
        // A declaration that lost a part may have lost its `valid`, or its keyword.
        let whole: Vec<&Entry<'_, '_>> = declared_by
            .iter()
            .filter_map(|at| names.entries.get(*at))
            .filter(|entry| if entry.tree.sort == ast::Sort::Lost { has_line(names, entry) } else { !entry.torn })
            .filter(|entry| !entry.adds)
            .collect();
        let again = repeats(&whole);
        let places: Vec<Place> = again.iter().map(|entry| names.place(entry, entry.name_span())).collect();
        if let [first, second, others @ ..] = places.as_slice() {
            let message = format!("`{}` is declared {}", symbol.name, times(places.len()));
            let finding = Diagnostic::new(&codes::DUPLICATE_NAME, message, *second)
                .label("declared again")
                .help(help(&again))
                .related("declared here first", *first);
            findings.add(with_places(finding, "and here", others.iter().copied()));
        }
    }
    for entry in &names.entries {
        actions(names, entry, findings);
    }
}

/// Has its file a `module` line? Else a name without a keyword may be what is left of it.
fn has_line(names: &Names<'_, '_>, entry: &Entry<'_, '_>) -> bool {
    names.unit(entry.module).is_some_and(|unit| unit.tree.name.is_some())
}

fn times(count: usize) -> String {
    if count == 2 { "twice".to_owned() } else { format!("{count} times") }
}

/// Those that cannot all stand; none where each may.
fn repeats<'e, 't, 's>(whole: &[&'e Entry<'t, 's>]) -> Vec<&'e Entry<'t, 's>> {
    let sorts_differ = whole.windows(2).any(|pair| match pair {
        [one, two] => one.sort() != two.sort(),
        _ => false,
    });
    if sorts_differ || (whole.len() > 1 && whole.iter().all(|entry| is_vocabulary(entry.sort()))) {
        return whole.to_vec();
    }
    for plain in whole.iter().filter(|entry| entry.valid.is_none()).take(COMPARED) {
        let meeting: Vec<_> = whole.iter().copied().filter(|other| meets(plain.period, other.period)).collect();
        if meeting.len() > 1 {
            return meeting;
        }
    }
    Vec::new()
}

/// What conditions speak of has no versions: facts and requests are read against one.
fn is_vocabulary(sort: Sort) -> bool {
    matches!(sort, Sort::Entity | Sort::Enum | Sort::Obligation | Sort::Condition | Sort::Action)
}

/// An empty period is a finding of its own, and meets nothing.
fn meets(one: Period, two: Period) -> bool {
    one == two || one.meets(two)
}

fn help(again: &[&Entry<'_, '_>]) -> String {
    let versions = again.iter().all(|entry| {
        matches!(entry.sort(), Sort::Role | Sort::Area | Sort::Package | Sort::Service | Sort::Register | Sort::Policy)
            && again.first().is_some_and(|first| first.sort() == entry.sort())
    });
    if versions {
        "give one of them another name; if they are versions of one thing, let each say `valid from … before …`"
            .to_owned()
    } else {
        "give one of them another name".to_owned()
    }
}

/// Two files that say they are one module, at the same time.
fn modules(names: &Names<'_, '_>, findings: &mut Findings<'_>) {
    for home in &names.homes {
        let units: Vec<_> = home.modules.iter().filter_map(|id| names.unit(*id)).collect();
        let period =
            |valid: &Option<crate::model::Said<Period>>| valid.as_ref().map_or(Period::ALWAYS, |valid| valid.value);
        let Some(first) = units.iter().find(|unit| unit.tree.name.is_some()) else { continue };
        let again: Vec<Place> = units
            .iter()
            .filter(|unit| unit.tree.name.is_some() && meets(period(&unit.valid), period(&first.valid)))
            .map(|unit| unit.name_place())
            .collect();
        if let [first, second, others @ ..] = again.as_slice() {
            let message = format!("module `{}` is declared {}", home.name, times(again.len()));
            let finding = Diagnostic::new(&codes::DUPLICATE_NAME, message, *second)
                .label("declared again")
                .help("one file is one module: give one of them another name")
                .related("declared here first", *first);
            findings.add(with_places(finding, "and here", others.iter().copied()));
        }
    }
}

/// Two actions of one name in one service.
fn actions(names: &Names<'_, '_>, entry: &Entry<'_, '_>, findings: &mut Findings<'_>) {
    let mut places: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for statement in &entry.tree.statements {
        if let Says::Action { name, .. } = &statement.says {
            places.entry(name.text).or_default().push(names.place(entry, name.span));
        }
    }
    for (name, places) in places {
        if let [first, second, others @ ..] = places.as_slice() {
            let message = format!("action `{name}` is declared {}", times(places.len()));
            let finding = Diagnostic::new(&codes::DUPLICATE_NAME, message, *second)
                .label("declared again")
                .help("give one of them another name, or leave one out")
                .related("declared here first", *first);
            findings.add(with_places(finding, "and here", others.iter().copied()));
        }
    }
}

//! Which statement may stand in which declaration, which may stand there twice, and what may stand within what.
//! Judges no value.

use super::declare::{Entry, Names};
use super::findings::Findings;
use super::lookup::with_article;
use crate::diag::{Diagnostic, codes};
use crate::model::Sort;
use crate::source::Place;
use crate::syntax::ast::{self, Says, Statement};
use std::collections::BTreeMap;

/// What a statement is called, where it may stand, and whether more than once.
struct Row {
    word: &'static str,
    sorts: &'static [Sort],
    beside_module: bool,
    repeats: bool,
}

const ANY: &[Sort] = &[
    Sort::Namespace,
    Sort::Organisation,
    Sort::Role,
    Sort::Group,
    Sort::Area,
    Sort::Package,
    Sort::Service,
    Sort::Register,
    Sort::Policy,
    Sort::Entity,
    Sort::Enum,
    Sort::Obligation,
    Sort::Condition,
    Sort::Action,
];

/// The table; `None` for what has its finding already.
fn row(says: &Says<'_>) -> Option<Row> {
    use Sort::{Area, Entity, Namespace, Package, Policy, Register, Role, Service};
    let (word, sorts, beside_module, repeats): (_, &[Sort], _, _) = match says {
        Says::Urn(_) => ("urn", &[Role, Area, Package, Service, Register], false, false),
        Says::Formerly(_) => ("formerly", &[Area, Package, Service, Register], false, true),
        Says::About(_) => ("about", &[Area, Package, Service, Register], false, false),
        Says::For(_) => ("for", &[Package], false, false),
        Says::Delegable(_) => ("delegable", &[Area, Package], false, true),
        Says::Services(_) => ("services", &[Area, Package], false, false),
        Says::Data(_) => ("data", &[Package, Service, Register], false, false),
        Says::Code(_) => ("code", &[Role], false, false),
        Says::Source(_) => ("from", &[Role], false, false),
        Says::Held(_) => ("held", &[Role], false, false),
        Says::Key(_) => ("key", &[Role], false, false),
        Says::Covers(_) => ("covers", &[Role], false, false),
        Says::Agent(_) => ("agent", &[Role], false, false),
        Says::Grant(_) => ("grant", &[Package], false, true),
        Says::Allow { .. } => ("allow", ANY, true, true),
        Says::Valid(_) => ("valid", &[Role, Area, Package, Service, Register, Policy], true, false),
        Says::Action { .. } => ("action", &[Service, Register], false, true),
        Says::Rule(rule) => (rule.effect.word(), &[Service, Register, Policy], false, true),
        Says::AnyAction(_) => ("any action", &[Service, Register, Policy], false, true),
        Says::Elements(_) => ("elements", &[Service, Register], false, false),
        Says::Records(_) => ("records", &[Register], false, false),
        Says::Controller(_) => ("controller", &[Service, Register], false, false),
        Says::Processor(_) => ("processor", &[Service, Register], false, false),
        Says::Basis(_) => ("basis", &[Service, Register], false, false),
        Says::Purposes(_) => ("purposes", &[Service, Register], false, false),
        Says::Retain(_) => ("retain", &[Register], false, false),
        Says::Field(_) => ("an attribute", &[Entity], false, true),
        Says::Form { .. } => ("form", &[Namespace], false, true),
        Says::Target(_) => ("target", &[], true, false),
        Says::Broken => return None,
    };
    Some(Row { word, sorts, beside_module, repeats })
}

/// What of the statements counts: those in their place, and of a value said twice the first. Whether any was out of
/// place.
pub(super) fn in_place<'t, 's>(
    statements: &'t [Statement<'s>],
    sort: Option<Sort>,
    place: impl Fn(crate::source::Span) -> Place,
    findings: &mut Findings<'_>,
) -> (Vec<&'t Statement<'s>>, bool) {
    let mut first: BTreeMap<&'static str, Place> = BTreeMap::new();
    let mut counting = Vec::with_capacity(statements.len());
    let mut misplaced = false;
    for statement in statements {
        let Some(row) = row(&statement.says) else { continue };
        // What a declaration without a keyword is cannot be known, so nothing is out of place in it.
        let fits = match sort {
            None => row.beside_module,
            Some(Sort::Unknown) => true,
            Some(sort) => row.sorts.contains(&sort),
        };
        if !fits {
            misplaced = true;
            findings.add(out_of_place(&row, sort, place(statement.keyword)));
            continue;
        }
        if !row.repeats && sort != Some(Sort::Unknown) {
            if let Some(before) = first.get(row.word) {
                findings.add(repeated(&row, *before, place(statement.span), findings));
                continue;
            }
            first.insert(row.word, place(statement.span));
        }
        counting.push(statement);
    }
    (counting, misplaced)
}

fn out_of_place(row: &Row, sort: Option<Sort>, place: Place) -> Diagnostic {
    let here = sort.map_or("beside the `module` line".to_owned(), |sort| format!("in {}", with_article(sort)));
    let homes: Vec<String> = row
        .sorts
        .iter()
        .map(|sort| with_article(*sort))
        .chain(row.beside_module.then(|| "the `module` line".to_owned()))
        .collect();
    let homes = match homes.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    };
    Diagnostic::new(&codes::MISPLACED_STATEMENT, format!("`{}` does not belong {here}", row.word), place)
        .label(format!("belongs to {homes}"))
        .help("leave it out here, or move it to where it belongs")
}

fn repeated(row: &Row, first: Place, again: Place, findings: &Findings<'_>) -> Diagnostic {
    let same = findings.sources.slice(first) == findings.sources.slice(again);
    let finding = Diagnostic::new(&codes::REPEATED_STATEMENT, format!("`{}` is said twice", row.word), again)
        .label(if same { "the same again" } else { "another value for the same" })
        .help("keep one of them")
        .related("said here first", first);
    if same { finding.fix(findings.lines_of(again), "").certain() } else { finding }
}

/// Declarations within others: packages in an area, and nothing else.
pub(super) fn nesting(names: &Names<'_, '_>, entry: &Entry<'_, '_>, findings: &mut Findings<'_>) {
    let Some(parent) = entry.parent.and_then(|at| names.entries.get(at)) else { return };
    let (inner, outer) = (entry.sort(), parent.sort());
    if inner == Sort::Unknown || outer == Sort::Unknown || (inner == Sort::Package && outer == Sort::Area) {
        return;
    }
    if matches!(parent.tree.sort, ast::Sort::Lost) {
        return;
    }
    let place = names.place(entry, entry.tree.keyword.span);
    let message = format!("{} does not belong in {}", with_article(inner), with_article(outer));
    findings.add(
        Diagnostic::new(&codes::MISPLACED_STATEMENT, message, place)
            .label("only packages stand within another declaration, and only within an area")
            .help(format!("move it out of the {}, after its closing brace", outer.word()))
            .related(format!("the {} begins here", outer.word()), names.place(parent, parent.tree.keyword.span)),
    );
}

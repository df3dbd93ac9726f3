//! FM0324: `not` before a role or a package, also by way of a named condition. What is not recorded is not so, hence a
//! missing fact would give more. In a forbid it would forbid more, which harms nobody, so nothing is said there.

use super::context::{Context, quoted};
use super::expressions::{Home, parts, written};
use crate::diag::{Diagnostic, codes};
use crate::model::{Catalog, Controlling, Expression, IsWhat, SymbolId, Term};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let catalog = context.catalog;
    let reader = Reader { status_controls: status_controls(catalog) };
    let named = named(catalog, &reader);
    // Which conditions are asked so that more of them gives more; those that nothing asks are taken for such.
    let mut asked: BTreeMap<SymbolId, BTreeSet<bool>> = BTreeMap::new();
    let mut open: Vec<(SymbolId, bool)> = Vec::new();
    let mut uses: BTreeMap<SymbolId, Vec<(SymbolId, bool)>> = BTreeMap::new();
    let mut met: BTreeSet<SymbolId> = BTreeSet::new();
    for one in written(catalog) {
        reader.walk(one.says, |part, _, sign| {
            let Term::Condition(name) = &part.says else { return };
            met.insert(*name);
            match one.home {
                Home::Condition(own) => uses.entry(own).or_default().push((*name, sign)),
                home if gives(home) => open.push((*name, sign)),
                _ => {}
            }
        });
    }
    let unmet = catalog.conditions.iter().map(|it| it.declared.symbol).filter(|name| !met.contains(name));
    open.extend(unmet.map(|name| (name, true)));
    while let Some((name, sign)) = open.pop() {
        if asked.entry(name).or_default().insert(sign) {
            open.extend(uses.get(&name).into_iter().flatten().map(|(other, inner)| (*other, *inner == sign)));
        }
    }
    for one in written(catalog).filter(|one| !one.owner.wounded) {
        let gives = match one.home {
            Home::Condition(name) => asked.get(&name).is_some_and(|signs| signs.contains(&true)),
            home => gives(home),
        };
        if !gives {
            continue;
        }
        let mut told: BTreeSet<Place> = BTreeSet::new();
        reader.walk(one.says, |part, under, sign| {
            let Some(not) = under.filter(|_| !sign) else { return };
            let through = match &part.says {
                Term::Condition(name) if named.contains(&(*name, true)) => Some(*name),
                _ if reader.is_recorded(part) => None,
                _ => return,
            };
            if told.insert(not) {
                findings.push(finding(context, part, not, through));
            }
        });
    }
}

/// Does more of such a condition give more?
fn gives(home: Home) -> bool {
    match home {
        Home::Rule(effect) => effect == RuleEffect::Permit,
        Home::Grant | Home::Delegable => true,
        Home::Retain | Home::Condition(_) => false,
    }
}

struct Reader {
    /// Some resource is controlled or processed by whoever has a status.
    status_controls: bool,
}

impl Reader {
    /// Is it so only where somebody recorded it?
    fn is_recorded(&self, part: &Expression) -> bool {
        match &part.says {
            Term::Is { what: IsWhat::Role(_), .. } | Term::Holds { .. } | Term::Permitted { .. } => true,
            Term::Is { what: IsWhat::Controller | IsWhat::Processor, .. } => self.status_controls,
            _ => false,
        }
    }

    /// Visits every part with the innermost `not` above it, and whether an even number of them is.
    fn walk<'c>(&self, says: &'c Expression, mut visit: impl FnMut(&'c Expression, Option<Place>, bool)) {
        let mut open = vec![(says, None, true)];
        while let Some((part, under, sign)) = open.pop() {
            visit(part, under, sign);
            let from = open.len();
            match &part.says {
                Term::Not(inner) => open.push((inner, Some(part.place), !sign)),
                _ => parts(part, |inner| open.push((inner, under, sign))),
            }
            if let Some(added) = open.get_mut(from..) {
                added.reverse();
            }
        }
    }
}

fn status_controls(catalog: &Catalog) -> bool {
    let all = catalog.resources.iter().flat_map(|it| [&it.controller, &it.processor]).flatten();
    all.filter_map(|property| property.value.known()).flatten().any(|one| matches!(one.value, Controlling::Status(_)))
}

/// The named conditions in which something recorded stands, by way of others too; and whether under an even number of
/// `not`.
fn named(catalog: &Catalog, reader: &Reader) -> BTreeSet<(SymbolId, bool)> {
    let mut readers: BTreeMap<SymbolId, Vec<(SymbolId, bool)>> = BTreeMap::new();
    let mut open = Vec::new();
    for condition in &catalog.conditions {
        let own = condition.declared.symbol;
        reader.walk(&condition.says, |part, _, sign| match &part.says {
            Term::Condition(other) => readers.entry(*other).or_default().push((own, sign)),
            _ if reader.is_recorded(part) => open.push((own, sign)),
            _ => {}
        });
    }
    let mut found = BTreeSet::new();
    while let Some((name, sign)) = open.pop() {
        if found.insert((name, sign)) {
            open.extend(readers.get(&name).into_iter().flatten().map(|(own, outer)| (*own, *outer == sign)));
        }
    }
    found
}

fn finding(context: &Context<'_>, part: &Expression, not: Place, through: Option<SymbolId>) -> Diagnostic {
    let what = match &part.says {
        Term::Holds { .. } => "a package",
        Term::Permitted { .. } => "a permission",
        Term::Condition(_) => "a condition that reads a role or a package",
        _ => "a role",
    };
    let finding = Diagnostic::new(
        &codes::NOT_BEFORE_ROLE,
        format!("`not` before {what}: a fact that nobody recorded would give more"),
        not,
    )
    .label("what is not recorded is not so")
    .help("say who may in terms of what they have, write a `forbid` for those who may not, or answer with `allow FM0324 \"why\"`");
    let declared = through.and_then(|name| context.catalog.conditions.iter().find(|it| it.declared.symbol == name));
    match declared {
        Some(it) => finding.related(
            format!("{} reads a role or a package", quoted(context.name(it.declared.symbol))),
            it.declared.name_place,
        ),
        None => finding,
    }
}

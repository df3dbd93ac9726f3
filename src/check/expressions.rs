//! Every condition of a catalog with where it stands, and the way through one. Judges nothing.

use crate::model::{Catalog, Declared, DelegableSays, Expression, Property, Retain, SymbolId, Term};
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

/// Where a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// `when` of a rule.
    Rule(RuleEffect),
    /// `when` of a grant.
    Grant,
    /// `when` of a `delegable` line.
    Delegable,
    /// An end of `retain`.
    Retain,
    /// A named condition.
    Condition(SymbolId),
}

/// A condition that an author wrote.
#[derive(Clone, Copy)]
pub(super) struct Written<'c> {
    /// The declaration that it stands in.
    pub(super) owner: &'c Declared,
    /// As what.
    pub(super) home: Home,
    /// What it says.
    pub(super) says: &'c Expression,
}

/// Every condition, sort by sort.
pub(super) fn written(catalog: &Catalog) -> impl Iterator<Item = Written<'_>> {
    let packages = catalog.packages.iter().flat_map(|it| {
        let grants = it.grants.iter().filter_map(|grant| grant.when.as_deref()).map(|says| (Home::Grant, says));
        let lines = it.delegable.iter().filter(|line| matches!(line.says, DelegableSays::To(_)));
        let lines = lines.filter_map(|line| line.when.as_deref()).map(|says| (Home::Delegable, says));
        grants.chain(lines).map(|(home, says)| Written { owner: &it.declared, home, says })
    });
    let areas = catalog.areas.iter().flat_map(|it| {
        let lines = it.delegable.iter().filter_map(|line| line.when.as_deref());
        lines.map(|says| Written { owner: &it.declared, home: Home::Delegable, says })
    });
    let resources = catalog.resources.iter().flat_map(|it| {
        let rules = it.rules.iter().filter_map(|rule| Some((Home::Rule(rule.effect), rule.when.as_ref()?)));
        let ends = it.retain.iter().flat_map(ends).map(|says| (Home::Retain, says));
        rules.chain(ends).map(|(home, says)| Written { owner: &it.declared, home, says })
    });
    let policies = catalog.policies.iter().flat_map(|it| {
        let rules = it.rules.iter().filter_map(|rule| Some((Home::Rule(rule.effect), rule.when.as_ref()?)));
        rules.map(|(home, says)| Written { owner: &it.declared, home, says })
    });
    let conditions = catalog.conditions.iter().map(|it| Written {
        owner: &it.declared,
        home: Home::Condition(it.declared.symbol),
        says: &it.says,
    });
    packages.chain(areas).chain(resources).chain(policies).chain(conditions)
}

fn ends(retain: &Property<Retain>) -> impl Iterator<Item = &Expression> {
    let rules = match retain.value.known() {
        Some(Retain::Rules(rules)) => &**rules,
        _ => &[],
    };
    rules.iter().flat_map(|rule| &rule.ends)
}

/// Visits an expression and all in it, the outer before the inner, in order as written. Named conditions are not entered.
pub(super) fn walk<'c>(expression: &'c Expression, mut visit: impl FnMut(&'c Expression)) {
    let mut open = vec![expression];
    while let Some(next) = open.pop() {
        visit(next);
        let from = open.len();
        parts(next, |part| open.push(part));
        if let Some(added) = open.get_mut(from..) {
            added.reverse();
        }
    }
}

/// The parts of an expression, in order.
pub(super) fn parts<'c>(expression: &'c Expression, mut each: impl FnMut(&'c Expression)) {
    match &expression.says {
        Term::Or(all) | Term::And(all) | Term::List(all) => all.iter().for_each(each),
        Term::Not(inner) | Term::Attribute(inner, _) => each(inner),
        Term::Compare(_, sides) => {
            each(&sides.0);
            each(&sides.1);
        }
        Term::Is { who, what: _, party } => {
            each(who);
            party.iter().for_each(|party| each(party));
        }
        Term::Holds { who, package: _, party } => {
            each(who);
            each(party);
        }
        Term::Each { all: _, variable: _, set, body } => {
            each(set);
            each(body);
        }
        Term::Shift { from, back: _, by } => {
            each(from);
            each(by);
        }
        Term::Permitted { .. }
        | Term::Root(_)
        | Term::Variable(_)
        | Term::Condition(_)
        | Term::Value(_)
        | Term::Undecided(_)
        | Term::Lost => {}
    }
}

/// The named conditions in which there is such a part, also by way of other named conditions.
pub(super) fn conditions_with(catalog: &Catalog, is: impl Fn(&Expression) -> bool) -> BTreeSet<SymbolId> {
    let mut readers: BTreeMap<SymbolId, Vec<SymbolId>> = BTreeMap::new();
    let mut open = Vec::new();
    for condition in &catalog.conditions {
        let own = condition.declared.symbol;
        walk(&condition.says, |part| match &part.says {
            Term::Condition(other) => readers.entry(*other).or_default().push(own),
            _ if is(part) => open.push(own),
            _ => {}
        });
    }
    let mut found = BTreeSet::new();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(readers.get(&next).into_iter().flatten());
        }
    }
    found
}

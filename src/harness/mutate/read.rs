//! What of a service or a register decisions read at all: a value that nothing reads has no mutants, as none could be told
//! from it. And which purposes and bases are named by the rules over each: those alone are decided apart from others.

use crate::ir::{ConditionId, Constant, EnumId, Expression, IsWhat, Line, Meaning, Recipient, ResourceId};
use crate::origins::{Selection, Selects};
use crate::terms::effect::RuleEffect;
use crate::terms::legal_basis::LegalBasis;
use crate::terms::root::Root;
use std::collections::{BTreeMap, BTreeSet};

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) controllers: bool,
    pub(super) processors: bool,
    pub(super) basis: bool,
    pub(super) purposes: bool,
    pub(super) data: bool,
    /// By resource.
    over: BTreeMap<ResourceId, Named>,
    /// What every policy with a `where` names.
    anywhere: Named,
}

/// Constants that conditions name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) values: BTreeSet<(EnumId, u32)>,
    pub(super) bases: BTreeSet<LegalBasis>,
}

impl Read {
    /// What the rules over a resource name.
    pub(super) fn of(&self, id: ResourceId) -> &Named {
        self.over.get(&id).unwrap_or(&self.anywhere)
    }
}

/// What the rules and conditions of a bundle read. What a `where` reads is asked where it is answered anew.
pub(super) fn of(meaning: &Meaning, selections: &[Selection]) -> Read {
    let mut read = Read::default();
    for selection in selections {
        if let Selects::Every { condition: Some(condition), .. } = &selection.says {
            named(condition, meaning, &mut read.anywhere);
        }
    }
    for at in 0..meaning.resources.len() {
        read.over.insert(at.into(), read.anywhere.clone());
    }
    let rules = meaning.rules.iter().filter(|rule| rule.effect != RuleEffect::Never);
    for rule in rules {
        read.controllers |= rule.to == Some(Recipient::Controller);
        read.processors |= rule.to == Some(Recipient::Processor);
        let Some(when) = &rule.when else { continue };
        walk(when, &mut read);
        for id in rule.scopes.iter().flat_map(|scope| &scope.on) {
            named(when, meaning, read.over.entry(*id).or_default());
        }
    }
    meaning.conditions.iter().for_each(|named| walk(&named.body.says, &mut read));
    for retain in meaning.resources.iter().flat_map(|named| &named.versions).filter_map(|body| body.retain.as_ref()) {
        walk(&retain.kept, &mut read);
        walk(&retain.overdue, &mut read);
    }
    let packages = meaning.packages.iter().flat_map(|named| &named.versions);
    for version in packages {
        version.grants.iter().filter_map(|grant| grant.when.as_deref()).for_each(|when| walk(when, &mut read));
        for line in &version.delegable {
            if let Line::To { when: Some(when), .. } = line {
                walk(when, &mut read);
            }
        }
    }
    read
}

fn walk(says: &Expression, read: &mut Read) {
    let mut waiting = vec![says];
    while let Some(next) = waiting.pop() {
        match next {
            Expression::Is { what: IsWhat::Controller, .. } => read.controllers = true,
            Expression::Is { what: IsWhat::Processor, .. } => read.processors = true,
            Expression::Attribute(of, name) if **of == Expression::Root(Root::Resource) => match &**name {
                "basis" => read.basis = true,
                "purposes" => read.purposes = true,
                "data" => read.data = true,
                _ => {}
            },
            _ => {}
        }
        waiting.extend(next.parts());
    }
}

/// What a condition names, with the conditions that it names.
fn named(says: &Expression, meaning: &Meaning, found: &mut Named) {
    let mut known: BTreeSet<ConditionId> = BTreeSet::new();
    let mut waiting = vec![says];
    while let Some(next) = waiting.pop() {
        match next {
            Expression::Value(Constant::Enum(id, at)) => drop(found.values.insert((*id, *at))),
            Expression::Value(Constant::Basis(basis)) => drop(found.bases.insert(basis.clone())),
            Expression::Condition(id) if known.insert(*id) => {
                waiting.extend(meaning.condition(*id).map(|named| &named.body.says));
            }
            _ => {}
        }
        waiting.extend(next.parts());
    }
}

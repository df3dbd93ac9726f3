//! What of a service or a register decisions read at all: a value that nothing reads has no mutants, as none could be told
//! from it.

use crate::ir::{Expression, IsWhat, Line, Meaning, Recipient};
use crate::terms::effect::RuleEffect;
use crate::terms::root::Root;

/// What is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) controllers: bool,
    pub(super) processors: bool,
    pub(super) basis: bool,
    pub(super) purposes: bool,
    pub(super) data: bool,
}

/// What the rules and conditions of a bundle read. (Selections by `where` were made when it was compiled.)
pub(super) fn of(meaning: &Meaning) -> Read {
    let mut read = Read::default();
    let rules = meaning.rules.iter().filter(|rule| rule.effect != RuleEffect::Never);
    for rule in rules {
        read.controllers |= rule.to == Some(Recipient::Controller);
        read.processors |= rule.to == Some(Recipient::Processor);
        rule.when.iter().for_each(|when| walk(when, &mut read));
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

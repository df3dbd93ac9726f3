//! What the conditions of rules read of what is dear to find out, or changes with the element: read off the bundle once.
//! Evaluates nothing.

use crate::ir::{ConditionId, Expression, Meaning, PackageId, ResourceId, RuleId};
use crate::terms::root::Root;

/// What one expression reads itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads<'b> {
    /// The element; also through the conditions that it names.
    pub(super) element: bool,
    /// Packages that it asks about.
    pub(super) packages: Vec<PackageId>,
    /// Decisions that it asks for.
    pub(super) permitted: Vec<(ResourceId, &'b str)>,
    /// Conditions that it names.
    pub(super) conditions: Vec<ConditionId>,
}

/// What all rules and named conditions read.
#[derive(Debug)]
pub(super) struct Reading<'b> {
    rules: Vec<Reads<'b>>,
    conditions: Vec<Reads<'b>>,
}

impl<'b> Reading<'b> {
    /// Reads every condition once. Linear in the size of the bundle.
    pub(super) fn of(meaning: &'b Meaning) -> Self {
        let conditions = meaning.conditions.iter().map(|named| Reads::of(Some(&named.body.says)));
        let rules = meaning.rules.iter().map(|rule| Reads::of(rule.when.as_ref()));
        let mut reading = Reading { conditions: conditions.collect(), rules: rules.collect() };
        reading.find_readers_of_the_element();
        reading
    }

    pub(super) fn rule(&self, id: RuleId) -> Option<&Reads<'b>> {
        self.rules.get(id.index())
    }

    pub(super) fn condition(&self, id: ConditionId) -> Option<&Reads<'b>> {
        self.conditions.get(id.index())
    }

    fn find_readers_of_the_element(&mut self) {
        let mut named_by: Vec<Vec<usize>> = vec![Vec::new(); self.conditions.len()];
        for (at, reads) in self.conditions.iter().enumerate() {
            for named in &reads.conditions {
                if let Some(by) = named_by.get_mut(named.index()) {
                    by.push(at);
                }
            }
        }
        let readers = self.conditions.iter().enumerate().filter(|(_, reads)| reads.element);
        let mut waiting: Vec<usize> = readers.map(|(at, _)| at).collect();
        while let Some(at) = waiting.pop() {
            for by in named_by.get(at).into_iter().flatten() {
                if let Some(reads) = self.conditions.get_mut(*by).filter(|reads| !reads.element) {
                    reads.element = true;
                    waiting.push(*by);
                }
            }
        }
        let conditions = &self.conditions;
        for rule in &mut self.rules {
            rule.element |= rule.conditions.iter().any(|id| conditions.get(id.index()).is_some_and(|one| one.element));
        }
    }
}

impl<'b> Reads<'b> {
    /// What an expression reads itself.
    pub(super) fn of(expression: Option<&'b Expression>) -> Self {
        let mut reads = Reads::default();
        let mut waiting: Vec<&'b Expression> = expression.into_iter().collect();
        while let Some(next) = waiting.pop() {
            match next {
                Expression::Or(parts) | Expression::And(parts) | Expression::List(parts) => waiting.extend(parts),
                Expression::Not(part) | Expression::Attribute(part, _) => waiting.push(part),
                Expression::Compare(_, sides) => waiting.extend([&sides.0, &sides.1]),
                Expression::Is { who, party, .. } => {
                    waiting.push(who);
                    waiting.extend(party.as_deref());
                }
                Expression::Holds { who, package, party } => {
                    reads.packages.push(*package);
                    waiting.extend([&**who, party]);
                }
                Expression::Each { set, body, .. } => waiting.extend([&**set, body]),
                Expression::Shift { from, by, .. } => waiting.extend([&**from, by]),
                Expression::Permitted { resource, action } => reads.permitted.push((*resource, action)),
                Expression::Condition(id) => reads.conditions.push(*id),
                Expression::Root(root) => reads.element |= *root == Root::Element,
                Expression::Variable(_) | Expression::Value(_) | Expression::Undecided => {}
            }
        }
        reads
    }
}

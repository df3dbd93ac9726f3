//! What the conditions of a bundle speak of, and the named conditions themselves, none of which comes back to itself.

use super::circles::Graph;
use super::expression::{Reader, Reads, bit, declared_type};
use super::forms::Once;
use super::{Entry, Reading, text, tree};
use crate::intake::attributes;
use crate::ir::{self, Attributes, Defined, Expression};
use crate::terms::{
    limit,
    root::{BuiltIn, Root},
};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// Where a condition stands: what it may read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Grant,
    Line,
    Rule,
    Retention,
    Alone,
}

impl Stands {
    fn roots(self) -> &'static [Root] {
        use Root as R;
        match self {
            Stands::Grant => &[R::Holder, R::Party, R::Now, R::Today],
            Stands::Line => &[R::Giver, R::Receiver, R::Party, R::Delegation, R::Now, R::Today],
            Stands::Rule => &[R::Subject, R::Party, R::Context, R::Record, R::Resource, R::Element, R::Now, R::Today],
            Stands::Retention => &[R::Record, R::Resource, R::Now, R::Today],
            Stands::Alone => Root::ALL,
        }
    }

    fn may_ask(self) -> bool {
        matches!(self, Stands::Rule | Stands::Alone)
    }
}

impl<'s> Reading<'s> {
    /// Enums, then all that has types.
    pub(super) fn vocabulary(
        &mut self,
        enums: &[Entry<'s>],
        entities: &[Entry<'s>],
        built_in: &[Entry<'s>],
        obligations: &[Entry<'s>],
    ) {
        for (name, value) in enums {
            let Some(of) = self.parse::<text::Enum>(value.get()) else { continue };
            let distinct: BTreeSet<&Box<str>> = of.values.iter().collect();
            if distinct.len() < of.values.len() {
                self.finding::<()>(value, format!("a value of `{name}` stands twice"));
            }
            let body = ir::Enum { ascending: of.ascending, values: of.values };
            self.names.enums.push(Defined { name: name.clone(), body });
        }
        for (name, _) in entities {
            let body = ir::Entity { attributes: Attributes::new() };
            self.names.entities.push(Defined { name: name.clone(), body });
        }
        for (at, (_, value)) in entities.iter().enumerate() {
            let Some(of) = self.parse::<text::Entity<'s>>(value.get()) else { continue };
            let attributes = self.attributes(of.attributes);
            if let Some(defined) = self.names.entities.get_mut(at) {
                defined.body.attributes = attributes;
            }
        }
        for (word, value) in built_in {
            let Some(one) = BuiltIn::from_word(word) else {
                self.finding::<()>(value, format!("`{word}` is no entity that every bundle has"));
                continue;
            };
            let Some(said) = self.parse::<Once<&'s RawValue>>(value.get()) else { continue };
            let said = self.attributes(said);
            let given =
                |name: &str| attributes::of_name(one, name, &self.names).is_some() || attributes::follows(one, name);
            if let Some(name) = said.keys().find(|name| given(name)) {
                let name = name.clone();
                self.finding::<()>(value, format!("every {word} has `{name}` already"));
            }
            self.names.built_in.insert(one, said);
        }
        for (name, value) in obligations {
            let Some(of) = self.parse::<text::Obligation<'s>>(value.get()) else { continue };
            let parameters = self.attributes(of.parameters);
            self.names.obligations.push(Defined { name: name.clone(), body: ir::Obligation { parameters } });
        }
    }

    fn attributes(&mut self, said: Once<&'s RawValue>) -> Attributes {
        let mut attributes = Attributes::new();
        for (name, raw) in said.0 {
            match tree::read(raw.get()).and_then(|tree| declared_type(&self.names, &tree)) {
                Ok(of) => drop(attributes.insert(name, of)),
                Err(why) => drop(self.finding::<()>(raw, why)),
            }
        }
        attributes
    }

    /// The named conditions, and what each reads with all that it names.
    pub(super) fn conditions(&mut self, conditions: &[Entry<'s>]) {
        let nothing = || ir::Condition { says: Expression::Undecided };
        self.names.conditions =
            conditions.iter().map(|(name, _)| Defined { name: name.clone(), body: nothing() }).collect();
        for (at, (_, value)) in conditions.iter().enumerate() {
            let said = self.parse::<text::Condition<'s>>(value.get());
            let read = said.and_then(|said| self.condition(said.says, Stands::Alone));
            let (says, reads) = read.unwrap_or((Expression::Undecided, Reads::default()));
            if let Some(defined) = self.names.conditions.get_mut(at) {
                defined.body.says = says;
            }
            self.conditions.push(reads);
        }
        let mut graph = Graph::default();
        for reads in &self.conditions {
            graph.node(reads.depth);
        }
        for (at, reads) in self.conditions.iter().enumerate() {
            for (other, depth) in &reads.conditions {
                graph.names(at, other.index(), *depth);
            }
        }
        let (depths, order) = match graph.depths() {
            Ok(found) => found,
            Err(at) => {
                let Some((name, value)) = conditions.get(at) else { return };
                self.finding::<()>(value, format!("the condition `{name}` comes back to itself"));
                return;
            }
        };
        for at in order {
            let named: Vec<usize> = self
                .conditions
                .get(at)
                .into_iter()
                .flat_map(|reads| reads.conditions.keys())
                .map(|id| id.index())
                .collect();
            for other in named {
                let Some((roots, asks, retention)) =
                    self.conditions.get(other).map(|other| (other.roots, other.asks, other.retention))
                else {
                    continue;
                };
                if let Some(reads) = self.conditions.get_mut(at) {
                    reads.roots |= roots;
                    reads.asks |= asks;
                    reads.retention |= retention;
                }
            }
            let depth = depths.get(at).copied().unwrap_or(0);
            if depth > limit::CONDITION_DEPTH
                && let Some((name, value)) = conditions.get(at)
            {
                self.finding::<()>(value, format!("`{name}` is nested too deep, with all that it names"));
                return;
            }
        }
        self.depths = depths;
    }

    /// A condition that stands there; with what it reads by itself.
    pub(super) fn condition(&mut self, raw: &'s RawValue, stands: Stands) -> Option<(Expression, Reads)> {
        let read = tree::read(raw.get()).and_then(|tree| {
            let mut reader = Reader::new(&self.names);
            let says = reader.truth(&tree)?;
            Ok((says, reader.reads))
        });
        let (says, reads) = match read {
            Ok(read) => read,
            Err(why) => return self.finding(raw, why),
        };
        if stands == Stands::Alone {
            return Some((says, reads));
        }
        let named: Vec<&Reads> = reads.conditions.keys().filter_map(|id| self.conditions.get(id.index())).collect();
        let all = named.iter().fold(reads.roots, |roots, named| roots | named.roots);
        let allowed = stands.roots().iter().fold(0, |roots, root| roots | bit(*root));
        let asks = reads.asks || named.iter().any(|named| named.asks);
        let retention = reads.retention || named.iter().any(|named| named.retention);
        let deep = |(id, at): (&ir::ConditionId, &usize)| self.depths.get(id.index()).map(|depth| depth + at);
        let depth = reads.conditions.iter().filter_map(deep).max().unwrap_or(0);
        if let Some(root) = Root::ALL.iter().find(|root| all & bit(**root) & !allowed != 0) {
            return self.finding(raw, format!("a condition that stands here does not read `{}`", root.word()));
        }
        if asks && !stands.may_ask() {
            return self.finding(raw, "a condition that stands here asks neither `holds` nor `permitted`".to_owned());
        }
        if retention && stands == Stands::Retention {
            return self.finding(raw, "how long a record is kept hangs on how long it is kept".to_owned());
        }
        if depth > limit::CONDITION_DEPTH {
            return self.finding(raw, "the condition is nested too deep, with all that it names".to_owned());
        }
        Some((says, reads))
    }

    /// A condition that may be left out.
    pub(super) fn when(&mut self, raw: Option<&'s RawValue>, stands: Stands) -> Option<Option<Box<Expression>>> {
        match raw {
            None => Some(None),
            Some(raw) => self.condition(raw, stands).map(|(says, _)| Some(Box::new(says))),
        }
    }
}

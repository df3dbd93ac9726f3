//! What asks for what: an action is asked of the rules about it, a rule of its condition, a condition of those that it names
//! and of the actions behind `permitted`. How deep that goes. Raises no finding.

use super::circle::Edge;
use super::context::Context;
use super::expressions::{Home, parts, written};
use crate::model::{Expression, SymbolId, Term};
use crate::source::Place;
use crate::terms::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// Something that asks, or is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node<'c> {
    /// An action of a resource.
    Action(SymbolId, &'c str),
    /// A rule by its number.
    Rule(usize),
    /// A named condition.
    Condition(SymbolId),
    /// Another condition, by its number among all that are written.
    Other(usize),
}

/// All of it.
#[derive(Default)]
pub(super) struct Graph<'c> {
    numbers: BTreeMap<Node<'c>, usize>,
    /// The nodes.
    pub(super) nodes: Vec<Node<'c>>,
    /// What each asks for; whatever the time.
    pub(super) edges: Vec<Vec<Edge>>,
    /// How deep in its condition each of these stands.
    depths: Vec<Vec<usize>>,
    /// How deep the condition of each is by itself, and where it stands.
    own: Vec<(usize, Option<Place>)>,
}

impl<'c> Graph<'c> {
    /// Of a whole catalog.
    pub(super) fn new(context: &Context<'c>) -> Self {
        let (catalog, rules) = (context.catalog, context.rules());
        let mut graph = Graph::default();
        for (at, one) in written(catalog).enumerate() {
            match one.home {
                Home::Condition(name) => graph.read(Node::Condition(name), one.says),
                Home::Rule(_) => {}
                Home::Grant | Home::Delegable | Home::Retain => graph.read(Node::Other(at), one.says),
            }
        }
        let mut asking: BTreeSet<usize> = BTreeSet::new();
        for (at, owned) in rules.all() {
            if let Some(when) = &owned.rule.when {
                graph.read(Node::Rule(at), when);
                asking.insert(at);
            }
        }
        if !graph.nodes.iter().any(|node| matches!(node, Node::Action(..))) {
            return graph;
        }
        for (at, resource) in catalog.resources.iter().enumerate() {
            for (rule, owned) in rules.over(at).filter(|(rule, _)| asking.contains(rule)) {
                for action in resource.actions.iter().filter(|action| owned.names(&action.name.value)) {
                    let from = Node::Action(resource.declared.symbol, &action.name.value);
                    // What nobody asks for leads nowhere.
                    if graph.numbers.contains_key(&from) {
                        graph.edge(from, Node::Rule(rule), owned.rule.place, 1);
                    }
                }
            }
        }
        graph
    }

    fn number(&mut self, node: Node<'c>) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.nodes.push(node);
            self.edges.push(Vec::new());
            self.depths.push(Vec::new());
            self.own.push((0, None));
        }
        number
    }

    fn edge(&mut self, from: Node<'c>, to: Node<'c>, place: Place, depth: usize) {
        let (from, to) = (self.number(from), self.number(to));
        if let (Some(edges), Some(depths)) = (self.edges.get_mut(from), self.depths.get_mut(from)) {
            edges.push(Edge { to, place, period: Period::ALWAYS });
            depths.push(depth);
        }
    }

    /// Reads a condition: what it asks for, and how deep it is.
    fn read(&mut self, from: Node<'c>, says: &'c Expression) {
        let number = self.number(from);
        let mut deepest = 0;
        let mut open = vec![(says, 1)];
        while let Some((part, depth)) = open.pop() {
            deepest = deepest.max(depth);
            match &part.says {
                Term::Permitted { resource, action } => {
                    self.edge(from, Node::Action(*resource, action), part.place, depth);
                }
                Term::Condition(name) => self.edge(from, Node::Condition(*name), part.place, depth),
                _ => parts(part, |inner| open.push((inner, depth + 1))),
            }
        }
        if let Some(own) = self.own.get_mut(number) {
            *own = (own.0.max(deepest), own.1.or(Some(says.place)));
        }
    }

    /// The first conditions, with their places, that are deeper than this with all that they ask for, while all that these
    /// ask for is not. Nothing where there is a circle.
    pub(super) fn deeper_than(&self, most: usize) -> Vec<Place> {
        let mut waiting: Vec<usize> = self.edges.iter().map(Vec::len).collect();
        let mut askers: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.nodes.len()];
        for (from, (edges, depths)) in self.edges.iter().zip(&self.depths).enumerate() {
            for (edge, depth) in edges.iter().zip(depths) {
                if let Some(askers) = askers.get_mut(edge.to) {
                    askers.push((from, *depth));
                }
            }
        }
        let mut deep: Vec<usize> = self.own.iter().map(|(own, _)| *own).collect();
        let mut ready: Vec<usize> = (0..waiting.len()).filter(|at| waiting.get(*at) == Some(&0)).collect();
        let mut found = Vec::new();
        while let Some(at) = ready.pop() {
            let mut depth = deep.get(at).copied().unwrap_or(0);
            if depth > most {
                found.extend(self.own.get(at).and_then(|(_, place)| *place));
                // What asks for it is no deeper by a fault of its own.
                depth = 0;
            }
            for (asker, below) in askers.get(at).into_iter().flatten() {
                if let (Some(deep), Some(left)) = (deep.get_mut(*asker), waiting.get_mut(*asker)) {
                    *deep = (*deep).max(below + depth);
                    *left -= 1;
                    if *left == 0 {
                        ready.push(*asker);
                    }
                }
            }
        }
        found.sort();
        found
    }
}

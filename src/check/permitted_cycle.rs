//! FM0323: `permitted` in a circle: an action that is permitted where another is, which is permitted where the first is. At
//! whatever time: a circle has no answer. Each knot of circles is one finding.

use super::circle::{Edge, circle, knots};
use super::context::{Context, quoted};
use super::expressions::walk;
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, SymbolId, Term};
use crate::source::Place;
use crate::terms::period::Period;
use std::collections::{BTreeMap, BTreeSet};

/// What leads to what: an action to the rules about it, a rule to what its condition asks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Node<'c> {
    Action(SymbolId, &'c str),
    Rule(usize),
    Condition(SymbolId),
}

#[derive(Default)]
struct Graph<'c> {
    numbers: BTreeMap<Node<'c>, usize>,
    nodes: Vec<Node<'c>>,
    edges: Vec<Vec<Edge>>,
}

impl<'c> Graph<'c> {
    fn number(&mut self, node: Node<'c>) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(node).or_insert(next);
        if number == next {
            self.nodes.push(node);
            self.edges.push(Vec::new());
        }
        number
    }

    fn edge(&mut self, from: Node<'c>, to: Node<'c>, place: Place) {
        let (from, to) = (self.number(from), self.number(to));
        if let Some(edges) = self.edges.get_mut(from) {
            edges.push(Edge { to, place, period: Period::ALWAYS });
        }
    }

    /// What a condition asks.
    fn asks(&mut self, from: Node<'c>, says: &'c Expression) {
        walk(says, |part| match &part.says {
            Term::Permitted { resource, action } => self.edge(from, Node::Action(*resource, action), part.place),
            Term::Condition(name) => self.edge(from, Node::Condition(*name), part.place),
            _ => {}
        });
    }
}

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let (catalog, rules) = (context.catalog, context.rules());
    let mut graph = Graph::default();
    for condition in &catalog.conditions {
        graph.asks(Node::Condition(condition.declared.symbol), &condition.says);
    }
    let mut asking: BTreeSet<usize> = BTreeSet::new();
    for (at, owned) in rules.all() {
        let Some(when) = &owned.rule.when else { continue };
        let before = graph.nodes.len();
        graph.asks(Node::Rule(at), when);
        if graph.nodes.len() > before {
            asking.insert(at);
        }
    }
    if !graph.nodes.iter().any(|node| matches!(node, Node::Action(..))) {
        return;
    }
    for (at, resource) in catalog.resources.iter().enumerate() {
        for (rule, owned) in rules.over(at).filter(|(rule, _)| asking.contains(rule)) {
            for action in resource.actions.iter().filter(|action| owned.names(&action.name.value)) {
                let from = Node::Action(resource.declared.symbol, &action.name.value);
                graph.edge(from, Node::Rule(rule), owned.rule.place);
            }
        }
    }
    for knot in knots(&graph.edges) {
        if let Some(circle) = circle(&graph.edges, &knot) {
            findings.extend(finding(context, &graph.nodes, &circle));
        }
    }
}

/// `None` for a circle of named conditions alone, which is told where names are looked up.
fn finding(context: &Context<'_>, nodes: &[Node<'_>], circle: &[(usize, Edge)]) -> Option<Diagnostic> {
    let node = |number: usize| nodes.get(number).copied();
    let steps: Vec<(Node<'_>, Edge)> =
        circle.iter().filter_map(|(number, edge)| Some((node(*number)?, *edge))).collect();
    let from = steps.iter().position(|(node, _)| matches!(node, Node::Action(..)))?;
    let names: Vec<String> = steps
        .iter()
        .cycle()
        .skip(from)
        .take(steps.len())
        .filter_map(|(node, _)| match node {
            Node::Action(resource, action) => Some(quoted(&format!("{}.{action}", context.name(*resource)))),
            _ => None,
        })
        .collect();
    let message = match names.as_slice() {
        [one] => format!("{one} is permitted where it is permitted itself"),
        [one, two] => format!("{one} and {two} are permitted where the other is"),
        [one, two, rest @ ..] => {
            format!("{one}, {two} and {} more are permitted in a circle, each where the next is", rest.len())
        }
        [] => return None,
    };
    // Marked is where the first asks for the next.
    let mut asked = steps
        .iter()
        .cycle()
        .skip(from)
        .take(steps.len())
        .filter_map(|(_, edge)| matches!(node(edge.to)?, Node::Action(..)).then_some(edge.place));
    let mut finding = Diagnostic::new(&codes::PERMITTED_CYCLE, message, asked.next()?)
        .label("asks for what is asked here")
        .help("take one of these conditions out");
    for place in asked.take(7) {
        finding = finding.related("asked in the same circle", place);
    }
    Some(finding)
}

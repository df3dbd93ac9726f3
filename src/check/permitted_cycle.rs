//! FM0323: `permitted` in a circle: an action that is permitted where another is, which is permitted where the first is. At
//! whatever time: a circle has no answer. Each knot of circles is one finding.

use super::asking::{Graph, Node};
use super::circle::{Edge, circle, knots};
use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let graph = Graph::new(context);
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
        [one] => format!("whether {one} is permitted hangs on itself"),
        [one, two] => format!("whether {one} and {two} are permitted hangs on each other"),
        [one, two, rest @ ..] => {
            format!("whether {one}, {two} and {} more are permitted hangs on each other in a circle", rest.len())
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
        .label("in the end this asks for itself")
        .help("take one of these conditions out");
    for place in asked.take(7) {
        finding = finding.related("asked in the same circle", place);
    }
    Some(finding)
}

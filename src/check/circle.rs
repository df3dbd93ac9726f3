//! Circles in a graph whose edges are in force at times: its knots, and a shortest circle in each. Knows no declaration.

use crate::source::Place;
use crate::terms::period::Period;
use std::collections::{BTreeSet, VecDeque};

/// On how many days that an edge begins a knot is looked at; a knot of more has its later days unread.
const DAYS: usize = 32;

/// An edge to a node by its number.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    /// The node.
    pub(super) to: usize,
    /// Where it is said.
    pub(super) place: Place,
    /// When it is in force.
    pub(super) period: Period,
}

/// The strongly connected parts of more than one node, or of one with an edge to itself (Tarjan, with a stack of its own).
pub(super) fn knots(edges: &[Vec<Edge>]) -> Vec<BTreeSet<usize>> {
    let mut index: Vec<Option<usize>> = vec![None; edges.len()];
    let mut low: Vec<usize> = vec![0; edges.len()];
    let mut on_stack: Vec<bool> = vec![false; edges.len()];
    let (mut stack, mut next, mut knots) = (Vec::new(), 0, Vec::new());
    for root in 0..edges.len() {
        let mut work = vec![(root, 0)];
        while let Some((node, at)) = work.pop() {
            let (Some(own_index), Some(out)) = (index.get_mut(node), edges.get(node)) else { continue };
            if at == 0 {
                if own_index.is_some() {
                    continue;
                }
                *own_index = Some(next);
                set(&mut low, node, next);
                set(&mut on_stack, node, true);
                stack.push(node);
                next += 1;
            } else if let Some(edge) = out.get(at - 1) {
                let below = get(&low, edge.to).min(get(&low, node));
                if get(&on_stack, edge.to) {
                    set(&mut low, node, below);
                }
            }
            if let Some(edge) = out.get(at) {
                work.push((node, at + 1));
                match index.get(edge.to).copied().flatten() {
                    None => work.push((edge.to, 0)),
                    Some(seen) if get(&on_stack, edge.to) => {
                        let lower = seen.min(get(&low, node));
                        set(&mut low, node, lower);
                    }
                    Some(_) => {}
                }
            } else if index.get(node).copied().flatten() == Some(get(&low, node)) {
                let mut knot = BTreeSet::new();
                while let Some(member) = stack.pop() {
                    set(&mut on_stack, member, false);
                    knot.insert(member);
                    if member == node {
                        break;
                    }
                }
                if knot.len() > 1 || out.iter().any(|edge| edge.to == node) {
                    knots.push(knot);
                }
            }
        }
    }
    knots
}

fn get<T: Copy + Default>(of: &[T], at: usize) -> T {
    of.get(at).copied().unwrap_or_default()
}

fn set<T>(of: &mut [T], at: usize, value: T) {
    if let Some(place) = of.get_mut(at) {
        *place = value;
    }
}

/// A shortest circle in a knot whose edges are in force on one day, from its first node: the nodes with the edge of each
/// to the next. A circle that is whole on some day is whole on a day that one of its edges begins.
pub(super) fn circle(edges: &[Vec<Edge>], knot: &BTreeSet<usize>) -> Option<Vec<(usize, Edge)>> {
    let inner = |node: usize| edges.get(node).into_iter().flatten().filter(|edge| knot.contains(&edge.to));
    let days: BTreeSet<_> = knot.iter().flat_map(|node| inner(*node)).map(|edge| edge.period.from).collect();
    for day in days.into_iter().take(DAYS) {
        let in_force = |period: Period| match day {
            Some(day) => period.has(day),
            None => period.from.is_none(),
        };
        let today: Vec<Vec<Edge>> = (0..edges.len())
            .filter(|node| knot.contains(node))
            .map(|node| inner(node).filter(|edge| in_force(edge.period)).copied().collect())
            .collect();
        // Numbers within the knot, so that the work is that of the knot alone.
        let numbers: Vec<usize> = knot.iter().copied().collect();
        let within: Vec<Vec<Edge>> = today
            .into_iter()
            .map(|out| {
                out.into_iter()
                    .filter_map(|edge| Some(Edge { to: numbers.binary_search(&edge.to).ok()?, ..edge }))
                    .collect()
            })
            .collect();
        let Some(first) = knots(&within).into_iter().filter_map(|knot| knot.first().copied()).min() else { continue };
        let circle = shortest(&within, first)?;
        return Some(circle.into_iter().map(|(node, edge)| (get(&numbers, node), edge)).collect());
    }
    None
}

/// The shortest way from a node back to itself.
fn shortest(edges: &[Vec<Edge>], start: usize) -> Option<Vec<(usize, Edge)>> {
    let mut came: Vec<Option<(usize, Edge)>> = vec![None; edges.len()];
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for edge in edges.get(node).into_iter().flatten() {
            if edge.to == start {
                let mut way = vec![(node, *edge)];
                let mut at = node;
                while at != start {
                    let before = came.get(at).copied().flatten()?;
                    at = before.0;
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if let Some(place) = came.get_mut(edge.to).filter(|came| came.is_none()) {
                *place = Some((node, *edge));
                open.push_back(edge.to);
            }
        }
    }
    None
}

//! FM0309: packages granted to each other in a circle. Such a circle gives nobody anything, so something else was
//! meant. Each knot of circles is one finding, with a shortest circle in it.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Grantee, Said, SymbolId};
use crate::source::Place;
use crate::terms::period::Period;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// On how many days that a grant begins a knot is looked at; a knot of more has its later days unread.
const DAYS: usize = 32;

/// A package is granted to the holders of another.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    place: Place,
    period: Period,
}

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let is_package = |to: &Said<Grantee>| matches!(to.value, Grantee::Package(_));
    if !context.catalog.packages.iter().flat_map(|package| &package.grants).any(|grant| grant.to.iter().any(is_package))
    {
        return;
    }
    let mut numbers: BTreeMap<SymbolId, usize> = BTreeMap::new();
    let mut symbols: Vec<SymbolId> = Vec::new();
    let mut edges: Vec<Vec<Edge>> = Vec::new();
    let mut packages: Vec<_> = context.catalog.packages.iter().filter(|package| !package.declared.wounded).collect();
    packages.sort_by_key(|package| package.declared.place);
    let mut number = |symbol: SymbolId, edges: &mut Vec<Vec<Edge>>| {
        *numbers.entry(symbol).or_insert_with(|| {
            symbols.push(symbol);
            edges.push(Vec::new());
            symbols.len() - 1
        })
    };
    for package in &packages {
        number(package.declared.symbol, &mut edges);
    }
    for package in packages {
        let from = number(package.declared.symbol, &mut edges);
        for grant in package.grants.iter().filter(|grant| grant.undecided.is_none()) {
            let period =
                grant.period.as_ref().map_or(Period::ALWAYS, |period| period.value).and(package.declared.period);
            for to in grant.to.iter().filter(|_| !period.is_empty()) {
                if let Grantee::Package(other) = to.value {
                    let edge = Edge { to: number(other, &mut edges), place: to.place, period };
                    if let Some(edges) = edges.get_mut(from) {
                        edges.push(edge);
                    }
                }
            }
        }
    }
    for knot in knots(&edges) {
        if let Some(circle) = circle(&edges, &knot) {
            findings.extend(finding(context, &symbols, &circle));
        }
    }
}

/// The strongly connected parts of more than one package, or of one that is granted to itself (Tarjan, with a stack
/// of its own).
fn knots(edges: &[Vec<Edge>]) -> Vec<BTreeSet<usize>> {
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

/// A shortest circle in a knot whose grants are in force on one day, from its first package: the packages with the
/// grant of each to the next. A circle that is whole on some day is whole on a day that one of its grants begins.
fn circle(edges: &[Vec<Edge>], knot: &BTreeSet<usize>) -> Option<Vec<(usize, Edge)>> {
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

/// The shortest way from a package back to itself.
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

fn finding(context: &Context<'_>, symbols: &[SymbolId], circle: &[(usize, Edge)]) -> Option<Diagnostic> {
    let symbol = |node: usize| symbols.get(node).copied();
    let (first, edge) = circle.first()?;
    let first = symbol(*first)?;
    let names: Vec<String> =
        circle.iter().filter_map(|(node, _)| Some(quoted(context.name_beside(symbol(*node)?, first)))).collect();
    let message = match names.as_slice() {
        [one] => format!("{one} is granted to those who hold it"),
        [one, two] => format!("{one} and {two} are granted to each other"),
        [one, two, three] => format!("{one}, {two} and {three} are granted to each other in a circle"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more are granted to each other in a circle", rest.len()),
        [] => return None,
    };
    let mut finding = Diagnostic::new(&codes::GRANT_CYCLE, message, edge.place)
        .label("a circle of grants gives nobody anything")
        .help("take one of these grants out");
    for (node, edge) in circle.iter().skip(1).take(7) {
        finding = finding
            .related(format!("{} is granted here", quoted(context.name_beside(symbol(*node)?, first))), edge.place);
    }
    Some(finding)
}

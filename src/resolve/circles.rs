//! Circles: which things name each other in a round, each round once. Says it of modules; of groups, `group` does.

use super::declare::Names;
use super::findings::Findings;
use super::scope::Scope;
use crate::diag::{Diagnostic, codes};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A shortest round of each set of nodes that all reach each other, in order of its smallest node. `next` has for
/// each node those that it names.
pub(super) fn circles(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut rounds: Vec<Vec<usize>> =
        strongly_connected(next).into_iter().filter_map(|set| shortest_round(next, &set)).collect();
    rounds.sort();
    rounds
}

/// Tarjan's algorithm with a stack of its own.
fn strongly_connected(next: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
    const UNSEEN: usize = usize::MAX;
    let mut order = vec![UNSEEN; next.len()];
    let mut low = vec![UNSEEN; next.len()];
    let mut open = vec![false; next.len()];
    let mut stack: Vec<usize> = Vec::new();
    let mut sets = Vec::new();
    let mut counter = 0;
    let get = |list: &[usize], at: usize| list.get(at).copied().unwrap_or(UNSEEN);
    let set = |list: &mut [usize], at: usize, value: usize| {
        if let Some(slot) = list.get_mut(at) {
            *slot = value;
        }
    };
    for root in 0..next.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if get(&order, root) == UNSEEN {
            path.push((root, 0));
        }
        while let Some((node, edge)) = path.pop() {
            if edge == 0 {
                set(&mut order, node, counter);
                set(&mut low, node, counter);
                counter += 1;
                stack.push(node);
                if let Some(slot) = open.get_mut(node) {
                    *slot = true;
                }
            }
            match next.get(node).and_then(|edges| edges.get(edge)).copied() {
                Some(other) => {
                    path.push((node, edge + 1));
                    if get(&order, other) == UNSEEN {
                        path.push((other, 0));
                    } else if open.get(other).copied().unwrap_or(false) {
                        let lower = get(&low, node).min(get(&order, other));
                        set(&mut low, node, lower);
                    }
                }
                None => {
                    if get(&low, node) == get(&order, node) {
                        let mut found = BTreeSet::new();
                        while let Some(member) = stack.pop() {
                            if let Some(slot) = open.get_mut(member) {
                                *slot = false;
                            }
                            found.insert(member);
                            if member == node {
                                break;
                            }
                        }
                        sets.push(found);
                    }
                    if let Some((above, _)) = path.last().copied() {
                        let lower = get(&low, above).min(get(&low, node));
                        set(&mut low, above, lower);
                    }
                }
            }
        }
    }
    sets
}

/// From the smallest node back to itself, within the set.
fn shortest_round(next: &[Vec<usize>], set: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let start = *set.first()?;
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        for other in next.get(node).into_iter().flatten().copied().filter(|other| set.contains(other)) {
            if other == start {
                let mut round = vec![node];
                let mut at = node;
                while let Some(before) = came_from.get(&at).copied() {
                    round.push(before);
                    at = before;
                }
                round.reverse();
                return Some(round);
            }
            if let std::collections::btree_map::Entry::Vacant(slot) = came_from.entry(other) {
                slot.insert(node);
                waiting.push_back(other);
            }
        }
    }
    None
}

/// `a`, `b` and `c`, at most five of them.
pub(super) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let shown: Vec<String> = names.take(5).map(|name| format!("`{name}`")).collect();
    match shown.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        all if count > all.len() => format!("{} and {} more", all.join(", "), count - all.len()),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Modules that use each other in a circle.
pub(super) fn report_imports(names: &Names<'_, '_>, scopes: &[Scope], findings: &mut Findings<'_>) {
    let next: Vec<Vec<usize>> =
        scopes.iter().map(|scope| scope.uses.iter().map(|used| used.value.0 as usize).collect()).collect();
    for round in circles(&next) {
        let edges: Vec<_> = round
            .iter()
            .zip(round.iter().cycle().skip(1))
            .filter_map(|(from, to)| {
                let used = scopes.get(*from)?.uses.iter().find(|used| used.value.0 as usize == *to)?;
                Some((&*names.units.get(*from)?.name, &*names.units.get(*to)?.name, used.place))
            })
            .collect();
        let [(from, to, place), others @ ..] = edges.as_slice() else { continue };
        let message = if others.is_empty() {
            format!("module `{from}` uses itself")
        } else {
            format!("modules {} use each other in a circle", listed(edges.iter().map(|(from, _, _)| *from)))
        };
        let mut finding = Diagnostic::new(&codes::IMPORT_CYCLE, message, *place)
            .label(format!("`{from}` uses `{to}` here"))
            .help(if others.is_empty() {
                "leave the line out: the names of a module are known in it"
            } else {
                "move what both sides need into a module that uses none of them"
            });
        for (from, to, place) in others.iter().take(20) {
            finding = finding.related(format!("`{from}` uses `{to}` here"), *place);
        }
        findings.add(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn each_round_once() {
        assert_eq!(circles(&[vec![1], vec![2], vec![0, 1], vec![0], vec![4]]), [vec![0, 1, 2], vec![4]]);
        assert!(circles(&[vec![1, 2], vec![2], vec![]]).is_empty());
    }

    #[test]
    fn a_long_round_needs_no_deep_stack() {
        let next: Vec<Vec<usize>> = (0..100_000).map(|at| vec![(at + 1) % 100_000]).collect();
        assert_eq!(circles(&next).len(), 1);
    }
}

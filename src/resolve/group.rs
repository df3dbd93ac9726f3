//! Groups → the roles that they stand for, groups within groups too. A circle of groups is harmless (each stands for
//! the roles of all) and is told once. Links nothing but members.

use super::circles::{circles, listed};
use super::lookup::{Lookup, MEMBER};
use super::scope::full;
use crate::diag::{Diagnostic, codes};
use crate::model::{Said, Sort, SymbolId};
use crate::source::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// So many links may all groups and all that name them stand for in one build: a thousand real builds have fewer, and
/// without a limit a short text makes any number of them.
const LINKS: usize = 2_000_000;

/// The members of a declaration as written.
pub(super) struct Written {
    pub(super) members: Vec<Said<SymbolId>>,
    /// A member could not be linked, or a part of the text was lost.
    pub(super) lost: bool,
}

/// What a group stands for.
#[derive(Clone, Default)]
pub(super) struct Expanded {
    pub(super) roles: Vec<SymbolId>,
    /// Some of it was lost, here or in a group within it.
    pub(super) lost: bool,
}

/// All groups of a build.
pub(super) struct Groups {
    /// Of each entry that is a group.
    pub(super) written: BTreeMap<usize, Written>,
    by_symbol: FxHashMap<SymbolId, Vec<usize>>,
    expanded: FxHashMap<SymbolId, Expanded>,
    left: usize,
    told: bool,
}

/// Links the members of all groups, and tells their circles.
pub(super) fn groups(lookup: &mut Lookup<'_, '_, '_, '_, '_>) -> Groups {
    let names = lookup.names;
    let mut groups = Groups {
        written: BTreeMap::new(),
        by_symbol: FxHashMap::default(),
        expanded: FxHashMap::default(),
        left: LINKS,
        told: false,
    };
    let mut order: Vec<SymbolId> = Vec::new();
    for (at, entry) in names.entries.iter().enumerate().filter(|(_, entry)| entry.sort() == Sort::Group) {
        let mut written = Written { members: Vec::new(), lost: entry.torn };
        for path in &entry.tree.members {
            match lookup.find(entry.module, path, &MEMBER) {
                Some(value) => {
                    written.members.push(Said { value, place: lookup.place(entry.module, path.span) });
                }
                None => written.lost = true,
            }
        }
        groups.written.insert(at, written);
        groups.by_symbol.entry(entry.symbol).or_default().push(at);
        order.push(entry.symbol);
    }
    order.sort();
    order.dedup();
    tell_circles(&groups, &order, lookup);
    groups
}

fn tell_circles(groups: &Groups, order: &[SymbolId], lookup: &mut Lookup<'_, '_, '_, '_, '_>) {
    let numbers: FxHashMap<SymbolId, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let next: Vec<Vec<usize>> = order
        .iter()
        .map(|id| groups.members(*id).filter_map(|member| numbers.get(&member.value).copied()).collect())
        .collect();
    for round in circles(&next) {
        let ids: Vec<SymbolId> = round.iter().filter_map(|at| order.get(*at).copied()).collect();
        let edges: Vec<(SymbolId, SymbolId, Place)> = ids
            .iter()
            .zip(ids.iter().cycle().skip(1))
            .filter_map(|(from, to)| {
                let member = groups.members(*from).find(|member| member.value == *to)?;
                Some((*from, *to, member.place))
            })
            .collect();
        let name = |id: SymbolId| lookup.names.symbol(id).map_or("", |symbol| &*symbol.name);
        let [(from, to, place), others @ ..] = edges.as_slice() else { continue };
        let message = if others.is_empty() {
            format!("group `{}` stands in itself", name(*from))
        } else {
            format!("groups {} stand in each other in a circle", listed(ids.iter().map(|id| name(*id))))
        };
        let mut finding = Diagnostic::new(&codes::GROUP_CYCLE, message, *place)
            .label(format!("`{}` stands in `{}` here", name(*to), name(*from)))
            .help(format!("leave `{}` out here, or write the roles that are meant", name(*to)));
        for (from, to, place) in others.iter().take(20) {
            finding = finding.related(format!("`{}` stands in `{}` here", name(*to), name(*from)), *place);
        }
        lookup.findings.add(finding);
    }
}

impl Groups {
    fn members(&self, id: SymbolId) -> impl Iterator<Item = &Said<SymbolId>> {
        let entries = self.by_symbol.get(&id).into_iter().flatten();
        entries.filter_map(|at| self.written.get(at)).flat_map(|written| &written.members)
    }

    /// The roles that a group stands for; the limit counts each of them each time it is named.
    pub(super) fn expand(&mut self, id: SymbolId, place: Place, lookup: &mut Lookup<'_, '_, '_, '_, '_>) -> Expanded {
        if !self.expanded.contains_key(&id) {
            let expanded = self.walk(id, lookup);
            self.expanded.insert(id, expanded);
        }
        let cost = self.expanded.get(&id).map_or(0, |expanded| expanded.roles.len());
        if cost > self.left || self.left == 0 {
            self.tell_limit(id, place, lookup);
            return Expanded { roles: Vec::new(), lost: true };
        }
        self.left -= cost;
        self.expanded.get(&id).cloned().unwrap_or_default()
    }

    fn walk(&mut self, id: SymbolId, lookup: &Lookup<'_, '_, '_, '_, '_>) -> Expanded {
        let mut expanded = Expanded::default();
        let mut seen: FxHashSet<SymbolId> = FxHashSet::from_iter([id]);
        let mut waiting = vec![id];
        while let Some(group) = waiting.pop() {
            let mut within = Vec::new();
            let mut steps = 1;
            for at in self.by_symbol.get(&group).into_iter().flatten() {
                let Some(written) = self.written.get(at) else { continue };
                expanded.lost |= written.lost;
                steps += written.members.len();
                for member in written.members.iter().filter(|member| seen.insert(member.value)) {
                    match lookup.names.sort(member.value) {
                        Sort::Group => within.push(member.value),
                        _ => expanded.roles.push(member.value),
                    }
                }
            }
            if steps > self.left {
                self.left = 0;
                expanded.lost = true;
                return expanded;
            }
            self.left -= steps;
            waiting.extend(within.into_iter().rev());
        }
        expanded
    }

    fn tell_limit(&mut self, id: SymbolId, place: Place, lookup: &mut Lookup<'_, '_, '_, '_, '_>) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        let message = format!("the groups of this build stand for more than {LINKS} names");
        lookup.findings.add(
            Diagnostic::new(&codes::GROUPS_TOO_LARGE, message, place)
                .label(format!("`{}` is one too many", full(lookup.names, id)))
                .help("make groups smaller, or name them in fewer places"),
        );
    }
}

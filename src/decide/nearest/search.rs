//! The search: sets of changes, fewest first, each tried by `decide`; one that does not do is made larger by what mends an obstacle
//! that is left. Bounded in size and in effort; knows no rule itself.

use super::change::{Change, Holder, World};
use super::mend::{self, Goal};
use super::slice::Slice;
use super::{Blocked, Limits, Nearest, Set};
use crate::decide::index::{Decider, Index};
use crate::decide::{Action, Cause, Decision, Effect, Missing, Request};
use crate::facts::{Known, Value};
use crate::terms::period::date_in_oslo;
use std::collections::{BTreeSet, VecDeque};

/// How many more changes than the fewest a set may have that is listed.
const FURTHER: usize = 1;
/// Of what may make an undecidable request forbidden: so many changes, so many tries.
const TO_FORBID: Limits = Limits { changes: 3, sets: 1, tries: 200, whole: 0 };

/// How many facts are decided upon in all tries together.
const WORK: usize = 4_000_000;
/// How many sets are asked about all facts, where these are too many to look at.
const MOST_ASKED_AGAIN: usize = 4;

/// Finds what would permit a request.
pub(super) fn nearest(decider: &Decider<'_, '_>, request: &Request, limits: Limits) -> Nearest {
    let decision = decider.decide(request);
    if decision.effect == Effect::Permit {
        return Nearest { most_changes: limits.changes, ..Nearest::default() };
    }
    let mut slice = Slice::of(decider, request, limits.whole);
    let same = decider.index.decide(&slice.world.facts.store(), &slice.world.request);
    slice.partial |= same.cause != decision.cause;
    slice.cut |= slice.partial;
    let limits = Limits { tries: limits.tries.min(WORK / (slice.size() + 1)), ..limits };
    let mut search = Search::new(decider.index, &slice.world, Goal::Permit, limits);
    search.run();
    let may_be_forbidden = if decision.cause == Cause::Undecidable {
        let mut other = Search::new(decider.index, &slice.world, Goal::Forbid, TO_FORBID);
        other.run();
        other.found.into_iter().next()
    } else {
        None
    };
    let cut = search.cut || slice.cut;
    let blocked =
        if search.is_hopeless() && !slice.cut { blocked(search.blocked, request, &decision) } else { Vec::new() };
    let mut sets: Vec<Set> = search.found.into_iter().map(|set| slice.told(set)).collect();
    let mut may_be_forbidden = may_be_forbidden.map(|set| slice.told(set));
    if slice.partial {
        // Where only a part of what matters was looked at, all of it is asked.
        let elements = slice.world.elements;
        let whole = World { facts: decider.facts.draft(), request: request.clone(), elements };
        let all = |goal| Search::new(decider.index, &whole, goal, limits);
        sets.truncate(MOST_ASKED_AGAIN);
        sets.retain(|set| all(Goal::Permit).is_least(set));
        may_be_forbidden = may_be_forbidden.filter(|set| all(Goal::Forbid).is_least(set));
    }
    Nearest { sets, blocked, may_be_forbidden, most_changes: limits.changes, cut }
}

/// What stands in the way of every permit; where no rule, nor anything open says why, the permits that were asked.
fn blocked(found: BTreeSet<Blocked>, request: &Request, decision: &Decision) -> Vec<Blocked> {
    let open = decision.open.iter().map(|question| Blocked::Open(*question));
    let undecided = decision.missing.iter().filter_map(|missing| match missing {
        Missing::Undecided(what) => Some(Blocked::Undecided(what.clone())),
        Missing::Attribute(path) if path.starts_with("delegation.") && request.action == Action::Delegate => {
            Some(Blocked::Unsaid(path.clone()))
        }
        Missing::Role(_) | Missing::Attribute(_) => None,
    });
    let all: Vec<Blocked> = found.into_iter().chain(open).chain(undecided).collect();
    if !all.is_empty() {
        return all;
    }
    let permits = decision.traces.iter().filter_map(|trace| Some(Blocked::Permit(trace.rule?, trace.scope)));
    let permits: BTreeSet<Blocked> = permits.collect();
    if permits.is_empty() { vec![Blocked::NoWay] } else { permits.into_iter().collect() }
}

struct Search<'s, 'b> {
    index: &'s Index<'b>,
    base: &'s World,
    goal: Goal,
    limits: Limits,
    found: Vec<Set>,
    seen: BTreeSet<Set>,
    tries: usize,
    cut: bool,
    /// Would a set that was not tried have had too many changes?
    beyond: bool,
    /// May there be changes that were not thought of?
    unsure: bool,
    /// What could not be mended.
    blocked: BTreeSet<Blocked>,
}

impl<'s, 'b> Search<'s, 'b> {
    fn new(index: &'s Index<'b>, base: &'s World, goal: Goal, limits: Limits) -> Self {
        let (found, seen, blocked) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        Search { index, base, goal, limits, found, seen, tries: 0, cut: false, beyond: false, unsure: false, blocked }
    }

    /// Was everything tried that was thought of, and nothing did?
    fn is_hopeless(&self) -> bool {
        self.found.is_empty() && !self.cut && !self.beyond && !self.unsure
    }

    fn run(&mut self) {
        let mut levels: Vec<VecDeque<Set>> = vec![VecDeque::new(); self.limits.changes + 1];
        if let Some(first) = levels.first_mut() {
            first.push_back(Set::new());
        }
        let mut size = 0;
        while size < levels.len() && !self.cut {
            let fewest = self.found.iter().map(Vec::len).min();
            if fewest.is_some_and(|fewest| size > fewest + FURTHER) {
                break;
            }
            let Some(state) = levels.get_mut(size).and_then(VecDeque::pop_front) else {
                size += 1;
                continue;
            };
            self.visit(&state, &mut levels);
        }
        self.found.retain({
            let all = self.found.clone();
            move |set| !all.iter().any(|other| other.len() < set.len() && is_part(other, set))
        });
        let base = self.base;
        self.found.sort_by_cached_key(|set| {
            let mut ranks: Vec<u8> = set.iter().map(|change| change.rank(base)).collect();
            ranks.sort_unstable_by(|one, other| other.cmp(one));
            (set.len(), ranks, set.clone())
        });
    }

    fn visit(&mut self, state: &Set, levels: &mut [VecDeque<Set>]) {
        if self.found.iter().any(|found| is_part(found, state)) {
            return;
        }
        if self.tries >= self.limits.tries || self.found.len() >= self.limits.sets {
            self.cut = true;
            return;
        }
        self.tries += 1;
        let world = self.base.with(state);
        let facts = world.facts.store();
        let decider = Decider::new(self.index, &facts);
        if self.is_reached(&decider.decide(&world.request)) {
            let least = self.least(state.clone());
            if !self.found.contains(&least) {
                self.found.push(least);
            }
            return;
        }
        let mended = mend::mend(&decider, &world.request, self.goal);
        if state.is_empty() && self.goal == Goal::Permit {
            // Another party is a change for itself: nothing else is looked for with it, unless a rule asks for it.
            for party in mend::parties(&decider, &world.request) {
                let single = vec![Change::Party(party)];
                if self.reaches(&single) {
                    self.found.push(single);
                }
            }
        }
        for change in &mended.ways {
            let rank = change.rank(self.base);
            if self.goal == Goal::Forbid && rank > 0 {
                continue;
            }
            let Some(next) = joined(state, change) else { continue };
            match levels.get_mut(next.len()) {
                None => self.beyond = true,
                Some(level) => {
                    if self.seen.insert(next.clone()) {
                        level.push_back(next);
                    }
                }
            }
        }
        self.unsure |= mended.unsure;
        self.blocked.extend(mended.blocked);
    }

    fn is_reached(&self, decision: &Decision) -> bool {
        match self.goal {
            Goal::Permit => decision.effect == Effect::Permit,
            Goal::Forbid => decision.cause == Cause::Forbidden,
        }
    }

    fn reaches(&self, set: &[Change]) -> bool {
        let world = self.base.with(set);
        let facts = world.facts.store();
        self.is_reached(&self.index.decide(&facts, &world.request))
    }

    /// Do all of these, and no less?
    fn is_least(&self, set: &Set) -> bool {
        self.reaches(set)
            && (0..set.len()).all(|at| {
                let mut less = set.clone();
                less.remove(at);
                !self.reaches(&less)
            })
    }

    /// As few of the changes, and as little of each, as still do.
    fn least(&self, mut set: Set) -> Set {
        let mut at = 0;
        while at < set.len() {
            let mut less = set.clone();
            less.remove(at);
            if self.reaches(&less) {
                set = less;
                at = 0;
                continue;
            }
            match lesser(&set, at).into_iter().find(|less| self.reaches(less)) {
                Some(less) => {
                    set = less;
                    at = 0;
                }
                None => at += 1,
            }
        }
        set
    }
}

/// The set with less in one of its changes.
fn lesser(set: &Set, at: usize) -> Vec<Set> {
    let put = |change: Change| {
        let mut less = set.clone();
        less.iter_mut().skip(at).take(1).for_each(|one| *one = change.clone());
        less.sort();
        less
    };
    match set.get(at) {
        Some(Change::Delegate(delegation)) => (0..delegation.attributes.0.len())
            .map(|attribute| {
                let mut less = delegation.clone();
                less.attributes.0.remove(attribute);
                put(Change::Delegate(less))
            })
            .collect(),
        Some(Change::Without(names)) if names.len() > 1 => (0..names.len())
            .map(|name| {
                let mut less = names.clone();
                less.remove(name);
                put(Change::Without(less))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn is_part(of: &[Change], whole: &[Change]) -> bool {
    of.iter().all(|change| whole.contains(change))
}

/// The set with one change more, or with one that says more or something else; `None`: the two contradict each other, or nothing is new.
fn joined(set: &Set, change: &Change) -> Option<Set> {
    let mut next = set.clone();
    match change {
        Change::Say(place, value) => {
            if let Holder::Delegation(of) = place.holder {
                for one in &mut next {
                    if let Change::Delegate(delegation) = one
                        && delegation.delegated() == of
                        && let [name] = &*place.path
                    {
                        say(&mut delegation.attributes, name, value);
                        next.sort();
                        return Some(next);
                    }
                }
            }
            next.retain(|one| !matches!(one, Change::Say(known, _) if known == place));
        }
        Change::Without(names) => {
            let mut all = names.clone();
            next.retain(|one| match one {
                Change::Without(known) => {
                    all.extend(known.iter().cloned());
                    false
                }
                _ => true,
            });
            all.sort();
            all.dedup();
            next.push(Change::Without(all));
            next.sort();
            return Some(next);
        }
        Change::At(moment) => {
            next.retain(|one| !matches!(one, Change::At(_)));
            let today = date_in_oslo(*moment);
            for one in &mut next {
                if let Change::Delegate(delegation) = one {
                    delegation.given = delegation.given.min(today);
                }
            }
        }
        Change::Party(_) => next.retain(|one| !matches!(one, Change::Party(_))),
        Change::Subject(_) => next.retain(|one| !matches!(one, Change::Subject(_))),
        Change::Record(_) => next.retain(|one| !matches!(one, Change::Record(_))),
        Change::Role(fact) if next.contains(&Change::EndRole(*fact)) => return None,
        Change::EndRole(fact) if next.contains(&Change::Role(*fact)) => return None,
        Change::EndDelegation(of) => {
            if next.iter().any(|one| matches!(one, Change::Delegate(made) if made.delegated() == *of)) {
                return None;
            }
        }
        Change::Delegate(_) | Change::Role(_) | Change::EndRole(_) | Change::Reach(_) => {}
    }
    if next.contains(change) {
        return None;
    }
    next.push(change.clone());
    next.sort();
    Some(next)
}

fn say(known: &mut Known, name: &str, value: &Value) {
    match known.0.binary_search_by(|(own, _)| (**own).cmp(name)) {
        Ok(at) => known.0.iter_mut().skip(at).take(1).for_each(|(_, own)| own.clone_from(value)),
        Err(at) => known.0.insert(at, (name.into(), value.clone())),
    }
}

//! Numbers that are at most so far apart: can they all be so, and which are they? Complete for whole numbers: a set of such
//! bounds contradicts itself exactly where some of them in a ring come to less than nought.

use super::circuit::Number;
use std::collections::{BTreeMap, BTreeSet};

/// `one - other <= by`, because of a truth of this name; a bound that always holds has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) one: Number,
    pub(super) other: Number,
    pub(super) by: i128,
    pub(super) because: Option<usize>,
}

/// A ring of bounds that contradict each other: the truths that they hang on. `None`: all of them can be so.
pub(super) fn contradiction(count: usize, bounds: &[Bound]) -> Option<Vec<usize>> {
    // Every number begins at nought; whatever still moves after as many rounds as there are numbers is in a ring.
    let mut value = vec![0i128; count];
    let mut by: Vec<Option<usize>> = vec![None; count];
    let mut moved = None;
    for _ in 0..=count {
        moved = None;
        for (at, bound) in bounds.iter().enumerate() {
            let Some(most) = value.get(bound.other.index()).map(|other| other.saturating_add(bound.by)) else {
                continue;
            };
            if let (Some(slot), Some(why)) = (value.get_mut(bound.one.index()), by.get_mut(bound.one.index()))
                && *slot > most
            {
                *slot = most;
                *why = Some(at);
                moved = Some(bound.one);
            }
        }
        moved?;
    }
    let before = |number: Number| by.get(number.index()).copied().flatten().and_then(|at| bounds.get(at));
    let mut number = moved?;
    for _ in 0..count {
        number = before(number)?.other;
    }
    let (start, mut ring) = (number, Vec::new());
    loop {
        let bound = before(number)?;
        ring.extend(bound.because);
        number = bound.other;
        if number == start || ring.len() > bounds.len() {
            break;
        }
    }
    ring.sort_unstable();
    ring.dedup();
    Some(ring)
}

/// Values within all bounds, each as near as can be to the wanted one; those first in the list are chosen first. Numbers that no
/// bound names are not among them.
pub(super) fn values(bounds: &[Bound], wanted: &[(Number, i128)]) -> BTreeMap<Number, i128> {
    let named: BTreeSet<Number> =
        bounds.iter().flat_map(|bound| [bound.one, bound.other]).chain([Number::ZERO]).collect();
    let place: BTreeMap<Number, usize> = named.iter().enumerate().map(|(at, number)| (*number, at)).collect();
    let mut most = Distances { count: named.len(), most: vec![None; named.len() * named.len()] };
    for at in 0..named.len() {
        most.tighten(at, at, 0);
    }
    for bound in bounds {
        if let (Some(one), Some(other)) = (place.get(&bound.one), place.get(&bound.other)) {
            most.tighten(*one, *other, bound.by);
        }
    }
    most.close();
    // With the least distances between all known, whatever is chosen within them can be completed.
    let mut chosen: BTreeMap<Number, i128> = BTreeMap::from([(Number::ZERO, 0)]);
    let rest = named.iter().map(|number| (*number, 0));
    for (number, want) in wanted.iter().copied().chain(rest) {
        let Some(at) = place.get(&number).filter(|_| !chosen.contains_key(&number)) else { continue };
        let (mut lowest, mut highest) = (None::<i128>, None::<i128>);
        for (known, is) in &chosen {
            let Some(known) = place.get(known) else { continue };
            let above = most.of(*at, *known).map(|most| is.saturating_add(most));
            let below = most.of(*known, *at).map(|most| is.saturating_sub(most));
            highest = highest.into_iter().chain(above).min();
            lowest = lowest.into_iter().chain(below).max();
        }
        let value = lowest.map_or(want, |lowest| want.max(lowest));
        chosen.insert(number, highest.map_or(value, |highest| value.min(highest)));
    }
    chosen
}

/// How much more each number may be than each other, at most.
struct Distances {
    count: usize,
    most: Vec<Option<i128>>,
}

impl Distances {
    fn of(&self, one: usize, other: usize) -> Option<i128> {
        self.most.get(one * self.count + other).copied().flatten()
    }

    fn tighten(&mut self, one: usize, other: usize, by: i128) {
        if let Some(slot) = self.most.get_mut(one * self.count + other)
            && slot.is_none_or(|known| by < known)
        {
            *slot = Some(by);
        }
    }

    /// The least distances that follow.
    fn close(&mut self) {
        for middle in 0..self.count {
            for one in 0..self.count {
                let Some(first) = self.of(one, middle) else { continue };
                for other in 0..self.count {
                    if let Some(second) = self.of(middle, other) {
                        self.tighten(one, other, first.saturating_add(second));
                    }
                }
            }
        }
    }
}

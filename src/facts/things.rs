//! Records, and things of the entities that modules declare: numbered in the order of sort, then name. Says nothing of
//! what is known of them.

use super::texts::TextList;
use super::{ThingId, ThingSort};

/// Names and sorts of all things.
#[derive(Clone, Debug, Default)]
pub struct Things {
    names: TextList,
    /// Each sort that there is, with the number of its first thing.
    sorts: Vec<(ThingSort, u32)>,
}

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThingView<'f> {
    /// What it is.
    pub sort: ThingSort,
    /// Its name in the facts.
    pub name: &'f str,
}

impl Things {
    /// One more, behind all others in the order of sort and name. `None`: there is no room.
    pub fn add(&mut self, sort: ThingSort, name: &str) -> Option<ThingId> {
        let number = self.names.push(name)?;
        if self.sorts.last().is_none_or(|(last, _)| *last != sort) {
            self.sorts.push((sort, number));
        }
        Some(ThingId(number))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What one of them is; `None` only for an id of other facts.
    #[must_use]
    pub fn get(&self, id: ThingId) -> Option<ThingView<'_>> {
        let (sort, _) = self.sort(id)?;
        Some(ThingView { sort, name: self.names.get(id.0) })
    }

    /// The sort of one of them, and the number of the first of that sort.
    #[must_use]
    pub fn sort(&self, id: ThingId) -> Option<(ThingSort, u32)> {
        if id.0 as usize >= self.names.len() {
            return None;
        }
        let at = self.sorts.partition_point(|(_, first)| *first <= id.0);
        self.sorts.get(at.checked_sub(1)?).copied()
    }

    /// The thing of a sort and name.
    #[must_use]
    pub fn named(&self, sort: ThingSort, name: &str) -> Option<ThingId> {
        let range = self.of_sort(sort);
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.names.get(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(ThingId(middle)),
            }
        }
        None
    }

    /// The numbers of the things of a sort.
    #[must_use]
    pub fn of_sort(&self, sort: ThingSort) -> std::ops::Range<u32> {
        let Ok(at) = self.sorts.binary_search_by_key(&sort, |(known, _)| *known) else { return 0..0 };
        let first = self.sorts.get(at).map_or(0, |(_, first)| *first);
        let end = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        first..self.sorts.get(at + 1).map_or(end, |(_, next)| *next)
    }

    pub(super) fn shrink(&mut self) {
        self.names.shrink();
    }
}

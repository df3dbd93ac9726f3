//! «Did you mean»: which known words are nearest to one that is not known, by edit distance (a letter more, less,
//! other, or two that changed places). Works within a budget, so that a hostile text costs no more than its length.

use rustc_hash::FxHashMap;

/// How many comparisons of two words one build may spend; beyond it nothing is suggested.
const COMPARISONS: u32 = 200_000;
/// How many of them one word may spend.
const COMPARISONS_PER_WORD: u32 = 2_000;

/// What is left for suggestions.
#[derive(Debug)]
pub struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Budget(COMPARISONS)
    }
}

impl Budget {
    /// Takes as many comparisons as a scan of a list needs; does not begin one that it cannot pay.
    pub fn spend_many(&mut self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let has = self.0 >= count;
        self.0 = self.0.saturating_sub(count);
        has
    }

    fn spend(&mut self) -> bool {
        let has = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        has
    }
}

/// The nearest words, all at one distance, sorted; none where nothing is near enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearest {
    distance: usize,
    words: Vec<Box<str>>,
}

impl Nearest {
    /// The one word that is nearest, if there is one alone: certain enough for a fix.
    #[must_use]
    pub fn sure(&self) -> Option<&str> {
        match self.words.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// `did you mean ‹a› or ‹b›?` in backticks, with at most three words.
    #[must_use]
    pub fn question(&self) -> Option<String> {
        let words: Vec<String> = self.words.iter().take(3).map(|word| format!("`{word}`")).collect();
        let (last, before) = words.split_last()?;
        if before.is_empty() {
            return Some(format!("did you mean {last}?"));
        }
        Some(format!("did you mean {} or {last}?", before.join(", ")))
    }

    /// With those of another search: the nearer ones, or all if they are equally near.
    #[must_use]
    pub fn or(mut self, other: Nearest) -> Nearest {
        if other.words.is_empty() {
            return self;
        }
        if self.words.is_empty() || other.distance < self.distance {
            return other;
        }
        if other.distance == self.distance {
            self.words.extend(other.words);
            self.words.sort();
            self.words.dedup();
        }
        self
    }

    fn consider(&mut self, word: &str, distance: usize) {
        if self.words.is_empty() || distance < self.distance {
            self.distance = distance;
            self.words = vec![word.into()];
        } else if distance == self.distance && self.words.iter().all(|known| **known != *word) {
            self.words.push(word.into());
            self.words.sort();
        }
    }
}

/// The distance that may still be a slip of the pen, for a word of this many letters.
fn limit(letters: usize) -> usize {
    if letters <= 4 { 1 } else { 2 }
}

fn letters(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// The nearest of a few words.
#[must_use]
pub fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Nearest {
    let mut found = Nearest::default();
    let own = letters(word);
    for candidate in known {
        if let Some(distance) = distance(&own, &letters(candidate), limit(own.len())) {
            found.consider(candidate, distance);
        }
    }
    found
}

/// Many words, found by their length and their first two letters: one slip leaves one of these among the first two.
#[derive(Debug, Default)]
pub struct Index {
    words: Vec<Box<str>>,
    buckets: FxHashMap<(usize, char), Vec<u32>>,
}

impl Index {
    /// An index of these words; each keeps its number.
    #[must_use]
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut index = Index::default();
        for word in words {
            let own = letters(word);
            let number = u32::try_from(index.words.len()).unwrap_or(u32::MAX);
            index.words.push(word.into());
            for first in firsts(&own) {
                index.buckets.entry((own.len(), first)).or_default().push(number);
            }
        }
        index
    }

    /// The nearest of those words whose number is admitted.
    pub fn nearest(&self, word: &str, budget: &mut Budget, admits: impl Fn(usize) -> bool) -> Nearest {
        let mut found = Nearest::default();
        let own = letters(word);
        // A word of a thousand letters is no slip of the pen, and costs a million steps a comparison.
        if own.len() > 80 {
            return found;
        }
        let limit = limit(own.len());
        let mut spent = 0;
        for length in own.len().saturating_sub(limit)..=own.len() + limit {
            for first in firsts(&own) {
                for number in self.buckets.get(&(length, first)).into_iter().flatten() {
                    let number = *number as usize;
                    let Some(candidate) = self.words.get(number).filter(|_| admits(number)) else { continue };
                    spent += 1;
                    if spent > COMPARISONS_PER_WORD || !budget.spend() {
                        return Nearest::default();
                    }
                    if let Some(distance) = distance(&own, &letters(candidate), limit) {
                        found.consider(candidate, distance);
                    }
                }
            }
        }
        found
    }
}

/// The first two letters, each once.
fn firsts(letters: &[char]) -> impl Iterator<Item = char> {
    let first = letters.first().copied();
    let second = letters.get(1).copied().filter(|second| Some(*second) != first);
    first.into_iter().chain(second)
}

/// How many slips (a letter more, less, other, two neighbours swapped) lie between two words; `None` above the limit.
fn distance(one: &[char], two: &[char], limit: usize) -> Option<usize> {
    if one.len().abs_diff(two.len()) > limit {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=two.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = Vec::with_capacity(two.len() + 1);
        current.push(row + 1);
        for (column, other) in two.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, column) + usize::from(letter != other))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && one.get(row - 1) == Some(other) && two.get(column - 1) == Some(letter);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        if current.iter().all(|steps| *steps > limit) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|steps| *steps <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_and_two() {
        assert_eq!(nearest("leadres", ["leaders", "employee"]).sure(), Some("leaders"));
        assert_eq!(nearest("ledaers", ["leaders", "leader"]).sure(), Some("leaders"));
        assert_eq!(nearest("Person", ["person"]).sure(), Some("person"));
        assert_eq!(nearest("maybe", ["yes", "no"]).question(), None);
        assert_eq!(nearest("cat", ["bat", "car"]).question().as_deref(), Some("did you mean `bat` or `car`?"));
    }

    #[test]
    fn the_index_finds_what_a_scan_finds() {
        let known = ["leaders", "readers", "employee", "agent", "manager", "eladers"];
        let index = Index::new(known);
        for word in ["leaders", "eladers", "xleaders", "eaders", "emplyoee", "gaent", "amnager", "nobody"] {
            let found = index.nearest(word, &mut Budget::default(), |_| true);
            assert_eq!(found, nearest(word, known), "{word}");
        }
    }

    #[test]
    fn a_hundred_thousand_times_a_hundred_thousand_ends_at_once() {
        let known: Vec<String> = (0..100_000).map(|at| format!("name_{at}")).collect();
        let index = Index::new(known.iter().map(String::as_str));
        let mut budget = Budget::default();
        for at in 0..100_000 {
            let _ = index.nearest(&format!("nmae_{at}"), &mut budget, |_| true);
        }
        assert_eq!(budget.0, 0);
    }
}

//! A list of words that are spelt as they should be, and the words of a title that are nearly one of
//! them. Has no words of its own: the list is given.

use super::letters::{LONGEST, SHORTEST_WORD, distance, tolerance, words};
use super::spelling::Misspelling;

/// Listed words that are looked at for one unknown word, so that a hostile list costs no square.
const MOST_COMPARED: usize = 2_048;

/// Ways to part a compound that are tried, likewise.
const MOST_SPLITS: usize = 64;

/// Shortest listed word that counts as a part of a compound.
const SHORTEST_PART: usize = 3;

/// A list of words that are spelt as they should be.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Sorted, without repeats, in lower case.
    known: Vec<String>,
    /// By first letter, last two and length, then by word: only words with the same ends are compared.
    by_ends: Vec<(Ends, Vec<char>)>,
}

type Ends = (char, [char; 2], usize);

impl Words {
    /// Reads a list.
    pub fn new<'words>(words: impl IntoIterator<Item = &'words str>) -> Words {
        let mut known: Vec<String> =
            words.into_iter().map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
        known.sort();
        known.dedup();
        let mut by_ends: Vec<(Ends, Vec<char>)> = known
            .iter()
            .filter_map(|word| {
                let letters: Vec<char> = word.chars().collect();
                (letters.len() <= LONGEST).then_some(())?;
                Some((ends(&letters)?, letters))
            })
            .collect();
        by_ends.sort();
        Words { known, by_ends }
    }

    /// Whether the list has the word.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.known.binary_search_by(|known| known.as_str().cmp(word)).is_ok()
    }

    /// The words of `title` that are not in the list, nor put together from words in it, and nearly are:
    /// in order of place. What is like nothing in the list is no misspelling, only unknown; and an
    /// ending that the list lacks (`tjeneste`, `tjenester`) is none either.
    #[must_use]
    pub fn misspellings(&self, title: &str) -> Vec<Misspelling> {
        words(title)
            .filter_map(|(start, word)| {
                let lower = word.to_lowercase();
                let length = lower.chars().count();
                if !(SHORTEST_WORD..=LONGEST).contains(&length) || !word.chars().all(char::is_alphabetic) {
                    return None;
                }
                let expected = self.meant(&lower)?;
                Some(Misspelling {
                    start,
                    end: start + word.len(),
                    written: word.to_owned(),
                    expected: cased_like(word, &expected),
                })
            })
            .collect()
    }

    /// What a word in lower case probably means, if it is not right as it stands.
    fn meant(&self, word: &str) -> Option<String> {
        if self.has(word) {
            return None;
        }
        let letters: Vec<char> = word.chars().collect();
        let front = self.reached_from_front(word, &letters);
        if front.last() == Some(&true) {
            return None;
        }
        if let Some(nearest) = self.nearest(&letters) {
            return Some(nearest);
        }
        // A compound with one part misspelt: known parts lead up to it, and from it to the end.
        let back = self.leading_to_end(word, &letters);
        let known = |places: &[bool], at: usize| places.get(at) == Some(&true);
        (0..letters.len())
            .filter(|start| known(&front, *start))
            .flat_map(|start| (start + SHORTEST_WORD..=letters.len()).rev().map(move |end| (start, end)))
            .filter(|(_, end)| known(&back, *end))
            .take(MOST_SPLITS)
            .find_map(|(start, end)| {
                let nearest = self.nearest(letters.get(start..end)?)?;
                let before: String = letters.get(..start)?.iter().collect();
                let after: String = letters.get(end..)?.iter().collect();
                Some(format!("{before}{nearest}{after}"))
            })
    }

    /// For each place in the word: do listed words, and the letters that link them, lead up to it?
    fn reached_from_front(&self, word: &str, letters: &[char]) -> Vec<bool> {
        let bounds = bounds(word);
        let mut reached = vec![false; letters.len() + 1];
        mark(&mut reached, 0);
        for start in 0..letters.len() {
            if reached.get(start) != Some(&true) {
                continue;
            }
            for end in start + SHORTEST_PART..=letters.len() {
                if self.has_part(word, &bounds, start, end) {
                    mark(&mut reached, end);
                    if is_link(letters.get(end)) && end + 1 < letters.len() {
                        mark(&mut reached, end + 1);
                    }
                }
            }
        }
        reached
    }

    /// For each place in the word: do listed words, and the letters that link them, lead from it to the end?
    fn leading_to_end(&self, word: &str, letters: &[char]) -> Vec<bool> {
        let bounds = bounds(word);
        let mut leading = vec![false; letters.len() + 1];
        mark(&mut leading, letters.len());
        for start in (0..letters.len()).rev() {
            let leads = (start + SHORTEST_PART..=letters.len())
                .any(|end| leading.get(end) == Some(&true) && self.has_part(word, &bounds, start, end));
            if leads {
                mark(&mut leading, start);
                if let Some(link) = start.checked_sub(1).filter(|link| is_link(letters.get(*link))) {
                    mark(&mut leading, link);
                }
            }
        }
        leading
    }

    /// Whether the letters from `start` to `end` are a listed word.
    fn has_part(&self, word: &str, bounds: &[usize], start: usize, end: usize) -> bool {
        let part = bounds.get(start).zip(bounds.get(end)).and_then(|(start, end)| word.get(*start..*end));
        part.is_some_and(|part| self.has(part))
    }

    /// The listed word that has the same ends and the fewest letters wrong; of equals the first.
    fn nearest(&self, letters: &[char]) -> Option<String> {
        if letters.len() < SHORTEST_WORD {
            return None;
        }
        let (first, last, length) = ends(letters)?;
        let most = tolerance(length);
        (length.saturating_sub(most)..=length + most)
            .flat_map(|length| {
                let key = (first, last, length);
                let from = self.by_ends.partition_point(|(ends, _)| *ends < key);
                self.by_ends.iter().skip(from).take_while(move |(ends, _)| *ends == key)
            })
            .take(MOST_COMPARED)
            .map(|(_, known)| (distance(letters, known), known))
            .filter(|(distance, _)| *distance <= most)
            .min()
            .map(|(_, known)| known.iter().collect())
    }
}

/// Letters that stand between the parts of a compound and belong to neither.
fn is_link(letter: Option<&char>) -> bool {
    matches!(letter, Some('s' | 'e'))
}

fn mark(places: &mut [bool], at: usize) {
    if let Some(place) = places.get_mut(at) {
        *place = true;
    }
}

/// First letter, last two, length.
fn ends(letters: &[char]) -> Option<Ends> {
    let mut backwards = letters.iter().rev();
    let last = *backwards.next()?;
    Some((*letters.first()?, [*backwards.next()?, last], letters.len()))
}

/// The byte at which each letter begins, and the end.
fn bounds(word: &str) -> Vec<usize> {
    word.char_indices().map(|(at, _)| at).chain([word.len()]).collect()
}

/// The word with a capital where the one that it replaces has one.
fn cased_like(written: &str, word: &str) -> String {
    let all_capitals = written.chars().all(char::is_uppercase);
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let mut letters = word.chars();
    match letters.next() {
        _ if all_capitals => word.to_uppercase(),
        Some(first) if capital => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn titles_are_held_against_a_list() {
        let words = Words::new(["flyktning", "mottak", "sosiale", "tjeneste", "omsorg", "og", "barn"]);
        let found = words.misspellings("Sosaile omsorgstjenester og Flykningemottak");
        let found: Vec<_> =
            found.iter().map(|found| (found.start, found.written.as_str(), found.expected.as_str())).collect();
        assert_eq!(found, [(0, "Sosaile", "Sosiale"), (28, "Flykningemottak", "Flyktningemottak")]);
        assert!(words.misspellings("Sosiale tjenester, flyktningemottak og ukjente saker").is_empty());
    }

    #[test]
    fn hostile_lengths_are_passed_over() {
        let long = "a".repeat(100_000);
        assert!(Words::new([long.as_str()]).misspellings(&long).is_empty());
    }
}

//! Which name an identifier resembles: its own, or that of another thing from which it was copied.
//! Compares letters; never says whether a resemblance is a fault, and has no list of names of its own.

use super::letters::fold;

/// Below this an identifier does not resemble a name, and nothing can be said about whose it is.
/// Half the letter pairs: identifiers leave out small words and endings, and keep more than that.
const LEAST: u32 = 500;

/// How much more it must resemble the other name. On 223 real names one identifier is nearer by this
/// much to another name than to its own (its package was renamed and it was not), two more with no margin at
/// all; and of 1560 identifiers swapped within an area 1549 are found. `with` for `without`, the smallest
/// copy of the real pages, is 120.
const MARGIN: u32 = 100;

/// Index entries that are read for one identifier, rarest letters first: many names cost no square.
const MOST_READ: usize = 256;

/// Names that are compared letter pair by letter pair for one identifier.
const MOST_COMPARED: usize = 12;

/// Longest identifier that is looked up, in letters.
const LONGEST: usize = 256;

/// Names, each known by its place in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Pairs>,
    /// Folded names, to find the very same: sorted.
    exact: Vec<(String, usize)>,
    /// Each three letters in a row that occur, sorted, with the first of their places in `places`.
    triples: Vec<(Triple, usize)>,
    /// The names that have them: a run for each.
    places: Vec<usize>,
}

/// A name that an identifier resembles more than its own; in thousandths, of which 1000 is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resemblance {
    /// Which name.
    pub other: usize,
    /// How much the identifier resembles it.
    pub to_other: u32,
    /// How much it resembles its own.
    pub to_own: u32,
}

impl Names {
    /// Makes the index, in the time of sorting.
    pub fn new<'name>(names: impl IntoIterator<Item = &'name str>) -> Names {
        let mut all = Names::default();
        let mut occurrences: Vec<(Triple, usize)> = Vec::new();
        for (place, name) in names.into_iter().enumerate() {
            let folded: String = fold(name).chars().take(LONGEST).collect();
            all.names.push(Pairs::of(&folded));
            occurrences.extend(triples(&folded).map(|triple| (triple, place)));
            all.exact.push((folded, place));
        }
        all.exact.sort();
        occurrences.sort_unstable();
        occurrences.dedup();
        for (triple, place) in occurrences {
            if all.triples.last().is_none_or(|(last, _)| *last != triple) {
                all.triples.push((triple, all.places.len()));
            }
            all.places.push(place);
        }
        all
    }

    /// The name that `segment`, the last part of the identifier of the name at `own`, resembles clearly more
    /// than its own. Names that `passed_over` says yes to (other versions of the same thing) are not
    /// looked at. Of equals the first.
    #[must_use]
    pub fn copied_from(&self, own: usize, segment: &str, passed_over: impl Fn(usize) -> bool) -> Option<Resemblance> {
        let folded: String = fold(segment).chars().take(LONGEST).collect();
        let pairs = Pairs::of(&folded);
        let to_own = self.names.get(own)?.resemblance(&pairs);
        if to_own == 1000 {
            return None;
        }
        let is_other = |place: usize| place != own && !passed_over(place);
        // The very name of another, down to the last letter: no margin is needed.
        let from = self.exact.partition_point(|(name, _)| *name < folded);
        let same = self.exact.iter().skip(from).take_while(|(name, _)| *name == folded).take(MOST_READ);
        if let Some((_, other)) = same.into_iter().find(|(_, place)| is_other(*place)) {
            return Some(Resemblance { other: *other, to_other: 1000, to_own });
        }
        if to_own + MARGIN > 1000 {
            return None;
        }
        let mut best: Option<Resemblance> = None;
        for other in self.candidates(&folded).into_iter().filter(|place| is_other(*place)).take(MOST_COMPARED) {
            let to_other = self.names.get(other)?.resemblance(&pairs);
            if best.is_none_or(|best| (to_other, best.other) > (best.to_other, other)) {
                best = Some(Resemblance { other, to_other, to_own });
            }
        }
        best.filter(|best| best.to_other >= LEAST && best.to_other > to_own + MARGIN)
    }

    /// Names that share letters with an identifier, those that share most of its rarest first.
    fn candidates(&self, folded: &str) -> Vec<usize> {
        let mut wanted: Vec<Triple> = triples(folded).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut runs: Vec<(usize, Triple, usize)> = wanted
            .into_iter()
            .filter_map(|triple| {
                let at = self.triples.binary_search_by_key(&triple, |(triple, _)| *triple).ok()?;
                let (_, from) = self.triples.get(at)?;
                let until = self.triples.get(at + 1).map_or(self.places.len(), |(_, from)| *from);
                Some((until - from, triple, *from))
            })
            .collect();
        runs.sort_unstable();
        let mut places: Vec<usize> = runs
            .into_iter()
            .filter_map(|(length, _, from)| self.places.get(from..from + length))
            .flatten()
            .copied()
            .take(MOST_READ)
            .collect();
        places.sort_unstable();
        let mut counted: Vec<(usize, usize)> = Vec::new();
        for place in places {
            match counted.last_mut() {
                Some((count, last)) if *last == place => *count += 1,
                _ => counted.push((1, place)),
            }
        }
        counted.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
        counted.into_iter().map(|(_, place)| place).collect()
    }
}

/// The pairs of neighbouring letters of a text, its two ends counted as letters: sorted, with repeats.
#[derive(Clone, Debug)]
struct Pairs(Vec<[char; 2]>);

impl Pairs {
    fn of(folded: &str) -> Pairs {
        let before = ['\0'].into_iter().chain(folded.chars());
        let mut pairs: Vec<[char; 2]> =
            before.zip(folded.chars().chain(['\0'])).map(|(one, next)| [one, next]).collect();
        pairs.sort_unstable();
        Pairs(pairs)
    }

    /// Twice the pairs that both have, by the pairs of both (Dice), in thousandths.
    fn resemblance(&self, other: &Pairs) -> u32 {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared: usize = 0;
        while let (Some(left), Some(right)) = (one.peek(), two.peek()) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => drop(one.next()),
                std::cmp::Ordering::Greater => drop(two.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    one.next();
                    two.next();
                }
            }
        }
        u32::try_from(2000 * shared / (self.0.len() + other.0.len())).unwrap_or(0)
    }
}

/// Three letters, 21 bits each: one number sorts faster than three letters.
type Triple = u64;

/// Three letters in a row, wherever they begin.
fn triples(folded: &str) -> impl Iterator<Item = Triple> {
    let letters = || folded.chars().map(u64::from);
    letters().zip(letters().skip(1)).zip(letters().skip(2)).map(|((one, two), three)| one << 42 | two << 21 | three)
}

#[cfg(test)]
mod tests {
    use super::{Names, Resemblance};

    fn copied(names: &[&str], own: usize, segment: &str) -> Option<usize> {
        Names::new(names.iter().copied()).copied_from(own, segment, |_| false).map(|found| found.other)
    }

    #[test]
    fn a_copy_from_a_neighbour_is_found() {
        let names = ["Nursing and care in institutions", "Social care without housing", "Health services"];
        assert_eq!(copied(&names, 1, "nursing-care-in-institutions"), Some(0));
        assert_eq!(copied(&names, 0, "nursing-care-in-institutions"), None);
        assert_eq!(copied(&names, 1, "socialcarewithouthousing"), None);
    }

    #[test]
    fn one_word_makes_the_difference() {
        let names = ["Accountant with right to sign", "Accountant without right to sign"];
        assert_eq!(copied(&names, 1, "accountantwithrighttosign"), Some(0));
        assert_eq!(copied(&names, 0, "accountantwithrighttosign"), None);
    }

    #[test]
    fn abbreviations_and_like_names_are_left_alone() {
        let names = ["Reports", "Reports of fisheries, hunting and forestry", "Toll", "Reports"];
        assert_eq!(copied(&names, 1, "reports-fish-hunt-forest"), None);
        assert_eq!(copied(&names, 2, "t"), None);
        assert_eq!(copied(&names, 3, "reports"), None);
    }

    #[test]
    fn another_version_of_the_same_thing_is_passed_over() {
        let names = Names::new(["Child care", "Child and family care"]);
        assert_eq!(names.copied_from(1, "childcare", |place| place == 0), None);
        let found = names.copied_from(1, "childcare", |_| false);
        assert!(matches!(found, Some(Resemblance { other: 0, to_other: 1000, .. })));
    }

    #[test]
    fn many_like_names_cost_no_square() {
        let names: Vec<String> = (0..20_000).map(|number| format!("Package of reports {number}")).collect();
        let all = Names::new(names.iter().map(String::as_str));
        let copied = (0..20_000).filter(|own| {
            let from = if own % 1_000 == 7 { own - 1 } else { *own };
            all.copied_from(*own, &format!("package-of-reports-{from}"), |_| false).is_some()
        });
        assert_eq!(copied.count(), 20);
    }
}

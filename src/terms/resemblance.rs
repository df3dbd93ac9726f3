//! Which name an identifier resembles: its own, or that of another thing from which it was copied.
//! Compares letters; never says whether a resemblance is a fault, and has no list of names of its own.

use super::letters::fold;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

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
    folded: Vec<Box<str>>,
    /// Made when the first identifier is not that of its own name.
    index: OnceCell<Index>,
}

/// What finds names by their letters.
#[derive(Clone, Debug, Default)]
struct Index {
    /// The places of all names, in the order of the folded names.
    exact: Vec<u32>,
    /// Each three letters in a row that occur.
    runs: FxHashMap<Triple, Run>,
    /// The names that have them: a run for each, in order.
    places: Vec<u32>,
}

/// The names with some three letters: where they stand in [`Index::places`].
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    from: usize,
    length: usize,
    /// While the index is made: how many stand there, and the last name that was counted or put there.
    put: usize,
    last: Option<u32>,
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
    /// Takes the names.
    pub fn new<'name>(names: impl IntoIterator<Item = &'name str>) -> Names {
        let folded = names.into_iter().map(|name| shortened(fold(name)).into()).collect();
        Names { folded, index: OnceCell::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.folded))
    }

    /// The name that `segment`, the last part of the identifier of the name at `own`, resembles clearly more
    /// than its own. Names that `passed_over` says yes to (other versions of the same thing) are not
    /// looked at. Of equals the first.
    #[must_use]
    pub fn copied_from(&self, own: usize, segment: &str, passed_over: impl Fn(usize) -> bool) -> Option<Resemblance> {
        let folded = shortened(fold(segment));
        let own_name = self.folded.get(own)?;
        if **own_name == *folded {
            return None;
        }
        let pairs = Pairs::of(&folded);
        let to_own = Pairs::of(own_name).resemblance(&pairs);
        if to_own == 1000 {
            return None;
        }
        let index = self.index();
        let is_other = |place: usize| place != own && !passed_over(place);
        // The very name of another, down to the last letter: no margin is needed.
        let name = |place: u32| self.folded.get(place as usize).map_or("", |name| name);
        let from = index.exact.partition_point(|place| name(*place) < &*folded);
        let same = index.exact.iter().skip(from).take_while(|place| name(**place) == folded).take(MOST_READ);
        if let Some(other) = same.map(|place| *place as usize).find(|place| is_other(*place)) {
            return Some(Resemblance { other, to_other: 1000, to_own });
        }
        if to_own + MARGIN > 1000 {
            return None;
        }
        let mut best: Option<Resemblance> = None;
        for other in index.candidates(&folded).into_iter().filter(|place| is_other(*place)).take(MOST_COMPARED) {
            let to_other = Pairs::of(self.folded.get(other)?).resemblance(&pairs);
            if best.is_none_or(|best| (to_other, best.other) > (best.to_other, other)) {
                best = Some(Resemblance { other, to_other, to_own });
            }
        }
        best.filter(|best| best.to_other >= LEAST && best.to_other > to_own + MARGIN)
    }
}

impl Index {
    /// Counts first, so that each run has its room; then the names are put there.
    fn new(folded: &[Box<str>]) -> Index {
        let numbered = || (0u32..).zip(folded);
        let name = |place: &u32| folded.get(*place as usize);
        let mut exact: Vec<u32> = numbered().map(|(place, _)| place).collect();
        exact.sort_by(|one, two| name(one).cmp(&name(two)));
        let mut runs: FxHashMap<Triple, Run> = FxHashMap::default();
        let mut all = 0;
        for (place, name) in numbered() {
            for triple in triples(name) {
                let run = runs.entry(triple).or_default();
                if run.last != Some(place) {
                    (run.last, run.length, all) = (Some(place), run.length + 1, all + 1);
                }
            }
        }
        let mut places = vec![0; all];
        let mut room = 0;
        for (place, name) in numbered() {
            for triple in triples(name) {
                let Some(run) = runs.get_mut(&triple) else { continue };
                if run.put == 0 {
                    (run.from, room, run.last) = (room, room + run.length, None);
                }
                if run.last != Some(place)
                    && let Some(spot) = places.get_mut(run.from + run.put)
                {
                    (*spot, run.last, run.put) = (place, Some(place), run.put + 1);
                }
            }
        }
        Index { exact, runs, places }
    }

    /// Names that share letters with an identifier, those that share most of its rarest first.
    fn candidates(&self, folded: &str) -> Vec<usize> {
        let mut wanted: Vec<Triple> = triples(folded).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut runs: Vec<(usize, Triple, usize)> = wanted
            .into_iter()
            .filter_map(|triple| {
                let run = self.runs.get(&triple)?;
                Some((run.length, triple, run.from))
            })
            .collect();
        runs.sort_unstable();
        let mut places: Vec<usize> = runs
            .into_iter()
            .filter_map(|(length, _, from)| self.places.get(from..from + length))
            .flatten()
            .map(|place| *place as usize)
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

/// No more than is looked at.
fn shortened(folded: String) -> String {
    if folded.len() > LONGEST { folded.chars().take(LONGEST).collect() } else { folded }
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

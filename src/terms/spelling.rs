//! Words of a name that are misspelt in an identifier made from it. Says what was probably meant and
//! where; never whether that is a fault, and it knows no place in a file: offsets are bytes of the text
//! that was passed in.

use super::letters::{LONGEST, SHORTEST_WORD, align, fold, fold_in_pairs, same_ends, tolerance, words};

/// A word that is nearly another word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelling {
    /// First byte of the word in the text that was passed in.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// What stands there.
    pub written: String,
    /// What probably was meant: the text that takes its place.
    pub expected: String,
}

/// The words of `name` that stand in `segment`, the last part of an identifier made from it, with one or
/// two letters lost, added, changed or swapped; in order of place.
///
/// Words that are left out or abbreviated are no misspellings: identifiers leave out much. So a word
/// counts only if its first letter and its last two stand as they should, for endings are changed on
/// purpose (`rapportering` → `rapport`, `kommunen` → `kommune`). On the 223 names of the catalogue this
/// finds three, all of them slips (`opplearing` and twice `distrubere`); on the 20 older pages ten
/// in as many names, each a slip in the URN or in the name.
#[must_use]
pub fn misspellings(name: &str, segment: &str) -> Vec<Misspelling> {
    if segment.is_ascii() && segment.len() <= LONGEST && name.len() <= 2 * LONGEST {
        // Nearly every name stands in its identifier as it should.
        let plain = fold(segment);
        if words(name).map(|(_, word)| fold(word)).all(|word| word.len() < SHORTEST_WORD || plain.contains(&word)) {
            return Vec::new();
        }
    }
    let text = letters(segment);
    if text.len() > LONGEST || name.len() > 2 * LONGEST {
        return Vec::new();
    }
    let squashed: String = text.iter().map(|letter| letter.folded).collect();
    let words: Vec<&str> = words(name).map(|(_, word)| word).collect();
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    let mut found: Vec<Misspelling> = Vec::new();
    for (word, plain) in words.iter().zip(&folded) {
        if !plain.chars().all(char::is_alphabetic) || plain.chars().count() < SHORTEST_WORD {
            continue;
        }
        let stands = |spelling: &String| squashed.contains(spelling.as_str());
        if stands(plain) || fold_in_pairs(word).iter().any(stands) {
            continue;
        }
        let Some(place) = nearest_place(plain, &text) else { continue };
        let Some(written) = segment.get(place.start..place.end) else { continue };
        // Another word of the name that is spelt as it should, or a match across a hyphen.
        if folded.iter().any(|other| *other == fold(written)) || !written.chars().all(char::is_alphanumeric) {
            continue;
        }
        found.push(Misspelling { written: written.to_owned(), expected: plain.clone(), ..place });
    }
    found.sort_by_key(|misspelling| (misspelling.start, misspelling.end));
    found.dedup_by_key(|misspelling| misspelling.start);
    found
}

/// The first of [`misspellings`].
#[must_use]
pub fn misspelling(name: &str, segment: &str) -> Option<Misspelling> {
    misspellings(name, segment).into_iter().next()
}

/// A letter of a segment with the bytes that it stands on.
#[derive(Clone, Copy)]
struct Letter {
    folded: char,
    start: usize,
    end: usize,
}

fn letters(segment: &str) -> Vec<Letter> {
    segment
        .char_indices()
        .filter(|(_, letter)| letter.is_alphanumeric())
        .flat_map(|(start, letter)| {
            let end = start + letter.len_utf8();
            let folded: Vec<char> = fold(letter.encode_utf8(&mut [0; 4])).chars().collect();
            folded.into_iter().map(move |folded| Letter { folded, start, end })
        })
        .collect()
}

/// Where in `text` the word stands with the fewest letters wrong, if they are few and inside it.
fn nearest_place(word: &str, text: &[Letter]) -> Option<Misspelling> {
    let word: Vec<char> = word.chars().collect();
    let places = align(&word, text.iter().map(|letter| letter.folded), true);
    let least = places.iter().map(|place| place.cost).min()?;
    if least == 0 || least > tolerance(word.len()) {
        return None;
    }
    places.iter().enumerate().filter(|(_, place)| place.cost == least).find_map(|(end, place)| {
        let part = text.get(place.start..end)?;
        let folded: Vec<char> = part.iter().map(|letter| letter.folded).collect();
        let (first, last) = (part.first()?, part.last()?);
        same_ends(&word, &folded).then(|| Misspelling {
            start: first.start,
            end: last.end,
            written: String::new(),
            expected: String::new(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{misspelling, misspellings};

    #[test]
    fn a_lost_letter_is_found_at_its_place() {
        let found = misspelling("Reports with sensitive information", "reportssensitiveinfomationx");
        let found = found.map(|found| (found.start, found.end, found.written, found.expected));
        assert_eq!(found, Some((16, 26, "infomation".to_owned(), "information".to_owned())));
    }

    #[test]
    fn swapped_and_changed_letters_are_found_between_hyphens() {
        let found = misspellings("Opplæring og veiledning av ansatte", "opplearing-vieledning-ansatte");
        let found: Vec<_> = found.iter().map(|found| (found.written.as_str(), found.expected.as_str())).collect();
        assert_eq!(found, [("opplearing", "opplaering"), ("vieledning", "veiledning")]);
    }

    #[test]
    fn what_is_left_out_or_cut_is_no_misspelling() {
        for (name, segment) in [
            ("Reporting of statistics", "report-statistic"),
            ("Sider hos kommunen", "sider-kommune"),
            ("Råolje og oppgjør", "raaolje-oppgjoer"),
            ("Metals and minerals", "metal-mineralproducts"),
            ("Post services", "post-services"),
        ] {
            assert_eq!(misspelling(name, segment), None, "{name} | {segment}");
        }
    }

    #[test]
    fn hostile_lengths_are_passed_over() {
        let long = "a".repeat(100_000);
        assert!(misspellings(&long, &long).is_empty());
    }
}

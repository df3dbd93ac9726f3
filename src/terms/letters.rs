//! Letters of names: folded as identifiers fold them, parted into words, and aligned with each other.
//! Knows no list, no place in a file, and never says whether a difference is a fault.

/// Longest text, in letters, that is aligned letter by letter. The longest name of the real catalogue has
/// 70; beyond this the work, which is the product of two lengths, would be hostile.
pub(super) const LONGEST: usize = 256;

/// Words shorter than this are too near to each other: one letter makes another word of them.
pub(super) const SHORTEST_WORD: usize = 5;

/// From this length on two letters may differ, below it one: 2 of 8 is still three quarters of a word.
const LONG_WORD: usize = 8;

/// A distance that nothing reaches.
const FAR: usize = usize::MAX / 2;

/// The name as identifiers spell it: lower case, `æ` as `ae`, `ø` as `o`, `å` as `a`, accents dropped, and
/// of the rest letters and digits alone. Combining accents fall away by themselves.
#[must_use]
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii() {
            // Most are, and are not worth a table of all letters.
            if letter.is_ascii_alphanumeric() {
                folded.push(letter.to_ascii_lowercase());
            }
            continue;
        }
        for lower in letter.to_lowercase().filter(|lower| lower.is_alphanumeric()) {
            match lower {
                'æ' => folded.push_str("ae"),
                other => folded.push(folded_letter(other)),
            }
        }
    }
    folded
}

fn folded_letter(letter: char) -> char {
    match letter {
        'å' | 'á' | 'à' | 'â' | 'ä' => 'a',
        'ø' | 'ö' | 'ó' | 'ò' | 'ô' => 'o',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'ü' | 'ú' | 'ù' => 'u',
        other => other,
    }
}

/// The same with the other common way to write a letter: `å` as `aa`, `ø` as `oe`.
pub(super) fn fold_in_pairs(word: &str) -> [String; 3] {
    let lower = word.to_lowercase();
    [
        fold(&lower.replace('å', "aa")),
        fold(&lower.replace('ø', "oe")),
        fold(&lower.replace('å', "aa").replace('ø', "oe")),
    ]
}

/// The words of a text, each with its first byte.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split(|letter: char| !letter.is_alphanumeric() && !is_combining(letter)).filter_map(move |word| {
        let from = start;
        // What parts two words is one character, of a length that only the text knows.
        start = from + word.len() + text.get(from + word.len()..)?.chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((from, word))
    })
}

fn is_combining(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// How many letters of a word of this length may differ.
pub(super) fn tolerance(length: usize) -> usize {
    if length < LONG_WORD { 1 } else { 2 }
}

/// Whether the first letter and the last two are the same.
pub(super) fn same_ends(one: &[char], other: &[char]) -> bool {
    one.first() == other.first()
        && one.iter().rev().take(2).eq(other.iter().rev().take(2))
        && one.len().min(other.len()) >= 2
}

/// The end of an alignment: what it costs, and where in the text it began.
#[derive(Clone, Copy)]
pub(super) struct Alignment {
    pub(super) cost: usize,
    pub(super) start: usize,
}

/// For each end in `text` the cheapest way to read `word` up to there: a letter lost, added or changed,
/// or two neighbours swapped, costs one. With `anywhere` it may begin anywhere, else at the first letter.
pub(super) fn align(word: &[char], text: impl Iterator<Item = char>, anywhere: bool) -> Vec<Alignment> {
    let text: Vec<char> = text.collect();
    let first = |at: usize| if anywhere { Alignment { cost: 0, start: at } } else { Alignment { cost: at, start: 0 } };
    let far = Alignment { cost: FAR, start: 0 };
    let mut two_above: Vec<Alignment> = Vec::new();
    let mut above: Vec<Alignment> = (0..=text.len()).map(first).collect();
    let mut before: Option<char> = None;
    for (row, &letter) in word.iter().enumerate() {
        let mut left = Alignment { cost: row + 1, start: 0 };
        let mut line = Vec::with_capacity(above.len());
        line.push(left);
        let mut previous: Option<char> = None;
        for (at, &here) in text.iter().enumerate() {
            let reach = |cell: Option<&Alignment>, cost: usize| {
                cell.map_or(far, |cell| Alignment { cost: cell.cost + cost, ..*cell })
            };
            let mut best = reach(above.get(at), usize::from(letter != here));
            let swapped = previous == Some(letter) && before == Some(here);
            let others = [
                reach(above.get(at + 1), 1),
                Alignment { cost: left.cost + 1, ..left },
                if swapped { reach(at.checked_sub(1).and_then(|at| two_above.get(at)), 1) } else { far },
            ];
            for other in others {
                // Of equal cost the shorter reading, so that nothing before the word is drawn in.
                if (other.cost, best.start) < (best.cost, other.start) {
                    best = other;
                }
            }
            line.push(best);
            left = best;
            previous = Some(here);
        }
        two_above = std::mem::replace(&mut above, line);
        before = Some(letter);
    }
    above
}

/// How many letters are lost, added, changed or swapped between two words.
pub(super) fn distance(one: &[char], other: &[char]) -> usize {
    align(one, other.iter().copied(), false).last().map_or(FAR, |whole| whole.cost)
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn norwegian_letters_fold_as_identifiers_fold_them() {
        assert_eq!(fold("Særlig sjø-vågal I"), "saerligsjovagali");
        assert_eq!(fold("A\u{30a}rsrapport 2"), "arsrapport2");
    }
}

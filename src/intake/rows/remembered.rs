//! What names mean, remembered within a block: few are said again and again. Finds nothing out by itself.

use std::collections::HashMap;

/// How many names stand where they are found at once.
const SEATS: usize = 64;

/// Names with what they mean; of a name that means nothing, that.
pub(super) struct Remembered<T> {
    seats: Vec<Option<(Box<str>, Option<T>)>>,
    all: HashMap<Box<str>, Option<T>>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Remembered { seats: Vec::new(), all: HashMap::new() }
    }
}

impl<T: Copy> Remembered<T> {
    /// What a name means, which is found out at most once.
    pub(super) fn get(&mut self, name: &str, find: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let bytes = name.as_bytes();
        let letter = |letter: Option<&u8>| letter.map_or(0, |letter| usize::from(*letter));
        let seat = (bytes.len() * 31 + letter(bytes.first()) * 7 + letter(bytes.last())) % SEATS;
        if let Some(Some((known, meaning))) = self.seats.get(seat)
            && **known == *name
        {
            return *meaning;
        }
        let meaning = match self.all.get(name) {
            Some(meaning) => *meaning,
            None => {
                let meaning = find(name);
                self.all.insert(name.into(), meaning);
                meaning
            }
        };
        self.seats.resize_with(SEATS, || None);
        self.seats.get_mut(seat).into_iter().for_each(|seat| *seat = Some((name.into(), meaning)));
        meaning
    }
}

//! Texts in one piece of memory, each with a number: plain, in the order in which they came, and with a table that finds
//! the number of a text. Knows nothing of what they name.

use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// Texts by number.
#[derive(Clone, Debug, Default)]
pub struct TextList {
    bytes: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl TextList {
    /// Texts that stand one after another, and where each ends. `None`: they are not UTF-8, or an end is none.
    #[must_use]
    pub fn of_bytes(bytes: Vec<u8>, ends: Vec<u32>) -> Option<Self> {
        let bytes = String::from_utf8(bytes).ok()?;
        let in_order = ends.is_sorted() && ends.iter().all(|end| bytes.is_char_boundary(*end as usize));
        in_order.then_some(TextList { bytes, ends })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them, one after another.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.bytes
    }

    /// The text of a number; empty for a number that was not given.
    #[must_use]
    pub fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let Some(end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start as usize..*end as usize).unwrap_or("")
    }

    /// One text more; `None`: there are more than 4 GiB of them.
    pub fn push(&mut self, text: &str) -> Option<u32> {
        let end = u32::try_from(self.bytes.len() + text.len()).ok()?;
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number < MOST)?;
        self.bytes.push_str(text);
        self.ends.push(end);
        Some(number)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = self.bytes.get(start as usize..*end as usize).unwrap_or("");
            start = *end;
            text
        })
    }

    /// Gives back what room was held ready.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// So many texts have room in a table.
const MOST: u32 = LONG - 1;
/// Marks the number of a text that does not stand in its slot.
const LONG: u32 = 1 << 31;

/// Texts by number, each once, and their numbers by text.
///
/// A text of at most twelve bytes stands in the slot that finds it, so that one look at the table tells; of a longer one
/// 64 bits of its hash do, and where to look. The hash is keyed, so that nobody can write names that all meet in one slot.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    list: TextList,
    /// A power of two, at most three quarters full.
    slots: Vec<Slot>,
    hashing: RandomState,
}

/// What a text looks like in the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Look {
    /// The text itself, its first byte uppermost; or the hash of a longer one.
    first: u64,
    rest: u32,
    /// [`LONG`] of a longer one, else 0.
    long: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    first: u64,
    rest: u32,
    /// Number + 1, with the mark of a text that is longer; 0: free.
    number: u32,
}

/// How many texts [`Texts::find_all`] looks up side by side.
const BLOCK: usize = 64;

/// The first twelve bytes of a text as two numbers, in the order of texts; a shorter one is as if NULs came behind it.
#[must_use]
pub fn twelve(bytes: &[u8]) -> (u64, u32) {
    let bytes = bytes.get(..12).unwrap_or(bytes);
    let length = bytes.len();
    // What stands before the last four bytes is cut off at the upper end.
    let last = |room: usize, last: &[u8; 4]| {
        u32::try_from(u64::from(u32::from_be_bytes(*last)) << (8 * (room - length)) & u64::from(u32::MAX)).unwrap_or(0)
    };
    match (bytes.first_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), _, Some(end)) => (u64::from_be_bytes(*first), last(12, end)),
        (_, Some(first), Some(end)) => (u64::from(u32::from_be_bytes(*first)) << 32 | u64::from(last(8, end)), 0),
        _ => (bytes.iter().zip([56, 48, 40]).fold(0, |all, (byte, shift)| all | u64::from(*byte) << shift), 0),
    }
}

impl Texts {
    /// Texts that all differ, in this order.
    #[must_use]
    pub fn of(list: TextList) -> Self {
        let mut texts = Texts { list, slots: Vec::new(), hashing: RandomState::default() };
        let mut slots = vec![Slot::default(); room(texts.len())];
        let mut some = Vec::with_capacity(BLOCK);
        let mut all = texts.iter().zip(0..MOST);
        loop {
            some.extend(all.by_ref().take(BLOCK).map(|(text, number)| {
                let look = texts.look(text);
                (texts.hash_in(look, slots.len()), look.slot(number))
            }));
            // Looked at before they are written, so that the memory of all of them is fetched at once.
            let free = |(place, _): &(usize, Slot)| slots.get(*place).is_some_and(|slot| slot.number == 0);
            std::hint::black_box(some.iter().filter(|one| free(one)).count());
            if some.is_empty() {
                break;
            }
            some.drain(..).for_each(|(place, slot)| put(&mut slots, place, slot));
        }
        drop(all);
        texts.slots = slots;
        texts
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The text of a number.
    #[must_use]
    pub fn get(&self, number: u32) -> &str {
        self.list.get(number)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter()
    }

    /// The number of a text.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let look = self.look(text);
        self.find_from(look, self.hash(look), text)
    }

    /// The numbers of two texts, looked up side by side.
    #[must_use]
    pub fn find_both(&self, one: &str, other: &str) -> (Option<u32>, Option<u32>) {
        let looks = (self.look(one), self.look(other));
        let places = (self.hash(looks.0), self.hash(looks.1));
        // Both are looked at before either is read, so that their memory is fetched at once.
        let is_free = |place: usize| self.slots.get(place).is_none_or(|slot| slot.number == 0);
        std::hint::black_box((is_free(places.0), is_free(places.1)));
        (self.find_from(looks.0, places.0, one), self.find_from(looks.1, places.1, other))
    }

    /// The numbers of many texts: the memory that each needs is fetched while the others are worked on.
    pub fn find_all(&self, texts: &[&str], mut see: impl FnMut(usize, Option<u32>)) {
        let mut looks = [Look::default(); BLOCK];
        let mut places = [0_usize; BLOCK];
        let mut slots = [Slot::default(); BLOCK];
        for (block, some) in texts.chunks(BLOCK).enumerate() {
            for ((text, look), place) in some.iter().zip(&mut looks).zip(&mut places) {
                *look = self.look(text);
                *place = self.hash(*look);
            }
            for (place, slot) in places.iter().zip(&mut slots).take(some.len()) {
                *slot = self.slots.get(*place).copied().unwrap_or_default();
            }
            for (at, (text, ((look, place), slot))) in
                some.iter().zip(looks.iter().zip(&places).zip(&slots)).enumerate()
            {
                // The first slot tells of nearly all.
                let here = slot.first == look.first && slot.rest == look.rest && look.long == 0;
                let number = if here && slot.number & LONG == 0 && slot.number != 0 {
                    Some(slot.number - 1)
                } else {
                    self.find_from(*look, *place, text)
                };
                see(block * BLOCK + at, number);
            }
        }
    }

    /// The number of a text, which gets one if it has none; and whether it had none. `None`: there is no room for more.
    pub fn add(&mut self, text: &str) -> Option<(u32, bool)> {
        let look = self.look(text);
        if let Some(known) = self.find_from(look, self.hash(look), text) {
            return Some((known, false));
        }
        let number = self.list.push(text)?;
        if (self.list.len() + 1) * 4 > self.slots.len() * 3 {
            let mut slots = vec![Slot::default(); room(self.list.len() + 1)];
            for slot in self.slots.iter().filter(|slot| slot.number != 0) {
                let look = Look { first: slot.first, rest: slot.rest, long: slot.number & LONG };
                let at = self.hash_in(look, slots.len());
                put(&mut slots, at, *slot);
            }
            self.slots = slots;
        }
        let at = self.hash(look);
        put(&mut self.slots, at, look.slot(number));
        Some((number, true))
    }

    /// Gives back what room was held ready.
    pub fn shrink(&mut self) {
        self.list.shrink();
    }

    fn look(&self, text: &str) -> Look {
        let bytes = text.as_bytes();
        // One that ends with a NUL would look like a shorter one.
        if bytes.len() > 12 || bytes.last() == Some(&0) {
            return Look { first: self.hashing.hash_one(bytes), rest: 0, long: LONG };
        }
        let (first, rest) = twelve(bytes);
        Look { first, rest, long: 0 }
    }

    /// The slot that a text belongs into.
    fn hash(&self, look: Look) -> usize {
        self.hash_in(look, self.slots.len())
    }

    fn hash_in(&self, look: Look, slots: usize) -> usize {
        let hash = self.hashing.hash_one((look.first, u64::from(look.rest)));
        usize::try_from(hash).unwrap_or(usize::MAX) & slots.wrapping_sub(1)
    }

    /// Looks from a slot on.
    fn find_from(&self, look: Look, place: usize, text: &str) -> Option<u32> {
        let mut at = place;
        loop {
            let slot = self.slots.get(at).filter(|slot| slot.number != 0)?;
            if slot.first == look.first && slot.rest == look.rest && slot.number & LONG == look.long {
                let number = (slot.number & !LONG) - 1;
                if look.long == 0 || self.list.get(number) == text {
                    return Some(number);
                }
            }
            at = (at + 1) & self.slots.len().wrapping_sub(1);
        }
    }
}

/// How many slots so many texts need.
fn room(texts: usize) -> usize {
    ((texts + 1) * 4 / 3 + 1).next_power_of_two().max(16)
}

fn put(slots: &mut [Slot], place: usize, content: Slot) {
    let mask = slots.len().wrapping_sub(1);
    let mut at = place;
    while let Some(slot) = slots.get_mut(at) {
        if slot.number == 0 {
            *slot = content;
            return;
        }
        at = (at + 1) & mask;
    }
}

impl Look {
    fn slot(self, number: u32) -> Slot {
        Slot { first: self.first, rest: self.rest, number: (number + 1) | self.long }
    }
}

//! Texts in one piece of memory, each with a number: plain, in the order in which they came, and with a table that finds
//! the number of a text. Knows nothing of what they name.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Texts by number.
#[derive(Clone, Debug, Default)]
pub struct TextList {
    bytes: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl TextList {
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
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number < u32::MAX - 1)?;
        self.bytes.push_str(text);
        self.ends.push(end);
        Some(number)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|at| self.get(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// Gives back what room was held ready.
    pub fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn with_room(texts: usize, bytes: usize) -> Self {
        TextList { bytes: String::with_capacity(bytes), ends: Vec::with_capacity(texts) }
    }
}

/// Texts by number, each once, and their numbers by text.
///
/// The table holds of each text 32 bits of its hash and its number: one look at it, one at the text. The hash is keyed,
/// so that nobody can write names that all meet in one slot.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    list: TextList,
    /// Hash in the upper half, number + 1 in the lower; 0: free. A power of two, at most three quarters full.
    slots: Vec<u64>,
    hashing: RandomState,
}

/// How many texts [`Texts::find_all`] looks up side by side.
const BLOCK: usize = 64;

impl Texts {
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
        let hash = self.hash(text);
        self.find_from(hash, self.slots.get(self.slot(hash)).copied().unwrap_or(0), text)
    }

    /// The numbers of two texts, looked up side by side.
    #[must_use]
    pub fn find_both(&self, one: &str, other: &str) -> (Option<u32>, Option<u32>) {
        let hashes = (self.hash(one), self.hash(other));
        let first = |hash| self.slots.get(self.slot(hash)).copied().unwrap_or(0);
        let slots = (first(hashes.0), first(hashes.1));
        (self.find_from(hashes.0, slots.0, one), self.find_from(hashes.1, slots.1, other))
    }

    /// The numbers of many texts: the memory that each needs is fetched while the others are worked on.
    pub fn find_all(&self, texts: &[&str], mut see: impl FnMut(usize, Option<u32>)) {
        let mut hashes = [0_u32; BLOCK];
        let mut slots = [0_u64; BLOCK];
        for (block, some) in texts.chunks(BLOCK).enumerate() {
            for (text, hash) in some.iter().zip(&mut hashes) {
                *hash = self.hash(text);
            }
            for (hash, slot) in hashes.iter().zip(&mut slots).take(some.len()) {
                *slot = self.slots.get(self.slot(*hash)).copied().unwrap_or(0);
            }
            for (at, ((text, hash), slot)) in some.iter().zip(&hashes).zip(&slots).enumerate() {
                see(block * BLOCK + at, self.find_from(*hash, *slot, text));
            }
        }
    }

    /// The number of a text, which gets one if it has none; and whether it had none. `None`: there is no room for more.
    pub fn add(&mut self, text: &str) -> Option<(u32, bool)> {
        let hash = self.hash(text);
        if let Some(known) = self.find_from(hash, self.slots.get(self.slot(hash)).copied().unwrap_or(0), text) {
            return Some((known, false));
        }
        let number = self.list.push(text)?;
        if (self.list.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.put(hash, number);
        Some((number, true))
    }

    /// The same texts with other numbers: `order` has the number of now for each of then. Every text must be in it once.
    #[must_use]
    pub fn in_order(self, order: &[u32]) -> Self {
        let mut list = TextList::with_room(order.len(), self.list.bytes.len());
        let mut then = vec![0_u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            list.push(self.list.get(*old));
            if let Some(slot) = then.get_mut(*old as usize) {
                *slot = u32::try_from(new).unwrap_or(u32::MAX);
            }
        }
        let mut slots = self.slots;
        for slot in slots.iter_mut().filter(|slot| **slot != 0) {
            let old = (*slot & LOWER) - 1;
            let new = usize::try_from(old).ok().and_then(|old| then.get(old)).copied().unwrap_or(0);
            *slot = *slot & !LOWER | (u64::from(new) + 1);
        }
        Texts { list, slots, hashing: self.hashing }
    }

    /// Gives back what room was held ready.
    pub fn shrink(&mut self) {
        self.list.shrink();
    }

    /// The upper half of the hash of a text.
    fn hash(&self, text: &str) -> u32 {
        u32::try_from(self.hashing.hash_one(text.as_bytes()) >> 32).unwrap_or(0)
    }

    fn slot(&self, hash: u32) -> usize {
        hash as usize & self.slots.len().wrapping_sub(1)
    }

    /// Looks on from the slot of a hash, whose content is at hand.
    fn find_from(&self, hash: u32, first: u64, text: &str) -> Option<u32> {
        let mut content = first;
        let mut at = self.slot(hash);
        while content != 0 {
            if content >> 32 == u64::from(hash) {
                let number = u32::try_from((content & LOWER) - 1).ok()?;
                if self.list.get(number) == text {
                    return Some(number);
                }
            }
            at = (at + 1) & self.slots.len().wrapping_sub(1);
            content = self.slots.get(at).copied().unwrap_or(0);
        }
        None
    }

    fn put(&mut self, hash: u32, number: u32) {
        let content = u64::from(hash) << 32 | (u64::from(number) + 1);
        put(&mut self.slots, content);
    }

    fn grow(&mut self) {
        let mut slots = vec![0; (self.slots.len() * 2).max(16)];
        self.slots.iter().filter(|slot| **slot != 0).for_each(|slot| put(&mut slots, *slot));
        self.slots = slots;
    }
}

const LOWER: u64 = 0xFFFF_FFFF;

fn put(slots: &mut [u64], content: u64) {
    let mask = slots.len().wrapping_sub(1);
    let mut at = usize::try_from(content >> 32).unwrap_or(0) & mask;
    while let Some(slot) = slots.get_mut(at) {
        if *slot == 0 {
            *slot = content;
            return;
        }
        at = (at + 1) & mask;
    }
}

//! Sets of roles, equal ones stored once: a row of bits each, or a sorted list where a bundle has very many roles. Knows
//! nothing of what a set is for.

use crate::ir::RoleId;
use rustc_hash::FxHashMap;

/// More roles than this stand in lists: a row of bits would be larger than what it says.
const MOST_BITS: usize = 1024;

/// A set: index into [`Rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::decide) struct RowId(u32);

/// Sets of roles, each perhaps with the party itself.
#[derive(Debug)]
pub(in crate::decide) struct Rows {
    /// The number of roles: the place of the party itself.
    roles: u32,
    shape: Shape,
    known: FxHashMap<Box<[u64]>, RowId>,
}

#[derive(Debug)]
enum Shape {
    Bits { words: usize, bits: Vec<u64> },
    Lists { starts: Vec<u32>, members: Vec<u32> },
}

impl Rows {
    pub(super) fn new(roles: usize) -> Self {
        let shape = if roles < MOST_BITS {
            Shape::Bits { words: (roles + 1).div_ceil(64), bits: Vec::new() }
        } else {
            Shape::Lists { starts: vec![0], members: Vec::new() }
        };
        Rows { roles: u32::try_from(roles).unwrap_or(u32::MAX), shape, known: FxHashMap::default() }
    }

    /// The set of these; `itself` says whether the party itself is among them.
    pub(super) fn add(&mut self, roles: &[RoleId], itself: bool) -> RowId {
        let mut members: Vec<u32> = roles.iter().map(|role| role.0).chain(itself.then_some(self.roles)).collect();
        members.sort_unstable();
        members.dedup();
        match &mut self.shape {
            Shape::Bits { words, bits } => {
                let mut row = vec![0u64; *words];
                for member in members {
                    if let Some(word) = row.get_mut(member as usize / 64) {
                        *word |= 1 << (member % 64);
                    }
                }
                let next = RowId(u32::try_from(bits.len() / *words).unwrap_or(u32::MAX));
                *self.known.entry(row.into()).or_insert_with_key(|row| {
                    bits.extend_from_slice(row);
                    next
                })
            }
            Shape::Lists { starts, members: all } => {
                let key: Box<[u64]> = members.iter().map(|member| u64::from(*member)).collect();
                let next = RowId(u32::try_from(starts.len() - 1).unwrap_or(u32::MAX));
                *self.known.entry(key).or_insert_with(|| {
                    all.extend(members);
                    starts.push(u32::try_from(all.len()).unwrap_or(u32::MAX));
                    next
                })
            }
        }
    }

    /// Forgets what was only needed to store equal sets once.
    pub(super) fn close(&mut self) {
        self.known = FxHashMap::default();
    }

    /// Is the role in the set?
    #[inline]
    pub(super) fn has(&self, row: RowId, role: RoleId) -> bool {
        self.member(row, role.0)
    }

    /// Is the party itself in the set?
    #[inline]
    pub(super) fn has_itself(&self, row: RowId) -> bool {
        self.member(row, self.roles)
    }

    #[inline]
    fn member(&self, row: RowId, member: u32) -> bool {
        match &self.shape {
            Shape::Bits { words, bits } => {
                let at = row.0 as usize * words + member as usize / 64;
                bits.get(at).is_some_and(|word| word >> (member % 64) & 1 == 1)
            }
            Shape::Lists { starts, members } => {
                let at = row.0 as usize;
                let (Some(start), Some(end)) = (starts.get(at), starts.get(at + 1)) else { return false };
                members.get(*start as usize..*end as usize).is_some_and(|row| row.binary_search(&member).is_ok())
            }
        }
    }
}

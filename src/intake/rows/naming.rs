//! Names of entities as they come, and at last in order, each with its number. Knows no attribute, and tells nothing: of
//! names that stand twice it only says where.

use super::order::split;
use crate::facts::{Entities, EntityId, TextList, Texts, twelve};
use crate::intake::names::Names;
use crate::ir::OrganisationId;
use crate::terms::kind::Kind;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Names of one table in one block.
struct Part {
    kind: Kind,
    /// The number of the first of them.
    first: u32,
    names: TextList,
    /// The line before the block, among those of all files, and the lines of the names from there.
    block: u32,
    lines: Vec<u32>,
}

/// All names, numbered as they come.
#[derive(Default)]
pub(super) struct Naming {
    parts: Vec<Part>,
    count: u32,
    organisations: Vec<(u32, OrganisationId)>,
}

/// A name that stands again: where it stands, and where first, as lines of all files.
pub(super) struct Twice {
    pub(super) name: String,
    pub(super) line: u32,
    pub(super) first: u32,
}

/// Names in order.
pub(super) struct Ordered {
    list: TextList,
    kinds: Vec<Kind>,
    /// The number that each had as it came.
    pub(super) order: Vec<u32>,
    /// Organisations of the bundle.
    organisations: Vec<(String, OrganisationId)>,
    pub(super) twice: Vec<Twice>,
}

const NUMBER: u128 = u32::MAX as u128;

/// The number in a key, below twelve bytes of the name.
fn number(key: u128) -> u32 {
    u32::try_from(key & NUMBER).unwrap_or(u32::MAX)
}

impl Naming {
    /// Names of a block; the number of the first.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        names: TextList,
        (block, lines): (u32, Vec<u32>),
        organisations: Vec<(u32, OrganisationId)>,
    ) -> u32 {
        let first = self.count;
        self.count = first.saturating_add(u32::try_from(names.len()).unwrap_or(u32::MAX));
        self.organisations.extend(organisations.into_iter().map(|(at, id)| (first.saturating_add(at), id)));
        self.parts.push(Part { kind, first, names, block, lines });
        first
    }

    fn part(&self, number: u32) -> Option<(&Part, u32)> {
        let at = self.parts.partition_point(|part| part.first <= number);
        // Of a part without names the first number is that of the next.
        let part = self.parts.get(at.checked_sub(1)?)?;
        Some((part, number - part.first))
    }

    fn name(&self, number: u32) -> &str {
        self.part(number).map_or("", |(part, at)| part.names.get(at))
    }

    fn line(&self, number: u32) -> u32 {
        let line =
            self.part(number).and_then(|(part, at)| Some(part.block.saturating_add(*part.lines.get(at as usize)?)));
        line.unwrap_or(0)
    }

    /// The names in order, each once, with those organisations of the bundle that nobody has listed.
    pub(super) fn ordered(mut self, names: &Names<'_>) -> Ordered {
        let listed: BTreeSet<OrganisationId> = self.organisations.iter().map(|(_, id)| *id).collect();
        let (mut rest, mut ids) = (TextList::default(), Vec::new());
        for (at, name) in names.meaning.organisations.iter().enumerate() {
            if !listed.contains(&at.into())
                && let Some(number) = rest.push(name)
            {
                ids.push((number, at.into()));
            }
        }
        self.add(Kind::Organisation, rest, (0, Vec::new()), ids);

        let longest = self.parts.par_iter().flat_map_iter(|part| part.names.iter().map(str::len)).max().unwrap_or(0);
        // Of long names what all begin with tells nothing.
        let common = if longest > 12 { self.common() } else { 0 };
        let mut keys = vec![0_u128; self.count as usize];
        let pieces = split(&mut keys, self.parts.iter().map(|part| part.names.len()));
        pieces.into_par_iter().zip(&self.parts).for_each(|(piece, part)| {
            for ((slot, name), number) in piece.iter_mut().zip(part.names.iter()).zip(part.first..) {
                let (first, rest) = twelve(name.as_bytes().get(common..).unwrap_or(&[]));
                *slot = u128::from(first) << 64 | u128::from(rest) << 32 | u128::from(number);
            }
        });
        keys.par_sort_unstable();
        let (again, twice) = self.settle(&mut keys);
        if !again.is_empty() {
            keys.retain(|key| !again.contains(&number(*key)));
        }
        let order_and_kinds = || {
            let order: Vec<u32> = keys.iter().map(|key| number(*key)).collect();
            let mut kinds: Vec<Kind> = Vec::with_capacity(self.count as usize);
            self.parts.iter().for_each(|part| kinds.extend(std::iter::repeat_n(part.kind, part.names.len())));
            let kinds = order.iter().map(|old| kinds.get(*old as usize).copied().unwrap_or(Kind::Person)).collect();
            (order, kinds)
        };
        let (list, (order, kinds)) = rayon::join(|| self.list(&keys, common), order_and_kinds);
        drop(keys);
        let organisations = self.organisations.iter().map(|(at, id)| (self.name(*at).to_owned(), *id)).collect();
        Ordered { list, kinds, order, organisations, twice }
    }

    /// How many bytes all names begin with.
    fn common(&self) -> usize {
        let first = self.name(0).as_bytes();
        let each = self.parts.par_iter().map(|part| {
            part.names.iter().fold(first.len(), |most, name| {
                first.iter().zip(name.as_bytes()).take(most).take_while(|(one, other)| one == other).count()
            })
        });
        each.min().unwrap_or(0)
    }

    /// Puts names whose keys are the same in order; the numbers of those that stand again, and where.
    fn settle(&self, keys: &mut [u128]) -> (BTreeSet<u32>, Vec<Twice>) {
        let mut again: Vec<(u32, u32)> = Vec::new();
        for same in keys.chunk_by_mut(|one, other| one >> 32 == other >> 32).filter(|same| same.len() > 1) {
            same.par_sort_unstable_by(|one, other| {
                self.name(number(*one)).cmp(self.name(number(*other))).then_with(|| one.cmp(other))
            });
            let mut first = None;
            for key in same.iter().map(|key| number(*key)) {
                match first {
                    Some(first) if self.name(first) == self.name(key) => again.push((key, first)),
                    _ => first = Some(key),
                }
            }
        }
        again.sort_unstable();
        let told = again.iter().map(|(number, first)| Twice {
            name: self.name(*number).to_owned(),
            line: self.line(*number),
            first: self.line(*first),
        });
        let told = told.collect();
        (again.into_iter().map(|(number, _)| number).collect(), told)
    }

    /// The names of keys. Of one that is not longer than twelve bytes they are in the key, if all are without NULs.
    fn list(&self, keys: &[u128], common: usize) -> TextList {
        let has_nul = self.parts.iter().any(|part| memchr::memchr(0, part.names.text().as_bytes()).is_some());
        let beginning = self.name(0).as_bytes().get(..common).unwrap_or(&[]);
        let (mut bytes, mut ends) = (Vec::with_capacity(keys.len() * 12), Vec::with_capacity(keys.len()));
        for key in keys {
            let free = usize::try_from((key >> 32).trailing_zeros().min(96) / 8).unwrap_or(0);
            if has_nul || free == 0 {
                bytes.extend_from_slice(self.name(number(*key)).as_bytes());
            } else {
                bytes.extend_from_slice(beginning);
                bytes.extend_from_slice(key.to_be_bytes().get(..12 - free).unwrap_or(&[]));
            }
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        TextList::of_bytes(bytes, ends).unwrap_or_default()
    }
}

impl Ordered {
    /// The entities, numbered in this order.
    pub(super) fn entities(self) -> Entities {
        let names = Texts::of(self.list);
        let declared: Vec<(EntityId, OrganisationId)> = self
            .organisations
            .iter()
            .filter_map(|(name, organisation)| Some((EntityId(names.find(name)?), *organisation)))
            .collect();
        Entities::of(names, &self.kinds, declared)
    }
}

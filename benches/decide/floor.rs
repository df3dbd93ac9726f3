//! What a decision costs at least: a hash map from subject and party to a role, and a row of bits for each package. Looks at roles
//! alone: no delegation, no key role, no condition, no date. Decides nothing right but that.

use crate::world::Drawn;
use fullmakt::decide::{Asking, What};
use fullmakt::facts::Facts;
use fullmakt::ir::{Grantee, Meaning};
use rustc_hash::FxHashMap;

/// Role facts in a hash map.
pub(crate) struct Floor {
    roles: FxHashMap<(u32, u32), u16>,
    words: usize,
    rows: Vec<u64>,
}

impl Floor {
    pub(crate) fn new(meaning: &Meaning, facts: &Facts) -> Self {
        let words = meaning.roles.len().div_ceil(64);
        let mut rows = vec![0; words * meaning.packages.len()];
        for (at, named) in meaning.packages.iter().enumerate() {
            for grant in named.versions.iter().flat_map(|version| &version.grants) {
                if let Some(Grantee::Role(role)) = grant.to {
                    rows[at * words + role.index() / 64] |= 1 << (role.index() % 64);
                }
            }
        }
        let pairs = facts.roles().filter_map(|(_, fact)| Some(((fact.subject.0, fact.party?.0), fact.role.0 as u16)));
        Floor { roles: pairs.collect(), words, rows }
    }

    /// Has the subject a role for the party that is granted the package?
    pub(crate) fn permits(&self, drawn: &Drawn) -> bool {
        let package = match drawn.asking {
            Asking::Use(What::Package(package)) => package.index(),
            Asking::Act(resource, _) => resource.index(),
            _ => return false,
        };
        self.roles.get(&(drawn.subject.0, drawn.party.0)).is_some_and(|role| {
            let role = usize::from(*role);
            self.rows[package * self.words + role / 64] >> (role % 64) & 1 == 1
        })
    }
}

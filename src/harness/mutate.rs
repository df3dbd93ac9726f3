//! Mutation testing (docs/mutation.md): every small change of a bundle, tried with the suites. A change that no suite notices
//! is a missing case, which is found and told; it is set aside only where it is proved to decide the same everywhere.

mod agents;
mod choosing;
mod conditions;
mod holding;
mod mutant;
mod mutation;
mod paste;
mod probe;
mod read;
pub mod report;
mod ruling;
mod run;
mod same;
mod saying;
mod scenario;
mod search;
mod selects;
mod settle;
mod touch;
mod trouble;
mod world;

pub use mutant::Mutant;
pub use mutation::Mutation;
pub use run::{Case, Fate, Killer, Options, Outcome, Run, Trouble, kills, run};
pub use settle::Settle;

use crate::ir::Bundle;
use crate::origins::{Origin, Origins, Part};
use crate::words::Speaker;

/// Every mutant of a bundle, in order of place: file, line and column; of one place in order of kind and words.
#[must_use]
pub fn mutants(bundle: &Bundle, origins: &Origins) -> Vec<Mutant> {
    let speaker = Speaker::new(bundle, Some(origins));
    let mut making = holding::Making::new(bundle, &speaker, origins);
    making.roles();
    making.areas();
    making.packages();
    making.conditions();
    making.resources();
    making.rules();
    making.selections(&origins.selections);
    let mut found = making.found;
    found.sort_by(|one, two| {
        let key = |mutant: &Mutant| origin(origins, mutant.part).map(|origin| (origin.file.clone(), origin.offset));
        (key(one), one.mutation, one.part, &one.says).cmp(&(key(two), two.mutation, two.part, &two.says))
    });
    found
}

/// Where a part stands; of a rule in all its scopes.
#[must_use]
pub fn origin(origins: &Origins, part: Part) -> Option<&Origin> {
    match part {
        Part::Selection(at) => origins.selections.get(at as usize).map(|selection| &selection.origin),
        part => origins.places.get(&part),
    }
}

//! Certain fixes made, round by round, until none is left: compile, write, compile again. Keeps nothing that would change
//! what is decided. Writes to the texts in memory; whether they reach the disk is not its to say.

use super::{Compiled, Options, compile};
use crate::diag::fix::{self, Written};
use crate::ir::json;
use crate::source::{Source, SourceId, Sources};
use std::collections::BTreeMap;

/// After so many rounds a text in which fixes still follow on fixes is left as it was.
const ROUNDS: usize = 16;

/// The texts as they are now, and what became of them.
#[derive(Debug)]
pub struct Mended {
    /// What came of the texts as they are now.
    pub compiled: Compiled,
    /// The fixes that were made, in their order.
    pub written: Vec<Written>,
    /// The texts that are others now, as they were before.
    pub before: BTreeMap<SourceId, Source>,
    /// The fixes would have changed what is decided, so that none was kept.
    pub refused: bool,
}

/// Compiles these modules and makes the certain fixes. Texts of which a part is missing stay as they are.
#[must_use]
pub fn mend(sources: &mut Sources, modules: &[SourceId], options: &Options) -> Mended {
    let mut closed = options.broken.clone();
    let mut compiled = compile(sources, modules, options.clone());
    let meaning = compiled.bundle.as_ref().map(|(bundle, _)| json::meaning_text(bundle));
    let mut before: BTreeMap<SourceId, Source> = BTreeMap::new();
    let mut written = Vec::new();
    for round in 1.. {
        let (made, replaced) = fix::write(&compiled.findings, &closed, sources);
        if made.is_empty() {
            break;
        }
        if round <= ROUNDS {
            written.extend(made);
            for (id, text) in replaced {
                before.entry(id).or_insert(text);
            }
        } else {
            // It would go on for ever: a text that is written to once more is left as it was.
            for (id, text) in replaced {
                let first = before.remove(&id).unwrap_or(text);
                sources.replace(id, first.text());
                closed.insert(id);
            }
            written.retain(|written: &Written| !closed.contains(&written.source));
        }
        compiled = compile(sources, modules, options.clone());
    }
    let now = compiled.bundle.as_ref().map(|(bundle, _)| json::meaning_text(bundle));
    let refused = meaning.is_some() && meaning != now;
    if refused {
        for (id, text) in std::mem::take(&mut before) {
            sources.replace(id, text.text());
        }
        written.clear();
        compiled = compile(sources, modules, options.clone());
    }
    Mended { compiled, written, before, refused }
}

//! The whole road, on one page. Only puts steps in order; what each does is said where it lives.
//!
//! ```text
//!  texts ──parse──▶ trees ──resolve──▶ Catalog ──check──▶ Sound ──lower──▶ Bundle ──prove──▶ the same, with Origins beside it
//!           │                  │                   │                           │
//!           └──── findings ────┴───── findings ────┴───────── findings ────────┘     all of them, in one order; an error means
//!                                                                                    no bundle
//! ```

mod mend;

use crate::diag::{Answered, Diagnostic, codes};
use crate::ir::Bundle;
use crate::origins::Origins;
use crate::source::{SourceId, Sources};
use crate::{check, lower, model, prove, resolve, syntax};
use rayon::prelude::*;
use std::collections::BTreeSet;

pub use mend::{Mended, mend};

/// What a run knows besides its texts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Known words, for misspelt titles.
    pub words: Option<Vec<Box<str>>>,
    /// Findings of reading the texts.
    pub unreadable: Vec<Diagnostic>,
    /// Texts of which a part or all is missing.
    pub broken: BTreeSet<SourceId>,
}

/// What came of it.
#[derive(Debug)]
pub struct Compiled {
    /// All findings that nobody answered, in order of place.
    pub findings: Vec<Diagnostic>,
    /// Warnings that an `allow` answers, in order of place.
    pub answered: Vec<Answered>,
    /// The bundle, where no finding is an error.
    pub bundle: Option<(Bundle, Origins)>,
    /// The modules, in order of name: whose names a suite beside one means.
    pub modules: Vec<ModuleText>,
}

/// Which module a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleText {
    /// The text.
    pub source: SourceId,
    /// Full name of the module.
    pub name: Box<str>,
    /// Full names of the modules that it uses.
    pub uses: Vec<Box<str>>,
}

/// Compiles these modules together.
#[must_use]
pub fn compile(sources: &Sources, modules: &[SourceId], options: Options) -> Compiled {
    // 1. Each text on its own, on as many threads as there are; in the order of the texts again.
    let parsed: Vec<(SourceId, syntax::Parsed<'_>)> =
        modules.par_iter().filter_map(|id| Some((*id, syntax::parse(sources.get(*id)?, *id)))).collect();
    let mut found = options.unreadable;
    let mut trees = Vec::with_capacity(parsed.len());
    for (id, mut text) in parsed {
        if options.broken.contains(&id) {
            // A byte that is no text may stand in a comment; a tree that could be read whole has lost nothing.
            let lost = text.module.name.is_none() || !text.findings.is_empty();
            text.module.wounded |= lost;
            text.module.hides |= lost;
        } else {
            found.extend(text.findings);
        }
        trees.push((id, text.module));
    }

    // 2. Names become links.
    let resolved = resolve::resolve(sources, &trees);
    drop(trees);
    found.extend(resolved.findings.into_iter().filter(|finding| !options.broken.contains(&finding.place.source)));

    let all = &resolved.catalog.modules;
    let name_of = |id: model::ModuleId| all.get(id.0 as usize).map(|module| module.name.clone());
    let modules = all
        .iter()
        .map(|module| ModuleText {
            source: module.place.source,
            name: module.name.clone(),
            uses: module.uses.iter().filter_map(|used| name_of(used.value)).collect(),
        })
        .collect();

    // 3. Links obey rules. Only a catalog without an error is sound.
    let checked = check::check(resolved.catalog, sources, found, &check::Options { words: options.words });
    let mut findings = checked.findings;
    // A text that could not be read whole is one finding: what stands in the rest of it says nothing.
    findings.retain(|finding| is_of_reading(finding) || !options.broken.contains(&finding.place.source));
    Diagnostic::sort(&mut findings);
    let mut answered = checked.answered;
    answered.retain(|answered| !options.broken.contains(&answered.finding.place.source));

    // 4. What is sound becomes a bundle; nothing can go wrong any more.
    let bundle = checked.sound.map(|sound| lower::lower(sound, sources));

    // 5. What says `never` is never so; else it is an error as any other.
    let found = bundle.as_ref().map(|(bundle, origins)| prove::findings(bundle, origins, sources)).unwrap_or_default();
    let bundle = bundle.filter(|_| !found.iter().any(Diagnostic::is_error));
    findings.extend(found);
    Diagnostic::sort(&mut findings);
    Compiled { findings, answered, bundle, modules }
}

fn is_of_reading(finding: &Diagnostic) -> bool {
    [&codes::UNREADABLE_FILE, &codes::NOT_UTF8, &codes::FILE_TOO_LARGE].contains(&finding.code)
}

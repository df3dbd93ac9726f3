//! Every mutant against the suites: killed by the first question that is answered otherwise, proved to be the same, or a
//! survivor. The same for any number of threads.

use super::mutant::Mutant;
use super::probe::Probes;
use super::settle::Settle;
use crate::decide::Index;
use crate::harness::check::Check;
use crate::harness::requirements::Killed;
use crate::harness::suite::Suite;
use crate::ir::Bundle;
use crate::origins::Origins;
use crate::source::Place;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Which mutants are tried, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Those alone whose kind, words or module have this in them.
    pub filter: Option<Box<str>>,
    /// Those alone of this module, or of those below it.
    pub module: Option<Box<str>>,
    /// So many of them alone, drawn by the seed.
    pub sample: Option<usize>,
    /// What the sample is drawn by.
    pub seed: u64,
    /// So many threads; none said: as many as there are.
    pub jobs: Option<usize>,
}

/// What killed a mutant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Killer {
    /// Full name of the module of the suite.
    pub module: Box<str>,
    /// The name of the case or table.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
}

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A question of a suite is answered otherwise.
    Killed(Killer),
    /// It decides the same everywhere, and why.
    Same(String),
    /// No suite tells it from the bundle.
    Survived(Option<Box<Case>>),
}

/// The case that would kill a survivor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Full name of the module whose suite it is for.
    pub module: Box<str>,
    /// One item for the list `cases`, ready to paste.
    pub text: String,
    /// What the mutant decides instead.
    pub instead: String,
}

/// A mutant and what became of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The mutant.
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
}

/// What came of all of them.
#[derive(Clone, Debug)]
pub struct Run {
    /// In order of place.
    pub outcomes: Vec<Outcome>,
    /// How many the sample left out.
    pub left_out: usize,
}

/// Why nothing could be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing to change.
    NoMutants,
    /// Nothing is of this filter or module.
    NothingMatches,
    /// The suites ask nothing.
    NoTests,
    /// Questions that are answered otherwise already: nothing can be told by them.
    Unmet(Vec<Killer>),
}

/// Which mutants are asked for, in order of place, and how many of them the sample leaves out.
///
/// # Errors
/// Where there is none.
fn chosen(bundle: &Bundle, origins: &Origins, options: &Options) -> Result<(Vec<Mutant>, usize), Trouble> {
    let mut all = super::mutants(bundle, origins);
    if all.is_empty() {
        return Err(Trouble::NoMutants);
    }
    let within = |mutant: &Mutant| {
        options.module.as_ref().is_none_or(|module| {
            let rest = mutant.module.strip_prefix(&**module);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let matches = |mutant: &Mutant| {
        options.filter.as_ref().is_none_or(|filter| {
            mutant.mutation.word() == &**filter || mutant.says.contains(&**filter) || *mutant.module == **filter
        })
    };
    all.retain(|mutant| within(mutant) && matches(mutant));
    if all.is_empty() {
        return Err(Trouble::NothingMatches);
    }
    let count = all.len();
    if let Some(sample) = options.sample {
        // The least by a number that hangs on the seed and the place in the list alone.
        let mut drawn: Vec<usize> = (0..count).collect();
        drawn.sort_by_key(|at| (mixed(options.seed, *at as u64), *at));
        drawn.truncate(sample);
        drawn.sort_unstable();
        let mut keep = drawn.into_iter().peekable();
        let mut at = 0;
        all.retain(|_| {
            let kept = keep.next_if_eq(&at).is_some();
            at += 1;
            kept
        });
    }
    let left_out = count - all.len();
    if all.is_empty() { Err(Trouble::NothingMatches) } else { Ok((all, left_out)) }
}

/// SplitMix64.
fn mixed(seed: u64, at: u64) -> u64 {
    let mut word = seed.wrapping_add(at.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// Cases and tables that are not as expected before anything is changed.
fn unmet(bundle: &Bundle, probes: &Probes<'_>) -> Vec<Killer> {
    let index = Index::new(bundle);
    let mut found = Vec::new();
    for (at, suite) in probes.suites.iter().enumerate() {
        probes.failing(&index, None, at, &mut |check| {
            found.push(killer(suite, check));
            true
        });
    }
    found
}

fn killer(suite: &Suite, check: &Check) -> Killer {
    Killer { module: suite.module.clone(), name: check.name.clone(), place: check.place }
}

/// Asks a mutant what can be touched by it; hands each check that is answered otherwise on, until told to stop.
fn ask(
    bundle: &Bundle,
    changed: &Bundle,
    mutant: &Mutant,
    probes: &Probes<'_>,
    mut differs: impl FnMut(Killer) -> bool,
) {
    let targets = mutant.change.targets(&bundle.meaning);
    let index = Index::new(changed);
    for at in probes.order(&mutant.module) {
        let Some(suite) = probes.suites.get(at) else { continue };
        if probes.failing(&index, Some(&targets), at, &mut |check| differs(killer(suite, check))) {
            return;
        }
    }
}

/// Every mutant with what `of` makes of it, in their order. Each thread changes a bundle of its own, and takes the change back.
fn each<T: Send>(bundle: &Bundle, mutants: &[Mutant], of: impl Fn(&Bundle, &Mutant) -> T + Sync) -> Vec<T> {
    let tried = mutants.par_iter().with_min_len(16).map_init(
        || bundle.clone(),
        |own, mutant| {
            let undo = mutant.change.clone().make(&mut own.meaning);
            let made = of(own, mutant);
            undo.make(&mut own.meaning);
            made
        },
    );
    tried.collect()
}

/// Tries every mutant that is asked for.
///
/// # Errors
/// Where nothing could be tried, or nothing could be told by it.
pub fn run(settle: &Settle<'_>, origins: &Origins, options: &Options) -> Result<Run, Trouble> {
    let (bundle, suites) = (settle.speaker.bundle, settle.suites);
    let (mutants, left_out) = chosen(bundle, origins, options)?;
    let probes = probes(bundle, suites)?;
    let fates = on(options.jobs, || {
        each(bundle, &mutants, |changed, mutant| {
            let mut first = None;
            ask(bundle, changed, mutant, &probes, |killer| {
                first = Some(killer);
                false
            });
            first.map_or_else(|| settle.of(changed, mutant, &probes), Fate::Killed)
        })
    });
    let outcomes = mutants.into_iter().zip(fates).map(|(mutant, fate)| Outcome { mutant, fate }).collect();
    Ok(Run { outcomes, left_out })
}

/// Each mutant that any case or table notices, with all that do: what requirements are counted by.
///
/// # Errors
/// As of [`run`].
pub fn kills(bundle: &Bundle, origins: &Origins, suites: &[Suite], options: &Options) -> Result<Vec<Killed>, Trouble> {
    let (mutants, _) = chosen(bundle, origins, options)?;
    let probes = probes(bundle, suites)?;
    let all = on(options.jobs, || {
        each(bundle, &mutants, |changed, mutant| {
            let mut by = BTreeSet::new();
            ask(bundle, changed, mutant, &probes, |killer| {
                by.insert(killer.place);
                true
            });
            Killed { module: mutant.module.clone(), by }
        })
    });
    Ok(all.into_iter().filter(|killed| !killed.by.is_empty()).collect())
}

/// What the suites ask, if they ask something, and all is answered as expected.
fn probes<'s>(bundle: &Bundle, suites: &'s [Suite]) -> Result<Probes<'s>, Trouble> {
    let probes = Probes::new(suites, &bundle.meaning);
    if probes.count() == 0 {
        return Err(Trouble::NoTests);
    }
    let unmet = unmet(bundle, &probes);
    if unmet.is_empty() { Ok(probes) } else { Err(Trouble::Unmet(unmet)) }
}

/// Runs on so many threads.
fn on<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> T {
    match jobs.and_then(|jobs| rayon::ThreadPoolBuilder::new().num_threads(jobs).build().ok()) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

//! Reads suites and runs them, in parts on as many threads as there are; verdicts come in the order of the suites.

use super::check::{Asked, Check, Sides, Turn, same};
use super::expectation::{Expectation, Outcome};
use super::fixtures::Fixtures;
use super::hiding::{self, Decided, Gave};
use super::options::Options;
use super::reading::Reading;
use super::reasons;
use super::suite::{self, Suite};
use super::verdict::{Difference, Verdict};
use crate::decide::{Cause, Decider, Decision, Effect, Index, Missing, OpenQuestion, Request};
use crate::diag::Diagnostic;
use crate::facts::Facts;
use crate::intake::names::{Names, Scope};
use crate::ir::{Meaning, Oblige};
use crate::source::{SourceId, Sources};
use crate::words::{FactsSaid, Speaker, decision, rule};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many cases are run at a time by one thread.
const PART: usize = 64;

/// A suite's text, and the module that it is beside, if there is one.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The text.
    pub suite: SourceId,
    /// The module beside it with what that uses.
    pub module: Option<Scope>,
}

/// Reads all suites, with the files of facts among the sources that they use; what was found in any of them, in order of place.
#[must_use]
pub fn read(sources: &Sources, suites: &[Beside], meaning: &Meaning) -> (Vec<Suite>, Vec<Diagnostic>) {
    let names = Names::new(meaning);
    let fixtures = Fixtures::among(sources);
    let read: Vec<suite::Read> = suites
        .par_iter()
        .filter_map(|beside| {
            let source = sources.get(beside.suite)?;
            Some(match &beside.module {
                Some(scope) => {
                    let names = names.within(scope.clone());
                    suite::read(source, beside.suite, sources, &fixtures, &names, &scope.module)
                }
                None => (Err(vec![suite::without_module(source, beside.suite)]), BTreeSet::new()),
            })
        })
        .collect();
    let mut suites = Vec::new();
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for (read, uses) in read {
        used.extend(uses);
        match read {
            Ok(suite) => suites.push(suite),
            Err(found) => findings.extend(found),
        }
    }
    findings.extend(fixtures.unused(&used));
    Diagnostic::sort(&mut findings);
    // What is wrong with a file of facts is found by every suite that uses it.
    findings.dedup();
    (suites, findings)
}

/// Runs suites over the bundle whose names the speaker knows.
#[must_use]
pub fn run(suites: &[Suite], speaker: &Speaker<'_>, sources: &Sources) -> Vec<Verdict> {
    run_with(suites, speaker, sources, &Options::default())
}

/// Runs suites, as the options say. The verdicts are the same on any number of threads.
#[must_use]
pub fn run_with(suites: &[Suite], speaker: &Speaker<'_>, sources: &Sources, options: &Options) -> Vec<Verdict> {
    let index = Index::new(speaker.bundle);
    let reading = options.hiding.then(|| Reading::of(&speaker.bundle.meaning));
    let order = options.order(suites);
    let parts: Vec<(&Suite, &[&Check])> =
        order.iter().flat_map(|(suite, checks)| checks.chunks(PART).map(move |part| (*suite, part))).collect();
    let first_failed = AtomicUsize::new(usize::MAX);
    let all: Vec<Vec<Verdict>> = parts
        .par_iter()
        .enumerate()
        .map(|(at, (suite, checks))| {
            if options.fail_fast && first_failed.load(Ordering::Relaxed) < at {
                return Vec::new();
            }
            let alike = |one: &&Check, other: &&Check| match (&one.own, &other.own) {
                (None, None) => true,
                (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                _ => false,
            };
            let mut verdicts = Vec::with_capacity(checks.len());
            for checks in checks.chunk_by(alike) {
                let Some(first) = checks.first() else { continue };
                let run = Run::new(suite, first, &index, speaker, sources, reading.as_ref());
                verdicts.extend(run.all(checks));
            }
            if let Some(done) = &options.done {
                done.fetch_add(verdicts.len(), Ordering::Relaxed);
            }
            if verdicts.iter().any(|verdict| !verdict.is_met()) {
                first_failed.fetch_min(at, Ordering::Relaxed);
            }
            verdicts
        })
        .collect();
    let mut verdicts: Vec<Verdict> = all.into_iter().flatten().collect();
    if options.fail_fast
        && let Some(at) = verdicts.iter().position(|verdict| !verdict.is_met())
    {
        verdicts.truncate(at + 1);
    }
    verdicts
}

/// Does the work on so many threads; 0: as many as there are processors.
pub fn on_threads<T: Send>(jobs: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
        Ok(pool) if jobs > 0 => pool.install(work),
        // Those that there are anyway.
        _ => work(),
    }
}

/// Everything that the suites ask, with the facts that it is asked over; also what is skipped.
pub fn questions(suites: &[Suite]) -> impl Iterator<Item = (&Facts, &Request)> {
    let checks = suites.iter().flat_map(|suite| suite.checks.iter().map(move |check| (suite.facts_of(check), check)));
    checks.flat_map(|(facts, check)| check.asked.iter().map(move |asked| (facts, &asked.request)))
}

/// Everything that a run decides, with its suite and case.
pub fn asked(suites: &[Suite]) -> impl Iterator<Item = (&Suite, &Check, &Asked)> {
    suites.iter().flat_map(|suite| suite.asked().map(move |(check, asked)| (suite, check, asked)))
}

/// A part of one suite being run, over the same facts.
struct Run<'r, 'i, 'b> {
    suite: &'r Suite,
    decider: Decider<'i, 'b>,
    speaker: &'r Speaker<'b>,
    said: FactsSaid<'r>,
    reading: Option<&'r Reading<'b>>,
}

impl<'r: 'i, 'i, 'b> Run<'r, 'i, 'b> {
    fn new(
        suite: &'r Suite,
        check: &'r Check,
        index: &'i Index<'b>,
        speaker: &'r Speaker<'b>,
        sources: &'r Sources,
        reading: Option<&'r Reading<'b>>,
    ) -> Self {
        let (facts, places) = (suite.facts_of(check), suite.places_of(check));
        let said = FactsSaid { facts, roles: &places.roles, delegations: &places.delegations, sources };
        Run { suite, decider: Decider::new(index, facts), speaker, said, reading }
    }

    fn all(&self, checks: &[&'r Check]) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(checks.len());
        // Every request with its decision, and which check it is of.
        let mut decided: Vec<Decided<'r>> = Vec::new();
        let mut owners: Vec<usize> = Vec::new();
        for (at, check) in checks.iter().enumerate() {
            let mut verdict = self.verdict(check);
            if check.skip.is_none() {
                let first = decided.len();
                for asked in &check.asked {
                    decided.push(Decided { asked, decision: self.decider.decide(&asked.request) });
                    owners.push(at);
                }
                let own = decided.get(first..).unwrap_or(&[]);
                verdict.decided = own.len();
                verdict.permitted = own.iter().filter(|one| one.decision.effect == Effect::Permit).count();
                match &check.turn {
                    Some(turn) => verdict.differences.extend(self.swept(check, turn, own)),
                    None => verdict.differences.extend(own.iter().filter_map(|one| self.difference(one))),
                }
            }
            verdicts.push(verdict);
        }
        if let Some(reading) = self.reading {
            let meaning = &self.speaker.bundle.meaning;
            let hidden = hiding::hide(&decided, &self.decider, meaning, reading);
            for (owner, tried) in owners.iter().zip(hidden.tried) {
                verdicts.get_mut(*owner).into_iter().for_each(|verdict| verdict.hidden += tried);
            }
            for more in hidden.more {
                let (Some(one), Some(owner)) = (decided.get(more.at), owners.get(more.at)) else { continue };
                let difference = self.gave_more(one, &more);
                verdicts.get_mut(*owner).into_iter().for_each(|verdict| verdict.differences.push(difference.clone()));
            }
        }
        verdicts
    }

    fn verdict(&self, check: &Check) -> Verdict {
        Verdict {
            tried: check.tried,
            module: self.suite.module.clone(),
            suite: self.suite.source,
            name: check.name.clone(),
            place: check.place,
            decided: 0,
            permitted: 0,
            hidden: 0,
            skipped: check.skip.clone(),
            differences: Vec::new(),
        }
    }

    fn meets(&self, expected: &Expectation, decision: &Decision) -> bool {
        let carried = || reasons::of(decision, self.speaker, &self.said);
        expected.is_met(decision) && expected.reasons.as_ref().is_none_or(|expected| reasons::are(expected, &carried()))
    }

    fn difference(&self, one: &Decided<'_>) -> Option<Difference> {
        let Decided { asked, decision: got } = one;
        if self.meets(&asked.expected, got) {
            return None;
        }
        let mut expected = asked.expected.outcome.word();
        let mut word = word_of(got);
        self.more(&asked.expected, got, &mut expected, &mut word);
        let words = decision::human(got, &asked.request, self.speaker, &self.said);
        Some(Difference { place: asked.place, expected, got: word, words })
    }

    /// A sweep of which some decision is not as expected, or changes where it should not.
    fn swept(&self, check: &Check, turn: &Turn, own: &[Decided<'_>]) -> Option<Difference> {
        let mut sides = Sides::default();
        let wrong = own.iter().find(|one| {
            let steady = sides.is_steady(turn, &one.asked.request, &one.decision);
            !steady || !self.meets(&one.asked.expected, &one.decision)
        })?;
        let of = |wanted: fn(&Turn, &Request) -> bool| {
            let one = own.iter().find(|one| wanted(turn, &one.asked.request));
            one.map_or(String::new(), |one| {
                let mut said = one.asked.expected.outcome.word();
                self.more(&one.asked.expected, &one.decision, &mut said, &mut String::new());
                said
            })
        };
        let before = of(|turn, request| request.now < turn.at);
        let after = of(|turn, request| request.now > turn.at);
        let expected = if turn.from {
            format!("{before}, then {after} from {} ({})", moment(turn.at), turn.said)
        } else {
            let at = of(|turn, request| request.now == turn.at);
            format!("{before}, {at} at {} ({}), then {after}", moment(turn.at), turn.said)
        };
        Some(Difference {
            place: check.place,
            expected,
            got: self.timeline(own),
            words: decision::human(&wrong.decision, &wrong.asked.request, self.speaker, &self.said),
        })
    }

    /// `permit, then deny not-granted from …`: every change, found to the nanosecond between two moments that were asked.
    fn timeline(&self, own: &[Decided<'_>]) -> String {
        let mut text = own.first().map_or(String::new(), |one| self.in_full(one));
        for pair in own.windows(2) {
            let [one, next] = pair else { continue };
            if same(&one.decision, &next.decision) {
                continue;
            }
            let (mut low, mut high) = (one.asked.request.now, next.asked.request.now);
            while let Some(middle) = between(low, high) {
                let mut request = next.asked.request.clone();
                super::case::move_to(&mut request, middle);
                if same(&one.decision, &self.decider.decide(&request)) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            text.push_str(&format!(", then {} from {}", self.in_full(next), moment(high)));
        }
        text
    }

    /// A decision with what it obliges to and releases, which a sweep follows.
    fn in_full(&self, one: &Decided<'_>) -> String {
        let mut said = word_of(&one.decision);
        if !one.decision.obligations.is_empty() {
            let all = one.decision.obligations.iter().map(|owed| self.obligation(&owed.oblige, None));
            said.push_str(&listed("obligation", all));
        }
        if let Some(released) = &one.decision.released {
            said.push_str(&listed("released element", released.iter().map(|name| name.to_string())));
        }
        said
    }

    /// Something hidden gave more.
    fn gave_more(&self, one: &Decided<'_>, more: &hiding::More) -> Difference {
        let had = word_of(&one.decision);
        let (expected, got) = match more.gave {
            Gave::Permit if one.decision.effect == Effect::Deny => {
                let expected = format!("{had}, and a denial still with {} hidden", more.hidden);
                (expected, "permit: hiding a fact must never give more".to_owned())
            }
            Gave::Permit => (
                format!("no more elements with {} hidden", more.hidden),
                "an element more: hiding a fact must never give more".to_owned(),
            ),
            Gave::LessObliging => (
                format!("every obligation still with {} hidden", more.hidden),
                "fewer obligations: hiding a fact must never take one away".to_owned(),
            ),
        };
        let words = decision::human(&more.decision, &one.asked.request, self.speaker, &self.said);
        Difference { place: one.asked.place, expected, got, words }
    }

    /// What is said besides the decision, of what is expected and of what was got.
    fn more(&self, expectation: &Expectation, decision: &Decision, expected: &mut String, got: &mut String) {
        if let Some(open) = &expectation.open {
            expected.push_str(&self.open(open));
            got.push_str(&self.open(&decision.open.iter().copied().collect()));
        }
        if let Some(obligations) = &expectation.obligations {
            let all = obligations.iter().map(|owed| self.obligation(&owed.oblige, owed.elements.as_deref()));
            expected.push_str(&listed("obligation", all));
            let with_elements =
                |oblige: &Oblige| obligations.iter().any(|owed| owed.oblige == *oblige && owed.elements.is_some());
            let all = decision
                .obligations
                .iter()
                .map(|one| self.obligation(&one.oblige, with_elements(&one.oblige).then_some(&*one.elements)));
            got.push_str(&listed("obligation", all));
        }
        if let Some(released) = &expectation.released {
            let names = |names: &[Box<str>]| listed("released element", names.iter().map(|name| name.to_string()));
            expected.push_str(&names(released));
            got.push_str(&names(decision.released.as_deref().unwrap_or_default()));
        }
        if let Some(missing) = &expectation.missing {
            expected.push_str(&listed("missing fact", missing.iter().map(|one| self.missing(one))));
            got.push_str(&listed("missing fact", decision.missing.iter().map(|one| self.missing(one))));
        }
        if let Some(reasons) = &expectation.reasons {
            expected.push_str(&listed("reason", reasons.iter().map(|said| said.to_string())));
            let carried = reasons::of(decision, self.speaker, &self.said);
            got.push_str(&listed("reason", carried.into_iter().filter_map(|names| names.into_iter().next())));
        }
    }

    fn obligation(&self, oblige: &Oblige, elements: Option<&[Box<str>]>) -> String {
        let said = rule::oblige(oblige, self.speaker);
        elements.map_or(said.clone(), |elements| format!("{said} of [{}]", elements.join(", ")))
    }

    /// As a suite says it.
    fn missing(&self, missing: &Missing) -> String {
        match missing {
            Missing::Role(role) => format!("role {}", self.speaker.short(self.speaker.role(*role))),
            Missing::Attribute(path) => path.to_string(),
            Missing::Undecided(what) => format!("undecided {what}"),
        }
    }

    fn open(&self, open: &BTreeSet<OpenQuestion>) -> String {
        if open.is_empty() {
            return ", no open question".to_owned();
        }
        let names: Vec<String> = open.iter().map(|question| self.speaker.open_question(*question)).collect();
        format!(", open: {}", names.join(", "))
    }
}

/// `, obligation: log; pseudonymise(identifier: serial)`
fn listed(what: &str, all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    all.sort();
    if all.is_empty() { format!(", no {what}") } else { format!(", {what}: {}", all.join("; ")) }
}

fn word_of(decision: &Decision) -> String {
    let cause = if decision.effect == Effect::Permit { Cause::Permitted } else { decision.cause };
    Outcome::of(cause).word()
}

fn moment(moment: jiff::Timestamp) -> String {
    moment.to_zoned(crate::terms::period::oslo()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// A moment between two, if there is one.
fn between(low: jiff::Timestamp, high: jiff::Timestamp) -> Option<jiff::Timestamp> {
    let middle = low.as_nanosecond() + (high.as_nanosecond() - low.as_nanosecond()) / 2;
    (middle > low.as_nanosecond()).then(|| jiff::Timestamp::from_nanosecond(middle).ok()).flatten()
}

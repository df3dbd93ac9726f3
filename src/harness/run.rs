//! Reads suites and runs them, each on a thread of its own; verdicts come in the order of the suites.

use super::expectation::{self, Expectation};
use super::suite::{self, Suite};
use super::verdict::{Difference, Tried, Verdict};
use crate::decide::{Cause, Decider, Decision, Effect, Index, Missing, Request};
use crate::diag::Diagnostic;
use crate::intake::names::{Names, Scope};
use crate::ir::{Meaning, Oblige};
use crate::source::{Place, SourceId, Sources};
use crate::words::{FactsSaid, Speaker, decision, rule};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A suite's text, and the module that it is beside, if there is one.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The text.
    pub suite: SourceId,
    /// The module beside it with what that uses.
    pub module: Option<Scope>,
}

/// Reads all suites; what was found in any of them, in order of place.
#[must_use]
pub fn read(sources: &Sources, suites: &[Beside], meaning: &Meaning) -> (Vec<Suite>, Vec<Diagnostic>) {
    let names = Names::new(meaning);
    let read: Vec<Result<Suite, Vec<Diagnostic>>> = suites
        .par_iter()
        .filter_map(|beside| {
            let source = sources.get(beside.suite)?;
            Some(match &beside.module {
                Some(scope) => suite::read(source, beside.suite, &names.within(scope.clone()), &scope.module),
                None => Err(vec![suite::without_module(source, beside.suite)]),
            })
        })
        .collect();
    let mut suites = Vec::new();
    let mut findings = Vec::new();
    for read in read {
        match read {
            Ok(suite) => suites.push(suite),
            Err(found) => findings.extend(found),
        }
    }
    Diagnostic::sort(&mut findings);
    (suites, findings)
}

/// Runs suites over the bundle whose names the speaker knows.
#[must_use]
pub fn run(suites: &[Suite], speaker: &Speaker<'_>, sources: &Sources) -> Vec<Verdict> {
    let index = Index::new(speaker.bundle);
    let verdicts: Vec<Vec<Verdict>> =
        suites.par_iter().map(|suite| Run::new(suite, &index, speaker, sources).all()).collect();
    verdicts.into_iter().flatten().collect()
}

/// One suite being run.
struct Run<'r, 'i, 'b> {
    suite: &'r Suite,
    decider: Decider<'i, 'b>,
    speaker: &'r Speaker<'b>,
    said: FactsSaid<'r>,
}

impl<'r: 'i, 'i, 'b> Run<'r, 'i, 'b> {
    fn new(suite: &'r Suite, index: &'i Index<'b>, speaker: &'r Speaker<'b>, sources: &'r Sources) -> Self {
        let said = FactsSaid {
            facts: &suite.facts,
            roles: &suite.places.roles,
            delegations: &suite.places.delegations,
            sources,
        };
        Run { suite, decider: Decider::new(index, &suite.facts), speaker, said }
    }

    fn all(&self) -> Vec<Verdict> {
        self.cases().chain(self.tables()).collect()
    }

    fn cases(&self) -> impl Iterator<Item = Verdict> {
        self.suite.cases.iter().map(|case| {
            let got = self.decider.decide(&case.request);
            let mut differences = Vec::new();
            if !case.expected.is_met(&got) {
                let effect = if case.expected.cause == Cause::Permitted { Effect::Permit } else { Effect::Deny };
                let mut expected = expectation::word(effect, case.expected.cause);
                let mut word = expectation::word(got.effect, got.cause);
                self.more(&case.expected, &got, &mut expected, &mut word);
                let words = decision::human(&got, &case.request, self.speaker, &self.said);
                differences.push(Difference { place: case.place, expected, got: word, words });
            }
            self.verdict(Tried::Case, &case.name, case.place, 1, differences)
        })
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

    fn open(&self, open: &BTreeSet<crate::decide::OpenQuestion>) -> String {
        if open.is_empty() {
            return ", no open question".to_owned();
        }
        let names: Vec<String> = open.iter().map(|question| self.speaker.open_question(*question)).collect();
        format!(", open: {}", names.join(", "))
    }

    fn tables(&self) -> impl Iterator<Item = Verdict> {
        self.suite.tables.iter().map(|table| {
            let mut differences = Vec::new();
            for cell in &table.cells {
                let got = self.decider.decide(&cell.request);
                if (got.effect == Effect::Permit) == cell.listed.is_some() {
                    continue;
                }
                differences.push(Difference {
                    place: cell.listed.unwrap_or(table.place),
                    expected: if cell.listed.is_some() { "permit" } else { "deny, since the table does not list it" }
                        .to_owned(),
                    got: expectation::word(got.effect, got.cause),
                    words: decision::human(&got, &cell.request, self.speaker, &self.said),
                });
            }
            self.verdict(Tried::Table, &table.name, table.place, table.cells.len(), differences)
        })
    }

    fn verdict(&self, tried: Tried, name: &str, place: Place, decided: usize, differences: Vec<Difference>) -> Verdict {
        Verdict { tried, module: self.suite.module.clone(), name: name.into(), place, decided, differences }
    }
}

/// Everything that the suites ask, with the facts that it is asked over.
pub fn questions(suites: &[Suite]) -> impl Iterator<Item = (&crate::facts::Facts, &Request)> {
    suites.iter().flat_map(|suite| suite.requests().map(move |request| (&suite.facts, request)))
}

/// `, obligation: log; pseudonymise(identifier: serial)`
fn listed(what: &str, all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    all.sort();
    if all.is_empty() { format!(", no {what}") } else { format!(", {what}: {}", all.join("; ")) }
}

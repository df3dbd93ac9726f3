//! What the suites ask, with what tells whether it is answered as expected; in the order in which a mutant is tried with it.

use super::touch::{Target, Touch};
use crate::decide::{Decider, Index, Request};
use crate::facts::Facts;
use crate::harness::check::Check;
use crate::harness::suite::Suite;
use crate::ir::Meaning;

/// A case or table of a suite, with what each of its requests asks as a number of [`Touch`].
#[derive(Debug)]
pub(super) struct Probe<'s> {
    pub(super) check: &'s Check,
    asked: Vec<usize>,
}

/// Everything that all suites ask.
#[derive(Debug)]
pub(super) struct Probes<'s> {
    pub(super) suites: &'s [Suite],
    touch: Touch,
    /// By suite.
    all: Vec<Vec<Probe<'s>>>,
}

impl<'s> Probes<'s> {
    pub(super) fn new(suites: &'s [Suite], meaning: &Meaning) -> Self {
        let requests = suites.iter().flat_map(|suite| suite.asked().map(|(_, asked)| &asked.request));
        let all_facts = suites.iter().map(|suite| {
            let own = suite.checks.iter().filter_map(|check| check.own.as_ref()).map(|own| &own.facts);
            std::iter::once(&suite.facts).chain(own)
        });
        let touch = Touch::new(meaning, all_facts, requests);
        let of_suite = |suite: &'s Suite| {
            let run = suite.checks.iter().filter(|check| check.skip.is_none());
            let probe = |check: &'s Check| {
                let asked = check.asked.iter().map(|one| touch.of(&one.request).unwrap_or(usize::MAX));
                Probe { check, asked: asked.collect() }
            };
            run.map(probe).collect()
        };
        Probes { suites, all: suites.iter().map(of_suite).collect(), touch }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.all.iter().map(Vec::len).sum()
    }

    /// All of a suite.
    pub(super) fn of_suite(&self, suite: usize) -> &[Probe<'s>] {
        self.all.get(suite).map_or(&[], Vec::as_slice)
    }

    /// The suites in the order in which a mutant of this module is tried: its own first.
    pub(super) fn order(&self, module: &str) -> Vec<usize> {
        let own = self.suites.iter().enumerate().filter(|(_, suite)| *suite.module == *module);
        let others = self.suites.iter().enumerate().filter(|(_, suite)| *suite.module != *module);
        own.chain(others).map(|(at, _)| at).collect()
    }

    /// Requests of a suite that a change of one of these can touch, each with the facts that it is asked over.
    pub(super) fn requests<'p>(
        &'p self,
        targets: &'p [Target],
        suite: usize,
    ) -> impl Iterator<Item = (&'p Facts, &'p Request)> {
        self.of_suite(suite).iter().flat_map(move |probe| {
            let facts = self.facts(suite, probe);
            let asked = probe.check.asked.iter().zip(&probe.asked);
            let touched = asked.filter(move |(_, number)| self.touch.touches(targets, suite, **number));
            touched.filter_map(move |(asked, _)| Some((facts?, &asked.request)))
        })
    }

    fn facts<'p>(&'p self, suite: usize, probe: &Probe<'p>) -> Option<&'p Facts> {
        self.suites.get(suite).map(|suite| suite.facts_of(probe.check))
    }

    /// Which checks of a suite answer otherwise over a changed bundle, in order, until `differs` says to stop; whether it did.
    pub(super) fn failing(
        &self,
        index: &Index<'_>,
        targets: Option<&[Target]>,
        suite: usize,
        differs: &mut impl FnMut(&'s Check) -> bool,
    ) -> bool {
        let Some(of) = self.suites.get(suite) else { return false };
        let mut decider = None;
        for probe in self.of_suite(suite) {
            let touched = |number: &usize| targets.is_none_or(|targets| self.touch.touches(targets, suite, *number));
            if !probe.asked.iter().any(&touched) {
                continue;
            }
            let met = |decider: &Decider<'_, '_>| {
                // On both sides of a turn all decisions are alike: they are one question.
                if probe.check.turn.is_some() {
                    return probe.check.holds(decider);
                }
                let mut asked = probe.check.asked.iter().zip(&probe.asked).filter(|(_, number)| touched(number));
                asked.all(|(asked, _)| asked.expected.is_met(&decider.decide(&asked.request)))
            };
            let holds = match &probe.check.own {
                Some(own) => met(&Decider::new(index, &own.facts)),
                None => met(decider.get_or_insert_with(|| Decider::new(index, &of.facts))),
            };
            if !holds && !differs(probe.check) {
                return true;
            }
        }
        false
    }
}

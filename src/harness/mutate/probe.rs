//! What the suites ask, one question at a time, each with what tells whether it is answered as expected; in the order in
//! which a mutant is tried with them.

use super::touch::{Target, Touch};
use crate::decide::{Decider, Effect, Request};
use crate::harness::expectation::Expectation;
use crate::harness::suite::Suite;
use crate::ir::Meaning;
use crate::source::Place;

/// One question of a suite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe<'s> {
    /// Which suite.
    pub(super) suite: usize,
    /// The name of the case or table.
    pub(super) name: &'s str,
    pub(super) place: Place,
    pub(super) request: &'s Request,
    expects: Expects<'s>,
    /// What is asked, as a number of [`Touch`].
    asked: usize,
}

#[derive(Clone, Copy, Debug)]
enum Expects<'s> {
    Decision(&'s Expectation),
    Effect(Effect),
}

impl Probe<'_> {
    /// Is it answered as expected?
    pub(super) fn holds(&self, decider: &Decider<'_, '_>) -> bool {
        let got = decider.decide(self.request);
        match self.expects {
            Expects::Decision(expected) => expected.is_met(&got),
            Expects::Effect(effect) => got.effect == effect,
        }
    }
}

/// Every question of all suites.
#[derive(Debug)]
pub(super) struct Probes<'s> {
    pub(super) suites: &'s [Suite],
    touch: Touch,
    /// By suite.
    all: Vec<Vec<Probe<'s>>>,
    modules: Vec<&'s str>,
}

impl<'s> Probes<'s> {
    pub(super) fn new(suites: &'s [Suite], meaning: &Meaning) -> Self {
        let mut all: Vec<Vec<Probe<'s>>> = suites.iter().enumerate().map(|(at, suite)| of_suite(at, suite)).collect();
        let touch = Touch::new(meaning, suites, all.iter().flatten().map(|probe| probe.request));
        for probe in all.iter_mut().flatten() {
            probe.asked = touch.of(probe.request).unwrap_or(usize::MAX);
        }
        Probes { suites, touch, all, modules: suites.iter().map(|suite| &*suite.module).collect() }
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
        let own = self.modules.iter().enumerate().filter(|(_, of)| **of == module);
        let others = self.modules.iter().enumerate().filter(|(_, of)| **of != module);
        own.chain(others).map(|(at, _)| at).collect()
    }

    /// Those of a suite that a change of one of these can touch.
    pub(super) fn touched<'p>(&'p self, targets: &'p [Target], suite: usize) -> impl Iterator<Item = &'p Probe<'s>> {
        self.of_suite(suite).iter().filter(move |probe| self.touch.touches(targets, suite, probe.asked))
    }
}

fn of_suite(at: usize, suite: &Suite) -> Vec<Probe<'_>> {
    let cases = suite.cases.iter().map(|case| Probe {
        suite: at,
        name: &case.name,
        place: case.place,
        request: &case.request,
        expects: Expects::Decision(&case.expected),
        asked: 0,
    });
    let cells = suite.tables.iter().flat_map(|table| {
        table.cells.iter().map(|cell| Probe {
            suite: at,
            name: &table.name,
            place: cell.listed.unwrap_or(table.place),
            request: &cell.request,
            expects: Expects::Effect(if cell.listed.is_some() { Effect::Permit } else { Effect::Deny }),
            asked: 0,
        })
    });
    cases.chain(cells).collect()
}

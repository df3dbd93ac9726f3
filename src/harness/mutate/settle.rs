//! What no suite notices: proved to decide the same everywhere, or the case that would notice it, tried as it would be
//! pasted. Without either it is a survivor all the same.

use super::mutant::Mutant;
use super::mutation::Mutation;
use super::paste;
use super::probe::Probes;
use super::run::{Case, Fate};
use super::search;
use crate::decide::{Decider, Decision, Index, Request};
use crate::facts::Facts;
use crate::harness::run::{Beside, read};
use crate::harness::suite::Suite;
use crate::intake::names::Scope;
use crate::ir::Bundle;
use crate::prove::{Equal, Original, Witness};
use crate::source::{Source, Sources};
use crate::words::{FactsSaid, Speaker, suite_case};

/// What cases are looked for, said and tried with.
pub struct Settle<'s> {
    /// The bundle with its names and places.
    pub(super) speaker: &'s Speaker<'s>,
    /// The suites.
    pub(super) suites: &'s [Suite],
    /// The modules, with what they use.
    scopes: &'s [Scope],
    /// All texts.
    sources: &'s Sources,
    /// The bundle made ready to be compared.
    original: Original<'s>,
}

/// A request over facts, and what the bundle and the mutant decide.
#[derive(Clone, Copy)]
struct Told<'t> {
    facts: &'t Facts,
    request: &'t Request,
    right: &'t Decision,
    wrong: &'t Decision,
}

impl<'s> Settle<'s> {
    /// With everything that cases are looked for in.
    #[must_use]
    pub fn new(speaker: &'s Speaker<'s>, suites: &'s [Suite], scopes: &'s [Scope], sources: &'s Sources) -> Self {
        Settle { speaker, suites, scopes, sources, original: Original::new(speaker.bundle) }
    }

    /// What becomes of a mutant that no suite notices; `changed` is the bundle with its change made.
    #[must_use]
    pub(super) fn of(&self, changed: &Bundle, mutant: &Mutant, probes: &Probes<'_>) -> Fate {
        let bundle = self.speaker.bundle;
        if let Some(why) = super::same::proved(bundle, changed, mutant) {
            return Fate::Same(why);
        }
        let near = search::near(bundle, changed, mutant, probes);
        let (near, lesser) = match near {
            Some(found) if search::alike(&found.right, &found.wrong) => (None, Some(found)),
            other => (other, None),
        };
        if let Some(case) = near.and_then(|found| self.near(changed, &found)) {
            return Fate::Survived(Some(Box::new(case)));
        }
        let asks = mutant.mutation == Mutation::QuestionDropped;
        let case = match self.original.equal(changed) {
            // What stands open is no part of what is proved.
            Equal::Same { why } if !asks => return Fate::Same(why),
            Equal::Differs(witness) => {
                let Witness { facts, request, one, two } = *witness;
                self.far(changed, mutant, &Told { facts: &facts, request: &request, right: &one, wrong: &two })
            }
            Equal::Same { .. } | Equal::Unknown { .. } => None,
        };
        let case = case.or_else(|| {
            let found = search::far(bundle, changed, mutant, probes)?;
            let (facts, request) = (found.scenario.facts.store(), &found.scenario.request);
            let told = Told { facts: &facts, request, right: &found.right, wrong: &found.wrong };
            (asks || !search::alike(told.right, told.wrong)).then(|| self.far(changed, mutant, &told))?
        });
        let case = case.or_else(|| lesser.and_then(|found| self.near(changed, &found)));
        Fate::Survived(case.map(Box::new))
    }

    /// The case of a request over facts of its own.
    fn far(&self, changed: &Bundle, mutant: &Mutant, told: &Told<'_>) -> Option<Case> {
        let suite = self.suites.iter().find(|suite| suite.module == mutant.module).or_else(|| self.suites.first())?;
        let Told { facts, request, right, wrong } = *told;
        let said = FactsSaid { facts, roles: &[], delegations: &[], sources: self.sources };
        let name = self.name(suite, request, right, &said);
        let mut text = suite_case::text(self.speaker, facts, request, right, &name);
        if search::alike(right, wrong) {
            text.push_str(&paste::more(right, wrong, self.speaker));
        }
        self.case(changed, suite, &name, text, wrong)
    }

    /// The case of a request of the world of a suite, if it passes there and fails on the mutant.
    fn near(&self, changed: &Bundle, found: &search::Found) -> Option<Case> {
        let suite = self.suites.get(found.suite)?;
        let said = FactsSaid { facts: &suite.facts, roles: &[], delegations: &[], sources: self.sources };
        let name = self.name(suite, &found.request, &found.right, &said);
        let text = paste::case(&name, &found.request, &found.right, &found.wrong, self.speaker, &said);
        self.case(changed, suite, &name, text, &found.wrong)
    }

    /// A name that no case of the suite has.
    fn name(&self, suite: &Suite, request: &Request, right: &Decision, said: &FactsSaid<'_>) -> String {
        let name = paste::name(request, right, self.speaker, said);
        let taken = |name: &str| suite.checks.iter().any(|check| &*check.name == name);
        if !taken(&name) {
            return name;
        }
        let others = (2..=suite.checks.len() + 2).map(|number| format!("{name}, {number}"));
        others.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }

    /// A case as it would be pasted: in the text of the suite it passes, and on the mutant it fails.
    fn case(&self, changed: &Bundle, suite: &Suite, name: &str, text: String, wrong: &Decision) -> Option<Case> {
        let scope = self.scopes.iter().find(|scope| scope.module == suite.module)?.clone();
        let mut texts = Sources::default();
        for (id, source) in self.sources.iter() {
            texts.add(if id == suite.source {
                Source::new(source.name(), &pasted(source.text(), &text))
            } else {
                Source::new(source.name(), source.text())
            });
        }
        let beside = [Beside { suite: suite.source, module: Some(scope) }];
        let (read, found) = read(&texts, &beside, &self.speaker.bundle.meaning);
        let suite = read.first().filter(|_| found.is_empty())?;
        let check = suite.checks.iter().find(|check| &*check.name == name)?;
        let holds = |bundle: &Bundle| check.holds(&Decider::new(&Index::new(bundle), suite.facts_of(check)));
        let kills = holds(self.speaker.bundle) && !holds(changed);
        kills.then(|| Case { module: suite.module.clone(), text, instead: paste::told(wrong, self.speaker) })
    }
}

/// The text of a suite with a case more: the first of its `cases`, or the first there is.
fn pasted(suite: &str, case: &str) -> String {
    let indented = |by: &str| case.lines().map(|line| format!("{by}{line}\n")).collect::<String>();
    let mut text = String::with_capacity(suite.len() + case.len() * 2);
    let mut done = false;
    let mut lines = suite.lines().peekable();
    while let Some(line) = lines.next() {
        text.push_str(line);
        text.push('\n');
        let key = line
            .strip_prefix("cases:")
            .is_some_and(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with('#'));
        if key && !done {
            let first = lines.clone().find(|line| line.trim_start().starts_with("- "));
            let by = first.map_or("  ", |line| line.get(..line.len() - line.trim_start().len()).unwrap_or("  "));
            text.push_str(&indented(by));
            done = true;
        }
    }
    if !done {
        text.push_str("cases:\n");
        text.push_str(&indented("  "));
    }
    text
}

//! How suites are run: which cases, in which order, until when; and what of that is a fault. Has no clock: today is told.

use super::check::Check;
use super::suite::Suite;
use crate::diag::{Diagnostic, codes, suggest};
use crate::source::{Place, Source, SourceId, Sources, Span};
use jiff::civil::Date;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// How suites are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// In another order, which follows from this number.
    pub shuffle: Option<u64>,
    /// Nothing is run behind the first that is not as expected.
    pub fail_fast: bool,
    /// Every request is decided again with each fact hidden.
    pub hiding: bool,
    /// How many cases and tables are done, for who looks on.
    pub done: Option<Arc<AtomicUsize>>,
}

impl Default for Options {
    fn default() -> Self {
        Options { shuffle: None, fail_fast: false, hiding: true, done: None }
    }
}

impl Options {
    /// The suites with what is run of them, in order.
    pub(super) fn order<'s>(&self, suites: &'s [Suite]) -> Vec<(&'s Suite, Vec<&'s Check>)> {
        let mut order: Vec<(&Suite, Vec<&Check>)> =
            suites.iter().map(|suite| (suite, suite.checks.iter().collect())).collect();
        if let Some(seed) = self.shuffle {
            let mut state = seed;
            shuffle(&mut order, &mut state);
            order.iter_mut().for_each(|(_, checks)| shuffle(checks, &mut state));
        }
        order
    }
}

/// Fisher and Yates; the numbers are those of SplitMix64, the same on every machine.
fn shuffle<T>(items: &mut [T], state: &mut u64) {
    for last in (1..items.len()).rev() {
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut next = *state;
        next = (next ^ (next >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        next = (next ^ (next >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        next ^= next >> 31;
        let at = usize::try_from(next % (last as u64 + 1)).unwrap_or(0);
        items.swap(last, at);
    }
}

/// Only what has this text in its name, or is beside a module that has; a finding where nothing is.
///
/// # Errors
/// Nothing fits: the finding, in a source of its own that holds the text.
pub fn filter(suites: &mut Vec<Suite>, text: &str, sources: &mut Sources) -> Result<(), Box<Diagnostic>> {
    let names: Vec<Box<str>> = suites.iter().flat_map(|suite| &suite.checks).map(|check| check.name.clone()).collect();
    for suite in suites.iter_mut().filter(|suite| !suite.module.contains(text)) {
        suite.checks.retain(|check| check.name.contains(text));
    }
    suites.retain(|suite| !suite.checks.is_empty());
    if !suites.is_empty() {
        return Ok(());
    }
    let id = sources.add(Source::new("--filter", text));
    let place = Place { source: id, span: Span::new(0, text.len()) };
    let finding = Diagnostic::new(&codes::FILTER_MATCHES_NOTHING, format!("nothing is called `{text}`"), place);
    let first_words = names.iter().map(|name| name.split(' ').next().unwrap_or(""));
    let nearest = suggest::nearest(text, names.iter().map(|name| &**name).chain(first_words));
    let help = "write a part of the name of a case or a table, or of a module".to_owned();
    Err(Box::new(
        finding.label("no case, table or module has this in its name").help(nearest.question().unwrap_or(help)),
    ))
}

/// Every case and table that is skipped past its date; a finding each.
#[must_use]
pub fn skipped_too_long(suites: &[Suite], today: Date) -> Vec<Diagnostic> {
    let checks = suites.iter().flat_map(|suite| &suite.checks);
    let skipped = checks.filter_map(|check| Some((check, check.skip.as_ref()?)));
    let late = skipped.filter(|(_, skip)| skip.until < today);
    late.map(|(check, skip)| {
        let message = format!("`{}` is skipped until {}, and that day is over", check.name, skip.until);
        Diagnostic::new(&codes::SKIPPED_TOO_LONG, message, skip.place)
            .label(format!("because {}", skip.reason))
            .help("take out `skip`, or say a later day and why it is still right")
    })
    .collect()
}

/// A run that decides nothing; the finding stands at the beginning of this text.
#[must_use]
pub fn nothing_run(suites: &[Suite], beside: SourceId) -> Option<Diagnostic> {
    let mut checks = suites.iter().flat_map(|suite| &suite.checks);
    if checks.any(|check| check.skip.is_none()) {
        return None;
    }
    let some = suites.iter().any(|suite| !suite.checks.is_empty());
    let message = if some { "every case and table is skipped" } else { "there is no suite that could be run" };
    let place = Place { source: beside, span: Span::new(0, 0) };
    let help = "write `NAME.test.yaml` beside `NAME.fmk`; `fullmakt init` shows one";
    Some(Diagnostic::new(&codes::NOTHING_RUN, message.to_owned(), place).label("nothing is decided").help(help))
}

/// Is it a finding about the run as a whole: that it decides nothing, or leaves out what it should not? All that it is about could
/// be read.
#[must_use]
pub fn is_of_the_run(finding: &Diagnostic) -> bool {
    [&codes::NOTHING_RUN, &codes::FILTER_MATCHES_NOTHING, &codes::SKIPPED_TOO_LONG]
        .iter()
        .any(|code| code.number == finding.code.number)
}

/// Does a file of this name look like a suite that somebody means to be run, and is none?
#[must_use]
pub fn looks_like_a_suite(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let marks = ["test", "tests", "suite", "suites", "spec", "specs"];
    let marked = |stem: &str| {
        let last = stem.rsplit(['.', '_', '-']).next().unwrap_or("");
        last.len() < stem.len() && marks.contains(&last)
    };
    let begins = stem.starts_with("test_") || stem.starts_with("test-") || stem.starts_with("test.");
    matches!(ending, "yaml" | "yml" | "json" | "jsonl") && (marked(stem) || begins)
}

/// Such a file; the finding stands at its beginning.
#[must_use]
pub fn suite_not_read(name: &str, id: SourceId) -> Diagnostic {
    let place = Place { source: id, span: Span::new(0, 0) };
    Diagnostic::new(&codes::SUITE_NOT_READ, format!("`{name}` looks like a suite and is not read"), place)
        .label("not run")
        .help("name it `NAME.test.yaml` after the module beside it, or as something else")
}

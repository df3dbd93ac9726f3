//! The findings of this room while they are made: one list, one budget for «did you mean», and a limit on how often
//! one wording is told. Says nothing itself.

use crate::diag::suggest::{Budget, Nearest};
use crate::diag::{Diagnostic, Related};
use crate::source::{Place, Sources, Span};
use rustc_hash::FxHashMap;

/// So many places are told of one wording; the rest are a count.
const PLACES: usize = 20;

pub(super) struct Findings<'d> {
    pub(super) sources: &'d Sources,
    pub(super) budget: Budget,
    all: Vec<Diagnostic>,
}

impl<'d> Findings<'d> {
    pub(super) fn new(sources: &'d Sources) -> Self {
        Findings { sources, budget: Budget::default(), all: Vec::new() }
    }

    pub(super) fn add(&mut self, finding: Diagnostic) {
        self.all.push(finding);
    }

    /// Sorted; of one code and wording the first places, then one finding that counts the rest.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.all;
        Diagnostic::sort(&mut all);
        let mut counts: FxHashMap<(&'static str, String), usize> = FxHashMap::default();
        for finding in &all {
            *counts.entry((finding.code.number, finding.message.clone())).or_default() += 1;
        }
        let mut told: FxHashMap<(&'static str, String), usize> = FxHashMap::default();
        all.retain_mut(|finding| {
            let key = (finding.code.number, finding.message.clone());
            let count = counts.get(&key).copied().unwrap_or(0);
            let told = told.entry(key).or_default();
            *told += 1;
            if *told == PLACES + 1 && count > PLACES + 1 {
                finding.message = format!("{} ({} more places like this)", finding.message, count - PLACES);
                return true;
            }
            *told <= PLACES || count == PLACES + 1
        });
        all
    }

    /// The place, with all of its lines where nothing else stands on them: what to remove so that no empty line is left.
    pub(super) fn lines_of(&self, place: Place) -> Place {
        let text = self.sources.get(place.source).map_or("", |source| source.text());
        let before = text.get(..place.span.start as usize).unwrap_or("");
        let after = text.get(place.span.end as usize..).unwrap_or("");
        let blank = |character: char| character == ' ' || character == '\t';
        let line_start = before.trim_end_matches(blank);
        let line_end = after.trim_start_matches(blank);
        let end_length = if line_end.starts_with("\r\n") { 2 } else { usize::from(line_end.starts_with('\n')) };
        let alone = (line_start.is_empty() || line_start.ends_with('\n')) && (end_length > 0 || line_end.is_empty());
        if alone {
            let end = text.len() - line_end.len() + end_length;
            return Place { source: place.source, span: Span::new(line_start.len(), end) };
        }
        // Not alone: the blanks before it go with it.
        Place { source: place.source, span: Span::new(line_start.len(), place.span.end as usize) }
    }
}

/// With «did you mean», and its fix at `place` where one word alone is near.
pub(super) fn guessed(finding: Diagnostic, place: Place, nearest: &Nearest) -> Diagnostic {
    let finding = match nearest.question() {
        Some(question) => finding.help(question),
        None => finding,
    };
    match nearest.sure() {
        Some(word) => finding.fix(place, word),
        None => finding,
    }
}

/// With related places, of which only the first few are told.
pub(super) fn with_places(mut finding: Diagnostic, message: &str, places: impl Iterator<Item = Place>) -> Diagnostic {
    finding.related.extend(places.take(PLACES).map(|place| Related { message: message.to_owned(), place }));
    finding
}

/// A text of the author's for a headline: on one line, and not too long.
pub(super) fn one_line(text: &str) -> String {
    const MOST: usize = 60;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().take(MOST));
        if line.chars().count() > MOST {
            line = line.chars().take(MOST).collect();
            line.push('…');
            break;
        }
    }
    line
}

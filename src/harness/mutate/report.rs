//! What came of a run, as text: survivors with their lines and the cases that would kill them, what was set aside with the
//! reason, counts. Tries nothing.

use super::mutant::Mutant;
use super::run::{Fate, Run};
use crate::origins::{Origin, Origins};
use crate::source::{Place, Source, Sources, Span};
use crate::words::speaker::place_text;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// How many there are of each fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Noticed by a suite.
    pub killed: usize,
    /// Proved to decide the same.
    pub same: usize,
    /// Noticed by nobody.
    pub survived: usize,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.killed + self.same + self.survived
    }

    /// Of a run.
    #[must_use]
    pub fn of(run: &Run) -> Counts {
        let mut counts = Counts::default();
        run.outcomes.iter().for_each(|outcome| counts.add(&outcome.fate));
        counts
    }

    fn add(&mut self, fate: &Fate) {
        match fate {
            Fate::Killed(_) => self.killed += 1,
            Fate::Same(_) => self.same += 1,
            Fate::Survived(_) => self.survived += 1,
        }
    }
}

/// By module.
#[must_use]
pub fn by_module(run: &Run) -> BTreeMap<&str, Counts> {
    let mut modules: BTreeMap<&str, Counts> = BTreeMap::new();
    for outcome in &run.outcomes {
        modules.entry(&outcome.mutant.module).or_default().add(&outcome.fate);
    }
    modules
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.all() == 1 { "" } else { "s" };
        write!(out, "{} mutant{plural}: {} killed", self.all(), self.killed)?;
        write!(out, ", {} the same everywhere, {} survived", self.same, self.survived)
    }
}

/// The whole of it for people.
#[must_use]
pub fn human(run: &Run, origins: &Origins, sources: &Sources) -> String {
    let mut text = String::new();
    for outcome in &run.outcomes {
        if let Fate::Survived(case) = &outcome.fate {
            let mutant = &outcome.mutant;
            let place = place(mutant, origins, sources);
            let at = place.as_ref().map_or(String::new(), |(origin, _)| place_text(origin));
            let _ = writeln!(text, "survives  {at}  {}\n  {}\n", mutant.mutation.word(), mutant.says);
            if let Some((_, place)) = place {
                text.push_str(&frame(place, sources));
            }
            match case {
                Some(case) => {
                    let _ = writeln!(
                        text,
                        "  a case that kills it, for the suite of {}; the mutant gives {}:\n",
                        case.module, case.instead
                    );
                    for line in case.text.lines() {
                        let _ = writeln!(text, "    {line}");
                    }
                }
                None => {
                    text.push_str("  No case was found that tells it apart, and it is not proved to be the same.\n")
                }
            }
            text.push('\n');
        }
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in &run.outcomes {
        if let Fate::Same(why) = &outcome.fate {
            *reasons.entry(why).or_default() += 1;
        }
    }
    if !reasons.is_empty() {
        text.push_str("set aside, since it is proved that they decide the same everywhere:\n");
        for (why, count) in reasons {
            let _ = writeln!(text, "  {count:>5}  {why}");
        }
        text.push('\n');
    }
    let modules = by_module(run);
    if modules.len() > 1 {
        for (module, counts) in modules {
            let _ = writeln!(text, "{module}: {counts}");
        }
        text.push('\n');
    }
    let _ = write!(text, "{}", Counts::of(run));
    if run.left_out > 0 {
        let _ = write!(text, "; {} not tried, as the sample leaves them out", run.left_out);
    }
    text.push('\n');
    text
}

/// For tools: `fullmakt schema mutants`.
#[must_use]
pub fn json(run: &Run, origins: &Origins, sources: &Sources) -> String {
    let counts = |counts: Counts| serde_json::json!({ "killed": counts.killed, "same": counts.same, "survived": counts.survived });
    let place = |file: &str, at: crate::source::Position, offset: u32, length: u32| serde_json::json!({ "file": file, "line": at.line, "column": at.column, "offset": offset, "length": length });
    let of_place = |at: Place| {
        let source = sources.get(at.source)?;
        Some(place(source.name(), source.position(at.span.start), at.span.start, at.span.length()))
    };
    let mutants = run.outcomes.iter().map(|outcome| {
        let mutant = &outcome.mutant;
        let mut one = serde_json::json!({
            "mutation": mutant.mutation.word(),
            "module": &*mutant.module,
            "change": &*mutant.says,
        });
        if let Some((origin, at)) = self::place(mutant, origins, sources) {
            let place =
                of_place(at).unwrap_or_else(|| place(&origin.file, origin.position, origin.offset, origin.length));
            put(&mut one, "place", place);
        }
        match &outcome.fate {
            Fate::Killed(killer) => {
                put(&mut one, "fate", "killed".into());
                let mut by = serde_json::json!({ "module": &*killer.module, "name": &*killer.name });
                of_place(killer.place).into_iter().for_each(|place| put(&mut by, "place", place));
                put(&mut one, "by", by);
            }
            Fate::Same(why) => {
                put(&mut one, "fate", "same".into());
                put(&mut one, "reason", why.as_str().into());
            }
            Fate::Survived(case) => {
                put(&mut one, "fate", "survived".into());
                if let Some(case) = case {
                    let said =
                        serde_json::json!({ "module": &*case.module, "text": case.text, "instead": case.instead });
                    put(&mut one, "case", said);
                }
            }
        }
        one
    });
    let modules: serde_json::Map<String, serde_json::Value> =
        by_module(run).into_iter().map(|(module, of)| (module.to_owned(), counts(of))).collect();
    let whole = serde_json::json!({
        "format": 1,
        "counts": counts(Counts::of(run)),
        "left_out": run.left_out,
        "modules": modules,
        "mutants": mutants.collect::<Vec<_>>(),
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn put(object: &mut serde_json::Value, key: &str, value: serde_json::Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

/// Where a mutant stands: the least stretch of its part that has the words that change, where they stand there once.
fn place(mutant: &Mutant, origins: &Origins, sources: &Sources) -> Option<(Origin, Place)> {
    let origin = super::origin(origins, mutant.part)?.clone();
    let (id, source) = sources.iter().find(|(_, source)| source.name() == &*origin.file)?;
    let start = origin.offset as usize;
    let whole = Span::new(start, start + origin.length as usize);
    let text = source.slice(whole);
    let mut found = stretches(text, &mutant.marks);
    let span = match (found.next(), found.next()) {
        (Some((from, to)), None) => Span::new(start + from, start + to),
        _ => first_line(source, whole),
    };
    let place = Place { source: id, span };
    let position = source.position(span.start);
    Some((Origin { position, offset: span.start, length: span.length(), ..origin }, place))
}

/// Where the words of `marks` stand in a text one after the other, whatever white space is between them.
fn stretches<'t>(text: &'t str, marks: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let first = marks.split_whitespace().next().unwrap_or("");
    let starts = text.match_indices(first).filter(move |_| !first.is_empty());
    starts.filter_map(move |(start, _)| {
        // A word that goes on is another word.
        let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_';
        let before = text.get(..start)?.chars().next_back();
        if first.starts_with(goes_on) && before.is_some_and(goes_on) {
            return None;
        }
        let mut rest = text.get(start..)?;
        for (at, word) in marks.split_whitespace().enumerate() {
            rest = if at > 0 { rest.trim_start() } else { rest }.strip_prefix(word)?;
        }
        let ends = marks.trim_end().ends_with(goes_on) && rest.starts_with(goes_on);
        (!ends).then_some((start, text.len() - rest.len()))
    })
}

fn first_line(source: &Source, whole: Span) -> Span {
    let text = source.slice(whole);
    let line = text.lines().next().unwrap_or("").trim_end();
    Span::new(whole.start as usize, whole.start as usize + line.len())
}

/// The line, with the place marked.
fn frame(place: Place, sources: &Sources) -> String {
    let Some(source) = sources.get(place.source) else { return String::new() };
    let position = source.position(place.span.start);
    let Some(line) = source.line(position.line) else { return String::new() };
    let text = source.slice(line);
    let marked = source.slice(Span { start: place.span.start, end: place.span.end.min(line.end) });
    let number = position.line.to_string();
    let gap = " ".repeat(number.len());
    let before: String = text
        .chars()
        .take(position.column as usize - 1)
        .map(|letter| if letter == '\t' { letter } else { ' ' })
        .collect();
    let marks = "^".repeat(marked.chars().count().max(1));
    format!("  {number} │ {text}\n  {gap} │ {before}{marks}\n\n")
}

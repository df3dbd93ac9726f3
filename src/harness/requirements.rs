//! Which requirement has which cases: ids in the first cells of Markdown tables, and cases that are named after them. An id
//! without a case, or whose cases kill no mutant, is not covered. Reads no disk.

use super::check::Check;
use super::suite::Suite;
use crate::diag::{Diagnostic, codes, suggest};
use crate::source::{Place, Source, SourceId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The ids of a file of requirements, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Each with its place.
    pub ids: Vec<(Box<str>, Place)>,
}

/// A mutant that some case kills, as `mutate` hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Killed {
    /// The module that was changed.
    pub module: Box<str>,
    /// The places of all [`Check`]s that kill it.
    pub by: BTreeSet<Place>,
}

/// What stands for a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The id.
    pub id: Box<str>,
    /// Where it is listed.
    pub place: Place,
    /// Cases and tables that are named after it and run.
    pub cases: usize,
    /// Requests of these that are expected to be permitted.
    pub permits: usize,
    /// And denied.
    pub denies: usize,
    /// Cases that are named after it and skipped.
    pub skipped: usize,
    /// Mutants of the modules of its cases: those that its cases kill, and those that only they kill. `None`: nobody asked.
    pub kills: Option<(usize, usize)>,
}

impl Row {
    /// Is it covered?
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.cases > 0 && self.kills.is_none_or(|(killed, _)| killed > 0)
    }
}

/// Reads a file of requirements.
///
/// # Errors
/// It has no id, or one twice.
pub fn read(source: &Source, id: SourceId) -> Result<Listed, Vec<Diagnostic>> {
    let mut places: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    let mut listed = Listed::default();
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if let Some(row) = line.trim_start().strip_prefix('|') {
            let cell = row.split('|').next().unwrap_or("");
            for (at, found) in ids_in(cell) {
                let begin = start + indent + 1 + at;
                let place = Place { source: id, span: Span::new(begin, begin + found.len()) };
                let known = places.entry(found.into()).or_default();
                known.push(place);
                if known.len() == 1 {
                    listed.ids.push((found.into(), place));
                }
            }
        }
        start += line.len();
    }
    let mut findings = crate::intake::fields::Findings::default();
    for (name, places) in &places {
        crate::intake::fields::repeated(&format!("the id `{name}`"), places, &mut findings);
    }
    if listed.ids.is_empty() {
        let place = Place { source: id, span: Span::new(0, 0) };
        let message = format!("`{}` has no id of a requirement", source.name());
        let help = "write ids such as `HR-5` into the first cells of a Markdown table";
        findings.at(&codes::NO_REQUIREMENTS, place, message, "nothing to cover", help);
    }
    findings.or(listed)
}

/// The ids in a text, each with where it begins.
fn ids_in(text: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    let mut at = 0;
    for word in text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-')) {
        if is_id(word) {
            all.push((at, word));
        }
        at += word.len();
        at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    all
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(letters, digits)| {
        !letters.is_empty()
            && !digits.is_empty()
            && letters.bytes().all(|byte| byte.is_ascii_uppercase())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The ids that a name begins with: `HD-3, HD-4 …`.
#[must_use]
pub fn ids_of(name: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    for word in name.split_whitespace() {
        match word.trim_end_matches([',', ':', ';']) {
            id if is_id(id) => ids.push(id),
            "and" | "og" | "&" if !ids.is_empty() => {}
            _ => break,
        }
    }
    ids
}

/// Cases that are named after an id that the file does not have, where it has others of the same letters.
#[must_use]
pub fn unknown(listed: &Listed, suites: &[Suite]) -> Vec<Diagnostic> {
    let letters = |id: &str| id.split('-').next().unwrap_or("").to_owned();
    let known: BTreeSet<&str> = listed.ids.iter().map(|(id, _)| &**id).collect();
    let families: BTreeSet<String> = known.iter().map(|id| letters(id)).collect();
    let mut findings = Vec::new();
    for check in suites.iter().flat_map(|suite| &suite.checks) {
        for id in ids_of(&check.name) {
            if known.contains(id) || !families.contains(&letters(id)) {
                continue;
            }
            let message = format!("`{}` is named after `{id}`, which is no requirement", check.name);
            let finding = Diagnostic::new(&codes::UNKNOWN_REQUIREMENT, message, super::case::first_letter(check.place));
            let nearest = suggest::nearest(id, known.iter().copied());
            let help = nearest.question().unwrap_or_else(|| "name it after one that the file has".to_owned());
            findings.push(finding.label("counts for nothing").help(help));
        }
    }
    findings
}

/// What stands for each requirement; with what its cases kill, if that was asked.
#[must_use]
pub fn report(listed: &Listed, suites: &[Suite], killed: Option<&[Killed]>) -> Vec<Row> {
    let mut by_id: BTreeMap<&str, Vec<(&Suite, &Check)>> = BTreeMap::new();
    for suite in suites {
        for check in &suite.checks {
            let ids: BTreeSet<&str> = ids_of(&check.name).into_iter().collect();
            ids.into_iter().for_each(|id| by_id.entry(id).or_default().push((suite, check)));
        }
    }
    let row = |(id, place): &(Box<str>, Place)| {
        let all = by_id.get(&**id).map_or(&[][..], Vec::as_slice);
        let run: Vec<&(&Suite, &Check)> = all.iter().filter(|(_, check)| check.skip.is_none()).collect();
        let expected: Vec<(usize, usize)> = run.iter().map(|(_, check)| check.expected()).collect();
        let places: BTreeSet<Place> = run.iter().map(|(_, check)| check.place).collect();
        let modules: BTreeSet<&str> = run.iter().map(|(suite, _)| &*suite.module).collect();
        let kills = killed.map(|killed| {
            let own = killed.iter().filter(|one| modules.contains(&*one.module) && !one.by.is_disjoint(&places));
            own.fold((0, 0), |(some, only), one| (some + 1, only + usize::from(one.by.is_subset(&places))))
        });
        Row {
            id: id.clone(),
            place: *place,
            cases: run.len(),
            permits: expected.iter().map(|(permits, _)| permits).sum(),
            denies: expected.iter().map(|(_, denies)| denies).sum(),
            skipped: all.len() - run.len(),
            kills,
        }
    };
    listed.ids.iter().map(row).collect()
}

/// The rows as a table, and how many are covered.
#[must_use]
pub fn text(rows: &[Row]) -> String {
    let with_kills = rows.iter().any(|row| row.kills.is_some());
    let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0).max("requirement".len());
    let mut text = format!("{:<width$}  cases  permits  denies", "requirement");
    if with_kills {
        text.push_str("  kills  alone");
    }
    text.push('\n');
    for row in rows {
        text.push_str(&format!("{:<width$}  {:>5}  {:>7}  {:>6}", row.id, row.cases, row.permits, row.denies));
        if let Some((killed, only)) = row.kills {
            text.push_str(&format!("  {killed:>5}  {only:>5}"));
        }
        if !row.is_covered() {
            text.push_str(match (row.cases, row.skipped) {
                (0, 0) => "  not covered: no case is named after it",
                (0, _) => "  not covered: every case is skipped",
                _ => "  not covered: its cases kill no mutant",
            });
        }
        text.push('\n');
    }
    let covered = rows.iter().filter(|row| row.is_covered()).count();
    text.push_str(&format!("{covered} of {} requirements covered\n", rows.len()));
    text
}

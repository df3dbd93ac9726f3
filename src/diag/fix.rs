//! Fixes as they are written: which of the certain ones go together, the texts with them made, and what is told of each.
//! Reads no disk and judges no fix: how sure one is, the finding says.

use super::code::Code;
use super::diagnostic::{Certainty, Diagnostic, Edit};
use crate::source::{Place, Position, Source, SourceId, Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A fix that was written, told by the text that it was written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// In which text.
    pub source: SourceId,
    /// Where it was found.
    pub position: Position,
    /// What it mends.
    pub code: &'static Code,
    /// Its headline.
    pub message: String,
    /// The lines before and after, an edit each.
    pub changes: Vec<Change>,
}

/// The lines that an edit touched; of endless ones the part around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As they were.
    pub before: String,
    /// As they are now; `None` where nothing is left of them.
    pub after: Option<String>,
}

/// Makes the certain fixes of these findings, in order of place: all edits of a fix or none, and none where an earlier one
/// stands in its way. Texts of `closed` stay as they are. Gives the fixes, and the texts that are others now as they were.
pub fn write(
    findings: &[Diagnostic],
    closed: &BTreeSet<SourceId>,
    sources: &mut Sources,
) -> (Vec<Written>, BTreeMap<SourceId, Source>) {
    let mut edits: BTreeMap<(SourceId, u32), &Edit> = BTreeMap::new();
    let mut written = Vec::new();
    for finding in findings.iter().filter(|finding| finding.certainty == Certainty::Certain) {
        let fits = |edit: &Edit| !closed.contains(&edit.place.source) && is_free(&edits, edit.place);
        if finding.fix.is_empty() || !finding.fix.iter().all(fits) || overlap_each_other(&finding.fix) {
            continue;
        }
        let Some(source) = sources.get(finding.place.source) else { continue };
        edits.extend(finding.fix.iter().map(|edit| ((edit.place.source, edit.place.span.start), edit)));
        written.push(Written {
            source: finding.place.source,
            position: source.position(finding.place.span.start),
            code: finding.code,
            message: finding.message.clone(),
            changes: finding
                .fix
                .iter()
                .filter_map(|edit| Some(change(sources.get(edit.place.source)?, edit)))
                .collect(),
        });
    }
    let mut by_source: BTreeMap<SourceId, Vec<&Edit>> = BTreeMap::new();
    for ((source, _), edit) in edits {
        by_source.entry(source).or_default().push(edit);
    }
    let mut replaced = BTreeMap::new();
    for (id, edits) in by_source {
        if let Some(text) = sources.get(id).map(|source| with_edits(source.text(), &edits)) {
            replaced.extend(sources.replace(id, &text).map(|before| (id, before)));
        }
    }
    (written, replaced)
}

/// Does no edit stand at a place, or reach into it?
fn is_free(edits: &BTreeMap<(SourceId, u32), &Edit>, place: Place) -> bool {
    let Place { source, span } = place;
    let before = edits.range((source, 0)..(source, span.start)).next_back();
    let within = edits.range((source, span.start)..(source, span.end.max(span.start.saturating_add(1)))).next();
    within.is_none() && before.is_none_or(|(_, edit)| edit.place.span.end <= span.start)
}

fn overlap_each_other(edits: &[Edit]) -> bool {
    let mut places: Vec<Place> = edits.iter().map(|edit| edit.place).collect();
    places.sort();
    places.iter().zip(places.iter().skip(1)).any(|(one, two)| {
        one.source == two.source && (two.span.start < one.span.end || two.span.start == one.span.start)
    })
}

/// A text with edits made that are in order and apart.
fn with_edits(text: &str, edits: &[&Edit]) -> String {
    let mut new = String::with_capacity(text.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut done = 0;
    for edit in edits {
        let range = edit.place.span.range();
        new.push_str(text.get(done..range.start).unwrap_or(""));
        new.push_str(&edit.text);
        done = range.end;
    }
    new.push_str(text.get(done..).unwrap_or(""));
    new
}

/// Bytes that are told before and behind an edit.
const AROUND: usize = 100;

fn change(source: &Source, edit: &Edit) -> Change {
    let (text, span) = (source.text(), edit.place.span);
    let line = |offset: u32| source.line(source.position(offset).line).unwrap_or(Span { start: offset, end: offset });
    // What ends with a line end takes whole lines, and the next is none of them.
    let takes_line_end = source.slice(span).ends_with('\n');
    let first = line(span.start).start as usize;
    let last = if takes_line_end { span.end as usize - 1 } else { line(span.end).end as usize };
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text.ceil_char_boundary(first.max(start.saturating_sub(AROUND)));
    let to = text.floor_char_boundary(last.min(end + AROUND)).max(end.min(last));
    let cut = |text: &str| {
        let (before, behind) = (if from > first { "…" } else { "" }, if to < last { "…" } else { "" });
        format!("{before}{}{behind}", text.trim_end_matches('\r'))
    };
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("");
    let after = format!("{}{}{}", part(from, start), edit.text, part(end, to));
    let nothing_left = takes_line_end && after.trim().is_empty();
    Change { before: cut(part(from, to)), after: (!nothing_left).then(|| cut(&after)) }
}

/// What a person would write, for a fix that was not written: `write ‹b› in the place of ‹a›`, in backticks.
#[must_use]
pub fn by_hand(edit: &Edit, sources: &Sources) -> String {
    let quoted = |text: &str| {
        let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((at, _)) = words.char_indices().nth(60) {
            words.truncate(at);
            words.push('…');
        }
        format!("`{words}`")
    };
    let old = sources.slice(edit.place);
    match (old.is_empty(), edit.text.is_empty()) {
        (true, _) => format!("write {} here", quoted(&edit.text)),
        (false, true) => format!("remove {}", quoted(old)),
        (false, false) => format!("write {} in the place of {}", quoted(&edit.text), quoted(old)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Diagnostic, codes};
    use super::{Certainty, by_hand, write};
    use crate::source::{Place, Source, SourceId, Sources, Span};
    use std::collections::BTreeSet;

    fn place(start: usize, end: usize) -> Place {
        Place { source: SourceId(0), span: Span::new(start, end) }
    }

    fn finding(edits: &[(usize, usize, &str)], certainty: Certainty) -> Diagnostic {
        let mut finding = Diagnostic::new(&codes::UNEXPECTED_TEXT, "x", place(0, 0));
        for (start, end, text) in edits {
            finding = finding.fix(place(*start, *end), *text);
        }
        Diagnostic { certainty, ..finding }
    }

    fn written(text: &str, findings: &[Diagnostic]) -> (String, usize) {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("a", text));
        let count = write(findings, &BTreeSet::new(), &mut sources).0.len();
        (sources.get(id).map(|source| source.text().to_owned()).unwrap_or_default(), count)
    }

    #[test]
    fn the_first_wins_and_a_fix_is_made_whole_or_not_at_all() {
        let certain = |edits: &[(usize, usize, &str)]| finding(edits, Certainty::Certain);
        let both = [certain(&[(1, 3, "X")]), certain(&[(2, 4, "Y"), (5, 6, "Z")]), certain(&[(3, 4, "")])];
        assert_eq!(written("abcdef", &both), ("aXef".to_owned(), 2));
        let at_one_place = [certain(&[(2, 2, "1")]), certain(&[(2, 2, "2")]), certain(&[(2, 3, "3")])];
        assert_eq!(written("abcdef", &at_one_place), ("ab1cdef".to_owned(), 1));
        assert_eq!(written("abcdef", &[certain(&[(0, 2, ""), (1, 3, "")])]), ("abcdef".to_owned(), 0));
    }

    #[test]
    fn what_is_not_certain_is_not_written() {
        let findings =
            [finding(&[(0, 1, "X")], Certainty::Offered), finding(&[(1, 2, "X")], Certainty::ChangesMeaning)];
        assert_eq!(written("abc", &findings), ("abc".to_owned(), 0));
    }

    #[test]
    fn lines_are_told_as_they_were_and_as_they_are() {
        let told = |text: &str, edit: (usize, usize, &str)| {
            let mut sources = Sources::default();
            sources.add(Source::new("a", text));
            let (written, _) = write(&[finding(&[edit], Certainty::Certain)], &BTreeSet::new(), &mut sources);
            let changes = written.into_iter().flat_map(|written| written.changes);
            changes.map(|change| (change.before, change.after)).collect::<Vec<_>>()
        };
        let one = |before: &str, after: Option<&str>| vec![(before.to_owned(), after.map(str::to_owned))];
        assert_eq!(told("a\nb ,\r\nc", (3, 5, "")), one("b ,", Some("b")));
        assert_eq!(told("a\nb\nc", (2, 4, "")), one("b", None));
        assert_eq!(told("a\nb", (3, 3, ".")), one("b", Some("b.")));
        let long = "å".repeat(1000);
        let told = told(&long, (1000, 1002, "o"));
        assert_eq!(told.first().map(|(before, _)| before.chars().count()), Some(103), "{told:?}");
    }

    #[test]
    fn what_a_person_would_write() {
        let mut sources = Sources::default();
        sources.add(Source::new("a", "one two"));
        let said = |start, end, text: &str| {
            let finding = finding(&[(start, end, text)], Certainty::Offered);
            finding.fix.first().map(|edit| by_hand(edit, &sources)).unwrap_or_default()
        };
        assert_eq!(said(0, 3, "een"), "write `een` in the place of `one`");
        assert_eq!(said(0, 4, ""), "remove `one`");
        assert_eq!(said(3, 3, "\n  x"), "write `x` here");
    }
}

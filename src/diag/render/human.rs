//! Findings drawn for people, with their text around them. miette draws; here it gets our table of lines, so that
//! columns count characters and nothing walks a file from its start.

use super::{Count, counted, grouped, harmless, short, steers};
use crate::diag::{Certainty, Diagnostic, Severity};
use crate::source::{Place, Source, SourceId, Sources, Span};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode};
use miette::{SourceSpan, SpanContents};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

/// After so many findings of one code, the rest of it is a number.
const SHOWN_OF_A_CODE: usize = 100;
/// Columns that stand before a finding below another.
const NESTED: usize = 6;
/// Columns of a tab.
const TAB: usize = 4;
/// Columns of text before a mark, at least; a label that would leave less goes into the headline.
const BEFORE_MARK: usize = 8;

/// What the terminal is like.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns.
    pub width: usize,
    /// Is colour wanted?
    pub colour: bool,
}

/// Draws errors and warnings, then lists the notes, a line each.
///
/// # Errors
/// What the writer says.
pub fn write(findings: &[Diagnostic], sources: &Sources, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let mut theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // The arrow that leads to what is related says enough.
    theme.characters.advice.clear();
    let width = look.width.clamp(40, 200);
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .with_context_lines(0)
        .with_show_related_as_nested(true)
        .tab_width(TAB);
    let mut texts = Texts { sources, width, clean: BTreeMap::new() };
    let mut shown: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity() != Severity::Note) {
        let number = shown.entry(finding.code.number).or_default();
        *number += 1;
        if *number <= SHOWN_OF_A_CODE {
            let mut text = String::new();
            let report = Report::of(finding, &mut texts);
            handler.render_report(&mut text, &report).map_err(io::Error::other)?;
            writeln!(out, "{text}")?;
            if let Some(example) = &finding.example {
                // As it stands, so that it can be copied.
                writeln!(out, "{}", harmless_lines(example))?;
            }
        }
    }
    for finding in findings {
        if let Some(number) = shown.remove(finding.code.number).filter(|number| *number > SHOWN_OF_A_CODE) {
            writeln!(
                out,
                "and {} more of {} {}; `check --format short` prints them all\n",
                grouped(number - SHOWN_OF_A_CODE),
                finding.code.number,
                finding.code.name
            )?;
        }
    }
    write_notes(findings, sources, out)
}

fn write_notes(findings: &[Diagnostic], sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    let notes = || findings.iter().filter(|finding| finding.severity() == Severity::Note);
    let number = notes().count();
    if number == 0 {
        return Ok(());
    }
    writeln!(out, "{}", counted(number, "open question"))?;
    for note in notes().take(SHOWN_OF_A_CODE) {
        writeln!(out, "  {}: {}", short::place(note.place, sources), harmless(&note.message))?;
    }
    if number > SHOWN_OF_A_CODE {
        writeln!(out, "  and {} more", grouped(number - SHOWN_OF_A_CODE))?;
    }
    writeln!(out)
}

/// The last line: `2 errors, 1 warning, 3 open questions in 4 modules; 3 warnings answered; check --fix mends 1`.
#[must_use]
pub fn summary(findings: &[Diagnostic], answered: usize, modules: usize) -> String {
    let found = format!("{} in {}", Count::of(findings).sentence(), counted(modules, "module"));
    let certain = |finding: &&Diagnostic| finding.certainty == Certainty::Certain && !finding.fix.is_empty();
    let mends = match findings.iter().filter(certain).count() {
        0 => String::new(),
        number => format!("; `check --fix` mends {}", grouped(number)),
    };
    let answered = match answered {
        0 => String::new(),
        number => format!("; {} answered", counted(number, "warning")),
    };
    format!("{found}{answered}{mends}")
}

/// The texts as they are drawn: of the same length, without what would steer a terminal.
struct Texts<'s> {
    sources: &'s Sources,
    /// Columns of the terminal.
    width: usize,
    clean: BTreeMap<SourceId, Option<Arc<str>>>,
}

impl<'s> Texts<'s> {
    fn snippet(&mut self, place: Place) -> Option<Snippet<'s>> {
        let source = self.sources.get(place.source).filter(|source| !source.text().is_empty())?;
        let clean = self
            .clean
            .entry(place.source)
            .or_insert_with(|| source.text().chars().any(needs_cleaning).then(|| cleaned(source.text()).into()));
        // Before a line stand its number and a bar; the line below may have a longer number.
        let digits = source.position(place.span.start).line.to_string().len() + 1;
        let room = self.width.saturating_sub(digits + 4);
        Some(Snippet { source, clean: clean.clone(), room, labels: Vec::new() })
    }
}

/// A help may have lines of its own: a line to write.
fn harmless_lines(text: &str) -> Cow<'_, str> {
    if text.contains('\n') {
        text.split('\n').map(harmless).collect::<Vec<_>>().join("\n").into()
    } else {
        harmless(text)
    }
}

fn needs_cleaning(character: char) -> bool {
    steers(character) && !matches!(character, '\n' | '\t' | '\r')
}

fn cleaned(text: &str) -> String {
    let same_length = |character: char| match character.len_utf8() {
        1 => '?',
        2 => '·',
        _ => '\u{fffd}',
    };
    text.chars().map(|character| if needs_cleaning(character) { same_length(character) } else { character }).collect()
}

/// One source for miette.
#[derive(Debug)]
struct Snippet<'s> {
    source: &'s Source,
    clean: Option<Arc<str>>,
    /// Columns that a line may take.
    room: usize,
    /// What is marked, and the columns that its label takes from the middle of the mark.
    labels: Vec<(Range<usize>, usize)>,
}

impl Snippet<'_> {
    fn text(&self) -> &str {
        self.clean.as_deref().unwrap_or_else(|| self.source.text())
    }

    /// Is there room for a label from the middle of its mark on, and for some text before that?
    fn admits(&self, label: &str, mark: &SourceSpan) -> bool {
        let marked = self.text().get(mark.offset()..mark.offset() + mark.len()).unwrap_or("");
        columns(marked, self.room).unwrap_or(self.room) / 2 + reach(label) + BEFORE_MARK <= self.room
    }

    /// What is marked for a span: something on its first line, and not too much of that.
    fn mark(&self, span: Span) -> SourceSpan {
        let text = self.text();
        let start = text.floor_char_boundary((span.start as usize).min(text.len()));
        let line = self.source.line(self.source.position(span.start).line).map_or(text.len(), |line| line.end as usize);
        let end = (span.end as usize).min(line).max(start);
        let marked = text.get(start..text.ceil_char_boundary(end)).unwrap_or("");
        let end = start + beginning(marked, self.room / 2);
        if start == end && end == text.len() {
            // Behind the last character nothing can be drawn.
            let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
            return (last, text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)).into();
        }
        (start, end - start).into()
    }

    /// The column where the last of the labels within a stretch ends, counted from where the line of its mark begins.
    fn labels_end(&self, within: &Range<usize>, begins: impl Fn(usize) -> Option<usize>) -> usize {
        let within = self.labels.iter().filter(|(mark, _)| within.start <= mark.start && mark.end <= within.end);
        let end = |(mark, reach): &(Range<usize>, usize)| {
            let before = columns(self.text().get(begins(mark.start)?..mark.start)?, self.room)?;
            Some(before + columns(self.text().get(mark.clone())?, self.room)? / 2 + reach)
        };
        within.map(|label| end(label).unwrap_or(self.room + 1)).max().unwrap_or(0)
    }

    /// The part of one line that is drawn for a mark: all of it where it has room, else so much that mark and label have.
    /// `None` where they have not.
    fn part(&self, line: Range<usize>, mark: Range<usize>) -> Option<Range<usize>> {
        let text = self.text();
        // Of marks that are drawn apart, none stands beside another.
        let others = || self.labels.iter().map(|(other, _)| other);
        let begin = others().map(|other| other.end).filter(|end| *end <= mark.start).max();
        let end = others().map(|other| other.start).filter(|start| *start >= mark.end && *start > mark.start).min();
        let line =
            begin.map_or(line.start, |begin| begin.max(line.start))..end.map_or(line.end, |end| end.min(line.end));
        let (before, behind) = (text.get(line.start..mark.start)?, text.get(mark.end..line.end)?);
        let marked = columns(text.get(mark.clone())?, self.room)?;
        let needed = marked.max(self.labels_end(&mark, |_| Some(mark.start)));
        if needed > self.room && marked > self.room / 2 {
            return None;
        }
        let left = self.room.saturating_sub(needed);
        match (columns(before, left), columns(behind, self.room)) {
            (Some(before), Some(behind)) if before + marked + behind <= self.room => Some(line),
            (before, _) => {
                let start = mark.start - end_of(text.get(line.start..mark.start)?, before.unwrap_or(left).min(left));
                let used = columns(text.get(start..mark.end)?, self.room).unwrap_or(self.room);
                Some(start..mark.end + beginning(behind, self.room.saturating_sub(used)))
            }
        }
    }
}

fn range(span: &SourceSpan) -> Range<usize> {
    span.offset()..span.offset() + span.len()
}

/// Columns that a label takes, from the middle of its mark.
fn reach(label: &str) -> usize {
    if label.is_empty() { 0 } else { 4 + label.chars().map(width).sum::<usize>() }
}

/// Columns that a character takes, nearly: letters of East Asia and signs beyond the first plane are wide.
fn width(character: char) -> usize {
    match character {
        '\t' => TAB,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 2,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The columns of a text, where they are no more than these. Reads no further than that.
fn columns(text: &str, most: usize) -> Option<usize> {
    text.chars().try_fold(0, |sum, character| Some(sum + width(character)).filter(|sum| *sum <= most))
}

/// Bytes of the beginning of a text that take no more than these columns.
fn beginning(text: &str, most: usize) -> usize {
    fitting(text.chars(), most)
}

/// Bytes of the end of a text that take no more than these columns.
fn end_of(text: &str, most: usize) -> usize {
    fitting(text.chars().rev(), most)
}

fn fitting(characters: impl Iterator<Item = char>, most: usize) -> usize {
    let (mut bytes, mut sum) = (0, 0);
    for character in characters {
        sum += width(character);
        if sum > most {
            break;
        }
        bytes += character.len_utf8();
    }
    bytes
}

impl SourceCode for Snippet<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // INVARIANT (small): miette joins marks that are near each other; those that have no room together stay apart.
        if span.len() > 4096 || before > 0 || after > 0 {
            return Err(MietteError::OutOfBounds);
        }
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let first = self.source.position(offset(span.offset()));
        let last = self.source.position(offset(span.offset() + span.len()));
        let line = |number: u32| self.source.line(number).map(Span::range).ok_or(MietteError::OutOfBounds);
        let text = self.text();
        let drawn = if first.line == last.line {
            self.part(line(first.line)?, span.offset()..span.offset() + span.len()).ok_or(MietteError::OutOfBounds)?
        } else {
            for number in first.line..=last.line {
                let whole = text.get(line(number)?).and_then(|line| columns(line, self.room));
                whole.ok_or(MietteError::OutOfBounds)?;
            }
            let begins = |at: usize| Some(line(self.source.position(offset(at)).line).ok()?.start);
            if self.labels_end(&(span.offset()..span.offset() + span.len()), begins) > self.room {
                return Err(MietteError::OutOfBounds);
            }
            line(first.line)?.start..line(last.line)?.end
        };
        let data = text.get(drawn.clone()).ok_or(MietteError::OutOfBounds)?;
        let data = data.strip_suffix('\r').unwrap_or(data);
        Ok(Box::new(MietteSpanContents::new_named(
            harmless(self.source.name()).into_owned(),
            data.as_bytes(),
            (drawn.start, data.len()).into(),
            first.line as usize - 1,
            first.column as usize - 1,
            (last.line - first.line) as usize + 1,
        )))
    }
}

/// A finding for miette: what is in the same file is a mark, what is in another a finding below it.
#[derive(Debug)]
struct Report<'f> {
    severity: Option<miette::Severity>,
    headline: Cow<'f, str>,
    code: Option<String>,
    help: Option<Cow<'f, str>>,
    snippet: Option<Snippet<'f>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Report<'f>>,
}

impl<'f> Report<'f> {
    fn of(finding: &'f Diagnostic, texts: &mut Texts<'f>) -> Report<'f> {
        let mut snippet = texts.snippet(finding.place);
        let mut headline = harmless(&finding.message);
        let mut labels = Vec::new();
        let mut related = Vec::new();
        if let Some(snippet) = &mut snippet {
            let mut label = harmless(&finding.label);
            let mark = snippet.mark(finding.place.span);
            if !snippet.admits(&label, &mark) {
                headline = format!("{headline}: {label}").into();
                label = Cow::default();
            }
            snippet.labels.push((range(&mark), reach(&label)));
            let label = Some(label.into_owned()).filter(|label| !label.is_empty());
            labels.push(LabeledSpan::new_primary_with_span(label, mark));
        }
        for other in &finding.related {
            let message = harmless(&other.message);
            let mark = snippet
                .as_ref()
                .filter(|_| other.place.source == finding.place.source)
                .map(|snippet| snippet.mark(other.place.span));
            match (&mut snippet, mark) {
                (Some(snippet), Some(mark)) if snippet.admits(&message, &mark) => {
                    snippet.labels.push((range(&mark), reach(&message)));
                    labels.push(LabeledSpan::new_with_span(Some(message.into_owned()), mark));
                }
                _ => related.push(Report::nested(&other.message, other.place, texts)),
            }
        }
        Report {
            severity: Some(match finding.severity() {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            }),
            headline,
            code: Some(format!("{}[{}] {}", finding.severity().word(), finding.code.number, finding.code.name)),
            help: finding.help.as_deref().map(harmless_lines),
            snippet,
            labels,
            related,
        }
    }

    fn nested(message: &'f str, place: Place, texts: &mut Texts<'f>) -> Report<'f> {
        let mut snippet = texts.snippet(place);
        if let Some(snippet) = &mut snippet {
            snippet.room = snippet.room.saturating_sub(NESTED);
        }
        let labels =
            snippet.iter().map(|snippet| LabeledSpan::new_primary_with_span(None, snippet.mark(place.span))).collect();
        Report {
            severity: Some(miette::Severity::Advice),
            headline: harmless(message),
            code: None,
            help: None,
            snippet,
            labels,
            related: Vec::new(),
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.headline)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.severity
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        (!self.related.is_empty()).then(|| {
            Box::new(self.related.iter().map(|related| related as &dyn miette::Diagnostic))
                as Box<dyn Iterator<Item = &'a dyn miette::Diagnostic>>
        })
    }
}

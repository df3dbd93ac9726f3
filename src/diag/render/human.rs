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
use std::sync::Arc;

/// After so many findings of one code, the rest of it is a number.
const SHOWN_OF_A_CODE: usize = 100;
/// A line of more bytes is drawn in part.
const LONG_LINE: usize = 240;
/// Bytes of a long line that are drawn before and behind what is marked.
const AROUND: usize = 48;
/// Bytes that a mark covers at most.
const MARKED: usize = 120;

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
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width.clamp(40, 200))
        .with_links(false)
        .with_context_lines(0)
        .with_show_related_as_nested(true)
        .tab_width(4);
    let mut texts = Texts { sources, clean: BTreeMap::new() };
    let mut shown: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity() != Severity::Note) {
        let number = shown.entry(finding.code.number).or_default();
        *number += 1;
        if *number <= SHOWN_OF_A_CODE {
            let mut text = String::new();
            let report = Report::of(finding, &mut texts);
            handler.render_report(&mut text, &report).map_err(io::Error::other)?;
            writeln!(out, "{text}")?;
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
    clean: BTreeMap<SourceId, Option<Arc<str>>>,
}

impl<'s> Texts<'s> {
    fn snippet(&mut self, place: Place) -> Option<Snippet<'s>> {
        let source = self.sources.get(place.source).filter(|source| !source.text().is_empty())?;
        let clean = self
            .clean
            .entry(place.source)
            .or_insert_with(|| source.text().chars().any(needs_cleaning).then(|| cleaned(source.text()).into()));
        Some(Snippet { source, clean: clean.clone() })
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
}

impl Snippet<'_> {
    fn text(&self) -> &str {
        self.clean.as_deref().unwrap_or_else(|| self.source.text())
    }

    /// What is marked for a span: something on its first line, and not too much of that.
    fn mark(&self, span: Span) -> SourceSpan {
        let text = self.text();
        let start = text.floor_char_boundary((span.start as usize).min(text.len()));
        let line = self.source.line(self.source.position(span.start).line).map_or(text.len(), |line| line.end as usize);
        let end = (span.end as usize).min(line).min(start + MARKED).max(start);
        let end = text.ceil_char_boundary(end);
        if start == end && end == text.len() {
            // Behind the last character nothing can be drawn.
            let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
            return (last, text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)).into();
        }
        (start, end - start).into()
    }
}

impl SourceCode for Snippet<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // INVARIANT (small): miette joins marks that are near each other; those on one endless line stay apart.
        if span.len() > 4096 || before > 0 || after > 0 {
            return Err(MietteError::OutOfBounds);
        }
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let first = self.source.position(offset(span.offset()));
        let last = self.source.position(offset(span.offset() + span.len()));
        let line_start = self.source.line(first.line).ok_or(MietteError::OutOfBounds)?.start as usize;
        let line_end = self.source.line(last.line).ok_or(MietteError::OutOfBounds)?.end as usize;
        let text = self.text();
        let around = if line_end.saturating_sub(line_start) > LONG_LINE { AROUND } else { LONG_LINE };
        let start = text.ceil_char_boundary(line_start.max(span.offset().saturating_sub(around)));
        let end = text.floor_char_boundary(line_end.min(span.offset() + span.len() + around));
        let data = text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        let data = data.strip_suffix('\r').unwrap_or(data);
        Ok(Box::new(MietteSpanContents::new_named(
            harmless(self.source.name()).into_owned(),
            data.as_bytes(),
            (start, data.len()).into(),
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
        let snippet = texts.snippet(finding.place);
        let mut labels = Vec::new();
        let mut related = Vec::new();
        if let Some(snippet) = &snippet {
            let label = Some(harmless(&finding.label).into_owned()).filter(|label| !label.is_empty());
            labels.push(LabeledSpan::new_primary_with_span(label, snippet.mark(finding.place.span)));
        }
        for other in &finding.related {
            match &snippet {
                Some(snippet) if other.place.source == finding.place.source => labels.push(LabeledSpan::new_with_span(
                    Some(harmless(&other.message).into_owned()),
                    snippet.mark(other.place.span),
                )),
                _ => related.push(Report::nested(&other.message, other.place, texts)),
            }
        }
        Report {
            severity: Some(match finding.severity() {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note => miette::Severity::Advice,
            }),
            headline: harmless(&finding.message),
            code: Some(format!("{}[{}] {}", finding.severity().word(), finding.code.number, finding.code.name)),
            help: finding.help.as_deref().map(harmless_lines),
            snippet,
            labels,
            related,
        }
    }

    fn nested(message: &'f str, place: Place, texts: &mut Texts<'f>) -> Report<'f> {
        let snippet = texts.snippet(place);
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

//! What came of a run as JUnit XML, in the shape that Ant began and Jenkins and GitLab read: a suite a module, a case a case. No
//! clock was asked, so every time is 0.

use super::{Results, place};
use crate::harness::snapshot::State;
use crate::harness::verdict::Verdict;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io;

/// One case of XML.
struct Case {
    name: String,
    file: String,
    line: u32,
    /// What came of it, where not all is well: `failure`, `error` or `skipped`, what it says in short, and in full.
    came: Option<(&'static str, String, String)>,
}

/// All of it: findings first, then a suite for each module, then the decision tables, then requirements.
#[must_use]
pub fn text(results: &Results<'_>) -> String {
    let mut suites: Vec<(String, Vec<Case>)> = Vec::new();
    let findings: Vec<Case> = results
        .grave()
        .map(|finding| {
            let name = format!("{} {}", finding.code.number, finding.code.name);
            let at = place(finding.place, results.sources);
            let came =
                finding.is_error().then(|| ("error", finding.message.clone(), format!("{at}\n{}", finding.message)));
            let (file, line) = spot(finding.place, results);
            Case { name, file, line, came }
        })
        .collect();
    if !findings.is_empty() {
        suites.push(("findings".to_owned(), findings));
    }
    for verdict in results.verdicts {
        let case = of_verdict(verdict, results);
        // In the order of the run, which may be shuffled: verdicts of one suite stand beside each other.
        match suites.last_mut().filter(|(name, _)| **name == *verdict.module) {
            Some((_, cases)) => cases.push(case),
            None => suites.push((verdict.module.to_string(), vec![case])),
        }
    }
    let snapshots: Vec<Case> = results
        .snapshots
        .iter()
        .map(|one| {
            let came = match &one.compared.state {
                State::Same => None,
                State::Differs(text) => Some(("failure", "the decision table changed".to_owned(), text.clone())),
                state => Some(("failure", state.word().to_owned(), one.path())),
            };
            Case { name: one.compared.file.clone(), file: one.path(), line: 1, came }
        })
        .collect();
    if !snapshots.is_empty() {
        suites.push(("decision tables".to_owned(), snapshots));
    }
    let rows = results.requirements.unwrap_or(&[]).iter();
    let rows: Vec<Case> = rows
        .map(|row| {
            let said = format!("{} cases, {} permits, {} denies", row.cases, row.permits, row.denies);
            let came = (!row.is_covered()).then(|| ("failure", "not covered".to_owned(), said));
            let (file, line) = spot(row.place, results);
            Case { name: row.id.to_string(), file, line, came }
        })
        .collect();
    if !rows.is_empty() {
        suites.push(("requirements".to_owned(), rows));
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing into memory does not fail.
    let _ = write(&suites, &mut writer);
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    text
}

fn spot(at: crate::source::Place, results: &Results<'_>) -> (String, u32) {
    let source = results.sources.get(at.source);
    source.map_or((String::new(), 1), |source| (source.name().to_owned(), source.position(at.span.start).line))
}

fn of_verdict(verdict: &Verdict, results: &Results<'_>) -> Case {
    let (file, line) = spot(verdict.place, results);
    let came = match (&verdict.skipped, verdict.differences.as_slice()) {
        (Some(skip), _) => Some(("skipped", format!("until {}: {}", skip.until, skip.reason), String::new())),
        (None, []) => None,
        (None, [first, ..]) => {
            let short = format!("expected {}, got {}", first.expected, first.got);
            let all = verdict.differences.iter().map(|one| {
                let at = place(one.place, results.sources);
                format!("{at}\nexpected {}\ngot      {}\n\n{}", one.expected, one.got, one.words)
            });
            Some(("failure", short, all.collect::<Vec<_>>().join("\n")))
        }
    };
    Case { name: verdict.name.to_string(), file, line, came }
}

fn write(suites: &[(String, Vec<Case>)], writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = suites.iter().flat_map(|(_, cases)| cases);
    writer.write_event(Event::Start(counted("testsuites", "fullmakt", all)))?;
    for (name, cases) in suites {
        writer.write_event(Event::Start(counted("testsuite", name, cases.iter())))?;
        for case in cases {
            let mut tag = BytesStart::new("testcase");
            let line = case.line.to_string();
            for (key, value) in
                [("classname", &**name), ("name", &case.name), ("file", &case.file), ("line", &line), ("time", "0")]
            {
                tag.push_attribute((key, &*allowed(value)));
            }
            let Some((what, short, full)) = &case.came else {
                writer.write_event(Event::Empty(tag))?;
                continue;
            };
            writer.write_event(Event::Start(tag))?;
            let mut came = BytesStart::new(*what);
            came.push_attribute(("message", &*allowed(short)));
            if *what == "skipped" {
                writer.write_event(Event::Empty(came))?;
            } else {
                came.push_attribute(("type", *what));
                writer.write_event(Event::Start(came))?;
                writer.write_event(Event::Text(BytesText::new(&allowed(full))))?;
                writer.write_event(Event::End(BytesEnd::new(*what)))?;
            }
            writer.write_event(Event::End(BytesEnd::new("testcase")))?;
        }
        writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))
}

/// A tag with how many cases there are, and what came of them.
fn counted<'c>(tag: &'static str, name: &str, cases: impl Iterator<Item = &'c Case> + Clone) -> BytesStart<'static> {
    let count = |wanted: &str| {
        let of = |case: &&Case| case.came.as_ref().is_some_and(|(what, _, _)| *what == wanted);
        cases.clone().filter(of).count().to_string()
    };
    let mut start = BytesStart::new(tag);
    start.push_attribute(("name", &*allowed(name)));
    start.push_attribute(("tests", &*cases.clone().count().to_string()));
    start.push_attribute(("failures", &*count("failure")));
    start.push_attribute(("errors", &*count("error")));
    start.push_attribute(("skipped", &*count("skipped")));
    start.push_attribute(("time", "0"));
    start
}

/// What XML 1.0 may hold: a character that it may not is shown as its number.
fn allowed(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' | '\n' => safe.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                safe.extend(letter.escape_unicode());
            }
            letter => safe.push(letter),
        }
    }
    safe
}

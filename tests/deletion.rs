//! Each token of a shipped area of packages is deleted in turn and the whole build compiled: what is found elsewhere stays the
//! same, and nothing becomes unknown or unused because of it. What the parser alone makes of it: `syntax/deletion.rs`.

use crate::syntax::{AREA, shipped, tokens};
use fullmakt::compile::{Options, compile};
use fullmakt::source::{Place, Source, SourceId, Sources};
use fullmakt::syntax::ast::{Declaration, Module};
use fullmakt::syntax::parse;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What no deleted token may bring about, anywhere; a name that lost its own dot or a part is unknown itself.
const CASCADES: &[&str] = &[
    "unknown-name",
    "ambiguous-name",
    "duplicate-name",
    "unused-import",
    "unused-group",
    "unused-organisation",
    "import-cycle",
    "wrong-sort",
    "unknown-module",
];

type Files = Vec<(String, String)>;

/// A finding as it can be compared: its place as a text would have it that lost no token.
type Told = (u32, Range<usize>, &'static str, String);

/// Builds that are shipped: an area of packages, and the project of `init`.
fn builds() -> Vec<Files> {
    let policies = shipped();
    let area: Files = policies.into_iter().filter(|(path, _)| AREA.contains(&path.as_str())).collect();
    assert_eq!(area.len(), AREA.len());
    let clinic = vec![("clinic.fmk".to_owned(), include_str!("../src/cli/project/clinic.fmk").to_owned())];
    vec![area, clinic]
}

fn told(files: &Files, at: usize, lost: &Range<usize>) -> Vec<Told> {
    let mut sources = Sources::default();
    let ids: Vec<SourceId> = files.iter().map(|(name, text)| sources.add(Source::new(name, text))).collect();
    let back = |place: Place| {
        let Range { start, end } = place.span.range();
        if place.source.0 as usize != at {
            return start..end;
        }
        // What begins behind the token began there before; what ends at it did not reach it.
        let start = if start >= lost.start { start + lost.len() } else { start };
        let end = if end > lost.start { end + lost.len() } else { end };
        start.min(end)..end
    };
    let findings = compile(&sources, &ids, Options::default()).findings;
    findings
        .into_iter()
        .map(|found| {
            let related: String = found.related.iter().map(|other| format!("\n    {}", other.message)).collect();
            let help = found.help.as_deref().unwrap_or("");
            let words = format!("{}\n    {}\n    {help}{related}", found.message, found.label);
            (found.place.source.0, back(found.place), found.code.name, words)
        })
        .collect()
}

/// The innermost declaration around a token and those within it; beside declarations the `use`, or the line.
fn lost_part(module: &Module<'_>, text: &str, token: &Range<usize>) -> (Range<usize>, Vec<Range<usize>>) {
    let Some(found) = innermost(&module.declarations, token) else {
        let mut uses = module.uses.iter().map(|it| it.span.range());
        if let Some(line) = uses.find(|span| span.contains(&token.start)) {
            return (line, Vec::new());
        }
        let start = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[token.end..].find('\n').map_or(text.len(), |at| token.end + at);
        return (start..end, Vec::new());
    };
    (found.span.range(), found.declarations.iter().map(|it| it.span.range()).collect())
}

fn innermost<'t, 's>(declarations: &'t [Declaration<'s>], token: &Range<usize>) -> Option<&'t Declaration<'s>> {
    let around = declarations.iter().find(|it| it.span.range().contains(&token.start))?;
    innermost(&around.declarations, token).or(Some(around))
}

/// What goes wrong when a token is deleted.
fn trouble(files: &Files, at: usize, before: &[Told], token: &Range<usize>, module: &Module<'_>) -> Option<String> {
    let text = &files[at].1;
    let mut changed = files.clone();
    changed[at].1.replace_range(token.clone(), "");
    let (own, inner) = lost_part(module, text, token);
    // A closing brace may be missed as late as where the ones behind it stand.
    let behind = text[token.end..].find(|letter: char| !letter.is_whitespace() && letter != '}');
    let reach = if &text[token.clone()] == "}" { behind.unwrap_or(text.len() - token.end) } else { 0 };
    let touches =
        |found: &Told| found.0 as usize == at && found.1.start <= token.end + reach && token.start <= found.1.end;
    let elsewhere = |found: &&Told| {
        let (source, place, ..) = *found;
        let within = |part: &Range<usize>| part.start <= place.start && place.end <= part.end;
        !touches(found)
            && (*source as usize != at
                || !within(&own)
                || inner.iter().any(|part| within(part) && place.start < part.end))
    };
    let after = told(&changed, at, token);
    let were: BTreeSet<_> = before.iter().filter(elsewhere).map(sorted).collect();
    let are: BTreeSet<_> = after.iter().filter(elsewhere).map(sorted).collect();
    let mut out: Vec<String> = were.difference(&are).map(|lost| format!("  lost {lost:?}")).collect();
    out.extend(are.difference(&were).map(|new| format!("  new {new:?}")));
    let because = after.iter().filter(|found| CASCADES.contains(&found.2) && !touches(found));
    out.extend(because.map(|found| format!("  because of it {found:?}")));
    let line = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[line..].lines().next().unwrap_or("").trim();
    (!out.is_empty()).then(|| format!("{}: `{}` of `{line}`\n{}", files[at].0, &text[token.clone()], out.join("\n")))
}

fn sorted(found: &Told) -> (u32, usize, usize, &'static str, &str) {
    (found.0, found.1.start, found.1.end, found.2, &found.3)
}

#[test]
fn a_deleted_token_changes_no_finding_elsewhere_and_makes_nothing_unknown_or_unused() {
    let (mut count, mut notes) = (0, 0);
    let mut failures = Vec::new();
    for files in &builds() {
        let before = told(files, 0, &(0..0));
        notes += before.len();
        for at in 0..files.len() {
            let source = Source::new(&files[at].0, &files[at].1);
            let tree = parse(&source, SourceId(0)).module;
            let tokens = tokens::tokens(&files[at].1);
            let next = AtomicUsize::new(0);
            let work = || {
                let each = std::iter::from_fn(|| tokens.get(next.fetch_add(1, Ordering::Relaxed)));
                each.filter_map(|token| trouble(files, at, &before, token, &tree)).collect::<Vec<_>>()
            };
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            std::thread::scope(|scope| {
                let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                failures.extend(all.into_iter().flat_map(|thread| thread.join().unwrap()));
            });
            count += tokens.len();
        }
    }
    assert!(count > 600 && notes > 10, "{count} tokens, {notes} findings that could change");
    failures.sort();
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n\n"));
}

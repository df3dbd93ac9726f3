//! Each token of each sample, and of a shipped area of packages, is deleted in turn: one finding, near it; every other declaration stands as before.

use super::tokens::tokens;
use super::trees::flat;
use super::{AREA, FILE, modules, source};
use fullmakt::syntax::ast::{Declaration, Module};
use fullmakt::syntax::parse;
use std::collections::BTreeMap;
use std::ops::Range;

/// The innermost declaration around a place, and the outermost one's span.
fn around(declarations: &[Declaration<'_>], at: usize) -> Option<(Option<String>, Range<usize>)> {
    declarations.iter().find(|declaration| declaration.span.range().contains(&at)).map(|declaration| {
        let own = (declaration.name.map(|name| name.text.to_owned()), declaration.span.range());
        match around(&declaration.declarations, at) {
            Some((name, _)) => (name, own.1),
            None => own,
        }
    })
}

/// What goes wrong when a token is deleted; empty if nothing does.
fn trouble(before: &Module<'_>, outlines: &[(String, String)], text: &str, token: Range<usize>) -> Vec<String> {
    let deleted = &text[token.clone()];
    // Two words that the token kept apart stay apart.
    let letter = |found: Option<char>| found.is_some_and(|letter| letter.is_alphanumeric());
    let joins = letter(text[..token.start].chars().last()) && letter(text[token.end..].chars().next());
    let blank = if joins && !letter(deleted.chars().next()) && deleted != "." { " " } else { "" };
    let changed = format!("{}{blank}{}", &text[..token.start], &text[token.end..]);
    let after_source = source(&changed);
    let after = parse(&after_source, FILE);
    let mut out = Vec::new();
    let line = text[..token.start].rfind('\n').map_or(0, |at| at + 1)
        ..text[token.end..].find('\n').map_or(text.len(), |at| token.end + at);
    let (innermost, span) = around(&before.declarations, token.start).unwrap_or_else(|| {
        let line_of_use = before.uses.iter().map(|line| line.span.range()).find(|line| line.contains(&token.start));
        (None, line_of_use.unwrap_or(line.clone()))
    });
    let allowed = span.start.min(line.start)..=span.end.max(line.end) - token.len();

    if after.findings.len() > 1 {
        out.push(format!("{} findings", after.findings.len()));
    }
    for finding in &after.findings {
        let place = finding.place.span.range();
        if !allowed.contains(&place.start) || !allowed.contains(&place.end) {
            out.push(format!("{} `{}` stands elsewhere", finding.code.number, finding.message));
        }
    }
    // What stands in a declaration whose name is deleted stands in one without a name.
    let nameless = |outline: &str| match outline.strip_prefix(deleted) {
        Some(rest) if rest.starts_with('/') => format!("-{rest}"),
        _ => outline.to_owned(),
    };
    let now: BTreeMap<_, _> = flat(&after.module).into_iter().collect();
    for (name, outline) in outlines {
        if innermost.as_ref() != Some(name) {
            match now.get(name) {
                None => out.push(format!("`{name}` is lost")),
                Some(found) if found != outline && *found != nameless(outline) => {
                    out.push(format!("`{name}` changed:\n  {outline}\n  {found}"))
                }
                Some(_) => {}
            }
        } else if name != deleted && !now.contains_key(name) {
            out.push(format!("the name `{name}` is lost"));
        }
    }
    if before.uses.len() > after.module.uses.len() + usize::from(innermost.is_none()) {
        out.push("a `use` is lost".to_owned());
    }
    if innermost.is_some() && before.name.is_some() && after.module.name.is_none() {
        out.push("the module's name is lost".to_owned());
    }
    if !after.findings.is_empty() && !out.is_empty() {
        out.extend(after.findings.iter().map(|finding| format!("  {} {}", finding.code.number, finding.message)));
    }
    out
}

#[test]
fn a_deleted_token_is_one_finding_and_changes_nothing_else() {
    let mut failures = Vec::new();
    let mut count = 0;
    let read = |name: &str| !name.starts_with("policies/") || AREA.contains(&name);
    for (name, text) in modules().iter().filter(|(name, _)| read(name)) {
        let whole = source(text);
        let before = parse(&whole, FILE).module;
        let outlines = flat(&before);
        for token in tokens(text) {
            count += 1;
            let start = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
            let line = text[start..].lines().next().unwrap_or("").trim();
            let trouble = trouble(&before, &outlines, text, token.clone());
            if !trouble.is_empty() {
                failures.push(format!("{name}: `{}` of `{line}`:\n{}", &text[token], trouble.join("\n")));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n\n"));
}

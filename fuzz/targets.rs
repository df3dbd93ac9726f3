//! What each fuzz target does with a text. The fuzzers call these, and so does `tests/corpus.rs`, on every machine.

use fullmakt::compile::{Options, compile as compile_modules};
use fullmakt::decide::Index;
use fullmakt::intake::{Names, bundle as bundles, facts, request};
use fullmakt::ir::Bundle;
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::syntax;
use std::sync::LazyLock;

/// Any text is read: no crash, and every finding and fix has a place in the text.
pub fn parse(text: &str) {
    let source = Source::new("any.fmk", text);
    for finding in &syntax::parse(&source, SourceId(0)).findings {
        assert!(text.get(finding.place.span.range()).is_some(), "{finding:?}");
        for edit in &finding.fix {
            assert!(text.get(edit.place.span.range()).is_some(), "{finding:?}");
        }
    }
}

/// The canonical form of any text that has one is its own canonical form.
pub fn format(text: &str) {
    if let Ok(once) = syntax::format(&Source::new("any.fmk", text), SourceId(0)) {
        let again = syntax::format(&Source::new("any.fmk", &once), SourceId(0));
        assert_eq!(again.as_ref(), Ok(&once));
    }
}

/// Any text is compiled: no crash; a bundle where no finding is an error, which is written and read again as the same.
pub fn compile(text: &str) {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("any.fmk", text));
    let compiled = compile_modules(&sources, &[id], Options::default());
    let stops = compiled.findings.iter().any(fullmakt::diag::Diagnostic::is_error);
    assert_eq!(stops, compiled.bundle.is_none(), "{:?}", compiled.findings);
    if let Some((made, _)) = compiled.bundle {
        let written = fullmakt::ir::json::bundle_text(&made);
        let read =
            bundles::read(&Source::new("bundle.json", &written), SourceId(0)).expect("what was written is a bundle");
        assert_eq!(read, made);
    }
}

/// Any text is read as a bundle: no crash, and what is read is written and read again as the same.
pub fn bundle(text: &str) {
    if let Ok(read) = bundles::read(&Source::new("bundle.json", text), SourceId(0)) {
        let written = fullmakt::ir::json::bundle_text(&read);
        let again =
            bundles::read(&Source::new("bundle.json", &written), SourceId(0)).expect("what was written is a bundle");
        assert_eq!(read, again);
    }
}

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let mut sources = Sources::default();
    let id = sources.add(Source::new("clinic.fmk", include_str!("clinic.fmk")));
    let compiled = compile_modules(&sources, &[id], Options::default());
    assert!(compiled.bundle.is_some(), "{:?}", compiled.findings);
    compiled.bundle.expect("the clinic is sound").0
});

/// Any text is read as facts and, behind a line of three hyphens, as a request over them: no crash; what is read is decided.
pub fn data(text: &str) {
    let names = Names::new(&BUNDLE.meaning);
    let (known, asked) = text.split_once("\n---\n").unwrap_or((text, ""));
    if let Ok((facts, _)) = facts::read(&Source::new("facts.yaml", known), SourceId(0), &names)
        && let Ok(request) =
            request::read(&Source::new("request.yaml", asked), SourceId(1), &names, &facts, jiff::Timestamp::UNIX_EPOCH)
    {
        let _ = Index::new(&BUNDLE).decide(&facts, &request);
    }
}

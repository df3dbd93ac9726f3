//! Any text is read: no crash, and every finding and fix has a place in the text.
#![no_main]

use fullmakt::source::{Source, SourceId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("any.fmk", text);
    let parsed = fullmakt::syntax::parse(&source, SourceId(0));
    for finding in &parsed.findings {
        assert!(text.get(finding.place.span.range()).is_some(), "{finding:?}");
        for edit in &finding.fix {
            assert!(text.get(edit.place.span.range()).is_some(), "{finding:?}");
        }
    }
});

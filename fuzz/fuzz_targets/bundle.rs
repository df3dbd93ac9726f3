//! Any text is read as a bundle: no crash, and what is read is written and read again as the same.
#![no_main]

use fullmakt::intake::bundle;
use fullmakt::source::{Source, SourceId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(read) = bundle::read(&Source::new("bundle.json", text), SourceId(0)) {
        let written = fullmakt::ir::json::bundle_text(&read);
        let again = bundle::read(&Source::new("bundle.json", &written), SourceId(0)).expect("what was written is a bundle");
        assert_eq!(read, again);
    }
});

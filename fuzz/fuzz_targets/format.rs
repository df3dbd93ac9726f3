//! The canonical form of any text that has one is its own canonical form.
#![no_main]

use fullmakt::source::{Source, SourceId};
use fullmakt::syntax::format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(once) = format(&Source::new("any.fmk", text), SourceId(0)) {
        let again = format(&Source::new("any.fmk", &once), SourceId(0));
        assert_eq!(again.as_ref(), Ok(&once));
    }
});

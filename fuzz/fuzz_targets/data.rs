//! Any text is read as facts and, behind a line of three hyphens, as a request over them: no crash; what is read is decided.
#![no_main]

use fullmakt::compile::{Options, compile};
use fullmakt::decide::Index;
use fullmakt::intake::{Names, facts, request};
use fullmakt::ir::Bundle;
use fullmakt::source::{Source, SourceId, Sources};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let mut sources = Sources::default();
    let text = include_str!("../../src/cli/project/clinic.fmk");
    let id = sources.add(Source::new("clinic.fmk", text));
    compile(&sources, &[id], Options::default()).bundle.expect("the clinic is sound").0
});

fuzz_target!(|text: &str| {
    let names = Names::new(&BUNDLE.meaning);
    let (known, asked) = text.split_once("\n---\n").unwrap_or((text, ""));
    if let Ok((facts, _)) = facts::read(&Source::new("facts.yaml", known), SourceId(0), &names)
        && let Ok(request) =
            request::read(&Source::new("request.yaml", asked), SourceId(1), &names, &facts, jiff::Timestamp::UNIX_EPOCH)
    {
        let _ = Index::new(&BUNDLE).decide(&facts, &request);
    }
});

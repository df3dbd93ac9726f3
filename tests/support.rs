//! The door for tests: a few texts in, findings out, told by the name of the code and the text that is underlined.
//! Holds no expectation of its own.
#![allow(dead_code, reason = "each file of tests uses a part of it")]

use fullmakt::compile::{Options, compile};
use fullmakt::diag::Diagnostic;
use fullmakt::model::Catalog;
use fullmakt::resolve::{Resolved, resolve};
use fullmakt::source::{Place, Source, Sources};
use fullmakt::syntax;
use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// How texts by chance are drawn: so many, from one seed, so that a run of the tests tells the same each time. More of
/// them from another seed by hand: `PROPTEST_CASES=200000 PROPTEST_RNG_SEED=42 cargo test …`.
pub(crate) fn chance(cases: u32) -> ProptestConfig {
    let told = ProptestConfig::default();
    let said = |name: &str| std::env::var_os(name).is_some();
    ProptestConfig {
        cases: if said("PROPTEST_CASES") { told.cases } else { cases },
        rng_seed: if said("PROPTEST_RNG_SEED") { told.rng_seed } else { RngSeed::Fixed(7) },
        failure_persistence: None,
        ..told
    }
}

/// Some files, and how far they are taken.
pub(crate) struct Given {
    files: Vec<(String, String)>,
    /// No further than names and links: no rule is checked.
    links_alone: bool,
}

/// One file; its path is the name of its module.
pub(crate) fn given(text: &str) -> Given {
    nothing().and(text)
}

/// No file yet.
pub(crate) fn nothing() -> Given {
    Given { files: Vec::new(), links_alone: false }
}

impl Given {
    /// Taken no further than names and links.
    pub(crate) fn linked(mut self) -> Given {
        self.links_alone = true;
        self
    }

    /// One file more; its path is the name of its module.
    pub(crate) fn and(self, text: &str) -> Given {
        let name = text.lines().find_map(|line| line.strip_prefix("module ")).unwrap_or("page");
        let name = name.split_whitespace().next().unwrap_or("page");
        let path = format!("policies/{}.fmk", name.replace('.', "/"));
        self.with(&path, text)
    }

    /// One file more, with this path.
    pub(crate) fn with(mut self, path: &str, text: &str) -> Given {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    pub(crate) fn sources(&self) -> Sources {
        let mut sources = Sources::default();
        for (path, text) in &self.files {
            sources.add(Source::new(path, text));
        }
        sources
    }

    /// All findings.
    pub(crate) fn findings(&self) -> Vec<Diagnostic> {
        let sources = self.sources();
        if !self.links_alone {
            let all: Vec<_> = sources.iter().map(|(id, _)| id).collect();
            return compile(&sources, &all, Options::default()).findings;
        }
        let mut findings = Vec::new();
        let mut parsed = Vec::new();
        for (id, source) in sources.iter() {
            let read = syntax::parse(source, id);
            findings.extend(read.findings);
            parsed.push((id, read.module));
        }
        findings.extend(resolve(&sources, &parsed).findings);
        Diagnostic::sort(&mut findings);
        findings
    }

    /// The catalog, whatever was found.
    pub(crate) fn catalog(&self) -> Catalog {
        let sources = self.sources();
        let parsed: Vec<_> = sources.iter().map(|(id, source)| (id, syntax::parse(source, id).module)).collect();
        let Resolved { catalog, .. } = resolve(&sources, &parsed);
        catalog
    }

    /// Name of the code and underlined text of each finding.
    pub(crate) fn finds(&self) -> Vec<(&'static str, String)> {
        let sources = self.sources();
        self.findings().iter().map(|found| (found.code.name, sources.slice(found.place).to_owned())).collect()
    }

    /// Nothing is found.
    pub(crate) fn is_clean(&self) {
        assert_eq!(self.finds(), [], "{:#?}", self.findings());
    }

    /// The findings of this code; there is at least one.
    pub(crate) fn reports(&self, name: &str) -> Reported<'_> {
        let found: Vec<Diagnostic> = self.findings().into_iter().filter(|found| found.code.name == name).collect();
        assert!(!found.is_empty(), "no {name} in {:#?}", self.findings());
        Reported { given: self, found }
    }

    /// The files with the edits of these findings.
    pub(crate) fn fixed(&self, findings: &[Diagnostic]) -> Given {
        let mut edits: Vec<(Place, String)> =
            findings.iter().flat_map(|found| &found.fix).map(|edit| (edit.place, edit.text.clone())).collect();
        edits.sort();
        edits.dedup();
        let mut files = self.files.clone();
        for (place, text) in edits.into_iter().rev() {
            files[place.source.0 as usize].1.replace_range(place.span.range(), &text);
        }
        Given { files, links_alone: self.links_alone }
    }

    pub(crate) fn text(&self, file: usize) -> &str {
        &self.files[file].1
    }
}

/// Findings of one code.
pub(crate) struct Reported<'g> {
    given: &'g Given,
    found: Vec<Diagnostic>,
}

impl Reported<'_> {
    /// Exactly these texts are underlined.
    pub(crate) fn under<const N: usize>(self, texts: [&str; N]) -> Self {
        let sources = self.given.sources();
        let underlined: Vec<&str> = self.found.iter().map(|found| sources.slice(found.place)).collect();
        assert_eq!(underlined, texts, "{:#?}", self.found);
        self
    }

    /// There is one of them.
    pub(crate) fn once(self) -> Self {
        assert_eq!(self.found.len(), 1, "{:#?}", self.found);
        self
    }

    /// Nothing else is found.
    pub(crate) fn alone(self) -> Self {
        assert_eq!(self.given.findings().len(), self.found.len(), "{:#?}", self.given.findings());
        self
    }

    /// The first one's headline.
    pub(crate) fn says(self, message: &str) -> Self {
        assert_eq!(self.found[0].message, message);
        self
    }

    /// The help has these words.
    pub(crate) fn helps(self, words: &str) -> Self {
        let help = self.found[0].help.as_deref().unwrap_or("");
        assert!(help.contains(words), "{help}");
        self
    }

    /// The fixes give a text without findings.
    pub(crate) fn mends(self) -> Self {
        assert!(self.found.iter().all(|found| !found.fix.is_empty()), "no fix: {:#?}", self.found);
        self.given.fixed(&self.found).is_clean();
        self
    }

    /// None of them has a fix.
    pub(crate) fn has_no_fix(self) -> Self {
        assert!(self.found.iter().all(|found| found.fix.is_empty()), "{:#?}", self.found);
        self
    }

    /// Texts of the related places of the first one.
    pub(crate) fn related<const N: usize>(self, texts: [&str; N]) -> Self {
        let sources = self.given.sources();
        let related: Vec<&str> = self.found[0].related.iter().map(|related| sources.slice(related.place)).collect();
        assert_eq!(related, texts);
        self
    }
}

impl Reported<'_> {
    /// The fixes give this text of the last file.
    pub(crate) fn mends_text(self, text: &str) -> Self {
        let fixed = self.given.fixed(&self.found);
        assert_eq!(fixed.text(fixed.files.len() - 1), text);
        self
    }
}

/// Holds a text to the snapshot of this name in a folder below `snapshots/`. The header has the description alone, so that
/// `fullmakt test` writes the same bytes.
pub fn holds_snapshot(folder: &str, name: &str, description: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("../snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(description);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

//! Suites and facts beside modules, read: what the tests of data share. Tests nothing itself.

use fullmakt::compile::{Compiled, ModuleText, Options, compile};
use fullmakt::diag::{Diagnostic, Edit};
use fullmakt::harness::mutate::{self, Settle};
use fullmakt::harness::{self, Beside, Suite, Verdict, fixtures, options, requirements, suite};
use fullmakt::intake::Scope;
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::words::Speaker;

/// The module that `init` writes: beside a suite that names no other.
pub const CLINIC: &str = include_str!("../src/cli/project/clinic.fmk");

/// The day on which what is skipped is judged.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 1);

/// Modules, compiled, and the suites beside them.
pub struct Suites {
    /// All texts.
    pub sources: Sources,
    /// The modules.
    pub compiled: Compiled,
    /// The suites, read.
    pub read: Vec<Suite>,
    /// What was found in them.
    pub findings: Vec<Diagnostic>,
}

impl Suites {
    /// Files by name: modules `.fmk`, suites `.test.yaml`. Without a module there is [`CLINIC`].
    pub fn of(files: &[(String, String)]) -> Suites {
        let mut sources = Sources::default();
        let suites: Vec<SourceId> = files
            .iter()
            .filter(|(name, _)| name.ends_with(".test.yaml"))
            .map(|(name, text)| sources.add(Source::new(name, text)))
            .collect();
        let mut modules: Vec<SourceId> = files
            .iter()
            .filter(|(name, _)| name.ends_with(".fmk"))
            .map(|(name, text)| sources.add(Source::new(name, text)))
            .collect();
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(fixtures::ENDING)) {
            sources.add(Source::new(name, text));
        }
        if modules.is_empty() {
            modules.push(sources.add(Source::new("clinic.fmk", CLINIC)));
        }
        let compiled = compile(&sources, &modules, Options::default());
        let beside: Vec<Beside> = suites
            .into_iter()
            .map(|suite| Beside { suite, module: module_beside(suite, &sources, &compiled) })
            .collect();
        let (bundle, _) = compiled.bundle.as_ref().unwrap_or_else(|| panic!("{:#?}", compiled.findings));
        let (read, mut findings) = harness::read(&sources, &beside, &bundle.meaning);
        for (name, text) in files {
            if name.ends_with(".md") {
                let id = sources.add(Source::new(name, text));
                match requirements::read(sources.get(id).expect("a source"), id) {
                    Ok(listed) => findings.extend(requirements::unknown(&listed, &read)),
                    Err(found) => findings.extend(found),
                }
            } else if options::looks_like_a_suite(name) && !name.ends_with(suite::ENDING) {
                let id = sources.add(Source::new(name, ""));
                findings.push(options::suite_not_read(name, id));
            }
        }
        findings.extend(options::skipped_too_long(&read, TODAY));
        if findings.is_empty() {
            findings.extend(options::nothing_run(&read, SourceId(0)));
        }
        Suites { read, findings, sources, compiled }
    }

    /// One suite beside [`CLINIC`].
    pub fn clinic(suite: &str) -> Suites {
        Suites::of(&[("clinic.test.yaml".to_owned(), suite.to_owned())])
    }

    /// `FM0503 7:5 "marked text" message` for each finding.
    pub fn lines(&self) -> Vec<String> {
        let line = |finding: &Diagnostic| {
            let source = self.sources.get(finding.place.source).expect("a source");
            let at = source.position(finding.place.span.start);
            let marked = self.sources.slice(finding.place);
            format!("{} {}:{} {:?} {}", finding.code.number, at.line, at.column, marked, finding.message)
        };
        self.findings.iter().map(line).collect()
    }

    /// Every small change of the modules, tried with the suites.
    pub fn mutated(&self, options: &mutate::Options) -> Result<mutate::Run, mutate::Trouble> {
        let (bundle, origins) = self.compiled.bundle.as_ref().expect("sound modules");
        let speaker = Speaker::new(bundle, Some(origins));
        let scope = |module: &ModuleText| Scope { module: module.name.clone(), uses: module.uses.clone() };
        let scopes: Vec<Scope> = self.compiled.modules.iter().map(scope).collect();
        mutate::run(&Settle::new(&speaker, &self.read, &scopes, &self.sources), origins, options)
    }

    /// As [`Suites::lines`], why nothing could be mutated or tried.
    pub fn lines_of_mutation(&self) -> Vec<String> {
        let options = mutate::Options::default();
        let first = self.compiled.modules.first().map(|module| module.source);
        let trouble = self.mutated(&options).err();
        let findings = trouble.map_or(Vec::new(), |trouble| trouble.findings(&options, &self.sources, first));
        findings.iter().map(|finding| format!("{} {}", finding.code.number, finding.message)).collect()
    }

    /// The text of the first suite with the edits of all findings made; `None` where there are none.
    pub fn mended(&self) -> Option<String> {
        let mut edits: Vec<&Edit> = self.findings.iter().flat_map(|finding| &finding.fix).collect();
        let mut text = self.sources.get(SourceId(0))?.text().to_owned();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.place));
        for edit in &edits {
            text.replace_range(edit.place.span.range(), &edit.text);
        }
        (!edits.is_empty()).then_some(text)
    }

    /// Every suite, run.
    pub fn run(&self) -> Vec<Verdict> {
        let (bundle, origins) = self.compiled.bundle.as_ref().expect("a bundle");
        harness::run(&self.read, &Speaker::new(bundle, Some(origins)), &self.sources)
    }
}

fn module_beside(suite: SourceId, sources: &Sources, compiled: &Compiled) -> Option<Scope> {
    let beside = sources.get(suite)?.name().replace(".test.yaml", ".fmk");
    let module = compiled
        .modules
        .iter()
        .find(|module| sources.get(module.source).is_some_and(|source| source.name() == beside))?;
    Some(Scope { module: module.name.clone(), uses: module.uses.clone() })
}

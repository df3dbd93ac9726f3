//! A project as a whole: its modules, compiled, with the suites and files of facts beside them, read from disk and run. What the
//! command `test` does, for whoever calls it from Rust. Prints nothing and has no clock.
#![doc = include_str!("../docs/testing.md")]

use crate::compile::{self, ModuleText};
use crate::diag::Diagnostic;
use crate::diag::render::short;
use crate::harness::fixtures;
use crate::harness::options::{self, Options};
use crate::harness::report::{self, Summary};
use crate::harness::requirements::{self, Listed};
use crate::harness::snapshot::{self, Placed, Snapshot};
use crate::harness::{self, Beside, Suite, Verdict, suite};
use crate::intake::names::Scope;
use crate::ir::Bundle;
use crate::origins::Origins;
use crate::source::{Source, SourceId, Sources};
use crate::words::Speaker;
use crate::workspace::{self, Loaded};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Modules and suites, read.
#[derive(Debug)]
pub struct Project {
    /// All texts.
    pub sources: Sources,
    /// The modules, in order of name.
    pub modules: Vec<ModuleText>,
    /// The policies, where no finding of a module is an error.
    pub bundle: Option<(Bundle, Origins)>,
    /// The suites that could be read, in order of path.
    pub suites: Vec<Suite>,
    /// What was found in any of it, in order of place.
    pub findings: Vec<Diagnostic>,
    paths: Vec<PathBuf>,
    /// Where findings about the run as a whole stand.
    first: SourceId,
}

impl Project {
    /// Reads everything at these paths, in folders and those below; without a path as the command does.
    #[must_use]
    pub fn read<P: AsRef<Path>>(paths: &[P]) -> Project {
        let mut all: Vec<PathBuf> = paths.iter().map(|path| path.as_ref().to_path_buf()).collect();
        if all.is_empty() {
            all = workspace::default_paths();
        }
        let mut loaded = workspace::read_modules_and_suites(&all);
        read_what_is_used(&mut loaded);
        let options = compile::Options {
            words: None,
            unreadable: std::mem::take(&mut loaded.findings),
            broken: loaded.broken.clone(),
        };
        let compiled = compile::compile(&loaded.sources, &loaded.modules, options);
        let mut findings = compiled.findings;
        findings.extend(looks_like_suites(&mut loaded));
        let mut suites = Vec::new();
        if let Some((bundle, _)) = &compiled.bundle {
            let beside = beside(&loaded, &compiled.modules);
            let (read, found) = harness::read(&loaded.sources, &beside, &bundle.meaning);
            suites = read;
            findings.extend(found);
        }
        Diagnostic::sort(&mut findings);
        let first = loaded.modules.first().or(loaded.suites.first()).copied().unwrap_or(SourceId(0));
        Project {
            sources: loaded.sources,
            modules: compiled.modules,
            bundle: compiled.bundle,
            suites,
            findings,
            paths: all,
            first,
        }
    }

    /// Only what has this text in its name, or is beside a module that has; a finding where nothing is.
    pub fn filter(&mut self, text: &str) {
        if self.bundle.is_some()
            && let Err(finding) = options::filter(&mut self.suites, text, &mut self.sources)
        {
            self.findings.push(*finding);
        }
    }

    /// The ids of a file of requirements; what is wrong with it, or with cases that are named after no id of it, is found.
    pub fn requirements(&mut self, path: &Path) -> Option<Listed> {
        let found = match workspace::read_file(path, &mut self.sources) {
            Ok(id) => match requirements::read(self.sources.get(id)?, id) {
                Ok(listed) => {
                    self.findings.extend(requirements::unknown(&listed, &self.suites));
                    Diagnostic::sort(&mut self.findings);
                    return Some(listed);
                }
                Err(found) => found,
            },
            Err(trouble) => vec![trouble.1],
        };
        self.findings.extend(found);
        Diagnostic::sort(&mut self.findings);
        None
    }

    /// What a run on this day finds besides: cases that are skipped past their date, and that nothing is decided.
    pub fn judge(&mut self, today: Date) {
        let mut found = options::skipped_too_long(&self.suites, today);
        if self.bundle.is_some() && !self.findings.iter().any(Diagnostic::is_error) {
            found.extend(options::nothing_run(&self.suites, self.first));
        }
        self.findings.extend(found);
        Diagnostic::sort(&mut self.findings);
    }

    /// Is any finding an error? Then the run has failed, whatever comes of the cases.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }

    /// Runs every suite; nothing where a module does not compile.
    #[must_use]
    pub fn run(&self, options: &Options) -> Vec<Verdict> {
        let Some((bundle, origins)) = &self.bundle else { return Vec::new() };
        harness::run_with(&self.suites, &Speaker::new(bundle, Some(origins)), &self.sources, options)
    }

    /// Runs every suite on this day and compares the decision tables.
    ///
    /// # Errors
    /// What the disk says of the folder of snapshots.
    pub fn check(mut self, today: Date) -> io::Result<Outcome> {
        self.judge(today);
        let verdicts = self.run(&Options::default());
        let snapshots = self.snapshots()?;
        Ok(Outcome { project: self, verdicts, snapshots })
    }

    /// The decision table of each module as it is now, in order of name: what `insta` holds as well as the command does.
    #[must_use]
    pub fn decision_tables(&self) -> Vec<Snapshot> {
        self.bundle.as_ref().map_or(Vec::new(), |(bundle, _)| snapshot::all(bundle))
    }

    /// Every decision table against the accepted one, by folder and file.
    ///
    /// # Errors
    /// What the disk says of the folder of snapshots.
    pub fn snapshots(&self) -> io::Result<Vec<Placed>> {
        let mut all = Vec::new();
        for (folder, snapshots) in self.by_folder() {
            let mut found = BTreeMap::new();
            for name in workspace::names_in(Path::new(&folder), ".snap")? {
                // What is no text is not what was accepted.
                let text = workspace::read_text(&Path::new(&folder).join(&name)).unwrap_or_default();
                found.insert(name, text);
            }
            if !self.is_whole(&folder) {
                found.retain(|name, _| snapshots.iter().any(|snapshot| snapshot.file == *name));
            }
            for compared in snapshot::compare(&snapshots, &found) {
                let text = snapshots.iter().find(|snapshot| snapshot.file == compared.file).map(Snapshot::text);
                all.push(Placed { folder: folder.clone(), compared, text });
            }
        }
        Ok(all)
    }

    /// The snapshots of the build, by the folder that they belong in.
    fn by_folder(&self) -> BTreeMap<String, Vec<Snapshot>> {
        let mut folders: BTreeMap<String, Vec<Snapshot>> = BTreeMap::new();
        let mut all: BTreeMap<Box<str>, Snapshot> =
            self.decision_tables().into_iter().map(|snapshot| (snapshot.module.clone(), snapshot)).collect();
        for module in &self.modules {
            let Some(path) = self.sources.get(module.source).map(|source| source.name()) else { continue };
            let given = self.paths.iter().map(|given| workspace::name_of(given)).filter(|given| is_in(path, given));
            let named = given.max_by_key(|given| given.len()).unwrap_or_default();
            let snapshots = folders.entry(snapshot::folder(path, &named)).or_default();
            snapshots.extend(all.remove(&module.name));
        }
        folders
    }

    /// Does this run see every module that may have a snapshot in this folder? Only then is one without a module an orphan.
    fn is_whole(&self, folder: &str) -> bool {
        let project = folder.strip_suffix("snapshots/decisions").unwrap_or(folder);
        let policies = format!("{project}policies");
        self.paths.iter().filter(|path| workspace::is_folder(path)).any(|path| {
            let name = workspace::name_of(path);
            is_in(&policies, &name) || !workspace::exists(Path::new(&policies))
        })
    }
}

/// Is this path the other, or below it?
fn is_in(path: &str, folder: &str) -> bool {
    folder == "." || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reads the files of facts that suites use and that stand in none of the folders.
fn read_what_is_used(loaded: &mut Loaded) {
    let mut paths: Vec<String> = Vec::new();
    for id in loaded.suites.iter().filter(|id| !loaded.broken.contains(id)) {
        paths.extend(loaded.sources.get(*id).into_iter().flat_map(|source| fixtures::used_by(source, *id)));
    }
    paths.sort();
    paths.dedup();
    for path in paths {
        let known = loaded.sources.iter().any(|(_, source)| source.name() == path);
        if known || !path.ends_with(fixtures::ENDING) || !workspace::exists(Path::new(&path)) {
            continue;
        }
        match workspace::read_file(Path::new(&path), &mut loaded.sources) {
            Ok(id) => loaded.facts.push(id),
            Err(trouble) => loaded.findings.push(trouble.1),
        }
    }
}

/// A finding for each file that looks like a suite and is none.
fn looks_like_suites(loaded: &mut Loaded) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for name in &loaded.others {
        let has_keys = || {
            let text = workspace::read_text(Path::new(name)).unwrap_or_default();
            !name.ends_with(".json")
                && text.lines().any(|line| line.starts_with("cases:") || line.starts_with("tables:"))
        };
        if options::looks_like_a_suite(name) || has_keys() {
            let id = loaded.sources.add(Source::new(name, ""));
            findings.push(options::suite_not_read(name, id));
        }
    }
    findings
}

/// Each suite that could be read, with the module beside it.
fn beside(loaded: &Loaded, modules: &[ModuleText]) -> Vec<Beside> {
    let by_path: BTreeMap<&str, &ModuleText> =
        modules.iter().filter_map(|module| Some((loaded.sources.get(module.source)?.name(), module))).collect();
    let of = |name: &str| {
        let module = by_path.get(&*format!("{}.fmk", name.strip_suffix(suite::ENDING)?))?;
        Some(Scope { module: module.name.clone(), uses: module.uses.clone() })
    };
    let readable = loaded.suites.iter().filter(|id| !loaded.broken.contains(id));
    readable.map(|id| Beside { suite: *id, module: loaded.sources.get(*id).and_then(|text| of(text.name())) }).collect()
}

/// What came of a project; as text it is what the command prints.
#[derive(Debug)]
pub struct Outcome {
    /// What was run.
    pub project: Project,
    /// What came of each case and table.
    pub verdicts: Vec<Verdict>,
    /// What came of each decision table.
    pub snapshots: Vec<Placed>,
}

impl Outcome {
    /// Is everything as expected, with no finding that is an error?
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.summary().is_met()
    }

    /// Everything, counted.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::of(&self.verdicts, self.snapshots.iter().map(|one| &one.compared));
        summary.errors = self.project.findings.iter().filter(|finding| finding.is_error()).count();
        summary
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut findings = Vec::new();
        if short::write(&self.project.findings, &self.project.sources, &mut findings).is_ok() {
            out.write_str(&String::from_utf8_lossy(&findings))?;
        }
        for verdict in &self.verdicts {
            out.write_str(&report::of_verdict(verdict, &self.project.sources))?;
        }
        for one in &self.snapshots {
            out.write_str(&report::of_snapshot(one))?;
        }
        writeln!(out, "{}", self.summary())
    }
}

//! `test`: suites and decision tables against what is expected.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments, coverage};
use clap::ArgMatches;
use fullmakt::compile::ModuleText;
use fullmakt::diag::Diagnostic;
use fullmakt::harness::snapshot::{self, Compared, Snapshot, State};
use fullmakt::harness::{self, Beside, report};
use fullmakt::intake::names::Scope;
use fullmakt::ir::Bundle;
use fullmakt::words::speaker::Speaker;
use fullmakt::workspace::{self, Loaded};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  fullmakt test                    every suite under policies/, or here, and every decision table
  fullmakt test --update           accept the decision tables as they are now
  fullmakt test policies/demo      some of them
  fullmakt test --coverage         and how much of the policies they show
  fullmakt test --coverage=html -o coverage.html --threshold 95,rules=100

A suite is `NAME.test.yaml` beside `NAME.fmk`; `fullmakt schema suite` says what may stand in it.
{}.", snapshot::WHERE))]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP)]
    paths: Vec<PathBuf>,
    /// Write the decision tables as they are now, and take away those of modules that are gone
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    coverage: coverage::Arguments,
}

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let paths = input::or_default(&arguments.paths);
    let mut loaded = workspace::read_modules_and_suites(&paths);
    let compiled = input::compile(&mut loaded, None);
    let mut findings = compiled.findings;
    let Some((bundle, origins)) = compiled.bundle else {
        input::show(&findings, &loaded.sources, streams)?;
        return Ok(Exit::Findings);
    };
    let beside = beside(&loaded, &compiled.modules);
    let (suites, found) = harness::read(&loaded.sources, &beside, &bundle.meaning);
    findings.extend(found);
    Diagnostic::sort(&mut findings);
    let stopped = input::show(&findings, &loaded.sources, streams)?;

    let speaker = Speaker::new(&bundle, Some(&origins));
    let verdicts = harness::run(&suites, &speaker, &loaded.sources);
    for verdict in &verdicts {
        streams.out.write_all(report::of_verdict(verdict, &loaded.sources).as_bytes())?;
    }
    let mut compared = Vec::new();
    for (folder, snapshots) in by_folder(&bundle, &loaded, &compiled.modules, &paths) {
        compared.extend(compare(&folder, &snapshots, &paths, arguments.update, streams)?);
    }
    let summary = report::Summary::of(&verdicts, &compared);
    writeln!(streams.out, "{summary}")?;
    let enough = coverage::run(&arguments.coverage, &suites, &speaker, &loaded.sources, streams)?;
    Ok(if stopped {
        Exit::Findings
    } else if !summary.is_met() {
        Exit::Differs
    } else if !enough {
        Exit::Uncovered
    } else {
        Exit::Well
    })
}

/// Each suite that could be read, with the module beside it.
fn beside(loaded: &Loaded, modules: &[ModuleText]) -> Vec<Beside> {
    let by_path: BTreeMap<&str, &ModuleText> =
        modules.iter().filter_map(|module| Some((loaded.sources.get(module.source)?.name(), module))).collect();
    let of = |name: &str| {
        let module = by_path.get(&*format!("{}.fmk", name.strip_suffix(".test.yaml")?))?;
        Some(Scope { module: module.name.clone(), uses: module.uses.clone() })
    };
    let readable = loaded.suites.iter().filter(|id| !loaded.broken.contains(id));
    readable.map(|id| Beside { suite: *id, module: loaded.sources.get(*id).and_then(|text| of(text.name())) }).collect()
}

/// The snapshots of the build, by the folder that they belong in.
fn by_folder(
    bundle: &Bundle,
    loaded: &Loaded,
    modules: &[ModuleText],
    paths: &[PathBuf],
) -> BTreeMap<String, Vec<Snapshot>> {
    let mut folders: BTreeMap<String, Vec<Snapshot>> = BTreeMap::new();
    let mut all: BTreeMap<Box<str>, Snapshot> =
        snapshot::all(bundle).into_iter().map(|snapshot| (snapshot.module.clone(), snapshot)).collect();
    for module in modules {
        let Some(path) = loaded.sources.get(module.source).map(|source| source.name()) else { continue };
        let given = paths.iter().map(|given| workspace::name_of(given)).filter(|given| is_in(path, given));
        let named = given.max_by_key(|given| given.len()).unwrap_or_default();
        let snapshots = folders.entry(snapshot::folder(path, &named)).or_default();
        snapshots.extend(all.remove(&module.name));
    }
    folders
}

/// Is this path the other, or below it?
fn is_in(path: &str, folder: &str) -> bool {
    folder == "." || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn compare(
    folder: &str,
    snapshots: &[Snapshot],
    paths: &[PathBuf],
    update: bool,
    streams: &mut Streams,
) -> io::Result<Vec<Compared>> {
    let path = Path::new(folder);
    let mut found = BTreeMap::new();
    for name in workspace::names_in(path, ".snap")? {
        // What is no text is not what was accepted.
        let text = workspace::read_text(&path.join(&name)).unwrap_or_default();
        found.insert(name, text);
    }
    if !is_whole(folder, paths) {
        found.retain(|name, _| snapshots.iter().any(|snapshot| snapshot.file == *name));
    }
    let mut compared = snapshot::compare(snapshots, &found);
    for one in &mut compared {
        if !update {
            streams.out.write_all(report::of_snapshot(one, folder).as_bytes())?;
        } else if one.state == State::Orphan {
            workspace::remove_file(&path.join(&one.file))?;
            writeln!(streams.out, "took away {folder}/{}", one.file)?;
        } else if one.state != State::Same {
            let text = snapshots.iter().find(|snapshot| snapshot.file == one.file).map(Snapshot::text);
            workspace::make_folder(path)?;
            workspace::write_file(&path.join(&one.file), text.unwrap_or_default().as_bytes())?;
            writeln!(streams.out, "accepted {folder}/{}", one.file)?;
        }
    }
    if update {
        compared.retain(|one| one.state != State::Orphan);
        compared.iter_mut().for_each(|one| one.state = State::Same);
    }
    Ok(compared)
}

/// Does this run see every module that may have a snapshot in this folder? Only then is one without a module an orphan.
fn is_whole(folder: &str, paths: &[PathBuf]) -> bool {
    let project = folder.strip_suffix("snapshots/decisions").unwrap_or(folder);
    let policies = format!("{project}policies");
    paths.iter().filter(|path| workspace::is_folder(path)).any(|path| {
        let name = workspace::name_of(path);
        is_in(&policies, &name) || !workspace::exists(Path::new(&policies))
    })
}

//! `test`: suites and decision tables against what is expected.

use super::input::{self, PATHS_HELP};
use super::{Exit, Streams, arguments, coverage};
use clap::{ArgMatches, ValueEnum};
use fullmakt::diag::Diagnostic;
use fullmakt::harness::coverage::measure;
use fullmakt::harness::mutate::{self, Trouble};
use fullmakt::harness::options::{Options, is_of_the_run};
use fullmakt::harness::report::{self, Results, github, json, junit, tap};
use fullmakt::harness::requirements::{self, Killed, Listed, Row};
use fullmakt::harness::snapshot::{self, Placed, State};
use fullmakt::harness::{Verdict, on_threads};
use fullmakt::project::Project;
use fullmakt::words::Speaker;
use fullmakt::workspace;
use jiff::civil::Date;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  fullmakt test                       every suite under policies/, or here, and every decision table
  fullmakt test --filter HR-5         what has this in its name
  fullmakt test --review              how the decision tables differ from the accepted ones
  fullmakt test --update              accept the decision tables as they are now
  fullmakt test --requirements R.md   which requirement has which cases; one without any fails
  fullmakt test --coverage            and how much of the policies they show
  fullmakt test --coverage=html -o coverage.html --threshold 95,rules=100
  fullmakt test --format junit        for a build server; so do json, tap and github print
  fullmakt test --watch               again whenever a file changes

A suite is `NAME.test.yaml` beside `NAME.fmk`; docs/testing.md says how one is written, and
`fullmakt schema suite` what may stand in it.
{}.", snapshot::WHERE))]
pub(super) struct Arguments {
    #[arg(help = PATHS_HELP)]
    paths: Vec<PathBuf>,
    /// Only cases, tables and modules that have this in their name
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How results are shown
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Show how the decision tables differ from the accepted ones, and nothing else; with a terminal, ask about each
    #[arg(long, conflicts_with_all = ["update", "watch", "filter"])]
    review: bool,
    /// Write the decision tables as they are now, and take away those of modules that are gone; never where CI is set
    #[arg(long, conflicts_with = "filter")]
    update: bool,
    #[command(flatten)]
    coverage: coverage::Arguments,
    /// Requirements with ids such as HR-5 in tables; each must have a case
    #[arg(long, value_name = "FILE", conflicts_with = "filter")]
    requirements: Option<PathBuf>,
    /// Run again whenever a file changes, until the process is ended
    #[arg(long)]
    watch: bool,
    /// So many threads; left out: as many as there are processors
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// In another order, which follows from SEED; left out, the seed is chosen and told
    #[arg(long, value_name = "SEED", num_args = 0..=1, require_equals = true)]
    shuffle: Option<Option<u64>>,
    /// Run nothing behind the first case that is not as expected
    #[arg(long)]
    fail_fast: bool,
    /// The day on which `skip: { until: … }` is judged; left out: today
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What differs, with the decision in words
    Human,
    /// For tools; `fullmakt schema test`
    Json,
    /// JUnit XML, for build servers
    Junit,
    /// The Test Anything Protocol, version 14
    Tap,
    /// Commands of GitHub Actions
    Github,
}

/// How long nothing is looked at between two runs of `--watch`.
const PAUSE: Duration = Duration::from_millis(300);

pub(super) fn run(matches: &ArgMatches, streams: &mut Streams) -> io::Result<Exit> {
    let arguments: Arguments = arguments(matches)?;
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0");
    if arguments.update && is_ci {
        streams
            .complain("`--update` writes nothing where CI is set: accept decision tables where somebody looks at them");
        return Ok(Exit::Usage);
    }
    if !arguments.watch {
        return once(&arguments, streams);
    }
    let paths = input::or_default(&arguments.paths);
    loop {
        let seen = workspace::stamp(&paths);
        once(&arguments, streams)?;
        writeln!(streams.out, "watching; end with ctrl-c")?;
        streams.finish()?;
        while workspace::stamp(&paths) == seen {
            std::thread::sleep(PAUSE);
        }
        writeln!(streams.out)?;
    }
}

/// What was read and run.
struct Ran {
    project: Project,
    verdicts: Vec<Verdict>,
    snapshots: io::Result<Vec<Placed>>,
    requirements: Option<Listed>,
}

fn once(arguments: &Arguments, streams: &mut Streams) -> io::Result<Exit> {
    let now = jiff::Zoned::now();
    let today = arguments.today.unwrap_or_else(|| now.with_time_zone(fullmakt::terms::period::oslo()).date());
    let seed = arguments.shuffle.map(|seed| seed.unwrap_or_else(|| now.timestamp().as_millisecond().unsigned_abs()));
    let options = Options { shuffle: seed, fail_fast: arguments.fail_fast, ..Options::default() };
    if let Some(seed) = seed.filter(|_| arguments.format == Format::Human) {
        writeln!(streams.out, "shuffled: `--shuffle={seed}` gives this order again")?;
    }
    let jobs = arguments.jobs.map_or(0, usize::from);
    let done = Arc::new(AtomicUsize::new(0));
    let options = Options { done: Some(Arc::clone(&done)), ..options };
    let is_watched = arguments.format == Format::Human && streams.findings_are_read();
    let mut ran = looking_on(is_watched, &done, || on_threads(jobs, || read_and_run(arguments, &options, today)));
    let killed = ran.requirements.as_ref().and_then(|_| kills(&ran.project, jobs));
    let mut snapshots = std::mem::replace(&mut ran.snapshots, Ok(Vec::new()))?;
    if arguments.review {
        return review(&mut snapshots, streams);
    }
    let human = arguments.format == Format::Human;
    if human {
        input::show(&ran.project.findings, &ran.project.sources, streams)?;
    }
    if arguments.update {
        accept(&mut snapshots, if human { Some(streams) } else { None })?;
    }
    let rows: Option<Vec<Row>> =
        ran.requirements.as_ref().map(|listed| requirements::report(listed, &ran.project.suites, killed.as_deref()));
    let results = Results {
        findings: &ran.project.findings,
        verdicts: &ran.verdicts,
        snapshots: &snapshots,
        requirements: rows.as_deref(),
        sources: &ran.project.sources,
    };
    let summary = results.summary();
    let text = match arguments.format {
        Format::Human if ran.project.bundle.is_none() => String::new(),
        Format::Human => {
            let mut text: String =
                results.verdicts.iter().map(|one| report::of_verdict(one, results.sources)).collect();
            text.extend(results.snapshots.iter().map(report::of_snapshot));
            text.extend(rows.as_deref().map(|rows| format!("{}\n", requirements::text(rows))));
            format!("{text}{summary}\n")
        }
        Format::Json => json::text(&results),
        Format::Junit => junit::text(&results),
        Format::Tap => tap::text(&results),
        Format::Github => github::text(&results),
    };
    streams.out.write_all(text.as_bytes())?;
    let enough = match &ran.project.bundle {
        Some((bundle, origins)) if arguments.coverage.is_asked() => {
            let speaker = Speaker::new(bundle, Some(origins));
            let (suites, sources) = (&ran.project.suites, &ran.project.sources);
            let measured = on_threads(jobs, || measure(suites, &speaker, sources));
            coverage::tell(&measured, &arguments.coverage, sources, human, streams)?
        }
        _ => true,
    };
    let is_grave = |finding: &&Diagnostic| finding.is_error() && !is_of_the_run(finding);
    Ok(if ran.project.findings.iter().any(|finding| is_grave(&finding)) {
        Exit::Findings
    } else if !summary.is_met() {
        Exit::Differs
    } else if !enough {
        Exit::Uncovered
    } else {
        Exit::Well
    })
}

/// The mutants that the suites notice; `None` where something differs already, so that nothing is told by it.
fn kills(project: &Project, jobs: usize) -> Option<Vec<Killed>> {
    let (bundle, origins) = project.bundle.as_ref().filter(|_| !project.has_errors())?;
    let options = mutate::Options { jobs: (jobs > 0).then_some(jobs), ..mutate::Options::default() };
    match mutate::kills(bundle, origins, &project.suites, &options) {
        Ok(killed) => Some(killed),
        // Where nothing can be changed nothing is noticed.
        Err(Trouble::NoMutants | Trouble::NothingMatches) => Some(Vec::new()),
        Err(Trouble::NoTests | Trouble::Unmet(_)) => None,
    }
}

/// Does the work while a line at the terminal says how far it is; the line is gone when it is done.
fn looking_on<T>(is_watched: bool, done: &AtomicUsize, work: impl FnOnce() -> T) -> T {
    if !is_watched {
        return work();
    }
    let ended = AtomicBool::new(false);
    let ended = &ended;
    std::thread::scope(|scope| {
        let teller = scope.spawn(move || {
            let mut told = false;
            loop {
                std::thread::park_timeout(PAUSE);
                // A terminal that takes no words is no fault of the run.
                let mut out = io::stderr();
                if ended.load(Ordering::Acquire) {
                    let _ = out.write_all(if told { b"\r\x1b[K" } else { b"" });
                    return;
                }
                let _ = write!(out, "\r\x1b[K{} done", done.load(Ordering::Relaxed));
                told = true;
            }
        });
        let worked = work();
        ended.store(true, Ordering::Release);
        teller.thread().unpark();
        worked
    })
}

/// All that wants threads.
fn read_and_run(arguments: &Arguments, options: &Options, today: Date) -> Ran {
    let mut project = Project::read(&arguments.paths);
    let listed = arguments.requirements.as_deref().and_then(|path| project.requirements(path));
    if let Some(text) = &arguments.filter {
        project.filter(text);
    }
    project.judge(today);
    let verdicts = if arguments.review { Vec::new() } else { project.run(options) };
    // What was filtered says nothing of decision tables.
    let snapshots = if arguments.filter.is_some() { Ok(Vec::new()) } else { project.snapshots() };
    Ran { project, verdicts, snapshots, requirements: listed }
}

/// Writes decision tables as they are now, and takes away those of no module.
fn accept(snapshots: &mut Vec<Placed>, mut streams: Option<&mut Streams>) -> io::Result<()> {
    for one in snapshots.iter_mut().filter(|one| one.compared.state != State::Same) {
        let told = accept_one(one)?;
        if let Some(streams) = &mut streams {
            writeln!(streams.out, "{told}")?;
        }
    }
    snapshots.retain(|one| one.compared.state != State::Orphan);
    snapshots.iter_mut().for_each(|one| one.compared.state = State::Same);
    Ok(())
}

fn accept_one(one: &Placed) -> io::Result<String> {
    let path = one.path();
    Ok(match &one.text {
        None => {
            workspace::remove_file(Path::new(&path))?;
            format!("took away {path}")
        }
        Some(text) => {
            workspace::make_folder(Path::new(&one.folder))?;
            workspace::write_file(Path::new(&path), text.as_bytes())?;
            format!("accepted {path}")
        }
    })
}

/// Shows every decision table that differs; where somebody sits at a terminal, asks about each.
fn review(snapshots: &mut [Placed], streams: &mut Streams) -> io::Result<Exit> {
    let is_ci = std::env::var_os("CI").is_some();
    let asks = streams.is_a_dialogue() && !is_ci;
    let mut left = 0;
    for one in snapshots.iter().filter(|one| one.compared.state != State::Same) {
        streams.out.write_all(report::of_snapshot(one).as_bytes())?;
        if asks && streams.agrees(&format!("accept {}? [y/N] ", one.path()))? {
            writeln!(streams.out, "{}\n", accept_one(one)?)?;
        } else {
            left += 1;
        }
    }
    writeln!(streams.out, "{} decision tables, {left} not as accepted", snapshots.len())?;
    Ok(if left == 0 { Exit::Well } else { Exit::Differs })
}

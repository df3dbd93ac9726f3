//! Clocks and memory: processor time of this thread, time on the wall, the peak of a process, and a part of the
//! measuring as a process of its own. Knows nothing of what is measured.

use rayon::ThreadPool;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a piece of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct Took {
    /// Processor time of the thread that did it, of several that of the busiest.
    pub(crate) processor: f64,
    /// Time on the wall.
    pub(crate) wall: f64,
}

/// The quickest of some runs in each clock: what disturbs a run only ever makes it slower.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Best(pub(crate) Took);

impl Best {
    pub(crate) fn none() -> Best {
        Best(Took { processor: f64::INFINITY, wall: f64::INFINITY })
    }

    /// Does the work once more; what it gives is handed back, so that its end is not measured.
    pub(crate) fn run<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let (processor, wall) = (processor(), Instant::now());
        let result = std::hint::black_box(work());
        self.0.wall = self.0.wall.min(wall.elapsed().as_secs_f64());
        self.0.processor = self.0.processor.min((self::processor() - processor).as_secs_f64());
        result
    }

    /// Does the work on the threads of a pool: of their processor times that of the busiest counts.
    pub(crate) fn run_on<R: Send>(&mut self, pool: &ThreadPool, work: impl FnOnce() -> R + Send) -> R {
        let (before, wall) = (pool.broadcast(|_| processor()), Instant::now());
        let result = std::hint::black_box(pool.install(work));
        self.0.wall = self.0.wall.min(wall.elapsed().as_secs_f64());
        let after = pool.broadcast(|_| processor());
        let busiest = after.iter().zip(before).map(|(after, before)| after.saturating_sub(before)).max();
        self.0.processor = self.0.processor.min(busiest.unwrap_or_default().as_secs_f64());
        result
    }

    /// Processor time, in seconds.
    pub(crate) fn processor(self) -> f64 {
        self.0.processor
    }

    /// Time on the wall, in seconds.
    pub(crate) fn wall(self) -> f64 {
        self.0.wall
    }
}

/// Time that this thread has run, also in the kernel; on systems that do not say, time on the wall.
fn processor() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    // The kernel counts up to the last time it looked: giving way makes it look.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let run = text.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse().ok());
    run.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The most memory that this process ever had, in bytes; nothing on systems that do not say.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// Runs this very bench as another process with these arguments; what it printed as a number.
pub(crate) fn child(arguments: &[&str]) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args(arguments).stderr(Stdio::inherit()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The quickest of so many runs of a command, from start to finish, on the wall.
pub(crate) fn whole_process(program: &str, arguments: &[&str], runs: usize) -> f64 {
    whole_processes(program, arguments, runs)[0]
}

/// So many runs of a command, from start to finish, on the wall; the quickest first.
pub(crate) fn whole_processes(program: &str, arguments: &[&str], runs: usize) -> Vec<f64> {
    let mut all: Vec<f64> = (0..runs)
        .map(|_| {
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let start = Instant::now();
            let ended = command.status();
            let took = start.elapsed().as_secs_f64();
            assert!(ended.is_ok_and(|status| status.success()), "`{program} {}` failed", arguments.join(" "));
            took
        })
        .collect();
    all.sort_by(f64::total_cmp);
    all
}

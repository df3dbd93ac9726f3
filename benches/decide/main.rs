//! How long does a decision take, and does that depend on how many there are? Never a test: nothing fails because of a figure.
//!
//! ```sh
//! cargo bench --bench decide                       # everything
//! cargo bench --bench decide -- speed 1k 1M 5M     # parts, and numbers of role facts, as named
//! cargo bench --bench decide -- instructions 1k 1M # needs valgrind
//! benches/decide/peers/run FOLDER                  # the workload that other engines are measured with, beside them
//! ```
//!
//! - `speed`: over so many role facts (and three fifths as many people, one fifth as many organisations, one fifth as many
//!   delegations) and 1,000 packages and services: a million different requests (`world.rs` says how they are drawn), decided by
//!   ids one after the other, three times. *mean* is that of the run in the middle; *median* and *99 of 100* are of decisions timed
//!   one by one, less what the clock takes. *In blocks*: by ids through `Decider::answers`. *By names*: subject, party, action and
//!   package or service by their names, one after the other, and in blocks through `Decider::answers_by_name`. The *floor* is a hash map from subject and party to the role, and a row of bits: what
//!   the same requests cost at least where nothing but roles is looked at.
//! - `instructions`: how many a decision takes, counted by callgrind, over facts and over packages and services.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]
#![allow(clippy::panic, reason = "a bench that cannot measure says why")]
#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "what is cut here the bench has made itself")]

mod floor;
mod world;

use fullmakt::decide::{Cause, Decider, Directory, Index, Named, Query, Scratch};
use fullmakt::ir::Bundle;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;
use world::{Requests, Texts};

/// Requests of a measurement.
const REQUESTS: usize = 1_000_000;
/// Packages and services, where facts grow; role facts, where these grow.
const PACKAGES: usize = 1_000;
const FACTS: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [task, facts, packages, requests] = arguments.as_slice()
        && task == "count"
    {
        return count(parsed(facts), parsed(packages), parsed(requests));
    }
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|argument| number(argument)).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 100_000, 1_000_000, 5_000_000];
    }
    let parts: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| number(argument).is_none()).collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    if wanted("speed") {
        speed(&sizes);
    }
    if wanted("instructions") {
        instructions(&sizes);
    }
}

/// `10k`, `1M`, `250`.
fn number(argument: &str) -> Option<usize> {
    let (digits, times) = match argument.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => argument.strip_suffix('M').map_or((argument, 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<usize>().ok().map(|number| number * times)
}

fn parsed(argument: &str) -> usize {
    number(argument).unwrap_or_else(|| panic!("`{argument}` is no number"))
}

/// The middle of some figures.
fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Nanoseconds a call over so many, the middle of three runs.
fn mean(count: usize, mut run: impl FnMut()) -> f64 {
    middle(
        (0..3)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed().as_secs_f64() * 1e9 / count as f64
            })
            .collect(),
    )
}

/// What every share of a hundred of single calls takes at most, in nanoseconds, less what the clock takes.
fn shares<const N: usize>(count: usize, mut one: impl FnMut(usize), of: [usize; N]) -> [f64; N] {
    let clock = middle((0..10_001).map(|_| Instant::now().elapsed().as_nanos() as f64).collect());
    let mut took: Vec<u32> = (0..count)
        .map(|at| {
            let start = Instant::now();
            one(at);
            start.elapsed().as_nanos() as u32
        })
        .collect();
    took.sort_unstable();
    of.map(|share| (f64::from(took[(count - 1) * share / 100]) - clock).max(0.0))
}

fn speed(sizes: &[usize]) {
    let bundle = world::bundle(PACKAGES);
    let index = Index::new(&bundle);
    println!("\n{:>9} {:>9}  ns a decision by ids: mean, median, 99 of 100; the floor", "facts", "requests");
    for &size in sizes {
        let facts = world::facts(&bundle.meaning, size);
        let start = Instant::now();
        let decider = Decider::new(&index, &facts);
        let made = start.elapsed();
        let requests = Requests::new(&index, &bundle.meaning, &facts, REQUESTS);
        let mut scratch = Scratch::default();
        let by_ids = mean(REQUESTS, || {
            for drawn in &requests.drawn {
                black_box(decider.answer(&mut scratch, &requests.query(drawn)));
            }
        });
        let drawn = &requests.drawn;
        let mut one = |at: usize| {
            black_box(decider.answer(&mut scratch, &requests.query(&drawn[at])));
        };
        let [median, slow] = shares(REQUESTS, &mut one, [50, 99]);
        let floor = floor::Floor::new(&bundle.meaning, &facts);
        let floor_mean = mean(REQUESTS, || {
            for one in drawn {
                black_box(floor.permits(one));
            }
        });
        let floor_one = |at: usize| {
            black_box(floor.permits(&drawn[at]));
        };
        let [floor_median, _] = shares(REQUESTS, floor_one, [50, 99]);
        println!(
            "{size:>9} {REQUESTS:>9}  {by_ids:>7.0} {median:>7.0} {slow:>7.0}   floor {floor_mean:>6.0} {floor_median:>6.0}   (made ready in {:.2} s)",
            made.as_secs_f64()
        );
        println!("          {}", causes(&decider, &requests));
        in_blocks(&bundle, &index, &decider, &requests, &mut scratch);
    }
}

/// In blocks by ids, and by names.
fn in_blocks(
    bundle: &Bundle,
    index: &Index<'_>,
    decider: &Decider<'_, '_>,
    requests: &Requests,
    scratch: &mut Scratch,
) {
    let (now, today) = (world::noon(), world::TODAY);
    let mut answers = Vec::with_capacity(4096);
    let mut queries: Vec<Query<'_>> = Vec::with_capacity(4096);
    let by_ids = mean(REQUESTS, || {
        for some in requests.drawn.chunks(4096) {
            answers.clear();
            queries.clear();
            queries.extend(some.iter().map(|drawn| requests.query(drawn)));
            decider.answers(scratch, &queries, &mut answers);
            black_box(&answers);
        }
    });
    let directory = Directory::new(bundle, index);
    let texts = Texts::of(bundle, index, decider.facts(), requests);
    let named = |at: usize| texts.named(at, requests);
    let mut one = |at: usize| {
        let found = decider.answer_by_name(&directory, scratch, (now, today), &named(at));
        black_box(found);
    };
    let by_names = mean(REQUESTS, || (0..REQUESTS).for_each(&mut one));
    let [median, slow] = shares(REQUESTS, &mut one, [50, 99]);
    let mut found = Vec::with_capacity(4096);
    let mut some: Vec<Named<'_>> = Vec::with_capacity(4096);
    let in_blocks = mean(REQUESTS, || {
        for start in (0..REQUESTS).step_by(4096) {
            found.clear();
            some.clear();
            some.extend((start..(start + 4096).min(REQUESTS)).map(named));
            decider.answers_by_name(&directory, scratch, (now, today), &some, &mut found);
            black_box(&found);
        }
    });
    println!(
        "          in blocks by ids {by_ids:.0}; by names {by_names:.0}, median {median:.0}, 99 of 100 {slow:.0}; by names in blocks {in_blocks:.0}"
    );
}

/// How often each cause came.
fn causes(decider: &Decider<'_, '_>, requests: &Requests) -> String {
    let mut scratch = Scratch::default();
    let mut counts = [0usize; 4];
    for drawn in &requests.drawn {
        let cause = decider.answer(&mut scratch, &requests.query(drawn)).cause;
        counts[Cause::ALL.iter().position(|one| *one == cause).unwrap_or(0)] += 1;
    }
    let of: Vec<String> = Cause::ALL
        .iter()
        .zip(counts)
        .map(|(cause, count)| format!("{} {:.1} %", cause.word(), count as f64 * 100.0 / requests.drawn.len() as f64))
        .collect();
    format!("{}; {} goals looked at", of.join(", "), scratch.goals_looked_at())
}

/// Decides so many requests; what callgrind counts.
#[inline(never)]
fn count(facts: usize, packages: usize, requests: usize) {
    let bundle = world::bundle(packages);
    let index = Index::new(&bundle);
    let facts = world::facts(&bundle.meaning, facts);
    let decider = Decider::new(&index, &facts);
    let requests = Requests::new(&index, &bundle.meaning, &facts, requests);
    // What is made when the first request comes is no part of a decision.
    let mut scratch = Scratch::default();
    for drawn in requests.drawn.iter().take(100) {
        black_box(decider.answer(&mut scratch, &requests.query(drawn)));
    }
    counted(&decider, &requests, &mut scratch);
    println!("{}", causes(&decider, &requests));
}

/// By this name callgrind knows when to begin.
#[inline(never)]
fn counted(decider: &Decider<'_, '_>, requests: &Requests, scratch: &mut Scratch) {
    for drawn in &requests.drawn {
        black_box(decider.answer(scratch, &requests.query(drawn)));
    }
}

fn instructions(sizes: &[usize]) {
    println!("\ninstructions a decision by ids, counted by callgrind over 20,000 requests");
    let row = |facts: usize, packages: usize| {
        let count = counted_by_callgrind(facts, packages, 20_000);
        println!("  {facts:>9} role facts, {packages:>6} packages and services: {count:>7.0}");
    };
    for &size in sizes.iter().filter(|size| **size <= 1_000_000) {
        row(size, PACKAGES);
    }
    for packages in [100, 1_000, 10_000] {
        row(FACTS, packages);
    }
}

/// What a run of this program under callgrind collects in `counted`, a request.
fn counted_by_callgrind(facts: usize, packages: usize, requests: usize) -> f64 {
    let this = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let run = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--collect-atstart=no",
            "--toggle-collect=*counted*",
        ])
        .arg(this)
        .args(["count", &facts.to_string(), &packages.to_string(), &requests.to_string()])
        .output()
        .unwrap_or_else(|error| panic!("valgrind: {error}"));
    let told = String::from_utf8_lossy(&run.stderr);
    let collected = told.lines().find_map(|line| line.split("Collected :").nth(1)?.trim().parse::<f64>().ok());
    collected.unwrap_or_else(|| panic!("callgrind told nothing:\n{told}")) / requests as f64
}

//! Suites → verdicts: cases, tables and snapshots of a build, compared with what is expected. Reads no disk and prints
//! nothing: texts come in, verdicts and texts go out.

mod case;
pub mod check;
mod clockwork;
pub mod coverage;
mod decision_table;
pub mod expectation;
pub mod fixtures;
mod hiding;
pub mod mutate;
pub mod options;
mod question;
mod reach;
mod reading;
mod reasons;
pub mod report;
pub mod requirements;
mod rule_table;
pub mod run;
pub mod snapshot;
pub mod suite;
mod sweep;
mod table;
pub mod verdict;

pub use check::{Asked, Check, Skip};
pub use options::Options;
pub use run::{Beside, asked, on_threads, questions, read, run, run_with};
pub use suite::Suite;
pub use verdict::{Difference, Tried, Verdict};

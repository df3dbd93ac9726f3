//! Suites → verdicts: cases, tables and snapshots of a build, compared with what is expected. Reads no disk and prints
//! nothing: texts come in, verdicts and texts go out.

pub mod coverage;
mod decision_table;
pub mod expectation;
mod reach;
pub mod report;
mod rule_table;
pub mod run;
pub mod snapshot;
pub mod suite;
pub mod table;
pub mod verdict;

pub use run::{Beside, questions, read, run};
pub use suite::{Case, Suite, Table};
pub use verdict::{Difference, Tried, Verdict};

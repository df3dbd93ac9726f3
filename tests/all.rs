//! One test binary: every file of tests is a module of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::needless_range_loop,
    clippy::while_let_on_iterator,
    clippy::iter_over_hash_type,
    clippy::type_complexity,
    unreachable_pub,
    reason = "a test that fails says so by panicking"
)]

mod altinn;
mod asking;
mod attributes;
mod bad_input;
mod bundles;
mod bytes;
mod check;
mod cli;
mod corpus;
mod coverage;
mod decisions;
mod deletion;
mod emit;
mod faults;
mod fix;
mod formats;
mod generated;
mod green;
mod harness;
mod house;
mod intake;
mod language;
mod links;
mod listing;
mod logic;
mod meaning;
mod mutation;
mod nearest;
mod pages;
mod prove;
mod quick;
mod readme;
mod resolve;
mod rows;
mod running;
mod scratch;
mod suites;
mod support;
mod syntax;
mod testing;
mod texts;
mod types;
mod work;
mod workspace;

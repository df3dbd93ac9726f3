//! `targets::parse` on what the fuzzer thinks of.
#![no_main]

#[allow(dead_code, reason = "each target is one of them")]
#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|text: &str| targets::parse(text));

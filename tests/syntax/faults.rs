//! Faults, one by one.

//! How large a thing may be, where several rooms must agree on it.

/// How deep a condition may be nested, with all that it names: the conditions in it, and the rules that a `permitted` asks.
/// Whoever evaluates conditions may count on it.
pub const CONDITION_DEPTH: usize = 256;

/// The whole numbers from minus this to this are the same in every reader of JSON (RFC 8785).
pub const INTEGER: i64 = (1 << 53) - 1;

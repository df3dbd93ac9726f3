//! How a time for keeping data binds.

/// How a retention binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// Kept before the end, overdue from it.
    Exactly,
    /// Overdue from the end.
    AtMost,
    /// Kept before the end.
    AtLeast,
}

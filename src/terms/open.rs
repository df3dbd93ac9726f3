//! A value that may not have been settled by those who make the rules. What its question says is kept
//! where words are kept, never here.

/// A value, or the mark that nobody has decided it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Open<T> {
    /// Decided.
    Known(T),
    /// An open question: it gives nothing, and what reads it is unknown.
    Undecided,
}

impl<T> Open<T> {
    /// The value, if it is decided.
    pub fn known(&self) -> Option<&T> {
        match self {
            Open::Known(value) => Some(value),
            Open::Undecided => None,
        }
    }

    /// What is made of the value, if it is decided.
    pub fn map<U>(self, made: impl FnOnce(T) -> U) -> Open<U> {
        match self {
            Open::Known(value) => Open::Known(made(value)),
            Open::Undecided => Open::Undecided,
        }
    }

    /// Is it an open question?
    pub fn is_undecided(&self) -> bool {
        matches!(self, Open::Undecided)
    }
}

impl Open<bool> {
    /// Yes only where it is decided to be yes.
    #[must_use]
    pub fn is_yes(self) -> bool {
        matches!(self, Open::Known(true))
    }
}

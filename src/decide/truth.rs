//! So, not so, or unknown (docs/meaning.md, E1, E8). Reads nothing.

/// Whether a condition is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    So,
    Not,
    Unknown,
}

impl Truth {
    pub(super) fn of(so: bool) -> Truth {
        if so { Truth::So } else { Truth::Not }
    }

    pub(super) fn not(self) -> Truth {
        match self {
            Truth::So => Truth::Not,
            Truth::Not => Truth::So,
            Truth::Unknown => Truth::Unknown,
        }
    }

    /// Of all: not so if one is not, else unknown if one is unknown.
    pub(super) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
        let mut whole = Truth::So;
        for truth in truths {
            match truth {
                Truth::Not => return Truth::Not,
                Truth::Unknown => whole = Truth::Unknown,
                Truth::So => {}
            }
        }
        whole
    }

    /// Of any: so if one is, else unknown if one is unknown.
    pub(super) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
        Truth::all(truths.into_iter().map(Truth::not)).not()
    }
}

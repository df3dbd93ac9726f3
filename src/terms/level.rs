//! How sensitive data are: none < personal < special (GDPR article 9). Requirement ALT-7.

/// The level of the data that a package admits or a service exposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// No personal data.
    #[default]
    None,
    /// Personal data (GDPR article 4(1)).
    Personal,
    /// Special categories of personal data (GDPR article 9(1)).
    Special,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Level; 3] = [Level::None, Level::Personal, Level::Special];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Personal => "personal",
            Level::Special => "special",
        }
    }

    /// The level that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.word() == word)
    }
}

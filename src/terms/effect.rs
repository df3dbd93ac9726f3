//! What a rule does. (Which effect a decision has is `decide`'s word.)

/// Permits, forbids, or states what may never be permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleEffect {
    /// `permit`
    Permit,
    /// `forbid`: beats every permit.
    Forbid,
    /// `never`: decides nothing; says what no facts may permit.
    Never,
    /// `any action oblige …`: neither permits nor forbids; obliges with every permit.
    Oblige,
}

impl RuleEffect {
    /// All of them.
    pub const ALL: [RuleEffect; 4] = [RuleEffect::Permit, RuleEffect::Forbid, RuleEffect::Never, RuleEffect::Oblige];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            RuleEffect::Permit => "permit",
            RuleEffect::Forbid => "forbid",
            RuleEffect::Never => "never",
            RuleEffect::Oblige => "oblige",
        }
    }

    /// The effect that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<RuleEffect> {
        RuleEffect::ALL.into_iter().find(|effect| effect.word() == word)
    }
}

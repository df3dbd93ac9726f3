//! What a condition can begin to speak of, and the entities that every build has. Says nothing of their types.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $word:literal)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word for it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// The one that a word names.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// Where a path begins.
    Root {
        /// Who asks.
        Subject "subject"
        /// Who is acted for.
        Party "party"
        /// Who has the role, or the package, that a grant names.
        Holder "holder"
        /// Who gives a delegation.
        Giver "giver"
        /// Who receives it.
        Receiver "receiver"
        /// The delegation itself.
        Delegation "delegation"
        /// What the request says besides.
        Context "context"
        /// The record asked for.
        Record "record"
        /// The resource asked for.
        Resource "resource"
        /// The element asked for.
        Element "element"
        /// The moment of the request.
        Now "now"
        /// Its date in Oslo.
        Today "today"
    }
}

words! {
    /// The entities that every build has; any module may add attributes to them.
    BuiltIn {
        /// A person.
        Person "person"
        /// An organisation.
        Organisation "organisation"
        /// A system user.
        SystemUser "system_user"
        /// The context of a request.
        Context "context"
        /// A delegation: has `given`, a date, besides what is declared.
        Delegation "delegation"
        /// A record of any register: has `person`, `created`, `consent`, `restricted`, `objected`, `kept`, `overdue`.
        Record "record"
    }
}

words! {
    /// Whether the person of a record consents.
    Consent {
        /// Has consented.
        Given "given"
        /// Has withdrawn it.
        Withdrawn "withdrawn"
    }
}

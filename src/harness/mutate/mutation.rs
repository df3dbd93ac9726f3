//! The kinds of small changes that a bundle is tried with, each with its word and a sentence (docs/mutation.md lists them).
//! Makes none of them.

macro_rules! mutations {
    ($($(#[$doc:meta])* $name:ident $word:literal $says:literal;)*) => {
        /// A kind of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mutation {
            $(#[doc = $says] $name,)*
        }

        impl Mutation {
            /// All of them, in the order of docs/mutation.md.
            pub const ALL: &[Mutation] = &[$(Mutation::$name),*];

            /// The word for it, in `--filter` and in JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Mutation::$name => $word),* }
            }

            /// What it does, in one clause.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self { $(Mutation::$name => $says),* }
            }
        }
    };
}

mutations! {
    GrantDropped "grant-dropped" "one grantee of a grant is left out";
    GrantWidened "grant-widened" "a grant counts for every package of the area";
    GrantShare "grant-share" "use, delegation or both are granted instead of what is";
    GrantDecided "grant-decided" "an undecided grant is granted";
    QuestionDropped "question-dropped" "an undecided grant is left out";
    LineDropped "line-dropped" "a line of `delegable` is left out";
    LineAdded "line-added" "`delegable no` becomes `delegable to person`";
    LineReceiver "line-receiver" "a line of `delegable` admits another kind";
    LineOnward "line-onward" "`and onward` is added or left out";
    LineDecided "line-decided" "an undecided `delegable` admits people";
    RoleKey "role-key" "`key` is turned";
    RoleCovers "role-covers" "`covers` is turned";
    RoleAgent "role-agent" "`agent` is turned";
    RoleSource "role-source" "nobody answers for a role, so that it is never out of reach";
    PartyKind "party-kind" "a package is for one kind of party more or less";
    AreaLeft "area-left" "a package is not in its area";
    PeriodShifted "period-shifted" "an end of a period is a day earlier or later";
    PeriodDropped "period-dropped" "an end of a period is left out";
    PermitDropped "permit-dropped" "a permit is left out, for one of its recipients";
    ForbidDropped "forbid-dropped" "a forbid is left out, for one of its recipients";
    ObligationDropped "obligation-dropped" "an obligation is left out";
    ArgumentSwapped "argument-swapped" "an obligation has another argument";
    ToDropped "to-dropped" "`to` is left out";
    ToWidened "to-widened" "`to anyone` is said instead of who";
    RequiresDropped "requires-dropped" "`requires` is left out";
    PackageDropped "package-dropped" "one of several required packages is left out";
    RequiresSwapped "requires-swapped" "`and` becomes `or` between required packages, or `or` `and`";
    WhenDropped "when-dropped" "a condition is left out";
    OfDropped "of-dropped" "`of` is left out";
    ElementDropped "element-dropped" "a rule is about one element less";
    ElementAdded "element-added" "a rule is about one element more";
    PartialTurned "partial-turned" "`partial` is added or left out";
    ResourceDropped "resource-dropped" "a policy is over one named resource less";
    EveryWidened "every-widened" "`every register` is `every resource`, or of the whole build";
    WhereDropped "where-dropped" "`where` is left out";
    ControllerDropped "controller-dropped" "a controller is left out";
    ProcessorDropped "processor-dropped" "a processor is left out";
    BasisDropped "basis-dropped" "a legal basis is left out";
    BasisAdded "basis-added" "a legal basis that a condition asks for is added";
    PurposeDropped "purpose-dropped" "a purpose is left out";
    PurposeAdded "purpose-added" "a purpose is added";
    DataLevel "data-level" "the data of a service or register are of the level beside";
    RetentionMoved "retention-moved" "a time of `retain` is longer or shorter by one";
    RetentionDropped "retention-dropped" "records are never kept, or never overdue";
    AtomNegated "atom-negated" "a part of a condition says the opposite";
    BoundMoved "bound-moved" "the limit itself counts to the other side: `<` becomes `<=`";
    LimitMoved "limit-moved" "a number or a length of time is larger or smaller by one";
    ValueSwapped "value-swapped" "a value of a scale or an enum is the one beside";
    DateShifted "date-shifted" "a date is a day earlier or later, a moment a minute";
    JoinSwapped "join-swapped" "`and` becomes `or` in a condition, or `or` `and`";
    PartDropped "part-dropped" "a part of an `and` or `or` is left out";
    EachSwapped "each-swapped" "`any` becomes `all`, or `all` `any`";
    MemberDropped "member-dropped" "a member of a list is left out";
    ShiftTurned "shift-turned" "`+` becomes `-`, or `-` `+`";
}

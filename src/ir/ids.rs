//! Numbers for names, in the order of the names. They exist in memory only.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub u32);

            impl $name {
                /// As an index.
                #[must_use]
                pub fn index(self) -> usize {
                    self.0 as usize
                }
            }

            impl From<usize> for $name {
                fn from(index: usize) -> Self {
                    $name(u32::try_from(index).unwrap_or(u32::MAX))
                }
            }
        )*
    };
}

ids! {
    /// An organisation that the bundle declares.
    OrganisationId;
    /// A role.
    RoleId;
    /// An area.
    AreaId;
    /// A package.
    PackageId;
    /// A resource.
    ResourceId;
    /// A rule.
    RuleId;
    /// A named condition.
    ConditionId;
    /// An entity that the bundle declares.
    EntityTypeId;
    /// An enum.
    EnumId;
    /// An obligation.
    ObligationId;
}

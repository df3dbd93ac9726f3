//! What may be so of who holds what for whom, why it is so, and what it costs to rely on it (docs/meaning.md, H1–H7, P1–P5). Finds
//! nothing out: that is `hold`.

use super::index::GrantAt;
use super::lines::Admitted;
use super::roles::Because;
use crate::facts::EntityId;
use crate::ir::{AreaId, PackageId, RoleId};

/// The most links that a chain may have (H7).
pub(super) const MOST_LINKS: u32 = 8;

/// What may be so of somebody (`who`), a package and a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node {
    pub(super) fact: Fact,
    pub(super) who: EntityId,
    pub(super) package: PackageId,
    pub(super) party: EntityId,
    /// In a way that has a link: told apart only where an area is asked for (Q5), as the way with the fewest links hides it.
    pub(super) linked: bool,
}

/// Which of the sentences is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// Holds by (a): H3.
    HoldsByGrant,
    /// Holds by (b): H4.
    HoldsByDelegation,
    /// Holds by (c): H5.
    HoldsByKey,
    /// Holds by (d): H6.
    HoldsByCover,
    /// A grant with `delegate` reaches: H2.
    Reached,
    /// May pass on by P1.
    PassesGranted,
    /// May pass on by P2.
    PassesOnward,
    /// May pass on by P3.
    PassesAsParty,
}

impl Fact {
    /// The ways of holding.
    pub(super) const HOLDS: [Fact; 4] =
        [Fact::HoldsByGrant, Fact::HoldsByDelegation, Fact::HoldsByKey, Fact::HoldsByCover];
    /// The ways of passing on that do not depend on the receiver.
    pub(super) const PASSES: [Fact; 3] = [Fact::PassesGranted, Fact::PassesOnward, Fact::PassesAsParty];

    pub(super) fn holds(self) -> bool {
        Fact::HOLDS.contains(&self)
    }

    pub(super) fn passes(self) -> bool {
        Fact::PASSES.contains(&self)
    }
}

/// Links first, then what is unknown, then steps: of two ways the lesser counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    pub(super) links: u32,
    unknown: u32,
    steps: u32,
}

impl Cost {
    /// What needs nothing.
    pub(super) const NOTHING: Cost = Cost { links: 0, unknown: 0, steps: 0 };

    /// What needs both.
    pub(super) fn and(self, other: Cost) -> Cost {
        Cost {
            links: self.links.saturating_add(other.links),
            unknown: self.unknown.saturating_add(other.unknown),
            steps: self.steps.saturating_add(other.steps),
        }
    }

    /// What needs this besides.
    pub(super) fn unless_certain(self, certain: bool) -> Cost {
        Cost { unknown: self.unknown.saturating_add(u32::from(!certain)), ..self }
    }

    pub(super) fn link(self) -> Cost {
        Cost { links: self.links.saturating_add(1), ..self }
    }

    pub(super) fn step(self) -> Cost {
        Cost { steps: self.steps.saturating_add(1), ..self }
    }
}

impl Because {
    /// What it costs to rely on it.
    pub(super) fn cost(self) -> Cost {
        Cost::NOTHING.unless_certain(self != Because::Unknown)
    }
}

/// Why it is so: what it rests on. At most one other node; of equal costs the least in this order, which is that of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// A grant names a role that `who` has.
    GrantToRole(GrantAt, Because, RoleId),
    /// A grant names the party itself.
    GrantToItself(GrantAt),
    /// A grant names a package that `who` holds.
    GrantToHolder(GrantAt, Node),
    /// A delegation; why it is delegable; the right of the giver (and, P4, the agent role of the receiver).
    Delegation {
        at: u32,
        package: Admitted,
        area: Option<(AreaId, Admitted)>,
        right: Node,
        agent: Option<(RoleId, Because)>,
    },
    /// A key role for the organisation that holds.
    Key(RoleId, Because, Node),
    /// An organisation with a covering role for the party.
    Cover(RoleId, Because, Node),
    /// What it is the same as: P1 for the party, P2, P3.
    Same(Node),
}

//! What was decided and what carries it: ids only, in an order that does not depend on how it was found. Makes no sentences.

use crate::facts::EntityId;
use crate::ir::{AreaId, Expression, Oblige, OrganisationId, PackageId, RoleId, RuleId};

/// Permit or Deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// May.
    Permit,
    /// May not.
    Deny,
}

/// Why (docs/meaning.md, C1–C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Something permits it.
    Permitted,
    /// A forbid applies.
    Forbidden,
    /// It hangs on something that is unknown.
    Undecidable,
    /// Nothing permits it.
    NotGranted,
}

impl Cause {
    /// All causes.
    pub const ALL: [Cause; 4] = [Cause::Permitted, Cause::Forbidden, Cause::Undecidable, Cause::NotGranted];

    /// The word for it: `not-granted`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Cause::Permitted => "permitted",
            Cause::Forbidden => "forbidden",
            Cause::Undecidable => "undecidable",
            Cause::NotGranted => "not-granted",
        }
    }

    /// The cause that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Permit or Deny.
    pub effect: Effect,
    /// Why.
    pub cause: Cause,
    /// What carries it. Permit: for each element (or for the whole, where the resource has none) the one rule (or the question itself) with the chain
    /// that alone carries it; equal ones once. Forbidden: each forbid that applies. Undecidable: each forbid that is unknown, else each permit that
    /// is, with the chain that would carry it. Not granted: each permit of the action, with the first thing that it lacked as its last step.
    pub traces: Vec<Trace>,
    /// What is to be done with it, sorted.
    pub obligations: Vec<Obliged>,
    /// A partial action: the elements that are permitted, where these are not all that were asked for or the action is partial; sorted.
    pub released: Option<Vec<Box<str>>>,
    /// What was missing and would have been needed (undecidable), sorted.
    pub missing: Vec<Missing>,
    /// Open questions met (not granted), sorted.
    pub open: Vec<OpenQuestion>,
}

/// Something that could not be known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// A role that is out of reach.
    Role(RoleId),
    /// An attribute, as a path: `party.birth_date`, `record.consent`, `context`.
    Attribute(Box<str>),
    /// A value that nobody has decided: the name of what it stands in, and what is open there, as the words of the bundle call it
    /// (`m.register retain`, `m.package grant when`, `m.condition says`); for the condition of a rule the key of the rule.
    Undecided(Box<str>),
}

/// An obligation of a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obliged {
    /// Which, with its arguments.
    pub oblige: Oblige,
    /// The elements that it is about, sorted; empty where the resource has none.
    pub elements: Vec<Box<str>>,
}

/// One rule, or the question of a package or an area itself (`rule` is `None`), and its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The rule.
    pub rule: Option<RuleId>,
    /// In which of its scopes.
    pub scope: u32,
    /// The elements that it decides, sorted; empty where the resource has none.
    pub elements: Vec<Box<str>>,
    /// The tree of steps, in pre-order: a step stands on the steps behind it that are deeper by one, until one that is not deeper.
    pub chain: Vec<Link>,
}

/// A step with its depth in the tree, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Depth.
    pub depth: u16,
    /// What.
    pub step: Step,
}

/// A package or an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A package.
    Package(PackageId),
    /// An area.
    Area(AreaId),
}

/// One step of a chain. Indices of role facts and delegations are places in the lists of the facts; versions, grants and lines are places in the bundle's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody holds a package for a party, because of what follows.
    Holds {
        /// Who holds.
        who: EntityId,
        /// What.
        package: PackageId,
        /// For whom.
        party: EntityId,
    },
    /// Somebody may pass a package on for a party, because of what follows.
    MayPassOn {
        /// Who may.
        who: EntityId,
        /// What.
        package: PackageId,
        /// For whom.
        party: EntityId,
    },
    /// A delegation in force.
    Delegation {
        /// Its place in the facts.
        index: u32,
    },
    /// A line of `delegable` admits the receiver; a role fact follows where the line names a role.
    Delegable {
        /// Of what.
        what: What,
        /// Of which version.
        version: u32,
        /// Which line.
        line: u32,
        /// Who is admitted.
        receiver: EntityId,
    },
    /// A grant reaches the subject; what it names follows.
    Grant {
        /// Of which package.
        package: PackageId,
        /// Of which version.
        version: u32,
        /// Which grant.
        grant: u32,
    },
    /// A role fact in force.
    Role {
        /// Its place in the facts.
        index: u32,
    },
    /// A role that is out of reach, and would be needed.
    UnknownRole {
        /// Who would need it.
        subject: EntityId,
        /// Which.
        role: RoleId,
        /// For whom; nobody for a status.
        party: Option<EntityId>,
    },
    /// The subject is the party.
    IsParty {
        /// Who.
        who: EntityId,
    },
    /// The party is this organisation.
    IsOrganisation {
        /// The party.
        who: EntityId,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// Anyone may, also without login.
    Anyone,
    /// Lacked: to hold the package for the party.
    LacksPackage {
        /// Who.
        who: Option<EntityId>,
        /// What.
        package: PackageId,
        /// For whom.
        party: Option<EntityId>,
    },
    /// Lacked: the right to pass it on for the party.
    LacksRightToPassOn {
        /// Who.
        who: Option<EntityId>,
        /// What.
        what: What,
        /// For whom.
        party: Option<EntityId>,
    },
    /// Lacked: to hold the area for the party.
    LacksArea {
        /// Who.
        who: Option<EntityId>,
        /// What.
        area: AreaId,
        /// For whom.
        party: Option<EntityId>,
    },
    /// Lacked: a line that admits the receiver.
    NotDelegable {
        /// Of what.
        what: What,
        /// The receiver; `None`: anybody at all.
        receiver: Option<EntityId>,
    },
    /// Lacked: the role for the party, or the status.
    LacksRole {
        /// Who.
        who: Option<EntityId>,
        /// Which.
        role: RoleId,
        /// For whom; nobody for a status.
        party: Option<EntityId>,
    },
    /// Lacked: to be the party.
    IsNotParty {
        /// Who.
        who: Option<EntityId>,
        /// The party.
        party: Option<EntityId>,
    },
    /// Lacked: a party that is this organisation.
    IsNotOrganisation {
        /// The party.
        party: Option<EntityId>,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// Lacked: to be the party or to have a key role for it.
    LacksKeyRole {
        /// Who.
        who: Option<EntityId>,
        /// The party.
        party: Option<EntityId>,
    },
    /// A condition is so: of the rule itself, or of the grant or line above.
    ConditionHolds,
    /// Lacked: this condition, which is false; the least part of it that says why.
    ConditionFails {
        /// The part.
        part: Box<Expression>,
    },
    /// A condition that is unknown: what it lacks.
    ConditionUnknown {
        /// What is missing.
        missing: Vec<Missing>,
    },
    /// Lacked: an element that the rule is about.
    OtherElements,
    /// The subject or the party is this organisation (of a forbid).
    EitherIsOrganisation {
        /// Which of them.
        who: EntityId,
        /// The organisation.
        organisation: OrganisationId,
    },
    /// The party (of a forbid: or the subject) controls or processes the resource.
    Controls {
        /// Who.
        who: EntityId,
        /// Processes, else controls.
        processes: bool,
    },
    /// Lacked: to control or process the resource.
    LacksControl {
        /// Who.
        party: Option<EntityId>,
        /// To process, else to control.
        processes: bool,
    },
    /// Lacked: a rule in force.
    NotInForce,
}

/// An open question that was met (docs/meaning.md, C5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenQuestion {
    /// Of which package or area.
    pub what: What,
    /// What is open.
    pub open: OpenValue,
}

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenValue {
    /// The kinds of parties.
    Kinds,
    /// Who may receive.
    Delegable,
    /// Who is granted it.
    Grant,
    /// What this role is granted.
    GrantToRole(RoleId),
    /// What the holders of this package are granted.
    GrantToPackage(PackageId),
    /// What a party is granted for itself.
    GrantToItself,
}

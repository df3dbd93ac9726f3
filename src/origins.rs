//! Where each part of a bundle stands in the author's text, so that a decision or an exported rule can be shown
//! there. Stands beside the bundle, never in it.

use crate::ir::{
    AreaId, ConditionId, EntityTypeId, EnumId, Expression, ObligationId, OrganisationId, PackageId, ResourceId, RoleId,
    RuleId,
};
use crate::source::Position;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A part of a bundle. Numbers of versions, grants, lines, actions, elements and scopes are places in the bundle's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// An organisation.
    Organisation(OrganisationId),
    /// A version of a role.
    Role(RoleId, u32),
    /// A version of an area.
    Area(AreaId, u32),
    /// A line of `delegable` of a version of an area.
    AreaLine(AreaId, u32, u32),
    /// A version of a package.
    Package(PackageId, u32),
    /// A grant of a version of a package.
    Grant(PackageId, u32, u32),
    /// A line of `delegable` of a version of a package.
    Line(PackageId, u32, u32),
    /// A version of a resource.
    Resource(ResourceId, u32),
    /// An action of a version of a resource.
    Action(ResourceId, u32, u32),
    /// An element of a version of a resource.
    Element(ResourceId, u32, u32),
    /// How long a version of a resource keeps its records.
    Retain(ResourceId, u32),
    /// An entity that modules declare.
    Entity(EntityTypeId),
    /// An enum.
    Enum(EnumId),
    /// An obligation.
    Obligation(ObligationId),
    /// A named condition.
    Condition(ConditionId),
    /// A rule in one of its scopes.
    Rule(RuleId, u32),
    /// What a policy is over: one of [`Origins::selections`]. It is not in `origins.json`.
    Selection(u32),
}

/// A place for people: file and position, and the bytes for tools.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Line and column.
    pub position: Position,
    /// First byte.
    pub offset: u32,
    /// Length in bytes.
    pub length: u32,
}

/// Places of the parts of one bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// By part.
    pub places: BTreeMap<Part, Origin>,
    /// The atoms of the condition of a rule (its first scope), a grant, a line or a named condition, in the order of
    /// [`crate::ir::Atoms`]. They are not in `origins.json`.
    pub atoms: BTreeMap<Part, Vec<Origin>>,
    /// What each policy is over, as its author says it; in order of the names. They are not in `origins.json`.
    pub selections: Vec<Selection>,
}

/// What a policy is over, as its author says it. The bundle has what came of it alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Full name of the policy.
    pub policy: Box<str>,
    /// Where that stands.
    pub origin: Origin,
    /// What it says.
    pub says: Selects,
}

/// Named resources, or every one of a sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selects {
    /// `for patients, conversations`
    Named(Vec<ResourceId>),
    /// `for every register in demo where …`
    Every {
        /// Registers alone, services alone, or both.
        registers: Option<bool>,
        /// The module that they are in, or in one below.
        within: Option<Box<str>>,
        /// What must be so of them.
        condition: Option<Expression>,
    },
}

//! Services and registers in memory, and the rules over them: what is permitted, forbidden and obliged to, on which condition.

use super::expression::{Constant, Expression};
use super::ids::{EntityTypeId, EnumId, ObligationId, OrganisationId, PackageId, ResourceId, RoleId};
use crate::terms::{effect::RuleEffect, legal_basis::LegalBasis, level::Level, open::Open, period::Period};
use std::collections::BTreeMap;

/// A version of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// When it is in force.
    pub period: Period,
    /// Is it a register (else a service)?
    pub register: bool,
    /// URN.
    pub urn: Option<Box<str>>,
    /// The data that it exposes.
    pub data: Open<Level>,
    /// Its actions, sorted by name: its own, and the shared ones that a rule over it names.
    pub actions: Vec<Action>,
    /// Its elements, sorted; empty: it has none.
    pub elements: Open<Vec<Box<str>>>,
    /// The entity of its records.
    pub records: Option<EntityTypeId>,
    /// Who controls it; sorted.
    pub controllers: Open<Vec<Controlling>>,
    /// Who processes it; sorted.
    pub processors: Open<Vec<Controlling>>,
    /// On what law; sorted. The last may be open where others are known.
    pub basis: Open<Vec<Open<LegalBasis>>>,
    /// For what: values of this enum, sorted. `None`: it names no purpose.
    pub purposes: Option<(EnumId, Open<Vec<u32>>)>,
    /// When its records are kept and overdue.
    pub retain: Option<Retain>,
}

/// When a record is kept, and when it is overdue: both false for a resource that does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retain {
    /// `record.kept`
    pub kept: Expression,
    /// `record.overdue`
    pub overdue: Expression,
}

/// Who controls or processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Controlling {
    /// This organisation.
    Organisation(OrganisationId),
    /// Each organisation that has the status, of its own.
    Status(RoleId),
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// Its name.
    pub name: Box<str>,
    /// May it be permitted for some of the elements?
    pub partial: bool,
    /// What every permit of it obliges to; sorted.
    pub oblige: Vec<Oblige>,
}

/// What is to be done with a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oblige {
    /// Which obligation.
    pub obligation: ObligationId,
    /// Its arguments.
    pub arguments: BTreeMap<Box<str>, Constant>,
}

/// A rule of a resource or a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// `owner/effect/action/digits`: the owner is the resource or the policy, the action `any` where it is any.
    pub key: Box<str>,
    /// What it does.
    pub effect: RuleEffect,
    /// The action; `None`: any.
    pub action: Option<Box<str>>,
    /// The elements, sorted; `None`: all, and also where there are none.
    pub of: Option<Vec<Box<str>>>,
    /// Who.
    pub to: Option<Recipient>,
    /// Which packages.
    pub requires: Option<Requires>,
    /// On which condition.
    pub when: Option<Expression>,
    /// What it obliges to; sorted.
    pub oblige: Vec<Oblige>,
    /// When it is in force, and over which resources; in order, no two alike.
    pub scopes: Vec<Scope>,
}

/// When a rule is in force, and over what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// When.
    pub period: Period,
    /// The resources, sorted: for a rule of a resource that resource alone.
    pub on: Vec<ResourceId>,
}

impl Rule {
    /// The scope in which it is over this resource on this day.
    #[must_use]
    pub fn scope(&self, resource: ResourceId, today: jiff::civil::Date) -> Option<usize> {
        self.scopes.iter().position(|scope| scope.period.has(today) && scope.on.binary_search(&resource).is_ok())
    }
}

/// Who a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// Anyone, also without login.
    Anyone,
    /// The subject is the party.
    Itself,
    /// A role for the party, or a status that the party has.
    Role(RoleId),
    /// The party is this organisation.
    Organisation(OrganisationId),
    /// The party is a controller of the resource.
    Controller,
    /// The party is a processor of the resource.
    Processor,
}

/// Packages that a rule requires. Lists have at least two entries, sorted, without repeats; an `And` holds no `And`, an `Or` no `Or`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Requires {
    /// One package.
    Package(PackageId),
    /// All of them.
    And(Vec<Requires>),
    /// One of them.
    Or(Vec<Requires>),
}

impl Requires {
    /// All of these, in the one form that means it: lists within lists of the same kind flattened, sorted, without
    /// repeats, a list of one being that one. `None` for no packages at all.
    #[must_use]
    pub fn all(parts: Vec<Requires>) -> Option<Requires> {
        let flat = parts.into_iter().flat_map(|part| match part {
            Requires::And(inner) => inner,
            other => vec![other],
        });
        Requires::joined(flat.collect(), Requires::And)
    }

    /// One of these, in the one form that means it.
    #[must_use]
    pub fn any(parts: Vec<Requires>) -> Option<Requires> {
        let flat = parts.into_iter().flat_map(|part| match part {
            Requires::Or(inner) => inner,
            other => vec![other],
        });
        Requires::joined(flat.collect(), Requires::Or)
    }

    fn joined(mut parts: Vec<Requires>, join: fn(Vec<Requires>) -> Requires) -> Option<Requires> {
        parts.sort();
        parts.dedup();
        if parts.len() > 1 { Some(join(parts)) } else { parts.pop() }
    }
}

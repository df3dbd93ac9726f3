//! The bundle in memory: everything sorted by name, linked by ids. Its JSON form is docs/bundle.md, entry by entry.

use super::expression::{Expression, Type};
use super::ids::{
    AreaId, ConditionId, EntityTypeId, EnumId, ObligationId, OrganisationId, PackageId, ResourceId, RoleId, RuleId,
};
use super::resource::{Resource, Rule};
use crate::terms::{
    kind::{Kind, Kinds},
    level::Level,
    open::Open,
    period::Period,
    root::BuiltIn,
};
use std::collections::BTreeMap;

/// Policies that can be decided upon. INVARIANT (closed): every id in it is in range, every table is sorted by name
/// without repeats, the versions of a name do not meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// What decides.
    pub meaning: Meaning,
    /// What people read.
    pub words: Words,
}

/// A name and its versions, in order of `from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T> {
    /// Full name.
    pub name: Box<str>,
    /// Versions; their periods do not meet.
    pub versions: Vec<T>,
}

/// A name that has no versions: the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defined<T> {
    /// Full name.
    pub name: Box<str>,
    /// What it is.
    pub body: T,
}

/// The half that decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    /// Names of organisations.
    pub organisations: Vec<Box<str>>,
    /// Attributes of the entities that every bundle has, as far as modules add any; in order of the words.
    pub built_in: BTreeMap<BuiltIn, Attributes>,
    /// Entities that modules declare.
    pub entities: Vec<Defined<Entity>>,
    /// Enums.
    pub enums: Vec<Defined<Enum>>,
    /// Obligations.
    pub obligations: Vec<Defined<Obligation>>,
    /// Named conditions.
    pub conditions: Vec<Defined<Condition>>,
    /// Roles.
    pub roles: Vec<Named<Role>>,
    /// Areas.
    pub areas: Vec<Named<Area>>,
    /// Packages.
    pub packages: Vec<Named<Package>>,
    /// Resources.
    pub resources: Vec<Named<Resource>>,
    /// Rules, sorted by key.
    pub rules: Vec<Rule>,
}

/// Attributes (or parameters) by name.
pub type Attributes = BTreeMap<Box<str>, Type>;

/// An entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its attributes.
    pub attributes: Attributes,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Does each value come before the next (a scale)?
    pub ascending: bool,
    /// Its values, in order as written.
    pub values: Vec<Box<str>>,
}

/// An obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// Its parameters.
    pub parameters: Attributes,
}

/// A named condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it says.
    pub says: Expression,
}

/// A version of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// When it is in force.
    pub period: Period,
    /// Kinds of holders.
    pub by: Kinds,
    /// Kinds of parties; `None` for a status.
    pub of: Option<Kinds>,
    /// Who answers for the fact.
    pub source: Option<OrganisationId>,
    /// URN.
    pub urn: Option<Box<str>>,
    /// Code in the register.
    pub code: Option<Box<str>>,
    /// Acts with all that the organisation holds.
    pub key: Open<bool>,
    /// What is held for the first is held for the second.
    pub covers: Open<bool>,
    /// May be passed what the organisation has for a client.
    pub agent: Open<bool>,
}

/// A version of an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// When it is in force.
    pub period: Period,
    /// URN.
    pub urn: Option<Box<str>>,
    /// Who may receive it.
    pub delegable: Vec<Line>,
    /// May services attach to the area itself?
    pub services: Open<bool>,
}

/// A version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// When it is in force.
    pub period: Period,
    /// The area it is in.
    pub area: Option<AreaId>,
    /// URN.
    pub urn: Option<Box<str>>,
    /// Kinds of parties.
    pub kinds: Open<Kinds>,
    /// The data that it admits.
    pub data: Open<Level>,
    /// May services attach to it?
    pub services: Open<bool>,
    /// Who may receive it.
    pub delegable: Vec<Line>,
    /// Who is granted it.
    pub grants: Vec<Grant>,
}

/// A line of `delegable`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Nobody has decided who may receive.
    Undecided,
    /// May be received by these, who may or may not pass it on.
    To {
        /// Who.
        to: Receiver,
        /// May they pass it on?
        onward: bool,
        /// On which condition.
        when: Option<Box<Expression>>,
    },
}

/// Who may receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// A kind.
    Kind(Kind),
    /// Who has a role for the giver or the party, or a status.
    Role(RoleId),
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// To whom; `None` only where it is undecided.
    pub to: Option<Grantee>,
    /// Gives use.
    pub gives_use: bool,
    /// Gives the right to delegate.
    pub gives_delegation: bool,
    /// An open question: gives nothing.
    pub undecided: bool,
    /// On which condition.
    pub when: Option<Box<Expression>>,
    /// When it is in force.
    pub period: Period,
}

/// Who is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// The subject is the party.
    Itself,
    /// Who has a role or status.
    Role(RoleId),
    /// Who holds a package.
    Package(PackageId),
}

/// The half that people read: by full name.
pub type Words = BTreeMap<Box<str>, Wording>;

/// What is said of one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// Title.
    pub title: Option<Box<str>>,
    /// What it is about.
    pub about: Option<Box<str>>,
    /// Former URNs, sorted.
    pub formerly: Vec<Box<str>>,
    /// Titles of actions.
    pub actions: BTreeMap<Box<str>, Box<str>>,
    /// Titles of rules, by key.
    pub rules: BTreeMap<Box<str>, Box<str>>,
    /// Open questions by what is open (docs/bundle.md).
    pub open: BTreeMap<Box<str>, Box<str>>,
}

macro_rules! tables {
    ($($id:ident $table:ident $by_name:ident $at:ident $thing:ty;)*) => {
        impl Meaning {
            $(
                /// The id of a full name.
                #[must_use]
                pub fn $by_name(&self, name: &str) -> Option<$id> {
                    self.$table.binary_search_by(|named| (*named.name).cmp(name)).ok().map($id::from)
                }

                /// The entry of an id; `None` only for an id of another bundle.
                #[must_use]
                pub fn $at(&self, id: $id) -> Option<&Named<$thing>> {
                    self.$table.get(id.index())
                }
            )*
        }
    };
}

macro_rules! defined {
    ($($id:ident $table:ident $by_name:ident $at:ident $thing:ty;)*) => {
        impl Meaning {
            $(
                /// The id of a full name.
                #[must_use]
                pub fn $by_name(&self, name: &str) -> Option<$id> {
                    self.$table.binary_search_by(|defined| (*defined.name).cmp(name)).ok().map($id::from)
                }

                /// What an id is; `None` only for an id of another bundle.
                #[must_use]
                pub fn $at(&self, id: $id) -> Option<&Defined<$thing>> {
                    self.$table.get(id.index())
                }
            )*
        }
    };
}

tables! {
    RoleId roles role_named role Role;
    AreaId areas area_named area Area;
    PackageId packages package_named package Package;
    ResourceId resources resource_named resource Resource;
}

defined! {
    EntityTypeId entities entity_named entity Entity;
    EnumId enums enum_named enum_at Enum;
    ObligationId obligations obligation_named obligation Obligation;
    ConditionId conditions condition_named condition Condition;
}

impl Meaning {
    /// The id of an organisation.
    #[must_use]
    pub fn organisation_named(&self, name: &str) -> Option<OrganisationId> {
        self.organisations.binary_search_by(|named| (**named).cmp(name)).ok().map(OrganisationId::from)
    }

    /// The rule of an id.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id.index())
    }
}

macro_rules! versions {
    ($($thing:ty),*) => {
        $(
            impl Named<$thing> {
                /// The version in force on a day, with its place in the list (docs/meaning.md, T3).
                #[must_use]
                pub fn on(&self, today: jiff::civil::Date) -> Option<(usize, &$thing)> {
                    self.versions.iter().enumerate().find(|(_, version)| version.period.has(today))
                }
            }
        )*
    };
}

versions!(Role, Area, Package, Resource);

macro_rules! identifiers {
    ($($thing:ty),*) => {
        $(
            impl Named<$thing> {
                /// What other systems call it: its URN, if all its versions have the same, else its full name.
                #[must_use]
                pub fn identifier(&self) -> &str {
                    let mut urns = self.versions.iter().map(|version| version.urn.as_deref());
                    let first = urns.next().flatten();
                    first.filter(|first| urns.all(|urn| urn == Some(*first))).unwrap_or(&self.name)
                }
            }
        )*
    };
}

identifiers!(Role, Area, Package, Resource);

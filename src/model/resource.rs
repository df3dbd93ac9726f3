//! Services, registers and policies: actions, rules, data protection. What they mean is docs/meaning.md.

use super::catalog::{Declared, Property, Said, SymbolId};
use super::expression::{Expression, Value};
use crate::source::Place;
use crate::terms::{
    bound::Bound, effect::RuleEffect, legal_basis::LegalBasis, level::Level, open::Open, period::Period,
};

/// `service …` or `register …`
#[derive(Clone, Debug)]
pub struct Resource {
    /// Name, place, wound.
    pub declared: Declared,
    /// Is it a register (else a service)?
    pub register: bool,
    /// Its URN.
    pub urn: Option<Property<Box<str>>>,
    /// Former URNs.
    pub formerly: Vec<Said<Box<str>>>,
    /// What it is about.
    pub about: Option<Property<Box<str>>>,
    /// The data that it exposes; not said: none.
    pub data: Option<Property<Level>>,
    /// Its own actions, and the shared ones that its rules, or those of policies over it, name; in order of name.
    pub actions: Vec<Action>,
    /// Its elements, in order as written.
    pub elements: Option<Property<Vec<Said<Box<str>>>>>,
    /// The entity of its records; not said: that of every record.
    pub records: Option<Property<SymbolId>>,
    /// Organisations and statuses that control it.
    pub controller: Option<Property<Vec<Said<Controlling>>>>,
    /// Those that process it for them.
    pub processor: Option<Property<Vec<Said<Controlling>>>>,
    /// On what law.
    pub basis: Option<Property<Vec<Said<Open<LegalBasis>>>>>,
    /// For what: values of the enum `purpose`.
    pub purposes: Option<Property<Vec<Said<Box<str>>>>>,
    /// The enum that the purposes are values of.
    pub purpose_enum: Option<SymbolId>,
    /// For how long.
    pub retain: Option<Property<Retain>>,
    /// Its own rules.
    pub rules: Vec<Rule>,
}

/// An organisation or a status that controls or processes a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Controlling {
    /// This organisation.
    Organisation(SymbolId),
    /// Each that has the status, of its own.
    Status(SymbolId),
}

/// How long data are kept.
#[derive(Clone, Debug)]
pub enum Retain {
    /// For ever: always kept, never overdue.
    Forever,
    /// All of these.
    Rules(Vec<Retention>),
}

/// One rule of retention.
#[derive(Clone, Debug)]
pub struct Retention {
    /// How it binds.
    pub bound: Bound,
    /// When it ends: the first counts. Each is a date, or `none` where it has not come.
    pub ends: Vec<Expression>,
    /// All of it.
    pub place: Place,
}

/// `policy …`
#[derive(Clone, Debug)]
pub struct Policy {
    /// Name, place, wound.
    pub declared: Declared,
    /// The resources that it is over: versions of resources (indices into [`Catalog::resources`]), in order. A `where` that reads what is
    /// undecided selects.
    pub selects: Vec<u32>,
    /// Those among them of which `where` is unknown: what is permitted there nobody has decided.
    pub unsettled: Vec<u32>,
    /// Its selector as written.
    pub selector: Place,
    /// What `every` says; without it its resources are named.
    pub every: Option<Every>,
    /// Its rules.
    pub rules: Vec<Rule>,
}

/// `every register in demo where …`.
#[derive(Clone, Debug)]
pub struct Every {
    /// Registers alone, services alone, or both.
    pub registers: Option<bool>,
    /// The module that they are in, or in one below.
    pub within: Option<Box<str>>,
    /// What must be so of them.
    pub condition: Option<Expression>,
}

/// `action …`, of a resource or shared.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: Said<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// May it be permitted for some of the elements?
    pub partial: bool,
    /// What every permit of it obliges to.
    pub oblige: Vec<Oblige>,
    /// The shared action that it is.
    pub shared: Option<SymbolId>,
    /// The whole statement.
    pub place: Place,
}

/// `action …` of a module.
#[derive(Clone, Debug)]
pub struct SharedAction {
    /// Name, place, wound.
    pub declared: Declared,
    /// The action.
    pub action: Action,
}

/// What a rule obliges to.
#[derive(Clone, Debug)]
pub struct Oblige {
    /// The obligation.
    pub obligation: SymbolId,
    /// Its arguments: constants, in order of the parameters.
    pub arguments: Vec<(Box<str>, Value)>,
    /// Where it stands.
    pub place: Place,
}

/// `permit …`, `forbid …`, `never …`, `any action oblige …`
#[derive(Clone, Debug)]
pub struct Rule {
    /// The whole statement.
    pub place: Place,
    /// What it does.
    pub effect: RuleEffect,
    /// The actions; those that no resource has are left out. `None`: any action.
    pub actions: Option<Vec<Said<Box<str>>>>,
    /// What it is called.
    pub title: Option<Said<Box<str>>>,
    /// Which elements; `None` where nothing is said.
    pub of: Option<Vec<Said<Box<str>>>>,
    /// Who, groups expanded.
    pub to: Vec<Said<Recipient>>,
    /// Did it say `to`? (Its names may be lost.)
    pub says_to: bool,
    /// Which packages.
    pub requires: Option<Said<Requires>>,
    /// Did it say `requires`?
    pub says_requires: bool,
    /// On which condition.
    pub when: Option<Expression>,
    /// What it obliges to.
    pub oblige: Vec<Oblige>,
    /// Its own period.
    pub period: Option<Said<Period>>,
    /// Where its clauses begin: the keyword of each, as written.
    pub clauses: Vec<Place>,
}

/// Who a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// `anyone`, also without login.
    Anyone,
    /// `self`: the subject is the party.
    Itself,
    /// A role or status.
    Role(SymbolId),
    /// The party is this organisation (of a forbid: or the subject).
    Organisation(SymbolId),
    /// A controller of the resource asked for.
    Controller,
    /// A processor of it.
    Processor,
}

/// Packages that a rule requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requires {
    /// One package.
    Package(Said<SymbolId>),
    /// All of them.
    And(Vec<Requires>),
    /// One of them.
    Or(Vec<Requires>),
}

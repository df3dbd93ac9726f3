//! The tree *as written*: may be wrong, knows its places, borrows its text. A declaration that lost a part is
//! *wounded*; it still declares its name. Nothing here looks a name up.

mod expression;

use crate::source::Span;
use crate::terms::effect::RuleEffect;
use jiff::civil::Date;

pub use expression::*;

/// A word of the author's with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'s> {
    /// As written (a string without its quotation marks).
    pub text: &'s str,
    /// Where (a string with its quotation marks).
    pub span: Span,
}

/// A name, perhaps qualified: `leaders`, `demo.roles.leaders`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'s> {
    /// At least one segment.
    pub segments: Vec<Word<'s>>,
    /// From the first to the last segment.
    pub span: Span,
    /// A segment of it was lost, so it names something else than was meant.
    pub lost: bool,
}

/// A file. One file is one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module<'s> {
    /// The `module` line; `None` where it is missing or broken.
    pub name: Option<Path<'s>>,
    /// What stands beside the `module` line, before any declaration: `target`, `valid`, `allow`.
    pub statements: Vec<Statement<'s>>,
    /// The `use` lines.
    pub uses: Vec<Use<'s>>,
    /// The declarations in order.
    pub declarations: Vec<Declaration<'s>>,
    /// Some text of this file could not be read: it may use anything, so nobody may say that something is unused because of
    /// this module.
    pub wounded: bool,
    /// A declaration may stand in what could not be read, so nobody may say that a name is unknown because of this module.
    pub hides: bool,
}

/// `use a.b.{c, d}`, `use a.b.*`, `use a.b.c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'s> {
    /// What stands before the braces or the star; for `use a.b.c` all of it.
    pub path: Path<'s>,
    /// What is taken from it.
    pub what: Used<'s>,
    /// The whole line.
    pub span: Span,
    /// A part of the line was lost.
    pub wounded: bool,
}

/// What a `use` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Used<'s> {
    /// The last segment of the path, from the module that the others name.
    Last,
    /// These names.
    Names(Vec<Word<'s>>),
    /// All names: the span of the star.
    All(Span),
}

/// Which declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// `namespace demo urn:demo { … }`
    Namespace,
    /// `organisation register "…"`
    Organisation,
    /// `role manager "…" { … }`
    Role,
    /// `group leaders = a, b`
    Group,
    /// `area health "…" { … }`
    Area,
    /// `package reporting "…" { … }`
    Package,
    /// `service report "…" { … }`
    Service,
    /// `register npr "…" { … }`
    Register,
    /// `policy secrecy for npr, kpr { … }`
    Policy,
    /// `entity person { … }`: declares an entity, or adds to one.
    Entity,
    /// `enum channel = invitation, form`
    Enum,
    /// `obligation pseudonymise(identifier: identifier_kind)`
    Obligation,
    /// `condition child_at_home = …`
    Condition,
    /// `action disclose "Hand data out" oblige secrecy`: shared by the resources whose rules name it.
    Action,
    /// A declaration whose keyword was lost or is none: it declares its name, as anything.
    Lost,
}

/// A declaration, also within an area or (areas only) a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration<'s> {
    /// Which.
    pub sort: Sort,
    /// The keyword as written (empty span where it was lost).
    pub keyword: Word<'s>,
    /// Its name; `None` where it is missing.
    pub name: Option<Word<'s>>,
    /// Its title.
    pub title: Option<Word<'s>>,
    /// `namespace`: the URN after the name. `None` elsewhere.
    pub urn: Option<Word<'s>>,
    /// `group`: its members. Empty elsewhere.
    pub members: Vec<Path<'s>>,
    /// What only this sort of declaration has in its head.
    pub head: Head<'s>,
    /// What stands in its block, in order.
    pub statements: Vec<Statement<'s>>,
    /// Declarations in its block (packages in an area), in order.
    pub declarations: Vec<Declaration<'s>>,
    /// From the keyword to the closing brace.
    pub span: Span,
    /// A part of it was lost.
    pub wounded: bool,
}

/// What stands in the head of one sort of declaration alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Head<'s> {
    /// Nothing of its own (or it was lost).
    #[default]
    Plain,
    /// `enum`: its values in order; `ascending` where `<` stands between them (a scale).
    Values {
        /// The values.
        values: Vec<Word<'s>>,
        /// Is it a scale?
        ascending: bool,
    },
    /// `obligation`: its parameters.
    Parameters(Vec<Field<'s>>),
    /// `condition`: what it says.
    Condition(Box<Expression<'s>>),
    /// `policy`: which resources.
    Selector(Selector<'s>),
    /// `action` of a module.
    Action(ActionEnd<'s>),
}

/// `for npr, kpr`, `for every register [in module] [where …]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector<'s> {
    /// These resources.
    Named(Vec<Path<'s>>),
    /// All of a sort.
    Every {
        /// `service`, `register` or `resource`.
        sort: Word<'s>,
        /// The module and those below; `None`: the whole build.
        module: Option<Path<'s>>,
        /// Which of them.
        condition: Option<Box<Expression<'s>>>,
    },
}

/// `birth_date  date`, `death_date date or none`, `parents set of person`; a parameter `identifier: identifier_kind`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'s> {
    /// Its name.
    pub name: Word<'s>,
    /// Its type; `None` where it was lost.
    pub of: Option<TypeName<'s>>,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName<'s> {
    /// `set of`
    pub set: bool,
    /// `bool`, `date`, an entity, an enum …
    pub name: Path<'s>,
    /// `or none`
    pub or_none: bool,
    /// All of it.
    pub span: Span,
}

/// What may stand after the title of an action: `partial`, `oblige …`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionEnd<'s> {
    /// May be permitted for some of the elements.
    pub partial: Option<Span>,
    /// What every permit of it obliges to.
    pub oblige: Vec<Oblige<'s>>,
}

/// `pseudonymise(identifier: project_serial)`, `log`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oblige<'s> {
    /// The obligation.
    pub name: Path<'s>,
    /// Its arguments: constants.
    pub arguments: Vec<(Word<'s>, Expression<'s>)>,
    /// All of it.
    pub span: Span,
}

/// A statement with its place, from its first to its last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<'s> {
    /// From its keyword on.
    pub span: Span,
    /// The keyword alone.
    pub keyword: Span,
    /// What it says.
    pub says: Says<'s>,
}

/// A value, or `undecided "question"` in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'s, T> {
    /// Said.
    Given(T),
    /// `undecided "question"`: the question, with its place.
    Undecided(Word<'s>),
}

/// What a statement says; what is large and not in every declaration is boxed, so that the others are small. Any statement may stand in any block for the parser; `resolve` says what is misplaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says<'s> {
    /// `urn urn:…`: the raw text, without blanks at its ends; may be empty or no URN at all.
    Urn(Value<'s, Word<'s>>),
    /// `formerly "urn:…"`
    Formerly(Word<'s>),
    /// `about "…"`
    About(Value<'s, Word<'s>>),
    /// `for organisation, person`
    For(Value<'s, Vec<Word<'s>>>),
    /// `delegable no`, `delegable to employee and onward`
    Delegable(Delegable<'s>),
    /// `services yes`
    Services(Value<'s, Word<'s>>),
    /// `data special`
    Data(Value<'s, Word<'s>>),
    /// `code MNGR`
    Code(Value<'s, Word<'s>>),
    /// `from register` in a role.
    Source(Value<'s, Path<'s>>),
    /// `held by person for organisation`
    Held(Value<'s, Held<'s>>),
    /// `key yes`
    Key(Value<'s, Word<'s>>),
    /// `covers yes`
    Covers(Value<'s, Word<'s>>),
    /// `agent yes`
    Agent(Value<'s, Word<'s>>),
    /// `grant use to leaders from 2026-01-01`
    Grant(Box<Grant<'s>>),
    /// `allow FM0312 "why"`
    Allow {
        /// The code or its name.
        code: Word<'s>,
        /// Why the warning is meant.
        why: Word<'s>,
    },
    /// `valid from … before …`
    Valid(Days),
    /// `action send "Send the report"`
    Action {
        /// Its name.
        name: Word<'s>,
        /// Its title.
        title: Option<Word<'s>>,
        /// `partial`, `oblige …`
        end: Box<ActionEnd<'s>>,
    },
    /// `permit …`, `forbid …`, `never …`
    Rule(Box<Rule<'s>>),
    /// `any action oblige log`: with every permit of the resource or policy.
    AnyAction(Vec<Oblige<'s>>),
    /// `elements a, b`
    Elements(Value<'s, Vec<Word<'s>>>),
    /// `records of disclosure`: the entity of a register's records.
    Records(Value<'s, Path<'s>>),
    /// `controller a, b`: organisations or statuses.
    Controller(Value<'s, Vec<Path<'s>>>),
    /// `processor nhn`
    Processor(Value<'s, Vec<Path<'s>>>),
    /// `basis gdpr 6(1)(e), law "…"`, of which the last may be open.
    Basis(Value<'s, Vec<Value<'s, Basis<'s>>>>),
    /// `purposes a, b`: values of the enum `purpose`.
    Purposes(Value<'s, Vec<Word<'s>>>),
    /// `retain …`
    Retain(Value<'s, Retain<'s>>),
    /// In an entity: `birth_date date`.
    Field(Box<Field<'s>>),
    /// In a namespace: `package urn:demo:package:{name}`
    Form {
        /// `role`, `package`, …
        sort: Word<'s>,
        /// The raw text of the form.
        urn: Word<'s>,
    },
    /// `target xacml`
    Target(Vec<Word<'s>>),
    /// Could not be read; its finding is already made.
    Broken,
}

/// `from D before D`; the place of the clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// `from`
    pub from: Option<Date>,
    /// `before`
    pub before: Option<Date>,
    /// The clause.
    pub span: Span,
}

/// `held by … for …`; without `for` a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held<'s> {
    /// Kinds of those who hold it.
    pub by: Vec<Word<'s>>,
    /// Kinds of parties that it is held for.
    pub of: Option<Vec<Word<'s>>>,
}

/// `delegable …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delegable<'s> {
    /// `no`
    No,
    /// `undecided "question"`
    Undecided(Word<'s>),
    /// `to …`
    To {
        /// Kinds, roles or groups.
        to: Vec<Path<'s>>,
        /// `and onward`
        onward: bool,
        /// `when …`
        when: Option<Box<Expression<'s>>>,
    },
}

/// `grant [use|delegation] to R, … [undecided "…"] [when …] [from …] [before …]`, or `grant undecided "…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant<'s> {
    /// Does it give use?
    pub gives_use: bool,
    /// Does it give the right to delegate?
    pub gives_delegation: bool,
    /// Roles, groups, packages or `self`; empty for `grant undecided`.
    pub to: Vec<Path<'s>>,
    /// The open question.
    pub undecided: Option<Word<'s>>,
    /// Its period.
    pub days: Option<Days>,
    /// `when …`
    pub when: Option<Expression<'s>>,
}

/// `permit a, b of e to r requires p when … oblige … from … before …`, with every clause optional; likewise `forbid`, `never`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'s> {
    /// Which of the three.
    pub effect: RuleEffect,
    /// Which actions.
    pub actions: Actions<'s>,
    /// What it is called: `forbid any action "confidential address"`.
    pub title: Option<Word<'s>>,
    /// `of`: which elements; `None` where nothing is said.
    pub of: Option<Vec<Word<'s>>>,
    /// `to`: roles, groups, `self`, `anyone`, organisations, `controller`, `processor`.
    pub to: Vec<Path<'s>>,
    /// Which packages.
    pub requires: Option<Requires<'s>>,
    /// On which condition.
    pub when: Option<Expression<'s>>,
    /// What it obliges to.
    pub oblige: Vec<Oblige<'s>>,
    /// Its period.
    pub days: Option<Days>,
    /// Where each clause begins (`of`, `to`, `requires`, `when`, `oblige`, `from`, `before`), in order as written: the keyword.
    pub clauses: Vec<Span>,
}

/// The actions of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actions<'s> {
    /// These.
    Named(Vec<Word<'s>>),
    /// `any action`: where it stands.
    Any(Span),
}

/// What a rule requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requires<'s> {
    /// One package.
    Package(Path<'s>),
    /// All of them.
    And(Vec<Requires<'s>>, Span),
    /// One of them.
    Or(Vec<Requires<'s>>, Span),
}

//! All declarations of a build with their links. A *symbol* is a full name; its *versions* are the declarations of it.
//! Every link is a `SymbolId` of the right sort; a link that could not be made is left out and wounds its declaration.

use super::expression::Expression;
use super::resource::{Policy, Resource, SharedAction};
use super::vocabulary::{Condition, Entity, Enum, Obligation};
use crate::source::Place;
use crate::terms::{
    kind::{Kind, Kinds},
    level::Level,
    open::Open,
    period::Period,
};

/// A full name in the build: index into [`Catalog::symbols`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// A module: index into [`Catalog::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub u32);

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A namespace of URNs.
    Namespace,
    /// An organisation.
    Organisation,
    /// A register role or a status.
    Role,
    /// A list of roles.
    Group,
    /// An area of packages.
    Area,
    /// A package of authority.
    Package,
    /// A service.
    Service,
    /// A register.
    Register,
    /// Rules over several resources.
    Policy,
    /// A thing with attributes.
    Entity,
    /// A list of values, perhaps a scale.
    Enum,
    /// What a decision may oblige to.
    Obligation,
    /// A named condition.
    Condition,
    /// An action shared by resources.
    Action,
    /// Something whose declaration was lost: it may be of any sort, nothing can be said against it.
    Unknown,
}

impl Sort {
    /// The word for it, as in `is a package`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Sort::Namespace => "namespace",
            Sort::Organisation => "organisation",
            Sort::Role => "role",
            Sort::Group => "group",
            Sort::Area => "area",
            Sort::Package => "package",
            Sort::Service => "service",
            Sort::Register => "register",
            Sort::Policy => "policy",
            Sort::Entity => "entity",
            Sort::Enum => "enum",
            Sort::Obligation => "obligation",
            Sort::Condition => "condition",
            Sort::Action => "action",
            Sort::Unknown => "declaration",
        }
    }

    /// Is it a resource: a service or a register?
    #[must_use]
    pub fn is_resource(self) -> bool {
        matches!(self, Sort::Service | Sort::Register)
    }
}

/// Something said, with where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// What.
    pub value: T,
    /// Where: the value itself, not its keyword.
    pub place: Place,
}

/// A property: not said, said, or said to be undecided. Where it is undecided, `question` has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property<T> {
    /// The value.
    pub value: Open<T>,
    /// The open question where the value, or a part of it, is undecided, else empty.
    pub question: Box<str>,
    /// Where the value stands.
    pub place: Place,
    /// The whole statement, keyword included.
    pub statement: Place,
}

/// What all declarations have.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name.
    pub symbol: SymbolId,
    /// The module it stands in.
    pub module: ModuleId,
    /// Where its name stands (the keyword, if the name is lost).
    pub name_place: Place,
    /// All of it.
    pub place: Place,
    /// Its title.
    pub title: Option<Said<Box<str>>>,
    /// A part of it was lost or could not be linked: no check says «missing» or «unused» because of it.
    pub wounded: bool,
    /// `valid …` of its own.
    pub valid: Option<Said<Period>>,
    /// Its own period within that of its module.
    pub period: Period,
    /// Answers to warnings.
    pub allows: Vec<Allow>,
}

/// `allow CODE "why"`
#[derive(Clone, Debug)]
pub struct Allow {
    /// The code or its name, as written.
    pub code: Said<Box<str>>,
    /// Why the warning is meant.
    pub why: Box<str>,
    /// The whole statement.
    pub place: Place,
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its full name.
    pub name: Box<str>,
    /// Where its name stands (the start of the file if it has none).
    pub place: Place,
    /// Some text of it could not be read.
    pub wounded: bool,
    /// `valid …` of the module.
    pub valid: Option<Said<Period>>,
    /// Answers to warnings at the `module` line: they answer for the whole module.
    pub allows: Vec<Allow>,
    /// `target …`
    pub targets: Vec<Said<Box<str>>>,
    /// Modules that it uses, with where it does, in order of name.
    pub uses: Vec<Said<ModuleId>>,
}

/// A symbol and its declarations.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The module that declares it.
    pub module: ModuleId,
    /// Its name in the module.
    pub name: Box<str>,
    /// `module.name`
    pub full: Box<str>,
    /// What it names.
    pub sort: Sort,
    /// Its declarations: indices into the vector of its sort, in order of source.
    pub versions: Vec<u32>,
}

/// `namespace …`
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Name, place, wound.
    pub declared: Declared,
    /// What every URN under it begins with, without a colon at its end.
    pub prefix: Option<Said<Box<str>>>,
    /// The forms that a URN under it may have.
    pub forms: Vec<Form>,
}

/// One form of a namespace.
#[derive(Clone, Debug)]
pub struct Form {
    /// `role`, `package`, `area`, `service`.
    pub sort: Said<Sort>,
    /// The text, with `{name}` for one segment.
    pub urn: Said<Box<str>>,
}

/// `organisation …`
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Name, place, wound.
    pub declared: Declared,
}

/// `role …`
#[derive(Clone, Debug)]
pub struct Role {
    /// Name, place, wound.
    pub declared: Declared,
    /// Its URN.
    pub urn: Option<Property<Box<str>>>,
    /// Its code in the register.
    pub code: Option<Property<Box<str>>>,
    /// The organisation that answers for the fact.
    pub source: Option<Property<SymbolId>>,
    /// Who holds it, for whom.
    pub held: Option<Property<Held>>,
    /// Acts with all that the organisation holds.
    pub key: Option<Property<bool>>,
    /// What anybody holds for the first they hold for the second.
    pub covers: Option<Property<bool>>,
    /// Lets its own people do what it may do for a client.
    pub agent: Option<Property<bool>>,
}

/// Who holds a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Kinds of holders.
    pub by: Kinds,
    /// Kinds of parties; `None` for a status.
    pub of: Option<Kinds>,
}

impl Role {
    /// Is it a status: held in one's own right?
    #[must_use]
    pub fn is_status(&self) -> bool {
        self.held.as_ref().and_then(|held| held.value.known()).is_some_and(|held| held.of.is_none())
    }
}

/// `group …`
#[derive(Clone, Debug)]
pub struct Group {
    /// Name, place, wound.
    pub declared: Declared,
    /// Its roles (groups within it expanded), without repeats.
    pub members: Vec<Said<SymbolId>>,
}

/// `area …`
#[derive(Clone, Debug)]
pub struct Area {
    /// Name, place, wound.
    pub declared: Declared,
    /// Its URN.
    pub urn: Option<Property<Box<str>>>,
    /// Former URNs.
    pub formerly: Vec<Said<Box<str>>>,
    /// What it is about.
    pub about: Option<Property<Box<str>>>,
    /// Who may receive it.
    pub delegable: Vec<Delegable>,
    /// May services attach to the area itself?
    pub services: Option<Property<bool>>,
    /// Packages in it (of this declaration): indices into [`Catalog::packages`].
    pub packages: Vec<u32>,
}

/// `package …`
#[derive(Clone, Debug)]
pub struct Package {
    /// Name, place, wound.
    pub declared: Declared,
    /// The area that it stands in.
    pub area: Option<SymbolId>,
    /// Its URN.
    pub urn: Option<Property<Box<str>>>,
    /// Former URNs.
    pub formerly: Vec<Said<Box<str>>>,
    /// What it is about.
    pub about: Option<Property<Box<str>>>,
    /// Kinds of parties; not said: any.
    pub kinds: Option<Property<Kinds>>,
    /// Who may receive it.
    pub delegable: Vec<Delegable>,
    /// May services attach to it? Not said: no.
    pub services: Option<Property<bool>>,
    /// The data that it admits; not said: none.
    pub data: Option<Property<Level>>,
    /// Who is granted it.
    pub grants: Vec<Grant>,
}

/// A `delegable` statement.
#[derive(Clone, Debug)]
pub struct Delegable {
    /// The whole statement.
    pub place: Place,
    /// What it says.
    pub says: DelegableSays,
    /// May the receiver pass it on?
    pub onward: bool,
    /// On which condition.
    pub when: Option<Box<Expression>>,
}

/// What a `delegable` statement says.
#[derive(Clone, Debug)]
pub enum DelegableSays {
    /// `no`
    No,
    /// `undecided "…"`
    Undecided(Box<str>),
    /// `to …`, groups expanded; each with the place of the name as written.
    To(Vec<Said<Receiver>>),
}

/// Who may receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Receiver {
    /// A kind.
    Kind(Kind),
    /// A role that the receiver has for the giver or the party, or a status.
    Role(SymbolId),
}

/// A `grant` statement.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The whole statement.
    pub place: Place,
    /// Does it give use?
    pub gives_use: bool,
    /// Does it give the right to delegate?
    pub gives_delegation: bool,
    /// To whom, groups expanded; each with the place of the name as written. Empty for `grant undecided`, or where
    /// all names were lost.
    pub to: Vec<Said<Grantee>>,
    /// The open question.
    pub undecided: Option<Said<Box<str>>>,
    /// On which condition.
    pub when: Option<Box<Expression>>,
    /// Its own period.
    pub period: Option<Said<Period>>,
}

/// Who is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// `self`: the subject is the party.
    Itself,
    /// Who has a role (or status).
    Role(SymbolId),
    /// Who holds a package.
    Package(SymbolId),
}

/// Every declaration of a build.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Modules, in order of name.
    pub modules: Vec<Module>,
    /// Symbols, in order of full name.
    pub symbols: Vec<Symbol>,
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Organisations.
    pub organisations: Vec<Organisation>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Areas.
    pub areas: Vec<Area>,
    /// Packages.
    pub packages: Vec<Package>,
    /// Services and registers.
    pub resources: Vec<Resource>,
    /// Policies.
    pub policies: Vec<Policy>,
    /// Declarations of entities.
    pub entities: Vec<Entity>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// Obligations.
    pub obligations: Vec<Obligation>,
    /// Named conditions.
    pub conditions: Vec<Condition>,
    /// Shared actions.
    pub actions: Vec<SharedAction>,
}

impl Catalog {
    /// The symbol of an id. Ids come from this catalog alone; any other gives the first symbol's neighbour, `None`.
    #[must_use]
    pub fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id.0 as usize)
    }

    /// The full name of a symbol.
    #[must_use]
    pub fn full(&self, id: SymbolId) -> &str {
        self.symbol(id).map_or("", |symbol| &symbol.full)
    }

    /// The roles of a symbol: all its versions; empty where it is no role.
    pub fn roles_of(&self, id: SymbolId) -> impl Iterator<Item = &Role> {
        self.versions(id, Sort::Role).filter_map(|at| self.roles.get(at as usize))
    }

    /// The packages of a symbol: all its versions; empty where it is no package.
    pub fn packages_of(&self, id: SymbolId) -> impl Iterator<Item = &Package> {
        self.versions(id, Sort::Package).filter_map(|at| self.packages.get(at as usize))
    }

    /// The areas of a symbol: all its versions; empty where it is no area.
    pub fn areas_of(&self, id: SymbolId) -> impl Iterator<Item = &Area> {
        self.versions(id, Sort::Area).filter_map(|at| self.areas.get(at as usize))
    }

    fn versions(&self, id: SymbolId, sort: Sort) -> impl Iterator<Item = u32> + '_ {
        self.symbol(id)
            .filter(|symbol| symbol.sort == sort)
            .into_iter()
            .flat_map(|symbol| symbol.versions.iter().copied())
    }
}

/// A catalog in which no check found an error. INVARIANT (sound): only `check` makes one, so that `lower` and all
/// behind it cannot fail.
#[derive(Clone, Debug)]
pub struct Sound(Catalog);

impl Sound {
    /// Called by `check` alone, when it has no finding at error level.
    pub(crate) fn vouched(catalog: Catalog) -> Sound {
        Sound(catalog)
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.0
    }
}

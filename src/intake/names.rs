//! Names in data → ids of a bundle: in the module, then in what it uses, then in the whole build if the name is there once;
//! full names, codes of roles and URNs always. Knows no entity: those are `entities`.

use super::fields::Findings;
use crate::diag::{Diagnostic, codes, suggest};
use crate::ir::{AreaId, EntityTypeId, Meaning, ObligationId, OrganisationId, PackageId, ResourceId, RoleId};
use crate::source::Place;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Whose names are nearest: a module and what it uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Full name of the module.
    pub module: Box<str>,
    /// Full names of the modules that it uses.
    pub uses: Vec<Box<str>>,
}

/// What a name of a bundle means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// An organisation.
    Organisation(OrganisationId),
    /// A role.
    Role(RoleId),
    /// An area.
    Area(AreaId),
    /// A package.
    Package(PackageId),
    /// A resource.
    Resource(ResourceId),
    /// An entity that a module declares.
    Entity(EntityTypeId),
    /// An obligation.
    Obligation(ObligationId),
}

/// What sort of thing is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// An organisation.
    Organisation,
    /// A role.
    Role,
    /// An area.
    Area,
    /// A package.
    Package,
    /// A resource.
    Resource,
    /// An entity that a module declares.
    Entity,
    /// An obligation.
    Obligation,
}

impl Sort {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Sort::Organisation => "organisation",
            Sort::Role => "role",
            Sort::Area => "area",
            Sort::Package => "package",
            Sort::Resource => "service or register",
            Sort::Entity => "entity",
            Sort::Obligation => "obligation",
        }
    }

    fn article(self) -> &'static str {
        if matches!(self, Sort::Organisation | Sort::Area | Sort::Entity | Sort::Obligation) { "an" } else { "a" }
    }

    fn with_article(self) -> String {
        format!("{} {}", self.article(), self.word())
    }
}

impl Thing {
    /// What sort it is.
    #[must_use]
    pub fn sort(self) -> Sort {
        match self {
            Thing::Organisation(_) => Sort::Organisation,
            Thing::Role(_) => Sort::Role,
            Thing::Area(_) => Sort::Area,
            Thing::Package(_) => Sort::Package,
            Thing::Resource(_) => Sort::Resource,
            Thing::Entity(_) => Sort::Entity,
            Thing::Obligation(_) => Sort::Obligation,
        }
    }
}

/// What is after the last dot of a full name.
#[must_use]
pub fn last_of(full: &str) -> &str {
    full.rsplit_once('.').map_or(full, |(_, last)| last)
}

/// What is before the last dot of a full name: its module.
#[must_use]
pub fn module_of(full: &str) -> &str {
    full.rsplit_once('.').map_or("", |(module, _)| module)
}

/// The names of a bundle, as seen from a module. A copy for another module costs nothing.
#[derive(Clone, Debug)]
pub struct Names<'m> {
    /// The bundle's half that decides.
    pub meaning: &'m Meaning,
    tables: Arc<Tables<'m>>,
    scope: Option<Scope>,
}

#[derive(Debug, Default)]
struct Tables<'m> {
    full: BTreeMap<&'m str, Thing>,
    last: BTreeMap<&'m str, Vec<Thing>>,
    /// URNs, and codes of roles.
    marks: BTreeMap<&'m str, Vec<Thing>>,
    /// Every way to call a thing, for «did you mean»; made when the first name is not known.
    spellings: OnceLock<(suggest::Index, Vec<Thing>)>,
}

/// Why a name was not found.
enum Lost<'m> {
    Ambiguous(Vec<&'m str>),
    OtherSort(Thing),
    Unknown,
}

impl<'m> Names<'m> {
    /// The names of a bundle, seen from nowhere in it.
    #[must_use]
    pub fn new(meaning: &'m Meaning) -> Self {
        let mut tables = Tables::default();
        for (at, name) in meaning.organisations.iter().enumerate() {
            tables.add(name, Thing::Organisation(at.into()), []);
        }
        for (at, named) in meaning.roles.iter().enumerate() {
            let marks = named.versions.iter().flat_map(|version| [&version.urn, &version.code]);
            tables.add(&named.name, Thing::Role(at.into()), marks.filter_map(Option::as_deref));
        }
        for (at, named) in meaning.areas.iter().enumerate() {
            let urns = named.versions.iter().filter_map(|version| version.urn.as_deref());
            tables.add(&named.name, Thing::Area(at.into()), urns);
        }
        for (at, named) in meaning.packages.iter().enumerate() {
            let urns = named.versions.iter().filter_map(|version| version.urn.as_deref());
            tables.add(&named.name, Thing::Package(at.into()), urns);
        }
        for (at, named) in meaning.resources.iter().enumerate() {
            let urns = named.versions.iter().filter_map(|version| version.urn.as_deref());
            tables.add(&named.name, Thing::Resource(at.into()), urns);
        }
        for (at, named) in meaning.entities.iter().enumerate() {
            tables.add(&named.name, Thing::Entity(at.into()), []);
        }
        for (at, named) in meaning.obligations.iter().enumerate() {
            tables.add(&named.name, Thing::Obligation(at.into()), []);
        }
        Names { meaning, tables: Arc::new(tables), scope: None }
    }

    /// The same names, seen from a module.
    #[must_use]
    pub fn within(&self, scope: Scope) -> Self {
        Names { scope: Some(scope), ..self.clone() }
    }

    /// The full name of a thing.
    #[must_use]
    pub fn full(&self, thing: Thing) -> &'m str {
        let meaning = self.meaning;
        match thing {
            Thing::Organisation(id) => meaning.organisations.get(id.index()).map(|name| &**name),
            Thing::Role(id) => meaning.role(id).map(|named| &*named.name),
            Thing::Area(id) => meaning.area(id).map(|named| &*named.name),
            Thing::Package(id) => meaning.package(id).map(|named| &*named.name),
            Thing::Resource(id) => meaning.resource(id).map(|named| &*named.name),
            Thing::Entity(id) => meaning.entity(id).map(|defined| &*defined.name),
            Thing::Obligation(id) => meaning.obligation(id).map(|defined| &*defined.name),
        }
        .unwrap_or("")
    }

    /// What a thing is called, as `register`.
    #[must_use]
    pub fn called(&self, thing: Thing) -> &'static str {
        match thing {
            Thing::Resource(id) if self.is_register(id) => "register",
            Thing::Resource(_) => "service",
            other => other.sort().word(),
        }
    }

    /// Is it a register, in any of its versions?
    #[must_use]
    pub fn is_register(&self, id: ResourceId) -> bool {
        self.meaning.resource(id).is_some_and(|named| named.versions.iter().any(|version| version.register))
    }

    /// The thing that a name means among these sorts; anything else is a finding.
    pub fn find(&self, name: &str, place: Place, sorts: &[Sort], findings: &mut Findings) -> Option<Thing> {
        match self.look_up(name, sorts) {
            Ok(thing) => Some(thing),
            Err(lost) => {
                let finding = self.lost(&lost, name, place, sorts, findings);
                findings.push(finding);
                None
            }
        }
    }

    /// The organisation that a name means, if the bundle declares one. A name that means several is a finding.
    pub fn organisation(&self, name: &str, place: Place, findings: &mut Findings) -> Option<OrganisationId> {
        match self.look_up(name, &[Sort::Organisation]) {
            Ok(Thing::Organisation(id)) => Some(id),
            Ok(_) | Err(Lost::Unknown | Lost::OtherSort(_)) => None,
            Err(lost @ Lost::Ambiguous(_)) => {
                let finding = self.lost(&lost, name, place, &[Sort::Organisation], findings);
                findings.push(finding);
                None
            }
        }
    }

    fn look_up(&self, name: &str, sorts: &[Sort]) -> Result<Thing, Lost<'m>> {
        let tables = &*self.tables;
        let mut other = None;
        let mut among = |things: &mut dyn Iterator<Item = Thing>| -> Option<Result<Thing, Lost<'m>>> {
            let mut fitting: Vec<Thing> = Vec::new();
            for thing in things {
                if !sorts.contains(&thing.sort()) {
                    other = other.or(Some(thing));
                } else if !fitting.contains(&thing) {
                    fitting.push(thing);
                }
            }
            match *fitting.as_slice() {
                [] => None,
                [one] => Some(Ok(one)),
                _ => Some(Err(Lost::Ambiguous(fitting.into_iter().map(|thing| self.full(thing)).collect()))),
            }
        };
        if let Some(found) = among(&mut tables.full.get(name).copied().into_iter()) {
            return found;
        }
        if let Some(scope) = &self.scope {
            let mut own = tables.full.get(&*format!("{}.{name}", scope.module)).copied().into_iter();
            if let Some(found) = among(&mut own) {
                return found;
            }
            let mut used =
                scope.uses.iter().filter_map(|module| tables.full.get(&*format!("{module}.{name}")).copied());
            if let Some(found) = among(&mut used) {
                return found;
            }
        }
        if let Some(found) = among(&mut tables.last.get(name).into_iter().flatten().copied()) {
            return found;
        }
        if let Some(found) = among(&mut tables.marks.get(name).into_iter().flatten().copied()) {
            return found;
        }
        Err(other.map_or(Lost::Unknown, Lost::OtherSort))
    }

    fn lost(&self, lost: &Lost<'m>, name: &str, place: Place, sorts: &[Sort], findings: &mut Findings) -> Diagnostic {
        let meant: Vec<String> = sorts.iter().map(|sort| sort.with_article()).collect();
        let meant = meant.join(" or ");
        match lost {
            Lost::Ambiguous(full) => {
                let names: Vec<String> = full.iter().take(5).map(|name| format!("`{name}`")).collect();
                Diagnostic::new(
                    &codes::UNKNOWN_NAME_IN_DATA,
                    format!("`{name}` may mean {}", names.join(" or ")),
                    place,
                )
                .label("more than one thing has this name")
                .help("write the full name")
            }
            Lost::OtherSort(thing) => {
                let article = if matches!(thing, Thing::Resource(_)) { "a" } else { thing.sort().article() };
                let message = format!("`{name}` is {article} {}, not {meant}", self.called(*thing));
                Diagnostic::new(&codes::UNKNOWN_NAME_IN_DATA, message, place)
                    .label(format!("must be {meant}"))
                    .help(format!("write the name of {meant}"))
            }
            Lost::Unknown => {
                let (index, things) = self.tables.spellings.get_or_init(|| self.tables.spell());
                let admits = |at: usize| things.get(at).is_some_and(|thing| sorts.contains(&thing.sort()));
                let nearest = index.nearest(name, &mut findings.budget, admits);
                let words: Vec<&str> = sorts.iter().map(|sort| sort.word()).collect();
                let message = format!("no {} is called `{name}`", words.join(" or "));
                let finding = Diagnostic::new(&codes::UNKNOWN_NAME_IN_DATA, message, place).label("not declared");
                let ways = "a name, a full name or a URN that the policies declare is meant";
                let finding = finding.help(nearest.question().unwrap_or_else(|| ways.to_owned()));
                match nearest.sure() {
                    Some(sure) => finding.fix(place, sure),
                    None => finding,
                }
            }
        }
    }
}

impl<'m> Tables<'m> {
    fn add(&mut self, full: &'m str, thing: Thing, marks: impl IntoIterator<Item = &'m str>) {
        self.full.insert(full, thing);
        self.last.entry(last_of(full)).or_default().push(thing);
        for mark in marks {
            let things = self.marks.entry(mark).or_default();
            if things.last() != Some(&thing) {
                things.push(thing);
            }
        }
    }

    fn spell(&self) -> (suggest::Index, Vec<Thing>) {
        let full = self.full.iter().map(|(name, thing)| (*name, *thing));
        let short = self.last.iter().chain(&self.marks);
        let all: Vec<(&str, Thing)> =
            full.chain(short.flat_map(|(name, things)| things.iter().map(|thing| (*name, *thing)))).collect();
        (suggest::Index::new(all.iter().map(|(name, _)| *name)), all.into_iter().map(|(_, thing)| thing).collect())
    }
}

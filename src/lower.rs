//! Sound catalog → bundle and origins: links become ids, everything is sorted and said once. The only file where the
//! two wings meet. Judges nothing and cannot fail; what a link lost would have narrowed is left out, never widened.

mod expression;
mod places;
mod resources;
mod rules;
mod vocabulary;

use crate::ir::{self, Bundle, Named, Wording};
use crate::model::{self, Catalog, Declared, Property, Sort, Sound, SymbolId};
use crate::origins::{Origins, Part, Selects};
use crate::source::{Place, Sources};
use crate::terms::{kind::Kinds, level::Level, open::Open, period::Period};
use std::collections::BTreeMap;

/// The bundle of a sound catalog, and where each part of it stands.
#[must_use]
pub fn lower(sound: Sound, sources: &Sources) -> (Bundle, Origins) {
    let (bundle, places, atoms, selections) = bundle(sound.catalog());
    // What the bundle now has again is the larger half of all that is in memory.
    drop(sound);
    let (places, atoms) = (places::origins(places, sources), places::of_atoms(atoms, sources));
    (bundle, Origins { places, atoms, selections: places::of_selections(selections, sources) })
}

/// Where the atoms of conditions stand.
type AtomPlaces = Vec<(Part, Vec<Place>)>;

/// What each policy is over, and where that stands.
type Selections = Vec<(Box<str>, Place, Selects)>;

/// The bundle, the place of each part of it, those of the atoms of its conditions, and what its policies are over.
fn bundle(catalog: &Catalog) -> (Bundle, Vec<(Part, Place)>, AtomPlaces, Selections) {
    let (places, atoms) = (Vec::new(), Vec::new());
    let mut road = Lowering { catalog, ids: ids(catalog), bundle: Bundle::default(), places, atoms };
    road.bundle.meaning.organisations = road.names(Sort::Organisation);
    road.vocabulary();
    road.roles();
    road.areas();
    road.packages();
    road.resources();
    road.conditions();
    road.rules();
    for organisation in &catalog.organisations {
        road.title(&organisation.declared);
        if let Some(id) = road.id(organisation.declared.symbol) {
            road.places.push((Part::Organisation(id.into()), organisation.declared.place));
        }
    }
    road.bundle.words.retain(|_, wording| *wording != Wording::default());
    let selections = road.selections();
    (road.bundle, road.places, road.atoms, selections)
}

/// The number of each symbol among those of its table, in the order of the full names.
fn ids(catalog: &Catalog) -> Vec<usize> {
    let mut by_name: Vec<(usize, &model::Symbol)> =
        catalog.symbols.iter().enumerate().filter(|(_, symbol)| !is_addition(catalog, symbol)).collect();
    by_name.sort_by(|(_, one), (_, two)| one.full.cmp(&two.full));
    let mut counts: BTreeMap<Sort, usize> = BTreeMap::new();
    let mut ids = vec![usize::MAX; catalog.symbols.len()];
    for (symbol, named) in by_name {
        let table = if named.sort.is_resource() { Sort::Service } else { named.sort };
        let count = counts.entry(table).or_default();
        if let Some(id) = ids.get_mut(symbol) {
            *id = *count;
        }
        *count += 1;
    }
    ids
}

/// Is it the name of what only adds to an entity that every bundle has? Such names are not in the bundle.
fn is_addition(catalog: &Catalog, symbol: &model::Symbol) -> bool {
    let adds = |at: &u32| {
        let of = catalog.entities.get(*at as usize).map(|entity| entity.of);
        matches!(of, Some(model::EntityName::BuiltIn(_)))
    };
    symbol.sort == Sort::Entity && symbol.versions.iter().all(adds)
}

struct Lowering<'c> {
    catalog: &'c Catalog,
    ids: Vec<usize>,
    bundle: Bundle,
    places: Vec<(Part, Place)>,
    atoms: AtomPlaces,
}

impl<'c> Lowering<'c> {
    fn id(&self, symbol: SymbolId) -> Option<usize> {
        self.ids.get(symbol.0 as usize).copied()
    }

    fn of_sort<I: From<usize>>(&self, symbol: SymbolId, sort: Sort) -> Option<I> {
        self.catalog.symbol(symbol).filter(|named| named.sort == sort)?;
        self.id(symbol).map(I::from)
    }

    fn names(&self, sort: Sort) -> Vec<Box<str>> {
        let mut names: Vec<Box<str>> = self
            .catalog
            .symbols
            .iter()
            .filter(|symbol| symbol.sort == sort && !is_addition(self.catalog, symbol))
            .map(|symbol| symbol.full.clone())
            .collect();
        names.sort();
        names
    }

    /// The declarations of each symbol of a sort, in order of name and of `from`.
    fn versions<T>(&self, sort: Sort, all: &'c [T], declared: fn(&T) -> &Declared) -> Vec<(Box<str>, Vec<&'c T>)> {
        self.versions_of(|other| other == sort, all, declared)
    }

    fn versions_of<T>(
        &self,
        among: impl Fn(Sort) -> bool,
        all: &'c [T],
        declared: fn(&T) -> &Declared,
    ) -> Vec<(Box<str>, Vec<&'c T>)> {
        let mut named: Vec<(Box<str>, Vec<&'c T>)> = self
            .catalog
            .symbols
            .iter()
            .filter(|symbol| among(symbol.sort))
            .map(|symbol| {
                let mut versions: Vec<&T> = symbol.versions.iter().filter_map(|at| all.get(*at as usize)).collect();
                versions.sort_by_key(|version| declared(version).period);
                (symbol.full.clone(), versions)
            })
            .collect();
        named.sort_by(|(one, _), (two, _)| one.cmp(two));
        named
    }

    /// The words of a name begin anew: those of the last version stand.
    fn title(&mut self, declared: &Declared) -> &mut Wording {
        let name: Box<str> = self.catalog.full(declared.symbol).into();
        let wording = self.bundle.words.entry(name).or_default();
        *wording = Wording { title: declared.title.as_ref().map(|title| title.value.clone()), ..Wording::default() };
        wording
    }

    fn roles(&mut self) {
        let catalog = self.catalog;
        for (at, (name, found)) in
            self.versions(Sort::Role, &catalog.roles, |role| &role.declared).into_iter().enumerate()
        {
            let mut versions = Vec::with_capacity(found.len());
            for role in found {
                self.places.push((Part::Role(at.into(), count(versions.len())), role.declared.place));
                let wording = self.title(&role.declared);
                open(wording, "urn", role.urn.as_ref());
                open(wording, "code", role.code.as_ref());
                open(wording, "from", role.source.as_ref());
                open(wording, "held", role.held.as_ref());
                open(wording, "key", role.key.as_ref());
                open(wording, "covers", role.covers.as_ref());
                open(wording, "agent", role.agent.as_ref());
                // A role whose holders nobody has decided is held by nobody; it must not become a status.
                let nobody = model::Held { by: Kinds::NONE, of: Some(Kinds::NONE) };
                let held = known(role.held.as_ref()).copied().unwrap_or(nobody);
                versions.push(ir::Role {
                    period: role.declared.period,
                    by: held.by,
                    of: held.of,
                    source: known(role.source.as_ref()).and_then(|source| self.of_sort(*source, Sort::Organisation)),
                    urn: known(role.urn.as_ref()).cloned(),
                    code: known(role.code.as_ref()).cloned(),
                    key: value(role.key.as_ref(), false),
                    covers: value(role.covers.as_ref(), false),
                    agent: value(role.agent.as_ref(), false),
                });
            }
            self.bundle.meaning.roles.push(Named { name, versions });
        }
    }

    fn areas(&mut self) {
        let catalog = self.catalog;
        for (at, (name, found)) in
            self.versions(Sort::Area, &catalog.areas, |area| &area.declared).into_iter().enumerate()
        {
            let mut versions = Vec::with_capacity(found.len());
            for area in found {
                let version = count(versions.len());
                self.places.push((Part::Area(at.into(), version), area.declared.place));
                let wording = self.title(&area.declared);
                prose(wording, area.about.as_ref(), &area.formerly);
                open(wording, "urn", area.urn.as_ref());
                open(wording, "services", area.services.as_ref());
                let delegable =
                    self.lines(&area.declared, &area.delegable, |line| Part::AreaLine(at.into(), version, line));
                versions.push(ir::Area {
                    period: area.declared.period,
                    urn: known(area.urn.as_ref()).cloned(),
                    delegable,
                    services: value(area.services.as_ref(), false),
                });
            }
            self.bundle.meaning.areas.push(Named { name, versions });
        }
    }

    fn packages(&mut self) {
        let catalog = self.catalog;
        let all = self.versions(Sort::Package, &catalog.packages, |package| &package.declared);
        for (at, (name, found)) in all.into_iter().enumerate() {
            let mut versions = Vec::with_capacity(found.len());
            for package in found {
                let version = count(versions.len());
                self.places.push((Part::Package(at.into(), version), package.declared.place));
                let wording = self.title(&package.declared);
                prose(wording, package.about.as_ref(), &package.formerly);
                open(wording, "urn", package.urn.as_ref());
                open(wording, "for", package.kinds.as_ref());
                open(wording, "data", package.data.as_ref());
                open(wording, "services", package.services.as_ref());
                let line = |line| Part::Line(at.into(), version, line);
                let delegable = self.lines(&package.declared, &package.delegable, line);
                let grant = |grant| Part::Grant(at.into(), version, grant);
                let grants = self.grants(&package.declared, &package.grants, grant);
                versions.push(ir::Package {
                    period: package.declared.period,
                    area: package.area.and_then(|area| self.of_sort(area, Sort::Area)),
                    urn: known(package.urn.as_ref()).cloned(),
                    kinds: value(package.kinds.as_ref(), Kinds::ANY),
                    data: value(package.data.as_ref(), Level::None),
                    services: value(package.services.as_ref(), false),
                    delegable,
                    grants,
                });
            }
            self.bundle.meaning.packages.push(Named { name, versions });
        }
    }

    fn lines(
        &mut self,
        declared: &Declared,
        says: &'c [model::Delegable],
        part: impl Fn(u32) -> Part,
    ) -> Vec<ir::Line> {
        let mut lines = Vec::new();
        for delegable in says {
            let when = self.condition(delegable.when.as_deref());
            self.questions(declared, "delegable when", delegable.when.as_deref());
            match &delegable.says {
                model::DelegableSays::No => {}
                model::DelegableSays::Undecided(question) => {
                    self.question(declared, "delegable", question);
                    lines.push((ir::Line::Undecided, delegable.place));
                }
                model::DelegableSays::To(receivers) => lines.extend(receivers.iter().filter_map(|receiver| {
                    let to = match receiver.value {
                        model::Receiver::Kind(kind) => ir::Receiver::Kind(kind),
                        model::Receiver::Role(role) => ir::Receiver::Role(self.of_sort(role, Sort::Role)?),
                    };
                    let when = when.clone();
                    Some((ir::Line::To { to, onward: delegable.onward, when }, delegable.place))
                })),
            }
        }
        let conditions = says.iter().map(|delegable| (delegable.place, delegable.when.as_deref()));
        self.sorted(lines, conditions, part)
    }

    fn grants(&mut self, declared: &Declared, says: &'c [model::Grant], part: impl Fn(u32) -> Part) -> Vec<ir::Grant> {
        let mut grants = Vec::new();
        for grant in says {
            let undecided = grant.undecided.is_some();
            let when = self.condition(grant.when.as_deref());
            self.questions(declared, "grant when", grant.when.as_deref());
            let with = |to| ir::Grant {
                to,
                gives_use: grant.gives_use,
                gives_delegation: grant.gives_delegation,
                undecided,
                when: when.clone(),
                period: grant.period.as_ref().map_or(Period::ALWAYS, |period| period.value),
            };
            if let (Some(question), true) = (&grant.undecided, grant.to.is_empty()) {
                self.question(declared, "grant", &question.value);
                grants.push((with(None), grant.place));
            }
            for grantee in &grant.to {
                let to = match grantee.value {
                    model::Grantee::Itself => Some(ir::Grantee::Itself),
                    model::Grantee::Role(role) => self.of_sort(role, Sort::Role).map(ir::Grantee::Role),
                    model::Grantee::Package(package) => self.of_sort(package, Sort::Package).map(ir::Grantee::Package),
                };
                let Some(to) = to else { continue };
                if let Some(question) = &grant.undecided {
                    let what = match grantee.value {
                        model::Grantee::Itself => "grant self".to_owned(),
                        model::Grantee::Role(role) => format!("grant role {}", self.catalog.full(role)),
                        model::Grantee::Package(package) => format!("grant package {}", self.catalog.full(package)),
                    };
                    self.question(declared, &what, &question.value);
                }
                grants.push((with(Some(to)), grant.place));
            }
        }
        let conditions = says.iter().map(|grant| (grant.place, grant.when.as_deref()));
        self.sorted(grants, conditions, part)
    }

    /// Sorted, said once; each at the first place that says it, and so the atoms of its condition.
    fn sorted<T: Ord + Clone>(
        &mut self,
        mut said: Vec<(T, Place)>,
        conditions: impl Iterator<Item = (Place, Option<&'c model::Expression>)>,
        part: impl Fn(u32) -> Part,
    ) -> Vec<T> {
        said.sort_unstable();
        said.dedup_by(|(one, _), (two, _)| one == two);
        let conditions: BTreeMap<Place, &model::Expression> =
            conditions.filter_map(|(place, when)| Some((place, when?))).collect();
        if !conditions.is_empty() {
            for (at, (_, place)) in said.iter().enumerate() {
                if let Some(when) = conditions.get(place) {
                    self.atoms.push((part(count(at)), expression::atoms(when)));
                }
            }
        }
        self.places.extend(said.iter().enumerate().map(|(at, (_, place))| (part(count(at)), *place)));
        // Made anew: a list that is turned into another in its own place keeps the room of the first.
        let mut things = Vec::with_capacity(said.len());
        things.extend(said.into_iter().map(|(thing, _)| thing));
        things
    }

    fn question(&mut self, declared: &Declared, what: &str, question: &str) {
        let name: Box<str> = self.catalog.full(declared.symbol).into();
        ask(self.bundle.words.entry(name).or_default(), what, question);
    }

    /// The open questions in a condition of a declaration.
    fn questions(&mut self, declared: &Declared, what: &str, condition: Option<&model::Expression>) {
        let mut found = Vec::new();
        condition.iter().for_each(|condition| expression::questions(condition, &mut found));
        found.into_iter().for_each(|question| self.question(declared, what, question));
    }
}

/// Several questions on one thing stand in one text, in an order that the order of the source does not change.
fn ask(wording: &mut Wording, what: &str, question: &str) {
    let known = wording.open.entry(what.into()).or_default();
    let mut all: Vec<&str> = known.split("; ").filter(|one| !one.is_empty()).chain([question]).collect();
    all.sort_unstable();
    all.dedup();
    let all = all.join("; ");
    *known = all.into();
}

fn count(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn known<T>(property: Option<&Property<T>>) -> Option<&T> {
    property.and_then(|property| property.value.known())
}

fn value<T: Copy>(property: Option<&Property<T>>, unsaid: T) -> Open<T> {
    property.map_or(Open::Known(unsaid), |property| property.value)
}

fn open<T>(wording: &mut Wording, what: &str, property: Option<&Property<T>>) {
    if let Some(property) = property.filter(|property| property.value.is_undecided()) {
        wording.open.insert(what.into(), property.question.clone());
    }
}

fn prose(wording: &mut Wording, about: Option<&Property<Box<str>>>, formerly: &[model::Said<Box<str>>]) {
    wording.about = known(about).cloned();
    open(wording, "about", about);
    wording.formerly = formerly.iter().map(|urn| urn.value.clone()).collect();
    wording.formerly.sort();
    wording.formerly.dedup();
}

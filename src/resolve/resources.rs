//! Services and registers → the catalog: first all that they say of themselves, so that policies and conditions can speak
//! of them; then how long they keep, and their rules.

use super::actions::Shared;
use super::declarations::{at, kept};
use super::findings::guessed;
use super::link::{Begun, Work};
use super::lookup::{CONTROLLING, ENTITY, Found, Lookup};
use super::parts::Linker;
use super::rules::Over;
use super::scope::{elsewhere, full};
use super::types::place::{Here, Spot};
use super::vocabulary::names_once;
use super::words;
use crate::diag::{Diagnostic, codes, suggest};
use crate::model::{Action, Controlling, ModuleId, Property, Resource, Said, Sort, SymbolId, Type};
use crate::source::Place;
use crate::syntax::ast::{Basis, Path, Says, Value, Word};
use crate::terms::{legal_basis::LegalBasis, open::Open};

/// Names with their places.
type Names = Vec<Said<Box<str>>>;

/// A resource of which all but the rules is in the catalog.
pub(super) struct Pending<'n, 't, 's> {
    pub(super) begun: Begun<'n, 't, 's>,
    /// Its index in the catalog.
    pub(super) version: u32,
}

/// What they say of themselves.
pub(super) fn begin<'n, 't, 's>(work: &mut Work<'n, 't, 's, '_, '_>) -> Vec<Pending<'n, 't, 's>> {
    let mut pending = Vec::new();
    work.each(&[Sort::Service, Sort::Register], |begun, work| {
        let version = u32::try_from(work.catalog.resources.len()).unwrap_or(u32::MAX);
        let lost = header(&begun, version, work);
        pending.push(Pending { begun, version });
        lost
    });
    let mut entities: Vec<SymbolId> = work
        .catalog
        .resources
        .iter()
        .filter_map(|resource| resource.records.as_ref()?.value.known().copied())
        .collect();
    entities.sort();
    entities.dedup();
    work.known.record_entities = entities;
    pending
}

fn header(begun: &Begun<'_, '_, '_>, version: u32, work: &mut Work<'_, '_, '_, '_, '_>) -> bool {
    let (mut linker, _) = work.linker(begun);
    let mut resource = Resource {
        declared: begun.declared.clone(),
        register: begun.entry.sort() == Sort::Register,
        urn: None,
        formerly: Vec::new(),
        about: None,
        data: None,
        actions: Vec::new(),
        elements: None,
        records: None,
        controller: None,
        processor: None,
        basis: None,
        purposes: None,
        purpose_enum: None,
        retain: None,
        rules: Vec::new(),
    };
    let mut lost = false;
    let arguments = Here::argument(Some(&[version]));
    for statement in &begun.says {
        let here = at(&linker, statement);
        match &statement.says {
            Says::Urn(value) => resource.urn = words::text(here, value),
            Says::Formerly(urn) => resource.formerly.push(Said { value: urn.text.into(), place: here.place(urn.span) }),
            Says::About(value) => resource.about = words::text(here, value),
            Says::Data(value) => resource.data = kept(words::level(here, value), &mut lost),
            Says::Elements(value) => {
                let module = linker.module;
                let lookup = &mut *linker.lookup;
                let elements = words::property(
                    here,
                    value,
                    |names| here.place(words::span_of(names).unwrap_or(statement.span)),
                    |names| Some(names_once("element", names, module, lookup, &mut lost)),
                );
                resource.elements = elements;
            }
            Says::Records(value) => {
                let records =
                    words::property(here, value, |path| here.place(path.span), |path| linker.find(path, &ENTITY));
                resource.records = kept(records, &mut lost);
            }
            Says::Controller(value) => resource.controller = Some(linker.controlling(here, value)),
            Says::Processor(value) => resource.processor = Some(linker.controlling(here, value)),
            Says::Basis(value) => resource.basis = Some(linker.basis(here, value)),
            Says::Purposes(value) => {
                let (of, purposes) = linker.purposes(here, value);
                resource.purpose_enum = of;
                resource.purposes = Some(purposes);
            }
            Says::Action { name, title, end } => {
                resource.actions.push(Action {
                    name: Said { value: super::spelling::spelt(name.text).into(), place: linker.place(name.span) },
                    title: title.map(|title| title.text.into()),
                    partial: end.partial.is_some(),
                    oblige: linker.obliges(&end.oblige, &arguments),
                    shared: None,
                    place: linker.place(statement.span),
                });
            }
            // Linked when all resources and conditions are there.
            Says::Rule(_) | Says::AnyAction(_) | Says::Retain(_) | Says::Allow { .. } | Says::Valid(_) => {}
            _ => {}
        }
    }
    lost |= linker.lost;
    resource.declared.wounded = lost;
    let known = &mut work.known;
    let says_records = begun.says.iter().any(|statement| matches!(statement.says, Says::Records(_)));
    if begun.declared.wounded || (says_records && resource.records.is_none()) {
        known.lost_records.insert(version);
    }
    match resource.elements.as_ref().map(|elements| &elements.value) {
        Some(Open::Known(names)) => names.iter().for_each(|name| known.elements.enter(&name.value, version)),
        Some(Open::Undecided) => known.elements.open(version),
        None => {}
    }
    if begun.declared.wounded {
        known.elements.open(version);
    }
    work.catalog.resources.push(resource);
    lost
}

impl Linker<'_, '_, '_, '_, '_, '_> {
    /// `controller a, b`: organisations or statuses.
    fn controlling(&mut self, here: words::At, value: &Value<'_, Vec<Path<'_>>>) -> Property<Vec<Said<Controlling>>> {
        let place = |paths: &Vec<Path<'_>>| {
            let span = paths.first().zip(paths.last()).map(|(first, last)| first.span.to(last.span));
            span.map_or(here.statement, |span| here.place(span))
        };
        self.each(here, value, place, |linker, path| {
            let id = linker.find(path, &CONTROLLING)?;
            let place = linker.place(path.span);
            if linker.lookup.names.sort(id) == Sort::Organisation {
                return Some(Said { value: Controlling::Organisation(id), place });
            }
            if linker.known.is_status(id) == Some(false) {
                linker.lost = true;
                let name = super::module_name::dotted(path);
                let mut finding = Diagnostic::new(
                    &codes::WRONG_SORT,
                    format!("`{name}` is a role for somebody, not a status"),
                    place,
                )
                .label("an organisation or a status is meant here")
                .help("name an organisation, or a role that is held in one's own right");
                if let Some(declared) = linker.lookup.names.symbol_place(id) {
                    finding = finding.related("declared here", declared);
                }
                linker.lookup.findings.add(finding);
                return None;
            }
            Some(Said { value: Controlling::Status(id), place })
        })
    }

    /// `basis gdpr 6(1)(e), law "…"`
    fn basis(
        &mut self,
        here: words::At,
        value: &Value<'_, Vec<Value<'_, Basis<'_>>>>,
    ) -> Property<Vec<Said<Open<LegalBasis>>>> {
        let span = |basis: &Value<'_, Basis<'_>>| match basis {
            Value::Given(Basis::Gdpr(word) | Basis::Law(word)) | Value::Undecided(word) => word.span,
        };
        let place = |all: &Vec<Value<'_, Basis<'_>>>| {
            let span = all.first().zip(all.last()).map(|(first, last)| span(first).to(span(last)));
            span.map_or(here.statement, |span| here.place(span))
        };
        let mut open = None;
        let mut property = self.each(here, value, place, |linker, basis| {
            let place = linker.place(span(basis));
            let basis = match basis {
                Value::Given(basis) => basis,
                Value::Undecided(question) => {
                    open = Some(question.text);
                    return Some(Said { value: Open::Undecided, place });
                }
            };
            match words::legal_basis(basis) {
                Ok(value) => Some(Said { value: Open::Known(value), place }),
                Err(article) => {
                    linker.lost = true;
                    linker.lookup.findings.add(words::unknown_article(&article, place));
                    None
                }
            }
        });
        if let Some(question) = open {
            property.question = question.into();
        }
        property
    }

    /// `purposes a, b`: values of the enum `purpose` that the module sees.
    fn purposes(&mut self, here: words::At, value: &Value<'_, Vec<Word<'_>>>) -> (Option<SymbolId>, Property<Names>) {
        let first = match value {
            Value::Given(words) => words.first().map_or(here.statement, |word| here.place(word.span)),
            Value::Undecided(question) => here.place(question.span),
        };
        let of = self.purpose_enum(first);
        let of = of.filter(|id| self.known.enums.contains_key(id));
        let known = of.and_then(|id| self.known.enums.get(&id));
        let place = |words: &Vec<Word<'_>>| here.place(words::span_of(words).unwrap_or(here.statement.span));
        let purposes = self.each(here, value, place, |linker, word| {
            let known = known?;
            let name = super::spelling::spelt(word.text);
            let place = linker.place(word.span);
            if known.named.contains(&*name) {
                return Some(Said { value: name.into(), place });
            }
            linker.lost = true;
            if known.torn {
                return None;
            }
            let finding = Diagnostic::new(
                &codes::UNKNOWN_VALUE,
                format!("`{}` is not a value of `{}`", word.text, known.name),
                place,
            )
            .label("none of its values")
            .help(format!("add it to the enum `{}`, or name one of its values", known.name))
            .related("declared here", known.place);
            let few = linker.lookup.findings.budget.spend_many(known.values.len());
            let nearest = suggest::nearest(word.text, known.values.iter().map(|value| &**value).filter(|_| few));
            linker.lookup.findings.add(guessed(finding, place, &nearest));
            None
        });
        (of, purposes)
    }

    fn purpose_enum(&mut self, place: Place) -> Option<SymbolId> {
        let found = self.lookup.bare(self.module, "purpose");
        match found {
            Found::Symbol(id) if self.lookup.names.sort(id) == Sort::Enum => {
                self.lookup.link(id);
                return Some(id);
            }
            Found::Symbol(id) if self.lookup.names.sort(id) == Sort::Unknown => {
                self.lost = true;
                return None;
            }
            Found::Hidden => {
                self.lost = true;
                return None;
            }
            Found::Symbol(_) | Found::Two(..) | Found::Nowhere => {}
        }
        self.lost = true;
        let finding =
            Diagnostic::new(&codes::UNKNOWN_NAME, "there is no enum `purpose`", place).label("purposes are its values");
        let finding = match elsewhere(self.lookup.names, "purpose", |sort| sort == Sort::Enum) {
            Some(other) => finding.help(format!("write `use {}`", full(self.lookup.names, other))),
            None => finding.help("declare it, as `enum purpose = …` with all purposes that there are"),
        };
        self.lookup.findings.add(finding);
        None
    }

    /// A property that is a list; what of it is lost wounds the declaration.
    fn each<'v, A, B>(
        &mut self,
        here: words::At,
        value: &'v Value<'_, Vec<A>>,
        place: impl FnOnce(&Vec<A>) -> Place,
        mut read: impl FnMut(&mut Self, &'v A) -> Option<B>,
    ) -> Property<Vec<B>> {
        let (value, question, place) = match value {
            Value::Given(all) => {
                let read: Vec<B> = all.iter().filter_map(|one| read(self, one)).collect();
                self.lost |= read.len() != all.len();
                (Open::Known(read), Box::default(), place(all))
            }
            Value::Undecided(question) => (Open::Undecided, question.text.into(), here.place(question.span)),
        };
        Property { value, question, place, statement: here.statement }
    }
}

/// What the purposes of these resources are values of; `None` where none names any.
pub(super) fn purpose<'r>(resources: impl Iterator<Item = &'r Resource>) -> Option<Type> {
    let mut enums = resources.filter_map(|resource| resource.purpose_enum);
    let first = enums.next()?;
    // Of several enums no one value is asked for.
    Some(if enums.all(|other| other == first) { Type::Enum(first) } else { Type::Lost })
}

/// What a condition of a rule over these versions may read.
pub(super) fn here(spot: Spot, versions: Vec<u32>, module: ModuleId, work: &mut Work<'_, '_, '_, '_, '_>) -> Here {
    let resources = || versions.iter().filter_map(|at| work.catalog.resources.get(*at as usize));
    let mut records: Vec<SymbolId> =
        resources().filter_map(|resource| resource.records.as_ref()?.value.known().copied()).collect();
    records.sort();
    records.dedup();
    let purpose = purpose(resources()).or_else(|| in_scope(&work.lookup, module)).unwrap_or(Type::Lost);
    let lost = &work.known.lost_records;
    let records_lost = !lost.is_empty() && versions.iter().any(|version| lost.contains(version));
    Here { records, records_lost, purpose, resources: Some(versions), ..Here::plain(spot) }
}

/// The enum `purpose` that a module sees.
fn in_scope(lookup: &Lookup<'_, '_, '_, '_, '_>, module: ModuleId) -> Option<Type> {
    match lookup.peek(module, "purpose") {
        Found::Symbol(id) if lookup.names.sort(id) == Sort::Enum => Some(Type::Enum(id)),
        Found::Symbol(_) | Found::Two(..) | Found::Hidden | Found::Nowhere => None,
    }
}

/// Their rules, and how long they keep.
pub(super) fn finish(pending: Vec<Pending<'_, '_, '_>>, shared: &Shared, work: &mut Work<'_, '_, '_, '_, '_>) {
    for Pending { begun, version } in pending {
        let module = begun.entry.module;
        let name = work.lookup.names.symbol(begun.declared.symbol).map_or_else(Box::default, |one| one.name.clone());
        let torn = begun.declared.wounded;
        let here_rules = here(Spot::Rule, vec![version], module, work);
        let here_retain = Here { spot: Spot::Retain, ..here(Spot::Retain, vec![version], module, work) };
        let arguments = Here::argument(Some(&[version]));
        let over = Over { called: format!("`{name}`"), here: here_rules, arguments, torn, policy: false };
        let (mut linker, catalog) = work.linker(&begun);
        let mut rules = Vec::new();
        let mut retain = None;
        for statement in &begun.says {
            match &statement.says {
                Says::Rule(rule) => rules.push(linker.rule(rule, statement.span, &over, shared)),
                Says::AnyAction(obliges) => rules.push(linker.any_action(obliges, statement.span, &over)),
                Says::Retain(value) => {
                    let here = at(&linker, statement);
                    retain = Some(linker.retain(here, value, &here_retain));
                }
                _ => {}
            }
        }
        let lost = linker.lost;
        if let Some(resource) = catalog.resources.get_mut(version as usize) {
            resource.rules = rules;
            resource.retain = retain;
            resource.declared.wounded |= lost;
        }
        work.wound(module, lost);
    }
}

//! Mutants of what services and registers say of themselves: actions, who controls and processes, on what law, for what, which data.
//! A shared action is one text, however many resources have it.

use super::conditions::levels;
use super::holding::{Making, Spot};
use super::mutant::Change;
use super::mutation::Mutation;
use super::read::Read;
use crate::intake::names::module_of;
use crate::ir::{Action, Controlling, EnumId, Resource, ResourceId};
use crate::origins::Part;
use crate::terms::open::Open;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where something stands: file and first byte.
type At = (Arc<str>, u32);

/// Each action of each version of a resource that one text says.
type Said<'b> = Vec<(ResourceId, u32, u32, &'b Resource, &'b Action)>;

impl<'b> Making<'b> {
    /// Every action, by the text that says it.
    pub(super) fn actions(&mut self) {
        let bundle = self.bundle;
        let mut texts: BTreeMap<At, Said<'b>> = BTreeMap::new();
        for (at, named) in bundle.meaning.resources.iter().enumerate() {
            for (version, body) in (0u32..).zip(&named.versions) {
                for (number, action) in (0u32..).zip(&body.actions) {
                    let id = ResourceId::from(at);
                    let place = super::origin(self.origins, Part::Action(id, version, number));
                    let place =
                        place.map_or_else(|| (named.name.clone().into(), number), |of| (of.file.clone(), of.offset));
                    texts.entry(place).or_default().push((id, version, number, body, action));
                }
            }
        }
        let modules = self.modules();
        for ((file, _), said) in texts {
            let Some((id, version, number, _, action)) = said.first().copied() else { continue };
            let own = self.speaker.resource(id);
            let module = modules.get(&file).map_or_else(|| module_of(own), |module| module);
            let alone = said.iter().all(|(other, ..)| *other == id) && module_of(own) == module;
            let of = if alone {
                format!("action `{}` of `{}`", action.name, self.speaker.short(own))
            } else {
                format!("action `{}`", action.name)
            };
            let spot = Spot { module, part: Part::Action(id, version, number), of };
            self.action(&spot, action, &said);
        }
    }

    fn action(&mut self, spot: &Spot<'_>, action: &Action, said: &Said<'_>) {
        let with = |number: u32, body: &Resource, action: Action| {
            let mut actions = body.actions.clone();
            actions.iter_mut().skip(number as usize).take(1).for_each(|place| *place = action.clone());
            Box::new(Resource { actions, ..body.clone() })
        };
        let everywhere = |make: &dyn Fn(&Action) -> Action, of: &dyn Fn(&Resource) -> bool| {
            let of = said.iter().filter(|(_, _, _, body, _)| of(body));
            let mut all: Vec<Change> = of
                .map(|(id, version, number, body, action)| {
                    Change::Resource(*id, *version, with(*number, body, make(action)))
                })
                .collect();
            if all.len() == 1 { all.pop() } else { Some(Change::All(all)) }
        };
        // One element alone is permitted or not, as a whole.
        let parted = |body: &Resource| body.elements.known().is_some_and(|all| all.len() > 1);
        if said.iter().any(|(_, _, _, body, _)| parted(body)) {
            let says = if action.partial { "without `partial`" } else { "with `partial`" };
            let turned = |one: &Action| Action { partial: !action.partial, ..one.clone() };
            if let Some(change) = everywhere(&turned, &parted) {
                self.add(spot, Mutation::PartialTurned, says.to_owned(), "partial".to_owned(), change);
            }
        }
        for (mutation, says, marks, oblige) in self.obliges(&action.oblige, &self.bundle.meaning) {
            let other = |one: &Action| Action { oblige: oblige.clone(), ..one.clone() };
            if let Some(change) = everywhere(&other, &|_| true) {
                self.add(spot, mutation, says, marks, change);
            }
        }
    }

    /// The module of each file: that of anything named in it.
    fn modules(&self) -> BTreeMap<Arc<str>, &'b str> {
        let meaning = &self.bundle.meaning;
        let named = |part: &Part| -> Option<&'b str> {
            Some(match part {
                Part::Entity(id) => &meaning.entity(*id)?.name,
                Part::Enum(id) => &meaning.enum_at(*id)?.name,
                Part::Obligation(id) => &meaning.obligation(*id)?.name,
                Part::Condition(id) => &meaning.condition(*id)?.name,
                Part::Organisation(id) => meaning.organisations.get(id.index())?,
                Part::Role(id, _) => &meaning.role(*id)?.name,
                Part::Area(id, _) => &meaning.area(*id)?.name,
                Part::Package(id, _) => &meaning.package(*id)?.name,
                Part::Resource(id, _) => &meaning.resource(*id)?.name,
                _ => return None,
            })
        };
        let places = self.origins.places.iter();
        places.filter_map(|(part, origin)| Some((origin.file.clone(), module_of(named(part)?)))).collect()
    }

    /// Who controls and processes, on what law, for what, which data: of what decisions read, or a `where` chooses by.
    pub(super) fn said_of(
        &mut self,
        spot: &Spot<'_>,
        id: ResourceId,
        body: &Resource,
        read: &Read,
        with: impl Fn(Resource) -> Change,
    ) {
        let controls = |processes: bool| if processes { &body.processors } else { &body.controllers };
        for processes in [false, true] {
            for one in controls(processes).known().into_iter().flatten() {
                let name = match one {
                    Controlling::Organisation(id) => self.speaker.short(self.speaker.organisation(*id)),
                    Controlling::Status(id) => self.speaker.short(self.speaker.role(*id)),
                }
                .to_owned();
                let rest = controls(processes).known().into_iter().flatten().filter(|other| *other != one);
                let rest = Open::Known(rest.copied().collect());
                let (mutation, word, reads, other) = if processes {
                    let other = Resource { processors: rest, ..body.clone() };
                    (Mutation::ProcessorDropped, "processor", read.processors, other)
                } else {
                    let other = Resource { controllers: rest, ..body.clone() };
                    (Mutation::ControllerDropped, "controller", read.controllers, other)
                };
                self.said_anew(
                    spot,
                    (id, body),
                    mutation,
                    (format!("without `{word} {name}`"), name),
                    (reads, other),
                    &with,
                );
            }
        }
        self.basis(spot, id, body, read, &with);
        if let Some((of, Open::Known(purposes))) = &body.purposes {
            self.purposes(spot, (id, body), (*of, purposes), read, &with);
        }
        if let Open::Known(level) = body.data {
            for other in levels(level) {
                let says = format!("`data {}` → `data {}`", level.word(), other.word());
                let marks = format!("data {}", level.word());
                let other = Resource { data: Open::Known(other), ..body.clone() };
                self.said_anew(spot, (id, body), Mutation::DataLevel, (says, marks), (read.data, other), &with);
            }
        }
    }

    /// What a resource says otherwise, with what policies choose by it; if a decision reads it, or a policy chooses otherwise.
    fn said_anew(
        &mut self,
        spot: &Spot<'_>,
        (id, body): (ResourceId, &Resource),
        mutation: Mutation,
        (says, marks): (String, String),
        (is_read, other): (bool, Resource),
        with: &impl Fn(Resource) -> Change,
    ) {
        let mut chosen = self.selected_anew(id, body, &other);
        if is_read || !chosen.is_empty() {
            let change = with(other);
            let change = if chosen.is_empty() {
                change
            } else {
                chosen.insert(0, change);
                Change::All(chosen)
            };
            self.add(spot, mutation, says, marks, change);
        }
    }

    fn basis(
        &mut self,
        spot: &Spot<'_>,
        id: ResourceId,
        body: &Resource,
        read: &Read,
        with: &impl Fn(Resource) -> Change,
    ) {
        let Open::Known(all) = &body.basis else { return };
        for basis in all {
            let rest = all.iter().filter(|other| *other != basis).cloned().collect();
            let other = Resource { basis: Open::Known(rest), ..body.clone() };
            let name = basis.known().map_or_else(|| "undecided".to_owned(), ToString::to_string);
            let says = (format!("without `basis {name}`"), name);
            self.said_anew(spot, (id, body), Mutation::BasisDropped, says, (read.basis, other), with);
        }
        for basis in read.of(id).bases.iter().filter(|basis| !all.iter().any(|one| one.known() == Some(basis))) {
            let mut more = all.clone();
            more.push(Open::Known(basis.clone()));
            more.sort();
            let other = Resource { basis: Open::Known(more), ..body.clone() };
            let says = (format!("with `basis {basis}`"), "basis".to_owned());
            self.said_anew(spot, (id, body), Mutation::BasisAdded, says, (read.basis, other), with);
        }
    }

    /// Purposes one less, and one more: each that a condition names, and of all others the first, as they are decided alike.
    fn purposes(
        &mut self,
        spot: &Spot<'_>,
        (id, body): (ResourceId, &Resource),
        (of, purposes): (EnumId, &[u32]),
        read: &Read,
        with: &impl Fn(Resource) -> Change,
    ) {
        let values = self.bundle.meaning.enum_at(of).map_or(0, |defined| defined.body.values.len());
        let named = &read.of(id).values;
        let mut has_other = false;
        for value in (0u32..).take(values) {
            let name = self.speaker.value_of_enum(of, value);
            let has = purposes.contains(&value);
            if !has && !named.contains(&(of, value)) && std::mem::replace(&mut has_other, true) {
                continue;
            }
            let mut others: Vec<u32> = purposes.iter().copied().filter(|other| *other != value).collect();
            if !has {
                others.push(value);
                others.sort_unstable();
            }
            let (mutation, says, marks) = if has {
                (Mutation::PurposeDropped, format!("without `{name}` in `purposes`"), name)
            } else {
                (Mutation::PurposeAdded, format!("with `{name}` in `purposes`"), "purposes")
            };
            let other = Resource { purposes: Some((of, Open::Known(others))), ..body.clone() };
            self.said_anew(spot, (id, body), mutation, (says, marks.to_owned()), (read.purposes, other), with);
        }
    }
}

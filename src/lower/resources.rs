//! Services and registers: actions, elements, who controls them, on what law, and how long their records are kept.

use super::expression::{and, or};
use super::{Lowering, count, known, open, prose, value};
use crate::ir::{self, Constant, Named};
use crate::model::{self, Property, Said, Sort, SymbolId};
use crate::origins::Part;
use crate::terms::{bound::Bound, level::Level, open::Open, operator::Operator, root::Root};

impl Lowering<'_> {
    pub(super) fn resource_of(&self, symbol: SymbolId) -> Option<ir::ResourceId> {
        self.catalog.symbol(symbol).filter(|named| named.sort.is_resource())?;
        self.id(symbol).map(ir::ResourceId::from)
    }

    pub(super) fn resources(&mut self) {
        let catalog = self.catalog;
        let all = self.versions_of(Sort::is_resource, &catalog.resources, |resource| &resource.declared);
        for (at, (name, found)) in all.into_iter().enumerate() {
            let mut versions = Vec::new();
            for resource in found {
                let version = count(versions.len());
                let id = ir::ResourceId::from(at);
                self.places.push((Part::Resource(id, version), resource.declared.place));
                self.resource_words(resource);
                let mut actions = self.actions(&resource.actions);
                actions.sort();
                actions.dedup_by(|(one, _), (two, _)| one.name == two.name);
                for (index, (_, place)) in actions.iter().enumerate() {
                    self.places.push((Part::Action(id, version, count(index)), *place));
                }
                let elements = sorted(resource.elements.as_ref(), |name| Some(name.clone()));
                if let Some(property) = &resource.elements
                    && let Open::Known(names) = &elements
                {
                    for said in property.value.known().into_iter().flatten() {
                        if let Ok(index) = names.binary_search(&said.value) {
                            self.places.push((Part::Element(id, version, count(index)), said.place));
                        }
                    }
                }
                if let Some(retain) = &resource.retain {
                    self.places.push((Part::Retain(id, version), retain.statement));
                }
                versions.push(ir::Resource {
                    period: resource.declared.period,
                    urn: known(resource.urn.as_ref()).cloned(),
                    data: value(resource.data.as_ref(), Level::None),
                    register: resource.register,
                    actions: actions.into_iter().map(|(action, _)| action).collect(),
                    elements,
                    records: known(resource.records.as_ref()).and_then(|of| self.of_sort(*of, Sort::Entity)),
                    controllers: sorted(resource.controller.as_ref(), |one| self.controlling(*one)),
                    processors: sorted(resource.processor.as_ref(), |one| self.controlling(*one)),
                    basis: sorted(resource.basis.as_ref(), |basis| Some(basis.clone())),
                    purposes: self.purposes(resource),
                    retain: resource.retain.as_ref().map(|retain| self.retain(retain.value.known())),
                });
            }
            self.bundle.meaning.resources.push(Named { name, versions });
        }
    }

    fn resource_words(&mut self, resource: &model::Resource) {
        let wording = self.title(&resource.declared);
        prose(wording, resource.about.as_ref(), &resource.formerly);
        open(wording, "urn", resource.urn.as_ref());
        open(wording, "data", resource.data.as_ref());
        open(wording, "elements", resource.elements.as_ref());
        open(wording, "records", resource.records.as_ref());
        open(wording, "controller", resource.controller.as_ref());
        open(wording, "processor", resource.processor.as_ref());
        partly_open(wording, "basis", resource.basis.as_ref());
        open(wording, "purposes", resource.purposes.as_ref());
        open(wording, "retain", resource.retain.as_ref());
        for action in &resource.actions {
            if let Some(title) = &action.title {
                wording.actions.insert(action.name.value.clone(), title.clone());
            }
        }
        if let Some(model::Retain::Rules(rules)) = known(resource.retain.as_ref()) {
            for end in rules.iter().flat_map(|rule| &rule.ends) {
                self.questions(&resource.declared, "retain", Some(end));
            }
        }
    }

    fn actions(&self, all: &[model::Action]) -> Vec<(ir::Action, crate::source::Place)> {
        let lowered = all.iter().map(|action| {
            let oblige = self.obliges(&action.oblige).unwrap_or_default();
            (ir::Action { name: action.name.value.clone(), partial: action.partial, oblige }, action.place)
        });
        lowered.collect()
    }

    fn controlling(&self, one: model::Controlling) -> Option<ir::Controlling> {
        Some(match one {
            model::Controlling::Organisation(id) => {
                ir::Controlling::Organisation(self.of_sort(id, Sort::Organisation)?)
            }
            model::Controlling::Status(id) => ir::Controlling::Status(self.of_sort(id, Sort::Role)?),
        })
    }

    fn purposes(&self, resource: &model::Resource) -> Option<(ir::EnumId, Open<Vec<u32>>)> {
        let of: ir::EnumId = self.of_sort(resource.purpose_enum?, Sort::Enum)?;
        resource.purposes.as_ref()?;
        Some((of, sorted(resource.purposes.as_ref(), |value| self.value_of(of, value))))
    }

    /// When a record is kept and overdue: of ends the first counts, of rules each.
    fn retain(&self, says: Option<&model::Retain>) -> ir::Retain {
        let Some(says) = says else {
            return ir::Retain { kept: ir::Expression::Undecided, overdue: ir::Expression::Undecided };
        };
        let model::Retain::Rules(rules) = says else {
            let always = |yes| ir::Expression::Value(Constant::Bool(yes));
            return ir::Retain { kept: always(true), overdue: always(false) };
        };
        let ended = |end: &model::Expression| {
            let today = ir::Expression::Root(Root::Today);
            ir::Expression::Compare(Operator::GreaterOrEqual, Box::new((today, self.expression(end))))
        };
        let binding = |but: Bound| rules.iter().filter(move |rule| rule.bound != but);
        let kept = binding(Bound::AtMost)
            .map(|rule| and(rule.ends.iter().map(|end| ir::Expression::Not(Box::new(ended(end))))));
        let overdue = binding(Bound::AtLeast).map(|rule| or(rule.ends.iter().map(ended)));
        ir::Retain { kept: or(kept), overdue: or(overdue) }
    }
}

/// A list, sorted, said once: empty where nothing is said. What is lost is left out.
/// The question of a list of which a part is open, or all of it.
fn partly_open<T>(wording: &mut ir::Wording, what: &str, property: Option<&Property<Vec<Said<Open<T>>>>>) {
    let is_open = |property: &&Property<Vec<Said<Open<T>>>>| match &property.value {
        Open::Known(all) => all.iter().any(|said| said.value.is_undecided()),
        Open::Undecided => true,
    };
    if let Some(property) = property.filter(is_open) {
        wording.open.insert(what.into(), property.question.clone());
    }
}

fn sorted<T, L: Ord>(property: Option<&Property<Vec<Said<T>>>>, lower: impl Fn(&T) -> Option<L>) -> Open<Vec<L>> {
    let Some(property) = property else { return Open::Known(Vec::new()) };
    let Open::Known(list) = &property.value else { return Open::Undecided };
    let mut all: Vec<L> = list.iter().filter_map(|said| lower(&said.value)).collect();
    all.sort();
    all.dedup();
    Open::Known(all)
}

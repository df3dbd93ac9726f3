//! Tables of a suite: every subject × resource × action of a module, of which only the listed ones may be permitted.

use super::suite::World;
use crate::decide::{Action, On, Request};
use crate::facts::{EntityId, Known, ThingId, ThingSort, Value};
use crate::intake::names::{Names, Thing, module_of};
use crate::intake::request::actions_of;
use crate::source::Place;
use crate::terms::{kind::Kind, period::date_in_oslo};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The cells that a table lists, with where.
pub(super) type Listed = BTreeMap<(EntityId, On, Action), Place>;

/// A table, with everything that it says and does not say.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// Every cell, in order of subject, resource and action.
    pub cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// What is asked.
    pub request: Request,
    /// Where it is listed, and so permitted; all others are denied.
    pub listed: Option<Place>,
}

/// What every request of a table says besides.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// The context; of requests on services and registers.
    pub(super) context: Known,
    /// A record; of requests on its register.
    pub(super) record: Option<ThingId>,
}

impl About {
    fn record_on(&self, on: On, world: &World<'_, '_>) -> Option<Value> {
        let id = self.record?;
        let register = match world.facts.thing(id)?.sort {
            ThingSort::Record(register) => register,
            ThingSort::Entity(_) => return None,
        };
        (on == On::Resource(register)).then_some(Value::Thing(id))
    }
}

/// The table of these cells and all others of the module.
pub(super) fn fill(
    world: &World<'_, '_>,
    name: &str,
    place: Place,
    party: EntityId,
    now: Timestamp,
    about: &About,
    listed: &Listed,
) -> Table {
    // A party that is an organisation acts through others; it is a subject of its own table only where it is listed.
    let acts =
        |id: &EntityId| *id != party || world.facts.entity(*id).is_some_and(|entity| entity.kind != Kind::Organisation);
    let mut subjects: BTreeSet<EntityId> = world.places.entities.keys().copied().filter(acts).collect();
    subjects.extend(listed.keys().map(|(subject, _, _)| *subject));
    let resources = resources(world.names, world.module);
    let today = date_in_oslo(now);
    let mut cells = Vec::new();
    for subject in subjects {
        for (on, actions) in &resources {
            for action in actions {
                let request = Request {
                    now,
                    today,
                    subject: Some(subject),
                    party: Some(party),
                    action: action.clone(),
                    on: *on,
                    to: None,
                    context: if matches!(on, On::Resource(_)) { about.context.clone() } else { Known::default() },
                    record: about.record_on(*on, world),
                    elements: Vec::new(),
                };
                cells.push(Cell { request, listed: listed.get(&(subject, *on, action.clone())).copied() });
            }
        }
    }
    Table { name: name.into(), place, cells }
}

/// Does something stand in the module itself?
pub(super) fn is_of_module(on: On, names: &Names<'_>, module: &str) -> bool {
    let thing = match on {
        On::Package(id) => Thing::Package(id),
        On::Area(id) => Thing::Area(id),
        On::Resource(id) => Thing::Resource(id),
    };
    module_of(names.full(thing)) == module
}

/// What a module has that can be asked for, with the actions of each.
fn resources(names: &Names<'_>, module: &str) -> Vec<(On, Vec<Action>)> {
    let meaning = names.meaning;
    let packages = meaning.packages.iter().enumerate().map(|(at, named)| (On::Package(at.into()), &named.name));
    let areas = meaning.areas.iter().enumerate().map(|(at, named)| (On::Area(at.into()), &named.name));
    let services = meaning.resources.iter().enumerate().map(|(at, named)| (On::Resource(at.into()), &named.name));
    packages
        .chain(areas)
        .chain(services)
        .filter(|(_, name)| module_of(name) == module)
        .map(|(on, _)| (on, actions_of(on, names)))
        .collect()
}

//! Tables of a suite: every subject × resource × action of a module, of which only the listed ones may be permitted; or of those
//! subjects, resources and actions that the table names.

use super::case;
use super::check::{Asked, Check};
use super::expectation::{Expectation, Outcome};
use super::suite::{OUT_OF_REACH, World};
use super::verdict::Tried;
use crate::decide::{Action, Cause, On, Request};
use crate::diag::codes;
use crate::facts::{EntityId, Known, ThingId, ThingSort, Value};
use crate::intake::fields::{self, Fields, Findings, map, repeated};
use crate::intake::names::{Names, Thing, module_of};
use crate::intake::request::{self, actions_of};
use crate::intake::yaml::{Node, Value as Said};
use crate::intake::{attributes, entities, values};
use crate::source::Place;
use crate::terms::{kind::Kind, period::date_in_oslo, root::BuiltIn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

const KEYS: [&str; 12] =
    ["name", "party", "permits", "at", "context", "record", "skip", OUT_OF_REACH, SUBJECTS, ON, ACTIONS, DENIED];
const SUBJECTS: &str = "subjects";
const ON: &str = "on";
const ACTIONS: &str = "actions";
const DENIED: &str = "denied";

/// What a table asks about, where that is not everybody in the suite and everything of the module.
#[derive(Default)]
struct Among {
    subjects: Option<BTreeSet<EntityId>>,
    on: Option<Vec<On>>,
    actions: Option<BTreeSet<Box<str>>>,
    /// Why everything is denied that is not listed.
    denied: Option<Cause>,
}

/// The cells that a table lists, with where.
type Listed = BTreeMap<(EntityId, On, Action), Place>;

/// A row of them.
pub(super) type Row = BTreeMap<(On, Action), Place>;

/// What every request of a table says besides.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    /// The context; of requests on services and registers.
    pub(super) context: Known,
    /// A record; of requests on its register.
    record: Option<ThingId>,
    /// A record that is written in its place; of requests on every register.
    any_record: Option<Known>,
}

impl About {
    pub(super) fn record_on(&self, on: On, world: &World<'_, '_>) -> Option<Value> {
        if let Some(known) = &self.any_record {
            let On::Resource(id) = on else { return None };
            let versions = world.names.meaning.resource(id).map_or(&[][..], |named| &named.versions);
            let is_register = versions.iter().any(|body| body.register);
            return is_register.then(|| Value::Nameless(Box::new(known.clone())));
        }
        let id = self.record?;
        let register = match world.facts.thing(id)?.sort {
            ThingSort::Record(register) => register,
            ThingSort::Entity(_) => return None,
        };
        (on == On::Resource(register)).then_some(Value::Thing(id))
    }
}

/// Reads a table.
pub(super) fn read(node: &Node, world: &World<'_, '_>, findings: &mut Findings) -> Option<Check> {
    let fields = Fields::read(node, "a table", &KEYS, findings);
    let name = fields.needed_name("name", findings);
    let skip = case::skip(&fields, findings);
    let own = world.own(&fields, None, findings);
    let party = fields.needed_name("party", findings);
    let party = party.and_then(|(text, place)| entities::find(text, place, world.names, world.facts, findings));
    let at = fields.moment("at", findings);
    let now = world.moment(at, &fields, false, findings);
    let about = about(&fields, world, findings);
    let among = among(&fields, world, findings);
    let permits = fields.need("permits", findings).map(|node| permits(node, among.on.as_deref(), world, findings));
    for ((_, _, action), place) in permits.iter().flatten() {
        if among.actions.as_ref().is_some_and(|actions| !actions.contains(action.word())) {
            let message = format!("`{}` is not among what the table is about", action.word());
            findings.at(&codes::UNKNOWN_NAME_IN_DATA, *place, message, "not in `actions`", "name it in `actions` too");
        }
    }
    let (name, party, now, permits) = (name?.0, party?, now?, permits?);
    let asked = fill(world, node.place, party, now, &about, &among, &permits);
    asks_something(&asked, fields.key_place("permits").unwrap_or(node.place), world, findings);
    Some(Check { tried: Tried::Table, name: name.into(), place: node.place, asked, own, skip, turn: None })
}

/// A table or a question of no requests holds whatever the policies say.
pub(super) fn asks_something(asked: &[Asked], place: Place, world: &World<'_, '_>, findings: &mut Findings) {
    if asked.is_empty() {
        let things = resources(world.names, world.module).iter().any(|(_, actions)| !actions.is_empty());
        let message = if things {
            "nobody is asked about: the suite lists nobody but the party".to_owned()
        } else {
            format!("the module `{}` has no package, area, service or register to ask for", world.module)
        };
        findings.at(&codes::ASKS_NOTHING, place, message, "nothing is asked", "take it out, or write cases instead");
    }
}

/// What every request says besides: the context, and of its register the record.
pub(super) fn about(fields: &Fields<'_>, world: &World<'_, '_>, findings: &mut Findings) -> About {
    let mut about = About::default();
    let mut values = values::Reader::new(world.names, world.facts);
    if let Some(node) = fields.get("context") {
        let attributes = attributes::of_entity(BuiltIn::Context, world.names.meaning);
        about.context = values.known(node, "a context", &attributes, &[], findings);
    }
    if let Some(node) = fields.get("record").filter(|node| matches!(node.value, Said::Map(_))) {
        let attributes = attributes::of_entity(BuiltIn::Record, world.names.meaning);
        about.any_record = Some(values.known(node, "a record", &attributes, &[], findings));
    } else if let Some((said, place)) = fields.name("record", findings) {
        about.record = values.record_named(said, place, findings);
    }
    about
}

/// What a table names that it asks about.
fn among(fields: &Fields<'_>, world: &World<'_, '_>, findings: &mut Findings) -> Among {
    let mut among = Among::default();
    if let Some(node) = fields.get(SUBJECTS) {
        let said = names_of(node, SUBJECTS, findings);
        let found = |(text, place): (&str, Place)| entities::find(text, place, world.names, world.facts, findings);
        among.subjects = Some(said.into_iter().filter_map(found).collect());
    }
    if let Some(node) = fields.get(ON) {
        among.on = Some(things(node, world, findings));
    }
    if let Some(node) = fields.get(ACTIONS) {
        let on = match &among.on {
            Some(on) => on.iter().map(|on| (*on, actions_of(*on, world.names))).collect(),
            None => resources(world.names, world.module),
        };
        let known: BTreeSet<&str> = on.iter().flat_map(|(_, actions)| actions).map(Action::word).collect();
        let mut actions = BTreeSet::new();
        for (word, place) in names_of(node, ACTIONS, findings) {
            if known.contains(word) {
                actions.insert(word.into());
            } else {
                let message = format!("nothing that the table is about has an action `{word}`");
                findings.at(
                    &codes::IMPOSSIBLE_REQUEST,
                    place,
                    message,
                    "no such action",
                    "name an action of one of them",
                );
            }
        }
        among.actions = Some(actions);
    }
    if let Some((word, place)) = fields.name(DENIED, findings) {
        let causes = [Cause::NotGranted, Cause::Undecidable, Cause::Forbidden];
        among.denied = causes.into_iter().find(|cause| cause.word() == word);
        if among.denied.is_none() {
            let message = format!("`{word}` is no cause of a denial");
            let help = "write `not-granted`, `undecidable` or `forbidden`";
            findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "no cause", help);
        }
    }
    among
}

/// The names of a list, none twice.
fn names_of<'n>(node: &'n Node, key: &str, findings: &mut Findings) -> Vec<(&'n str, Place)> {
    let mut said: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    let mut all = Vec::new();
    for item in fields::list(node, key, findings) {
        let Some((text, place)) = fields::name(item, findings) else { continue };
        said.entry(text).or_default().push(place);
        all.push((text, place));
    }
    said.iter().for_each(|(text, places)| repeated(&format!("`{text}`"), places, findings));
    all
}

/// Named things, of whatever modules; or every register, service or resource of a module and those below.
fn things(node: &Node, world: &World<'_, '_>, findings: &mut Findings) -> Vec<On> {
    let every = node.text().filter(|text| text.starts_with("every "));
    let Some(every) = every else {
        let said = names_of(node, ON, findings);
        let found = said.into_iter().filter_map(|(text, place)| request::resource(text, place, world.names, findings));
        let mut found: Vec<On> = found.collect();
        found.sort_unstable();
        found.dedup();
        return found;
    };
    let words: Vec<&str> = every.split_whitespace().collect();
    let (sort, within) = match *words.as_slice() {
        [_, sort @ ("register" | "service" | "resource"), "in", within] => (sort, within),
        _ => {
            let message = format!("`{every}` names nothing");
            let help = "write a list of names, or `every register in MODULE`, likewise `service` and `resource`";
            findings.at(&codes::UNKNOWN_NAME_IN_DATA, node.place, message, "not understood", help);
            return Vec::new();
        }
    };
    let meaning = world.names.meaning;
    let all = meaning.resources.iter().enumerate().filter(|(_, named)| {
        let rest = module_of(&named.name).strip_prefix(within);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            && named.versions.iter().any(|body| sort == "resource" || body.register == (sort == "register"))
    });
    let found: Vec<On> = all.map(|(at, _)| On::Resource(at.into())).collect();
    if found.is_empty() {
        let message = format!("no {sort} stands in `{within}`, or in a module below");
        findings.at(&codes::UNKNOWN_NAME_IN_DATA, node.place, message, "nothing there", "name a module of the build");
    }
    found
}

/// The cells that a table lists.
fn permits(node: &Node, among: Option<&[On]>, world: &World<'_, '_>, findings: &mut Findings) -> Listed {
    let mut cells = Listed::new();
    let mut subjects: BTreeMap<EntityId, Vec<Place>> = BTreeMap::new();
    for (key, value) in map(node, "`permits`", findings) {
        let Some((text, place)) = fields::name(key, findings) else { continue };
        let subject = entities::find(text, place, world.names, world.facts, findings);
        let row = row(value, "a row of a table", among, world, findings);
        let Some(subject) = subject else { continue };
        subjects.entry(subject).or_default().push(place);
        cells.extend(row.into_iter().map(|((on, action), place)| ((subject, on, action), place)));
    }
    // One name twice is a key that stands twice; two names of one organisation are found here.
    subjects.values().for_each(|places| repeated("somebody", places, findings));
    cells
}

/// Resources with their actions.
pub(super) fn row(
    node: &Node,
    what: &str,
    among: Option<&[On]>,
    world: &World<'_, '_>,
    findings: &mut Findings,
) -> Row {
    let mut cells = Row::new();
    let mut resources: BTreeMap<On, Vec<Place>> = BTreeMap::new();
    for (key, value) in map(node, what, findings) {
        let Some((text, place)) = fields::name(key, findings) else { continue };
        let on = request::resource(text, place, world.names, findings);
        if let (Some(among), Some(on)) = (among, on)
            && !among.contains(&on)
        {
            let message = format!("`{text}` is not among what the table is about");
            findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "not in `on`", "name it in `on` too");
            continue;
        }
        if among.is_none() && on.is_some_and(|on| !is_of_module(on, world.names, world.module)) {
            let message = format!("`{text}` is not of the module `{}`", world.module);
            let help = "a table is about the things of its own module; name others in `on`, or ask for them in a case";
            findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "another module's", help);
            continue;
        }
        on.into_iter().for_each(|on| resources.entry(on).or_default().push(place));
        let mut said: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for item in fields::list(value, text, findings) {
            let Some((word, place)) = fields::name(item, findings) else { continue };
            said.entry(word).or_default().push(place);
            let Some(on) = on else { continue };
            if let Some(action) = request::action_of(word, place, on, world.names, findings) {
                cells.insert((on, action), place);
            }
        }
        for (word, places) in &said {
            repeated(&format!("the action `{word}`"), places, findings);
        }
    }
    for (on, places) in &resources {
        let thing = match on {
            On::Package(id) => Thing::Package(*id),
            On::Area(id) => Thing::Area(*id),
            On::Resource(id) => Thing::Resource(*id),
        };
        repeated(&format!("`{}`", world.names.full(thing)), places, findings);
    }
    cells
}

/// These cells and all others of the module.
fn fill(
    world: &World<'_, '_>,
    place: Place,
    party: EntityId,
    now: Timestamp,
    about: &About,
    among: &Among,
    listed: &Listed,
) -> Vec<Asked> {
    // A party that is an organisation acts through others; it is a subject of its own table only where it is listed.
    let acts =
        |id: &EntityId| *id != party || world.facts.entity(*id).is_some_and(|entity| entity.kind != Kind::Organisation);
    let everybody = || world.places.entities.keys().copied().filter(acts).collect();
    let mut subjects: BTreeSet<EntityId> = among.subjects.clone().unwrap_or_else(everybody);
    subjects.extend(listed.keys().map(|(subject, _, _)| *subject));
    let mut resources = match &among.on {
        Some(on) => on.iter().map(|on| (*on, actions_of(*on, world.names))).collect(),
        None => resources(world.names, world.module),
    };
    if let Some(actions) = &among.actions {
        resources.iter_mut().for_each(|(_, all)| all.retain(|action| actions.contains(action.word())));
    }
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
                let listed = listed.get(&(subject, *on, action.clone())).copied();
                let outcome = if listed.is_some() { Outcome::Permit } else { Outcome::Deny(among.denied) };
                let expected = Expectation::of(outcome);
                cells.push(Asked { request, expected, place: listed.unwrap_or(place) });
            }
        }
    }
    cells
}

/// Does something stand in the module itself?
fn is_of_module(on: On, names: &Names<'_>, module: &str) -> bool {
    let thing = match on {
        On::Package(id) => Thing::Package(id),
        On::Area(id) => Thing::Area(id),
        On::Resource(id) => Thing::Resource(id),
    };
    module_of(names.full(thing)) == module
}

/// What a module has that can be asked for, with the actions of each.
pub(super) fn resources(names: &Names<'_>, module: &str) -> Vec<(On, Vec<Action>)> {
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

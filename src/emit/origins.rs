//! `origins.json`: where each part of `bundle.json` stands in the authors' texts. Parts are named by JSON pointers (RFC 6901)
//! into `bundle.json`. The only file that comments and line ends change.

use crate::ir::{Bundle, Meaning, json};
use crate::origins::{Origin, Origins, Part};
use crate::source::Position;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The text of the file: a part a line.
pub(super) fn text(bundle: &Bundle, origins: &Origins) -> String {
    let mut pointers = Pointers { meaning: &bundle.meaning, orders: BTreeMap::new() };
    let mut places: Vec<(Box<str>, &Origin)> = Vec::with_capacity(origins.places.len());
    places.extend(origins.places.iter().filter_map(|(part, origin)| Some((pointers.pointer(*part)?.into(), origin))));
    places.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
    let mut out = String::from("{\"format\":1,\n\"places\":{");
    for (at, (pointer, origin)) in places.iter().enumerate() {
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        json::string(&mut out, pointer);
        let _ = write!(out, ":{{\"column\":{},\"file\":", origin.position.column);
        json::string(&mut out, &origin.file);
        let (length, line, offset) = (origin.length, origin.position.line, origin.offset);
        let _ = write!(out, ",\"length\":{length},\"line\":{line},\"offset\":{offset}}}");
    }
    out.push_str(if places.is_empty() { "}}\n" } else { "\n}}\n" });
    out
}

/// The places of a bundle's parts from the text of such a file; `None` where it is none. A place that names no part of
/// this bundle is left out: the file is for people, and decides nothing.
#[must_use]
pub fn read(bundle: &Bundle, text: &str) -> Option<Origins> {
    let file: File = serde_json::from_str(text).ok().filter(|file: &File| file.format == 1)?;
    let mut pointers = Pointers { meaning: &bundle.meaning, orders: BTreeMap::new() };
    let mut origins = Origins::default();
    for part in parts(&bundle.meaning) {
        let Some(spot) = pointers.pointer(part).and_then(|pointer| file.places.get(&pointer)) else { continue };
        let position = Position { line: spot.line, column: spot.column };
        let origin = Origin { file: (*spot.file).into(), position, offset: spot.offset, length: spot.length };
        origins.places.insert(part, origin);
    }
    Some(origins)
}

#[derive(serde::Deserialize)]
struct File {
    format: u32,
    places: BTreeMap<String, Spot>,
}

#[derive(serde::Deserialize)]
struct Spot {
    column: u32,
    file: String,
    length: u32,
    line: u32,
    offset: u32,
}

/// Every part of a bundle.
fn parts(meaning: &Meaning) -> Vec<Part> {
    fn numbers<T>(list: &[T]) -> impl Iterator<Item = u32> + use<T> {
        0..u32::try_from(list.len()).unwrap_or(u32::MAX)
    }
    let mut parts: Vec<Part> = (0..meaning.organisations.len()).map(|at| Part::Organisation(at.into())).collect();
    for (at, role) in meaning.roles.iter().enumerate() {
        parts.extend(numbers(&role.versions).map(|version| Part::Role(at.into(), version)));
    }
    for (at, area) in meaning.areas.iter().enumerate() {
        for (version, said) in numbers(&area.versions).zip(&area.versions) {
            parts.push(Part::Area(at.into(), version));
            parts.extend(numbers(&said.delegable).map(|line| Part::AreaLine(at.into(), version, line)));
        }
    }
    for (at, package) in meaning.packages.iter().enumerate() {
        for (version, said) in numbers(&package.versions).zip(&package.versions) {
            parts.push(Part::Package(at.into(), version));
            parts.extend(numbers(&said.grants).map(|grant| Part::Grant(at.into(), version, grant)));
            parts.extend(numbers(&said.delegable).map(|line| Part::Line(at.into(), version, line)));
        }
    }
    for (at, resource) in meaning.resources.iter().enumerate() {
        for (version, said) in numbers(&resource.versions).zip(&resource.versions) {
            let elements = said.elements.known().map_or(&[][..], |elements| elements);
            parts.push(Part::Resource(at.into(), version));
            parts.extend(numbers(&said.actions).map(|action| Part::Action(at.into(), version, action)));
            parts.extend(numbers(elements).map(|element| Part::Element(at.into(), version, element)));
            parts.extend(said.retain.as_ref().map(|_| Part::Retain(at.into(), version)));
        }
    }
    parts.extend((0..meaning.entities.len()).map(|at| Part::Entity(at.into())));
    parts.extend((0..meaning.enums.len()).map(|at| Part::Enum(at.into())));
    parts.extend((0..meaning.obligations.len()).map(|at| Part::Obligation(at.into())));
    parts.extend((0..meaning.conditions.len()).map(|at| Part::Condition(at.into())));
    for (at, rule) in meaning.rules.iter().enumerate() {
        parts.extend(numbers(&rule.scopes).map(|scope| Part::Rule(at.into(), scope)));
    }
    parts
}

struct Pointers<'b> {
    meaning: &'b Meaning,
    /// For each list whose order in the file is not that in memory, the place in the file of each entry.
    orders: BTreeMap<Part, Vec<usize>>,
}

impl Pointers<'_> {
    /// Where a part stands in `bundle.json`; `None` only for a part of another bundle.
    fn pointer(&mut self, part: Part) -> Option<String> {
        let meaning = self.meaning;
        Some(match part {
            Part::Organisation(id) => at("organisations", meaning.organisations.get(id.index())?, &[]),
            Part::Role(id, version) => at("roles", &meaning.role(id)?.name, &[&version]),
            Part::Area(id, version) => at("areas", &meaning.area(id)?.name, &[&version]),
            Part::AreaLine(id, version, line) => {
                let named = meaning.area(id)?;
                let lines = &named.versions.get(version as usize)?.delegable;
                let line =
                    self.place(Part::Area(id, version), line, lines.len(), || json::order_of_lines(meaning, lines))?;
                at("areas", &named.name, &[&version, &"delegable", &line])
            }
            Part::Package(id, version) => at("packages", &meaning.package(id)?.name, &[&version]),
            Part::Grant(id, version, grant) => {
                let named = meaning.package(id)?;
                let grants = &named.versions.get(version as usize)?.grants;
                let first = Part::Grant(id, version, 0);
                let grant = self.place(first, grant, grants.len(), || json::order_of_grants(meaning, grants))?;
                at("packages", &named.name, &[&version, &"grants", &grant])
            }
            Part::Line(id, version, line) => {
                let named = meaning.package(id)?;
                let lines = &named.versions.get(version as usize)?.delegable;
                let line =
                    self.place(Part::Line(id, version, 0), line, lines.len(), || json::order_of_lines(meaning, lines))?;
                at("packages", &named.name, &[&version, &"delegable", &line])
            }
            Part::Resource(id, version) => at("resources", &meaning.resource(id)?.name, &[&version]),
            Part::Action(id, version, action) => {
                let named = meaning.resource(id)?;
                let action = named.versions.get(version as usize)?.actions.get(action as usize)?;
                at("resources", &named.name, &[&version, &"actions", &step(&action.name)])
            }
            // Sorted alike in memory and in the file.
            Part::Element(id, version, element) => {
                at("resources", &meaning.resource(id)?.name, &[&version, &"elements", &element])
            }
            Part::Retain(id, version) => at("resources", &meaning.resource(id)?.name, &[&version, &"retain"]),
            Part::Entity(id) => at("entities", &meaning.entity(id)?.name, &[]),
            Part::Enum(id) => at("enums", &meaning.enum_at(id)?.name, &[]),
            Part::Obligation(id) => at("obligations", &meaning.obligation(id)?.name, &[]),
            Part::Condition(id) => at("conditions", &meaning.condition(id)?.name, &[]),
            Part::Rule(id, scope) => at("rules", &meaning.rule(id)?.key, &[&scope]),
            Part::Selection(_) => return None,
        })
    }

    fn place(&mut self, list: Part, entry: u32, entries: usize, order: impl FnOnce() -> Vec<usize>) -> Option<usize> {
        if entries == 1 {
            return (entry == 0).then_some(0);
        }
        let places = self.orders.entry(list).or_insert_with(|| {
            let mut places: Vec<(usize, usize)> = order().into_iter().enumerate().map(|(at, old)| (old, at)).collect();
            places.sort_unstable();
            places.into_iter().map(|(_, at)| at).collect()
        });
        places.get(entry as usize).copied()
    }
}

fn at(table: &str, name: &str, steps: &[&dyn std::fmt::Display]) -> String {
    let mut out = format!("/meaning/{table}/{}", step(name));
    for step in steps {
        let _ = write!(out, "/{step}");
    }
    out
}

/// A key as a step of a JSON pointer.
fn step(key: &str) -> std::borrow::Cow<'_, str> {
    if key.contains(['~', '/']) { key.replace('~', "~0").replace('/', "~1").into() } else { key.into() }
}

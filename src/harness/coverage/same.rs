//! What stands once in a text though a bundle has it several times: the condition of a rule for several actions, of a grant to a
//! group, the obligation of an action that several resources share. It is counted once.

use super::item::Key;
use super::words::part;
use crate::decide::{Conditional, What};
use crate::intake::names::module_of;
use crate::ir::{Expression, Line, Meaning, Oblige, ResourceId};
use crate::origins::{Origins, Part};
use std::collections::BTreeMap;

/// An action of a version of a resource.
type ActionAt = (ResourceId, u32, u32);

/// What is the same as what; without places nothing is.
pub(super) struct Same<'m> {
    /// The first that stands there, with how many do.
    conditions: BTreeMap<Conditional, (Conditional, usize)>,
    actions: BTreeMap<ActionAt, (ActionAt, usize)>,
    /// The module of each text.
    modules: BTreeMap<&'m str, &'m str>,
}

impl<'m> Same<'m> {
    pub(super) fn new(meaning: &'m Meaning, origins: Option<&'m Origins>) -> Self {
        let mut same = Same { conditions: BTreeMap::new(), actions: BTreeMap::new(), modules: BTreeMap::new() };
        let Some(origins) = origins else { return same };
        let mut conditions: BTreeMap<(&str, u32, &Expression), Vec<Conditional>> = BTreeMap::new();
        for (of, says) in conditions_of(meaning) {
            if let Some(first) = origins.atoms.get(&part(of)).and_then(|places| places.first()) {
                conditions.entry((&first.file, first.offset, says)).or_default().push(of);
            }
        }
        same.conditions = first_of(conditions.into_values());
        let mut actions: BTreeMap<(&str, u32, &str, &[Oblige]), Vec<ActionAt>> = BTreeMap::new();
        for (at, named) in meaning.resources.iter().enumerate() {
            for (version, body) in (0..).zip(&named.versions) {
                for (action, says) in (0..).zip(&body.actions) {
                    let at = (ResourceId::from(at), version, action);
                    if let Some(place) = origins.places.get(&Part::Action(at.0, version, action)) {
                        let key = (&*place.file, place.offset, &*says.name, &*says.oblige);
                        actions.entry(key).or_default().push(at);
                    }
                }
            }
        }
        same.actions = first_of(actions.into_values());
        for (part, place) in &origins.places {
            if let Some(full) = name(*part, meaning) {
                same.modules.entry(&place.file).or_insert(module_of(full));
            }
        }
        same
    }

    /// The first of those that are the same as this.
    pub(super) fn first(&self, key: Key) -> Key {
        match key {
            Key::Atom(of, at) => Key::Atom(self.condition(of), at),
            Key::Alone(of, at) => Key::Alone(self.condition(of), at),
            Key::OfAction(resource, version, action, which) => {
                let at = (resource, version, action);
                let (resource, version, action) = self.actions.get(&at).map_or(at, |(first, _)| *first);
                Key::OfAction(resource, version, action, which)
            }
            other => other,
        }
    }

    /// The first condition that stands where this does.
    pub(super) fn condition(&self, of: Conditional) -> Conditional {
        self.conditions.get(&of).map_or(of, |(first, _)| *first)
    }

    /// How many more are the same as this.
    pub(super) fn more(&self, key: Key) -> usize {
        let count = match key {
            Key::Atom(of, _) | Key::Alone(of, _) => self.conditions.get(&of).map(|(_, count)| *count),
            Key::OfAction(resource, version, action, _) => {
                self.actions.get(&(resource, version, action)).map(|(_, count)| *count)
            }
            _ => None,
        };
        count.map_or(0, |count| count.saturating_sub(1))
    }

    /// The module whose text this is.
    pub(super) fn module(&self, file: &str) -> Option<&'m str> {
        self.modules.get(file).copied()
    }
}

/// For each the first of its kind, and how many there are.
fn first_of<T: Copy + Ord>(groups: impl Iterator<Item = Vec<T>>) -> BTreeMap<T, (T, usize)> {
    let mut all = BTreeMap::new();
    for group in groups {
        if let Some(first) = group.iter().min().copied() {
            all.extend(group.iter().map(|one| (*one, (first, group.len()))));
        }
    }
    all
}

/// The conditions of rules, grants and lines.
fn conditions_of(meaning: &Meaning) -> Vec<(Conditional, &Expression)> {
    let mut found = Vec::new();
    for (at, rule) in meaning.rules.iter().enumerate() {
        found.extend(rule.when.as_ref().map(|when| (Conditional::Rule(at.into()), when)));
    }
    for (at, named) in meaning.packages.iter().enumerate() {
        for (version, body) in (0..).zip(&named.versions) {
            for (grant, says) in (0..).zip(&body.grants) {
                found.extend(says.when.as_deref().map(|when| (Conditional::Grant(at.into(), version, grant), when)));
            }
            found.extend(of_each_line(What::Package(at.into()), version, &body.delegable));
        }
    }
    for (at, named) in meaning.areas.iter().enumerate() {
        for (version, body) in (0..).zip(&named.versions) {
            found.extend(of_each_line(What::Area(at.into()), version, &body.delegable));
        }
    }
    found
}

fn of_each_line(what: What, version: u32, lines: &[Line]) -> impl Iterator<Item = (Conditional, &Expression)> {
    (0..).zip(lines).filter_map(move |(at, line)| match line {
        Line::To { when, .. } => when.as_deref().map(|when| (Conditional::Line(what, version, at), when)),
        Line::Undecided => None,
    })
}

/// The full name of a part that has one of its own.
fn name(part: Part, meaning: &Meaning) -> Option<&str> {
    Some(match part {
        Part::Organisation(id) => meaning.organisations.get(id.index())?,
        Part::Role(id, _) => &meaning.role(id)?.name,
        Part::Area(id, _) => &meaning.area(id)?.name,
        Part::Package(id, _) => &meaning.package(id)?.name,
        Part::Resource(id, _) => &meaning.resource(id)?.name,
        Part::Enum(id) => &meaning.enum_at(id)?.name,
        Part::Obligation(id) => &meaning.obligation(id)?.name,
        Part::Condition(id) => &meaning.condition(id)?.name,
        _ => return None,
    })
}

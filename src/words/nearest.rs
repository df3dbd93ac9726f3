//! What would permit a request, said to people: each change as a sentence, and as what to write into facts or request. Finds no change.

mod blocked;
mod sentence;
mod written;

use super::flow::Flow;
use super::json::PlaceSaid;
use super::speaker::{FactsSaid, Speaker};
use crate::decide::nearest::{Blocked, Change, Holder, Nearest, Set};
use crate::decide::{Decision, Effect, Request};
use crate::facts::{Delegation, EntityId, Facts, RoleFact};
use crate::ir::RoleId;
use serde::Serialize;
use std::collections::BTreeSet;

/// How many sets of changes are shown to people.
const MOST_SHOWN: usize = 12;

/// What somebody who asks for a decision is told of changes.
#[derive(Clone, Copy)]
pub struct Telling<'t> {
    /// The decision.
    pub decision: &'t Decision,
    /// The request.
    pub request: &'t Request,
    /// Names and places of the bundle.
    pub speaker: &'t Speaker<'t>,
    /// The facts.
    pub facts: &'t FactsSaid<'t>,
}

/// The changes as text, to stand behind the decision; nothing for a permit. Every line ends with a line break.
#[must_use]
pub fn human(nearest: &Nearest, telling: &Telling<'_>) -> String {
    let mut lines = Vec::new();
    if telling.decision.effect == Effect::Permit {
        return String::new();
    }
    lines.push(String::new());
    if nearest.sets.is_empty() {
        telling.nothing(nearest, &mut lines);
    } else {
        lines.push("nearest changes that would permit".to_owned());
        let groups = grouped(&nearest.sets);
        let width = groups.len().min(MOST_SHOWN).to_string().len();
        for (at, group) in groups.iter().take(MOST_SHOWN).enumerate() {
            telling.group(group, &format!("  {:>width$}  ", at + 1), &mut lines);
        }
        if groups.len() > MOST_SHOWN {
            lines.push(format!("  and {} more: see --format json", groups.len() - MOST_SHOWN));
        }
        if nearest.cut {
            lines.push("  the search ended before all was tried: there may be others".to_owned());
        }
    }
    if let Some(set) = &nearest.may_be_forbidden {
        lines.push("what is missing could as well make it forbidden".to_owned());
        telling.group(&[set], "     ", &mut lines);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The changes as JSON would have them.
#[derive(Debug, Serialize)]
pub struct Said {
    /// The sets, in order.
    sets: Vec<Vec<ChangeSaid>>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    impossible: Vec<BlockedSaid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_be_forbidden: Option<Vec<ChangeSaid>>,
    most_changes: usize,
    cut: bool,
}

#[derive(Debug, Serialize)]
struct BlockedSaid {
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceSaid>,
}

#[derive(Debug, Serialize)]
struct ChangeSaid {
    change: &'static str,
    says: String,
    #[serde(rename = "in")]
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<String>,
}

/// The changes for machines; nothing for a permit.
#[must_use]
pub fn json(nearest: &Nearest, telling: &Telling<'_>) -> Option<Said> {
    if telling.decision.effect == Effect::Permit {
        return None;
    }
    let set = |set: &Set| set.iter().map(|change| telling.said(change)).collect::<Vec<ChangeSaid>>();
    let blocked = |one: &Blocked| {
        let (says, place) = telling.blocked(one);
        BlockedSaid { says, place: place.map(PlaceSaid::from) }
    };
    Some(Said {
        sets: nearest.sets.iter().map(set).collect(),
        impossible: nearest.blocked.iter().map(blocked).collect(),
        may_be_forbidden: nearest.may_be_forbidden.as_ref().map(set),
        most_changes: nearest.most_changes,
        cut: nearest.cut,
    })
}

/// Sets that differ only in the roles that somebody gets, in who gives or in the party, as far as every one of these goes with every
/// other; in the order of the first of each.
fn grouped(sets: &[Set]) -> Vec<Vec<&Set>> {
    let mut groups: Vec<(Set, Vec<&Set>)> = Vec::new();
    for set in sets {
        let alike: Set = set.iter().map(blank).collect();
        match groups.iter_mut().find(|(known, _)| *known == alike) {
            Some((_, group)) => group.push(set),
            None => groups.push((alike, vec![set])),
        }
    }
    let whole = |group: &Vec<&Set>| {
        let places = group.first().map_or(0, |set| set.len());
        let each = (0..places).map(|at| group.iter().filter_map(|set| set.get(at)).collect::<BTreeSet<_>>().len());
        each.product::<usize>() == group.len()
    };
    let mut all = Vec::new();
    for (_, group) in groups {
        if whole(&group) {
            all.push(group);
        } else {
            all.extend(group.into_iter().map(|set| vec![set]));
        }
    }
    all
}

/// The change without what may differ in a group.
fn blank(change: &Change) -> Change {
    match change {
        Change::Role(fact) => Change::Role(RoleFact { role: RoleId(0), ..*fact }),
        Change::Delegate(one) => Change::Delegate(Delegation { giver: EntityId(0), ..one.clone() }),
        Change::Party(_) => Change::Party(EntityId(0)),
        Change::Subject(_) => Change::Subject(EntityId(0)),
        other => other.clone(),
    }
}

impl Telling<'_> {
    fn name(&self, id: EntityId) -> String {
        self.facts.name(id, self.speaker)
    }

    fn flow(&self) -> Flow<'_, '_, Facts> {
        Flow { speaker: self.speaker, names: self.facts.facts }
    }

    fn role_name(&self, id: RoleId) -> &str {
        self.speaker.short(self.speaker.role(id))
    }

    /// Sets that differ in one thing, as one.
    fn group(&self, group: &[&Set], lead: &str, lines: &mut Vec<String>) {
        let Some(first) = group.first() else { return };
        let indent = " ".repeat(lead.chars().count());
        for (at, change) in first.iter().enumerate() {
            let same: Vec<&Change> = group.iter().filter_map(|set| set.get(at)).collect();
            let lead = if at == 0 { lead } else { &indent };
            let and = if at == 0 { "" } else { "and " };
            lines.push(format!("{lead}{and}{}", self.sentence(&same)));
            let write = match change {
                // Several attributes in one place are written at once, below the last.
                Change::Say(place, _) => {
                    let holder = place.holder;
                    let of_it = |change: &Change| matches!(change, Change::Say(place, _) if place.holder == holder);
                    if first.get(at + 1).is_some_and(of_it) {
                        continue;
                    }
                    let all = first.iter().filter(|change| of_it(change)).filter_map(|change| match change {
                        Change::Say(place, value) => Some((place, value)),
                        _ => None,
                    });
                    self.attributes(holder, &all.collect::<Vec<_>>())
                }
                other => self.written(other).0,
            };
            if let Some(write) = write {
                lines.push(format!("{indent}  {write}"));
            }
        }
    }

    fn said(&self, change: &Change) -> ChangeSaid {
        let (put, remove) = self.written(change);
        let (word, place) = match change {
            Change::Say(place, _) => (
                "attribute",
                match place.holder {
                    Holder::Context | Holder::Record => "request",
                    Holder::Thing(_) | Holder::Delegation(_) | Holder::Entity(_) => "facts",
                },
            ),
            Change::Record(_) => ("record", "request"),
            Change::Reach(_) => ("reach", "facts"),
            Change::Delegate(_) => ("delegation", "facts"),
            Change::Role(_) => ("role", "facts"),
            Change::Without(_) => ("elements", "request"),
            Change::Subject(_) => ("subject", "request"),
            Change::Party(_) => ("party", "request"),
            Change::EndRole(_) => ("end-role", "facts"),
            Change::EndDelegation(_) => ("end-delegation", "facts"),
            Change::At(_) => ("time", "request"),
        };
        ChangeSaid { change: word, says: self.single(change), place, put, remove }
    }
}

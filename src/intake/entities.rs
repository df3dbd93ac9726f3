//! Who there is in a document: people, organisations, system users, by names that are the document's own, except for the
//! organisations that the bundle declares. Knows no role.

use super::fields::{Fields, Findings, map, name, repeated};
use super::names::Names;
use super::yaml::Node;
use crate::diag::{Diagnostic, codes, suggest};
use crate::facts::{Entities, EntityId, Facts};
use crate::ir::OrganisationId;
use crate::source::Place;
use crate::terms::kind::Kind;
use std::collections::BTreeMap;

/// The keys that list entities, with what they list.
pub const KEYS: [(&str, Kind); 3] =
    [("people", Kind::Person), ("organisations", Kind::Organisation), ("system_users", Kind::SystemUser)];

/// The entities of a document.
#[derive(Debug, Default)]
pub struct Listed<'n> {
    /// With those that the bundle declares, in the order of names.
    pub entities: Entities,
    /// Where each name that the document lists stands.
    pub places: BTreeMap<Box<str>, Place>,
    /// What the document says of each.
    pub said: Vec<(Box<str>, Kind, &'n Node)>,
}

/// Reads the names of the entities of a document.
pub fn read<'n>(fields: &Fields<'n>, names: &Names<'_>, findings: &mut Findings) -> Listed<'n> {
    let mut said = Vec::new();
    let mut entities: BTreeMap<Box<str>, (Kind, Option<OrganisationId>)> = BTreeMap::new();
    for (at, full) in names.meaning.organisations.iter().enumerate() {
        entities.insert(full.clone(), (Kind::Organisation, Some(at.into())));
    }
    let mut listed: BTreeMap<Box<str>, Vec<Place>> = BTreeMap::new();
    for (key, kind) in KEYS {
        let Some(node) = fields.get(key) else { continue };
        for (key_node, value) in map(node, &format!("`{key}`"), findings) {
            let Some((text, place)) = name(key_node, findings) else { continue };
            let declared = if kind == Kind::Organisation { names.organisation(text, place, findings) } else { None };
            let full: Box<str> =
                declared.and_then(|id| names.meaning.organisations.get(id.index())).map_or(text.into(), Clone::clone);
            if declared.is_none() && names.meaning.organisation_named(text).is_some() {
                let message = format!("`{text}` is an organisation that the policies declare, not {}", article(kind));
                let help = "give it another name, or list it under `organisations`";
                findings.at(&codes::UNKNOWN_NAME_IN_DATA, place, message, "has the name of an organisation", help);
                continue;
            }
            listed.entry(full.clone()).or_default().push(place);
            said.push((full.clone(), kind, value));
            entities.entry(full).or_insert((kind, declared));
        }
    }
    for (name, places) in &listed {
        repeated(&format!("the name `{name}`"), places, findings);
    }
    let places = listed.into_iter().filter_map(|(name, places)| Some((name, *places.first()?))).collect();
    let mut all = Entities::default();
    for (name, (kind, declared)) in &entities {
        // Their names differ, and a document that is read whole has room for them.
        let _ = all.add(name, *kind, *declared);
    }
    Listed { entities: all, places, said }
}

/// A kind with its article.
#[must_use]
pub fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "a person",
        Kind::Organisation => "an organisation",
        Kind::SystemUser => "a system user",
    }
}

/// The entity that a name means: one that the facts list, or an organisation that the bundle declares.
pub fn find(text: &str, place: Place, names: &Names<'_>, facts: &Facts, findings: &mut Findings) -> Option<EntityId> {
    if let Some(id) = facts.entity_named(text) {
        return Some(id);
    }
    let before = findings.all.len();
    if let Some(organisation) = names.organisation(text, place, findings) {
        return names.meaning.organisations.get(organisation.index()).and_then(|full| facts.entity_named(full));
    }
    if findings.all.len() > before {
        return None;
    }
    let message = format!("nobody is called `{text}`");
    let finding = Diagnostic::new(&codes::UNKNOWN_NAME_IN_DATA, message, place).label("not among the facts");
    let nearest = if findings.budget.spend_many(facts.entity_count()) {
        suggest::nearest(text, facts.entities().map(|id| facts.name(id)))
    } else {
        suggest::Nearest::default()
    };
    let list = "list the name under `people`, `organisations` or `system_users`";
    let finding =
        finding.help(nearest.question().map_or_else(|| list.to_owned(), |question| format!("{question} Else {list}")));
    findings.push(match nearest.sure() {
        Some(sure) => finding.fix(place, sure),
        None => finding,
    });
    None
}

//! What rows are read against: the names of the bundle and of the facts, and what can be a fact at all; worked out once
//! for all rows. Says nothing of what is wrong.

use super::Stage;
use super::quick::Values;
use crate::facts::{Facts, Given};
use crate::intake::attributes::{elements, of_record};
use crate::intake::facts::{kinds_of_areas, sources};
use crate::intake::fields::Findings;
use crate::intake::names::{Names, Sort, Thing, last_of};
use crate::ir::{AreaId, Attributes, OrganisationId, RoleId};
use crate::source::{Place, SourceId, Span};
use crate::terms::{
    kind::{Kind, Kinds},
    open::Open,
};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// How a role is held in any of its versions: by whom as a status; by whom, and for whom, for a party.
type Held = (Option<Kinds>, Option<(Kinds, Kinds)>);

/// What rows are read against.
pub(super) struct Against<'k, 'm> {
    pub(super) names: &'k Names<'m>,
    pub(super) facts: &'k Facts,
    pub(super) stage: Stage,
    /// Where roles come from.
    pub(super) sources: BTreeSet<OrganisationId>,
    elements: (BTreeSet<&'m str>, bool),
    roles: Vec<Held>,
    packages: Vec<Kinds>,
    areas: BTreeMap<AreaId, Kinds>,
    /// The last segments of the names of organisations, and the bytes that they end with.
    organisations: FxHashSet<&'m str>,
    ends: BTreeSet<u8>,
}

impl<'k, 'm> Against<'k, 'm> {
    pub(super) fn new(names: &'k Names<'m>, facts: &'k Facts, stage: Stage) -> Self {
        let meaning = names.meaning;
        let roles = meaning.roles.iter().map(|named| {
            let (mut status, mut role) = (None, None);
            for version in &named.versions {
                match version.of {
                    None => status = Some(with(status.unwrap_or_default(), version.by)),
                    Some(of) => {
                        let (by, known): (Kinds, Kinds) = role.unwrap_or_default();
                        role = Some((with(by, version.by), with(known, of)));
                    }
                }
            }
            (status, role)
        });
        let any = |kinds: &Open<Kinds>| kinds.known().copied().unwrap_or(Kinds::ANY);
        let packages = meaning
            .packages
            .iter()
            .map(|named| named.versions.iter().fold(Kinds::NONE, |all, version| with(all, any(&version.kinds))));
        Against {
            names,
            facts,
            stage,
            sources: sources(names),
            elements: elements(meaning),
            roles: roles.collect(),
            packages: packages.collect(),
            areas: kinds_of_areas(meaning),
            organisations: meaning.organisations.iter().map(|name| last_of(name)).collect(),
            ends: meaning.organisations.iter().filter_map(|name| name.bytes().last()).collect(),
        }
    }

    /// What values are read against.
    pub(super) fn values(&self) -> Values<'_> {
        Values { meaning: self.names.meaning, facts: self.facts, elements: &self.elements }
    }

    /// The attributes of a record of this register, of a thing of this entity.
    pub(super) fn shape_of(&self, name: &str, sort: Sort) -> Option<Attributes> {
        match self.find(name, sort)? {
            Thing::Resource(id) => Some(of_record(id, self.names.meaning)),
            Thing::Entity(id) => Some(self.names.meaning.entity(id)?.body.attributes.clone()),
            _ => None,
        }
    }

    /// Is it perhaps the name of an organisation that the bundle declares?
    pub(super) fn may_be_organisation(&self, name: &str) -> bool {
        // Few are: the last letter tells of most that they are not.
        name.bytes().last().is_none_or(|end| self.ends.contains(&end)) && self.organisations.contains(last_of(name))
    }

    fn find(&self, name: &str, sort: Sort) -> Option<Thing> {
        // What is wrong with it is said where it is looked at closely.
        let mut findings = Findings::default();
        findings.budget.spend_many(usize::MAX);
        let nowhere = Place { source: SourceId(u32::MAX), span: Span { start: 0, end: 0 } };
        (!name.trim().is_empty()).then(|| self.names.find(name, nowhere, &[sort], &mut findings)).flatten()
    }

    /// The role of a name.
    pub(super) fn role(&self, name: &str) -> Option<RoleId> {
        match self.find(name, Sort::Role)? {
            Thing::Role(id) => Some(id),
            _ => None,
        }
    }

    /// The package (or area) of a name.
    pub(super) fn given(&self, area: bool, name: &str) -> Option<Given> {
        match self.find(name, if area { Sort::Area } else { Sort::Package })? {
            Thing::Package(id) => Some(Given::Package(id)),
            Thing::Area(id) => Some(Given::Area(id)),
            _ => None,
        }
    }

    /// Can somebody of this kind have the role for a party of that kind, or in their own right?
    pub(super) fn role_fits(&self, role: RoleId, subject: Kind, party: Option<Kind>) -> bool {
        let Some((status, role)) = self.roles.get(role.index()) else { return false };
        match party {
            None => status.is_some_and(|by| by.has(subject)),
            Some(party) => role.is_some_and(|(by, of)| by.has(subject) && of.has(party)),
        }
    }

    /// Can it be for parties of this kind?
    pub(super) fn is_for(&self, what: Given, kind: Kind) -> bool {
        match what {
            Given::Package(id) => self.packages.get(id.index()).is_some_and(|kinds| kinds.has(kind)),
            Given::Area(id) => self.areas.get(&id).is_none_or(|kinds| kinds.has(kind)),
        }
    }
}

fn with(one: Kinds, other: Kinds) -> Kinds {
    other.iter().fold(one, Kinds::with)
}

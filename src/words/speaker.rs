//! What everything is called: the last segment of a full name where one thing alone has it, and where it stands. Says
//! no sentence.

use crate::decide::{On, OpenQuestion, OpenValue, What};
use crate::facts::{EntityId, Facts};
use crate::ir::{
    AreaId, Bundle, ConditionId, EnumId, Meaning, ObligationId, OrganisationId, PackageId, ResourceId, RoleId,
};
use crate::origins::{Origin, Origins, Part};
use crate::source::{Place, Position, Sources};
use std::collections::BTreeSet;

/// Names and places of one bundle. Made once, for many decisions.
#[derive(Debug)]
pub struct Speaker<'b> {
    /// The bundle.
    pub bundle: &'b Bundle,
    /// Where its parts stand; none are known of a bundle that was read.
    pub origins: Option<&'b Origins>,
    /// Last segments that several things have.
    shared: BTreeSet<&'b str>,
}

/// Facts, with where they stand.
#[derive(Clone, Copy, Debug)]
pub struct FactsSaid<'f> {
    /// The facts.
    pub facts: &'f Facts,
    /// Places of role facts, in their order; may be empty.
    pub roles: &'f [Place],
    /// Places of delegations, in their order; may be empty.
    pub delegations: &'f [Place],
    /// The texts that the places are in.
    pub sources: &'f Sources,
}

impl<'b> Speaker<'b> {
    /// The names of a bundle.
    #[must_use]
    pub fn new(bundle: &'b Bundle, origins: Option<&'b Origins>) -> Self {
        let mut seen = BTreeSet::new();
        let mut shared = BTreeSet::new();
        for full in names(&bundle.meaning) {
            if !seen.insert(last(full)) {
                shared.insert(last(full));
            }
        }
        Speaker { bundle, origins, shared }
    }

    /// The same bundle, with names short among these alone: a table does not change with names that it does not have.
    #[must_use]
    pub fn among(bundle: &'b Bundle, names: impl IntoIterator<Item = &'b str>) -> Self {
        let mut seen = BTreeSet::new();
        let names: BTreeSet<&str> = names.into_iter().collect();
        let shared = names.into_iter().map(last).filter(|last| !seen.insert(*last)).collect();
        Speaker { bundle, origins: None, shared }
    }

    /// The last segment, where one thing alone has it; else the full name.
    #[must_use]
    pub fn short<'n>(&self, full: &'n str) -> &'n str {
        let last = last(full);
        if self.shared.contains(last) { full } else { last }
    }

    /// The full name of a package.
    #[must_use]
    pub fn package(&self, id: PackageId) -> &'b str {
        self.bundle.meaning.package(id).map_or("", |named| &named.name)
    }

    /// The full name of an area.
    #[must_use]
    pub fn area(&self, id: AreaId) -> &'b str {
        self.bundle.meaning.area(id).map_or("", |named| &named.name)
    }

    /// The full name of a role.
    #[must_use]
    pub fn role(&self, id: RoleId) -> &'b str {
        self.bundle.meaning.role(id).map_or("", |named| &named.name)
    }

    /// The full name of a resource.
    #[must_use]
    pub fn resource(&self, id: ResourceId) -> &'b str {
        self.bundle.meaning.resource(id).map_or("", |named| &named.name)
    }

    /// The full name of an organisation.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> &'b str {
        self.bundle.meaning.organisations.get(id.index()).map_or("", |name| name)
    }

    /// The full name of a named condition.
    #[must_use]
    pub fn condition(&self, id: ConditionId) -> &'b str {
        self.bundle.meaning.condition(id).map_or("", |defined| &defined.name)
    }

    /// The full name of an obligation.
    #[must_use]
    pub fn obligation(&self, id: ObligationId) -> &'b str {
        self.bundle.meaning.obligation(id).map_or("", |defined| &defined.name)
    }

    /// A value of an enum.
    #[must_use]
    pub fn value_of_enum(&self, id: EnumId, at: u32) -> &'b str {
        let values = self.bundle.meaning.enum_at(id).map_or(&[] as &[Box<str>], |defined| &defined.body.values);
        values.get(at as usize).map_or("", |value| value)
    }

    /// The full name of a package or an area.
    #[must_use]
    pub fn what(&self, what: What) -> &'b str {
        match what {
            What::Package(id) => self.package(id),
            What::Area(id) => self.area(id),
        }
    }

    /// The full name of what a request is on.
    #[must_use]
    pub fn on(&self, on: On) -> &'b str {
        match on {
            On::Package(id) => self.package(id),
            On::Area(id) => self.area(id),
            On::Resource(id) => self.resource(id),
        }
    }

    /// What is open, as the words of a bundle call it: `grant role m.r`.
    #[must_use]
    pub fn open(&self, open: OpenValue) -> String {
        match open {
            OpenValue::Kinds => "for".to_owned(),
            OpenValue::Delegable => "delegable".to_owned(),
            OpenValue::Grant => "grant".to_owned(),
            OpenValue::GrantToRole(role) => format!("grant role {}", self.role(role)),
            OpenValue::GrantToPackage(package) => format!("grant package {}", self.package(package)),
            OpenValue::GrantToItself => "grant self".to_owned(),
        }
    }

    /// An open question by its name: `m.p grant role m.r` (docs/meaning.md, C5).
    #[must_use]
    pub fn open_question(&self, question: OpenQuestion) -> String {
        format!("{} {}", self.what(question.what), self.open(question.open))
    }

    /// What an open question asks, in the words of who left it open.
    #[must_use]
    pub fn question_text(&self, question: OpenQuestion) -> Option<&'b str> {
        let wording = self.bundle.words.get(self.what(question.what))?;
        wording.open.get(&*self.open(question.open)).map(|text| &**text)
    }

    /// What a value that nobody has decided asks, in the words of who left it open; what it stands in as [`Missing::Undecided`] says it.
    ///
    /// [`Missing::Undecided`]: crate::decide::Missing::Undecided
    #[must_use]
    pub fn undecided_text(&self, what: &str) -> Option<&'b str> {
        // `m.register retain`, or the key of a rule: `m.register/permit/view/3f1c`.
        let (name, open) = what.split_once(' ').or_else(|| what.split_once('/'))?;
        self.bundle.words.get(name)?.open.get(open).map(|text| &**text)
    }

    /// Where a part stands.
    #[must_use]
    pub fn origin(&self, part: Part) -> Option<&'b Origin> {
        self.origins?.places.get(&part)
    }
}

impl FactsSaid<'_> {
    /// The name of an entity as people say it.
    #[must_use]
    pub fn name(&self, id: EntityId, speaker: &Speaker<'_>) -> String {
        match self.facts.entity(id) {
            Some(entity) if entity.declared.is_some() => speaker.short(entity.name).to_owned(),
            Some(entity) => entity.name.to_string(),
            None => String::new(),
        }
    }

    /// Where a role fact stands.
    #[must_use]
    pub fn role_origin(&self, index: u32) -> Option<Origin> {
        let place = self.roles.get(index as usize);
        place.map_or_else(|| self.row(self.facts.role_row(index)?.read_at), |place| origin(*place, self.sources))
    }

    /// Where a delegation stands.
    #[must_use]
    pub fn delegation_origin(&self, index: u32) -> Option<Origin> {
        let place = self.delegations.get(index as usize);
        place.map_or_else(|| self.row(self.facts.delegation_row(index)?.read_at), |place| origin(*place, self.sources))
    }

    /// Where a row of a long file stands: its line; the bytes before it were not counted.
    fn row(&self, read_at: u32) -> Option<Origin> {
        let (file, line) = self.facts.file_of(read_at)?;
        Some(Origin { file: file.into(), position: Position { line, column: 1 }, offset: 0, length: 0 })
    }
}

/// A place as file, line and column.
#[must_use]
pub fn origin(place: Place, sources: &Sources) -> Option<Origin> {
    let source = sources.get(place.source)?;
    Some(Origin {
        file: source.name().into(),
        position: source.position(place.span.start),
        offset: place.span.start,
        length: place.span.length(),
    })
}

/// `file:line:column`
#[must_use]
pub fn place_text(origin: &Origin) -> String {
    format!("{}:{}:{}", origin.file, origin.position.line, origin.position.column)
}

fn names(meaning: &Meaning) -> impl Iterator<Item = &str> {
    let organisations = meaning.organisations.iter().map(|name| &**name);
    let roles = meaning.roles.iter().map(|named| &*named.name);
    let areas = meaning.areas.iter().map(|named| &*named.name);
    let packages = meaning.packages.iter().map(|named| &*named.name);
    let resources = meaning.resources.iter().map(|named| &*named.name);
    let conditions = meaning.conditions.iter().map(|defined| &*defined.name);
    let obligations = meaning.obligations.iter().map(|defined| &*defined.name);
    organisations.chain(roles).chain(areas).chain(packages).chain(resources).chain(conditions).chain(obligations)
}

fn last(full: &str) -> &str {
    full.rsplit_once('.').map_or(full, |(_, last)| last)
}

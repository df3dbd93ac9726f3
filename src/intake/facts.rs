//! Facts: who there is and what is known of them, who has which role for whom, who gave whom what. A fact that can never
//! count is a finding.

use super::entities;
use super::fields::{Fields, Findings, name};
use super::names::{Names, Sort, Thing};
use super::things;
use super::values;
use super::yaml::{self, Node};
use crate::diag::{Diagnostic, codes};
use crate::facts::{Delegation, EntityId, Facts, Given, Known, RoleFact};
use crate::ir::{AreaId, Attributes, Meaning, OrganisationId, Role, RoleId};
use crate::source::{Place, Source, SourceId};
use crate::terms::{
    kind::{Kind, Kinds},
    open::Open,
    period::Period,
    root::BuiltIn,
};
use std::collections::{BTreeMap, BTreeSet};

/// The keys of facts.
pub const KEYS: [&str; 8] =
    ["people", "organisations", "system_users", "roles", "delegations", "out_of_reach", "records", "things"];

/// The keys that every delegation has.
pub const DELEGATION_KEYS: [&str; 9] =
    ["giver", "receiver", "party", "package", "area", "given", "from", "before", "withdrawn"];

/// The keys of a role fact.
pub const ROLE_KEYS: [&str; 5] = ["subject", "role", "party", "from", "before"];

/// Under this key stand attributes of a delegation or a record whose names are keys themselves.
pub const ATTRIBUTES: &str = "attributes";

/// Where facts stand, in the order of the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactPlaces {
    /// Of role facts.
    pub roles: Vec<Place>,
    /// Of delegations.
    pub delegations: Vec<Place>,
    /// Of the entities that the document lists; those that only the bundle declares have none.
    pub entities: BTreeMap<EntityId, Place>,
}

/// Reads a document of facts. Every organisation of the bundle is among its entities.
///
/// # Errors
/// All findings, in order of place.
pub fn read(source: &Source, id: SourceId, names: &Names<'_>) -> Result<(Facts, FactPlaces), Vec<Diagnostic>> {
    let node = yaml::read(source, id).map_err(|finding| vec![*finding])?;
    let mut findings = Findings::default();
    let known: Vec<&str> = ["format"].into_iter().chain(KEYS).collect();
    let read = if matches!(node.value, yaml::Value::Nothing) {
        of_fields(&Fields::none(node.place), names, &mut findings)
    } else {
        let fields = Fields::read(&node, "a document of facts", &known, &mut findings);
        fields.format(&mut findings);
        of_fields(&fields, names, &mut findings)
    };
    findings.or(read)
}

/// Reads the facts among the keys of a document.
pub fn of_fields(fields: &Fields<'_>, names: &Names<'_>, findings: &mut Findings) -> (Facts, FactPlaces) {
    let listed = entities::read(fields, names, findings);
    let (things, said) = things::read(fields, names, findings);
    let mut facts = Facts::of(listed.entities, things);
    // Names first: what is known of one may name another.
    let known = things::known(&facts, names, &listed.said, &said, findings);
    let mut reader = Reader::new(names, &facts, findings);
    let mut roles: Vec<(RoleFact, Place)> = Vec::new();
    for node in fields.list("roles", reader.findings) {
        roles.extend(reader.role(node).map(|fact| (fact, node.place)));
    }
    let mut delegations: Vec<(Delegation, Place)> = Vec::new();
    for node in fields.list("delegations", reader.findings) {
        delegations.extend(reader.delegation(node).map(|fact| (fact, node.place)));
    }
    let mut out_of_reach = BTreeSet::new();
    let sources = sources(names);
    for node in fields.list("out_of_reach", reader.findings) {
        out_of_reach.extend(reader.out_of_reach(node, &sources));
    }
    let mut places = FactPlaces::default();
    for (name, place) in listed.places {
        places.entities.extend(facts.entity_named(&name).map(|id| (id, place)));
    }
    facts.put_out_of_reach(out_of_reach);
    known.put(&mut facts);
    let (roles, delegations) = (sorted(roles), sorted(delegations));
    facts.put_roles(&roles.iter().map(|(fact, _)| *fact).collect::<Vec<_>>());
    facts.put_delegations(&delegations.iter().map(|(fact, _)| fact).collect::<Vec<_>>());
    places.roles = roles.into_iter().map(|(_, place)| place).collect();
    places.delegations = delegations.into_iter().map(|(_, place)| place).collect();
    (facts, places)
}

/// Where roles come from.
pub(super) fn sources(names: &Names<'_>) -> BTreeSet<OrganisationId> {
    names.meaning.roles.iter().flat_map(|role| &role.versions).filter_map(|version| version.source).collect()
}

/// Sorted, without repeats; of repeats the first place counts.
fn sorted<T: Ord>(mut facts: Vec<(T, Place)>) -> Vec<(T, Place)> {
    facts.sort();
    facts.dedup_by(|later, earlier| later.0 == earlier.0);
    facts
}

/// Reads role facts and delegations among facts whose names are known.
pub(super) struct Reader<'r, 'm> {
    names: &'r Names<'m>,
    facts: &'r Facts,
    pub(super) findings: &'r mut Findings,
    pub(super) values: values::Reader<'r, 'm>,
    /// What modules let delegations have besides.
    delegation: Option<&'m Attributes>,
    /// For which kinds of parties the packages of an area are; made when the first delegation of an area is read.
    areas: Option<BTreeMap<AreaId, Kinds>>,
}

impl<'r, 'm> Reader<'r, 'm> {
    pub(super) fn new(names: &'r Names<'m>, facts: &'r Facts, findings: &'r mut Findings) -> Self {
        Reader {
            names,
            facts,
            findings,
            values: values::Reader::new(names, facts),
            delegation: names.meaning.built_in.get(&BuiltIn::Delegation),
            areas: None,
        }
    }

    /// An organisation that roles come from.
    pub(super) fn out_of_reach(&mut self, node: &Node, sources: &BTreeSet<OrganisationId>) -> Option<OrganisationId> {
        let (text, place) = name(node, self.findings)?;
        let Thing::Organisation(id) = self.names.find(text, place, &[Sort::Organisation], self.findings)? else {
            return None;
        };
        if !sources.contains(&id) {
            let message = format!("no role comes from `{text}`");
            let help = "take it out, or name the organisation that roles come `from`";
            self.findings.at(&codes::IMPOSSIBLE_FACT, place, message, "nothing of it can be out of reach", help);
        }
        Some(id)
    }

    fn entity(&mut self, said: Option<(&str, Place)>) -> Option<(EntityId, Kind, Place)> {
        let (text, place) = said?;
        let id = entities::find(text, place, self.names, self.facts, self.findings)?;
        Some((id, self.facts.entity(id)?.kind, place))
    }

    fn impossible(&mut self, place: Place, message: String, label: &str, help: &str) {
        self.findings.at(&codes::IMPOSSIBLE_FACT, place, message, label, help);
    }

    fn period(&mut self, fields: &Fields<'_>) -> Period {
        let period = fields.period(self.findings);
        if period.is_empty() {
            let place = fields.get("before").map_or(fields.place, |node| node.place);
            self.impossible(
                place,
                "the period ends before it begins".to_owned(),
                "no day lies between",
                "write a later day after `before`",
            );
        }
        period
    }

    /// F2, with what R1 and R2 ask of it.
    pub(super) fn role(&mut self, node: &Node) -> Option<RoleFact> {
        let fields = Fields::read(node, "a role fact", &ROLE_KEYS, self.findings);
        let subject = fields.needed_name("subject", self.findings);
        let subject = self.entity(subject);
        let role = fields.needed_name("role", self.findings);
        let role = role.and_then(|(text, place)| match self.names.find(text, place, &[Sort::Role], self.findings)? {
            Thing::Role(id) => Some((id, place)),
            _ => None,
        });
        let said_party = fields.name("party", self.findings);
        let party = self.entity(said_party);
        let period = self.period(&fields);
        let (role, role_place) = role?;
        self.fits(role, role_place, subject, said_party.is_some().then_some(party), &fields);
        if fields.get("party").is_some() && party.is_none() {
            return None;
        }
        Some(RoleFact { subject: subject?.0, role, party: party.map(|(id, _, _)| id), period })
    }

    /// Can anybody of this kind have this role for a party of that kind? Asked of every version of the role.
    fn fits(
        &mut self,
        role: RoleId,
        role_place: Place,
        subject: Option<(EntityId, Kind, Place)>,
        party: Option<Option<(EntityId, Kind, Place)>>,
        fields: &Fields<'_>,
    ) {
        let meaning = self.names.meaning;
        let Some(named) = meaning.role(role) else { return };
        let title = super::names::last_of(&named.name);
        let of_form: Vec<&Role> =
            named.versions.iter().filter(|version| version.of.is_some() == party.is_some()).collect();
        if of_form.is_empty() {
            if party.is_some() {
                let place = fields.key_place("party").map_or(role_place, |key| Place {
                    span: key.span.to(fields.get("party").map_or(key.span, |value| value.place.span)),
                    ..key
                });
                let message = format!("`{title}` is a status, held in one's own right, for no party");
                self.impossible(place, message, "a status has no party", "take out `party`");
            } else {
                let message = format!("`{title}` is held for a party, and none is named");
                self.impossible(role_place, message, "needs a party", "write `party: …`");
            }
            return;
        }
        if let Some((_, kind, place)) = subject
            && !of_form.iter().any(|version| version.by.has(kind))
        {
            let by: Vec<String> =
                of_form.last().into_iter().flat_map(|version| version.by.iter()).map(|kind| kind.to_string()).collect();
            let message = format!("`{title}` is held by {}, and this is {}", by.join(" or "), a(kind));
            self.impossible(place, message, "cannot have the role", "name another subject, or another role");
        }
        if let Some(Some((_, kind, place))) = party
            && !of_form.iter().any(|version| version.of.is_some_and(|kinds| kinds.has(kind)))
        {
            let of: Vec<String> = of_form
                .last()
                .into_iter()
                .filter_map(|version| version.of)
                .flat_map(|kinds| kinds.iter().collect::<Vec<_>>())
                .map(|kind| kind.to_string())
                .collect();
            let message = format!("`{title}` is held for {}, and this is {}", of.join(" or "), a(kind));
            self.impossible(place, message, "the role is not held for it", "name another party, or another role");
        }
    }

    /// F3, with what H1 and H4 ask of it.
    pub(super) fn delegation(&mut self, node: &Node) -> Option<Delegation> {
        let own = &DELEGATION_KEYS;
        let mut keys = own.to_vec();
        keys.push(ATTRIBUTES);
        keys.extend(self.delegation.into_iter().flat_map(|all| all.keys()).map(|name| &**name));
        let fields = Fields::read(node, "a delegation", &keys, self.findings);
        let giver = fields.needed_name("giver", self.findings);
        let giver = self.entity(giver);
        let receiver = fields.needed_name("receiver", self.findings);
        let receiver = self.entity(receiver);
        let party = fields.needed_name("party", self.findings);
        let party = self.entity(party);
        let what = self.what(&fields);
        let given = fields.need("given", self.findings).and_then(|node| super::fields::day(node, self.findings));
        let period = self.period(&fields);
        let withdrawn = fields.moment("withdrawn", self.findings);
        if let (Some((giver, _, _)), Some((receiver, _, place))) = (giver, receiver)
            && giver == receiver
        {
            let message = "nobody gives something to themselves".to_owned();
            self.impossible(place, message, "is the giver", "name another receiver");
        }
        if let (Some(what), Some((_, kind, place))) = (what, party) {
            self.is_for(what, kind, place);
        }
        if let Some(given) = given {
            let begins = period.from.map_or(given, |from| from.max(given));
            if !period.is_empty() && period.before.is_some_and(|before| before <= begins) {
                let place = fields.get("before").map_or(fields.place, |node| node.place);
                self.impossible(
                    place,
                    "the delegation ends before it is given".to_owned(),
                    "no day lies between",
                    "write a later day after `before`",
                );
            }
            let start = begins.to_zoned(crate::terms::period::oslo()).ok().map(|zoned| zoned.timestamp());
            if let (Some(moment), Some(start)) = (withdrawn, start)
                && moment <= start
            {
                let place = fields.get("withdrawn").map_or(fields.place, |node| node.place);
                self.impossible(
                    place,
                    "the delegation is withdrawn before it begins".to_owned(),
                    "it never counts",
                    "write a later moment, or take the delegation out",
                );
            }
        }
        let mut beside = Vec::new();
        for (name, of) in self.delegation.into_iter().flatten() {
            // A key that every delegation has means what it always means; else the attribute stands under `attributes`.
            let Some(node) = fields.get(name).filter(|_| !own.iter().any(|key| **key == **name)) else { continue };
            beside.extend(self.values.value(node, of, self.findings).map(|value| (name.clone(), value)));
        }
        let none = Attributes::new();
        let shape = self.delegation.unwrap_or(&none);
        let known = self.values.with_those_within(Known(beside), node, "a delegation", shape, self.findings);
        Some(Delegation {
            receiver: receiver?.0,
            party: party?.0,
            what: what?,
            giver: giver?.0,
            given: given?,
            period,
            withdrawn,
            attributes: known,
        })
    }

    /// A package or an area, one of them.
    fn what(&mut self, fields: &Fields<'_>) -> Option<Given> {
        if let (Some(_), Some(area)) = (fields.get("package"), fields.key_place("area")) {
            let message = "a delegation gives a package or an area, not both".to_owned();
            self.impossible(area, message, "beside `package`", "take one of them out, or write two delegations");
        }
        if fields.get("package").is_none() && fields.get("area").is_none() {
            fields.need("package", self.findings);
        }
        let package = fields.name("package", self.findings);
        if let Some((text, place)) = package {
            return match self.names.find(text, place, &[Sort::Package], self.findings)? {
                Thing::Package(id) => Some(Given::Package(id)),
                _ => None,
            };
        }
        let (text, place) = fields.name("area", self.findings)?;
        match self.names.find(text, place, &[Sort::Area], self.findings)? {
            Thing::Area(id) => Some(Given::Area(id)),
            _ => None,
        }
    }

    /// Is what is given for parties of this kind? An open question may be answered so.
    fn is_for(&mut self, what: Given, kind: Kind, place: Place) {
        let meaning = self.names.meaning;
        let may = |kinds: &Open<Kinds>| kinds.known().is_none_or(|kinds| kinds.has(kind));
        let (title, fits) = match what {
            Given::Package(id) => match meaning.package(id) {
                Some(named) => (&*named.name, named.versions.iter().any(|version| may(&version.kinds))),
                None => return,
            },
            Given::Area(id) => {
                let areas = self.areas.get_or_insert_with(|| kinds_of_areas(meaning));
                let fits = areas.get(&id).is_none_or(|kinds| kinds.has(kind));
                (meaning.area(id).map_or("", |named| &*named.name), fits)
            }
        };
        if !fits {
            let title = super::names::last_of(title);
            let message = format!("`{title}` is not for {}, so nobody can hold it for this party", a_plural(kind));
            self.impossible(place, message, a(kind), "name another party, or another package");
        }
    }
}

/// Of each area with a package in it, for which kinds its packages are; an open question may be answered with any.
pub(super) fn kinds_of_areas(meaning: &Meaning) -> BTreeMap<AreaId, Kinds> {
    let mut areas: BTreeMap<AreaId, Kinds> = BTreeMap::new();
    for version in meaning.packages.iter().flat_map(|named| &named.versions) {
        let Some(area) = version.area else { continue };
        let kinds = areas.entry(area).or_default();
        *kinds = version.kinds.known().copied().unwrap_or(Kinds::ANY).iter().fold(*kinds, Kinds::with);
    }
    areas
}

fn a(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "a person",
        Kind::Organisation => "an organisation",
        Kind::SystemUser => "a system user",
    }
}

fn a_plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "people",
        Kind::Organisation => "organisations",
        Kind::SystemUser => "system users",
    }
}

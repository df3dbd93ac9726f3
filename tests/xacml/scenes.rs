//! Small worlds, one for each way in which a bundle can permit something, with requests that hang on that way. Knows the
//! form of bundles, and asks nobody what is permitted.

use fullmakt::decide::{Action, On, Request};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact};
use fullmakt::ir::*;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::{Period, oslo};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

/// How deep a grant to a package is followed to somebody who has it.
const DEPTH: usize = 4;

/// Facts and requests.
pub fn scenes(meaning: &Meaning) -> Vec<(Draft, Vec<Request>)> {
    let mut all = Scenes { meaning, days: days(meaning), found: Vec::new() };
    all.roles();
    all.packages();
    all.rules();
    all.areas();
    all.found
}

/// A day at each side of each end of a period, and one that is none.
fn days(meaning: &Meaning) -> Vec<Date> {
    let mut ends = BTreeSet::new();
    let mut add = |period: Period| ends.extend(period.from.into_iter().chain(period.before));
    meaning.roles.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    meaning.areas.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    meaning.resources.iter().flat_map(|named| &named.versions).for_each(|one| add(one.period));
    for package in meaning.packages.iter().flat_map(|named| &named.versions) {
        add(package.period);
        package.grants.iter().for_each(|grant| add(grant.period));
    }
    meaning.rules.iter().flat_map(|rule| &rule.scopes).for_each(|scope| add(scope.period));
    let mut days: BTreeSet<Date> = BTreeSet::from([date(2026, 6, 15)]);
    for end in ends {
        days.insert(end);
        days.extend(end.yesterday());
    }
    days.into_iter().collect()
}

/// Who plays: by kind, the subject, the party, another subject, a covering organisation and who receives.
const PARTS: [&str; 6] = ["asker", "cover", "other", "party", "receiver", "signer"];

struct Scenes<'m> {
    meaning: &'m Meaning,
    days: Vec<Date>,
    found: Vec<(Draft, Vec<Request>)>,
}

#[derive(Clone)]
struct Scene {
    facts: Draft,
}

impl Scene {
    fn new(meaning: &Meaning) -> Self {
        let mut entities: Vec<Entity> = Kind::ALL
            .iter()
            .flat_map(|kind| {
                PARTS.map(|part| Entity {
                    name: format!("{part}_{kind}").into(),
                    kind: *kind,
                    declared: None,
                    attributes: Known::default(),
                })
            })
            .collect();
        entities.extend(meaning.organisations.iter().enumerate().map(|(at, name)| Entity {
            name: name.clone(),
            kind: Kind::Organisation,
            declared: Some(OrganisationId::from(at)),
            attributes: Known::default(),
        }));
        entities.sort();
        Scene { facts: Draft { entities, ..Draft::default() } }
    }

    fn who(&self, part: &str, kind: Kind) -> EntityId {
        self.facts.entity_named(&format!("{part}_{kind}")).expect("a part")
    }

    fn kind(&self, id: EntityId) -> Kind {
        self.facts.entity(id).expect("an entity").kind
    }

    fn role(&mut self, subject: EntityId, role: RoleId, party: Option<EntityId>) {
        self.facts.roles.push(RoleFact { subject, role, party, period: Period::ALWAYS });
    }

    fn delegation(&mut self, giver: EntityId, receiver: EntityId, party: EntityId, what: Given) {
        let given = date(1990, 1, 1);
        let (period, withdrawn) = (Period::ALWAYS, None);
        self.facts.delegations.push(Delegation {
            receiver,
            party,
            what,
            giver,
            given,
            period,
            withdrawn,
            attributes: Known::default(),
        });
    }

    fn done(mut self) -> Draft {
        self.facts.roles.sort();
        self.facts.roles.dedup();
        self.facts.delegations.sort();
        self.facts.delegations.dedup();
        self.facts
    }
}

impl<'m> Scenes<'m> {
    /// Asks all that can hang on this: for each day, package, area and service, and for each of these subjects and parties.
    fn ask(&mut self, scene: Scene, pairs: &[(EntityId, EntityId)], only: Option<On>) {
        let facts = scene.clone().done();
        let receivers: Vec<Option<EntityId>> =
            Kind::ALL.iter().map(|kind| Some(scene.who("receiver", *kind))).chain([None]).collect();
        let mut requests = Vec::new();
        let packages = (0..self.meaning.packages.len()).map(|at| On::Package(at.into()));
        let areas = (0..self.meaning.areas.len()).map(|at| On::Area(at.into()));
        for today in &self.days {
            let now = today.at(12, 0, 0, 0).to_zoned(oslo()).expect("a moment").timestamp();
            for (subject, party) in pairs {
                let mut ask = |action: Action, on: On, to: Option<EntityId>| {
                    if only.is_none_or(|only| only == on) {
                        let (subject, party) = (Some(*subject), Some(*party));
                        requests.push(Request {
                            now,
                            today: *today,
                            subject,
                            party,
                            action,
                            on,
                            to,
                            context: Known::default(),
                            record: None,
                            elements: Vec::new(),
                        });
                    }
                };
                for on in packages.clone().chain(areas.clone()) {
                    ask(Action::Use, on, None);
                    receivers.iter().for_each(|to| ask(Action::Delegate, on, *to));
                }
                for (at, named) in self.meaning.resources.iter().enumerate() {
                    let actions: BTreeSet<&str> =
                        named.versions.iter().flat_map(|one| &one.actions).map(|action| &*action.name).collect();
                    actions
                        .into_iter()
                        .for_each(|action| ask(Action::Named(action.into()), On::Resource(at.into()), None));
                }
            }
        }
        self.found.push((facts, requests));
    }

    /// Somebody has one role; somebody is the party, with one status or none.
    fn roles(&mut self) {
        for kind in Kind::ALL {
            let scene = Scene::new(self.meaning);
            let who = scene.who("asker", kind);
            self.ask(scene, &[(who, who)], None);
        }
        let keys: Vec<(RoleId, &'m Role)> =
            self.versions_of_roles().into_iter().filter(|(_, role)| role.key.is_yes()).collect();
        for (id, role) in self.versions_of_roles() {
            let of = role.of.unwrap_or(role.by);
            for (by, of) in role.by.iter().flat_map(|by| of.iter().map(move |of| (by, of))) {
                let mut scene = Scene::new(self.meaning);
                let who = scene.who("asker", by);
                if role.of.is_some() {
                    let party = scene.who("party", of);
                    scene.role(who, id, Some(party));
                    self.ask(scene, &[(who, party)], None);
                } else {
                    scene.role(who, id, None);
                    let mut pairs = vec![(who, who)];
                    for (key, body) in &keys {
                        if body.of.is_some_and(|of| of.has(by))
                            && let Some(kind) = body.by.iter().next()
                        {
                            let holder = scene.who("other", kind);
                            scene.role(holder, *key, Some(who));
                            pairs.push((holder, who));
                        }
                    }
                    self.ask(scene, &pairs, None);
                }
            }
        }
        for at in 0..self.meaning.organisations.len() {
            let mut scene = Scene::new(self.meaning);
            let party = scene.facts.entities.iter().position(|one| one.declared == Some(at.into())).expect("declared");
            let party = EntityId(u32::try_from(party).expect("few"));
            let mut pairs = vec![(party, party)];
            for (key, body) in &keys {
                if body.of.is_some_and(|of| of.has(Kind::Organisation))
                    && let Some(kind) = body.by.iter().next()
                {
                    let holder = scene.who("other", kind);
                    scene.role(holder, *key, Some(party));
                    pairs.push((holder, party));
                }
            }
            self.ask(scene, &pairs, None);
        }
    }

    fn versions_of_roles(&self) -> Vec<(RoleId, &'m Role)> {
        let meaning = self.meaning;
        meaning
            .roles
            .iter()
            .enumerate()
            .flat_map(|(at, named)| named.versions.iter().map(move |one| (at.into(), one)))
            .collect()
    }

    /// Somebody received one package, from who may give it by each of the grants; or asks who may so give it.
    fn packages(&mut self) {
        for id in (0..self.meaning.packages.len()).map(PackageId::from) {
            for (scene, who, party, signer) in self.given(id, None) {
                self.ask(scene, &[(who, party), (party, party), (signer, party)], None);
            }
            self.covered(id);
        }
    }

    /// All ways in which the asker can be given a package directly: the scene, the asker, the party, the giver.
    fn given(&self, id: PackageId, into: Option<&Scene>) -> Vec<(Scene, EntityId, EntityId, EntityId)> {
        let mut found = Vec::new();
        for version in &self.meaning.package(id).expect("a package").versions {
            for of in version.kinds.known().into_iter().flat_map(|kinds| kinds.iter()) {
                for grant in version.grants.iter().filter(|grant| grant.gives_delegation && !grant.undecided) {
                    let mut scene = into.cloned().unwrap_or_else(|| Scene::new(self.meaning));
                    let party = scene.who("party", of);
                    let Some(signer) = grant.to.and_then(|to| self.reached(&mut scene, to, party, "signer", DEPTH))
                    else {
                        continue;
                    };
                    for line in &version.delegable {
                        found.extend(
                            self.received(&scene, line, Given::Package(id), signer, party)
                                .map(|(scene, who)| (scene, who, party, signer)),
                        );
                    }
                }
                found.extend(self.given_by_agent(id, version, of, into));
            }
        }
        found
    }

    /// The asker, admitted by a line, has been given this by the signer.
    fn received(
        &self,
        scene: &Scene,
        line: &Line,
        what: Given,
        signer: EntityId,
        party: EntityId,
    ) -> Option<(Scene, EntityId)> {
        let mut scene = scene.clone();
        let Line::To { to, .. } = line else { return None };
        let who = self.admitted(&mut scene, *to, signer, party)?;
        scene.delegation(signer, who, party, what);
        Some((scene, who))
    }

    fn admitted(&self, scene: &mut Scene, to: Receiver, signer: EntityId, party: EntityId) -> Option<EntityId> {
        match to {
            Receiver::Kind(kind) => Some(scene.who("asker", kind)),
            Receiver::Role(role) => {
                let body = self.meaning.role(role)?.versions.first()?;
                let who = scene.who("asker", body.by.iter().next()?);
                let of = match body.of {
                    None => None,
                    Some(of) if of.has(scene.kind(signer)) && signer != party => Some(signer),
                    Some(of) if of.has(scene.kind(party)) => Some(party),
                    Some(_) => return None,
                };
                scene.role(who, role, of);
                Some(who)
            }
        }
    }

    /// An organisation that holds the package by a role gives it to its own people.
    fn given_by_agent(
        &self,
        id: PackageId,
        version: &Package,
        of: Kind,
        into: Option<&Scene>,
    ) -> Option<(Scene, EntityId, EntityId, EntityId)> {
        let (agent, body) = self
            .versions_of_roles()
            .into_iter()
            .find(|(_, role)| role.agent.is_yes() && role.of.is_some_and(|of| of.has(Kind::Organisation)))?;
        version.grants.iter().filter(|grant| grant.gives_use && !grant.undecided).find_map(|grant| {
            let mut scene = into.cloned().unwrap_or_else(|| Scene::new(self.meaning));
            let party = scene.who("party", of);
            let mut signer = self.reached(&mut scene, grant.to?, party, "signer", DEPTH)?;
            if scene.kind(signer) != Kind::Organisation {
                // An organisation that was given what the grant names holds it too.
                let Some(Grantee::Package(named)) = grant.to else { return None };
                let giver = self.may_give(&mut scene, named, party)?;
                signer = scene.who("other", Kind::Organisation);
                scene.delegation(giver, signer, party, Given::Package(named));
            }
            let who = scene.who("asker", body.by.iter().next()?);
            scene.role(who, agent, Some(signer));
            scene.delegation(signer, who, party, Given::Package(id));
            Some((scene, who, party, signer))
        })
    }

    /// Makes somebody be who may give a package for the party.
    fn may_give(&self, scene: &mut Scene, package: PackageId, party: EntityId) -> Option<EntityId> {
        let versions = &self.meaning.package(package)?.versions;
        let grants = versions.iter().flat_map(|version| &version.grants);
        let mut gives = grants.filter(|grant| grant.gives_delegation && !grant.undecided).filter_map(|grant| grant.to);
        gives.find_map(|to| self.reached(scene, to, party, "signer", DEPTH))
    }

    /// Makes somebody be who a grant names, for the party; organisations where that can be, so that they have agents.
    fn reached(&self, scene: &mut Scene, to: Grantee, party: EntityId, part: &str, depth: usize) -> Option<EntityId> {
        match to {
            Grantee::Itself => Some(party),
            Grantee::Role(role) => {
                let body = self.meaning.role(role)?.versions.iter().find(|body| {
                    body.of.is_none_or(|of| of.has(scene.kind(party)))
                        && (body.of.is_some() || body.by.has(scene.kind(party)))
                })?;
                if body.of.is_none() {
                    scene.role(party, role, None);
                    return Some(party);
                }
                let who = scene.who(part, body.by.iter().next()?);
                scene.role(who, role, Some(party));
                Some(who)
            }
            Grantee::Package(package) => {
                let versions = &self.meaning.package(package)?.versions;
                let grants = versions.iter().flat_map(|version| &version.grants);
                let mut uses = grants.filter(|grant| grant.gives_use && !grant.undecided).filter_map(|grant| grant.to);
                uses.find_map(|to| self.reached(scene, to, party, part, depth.checked_sub(1)?))
            }
        }
    }

    /// Who holds, or may give, for an organisation that covers the party.
    fn covered(&mut self, id: PackageId) {
        let covers = self.versions_of_roles().into_iter().filter(|(_, role)| role.covers.is_yes());
        let covers: Vec<(RoleId, Kind)> = covers
            .filter(|(_, role)| role.by.has(Kind::Organisation))
            .flat_map(|(covers, role)| role.of.into_iter().flat_map(|of| of.iter()).map(move |of| (covers, of)))
            .collect();
        let meaning = self.meaning;
        for (covers, of) in covers {
            for grant in meaning.package(id).into_iter().flat_map(|named| &named.versions).flat_map(|one| &one.grants) {
                let mut scene = Scene::new(meaning);
                let (cover, party) = (scene.who("cover", Kind::Organisation), scene.who("party", of));
                scene.role(cover, covers, Some(party));
                let to = grant.to.filter(|_| !grant.undecided);
                if let Some(who) = to.and_then(|to| self.reached(&mut scene, to, cover, "signer", DEPTH)) {
                    self.ask(scene, &[(who, party)], None);
                }
            }
        }
    }

    /// For each rule, who it is for, holding what one of its alternatives requires by delegation alone.
    fn rules(&mut self) {
        for rule in &self.meaning.rules {
            for packages in rule.requires.as_ref().map_or(vec![Vec::new()], alternatives) {
                self.rule(rule, &packages);
            }
        }
    }

    fn rule(&mut self, rule: &Rule, packages: &[PackageId]) {
        let mut scenes = vec![(Scene::new(self.meaning), None::<(EntityId, EntityId)>)];
        for package in packages {
            let mut next = Vec::new();
            for (scene, pair) in &scenes {
                let given = self.given(*package, Some(scene));
                let fits =
                    given.into_iter().filter(|(_, who, party, _)| pair.is_none_or(|pair| pair == (*who, *party)));
                next.extend(fits.map(|(scene, who, party, _)| (scene, Some((who, party)))));
            }
            next.truncate(24);
            scenes = next;
        }
        for (mut scene, pair) in scenes {
            let Some((who, party)) = pair else { return };
            match rule.to {
                Some(Recipient::Role(role)) => {
                    let Some(body) = self.meaning.role(role).and_then(|role| role.versions.first()) else { return };
                    let subject = if body.of.is_some() { who } else { party };
                    if !body.by.has(scene.kind(subject)) || body.of.is_some_and(|of| !of.has(scene.kind(party))) {
                        continue;
                    }
                    scene.role(subject, role, body.of.map(|_| party));
                }
                Some(Recipient::Organisation(organisation)) => {
                    let at = scene
                        .facts
                        .entities
                        .iter()
                        .position(|one| one.declared == Some(organisation))
                        .expect("declared");
                    let declared = EntityId(u32::try_from(at).expect("few"));
                    if scene.kind(party) != Kind::Organisation {
                        continue;
                    }
                    let moved = |id: EntityId| if id == party { declared } else { id };
                    for fact in &mut scene.facts.roles {
                        (fact.subject, fact.party) = (moved(fact.subject), fact.party.map(moved));
                    }
                    for one in &mut scene.facts.delegations {
                        (one.giver, one.receiver, one.party) =
                            (moved(one.giver), moved(one.receiver), moved(one.party));
                    }
                    for id in on(rule) {
                        self.ask(scene.clone(), &[(who, declared)], Some(On::Resource(id)));
                    }
                    continue;
                }
                _ => {}
            }
            for id in on(rule) {
                self.ask(scene.clone(), &[(who, party)], Some(On::Resource(id)));
            }
        }
    }

    /// Somebody received an area whole, from who may give each package in it.
    fn areas(&mut self) {
        for area in (0..self.meaning.areas.len()).map(AreaId::from) {
            let packages: Vec<(PackageId, &Package)> = self
                .meaning
                .packages
                .iter()
                .enumerate()
                .flat_map(|(at, named)| named.versions.iter().map(move |one| (PackageId::from(at), one)))
                .filter(|(_, body)| body.area == Some(area))
                .collect();
            let lines =
                self.meaning.area(area).into_iter().flat_map(|named| &named.versions).flat_map(|one| &one.delegable);
            let lines: BTreeSet<Line> =
                lines.chain(packages.iter().flat_map(|(_, body)| &body.delegable)).cloned().collect();
            for of in Kind::ALL {
                let mut scene = Scene::new(self.meaning);
                let party = scene.who("party", of);
                let mut signers = BTreeSet::new();
                for (_, body) in
                    packages.iter().filter(|(_, body)| body.kinds.known().is_some_and(|kinds| kinds.has(of)))
                {
                    for grant in body.grants.iter().filter(|grant| grant.gives_delegation && !grant.undecided) {
                        signers.extend(grant.to.and_then(|to| self.reached(&mut scene, to, party, "signer", DEPTH)));
                    }
                }
                let mut pairs: Vec<(EntityId, EntityId)> = signers.iter().map(|signer| (*signer, party)).collect();
                for line in &lines {
                    let Line::To { to, .. } = line else { continue };
                    for signer in signers.iter().chain([&party]) {
                        if let Some(who) = self.admitted(&mut scene, *to, *signer, party) {
                            scene.delegation(*signer, who, party, Given::Area(area));
                            pairs.push((who, party));
                        }
                    }
                }
                pairs.push((party, party));
                pairs.sort();
                pairs.dedup();
                self.ask(scene, &pairs, Some(On::Area(area)));
            }
        }
    }
}

/// The resources that a rule is over.
fn on(rule: &Rule) -> BTreeSet<ResourceId> {
    rule.scopes.iter().flat_map(|scope| &scope.on).copied().collect()
}

/// The lists of packages of which one suffices.
fn alternatives(requires: &Requires) -> Vec<Vec<PackageId>> {
    match requires {
        Requires::Package(id) => vec![vec![*id]],
        Requires::Or(parts) => parts.iter().flat_map(alternatives).collect(),
        Requires::And(parts) => parts.iter().fold(vec![Vec::new()], |all, part| {
            let more = alternatives(part);
            let joined = all.iter().flat_map(|one| more.iter().map(move |two| [&one[..], &two[..]].concat()));
            joined.take(64).collect()
        }),
    }
}

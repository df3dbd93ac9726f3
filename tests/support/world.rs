//! Worlds and requests by chance, made so that chains, circles, ends, agents, covers and what is out of reach all
//! occur often. For any bundle, a shipped one too. Asks nobody what is
//! permitted.

use super::known::Knowing;
use super::{DAYS, Dice, period};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact};
use fullmakt::ir::*;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::Period;

pub use super::request::{moment, request};

/// Facts, and what is worth asking about them: a subject, a party and what somebody gave.
pub struct World {
    /// The facts.
    pub facts: Draft,
    /// Who holds, or may hold, what for whom.
    pub telling: Vec<(EntityId, EntityId, Given)>,
    /// Of a hundred attributes so many are missing.
    pub missing: usize,
}

/// A world over a bundle.
pub fn world(dice: &mut Dice, meaning: &Meaning) -> World {
    let mut facts = Draft { entities: entities(dice, meaning), ..Draft::default() };
    let mut making = Making { dice, meaning, facts: &mut facts, telling: Vec::new() };
    making.roles();
    match making.dice.below(10) {
        0..4 => making.chain(9),
        4 | 5 => making.circle(),
        6..9 => making.agent(),
        _ => {}
    }
    for _ in 0..3 + making.dice.below(8) {
        making.delegation();
    }
    if making.dice.chance(30) {
        let out = OrganisationId::from(making.dice.below(meaning.organisations.len()));
        if out.index() < meaning.organisations.len() {
            making.facts.out_of_reach.insert(out);
        }
    }
    let telling = making.telling;
    facts.roles.sort_unstable();
    facts.roles.dedup();
    facts.delegations.sort_unstable();
    facts.delegations.dedup();
    let missing = dice.pick(&[0, 2, 5, 20]);
    Knowing { meaning, missing }.fill(dice, &mut facts);
    World { facts, telling, missing }
}

fn entities(dice: &mut Dice, meaning: &Meaning) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut add = |name: String, kind, declared| {
        found.push(Entity { name: name.into(), kind, declared, attributes: Known::default() })
    };
    for at in 0..4 + dice.below(2) {
        add(format!("organisation{at}"), Kind::Organisation, None);
    }
    for at in 0..7 + dice.below(4) {
        add(format!("person{at}"), Kind::Person, None);
    }
    if dice.chance(50) {
        add("system".to_owned(), Kind::SystemUser, None);
    }
    for (at, name) in meaning.organisations.iter().enumerate() {
        add(name.to_string(), Kind::Organisation, Some(OrganisationId::from(at)));
    }
    found.sort_unstable_by(|one, two| one.name.cmp(&two.name));
    found
}

struct Making<'a> {
    dice: &'a mut Dice,
    meaning: &'a Meaning,
    facts: &'a mut Draft,
    telling: Vec<(EntityId, EntityId, Given)>,
}

impl Making<'_> {
    /// Entities for which this holds, those of the bundle last and seldom.
    fn who(&mut self, wanted: impl Fn(Kind) -> bool) -> Option<EntityId> {
        let declared = self.dice.chance(6);
        let found: Vec<EntityId> = self
            .facts
            .entities
            .iter()
            .enumerate()
            .filter(|(_, entity)| wanted(entity.kind) && (declared || entity.declared.is_none()))
            .map(|(at, _)| EntityId(at as u32))
            .collect();
        (!found.is_empty()).then(|| self.dice.pick(&found))
    }

    fn roles(&mut self) {
        for _ in 0..8 + self.dice.below(8) {
            let role = match self.dice.below(10) {
                0..2 => self.role_that(|role| role.key.is_yes()),
                2 => self.role_that(|role| role.agent.is_yes()),
                3 => self.role_that(|role| role.covers.is_yes()),
                _ => self.role_that(|_| true),
            };
            let Some(role) = role else { continue };
            let period = period(self.dice, 12);
            self.role(role, None, None, period);
        }
    }

    /// A role whose first version is such.
    fn role_that(&mut self, wanted: impl Fn(&Role) -> bool) -> Option<RoleId> {
        let all = self.meaning.roles.iter().enumerate();
        let found: Vec<RoleId> = all
            .filter(|(_, named)| named.versions.first().is_some_and(&wanted))
            .map(|(at, _)| RoleId::from(at))
            .collect();
        (!found.is_empty()).then(|| self.dice.pick(&found))
    }

    /// A package that people may pass on and pass on again, and a role that may begin.
    fn passed_on(&mut self) -> Option<(PackageId, RoleId)> {
        let onward = |line: &Line| matches!(line, Line::To { to: Receiver::Kind(Kind::Person), onward: true, .. });
        let begins = |grant: &Grant| match grant.to {
            Some(Grantee::Role(role)) if grant.gives_delegation && !grant.undecided => Some(role),
            _ => None,
        };
        let mut found = Vec::new();
        for (at, named) in self.meaning.packages.iter().enumerate() {
            for version in named.versions.iter().filter(|version| version.delegable.iter().any(onward)) {
                found.extend(version.grants.iter().filter_map(begins).map(|role| (PackageId::from(at), role)));
            }
        }
        // The first package is made for this.
        let first: Vec<_> = found.iter().copied().filter(|(package, _)| package.0 == 0).collect();
        let found = if first.is_empty() || self.dice.chance(15) { found } else { first };
        (!found.is_empty()).then(|| self.dice.pick(&found))
    }

    /// A role fact, of whom and for whom it may be.
    fn role(&mut self, role: RoleId, subject: Option<EntityId>, party: Option<EntityId>, period: Period) {
        let Some(named) = self.meaning.role(role) else { return };
        let Some(version) = named.versions.first() else { return };
        let Some(subject) = subject.or_else(|| self.who(|kind| version.by.has(kind))) else { return };
        let party = match version.of {
            None => None,
            Some(kinds) => match party.or_else(|| self.who(|kind| kinds.has(kind))) {
                Some(party) => Some(party),
                None => return,
            },
        };
        // A fact that the policies rule out is refused before it is decided upon.
        let is = |id: EntityId, kinds: fullmakt::terms::kind::Kinds| {
            self.facts.entity(id).is_some_and(|entity| kinds.has(entity.kind))
        };
        let possible = is(subject, version.by) && party.zip(version.of).is_none_or(|(party, of)| is(party, of));
        if possible && party != Some(subject) {
            self.facts.roles.push(RoleFact { subject, role, party, period });
        }
    }

    fn give(&mut self, giver: EntityId, receiver: EntityId, party: EntityId, what: Given) {
        let (given, mut end, mut withdrawn) = (DAYS[0], Period::ALWAYS, None);
        let given = if self.dice.chance(6) { DAYS[3] } else { given };
        match self.dice.below(14) {
            0 => end.before = Some(DAYS[2]),
            1 => end = period(self.dice, 100),
            2 => withdrawn = Some(moment(self.dice)),
            _ => {}
        }
        self.facts.delegations.push(Delegation {
            receiver,
            party,
            what,
            giver,
            given,
            period: end,
            withdrawn,
            attributes: Known::default(),
        });
    }

    /// So many delegations in a row, from one who has the key role.
    fn chain(&mut self, links: usize) {
        let Some(party) = self.who(|kind| kind == Kind::Organisation) else { return };
        let Some((package, begins)) = self.passed_on() else { return };
        let by = self.meaning.role(begins).and_then(|role| role.versions.first()).map(|role| role.by);
        let Some(giver) = self.who(|kind| by.is_some_and(|by| by.has(kind))) else { return };
        self.role(begins, Some(giver), Some(party), Period::ALWAYS);
        let people: Vec<EntityId> = (0..self.facts.entities.len() as u32)
            .map(EntityId)
            .filter(|id| *id != giver && *id != party)
            .filter(|id| {
                self.facts.entity(*id).is_some_and(|one| one.kind != Kind::SystemUser && one.declared.is_none())
            })
            .collect();
        let mut last = giver;
        let start = self.dice.below(people.len());
        for at in 0..links {
            let next = people[(start + at) % people.len()];
            let (end, given) = (Period::ALWAYS, DAYS[0]);
            self.facts.delegations.push(Delegation {
                receiver: next,
                party,
                what: Given::Package(package),
                giver: last,
                given,
                period: end,
                withdrawn: None,
                attributes: Known::default(),
            });
            last = next;
            if at + 1 >= links {
                self.telling.extend([(last, party, Given::Package(package)); 3]);
            }
        }
    }

    /// Two or three who give each other the same; perhaps somebody gave it to one of them.
    fn circle(&mut self) {
        let Some(party) = self.who(|kind| kind == Kind::Organisation) else { return };
        let what = self.what();
        let ring: Vec<EntityId> = (0..3).filter_map(|_| self.who(|kind| kind != Kind::SystemUser)).collect();
        for (at, giver) in ring.iter().enumerate() {
            self.telling.push((*giver, party, what));
            self.give(*giver, ring[(at + 1) % ring.len()], party, what);
        }
        if self.dice.chance(50)
            && let (Some(first), Some(giver)) = (ring.first(), self.who(|kind| kind == Kind::Person))
            && let Some(key) = self.role_that(|role| role.key.is_yes())
        {
            self.role(key, Some(giver), Some(party), Period::ALWAYS);
            self.give(giver, *first, party, what);
        }
    }

    /// An office that received something, and its agent.
    fn agent(&mut self) {
        let organisation = |kind| kind == Kind::Organisation;
        let (Some(party), Some(office)) = (self.who(organisation), self.who(organisation)) else { return };
        let (Some(agent), Some(giver)) = (self.who(|kind| kind == Kind::Person), self.giver(party)) else { return };
        let Some(role) = self.role_that(|role| role.agent.is_yes()) else { return };
        self.role(role, Some(agent), Some(office), Period::ALWAYS);
        let mut what = self.what();
        let mut giver = giver;
        if let Some((package, begins)) = self.passed_on()
            && self.dice.chance(50)
            && let Some(by) = self.meaning.role(begins).and_then(|role| role.versions.first()).map(|role| role.by)
            && let Some(who) = self.who(|kind| by.has(kind))
        {
            (giver, what) = (who, Given::Package(package));
            self.role(begins, Some(giver), Some(party), Period::ALWAYS);
        }
        self.give(giver, office, party, what);
        self.telling.extend([(office, party, what), (agent, party, what)]);
        if self.dice.chance(70) {
            self.give(office, agent, party, what);
        }
    }

    fn what(&mut self) -> Given {
        match self.dice.below(10) {
            0..4 => Given::Package(self.passed_on().map_or(PackageId(0), |(package, _)| package)),
            4..7 if !self.meaning.areas.is_empty() => {
                Given::Area(AreaId::from(self.dice.below(self.meaning.areas.len())))
            }
            _ => Given::Package(PackageId::from(self.dice.below(self.meaning.packages.len()))),
        }
    }

    /// Somebody who may perhaps give for the party.
    fn giver(&mut self, party: EntityId) -> Option<EntityId> {
        let mut near: Vec<EntityId> =
            self.facts.roles.iter().filter(|fact| fact.party == Some(party)).map(|fact| fact.subject).collect();
        near.extend(self.facts.delegations.iter().filter(|one| one.party == party).map(|one| one.receiver));
        near.push(party);
        if self.dice.chance(15) { self.who(|_| true) } else { Some(self.dice.pick(&near)) }
    }

    fn delegation(&mut self) {
        let Some(party) = self.who(|kind| kind == Kind::Organisation || kind == Kind::Person) else { return };
        let party = match self.facts.delegations.last() {
            Some(last) if self.dice.chance(60) => last.party,
            _ => party,
        };
        let what = match self.facts.delegations.last() {
            Some(last) if self.dice.chance(40) => last.what,
            _ => self.what(),
        };
        if let (Some(giver), Some(receiver)) = (self.giver(party), self.who(|_| true))
            && (giver != receiver || self.dice.chance(20))
        {
            self.give(giver, receiver, party, what);
        }
    }
}

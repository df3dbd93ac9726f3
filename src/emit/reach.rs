//! What can be so at all on a day: which kinds of entities can hold a package, and in which way, for a party of a kind, and who can pass
//! it on. Says rather too much than too little: it looks at kinds and at who names whom alone.

use crate::ir::{AreaId, Grant, Grantee, Line, Meaning, PackageId, Receiver, Role, RoleId};
use crate::terms::kind::{Kind, Kinds};
use jiff::civil::Date;

/// Kinds of holders by way (docs/meaning.md, H3–H6) and of those who can pass on (P1–P4), for one package and kind of party.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// By a grant.
    pub(super) granted: Kinds,
    /// By a delegation.
    pub(super) delegated: Kinds,
    /// By a key role.
    pub(super) by_key: Kinds,
    /// For an organisation that covers the party.
    pub(super) covered: Kinds,
    /// In one of these ways, with a link.
    pub(super) linked: Kinds,
    /// By a grant with delegation, for the party itself.
    pub(super) gives: Kinds,
    /// The same, where it is not the party that does.
    pub(super) others_give: Kinds,
    /// May pass on in another way.
    pub(super) passes_on: Kinds,
}

impl Reached {
    /// Can somebody be told to hold it?
    pub(super) fn told(self) -> bool {
        !(self.delegated.is_empty() && self.by_key.is_empty() && self.covered.is_empty())
    }

    fn holders(self) -> Kinds {
        union(union(self.granted, self.delegated), union(self.by_key, self.covered))
    }
}

fn union(one: Kinds, two: Kinds) -> Kinds {
    one.iter().chain(two.iter()).collect()
}

/// What a bundle makes possible.
pub(super) struct Reach<'b> {
    meaning: &'b Meaning,
    day: Date,
    /// Where only delegations of this area count.
    area: Option<AreaId>,
    /// Kinds that the area admits.
    admitted: Kinds,
    /// By package and kind of party.
    found: Vec<[Reached; 3]>,
    /// Kinds of people who can have a key role for an organisation: persons or nobody.
    keys: Kinds,
    /// Kinds of parties that an organisation can cover.
    covers: Kinds,
    /// Kinds of agents of an organisation.
    agents: Kinds,
}

impl<'b> Reach<'b> {
    pub(super) fn new(meaning: &'b Meaning, day: Date, area: Option<AreaId>) -> Self {
        let organisation = Kinds::NONE.with(Kind::Organisation);
        let roles = || meaning.roles.iter().filter_map(|named| named.on(day)).map(|(_, role)| role);
        let for_organisations = |role: &&Role| role.of.is_some_and(|of| of.has(Kind::Organisation));
        let by = |all: &mut dyn Iterator<Item = &Role>| all.fold(Kinds::NONE, |kinds, role| union(kinds, role.by));
        let keys = by(&mut roles().filter(for_organisations).filter(|role| role.key.is_yes()));
        let agents = by(&mut roles().filter(for_organisations).filter(|role| role.agent.is_yes()));
        let covers = roles()
            .filter(|role| role.covers.is_yes() && !role.by.and(organisation).is_empty())
            .fold(Kinds::NONE, |kinds, role| union(kinds, role.of.unwrap_or(Kinds::NONE)));
        let found = vec![[Reached::default(); 3]; meaning.packages.len()];
        let keys = keys.and(Kinds::NONE.with(Kind::Person));
        let mut reach = Reach { meaning, day, area, admitted: Kinds::NONE, found, keys, covers, agents };
        let lines =
            area.and_then(|id| meaning.area(id)).and_then(|named| named.on(day)).map(|(_, area)| &area.delegable);
        reach.admitted = lines.into_iter().flatten().fold(Kinds::NONE, |kinds, line| union(kinds, reach.admits(line)));
        while reach.step() {}
        reach
    }

    /// What can be so of a package for a party of a kind.
    pub(super) fn of(&self, package: PackageId, party: Kind) -> Reached {
        self.found.get(package.index()).and_then(|kinds| kinds.get(party as usize)).copied().unwrap_or_default()
    }

    /// One round; was anything new?
    fn step(&mut self) -> bool {
        let mut new = false;
        for at in 0..self.found.len() {
            for party in Kind::ALL {
                let reached = self.once(at.into(), party);
                if let Some(old) = self.found.get_mut(at).and_then(|kinds| kinds.get_mut(party as usize)) {
                    new |= *old != reached;
                    *old = reached;
                }
            }
        }
        new
    }

    fn once(&self, id: PackageId, party: Kind) -> Reached {
        let mut reached = self.of(id, party);
        let version = self.meaning.package(id).and_then(|named| named.on(self.day)).map(|(_, version)| version);
        if let Some(version) = version.filter(|version| version.kinds.known().is_some_and(|kinds| kinds.has(party))) {
            for grant in version.grants.iter().filter(|grant| !grant.undecided && grant.period.has(self.day)) {
                let who = self.named(grant, party);
                if grant.gives_use {
                    reached.granted = union(reached.granted, who);
                    if grant.when.is_some() {
                        // Such a holding is told, like one by delegation.
                        reached.delegated = union(reached.delegated, who);
                    }
                    if let Some(Grantee::Package(package)) = grant.to {
                        reached.linked = union(reached.linked, self.of(package, party).linked);
                    }
                }
                if grant.gives_delegation {
                    reached.gives = union(reached.gives, who);
                    if grant.when.is_some() {
                        reached.passes_on = union(reached.passes_on, who);
                    }
                    if !self.is_of_the_party(grant) {
                        reached.others_give = union(reached.others_give, who);
                    }
                }
            }
            let has = |kinds: Kinds| kinds.has(Kind::Organisation);
            let organisation = Kinds::NONE.with(Kind::Organisation);
            if !reached.others_give.is_empty() {
                reached.passes_on = reached.passes_on.with(party);
            }
            if has(union(reached.granted, reached.delegated)) && !self.agents.is_empty() {
                reached.passes_on = union(reached.passes_on, organisation);
            }
            if self.covers.has(party) {
                reached.passes_on = union(reached.passes_on, self.of(id, Kind::Organisation).gives);
            }
            let mut admitted = Kinds::NONE;
            for line in &version.delegable {
                let kinds = self.admits(line);
                admitted = union(admitted, kinds);
                if matches!(line, Line::To { onward: true, .. }) && !reached.delegated.is_empty() {
                    reached.passes_on = union(reached.passes_on, reached.delegated.and(kinds));
                }
            }
            if let Some(area) = self.area {
                admitted = if version.area == Some(area) { admitted.and(self.admitted) } else { Kinds::NONE };
            }
            if !(reached.gives.is_empty() && reached.passes_on.is_empty()) {
                reached.delegated = union(reached.delegated, admitted);
                reached.linked = union(reached.linked, admitted);
            }
            if has(union(reached.granted, reached.delegated)) {
                reached.by_key = union(reached.by_key, self.keys);
            }
            if has(reached.linked) {
                reached.linked = union(reached.linked, self.keys);
            }
            if self.covers.has(party) {
                let covering = self.of(id, Kind::Organisation);
                let held = union(covering.granted, union(covering.delegated, covering.by_key));
                reached.covered = union(reached.covered, held);
                // (d) rests on any of the ways that have a link there.
                reached.linked = union(reached.linked, covering.linked);
            }
        }
        reached
    }

    /// Kinds of those whom a grant reaches.
    fn named(&self, grant: &Grant, party: Kind) -> Kinds {
        match grant.to {
            Some(Grantee::Itself) => Kinds::NONE.with(party),
            Some(Grantee::Package(package)) => self.of(package, party).holders(),
            Some(Grantee::Role(role)) => {
                let Some(role) = self.role(role) else { return Kinds::NONE };
                match role.of {
                    Some(of) if of.has(party) => role.by,
                    None if role.by.has(party) => Kinds::NONE.with(party),
                    _ => Kinds::NONE,
                }
            }
            None => Kinds::NONE,
        }
    }

    /// Does a grant reach nobody but the party?
    fn is_of_the_party(&self, grant: &Grant) -> bool {
        match grant.to {
            Some(Grantee::Itself) => true,
            Some(Grantee::Role(role)) => self.role(role).is_some_and(|role| role.of.is_none()),
            Some(Grantee::Package(_)) | None => false,
        }
    }

    fn role(&self, role: RoleId) -> Option<&'b Role> {
        self.meaning.role(role).and_then(|named| named.on(self.day)).map(|(_, role)| role)
    }

    /// Kinds of those whom a line admits.
    fn admits(&self, line: &Line) -> Kinds {
        match line {
            Line::To { to: Receiver::Kind(kind), .. } => Kinds::NONE.with(*kind),
            Line::To { to: Receiver::Role(role), .. } => self.by(*role),
            Line::Undecided => Kinds::NONE,
        }
    }

    fn by(&self, role: RoleId) -> Kinds {
        self.role(role).map_or(Kinds::NONE, |role| role.by)
    }
}

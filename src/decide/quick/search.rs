//! Does somebody hold a package, or may pass it on (docs/meaning.md, H1–H7, P1–P5)? Searched backwards from what is asked, fewest
//! links first, so that only what was given to those who matter is read. Says the same as `hold`, and no why.

use super::at_once::{FEW, counts, is_in_row, of_what};
use super::era::{Era, PackageNow, RoleNow};
use crate::decide::hold::grant_is_so;
use crate::decide::lines::{Handing, Lines};
use crate::decide::lookup::{Held, Lookup, Marks};
use crate::decide::node::MOST_LINKS;
use crate::decide::roles::{Pass, Roles};
use crate::facts::{EntityId, Party};
use crate::ir::{AreaId, Grant, Grantee, PackageId, RoleId};
use crate::terms::kind::Kind;
use rustc_hash::FxHashSet;
use std::cell::Cell;

/// What is to be found out. With fewer links than this it has not been found out otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Goal {
    pub(super) asks: Asks,
    pub(super) who: EntityId,
    pub(super) package: PackageId,
    pub(super) party: EntityId,
}

/// The ways that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asks {
    /// Holds by (a) or (b).
    HoldsItself,
    /// Holds by (a), (b) or (c).
    HoldsForParty,
    /// Holds by (a), (b), (c) or (d).
    Holds,
    /// May pass on by P1, P2 or P3.
    Passes,
}

/// What a search needs room for; kept between searches.
#[derive(Debug, Default)]
pub(in crate::decide) struct Space {
    /// Goals, and whether a link leads to them where that is told apart.
    seen: FxHashSet<(Goal, bool)>,
    /// The first few, where looking at each is quicker.
    seen_first: Vec<(Goal, bool)>,
    pub(super) here: Vec<Goal>,
    next: Vec<Goal>,
    /// Organisations that cover a party, found once: where they stand in `covering`.
    covers: Vec<(EntityId, u32, u32)>,
    pub(super) covering: Vec<EntityId>,
    /// Goals looked at by all searches: what the tests of work count.
    pub(super) looked_at: u64,
}

impl Space {
    /// Is it seen for the first time?
    fn is_new(&mut self, goal: (Goal, bool)) -> bool {
        if self.seen_first.contains(&goal) {
            return false;
        }
        if self.seen_first.len() < FEW {
            self.seen_first.push(goal);
            return true;
        }
        self.seen.insert(goal)
    }

    fn clear(&mut self) {
        self.seen_first.clear();
        if !self.seen.is_empty() {
            self.seen.clear();
        }
        self.here.clear();
        self.next.clear();
        self.covers.clear();
        self.covering.clear();
    }
}

/// A search in one pass.
pub(super) struct Search<'q, 'a> {
    pub(super) roles: &'a Roles<'a>,
    pub(super) era: &'a Era,
    pub(super) lookup: Lookup<'a>,
    pub(super) pass: Pass,
    /// Only delegations of this area count (Q4).
    pub(super) area_alone: Option<AreaId>,
    /// Only ways with a link count (Q5).
    pub(super) by_link: bool,
    pub(super) lines: Lines<'a>,
    pub(super) space: &'q mut Space,
    /// Was something met that this search cannot tell?
    pub(super) lost: Cell<bool>,
    links: u32,
}

impl<'q, 'a> Search<'q, 'a> {
    pub(super) fn new(
        roles: &'a Roles<'a>,
        era: &'a Era,
        lookup: Lookup<'a>,
        pass: Pass,
        space: &'q mut Space,
    ) -> Self {
        space.clear();
        let lines = Lines::new(roles, pass);
        Search {
            roles,
            era,
            lookup,
            pass,
            area_alone: None,
            by_link: false,
            lines,
            space,
            lost: Cell::new(false),
            links: 0,
        }
    }

    fn kind(&self, who: EntityId) -> Option<Kind> {
        self.lookup.kind(who)
    }

    /// Is one of these so? `None`: this search cannot tell.
    pub(super) fn finds(&mut self, goals: impl IntoIterator<Item = Goal>) -> Option<bool> {
        self.space.here.extend(goals);
        loop {
            while let Some(goal) = self.space.here.pop() {
                if self.space.is_new((goal, self.by_link && self.links > 0)) {
                    self.space.looked_at += 1;
                    if self.look_at(goal) {
                        return Some(true);
                    }
                }
            }
            std::mem::swap(&mut self.space.here, &mut self.space.next);
            self.links += 1;
            if self.space.here.is_empty() || self.links > MOST_LINKS {
                return if self.lost.get() { None } else { Some(false) };
            }
        }
    }

    /// Is it so at once? Else what would make it so is to be looked at.
    fn look_at(&mut self, goal: Goal) -> bool {
        let Goal { asks, who, package, party } = goal;
        let Some(now) = self.era.package(package).copied() else { return false };
        let (Some(kind), counts) = (self.kind(party), self.counts_already()) else { return false };
        if !now.kinds.has(kind) {
            return false;
        }
        let passes = asks == Asks::Passes;
        if self.is_granted(who, package, &now, party, passes) && counts {
            return true;
        }
        if passes {
            for at in self.covering(party) {
                let Some(covering) = self.space.covering.get(at).copied() else { continue };
                if self.is_granted(who, package, &now, covering, true) && counts {
                    return true;
                }
            }
            if who == party && self.anybody_passes(package, &now, party) && counts {
                return true;
            }
        }
        if self.links < MOST_LINKS {
            self.given(who, package, &now, party, passes);
        }
        if matches!(asks, Asks::Holds | Asks::HoldsForParty) && self.kind(who) == Some(Kind::Person) {
            self.by_key(who, package, &now, party);
        }
        if asks == Asks::Holds {
            for at in self.covering(party) {
                if let Some(covering) = self.space.covering.get(at).copied() {
                    self.space.here.push(Goal { asks: Asks::HoldsForParty, who, package, party: covering });
                }
            }
        }
        false
    }

    /// Does a grant of use (or to pass it on) reach somebody for a party (H2) by roles alone? Where it would by a package: whether that
    /// is held is to be looked at.
    fn is_granted(
        &mut self,
        who: EntityId,
        id: PackageId,
        package: &PackageNow,
        party: EntityId,
        to_pass_on: bool,
    ) -> bool {
        let row = if to_pass_on { package.to_pass_on } else { package.to_use };
        let mut granted = is_in_row(self.roles, self.era, self.lookup, self.pass, who, row, party);
        for at in self.era.apart(package) {
            // A way without a link does not end the search for one that has some.
            if granted && self.counts_already() {
                return true;
            }
            let Some(grant) = self.grant(id, package, *at).filter(|one| gives(one, to_pass_on)) else { continue };
            let reaches = match grant.to {
                Some(Grantee::Role(role)) => self.has(who, role, party),
                Some(Grantee::Itself) => who == party,
                Some(Grantee::Package(_)) => true,
                None => false,
            };
            if !reaches || !self.lines.counts(grant_is_so(self.roles, grant, who, party)) {
                continue;
            }
            match grant.to {
                Some(Grantee::Package(holder)) => {
                    self.space.here.push(Goal { asks: Asks::Holds, who, package: holder, party });
                }
                _ => granted = true,
            }
        }
        granted
    }

    /// Does a way that is found now count?
    fn counts_already(&self) -> bool {
        !self.by_link || self.links > 0
    }

    pub(super) fn grant(&self, id: PackageId, package: &PackageNow, at: u32) -> Option<&'a Grant> {
        let named = self.roles.decider.index.meaning.package(id)?;
        named.versions.get(package.version as usize)?.grants.get(at as usize)
    }

    /// Has somebody the role for the party, or the status and is the party?
    pub(super) fn has(&self, who: EntityId, role: RoleId, party: EntityId) -> bool {
        (!self.era.role(role).is_status() || who == party) && self.roles.has(self.pass, who, role, party).is_some()
    }

    /// What was delegated to somebody for a party (H4): then the right of the giver is to be looked at, a link further. `onward`: in a
    /// way that lets it be passed on (P2).
    fn given(&mut self, who: EntityId, package: PackageId, now: &PackageNow, party: EntityId, onward: bool) {
        let (to, of) = (self.lookup.marks(who), self.lookup.marks(party));
        if !to.has(Marks::RECEIVES) || !of.has(Marks::GIVEN_FOR) {
            return;
        }
        for (at, one) in self.lookup.given_between(who, party) {
            let Some(area) = of_what(one, package, now) else { continue };
            let counts = self.area_alone.is_none_or(|alone| area == Some(alone));
            if !counts || one.giver == who || !self.lookup.is_given(at, one, self.roles.now, self.roles.today) {
                continue;
            }
            let handing = Handing { giver: one.giver, receiver: who, party, delegation: Some(at) };
            let kind = self.kind(who);
            let admits = now.receivers.admits(kind, onward);
            if !admits.unwrap_or_else(|| self.lines.of_package(package, &handing, onward).is_some()) {
                continue;
            }
            if let Some(area) = area {
                let admits = self.era.area(area).map_or(Some(false), |to| to.admits(kind, onward));
                if !admits.unwrap_or_else(|| self.lines.of_area(area, &handing, onward).is_some()) {
                    continue;
                }
            }
            self.space.next.push(Goal { asks: Asks::Passes, who: one.giver, package, party });
            if self.kind(one.giver) == Some(Kind::Organisation) && self.roles.agent(self.pass, who, one.giver).is_some()
            {
                self.space.next.push(Goal { asks: Asks::HoldsItself, who: one.giver, package, party });
            }
        }
    }

    /// The organisations that somebody has a key role for (H5) are to be looked at: those of its roles, or, where these are fewer, those
    /// that can hold anything for the party at all.
    fn by_key(&mut self, who: EntityId, package: PackageId, now: &PackageNow, party: EntityId) {
        let (roles, era, lookup) = (self.roles, self.era, self.lookup);
        if self.pass == Pass::Possibly
            && roles.unknown().any(|(id, role)| {
                era.role(id).is(RoleNow::KEY)
                    && role.by.has(Kind::Person)
                    && role.of.is_some_and(|kinds| kinds.has(Kind::Organisation))
            })
        {
            self.lost.set(true);
        }
        if !lookup.marks(who).has(Marks::KEY) {
            return;
        }
        let (mine, given) = (lookup.held_by(who), lookup.given_for(party));
        let goal = |organisation| Goal { asks: Asks::HoldsItself, who: organisation, package, party };
        let theirs = lookup.count_for(party) + given.len();
        // What is held through a package may be held for a covering party by somebody who has nothing for this one; a role that is out of
        // reach anybody may have for it.
        let also_others = now.by_holders && lookup.marks(party).has(Marks::COVERED)
            || self.pass == Pass::Possibly && roles.some_unknown();
        if theirs < mine.len() && !also_others {
            let candidates = lookup.held_for(party).map(|(subject, _)| subject);
            let candidates = candidates.chain(given.flatten().map(|row| row.receiver)).chain([party]);
            for organisation in candidates {
                if lookup.kind(organisation) == Some(Kind::Organisation) && self.is_key_of(who, organisation) {
                    self.space.here.push(goal(organisation));
                }
            }
            return;
        }
        for row in mine {
            if let Some(organisation) = row.party.get()
                && era.role(row.role).is(RoleNow::KEY)
                && lookup.kind(organisation) == Some(Kind::Organisation)
                && self.counts(row)
            {
                self.space.here.push(goal(organisation));
            }
        }
    }

    fn is_key_of(&self, who: EntityId, organisation: EntityId) -> bool {
        let mut between = self.lookup.held_between(who, Party::of(Some(organisation)));
        between.any(|held| self.era.role(held.role).is(RoleNow::KEY) && self.counts(held))
    }

    /// Is a role fact in force, and known?
    fn counts(&self, held: &Held) -> bool {
        counts(self.roles, self.lookup, held)
    }

    /// The organisations that cover a party: where they stand in the space.
    pub(super) fn covering(&mut self, party: EntityId) -> std::ops::Range<usize> {
        let (roles, era, lookup) = (self.roles, self.era, self.lookup);
        if self.pass == Pass::Possibly {
            let fits = |kinds: crate::terms::kind::Kinds| lookup.kind(party).is_some_and(|kind| kinds.has(kind));
            if roles.unknown().any(|(id, role)| {
                era.role(id).is(RoleNow::COVERS) && role.by.has(Kind::Organisation) && role.of.is_some_and(fits)
            }) {
                self.lost.set(true);
            }
        }
        if !lookup.marks(party).has(Marks::COVERED) {
            return 0..0;
        }
        if let Some((_, start, end)) = self.space.covers.iter().find(|(known, _, _)| *known == party) {
            return *start as usize..*end as usize;
        }
        let start = self.space.covering.len();
        for (subject, held) in lookup.covering(party) {
            if era.role(held.role).is(RoleNow::COVERS) && counts(roles, lookup, held) {
                self.space.covering.push(*subject);
            }
        }
        let end = self.space.covering.len();
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.space.covers.push((party, number(start), number(end)));
        start..end
    }

    pub(super) fn is_so(&self, grant: &'a Grant, holder: EntityId, party: EntityId) -> bool {
        self.lines.counts(grant_is_so(self.roles, grant, holder, party))
    }
}

fn gives(grant: &Grant, to_pass_on: bool) -> bool {
    if to_pass_on { grant.gives_delegation } else { grant.gives_use }
}

//! How a package comes into somebody's hands: whether it ever can, and facts by which it does (docs/meaning.md, H2–H6).

use super::world::{Handle, World};
use crate::ir::{Grant, Grantee, Line, Meaning, Package, PackageId, Receiver, Role, RoleId};
use crate::terms::kind::{Kind, Kinds};
use jiff::civil::Date;

/// How many packages may stand behind each other in one way of holding.
const DEPTH: u32 = 6;

/// Which packages can be held at all.
#[derive(Debug)]
pub(super) struct Gives<'b> {
    pub(super) meaning: &'b Meaning,
    may: Vec<bool>,
}

impl<'b> Gives<'b> {
    /// Of a bundle.
    pub(super) fn new(meaning: &'b Meaning) -> Self {
        let mut gives = Gives { meaning, may: vec![false; meaning.packages.len()] };
        // A package is found in one round, those granted to who holds it in a later one: few, as packages seldom stand behind packages.
        loop {
            let more: Vec<usize> = (0..gives.may.len())
                .filter(|at| gives.may.get(*at) == Some(&false) && gives.can_begin((*at).into()))
                .collect();
            if more.is_empty() {
                return gives;
            }
            for at in more {
                if let Some(slot) = gives.may.get_mut(at) {
                    *slot = true;
                }
            }
        }
    }

    /// Can anybody ever hold it, for anybody?
    pub(super) fn may_be_held(&self, package: PackageId) -> bool {
        self.may.get(package.index()).copied().unwrap_or(true)
    }

    /// Does a grant of it reach anybody, who holds it or can give it to another?
    fn can_begin(&self, package: PackageId) -> bool {
        let versions = self.meaning.package(package).map_or(&[][..], |named| &named.versions);
        versions.iter().any(|version| {
            let received = version.delegable.iter().any(|line| matches!(line, Line::To { .. }));
            version.kinds.known().is_some_and(|kinds| !kinds.is_empty())
                && version.grants.iter().any(|grant| {
                    self.is_effective(grant, version)
                        && (grant.gives_use || received && grant.gives_delegation)
                        && match grant.to {
                            Some(Grantee::Package(other)) => self.may_be_held(other),
                            Some(Grantee::Itself | Grantee::Role(_)) => true,
                            None => false,
                        }
                })
        })
    }

    fn is_effective(&self, grant: &Grant, version: &Package) -> bool {
        !grant.undecided && grant.period.meets(version.period) && (grant.gives_use || grant.gives_delegation)
    }

    /// Makes facts by which somebody holds a package for a party on a day; `false`: found none.
    pub(super) fn give(
        &self,
        world: &mut World<'b>,
        package: PackageId,
        who: Handle,
        party: Handle,
        day: Date,
    ) -> bool {
        self.give_within(world, package, who, party, day, DEPTH)
    }

    fn give_within(
        &self,
        world: &mut World<'b>,
        package: PackageId,
        who: Handle,
        party: Handle,
        day: Date,
        depth: u32,
    ) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let Some((_, version)) = self.meaning.package(package).and_then(|named| named.on(day)) else { return false };
        if !version.kinds.known().is_some_and(|kinds| kinds.has(world.kind(party))) {
            return false;
        }
        // What needs no condition first.
        let mut grants: Vec<&Grant> = version.grants.iter().filter(|grant| grant.gives_use).collect();
        grants.sort_by_key(|grant| grant.when.is_some());
        for grant in grants {
            if self.reach(world, grant, who, party, day, depth) {
                return true;
            }
        }
        self.delegate(world, package, version, who, party, day, depth)
    }

    /// Makes facts by which a grant reaches somebody.
    pub(super) fn reach(
        &self,
        world: &mut World<'b>,
        grant: &Grant,
        who: Handle,
        party: Handle,
        day: Date,
        depth: u32,
    ) -> bool {
        if grant.undecided || !grant.period.has(day) {
            return false;
        }
        match grant.to {
            Some(Grantee::Itself) => who == party,
            Some(Grantee::Role(role)) => self.give_role(world, role, who, party, day),
            Some(Grantee::Package(other)) => {
                depth > 0 && self.give_within(world, other, who, party, day, depth.min(DEPTH))
            }
            None => false,
        }
    }

    /// Makes a role fact, where the role may be had so.
    pub(super) fn give_role(&self, world: &mut World<'b>, role: RoleId, who: Handle, party: Handle, day: Date) -> bool {
        let Some((_, version)) = self.meaning.role(role).and_then(|named| named.on(day)) else { return false };
        if !version.by.has(world.kind(who)) {
            return false;
        }
        match version.of {
            None if who == party => world.role(who, role, None),
            None => return false,
            Some(kinds) if kinds.has(world.kind(party)) => world.role(who, role, Some(party)),
            Some(_) => return false,
        }
        true
    }

    /// Makes facts by which somebody else may pass it on, and a delegation.
    #[expect(clippy::too_many_arguments, reason = "who has what of whom, when")]
    fn delegate(
        &self,
        world: &mut World<'b>,
        package: PackageId,
        version: &Package,
        who: Handle,
        party: Handle,
        day: Date,
        depth: u32,
    ) -> bool {
        let Some(giver) = self.giver(world, version, who, party, day, depth) else { return false };
        let mut lines: Vec<&Line> = version.delegable.iter().collect();
        lines.sort_by_key(|line| matches!(line, Line::To { when: Some(_), .. }));
        for line in lines {
            if let Line::To { to, .. } = line
                && self.admit(world, *to, who, party, day)
            {
                world.delegate(giver, who, party, package, day);
                return true;
            }
        }
        false
    }

    /// Makes facts by which a line admits somebody.
    pub(super) fn admit(&self, world: &mut World<'b>, to: Receiver, who: Handle, party: Handle, day: Date) -> bool {
        match to {
            Receiver::Kind(kind) => world.kind(who) == kind,
            Receiver::Role(role) => match self.meaning.role(role).and_then(|named| named.on(day)) {
                Some((_, Role { of: None, by, .. })) if by.has(world.kind(who)) => {
                    world.role(who, role, None);
                    true
                }
                Some(_) => self.give_role(world, role, who, party, day),
                None => false,
            },
        }
    }

    /// Somebody else who may pass it on.
    pub(super) fn giver(
        &self,
        world: &mut World<'b>,
        version: &Package,
        who: Handle,
        party: Handle,
        day: Date,
        depth: u32,
    ) -> Option<Handle> {
        let mut grants: Vec<&Grant> = version.grants.iter().filter(|grant| grant.gives_delegation).collect();
        grants.sort_by_key(|grant| grant.when.is_some());
        for grant in grants {
            if !grant.undecided && grant.period.has(day) && grant.to == Some(Grantee::Itself) && party != who {
                return Some(party);
            }
            for kind in self.grantees(grant, day).iter() {
                let giver = world.somebody(kind);
                if self.reach(world, grant, giver, party, day, depth) {
                    return Some(giver);
                }
            }
        }
        None
    }

    /// Kinds of those whom a grant can reach for another.
    pub(super) fn grantees(&self, grant: &Grant, day: Date) -> Kinds {
        match grant.to {
            Some(Grantee::Role(role)) => match self.meaning.role(role).and_then(|named| named.on(day)) {
                Some((_, version)) => version.by,
                None => Kinds::NONE,
            },
            Some(Grantee::Package(_)) => Kinds::NONE.with(Kind::Person).with(Kind::Organisation),
            Some(Grantee::Itself) | None => Kinds::NONE,
        }
    }
}

//! The ways in which grants alone lead to a package: from a role, from the party itself, or from a package that somebody is
//! told to hold, each with the period and the kinds of parties for which it leads there. Names no attribute.

use crate::ir::{AreaId, Grantee, Meaning, PackageId, RoleId};
use crate::terms::{kind::Kinds, period::Period};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a grant gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Use.
    Use,
    /// The right to delegate.
    Delegate,
}

/// Where a way begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The subject is the party.
    Itself,
    /// The subject has a role.
    Role(RoleId),
    /// The subject is told to hold a package.
    Held(PackageId),
}

/// A way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) source: Source,
    pub(super) period: Period,
    pub(super) kinds: Kinds,
}

impl Way {
    /// Does it begin as the other, and lead wherever and whenever that does?
    fn covers(self, other: Way) -> bool {
        self.source == other.source && self.leads_wherever(&other)
    }

    /// Does it lead wherever and whenever the other does?
    pub(super) fn leads_wherever(&self, other: &Way) -> bool {
        self.kinds.and(other.kinds) == other.kinds && self.period.and(other.period) == other.period
    }
}

/// The ways of a bundle.
pub(super) struct Ways<'b> {
    meaning: &'b Meaning,
    packages_of_area: BTreeMap<AreaId, BTreeSet<PackageId>>,
}

impl<'b> Ways<'b> {
    pub(super) fn new(meaning: &'b Meaning) -> Self {
        let mut packages_of_area: BTreeMap<AreaId, BTreeSet<PackageId>> = BTreeMap::new();
        for (at, package) in meaning.packages.iter().enumerate() {
            for area in package.versions.iter().filter_map(|version| version.area) {
                packages_of_area.entry(area).or_default().insert(PackageId::from(at));
            }
        }
        Ways { meaning, packages_of_area }
    }

    /// Is it granted to anybody, ever? What is not is held by nobody (H1–H7 begin with a grant).
    pub(super) fn can_be_held(&self, id: PackageId) -> bool {
        let versions = self.meaning.package(id).map_or(&[][..], |package| &package.versions);
        versions
            .iter()
            .any(|version| version.kinds.known().is_some() && version.grants.iter().any(|grant| !grant.undecided))
    }

    /// All ways to a package, in all its versions. For `Use` the first is that the subject is told to hold it.
    pub(super) fn of(&self, id: PackageId, right: Right) -> Vec<Way> {
        let versions = self.meaning.package(id).map_or(0, |package| package.versions.len());
        let mut ways: Vec<Way> = (0..versions).flat_map(|version| self.of_version(id, version, right)).collect();
        if right == Right::Use {
            ways.push(Way { source: Source::Held(id), period: Period::ALWAYS, kinds: Kinds::ANY });
        }
        least(ways)
    }

    /// The ways to one version of a package, without that the subject is told to hold it.
    pub(super) fn of_version(&self, id: PackageId, version: usize, right: Right) -> Vec<Way> {
        let mut found: Vec<Way> = Vec::new();
        let mut waiting = self.grants(id, Some(version), right, Period::ALWAYS, Kinds::ANY);
        while let Some(way) = waiting.pop() {
            if way.period.is_empty() || way.kinds.is_empty() || found.iter().any(|known| known.covers(way)) {
                continue;
            }
            found.push(way);
            if let Source::Held(holder) = way.source {
                waiting.extend(self.grants(holder, None, Right::Use, way.period, way.kinds));
            }
        }
        if right == Right::Use {
            // Who is told to hold it needs no way.
            found.retain(|way| way.source != Source::Held(id));
        }
        least(found)
    }

    /// One step back from a package: what its grants name.
    fn grants(&self, id: PackageId, only: Option<usize>, right: Right, period: Period, kinds: Kinds) -> Vec<Way> {
        let mut ways = Vec::new();
        let versions = self.meaning.package(id).map_or(&[][..], |package| &package.versions);
        for (_, version) in versions.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at)) {
            let Some(own) = version.kinds.known() else { continue };
            let (period, kinds) = (period.and(version.period), kinds.and(*own));
            // Whom a grant with a condition reaches is told to hold it (docs/attributes.md, A4).
            for grant in version.grants.iter().filter(|grant| !grant.undecided && grant.when.is_none()) {
                let gives = match right {
                    Right::Use => grant.gives_use,
                    Right::Delegate => grant.gives_delegation,
                };
                let source = match grant.to {
                    Some(Grantee::Itself) => Source::Itself,
                    Some(Grantee::Role(role)) => Source::Role(role),
                    Some(Grantee::Package(package)) => Source::Held(package),
                    None => continue,
                };
                let period = period.and(grant.period);
                if gives && self.is_possible(source, period) {
                    ways.push(Way { source, period, kinds });
                }
            }
        }
        ways
    }

    /// Can a source be so at all in a period?
    fn is_possible(&self, source: Source, period: Period) -> bool {
        match source {
            Source::Itself => true,
            Source::Role(role) => self
                .meaning
                .role(role)
                .is_some_and(|named| named.versions.iter().any(|version| version.period.meets(period))),
            Source::Held(package) => {
                let versions = self.meaning.package(package).map_or(&[][..], |named| &named.versions);
                self.can_be_held(package) && versions.iter().any(|version| version.period.meets(period))
            }
        }
    }

    /// Roles with `key`, each with the periods in which they have it; always, where they always do.
    pub(super) fn key_roles(&self) -> impl Iterator<Item = (RoleId, Period)> {
        self.meaning.roles.iter().enumerate().flat_map(|(at, role)| {
            let always = role.versions.iter().all(|version| version.key.is_yes());
            let key = role.versions.iter().filter(|version| version.key.is_yes() && version.of.is_some());
            let all = key.map(move |version| (RoleId::from(at), if always { Period::ALWAYS } else { version.period }));
            all.take(if always { 1 } else { usize::MAX })
        })
    }

    /// The stretches of a period in which an area has the same packages in force, each with its packages and their versions.
    pub(super) fn stretches(&self, area: AreaId, within: Period) -> Vec<(Period, Vec<(PackageId, usize)>)> {
        let packages = || self.packages_of_area.get(&area).into_iter().flatten();
        let versions = packages().filter_map(|id| self.meaning.package(*id)).flat_map(|package| &package.versions);
        let ends = versions.flat_map(|version| [version.period.from, version.period.before]).flatten();
        let inside =
            |day: &Date| within.from.is_none_or(|from| *day > from) && within.before.is_none_or(|before| *day < before);
        let cuts: BTreeSet<Date> = ends.filter(inside).collect();
        let starts = std::iter::once(within.from).chain(cuts.iter().copied().map(Some));
        let stops = cuts.iter().copied().map(Some).chain([within.before]);
        starts
            .zip(stops)
            .map(|(from, before)| {
                let stretch = Period { from, before };
                let in_it = packages().filter_map(|id| {
                    let versions = &self.meaning.package(*id)?.versions;
                    let version = versions.iter().position(|version| version.period.meets(stretch))?;
                    (versions.get(version)?.area == Some(area)).then_some((*id, version))
                });
                (stretch, in_it.collect())
            })
            .collect()
    }
}

/// In order, without those that another covers.
fn least(mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort();
    ways.dedup();
    let all = ways.clone();
    ways.retain(|way| !all.iter().any(|other| other != way && other.covers(*way)));
    ways
}

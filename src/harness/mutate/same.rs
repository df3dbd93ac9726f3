//! Proofs that a mutant decides as the bundle does, whatever is asked over whatever facts, from kinds and roles alone
//! (docs/mutation.md, «Set aside»). What conditions say is proved elsewhere. Rather no proof than a wrong one.

use super::mutant::{Change, Mutant};
use super::mutation::Mutation;
use crate::ir::{AreaId, Bundle, Grant, Grantee, Line, Meaning, Package, PackageId, Receiver, Role, RoleId};
use crate::terms::kind::{Kind, Kinds};

/// Why it decides the same everywhere; `None` where that is not proved here.
pub(super) fn proved(bundle: &Bundle, changed: &Bundle, mutant: &Mutant) -> Option<String> {
    let both = [&bundle.meaning, &changed.meaning];
    match (&mutant.change, mutant.mutation) {
        (Change::Role(id, ..), _) => crate::prove::idle_role(both[0], both[1], *id).map(str::to_owned),
        (Change::Package(id, version, body), Mutation::PartyKind) => {
            let before = bundle.meaning.package(*id)?.versions.get(*version as usize)?;
            let kinds = |body: &Package| body.kinds.known().copied().unwrap_or(Kinds::NONE);
            let kind = Kind::ALL.into_iter().find(|kind| kinds(body).has(*kind) != kinds(before).has(*kind))?;
            let idle = both.iter().all(|meaning| {
                let reached = Reached::of(meaning, kind);
                let beside = packages_of(meaning, before.area);
                !reached.has(*id) && beside.into_iter().all(|other| !reached.has(other))
            });
            idle.then(|| "nobody can come to hold the package for a party of that kind".to_owned())
        }
        (Change::Grant(id, version, at, after), _) => {
            let body = bundle.meaning.package(*id)?.versions.get(*version as usize)?;
            let before = body.grants.get(*at as usize)?;
            let idle = !has_line(&body.delegable)
                && Grant { gives_delegation: after.gives_delegation, ..before.clone() } == **after;
            idle.then(|| NOT_DELEGABLE.to_owned())
        }
        (Change::Widened(area, grant), _) => {
            let all = bundle.meaning.packages.iter().flat_map(|named| &named.versions);
            let mut lacking = all.filter(|body| body.area == Some(*area) && !body.grants.contains(grant));
            let has_use = |body: &Package| {
                let use_alone =
                    |own: &Grant| Grant { gives_delegation: grant.gives_delegation, ..own.clone() } == **grant;
                body.grants.iter().any(use_alone)
            };
            let idle = lacking.all(|body| !has_line(&body.delegable) && has_use(body));
            idle.then(|| NOT_DELEGABLE.to_owned())
        }
        (Change::AreaLines(id, version, after), _) => {
            let before = &bundle.meaning.area(*id)?.versions.get(*version as usize)?.delegable;
            let packages = bundle.meaning.packages.iter().flat_map(|named| &named.versions);
            let mut lines = packages.filter(|body| body.area == Some(*id)).flat_map(|body| &body.delegable);
            let idle = has_line(before)
                && has_line(after)
                && lines.all(|line| admits(before, line, &bundle.meaning) && admits(after, line, &bundle.meaning));
            idle.then(|| {
                "the packages of the area admit no more than the area does, with the change and without".to_owned()
            })
        }
        _ => None,
    }
}

const NOT_DELEGABLE: &str = "the package admits no receiver, so that a right to delegate it gives nothing";

fn has_line(lines: &[Line]) -> bool {
    lines.iter().any(|line| matches!(line, Line::To { .. }))
}

fn by(meaning: &Meaning, id: RoleId) -> Kinds {
    let versions = meaning.role(id).map_or(&[][..], |named| &named.versions);
    versions.iter().flat_map(|role| role.by.iter()).collect()
}

/// Kinds of parties for whom a role may be had; of a status its holders.
fn of(meaning: &Meaning, id: RoleId) -> Kinds {
    let versions = meaning.role(id).map_or(&[][..], |named| &named.versions);
    versions.iter().flat_map(|role| role.of.unwrap_or(role.by).iter()).collect()
}

fn packages_of(meaning: &Meaning, area: Option<AreaId>) -> Vec<PackageId> {
    let Some(area) = area else { return Vec::new() };
    let in_it = |body: &Package| body.area == Some(area);
    let packages = meaning.packages.iter().enumerate();
    packages.filter(|(_, named)| named.versions.iter().any(in_it)).map(|(at, _)| at.into()).collect()
}

/// Packages that a grant may reach somebody with, for a party of a kind.
struct Reached(Vec<bool>);

impl Reached {
    fn has(&self, id: PackageId) -> bool {
        self.0.get(id.index()).copied().unwrap_or(true)
    }

    fn of(meaning: &Meaning, kind: Kind) -> Reached {
        // Somebody covers a party of that kind: what is so of the organisation may be so of it.
        let covers = |role: &Role| role.covers.is_yes() && role.of.is_some_and(|kinds| kinds.has(kind));
        let is_covered = meaning.roles.iter().flat_map(|named| &named.versions).any(covers);
        let fits = |kinds: Kinds| kinds.has(kind) || (is_covered && kinds.has(Kind::Organisation));
        let mut reached = vec![false; meaning.packages.len()];
        loop {
            let mut more = false;
            for (at, named) in meaning.packages.iter().enumerate() {
                let reaches = |grant: &crate::ir::Grant| {
                    !grant.undecided
                        && (grant.gives_use || grant.gives_delegation)
                        && match grant.to {
                            Some(Grantee::Role(id)) => fits(of(meaning, id)),
                            Some(Grantee::Itself) => true,
                            Some(Grantee::Package(other)) => reached.get(other.index()).copied().unwrap_or(true),
                            None => false,
                        }
                };
                let is = named.versions.iter().flat_map(|body| &body.grants).any(reaches);
                if is && reached.get(at) == Some(&false) {
                    more = true;
                    reached.iter_mut().skip(at).take(1).for_each(|place| *place = true);
                }
            }
            if !more {
                return Reached(reached);
            }
        }
    }
}

/// Do these lines of an area admit whom a line of a package admits, and let them pass on what it does?
fn admits(area: &[Line], line: &Line, meaning: &Meaning) -> bool {
    let Line::To { to, onward, when } = line else { return true };
    area.iter().any(|of_area| {
        let Line::To { to: wider, onward: passes_on, when: only } = of_area else { return false };
        let covers = wider == to
            || match (wider, to) {
                (Receiver::Kind(kind), Receiver::Role(id)) => {
                    let kinds = by(meaning, *id);
                    !kinds.is_empty() && kinds.iter().all(|one| one == *kind)
                }
                _ => false,
            };
        covers && (*passes_on || !onward) && (only.is_none() || only == when)
    })
}

//! Proofs that a mutant decides as the bundle does, whatever is asked over whatever facts, from kinds and roles alone
//! (docs/mutation.md, «Set aside»). What conditions say is proved elsewhere. Rather no proof than a wrong one.

use super::mutant::{Change, Mutant};
use super::mutation::Mutation;
use crate::ir::{
    AreaId, Bundle, Expression, Grant, Grantee, IsWhat, Line, Meaning, Package, PackageId, Receiver, Recipient, Role,
    RoleId,
};
use crate::terms::effect::RuleEffect;
use crate::terms::kind::{Kind, Kinds};

/// Why it decides the same everywhere; `None` where that is not proved here.
pub(super) fn proved(bundle: &Bundle, changed: &Bundle, mutant: &Mutant) -> Option<String> {
    let both = [&bundle.meaning, &changed.meaning];
    match (&mutant.change, mutant.mutation) {
        (Change::Role(id, ..), _) if both.iter().all(|meaning| is_unread(meaning, *id)) => {
            Some("no decision hangs on who has the role".to_owned())
        }
        (Change::Role(..), Mutation::RoleKey) => {
            let idle = both.iter().all(|meaning| !asks_for_keys(meaning) && no_organisation_holds(meaning, None));
            idle.then(|| {
                "no organisation can come to hold a package, so that nobody holds one by a `key` role".to_owned()
            })
        }
        (Change::Role(id, ..), Mutation::RoleAgent) => {
            let idle = both.iter().all(|meaning| no_organisation_holds(meaning, Some(*id)));
            idle.then(|| {
                "no organisation can come to hold a package that it could give to who has the role for it, and to nobody else".to_owned()
            })
        }
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

/// Does nothing ask who has the role, and does nobody hold or pass on anything by it?
fn is_unread(meaning: &Meaning, id: RoleId) -> bool {
    let special = |role: &Role| role.key.is_yes() || role.covers.is_yes() || role.agent.is_yes();
    let acts = meaning.role(id).is_some_and(|named| named.versions.iter().any(special));
    let line = |line: &Line| matches!(line, Line::To { to: Receiver::Role(role), .. } if *role == id);
    let packages = || meaning.packages.iter().flat_map(|named| &named.versions);
    let grants = packages().flat_map(|body| &body.grants).filter(|grant| !grant.undecided);
    let granted = grants.into_iter().any(|grant| grant.to == Some(Grantee::Role(id)));
    let areas = meaning.areas.iter().flat_map(|named| &named.versions);
    let admitted = packages().flat_map(|body| &body.delegable).chain(areas.flat_map(|body| &body.delegable)).any(line);
    let named = meaning.rules.iter().any(|rule| rule.to == Some(Recipient::Role(id)));
    !acts && !granted && !admitted && !named && !is_asked(meaning, id)
}

/// Does a condition, or what controls or processes a register, name the role?
fn is_asked(meaning: &Meaning, id: RoleId) -> bool {
    let mut waiting: Vec<&Expression> = meaning.conditions.iter().map(|named| &named.body.says).collect();
    waiting.extend(meaning.rules.iter().filter_map(|rule| rule.when.as_ref()));
    let line = |line: &'_ Line| matches!(line, Line::To { when: Some(_), .. });
    for body in meaning.packages.iter().flat_map(|named| &named.versions) {
        waiting.extend(body.grants.iter().filter_map(|grant| grant.when.as_deref()));
        for line in body.delegable.iter().filter(|one| line(one)) {
            if let Line::To { when: Some(when), .. } = line {
                waiting.push(when);
            }
        }
    }
    for line in meaning.areas.iter().flat_map(|named| &named.versions).flat_map(|body| &body.delegable) {
        if let Line::To { when: Some(when), .. } = line {
            waiting.push(when);
        }
    }
    for body in meaning.resources.iter().flat_map(|named| &named.versions) {
        waiting.extend(body.retain.iter().flat_map(|retain| [&retain.kept, &retain.overdue]));
        let controls = [&body.controllers, &body.processors].into_iter().filter_map(|all| all.known()).flatten();
        if controls.into_iter().any(|one| *one == crate::ir::Controlling::Status(id)) {
            return true;
        }
    }
    while let Some(next) = waiting.pop() {
        if matches!(next, Expression::Is { what: IsWhat::Role(role), .. } if *role == id) {
            return true;
        }
        waiting.extend(next.parts());
    }
    false
}

/// Is there a permit for a status, an organisation, a controller or a processor without `requires` (U4)? Who has a key role
/// for that party may then act.
fn asks_for_keys(meaning: &Meaning) -> bool {
    let status = |id: RoleId| meaning.role(id).is_none_or(|named| named.versions.iter().any(|role| role.of.is_none()));
    meaning.rules.iter().any(|rule| {
        rule.effect == RuleEffect::Permit
            && rule.requires.is_none()
            && match rule.to {
                Some(Recipient::Organisation(_) | Recipient::Controller | Recipient::Processor) => true,
                Some(Recipient::Role(id)) => status(id),
                Some(Recipient::Anyone | Recipient::Itself) | None => false,
            }
    })
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

/// Kinds that a line may admit.
fn admitted(meaning: &Meaning, line: &Line) -> Kinds {
    match line {
        Line::To { to: Receiver::Kind(kind), .. } => Kinds::NONE.with(*kind),
        Line::To { to: Receiver::Role(id), .. } => by(meaning, *id),
        Line::Undecided => Kinds::NONE,
    }
}

/// Kinds that may come to hold each package: more than can, never fewer.
fn holders(meaning: &Meaning) -> Vec<Kinds> {
    let mut held = vec![Kinds::NONE; meaning.packages.len()];
    // Of three kinds: each round that goes on adds one to a package.
    loop {
        let mut more = false;
        for (at, named) in meaning.packages.iter().enumerate() {
            let mut kinds = held.get(at).copied().unwrap_or(Kinds::NONE);
            let before = kinds;
            let mut passed_on = false;
            for (body, grant) in
                named.versions.iter().flat_map(|body| body.grants.iter().map(move |grant| (body, grant)))
            {
                let (false, true) = (grant.undecided, grant.gives_use || grant.gives_delegation) else { continue };
                let reached = match grant.to {
                    Some(Grantee::Role(id)) => by(meaning, id),
                    Some(Grantee::Itself) => body.kinds.known().copied().unwrap_or(Kinds::NONE),
                    Some(Grantee::Package(other)) => held.get(other.index()).copied().unwrap_or(Kinds::ANY),
                    None => Kinds::NONE,
                };
                if grant.gives_use {
                    kinds = reached.iter().fold(kinds, Kinds::with);
                }
                passed_on |= grant.gives_delegation;
            }
            // What an organisation holds its agents may be given.
            if passed_on || kinds.has(Kind::Organisation) {
                for line in named.versions.iter().flat_map(|body| &body.delegable) {
                    kinds = admitted(meaning, line).iter().fold(kinds, Kinds::with);
                }
            }
            if kinds.has(Kind::Organisation) {
                kinds = kinds.with(Kind::Person);
            }
            more |= kinds != before;
            held.iter_mut().skip(at).take(1).for_each(|place| *place = kinds);
        }
        if !more {
            return held;
        }
    }
}

/// Can no organisation come to hold a package? With a role: none that may be given to somebody of a kind that has the role, and
/// that it may not give on to others as well.
fn no_organisation_holds(meaning: &Meaning, agent: Option<RoleId>) -> bool {
    let held = holders(meaning);
    let agents = agent.map(|id| by(meaning, id));
    (0..).zip(&held).filter(|(_, kinds)| kinds.has(Kind::Organisation)).all(|(at, _)| {
        let versions = meaning.package(PackageId(at)).map_or(&[][..], |named| &named.versions);
        agents.is_some_and(|agents| {
            let mut lines = versions.iter().flat_map(|body| &body.delegable);
            lines.all(|line| admitted(meaning, line).and(agents).is_empty())
                || versions.iter().all(|body| gives_on(meaning, body, &held))
        })
    })
}

/// May every organisation that holds the package give it on (P1, P2), whoever receives it?
fn gives_on(meaning: &Meaning, body: &Package, held: &[Kinds]) -> bool {
    let of_organisations = |grant: &&Grant| match grant.to {
        Some(Grantee::Role(id)) => by(meaning, id).has(Kind::Organisation),
        Some(Grantee::Itself) => body.kinds.known().is_none_or(|kinds| kinds.has(Kind::Organisation)),
        Some(Grantee::Package(other)) => held.get(other.index()).is_none_or(|kinds| kinds.has(Kind::Organisation)),
        None => false,
    };
    let mut used = body.grants.iter().filter(|grant| grant.gives_use && !grant.undecided).filter(of_organisations);
    let mut received = body.delegable.iter().filter(|line| admitted(meaning, line).has(Kind::Organisation));
    // What is received with an area is given on by lines of the area too: that is not followed here.
    used.all(|grant| grant.gives_delegation)
        && received.all(|line| body.area.is_none() && matches!(line, Line::To { onward: true, when: None, .. }))
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

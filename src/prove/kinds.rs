//! What of a role can matter to who holds what, told from kinds alone: who can have it, which organisations can come to hold a package.
//! More than can be, never less; rather no proof than a wrong one.

use crate::ir::{
    Expression, Grant, Grantee, IsWhat, Line, Meaning, Package, PackageId, Receiver, Recipient, Role, RoleId,
};
use crate::terms::effect::RuleEffect;
use crate::terms::kind::{Kind, Kinds};

/// Why two bundles that say something else of a role hold and decide alike all the same; `None` where that is not told from kinds.
#[must_use]
pub fn idle_role(one: &Meaning, two: &Meaning, id: RoleId) -> Option<&'static str> {
    let both = [one, two];
    if both.iter().all(|meaning| is_unread(meaning, id)) {
        return Some("no decision hangs on who has the role");
    }
    let versions = both.map(|meaning| meaning.role(id).map_or(&[][..], |named| &named.versions));
    let alike_but = |with: fn(&Role, &Role) -> Role| {
        versions[0].len() == versions[1].len()
            && versions[0].iter().zip(versions[1]).all(|(one, two)| with(one, two) == *two)
    };
    if alike_but(|one, two| Role { key: two.key, ..one.clone() })
        && both.iter().all(|meaning| !asks_for_keys(meaning) && no_organisation_holds(meaning, None))
    {
        return Some("no organisation can come to hold a package, so that nobody holds one by a `key` role");
    }
    if alike_but(|one, two| Role { agent: two.agent, ..one.clone() })
        && both.iter().all(|meaning| no_organisation_holds(meaning, Some(id)))
    {
        return Some(
            "no organisation can come to hold a package that it could give to who has the role for it, and to nobody else",
        );
    }
    None
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

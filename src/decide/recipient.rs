//! Is a rule for who asks (docs/meaning.md, U3–U5)? Truth alone: what carries it is told in `proof`.

use super::roles::Roles;
use super::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{Recipient, Rule};
use crate::terms::effect::RuleEffect;

/// Is a rule `to` these for this subject and party? `controls` says whether somebody controls (or processes) the resource.
pub(super) fn is_for(
    roles: &Roles<'_>,
    asking: Option<(EntityId, EntityId)>,
    rule: &Rule,
    to: Recipient,
    controls: impl Fn(EntityId, bool) -> Truth,
) -> Truth {
    if to == Recipient::Anyone {
        return Truth::So;
    }
    let Some((who, party)) = asking else { return Truth::Not };
    let is_it = |one: EntityId| match to {
        Recipient::Role(role) => roles.truth(one, role, one),
        Recipient::Organisation(organisation) => Truth::of(roles.decider.organisation(organisation) == Some(one)),
        Recipient::Controller => controls(one, false),
        Recipient::Processor => controls(one, true),
        Recipient::Anyone | Recipient::Itself => Truth::Not,
    };
    match to {
        Recipient::Itself => return Truth::of(who == party),
        Recipient::Role(role) if roles.is_status(role) != Some(true) => return roles.truth(who, role, party),
        _ => {}
    }
    if rule.effect == RuleEffect::Forbid {
        return Truth::any([is_it(party), if who == party { Truth::Not } else { is_it(who) }]);
    }
    match is_it(party) {
        Truth::Not => Truth::Not,
        truth if rule.requires.is_some() => truth,
        truth => Truth::all([truth, acts_as_party(roles, who, party)]),
    }
}

/// Is the subject the party, or has it a key role for it (U4)?
fn acts_as_party(roles: &Roles<'_>, who: EntityId, party: EntityId) -> Truth {
    if who == party { Truth::So } else { roles.key_truth(who, party) }
}

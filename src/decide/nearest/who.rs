//! Who a rule is for, seen backward: roles and statuses that somebody gets or no longer has, parties and people who ask.

use super::change::Change;
use super::mend::{MOST_OTHERS, Mending, Ways, fewest};
use crate::decide::recipient;
use crate::decide::rules::{Part, Rules};
use crate::decide::truth::Truth;
use crate::facts::{EntityId, RoleFact};
use crate::ir::{Controlling, OrganisationId, Recipient, Role, RoleId, Rule};
use crate::terms::effect::RuleEffect;
use crate::terms::kind::{Kind, Kinds};
use crate::terms::open::Open;
use crate::terms::period::Period;

impl<'a> Mending<'_, 'a> {
    pub(super) fn is_for(&self, rules: &Rules<'_, 'a>, rule: &Rule, to: Recipient) -> Truth {
        let controls = |who, processes| rules.scene(Part::Whole).controls(who, processes);
        recipient::is_for(self.roles, self.case.asking, rule, to, controls)
    }

    /// U3, U4.
    pub(super) fn recipient_on(&self, rules: &Rules<'_, 'a>, rule: &Rule, to: Recipient) -> Ways {
        let Some((who, party)) = self.case.asking else { return self.subjects() };
        let is_status = |role| self.roles.is_status(role) != Some(false);
        let is_party = match to {
            Recipient::Anyone => return Ways::new(),
            Recipient::Itself => return Ways::from([Change::Party(who)]),
            Recipient::Role(role) if !is_status(role) => return self.role_on(who, role, Some(party)),
            Recipient::Role(role) => self.role_on(party, role, None),
            Recipient::Organisation(organisation) => self.party_is(organisation),
            Recipient::Controller => self.control_on(rules, party, false),
            Recipient::Processor => self.control_on(rules, party, true),
        };
        let fits = match to {
            Recipient::Role(role) => self.roles.truth(party, role, party) == Truth::So,
            Recipient::Organisation(organisation) => self.roles.decider.organisation(organisation) == Some(party),
            Recipient::Controller => rules.scene(Part::Whole).controls(party, false) == Truth::So,
            Recipient::Processor => rules.scene(Part::Whole).controls(party, true) == Truth::So,
            Recipient::Anyone | Recipient::Itself => true,
        };
        let mut obstacles = Vec::new();
        if !fits {
            obstacles.push(is_party);
        }
        // A forbid is also for a subject that is one of these.
        if rule.effect == RuleEffect::Permit
            && rule.requires.is_none()
            && who != party
            && self.roles.key_truth(who, party) != Truth::So
        {
            let mut ways = self.roles_such(who, party, |role| role.key.is_yes());
            ways.insert(Change::Party(who));
            obstacles.push(ways);
        }
        fewest(obstacles)
    }

    /// U5, and what a permit would need, away.
    pub(super) fn recipient_off(&self, rules: &Rules<'_, 'a>, to: Recipient) -> Ways {
        let Some((who, party)) = self.case.asking else { return Ways::new() };
        let mut ways = Ways::new();
        match to {
            Recipient::Anyone => {}
            Recipient::Itself => self.not_sure(),
            Recipient::Role(role) if self.roles.is_status(role) == Some(false) => {
                ways.extend(self.role_off(who, role, Some(party)));
            }
            Recipient::Role(role) => {
                ways.extend(self.role_off(party, role, None));
                ways.extend(self.role_off(who, role, None));
            }
            Recipient::Organisation(_) => {}
            Recipient::Controller | Recipient::Processor => {
                for status in self.controlling(rules, to == Recipient::Processor) {
                    if let Controlling::Status(role) = status {
                        ways.extend(self.role_off(party, role, None));
                        ways.extend(self.role_off(who, role, None));
                    }
                }
            }
        }
        if who != party {
            ways.insert(Change::Party(who));
        }
        ways
    }

    pub(super) fn controlling(&self, rules: &Rules<'_, 'a>, processes: bool) -> Vec<Controlling> {
        let all = rules.body.map(|(body, _)| if processes { &body.processors } else { &body.controllers });
        match all {
            Some(Open::Known(all)) => all.clone(),
            _ => Vec::new(),
        }
    }

    pub(super) fn control_on(&self, rules: &Rules<'_, 'a>, who: EntityId, processes: bool) -> Ways {
        let all = self.controlling(rules, processes);
        let ways = all.into_iter().flat_map(|one| match one {
            Controlling::Status(role) => self.role_on(who, role, None),
            Controlling::Organisation(organisation) => self.party_is(organisation),
        });
        ways.collect()
    }

    pub(super) fn party_is(&self, organisation: OrganisationId) -> Ways {
        self.roles.decider.organisation(organisation).map(Change::Party).into_iter().collect()
    }

    /// Somebody who could ask, where nobody does.
    pub(super) fn subjects(&self) -> Ways {
        let decider = self.roles.decider;
        let mut people = decider.entities(|kind| kind == Kind::Person);
        let ways = people.by_ref().take(MOST_OTHERS).map(Change::Subject).collect();
        self.not_sure();
        ways
    }

    /// Somebody gets a role for somebody, or a status.
    pub(super) fn role_on(&self, who: EntityId, id: RoleId, party: Option<EntityId>) -> Ways {
        let (index, facts) = (self.roles.decider.index, self.roles.decider.facts);
        let Some(role) = index.role(id, self.today()) else {
            let versions = index.meaning.role(id).map_or(&[][..], |named| &named.versions);
            return versions.iter().flat_map(|version| self.toward(version.period)).collect();
        };
        let is = |kinds: Kinds, who| self.kind(who).is_some_and(|kind| kinds.has(kind));
        let fits = is(role.by, who)
            && match (role.of, party) {
                (None, None) => true,
                (Some(kinds), Some(party)) => is(kinds, party) && party != who,
                _ => false,
            };
        if !fits {
            return Ways::new();
        }
        if self.roles.is_unknown(id) {
            return role.source.map(Change::Reach).into_iter().collect();
        }
        let mut ways = Ways::from([Change::Role(RoleFact { subject: who, role: id, party, period: Period::ALWAYS })]);
        for row in facts.roles_of(who).rows.iter().filter(|row| row.role == id && row.party.get() == party) {
            ways.extend(self.toward(facts.period(row.period)));
        }
        ways
    }

    /// Somebody no longer has a role.
    pub(super) fn role_off(&self, who: EntityId, id: RoleId, party: Option<EntityId>) -> Ways {
        let (index, facts) = (self.roles.decider.index, self.roles.decider.facts);
        if self.roles.is_unknown(id) {
            let source = index.role(id, self.today()).and_then(|role| role.source);
            return source.map(Change::Reach).into_iter().collect();
        }
        let mut ways = Ways::new();
        for row in facts.roles_of(who).rows.iter().filter(|row| row.role == id && row.party.get() == party) {
            let period = facts.period(row.period);
            if period.has(self.today()) {
                ways.insert(Change::EndRole(RoleFact { subject: who, role: id, party, period }));
                ways.extend(self.away(period));
            }
        }
        ways
    }

    /// Roles of a sort that somebody could get for somebody.
    pub(super) fn roles_such(&self, who: EntityId, party: EntityId, wanted: impl Fn(&Role) -> bool) -> Ways {
        let index = self.roles.decider.index;
        let all = (0..index.meaning.roles.len()).map(RoleId::from);
        let such = all.filter(|id| index.role(*id, self.today()).is_some_and(|role| role.of.is_some() && wanted(role)));
        such.flat_map(|id| self.role_on(who, id, Some(party))).collect()
    }
}

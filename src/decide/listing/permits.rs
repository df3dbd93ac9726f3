//! Permits by what they ask for, and which rules are the same whoever asks. Knows no facts.

use crate::decide::index::Index;
use crate::decide::roles::Roles;
use crate::ir::{
    ConditionId, Controlling, Expression, OrganisationId, PackageId, Recipient, ResourceId, RoleId, Rule, RuleId,
};
use crate::terms::{effect::RuleEffect, open::Open, root::Root};
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

/// An action of a resource.
pub(super) type Act<'b> = (ResourceId, &'b str);

/// How a permit finds its subjects.
pub(super) enum Finds<'b> {
    /// Nobody: it asks for what is not in force, or for nothing.
    Nobody,
    /// Everybody.
    Anyone,
    /// Whoever is the party.
    Itself,
    /// Who has a role for the party.
    Role(RoleId),
    /// Who holds packages.
    Holders(&'b crate::ir::Requires),
    /// The party is one of these; it asks itself, or somebody with a key role for it.
    Party(Recipient),
}

impl<'b> Finds<'b> {
    /// What a permit in force asks for that is quickest to look for.
    pub(super) fn of(roles: &Roles<'_>, rule: &'b Rule) -> Self {
        match (rule.to, &rule.requires) {
            (Some(Recipient::Role(role)), requires) => match (roles.is_status(role), requires) {
                (None, _) => Finds::Nobody,
                (Some(false), _) => Finds::Role(role),
                (Some(true), Some(requires)) => Finds::Holders(requires),
                (Some(true), None) => Finds::Party(Recipient::Role(role)),
            },
            (_, Some(requires)) => Finds::Holders(requires),
            (None, None) => Finds::Nobody,
            (Some(Recipient::Anyone), None) => Finds::Anyone,
            (Some(Recipient::Itself), None) => Finds::Itself,
            (Some(to), None) => Finds::Party(to),
        }
    }
}

/// The rules of an action of a resource in force, of one effect.
pub(super) fn rules_of<'b>(
    index: &Index<'b>,
    today: Date,
    (resource, action): Act<'_>,
    effect: RuleEffect,
) -> Vec<(RuleId, &'b Rule)> {
    let has = |body: &crate::ir::Resource| body.actions.binary_search_by(|one| (*one.name).cmp(action)).is_ok();
    let body = index.meaning.resource(resource).and_then(|named| named.on(today));
    if !body.is_some_and(|(_, body)| has(body)) {
        return Vec::new();
    }
    let rules = index.rules(resource, action).into_iter().filter_map(|id| Some((id, index.meaning.rule(id)?)));
    rules.filter(|(_, rule)| rule.effect == effect && rule.scope(resource, today).is_some()).collect()
}

/// Is a rule the same whoever asks, and for whomever?
pub(super) fn is_same_for_all(index: &Index<'_>, today: Date, rule: &Rule) -> bool {
    let (mut seen, mut waiting) = (Seen::default(), Vec::new());
    seen.rule(rule, &mut waiting) && seen.conditions(index, today, &mut waiting)
}

/// What was looked at.
#[derive(Default)]
struct Seen<'b> {
    acts: FxHashSet<Act<'b>>,
    named: FxHashSet<ConditionId>,
    unread: Vec<ConditionId>,
}

impl<'b> Seen<'b> {
    fn rule(&mut self, rule: &'b Rule, waiting: &mut Vec<Act<'b>>) -> bool {
        let of_all = matches!(rule.to, None | Some(Recipient::Anyone)) && rule.requires.is_none();
        of_all && rule.when.as_ref().is_none_or(|when| self.expression(when, waiting))
    }

    fn expression(&mut self, whole: &'b Expression, waiting: &mut Vec<Act<'b>>) -> bool {
        let mut parts = vec![whole];
        while let Some(part) = parts.pop() {
            match part {
                Expression::Root(Root::Subject | Root::Party) => return false,
                Expression::Condition(id) if self.named.insert(*id) => self.unread.push(*id),
                Expression::Permitted { resource, action } if self.acts.insert((*resource, action)) => {
                    waiting.push((*resource, action));
                }
                _ => {}
            }
            parts.extend(part.parts());
        }
        true
    }

    /// The conditions that were named, and what they ask for in turn.
    fn conditions(&mut self, index: &Index<'b>, today: Date, waiting: &mut Vec<Act<'b>>) -> bool {
        loop {
            while let Some(id) = self.unread.pop() {
                let named = index.meaning.condition(id);
                if named.is_some_and(|named| !self.expression(&named.body.says, waiting)) {
                    return false;
                }
            }
            let Some(act) = waiting.pop() else { return true };
            for effect in [RuleEffect::Forbid, RuleEffect::Permit] {
                for (_, rule) in rules_of(index, today, act, effect) {
                    if !self.rule(rule, waiting) {
                        return false;
                    }
                }
            }
        }
    }
}

/// Permits in force, by what they ask for.
#[derive(Debug, Default)]
pub(super) struct Permits<'b> {
    pub(super) by_role: FxHashMap<RoleId, Vec<Act<'b>>>,
    pub(super) by_package: FxHashMap<PackageId, Vec<Act<'b>>>,
    pub(super) to_status: FxHashMap<RoleId, Vec<Act<'b>>>,
    pub(super) to_organisation: FxHashMap<OrganisationId, Vec<Act<'b>>>,
    /// With whether to processors, else to controllers.
    pub(super) to_controllers: Vec<(Act<'b>, bool)>,
    pub(super) to_itself: Vec<Act<'b>>,
    /// With the permit.
    pub(super) to_anyone: Vec<(Act<'b>, RuleId)>,
}

impl<'b> Permits<'b> {
    /// All of a day. Linear in the rules.
    pub(super) fn of(index: &Index<'b>, roles: &Roles<'_>) -> Self {
        let mut permits = Permits::default();
        for (at, rule) in index.meaning.rules.iter().enumerate() {
            if rule.effect != RuleEffect::Permit {
                continue;
            }
            for resource in rule.scopes.iter().filter(|scope| scope.period.has(roles.today)).flat_map(|scope| &scope.on)
            {
                let Some((_, body)) = index.meaning.resource(*resource).and_then(|named| named.on(roles.today)) else {
                    continue;
                };
                for action in &body.actions {
                    if rule.action.as_ref().is_none_or(|own| *own == action.name) {
                        permits.add(roles, (*resource, &*action.name), rule, at.into());
                    }
                }
            }
        }
        permits
    }

    fn add(&mut self, roles: &Roles<'_>, act: Act<'b>, rule: &'b Rule, id: RuleId) {
        match Finds::of(roles, rule) {
            Finds::Nobody => {}
            Finds::Anyone => self.to_anyone.push((act, id)),
            Finds::Itself => self.to_itself.push(act),
            Finds::Role(role) => self.by_role.entry(role).or_default().push(act),
            Finds::Holders(requires) => {
                requires.each(&mut |package| self.by_package.entry(package).or_default().push(act));
            }
            Finds::Party(Recipient::Role(status)) => self.to_status.entry(status).or_default().push(act),
            Finds::Party(Recipient::Organisation(id)) => self.to_organisation.entry(id).or_default().push(act),
            Finds::Party(to) => self.to_controllers.push((act, to == Recipient::Processor)),
        }
    }
}

/// Who controls or processes a resource in force.
pub(super) fn controlling<'b>(
    index: &Index<'b>,
    today: Date,
    resource: ResourceId,
    processes: bool,
) -> &'b Open<Vec<Controlling>> {
    const NOBODY: &Open<Vec<Controlling>> = &Open::Known(Vec::new());
    let body = index.meaning.resource(resource).and_then(|named| named.on(today));
    body.map_or(NOBODY, |(_, body)| if processes { &body.processors } else { &body.controllers })
}

//! The role facts and holdings that make a condition so, for its chain. What is so because something is not recorded has none.
//! Decides nothing: reads what `condition` found.

use super::condition::{Around, Bound, Scene};
use super::roles::Pass;
use super::trace::Chain;
use super::truth::Truth;
use super::value::Seen;
use crate::facts::EntityId;
use crate::ir::{ConditionId, Controlling, Expression, IsWhat, RoleId};
use rustc_hash::FxHashSet;

/// A chain below a condition.
struct Telling<'c> {
    chain: &'c mut Chain,
    depth: u16,
    /// What was told already.
    roles: FxHashSet<(EntityId, RoleId, EntityId)>,
    named: FxHashSet<ConditionId>,
}

impl<'a> Scene<'_, 'a> {
    /// Adds what makes this condition so at this depth: of several joined by `or` the first that is so.
    pub(super) fn evidence(&self, condition: &'a Expression, depth: u16, chain: &mut Chain) {
        let mut telling = Telling { chain, depth, roles: FxHashSet::default(), named: FxHashSet::default() };
        self.tell(Around::NOTHING, condition, &mut telling);
    }

    fn tell(&self, around: Around<'_, 'a>, expression: &'a Expression, telling: &mut Telling<'_>) {
        let Some(inner) = around.deeper() else { return };
        match expression {
            Expression::And(parts) => parts.iter().for_each(|part| self.tell(inner, part, telling)),
            Expression::Or(parts) => {
                if let Some(part) = parts.iter().find(|part| self.truth_in(inner, part) == Truth::So) {
                    self.tell(inner, part, telling);
                }
            }
            Expression::Is { who, what, party } => {
                let party = party.as_ref().map(|party| self.see(inner, party));
                match (self.see(inner, who), what, party) {
                    (Seen::Entity(who), IsWhat::Role(role), None) => self.tell_role(who, *role, who, telling),
                    (Seen::Entity(who), IsWhat::Role(role), Some(Seen::Entity(party))) => {
                        self.tell_role(who, *role, party, telling);
                    }
                    (Seen::Entity(who), IsWhat::Controller | IsWhat::Processor, _) => {
                        self.tell_control(who, *what == IsWhat::Processor, telling);
                    }
                    _ => {}
                }
            }
            Expression::Holds { who, package, party } => {
                if let (Seen::Entity(who), Seen::Entity(party), Some(case)) =
                    (self.see(inner, who), self.see(inner, party), self.case)
                {
                    let holding = case.holding(Pass::Certainly, party);
                    if let Some(node) = holding.holds(who, *package, party) {
                        telling.chain.node(&holding, telling.depth, node);
                    }
                }
            }
            Expression::Each { all, variable, set, body } => {
                let Seen::Set(members) = self.see(inner, set) else { return };
                for value in members.iter() {
                    let bound = Bound::new(variable, value, set, inner);
                    let within = inner.with(&bound);
                    if self.truth_in(within, body) == Truth::So {
                        self.tell(within, body, telling);
                        if !*all {
                            return;
                        }
                    }
                }
            }
            Expression::Condition(id) => {
                if let Some(named) = self.roles.decider.index.meaning.condition(*id)
                    && telling.named.insert(*id)
                {
                    self.tell(inner.outside(), &named.body.says, telling);
                }
            }
            _ => {}
        }
    }

    fn tell_role(&self, who: EntityId, role: RoleId, party: EntityId, telling: &mut Telling<'_>) {
        if let Some(because) = self.roles.has(Pass::Certainly, who, role, party)
            && telling.roles.insert((who, role, party))
        {
            let party = (self.roles.is_status(role) == Some(false)).then_some(party);
            telling.chain.role(telling.depth, because, who, role, party);
        }
    }

    /// The status by which somebody controls or processes the resource, where it is not named itself.
    pub(super) fn status_of_control(&self, who: EntityId, processes: bool) -> Option<RoleId> {
        let body = self.resource(self.roots.resource)?;
        let all = if processes { &body.processors } else { &body.controllers }.known()?;
        let statuses = all.iter().map(|one| match one {
            Controlling::Organisation(id) if self.roles.decider.organisation(*id) == Some(who) => Err(()),
            Controlling::Organisation(_) => Ok(None),
            Controlling::Status(role) => Ok(Some(*role)),
        });
        let statuses: Vec<RoleId> =
            statuses.collect::<Result<Vec<Option<RoleId>>, ()>>().ok()?.into_iter().flatten().collect();
        let has = |role: &RoleId| {
            self.roles.is_status(*role) == Some(true) && self.roles.has(Pass::Certainly, who, *role, who).is_some()
        };
        statuses.into_iter().find(has)
    }

    fn tell_control(&self, who: EntityId, processes: bool, telling: &mut Telling<'_>) {
        if let Some(role) = self.status_of_control(who, processes) {
            self.tell_role(who, role, who, telling);
        }
    }
}

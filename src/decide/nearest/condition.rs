//! Conditions, seen backward: what could make one so, or not so. Of several that must all come out, the one with the fewest ways;
//! of several that may, each.

use super::change::Change;
use super::mend::{Mending, Ways, fewest};
use crate::decide::On;
use crate::decide::condition::{Around, Bound, Scene, which_of_retain};
use crate::decide::truth::Truth;
use crate::decide::value::Seen;
use crate::facts::{ThingSort, Value};
use crate::ir::{Expression, IsWhat};
use crate::terms::operator::Operator;
use crate::terms::root::Root;

/// How many records of a register are tried.
const MOST_RECORDS: usize = 12;

impl<'a> Mending<'_, 'a> {
    /// Changes that could make a condition as wanted, which it is not.
    pub(super) fn condition(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        says: &'a Expression,
        want: bool,
    ) -> Ways {
        let Some(inner) = around.deeper() else { return Ways::new() };
        let goal = Truth::of(want);
        if scene.truth_in(inner, says) == goal {
            return Ways::new();
        }
        let parts_left = |parts: &'a [Expression]| parts.iter().filter(|part| scene.truth_in(inner, part) != goal);
        match says {
            Expression::And(parts) | Expression::Or(parts) => {
                let ways = parts_left(parts).map(|part| self.condition(scene, inner, part, want));
                if matches!(says, Expression::And(_)) == want { fewest(ways) } else { ways.flatten().collect() }
            }
            Expression::Not(part) => self.condition(scene, inner, part, !want),
            Expression::Condition(id) => {
                let named = self.roles.decider.index.meaning.condition(*id);
                named.map_or(Ways::new(), |named| self.condition(scene, inner.outside(), &named.body.says, want))
            }
            Expression::Compare(operator, sides) => {
                let mut ways = self.record(scene, says);
                ways.extend(self.comparison(scene, inner, *operator, &sides.0, &sides.1, want));
                self.unless_fixed(scene, says, ways)
            }
            Expression::Is { who, what, party } => {
                let ways = self.is(scene, inner, who, *what, party.as_deref(), want);
                let fixed = matches!(what, IsWhat::Kind(_) | IsWhat::Organisation(_));
                if fixed && matches!(**who, Expression::Root(_)) { ways } else { self.unless_fixed(scene, says, ways) }
            }
            Expression::Holds { who, package, party } => {
                let ways = match (scene.see(inner, who), scene.see(inner, party)) {
                    (Seen::Entity(who), Seen::Entity(party)) if want => self.holds(who, *package, party),
                    (Seen::Entity(who), Seen::Entity(party)) => self.holds_not(who, *package, party),
                    _ => [&**who, party].into_iter().flat_map(|part| self.supply(scene, inner, part)).collect(),
                };
                self.unless_fixed(scene, says, ways)
            }
            Expression::Each { all, variable, set, body } => {
                let ways = self.each(scene, inner, (*all, variable, set, body), want);
                self.unless_fixed(scene, says, ways)
            }
            Expression::Permitted { resource, action } if want => self.rules(*resource, action, false),
            Expression::Permitted { .. } => {
                self.not_sure();
                Ways::new()
            }
            Expression::Root(_) | Expression::Variable(_) | Expression::Attribute(..) => {
                if let Some(ways) = self.of_retain(scene, inner, says, want) {
                    return ways;
                }
                let mut ways = self.record(scene, says);
                for slot in self.slots(scene, inner, says) {
                    ways.extend(self.assign(&slot, Value::Bool(want)));
                }
                ways.extend(self.supply_owner(scene, inner, says));
                self.unless_fixed(scene, says, ways)
            }
            Expression::Undecided | Expression::Value(_) | Expression::List(_) | Expression::Shift { .. } => {
                Ways::new()
            }
        }
    }

    /// Where something is read that could be otherwise and no way was found, none was thought of.
    fn unless_fixed(&self, scene: &Scene<'_, 'a>, says: &Expression, ways: Ways) -> Ways {
        // Of a delegation that is not yet given nothing can be said.
        let given = !matches!(scene.roots.delegation, Seen::Delegation(None, _));
        if ways.is_empty() && reads_what_changes(says, given) {
            self.not_sure();
        }
        ways
    }

    fn comparison(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        operator: Operator,
        one: &'a Expression,
        other: &'a Expression,
        want: bool,
    ) -> Ways {
        let (left, right) = (scene.see(around, one), scene.see(around, other));
        let mut ways = Ways::new();
        for (side, fixed, turned) in [(one, &right, false), (other, &left, true)] {
            for slot in self.slots(scene, around, side) {
                if operator == Operator::In && turned {
                    ways.extend(self.membership(&slot, fixed, &right, want));
                    continue;
                }
                let values = self.wanted(&slot, fixed, operator, turned, want);
                ways.extend(values.into_iter().filter_map(|value| self.assign(&slot, value)));
            }
            ways.extend(self.supply_owner(scene, around, side));
        }
        if operator == Operator::In {
            ways.extend(self.members(scene, around, &left, other, want));
        }
        ways
    }

    /// A set that has, or has not, a value.
    fn membership(&self, slot: &super::place::Slot, member: &Seen<'_>, set: &Seen<'_>, want: bool) -> Ways {
        let mut members = match set.owned() {
            Some(Value::Set(members)) => members,
            _ => Vec::new(),
        };
        let mut ways = Ways::new();
        match member.owned() {
            Some(member) => {
                members.retain(|one| *one != member);
                if want {
                    members.push(member);
                    members.sort();
                }
                ways.extend(self.assign(slot, Value::Set(members)));
            }
            None if *set == Seen::Missing => {
                ways.extend(self.domain(slot).into_iter().filter_map(|value| self.assign(slot, value)));
            }
            None => {}
        }
        ways
    }

    /// The attributes of members of a set, of which one should, or none should, be a value.
    fn members(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        value: &Seen<'a>,
        set: &'a Expression,
        want: bool,
    ) -> Ways {
        let Expression::Attribute(of, name) = set else { return Ways::new() };
        let Seen::Set(owners) = scene.see(around, of) else { return Ways::new() };
        let Some(value) = value.owned() else { return Ways::new() };
        let mut ways = Ways::new();
        for owner in owners.iter() {
            let holder = match owner {
                Seen::Entity(who) => super::Holder::Entity(who),
                Seen::Thing(id) => super::Holder::Thing(id),
                _ => continue,
            };
            let Some(slot) = self.slot_of(holder, name) else { continue };
            let fixed = Seen::of(&value);
            let values = self.wanted(&slot, &fixed, Operator::Equal, false, want);
            ways.extend(values.into_iter().filter_map(|value| self.assign(&slot, value)));
        }
        ways
    }

    /// Something to have an attribute, where that is missing.
    fn supply_owner(&self, scene: &Scene<'_, 'a>, around: Around<'_, 'a>, says: &'a Expression) -> Ways {
        let mut says = says;
        while let Expression::Shift { from, .. } = says {
            says = from;
        }
        match says {
            Expression::Attribute(of, _) if matches!(scene.see(around, of), Seen::Missing | Seen::None) => {
                self.supply(scene, around, of)
            }
            _ => Ways::new(),
        }
    }

    /// Some value for what is missing.
    fn supply(&self, scene: &Scene<'_, 'a>, around: Around<'_, 'a>, says: &'a Expression) -> Ways {
        let Some(inner) = around.deeper() else { return Ways::new() };
        let mut ways = Ways::new();
        for slot in self.slots(scene, inner, says) {
            ways.extend(self.domain(&slot).into_iter().filter_map(|value| self.assign(&slot, value)));
        }
        ways.extend(self.supply_owner(scene, inner, says));
        ways
    }

    /// A record of the facts, where a condition reads one and none is named.
    fn record(&self, scene: &Scene<'_, 'a>, says: &Expression) -> Ways {
        let asked = scene.case.is_some() && self.case.request.record.is_none();
        let On::Resource(register) = self.case.request.on else { return Ways::new() };
        if !asked || !reads(says, Root::Record) {
            return Ways::new();
        }
        let facts = self.roles.decider.facts;
        let records = facts.things_of(ThingSort::Record(register));
        records.take(MOST_RECORDS).map(Change::Record).collect()
    }

    /// What `retain` says of a record.
    fn of_retain(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        says: &'a Expression,
        want: bool,
    ) -> Option<Ways> {
        let Expression::Attribute(of, name) = says else { return None };
        let which = which_of_retain(name)?;
        let record = scene.see(around, of);
        if record != scene.roots.record || matches!(record, Seen::Missing | Seen::None) {
            return None;
        }
        let retain = scene.resource(scene.roots.resource)?.retain.as_ref()?;
        let inner = scene.of_record(record);
        Some(self.condition(&inner, around.outside(), which(retain), want))
    }

    fn is(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        who: &'a Expression,
        what: IsWhat,
        party: Option<&'a Expression>,
        want: bool,
    ) -> Ways {
        let seen = scene.see(around, who);
        let for_whom = party.map(|party| scene.see(around, party));
        let mut ways = Ways::new();
        if let Seen::Entity(subject) = seen {
            let role = |role| match &for_whom {
                Some(Seen::Entity(party)) if want => self.role_on(subject, role, Some(*party)),
                Some(Seen::Entity(party)) => self.role_off(subject, role, Some(*party)),
                Some(_) => Ways::new(),
                None if want => self.role_on(subject, role, None),
                None => self.role_off(subject, role, None),
            };
            match what {
                IsWhat::Role(id) => ways.extend(role(id)),
                IsWhat::Controller | IsWhat::Processor => {
                    for id in self.statuses(scene, what == IsWhat::Processor) {
                        ways.extend(role(id));
                    }
                }
                IsWhat::Kind(_) | IsWhat::Organisation(_) => {}
            }
        }
        // Somebody else, where it is an attribute that says who.
        if let IsWhat::Organisation(id) = what
            && want
            && let Some(entity) = self.roles.decider.organisation(id)
        {
            for slot in self.slots(scene, around, who) {
                ways.extend(self.assign(&slot, Value::Entity(entity)));
            }
        } else {
            ways.extend(self.others(scene, around, who, &seen));
        }
        if let (Some(party), Some(seen)) = (party, &for_whom) {
            ways.extend(self.others(scene, around, party, seen));
        }
        ways
    }

    fn others(&self, scene: &Scene<'_, 'a>, around: Around<'_, 'a>, says: &'a Expression, now: &Seen<'a>) -> Ways {
        let mut ways = Ways::new();
        for slot in self.slots(scene, around, says) {
            let others = self.domain(&slot).into_iter().filter(|value| now.owned().as_ref() != Some(value));
            ways.extend(others.filter_map(|value| self.assign(&slot, value)));
        }
        ways.extend(self.supply_owner(scene, around, says));
        ways
    }

    fn statuses(&self, scene: &Scene<'_, 'a>, processes: bool) -> Vec<crate::ir::RoleId> {
        let Some(body) = scene.resource(scene.roots.resource) else { return Vec::new() };
        let all = if processes { &body.processors } else { &body.controllers };
        let each = all.known().into_iter().flatten().filter_map(|one| match one {
            crate::ir::Controlling::Status(role) => Some(*role),
            crate::ir::Controlling::Organisation(_) => None,
        });
        each.collect()
    }

    /// `any` and `all`.
    fn each(
        &self,
        scene: &Scene<'_, 'a>,
        around: Around<'_, 'a>,
        (all, variable, set, body): (bool, &'a str, &'a Expression, &'a Expression),
        want: bool,
    ) -> Ways {
        let goal = Truth::of(want);
        let slots = self.slots(scene, around, set);
        let put =
            |members: Vec<Value>| slots.iter().filter_map(move |slot| self.assign(slot, Value::Set(members.clone())));
        let Seen::Set(members) = scene.see(around, set) else {
            let mut ways: Ways = slots
                .iter()
                .flat_map(|slot| self.domain(slot))
                .filter_map(|value| match value {
                    Value::Set(members) => Some(members),
                    _ => None,
                })
                .flat_map(put)
                .collect();
            ways.extend(self.supply_owner(scene, around, set));
            return ways;
        };
        let whole: Option<Vec<Value>> = members.iter().map(|member| member.owned()).collect();
        let mut of_each = Vec::new();
        for value in members.iter() {
            let own = value.owned();
            let bound = Bound::new(variable, value, set, around);
            let within = around.with(&bound);
            if scene.truth_in(within, body) == goal {
                continue;
            }
            let mut ways = self.condition(scene, within, body, want);
            // Or it is no member.
            if all == want
                && let (Some(own), Some(whole)) = (own, &whole)
            {
                ways.extend(put(whole.iter().filter(|one| **one != own).cloned().collect()));
            }
            of_each.push(ways);
        }
        if all == want {
            return fewest(of_each);
        }
        let mut ways: Ways = of_each.into_iter().flatten().collect();
        // Or there is one more.
        for slot in &slots {
            for more in self.domain(slot) {
                if let (Value::Set(more), Some(whole)) = (more, &whole) {
                    let mut members: Vec<Value> = whole.iter().cloned().chain(more).collect();
                    members.sort();
                    members.dedup();
                    ways.extend(put(members));
                }
            }
        }
        ways
    }
}

/// Does an expression read this root itself? As deep as the reader of bundles and the grammar allow.
fn reads(says: &Expression, root: Root) -> bool {
    *says == Expression::Root(root) || says.parts().into_iter().any(|part| reads(part, root))
}

/// Does it read anything that facts, a request, time or (of one that there is) a delegation could change?
fn reads_what_changes(says: &Expression, given: bool) -> bool {
    match says {
        Expression::Root(Root::Resource | Root::Element) => false,
        Expression::Root(Root::Delegation) => given,
        Expression::Root(_) | Expression::Variable(_) | Expression::Condition(_) => true,
        _ => says.parts().into_iter().any(|part| reads_what_changes(part, given)),
    }
}

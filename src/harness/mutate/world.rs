//! What the search for cases reads of facts: the one place that knows how they are kept.

use crate::facts::{EntityId, Facts, Known, ThingId, ThingSort, Value};
use crate::ir::ResourceId;
use crate::terms::period::{Period, date_in_oslo};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Everybody.
pub(super) fn entities(facts: &Facts) -> impl Iterator<Item = EntityId> {
    facts.entities()
}

/// The records of a register.
pub(super) fn records(facts: &Facts, register: ResourceId) -> impl Iterator<Item = ThingId> {
    facts.things_of(ThingSort::Record(register))
}

/// Every day that the facts name.
pub(super) fn dates(facts: &Facts) -> BTreeSet<Date> {
    let facts = facts.draft();
    let mut days = BTreeSet::new();
    let period = |period: Period, days: &mut BTreeSet<Date>| {
        days.extend(period.from);
        days.extend(period.before);
    };
    facts.entities.iter().for_each(|entity| of_known(&entity.attributes, &mut days));
    facts.things.iter().for_each(|thing| of_known(&thing.attributes, &mut days));
    facts.roles.iter().for_each(|fact| period(fact.period, &mut days));
    for one in &facts.delegations {
        period(one.period, &mut days);
        days.insert(one.given);
        days.extend(one.withdrawn.map(date_in_oslo));
        of_known(&one.attributes, &mut days);
    }
    days
}

fn of_known(known: &Known, days: &mut BTreeSet<Date>) {
    let mut waiting: Vec<&Value> = known.0.iter().map(|(_, value)| value).collect();
    while let Some(next) = waiting.pop() {
        match next {
            Value::Date(day) => drop(days.insert(*day)),
            Value::DateTime(moment) => drop(days.insert(date_in_oslo(*moment))),
            Value::Set(members) => waiting.extend(members),
            Value::Nameless(known) => waiting.extend(known.0.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}

//! Requests by chance: about what is worth asking in a world, at the turn of days too, with contexts, records and elements.
//! Asks nobody what is permitted.

use super::known::Knowing;
use super::world::World;
use super::{DAYS, Dice};
use fullmakt::decide::{Action, On, Request};
use fullmakt::facts::{EntityId, Given, Known, ThingId, ThingSort, Value};
use fullmakt::ir::*;
use fullmakt::terms::period::date_in_oslo;
use fullmakt::terms::root::BuiltIn;
use jiff::{SignedDuration, Timestamp, civil::date};
use std::collections::BTreeSet;

/// A moment: most often on an ordinary day, else at the very turn of a day in Oslo.
pub fn moment(dice: &mut Dice) -> Timestamp {
    let zone = fullmakt::terms::period::oslo();
    if dice.chance(60) {
        let day = date(2026, 4, 1).saturating_add(SignedDuration::from_hours(24 * dice.below(180) as i64));
        return day.at(12, 0, 0, 0).to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    }
    let day = dice.pick(&DAYS);
    let turn = day.to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
    turn.saturating_add(SignedDuration::from_secs(dice.pick(&[-3601, -1, 0, 1, 3600, 7200]))).unwrap_or(turn)
}

/// A request about these facts.
pub fn request(dice: &mut Dice, meaning: &Meaning, world: &World) -> Request {
    let facts = &world.facts;
    let now = match facts.delegations.iter().find_map(|one| one.withdrawn) {
        Some(withdrawn) if dice.chance(15) => {
            withdrawn.saturating_add(SignedDuration::from_secs(dice.pick(&[-1, 0]))).unwrap_or(withdrawn)
        }
        _ => moment(dice),
    };
    let anybody = |dice: &mut Dice| EntityId(dice.below(facts.entities.len()) as u32);
    let (mut subject, mut party) = (anybody(dice), anybody(dice));
    let mut on = On::Package(PackageId::from(dice.below(meaning.packages.len())));
    let mut given = None;
    if let Some((who, whose, what)) = chosen(dice, &world.telling, 48) {
        (subject, party, given) = (*who, *whose, Some(*what));
    } else if let Some(fact) = chosen(dice, &facts.roles, 45) {
        (subject, party) = (fact.subject, fact.party.unwrap_or(fact.subject));
    } else if let Some(one) = chosen(dice, &facts.delegations, 75) {
        (subject, party) = (one.receiver, one.party);
        if dice.chance(20) {
            subject = one.giver;
        }
        given = Some(one.what);
    }
    match given {
        Some(Given::Package(package)) => on = On::Package(package),
        Some(Given::Area(area)) if dice.chance(70) => on = On::Area(area),
        _ => {}
    }
    if dice.chance(8) {
        subject = anybody(dice);
    }
    if dice.chance(5) && !meaning.areas.is_empty() {
        on = On::Area(AreaId::from(dice.below(meaning.areas.len())));
    }
    let mut action = if dice.chance(60) { Action::Use } else { Action::Delegate };
    if dice.chance(60) && !meaning.resources.is_empty() {
        let id = ResourceId::from(dice.below(meaning.resources.len()));
        let versions = meaning.resource(id).map_or(&[][..], |named| &named.versions);
        let actions = versions.get(dice.below(versions.len())).map(|one| &*one.actions);
        if let Some(chosen) = actions.filter(|actions| !actions.is_empty()).map(|some| &some[dice.below(some.len())]) {
            (on, action) = (On::Resource(id), Action::Named(chosen.name.clone()));
        }
    }
    let to = match facts.delegations.iter().find(|one| one.giver == subject) {
        _ if action != Action::Delegate || dice.chance(45) => None,
        Some(one) if dice.chance(40) => Some(one.receiver),
        _ => Some(anybody(dice)),
    };
    let nobody = matches!(on, On::Resource(_)) && dice.chance(4);
    let named = (party != subject || dice.chance(50)) && !dice.chance(3);
    let knowing = Knowing { meaning, missing: world.missing };
    let (mut context, mut record, mut elements) = (Known::default(), None, Vec::new());
    if let On::Resource(id) = on {
        context = knowing.known(dice, facts, &meaning.built_in.get(&BuiltIn::Context).cloned().unwrap_or_default(), 2);
        record = about(dice, &knowing, world, id);
        elements = some_elements(dice, meaning, id);
    }
    Request {
        now,
        today: date_in_oslo(now),
        subject: (!nobody).then_some(subject),
        party: (!nobody && named).then_some(party),
        action,
        on,
        to: to.filter(|_| !nobody),
        context,
        record,
        elements,
    }
}

/// A record of a register: one of the facts, most often, or one written in the request.
fn about(dice: &mut Dice, knowing: &Knowing<'_>, world: &World, id: ResourceId) -> Option<Value> {
    let versions = &knowing.meaning.resource(id)?.versions;
    if !versions.first()?.register || dice.chance(12) {
        return None;
    }
    let of_it = |(_, thing): &(usize, &fullmakt::facts::Thing)| thing.sort == ThingSort::Record(id);
    let all: Vec<usize> = world.facts.things.iter().enumerate().filter(of_it).map(|(at, _)| at).collect();
    if all.is_empty() || dice.chance(20) {
        let known = knowing.known(dice, &world.facts, &knowing.of_record(id), 2);
        return Some(Value::Nameless(Box::new(known)));
    }
    Some(Value::Thing(ThingId(dice.pick(&all) as u32)))
}

/// Some of the elements that a resource has in one of its versions; none: all.
fn some_elements(dice: &mut Dice, meaning: &Meaning, id: ResourceId) -> Vec<Box<str>> {
    let versions = meaning.resource(id).map_or(&[][..], |named| &named.versions);
    let all: BTreeSet<Box<str>> =
        versions.iter().filter_map(|version| version.elements.known()).flatten().cloned().collect();
    if dice.chance(35) {
        return Vec::new();
    }
    let most = 1 + dice.below(3);
    let mut some: Vec<Box<str>> = all.into_iter().filter(|_| dice.chance(45)).collect();
    some.truncate(most);
    some
}

fn chosen<'a, T>(dice: &mut Dice, from: &'a [T], percent: usize) -> Option<&'a T> {
    if dice.chance(percent) { from.get(dice.below(from.len())) } else { None }
}

//! A case that shows something, with as little in it as still shows it. Asks nobody but who is asked to ask.

use crate::decide::Request;
use crate::facts::{Draft, EntityId, Facts, Known, Value};

/// Facts and a request with less in them, for which `shows` still holds. What is left out is tried in order, each once.
pub(super) fn shrunk(facts: &Facts, request: &Request, shows: impl Fn(&Facts, &Request) -> bool) -> (Facts, Request) {
    let (mut draft, mut request) = (facts.draft(), request.clone());
    let keeps = |draft: &Draft, request: &Request| shows(&draft.store(), request);
    for at in (0..draft.delegations.len()).rev() {
        let mut less = draft.clone();
        less.delegations.remove(at);
        if keeps(&less, &request) {
            draft = less;
        }
    }
    for at in (0..draft.roles.len()).rev() {
        let mut less = draft.clone();
        less.roles.remove(at);
        if keeps(&less, &request) {
            draft = less;
        }
    }
    for source in draft.out_of_reach.clone() {
        let mut less = draft.clone();
        less.out_of_reach.remove(&source);
        if keeps(&less, &request) {
            draft = less;
        }
    }
    for entity in 0..draft.entities.len() {
        let count = draft.entities.get(entity).map_or(0, |one| one.attributes.0.len());
        for at in (0..count).rev() {
            let mut less = draft.clone();
            if let Some(one) = less.entities.get_mut(entity) {
                one.attributes.0.remove(at);
            }
            if keeps(&less, &request) {
                draft = less;
            }
        }
    }
    for at in (0..request.context.0.len()).rev() {
        let mut less = request.clone();
        less.context.0.remove(at);
        if keeps(&draft, &less) {
            request = less;
        }
    }
    let (less, asked) = without_the_idle(&draft, &request);
    if keeps(&less, &asked) { (less.store(), asked) } else { (draft.store(), request) }
}

/// Without those whom nothing names.
fn without_the_idle(draft: &Draft, request: &Request) -> (Draft, Request) {
    let mut named = vec![false; draft.entities.len()];
    let mut name = |id: EntityId| {
        if let Some(slot) = named.get_mut(id.0 as usize) {
            *slot = true;
        }
    };
    [request.subject, request.party, request.to].into_iter().flatten().for_each(&mut name);
    each_entity(&request.context, &mut name);
    if let Some(Value::Nameless(known)) = &request.record {
        each_entity(known, &mut name);
    }
    for fact in &draft.roles {
        name(fact.subject);
        fact.party.into_iter().for_each(&mut name);
    }
    for one in &draft.delegations {
        [one.giver, one.receiver, one.party].into_iter().for_each(&mut name);
        each_entity(&one.attributes, &mut name);
    }
    for entity in &draft.entities {
        each_entity(&entity.attributes, &mut name);
    }
    for thing in &draft.things {
        each_entity(&thing.attributes, &mut name);
    }
    let stays = |at: usize| {
        draft.entities.get(at).is_some_and(|one| one.declared.is_some()) || named.get(at).copied().unwrap_or(false)
    };
    let mut next = 0;
    let placed: Vec<EntityId> = (0..draft.entities.len())
        .map(|at| {
            let id = EntityId(next);
            next += u32::from(stays(at));
            id
        })
        .collect();
    let of = |id: EntityId| placed.get(id.0 as usize).copied().unwrap_or(id);
    let mut less = draft.clone();
    let mut at = 0;
    less.entities.retain(|_| {
        at += 1;
        stays(at - 1)
    });
    for entity in &mut less.entities {
        moved(&mut entity.attributes, &of);
    }
    for fact in &mut less.roles {
        fact.subject = of(fact.subject);
        fact.party = fact.party.map(&of);
    }
    for one in &mut less.delegations {
        (one.giver, one.receiver, one.party) = (of(one.giver), of(one.receiver), of(one.party));
        moved(&mut one.attributes, &of);
    }
    for thing in &mut less.things {
        moved(&mut thing.attributes, &of);
    }
    let mut asked = request.clone();
    asked.subject = asked.subject.map(&of);
    asked.party = asked.party.map(&of);
    asked.to = asked.to.map(&of);
    moved(&mut asked.context, &of);
    if let Some(record) = &mut asked.record {
        moved_value(record, &of);
    }
    (less, asked)
}

fn each_entity(known: &Known, see: &mut impl FnMut(EntityId)) {
    let mut waiting: Vec<&Value> = known.0.iter().map(|(_, value)| value).collect();
    while let Some(next) = waiting.pop() {
        match next {
            Value::Entity(id) => see(*id),
            Value::Set(members) => waiting.extend(members),
            Value::Nameless(known) => waiting.extend(known.0.iter().map(|(_, value)| value)),
            _ => {}
        }
    }
}

fn moved(known: &mut Known, of: &impl Fn(EntityId) -> EntityId) {
    known.0.iter_mut().for_each(|(_, value)| moved_value(value, of));
}

/// As deep as values are, which readers bound.
fn moved_value(value: &mut Value, of: &impl Fn(EntityId) -> EntityId) {
    match value {
        Value::Entity(id) => *id = of(*id),
        Value::Nameless(known) => moved(known, of),
        Value::Set(members) => {
            members.iter_mut().for_each(|member| moved_value(member, of));
            members.sort();
            members.dedup();
        }
        _ => {}
    }
}

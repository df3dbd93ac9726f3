//! Every request of a suite once more with one attribute hidden, or one source of roles out of reach, in every way that its
//! decision may notice: a denial stays a denial, and what stays permitted obliges to no less (docs/meaning.md, «Why no
//! missing fact gives more»). The only place that takes a fact away.

use super::check::Asked;
use super::reading::{Reading, Reads};
use crate::decide::{Action, Decider, Decision, Effect, Index, On, Request};
use crate::facts::{Draft, EntityId, Facts, Known, ThingId, Value, Whose};
use crate::ir::{Meaning, OrganisationId};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A request with its decision.
pub(super) struct Decided<'s> {
    pub(super) asked: &'s Asked,
    pub(super) decision: Decision,
}

/// Something hidden gave more.
#[derive(Clone, Debug)]
pub(super) struct More {
    /// Which of the decided.
    pub(super) at: usize,
    /// What was hidden: `ola.birth_date`.
    pub(super) hidden: String,
    /// What it gave.
    pub(super) gave: Gave,
    /// The decision then.
    pub(super) decision: Decision,
}

/// What a decision gave more than that with all facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gave {
    /// A permit, of all or of an element.
    Permit,
    /// Fewer obligations.
    LessObliging,
}

/// What came of hiding.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// How often a request was decided again, of each of the decided.
    pub(super) tried: Vec<usize>,
    pub(super) more: Vec<More>,
}

/// An attribute of the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Of {
    Entity(EntityId),
    Thing(ThingId),
    Delegation(usize),
    Source(OrganisationId),
}

/// Tries everything for the requests of one suite.
pub(super) fn hide<'b>(
    decided: &[Decided<'_>],
    facts: &Facts,
    index: &Index<'b>,
    meaning: &'b Meaning,
    reading: &Reading<'b>,
) -> Hidden {
    let mut hidden = Hidden { tried: vec![0; decided.len()], more: Vec::new() };
    let mut known: BTreeMap<(On, &Action), Rc<Reads<'_>>> = BTreeMap::new();
    let mut by_fact: BTreeMap<(Of, Box<str>), Vec<usize>> = BTreeMap::new();
    let whole = Decider::new(index, facts);
    for (at, one) in decided.iter().enumerate() {
        let request = &one.asked.request;
        let key = (request.on, &request.action);
        let reads = known.entry(key).or_insert_with(|| Rc::new(reading.reads(request.on, &request.action)));
        let reads = Rc::clone(reads);
        note_facts(at, request, facts, &reads, &mut by_fact);
        for (what, less) in requests_with_less(request, &reads) {
            hidden.tried.get_mut(at).into_iter().for_each(|count| *count += 1);
            compare(at, one, whole.decide(&less), || what.clone(), meaning, &mut hidden.more);
        }
    }
    if by_fact.is_empty() {
        return hidden;
    }
    let mut draft = facts.draft();
    for ((of, name), requests) in by_fact {
        let taken = take(&mut draft, of, &name);
        let less = draft.store();
        let decider = Decider::new(index, &less);
        for at in requests {
            let Some(one) = decided.get(at) else { continue };
            hidden.tried.get_mut(at).into_iter().for_each(|count| *count += 1);
            let decision = decider.decide(&one.asked.request);
            compare(at, one, decision, || said(of, &name, facts, meaning), meaning, &mut hidden.more);
        }
        put_back(&mut draft, of, taken);
    }
    hidden
}

/// Which attributes of the facts the decision of a request may read, and which sources.
fn note_facts(
    at: usize,
    request: &Request,
    facts: &Facts,
    reads: &Reads<'_>,
    by_fact: &mut BTreeMap<(Of, Box<str>), Vec<usize>>,
) {
    for source in reads.sources.iter().filter(|source| !facts.out_of_reach().contains(source)) {
        by_fact.entry((Of::Source(*source), "".into())).or_default().push(at);
    }
    if reads.attributes.is_empty() {
        return;
    }
    let mut note = |of: Of, known: Known, names: &FxHashSet<&str>| {
        for (name, _) in known.0.into_iter().filter(|(name, _)| names.contains(&**name)) {
            by_fact.entry((of, name)).or_default().push(at);
        }
    };
    let (entities, things) = reached(request, facts, reads);
    for id in facts.entities() {
        let names = if entities.contains(&id) { &reads.attributes } else { &reads.of_anybody };
        note(Of::Entity(id), facts.known(Whose::Entity(id)), names);
    }
    for id in things {
        note(Of::Thing(id), facts.known(Whose::Thing(id)), &reads.attributes);
    }
    if !reads.of_anybody.is_empty() {
        for at in 0..facts.delegation_count() {
            note(Of::Delegation(at as usize), facts.known(Whose::Delegation(at)), &reads.of_anybody);
        }
    }
}

/// Whom and what the conditions of rules can reach from the roots of a request, by the attributes that they read; and all things,
/// where the conditions of grants can reach anybody.
fn reached(request: &Request, facts: &Facts, reads: &Reads<'_>) -> (BTreeSet<EntityId>, BTreeSet<ThingId>) {
    let mut entities: BTreeSet<EntityId> = BTreeSet::new();
    let mut things: BTreeSet<ThingId> = BTreeSet::new();
    let mut waiting: Vec<Value> = Vec::new();
    let mut people: Vec<EntityId> = [request.subject, request.party(), request.to].into_iter().flatten().collect();
    waiting.extend(request.context.0.iter().map(|(_, value)| value.clone()));
    waiting.extend(request.record.clone());
    if !reads.of_anybody.is_empty() {
        things.extend(facts.things());
    }
    loop {
        if let Some(id) = people.pop() {
            if entities.insert(id) {
                let known = facts.known(Whose::Entity(id)).0.into_iter();
                let read = known.filter(|(name, _)| reads.attributes.contains(&**name));
                waiting.extend(read.map(|(_, value)| value));
            }
            continue;
        }
        match waiting.pop() {
            Some(Value::Entity(id)) => people.push(id),
            Some(Value::Thing(id)) => {
                if things.insert(id) {
                    waiting.extend(facts.known(Whose::Thing(id)).0.into_iter().map(|(_, value)| value));
                }
            }
            Some(Value::Nameless(known)) => waiting.extend(known.0.into_iter().map(|(_, value)| value)),
            Some(Value::Set(members)) => waiting.extend(members),
            Some(_) => {}
            None => return (entities, things),
        }
    }
}

/// The same request without its record, or with one attribute less in what it says itself; each with what is gone.
fn requests_with_less(request: &Request, reads: &Reads<'_>) -> Vec<(String, Request)> {
    let mut all = Vec::new();
    for (path, context) in with_less("context", &request.context, reads) {
        all.push((path, Request { context, ..request.clone() }));
    }
    if let Some(Value::Nameless(known)) = &request.record {
        for (path, record) in with_less("record", known, reads) {
            all.push((path, Request { record: Some(Value::Nameless(Box::new(record))), ..request.clone() }));
        }
    }
    if request.record.is_some() && !reads.attributes.is_empty() {
        all.push(("the record".to_owned(), Request { record: None, ..request.clone() }));
    }
    all
}

/// Each of these attributes away, and each within one of them. Depth is limited by the reader of the text.
fn with_less(path: &str, known: &Known, reads: &Reads<'_>) -> Vec<(String, Known)> {
    let mut all = Vec::new();
    for (at, (name, value)) in known.0.iter().enumerate() {
        let path = format!("{path}.{name}");
        if reads.attributes.contains(&**name) {
            let mut less = known.clone();
            less.0.remove(at);
            all.push((path.clone(), less));
        }
        if let Value::Nameless(inner) = value {
            for (path, inner) in with_less(&path, inner, reads) {
                let mut less = known.clone();
                if let Some(slot) = less.0.get_mut(at) {
                    slot.1 = Value::Nameless(Box::new(inner));
                }
                all.push((path, less));
            }
        }
    }
    all
}

/// An attribute that was taken away, with its place.
type Taken = Option<(usize, (Box<str>, Value))>;

fn known_of(facts: &mut Draft, of: Of) -> Option<&mut Known> {
    match of {
        Of::Entity(id) => facts.entities.get_mut(id.0 as usize).map(|entity| &mut entity.attributes),
        Of::Thing(id) => facts.things.get_mut(id.0 as usize).map(|thing| &mut thing.attributes),
        Of::Delegation(at) => facts.delegations.get_mut(at).map(|one| &mut one.attributes),
        Of::Source(_) => None,
    }
}

fn take(facts: &mut Draft, of: Of, name: &str) -> Taken {
    if let Of::Source(source) = of {
        facts.out_of_reach.insert(source);
        return None;
    }
    let known = known_of(facts, of)?;
    let at = known.0.iter().position(|(known, _)| **known == *name)?;
    Some((at, known.0.remove(at)))
}

fn put_back(facts: &mut Draft, of: Of, taken: Taken) {
    if let Of::Source(source) = of {
        facts.out_of_reach.remove(&source);
    } else if let (Some((at, entry)), Some(known)) = (taken, known_of(facts, of)) {
        known.0.insert(at, entry);
    }
}

fn said(of: Of, name: &str, facts: &Facts, meaning: &Meaning) -> String {
    match of {
        Of::Entity(id) => format!("{}.{name}", facts.name(id)),
        Of::Thing(id) => format!("{}.{name}", facts.thing(id).map_or("", |thing| thing.name)),
        Of::Delegation(at) => {
            let giver = facts.delegation(u32::try_from(at).unwrap_or(u32::MAX)).map_or("", |one| facts.name(one.giver));
            format!("{name} of the delegation by {giver}")
        }
        Of::Source(id) => {
            let full = meaning.organisations.get(id.index()).map_or("", |name| name);
            format!("the roles that {} answers for", crate::intake::names::last_of(full))
        }
    }
}

fn compare(
    at: usize,
    one: &Decided<'_>,
    decision: Decision,
    hidden: impl FnOnce() -> String,
    meaning: &Meaning,
    more: &mut Vec<More>,
) {
    let gave = gave_more(&one.decision, &decision, &one.asked.request, meaning);
    more.extend(gave.map(|gave| More { at, hidden: hidden(), gave, decision }));
}

/// Does the second decision give what the first did not?
fn gave_more(before: &Decision, after: &Decision, request: &Request, meaning: &Meaning) -> Option<Gave> {
    if after.effect == Effect::Deny {
        return None;
    }
    if before.effect == Effect::Deny {
        return Some(Gave::Permit);
    }
    if (&before.released, &before.obligations) == (&after.released, &after.obligations) {
        return None;
    }
    let (had, has) = (permitted(before, request, meaning), permitted(after, request, meaning));
    for element in has {
        if !had.contains(&element) {
            return Some(Gave::Permit);
        }
        let owed = |decision: &Decision| -> BTreeSet<_> {
            let all = decision.obligations.iter();
            let of = all.filter(|one| element.as_ref().is_none_or(|name| one.elements.contains(name)));
            of.map(|one| one.oblige.clone()).collect()
        };
        if !owed(before).is_subset(&owed(after)) {
            return Some(Gave::LessObliging);
        }
    }
    None
}

/// The elements that a permit permits; `None`: the whole.
fn permitted(decision: &Decision, request: &Request, meaning: &Meaning) -> BTreeSet<Option<Box<str>>> {
    let some = |names: &[Box<str>]| names.iter().cloned().map(Some).collect();
    if let Some(released) = &decision.released {
        return some(released);
    }
    let On::Resource(id) = request.on else { return BTreeSet::from([None]) };
    let body = meaning.resource(id).and_then(|named| named.on(request.today));
    let all = body.and_then(|(_, body)| body.elements.known()).map_or(&[][..], Vec::as_slice);
    match (all, request.elements.as_slice()) {
        ([], _) => BTreeSet::from([None]),
        (all, []) => some(all),
        (_, asked) => some(asked),
    }
}

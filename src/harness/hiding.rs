//! Every request of a suite once more with one attribute hidden, or one source of roles out of reach, in every way that its
//! decision may notice: a denial stays a denial, and what stays permitted obliges to no less (docs/meaning.md, «Why no
//! missing fact gives more»). The only place that takes a fact away.

use super::check::Asked;
use super::reading::{Reading, Reads};
use crate::decide::{Action, Decider, Decision, Effect, On, Query, Request, Scratch};
use crate::facts::{EntityId, Facts, Hidden, Known, ThingId, Value, Whose};
use crate::ir::{Meaning, OrganisationId};
use rustc_hash::{FxHashMap, FxHashSet};
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
pub(super) struct Tries {
    /// How often a request was decided again, of each of the decided.
    pub(super) tried: Vec<usize>,
    pub(super) more: Vec<More>,
}

/// A fact that can be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Of {
    Known(Whose),
    Source(OrganisationId),
}

/// Tries everything for the requests of one suite, over its facts.
pub(super) fn hide<'b>(
    decided: &[Decided<'_>],
    whole: &Decider<'_, 'b>,
    meaning: &'b Meaning,
    reading: &Reading<'b>,
) -> Tries {
    let facts = whole.facts();
    let mut hidden = Tries { tried: vec![0; decided.len()], more: Vec::new() };
    let mut known: BTreeMap<(On, &Action), Rc<Reads<'_>>> = BTreeMap::new();
    let mut by_fact: BTreeMap<(Of, Box<str>), Vec<usize>> = BTreeMap::new();
    let mut again = Again { meaning, scratch: Scratch::default() };
    let ties = Ties::of(facts);
    for (at, one) in decided.iter().enumerate() {
        let request = &one.asked.request;
        let key = (request.on, &request.action);
        let reads = known.entry(key).or_insert_with(|| Rc::new(reading.reads(request.on, &request.action)));
        let reads = Rc::clone(reads);
        note_facts(at, request, facts, &ties, &reads, &mut by_fact);
        for (what, less) in requests_with_less(request, &reads) {
            hidden.tried.get_mut(at).into_iter().for_each(|count| *count += 1);
            if let Some((gave, decision)) = again.gives_more(whole, &one.decision, &less) {
                hidden.more.push(More { at, hidden: what, gave, decision });
            }
        }
    }
    if by_fact.is_empty() {
        return hidden;
    }
    let mut less = facts.clone();
    for ((of, name), requests) in by_fact {
        let taken = take(&mut less, of, &name);
        let decider = whole.over(&less);
        for at in requests {
            let Some(one) = decided.get(at) else { continue };
            hidden.tried.get_mut(at).into_iter().for_each(|count| *count += 1);
            if let Some((gave, decision)) = again.gives_more(&decider, &one.decision, &one.asked.request) {
                hidden.more.push(More { at, hidden: said(of, &name, facts, meaning), gave, decision });
            }
        }
        put_back(&mut less, of, taken);
    }
    hidden
}

/// Decides again: quickly, and with its story where that may give more than the decision with all facts.
struct Again<'b> {
    meaning: &'b Meaning,
    scratch: Scratch,
}

impl Again<'_> {
    fn gives_more(
        &mut self,
        decider: &Decider<'_, '_>,
        before: &Decision,
        request: &Request,
    ) -> Option<(Gave, Decision)> {
        let answer = decider.answer_and_oblige(&mut self.scratch, &Query::of(decider.index(), request));
        if answer.effect == Effect::Deny || before.effect == Effect::Permit && self.obliges_to_all_of(decider, before) {
            return None;
        }
        let after = decider.decide(request);
        gave_more(before, &after, request, self.meaning).map(|gave| (gave, after))
    }

    /// Does the permit that was decided last oblige to all that this one does? Of what is about elements the story tells.
    fn obliges_to_all_of(&self, decider: &Decider<'_, '_>, before: &Decision) -> bool {
        let whole = before.released.is_none() && before.obligations.iter().all(|one| one.elements.is_empty());
        let owed = || self.scratch.obliged().into_iter().filter_map(|by| decider.oblige(by)).collect::<Vec<_>>();
        whole
            && (before.obligations.is_empty() || {
                let owed = owed();
                before.obligations.iter().all(|one| owed.contains(&&one.oblige))
            })
    }
}

/// Which attributes of the facts the decision of a request may read, and which sources.
fn note_facts(
    at: usize,
    request: &Request,
    facts: &Facts,
    ties: &Ties,
    reads: &Reads<'_>,
    by_fact: &mut BTreeMap<(Of, Box<str>), Vec<usize>>,
) {
    for source in reads.sources.iter().filter(|source| !facts.out_of_reach().contains(source)) {
        by_fact.entry((Of::Source(*source), "".into())).or_default().push(at);
    }
    if reads.attributes.is_empty() {
        return;
    }
    let mut note = |whose: Whose, names: &FxHashSet<&str>| {
        for (name, _) in facts.known(whose).0.into_iter().filter(|(name, _)| names.contains(&**name)) {
            by_fact.entry((Of::Known(whose), name)).or_default().push(at);
        }
    };
    let (entities, things) = reached(request, facts, ties, reads);
    for id in entities.iter().copied() {
        note(Whose::Entity(id), &reads.attributes);
    }
    for id in things {
        note(Whose::Thing(id), &reads.attributes);
    }
    if !reads.of_anybody.is_empty() {
        for at in entities.iter().flat_map(|party| facts.delegations_for(*party)).copied() {
            note(Whose::Delegation(at), &reads.of_anybody);
        }
    }
}

/// Who has a role for somebody, or is named in a delegation for them.
#[derive(Default)]
struct Ties {
    of: FxHashMap<EntityId, BTreeSet<EntityId>>,
}

impl Ties {
    fn of(facts: &Facts) -> Self {
        let mut ties = Ties::default();
        for (_, fact) in facts.roles() {
            ties.of.entry(fact.party.unwrap_or(fact.subject)).or_default().insert(fact.subject);
        }
        for one in (0..facts.delegation_count()).filter_map(|at| facts.delegation(at)) {
            ties.of.entry(one.party).or_default().extend([one.giver, one.receiver]);
        }
        ties
    }
}

/// Whom and what conditions can reach by the attributes that they read: those of rules from the roots of a request, those of grants
/// and lines from everybody who is tied to the party, and to whom that is tied in turn.
fn reached(
    request: &Request,
    facts: &Facts,
    ties: &Ties,
    reads: &Reads<'_>,
) -> (BTreeSet<EntityId>, BTreeSet<ThingId>) {
    let mut entities: BTreeSet<EntityId> = BTreeSet::new();
    let mut things: BTreeSet<ThingId> = BTreeSet::new();
    let mut waiting: Vec<Value> = Vec::new();
    let mut people: Vec<EntityId> = [request.subject, request.party(), request.to].into_iter().flatten().collect();
    waiting.extend(request.context.0.iter().map(|(_, value)| value.clone()));
    waiting.extend(request.record.clone());
    let follows = !reads.of_anybody.is_empty();
    if follows && !facts.out_of_reach().is_empty() {
        // Anybody may have a role that cannot be seen.
        people.extend(facts.entities());
    }
    if follows {
        let delegations = (0..facts.delegation_count()).flat_map(|at| facts.known(Whose::Delegation(at)).0);
        waiting.extend(delegations.filter(|(name, _)| reads.attributes.contains(&**name)).map(|(_, value)| value));
    }
    loop {
        if let Some(id) = people.pop() {
            if entities.insert(id) {
                let known = facts.known(Whose::Entity(id)).0.into_iter();
                let read = known.filter(|(name, _)| reads.attributes.contains(&**name));
                waiting.extend(read.map(|(_, value)| value));
                people.extend(ties.of.get(&id).filter(|_| follows).into_iter().flatten());
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

/// What was taken away; `None`: a source.
type Taken = Option<Hidden>;

fn take(facts: &mut Facts, of: Of, name: &str) -> Taken {
    match of {
        Of::Known(whose) => facts.hide(whose, name),
        Of::Source(source) => {
            let mut lost = facts.out_of_reach().clone();
            lost.insert(source);
            facts.put_out_of_reach(lost);
            None
        }
    }
}

fn put_back(facts: &mut Facts, of: Of, taken: Taken) {
    if let Of::Source(source) = of {
        let mut lost = facts.out_of_reach().clone();
        lost.remove(&source);
        facts.put_out_of_reach(lost);
    }
    taken.iter().for_each(|hidden| facts.show(hidden));
}

fn said(of: Of, name: &str, facts: &Facts, meaning: &Meaning) -> String {
    match of {
        Of::Known(Whose::Entity(id)) => format!("{}.{name}", facts.name(id)),
        Of::Known(Whose::Thing(id)) => format!("{}.{name}", facts.thing(id).map_or("", |thing| thing.name)),
        Of::Known(Whose::Delegation(at)) => {
            let giver = facts.delegation(at).map_or("", |one| facts.name(one.giver));
            format!("{name} of the delegation by {giver}")
        }
        Of::Source(id) => {
            let full = meaning.organisations.get(id.index()).map_or("", |name| name);
            format!("the roles that {} answers for", crate::intake::names::last_of(full))
        }
    }
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

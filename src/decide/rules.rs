//! Does a rule apply (docs/meaning.md, U1–U6), and what that makes of an element (C1) and of a request on a resource (C2).
//! Truth alone; chains are made in `proof`, obligations in `resource`.

use super::case::Case;
use super::condition::{Answers, Roots, Scene};
use super::decision::{Cause, Missing};
use super::recipient;
use super::roles::Pass;
use super::truth::Truth;
use super::value::Seen;
use crate::facts::{EntityId, Known, Value};
use crate::ir::{Action, Expression, PackageId, Recipient, Requires, Resource, ResourceId, Rule, RuleId};
use crate::terms::effect::RuleEffect;
use std::cell::Cell;
use std::collections::BTreeSet;

/// The rules over a resource that are asked for an action, and what they are asked about.
pub(super) struct Rules<'s, 'a> {
    pub(super) case: &'s Case<'a>,
    pub(super) resource: ResourceId,
    /// The version and the action, where both are in force (U1).
    pub(super) body: Option<(&'a Resource, &'a Action)>,
    /// Those in force.
    pub(super) over: Vec<Over<'a>>,
    /// Permits that are not in force.
    pub(super) asleep: Vec<RuleId>,
    /// The elements asked for, or the whole.
    pub(super) parts: Vec<Part<'a>>,
    roots: Roots<'a>,
}

/// A rule in force over the resource.
pub(super) struct Over<'a> {
    pub(super) id: RuleId,
    pub(super) rule: &'a Rule,
    pub(super) scope: u32,
    pub(super) reads_element: bool,
    /// What does not depend on the element, once it is found out.
    base: Cell<Option<Truth>>,
}

/// What a decision is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// The whole resource.
    Whole,
    /// An element of it.
    Element(&'a str),
    /// A name that is no element of it (Q8).
    Foreign(&'a str),
}

impl<'a> Part<'a> {
    pub(super) fn name(self) -> Option<&'a str> {
        match self {
            Part::Whole => None,
            Part::Element(name) | Part::Foreign(name) => Some(name),
        }
    }
}

impl<'s, 'a> Rules<'s, 'a> {
    /// The rules asked for: of the request (`asked`), with its record and elements; else of what `permitted` names, for every element (E13).
    pub(super) fn new(case: &'s Case<'a>, resource: ResourceId, action: &str, asked: bool) -> Self {
        let (index, today, request) = (case.roles.decider.index, case.roles.today, case.request);
        let version = index.meaning.resource(resource).and_then(|named| named.on(today)).map(|(_, body)| body);
        let body = version.and_then(|body| {
            let at = body.actions.binary_search_by(|one| (*one.name).cmp(action)).ok()?;
            Some((body, body.actions.get(at)?))
        });
        let (mut over, mut asleep) = (Vec::new(), Vec::new());
        for id in index.rules(resource, action) {
            let Some(rule) = index.meaning.rule(id) else { continue };
            match rule.scope(resource, today).filter(|_| body.is_some()) {
                Some(scope) => over.push(Over {
                    id,
                    rule,
                    scope: u32::try_from(scope).unwrap_or(u32::MAX),
                    reads_element: index.reads().rule(id).is_some_and(|reads| reads.element),
                    base: Cell::new(None),
                }),
                None if rule.effect == RuleEffect::Permit => asleep.push(id),
                None => {}
            }
        }
        let record = request.record.as_ref().filter(|_| asked);
        let roots = roots(case.asking, &request.context, record, resource);
        let names = if asked { &*request.elements } else { &[] };
        Rules { case, resource, body, over, asleep, parts: parts(version, names), roots }
    }

    /// Those of one effect.
    pub(super) fn of(&self, effect: RuleEffect) -> impl Iterator<Item = &Over<'a>> {
        self.over.iter().filter(move |over| over.rule.effect == effect)
    }

    /// Where the condition of a rule is asked about a part.
    pub(super) fn scene(&self, part: Part<'a>) -> Scene<'s, 'a> {
        let element = match part {
            Part::Element(name) => Seen::Element(name),
            Part::Whole | Part::Foreign(_) => Seen::Missing,
        };
        Scene::new(self.case.roles, Some(self.case), Roots { element, ..self.roots.clone() })
    }

    /// Does the rule apply to this part? (U1)
    pub(super) fn applies(&self, over: &Over<'a>, part: Part<'a>) -> Truth {
        let of = self.has(over.rule, part);
        if of == Truth::Not {
            return Truth::Not;
        }
        let base = over.base.get().unwrap_or_else(|| {
            let base = self.base(over);
            over.base.set(Some(base));
            base
        });
        if base == Truth::Not {
            return Truth::Not;
        }
        let when = match &over.rule.when {
            Some(when) if over.reads_element => self.scene(part).truth(when),
            _ => Truth::So,
        };
        Truth::all([of, base, when])
    }

    /// Has its `of` the part?
    pub(super) fn has(&self, rule: &Rule, part: Part<'a>) -> Truth {
        has(rule, part, self.body.map(|(body, _)| body))
    }

    fn base(&self, over: &Over<'a>) -> Truth {
        let truth = |when| self.scene(Part::Whole).truth(when);
        base(over.rule, over.reads_element, |to| self.is_for(over.rule, to), truth, &|package| self.held(package))
    }

    /// Are `to` and `requires` so?
    pub(super) fn reaches(&self, rule: &Rule) -> Truth {
        let needed = rule.requires.as_ref().map_or(Truth::So, |needed| requires(needed, &|package| self.held(package)));
        Truth::all([to(rule, |to| self.is_for(rule, to)), needed])
    }

    fn held(&self, package: PackageId) -> Truth {
        self.case.asking.map_or(Truth::Not, |(who, party)| self.case.holds(who, package, party))
    }

    fn is_for(&self, rule: &Rule, to: Recipient) -> Truth {
        let controls = |who, processes| self.scene(Part::Whole).controls(who, processes);
        recipient::is_for(self.case.roles, self.case.asking, rule, to, controls)
    }

    /// What is made of a part (C1).
    pub(super) fn cause(&self, part: Part<'a>) -> Cause {
        cause(|effect| Truth::any(self.of(effect).map(|over| self.applies(over, part))))
    }

    /// What is made of all parts (C2), with what was missing; no part may be left out.
    pub(super) fn verdict(&self) -> (Cause, BTreeSet<Missing>) {
        let cause = gravest(self.parts.iter().map(|part| self.cause(*part)));
        let missing = match cause {
            Cause::Undecidable => self.parts.iter().flat_map(|part| self.missing(*part)).collect(),
            _ => BTreeSet::new(),
        };
        (cause, missing)
    }

    /// What was missing to decide a part.
    fn missing(&self, part: Part<'a>) -> BTreeSet<Missing> {
        if self.cause(part) != Cause::Undecidable {
            return BTreeSet::new();
        }
        let proofs = self.unknown(part).into_iter().filter_map(|over| self.proof(Pass::Possibly, over, part).ok());
        proofs.flat_map(|(_, chain)| super::trace::missing(&chain)).collect()
    }

    /// The rules that leave a part undecidable: the forbids that are unknown, else the permits.
    pub(super) fn unknown(&self, part: Part<'a>) -> Vec<&Over<'a>> {
        for effect in [RuleEffect::Forbid, RuleEffect::Permit] {
            let unknown = self.of(effect).filter(|over| self.applies(over, part) == Truth::Unknown);
            let unknown: Vec<&Over<'a>> = unknown.collect();
            if !unknown.is_empty() {
                return unknown;
            }
        }
        Vec::new()
    }
}

/// What is made of a part, by whether any forbid and any permit applies (C1).
pub(super) fn cause(any: impl Fn(RuleEffect) -> Truth) -> Cause {
    match any(RuleEffect::Forbid) {
        Truth::So => Cause::Forbidden,
        Truth::Unknown => Cause::Undecidable,
        Truth::Not => match any(RuleEffect::Permit) {
            Truth::So => Cause::Permitted,
            Truth::Unknown => Cause::Undecidable,
            Truth::Not => Cause::NotGranted,
        },
    }
}

/// What of a rule is the same for every element; the first that is not so ends it, what is dear comes last.
pub(super) fn base<'a>(
    rule: &'a Rule,
    reads_element: bool,
    is_for: impl FnOnce(Recipient) -> Truth,
    truth: impl FnOnce(&'a Expression) -> Truth,
    holds: &impl Fn(PackageId) -> Truth,
) -> Truth {
    let to = to(rule, is_for);
    if to == Truth::Not {
        return Truth::Not;
    }
    let when = match &rule.when {
        Some(when) if !reads_element => truth(when),
        _ => Truth::So,
    };
    if when == Truth::Not {
        return Truth::Not;
    }
    Truth::all([to, when, rule.requires.as_ref().map_or(Truth::So, |needed| requires(needed, holds))])
}

/// Is it to who asks? A permit to nobody that requires nothing permits nobody.
fn to(rule: &Rule, is_for: impl FnOnce(Recipient) -> Truth) -> Truth {
    match rule.to {
        Some(to) => is_for(to),
        None if rule.effect == RuleEffect::Permit && rule.requires.is_none() => Truth::Not,
        None => Truth::So,
    }
}

/// U2. Nested lists are at most as deep as the reader of bundles and the grammar allow.
pub(super) fn requires(needed: &Requires, holds: &impl Fn(PackageId) -> Truth) -> Truth {
    match needed {
        Requires::Package(package) => holds(*package),
        Requires::And(all) => Truth::all(all.iter().map(|one| requires(one, holds))),
        Requires::Or(all) => Truth::any(all.iter().map(|one| requires(one, holds))),
    }
}

/// What the conditions of the rules over a resource may speak of, besides the element.
pub(super) fn roots<'a>(
    asking: Option<(EntityId, EntityId)>,
    context: &'a Known,
    record: Option<&'a Value>,
    resource: ResourceId,
) -> Roots<'a> {
    let record = match record {
        Some(Value::Nameless(known)) => Seen::Record(known),
        Some(record) => Seen::of(record),
        None => Seen::Missing,
    };
    Roots {
        subject: Seen::somebody(asking.map(|(who, _)| who)),
        party: Seen::somebody(asking.map(|(_, party)| party)),
        context: Seen::Nameless(context),
        record,
        resource: Some(resource),
        ..Roots::NONE
    }
}

/// Has the `of` of a rule the part?
pub(super) fn has(rule: &Rule, part: Part<'_>, body: Option<&Resource>) -> Truth {
    match (part, &rule.of) {
        (Part::Foreign(_), _) => Truth::Not,
        (_, None) => Truth::So,
        (Part::Element(name), Some(of)) => Truth::of(of.binary_search_by(|one| (**one).cmp(name)).is_ok()),
        (Part::Whole, Some(_)) if body.is_some_and(|body| body.elements.is_undecided()) => Truth::Unknown,
        (Part::Whole, Some(_)) => Truth::Not,
    }
}

/// The gravest cause: forbidden, then undecidable, then not granted; permitted where there is no other.
pub(super) fn gravest(causes: impl IntoIterator<Item = Cause>) -> Cause {
    let order = |cause: &Cause| match cause {
        Cause::Permitted => 0,
        Cause::NotGranted => 1,
        Cause::Undecidable => 2,
        Cause::Forbidden => 3,
    };
    causes.into_iter().max_by_key(order).unwrap_or(Cause::NotGranted)
}

/// The parts asked for (Q8).
fn parts<'a>(version: Option<&'a Resource>, names: &'a [Box<str>]) -> Vec<Part<'a>> {
    match version.and_then(|body| body.elements.known()) {
        Some(elements) if !elements.is_empty() && names.is_empty() => {
            elements.iter().map(|name| Part::Element(name)).collect()
        }
        Some(elements) if !elements.is_empty() => {
            let part = |name: &'a str| match elements.binary_search_by(|one| (**one).cmp(name)) {
                Ok(_) => Part::Element(name),
                Err(_) => Part::Foreign(name),
            };
            names.iter().map(|name| part(name)).collect()
        }
        _ => vec![Part::Whole],
    }
}

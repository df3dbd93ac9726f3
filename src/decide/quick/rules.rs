//! The cause of a request (docs/meaning.md, C2, C3, Q2, Q8): the same as `question`, `rules` and `resource` find, from plans and rows,
//! each thing that is asked again remembered. Tells no story.

use super::Scratch;
use super::asking::{Asking, Query};
use super::at_once::AtOnce;
use super::era::{ActionId, Elements, Era, Plan};
use super::over::Over;
use super::search::{Asks, Goal, Search};
use crate::decide::condition::Answers;
use crate::decide::decision::{Cause, What};
use crate::decide::lookup::Lookup;
use crate::decide::roles::{Pass, Roles};
use crate::decide::rules::{self, Part, gravest};
use crate::decide::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{AreaId, PackageId, ResourceId};
use crate::terms::effect::RuleEffect;
use std::cell::{Cell, OnceCell};

/// How deep `permitted` may stand in what it asks for; deeper is left to `case`, which counts nothing.
const DEEPEST: u8 = 8;

/// One request.
pub(super) struct Quick<'a> {
    pub(super) roles: &'a Roles<'a>,
    pub(super) era: &'a Era,
    pub(super) lookup: Lookup<'a>,
    pub(super) query: &'a Query<'a>,
    pub(super) scratch: &'a Scratch,
    /// Subject and party.
    pub(super) asking: Option<(EntityId, EntityId)>,
    oblige: bool,
    /// Was something met that only the long way can tell?
    pub(super) lost: Cell<bool>,
    depth: Cell<u8>,
}

impl<'a> Quick<'a> {
    pub(super) fn new(
        roles: &'a Roles<'a>,
        era: &'a Era,
        query: &'a Query<'a>,
        scratch: &'a Scratch,
        oblige: bool,
    ) -> Self {
        let (asking, lookup) = (query.somebody(), roles.decider.lookup(roles.today));
        Quick { roles, era, lookup, query, scratch, asking, oblige, lost: Cell::new(false), depth: Cell::new(0) }
    }

    /// The cause; `None`: ask the long way.
    pub(super) fn cause(&self) -> Option<Cause> {
        if self.oblige {
            self.scratch.obliged.borrow_mut().clear();
        }
        let of = |truth| match truth {
            Truth::So => Cause::Permitted,
            Truth::Unknown => Cause::Undecidable,
            Truth::Not => Cause::NotGranted,
        };
        let cause = match (self.query.asking, self.asking) {
            (Asking::Act(resource, action), _) => self.of_resource(resource, action, true),
            (Asking::Nothing(_), _) | (_, None) => Cause::NotGranted,
            (Asking::Use(What::Package(package)), Some((who, party))) => of(self.holds(who, package, party)),
            (Asking::Use(What::Area(area)), Some(_)) => of(self.in_both(|pass| self.holds_area(pass, area))),
            (Asking::Delegate(What::Package(package)), Some(_)) => {
                of(self.in_both(|pass| self.may_delegate(pass, package, None)))
            }
            (Asking::Delegate(What::Area(area)), Some(_)) => {
                of(self.in_both(|pass| self.may_delegate_area(pass, area)))
            }
        };
        (!self.lost.get()).then_some(cause)
    }

    /// So, if it is certainly; unknown, if it is possibly. `found` says besides whether something unknown was taken as not so.
    fn in_both(&self, found: impl Fn(Pass) -> (bool, bool)) -> Truth {
        match found(Pass::Certainly) {
            (true, _) => Truth::So,
            (false, false) if !self.roles.some_unknown() => Truth::Not,
            _ if found(Pass::Possibly).0 => Truth::Unknown,
            _ => Truth::Not,
        }
    }

    pub(super) fn search(
        &self,
        pass: Pass,
        goals: impl IntoIterator<Item = Goal>,
        area_alone: Option<AreaId>,
        by_link: bool,
    ) -> (bool, bool) {
        let mut space = self.scratch.space.borrow_mut();
        let mut search = Search::new(self.roles, self.era, self.lookup, pass, &mut space);
        search.area_alone = area_alone;
        search.by_link = by_link;
        let found = search.finds(goals);
        if found.is_none() {
            self.lost.set(true);
        }
        (found == Some(true), search.lines.some_unknown.get())
    }

    /// Q2, E12.
    fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Truth {
        let Some(now) = self.era.package(package) else { return Truth::Not };
        let Some(kind) = self.lookup.kind(party) else { return Truth::Not };
        if !now.kinds.has(kind) {
            return Truth::Not;
        }
        let at_once = AtOnce { roles: self.roles, era: self.era, lookup: self.lookup };
        if let Some(truth) = at_once.holds(who, package, now, party) {
            return truth;
        }
        let mut known = self.scratch.held.borrow_mut();
        if let Some((.., truth)) = known.iter().find(|(one, of, whom, _)| (*one, *of, *whom) == (who, package, party)) {
            return *truth;
        }
        let goal = Goal { asks: Asks::Holds, who, package, party };
        let truth = self.in_both(|pass| self.search(pass, [goal], None, false));
        known.push((who, package, party, truth));
        truth
    }

    /// Does who asks hold it for the party (U2)?
    pub(super) fn held(&self, package: PackageId) -> Truth {
        self.asking.map_or(Truth::Not, |(who, party)| self.holds(who, package, party))
    }

    /// C2, where every rule of the plan that decides is made ready and there is one part.
    fn of_plain(&self, plan: &Plan) -> Cause {
        let (meaning, context, held) = (self.roles.decider.index.meaning, self.query.context, |id| self.held(id));
        rules::cause(|effect| {
            let range = if effect == RuleEffect::Forbid { &plan.forbids } else { &plan.permits };
            let ready = self.era.rules(range).iter().filter_map(|planned| self.era.plain(planned));
            let mut any = Truth::Not;
            for rule in ready {
                match rule.applies(&self.era.names, meaning, context, &held) {
                    Truth::So => return Truth::So,
                    Truth::Unknown => any = Truth::Unknown,
                    Truth::Not => {}
                }
            }
            any
        })
    }

    /// C2: of the request itself (`asked`), else of what `permitted` names (E13).
    fn of_resource(&self, resource: ResourceId, action: ActionId, asked: bool) -> Cause {
        let meaning = self.roles.decider.index.meaning;
        let Some(plan) = self.era.plan_of(resource, action) else { return Cause::NotGranted };
        if plan.plain && !self.oblige {
            return self.of_plain(plan);
        }
        let body = meaning.resource(resource).and_then(|named| named.versions.get(plan.version as usize));
        let Some(body) = body else { return Cause::NotGranted };
        let mut over = Over { quick: self, resource, body, plan, asked, scene: OnceCell::new(), bases: None };
        if plan.elements != Elements::Some {
            let cause = over.cause(Part::Whole);
            if self.oblige && asked {
                over.note(cause, Part::Whole);
            }
            return cause;
        }
        let elements = body.elements.known().map_or(&[][..], Vec::as_slice);
        let names = if asked && !self.query.elements.is_empty() { self.query.elements } else { elements };
        let start = self.scratch.bases.borrow().len();
        self.scratch.bases.borrow_mut().resize(start + (plan.obliges.end - plan.forbids.start) as usize, None);
        over.bases = Some(start);
        let parts = || {
            names.iter().map(|name| match elements.binary_search(name) {
                Ok(_) => Part::Element(name),
                Err(_) => Part::Foreign(name),
            })
        };
        let (mut cause, mut some) = (Cause::Permitted, false);
        for part in parts() {
            let of_part = over.cause(part);
            some |= of_part == Cause::Permitted;
            cause = gravest([cause, of_part]);
        }
        if asked && plan.partial && some {
            cause = Cause::Permitted;
        }
        if asked && self.oblige {
            for part in parts().filter(|part| over.cause(*part) == cause) {
                over.note(cause, part);
            }
        }
        self.scratch.bases.borrow_mut().truncate(start);
        cause
    }
}

impl<'a> Answers for Quick<'a> {
    fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Truth {
        Quick::holds(self, who, package, party)
    }

    fn permitted(&self, resource: ResourceId, action: &str) -> Truth {
        let Some(id) = self.roles.decider.index.action(action) else { return Truth::Not };
        let known = self.scratch.permitted.borrow().iter().find(|(on, of, _)| (*on, *of) == (resource, id)).copied();
        let cause = match known {
            Some((.., cause)) => cause,
            None if self.depth.get() >= DEEPEST => {
                self.lost.set(true);
                return Truth::Unknown;
            }
            None => {
                self.depth.set(self.depth.get() + 1);
                let cause = self.of_resource(resource, id, false);
                self.depth.set(self.depth.get() - 1);
                self.scratch.permitted.borrow_mut().push((resource, id, cause));
                cause
            }
        };
        match cause {
            Cause::Permitted => Truth::So,
            Cause::Undecidable => Truth::Unknown,
            Cause::Forbidden | Cause::NotGranted => Truth::Not,
        }
    }
}

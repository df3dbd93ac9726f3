//! The cause of a request (docs/meaning.md, C1–C3, Q2–Q8, U1–U5, O1): the same as `question`, `rules` and `resource` find, from plans
//! and rows, each thing that is asked again remembered. Tells no story.

use super::asking::{Asking, Query};
use super::era::{ActionId, Elements, Era, Plan, Planned, RoleNow};
use super::search::{Asks, Goal, Search, is_concerned, is_in_row};
use super::{ObligedBy, Scratch, packages_of_area};
use crate::decide::condition::{Answers, Roots, Scene};
use crate::decide::decision::{Cause, What};
use crate::decide::lines::Handing;
use crate::decide::recipient;
use crate::decide::roles::{Pass, Roles};
use crate::decide::rules::{self, Part, gravest};
use crate::decide::truth::Truth;
use crate::decide::value::Seen;
use crate::facts::{EntityId, Value};
use crate::ir::{AreaId, Line, PackageId, Requires, Resource, ResourceId, Rule};
use crate::terms::kind::Kind;
use std::cell::{Cell, OnceCell};

/// How deep `permitted` may stand in what it asks for; deeper is left to `case`, which counts nothing.
const DEEPEST: u8 = 8;

/// One request.
pub(super) struct Quick<'a> {
    roles: &'a Roles<'a>,
    era: &'a Era,
    query: &'a Query<'a>,
    scratch: &'a Scratch,
    /// Subject and party.
    asking: Option<(EntityId, EntityId)>,
    oblige: bool,
    /// Was something met that only the long way can tell?
    lost: Cell<bool>,
    depth: Cell<u8>,
}

/// The rules of a plan, and what they are asked about.
struct Over<'q, 'a> {
    quick: &'q Quick<'a>,
    resource: ResourceId,
    body: &'a Resource,
    plan: &'a Plan,
    /// Of the request itself, else of what `permitted` names?
    asked: bool,
    scene: OnceCell<Scene<'q, 'a>>,
    /// Where what is known of its rules stands in the scratch; `None`: there is one part only.
    bases: Option<usize>,
}

impl<'a> Quick<'a> {
    pub(super) fn new(
        roles: &'a Roles<'a>,
        era: &'a Era,
        query: &'a Query<'a>,
        scratch: &'a Scratch,
        oblige: bool,
    ) -> Self {
        let asking = query.somebody();
        Quick { roles, era, query, scratch, asking, oblige, lost: Cell::new(false), depth: Cell::new(0) }
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

    fn search(
        &self,
        pass: Pass,
        goals: impl IntoIterator<Item = Goal>,
        area_alone: Option<AreaId>,
        by_link: bool,
    ) -> (bool, bool) {
        let mut space = self.scratch.space.borrow_mut();
        let mut search = Search::new(self.roles, self.era, pass, &mut space);
        search.area_alone = area_alone;
        search.by_link = by_link;
        let found = search.finds(goals);
        if found.is_none() {
            self.lost.set(true);
        }
        (found == Some(true), search.lines.some_unknown.get())
    }

    /// Q2, E12, U2.
    fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Truth {
        let Some(now) = self.era.package(package) else { return Truth::Not };
        let Some(kind) = self.roles.decider.facts.kind(party) else { return Truth::Not };
        if !now.kinds.has(kind) {
            return Truth::Not;
        }
        if is_in_row(self.roles, self.era, Pass::Certainly, who, now.to_use, party) {
            return Truth::So;
        }
        if !self.roles.some_unknown() && !is_concerned(self.roles, self.era, who, now, party) {
            return Truth::Not;
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

    /// Q5.
    fn holds_area(&self, pass: Pass, area: AreaId) -> (bool, bool) {
        self.every_package(area, |who, package, party| {
            self.search(pass, [Goal { asks: Asks::Holds, who, package, party }], Some(area), true)
        })
    }

    /// Is it so of every package of the area, of which there is one?
    fn every_package(
        &self,
        area: AreaId,
        mut is_so: impl FnMut(EntityId, PackageId, EntityId) -> (bool, bool),
    ) -> (bool, bool) {
        let Some((who, party)) = self.asking.filter(|_| self.era.area_is_in_force(area)) else { return (false, false) };
        let (mut all, mut some, mut unknown) = (true, false, false);
        for package in packages_of_area(self.roles, self.era, area, party) {
            some = true;
            let (so, met) = is_so(who, package, party);
            all &= so;
            unknown |= met;
        }
        (all && some, unknown)
    }

    /// Q3.
    fn may_delegate(&self, pass: Pass, package: PackageId, area_alone: Option<AreaId>) -> (bool, bool) {
        let Some((giver, party)) = self.asking else { return (false, false) };
        let mut space = self.scratch.space.borrow_mut();
        let mut search = Search::new(self.roles, self.era, pass, &mut space);
        search.area_alone = area_alone;
        let organisation = self.roles.decider.facts.kind(giver) == Some(Kind::Organisation);
        let agent = match self.query.to {
            Some(receiver) => {
                let handing = Handing { giver, receiver, party, delegation: None };
                if receiver == giver || search.lines.of_package(package, &handing, false).is_none() {
                    return (false, search.lines.some_unknown.get());
                }
                organisation && self.roles.agent(pass, receiver, giver).is_some()
            }
            None if !self.has_a_line(What::Package(package)) => return (false, false),
            None => organisation && self.some_agent_may_receive(&search, package, giver, party),
        };
        let free = Goal { asks: Asks::Passes, who: giver, package, party };
        let bound = Goal { asks: Asks::HoldsItself, who: giver, package, party };
        let found = search.finds([free].into_iter().chain(agent.then_some(bound)));
        if found.is_none() {
            self.lost.set(true);
        }
        (found == Some(true), search.lines.some_unknown.get())
    }

    /// Is the package delegable to somebody with an agent role for the giver?
    fn some_agent_may_receive(
        &self,
        search: &Search<'_, 'a>,
        package: PackageId,
        giver: EntityId,
        party: EntityId,
    ) -> bool {
        let mut found = false;
        if search.pass == Pass::Possibly && self.roles.unknown().any(|(id, _)| self.era.role(id).is(RoleNow::AGENT)) {
            self.lost.set(true);
            return false;
        }
        self.roles.of_party(
            search.pass,
            giver,
            |role| role.agent.is_yes(),
            |receiver, _, _| {
                let handing = Handing { giver, receiver, party, delegation: None };
                found |= receiver != giver && search.lines.of_package(package, &handing, false).is_some();
            },
        );
        found
    }

    /// Has it a line in `delegable` that is not undecided?
    fn has_a_line(&self, what: What) -> bool {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let lines = match what {
            What::Package(package) => index.package(package, today).map(|(_, body)| &body.delegable),
            What::Area(area) => index.area(area, today).map(|(_, body)| &body.delegable),
        };
        lines.is_some_and(|lines| lines.iter().any(|line| matches!(line, Line::To { .. })))
    }

    /// Q6.
    fn may_delegate_area(&self, pass: Pass, area: AreaId) -> (bool, bool) {
        let Some((giver, party)) = self.asking else { return (false, false) };
        let mut unknown = false;
        match self.query.to {
            Some(receiver) => {
                let mut space = self.scratch.space.borrow_mut();
                let search = Search::new(self.roles, self.era, pass, &mut space);
                let handing = Handing { giver, receiver, party, delegation: None };
                let admitted = search.lines.of_area(area, &handing, false).is_some();
                unknown |= search.lines.some_unknown.get();
                if !admitted {
                    return (false, unknown);
                }
            }
            None if !self.has_a_line(What::Area(area)) => return (false, false),
            None => {}
        }
        let (all, met) = self.every_package(area, |_, package, _| self.may_delegate(pass, package, Some(area)));
        (all, unknown | met)
    }

    /// C2: of the request itself (`asked`), else of what `permitted` names (E13).
    fn of_resource(&self, resource: ResourceId, action: ActionId, asked: bool) -> Cause {
        let meaning = self.roles.decider.index.meaning;
        let Some(plan) = self.era.plan_of(resource, action) else { return Cause::NotGranted };
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

impl<'q, 'a> Over<'q, 'a> {
    /// C1.
    fn cause(&self, part: Part<'a>) -> Cause {
        let any = |range: &std::ops::Range<u32>| {
            let rules = self.quick.era.rules(range).iter().zip(range.clone());
            Truth::any(rules.map(|(planned, at)| self.applies(planned, at, part)))
        };
        match any(&self.plan.forbids) {
            Truth::So => Cause::Forbidden,
            Truth::Unknown => Cause::Undecidable,
            Truth::Not => match any(&self.plan.permits) {
                Truth::So => Cause::Permitted,
                Truth::Unknown => Cause::Undecidable,
                Truth::Not => Cause::NotGranted,
            },
        }
    }

    /// U1.
    fn applies(&self, planned: &Planned, at: u32, part: Part<'a>) -> Truth {
        let Some(rule) = self.quick.roles.decider.index.meaning.rule(planned.rule) else { return Truth::Not };
        let of = rules::has(rule, part, Some(self.body));
        if of == Truth::Not {
            return Truth::Not;
        }
        let slot = self.bases.map(|start| start + (at - self.plan.forbids.start) as usize);
        let known = slot.and_then(|slot| self.quick.scratch.bases.borrow().get(slot).copied().flatten());
        let base = known.unwrap_or_else(|| self.base(rule, planned.reads_element));
        if let Some(slot) = slot
            && let Some(known) = self.quick.scratch.bases.borrow_mut().get_mut(slot)
        {
            *known = Some(base);
        }
        if base == Truth::Not {
            return Truth::Not;
        }
        let when = match &rule.when {
            Some(when) if planned.reads_element => {
                let element = match part {
                    Part::Element(name) => Seen::Element(name),
                    Part::Whole | Part::Foreign(_) => Seen::Missing,
                };
                Scene::answered(self.quick.roles, self.quick, self.roots(element)).truth(when)
            }
            _ => Truth::So,
        };
        Truth::all([of, base, when])
    }

    /// What is the same for every element; the first that is not so ends it, what is dear comes last.
    fn base(&self, rule: &'a Rule, reads_element: bool) -> Truth {
        let quick = self.quick;
        let to = match rule.to {
            Some(to) => recipient::is_for(quick.roles, quick.asking, rule, to, |who, processes| {
                self.scene().controls(who, processes)
            }),
            None if rule.effect == crate::terms::effect::RuleEffect::Permit && rule.requires.is_none() => Truth::Not,
            None => Truth::So,
        };
        if to == Truth::Not {
            return Truth::Not;
        }
        let when = match &rule.when {
            Some(when) if !reads_element => self.scene().truth(when),
            _ => Truth::So,
        };
        if when == Truth::Not {
            return Truth::Not;
        }
        Truth::all([to, when, rule.requires.as_ref().map_or(Truth::So, |requires| self.requires(requires))])
    }

    /// U2.
    fn requires(&self, requires: &Requires) -> Truth {
        match requires {
            Requires::Package(package) => match self.quick.asking {
                Some((who, party)) => self.quick.holds(who, *package, party),
                None => Truth::Not,
            },
            Requires::And(all) => Truth::all(all.iter().map(|one| self.requires(one))),
            Requires::Or(all) => Truth::any(all.iter().map(|one| self.requires(one))),
        }
    }

    /// Where a condition that does not read the element is asked; made once.
    fn scene(&self) -> &Scene<'q, 'a> {
        self.scene.get_or_init(|| Scene::answered(self.quick.roles, self.quick, self.roots(Seen::Missing)))
    }

    fn roots(&self, element: Seen<'a>) -> Roots<'a> {
        let (query, asked) = (self.quick.query, self.asked);
        let record = match query.record {
            Some(Value::Nameless(known)) if asked => Seen::Record(known),
            Some(record) if asked => Seen::of(record),
            _ => Seen::Missing,
        };
        Roots {
            subject: Seen::somebody(self.quick.asking.map(|(who, _)| who)),
            party: Seen::somebody(self.quick.asking.map(|(_, party)| party)),
            context: Seen::Nameless(query.context),
            record,
            resource: Some(self.resource),
            element,
            ..Roots::NONE
        }
    }

    /// O1: what a part obliges to.
    fn note(&self, cause: Cause, part: Part<'a>) {
        let (era, meaning) = (self.quick.era, self.quick.roles.decider.index.meaning);
        let ranges: &[&std::ops::Range<u32>] = match cause {
            Cause::Permitted => &[&self.plan.permits, &self.plan.obliges],
            Cause::Forbidden => &[&self.plan.forbids],
            Cause::Undecidable | Cause::NotGranted => return,
        };
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if cause == Cause::Permitted {
            let count = self.body.actions.get(self.plan.action_at as usize).map_or(0, |action| action.oblige.len());
            let by = |at| ObligedBy::Action(self.resource, self.plan.version, self.plan.action_at, at);
            self.quick.scratch.obliged.borrow_mut().extend((0..number(count)).map(by));
        }
        for range in ranges {
            for (planned, at) in era.rules(range).iter().zip((*range).clone()) {
                let count = meaning.rule(planned.rule).map_or(0, |rule| rule.oblige.len());
                if count > 0 && self.applies(planned, at, part) == Truth::So {
                    let by = |at| ObligedBy::Rule(planned.rule, at);
                    self.quick.scratch.obliged.borrow_mut().extend((0..number(count)).map(by));
                }
            }
        }
    }
}

//! What could mend one obstacle: rules seen backward, from the permit that does not apply and the forbids that do. Each change is
//! one that could help, alone or with others; whether it does is tried elsewhere.

use super::Blocked;
use super::change::Change;
use crate::decide::case::Case;
use crate::decide::condition::Around;
use crate::decide::decision::Cause;
use crate::decide::index::Decider;
use crate::decide::question::packages_of_area;
use crate::decide::roles::Roles;
use crate::decide::rules::{Over, Part, Rules};
use crate::decide::truth::Truth;
use crate::decide::{On, Request};
use crate::facts::EntityId;
use crate::ir::{Requires, ResourceId};
use crate::terms::effect::RuleEffect;
use crate::terms::kind::Kind;
use crate::terms::period::{Period, oslo};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Changes that could help, in order, each once.
pub(super) type Ways = BTreeSet<Change>;

/// How many other parties, or people who could ask, are tried.
pub(super) const MOST_OTHERS: usize = 16;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// A permit.
    Permit,
    /// A forbid that applies.
    Forbid,
}

/// What could mend an obstacle.
#[derive(Debug, Default)]
pub(super) struct Mended {
    pub(super) ways: Ways,
    /// What cannot be mended.
    pub(super) blocked: BTreeSet<Blocked>,
    /// There may be changes that were not thought of.
    pub(super) unsure: bool,
}

/// Changes that could help a request on its way.
pub(super) fn mend(decider: &Decider<'_, '_>, request: &Request, goal: Goal) -> Mended {
    let roles = Roles::new(decider, request.now, request.today);
    let packages = match request.on {
        On::Package(package) => vec![package],
        On::Area(area) => packages_of_area(&roles, area, request.party()),
        On::Resource(_) => Vec::new(),
    };
    let case = Case::new(&roles, request, &packages, None);
    let mending = Mending { case: &case, roles: &roles, blocked: RefCell::default(), unsure: Cell::new(false) };
    let ways = match (request.on, goal) {
        (On::Resource(id), Goal::Permit) => mending.rules(id, request.action.word(), true),
        (On::Resource(id), Goal::Forbid) => mending.forbids(id, request.action.word()),
        (_, Goal::Forbid) => Ways::new(),
        (On::Package(package), Goal::Permit) => mending.package(package),
        (On::Area(area), Goal::Permit) => mending.area(area, &packages),
    };
    Mended { ways, blocked: mending.blocked.take(), unsure: mending.unsure.get() }
}

/// Other parties that the subject has something to do with, and itself.
pub(super) fn parties(decider: &Decider<'_, '_>, request: &Request) -> Vec<EntityId> {
    let Some(who) = request.subject else { return Vec::new() };
    let facts = decider.facts;
    let mut found: BTreeSet<EntityId> = BTreeSet::from([who]);
    found.extend(facts.roles_of(who).rows.iter().filter_map(|row| row.party.get()));
    found.extend(facts.delegations_to(who).filter_map(|at| facts.delegation(at)).map(|one| one.party));
    found.into_iter().filter(|party| Some(*party) != request.party()).take(MOST_OTHERS).collect()
}

/// One request, in a world where it is not permitted.
pub(super) struct Mending<'m, 'a> {
    pub(super) case: &'m Case<'a>,
    pub(super) roles: &'a Roles<'a>,
    blocked: RefCell<BTreeSet<Blocked>>,
    unsure: Cell<bool>,
}

/// Of obstacles that must all be mended, the one with the fewest ways; nothing where one has none.
pub(super) fn fewest(obstacles: impl IntoIterator<Item = Ways>) -> Ways {
    obstacles.into_iter().min_by_key(BTreeSet::len).unwrap_or_default()
}

impl<'a> Mending<'_, 'a> {
    pub(super) fn today(&self) -> Date {
        self.roles.today
    }

    pub(super) fn kind(&self, who: EntityId) -> Option<Kind> {
        self.roles.decider.kind(who)
    }

    /// There may be ways that are not thought of.
    pub(super) fn not_sure(&self) {
        self.unsure.set(true);
    }

    /// The moments that bring a period into force.
    pub(super) fn toward(&self, period: Period) -> Ways {
        let mut ways = Ways::new();
        if let Some(from) = period.from.filter(|from| *from > self.today()) {
            ways.extend(first_of(from).map(Change::At));
        }
        if let Some(before) = period.before.filter(|before| *before <= self.today()) {
            ways.extend(last_before(before).map(Change::At));
        }
        ways
    }

    /// The moments that end a period in force.
    pub(super) fn away(&self, period: Period) -> Ways {
        let after = period.before.and_then(first_of);
        let before = period.from.and_then(last_before);
        after.into_iter().chain(before).map(Change::At).collect()
    }

    /// A day, as a moment of it.
    pub(super) fn on_day(&self, day: Date) -> Option<Change> {
        if day == self.today() {
            return None;
        }
        let moment = if day > self.today() { first_of(day) } else { last_before(day.tomorrow().ok()?) };
        moment.map(Change::At)
    }

    /// The rules of an action: of the request (`asked`), else of what `permitted` names.
    pub(super) fn rules(&self, resource: ResourceId, action: &str, asked: bool) -> Ways {
        let rules = Rules::new(self.case, resource, action, asked);
        let Some((_, defined)) = rules.body else {
            let versions = self.roles.decider.index.meaning.resource(resource).map_or(&[][..], |named| &named.versions);
            let has = versions.iter().filter(|version| version.actions.iter().any(|one| *one.name == *action));
            let ways: Ways = has.flat_map(|version| self.toward(version.period)).collect();
            if ways.is_empty() {
                self.blocked.borrow_mut().insert(Blocked::NoPermit);
            }
            return ways;
        };
        let partial = asked && defined.partial;
        let refused = rules.parts.iter().filter(|part| rules.cause(**part) != Cause::Permitted);
        let each = refused.map(|part| {
            let mut ways = self.part(&rules, *part);
            if let Some(name) = part.name().filter(|_| asked && !partial && rules.parts.len() > 1) {
                ways.insert(Change::Without(vec![name.into()]));
            }
            ways
        });
        // Of a partial action one element is enough.
        if partial { each.flatten().collect() } else { fewest(each) }
    }

    /// C1, backward.
    fn part(&self, rules: &Rules<'_, 'a>, part: Part<'a>) -> Ways {
        let mut obstacles = Vec::new();
        for over in rules.of(RuleEffect::Forbid).filter(|over| rules.applies(over, part) != Truth::Not) {
            let ways = self.rule_off(rules, over, part);
            if ways.is_empty() {
                self.blocked.borrow_mut().insert(Blocked::Forbid(over.id, over.scope));
            }
            obstacles.push(ways);
        }
        if !rules.of(RuleEffect::Permit).any(|over| rules.applies(over, part) == Truth::So) {
            obstacles.push(self.some_permit(rules, part));
        }
        fewest(obstacles)
    }

    fn some_permit(&self, rules: &Rules<'_, 'a>, part: Part<'a>) -> Ways {
        let mut ways = Ways::new();
        let mut any = false;
        for over in rules.of(RuleEffect::Permit).filter(|over| rules.has(over.rule, part) != Truth::Not) {
            any = true;
            let of_rule = self.rule_on(rules, over, part);
            if of_rule.is_empty() {
                self.blocked.borrow_mut().insert(Blocked::Permit(over.id, over.scope));
            }
            ways.extend(of_rule);
        }
        for id in &rules.asleep {
            let Some(rule) = self.roles.decider.index.meaning.rule(*id) else { continue };
            let scopes = rule.scopes.iter().filter(|scope| scope.on.binary_search(&rules.resource).is_ok());
            scopes.for_each(|scope| ways.extend(self.toward(scope.period)));
        }
        if !any && ways.is_empty() {
            self.blocked.borrow_mut().insert(Blocked::NoPermit);
        }
        ways
    }

    /// Whatever could make a rule apply.
    fn rule_on(&self, rules: &Rules<'_, 'a>, over: &Over<'a>, part: Part<'a>) -> Ways {
        let rule = over.rule;
        if rules.has(rule, part) != Truth::So {
            return Ways::new();
        }
        let mut obstacles = Vec::new();
        if let Some(to) = rule.to
            && self.is_for(rules, rule, to) != Truth::So
        {
            obstacles.push(self.recipient_on(rules, rule, to));
        }
        if let Some(requires) = &rule.requires
            && self.required(requires) != Truth::So
        {
            obstacles.push(self.requires_on(requires));
        }
        if let Some(when) = &rule.when {
            let scene = rules.scene(part);
            if scene.truth(when) != Truth::So {
                obstacles.push(self.condition(&scene, Around::NOTHING, when, true));
            }
        }
        fewest(obstacles)
    }

    /// Whatever could make a rule not apply.
    fn rule_off(&self, rules: &Rules<'_, 'a>, over: &Over<'a>, part: Part<'a>) -> Ways {
        let rule = over.rule;
        let mut ways = Ways::new();
        if let Some(when) = &rule.when {
            ways.extend(self.condition(&rules.scene(part), Around::NOTHING, when, false));
        }
        if let Some(to) = rule.to {
            ways.extend(self.recipient_off(rules, to));
        }
        if let Some(requires) = &rule.requires {
            ways.extend(self.requires_off(requires));
        }
        ways.extend(rule.scopes.get(over.scope as usize).map(|scope| self.away(scope.period)).into_iter().flatten());
        ways
    }

    /// What could make a forbid apply that may.
    fn forbids(&self, resource: ResourceId, action: &str) -> Ways {
        let rules = Rules::new(self.case, resource, action, true);
        let mut ways = Ways::new();
        for part in &rules.parts {
            for over in rules.of(RuleEffect::Forbid).filter(|over| rules.applies(over, *part) == Truth::Unknown) {
                ways.extend(self.rule_on(&rules, over, *part));
            }
        }
        ways
    }

    fn required(&self, requires: &Requires) -> Truth {
        use crate::decide::condition::Answers;
        match requires {
            Requires::Package(package) => match self.case.asking {
                Some((who, party)) => self.case.holds(who, *package, party),
                None => Truth::Not,
            },
            Requires::And(all) => Truth::all(all.iter().map(|one| self.required(one))),
            Requires::Or(all) => Truth::any(all.iter().map(|one| self.required(one))),
        }
    }

    /// U2.
    fn requires_on(&self, requires: &Requires) -> Ways {
        let Some((who, party)) = self.case.asking else { return self.subjects() };
        match requires {
            Requires::Package(package) => self.asked_to_hold(who, *package, party),
            Requires::And(all) => {
                fewest(all.iter().filter(|one| self.required(one) != Truth::So).map(|one| self.requires_on(one)))
            }
            Requires::Or(all) => all.iter().flat_map(|one| self.requires_on(one)).collect(),
        }
    }

    fn requires_off(&self, requires: &Requires) -> Ways {
        let Some((who, party)) = self.case.asking else { return Ways::new() };
        match requires {
            Requires::Package(package) => self.holds_not(who, *package, party),
            Requires::Or(all) => {
                fewest(all.iter().filter(|one| self.required(one) != Truth::Not).map(|one| self.requires_off(one)))
            }
            Requires::And(all) => all.iter().flat_map(|one| self.requires_off(one)).collect(),
        }
    }
}

/// The first moment of a day.
fn first_of(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(oslo()).ok()?.timestamp())
}

/// The last second before a day.
fn last_before(day: Date) -> Option<Timestamp> {
    first_of(day)?.checked_sub(SignedDuration::from_secs(1)).ok()
}

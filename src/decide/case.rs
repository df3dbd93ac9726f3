//! What one decision finds out once and asks again and again: who holds what, in both passes, and what else would be
//! permitted (docs/meaning.md, K1, E12, E13). Decides no rule itself.

use super::condition::Answers;
use super::decision::{Cause, Missing};
use super::hold::Holding;
use super::reads::Reads;
use super::request::{On, Request};
use super::roles::{Pass, Roles};
use super::rules::Rules;
use super::trace::{self, Chain};
use super::truth::Truth;
use crate::facts::EntityId;
use crate::ir::{AreaId, ConditionId, Expression, PackageId, ResourceId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A resource and an action.
type Asked<'a> = (ResourceId, &'a str);

/// Who holds what for which party, in each pass. It does not hang on who asks: decisions of one question share it.
pub(super) type Holdings<'a> = Rc<RefCell<FxHashMap<(Pass, EntityId), Rc<Holding<'a>>>>>;

/// One request with everything that can matter to it.
pub(super) struct Case<'a> {
    pub(super) roles: &'a Roles<'a>,
    pub(super) request: &'a Request,
    /// Subject and party, where somebody asks.
    pub(super) asking: Option<(EntityId, EntityId)>,
    area_alone: Option<AreaId>,
    /// Packages that anything in this decision may ask about.
    wanted: Vec<PackageId>,
    holdings: Holdings<'a>,
    permitted: FxHashMap<Asked<'a>, (Cause, BTreeSet<Missing>)>,
}

impl<'a> Case<'a> {
    /// Makes a request ready: what `permitted` asks for is decided at once, what is asked by another first. May be asked about these packages
    /// and this expression besides.
    pub(super) fn new(
        roles: &'a Roles<'a>,
        request: &'a Request,
        packages: &[PackageId],
        besides: Option<&'a Expression>,
    ) -> Self {
        Case::sharing(roles, request, packages, besides, Holdings::default())
    }

    /// The same, with what was found for requests that differ in subject, receiver and elements alone.
    pub(super) fn sharing(
        roles: &'a Roles<'a>,
        request: &'a Request,
        packages: &[PackageId],
        besides: Option<&'a Expression>,
        holdings: Holdings<'a>,
    ) -> Self {
        let mut case = Case {
            roles,
            request,
            asking: request.subject.zip(request.party()),
            area_alone: match request.on {
                On::Area(area) => Some(area),
                On::Package(_) | On::Resource(_) => None,
            },
            wanted: packages.to_vec(),
            holdings,
            permitted: FxHashMap::default(),
        };
        if let On::Resource(resource) = request.on {
            let asked = (resource, request.action.word());
            for (resource, action) in case.plan(asked, besides) {
                let rules = Rules::new(&case, resource, action, false);
                let verdict = rules.verdict();
                case.permitted.insert((resource, action), verdict);
            }
        }
        case
    }

    /// What this asks for by `permitted`, and that in turn; a decision stands behind what it asks for. In a circle (which no bundle has that
    /// was read or compiled) one of them finds no answer, which is unknown.
    fn plan(&mut self, asked: Asked<'a>, besides: Option<&'a Expression>) -> Vec<Asked<'a>> {
        let (index, today) = (self.roles.decider.index, self.roles.today);
        let mut order = Vec::new();
        let mut seen: FxHashSet<Asked<'a>> = FxHashSet::default();
        let mut named: FxHashSet<ConditionId> = FxHashSet::default();
        let besides = Reads::of(besides);
        let mut reading = vec![&besides];
        let mut waiting = vec![(asked, false)];
        loop {
            while let Some(reads) = reading.pop() {
                self.wanted.extend(&reads.packages);
                waiting.extend(reads.permitted.iter().map(|asked| (*asked, false)));
                let new = reads.conditions.iter().filter(|id| named.insert(**id));
                reading.extend(new.filter_map(|id| index.reads().condition(*id)));
            }
            let Some((next, done)) = waiting.pop() else { return order };
            if done && next != asked {
                order.push(next);
            }
            if done || !seen.insert(next) {
                continue;
            }
            waiting.push((next, true));
            // What a condition asks for must stand before each that names it.
            named.clear();
            for id in index.rules(next.0, next.1) {
                let Some(rule) = index.meaning.rule(id).filter(|rule| rule.scope(next.0, today).is_some()) else {
                    continue;
                };
                if let Some(requires) = &rule.requires {
                    requires.each(&mut |package| self.wanted.push(package));
                }
                reading.extend(index.reads().rule(id));
            }
        }
    }

    /// Who holds what for a party.
    pub(super) fn holding(&self, pass: Pass, party: EntityId) -> Rc<Holding<'a>> {
        if pass == Pass::Possibly {
            let certain = self.holding(Pass::Certainly, party);
            if !certain.left_something_out() {
                return certain;
            }
        }
        if let Some(known) = self.holdings.borrow().get(&(pass, party)) {
            return Rc::clone(known);
        }
        let wanted = self.wanted.iter().copied();
        let found = Rc::new(Holding::find(self.roles, pass, party, wanted, self.area_alone));
        self.holdings.borrow_mut().insert((pass, party), Rc::clone(&found));
        found
    }

    /// What it would take that somebody possibly holds a package for a party.
    pub(super) fn missing_to_hold(&self, who: EntityId, package: PackageId, party: EntityId) -> BTreeSet<Missing> {
        let holding = self.holding(Pass::Possibly, party);
        let mut chain = Chain::default();
        if let Some(node) = holding.holds(who, package, party) {
            chain.node(&holding, 0, node);
        }
        trace::missing(&chain.done())
    }

    /// What was missing to decide that.
    pub(super) fn missing_to_permit(&self, resource: ResourceId, action: &'a str) -> BTreeSet<Missing> {
        self.permitted.get(&(resource, action)).map(|(_, missing)| missing.clone()).unwrap_or_default()
    }
}

impl Answers for Case<'_> {
    fn holds(&self, who: EntityId, package: PackageId, party: EntityId) -> Truth {
        let in_pass = |pass| self.holding(pass, party).holds(who, package, party).is_some();
        if in_pass(Pass::Certainly) {
            Truth::So
        } else if in_pass(Pass::Possibly) {
            Truth::Unknown
        } else {
            Truth::Not
        }
    }

    fn permitted(&self, resource: ResourceId, action: &str) -> Truth {
        match self.permitted.get(&(resource, action)) {
            Some((Cause::Permitted, _)) => Truth::So,
            Some((Cause::Undecidable, _)) | None => Truth::Unknown,
            Some((Cause::Forbidden | Cause::NotGranted, _)) => Truth::Not,
        }
    }
}

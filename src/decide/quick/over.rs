//! Do the rules of a plan apply (docs/meaning.md, U1–U5, C1, O1)? The same as `rules` and `resource` say, each thing that is asked again
//! remembered in the scratch. Knows nothing of how a package is held.

use super::ObligedBy;
use super::era::{Plan, Planned};
use super::rules::Quick;
use crate::decide::condition::{Roots, Scene};
use crate::decide::decision::Cause;
use crate::decide::recipient;
use crate::decide::rules::{self, Part};
use crate::decide::truth::Truth;
use crate::decide::value::Seen;
use crate::ir::{Resource, ResourceId, Rule};
use crate::terms::effect::RuleEffect;
use std::cell::OnceCell;

/// The rules of a plan, and what they are asked about.
pub(super) struct Over<'q, 'a> {
    pub(super) quick: &'q Quick<'a>,
    pub(super) resource: ResourceId,
    pub(super) body: &'a Resource,
    pub(super) plan: &'a Plan,
    /// Of the request itself, else of what `permitted` names?
    pub(super) asked: bool,
    pub(super) scene: OnceCell<Scene<'q, 'a>>,
    /// Where what is known of its rules stands in the scratch; `None`: there is one part only.
    pub(super) bases: Option<usize>,
}

impl<'q, 'a> Over<'q, 'a> {
    /// C1.
    pub(super) fn cause(&self, part: Part<'a>) -> Cause {
        rules::cause(|effect| {
            let range = if effect == RuleEffect::Forbid { &self.plan.forbids } else { &self.plan.permits };
            let rules = self.quick.era.rules(range).iter().zip(range.clone());
            Truth::any(rules.map(|(planned, at)| self.applies(planned, at, part)))
        })
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

    fn base(&self, rule: &'a Rule, reads_element: bool) -> Truth {
        let quick = self.quick;
        let controls = |who, processes| self.scene().controls(who, processes);
        let is_for = |to| recipient::is_for(quick.roles, quick.asking, rule, to, controls);
        rules::base(rule, reads_element, is_for, |when| self.scene().truth(when), &|package| quick.held(package))
    }

    /// Where a condition that does not read the element is asked; made once.
    fn scene(&self) -> &Scene<'q, 'a> {
        self.scene.get_or_init(|| Scene::answered(self.quick.roles, self.quick, self.roots(Seen::Missing)))
    }

    fn roots(&self, element: Seen<'a>) -> Roots<'a> {
        let query = self.quick.query;
        let record = query.record.filter(|_| self.asked);
        Roots { element, ..rules::roots(self.quick.asking, query.context, record, self.resource) }
    }

    /// O1: what a part obliges to.
    pub(super) fn note(&self, cause: Cause, part: Part<'a>) {
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

//! Which rules are over which resource: its own and those of policies; when, of what, for whom, and as formulas. Raises
//! no finding.

use super::formulas::{Formulas, is_words};
use crate::logic::{Domain, Effort, Formula, implies, never};
use crate::model::{Catalog, Declared, IsWhat, Recipient, Requires, Resource, Role, Rule, Sort, SymbolId};
use crate::terms::effect::RuleEffect;
use crate::terms::period::Period;
use std::collections::BTreeSet;
use std::ops::Range;

/// How deep `requires` is followed; the grammar allows less.
const DEPTH: usize = 256;

/// A rule with what it stands in.
pub(super) struct Owned<'c> {
    /// The resource or the policy.
    pub(super) owner: &'c Declared,
    /// Is that a policy?
    pub(super) of_policy: bool,
    /// The rule.
    pub(super) rule: &'c Rule,
    /// When it is in force, as far as it and what it stands in say.
    pub(super) period: Period,
}

/// Every rule of a build.
pub(super) struct Rules<'c> {
    all: Vec<Owned<'c>>,
    of_resource: Vec<Range<usize>>,
    of_policy: Vec<Range<usize>>,
    policies_over: Vec<Vec<usize>>,
    /// A policy that lost a part, or all that said that it is one, may have had any rule over anything.
    pub(super) some_policy_may_be_lost: bool,
}

impl<'c> Rules<'c> {
    /// The rules of a catalog.
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        let mut all = Vec::new();
        let mut add = |owner: &'c Declared, of_policy: bool, rules: &'c [Rule]| {
            let from = all.len();
            all.extend(rules.iter().map(|rule| {
                let own = rule.period.as_ref().map_or(Period::ALWAYS, |period| period.value);
                Owned { owner, of_policy, rule, period: own.and(owner.period) }
            }));
            from..all.len()
        };
        let of_resource = catalog.resources.iter().map(|it| add(&it.declared, false, &it.rules)).collect();
        let of_policy = catalog.policies.iter().map(|it| add(&it.declared, true, &it.rules)).collect();
        let mut policies_over = vec![Vec::new(); catalog.resources.len()];
        for (at, policy) in catalog.policies.iter().enumerate() {
            for resource in &policy.selects {
                if let Some(over) = policies_over.get_mut(*resource as usize) {
                    over.push(at);
                }
            }
        }
        let some_policy_may_be_lost = catalog.policies.iter().any(|policy| policy.declared.wounded)
            || catalog.modules.iter().any(|module| module.wounded)
            || catalog.symbols.iter().any(|symbol| symbol.sort == Sort::Unknown);
        Rules { all, of_resource, of_policy, policies_over, some_policy_may_be_lost }
    }

    /// All of them, with their numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Owned<'c>)> {
        self.all.iter().enumerate()
    }

    /// The rules over a version of a resource (an index into [`Catalog::resources`]), its own first.
    pub(super) fn over(&self, resource: usize) -> impl Iterator<Item = (usize, &Owned<'c>)> {
        let policies = self.policies_over.get(resource).map_or(&[][..], |policies| policies);
        let ranges = self.of_resource.get(resource).into_iter();
        ranges
            .chain(policies.iter().filter_map(|policy| self.of_policy.get(*policy)))
            .flat_map(|range| range.clone())
            .filter_map(|at| Some((at, self.all.get(at)?)))
    }

    /// The rule of a number.
    pub(super) fn get(&self, at: usize) -> Option<&Owned<'c>> {
        self.all.get(at)
    }

    /// For each rule, the versions of resources that it is over.
    pub(super) fn reach(&self, catalog: &'c Catalog) -> Vec<Reach<'c>> {
        let mut reach = Vec::with_capacity(self.all.len());
        for (at, range) in self.of_resource.iter().enumerate() {
            reach.extend(range.clone().map(|_| Reach::Own(at)));
        }
        for (policy, range) in catalog.policies.iter().zip(&self.of_policy) {
            reach.extend(range.clone().map(|_| Reach::Selected(&policy.selects)));
        }
        reach
    }
}

/// The versions of resources that a rule is over.
#[derive(Clone, Copy)]
pub(super) enum Reach<'c> {
    /// The one that it stands in.
    Own(usize),
    /// Those that its policy selects.
    Selected(&'c [u32]),
}

impl Reach<'_> {
    /// How many.
    pub(super) fn count(&self) -> usize {
        match self {
            Reach::Own(_) => 1,
            Reach::Selected(all) => all.len(),
        }
    }

    /// Indices into [`Catalog::resources`].
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let (own, selected): (Option<usize>, &[u32]) = match self {
            Reach::Own(at) => (Some(*at), &[]),
            Reach::Selected(all) => (None, all),
        };
        own.into_iter().chain(selected.iter().map(|at| *at as usize))
    }
}

impl Owned<'_> {
    /// Does it speak of this action?
    pub(super) fn names(&self, action: &str) -> bool {
        self.rule.actions.as_ref().is_none_or(|actions| actions.iter().any(|named| *named.value == *action))
    }

    /// How many actions and elements it names.
    pub(super) fn names_written(&self) -> usize {
        self.rule.actions.as_ref().map_or(0, Vec::len) + self.rule.of.as_ref().map_or(0, Vec::len)
    }

    /// When it is in force over a version of a resource.
    pub(super) fn time(&self, resource: &Resource) -> Period {
        self.period.and(resource.declared.period)
    }

    /// Is all of it there?
    pub(super) fn is_whole(&self) -> bool {
        !self.owner.wounded
    }

    /// Is there an element that both speak of?
    pub(super) fn shares_elements(&self, other: &Owned<'_>) -> bool {
        let (Some(one), Some(other)) = (&self.rule.of, &other.rule.of) else { return true };
        let names: BTreeSet<&str> = one.iter().map(|element| &*element.value).collect();
        other.iter().any(|element| names.contains(&*element.value))
    }

    /// Does it speak of each of these elements (`None`: of all that the resource may have)?
    pub(super) fn has_elements(&self, of: Option<&[&str]>, resource: &Resource) -> bool {
        let Some(own) = &self.rule.of else { return true };
        let names: BTreeSet<&str> = own.iter().map(|element| &*element.value).collect();
        let all = resource.elements.as_ref().and_then(|elements| elements.value.known());
        match (of, all) {
            (Some(of), _) => of.iter().all(|element| names.contains(element)),
            (None, Some(all)) => !all.is_empty() && all.iter().all(|element| names.contains(&*element.value)),
            (None, None) => false,
        }
    }
}

/// Is every day of a period a day of another?
pub(super) fn within(inner: Period, outer: Period) -> bool {
    inner.and(outer) == inner
}

/// When a rule applies, as formulas.
pub(super) struct Asked {
    /// One for each recipient; one that is always so where none is named.
    pub(super) to: Vec<Formula>,
    /// `requires` and `when`.
    pub(super) rest: Formula,
    /// All of it.
    pub(super) whole: Formula,
}

/// The formulas of all rules.
pub(super) struct Reasons {
    domains: Vec<Domain>,
    asked: Vec<Asked>,
}

impl Reasons {
    /// Of these rules.
    pub(super) fn new(catalog: &Catalog, rules: &Rules<'_>) -> Self {
        let mut formulas = Formulas::new(catalog);
        let mut asked = Vec::with_capacity(rules.all.len());
        for owned in &rules.all {
            let to = recipients(catalog, &mut formulas, owned.rule);
            let requires = match &owned.rule.requires {
                Some(requires) => self::requires(&mut formulas, &requires.value, DEPTH),
                None if owned.rule.says_requires => formulas.anything(),
                None => Formula::Constant(true),
            };
            let when = owned.rule.when.as_ref().map_or(Formula::Constant(true), |when| formulas.of(when));
            let rest = requires.and(when);
            let all = match to.as_slice() {
                [one] => one.clone(),
                _ => Formula::Or(to.clone()),
            };
            asked.push(Asked { whole: all.and(rest.clone()), to, rest });
        }
        Reasons { domains: formulas.domains().to_vec(), asked }
    }

    /// When a rule applies.
    pub(super) fn of(&self, rule: usize) -> Option<&Asked> {
        self.asked.get(rule)
    }

    /// Can two rules certainly never apply to one request?
    pub(super) fn exclude(&self, one: usize, other: usize, effort: &mut Effort) -> bool {
        let (Some(one), Some(other)) = (self.of(one), self.of(other)) else { return false };
        never(&self.domains, &one.whole.clone().and(other.whole.clone()), effort)
    }

    /// Is this certainly never so?
    pub(super) fn never(&self, formula: &Formula, effort: &mut Effort) -> bool {
        never(&self.domains, formula, effort)
    }

    /// Does a rule certainly apply whenever this is so?
    pub(super) fn implies(&self, premise: &Formula, rule: usize, effort: &mut Effort) -> bool {
        self.of(rule).is_some_and(|rule| implies(&self.domains, premise, &rule.whole, effort))
    }
}

fn requires(formulas: &mut Formulas<'_>, requires: &Requires, depth: usize) -> Formula {
    let Some(depth) = depth.checked_sub(1) else { return formulas.anything() };
    match requires {
        Requires::Package(package) => formulas.proposition(format!("holds {}(subject)(party)", package.value.0)),
        Requires::And(all) => Formula::And(all.iter().map(|one| self::requires(formulas, one, depth)).collect()),
        Requires::Or(all) => Formula::Or(all.iter().map(|one| self::requires(formulas, one, depth)).collect()),
    }
}

/// For each recipient: when is the rule for whoever asks?
fn recipients(catalog: &Catalog, formulas: &mut Formulas<'_>, rule: &Rule) -> Vec<Formula> {
    if !rule.says_to {
        return vec![Formula::Constant(true)];
    }
    if rule.to.is_empty() {
        // Those that it named are lost.
        return vec![formulas.anything()];
    }
    rule.to.iter().map(|to| recipient(catalog, formulas, rule, to.value)).collect()
}

fn recipient(catalog: &Catalog, formulas: &mut Formulas<'_>, rule: &Rule, to: Recipient) -> Formula {
    let is = |formulas: &mut Formulas<'_>, who: &str| match to {
        Recipient::Organisation(organisation) => formulas.is_organisation(who, organisation),
        Recipient::Controller => formulas.proposition(format!("{}({who})", is_words(IsWhat::Controller, false))),
        Recipient::Processor => formulas.proposition(format!("{}({who})", is_words(IsWhat::Processor, false))),
        Recipient::Role(role) => formulas.proposition(format!("{}({who})", is_words(IsWhat::Role(role), false))),
        Recipient::Anyone | Recipient::Itself => Formula::Constant(true),
    };
    match to {
        Recipient::Anyone => return Formula::Constant(true),
        // Somebody asks for themselves: that is more than that subject and party are the same, as they are where nobody asks.
        Recipient::Itself => {
            let somebody = formulas.proposition("somebody asks".to_owned());
            return formulas.same("subject", "party").and(somebody);
        }
        Recipient::Role(role) => match is_status(catalog, role) {
            Some(true) => {}
            Some(false) => {
                return formulas.proposition(format!("{}(subject)(party)", is_words(IsWhat::Role(role), true)));
            }
            None => return formulas.anything(),
        },
        Recipient::Organisation(_) | Recipient::Controller | Recipient::Processor => {}
    }
    let party = is(formulas, "party");
    match rule.effect {
        // Of those who may be named only the party counts; without a package the subject must act for it.
        RuleEffect::Permit | RuleEffect::Oblige if rule.says_requires => party,
        RuleEffect::Permit | RuleEffect::Oblige => {
            let own = formulas.same("subject", "party");
            let key = formulas.proposition("key role (subject)(party)".to_owned());
            party.and(Formula::Or(vec![own, key]))
        }
        RuleEffect::Forbid | RuleEffect::Never => Formula::Or(vec![is(formulas, "subject"), party]),
    }
}

/// Is a role a status? `None` where its versions differ or one is not certain.
fn is_status(catalog: &Catalog, role: SymbolId) -> Option<bool> {
    let mut roles = catalog.roles_of(role);
    let certain = |role: &Role| (!role.declared.wounded && role.held.is_some()).then(|| role.is_status());
    let first = certain(roles.next()?)?;
    roles.all(|role| certain(role) == Some(first)).then_some(first)
}

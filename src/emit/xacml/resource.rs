//! The rules over a resource (docs/meaning.md, Q7–Q8, U1–U5, O1): a policy of permits; where something forbids, a set of a policy of
//! forbids, all of which are asked, and that of permits, which they beat. One element a request.

use super::condition::{Alternatives, Conditions};
use super::{Export, any, has, in_period, on};
use crate::emit::attributes::{self, ACTION, AllAsked, Asked, ELEMENT, ITSELF, PARTY_ROLE, ROLE, Work};
use crate::emit::ways::Right;
use crate::ir::{self, Controlling, Named, Oblige, Recipient, Requires, Resource, ResourceId, RuleId};
use crate::terms::{effect::RuleEffect, open::Open, period::Period};
use crate::xacml::model::{Combining, Formula, Member, Obligation, Policy, PolicySet, Rule, Says, Target, Test};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A stretch of time in which a resource is the same and the same obligations come with every permit.
struct Stretch<'b> {
    periods: Vec<Period>,
    version: &'b Resource,
    oblige: BTreeSet<&'b Oblige>,
}

/// A rule before it is XACML.
struct Draft {
    id: String,
    formula: Formula,
    obligations: Vec<Obligation>,
}

impl<'b> Export<'b> {
    /// The policies of a resource.
    pub(super) fn resource(&self, id: ResourceId, asked: &mut AllAsked) -> Option<Member> {
        let named = self.meaning.resource(id)?;
        let (mut permits, mut forbids) = (Vec::new(), Vec::new());
        let rules: Vec<RuleId> = self.rules.get(&id).cloned().unwrap_or_default();
        for stretch in self.stretches(id, named, &rules) {
            for at in &rules {
                let Some(rule) = self.meaning.rule(*at) else { continue };
                match rule.effect {
                    RuleEffect::Permit => permits.extend(self.permits(id, &stretch, rule, asked)),
                    RuleEffect::Forbid => forbids.extend(self.forbids(id, &stretch, *at, rule, asked)),
                    RuleEffect::Never | RuleEffect::Oblige => {}
                }
            }
        }
        let plain = |draft: &Draft| draft.obligations.is_empty() && !has_test(&draft.formula);
        if forbids.is_empty() && permits.iter().all(plain) {
            let rules = permits.into_iter().map(|draft: Draft| (draft.id, draft.formula)).collect();
            return self.policy(&named.name, named.identifier(), rules, None).map(Member::Policy);
        }
        if permits.is_empty() {
            return None;
        }
        let policy = |what: &str, target, combining, drafts, permits| Policy {
            id: format!("urn:fullmakt:policy:{}{what}", named.name),
            description: self.title(&named.name),
            target,
            combining,
            rules: written(drafts, permits),
        };
        if forbids.is_empty() {
            // All permits are asked, so that none loses its obligations.
            let one = policy("", on(named.identifier()), Combining::DenyOverrides, permits, true);
            return Some(Member::Policy(one));
        }
        let forbids = policy(":forbids", Target::default(), Combining::PermitOverrides, forbids, false);
        let permits = policy(":permits", Target::default(), Combining::DenyOverrides, permits, true);
        Some(Member::PolicySet(PolicySet {
            id: format!("urn:fullmakt:policies:{}", named.name),
            description: self.title(&named.name),
            target: on(named.identifier()),
            combining: Combining::DenyOverrides,
            members: vec![Member::Policy(forbids), Member::Policy(permits)],
        }))
    }

    /// Cut where a version begins or ends, or what obliges with every permit does; what is the same is put together again.
    fn stretches(&self, id: ResourceId, named: &'b Named<Resource>, rules: &[RuleId]) -> Vec<Stretch<'b>> {
        let oblige = rules.iter().filter_map(|rule| self.meaning.rule(*rule));
        let oblige: Vec<&ir::Rule> = oblige.filter(|rule| rule.effect == RuleEffect::Oblige).collect();
        let scopes = |rule: &'b ir::Rule| rule.scopes.iter().filter(move |scope| scope.on.contains(&id));
        let mut stretches: Vec<Stretch<'b>> = Vec::new();
        for version in &named.versions {
            let ends = oblige.iter().flat_map(|rule| scopes(rule)).map(|scope| scope.period);
            for period in cut(version.period, ends) {
                let day = period.from.or(period.before.and_then(|day| day.yesterday().ok())).unwrap_or(Date::MIN);
                let with = oblige.iter().filter(|rule| scopes(rule).any(|scope| scope.period.has(day)));
                let oblige: BTreeSet<&Oblige> = with.flat_map(|rule| &rule.oblige).collect();
                let same = stretches.iter_mut().find(|one| one.oblige == oblige && is_same(one.version, version));
                match same {
                    Some(one) => one.periods.push(period),
                    None => stretches.push(Stretch { periods: vec![period], version, oblige }),
                }
            }
        }
        stretches
    }

    /// When a rule is in force within a stretch; `None`: never.
    fn in_force(id: ResourceId, stretch: &Stretch<'_>, rule: &ir::Rule) -> Option<Option<Formula>> {
        let scopes = rule.scopes.iter().filter(|scope| scope.on.contains(&id));
        let periods = scopes.flat_map(|scope| stretch.periods.iter().map(|period| period.and(scope.period)));
        let periods: Vec<Period> = periods.filter(|period| !period.is_empty()).collect();
        if periods.is_empty() {
            return None;
        }
        let always = periods.contains(&Period::ALWAYS);
        Some((!always).then(|| any(periods.iter().map(|period| Formula::All(in_period(*period).collect())))))
    }

    /// A permit: for each of its actions, and each alternative of its condition.
    fn permits(&self, id: ResourceId, stretch: &Stretch<'b>, rule: &ir::Rule, asked: &mut AllAsked) -> Vec<Draft> {
        let version = stretch.version;
        let Some(period) = Self::in_force(id, stretch, rule) else { return Vec::new() };
        if rule.to.is_none() && rule.requires.is_none() {
            return Vec::new();
        }
        let mut parts: Vec<Formula> = period.into_iter().chain(of_version(rule, version)).collect();
        if let Some(to) = rule.to {
            parts.extend(self.recipient(to, rule.requires.is_some(), version));
        }
        if let Some(requires) = &rule.requires {
            let Some(requires) = self.requires(requires) else { return Vec::new() };
            parts.push(requires);
        }
        let alternatives = self.when(rule, version, true, asked);
        let mut drafts = Vec::new();
        for action in &version.actions {
            if rule.action.as_ref().is_some_and(|named| *named != action.name) {
                continue;
            }
            let oblige: BTreeSet<&Oblige> =
                stretch.oblige.iter().copied().chain(&action.oblige).chain(&rule.oblige).collect();
            drafts.extend(alternatives.iter().map(|alternative| {
                Draft {
                    id: rule.key.to_string(),
                    formula: Formula::All(
                        std::iter::once(has(&ACTION, &action.name))
                            .chain(parts.iter().chain(alternative).cloned())
                            .collect(),
                    ),
                    obligations: self.obligations(oblige.iter().copied()),
                }
            }));
        }
        drafts.retain(|draft| is_possible(&draft.formula));
        drafts
    }

    /// A forbid, for each alternative of its condition. Whom it reaches is told: an unknown role must deny.
    fn forbids(
        &self,
        id: ResourceId,
        stretch: &Stretch<'b>,
        at: RuleId,
        rule: &ir::Rule,
        asked: &mut AllAsked,
    ) -> Vec<Draft> {
        let Some(period) = Self::in_force(id, stretch, rule) else { return Vec::new() };
        let mut parts: Vec<Formula> = rule.action.iter().map(|action| has(&ACTION, action)).collect();
        parts.extend(period.into_iter().chain(of(rule)));
        if rule.to.is_some_and(|to| to != Recipient::Anyone) || rule.requires.is_some() {
            let attribute = attributes::flag(format!("urn:fullmakt:attribute:reaches:{}", rule.key));
            let work = Asked { attribute: attribute.clone(), work: Work::Reaches(at) };
            asked.insert(attribute.id.to_string(), work);
            parts.push(Formula::Test(Box::new(Test { negated: false, says: Says::Flag(attribute) })));
        }
        let alternatives = self.when(rule, stretch.version, false, asked);
        let draft = |alternative: &Vec<Formula>| Draft {
            id: rule.key.to_string(),
            formula: Formula::All(parts.iter().chain(alternative).cloned().collect()),
            obligations: self.obligations(&rule.oblige),
        };
        alternatives.iter().map(draft).collect()
    }

    fn when(&self, rule: &ir::Rule, version: &'b Resource, of_a_permit: bool, asked: &mut AllAsked) -> Alternatives {
        let Some(when) = &rule.when else { return vec![Vec::new()] };
        let mut conditions = Conditions::new(self.meaning, version, of_a_permit);
        let alternatives = conditions.alternatives(when);
        asked.append(&mut conditions.asked);
        alternatives
    }

    fn obligations<'o>(&self, all: impl IntoIterator<Item = &'o Oblige>) -> Vec<Obligation> {
        let obligation = |one: &Oblige| {
            let name = self.meaning.obligation(one.obligation).map_or("", |named| &named.name);
            let id = format!("urn:fullmakt:obligation:{name}");
            let assignments = one
                .arguments
                .iter()
                .map(|(parameter, value)| (format!("{id}:{parameter}"), attributes::argument(self.meaning, value)));
            Obligation { assignments: assignments.collect(), id }
        };
        all.into_iter().map(obligation).collect()
    }

    /// That the subject is the party or has a key role for it (U4).
    fn acts_as_party(&self) -> Formula {
        let keys = self.ways.key_roles().map(|(role, period)| {
            Formula::All(std::iter::once(has(&ROLE, self.role(role))).chain(in_period(period)).collect())
        });
        any(keys.chain([has(&ROLE, ITSELF)]))
    }

    /// U3, U4, of a permit.
    fn recipient(&self, to: Recipient, requires_package: bool, version: &Resource) -> Vec<Formula> {
        let acting = || (!requires_package).then(|| self.acts_as_party());
        match to {
            Recipient::Anyone => Vec::new(),
            Recipient::Itself => vec![has(&ROLE, ITSELF)],
            Recipient::Organisation(organisation) => {
                std::iter::once(self.is_organisation(organisation)).chain(acting()).collect()
            }
            Recipient::Controller => std::iter::once(self.controls(&version.controllers)).chain(acting()).collect(),
            Recipient::Processor => std::iter::once(self.controls(&version.processors)).chain(acting()).collect(),
            Recipient::Role(id) => {
                let Some(role) = self.meaning.role(id) else { return vec![Formula::Any(Vec::new())] };
                let several = role.versions.len() > 1;
                let versions = role.versions.iter().map(|version| {
                    let status = version.of.is_none();
                    let mut all = vec![has(if status { &PARTY_ROLE } else { &ROLE }, role.identifier())];
                    all.extend(acting().filter(|_| status));
                    all.extend(in_period(version.period).filter(|_| several));
                    Formula::All(all)
                });
                vec![any(versions)]
            }
        }
    }

    fn is_organisation(&self, organisation: ir::OrganisationId) -> Formula {
        let name = self.meaning.organisations.get(organisation.index()).map_or("", |name| &**name);
        has(&PARTY_ROLE, name)
    }

    /// That the party is one of these; of what is undecided nobody is certainly one.
    fn controls(&self, who: &Open<Vec<Controlling>>) -> Formula {
        any(who.known().into_iter().flatten().map(|one| match one {
            Controlling::Organisation(organisation) => self.is_organisation(*organisation),
            Controlling::Status(role) => has(&PARTY_ROLE, self.role(*role)),
        }))
    }

    /// U2, of a permit; `None` where it can never hold. As deep as `requires` may be nested, which the readers limit.
    fn requires(&self, requires: &Requires) -> Option<Formula> {
        match requires {
            Requires::Package(package) => {
                if !self.ways.can_be_held(*package) {
                    return None;
                }
                let ways = self.ways.of(*package, Right::Use);
                Some(any(ways.iter().flat_map(|way| self.way(way))))
            }
            Requires::And(all) => all.iter().map(|one| self.requires(one)).collect::<Option<_>>().map(Formula::All),
            Requires::Or(all) => {
                let possible: Vec<Formula> = all.iter().filter_map(|one| self.requires(one)).collect();
                (!possible.is_empty()).then(|| {
                    any(possible.into_iter().flat_map(|one| match one {
                        Formula::Any(any) => any,
                        Formula::Is(_) | Formula::Test(_) | Formula::All(_) => vec![one],
                    }))
                })
            }
        }
    }
}

/// That the element asked for is one of the version, which no rule applies to else (Q8), and one that the permit is of.
fn of_version(rule: &ir::Rule, version: &Resource) -> Option<Formula> {
    match version.elements.known() {
        Some(all) if !all.is_empty() => {
            let named = all.iter().filter(|one| rule.of.as_ref().is_none_or(|of| of.contains(one)));
            Some(any(named.map(|element| has(&ELEMENT, element))))
        }
        _ => of(rule),
    }
}

/// That the element asked for is one that the rule is of.
fn of(rule: &ir::Rule) -> Option<Formula> {
    rule.of.as_ref().map(|elements| any(elements.iter().map(|element| has(&ELEMENT, element))))
}

fn written(drafts: Vec<Draft>, permits: bool) -> Vec<Rule> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let write = |Draft { id, formula, obligations }: Draft| {
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        let id = if *count > 1 { format!("{id}#{count}") } else { id };
        let (target, condition) = formula.split();
        Rule { id, permits, target, condition, obligations }
    };
    drafts.into_iter().map(write).collect()
}

/// Can it be so at all? One of nothing cannot.
fn is_possible(formula: &Formula) -> bool {
    match formula {
        Formula::Is(_) | Formula::Test(_) => true,
        Formula::All(all) => all.iter().all(is_possible),
        Formula::Any(any) => any.iter().any(is_possible),
    }
}

fn has_test(formula: &Formula) -> bool {
    match formula {
        Formula::Is(_) => false,
        Formula::Test(_) => true,
        Formula::All(all) | Formula::Any(all) => all.iter().any(has_test),
    }
}

/// The parts of a period between the ends of others.
fn cut(within: Period, others: impl Iterator<Item = Period>) -> Vec<Period> {
    let inside = |day: &Date| within.from.is_none_or(|from| *day > from) && within.before.is_none_or(|end| *day < end);
    let cuts: BTreeSet<Date> =
        others.flat_map(|period| [period.from, period.before]).flatten().filter(inside).collect();
    let starts = std::iter::once(within.from).chain(cuts.iter().copied().map(Some));
    let ends = cuts.iter().copied().map(Some).chain([within.before]);
    starts.zip(ends).map(|(from, before)| Period { from, before }).collect()
}

/// Are two versions the same but for their periods?
fn is_same(one: &Resource, two: &Resource) -> bool {
    let always = |version: &Resource| Resource { period: Period::ALWAYS, ..version.clone() };
    always(one) == always(two)
}

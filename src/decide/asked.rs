//! What a request asks of the parts of a bundle, told to whoever measures suites (docs/coverage.md): packages, rules, lines of
//! `delegable`, and the atoms of conditions with what they are. Asks once more, beside the decision; decides nothing, and nothing
//! that decides calls it.

use super::behind::Behind;
use super::case::Case;
use super::condition::{Around, Bound, Scene};
use super::decision::{Cause, Link, What};
use super::index::Decider;
use super::question::packages_of_area;
use super::request::{Action, On, Request};
use super::roles::{Pass, Roles};
use super::rules::{Part, Rules};
use super::trace::Chain;
use super::truth::Truth;
use super::value::Seen;
use crate::facts::EntityId;
use crate::ir::{Atoms, ConditionId, Expression, PackageId, ResourceId, RuleId};
use crate::terms::effect::RuleEffect;
use rustc_hash::FxHashSet;

/// Something that a request asked. A truth that is `None` is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether somebody holds a package, or may pass it on.
    Package {
        /// Which.
        package: PackageId,
        /// In which version.
        version: u32,
        /// May pass it on, else holds it.
        delegation: bool,
        /// What carries it, if it is certainly so.
        chain: Vec<Link>,
    },
    /// Whether a rule applies to an element, or to the whole of a resource that has none.
    Rule {
        /// Which.
        rule: RuleId,
        /// Does it?
        applies: Option<bool>,
        /// What was made of the element, by all rules.
        cause: Cause,
    },
    /// Whether a line of `delegable` admits the receiver of somebody who may pass on.
    Line {
        /// Of what.
        what: What,
        /// Of which version.
        version: u32,
        /// Which.
        line: u32,
        /// Does it?
        admits: Option<bool>,
    },
    /// A condition whose answer could matter.
    Condition {
        /// Whose.
        of: Conditional,
        /// Itself, or the body of an `any` or `all` in it: the place in [`Atoms::joined`].
        joined: usize,
        /// What its atoms are, in their order.
        atoms: Vec<Option<bool>>,
    },
}

/// What has a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conditional {
    /// A rule.
    Rule(RuleId),
    /// A grant of a version of a package.
    Grant(PackageId, u32, u32),
    /// A line of `delegable` of a version.
    Line(What, u32, u32),
    /// A named condition.
    Named(ConditionId),
}

impl Decider<'_, '_> {
    /// Tells what a request asks, part by part; the same of one part several times, where it is asked several times.
    pub fn asked(&self, request: &Request, see: &mut dyn FnMut(Asked)) {
        let roles = Roles::new(self, request.now, request.today);
        let delegates = request.action == Action::Delegate;
        match request.on {
            On::Resource(resource) => {
                let case = Case::new(&roles, request, &[], None);
                Asking::new(&case, see).rules(resource);
            }
            On::Package(package) => {
                let case = Case::new(&roles, request, &[package], None);
                Asking::new(&case, see).packages(&[package], delegates);
            }
            On::Area(area) => {
                let packages = packages_of_area(&roles, area, request.party());
                let case = Case::new(&roles, request, &packages, None);
                Asking::new(&case, see).packages(&packages, delegates);
            }
        }
    }
}

/// One request being asked.
pub(super) struct Asking<'c, 'a, 's> {
    pub(super) case: &'c Case<'a>,
    pub(super) see: &'s mut dyn FnMut(Asked),
    /// Who was asked about which package for whom, as one who passes it on or not.
    held: FxHashSet<(EntityId, PackageId, EntityId, bool)>,
}

impl<'c, 'a, 's> Asking<'c, 'a, 's> {
    fn new(case: &'c Case<'a>, see: &'s mut dyn FnMut(Asked)) -> Self {
        Asking { case, see, held: FxHashSet::default() }
    }

    /// Q2–Q6.
    fn packages(&mut self, packages: &[PackageId], delegates: bool) {
        for package in packages {
            self.package(*package, self.case.asking, delegates);
            if let Some((who, party)) = self.case.asking {
                self.holds(who, *package, party, delegates);
            }
        }
        if delegates {
            self.hand_on(packages);
        }
    }

    /// A package was asked for, in the version in force: does somebody (`None`: nobody has a login) hold it for a party, or may
    /// pass it on?
    pub(super) fn package(&mut self, package: PackageId, of: Option<(EntityId, EntityId)>, delegation: bool) {
        let roles = self.case.roles;
        let Some((version, _)) = roles.decider.index.package(package, roles.today) else { return };
        let chain = of.map_or(Vec::new(), |(who, party)| {
            let holding = self.case.holding(Pass::Certainly, party);
            let node = if delegation {
                let by_agents = || holding.passes_to_agents(who, package, party);
                holding.passes(who, package, party).or_else(by_agents)
            } else {
                holding.holds(who, package, party)
            };
            node.map_or(Vec::new(), |node| holding.told(node, Chain::default()).1)
        });
        (self.see)(Asked::Package { package, version, delegation, chain });
    }

    /// Does somebody hold the package, or may pass it on?
    fn holds(&mut self, who: EntityId, package: PackageId, party: EntityId, delegates: bool) {
        if self.held.insert((who, package, party, delegates)) {
            Behind::ask(self, who, package, party, delegates);
        }
    }

    /// U1–U5.
    fn rules(&mut self, resource: ResourceId) {
        let case = self.case;
        let (index, action) = (case.roles.decider.index, case.request.action.word());
        let rules = Rules::new(case, resource, action, true);
        for part in rules.parts.iter().filter(|part| !matches!(part, Part::Foreign(_))) {
            let cause = rules.cause(*part);
            for rule in index.rules(resource, action) {
                let over = rules.over.iter().find(|over| over.id == rule);
                let applies = over.map_or(Truth::Not, |over| rules.applies(over, *part));
                (self.see)(Asked::Rule { rule, applies: applies.known(), cause });
            }
            for over in &rules.over {
                if let Some(when) = &over.rule.when
                    && rules.has(over.rule, *part) != Truth::Not
                    && rules.reaches(over.rule) != Truth::Not
                {
                    self.condition(Conditional::Rule(over.id), &rules.scene(*part), when);
                }
            }
        }
        for over in rules.over.iter().filter(|over| over.rule.effect != RuleEffect::Oblige) {
            let Some(requires) = &over.rule.requires else { continue };
            let has = rules.parts.iter().any(|part| rules.has(over.rule, *part) != Truth::Not);
            if !has || over.rule.to.is_some_and(|to| rules.recipient(Pass::Possibly, over.rule, to).is_err()) {
                continue;
            }
            requires.each(&mut |package| {
                self.package(package, case.asking, false);
                if let Some((who, party)) = case.asking {
                    self.holds(who, package, party, false);
                }
            });
        }
    }

    /// A condition, and those that it names.
    pub(super) fn condition(&mut self, of: Conditional, scene: &Scene<'_, 'a>, says: &'a Expression) {
        self.apart(scene, of, Around::NOTHING, says, &mut FxHashSet::default());
    }

    fn apart(
        &mut self,
        scene: &Scene<'_, 'a>,
        of: Conditional,
        around: Around<'_, 'a>,
        says: &'a Expression,
        named: &mut FxHashSet<ConditionId>,
    ) {
        self.joined(scene, of, around, &Atoms::of(says), 0, named);
    }

    fn joined(
        &mut self,
        scene: &Scene<'_, 'a>,
        of: Conditional,
        around: Around<'_, 'a>,
        atoms: &Atoms<'a>,
        which: usize,
        named: &mut FxHashSet<ConditionId>,
    ) {
        let (Some(inner), Some(joined)) = (around.deeper(), atoms.joined.get(which)) else { return };
        let found: Vec<_> = joined.atoms().into_iter().filter_map(|at| atoms.all.get(at)).collect();
        let truths = found.iter().map(|atom| scene.truth_in(inner, atom.says).known()).collect();
        (self.see)(Asked::Condition { of, joined: which, atoms: truths });
        for atom in found {
            match atom.says {
                Expression::Each { variable, set, .. } => {
                    let (Seen::Set(members), Some(body)) = (scene.see(inner, set), atom.body) else { continue };
                    for value in members.iter() {
                        let bound = Bound::new(variable, value, set, inner);
                        self.joined(scene, of, inner.with(&bound), atoms, body, named);
                    }
                }
                Expression::Condition(id) => {
                    if let Some(defined) = self.case.roles.decider.index.meaning.condition(*id)
                        && named.insert(*id)
                    {
                        self.apart(scene, Conditional::Named(*id), inner.outside(), &defined.body.says, named);
                    }
                }
                Expression::Holds { who, package, party } => {
                    let (who, party) = (scene.see(inner, who), scene.see(inner, party));
                    if let (Some(_), Seen::Entity(who), Seen::Entity(party)) = (scene.case, who, party) {
                        self.package(*package, Some((who, party)), false);
                        self.holds(who, *package, party, false);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Truth {
    /// So or not so, where it is known.
    pub(super) fn known(self) -> Option<bool> {
        match self {
            Truth::So => Some(true),
            Truth::Not => Some(false),
            Truth::Unknown => None,
        }
    }
}

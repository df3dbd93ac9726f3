//! What a bundle says on a stretch of days in which nothing of it begins or ends: no versions and no dates are left, only ids
//! in flat arrays. Made when a request first falls in it. Reads no facts.

use super::plain::{Names, Plain};
use super::receivers::Receivers;
use super::rows::{RowId, Rows};
use crate::decide::index::Index;
use crate::ir::{AreaId, Grantee, Meaning, PackageId, ResourceId, RoleId, Rule, RuleId};
use crate::terms::{effect::RuleEffect, kind::Kinds, open::Open, period::Period};
use jiff::civil::Date;
use std::ops::Range;

/// The name of an action, as a number: an index into those of the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub(super) u32);

impl ActionId {
    pub(in crate::decide) fn new(at: usize) -> Self {
        ActionId(number(at))
    }

    pub(in crate::decide) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A stretch of days.
#[derive(Debug)]
pub(in crate::decide) struct Era {
    roles: Vec<RoleNow>,
    packages: Vec<PackageNow>,
    /// Who may receive each area; of those in force.
    areas: Vec<Option<Receivers>>,
    pub(super) rows: Rows,
    /// Grants in force that hang on a condition or on a package: their places in the version of their package.
    apart: Vec<u32>,
    /// Where the plans of each resource begin.
    starts: Vec<u32>,
    plans: Vec<Plan>,
    rules: Vec<Planned>,
    /// Rules that are made ready, each once, and the names of the attributes that they read.
    plain: Vec<Plain>,
    pub(super) names: Names,
}

/// A role.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleNow {
    marks: u8,
}

impl RoleNow {
    const STATUS: u8 = 1;
    pub(super) const KEY: u8 = 2;
    pub(super) const COVERS: u8 = 4;
    pub(super) const AGENT: u8 = 8;
    const IN_FORCE: u8 = 16;
    const NONE: RoleNow = RoleNow { marks: 0 };

    /// Is it in force, for parties, and has it this mark?
    #[inline]
    pub(super) fn is(self, mark: u8) -> bool {
        self.marks & mark != 0 && self.marks & RoleNow::STATUS == 0
    }

    /// Is it in force and a status?
    #[inline]
    pub(super) fn is_status(self) -> bool {
        self.marks & RoleNow::STATUS != 0
    }

    /// Is it in force and for parties?
    #[inline]
    pub(super) fn is_for_parties(self) -> bool {
        self.is(RoleNow::IN_FORCE)
    }
}

/// A package.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackageNow {
    /// Kinds of parties; none where it is not in force, or nobody has decided.
    pub(super) kinds: Kinds,
    /// Is it in force, and are its kinds undecided?
    pub(super) open: bool,
    /// The area that it is in, if that is in force.
    pub(super) area: Option<AreaId>,
    /// The version in force.
    pub(super) version: u32,
    /// Who is granted its use, whatever else is so.
    pub(super) to_use: RowId,
    /// Who is granted to pass it on, likewise.
    pub(super) to_pass_on: RowId,
    /// Grants that hang on something.
    apart: (u32, u32),
    /// Is one of them for the holders of a package?
    pub(super) by_holders: bool,
    /// Who may receive it.
    pub(super) receivers: Receivers,
}

/// The rules that are asked for an action of a resource.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    action: ActionId,
    /// The version of the resource in force, and the place of the action in it.
    pub(super) version: u32,
    pub(super) action_at: u32,
    pub(super) partial: bool,
    pub(super) elements: Elements,
    pub(super) forbids: Range<u32>,
    pub(super) permits: Range<u32>,
    pub(super) obliges: Range<u32>,
    /// Is there one part only, and is every forbid and permit made ready?
    pub(super) plain: bool,
}

/// Whether a resource has elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elements {
    None,
    Some,
    Undecided,
}

/// A rule in force over a resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub(super) rule: RuleId,
    /// Where it stands made ready.
    plain: Option<u32>,
    pub(super) reads_element: bool,
}

/// Whether a rule is made ready.
#[derive(Clone, Copy)]
enum Ready {
    Unknown,
    Never,
    At(u32),
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The days on which something begins or ends, in order: between two of them nothing changes.
pub(in crate::decide) fn turning_days(meaning: &Meaning) -> Vec<Date> {
    let mut days = Vec::new();
    let mut see = |period: &Period| days.extend(period.from.into_iter().chain(period.before));
    meaning.roles.iter().flat_map(|named| &named.versions).for_each(|one| see(&one.period));
    meaning.areas.iter().flat_map(|named| &named.versions).for_each(|one| see(&one.period));
    for package in meaning.packages.iter().flat_map(|named| &named.versions) {
        see(&package.period);
        package.grants.iter().for_each(|grant| see(&grant.period));
    }
    meaning.resources.iter().flat_map(|named| &named.versions).for_each(|one| see(&one.period));
    meaning.rules.iter().flat_map(|rule| &rule.scopes).for_each(|scope| see(&scope.period));
    days.sort_unstable();
    days.dedup();
    days
}

impl Era {
    /// What is so on a day. Linear in the size of the bundle.
    pub(in crate::decide) fn new(index: &Index<'_>, day: Date) -> Self {
        let meaning = index.meaning;
        let roles = (0..meaning.roles.len()).map(|at| role_now(index, RoleId::from(at), day)).collect();
        let area = |at| index.area(AreaId::from(at), day).map(|(_, body)| Receivers::of(&body.delegable));
        let areas = (0..meaning.areas.len()).map(area).collect();
        let mut era = Era {
            roles,
            packages: Vec::with_capacity(meaning.packages.len()),
            areas,
            rows: Rows::new(meaning.roles.len()),
            apart: Vec::new(),
            starts: Vec::with_capacity(meaning.resources.len() + 1),
            plans: Vec::new(),
            rules: Vec::new(),
            plain: Vec::new(),
            names: Names::default(),
        };
        let mut ready = vec![Ready::Unknown; meaning.rules.len()];
        for at in 0..meaning.packages.len() {
            let package = era.package_now(index, PackageId::from(at), day);
            era.packages.push(package);
        }
        era.rows.close();
        for at in 0..meaning.resources.len() {
            era.starts.push(number(era.plans.len()));
            era.plan(index, ResourceId::from(at), day, &mut ready);
        }
        era.starts.push(number(era.plans.len()));
        era
    }

    fn package_now(&mut self, index: &Index<'_>, id: PackageId, day: Date) -> PackageNow {
        let start = number(self.apart.len());
        let none = self.rows.add(&[], false);
        let mut now = PackageNow {
            kinds: Kinds::NONE,
            open: false,
            area: None,
            version: 0,
            to_use: none,
            to_pass_on: none,
            apart: (start, start),
            by_holders: false,
            receivers: Receivers::of(&[]),
        };
        let Some((version, body)) = index.package(id, day) else { return now };
        let (mut to_use, mut to_pass_on) = ((Vec::new(), false), (Vec::new(), false));
        for (at, grant) in body.grants.iter().enumerate() {
            if grant.undecided || !grant.period.has(day) {
                continue;
            }
            let mut sets = Vec::with_capacity(2);
            sets.extend(grant.gives_use.then_some(&mut to_use));
            sets.extend(grant.gives_delegation.then_some(&mut to_pass_on));
            match (grant.to, &grant.when) {
                (Some(Grantee::Role(role)), _)
                    if !self.role(role).is(RoleNow::IN_FORCE) && !self.role(role).is_status() => {}
                (Some(Grantee::Role(role)), None) => sets.into_iter().for_each(|(roles, _)| roles.push(role)),
                (Some(Grantee::Itself), None) => sets.into_iter().for_each(|(_, itself)| *itself = true),
                (Some(to), _) => {
                    now.by_holders |= matches!(to, Grantee::Package(_));
                    self.apart.push(number(at));
                }
                (None, _) => {}
            }
        }
        now.receivers = Receivers::of(&body.delegable);
        now.kinds = body.kinds.known().copied().unwrap_or(Kinds::NONE);
        now.open = body.kinds.is_undecided();
        now.area = body.area.filter(|area| self.area_is_in_force(*area));
        now.version = version;
        now.to_use = self.rows.add(&to_use.0, to_use.1);
        now.to_pass_on = self.rows.add(&to_pass_on.0, to_pass_on.1);
        now.apart = (start, number(self.apart.len()));
        now
    }

    /// The plans of a resource in force: one for each of its actions, in order of name.
    fn plan(&mut self, index: &Index<'_>, id: ResourceId, day: Date, ready: &mut [Ready]) {
        let Some((version, body)) = index.meaning.resource(id).and_then(|named| named.on(day)) else { return };
        let elements = match &body.elements {
            Open::Known(all) if all.is_empty() => Elements::None,
            Open::Known(_) => Elements::Some,
            Open::Undecided => Elements::Undecided,
        };
        for (at, action) in body.actions.iter().enumerate() {
            let Some(name) = index.action(&action.name) else { continue };
            let over = index.rules(id, &action.name);
            let mut of = |effect: RuleEffect| {
                let start = number(self.rules.len());
                for rule in &over {
                    let reads_element = index.reads().rule(*rule).is_some_and(|reads| reads.element);
                    let body = index.meaning.rule(*rule).filter(|body| body.effect == effect);
                    if let Some(body) = body.filter(|body| body.scope(id, day).is_some()) {
                        let plain = self.ready(*rule, body, index, ready);
                        self.rules.push(Planned { rule: *rule, plain, reads_element });
                    }
                }
                start..number(self.rules.len())
            };
            let (forbids, permits, obliges) = (of(RuleEffect::Forbid), of(RuleEffect::Permit), of(RuleEffect::Oblige));
            let mut decisive = self.rules(&forbids).iter().chain(self.rules(&permits));
            let plain = elements != Elements::Some && decisive.all(|planned| planned.plain.is_some());
            self.plans.push(Plan {
                action: name,
                version: number(version),
                action_at: number(at),
                partial: action.partial,
                elements,
                forbids,
                permits,
                obliges,
                plain,
            });
        }
    }

    /// Where a rule stands made ready; made ready when it is first asked for.
    fn ready(&mut self, id: RuleId, rule: &Rule, index: &Index<'_>, ready: &mut [Ready]) -> Option<u32> {
        let slot = ready.get_mut(id.index())?;
        if matches!(slot, Ready::Unknown) {
            *slot = match Plain::of(rule, index.meaning, &mut self.names) {
                Some(plain) => {
                    self.plain.push(plain);
                    Ready::At(number(self.plain.len() - 1))
                }
                None => Ready::Never,
            };
        }
        match slot {
            Ready::At(at) => Some(*at),
            Ready::Unknown | Ready::Never => None,
        }
    }

    /// A rule made ready.
    #[inline]
    pub(super) fn plain(&self, planned: &Planned) -> Option<&Plain> {
        self.plain.get(planned.plain? as usize)
    }

    #[inline]
    pub(super) fn role(&self, id: RoleId) -> RoleNow {
        self.roles.get(id.index()).copied().unwrap_or(RoleNow::NONE)
    }

    #[inline]
    pub(super) fn package(&self, id: PackageId) -> Option<&PackageNow> {
        self.packages.get(id.index())
    }

    pub(super) fn area_is_in_force(&self, id: AreaId) -> bool {
        self.area(id).is_some()
    }

    /// Who may receive an area in force.
    #[inline]
    pub(super) fn area(&self, id: AreaId) -> Option<Receivers> {
        self.areas.get(id.index()).copied().flatten()
    }

    /// The grants of a package that hang on something.
    #[inline]
    pub(super) fn apart(&self, package: &PackageNow) -> &[u32] {
        self.apart.get(package.apart.0 as usize..package.apart.1 as usize).unwrap_or(&[])
    }

    /// The plan of an action of a resource; `None`: one of them is not in force.
    #[inline]
    pub(super) fn plan_of(&self, resource: ResourceId, action: ActionId) -> Option<&Plan> {
        let (start, end) = (self.starts.get(resource.index())?, self.starts.get(resource.index() + 1)?);
        self.plans.get(*start as usize..*end as usize)?.iter().find(|plan| plan.action == action)
    }

    /// The rules of a part of a plan.
    #[inline]
    pub(super) fn rules(&self, range: &Range<u32>) -> &[Planned] {
        self.rules.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }
}

fn role_now(index: &Index<'_>, id: RoleId, day: Date) -> RoleNow {
    let Some(body) = index.role(id, day) else { return RoleNow::NONE };
    let mut marks = RoleNow::IN_FORCE;
    for (so, mark) in [
        (body.of.is_none(), RoleNow::STATUS),
        (body.key.is_yes(), RoleNow::KEY),
        (body.covers.is_yes(), RoleNow::COVERS),
        (body.agent.is_yes(), RoleNow::AGENT),
    ] {
        marks |= if so { mark } else { 0 };
    }
    RoleNow { marks }
}

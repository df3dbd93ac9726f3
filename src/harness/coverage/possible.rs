//! What can be at all: no suite can show that `subject == party` is unknown, or that a permit to anyone does not apply. Such points
//! are not counted. Errs on the side of possible; says nothing of what two parts can be together.

use crate::ir::{
    Atoms, ConditionId, Constant, Controlling, Expression, Grant, Grantee, IsWhat, Joined, Line, Meaning, PackageId,
    Receiver, Recipient, Resource, ResourceId, Role, RoleId, Rule,
};
use crate::terms::{effect::RuleEffect, kind::Kind, kind::Kinds, open::Open, period::Period, root::Root};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Which answers are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Possible {
    pub(super) so: bool,
    pub(super) not: bool,
    pub(super) unknown: bool,
}

const ANY: Possible = Possible { so: true, not: true, unknown: true };
const SO: Possible = Possible { so: true, not: false, unknown: false };
const NOT: Possible = Possible { so: false, not: true, unknown: false };
const UNKNOWN: Possible = Possible { so: false, not: false, unknown: true };

/// Known, or perhaps not.
fn known_unless(unknown: bool) -> Possible {
    Possible { so: true, not: true, unknown }
}

impl Possible {
    fn turned(self) -> Possible {
        Possible { so: self.not, not: self.so, unknown: self.unknown }
    }

    fn and(self, other: Possible) -> Possible {
        let unknown = (self.unknown && (other.so || other.unknown)) || (other.unknown && (self.so || self.unknown));
        Possible { so: self.so && other.so, not: self.not || other.not, unknown }
    }

    fn or(self, other: Possible) -> Possible {
        self.turned().and(other.turned()).turned()
    }
}

/// What can be in one bundle.
pub(super) struct World<'m> {
    meaning: &'m Meaning,
    /// Packages of which it can be unknown whether somebody holds them.
    unknown_packages: BTreeSet<PackageId>,
    /// The resources that a named condition may be asked over.
    over: BTreeMap<ConditionId, BTreeSet<ResourceId>>,
    /// Permits and forbids, by the resources that they are over.
    rules: BTreeMap<ResourceId, Vec<&'m Rule>>,
    /// Actions (`None`: any) of resources that something may permit.
    permitted: BTreeSet<(ResourceId, Option<&'m str>)>,
    /// Resources and actions of which it is known whether a decision can be undecidable.
    undecidable: RefCell<BTreeMap<(ResourceId, Box<str>), bool>>,
}

impl<'m> World<'m> {
    pub(super) fn new(meaning: &'m Meaning) -> Self {
        let mut world = World {
            meaning,
            unknown_packages: BTreeSet::new(),
            over: BTreeMap::new(),
            rules: BTreeMap::new(),
            permitted: BTreeSet::new(),
            undecidable: RefCell::default(),
        };
        for rule in &meaning.rules {
            let over = over(rule);
            if matches!(rule.effect, RuleEffect::Permit | RuleEffect::Forbid) {
                over.iter().for_each(|resource| world.rules.entry(*resource).or_default().push(rule));
            }
            rule.when.iter().for_each(|when| world.uses(when, &over));
        }
        let grants =
            all_packages(meaning).flat_map(|(_, body)| decided(&body.grants).filter_map(|one| one.when.as_deref()));
        let lines = all_lines(meaning).filter_map(|line| match line {
            Line::To { when, .. } => when.as_deref(),
            Line::Undecided => None,
        });
        grants.chain(lines).for_each(|when| world.uses(when, &BTreeSet::new()));
        world.find_unknown_packages();
        let permits = meaning.rules.iter().filter(|rule| rule.effect == RuleEffect::Permit && world.rule(rule).so);
        let of_each = |rule: &'m Rule| over(rule).into_iter().map(|resource| (resource, rule.action.as_deref()));
        world.permitted = permits.flat_map(of_each).collect();
        world
    }

    /// Named conditions that something uses.
    pub(super) fn used(&self) -> impl Iterator<Item = ConditionId> {
        self.over.keys().copied()
    }

    /// The resources that a named condition may be asked over.
    pub(super) fn over(&self, id: ConditionId) -> BTreeSet<ResourceId> {
        self.over.get(&id).cloned().unwrap_or_default()
    }

    fn uses(&mut self, says: &'m Expression, over: &BTreeSet<ResourceId>) {
        let mut waiting = vec![says];
        while let Some(next) = waiting.pop() {
            waiting.extend(next.parts());
            if let Expression::Condition(id) = next
                && let Some(named) = self.meaning.condition(*id)
            {
                let known = self.over.get(id).map(BTreeSet::len);
                let all = self.over.entry(*id).or_default();
                all.extend(over);
                // Asked over more than before: so is what it names.
                if known != Some(all.len()) {
                    waiting.push(&named.body.says);
                }
            }
        }
    }

    /// What each atom of a condition can be, asked over these resources.
    pub(super) fn atoms(&self, atoms: &Atoms<'m>, over: &BTreeSet<ResourceId>) -> Vec<Possible> {
        atoms.all.iter().map(|atom| self.condition(atom.says, over)).collect()
    }

    /// What a condition can be, asked over these resources. As deep as readers allow.
    pub(super) fn condition(&self, says: &Expression, over: &BTreeSet<ResourceId>) -> Possible {
        let all = |parts: &[Expression]| parts.iter().map(|part| self.condition(part, over)).fold(SO, Possible::and);
        let any = |parts: &[Expression]| parts.iter().map(|part| self.condition(part, over)).fold(NOT, Possible::or);
        let may_miss = |part: &Expression| self.may_miss(part, over);
        match says {
            Expression::And(parts) => all(parts),
            Expression::Or(parts) => any(parts),
            Expression::Not(part) => self.condition(part, over).turned(),
            Expression::Compare(_, sides) => known_unless(may_miss(&sides.0) || may_miss(&sides.1)),
            Expression::Is { who, what, party } => {
                let missing = may_miss(who) || party.as_deref().is_some_and(may_miss);
                known_unless(missing || self.is_unknown(*what, over))
            }
            Expression::Holds { who, package, party } => {
                known_unless(may_miss(who) || may_miss(party) || self.unknown_packages.contains(package))
            }
            Expression::Each { all, set, body, .. } => {
                let body = self.condition(body, over);
                let body = if *all { body.turned() } else { body };
                // Of no members none is so.
                let found = Possible { so: body.so, not: true, unknown: body.unknown || may_miss(set) };
                if *all { found.turned() } else { found }
            }
            Expression::Permitted { resource, action } => known_unless(self.may_be_undecidable(*resource, action)),
            Expression::Condition(id) => {
                self.meaning.condition(*id).map_or(UNKNOWN, |named| self.condition(&named.body.says, over))
            }
            Expression::Value(Constant::Bool(so)) => {
                if *so {
                    SO
                } else {
                    NOT
                }
            }
            Expression::Undecided => UNKNOWN,
            _ => known_unless(may_miss(says)),
        }
    }

    /// Can a value be missing?
    fn may_miss(&self, says: &Expression, over: &BTreeSet<ResourceId>) -> bool {
        match says {
            Expression::Root(Root::Record) | Expression::Undecided => true,
            Expression::Root(Root::Element) => {
                self.versions(over).any(|body| body.elements.known().is_none_or(|all| all.is_empty()))
            }
            Expression::Root(_) | Expression::Variable(_) | Expression::Value(_) => false,
            Expression::Attribute(of, name) => match (&**of, &**name) {
                (Expression::Root(Root::Delegation), "given") => false,
                (Expression::Root(Root::Resource), name) => self.versions(over).any(|body| is_open(body, name)),
                _ => true,
            },
            Expression::List(parts) => parts.iter().any(|part| self.may_miss(part, over)),
            Expression::Shift { from, by, .. } => self.may_miss(from, over) || self.may_miss(by, over),
            _ => self.condition(says, over).unknown,
        }
    }

    fn versions(&self, over: &BTreeSet<ResourceId>) -> impl Iterator<Item = &'m Resource> {
        let resources: Vec<_> = over.iter().filter_map(|id| self.meaning.resource(*id)).collect();
        resources.into_iter().flat_map(|named| &named.versions)
    }

    fn is_unknown(&self, what: IsWhat, over: &BTreeSet<ResourceId>) -> bool {
        match what {
            IsWhat::Role(role) => self.has_source(role),
            IsWhat::Kind(_) | IsWhat::Organisation(_) => false,
            IsWhat::Controller => self.control_is_unknown(over, |body| &body.controllers),
            IsWhat::Processor => self.control_is_unknown(over, |body| &body.processors),
        }
    }

    fn control_is_unknown(
        &self,
        over: &BTreeSet<ResourceId>,
        of: impl Fn(&'m Resource) -> &'m Open<Vec<Controlling>>,
    ) -> bool {
        self.versions(over).any(|body| match of(body) {
            Open::Undecided => true,
            Open::Known(all) => {
                all.iter().any(|one| matches!(one, Controlling::Status(role) if self.has_source(*role)))
            }
        })
    }

    fn role(&self, id: RoleId) -> impl Iterator<Item = &'m Role> {
        self.meaning.role(id).into_iter().flat_map(|named| &named.versions)
    }

    /// Can the role be out of reach? (R2)
    fn has_source(&self, id: RoleId) -> bool {
        self.role(id).any(|role| role.source.is_some())
    }

    /// Is there a role with a source for which this is so?
    fn some_source(&self, wanted: impl Fn(&Role) -> bool) -> bool {
        let mut roles = self.meaning.roles.iter().flat_map(|named| &named.versions);
        roles.any(|role| role.source.is_some() && wanted(role))
    }

    /// Packages that grow by one reason after another until there is no more.
    fn grown(
        &self,
        wanted: impl Fn(&BTreeSet<PackageId>, PackageId, &'m crate::ir::Package) -> bool,
    ) -> BTreeSet<PackageId> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            for (id, body) in all_packages(self.meaning) {
                if !found.contains(&id) && wanted(&found, id, body) {
                    found.insert(id);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn find_unknown_packages(&mut self) {
        let none = BTreeSet::new();
        let organisation = |role: RoleId| self.role(role).any(|role| role.by.has(Kind::Organisation));
        let to_organisation = |line: &Line| match line {
            Line::To { to: Receiver::Kind(kind), .. } => *kind == Kind::Organisation,
            Line::To { to: Receiver::Role(role), .. } => organisation(*role),
            Line::Undecided => false,
        };
        let held_by_organisations = self.grown(|found, _, body| {
            body.delegable.iter().any(to_organisation)
                || decided(&body.grants).any(|grant| match grant.to {
                    Some(Grantee::Itself) => body.kinds.known().is_some_and(|kinds| kinds.has(Kind::Organisation)),
                    Some(Grantee::Role(role)) => organisation(role),
                    Some(Grantee::Package(other)) => found.contains(&other),
                    None => false,
                })
        });
        let line_is_unknown = |line: &Line| match line {
            Line::To { to, when, .. } => {
                matches!(to, Receiver::Role(role) if self.has_source(*role))
                    || when.as_deref().is_some_and(|when| self.condition(when, &none).unknown)
            }
            Line::Undecided => false,
        };
        let has = |role: &Role, kind: Kind| role.of.is_some_and(|of| of.has(kind));
        let keys = self.some_source(|role| role.key.is_yes() && has(role, Kind::Organisation));
        let agents = self.some_source(|role| role.agent.is_yes() && has(role, Kind::Organisation));
        let covers = |kinds: Kinds| {
            let meets = |role: &Role| role.of.is_some_and(|of| !of.and(kinds).is_empty());
            kinds.has(Kind::Organisation) && self.some_source(|role| role.covers.is_yes() && meets(role))
        };
        let unknown = self.grown(|found, id, body| {
            let Open::Known(kinds) = body.kinds else { return false };
            let area = body.area.and_then(|area| self.meaning.area(area));
            let of_area = area.into_iter().flat_map(|named| named.versions.iter().flat_map(|body| &body.delegable));
            covers(kinds)
                || ((keys || agents) && held_by_organisations.contains(&id))
                || body.delegable.iter().any(line_is_unknown)
                || (body.delegable.iter().any(is_decided) && of_area.clone().any(line_is_unknown))
                || decided(&body.grants).any(|grant| {
                    let of_role = matches!(grant.to, Some(Grantee::Role(role)) if self.has_source(role));
                    let of_package = matches!(grant.to, Some(Grantee::Package(other)) if found.contains(&other));
                    of_role
                        || of_package
                        || grant.when.as_deref().is_some_and(|when| self.condition(when, &none).unknown)
                })
        });
        self.unknown_packages = unknown;
    }

    /// Can a decision be undecidable? Of actions that ask for each other by `permitted`, which no bundle has, one cannot.
    fn may_be_undecidable(&self, resource: ResourceId, action: &str) -> bool {
        let asked = (resource, Box::from(action));
        if let Some(known) = self.undecidable.borrow().get(&asked) {
            return *known;
        }
        self.undecidable.borrow_mut().insert(asked.clone(), false);
        let mut rules = self.rules.get(&resource).into_iter().flatten();
        let of = |rule: &Rule| rule.action.as_deref().is_none_or(|of| of == action);
        let found = rules.any(|rule| of(rule) && self.rule(rule).unknown);
        self.undecidable.borrow_mut().insert(asked, found);
        found
    }

    /// Can an action of a resource be permitted, or (`None`) any?
    pub(super) fn may_permit(&self, resource: ResourceId, action: Option<&str>) -> bool {
        let mut of_resource = self.permitted.range((resource, None)..).take_while(|(of, _)| *of == resource);
        match action {
            None => of_resource.next().is_some(),
            Some(_) => self.permitted.contains(&(resource, None)) || self.permitted.contains(&(resource, action)),
        }
    }

    /// What a rule can be.
    pub(super) fn rule(&self, rule: &Rule) -> Possible {
        let over = over(rule);
        let mut whole = self.recipient(rule, &over);
        if let Some(requires) = &rule.requires {
            let mut packages = Vec::new();
            let mut waiting = vec![requires];
            while let Some(next) = waiting.pop() {
                match next {
                    crate::ir::Requires::Package(package) => packages.push(*package),
                    crate::ir::Requires::And(all) | crate::ir::Requires::Or(all) => waiting.extend(all),
                }
            }
            whole = whole.and(known_unless(packages.iter().any(|one| self.unknown_packages.contains(one))));
        }
        if let Some(when) = &rule.when {
            whole = whole.and(self.condition(when, &over));
        }
        if let Some(of) = &rule.of {
            let elements = |body: &Resource| body.elements.known().map(|all| all.iter().all(|one| of.contains(one)));
            whole = whole.and(Possible {
                so: true,
                not: self.versions(&over).any(|body| elements(body) != Some(true)),
                unknown: self.versions(&over).any(|body| body.elements.is_undecided()),
            });
        }
        let always = |id: &ResourceId| {
            rule.scopes.iter().any(|scope| scope.period == Period::ALWAYS && scope.on.binary_search(id).is_ok())
        };
        whole.not |= !over.iter().all(always);
        whole
    }

    /// U3–U5.
    fn recipient(&self, rule: &Rule, over: &BTreeSet<ResourceId>) -> Possible {
        let permits = rule.effect == RuleEffect::Permit;
        let by_key = permits && rule.requires.is_none() && self.some_source(|role| role.key.is_yes());
        match rule.to {
            None if permits && rule.requires.is_none() => NOT,
            None | Some(Recipient::Anyone) => SO,
            Some(Recipient::Itself) => known_unless(false),
            Some(Recipient::Role(role)) => {
                // Roles that act for a party are held for organisations.
                let status = self.role(role).any(|role| role.of.is_none() && role.by.has(Kind::Organisation));
                known_unless(self.has_source(role) || (status && by_key))
            }
            Some(Recipient::Organisation(_)) => known_unless(by_key),
            Some(Recipient::Controller) => known_unless(by_key || self.is_unknown(IsWhat::Controller, over)),
            Some(Recipient::Processor) => known_unless(by_key || self.is_unknown(IsWhat::Processor, over)),
        }
    }
}

/// What an atom can be where it decides something joined alone: so, and not so.
pub(super) fn alone(joined: &Joined, atom: usize, of: &[Possible]) -> (bool, bool) {
    let free = |parts: &[Joined], beside: &Joined, so: bool| {
        let others = parts.iter().filter(|part| !std::ptr::eq(*part, beside));
        others.map(|part| whole(part, of)).all(|part| if so { part.so } else { part.not })
    };
    let among = |parts: &[Joined], so: bool| {
        let found = parts.iter().filter(|part| free(parts, part, so)).map(|part| alone(part, atom, of));
        found.fold((false, false), |one, two| (one.0 || two.0, one.1 || two.1))
    };
    match joined {
        Joined::Atom(at) if *at == atom => of.get(atom).map_or((false, false), |one| (one.so, one.not)),
        Joined::Atom(_) => (false, false),
        Joined::Not(part) => alone(part, atom, of),
        Joined::And(parts) => among(parts, true),
        Joined::Or(parts) => among(parts, false),
    }
}

fn whole(joined: &Joined, of: &[Possible]) -> Possible {
    match joined {
        Joined::Atom(at) => of.get(*at).copied().unwrap_or(ANY),
        Joined::Not(part) => whole(part, of).turned(),
        Joined::And(parts) => parts.iter().map(|part| whole(part, of)).fold(SO, Possible::and),
        Joined::Or(parts) => parts.iter().map(|part| whole(part, of)).fold(NOT, Possible::or),
    }
}

/// The resources that a rule is over.
pub(super) fn over(rule: &Rule) -> BTreeSet<ResourceId> {
    rule.scopes.iter().flat_map(|scope| scope.on.iter().copied()).collect()
}

fn all_packages(meaning: &Meaning) -> impl Iterator<Item = (PackageId, &crate::ir::Package)> {
    let named = meaning.packages.iter().enumerate();
    named.flat_map(|(at, named)| named.versions.iter().map(move |body| (PackageId::from(at), body)))
}

fn all_lines(meaning: &Meaning) -> impl Iterator<Item = &Line> {
    let of_areas = meaning.areas.iter().flat_map(|named| named.versions.iter().flat_map(|body| &body.delegable));
    all_packages(meaning).flat_map(|(_, body)| &body.delegable).chain(of_areas)
}

fn decided(grants: &[Grant]) -> impl Iterator<Item = &Grant> {
    grants.iter().filter(|grant| !grant.undecided)
}

/// Is a line decided?
pub(super) fn is_decided(line: &Line) -> bool {
    matches!(line, Line::To { .. })
}

/// Has nobody decided what a resource says of itself? (E4)
fn is_open(body: &Resource, name: &str) -> bool {
    match name {
        "data" => body.data.is_undecided(),
        "elements" => body.elements.is_undecided(),
        "basis" => body.basis.known().is_none_or(|all| all.iter().any(Open::is_undecided)),
        "purposes" => body.purposes.as_ref().is_some_and(|(_, purposes)| purposes.is_undecided()),
        _ => true,
    }
}

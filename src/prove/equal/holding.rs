//! Do two bundles hold and pass on alike? Said where what differs gives nothing in either, or gives what another line gives too.
//! What this cannot say may still be so.

use super::Both;
use super::changed::Changed;
use crate::ir::{
    Area, Expression, Grant, Grantee, Line, Meaning, OrganisationId, Package, PackageId, Receiver, Role, RoleId,
};
use crate::logic::{Answer, Effort, Wire, solve};
use crate::prove::atoms::Atoms;
use crate::prove::gives::Gives;
use crate::prove::place::{Place, Scene};
use crate::prove::three::Three;
use crate::prove::translate::{DEPTH, Differs, Side, Translator};
use crate::terms::{
    kind::{Kind, Kinds},
    open::Open,
    period::Period,
};
use std::collections::BTreeSet;

/// Do they? Why, where anything differs; else what stood in the way.
pub(super) fn same(both: &Both<'_>, changed: &Changed, effort: &mut Effort) -> Result<Option<String>, String> {
    let mut same = Same { both, changed, effort };
    let mut why = None;
    for role in &changed.roles {
        if same.matters(*role) {
            let idle = crate::prove::kinds::idle_role(both.one, both.two, *role).map(str::to_owned);
            why = Some(idle.ok_or_else(|| "who holds what may hang on a role that differs".to_owned())?);
        }
    }
    let mut packages = changed.packages.clone();
    // A condition that differs may stand in any grant or line.
    packages.extend(same.reading_conditions());
    for package in packages {
        why = Some(same.package(package)?);
    }
    let areas = (0..both.one.areas.len()).filter(|at| {
        changed.areas.contains(&(*at).into()) || same.area_reads(both.one, *at) || same.area_reads(both.two, *at)
    });
    for area in areas.collect::<Vec<_>>() {
        why = Some(same.area(area)?);
    }
    Ok(why)
}

/// What of a version of a role matters to what is held, of those who can have it (H5, H6, P4).
#[derive(PartialEq)]
struct RoleView {
    period: Period,
    by: Kinds,
    of: Option<Kinds>,
    source: Option<OrganisationId>,
    key: bool,
    covers: bool,
    agent: bool,
}

impl RoleView {
    fn of(role: &Role) -> RoleView {
        let of_organisation = role.of.is_some_and(|kinds| kinds.has(Kind::Organisation));
        RoleView {
            period: role.period,
            by: role.by,
            of: role.of,
            source: role.source,
            key: role.key.is_yes() && role.by.has(Kind::Person) && of_organisation,
            covers: role.covers.is_yes() && role.by.has(Kind::Organisation) && role.of.is_some(),
            agent: role.agent.is_yes() && of_organisation,
        }
    }
}

struct Same<'s, 'b> {
    both: &'s Both<'b>,
    changed: &'s Changed,
    effort: &'s mut Effort,
}

/// A condition; none is always so.
pub(super) type When<'b> = Option<&'b Expression>;

/// What a package gives use by, or the right to pass on by: to whom and when, on which condition.
type Ways<'b> = Vec<((Grantee, Period), When<'b>)>;

/// Who may receive, and whether they may pass it on; on which condition.
type Lines<'b> = Vec<((Receiver, bool), When<'b>)>;

impl<'b> Same<'_, 'b> {
    /// Can a role that differs matter to what is held?
    fn matters(&self, id: RoleId) -> bool {
        let view = |meaning: &'b Meaning| -> Vec<RoleView> {
            meaning.role(id).map_or(&[][..], |named| &named.versions).iter().map(RoleView::of).collect()
        };
        let (one, two) = (view(self.both.one), view(self.both.two));
        if one == two {
            return false;
        }
        let special = |view: &RoleView| view.key || view.covers || view.agent;
        one.iter().chain(&two).any(special)
            || [self.both.one, self.both.two].into_iter().any(|meaning| {
                meaning.packages.iter().flat_map(|named| &named.versions).any(|version| {
                    version
                        .grants
                        .iter()
                        .any(|grant| grant.to == Some(Grantee::Role(id)) || self.when_reads(grant.when.as_deref()))
                        || self.lines_name(&version.delegable, id)
                }) || meaning
                    .areas
                    .iter()
                    .flat_map(|named| &named.versions)
                    .any(|version| self.lines_name(&version.delegable, id))
            })
    }

    fn lines_name(&self, lines: &[Line], id: RoleId) -> bool {
        lines.iter().any(|line| match line {
            Line::To { to, when, .. } => *to == Receiver::Role(id) || self.when_reads(when.as_deref()),
            Line::Undecided => false,
        })
    }

    fn when_reads(&self, when: Option<&Expression>) -> bool {
        when.is_some_and(|when| self.changed.reads(when))
    }

    /// Packages of which a grant or a line reads a condition that differs.
    fn reading_conditions(&self) -> BTreeSet<PackageId> {
        let mut found = BTreeSet::new();
        if self.changed.conditions.is_empty() {
            return found;
        }
        for meaning in [self.both.one, self.both.two] {
            for (at, named) in meaning.packages.iter().enumerate() {
                let reads = |version: &Package| {
                    version.grants.iter().any(|grant| self.when_reads(grant.when.as_deref()))
                        || self.lines_read(&version.delegable)
                };
                if named.versions.iter().any(reads) {
                    found.insert(at.into());
                }
            }
        }
        found
    }

    fn lines_read(&self, lines: &[Line]) -> bool {
        lines.iter().any(|line| matches!(line, Line::To { when, .. } if self.when_reads(when.as_deref())))
    }

    fn area_reads(&self, meaning: &Meaning, at: usize) -> bool {
        let versions = meaning.areas.get(at).map_or(&[][..], |named| &named.versions);
        !self.changed.conditions.is_empty() && versions.iter().any(|version| self.lines_read(&version.delegable))
    }

    /// Does anybody ever hold, or may anybody pass on, what a package is, and to whom?
    fn package(&mut self, id: PackageId) -> Result<String, String> {
        let both = self.both;
        let (Some(one), Some(two)) = (both.one.package(id), both.two.package(id)) else {
            return Err("it has other names".to_owned());
        };
        let void = !both.gives[0].may_be_held(id) && !both.gives[1].may_be_held(id);
        if void && one.versions.iter().chain(&two.versions).all(|version| version.area.is_none()) {
            return Ok("nobody can ever hold the package".to_owned());
        }
        if one.versions.len() != two.versions.len() {
            return Err("the package has other versions".to_owned());
        }
        let passed = self.is_passed_on(both.one, both.gives[0], id) || self.is_passed_on(both.two, both.gives[1], id);
        let mut why = "what differs gives nothing in either".to_owned();
        for (one, two) in one.versions.iter().zip(&two.versions) {
            let alike = one.period == two.period || one.period.is_empty() && two.period.is_empty();
            if !alike || one.area != two.area || one.kinds != two.kinds {
                return Err("the package is for others, or for another time".to_owned());
            }
            for delegation in [false, true] {
                let first = self.ways(both.one, both.gives[0], one, delegation, 0);
                let second = self.ways(both.two, both.gives[1], two, delegation, 1);
                if !self.alike(Scene::Grant, &first, &second) {
                    return Err("a grant gives more in one than in the other".to_owned());
                }
            }
            if !passed {
                why = "nobody may pass the package on, so nobody receives it".to_owned();
                continue;
            }
            if !self.same_lines(&one.delegable, &two.delegable) {
                return Err("more may receive in one than in the other".to_owned());
            }
        }
        Ok(why)
    }

    fn area(&mut self, at: usize) -> Result<String, String> {
        let both = self.both;
        let (Some(one), Some(two)) = (both.one.areas.get(at), both.two.areas.get(at)) else {
            return Err("it has other names".to_owned());
        };
        let in_it = |meaning: &Meaning, gives: &Gives<'_>| {
            let of_area = |version: &Package| version.area == Some(at.into());
            let packages = meaning.packages.iter().enumerate().filter(|(_, named)| named.versions.iter().any(of_area));
            packages
                .map(|(at, _)| self.is_passed_on(meaning, gives, at.into()))
                .fold((false, false), |(_, any), is| (true, any || is))
        };
        let (first, second) = (in_it(both.one, both.gives[0]), in_it(both.two, both.gives[1]));
        if !first.0 && !second.0 {
            return Ok("no package is in the area".to_owned());
        }
        if !first.1 && !second.1 {
            return Ok("nobody may pass on what is in the area".to_owned());
        }
        let time = |versions: &[Area]| versions.iter().map(|version| version.period).collect::<Vec<_>>();
        if time(&one.versions) != time(&two.versions) {
            return Err("the area is for another time".to_owned());
        }
        for (one, two) in one.versions.iter().zip(&two.versions) {
            if !self.same_lines(&one.delegable, &two.delegable) {
                return Err("more may receive of the area in one than in the other".to_owned());
            }
        }
        Ok("the lines of the area admit the same".to_owned())
    }

    /// May anybody ever pass the package on? (P1–P4)
    fn is_passed_on(&self, meaning: &Meaning, gives: &Gives<'_>, id: PackageId) -> bool {
        let versions = meaning.package(id).map_or(&[][..], |named| &named.versions);
        let delegation = |grant: &Grant| grant.gives_delegation && !grant.undecided;
        let agents = meaning.roles.iter().flat_map(|named| &named.versions).any(|role| role.agent.is_yes());
        gives.may_be_held(id) && (agents || versions.iter().any(|version| version.grants.iter().any(delegation)))
    }

    /// The grants of a version that can give use (or the right to pass on), without those that others say already.
    fn ways(
        &mut self,
        meaning: &Meaning,
        gives: &Gives<'_>,
        version: &'b Package,
        delegation: bool,
        side: usize,
    ) -> Ways<'b> {
        let Open::Known(kinds) = version.kinds else { return Vec::new() };
        let mut ways: Ways<'b> = Vec::new();
        for grant in &version.grants {
            let gives_it = if delegation { grant.gives_delegation } else { grant.gives_use };
            let period = grant.period.and(version.period);
            let Some(to) = grant.to.filter(|_| gives_it && !grant.undecided && !period.is_empty()) else { continue };
            let reaches = match to {
                Grantee::Itself => true,
                Grantee::Package(package) => gives.may_be_held(package),
                Grantee::Role(role) => meaning.role(role).is_some_and(|named| {
                    named.versions.iter().any(|role| {
                        let for_it = role.of.unwrap_or(role.by);
                        role.period.meets(period) && !for_it.and(kinds).is_empty() && !role.by.is_empty()
                    })
                }),
            };
            let when = grant.when.as_deref();
            if reaches && !when.is_some_and(|when| self.is_never(Scene::Grant, when, side)) {
                ways.push(((to, period), when));
            }
        }
        without_repeats(ways, |one, other| {
            let ((to, period), (other_to, other_period)) = (one.0, other.0);
            to == other_to
                && period.and(other_period) == period
                && match (one.1, other.1) {
                    (_, None) => true,
                    (Some(one), Some(other)) => one == other || self.implies(Scene::Grant, one, other, side),
                    (None, Some(_)) => false,
                }
        })
    }

    fn same_lines(&mut self, one: &'b [Line], two: &'b [Line]) -> bool {
        let has_one = |lines: &[Line]| lines.iter().any(|line| matches!(line, Line::To { .. }));
        let first = self.lines(self.both.one, one, 0);
        let second = self.lines(self.both.two, two, 1);
        has_one(one) == has_one(two) && self.alike(Scene::Line, &first, &second)
    }

    /// The lines that can admit, without those that others say already.
    fn lines(&mut self, meaning: &Meaning, lines: &'b [Line], side: usize) -> Lines<'b> {
        let mut found: Lines<'b> = Vec::new();
        for line in lines {
            let Line::To { to, onward, when } = line else { continue };
            let when = when.as_deref();
            let possible = match to {
                Receiver::Kind(_) => true,
                Receiver::Role(role) => meaning.role(*role).is_some_and(|named| !named.versions.is_empty()),
            };
            if possible && !when.is_some_and(|when| self.is_never(Scene::Line, when, side)) {
                found.push(((*to, *onward), when));
            }
        }
        without_repeats(found, |one, other| {
            let ((to, onward), (other_to, other_onward)) = (one.0, other.0);
            (to == other_to || is_of_kind(meaning, to, other_to))
                && (other_onward || !onward)
                && match (one.1, other.1) {
                    (_, None) => true,
                    (Some(one), Some(other)) => one == other || self.implies(Scene::Line, one, other, side),
                    (None, Some(_)) => false,
                }
        })
    }

    /// Is each of the first one of the second, and the other way round, with conditions that are so alike?
    fn alike<K: PartialEq>(&mut self, scene: Scene, one: &[(K, When<'b>)], two: &[(K, When<'b>)]) -> bool {
        let mut has = |all: &[(K, When<'b>)], of: &(K, When<'b>), turned: bool| {
            all.iter().any(|other| {
                let (first, second) = if turned { (other.1, of.1) } else { (of.1, other.1) };
                of.0 == other.0 && self.same_when(scene, first, second)
            })
        };
        one.iter().all(|of| has(two, of, false)) && two.iter().all(|of| has(one, of, true))
    }

    /// Is the first condition, of the first bundle, whatever the second is, of the second?
    fn same_when(&mut self, scene: Scene, one: When<'_>, two: When<'_>) -> bool {
        if one == two && !self.when_reads(one) {
            return true;
        }
        self.is_proved(scene, |translator, place| {
            let one = truth(translator, place, one, 0);
            let two = truth(translator, place, two, 1);
            let circuit = &mut translator.atoms.circuit;
            let (so, not) = (circuit.alike(one.so, two.so), circuit.alike(one.not, two.not));
            circuit.and(so, not)
        })
    }

    /// Is it so, or may be so, whenever the first is, of one bundle?
    fn implies(&mut self, scene: Scene, one: &Expression, other: &Expression, side: usize) -> bool {
        self.is_proved(scene, |translator, place| {
            let one = truth(translator, place, Some(one), side);
            let other = truth(translator, place, Some(other), side);
            let circuit = &mut translator.atoms.circuit;
            let (so, may) = (circuit.implies(one.so, other.so), circuit.implies(!one.not, !other.not));
            circuit.and(so, may)
        })
    }

    /// Is it certainly not so, whoever is asked about?
    fn is_never(&mut self, scene: Scene, when: &Expression, side: usize) -> bool {
        self.is_proved(scene, |translator, place| truth(translator, place, Some(when), side).not)
    }

    fn is_proved(&mut self, scene: Scene, of: impl FnOnce(&mut Translator<'b>, &Place<'b>) -> Wire) -> bool {
        let mut translator = translator(self.both, self.changed);
        let place = Place::of_holding(scene);
        let wire = of(&mut translator, &place);
        let somebody = !translator.atoms.nobody;
        let wires = translator.with_axioms(vec![!wire, somebody], None);
        !translator.spent && matches!(solve(&translator.atoms.circuit, &wires, self.effort), Answer::Never)
    }
}

/// Both bundles, for the conditions of grants and lines.
pub(super) fn translator<'b>(both: &Both<'b>, changed: &Changed) -> Translator<'b> {
    let sides =
        vec![Side { meaning: both.one, rules: both.rules[0] }, Side { meaning: both.two, rules: both.rules[1] }];
    let mut translator = Translator::new(Atoms::new(both.one, Vec::new()), sides);
    translator.differs = Differs { resource: true, roles: !changed.roles.is_empty(), permitted: true };
    translator
}

/// A condition of one of two bundles; none is always so.
pub(super) fn truth<'b>(translator: &mut Translator<'b>, place: &Place<'b>, when: When<'_>, side: usize) -> Three {
    translator.side = side;
    let truth = when.map_or(Three::SO, |when| translator.truth(place, when, DEPTH));
    translator.side = 0;
    truth
}

/// Without what another says already; of two that say the same the later stays.
fn without_repeats<T>(mut all: Vec<T>, mut says: impl FnMut(&T, &T) -> bool) -> Vec<T> {
    let mut at = 0;
    while at < all.len() {
        let repeats = all
            .get(at)
            .is_some_and(|one| all.iter().enumerate().any(|(beside, other)| beside != at && says(one, other)));
        if repeats {
            all.remove(at);
        } else {
            at += 1;
        }
    }
    all
}

/// Is whoever has the role of that kind?
fn is_of_kind(meaning: &Meaning, role: Receiver, kind: Receiver) -> bool {
    match (role, kind) {
        (Receiver::Role(role), Receiver::Kind(kind)) => meaning
            .role(role)
            .is_some_and(|named| named.versions.iter().flat_map(|version| version.by.iter()).all(|by| by == kind)),
        _ => false,
    }
}

//! Conditions of a bundle as truths of a circuit (docs/meaning.md, E1–E14). Follows what it can; all else is a truth of its own
//! that may be anything, the same where the same is written.

use super::atoms::{Atoms, Opaque, Salt, TermId};
use super::place::{Place, Scene};
use super::rules::Verdict;
use super::three::Three;
use super::values::Somebody;
use crate::ir::{Controlling, Expression, IsWhat, Meaning, PackageId, ResourceId, Role, RoleId, RuleId};
use crate::logic::Wire;
use crate::origins::Part;
use crate::terms::{limit::CONDITION_DEPTH, open::Open, period::Period, root::Root};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How deep conditions are followed, with all that they name.
pub(super) const DEPTH: u32 = 2 * CONDITION_DEPTH as u32 + 2;
/// How many parts of conditions are read for one question.
const PARTS: u32 = 400_000;

/// A bundle, and its rules by resource and action.
#[derive(Debug)]
pub(super) struct Side<'b> {
    pub(super) meaning: &'b Meaning,
    pub(super) rules: &'b Rules<'b>,
}

/// The rules of a bundle by resource and action (`None`: any).
#[derive(Debug, Default)]
pub(super) struct Rules<'b> {
    by_action: FxHashMap<(ResourceId, Option<&'b str>), Vec<RuleId>>,
}

impl<'b> Rules<'b> {
    /// Linear in the size of the bundle.
    pub(super) fn new(meaning: &'b Meaning) -> Self {
        let mut rules = Rules::default();
        for (at, rule) in meaning.rules.iter().enumerate() {
            for resource in rule.scopes.iter().flat_map(|scope| &scope.on) {
                let known: &mut Vec<RuleId> = rules.by_action.entry((*resource, rule.action.as_deref())).or_default();
                if known.last() != Some(&at.into()) {
                    known.push(at.into());
                }
            }
        }
        rules
    }

    /// The rules of an action of a resource, also those of any action; in order of key.
    pub(super) fn over(&self, resource: ResourceId, action: &str) -> Vec<RuleId> {
        let of = |action| self.by_action.get(&(resource, action)).map_or(&[] as &[RuleId], Vec::as_slice);
        let mut rules = [of(Some(action)), of(None)].concat();
        rules.sort_unstable();
        rules
    }
}

/// Of which bundle, resource, version, action and element, and whether there may be a record.
type VerdictKey = (usize, ResourceId, usize, Box<str>, Option<Box<str>>, bool);

/// Makes truths of conditions.
#[derive(Debug)]
pub(super) struct Translator<'b> {
    pub(super) atoms: Atoms<'b>,
    pub(super) sides: Vec<Side<'b>>,
    /// The bundle that is read now.
    pub(super) side: usize,
    /// Is what is undecided taken as if somebody had decided it?
    pub(super) decides_open: bool,
    /// What `permitted` asks, answered once.
    pub(super) permitted: BTreeMap<(usize, ResourceId, Box<str>), Three>,
    /// What is decided of parts, answered once.
    pub(super) verdicts: BTreeMap<VerdictKey, Verdict>,
    /// What two bundles may say differently.
    pub(super) differs: Differs,
    parts: u32,
    /// More was to be read than is read: the answer is not certain.
    pub(super) spent: bool,
}

impl<'b> Translator<'b> {
    pub(super) fn new(atoms: Atoms<'b>, sides: Vec<Side<'b>>) -> Self {
        let (permitted, verdicts) = (BTreeMap::new(), BTreeMap::new());
        let differs = Differs::default();
        Translator {
            atoms,
            sides,
            side: 0,
            decides_open: false,
            permitted,
            verdicts,
            differs,
            parts: PARTS,
            spent: false,
        }
    }

    pub(super) fn meaning(&self) -> &'b Meaning {
        self.sides.get(self.side).or(self.sides.first()).map_or(self.atoms.meaning, |side| side.meaning)
    }

    /// Another question may read as much again.
    pub(super) fn rest(&mut self) {
        self.parts = PARTS;
    }

    /// One level further in; `None`: too deep, or too much.
    pub(super) fn deeper(&mut self, depth: u32) -> Option<u32> {
        let next = depth.checked_sub(1).zip(self.parts.checked_sub(1));
        match next {
            Some((depth, parts)) => {
                self.parts = parts;
                Some(depth)
            }
            None => {
                self.spent = true;
                None
            }
        }
    }

    /// A condition.
    pub(super) fn truth(&mut self, place: &Place<'b>, says: &Expression, depth: u32) -> Three {
        let Some(depth) = self.deeper(depth) else { return self.atoms.anything() };
        match says {
            Expression::And(parts) => {
                let parts: Vec<Three> = parts.iter().map(|part| self.truth(place, part, depth)).collect();
                Three::all(&mut self.atoms.circuit, parts)
            }
            Expression::Or(parts) => {
                let parts: Vec<Three> = parts.iter().map(|part| self.truth(place, part, depth)).collect();
                Three::any(&mut self.atoms.circuit, parts)
            }
            Expression::Not(part) => self.truth(place, part, depth).turned(),
            Expression::Compare(operator, sides) => {
                let (one, other) = (self.see(place, &sides.0, depth), self.see(place, &sides.1, depth));
                self.compare(*operator, &one, &other).unwrap_or_else(|| self.opaque(place, says))
            }
            Expression::Is { who, what, party } => {
                let who = self.see(place, who, depth);
                let party = party.as_ref().map(|party| self.see(place, party, depth));
                let who = self.somebody(&who);
                let party = party.map(|party| self.somebody(&party));
                match (who, party) {
                    (Some(who), None) => self.is(place, who, *what, None),
                    (Some(who), Some(Some(party))) => self.is(place, who, *what, Some(party)),
                    _ => self.opaque(place, says),
                }
            }
            Expression::Holds { who, package, party } => {
                if place.scene != Scene::Rule {
                    return Three::UNKNOWN;
                }
                let (who, party) = (self.see(place, who, depth), self.see(place, party, depth));
                match (self.somebody(&who), self.somebody(&party)) {
                    (Some(who), Some(party)) => self.holds(who, *package, party),
                    _ => self.opaque(place, says),
                }
            }
            Expression::Each { .. } => self.opaque(place, says),
            Expression::Permitted { resource, action } => match place.scene {
                Scene::Rule => self.permitted(*resource, action, depth),
                _ => Three::UNKNOWN,
            },
            Expression::Condition(id) => {
                let meaning = self.meaning();
                let Some(named) = meaning.condition(*id) else { return Three::UNKNOWN };
                let place = Place { part: Some(Part::Condition(*id)), ..*place };
                self.truth(&place, &named.body.says, depth)
            }
            Expression::Undecided if self.decides_open => self.decided(place),
            Expression::Undecided => Three::UNKNOWN,
            Expression::Shift { .. }
            | Expression::Root(_)
            | Expression::Variable(_)
            | Expression::Attribute(..)
            | Expression::Value(_)
            | Expression::List(_) => {
                let seen = self.see(place, says, depth);
                self.truth_of(&seen).unwrap_or_else(|| self.opaque(place, says))
            }
        }
    }

    /// What is undecided, as somebody may decide it.
    fn decided(&mut self, place: &Place<'b>) -> Three {
        let truth = Three::known(self.atoms.circuit.free());
        self.atoms.decided.push(Opaque { says: Expression::Undecided, part: place.part, truth });
        truth
    }

    /// What is not followed.
    fn opaque(&mut self, place: &Place<'b>, says: &Expression) -> Three {
        let mut reads = Reads::default();
        let whole = self.expanded(says, &mut reads, DEPTH);
        let salt: Salt = (
            if reads.differently(self.differs) { u8::try_from(self.side).unwrap_or(u8::MAX) } else { 0 },
            place.element.filter(|_| reads.element).map(Box::from),
            place.resource.filter(|_| reads.resource).map(|id| id.0),
            place.record && reads.record,
        );
        let key = (whole, salt);
        if let Some(known) = self.atoms.opaque.get(&key) {
            return known.truth;
        }
        let truth = self.atoms.anything();
        self.atoms.opaque.insert(key, Opaque { says: says.clone(), part: place.part, truth });
        truth
    }

    /// The same with what named conditions say in the place of their names, and what it reads.
    fn expanded(&mut self, says: &Expression, reads: &mut Reads, depth: u32) -> Expression {
        let Some(depth) = self.deeper(depth) else {
            // Whatever follows is taken as one with nothing.
            reads.too_deep = true;
            return Expression::Undecided;
        };
        let mut inner = |part: &Expression| self.expanded(part, reads, depth);
        match says {
            Expression::Or(parts) => Expression::Or(parts.iter().map(inner).collect()),
            Expression::And(parts) => Expression::And(parts.iter().map(inner).collect()),
            Expression::List(parts) => Expression::List(parts.iter().map(inner).collect()),
            Expression::Not(part) => Expression::Not(Box::new(inner(part))),
            Expression::Compare(operator, sides) => {
                Expression::Compare(*operator, Box::new((inner(&sides.0), inner(&sides.1))))
            }
            Expression::Is { who, what, party } => {
                let who = Box::new(inner(who));
                let party = party.as_ref().map(|party| Box::new(inner(party)));
                reads.resource |= matches!(what, IsWhat::Controller | IsWhat::Processor);
                reads.roles |= matches!(what, IsWhat::Role(_) | IsWhat::Controller | IsWhat::Processor);
                Expression::Is { who, what: *what, party }
            }
            Expression::Holds { who, package, party } => {
                Expression::Holds { who: Box::new(inner(who)), package: *package, party: Box::new(inner(party)) }
            }
            Expression::Each { all, variable, set, body } => Expression::Each {
                all: *all,
                variable: variable.clone(),
                set: Box::new(inner(set)),
                body: Box::new(inner(body)),
            },
            Expression::Shift { from, back, by } => {
                Expression::Shift { from: Box::new(inner(from)), back: *back, by: Box::new(inner(by)) }
            }
            Expression::Attribute(of, name) => {
                let of = Box::new(inner(of));
                reads.resource |= matches!(&**name, "kept" | "overdue");
                Expression::Attribute(of, name.clone())
            }
            Expression::Permitted { .. } => {
                reads.permitted = true;
                says.clone()
            }
            Expression::Root(root) => {
                reads.element |= *root == Root::Element;
                reads.record |= *root == Root::Record;
                reads.resource |= *root == Root::Resource;
                says.clone()
            }
            Expression::Condition(id) => match self.meaning().condition(*id) {
                // What a name says has no variable from outside, so none is caught.
                Some(named) => self.expanded(&named.body.says, reads, depth),
                None => says.clone(),
            },
            Expression::Variable(_) | Expression::Value(_) | Expression::Undecided => says.clone(),
        }
    }

    /// Is the day of the request in this period?
    pub(super) fn in_force(&mut self, period: Period) -> Wire {
        let today = self.atoms.root(Root::Today);
        let Some(number) = self.atoms.term(today).map(|term| term.number) else { return Wire::FALSE };
        let day = |day: jiff::civil::Date| i128::from(super::atoms::day_number(day));
        let circuit = &mut self.atoms.circuit;
        let zero = crate::logic::Number::ZERO;
        let from = period.from.map_or(Wire::TRUE, |from| circuit.at_most(zero, number, -day(from)));
        let before = period.before.map_or(Wire::TRUE, |before| circuit.at_most(number, zero, day(before) - 1));
        circuit.and(from, before)
    }

    /// E11.
    fn is(&mut self, place: &Place<'b>, who: Somebody, what: IsWhat, party: Option<Somebody>) -> Three {
        let who = match (who, party) {
            (Somebody::Missing, _) | (_, Some(Somebody::Missing)) => return Three::UNKNOWN,
            (who, Some(Somebody::Nobody)) => return self.where_there(who, None, Three::NOT),
            (Somebody::Nobody, None) => return Three::NOT,
            (Somebody::Nobody, Some(Somebody::Is(party))) => {
                return self.where_there(Somebody::Is(party), None, Three::NOT);
            }
            (Somebody::Is(who), _) => who,
        };
        let party = match party {
            Some(Somebody::Is(party)) => Some(party),
            _ => None,
        };
        let truth = match what {
            IsWhat::Role(role) => self.has_role(role, who, party),
            IsWhat::Kind(kind) => Three::known(self.atoms.is_kind(who, kind)),
            IsWhat::Organisation(id) => {
                let organisation = self.atoms.organisation(id);
                Three::known(self.atoms.are_one(who, organisation))
            }
            IsWhat::Controller => self.controls(place, who, false),
            IsWhat::Processor => self.controls(place, who, true),
        };
        self.where_there(Somebody::Is(who), party, truth)
    }

    /// Unknown where one of them is missing, else not so where one is `none`, else this.
    pub(super) fn where_there(&mut self, who: Somebody, party: Option<TermId>, truth: Three) -> Three {
        let mut missing = Vec::new();
        let mut none = Vec::new();
        if who == Somebody::Nobody {
            none.push(Wire::TRUE);
        }
        for id in [if let Somebody::Is(who) = who { Some(who) } else { None }, party].into_iter().flatten() {
            let Some(term) = self.atoms.term(id) else { return Three::UNKNOWN };
            missing.push(term.missing);
            none.push(term.none);
        }
        let circuit = &mut self.atoms.circuit;
        let (missing, none) = (circuit.any(missing), circuit.any(none));
        let not = circuit.or(none, truth.not);
        Three { so: circuit.all([!missing, !none, truth.so]), not: circuit.and(!missing, not) }
    }

    /// Has somebody a role for a party (or, without one, a status)? Both are there.
    pub(super) fn has_role(&mut self, role: RoleId, who: TermId, party: Option<TermId>) -> Three {
        self.has_role_that(role, who, party, |_| true)
    }

    /// The same, in those versions of the role for which this holds.
    fn has_role_that(
        &mut self,
        role: RoleId,
        who: TermId,
        party: Option<TermId>,
        wanted: impl Fn(&Role) -> bool,
    ) -> Three {
        let meaning = self.meaning();
        let versions = meaning.role(role).map_or(&[][..], |named| &named.versions);
        let mut parts = Vec::new();
        for version in versions.iter().filter(|version| version.of.is_some() == party.is_some() && wanted(version)) {
            let time = self.in_force(version.period);
            let fact = self.atoms.role(role, who, party);
            let mut truth = Three::known(fact);
            if let Some(source) = version.source {
                let out = self.atoms.is_out_of_reach(source);
                let by = self.atoms.is_among(who, version.by);
                let of = match (party, version.of) {
                    (Some(party), Some(kinds)) => self.atoms.is_among(party, kinds),
                    _ => Wire::TRUE,
                };
                let circuit = &mut self.atoms.circuit;
                let fits = circuit.and(by, of);
                let unseen = circuit.and(out, !fits);
                let seen = circuit.and(!out, !fact);
                truth = Three { so: circuit.and(!out, fact), not: circuit.or(unseen, seen) };
            }
            parts.push(truth.only(&mut self.atoms.circuit, time));
        }
        Three::any(&mut self.atoms.circuit, parts)
    }

    /// Has the subject a `key` role for the party?
    pub(super) fn has_key_role(&mut self, who: TermId, party: TermId) -> Three {
        let count = self.meaning().roles.len();
        let mut parts = Vec::new();
        for role in (0..count).map(RoleId::from) {
            let has_key = |role: &Role| role.key.is_yes() && role.of.is_some();
            if self.meaning().role(role).is_some_and(|named| named.versions.iter().any(has_key)) {
                parts.push(self.has_role_that(role, who, Some(party), |version| version.key.is_yes()));
            }
        }
        Three::any(&mut self.atoms.circuit, parts)
    }

    /// Does somebody control, or process, the resource?
    pub(super) fn controls(&mut self, place: &Place<'b>, who: TermId, processes: bool) -> Three {
        let Some(version) = place.version else { return Three::UNKNOWN };
        let Open::Known(all) = (if processes { &version.processors } else { &version.controllers }) else {
            return if self.decides_open { self.decided(place) } else { Three::UNKNOWN };
        };
        let mut parts = Vec::new();
        for one in all {
            parts.push(match one {
                Controlling::Organisation(id) => {
                    let organisation = self.atoms.organisation(*id);
                    Three::known(self.atoms.are_one(who, organisation))
                }
                Controlling::Status(role) => self.has_role(*role, who, None),
            });
        }
        Three::any(&mut self.atoms.circuit, parts)
    }

    /// E12.
    pub(super) fn holds(&mut self, who: Somebody, package: PackageId, party: Somebody) -> Three {
        match (who, party) {
            (Somebody::Missing, _) | (_, Somebody::Missing) => Three::UNKNOWN,
            (Somebody::Nobody, Somebody::Nobody) => Three::NOT,
            (Somebody::Nobody, one @ Somebody::Is(_)) | (one @ Somebody::Is(_), Somebody::Nobody) => {
                self.where_there(one, None, Three::NOT)
            }
            (Somebody::Is(who), Somebody::Is(party)) => {
                let key = (package, who, party);
                let truth = match self.atoms.holds.get(&key) {
                    Some(truth) => *truth,
                    None => {
                        let truth = self.atoms.anything();
                        self.atoms.holds.insert(key, truth);
                        truth
                    }
                };
                self.where_there(Somebody::Is(who), Some(party), truth)
            }
        }
    }
}

/// What an expression reads besides facts.
#[derive(Default)]
struct Reads {
    element: bool,
    record: bool,
    resource: bool,
    roles: bool,
    permitted: bool,
    /// Not all of it was read.
    too_deep: bool,
}

/// What two bundles may say differently.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Differs {
    pub(super) resource: bool,
    pub(super) roles: bool,
    pub(super) permitted: bool,
}

impl Reads {
    /// May it be another thing in another bundle?
    fn differently(&self, differs: Differs) -> bool {
        self.too_deep
            || self.resource && differs.resource
            || self.roles && differs.roles
            || self.permitted && differs.permitted
    }
}

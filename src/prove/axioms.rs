//! What is true of the things that conditions speak of, whatever the facts: one person has one birthday; a day and the day
//! sixteen years later; a moment and its date; who can have a role. Leaving one out proves less, never wrongly.

use super::atoms::{Atoms, LAST_DAY, Member, Said, TermId, bare, day_number, is_somebody};
use super::gives::Gives;
use super::three::Three;
use super::translate::Translator;
use crate::ir::{Constant, Meaning, RoleId, Type};
use crate::logic::{Cone, Number, Wire};
use crate::terms::{
    duration::{Duration, Unit},
    kind::{Kind, Kinds},
    period::date_in_oslo,
    root::Root,
};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// How many quantities are compared with each other at most.
const PAIRS: usize = 48;

impl<'b> Translator<'b> {
    /// The same truths, with all that is true of what they speak of.
    pub(super) fn with_axioms(&mut self, wanted: Vec<Wire>, gives: Option<&Gives<'b>>) -> Vec<Wire> {
        let mut all = wanted;
        let mut told: BTreeSet<Wire> = BTreeSet::new();
        // What is true of them may speak of more.
        for _ in 0..8 {
            let before = all.len();
            for axiom in self.axioms(&all, gives) {
                if axiom != Wire::TRUE && told.insert(axiom) {
                    all.push(axiom);
                }
            }
            if all.len() == before {
                break;
            }
        }
        all
    }

    fn axioms(&mut self, all: &[Wire], gives: Option<&Gives<'b>>) -> Vec<Wire> {
        let cone = self.atoms.circuit.reading(all);
        let used: Vec<TermId> = self.atoms.ids().filter(|id| self.is_used(*id, &cone)).collect();
        let mut axioms = Vec::new();
        self.of_attributes(&used, &mut axioms);
        self.of_roles(&cone, &mut axioms);
        self.of_holding(&cone, gives, &mut axioms);
        self.of_pairs(&used, &cone, &mut axioms);
        self.of_shifts(&used, &mut axioms);
        self.of_moments(&cone, &mut axioms);
        axioms
    }

    fn is_used(&self, id: TermId, cone: &Cone) -> bool {
        let Some(term) = self.atoms.term(id) else { return false };
        let constant = |wire: Wire| wire.upright() == Wire::TRUE;
        cone.has_number(term.number)
            || self.atoms.kinds.get(&id).is_some_and(|kind| cone.has_number(*kind))
            || !constant(term.none) && cone.has(term.none)
            || !constant(term.missing) && cone.has(term.missing)
    }

    /// Only who can have an attribute has it.
    fn of_attributes(&mut self, used: &[TermId], axioms: &mut Vec<Wire>) {
        for id in used {
            let Some(term) = self.atoms.term(*id).cloned() else { continue };
            if let (Said::Attribute(of, _), Some(kinds)) = (&term.said, term.had_by) {
                let fits = self.atoms.is_among(*of, kinds);
                axioms.push(self.atoms.circuit.or(term.missing, fits));
            }
        }
    }

    /// A role is had by those, for those, that some version of it is for; one fact for one pair.
    fn of_roles(&mut self, cone: &Cone, axioms: &mut Vec<Wire>) {
        let roles: Vec<_> = self.atoms.roles.iter().map(|(key, fact)| (*key, *fact)).collect();
        let roles: Vec<_> = roles.into_iter().filter(|(_, fact)| cone.has(*fact)).collect();
        for ((role, who, party), fact) in &roles {
            let (by, of) = kinds_of(self.meaning(), *role, party.is_some());
            let fits = self.atoms.is_among(*who, by);
            axioms.push(self.atoms.circuit.implies(*fact, fits));
            if let Some(party) = party {
                let fits = self.atoms.is_among(*party, of);
                axioms.push(self.atoms.circuit.implies(*fact, fits));
            }
        }
        for (at, ((role, who, party), fact)) in roles.iter().enumerate() {
            for ((other, who_else, party_else), fact_else) in roles.iter().skip(at + 1).take(PAIRS) {
                if role != other || party.is_some() != party_else.is_some() {
                    continue;
                }
                let mut same = vec![self.are_one_or_the_same(*who, *who_else)];
                if let (Some(party), Some(party_else)) = (party, party_else) {
                    same.push(self.are_one_or_the_same(*party, *party_else));
                }
                self.alike_where(&same, *fact, *fact_else, axioms);
            }
        }
    }

    fn are_one_or_the_same(&mut self, one: TermId, other: TermId) -> Wire {
        if one == other { Wire::TRUE } else { self.atoms.are_one(one, other) }
    }

    fn alike_where(&mut self, same: &[Wire], one: Wire, other: Wire, axioms: &mut Vec<Wire>) {
        let circuit = &mut self.atoms.circuit;
        let same = circuit.all(same.iter().copied());
        let alike = circuit.alike(one, other);
        axioms.push(circuit.implies(same, alike));
    }

    /// What is held is held for whom it is for, while it is in force, and by what gives it.
    fn of_holding(&mut self, cone: &Cone, gives: Option<&Gives<'b>>, axioms: &mut Vec<Wire>) {
        let held: Vec<_> = self.atoms.holds.iter().map(|(key, truth)| (*key, *truth)).collect();
        let held: Vec<_> = held.into_iter().filter(|(_, truth)| reads(cone, *truth)).collect();
        for ((package, who, party), truth) in &held {
            let meaning = self.meaning();
            let mut fits = Vec::new();
            for version in meaning.package(*package).map_or(&[][..], |named| &named.versions) {
                let Some(kinds) = version.kinds.known() else { continue };
                let time = self.in_force(version.period);
                let kind = self.atoms.is_among(*party, *kinds);
                fits.push(self.atoms.circuit.and(time, kind));
            }
            let fits = self.atoms.circuit.any(fits);
            // What is not for the party is certainly not held.
            axioms.push(self.atoms.circuit.or(fits, truth.not));
            if gives.is_some_and(|gives| !gives.may_be_held(*package)) {
                axioms.push(truth.not);
            }
            for version in meaning.package(*package).map_or(&[][..], |named| &named.versions) {
                self.of_grants(version, *who, *party, truth.so, axioms);
            }
        }
        for (at, ((package, who, party), truth)) in held.iter().enumerate() {
            for ((other, who_else, party_else), truth_else) in held.iter().skip(at + 1).take(PAIRS) {
                if package == other {
                    let same =
                        [self.are_one_or_the_same(*who, *who_else), self.are_one_or_the_same(*party, *party_else)];
                    self.alike_where(&same, truth.so, truth_else.so, axioms);
                    self.alike_where(&same, truth.not, truth_else.not, axioms);
                }
            }
        }
    }

    /// Who has the role holds the package: as far as roles were spoken of.
    fn of_grants(
        &mut self,
        version: &'b crate::ir::Package,
        who: TermId,
        party: TermId,
        held: Wire,
        axioms: &mut Vec<Wire>,
    ) {
        use crate::ir::Grantee;
        let Some(kinds) = version.kinds.known().copied() else { return };
        for grant in version.grants.iter().filter(|grant| grant.gives_use && !grant.undecided && grant.when.is_none()) {
            let reached = match grant.to {
                Some(Grantee::Itself) => self.atoms.are_one(who, party),
                Some(Grantee::Role(role)) => {
                    let for_party = self.atoms.roles.contains_key(&(role, who, Some(party)));
                    let status = self.atoms.roles.contains_key(&(role, who, None));
                    let mut ways = Vec::new();
                    if for_party {
                        ways.push(self.has_role(role, who, Some(party)).so);
                    }
                    if status {
                        let has = self.has_role(role, who, None).so;
                        let itself = self.are_one_or_the_same(who, party);
                        ways.push(self.atoms.circuit.and(has, itself));
                    }
                    self.atoms.circuit.any(ways)
                }
                Some(Grantee::Package(package)) => match self.atoms.holds.get(&(package, who, party)) {
                    Some(truth) => truth.so,
                    None => Wire::FALSE,
                },
                None => Wire::FALSE,
            };
            if reached == Wire::FALSE {
                continue;
            }
            let time = [self.in_force(version.period), self.in_force(grant.period)];
            let there = [self.atoms.is_there(who), self.atoms.is_there(party)];
            let kind = self.atoms.is_among(party, kinds);
            let circuit = &mut self.atoms.circuit;
            let given = circuit.all([reached, kind].into_iter().chain(time).chain(there));
            axioms.push(circuit.implies(given, held));
        }
    }

    /// Of two that are one, all is the same.
    fn of_pairs(&mut self, used: &[TermId], cone: &Cone, axioms: &mut Vec<Wire>) {
        let mut somebody: BTreeSet<TermId> = BTreeSet::new();
        for id in used {
            let Some(term) = self.atoms.term(*id) else { continue };
            if is_somebody(&term.of) {
                somebody.insert(*id);
            }
            if let Said::Attribute(of, _) = &term.said
                && self.atoms.term(*of).is_some_and(|base| is_somebody(&base.of))
            {
                somebody.insert(*of);
            }
        }
        let somebody: Vec<TermId> = somebody.into_iter().take(PAIRS).collect();
        for (at, one) in somebody.iter().enumerate() {
            for other in somebody.iter().skip(at + 1) {
                let same = self.atoms.are_one(*one, *other);
                if same == Wire::FALSE {
                    continue;
                }
                for kind in Kind::ALL {
                    let kinds = (self.atoms.is_kind(*one, kind), self.atoms.is_kind(*other, kind));
                    self.alike_where(&[same], kinds.0, kinds.1, axioms);
                }
                self.of_one_attributes(*one, *other, same, used, axioms);
            }
        }
        self.of_members(cone, axioms);
    }

    fn of_one_attributes(&mut self, one: TermId, other: TermId, same: Wire, used: &[TermId], axioms: &mut Vec<Wire>) {
        for id in used {
            let Some(term) = self.atoms.term(*id).cloned() else { continue };
            let Said::Attribute(of, name) = &term.said else { continue };
            let beside = if *of == one { other } else { continue };
            let Some(twin) = self.atoms.find(&Said::Attribute(beside, name.clone())) else { continue };
            let Some(twin) = self.atoms.term(twin).cloned() else { continue };
            self.alike_where(&[same], term.missing, twin.missing, axioms);
            self.alike_where(&[same], term.none, twin.none, axioms);
            let circuit = &mut self.atoms.circuit;
            let value = circuit.same(term.number, twin.number);
            axioms.push(circuit.implies(same, value));
        }
    }

    /// Of what is the same, both are in a set or neither.
    fn of_members(&mut self, cone: &Cone, axioms: &mut Vec<Wire>) {
        let members: Vec<_> = self.atoms.members.iter().map(|(key, truth)| (key.clone(), *truth)).collect();
        let members: Vec<_> = members.into_iter().filter(|(_, truth)| reads(cone, *truth)).collect();
        for (at, ((member, set), truth)) in members.iter().enumerate() {
            for ((member_else, set_else), truth_else) in members.iter().skip(at + 1).take(PAIRS) {
                let sets = if set == set_else { Wire::TRUE } else { self.are_sets_of_one(*set, *set_else) };
                if sets == Wire::FALSE {
                    continue;
                }
                let same = self.are_members_one(member, member_else);
                self.alike_where(&[sets, same], truth.so, truth_else.so, axioms);
                self.alike_where(&[sets, same], truth.not, truth_else.not, axioms);
            }
        }
    }

    /// Are they one attribute of what is one?
    fn are_sets_of_one(&mut self, one: TermId, other: TermId) -> Wire {
        let of = |atoms: &Atoms<'_>, id: TermId| match atoms.term(id).map(|term| term.said.clone()) {
            Some(Said::Attribute(of, name)) => Some((of, name)),
            _ => None,
        };
        let (Some((one, name)), Some((other, name_else))) = (of(&self.atoms, one), of(&self.atoms, other)) else {
            return Wire::FALSE;
        };
        if name != name_else {
            return Wire::FALSE;
        }
        let bases = [one, other].map(|id| self.atoms.term(id).is_some_and(|term| is_somebody(&term.of)));
        if bases == [true, true] { self.atoms.are_one(one, other) } else { self.are_sets_of_one(one, other) }
    }

    fn are_members_one(&mut self, one: &Member, other: &Member) -> Wire {
        match (one, other) {
            (Member::Term(one), Member::Term(other)) => self.are_one_or_the_same(*one, *other),
            (Member::Constant(one), Member::Constant(other)) => {
                if one == other {
                    Wire::TRUE
                } else {
                    Wire::FALSE
                }
            }
            (Member::Term(term), Member::Constant(constant)) | (Member::Constant(constant), Member::Term(term)) => {
                let Some(of) = self.atoms.term(*term).cloned() else { return Wire::FALSE };
                if *constant == Constant::None {
                    return self.atoms.circuit.and(!of.missing, of.none);
                }
                let Some(rank) = self.atoms.rank(constant) else { return Wire::FALSE };
                let is = self.atoms.circuit.is(of.number, rank);
                let there = self.atoms.is_there(*term);
                self.atoms.circuit.and(is, there)
            }
        }
    }

    /// Days and moments that were moved.
    fn of_shifts(&mut self, used: &[TermId], axioms: &mut Vec<Wire>) {
        let shifts: Vec<(TermId, Duration, bool, Number, Wire)> = used
            .iter()
            .filter_map(|id| {
                let term = self.atoms.term(*id)?;
                match &term.said {
                    Said::Shift(of, by, back) => Some((*of, *by, *back, term.number, !term.missing)),
                    _ => None,
                }
            })
            .collect();
        for (of, by, back, number, there) in &shifts {
            let Some(base) = self.atoms.term(*of).map(|term| term.number) else { continue };
            let there = self.atoms.circuit.and(*there, !self.atoms.term(*of).map_or(Wire::TRUE, |term| term.none));
            let moved = Moved::of(*by, *back);
            self.within(number, &base, moved.low, moved.high, there, axioms);
            // Outside the calendar it is missing, and only there.
            self.outside(*of, *by, *back, axioms);
        }
        for (at, (of, by, back, number, there)) in shifts.iter().enumerate() {
            for (of_else, by_else, back_else, number_else, there_else) in shifts.iter().skip(at + 1).take(PAIRS) {
                let bases = [*of, *of_else].map(|id| self.atoms.term(id).map(|term| (term.number, term.none)));
                let [Some((base, none)), Some((base_else, none_else))] = bases else { continue };
                let there = self.atoms.circuit.all([*there, *there_else, !none, !none_else]);
                if of == of_else {
                    if let Some((low, high)) = Moved::of(*by, *back).against(&Moved::of(*by_else, *back_else)) {
                        self.within(number, number_else, low, high, there, axioms);
                    }
                } else if (by, back) == (by_else, back_else) {
                    // The earlier of two stays the earlier.
                    for (one, other, moved, moved_else) in
                        [(base, base_else, *number, *number_else), (base_else, base, *number_else, *number)]
                    {
                        let circuit = &mut self.atoms.circuit;
                        let before = circuit.at_most(one, other, 0);
                        let still = circuit.at_most(moved, moved_else, 0);
                        let holds = circuit.implies(before, still);
                        axioms.push(circuit.implies(there, holds));
                    }
                }
            }
        }
    }

    /// `low <= one - other <= high`, where both are there.
    fn within(&mut self, one: &Number, other: &Number, low: i128, high: i128, there: Wire, axioms: &mut Vec<Wire>) {
        let circuit = &mut self.atoms.circuit;
        let most = circuit.at_most(*one, *other, high);
        let least = circuit.at_most(*other, *one, -low);
        let both = circuit.and(most, least);
        axioms.push(circuit.implies(there, both));
    }

    /// A day is moved out of the calendar only near its ends.
    fn outside(&mut self, of: TermId, by: Duration, back: bool, axioms: &mut Vec<Wire>) {
        let (Some(base), Some(shift)) = (self.atoms.term(of).cloned(), self.atoms.find(&Said::Shift(of, by, back)))
        else {
            return;
        };
        let Some(shift) = self.atoms.term(shift).cloned() else { return };
        if bare(&base.of) != Some(&Type::Date) {
            return;
        }
        let moved = Moved::of(by, back);
        let zero = Number::ZERO;
        let circuit = &mut self.atoms.circuit;
        let near = match back {
            false => circuit.at_most(zero, base.number, moved.high - i128::from(LAST_DAY)),
            true => circuit.at_most(base.number, zero, -moved.low),
        };
        let lost = circuit.all([shift.missing, !base.missing, !base.none]);
        axioms.push(circuit.implies(lost, near));
        // `none` moved is `none`.
        let none = circuit.and(!base.missing, base.none);
        axioms.push(circuit.implies(none, !shift.missing));
    }

    /// A moment has one date in Oslo.
    fn of_moments(&mut self, cone: &Cone, axioms: &mut Vec<Wire>) {
        let now = self.atoms.root(Root::Now);
        let today = self.atoms.root(Root::Today);
        let of = |atoms: &Atoms<'_>, id: TermId| atoms.term(id).map(|term| term.number);
        let (Some(now), Some(today)) = (of(&self.atoms, now), of(&self.atoms, today)) else { return };
        if !cone.has_number(now) || !cone.has_number(today) {
            return;
        }
        let zero = Number::ZERO;
        for moment in self.atoms.moments.clone() {
            let at = moment.as_nanosecond();
            let day = i128::from(day_number(date_in_oslo(moment)));
            let circuit = &mut self.atoms.circuit;
            let since = circuit.at_most(zero, now, -at);
            let from = circuit.at_most(zero, today, -day);
            axioms.push(circuit.implies(since, from));
            if let Ok(before) = moment.checked_sub(SignedDuration::from_nanos(1)) {
                let day = i128::from(day_number(date_in_oslo(before)));
                let until = circuit.at_most(today, zero, day);
                axioms.push(circuit.implies(!since, until));
            }
        }
    }
}

/// Is what may be anything read?
fn reads(cone: &Cone, truth: Three) -> bool {
    cone.has(truth.so) || cone.has(truth.not)
}

/// By how much a day or a moment is moved, at least and at most.
struct Moved {
    low: i128,
    high: i128,
    /// Months, where it is moved by months or years; how many, back below nought.
    months: Option<i128>,
}

impl Moved {
    fn of(by: Duration, back: bool) -> Moved {
        let amount = i128::from(by.amount);
        let (low, high, months) = match by.unit {
            Unit::Years => (days(amount * 12).0, days(amount * 12).1, Some(amount * 12)),
            Unit::Months => (days(amount).0, days(amount).1, Some(amount)),
            Unit::Days => (amount, amount, None),
            Unit::Hours => (amount * 3_600_000_000_000, amount * 3_600_000_000_000, None),
            Unit::Minutes => (amount * 60_000_000_000, amount * 60_000_000_000, None),
        };
        if back {
            Moved { low: -high, high: -low, months: months.map(|months| -months) }
        } else {
            Moved { low, high, months }
        }
    }

    /// How much further one is moved than another, from one day.
    fn against(&self, other: &Moved) -> Option<(i128, i128)> {
        match (self.months, other.months) {
            (Some(one), Some(other)) if one >= other => {
                let (low, high) = days(one - other);
                // A month that lacks the day ends it up to three days earlier.
                Some(if one == other { (0, 0) } else { (low - 3, high + 3) })
            }
            (Some(_), Some(_)) => other.against(self).map(|(low, high)| (-high, -low)),
            _ => Some((self.low - other.high, self.high - other.low)),
        }
    }
}

/// So many months are at least and at most so many days, whatever the day that they begin on.
fn days(months: i128) -> (i128, i128) {
    if months == 0 {
        return (0, 0);
    }
    // 4800 months are 146097 days; of fewer the days differ from their share by less than six.
    let share = months * 146_097;
    (share.div_euclid(4_800) - 6, share.div_euclid(4_800) + 7)
}

/// Who can have a role, and for whom, as far as any version of it says.
pub(super) fn kinds_of(meaning: &Meaning, role: RoleId, for_party: bool) -> (Kinds, Kinds) {
    let versions = meaning.role(role).map_or(&[][..], |named| &named.versions);
    let (mut by, mut of) = (Kinds::NONE, Kinds::NONE);
    for version in versions.iter().filter(|version| version.of.is_some() == for_party) {
        by = version.by.iter().fold(by, Kinds::with);
        of = version.of.into_iter().flat_map(|kinds| kinds.iter().collect::<Vec<_>>()).fold(of, Kinds::with);
    }
    (by, of)
}

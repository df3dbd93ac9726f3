//! A model of truths and numbers made into facts and a request. What cannot be made so is made otherwise: whoever uses it asks
//! `decide`.

use super::atoms::{Member, Said, Term, TermId, bare, day_number, day_of, is_somebody};
use super::gives::Gives;
use super::rules::Asked;
use super::translate::Translator;
use super::world::{Handle, Placed, World};
use crate::decide::{Action, On, Request};
use crate::facts::{Facts, Known, Value};
use crate::ir::{Constant, EntityName, Type};
use crate::logic::{Model, Number, Values};
use crate::terms::{
    duration::{Duration, Unit},
    kind::Kind,
    period::{date_in_oslo, oslo},
    root::{BuiltIn, Consent, Root},
};
use jiff::civil::{Date, date};
use jiff::{Timestamp, tz::TimeZone};
use std::collections::BTreeMap;

/// How many times a moved day is tried to be the day that it must be.
const TRIES: u32 = 8;

/// A model being made into a world.
struct Making<'m, 'b> {
    translator: &'m Translator<'b>,
    model: &'m Model,
    values: Values,
    world: World<'b>,
    who: BTreeMap<TermId, Handle>,
}

/// A world that is like a model, and what a request in it may say.
pub(super) struct Made<'b> {
    pub(super) world: World<'b>,
    /// Who is at a root: the subject, the holder.
    pub(super) roots: BTreeMap<Root, Handle>,
    /// Nobody asks.
    pub(super) nobody: bool,
    pub(super) today: Date,
    pub(super) now: Timestamp,
    pub(super) context: Known,
    pub(super) record: Option<Known>,
    pub(super) delegation: Known,
}

impl<'b> Translator<'b> {
    /// Facts and a request that are like the model.
    pub(super) fn made(
        &self,
        model: &Model,
        gives: &Gives<'b>,
        asked: Asked<'_>,
        action: &str,
    ) -> Option<(Facts, Request)> {
        let mut made = self.world(model, gives)?;
        let (subject, party) = (made.roots.get(&Root::Subject).copied(), made.roots.get(&Root::Party).copied());
        let asking = if made.nobody {
            None
        } else {
            let subject_or_party = subject.or(party).unwrap_or_else(|| made.world.somebody(Kind::Person));
            Some((subject.unwrap_or(subject_or_party), party.unwrap_or(subject_or_party)))
        };
        let (facts, placed) = made.world.facts();
        let of = |who: Option<Handle>| who.map(|who| placed.of(who));
        let request = Request {
            now: made.now,
            today: made.today,
            subject: of(asking.map(|(subject, _)| subject)),
            party: of(asking.map(|(_, party)| party)),
            action: Action::Named(action.into()),
            on: On::Resource(asked.resource),
            to: None,
            context: placed.known(&made.context),
            record: made.record.filter(|_| asked.version.register).map(|known| nameless(&placed, &known)),
            elements: asked.element.into_iter().map(Box::from).collect(),
        };
        Some((facts, request))
    }

    /// A world that is like the model.
    pub(super) fn world(&self, model: &Model, gives: &Gives<'b>) -> Option<Made<'b>> {
        let values = self.values(model);
        let mut making =
            Making { translator: self, model, values, world: World::new(self.meaning()), who: BTreeMap::new() };
        let (today, now) = making.moment()?;
        making.people();
        making.attributes();
        for ((role, who, party), fact) in &self.atoms.roles {
            if model.is(*fact) == Some(true)
                && let Some(who) = making.handle(*who)
            {
                match party {
                    None => making.world.role(who, *role, None),
                    Some(party) => {
                        if let Some(party) = making.handle(*party) {
                            making.world.role(who, *role, Some(party));
                        }
                    }
                }
            }
        }
        for (source, out) in &self.atoms.out_of_reach {
            if model.is(*out) == Some(true) {
                making.world.lose(*source);
            }
        }
        for ((package, who, party), truth) in &self.atoms.holds {
            if model.is(truth.so) == Some(true)
                && let (Some(who), Some(party)) = (making.handle(*who), making.handle(*party))
            {
                gives.give(&mut making.world, *package, who, party, today);
            }
        }
        let root = |root| self.atoms.find(&Said::Root(root));
        let roots = Root::ALL.iter().filter_map(|one| Some((*one, making.handle(root(*one)?)?))).collect();
        let context = root(Root::Context).map(|id| making.known(id)).unwrap_or_default();
        let delegation = root(Root::Delegation).map(|id| making.known(id)).unwrap_or_default();
        let record = root(Root::Record).filter(|id| {
            let missing = self.atoms.term(*id).and_then(|term| model.is(term.missing));
            missing == Some(false)
        });
        let record = record.map(|id| making.known(id));
        let nobody = model.is(self.atoms.nobody) == Some(true);
        Some(Made { world: making.world, roots, nobody, today, now, context, record, delegation })
    }

    /// Numbers of the model, with days that are moved by as much as they are moved by.
    fn values(&self, model: &Model) -> Values {
        let atoms = &self.atoms;
        let mut bases: Vec<TermId> = Vec::new();
        let mut shifts: Vec<(Number, Number, Duration, bool, bool)> = Vec::new();
        for id in atoms.ids() {
            let Some(Term { said: Said::Shift(of, by, back), number, of: kind, .. }) = atoms.term(id) else { continue };
            let Some(base) = atoms.term(*of) else { continue };
            bases.push(*of);
            shifts.push((*number, base.number, *by, *back, bare(kind) == Some(&Type::Date)));
        }
        let mut wanted: Vec<(Number, i128)> = Vec::new();
        let day = |day: Date| i128::from(day_number(day));
        for id in atoms.ids() {
            let Some(term) = atoms.term(id) else { continue };
            let like = match (&term.said, bare(&term.of)) {
                (Said::Root(Root::Today), _) => day(TODAY),
                (Said::Root(Root::Now), _) => noon(TODAY).as_nanosecond(),
                (_, Some(Type::Date)) if bases.contains(&id) => day(date(2010, 6, 1)),
                (_, Some(Type::Date)) => day(date(2025, 6, 1)),
                (_, Some(Type::DateTime)) => noon(date(2025, 6, 1)).as_nanosecond(),
                (_, Some(Type::Bool | Type::Enum(_) | Type::Consent)) => 0,
                (_, Some(Type::Integer)) => 1,
                _ => FRESH + i128::from(id.0),
            };
            match term.said {
                Said::Root(Root::Today) => wanted.insert(0, (term.number, like)),
                Said::Shift(..) => {}
                _ => wanted.push((term.number, like)),
            }
        }
        wanted.extend(atoms.kinds.values().map(|kind| (*kind, i128::from(Kind::Person as u8))));
        let mut apart: Vec<(Number, Number, i128)> = Vec::new();
        let mut values = model.values(&wanted, &apart);
        for _ in 0..TRIES {
            let exact: Vec<(Number, Number, i128)> = shifts
                .iter()
                .filter_map(|(number, base, by, back, days)| {
                    values.of(*number)?;
                    let from = values.of(*base)?;
                    let to = match days {
                        true => by.moved(day_of(from)?, *back).map(day)?,
                        false => by.moved_moment(Timestamp::from_nanosecond(from).ok()?, *back)?.as_nanosecond(),
                    };
                    Some((*number, *base, to.saturating_sub(from)))
                })
                .collect();
            if exact == apart {
                break;
            }
            apart = exact;
            values = model.values(&wanted, &apart);
        }
        values
    }
}

/// Numbers from here on stand for what nobody named.
const FRESH: i128 = 1_000_000;
/// The day of a request, where any will do: a Monday.
pub(super) const TODAY: Date = date(2026, 3, 2);

/// Noon of a day in Oslo.
pub(super) fn noon(day: Date) -> Timestamp {
    at_noon(day, oslo()).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn at_noon(day: Date, zone: TimeZone) -> Option<Timestamp> {
    day.at(12, 0, 0, 0).to_zoned(zone).ok().map(|zoned| zoned.timestamp())
}

fn nameless(placed: &Placed, known: &Known) -> Value {
    Value::Nameless(Box::new(placed.known(known)))
}

impl<'b> Making<'_, 'b> {
    fn moment(&self) -> Option<(Date, Timestamp)> {
        let atoms = &self.translator.atoms;
        let of = |root| {
            let id = atoms.find(&Said::Root(root))?;
            self.values.of(atoms.term(id)?.number)
        };
        let now = of(Root::Now).and_then(|now| Timestamp::from_nanosecond(now).ok());
        let today = match of(Root::Today) {
            Some(today) => Some(day_of(today)?),
            None => None,
        };
        Some(match (now, today) {
            (Some(now), Some(today)) if date_in_oslo(now) == today => (today, now),
            // A moment of that day, where the day is what counts.
            (Some(now), None) => (date_in_oslo(now), now),
            (_, Some(today)) => (today, noon(today)),
            (None, None) => (TODAY, noon(TODAY)),
        })
    }

    fn is(&self, wire: crate::logic::Wire) -> Option<bool> {
        use crate::logic::Wire;
        match wire {
            Wire::TRUE => Some(true),
            Wire::FALSE => Some(false),
            other => self.model.is(other),
        }
    }

    /// Somebody for every quantity that is somebody; those of one number are one.
    fn people(&mut self) {
        let atoms = &self.translator.atoms;
        let mut by_number: BTreeMap<i128, Handle> = BTreeMap::new();
        let mut all: Vec<(TermId, i128)> = Vec::new();
        for id in atoms.ids() {
            let Some(term) = atoms.term(id).filter(|term| is_somebody(&term.of)) else { continue };
            if self.is(term.missing) == Some(true) || self.is(term.none) == Some(true) {
                continue;
            }
            let number = self.values.of(term.number).unwrap_or(FRESH + i128::from(id.0));
            if let Some(Constant::Organisation(organisation)) =
                atoms.constant_of(number, |constant| matches!(constant, Constant::Organisation(_)))
            {
                by_number.insert(number, self.world.organisation(*organisation));
            }
            all.push((id, number));
        }
        for (id, number) in &all {
            if by_number.contains_key(number) {
                continue;
            }
            let kinds = all.iter().filter(|(_, other)| other == number).filter_map(|(id, _)| self.kind(*id));
            let kind = kinds.min().unwrap_or(Kind::Person);
            // An attribute that is not asked for needs nobody.
            let is_asked = atoms.term(*id).is_some_and(|term| match term.said {
                Said::Attribute(..) => self.is_used(term),
                _ => true,
            });
            if is_asked {
                by_number.insert(*number, self.world.somebody(kind));
            }
        }
        self.who = all.iter().filter_map(|(id, number)| Some((*id, *by_number.get(number)?))).collect();
    }

    fn kind(&self, id: TermId) -> Option<Kind> {
        let atoms = &self.translator.atoms;
        let term = atoms.term(id)?;
        match bare(&term.of) {
            Some(Type::Entity(EntityName::BuiltIn(BuiltIn::Person))) => return Some(Kind::Person),
            Some(Type::Entity(EntityName::BuiltIn(BuiltIn::Organisation))) => return Some(Kind::Organisation),
            Some(Type::Entity(EntityName::BuiltIn(BuiltIn::SystemUser))) => return Some(Kind::SystemUser),
            _ => {}
        }
        let number = self.values.of(*atoms.kinds.get(&id)?)?;
        Kind::ALL.into_iter().find(|kind| i128::from(*kind as u8) == number)
    }

    fn handle(&self, id: TermId) -> Option<Handle> {
        self.who.get(&id).copied()
    }

    /// Is it asked for at all?
    fn is_used(&self, term: &Term) -> bool {
        let said = |wire| self.model.is(wire).is_some();
        said(term.missing) || self.values.of(term.number).is_some() || said(term.none)
    }

    fn children(&self, of: TermId) -> Vec<(Box<str>, TermId)> {
        let atoms = &self.translator.atoms;
        let each = atoms.ids().filter_map(|id| match &atoms.term(id)?.said {
            Said::Attribute(base, name) if *base == of => Some((name.clone(), id)),
            _ => None,
        });
        each.collect()
    }

    /// What is known of everybody.
    fn attributes(&mut self) {
        let all: Vec<(TermId, Handle)> = self.who.iter().map(|(id, who)| (*id, *who)).collect();
        for (id, who) in all {
            for (name, child) in self.children(id) {
                if let Some(value) = self.value(child) {
                    self.world.set(who, &name, value);
                }
            }
        }
    }

    /// What is known of what has no name.
    fn known(&mut self, of: TermId) -> Known {
        let mut known = Vec::new();
        for (name, child) in self.children(of) {
            known.extend(self.value(child).map(|value| (name, value)));
        }
        known.sort_by(|(one, _), (other, _)| one.cmp(other));
        Known(known)
    }

    /// The value of a quantity; `None`: it is missing, or not asked for. As deep as paths are, which the grammar bounds.
    fn value(&mut self, id: TermId) -> Option<Value> {
        let term = self.translator.atoms.term(id)?.clone();
        if self.is(term.missing) == Some(true) || !self.is_used(&term) {
            return None;
        }
        if self.is(term.none) == Some(true) {
            return Some(Value::None);
        }
        let number = self.values.of(term.number);
        match bare(&term.of)? {
            Type::Entity(EntityName::BuiltIn(BuiltIn::Person | BuiltIn::Organisation | BuiltIn::SystemUser)) => {
                self.handle(id).map(World::value)
            }
            Type::Entity(_) => Some(Value::Nameless(Box::new(self.known(id)))),
            Type::Set(of) => Some(self.set(id, of)),
            of => self.plain(of, number.unwrap_or(0), id),
        }
    }

    /// A value of a type without parts.
    fn plain(&self, of: &Type, number: i128, id: TermId) -> Option<Value> {
        let atoms = &self.translator.atoms;
        Some(match of {
            Type::Bool => Value::Bool(number == 1),
            Type::Integer => Value::Integer(i64::try_from(number).ok()?),
            Type::Date => Value::Date(day_of(number)?),
            Type::DateTime => Value::DateTime(Timestamp::from_nanosecond(number).ok()?),
            Type::Enum(of) => Value::Enum(*of, u32::try_from(number).ok()?),
            Type::Consent => Value::Consent(*Consent::ALL.get(usize::try_from(number).ok()?)?),
            Type::String => match atoms.constant_of(number, |constant| matches!(constant, Constant::String(_))) {
                Some(Constant::String(text)) => Value::String(text.clone()),
                // Two that are not the same have not the same number.
                _ => Value::String(format!("another {}", number.saturating_sub(FRESH)).into()),
            },
            Type::Duration => match atoms.constant_of(number, |constant| matches!(constant, Constant::Duration(_))) {
                Some(Constant::Duration(by)) => Value::Duration(*by),
                _ => Value::Duration(Duration { unit: Unit::Minutes, amount: 1_000 + id.0 }),
            },
            Type::Element => match atoms.constant_of(number, |constant| matches!(constant, Constant::Element(_))) {
                Some(Constant::Element(name)) => Value::Element(name.clone()),
                _ => Value::Element(self.some_element()?),
            },
            Type::Entity(_) | Type::Set(_) | Type::OrNone(_) => return None,
        })
    }

    /// An element that nobody named, if there is one.
    fn some_element(&self) -> Option<Box<str>> {
        let atoms = &self.translator.atoms;
        let versions = self.translator.meaning().resources.iter().flat_map(|named| &named.versions);
        let mut all = versions.filter_map(|version| version.elements.known()).flatten();
        all.find(|name| atoms.is_new(&Constant::Element((*name).clone()))).cloned()
    }

    /// A set with the members that the model puts in it, and for what it reads of its members, one for each value.
    fn set(&mut self, id: TermId, of: &Type) -> Value {
        let atoms = &self.translator.atoms;
        let mut members: Vec<Value> = Vec::new();
        let inside: Vec<Member> = atoms
            .members
            .iter()
            .filter(|((_, set), truth)| *set == id && self.model.is(truth.so) == Some(true))
            .map(|((member, _), _)| member.clone())
            .collect();
        for member in inside {
            members.extend(self.member(&member));
        }
        for (name, child) in self.children(id) {
            let Some(Value::Set(each)) = self.value(child) else { continue };
            for value in each {
                if let Type::Entity(EntityName::BuiltIn(one)) = of
                    && let Some(kind) = Kind::ALL.into_iter().find(|kind| super::atoms::entity_of(*kind) == *one)
                {
                    let who = self.world.somebody(kind);
                    self.world.set(who, &name, value);
                    members.push(World::value(who));
                } else {
                    members.push(Value::Nameless(Box::new(Known(vec![(name.clone(), value)]))));
                }
            }
        }
        members.sort();
        members.dedup();
        Value::Set(members)
    }

    fn member(&mut self, member: &Member) -> Option<Value> {
        match member {
            Member::Term(id) => match self.translator.atoms.term(*id)?.said {
                Said::Root(_) | Said::Organisation(_) => self.handle(*id).map(World::value),
                _ => self.value(*id),
            },
            Member::Constant(constant) => Some(match constant {
                Constant::Bool(is) => Value::Bool(*is),
                Constant::Integer(number) => Value::Integer(*number),
                Constant::String(text) => Value::String(text.clone()),
                Constant::Date(day) => Value::Date(*day),
                Constant::DateTime(moment) => Value::DateTime(*moment),
                Constant::Duration(by) => Value::Duration(*by),
                Constant::Enum(of, at) => Value::Enum(*of, *at),
                Constant::Element(name) => Value::Element(name.clone()),
                Constant::Organisation(id) => World::value(self.world.organisation(*id)),
                Constant::Consent(state) => Value::Consent(*state),
                Constant::None => Value::None,
                Constant::Basis(_) | Constant::Level(_) => return None,
            }),
        }
    }
}

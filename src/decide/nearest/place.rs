//! Where the value of an expression stands, and of which type it is: what a change can put another value in.

use super::change::{Change, Holder, Place};
use super::mend::Mending;
use crate::decide::On;
use crate::decide::condition::{Around, Scene, which_of_retain};
use crate::decide::value::Seen;
use crate::facts::{ThingSort, Value};
use crate::ir::{Attributes, EntityName, Expression, Type, given};
use crate::terms::duration::Duration;
use crate::terms::kind::Kind;
use crate::terms::root::{BuiltIn, Root};

/// Something that could be otherwise, so that an expression is.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    to: To,
    /// Of which type its value is.
    pub(super) of: Type,
    /// By what it is moved before it is the value of the expression, the innermost first.
    pub(super) moved: Vec<(Duration, bool)>,
}

#[derive(Clone, Debug)]
enum To {
    Place(Place),
    Today,
    Now,
    Party,
}

impl<'a> Mending<'_, 'a> {
    /// What could be changed so that an expression has another value.
    pub(super) fn slots(&self, scene: &Scene<'_, 'a>, around: Around<'_, 'a>, says: &'a Expression) -> Vec<Slot> {
        let Some(inner) = around.deeper() else { return Vec::new() };
        let slot = |to, of| vec![Slot { to, of, moved: Vec::new() }];
        match says {
            Expression::Attribute(..) => {
                let place = self.place(scene, inner, says);
                let typed = place.and_then(|place| Some((self.type_of(&place)?, place)));
                typed.map_or(Vec::new(), |(of, place)| slot(To::Place(place), of))
            }
            Expression::Shift { from, back, by } => {
                let Seen::Duration(by) = scene.see(inner, by) else { return Vec::new() };
                let mut slots = self.slots(scene, inner, from);
                slots.iter_mut().for_each(|slot| slot.moved.push((by, *back)));
                slots
            }
            Expression::Root(Root::Today) => slot(To::Today, Type::Date),
            Expression::Root(Root::Now) => slot(To::Now, Type::DateTime),
            // Whether the kind fits is found out by `decide`.
            Expression::Root(Root::Party) if self.case.asking.is_some() => {
                slot(To::Party, Type::Entity(EntityName::BuiltIn(BuiltIn::Person)))
            }
            _ => Vec::new(),
        }
    }

    /// An attribute of somebody or something that has a name.
    pub(super) fn slot_of(&self, holder: Holder, name: &str) -> Option<Slot> {
        let place = Place { holder, path: vec![name.into()] };
        Some(Slot { of: self.type_of(&place)?, to: To::Place(place), moved: Vec::new() })
    }

    /// The change by which a slot has a value.
    pub(super) fn assign(&self, slot: &Slot, value: Value) -> Option<Change> {
        match (&slot.to, value) {
            (To::Place(place), value) => Some(Change::Say(place.clone(), value)),
            (To::Today, Value::Date(day)) => self.on_day(day),
            (To::Now, Value::DateTime(moment)) => (moment != self.roles.now).then_some(Change::At(moment)),
            (To::Party, Value::Entity(who)) => Some(Change::Party(who)),
            _ => None,
        }
    }

    /// Is the slot the party of the request?
    pub(super) fn is_party(slot: &Slot) -> bool {
        matches!(slot.to, To::Party)
    }

    /// Where the value of an attribute stands, or what has attributes.
    fn place(&self, scene: &Scene<'_, 'a>, around: Around<'_, 'a>, says: &'a Expression) -> Option<Place> {
        let inner = around.deeper()?;
        let Expression::Attribute(of, name) = says else { return None };
        let facts = self.roles.decider.facts;
        let of_what = scene.see(inner, of);
        let record = match &of_what {
            Seen::Record(_) => true,
            Seen::Thing(id) => facts.thing(*id).is_some_and(|thing| matches!(thing.sort, ThingSort::Record(_))),
            _ => matches!(**of, Expression::Root(Root::Record)),
        };
        if record && which_of_retain(name).is_some() {
            return None;
        }
        let mut place = match (of_what, &**of) {
            (Seen::Entity(who), _) => Place { holder: Holder::Entity(who), path: Vec::new() },
            (Seen::Thing(id), _) => Place { holder: Holder::Thing(id), path: Vec::new() },
            (Seen::Delegation(at, _), _) if **name != *"given" => {
                Place { holder: Holder::Delegation(facts.delegation(at?)?), path: Vec::new() }
            }
            (Seen::Nameless(_) | Seen::Missing, Expression::Root(Root::Context)) => {
                Place { holder: Holder::Context, path: Vec::new() }
            }
            (Seen::Record(_) | Seen::Missing, Expression::Root(Root::Record)) => {
                Place { holder: Holder::Record, path: Vec::new() }
            }
            // What is written in an attribute: of a thing that modules declare.
            (Seen::Missing | Seen::None | Seen::Nameless(_), Expression::Attribute(..)) => {
                let above = self.place(scene, inner, of)?;
                match self.type_of(&above).as_ref().map(bare) {
                    Some(Type::Entity(EntityName::Declared(_))) => above,
                    _ => return None,
                }
            }
            _ => return None,
        };
        place.path.push(name.clone());
        Some(place)
    }

    /// The declared type of a place.
    fn type_of(&self, place: &Place) -> Option<Type> {
        let mut attributes = self.attributes(place.holder)?;
        let (last, above) = place.path.split_last()?;
        for name in above {
            let Type::Entity(EntityName::Declared(id)) = bare(attributes.get(name)?) else { return None };
            attributes = self.roles.decider.index.meaning.entity(*id)?.body.attributes.clone();
        }
        attributes.get(last).cloned()
    }

    fn attributes(&self, holder: Holder) -> Option<Attributes> {
        let (meaning, facts) = (self.roles.decider.index.meaning, self.roles.decider.facts);
        let of = |one: BuiltIn| {
            let mut all = meaning.built_in.get(&one).cloned().unwrap_or_default();
            all.extend(given(one).into_iter().map(|(name, of)| (name.into(), of)));
            all
        };
        let of_record = |register| {
            let mut all = Attributes::new();
            for version in meaning.resource(register).map_or(&[][..], |named| &named.versions) {
                all.extend(
                    version
                        .records
                        .and_then(|id| meaning.entity(id))
                        .into_iter()
                        .flat_map(|of| of.body.attributes.clone()),
                );
            }
            all.extend(of(BuiltIn::Record));
            all
        };
        Some(match holder {
            Holder::Context => of(BuiltIn::Context),
            Holder::Delegation(_) => of(BuiltIn::Delegation),
            Holder::Entity(who) => of(match facts.kind(who)? {
                Kind::Person => BuiltIn::Person,
                Kind::Organisation => BuiltIn::Organisation,
                Kind::SystemUser => BuiltIn::SystemUser,
            }),
            Holder::Record => match self.case.request.on {
                On::Resource(register) => {
                    let versions = meaning.resource(register).map_or(&[][..], |named| &named.versions);
                    if !versions.iter().any(|version| version.register) {
                        return None;
                    }
                    of_record(register)
                }
                On::Package(_) | On::Area(_) => return None,
            },
            Holder::Thing(id) => match facts.thing(id)?.sort {
                ThingSort::Record(register) => of_record(register),
                ThingSort::Entity(id) => meaning.entity(id)?.body.attributes.clone(),
            },
        })
    }
}

/// The type, without that it may be `none`.
pub(super) fn bare(of: &Type) -> &Type {
    let mut of = of;
    while let Type::OrNone(inner) = of {
        of = inner;
    }
    of
}

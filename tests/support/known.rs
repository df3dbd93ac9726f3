//! What is known of people, records and things, by chance: present, missing or none, of the declared types. Values are drawn
//! from the same few as the constants of conditions, so that they often meet.

use super::Dice;
use super::conditions::{TEXTS, day, duration, moment};
use super::vocabulary::{self, ELEMENTS};
use fullmakt::facts::{Draft, EntityId, Known, Thing, ThingId, ThingSort, Value};
use fullmakt::ir::*;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::root::{BuiltIn, Consent};

/// What fills attributes.
pub struct Knowing<'m> {
    /// The bundle.
    pub meaning: &'m Meaning,
    /// Of a hundred attributes so many are missing.
    pub missing: usize,
}

impl Knowing<'_> {
    /// Makes records and things, and attributes for all that facts have.
    pub fn fill(&self, dice: &mut Dice, facts: &mut Draft) {
        let registers = self.meaning.resources.iter().enumerate();
        for (at, _) in registers.filter(|(_, named)| named.versions.iter().any(|version| version.register)) {
            for number in 0..2 + dice.below(2) {
                add(facts, ThingSort::Record(ResourceId::from(at)), format!("record{at}{number}"));
            }
        }
        for at in 0..self.meaning.entities.len() {
            for number in 0..1 + dice.below(2) {
                add(facts, ThingSort::Entity(EntityTypeId::from(at)), format!("thing{at}{number}"));
            }
        }
        facts.things.sort();
        for at in 0..facts.things.len() {
            let attributes = match facts.things[at].sort {
                ThingSort::Record(register) => self.of_record(register),
                ThingSort::Entity(id) => self.meaning.entity(id).expect("an entity").body.attributes.clone(),
            };
            facts.things[at].attributes = self.known(dice, facts, &attributes, 1);
        }
        for at in 0..facts.entities.len() {
            let attributes = self.built_in(match facts.entities[at].kind {
                Kind::Person => BuiltIn::Person,
                Kind::Organisation => BuiltIn::Organisation,
                Kind::SystemUser => BuiltIn::SystemUser,
            });
            // Of an organisation that the bundle declares the facts may say nothing more.
            if facts.entities[at].declared.is_none() {
                facts.entities[at].attributes = self.known(dice, facts, &attributes, 1);
            }
        }
        for at in 0..facts.delegations.len() {
            facts.delegations[at].attributes = self.known(dice, facts, &self.built_in(BuiltIn::Delegation), 1);
        }
    }

    fn built_in(&self, which: BuiltIn) -> Attributes {
        self.meaning.built_in.get(&which).cloned().unwrap_or_default()
    }

    /// What facts may say of a record of this register.
    pub fn of_record(&self, register: ResourceId) -> Attributes {
        let versions = self.meaning.resource(register).map_or(&[][..], |named| &named.versions);
        let entity = versions.iter().find_map(|version| version.records);
        let own = entity.map(|id| self.meaning.entity(id).expect("an entity").body.attributes.clone());
        let fixed =
            vocabulary::record_attributes().into_iter().filter(|(name, _)| !matches!(&**name, "kept" | "overdue"));
        self.built_in(BuiltIn::Record).into_iter().chain(own.unwrap_or_default()).chain(fixed).collect()
    }

    /// Values of some of these attributes. Things within things are named, or so many levels deep at most.
    pub fn known(&self, dice: &mut Dice, facts: &Draft, attributes: &Attributes, levels: usize) -> Known {
        let mut known = Vec::new();
        for (name, of) in attributes {
            if !dice.chance(self.missing)
                && let Some(value) = self.value(dice, facts, of, levels)
            {
                known.push((name.clone(), value));
            }
        }
        Known(known)
    }

    fn value(&self, dice: &mut Dice, facts: &Draft, of: &Type, levels: usize) -> Option<Value> {
        Some(match of {
            Type::Bool => Value::Bool(dice.chance(60)),
            Type::Integer => Value::Integer(dice.below(4) as i64),
            Type::String => Value::String(dice.pick(&TEXTS).into()),
            Type::Date => Value::Date(day(dice)),
            Type::DateTime => Value::DateTime(moment(dice)),
            Type::Duration => {
                let of_dates = dice.chance(60);
                Value::Duration(duration(dice, of_dates))
            }
            Type::Element => Value::Element(dice.pick(&ELEMENTS).into()),
            Type::Consent => Value::Consent(dice.pick(&[Consent::Given, Consent::Withdrawn])),
            Type::Enum(id) => {
                let values = &self.meaning.enum_at(*id).expect("an enum").body.values;
                Value::Enum(*id, dice.below(values.len()) as u32)
            }
            Type::OrNone(_) if dice.chance(35) => Value::None,
            Type::OrNone(inner) => return self.value(dice, facts, inner, levels),
            Type::Set(inner) => {
                let count = dice.below(4);
                let mut all: Vec<Value> = (0..count).filter_map(|_| self.value(dice, facts, inner, levels)).collect();
                all.sort();
                all.dedup();
                Value::Set(all)
            }
            Type::Entity(EntityName::BuiltIn(which)) => {
                let who = |(at, one): (usize, &fullmakt::facts::Entity)| {
                    (one.kind.word() == which.word()).then_some(EntityId(at as u32))
                };
                let all: Vec<EntityId> = facts.entities.iter().enumerate().filter_map(who).collect();
                Value::Entity(*all.get(dice.below(all.len()))?)
            }
            Type::Entity(EntityName::Declared(id)) => {
                let sort = ThingSort::Entity(*id);
                let all: Vec<usize> = (0..facts.things.len()).filter(|at| facts.things[*at].sort == sort).collect();
                if levels > 0 && dice.chance(30) {
                    let attributes = &self.meaning.entity(*id).expect("an entity").body.attributes;
                    return Some(Value::Nameless(Box::new(self.known(dice, facts, attributes, levels - 1))));
                }
                Value::Thing(ThingId(*all.get(dice.below(all.len()))? as u32))
            }
        })
    }
}

fn add(facts: &mut Draft, sort: ThingSort, name: String) {
    facts.things.push(Thing { sort, name: name.into(), attributes: Known::default() });
}

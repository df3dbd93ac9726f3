//! Conditions with links → conditions with ids. What was lost of one is unknown, as is what nobody has decided: an unknown
//! part never makes a permit apply, nor a forbid not apply.

use super::Lowering;
use crate::ir::{self, Constant};
use crate::model::{self, Sort, Term, Value};
use crate::source::Place;

impl Lowering<'_> {
    pub(super) fn expression(&self, said: &model::Expression) -> ir::Expression {
        self.term(&said.says).unwrap_or(ir::Expression::Undecided)
    }

    pub(super) fn condition(&self, said: Option<&model::Expression>) -> Option<Box<ir::Expression>> {
        said.map(|said| Box::new(self.expression(said)))
    }

    /// `None` where a link of it is lost.
    fn term(&self, term: &Term) -> Option<ir::Expression> {
        use ir::Expression as E;
        let boxed = |said: &model::Expression| Box::new(self.expression(said));
        Some(match term {
            Term::Or(parts) => or(parts.iter().map(|part| self.expression(part))),
            Term::And(parts) => and(parts.iter().map(|part| self.expression(part))),
            Term::Not(part) => E::Not(boxed(part)),
            Term::Compare(operator, sides) => {
                E::Compare(*operator, Box::new((self.expression(&sides.0), self.expression(&sides.1))))
            }
            Term::Is { who, what, party } => {
                let what = match *what {
                    model::IsWhat::Role(role) => ir::IsWhat::Role(self.of_sort(role, Sort::Role)?),
                    model::IsWhat::Kind(kind) => ir::IsWhat::Kind(kind),
                    model::IsWhat::Organisation(organisation) => {
                        ir::IsWhat::Organisation(self.of_sort(organisation, Sort::Organisation)?)
                    }
                    model::IsWhat::Controller => ir::IsWhat::Controller,
                    model::IsWhat::Processor => ir::IsWhat::Processor,
                };
                E::Is { who: boxed(who), what, party: party.as_deref().map(boxed) }
            }
            Term::Holds { who, package, party } => {
                E::Holds { who: boxed(who), package: self.of_sort(*package, Sort::Package)?, party: boxed(party) }
            }
            Term::Each { all, variable, set, body } => {
                E::Each { all: *all, variable: variable.clone(), set: boxed(set), body: boxed(body) }
            }
            Term::Permitted { resource, action } => {
                E::Permitted { resource: self.resource_of(*resource)?, action: action.clone() }
            }
            Term::Shift { from, back, by } => E::Shift { from: boxed(from), back: *back, by: boxed(by) },
            Term::Root(root) => E::Root(*root),
            Term::Variable(name) => E::Variable(name.clone()),
            Term::Attribute(of, name) => E::Attribute(boxed(of), name.clone()),
            Term::Condition(condition) => E::Condition(self.of_sort(*condition, Sort::Condition)?),
            Term::Value(value) => E::Value(self.constant(value)?),
            Term::List(parts) => E::List(parts.iter().map(|part| self.expression(part)).collect()),
            Term::Undecided(_) => E::Undecided,
            Term::Lost => return None,
        })
    }

    /// `None` where a link of it is lost.
    pub(super) fn constant(&self, value: &Value) -> Option<Constant> {
        Some(match value {
            Value::Bool(yes) => Constant::Bool(*yes),
            Value::Integer(number) => Constant::Integer(*number),
            Value::String(text) => Constant::String(text.clone()),
            Value::Date(day) => Constant::Date(*day),
            Value::DateTime(moment) => Constant::DateTime(*moment),
            Value::Duration(length) => Constant::Duration(*length),
            Value::Enum(of, value) => {
                let of: ir::EnumId = self.of_sort(*of, Sort::Enum)?;
                Constant::Enum(of, self.value_of(of, value)?)
            }
            Value::Element(name) => Constant::Element(name.clone()),
            Value::Organisation(organisation) => {
                Constant::Organisation(self.of_sort(*organisation, Sort::Organisation)?)
            }
            Value::Consent(consent) => Constant::Consent(*consent),
            Value::Basis(basis) => Constant::Basis(basis.clone()),
            Value::Level(level) => Constant::Level(*level),
            Value::None => Constant::None,
        })
    }

    /// The place of a value among those of its enum.
    pub(super) fn value_of(&self, of: ir::EnumId, value: &str) -> Option<u32> {
        let values = &self.bundle.meaning.enum_at(of)?.body.values;
        values.iter().position(|known| **known == *value).map(super::count)
    }
}

/// The open questions of a condition, in the order of the text.
pub(super) fn questions<'e>(said: &'e model::Expression, found: &mut Vec<&'e str>) {
    match &said.says {
        Term::Or(parts) | Term::And(parts) | Term::List(parts) => {
            parts.iter().for_each(|part| questions(part, found));
        }
        Term::Not(part) | Term::Attribute(part, _) => questions(part, found),
        Term::Compare(_, sides) => [&sides.0, &sides.1].into_iter().for_each(|side| questions(side, found)),
        Term::Is { who, party, .. } => {
            questions(who, found);
            party.iter().for_each(|party| questions(party, found));
        }
        Term::Holds { who, party, .. } => [who, party].into_iter().for_each(|part| questions(part, found)),
        Term::Each { set, body, .. } => [set, body].into_iter().for_each(|part| questions(part, found)),
        Term::Shift { from, by, .. } => [from, by].into_iter().for_each(|part| questions(part, found)),
        Term::Undecided(question) => found.push(question),
        Term::Permitted { .. }
        | Term::Root(_)
        | Term::Variable(_)
        | Term::Condition(_)
        | Term::Value(_)
        | Term::Lost => {}
    }
}

/// Where the atoms of a condition stand, in the order of [`ir::Atoms`].
pub(super) fn atoms(said: &model::Expression) -> Vec<Place> {
    let mut found = Vec::new();
    collect_atoms(said, &mut found);
    found
}

fn collect_atoms(said: &model::Expression, found: &mut Vec<Place>) {
    match &said.says {
        Term::Or(parts) | Term::And(parts) => parts.iter().for_each(|part| collect_atoms(part, found)),
        Term::Not(part) => collect_atoms(part, found),
        Term::Each { body, .. } => {
            found.push(said.place);
            collect_atoms(body, found);
        }
        _ => found.push(said.place),
    }
}

/// One of these; of none: false.
pub(super) fn or(parts: impl Iterator<Item = ir::Expression>) -> ir::Expression {
    let flat = parts.flat_map(|part| match part {
        ir::Expression::Or(inner) => inner,
        other => vec![other],
    });
    joined(flat.collect(), ir::Expression::Or, false)
}

/// All of these; of none: true.
pub(super) fn and(parts: impl Iterator<Item = ir::Expression>) -> ir::Expression {
    let flat = parts.flat_map(|part| match part {
        ir::Expression::And(inner) => inner,
        other => vec![other],
    });
    joined(flat.collect(), ir::Expression::And, true)
}

fn joined(
    mut parts: Vec<ir::Expression>,
    join: fn(Vec<ir::Expression>) -> ir::Expression,
    of_none: bool,
) -> ir::Expression {
    match parts.len() {
        0 => ir::Expression::Value(Constant::Bool(of_none)),
        1 => parts.pop().unwrap_or(ir::Expression::Undecided),
        _ => join(parts),
    }
}

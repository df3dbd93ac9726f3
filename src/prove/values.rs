//! Expressions as values: what they are the same as, what they come before, what they are members of (docs/meaning.md, E2–E7, E10).

use super::atoms::{Atoms, Attribute, Member, Of, TermId, bare, has_identity, is_somebody};
use super::place::Place;
use super::three::Three;
use super::translate::Translator;
use crate::ir::{Constant, Expression, Resource, Type};
use crate::logic::Wire;
use crate::terms::{level::Level, open::Open, operator::Operator, root::Root};

/// A value, as far as it is followed.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Missing,
    /// A constant, or `none`.
    Constant(Constant),
    Term(TermId),
    /// Of type bool.
    Truth(Three),
    /// A set of these.
    List(Vec<Seen>),
    /// What is not followed.
    Unclear,
}

impl<'b> Translator<'b> {
    /// The value of an expression.
    pub(super) fn see(&mut self, place: &Place<'b>, says: &Expression, depth: u32) -> Seen {
        let Some(depth) = self.deeper(depth) else { return Seen::Unclear };
        match says {
            Expression::Root(root) => self.root(place, *root),
            Expression::Attribute(of, name) if **of == Expression::Root(Root::Resource) => {
                place.version.map_or(Seen::Missing, |version| of_resource(version, name))
            }
            Expression::Attribute(of, name) => match self.see(place, of, depth) {
                Seen::Missing => Seen::Missing,
                Seen::Constant(Constant::Organisation(id)) => {
                    let id = self.atoms.organisation(id);
                    self.attribute(place, id, name, depth)
                }
                Seen::Constant(_) => Seen::Missing,
                Seen::Term(id) => self.attribute(place, id, name, depth),
                Seen::Truth(_) | Seen::List(_) | Seen::Unclear => Seen::Unclear,
            },
            Expression::Value(constant) => Seen::Constant(constant.clone()),
            Expression::List(parts) => {
                Seen::List(parts.iter().map(|part| self.see(place, part, depth)).collect::<Vec<_>>())
            }
            Expression::Shift { from, back, by } => match (self.see(place, from, depth), self.see(place, by, depth)) {
                (Seen::Missing, _) | (_, Seen::Missing) => Seen::Missing,
                (Seen::Constant(Constant::Date(day)), Seen::Constant(Constant::Duration(by))) => {
                    by.moved(day, *back).map_or(Seen::Missing, |day| Seen::Constant(Constant::Date(day)))
                }
                (Seen::Constant(Constant::DateTime(moment)), Seen::Constant(Constant::Duration(by))) => by
                    .moved_moment(moment, *back)
                    .map_or(Seen::Missing, |moment| Seen::Constant(Constant::DateTime(moment))),
                (Seen::Constant(_), Seen::Constant(_)) => Seen::Unclear,
                (Seen::Term(id), Seen::Constant(Constant::Duration(by))) => {
                    self.atoms.shift(id, by, *back).map_or(Seen::Unclear, Seen::Term)
                }
                _ => Seen::Unclear,
            },
            Expression::Variable(_) => Seen::Unclear,
            _ => Seen::Truth(self.truth(place, says, depth)),
        }
    }

    fn root(&mut self, place: &Place<'b>, root: Root) -> Seen {
        if !place.has(root) {
            return Seen::Missing;
        }
        match (root, place.element) {
            (Root::Element, Some(name)) => Seen::Constant(Constant::Element(name.into())),
            (Root::Element, None) => Seen::Missing,
            (Root::Resource, _) => Seen::Unclear,
            _ => Seen::Term(self.atoms.root(root)),
        }
    }

    fn attribute(&mut self, place: &Place<'b>, of: TermId, name: &str, depth: u32) -> Seen {
        let Some(term) = self.atoms.term(of).cloned() else { return Seen::Unclear };
        if matches!(name, "kept" | "overdue") {
            match term.of {
                Of::Record => return Seen::Truth(self.retained(place, term.missing, name == "kept", depth)),
                // Any other record lacks them; whether one is another is not followed.
                Of::Plain(_) if is_record(&term.of) => return Seen::Unclear,
                _ => {}
            }
        }
        match self.atoms.attribute(of, name) {
            Attribute::Is(id) => Seen::Term(id),
            Attribute::Lacking if is_set_or_open(&term.of) => Seen::Unclear,
            Attribute::Lacking => Seen::Missing,
            Attribute::Unclear => Seen::Unclear,
        }
    }

    /// E4.
    fn retained(&mut self, place: &Place<'b>, no_record: Wire, kept: bool, depth: u32) -> Three {
        let Some(version) = place.version else { return Three::UNKNOWN };
        let truth = match &version.retain {
            None => Three::NOT,
            Some(retain) => {
                let place = place.of_record();
                self.truth(&place, if kept { &retain.kept } else { &retain.overdue }, depth)
            }
        };
        let circuit = &mut self.atoms.circuit;
        Three { so: circuit.and(!no_record, truth.so), not: circuit.and(!no_record, truth.not) }
    }

    /// A comparison; `None`: it is not followed.
    pub(super) fn compare(&mut self, operator: Operator, one: &Seen, other: &Seen) -> Option<Three> {
        let circuit_any = |atoms: &mut Atoms<'_>, parts: Vec<Three>| Three::any(&mut atoms.circuit, parts);
        Some(match operator {
            Operator::Equal => self.same(one, other)?,
            Operator::NotEqual => self.same(one, other)?.turned(),
            Operator::Less => self.before(one, other)?,
            Operator::Greater => self.before(other, one)?,
            Operator::LessOrEqual => {
                let parts = vec![self.before(one, other)?, self.same(one, other)?];
                circuit_any(&mut self.atoms, parts)
            }
            Operator::GreaterOrEqual => {
                let parts = vec![self.before(other, one)?, self.same(other, one)?];
                circuit_any(&mut self.atoms, parts)
            }
            Operator::In => self.is_in(one, other)?,
        })
    }

    /// E5.
    fn same(&mut self, one: &Seen, other: &Seen) -> Option<Three> {
        Some(match (one, other) {
            (Seen::Missing, _) | (_, Seen::Missing) => Three::UNKNOWN,
            (Seen::Constant(one), Seen::Constant(other)) => Three::known(wire(one == other)),
            (Seen::Term(term), Seen::Constant(value)) | (Seen::Constant(value), Seen::Term(term)) => {
                self.is_constant(*term, value)?
            }
            (Seen::Term(one), Seen::Term(other)) => self.are_same(*one, *other)?,
            (Seen::Truth(truth), Seen::Constant(Constant::Bool(is)))
            | (Seen::Constant(Constant::Bool(is)), Seen::Truth(truth)) => {
                if *is {
                    *truth
                } else {
                    truth.turned()
                }
            }
            (Seen::Truth(one), Seen::Truth(other)) => {
                let circuit = &mut self.atoms.circuit;
                let both = one.and(circuit, *other);
                let neither = one.turned().and(circuit, other.turned());
                both.or(circuit, neither)
            }
            _ => return None,
        })
    }

    fn is_constant(&mut self, id: TermId, value: &Constant) -> Option<Three> {
        let term = self.atoms.term(id)?.clone();
        let circuit = &mut self.atoms.circuit;
        if *value == Constant::None {
            // A set that is `none` is so too.
            return Some(Three::where_known(circuit, !term.missing, term.none));
        }
        if !has_identity(&term.of) || !fits(&term.of, value) {
            return None;
        }
        let rank = self.atoms.rank(value)?;
        let circuit = &mut self.atoms.circuit;
        let is = circuit.is(term.number, rank);
        let so = circuit.and(!term.none, is);
        Some(Three::where_known(circuit, !term.missing, so))
    }

    fn are_same(&mut self, one: TermId, other: TermId) -> Option<Three> {
        let (first, second) = (self.atoms.term(one)?.clone(), self.atoms.term(other)?.clone());
        if !has_identity(&first.of) || !has_identity(&second.of) || !alike(&first.of, &second.of) {
            return None;
        }
        let circuit = &mut self.atoms.circuit;
        let known = circuit.and(!first.missing, !second.missing);
        let same = circuit.same(first.number, second.number);
        let values = circuit.all([same, !first.none, !second.none]);
        let none = circuit.and(first.none, second.none);
        let so = circuit.or(values, none);
        Some(Three::where_known(circuit, known, so))
    }

    /// E6.
    fn before(&mut self, one: &Seen, other: &Seen) -> Option<Three> {
        let side = |translator: &mut Self, seen: &Seen| -> Option<(Wire, Wire, Option<i128>, Option<TermId>)> {
            Some(match seen {
                Seen::Constant(Constant::None) => (Wire::FALSE, Wire::TRUE, None, None),
                Seen::Constant(Constant::Level(level)) => {
                    let at = Level::ALL.iter().position(|one| one == level)?;
                    (Wire::FALSE, Wire::FALSE, i128::try_from(at).ok(), None)
                }
                Seen::Constant(
                    constant @ (Constant::Integer(_) | Constant::Date(_) | Constant::DateTime(_) | Constant::Enum(..)),
                ) => (Wire::FALSE, Wire::FALSE, translator.atoms.rank(constant), None),
                Seen::Term(id) => {
                    let term = translator.atoms.term(*id)?;
                    (term.missing, term.none, None, Some(*id))
                }
                _ => return None,
            })
        };
        if matches!(one, Seen::Missing) || matches!(other, Seen::Missing) {
            return Some(Three::UNKNOWN);
        }
        let (first, second) = (side(self, one)?, side(self, other)?);
        let ordered = |translator: &Self, id: Option<TermId>| {
            id.is_none_or(|id| translator.atoms.term(id).is_some_and(|term| translator.is_ordered(&term.of)))
        };
        if !ordered(self, first.3) || !ordered(self, second.3) {
            return None;
        }
        if let (Some(one), Some(other)) = (first.3, second.3)
            && !alike(&self.atoms.term(one)?.of, &self.atoms.term(other)?.of)
        {
            return None;
        }
        for (id, seen) in [(first.3, other), (second.3, one)] {
            if let (Some(id), Seen::Constant(value)) = (id, seen)
                && *value != Constant::None
                && !fits(&self.atoms.term(id)?.of, value)
            {
                return None;
            }
        }
        use crate::logic::Number;
        let of = |translator: &Self, side: Option<TermId>| Some(translator.atoms.term(side?)?.number);
        let (from, to) = (of(self, first.3).unwrap_or(Number::ZERO), of(self, second.3).unwrap_or(Number::ZERO));
        let by = second.2.unwrap_or(0).saturating_sub(first.2.unwrap_or(0)).saturating_sub(1);
        let circuit = &mut self.atoms.circuit;
        // from + its constant < to + its constant
        let less = circuit.at_most(from, to, by);
        let known = circuit.and(!first.0, !second.0);
        let so = circuit.all([less, !first.1, !second.1]);
        Some(Three::where_known(circuit, known, so))
    }

    /// Have the values of this type an order?
    fn is_ordered(&self, of: &Of) -> bool {
        match bare(of) {
            Some(Type::Integer | Type::Date | Type::DateTime) => true,
            Some(Type::Enum(id)) => self.atoms.meaning.enum_at(*id).is_some_and(|defined| defined.body.ascending),
            _ => false,
        }
    }

    /// E7.
    fn is_in(&mut self, one: &Seen, set: &Seen) -> Option<Three> {
        let known = match one {
            Seen::Missing => Wire::FALSE,
            Seen::Term(id) => !self.atoms.term(*id)?.missing,
            Seen::Constant(_) => Wire::TRUE,
            Seen::Truth(_) | Seen::List(_) | Seen::Unclear => return None,
        };
        match set {
            Seen::Missing => Some(Three::UNKNOWN),
            Seen::Constant(Constant::None) => Some(Three { so: Wire::FALSE, not: known }),
            Seen::List(members) => {
                let each: Option<Vec<Three>> = members.iter().map(|member| self.same(one, member)).collect();
                let found = Three::any(&mut self.atoms.circuit, each?);
                // Of an empty set too: what is missing is in it or not, nobody knows.
                Some(Three { so: found.so, not: self.atoms.circuit.and(found.not, known) })
            }
            Seen::Term(id) => {
                let set = self.atoms.term(*id)?.clone();
                let Some(Type::Set(of)) = bare(&set.of) else { return None };
                if !has_identity(&Of::Plain((**of).clone())) {
                    return None;
                }
                let member = match one {
                    Seen::Term(one) => Member::Term(*one),
                    Seen::Constant(constant) => Member::Constant(constant.clone()),
                    _ => return Some(Three::UNKNOWN),
                };
                if let Seen::Constant(constant) = one
                    && *constant != Constant::None
                {
                    self.atoms.rank(constant);
                }
                let key = (member, *id);
                let inside = match self.atoms.members.get(&key) {
                    Some(inside) => *inside,
                    None => {
                        let inside = self.atoms.anything();
                        self.atoms.members.insert(key, inside);
                        inside
                    }
                };
                let circuit = &mut self.atoms.circuit;
                let there = circuit.all([known, !set.missing, !set.none]);
                let so = circuit.and(there, inside.so);
                let outside = circuit.and(there, inside.not);
                let no_set = circuit.all([known, !set.missing, set.none]);
                Some(Three { so, not: circuit.or(outside, no_set) })
            }
            Seen::Constant(_) | Seen::Truth(_) | Seen::Unclear => None,
        }
    }

    /// A condition that is a value.
    pub(super) fn truth_of(&mut self, seen: &Seen) -> Option<Three> {
        Some(match seen {
            Seen::Missing => Three::UNKNOWN,
            Seen::Constant(Constant::Bool(is)) => Three::known(wire(*is)),
            Seen::Constant(_) | Seen::List(_) => Three::UNKNOWN,
            Seen::Truth(truth) => *truth,
            Seen::Unclear => return None,
            Seen::Term(id) => {
                let term = self.atoms.term(*id)?.clone();
                match bare(&term.of) {
                    Some(Type::Bool) => {
                        let circuit = &mut self.atoms.circuit;
                        let is = circuit.is(term.number, 1);
                        let known = circuit.and(!term.missing, !term.none);
                        Three::where_known(circuit, known, is)
                    }
                    _ => Three::UNKNOWN,
                }
            }
        })
    }

    /// Who somebody is: missing, nobody, or a quantity. `None`: not followed.
    pub(super) fn somebody(&mut self, seen: &Seen) -> Option<Somebody> {
        Some(match seen {
            Seen::Missing => Somebody::Missing,
            Seen::Constant(Constant::None) => Somebody::Nobody,
            Seen::Constant(Constant::Organisation(id)) => Somebody::Is(self.atoms.organisation(*id)),
            Seen::Term(id) if is_somebody(&self.atoms.term(*id)?.of) => Somebody::Is(*id),
            _ => return None,
        })
    }
}

/// Who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Somebody {
    Missing,
    Nobody,
    Is(TermId),
}

fn wire(is: bool) -> Wire {
    if is { Wire::TRUE } else { Wire::FALSE }
}

/// What a resource says of itself (E4).
fn of_resource(version: &Resource, name: &str) -> Seen {
    fn list<T>(of: &Open<Vec<T>>, each: impl Fn(&T) -> Option<Constant>) -> Seen {
        let seen = |one| each(one).map_or(Seen::Missing, Seen::Constant);
        of.known().map_or(Seen::Missing, |all| Seen::List(all.iter().map(seen).collect()))
    }
    match name {
        "data" => version.data.known().map_or(Seen::Missing, |level| Seen::Constant(Constant::Level(*level))),
        "elements" => list(&version.elements, |name| Some(Constant::Element(name.clone()))),
        "basis" => list(&version.basis, |basis| basis.known().cloned().map(Constant::Basis)),
        "purposes" => match &version.purposes {
            Some((of, purposes)) => list(purposes, |at| Some(Constant::Enum(*of, *at))),
            None => Seen::List(Vec::new()),
        },
        _ => Seen::Missing,
    }
}

fn is_record(of: &Of) -> bool {
    use crate::ir::EntityName;
    use crate::terms::root::BuiltIn;
    let inner = match bare(of) {
        Some(Type::Set(inner)) => Some(&**inner),
        other => other,
    };
    matches!(inner, Some(Type::Entity(EntityName::BuiltIn(BuiltIn::Record) | EntityName::Declared(_))))
}

/// A set of what lacks an attribute is a set that is not known whole; that is not followed.
fn is_set_or_open(of: &Of) -> bool {
    matches!(bare(of), Some(Type::Set(_)))
}

/// Are values of the two of one type?
fn alike(one: &Of, other: &Of) -> bool {
    if is_somebody(one) || is_somebody(other) {
        return is_somebody(one) && is_somebody(other);
    }
    bare(one) == bare(other)
}

/// Is the constant one of that type?
fn fits(of: &Of, value: &Constant) -> bool {
    if is_somebody(of) {
        return matches!(value, Constant::Organisation(_));
    }
    match (bare(of), value) {
        (Some(Type::Bool), Constant::Bool(_))
        | (Some(Type::Integer), Constant::Integer(_))
        | (Some(Type::String), Constant::String(_))
        | (Some(Type::Date), Constant::Date(_))
        | (Some(Type::DateTime), Constant::DateTime(_))
        | (Some(Type::Duration), Constant::Duration(_))
        | (Some(Type::Element), Constant::Element(_))
        | (Some(Type::Consent), Constant::Consent(_)) => true,
        (Some(Type::Enum(of)), Constant::Enum(other, _)) => of == other,
        _ => false,
    }
}

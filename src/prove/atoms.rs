//! What conditions speak of, each thing once: quantities (somebody, an attribute, a day moved), roles, packages held, members
//! of sets, and what is not followed, which may be anything. What is true of them all stands in `axioms`.

use super::three::Three;
use crate::ir::{Attributes, Constant, EntityName, EntityTypeId, Expression, Meaning, OrganisationId, PackageId};
use crate::ir::{RoleId, Type, given};
use crate::logic::{Circuit, Number, Wire};
use crate::origins::Part;
use crate::terms::{
    duration::Duration,
    kind::{Kind, Kinds},
    root::{BuiltIn, Consent, Root},
};
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// A quantity: its place in [`Atoms::terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TermId(pub(super) u32);

/// What a quantity is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Root(Root),
    Organisation(OrganisationId),
    Attribute(TermId, Box<str>),
    /// Moved forth, or back.
    Shift(TermId, Duration, bool),
}

/// Of what type it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A person, an organisation or a system user.
    Somebody,
    /// The record asked for.
    Record,
    Plain(Type),
}

/// A quantity: missing, or `none`, or a number that stands for its value.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) said: Said,
    pub(super) of: Of,
    pub(super) missing: Wire,
    pub(super) none: Wire,
    pub(super) number: Number,
    /// Kinds of those that can have this attribute, where not all can.
    pub(super) had_by: Option<Kinds>,
}

/// What an attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    Is(TermId),
    /// Nothing of the type has it, so it is missing.
    Lacking,
    /// It is of another type for each that may have it.
    Unclear,
}

/// What may be in a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    Term(TermId),
    Constant(Constant),
}

/// A condition that is not followed, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Opaque {
    pub(super) says: Expression,
    pub(super) part: Option<Part>,
    pub(super) truth: Three,
}

/// What makes two conditions that read the same two: the bundle where it matters, the element, the resource.
pub(super) type Salt = (u8, Option<Box<str>>, Option<u32>, bool);

/// All that was spoken of so far.
#[derive(Debug)]
pub(super) struct Atoms<'b> {
    pub(super) circuit: Circuit,
    /// The vocabulary.
    pub(super) meaning: &'b Meaning,
    /// The entities of records of the register asked for.
    pub(super) records: Vec<EntityTypeId>,
    pub(super) terms: Vec<Term>,
    by_said: BTreeMap<Said, TermId>,
    interned: BTreeMap<Constant, i128>,
    /// Nobody asks.
    pub(super) nobody: Wire,
    pub(super) roles: BTreeMap<(RoleId, TermId, Option<TermId>), Wire>,
    pub(super) out_of_reach: BTreeMap<OrganisationId, Wire>,
    pub(super) holds: BTreeMap<(PackageId, TermId, TermId), Three>,
    pub(super) members: BTreeMap<(Member, TermId), Three>,
    pub(super) opaque: BTreeMap<(Expression, Salt), Opaque>,
    /// What is undecided, taken as if somebody had decided it.
    pub(super) decided: Vec<Opaque>,
    pub(super) kinds: BTreeMap<TermId, Number>,
    /// Moments that something was compared with.
    pub(super) moments: BTreeSet<Timestamp>,
}

impl<'b> Atoms<'b> {
    pub(super) fn new(meaning: &'b Meaning, records: Vec<EntityTypeId>) -> Self {
        let mut circuit = Circuit::new();
        let nobody = circuit.free();
        Atoms {
            circuit,
            meaning,
            records,
            terms: Vec::new(),
            by_said: BTreeMap::new(),
            interned: BTreeMap::new(),
            nobody,
            roles: BTreeMap::new(),
            out_of_reach: BTreeMap::new(),
            holds: BTreeMap::new(),
            members: BTreeMap::new(),
            opaque: BTreeMap::new(),
            decided: Vec::new(),
            kinds: BTreeMap::new(),
            moments: BTreeSet::new(),
        }
    }

    pub(super) fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = TermId> + use<> {
        (0..u32::try_from(self.terms.len()).unwrap_or(u32::MAX)).map(TermId)
    }

    pub(super) fn find(&self, said: &Said) -> Option<TermId> {
        self.by_said.get(said).copied()
    }

    fn add(&mut self, said: Said, make: impl FnOnce(&mut Self) -> Term) -> TermId {
        if let Some(known) = self.by_said.get(&said) {
            return *known;
        }
        let term = make(self);
        let id = TermId(u32::try_from(self.terms.len()).unwrap_or(u32::MAX));
        self.terms.push(term);
        self.by_said.insert(said, id);
        id
    }

    /// A root that is there. The record may not be, subject and party may be nobody.
    pub(super) fn root(&mut self, root: Root) -> TermId {
        self.add(Said::Root(root), |atoms| {
            let of = match root {
                Root::Subject | Root::Party | Root::Holder | Root::Giver | Root::Receiver => Of::Somebody,
                Root::Delegation => Of::Plain(Type::Entity(EntityName::BuiltIn(BuiltIn::Delegation))),
                Root::Context => Of::Plain(Type::Entity(EntityName::BuiltIn(BuiltIn::Context))),
                Root::Record => Of::Record,
                Root::Resource | Root::Element => Of::Plain(Type::Element),
                Root::Now => Of::Plain(Type::DateTime),
                Root::Today => Of::Plain(Type::Date),
            };
            let missing = if root == Root::Record { atoms.circuit.free() } else { Wire::FALSE };
            let none = match root {
                Root::Subject | Root::Party => atoms.nobody,
                _ => Wire::FALSE,
            };
            let number = atoms.number(&of);
            Term { said: Said::Root(root), of, missing, none, number, had_by: None }
        })
    }

    pub(super) fn organisation(&mut self, id: OrganisationId) -> TermId {
        self.add(Said::Organisation(id), |atoms| {
            let at = atoms.interned(&Constant::Organisation(id));
            let number = atoms.circuit.number(Some(at), Some(at));
            let (missing, none) = (Wire::FALSE, Wire::FALSE);
            Term { said: Said::Organisation(id), of: Of::Somebody, missing, none, number, had_by: None }
        })
    }

    /// An attribute of a quantity.
    pub(super) fn attribute(&mut self, of: TermId, name: &str) -> Attribute {
        let Some(base) = self.term(of).cloned() else { return Attribute::Unclear };
        let (has, had_by) = match self.type_of(&base.of, name) {
            None => return Attribute::Lacking,
            Some(None) => return Attribute::Unclear,
            Some(Some(found)) => found,
        };
        Attribute::Is(self.add(Said::Attribute(of, name.into()), |atoms| {
            let own = atoms.circuit.free();
            let missing = atoms.circuit.any([base.missing, base.none, own]);
            let may_be_none = matches!(&has, Type::OrNone(_));
            let none = if may_be_none { atoms.circuit.free() } else { Wire::FALSE };
            let of_set = matches!(bare(&base.of), Some(Type::Set(_)));
            let has = match has {
                Type::OrNone(inner) if of_set => Type::Set(inner),
                Type::OrNone(inner) => *inner,
                Type::Set(inner) => Type::Set(inner),
                other if of_set => Type::Set(Box::new(other)),
                other => other,
            };
            let none = if of_set { Wire::FALSE } else { none };
            let of_kind = Of::Plain(has);
            let number = atoms.number(&of_kind);
            Term { said: Said::Attribute(of, name.into()), of: of_kind, missing, none, number, had_by }
        }))
    }

    /// A day or a moment, moved; missing also outside the calendar.
    pub(super) fn shift(&mut self, of: TermId, by: Duration, back: bool) -> Option<TermId> {
        let base = self.term(of)?.clone();
        let fits = match bare(&base.of)? {
            Type::Date => by.unit.is_of_dates(),
            Type::DateTime => !by.unit.is_of_dates(),
            _ => return None,
        };
        if !fits {
            return None;
        }
        Some(self.add(Said::Shift(of, by, back), |atoms| {
            let outside = atoms.circuit.free();
            let missing = atoms.circuit.or(base.missing, outside);
            let number = atoms.number(&base.of);
            let said = Said::Shift(of, by, back);
            Term { said, of: base.of.clone(), missing, none: base.none, number, had_by: None }
        }))
    }

    /// A number for values of a type.
    fn number(&mut self, of: &Of) -> Number {
        let top = |count: usize| (Some(0), Some(i128::try_from(count).unwrap_or(i128::MAX) - 1));
        let (low, high) = match bare(of) {
            Some(Type::Bool) => top(2),
            Some(Type::Consent) => top(Consent::ALL.len()),
            Some(Type::Enum(id)) => match self.meaning.enum_at(*id).map(|defined| defined.body.values.len()) {
                Some(count) if count > 0 => top(count),
                _ => (None, None),
            },
            Some(Type::Integer) => (Some(i128::from(i64::MIN)), Some(i128::from(i64::MAX))),
            Some(Type::Date) => (Some(0), Some(i128::from(LAST_DAY))),
            _ => (None, None),
        };
        self.circuit.number(low, high)
    }

    /// The type of an attribute, and who can have it where not all can. `None`: nothing of its type has it; `Some(None)`: it is of several
    /// types.
    fn type_of(&self, of: &Of, name: &str) -> Option<Option<(Type, Option<Kinds>)>> {
        let in_table = |table: Option<&Attributes>| table.and_then(|table| table.get(name)).cloned();
        let of_built_in = |one: BuiltIn| {
            let own = given(one).into_iter().find(|(known, _)| *known == name).map(|(_, of)| of);
            own.or_else(|| in_table(self.meaning.built_in.get(&one)))
        };
        match of {
            Of::Somebody => {
                let each = Kind::ALL.into_iter().filter_map(|kind| Some((kind, of_built_in(entity_of(kind))?)));
                let each: Vec<(Kind, Type)> = each.collect();
                let (_, first) = each.first()?;
                let kinds: Kinds = each.iter().map(|(kind, _)| *kind).collect();
                let alike = each.iter().all(|(_, of)| of == first);
                Some(alike.then(|| (first.clone(), Some(kinds).filter(|kinds| *kinds != Kinds::ANY))))
            }
            Of::Record => {
                let own = given(BuiltIn::Record).into_iter().find(|(known, _)| *known == name).map(|(_, of)| of);
                let declared =
                    self.records.iter().find_map(|id| in_table(Some(&self.meaning.entity(*id)?.body.attributes)));
                own.or(declared).or_else(|| of_built_in(BuiltIn::Record)).map(|of| Some((of, None)))
            }
            Of::Plain(of) => {
                let inner = match of {
                    Type::Set(inner) | Type::OrNone(inner) => inner,
                    other => other,
                };
                match inner {
                    Type::Entity(EntityName::BuiltIn(one)) => of_built_in(*one).map(|of| Some((of, None))),
                    Type::Entity(EntityName::Declared(id)) => {
                        in_table(Some(&self.meaning.entity(*id)?.body.attributes)).map(|of| Some((of, None)))
                    }
                    _ => None,
                }
            }
        }
    }

    /// The number of a constant among those of its type; `None`: it has none.
    pub(super) fn rank(&mut self, constant: &Constant) -> Option<i128> {
        Some(match constant {
            Constant::Bool(is) => i128::from(*is),
            Constant::Integer(number) => i128::from(*number),
            Constant::Date(day) => i128::from(day_number(*day)),
            Constant::DateTime(moment) => {
                self.moments.insert(*moment);
                moment.as_nanosecond()
            }
            Constant::Enum(_, at) => i128::from(*at),
            Constant::Consent(state) => {
                Consent::ALL.iter().position(|one| one == state).and_then(|at| i128::try_from(at).ok())?
            }
            Constant::None => return None,
            other => self.interned(other),
        })
    }

    fn interned(&mut self, constant: &Constant) -> i128 {
        let next = i128::try_from(self.interned.len()).unwrap_or(i128::MAX);
        *self.interned.entry(constant.clone()).or_insert(next)
    }

    /// The constant of a number, of those that were spoken of and have no order.
    pub(super) fn constant_of(&self, number: i128, wanted: impl Fn(&Constant) -> bool) -> Option<&Constant> {
        self.interned.iter().find(|(constant, at)| **at == number && wanted(constant)).map(|(constant, _)| constant)
    }

    /// Was it never spoken of?
    pub(super) fn is_new(&self, constant: &Constant) -> bool {
        !self.interned.contains_key(constant)
    }

    /// Is somebody of this kind?
    pub(super) fn is_kind(&mut self, who: TermId, kind: Kind) -> Wire {
        let Some(term) = self.term(who) else { return Wire::FALSE };
        if let Said::Organisation(_) = term.said {
            return if kind == Kind::Organisation { Wire::TRUE } else { Wire::FALSE };
        }
        if let Some(Type::Entity(EntityName::BuiltIn(one))) = bare(&term.of) {
            return if *one == entity_of(kind) { Wire::TRUE } else { Wire::FALSE };
        }
        let number = match self.kinds.get(&who) {
            Some(number) => *number,
            None => {
                let number = self.circuit.number(Some(0), Some(2));
                self.kinds.insert(who, number);
                number
            }
        };
        self.circuit.is(number, i128::from(kind as u8))
    }

    /// Is somebody of one of these kinds?
    pub(super) fn is_among(&mut self, who: TermId, kinds: Kinds) -> Wire {
        let each: Vec<Wire> = kinds.iter().map(|kind| self.is_kind(who, kind)).collect();
        self.circuit.any(each)
    }

    /// Does a role fact say so?
    pub(super) fn role(&mut self, role: RoleId, who: TermId, party: Option<TermId>) -> Wire {
        let circuit = &mut self.circuit;
        *self.roles.entry((role, who, party)).or_insert_with(|| circuit.free())
    }

    pub(super) fn is_out_of_reach(&mut self, source: OrganisationId) -> Wire {
        let circuit = &mut self.circuit;
        *self.out_of_reach.entry(source).or_insert_with(|| circuit.free())
    }

    /// A truth that may be unknown, of which nothing else is known.
    pub(super) fn anything(&mut self) -> Three {
        let (unknown, so) = (self.circuit.free(), self.circuit.free());
        Three::where_known(&mut self.circuit, !unknown, so)
    }

    /// It is there, and is not `none`.
    pub(super) fn is_there(&mut self, id: TermId) -> Wire {
        let Some(term) = self.term(id).cloned() else { return Wire::FALSE };
        self.circuit.and(!term.missing, !term.none)
    }

    /// Both are there, and are the same.
    pub(super) fn are_one(&mut self, one: TermId, other: TermId) -> Wire {
        let (Some(first), Some(second)) = (self.term(one), self.term(other)) else { return Wire::FALSE };
        let (first, second) = (first.number, second.number);
        let same = self.circuit.same(first, second);
        let there = [self.is_there(one), self.is_there(other)];
        self.circuit.all([same, there[0], there[1]])
    }
}

/// The type without `or none`, of what is no person, organisation or system user of a kind that is not known, and no record.
pub(super) fn bare(of: &Of) -> Option<&Type> {
    match of {
        Of::Plain(Type::OrNone(inner)) => Some(inner),
        Of::Plain(of) => Some(of),
        Of::Somebody | Of::Record => None,
    }
}

/// Is it a person, an organisation or a system user?
pub(super) fn is_somebody(of: &Of) -> bool {
    match of {
        Of::Somebody => true,
        Of::Record => false,
        Of::Plain(_) => match bare(of) {
            Some(Type::Entity(EntityName::BuiltIn(one))) => {
                matches!(one, BuiltIn::Person | BuiltIn::Organisation | BuiltIn::SystemUser)
            }
            _ => false,
        },
    }
}

/// Is a value of the type the same as itself, and is equality all that two values have of each other, or their order?
pub(super) fn has_identity(of: &Of) -> bool {
    match of {
        Of::Somebody => true,
        Of::Record => false,
        Of::Plain(_) => match bare(of) {
            Some(Type::Entity(_)) => is_somebody(of),
            Some(Type::Set(_) | Type::OrNone(_)) | None => false,
            Some(_) => true,
        },
    }
}

/// The entity of a kind.
pub(super) fn entity_of(kind: Kind) -> BuiltIn {
    match kind {
        Kind::Person => BuiltIn::Person,
        Kind::Organisation => BuiltIn::Organisation,
        Kind::SystemUser => BuiltIn::SystemUser,
    }
}

/// The number of 9999-12-31.
pub(super) const LAST_DAY: i32 = 3_652_058;

/// Days since 0001-01-01.
pub(super) fn day_number(day: Date) -> i32 {
    day.since(jiff::civil::date(1, 1, 1)).map_or(0, |span| span.get_days())
}

/// The day of a number.
pub(super) fn day_of(number: i128) -> Option<Date> {
    let days = i64::try_from(number).ok()?;
    let span = jiff::Span::new().try_days(days).ok()?;
    jiff::civil::date(1, 1, 1).checked_add(span).ok()
}

//! Conditions → alternatives of comparisons, as XACML can say them; what it cannot say is an attribute of its own, which
//! the provider works out (docs/attributes.md, A14 and on). Evaluates nothing.

use crate::emit::attributes::{self, Asked, ELEMENT, NOW, TODAY, Work};
use crate::ir::{Attributes, Constant as Value, EntityName, Expression, Meaning, Resource, Type, json};
use crate::terms::{
    duration::{Duration, Unit},
    operator::Operator,
    root::{BuiltIn, Root},
};
use crate::xacml::model::{Attribute, Constant, DataType, Formula, Says, Term, Test};
use jiff::{SignedDuration, Timestamp, civil::date, tz::TimeZone};
use std::collections::BTreeMap;

/// How many alternatives a condition may have, and how many comparisons in all; one with more is an attribute of its own.
const ALTERNATIVES: usize = 64;
const COMPARISONS: usize = 1024;

/// Alternatives, each of comparisons that must all be so.
pub(super) type Alternatives = Vec<Vec<Formula>>;

/// Writes the conditions of the rules over one version of a resource.
pub(super) struct Conditions<'b> {
    pub(super) meaning: &'b Meaning,
    pub(super) resource: &'b Resource,
    /// Attributes that its conditions read, by id.
    pub(super) asked: BTreeMap<String, Asked>,
    /// A bag that is missing is empty: no harm where the condition is of a permit and the match is positive.
    pub(super) of_a_permit: bool,
    /// Comparisons left.
    left: usize,
    /// What must be so for the comparison at hand to have a value.
    guards: Vec<Formula>,
}

impl<'b> Conditions<'b> {
    pub(super) fn new(meaning: &'b Meaning, resource: &'b Resource, of_a_permit: bool) -> Self {
        Conditions { meaning, resource, asked: BTreeMap::new(), of_a_permit, left: COMPARISONS, guards: Vec::new() }
    }

    /// The alternatives of a condition.
    pub(super) fn alternatives(&mut self, condition: &Expression) -> Alternatives {
        match self.either(condition, false) {
            Some(alternatives) => alternatives,
            None => {
                self.asked.clear();
                vec![vec![self.flag(condition, false)]]
            }
        }
    }

    /// `None` where there are too many. As deep as conditions may be nested, which the readers limit; conditions that
    /// name each other do so without a circle.
    fn either(&mut self, condition: &Expression, negated: bool) -> Option<Alternatives> {
        match (condition, negated) {
            (Expression::Not(inner), _) => self.either(inner, !negated),
            (Expression::Or(parts), false) | (Expression::And(parts), true) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.either(part, negated)?);
                    if all.len() > ALTERNATIVES {
                        return None;
                    }
                }
                Some(all)
            }
            (Expression::And(parts), false) | (Expression::Or(parts), true) => {
                let mut all: Alternatives = vec![Vec::new()];
                for part in parts {
                    let more = self.either(part, negated)?;
                    if all.len().saturating_mul(more.len()) > ALTERNATIVES {
                        return None;
                    }
                    let with = |one: &Vec<Formula>| {
                        let one = one.clone();
                        more.iter().map(move |two| one.iter().chain(two).cloned().collect())
                    };
                    all = all.iter().flat_map(with).collect();
                }
                Some(all)
            }
            (Expression::Condition(id), _) => {
                let named = self.meaning.condition(*id)?;
                let before = self.asked.clone();
                let said = self.either(&named.body.says, negated);
                // A condition that a part must be asked for is asked for whole: it has a name.
                let whole = said.filter(|_| self.asked.keys().all(|id| before.contains_key(id) || !is_worked_out(id)));
                whole.or_else(|| {
                    self.asked = before;
                    Some(vec![vec![self.flag(condition, negated)]])
                })
            }
            _ => {
                self.left = self.left.checked_sub(1)?;
                Some(vec![vec![self.comparison(condition, negated)]])
            }
        }
    }

    fn comparison(&mut self, condition: &Expression, negated: bool) -> Formula {
        self.guards.clear();
        let before = self.asked.clone();
        match self.said(condition, negated) {
            Some(said) if self.guards.is_empty() => said,
            Some(said) => Formula::All(std::iter::once(said).chain(self.guards.drain(..)).collect()),
            None => {
                self.asked = before;
                self.flag(condition, negated)
            }
        }
    }

    /// The comparison as XACML says it.
    fn said(&mut self, condition: &Expression, negated: bool) -> Option<Formula> {
        let test = |negated, says| Formula::Test(Box::new(Test { negated, says }));
        match condition {
            Expression::Attribute(..) => match self.term(condition)? {
                (DataType::Boolean, Term::Attribute(attribute)) => Some(test(negated, Says::Flag(attribute))),
                _ => None,
            },
            Expression::Compare(Operator::In, sides) => self.among(&sides.0, &sides.1, negated),
            Expression::Compare(operator, sides) => {
                let ((of, one), (other, two)) = (self.term(&sides.0)?, self.term(&sides.1)?);
                if of != other {
                    return None;
                }
                // None of these is `none`, so what is not less is equal or greater.
                let (turned, says) = match operator {
                    Operator::Equal => (false, Says::Equal(of, one, two)),
                    Operator::NotEqual => (true, Says::Equal(of, one, two)),
                    Operator::Less => (false, Says::Less(of, one, two)),
                    Operator::GreaterOrEqual => (true, Says::Less(of, one, two)),
                    Operator::Greater => (false, Says::Less(of, two, one)),
                    Operator::LessOrEqual => (true, Says::Less(of, two, one)),
                    Operator::In => return None,
                };
                let ordered = matches!(of, DataType::Integer | DataType::Date | DataType::DateTime);
                (ordered || !operator.orders()).then(|| test(turned != negated, says))
            }
            _ => None,
        }
    }

    /// `x in S`, S being known here, or the values of one attribute.
    fn among(&mut self, one: &Expression, set: &Expression, negated: bool) -> Option<Formula> {
        let (of, one) = self.term(one)?;
        if let Some((attribute, Type::Set(member))) = self.path(set) {
            let fits = self.data_type(&member) == Some(of) && self.of_a_permit && !negated;
            return fits.then(|| {
                let attribute = Attribute { bag: true, data_type: of.uri(), ..attribute };
                self.ask(&attribute, set);
                Formula::Test(Box::new(Test { negated: false, says: Says::Among(of, one, attribute) }))
            });
        }
        let members: Vec<(DataType, Term)> = match set {
            Expression::List(parts) => parts.iter().map(|part| self.term(part)).collect::<Option<_>>()?,
            Expression::Attribute(root, name)
                if **root == Expression::Root(Root::Resource) && &**name == "purposes" =>
            {
                let (purpose, values) = self.resource.purposes.as_ref()?;
                let values = values.known()?.iter().map(|at| Expression::Value(Value::Enum(*purpose, *at)));
                values.map(|value| self.term(&value)).collect::<Option<_>>()?
            }
            _ => return None,
        };
        let fits = !members.is_empty() && members.iter().all(|(member, _)| *member == of);
        let equal = |(_, member)| Test { negated, says: Says::Equal(of, one.clone(), member) };
        fits.then(|| {
            let all: Vec<Formula> = members.into_iter().map(|member| Formula::Test(Box::new(equal(member)))).collect();
            if negated { Formula::All(all) } else { super::any(all) }
        })
    }

    fn term(&mut self, term: &Expression) -> Option<(DataType, Term)> {
        match term {
            Expression::Value(value) => {
                let value = self.constant(value)?;
                Some((value.of, Term::Constant(value)))
            }
            Expression::Root(Root::Today) => Some((DataType::Date, Term::Attribute(TODAY.clone()))),
            Expression::Root(Root::Now) => Some((DataType::DateTime, Term::Attribute(NOW.clone()))),
            Expression::Root(Root::Element) => Some((DataType::String, Term::Attribute(ELEMENT.clone()))),
            Expression::Attribute(..) => {
                let (attribute, of) = self.path(term)?;
                let of = self.data_type(&of)?;
                let attribute = Attribute { data_type: of.uri(), ..attribute };
                self.ask(&attribute, term);
                Some((of, Term::Attribute(attribute)))
            }
            Expression::Shift { from, back, by } => {
                let (of, from) = self.term(from)?;
                let Expression::Value(Value::Duration(length)) = &**by else { return None };
                let by = moved_by(*length, of)?;
                // Outside the years 1 to 9999 there is no value (E10), but XACML has one. In a permit a guard keeps it from
                // permitting; a forbid would have to deny.
                if !self.of_a_permit || matches!(from, Term::Moved { .. }) {
                    return None;
                }
                self.guards.push(within_the_calendar(of, &from, *length, *back)?);
                Some((of, Term::Moved { from: Box::new(from), by, back: *back }))
            }
            _ => None,
        }
    }

    /// A constant, as attributes of its type hold it.
    fn constant(&self, value: &Value) -> Option<Constant> {
        attributes::constant(self.meaning, value)
    }

    /// The data type of the one value of an attribute of this type.
    fn data_type(&self, of: &Type) -> Option<DataType> {
        attributes::data_type(self.meaning, of)
    }

    /// The attribute of a path through single things, with what it is of.
    fn path(&self, path: &Expression) -> Option<(Attribute, Type)> {
        let mut names: Vec<&str> = Vec::new();
        let mut at = path;
        while let Expression::Attribute(inner, name) = at {
            names.push(name);
            at = inner;
        }
        let Expression::Root(root) = at else { return None };
        let category = attributes::category(*root)?;
        names.reverse();
        let (first, rest) = names.split_first()?;
        let mut of = self.first(*root, first)?;
        for name in rest {
            let Type::Entity(entity) = of else { return None };
            of = self.of_entity(entity, name)?;
        }
        let id = format!("urn:fullmakt:attribute:{}.{}", root.word(), names.join("."));
        Some((Attribute { id: id.into(), category, data_type: DataType::String.uri(), bag: false }, of))
    }

    fn first(&self, root: Root, name: &str) -> Option<Type> {
        let among =
            |built_in: &[BuiltIn]| built_in.iter().find_map(|one| self.of_entity(EntityName::BuiltIn(*one), name));
        match root {
            Root::Subject | Root::Party => among(&[BuiltIn::Person, BuiltIn::Organisation, BuiltIn::SystemUser]),
            Root::Context => among(&[BuiltIn::Context]),
            Root::Record => {
                let own = self.resource.records.and_then(|records| self.of_entity(EntityName::Declared(records), name));
                own.or_else(|| among(&[BuiltIn::Record]))
            }
            _ => None,
        }
    }

    fn of_entity(&self, entity: EntityName, name: &str) -> Option<Type> {
        let said = |attributes: &Attributes| attributes.get(name).cloned();
        match entity {
            EntityName::Declared(id) => said(&self.meaning.entity(id)?.body.attributes),
            EntityName::BuiltIn(built_in) => {
                let added = self.meaning.built_in.get(&built_in).and_then(said);
                added.or_else(|| (built_in == BuiltIn::Record).then(|| of_every_record(name)).flatten())
            }
        }
    }

    fn ask(&mut self, attribute: &Attribute, expression: &Expression) {
        let asked = Asked { attribute: attribute.clone(), work: Work::Expression(expression.clone()) };
        self.asked.insert(attribute.id.to_string(), asked);
    }

    /// An attribute for the condition itself.
    fn flag(&mut self, condition: &Expression, negated: bool) -> Formula {
        let name = match condition {
            Expression::Condition(id) => {
                let name = self.meaning.condition(*id).map_or("", |named| &named.name);
                format!("{NAMED}{name}")
            }
            _ => {
                let digest = json::sha256(json::expression_text(self.meaning, condition).as_bytes());
                format!("{NAMELESS}{}", digest.get(..16).unwrap_or(&digest))
            }
        };
        let attribute = attributes::flag(name);
        self.ask(&attribute, condition);
        Formula::Test(Box::new(Test { negated, says: Says::Flag(attribute) }))
    }
}

const NAMED: &str = "urn:fullmakt:attribute:condition:";
const NAMELESS: &str = "urn:fullmakt:attribute:expression:";

/// Is it a condition that the provider works out (else what is known of somebody or something)?
fn is_worked_out(id: &str) -> bool {
    id.starts_with(NAMED) || id.starts_with(NAMELESS)
}

fn of_every_record(name: &str) -> Option<Type> {
    match name {
        "person" => Some(Type::Entity(EntityName::BuiltIn(BuiltIn::Person))),
        "created" => Some(Type::Date),
        "consent" => Some(Type::Consent),
        "restricted" | "objected" | "kept" | "overdue" => Some(Type::Bool),
        _ => None,
    }
}

/// That a date or moment, moved so, is in the years 1 to 9999; `None` where it never is.
fn within_the_calendar(of: DataType, from: &Term, by: Duration, back: bool) -> Option<Formula> {
    let amount = i64::from(by.amount);
    let limit = match by.unit {
        Unit::Years | Unit::Months => {
            let months = if by.unit == Unit::Years { amount * 12 } else { amount };
            // Months since the year 0: the first that is too late, or the first that is late enough.
            let first = if back { 12 + months } else { 120_000 - months };
            if !(12..120_000).contains(&first) {
                return None;
            }
            format!("{:04}-{:02}-01", first / 12, first % 12 + 1)
        }
        Unit::Hours | Unit::Minutes => {
            let minutes = if by.unit == Unit::Hours { amount * 60 } else { amount };
            // XML has no year 0, in which the year 1 begins in Oslo: it is counted from its beginning in Greenwich.
            let start = date(1, 1, 1).to_zoned(TimeZone::UTC).ok()?.timestamp();
            let length = SignedDuration::from_mins(minutes);
            let moment = if back { start.checked_add(length) } else { Timestamp::MAX.checked_sub(length) };
            moment.ok()?.to_string()
        }
        Unit::Days => return None,
    };
    let limit = Term::Constant(Constant { of, value: limit });
    let before = Says::Less(of, from.clone(), limit);
    Some(Formula::Test(Box::new(Test { negated: back, says: before })))
}

/// A duration that XACML can add to values of a type: it has no days for dates.
fn moved_by(by: Duration, of: DataType) -> Option<Constant> {
    let amount = by.amount;
    let (of, value) = match (of, by.unit) {
        (DataType::Date, Unit::Years) => (DataType::Months, format!("P{amount}Y")),
        (DataType::Date, Unit::Months) => (DataType::Months, format!("P{amount}M")),
        (DataType::DateTime, Unit::Hours) => (DataType::Minutes, format!("PT{amount}H")),
        (DataType::DateTime, Unit::Minutes) => (DataType::Minutes, format!("PT{amount}M")),
        _ => return None,
    };
    Some(Constant { of, value })
}

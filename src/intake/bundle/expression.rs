//! Trees → conditions, constants and types with ids. Every name in one is in the bundle, every operand of a type that the
//! operator takes; what it reads is told, so that it stands only where that may be read.

use super::tree::Tree;
use super::types::Of;
use crate::ir::{
    ConditionId, Constant, EntityName, Expression, IsWhat, Meaning, OrganisationId, ResourceId, Role, RoleId, Type,
};
use crate::terms::{
    duration::{Duration, Unit},
    kind::Kind,
    legal_basis::LegalBasis,
    level::Level,
    operator::Operator,
    root::{BuiltIn, Consent, Root},
};
use std::collections::BTreeMap;

/// What an expression reads, and how deep in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// Roots, a bit each.
    pub(super) roots: u16,
    /// Asks what somebody holds, or what is permitted.
    pub(super) asks: bool,
    /// Asks whether a record is kept or overdue.
    pub(super) retention: bool,
    /// How deep it is.
    pub(super) depth: usize,
    /// Conditions that it names, with how deep.
    pub(super) conditions: BTreeMap<ConditionId, usize>,
    /// What it asks to be permitted, with how deep.
    pub(super) permitted: BTreeMap<(ResourceId, Box<str>), usize>,
}

pub(super) fn bit(root: Root) -> u16 {
    1 << root as u16
}

/// What stands where, and of what type; or why it cannot.
type Found<T> = Result<T, String>;

/// Reads one expression.
pub(super) struct Reader<'m> {
    pub(super) meaning: &'m Meaning,
    pub(super) reads: Reads,
    variables: Vec<(Box<str>, Of)>,
    depth: usize,
}

impl<'m> Reader<'m> {
    pub(super) fn new(meaning: &'m Meaning) -> Self {
        Reader { meaning, reads: Reads::default(), variables: Vec::new(), depth: 0 }
    }

    /// An expression whose value is true or false.
    pub(super) fn truth(&mut self, tree: &Tree) -> Found<Expression> {
        let (says, of) = self.expression(tree)?;
        if of.is_truth() { Ok(says) } else { Err("a condition has another value than true or false".to_owned()) }
    }

    /// Depth is limited by the tree.
    fn expression(&mut self, tree: &Tree) -> Found<(Expression, Of)> {
        self.depth += 1;
        self.reads.depth = self.reads.depth.max(self.depth);
        let found = self.form(tree);
        self.depth -= 1;
        found
    }

    fn form(&mut self, tree: &Tree) -> Found<(Expression, Of)> {
        let Some((word, rest)) = word(tree) else {
            return constant(self.meaning, tree).map(|(value, of)| (Expression::Value(value), of));
        };
        if let Some(operator) = Operator::from_word(word) {
            return self.compare(operator, rest);
        }
        if let (Some(root), []) = (Root::from_word(word), rest) {
            self.reads.roots |= bit(root);
            return Ok((Expression::Root(root), Of::root(root)));
        }
        match (word, rest) {
            ("or" | "and", parts) => self.joined(word, parts),
            ("not", [part]) => Ok((Expression::Not(Box::new(self.truth(part)?)), Of::Bool)),
            ("is", [who, what]) => self.is(who, what, None),
            ("is", [who, what, party]) => self.is(who, what, Some(party)),
            ("holds", [who, Tree::Text(package), party]) => self.holds(who, package, party),
            ("any" | "all", [Tree::Text(variable), set, body]) => self.each(word == "all", variable, set, body),
            ("variable", [Tree::Text(name)]) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                let of =
                    found.map(|(_, of)| of.clone()).ok_or_else(|| format!("there is no variable `{name}` here"))?;
                Ok((Expression::Variable(name.clone()), of))
            }
            ("permitted", [Tree::Text(resource), Tree::Text(action)]) => self.permitted(resource, action),
            ("+" | "-", [from, by]) => self.shift(word == "-", from, by),
            ("attr", [of, Tree::Text(name)]) => self.attribute(of, name),
            ("condition", [Tree::Text(name)]) => {
                let id = self.meaning.condition_named(name).ok_or_else(|| unknown("condition", name))?;
                let depth = self.reads.conditions.entry(id).or_default();
                *depth = self.depth.max(*depth);
                Ok((Expression::Condition(id), Of::Bool))
            }
            ("set", parts) => self.list(parts),
            ("undecided", []) => Ok((Expression::Undecided, Of::Any)),
            _ => constant(self.meaning, tree).map(|(value, of)| (Expression::Value(value), of)),
        }
    }

    fn joined(&mut self, word: &str, parts: &[Tree]) -> Found<(Expression, Of)> {
        let parts: Vec<Expression> = parts.iter().map(|part| self.truth(part)).collect::<Found<_>>()?;
        let same = |part: &Expression| match part {
            Expression::Or(_) => word == "or",
            Expression::And(_) => word == "and",
            _ => false,
        };
        if parts.len() < 2 || parts.iter().any(same) {
            return Err(format!("`{word}` joins two conditions or more, none of which is such a list itself"));
        }
        Ok((if word == "or" { Expression::Or(parts) } else { Expression::And(parts) }, Of::Bool))
    }

    fn compare(&mut self, operator: Operator, sides: &[Tree]) -> Found<(Expression, Of)> {
        let [left, right] = sides else { return Err(format!("`{}` has two sides", operator.word())) };
        let (left, one) = self.expression(left)?;
        let (right, two) = self.expression(right)?;
        let fits = match operator {
            Operator::In => two.members().is_some_and(|members| one.meets(&members)),
            _ if operator.orders() => one.meets(&two) && one.is_ordered(self.meaning) && two.is_ordered(self.meaning),
            _ => one.meets(&two),
        };
        if !fits {
            return Err(format!("`{}` compares what cannot be compared", operator.word()));
        }
        Ok((Expression::Compare(operator, Box::new((left, right))), Of::Bool))
    }

    fn principal(&mut self, tree: &Tree) -> Found<Box<Expression>> {
        let (says, of) = self.expression(tree)?;
        if of.is_principal() {
            return Ok(Box::new(says));
        }
        Err("neither a person nor an organisation nor a system user stands where one must".to_owned())
    }

    fn is(&mut self, who: &Tree, what: &Tree, party: Option<&Tree>) -> Found<(Expression, Of)> {
        let who = self.principal(who)?;
        let party = party.map(|party| self.principal(party)).transpose()?;
        let what = match word(what) {
            Some(("role", [Tree::Text(name)])) => IsWhat::Role(self.role(name, party.is_some())?),
            Some(("kind", [Tree::Text(kind)])) if party.is_none() => {
                IsWhat::Kind(Kind::from_word(kind).ok_or_else(|| unknown("kind", kind))?)
            }
            Some(("organisation", [Tree::Text(name)])) if party.is_none() => {
                IsWhat::Organisation(organisation(self.meaning, name)?)
            }
            Some(("controller", [])) if party.is_none() => IsWhat::Controller,
            Some(("processor", [])) if party.is_none() => IsWhat::Processor,
            _ => return Err("`is` does not have the form of one".to_owned()),
        };
        Ok((Expression::Is { who, what, party }, Of::Bool))
    }

    /// A role for a party, or a status; one that nobody can hold may be either.
    fn role(&self, name: &str, for_party: bool) -> Found<RoleId> {
        let id = self.meaning.role_named(name).ok_or_else(|| unknown("role", name))?;
        let versions = self.meaning.role(id).map_or(&[][..], |named| &named.versions);
        let fits = |role: &Role| role.of.is_some() == for_party || role.by.is_empty();
        if !versions.iter().any(fits) {
            let what = if for_party { "is a status, held for no party" } else { "is held for a party" };
            return Err(format!("`{name}` {what}"));
        }
        Ok(id)
    }

    fn holds(&mut self, who: &Tree, package: &str, party: &Tree) -> Found<(Expression, Of)> {
        self.reads.asks = true;
        let who = self.principal(who)?;
        let package = self.meaning.package_named(package).ok_or_else(|| unknown("package", package))?;
        let party = self.principal(party)?;
        Ok((Expression::Holds { who, package, party }, Of::Bool))
    }

    fn each(&mut self, all: bool, variable: &str, set: &Tree, body: &Tree) -> Found<(Expression, Of)> {
        let (set, of) = self.expression(set)?;
        let members = of.members().ok_or("`any` and `all` ask of the members of a set")?;
        self.variables.push((variable.into(), members));
        let body = self.truth(body);
        self.variables.pop();
        let (set, body) = (Box::new(set), Box::new(body?));
        Ok((Expression::Each { all, variable: variable.into(), set, body }, Of::Bool))
    }

    fn permitted(&mut self, name: &str, action: &str) -> Found<(Expression, Of)> {
        self.reads.asks = true;
        let resource = self.meaning.resource_named(name).ok_or_else(|| unknown("resource", name))?;
        let versions = self.meaning.resource(resource).map_or(&[][..], |named| &named.versions);
        if !versions.iter().any(|version| version.actions.iter().any(|known| &*known.name == action)) {
            return Err(format!("`{name}` has no action `{action}`"));
        }
        let depth = self.reads.permitted.entry((resource, action.into())).or_default();
        *depth = self.depth.max(*depth);
        Ok((Expression::Permitted { resource, action: action.into() }, Of::Bool))
    }

    fn shift(&mut self, back: bool, from: &Tree, by: &Tree) -> Found<(Expression, Of)> {
        let (from, of) = self.expression(from)?;
        let (by, length) = self.expression(by)?;
        if !matches!(of.some(), Of::Date | Of::DateTime | Of::None | Of::Any)
            || !matches!(length.some(), Of::Duration | Of::None | Of::Any)
        {
            return Err("`+` and `-` move a date or a datetime by a duration".to_owned());
        }
        Ok((Expression::Shift { from: Box::new(from), back, by: Box::new(by) }, of))
    }

    fn attribute(&mut self, of: &Tree, name: &str) -> Found<(Expression, Of)> {
        let (path, of) = self.expression(of)?;
        let found =
            of.attribute(name, self.meaning).ok_or_else(|| format!("nothing has an attribute `{name}` here"))?;
        if matches!(name, "kept" | "overdue") {
            self.reads.retention = true;
        }
        Ok((Expression::Attribute(Box::new(path), name.into()), found))
    }

    fn list(&mut self, parts: &[Tree]) -> Found<(Expression, Of)> {
        let mut members: Option<Of> = None;
        let mut all = Vec::new();
        for part in parts {
            let (says, of) = self.expression(part)?;
            all.push(says);
            match &members {
                Some(known) if !known.meets(&of) => return Err("a set has members of several types".to_owned()),
                Some(known) if !matches!(known, Of::None | Of::Any) => {}
                _ => members = Some(of),
            }
        }
        Ok((Expression::List(all), Of::Set(Box::new(members.unwrap_or(Of::Any)))))
    }
}

/// The first word of a list, and the rest of it.
fn word(tree: &Tree) -> Option<(&str, &[Tree])> {
    let Tree::List(items) = tree else { return None };
    let (first, rest) = items.split_first()?;
    Some((first.text()?, rest))
}

fn unknown(sort: &str, name: &str) -> String {
    format!("there is no {sort} `{name}` in the bundle")
}

fn organisation(meaning: &Meaning, name: &str) -> Found<OrganisationId> {
    meaning.organisation_named(name).ok_or_else(|| unknown("organisation", name))
}

/// A constant, with its type.
pub(super) fn constant(meaning: &Meaning, tree: &Tree) -> Found<(Constant, Of)> {
    let malformed = || "it does not have the form of a condition".to_owned();
    let (word, rest) = match tree {
        Tree::Truth(yes) => return Ok((Constant::Bool(*yes), Of::Bool)),
        Tree::Integer(number) => return Ok((Constant::Integer(*number), Of::Integer)),
        _ => word(tree).ok_or_else(malformed)?,
    };
    let exact = |text: &str, found: Option<(Constant, Of)>| found.ok_or_else(|| format!("`{text}` is no {word}"));
    match (word, rest) {
        ("none", []) => Ok((Constant::None, Of::None)),
        ("string", [Tree::Text(text)]) => Ok((Constant::String(text.clone()), Of::String)),
        ("name", [Tree::Text(text)]) => Ok((Constant::Element(text.clone()), Of::Element)),
        ("law", [Tree::Text(text)]) => Ok((Constant::Basis(LegalBasis::Law(text.clone())), Of::Basis)),
        ("date", [Tree::Text(text)]) => {
            let day: Option<jiff::civil::Date> = text.parse().ok();
            let day = day.filter(|day| day.to_string() == **text && day.year() >= 1);
            exact(text, day.map(|day| (Constant::Date(day), Of::Date)))
        }
        ("datetime", [Tree::Text(text)]) => {
            let moment: Option<jiff::Timestamp> = text.parse().ok();
            let moment = moment.filter(|moment| moment.to_string() == **text);
            exact(text, moment.map(|moment| (Constant::DateTime(moment), Of::DateTime)))
        }
        ("duration", [Tree::Integer(amount), Tree::Text(unit)]) => {
            let amount = u32::try_from(*amount).ok().filter(|amount| *amount <= Duration::MOST);
            let unit = Unit::ALL.into_iter().find(|known| known.word() == &**unit).ok_or_else(malformed)?;
            let amount = amount.ok_or_else(malformed)?;
            Ok((Constant::Duration(Duration { unit, amount }), Of::Duration))
        }
        ("enum", [Tree::Text(name), Tree::Text(value)]) => {
            let id = meaning.enum_named(name).ok_or_else(|| unknown("enum", name))?;
            let values = meaning.enum_at(id).map_or(&[][..], |of| &of.body.values);
            let at = values.iter().position(|known| known == value);
            let at =
                at.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| format!("`{value}` is no value of `{name}`"))?;
            Ok((Constant::Enum(id, at), Of::Enum(id)))
        }
        ("organisation", [Tree::Text(name)]) => {
            let of = Of::Entity(EntityName::BuiltIn(BuiltIn::Organisation));
            Ok((Constant::Organisation(organisation(meaning, name)?), of))
        }
        ("consent", [Tree::Text(text)]) => {
            exact(text, Consent::from_word(text).map(|consent| (Constant::Consent(consent), Of::Consent)))
        }
        ("gdpr", [Tree::Text(text)]) => {
            exact(text, LegalBasis::gdpr(text).map(|basis| (Constant::Basis(basis), Of::Basis)))
        }
        ("level", [Tree::Text(text)]) => {
            exact(text, Level::from_word(text).map(|level| (Constant::Level(level), Of::Level)))
        }
        _ => Err(malformed()),
    }
}

/// The type of an attribute or a parameter.
pub(super) fn declared_type(meaning: &Meaning, tree: &Tree) -> Found<Type> {
    if let Tree::Text(word) = tree {
        return Ok(match &**word {
            "bool" => Type::Bool,
            "integer" => Type::Integer,
            "string" => Type::String,
            "date" => Type::Date,
            "datetime" => Type::DateTime,
            "duration" => Type::Duration,
            "element" => Type::Element,
            "consent" => Type::Consent,
            other => return Err(unknown("type", other)),
        });
    }
    match word(tree) {
        Some(("enum", [Tree::Text(name)])) => {
            meaning.enum_named(name).map(Type::Enum).ok_or_else(|| unknown("enum", name))
        }
        Some(("entity", [Tree::Text(name)])) => {
            let built_in = BuiltIn::from_word(name).map(EntityName::BuiltIn);
            let found = built_in.or_else(|| meaning.entity_named(name).map(EntityName::Declared));
            found.map(Type::Entity).ok_or_else(|| unknown("entity", name))
        }
        Some(("set", [of])) => match declared_type(meaning, of)? {
            Type::Set(_) => Err("a set has no sets as members".to_owned()),
            of => Ok(Type::Set(Box::new(of))),
        },
        Some(("or_none", [of])) => match declared_type(meaning, of)? {
            Type::OrNone(_) => Err("`or none` is said twice".to_owned()),
            of => Ok(Type::OrNone(Box::new(of))),
        },
        _ => Err("a type does not have the form of one".to_owned()),
    }
}

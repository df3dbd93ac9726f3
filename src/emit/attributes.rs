//! The attributes that exported policies read (docs/attributes.md), and `attributes.json`, the contract with whoever
//! supplies them. Works no attribute out.

use crate::ir::{Constant as Value, Expression, Line, Meaning, Named, Package, RuleId, Type, json};
use crate::terms::{duration::Unit, root::Root};
use crate::xacml::model::{Attribute, Constant, DataType};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RECEIVER: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject";
const RESOURCE_CATEGORY: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION_CATEGORY: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const DATE: &str = "http://www.w3.org/2001/XMLSchema#date";
const DATE_TIME: &str = "http://www.w3.org/2001/XMLSchema#dateTime";

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident $id:literal $category:ident $data_type:ident $bag:literal;)*) => {
        $($(#[$doc])* pub static $name: Attribute =
            Attribute { id: Cow::Borrowed($id), category: $category, data_type: $data_type, bag: $bag };)*
    };
}

attributes! {
    /// A1.
    RESOURCE "urn:oasis:names:tc:xacml:1.0:resource:resource-id" RESOURCE_CATEGORY STRING false;
    /// A2.
    ACTION "urn:oasis:names:tc:xacml:1.0:action:action-id" ACTION_CATEGORY STRING false;
    /// A3.
    ROLE "urn:fullmakt:attribute:role" SUBJECT STRING true;
    /// A4.
    PACKAGE "urn:fullmakt:attribute:package" SUBJECT STRING true;
    /// A5.
    PACKAGE_TO_PASS_ON "urn:fullmakt:attribute:package-to-pass-on" SUBJECT STRING true;
    /// A6.
    PARTY_KIND "urn:fullmakt:attribute:party-kind" RESOURCE_CATEGORY STRING false;
    /// A7.
    PARTY_ROLE "urn:fullmakt:attribute:party-role" RESOURCE_CATEGORY STRING true;
    /// A8.
    RECEIVER_KIND "urn:fullmakt:attribute:receiver-kind" RECEIVER STRING false;
    /// A9.
    RECEIVER_ROLE "urn:fullmakt:attribute:receiver-role" RECEIVER STRING true;
    /// A10.
    TODAY "urn:fullmakt:attribute:today" ENVIRONMENT DATE false;
    /// A14.
    RECEIVER_ADMITTED "urn:fullmakt:attribute:receiver-admitted" RECEIVER STRING true;
    /// A15.
    ELEMENT "urn:fullmakt:attribute:element" RESOURCE_CATEGORY STRING false;
    /// A16.
    NOW "urn:fullmakt:attribute:now" ENVIRONMENT DATE_TIME false;
}

/// An attribute that the conditions and forbids of one bundle read besides (A17–A19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The attribute.
    pub attribute: Attribute,
    /// How it is worked out.
    pub work: Work,
}

/// How an attribute is worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// It is the value of this expression; missing where that is.
    Expression(Expression),
    /// Are `to` and `requires` of this rule so (U2–U5)? Missing where that is unknown.
    Reaches(RuleId),
}

/// Attributes that the policies of a bundle ask for, by id.
pub type AllAsked = BTreeMap<String, Asked>;

/// A boolean attribute of one request.
pub(super) fn flag(id: String) -> Attribute {
    Attribute { id: id.into(), category: ENVIRONMENT, data_type: DataType::Boolean.uri(), bag: false }
}

/// Where the attributes of a root stand; `None` for those that no policy reads one by one.
pub(super) fn category(root: Root) -> Option<&'static str> {
    match root {
        Root::Subject => Some(SUBJECT),
        Root::Party | Root::Record => Some(RESOURCE_CATEGORY),
        Root::Context => Some(ENVIRONMENT),
        _ => None,
    }
}

/// The data type of the one value of an attribute: a scale is the place of its value, from 0; other names are strings. `None`:
/// XACML has no value for it.
pub(super) fn data_type(meaning: &Meaning, of: &Type) -> Option<DataType> {
    match of {
        Type::Bool => Some(DataType::Boolean),
        Type::Integer => Some(DataType::Integer),
        Type::String | Type::Element | Type::Consent => Some(DataType::String),
        Type::Date => Some(DataType::Date),
        Type::DateTime => Some(DataType::DateTime),
        Type::Enum(id) => {
            let scale = meaning.enum_at(*id)?.body.ascending;
            Some(if scale { DataType::Integer } else { DataType::String })
        }
        Type::Duration | Type::Entity(_) | Type::Set(_) | Type::OrNone(_) => None,
    }
}

/// A constant as attributes of its type hold it.
#[must_use]
pub fn constant(meaning: &Meaning, value: &Value) -> Option<Constant> {
    let (of, value) = match value {
        Value::Bool(yes) => (DataType::Boolean, yes.to_string()),
        Value::Integer(number) => (DataType::Integer, number.to_string()),
        Value::String(text) => (DataType::String, text.to_string()),
        Value::Date(day) => (DataType::Date, day.to_string()),
        Value::DateTime(moment) => (DataType::DateTime, moment.to_string()),
        Value::Enum(id, at) => {
            let all = &meaning.enum_at(*id)?.body;
            match all.ascending {
                true => (DataType::Integer, at.to_string()),
                false => (DataType::String, all.values.get(*at as usize)?.to_string()),
            }
        }
        Value::Element(name) => (DataType::String, name.to_string()),
        Value::Consent(consent) => (DataType::String, consent.word().to_owned()),
        _ => return None,
    };
    Some(Constant { of, value })
}

/// The value of A3 where the subject is the party.
pub const ITSELF: &str = "urn:fullmakt:role:self";

/// An argument of an obligation: what no attribute holds too.
#[must_use]
pub fn argument(meaning: &Meaning, value: &Value) -> Constant {
    let string = |value: String| Constant { of: DataType::String, value };
    match value {
        Value::Duration(length) => {
            let amount = length.amount;
            let (of, value) = match length.unit {
                Unit::Years => (DataType::Months, format!("P{amount}Y")),
                Unit::Months => (DataType::Months, format!("P{amount}M")),
                Unit::Days => (DataType::Minutes, format!("P{amount}D")),
                Unit::Hours => (DataType::Minutes, format!("PT{amount}H")),
                Unit::Minutes => (DataType::Minutes, format!("PT{amount}M")),
            };
            Constant { of, value }
        }
        Value::Organisation(id) => {
            string(meaning.organisations.get(id.index()).map_or(String::new(), |name| name.to_string()))
        }
        Value::Basis(basis) => string(basis.to_string()),
        Value::Level(level) => string(level.word().to_owned()),
        Value::None => string("none".to_owned()),
        _ => constant(meaning, value).unwrap_or_else(|| string(String::new())),
    }
}

#[derive(Serialize)]
struct Entry<'b> {
    id: &'b str,
    category: &'static str,
    #[serde(rename = "type")]
    data_type: &'static str,
    bag: bool,
    required: bool,
    about: &'b str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'b str>,
}

fn entry<'b>(attribute: &'b Attribute, about: &'b str, values: impl IntoIterator<Item = &'b str>) -> Entry<'b> {
    let mut values: Vec<&str> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    Entry {
        id: &attribute.id,
        category: attribute.category,
        data_type: attribute.data_type,
        bag: attribute.bag,
        required: !attribute.bag,
        about,
        values,
        expression: None,
        rule: None,
    }
}

/// An attribute that one bundle asks for.
fn asked_entry<'b>(meaning: &'b Meaning, asked: &'b Asked) -> Entry<'b> {
    match &asked.work {
        Work::Expression(expression) => {
            let about = "the value of the expression; left out where it is unknown";
            let text = json::expression_text(meaning, expression);
            Entry { expression: RawValue::from_string(text).ok(), ..entry(&asked.attribute, about, []) }
        }
        Work::Reaches(rule) => {
            let about = "whether `to` and `requires` of the rule are so; left out where that is unknown";
            Entry { rule: meaning.rule(*rule).map(|rule| &*rule.key), ..entry(&asked.attribute, about, []) }
        }
    }
}

/// The text of `attributes.json`: an attribute a line.
#[must_use]
pub fn text(meaning: &Meaning, asked: &AllAsked) -> String {
    let roles = || meaning.roles.iter().map(|role| role.identifier());
    let status = |role: &&crate::ir::Named<crate::ir::Role>| role.versions.iter().any(|version| version.of.is_none());
    let statuses = meaning.roles.iter().filter(status).map(|role| role.identifier());
    let packages = || meaning.packages.iter().map(|package| package.identifier());
    let areas = meaning.areas.iter().map(|area| area.identifier());
    let resources = meaning.resources.iter().map(|resource| resource.identifier());
    let versions = meaning.resources.iter().flat_map(|resource| &resource.versions);
    let actions = versions.flat_map(|version| &version.actions).map(|action| &*action.name);
    let kinds = ["organisation", "person", "system_user", "none"];
    let elements = || {
        let versions = meaning.resources.iter().flat_map(|resource| &resource.versions);
        versions.filter_map(|version| version.elements.known()).flatten().map(|element| &**element)
    };
    let mut attributes = vec![
        entry(&RESOURCE, "the package, area or service asked for", packages().chain(areas).chain(resources)),
        entry(
            &ACTION,
            "use or delegate on packages and areas, else an action of the service",
            actions.chain(["use", "delegate"]),
        ),
        entry(
            &ROLE,
            "roles that the subject has for the party; if it is the party, its statuses and the value for itself",
            roles().chain([ITSELF]),
        ),
        entry(&PACKAGE, "packages held for the party by delegation, a key role or a covering organisation", packages()),
        entry(
            &PACKAGE_TO_PASS_ON,
            "packages that may be passed on, but for what grants to the subject's roles give",
            packages(),
        ),
        entry(&PARTY_KIND, "the kind of the party; none where nobody asks", kinds),
        entry(
            &PARTY_ROLE,
            "statuses of the party, and the declared organisation that it is",
            statuses.chain(meaning.organisations.iter().map(|name| &**name)),
        ),
        entry(
            &RECEIVER_KIND,
            "for delegate: the kind of the receiver, none where none is named, self where it is the subject",
            kinds.into_iter().chain(["self"]),
        ),
        entry(&RECEIVER_ROLE, "roles of the receiver for the subject or the party, and its statuses", roles()),
        entry(&TODAY, "the date in Europe/Oslo", []),
    ];
    let conditional = |lines: &[Line]| lines.iter().any(|line| matches!(line, Line::To { when: Some(_), .. }));
    let admitting = |name: &'_ Named<Package>| name.versions.iter().any(|version| conditional(&version.delegable));
    let areas = meaning.areas.iter().filter(|area| area.versions.iter().any(|version| conditional(&version.delegable)));
    let areas = areas.map(|area| area.identifier());
    let admitting = meaning.packages.iter().filter(|package| admitting(package)).map(|package| package.identifier());
    let admitting: Vec<&str> = admitting.chain(areas).collect();
    if !admitting.is_empty() {
        let about = "packages and areas that are delegable to the receiver by a line with a condition";
        attributes.push(entry(&RECEIVER_ADMITTED, about, admitting));
    }
    if elements().next().is_some() {
        let about = "the element asked for: a request for each; left out where the resource has none";
        attributes.push(Entry { required: false, ..entry(&ELEMENT, about, elements()) });
    }
    if meaning.rules.iter().any(|rule| rule.when.is_some()) {
        attributes.push(entry(&NOW, "the moment of the request", []));
    }
    attributes.extend(asked.values().map(|asked| Entry { required: false, ..asked_entry(meaning, asked) }));
    // What is made of strings alone does not fail to be written.
    let lines: Vec<String> =
        attributes.iter().map(|attribute| serde_json::to_string(attribute).unwrap_or_default()).collect();
    format!("{{\"format\":1,\n\"attributes\":[\n{}\n]}}\n", lines.join(",\n"))
}

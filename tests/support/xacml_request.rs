//! A request as a decision point of XACML is asked it: the attributes of docs/attributes.md in the JSON profile. Works nothing out.

use fullmakt::decide::ask::{Attributes, Receiver};
use fullmakt::decide::{Decider, On, Request, What};
use fullmakt::emit::attributes::{self as named, AllAsked, Work};
use fullmakt::facts::Value as Fact;
use fullmakt::ir::{Constant, Meaning, RoleId};
use fullmakt::xacml::model::Attribute;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The name by which other systems ask for a thing.
pub fn resource(meaning: &Meaning, on: On) -> &str {
    match on {
        On::Package(id) => meaning.package(id).expect("a package").identifier(),
        On::Area(id) => meaning.area(id).expect("an area").identifier(),
        On::Resource(id) => meaning.resource(id).expect("a resource").identifier(),
    }
}

/// What an export asks of the provider for one request (A17–A19): each attribute that is known, with its values.
pub fn worked_out<'a>(
    decider: &Decider<'_, '_>,
    meaning: &Meaning,
    request: &Request,
    element: Option<&str>,
    asked: &'a AllAsked,
) -> Vec<(&'a Attribute, Vec<Value>)> {
    let On::Resource(resource) = request.on else { return Vec::new() };
    let value = |work: &Work| match work {
        Work::Expression(expression) => {
            Some(values(meaning, &decider.evaluate(request, element, expression)?).unwrap_or_default())
        }
        Work::Reaches(rule) => {
            let over = meaning.rule(*rule).expect("a rule").scopes.iter().any(|scope| scope.on.contains(&resource));
            if !over {
                return None;
            }
            decider.reaches(request, *rule).map(|reaches| vec![json!(reaches)])
        }
    };
    asked.values().filter_map(|asked| Some((&asked.attribute, value(&asked.work)?))).collect()
}

/// A value as attributes hold it; `None`: it is none that an attribute can hold.
fn values(meaning: &Meaning, value: &Fact) -> Option<Vec<Value>> {
    let constant = match value {
        Fact::Bool(yes) => return Some(vec![json!(yes)]),
        Fact::Integer(number) => return Some(vec![json!(number)]),
        Fact::Set(members) => {
            return Some(members.iter().filter_map(|member| values(meaning, member)).flatten().collect());
        }
        Fact::String(text) => Constant::String(text.clone()),
        Fact::Date(day) => Constant::Date(*day),
        Fact::DateTime(moment) => Constant::DateTime(*moment),
        Fact::Enum(id, at) => Constant::Enum(*id, *at),
        Fact::Element(name) => Constant::Element(name.clone()),
        Fact::Consent(consent) => Constant::Consent(*consent),
        _ => return None,
    };
    let constant = named::constant(meaning, &constant)?;
    let number =
        constant.value.parse::<i64>().ok().filter(|_| constant.of == fullmakt::xacml::model::DataType::Integer);
    Some(vec![number.map_or(json!(constant.value), |number| json!(number))])
}

/// The request in the JSON profile, for one element.
pub fn json(
    meaning: &Meaning,
    request: &Request,
    element: Option<&str>,
    told: &Attributes,
    worked_out: &[(&Attribute, Vec<Value>)],
) -> Value {
    let role = |id: &RoleId| meaning.role(*id).expect("a role").identifier().to_owned();
    let package = |id: &_| meaning.package(*id).expect("a package").identifier().to_owned();
    let mut roles: Vec<String> = told.roles.iter().map(role).collect();
    if told.is_party {
        roles.push(named::ITSELF.to_owned());
    }
    let mut party: Vec<String> = told.party_roles.iter().map(role).collect();
    party.extend(told.party_organisation.map(|id| meaning.organisations[id.index()].to_string()));
    let (receiver_kind, receiver_roles) = match &told.receiver {
        Receiver::Nobody => ("none", Vec::new()),
        Receiver::Subject => ("self", Vec::new()),
        Receiver::Other { kind, roles } => (kind.word(), roles.iter().map(role).collect()),
    };
    let one = |value: &str| vec![value.to_owned()];
    let admitted = |what: &What| match what {
        What::Package(id) => package(id),
        What::Area(id) => meaning.area(*id).expect("an area").identifier().to_owned(),
    };
    let all: [(&Attribute, Vec<String>); 13] = [
        (&named::RESOURCE, one(resource(meaning, request.on))),
        (&named::ACTION, one(request.action.word())),
        (&named::ROLE, roles),
        (&named::PACKAGE, told.packages.iter().map(package).collect()),
        (&named::PACKAGE_TO_PASS_ON, told.packages_to_pass_on.iter().map(package).collect()),
        (&named::PARTY_KIND, one(told.party_kind.map_or("none", |kind| kind.word()))),
        (&named::PARTY_ROLE, party),
        (&named::RECEIVER_KIND, one(receiver_kind)),
        (&named::RECEIVER_ROLE, receiver_roles),
        (&named::TODAY, one(&told.today.to_string())),
        (&named::RECEIVER_ADMITTED, told.receiver_admitted.iter().map(admitted).collect()),
        (&named::ELEMENT, element.map(str::to_owned).into_iter().collect()),
        (&named::NOW, one(&request.now.to_string())),
    ];
    let strings = |values: &Vec<String>| values.iter().map(|value| json!(value)).collect::<Vec<Value>>();
    let all = all.iter().map(|(attribute, values)| (*attribute, strings(values)));
    let all = all.chain(worked_out.iter().map(|(attribute, values)| (*attribute, values.clone())));
    let mut categories: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (attribute, values) in all {
        let value = match &*values {
            [] => continue,
            [one] => json!(one),
            _ => json!(values),
        };
        let entry = json!({ "AttributeId": attribute.id, "DataType": attribute.data_type, "Value": value });
        categories.entry(attribute.category).or_default().push(entry);
    }
    let categories: Vec<Value> =
        categories.into_iter().map(|(id, all)| json!({ "CategoryId": id, "Attribute": all })).collect();
    json!({ "Request": { "Category": categories } })
}

//! A request as a decision point of XACML is asked it: the attributes of docs/attributes.md in the JSON profile. Works nothing out.

use fullmakt::decide::ask::{Attributes, Receiver};
use fullmakt::decide::{On, Request};
use fullmakt::emit::attributes as named;
use fullmakt::ir::{Meaning, RoleId};
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

/// The request in the JSON profile.
pub fn json(meaning: &Meaning, request: &Request, told: &Attributes) -> Value {
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
    let all: [(&Attribute, Vec<String>); 10] = [
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
    ];
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

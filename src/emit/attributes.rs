//! The attributes that exported policies read (docs/attributes.md), and `attributes.json`, the contract with whoever
//! supplies them. Works no attribute out.

use crate::ir::Meaning;
use crate::xacml::model::Attribute;
use serde::Serialize;

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RECEIVER: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject";
const RESOURCE_CATEGORY: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION_CATEGORY: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";
const STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const DATE: &str = "http://www.w3.org/2001/XMLSchema#date";

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident $id:literal $category:ident $data_type:ident $bag:literal;)*) => {
        $($(#[$doc])* pub static $name: Attribute =
            Attribute { id: $id, category: $category, data_type: $data_type, bag: $bag };)*
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
}

/// The value of A3 where the subject is the party.
pub const ITSELF: &str = "urn:fullmakt:role:self";

#[derive(Serialize)]
struct Entry<'b> {
    id: &'static str,
    category: &'static str,
    #[serde(rename = "type")]
    data_type: &'static str,
    bag: bool,
    required: bool,
    about: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'b str>,
}

fn entry<'b>(
    attribute: &'static Attribute,
    about: &'static str,
    values: impl IntoIterator<Item = &'b str>,
) -> Entry<'b> {
    let mut values: Vec<&str> = values.into_iter().collect();
    values.sort_unstable();
    values.dedup();
    Entry {
        id: attribute.id,
        category: attribute.category,
        data_type: attribute.data_type,
        bag: attribute.bag,
        required: !attribute.bag,
        about,
        values,
    }
}

/// The text of `attributes.json`: an attribute a line.
#[must_use]
pub fn text(meaning: &Meaning) -> String {
    let roles = || meaning.roles.iter().map(|role| role.identifier());
    let status = |role: &&crate::ir::Named<crate::ir::Role>| role.versions.iter().any(|version| version.of.is_none());
    let statuses = meaning.roles.iter().filter(status).map(|role| role.identifier());
    let packages = || meaning.packages.iter().map(|package| package.identifier());
    let areas = meaning.areas.iter().map(|area| area.identifier());
    let resources = meaning.resources.iter().map(|resource| resource.identifier());
    let versions = meaning.resources.iter().flat_map(|resource| &resource.versions);
    let actions = versions.flat_map(|version| &version.actions).map(|action| &*action.name);
    let kinds = ["organisation", "person", "system_user", "none"];
    let attributes = vec![
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
    // What is made of strings alone does not fail to be written.
    let lines: Vec<String> =
        attributes.iter().map(|attribute| serde_json::to_string(attribute).unwrap_or_default()).collect();
    format!("{{\"format\":1,\n\"attributes\":[\n{}\n]}}\n", lines.join(",\n"))
}

//! Facts, requests and answers as JSON: the first two as people write them, names in full. Decides nothing.

use fullmakt::decide::{Decision, Obliged, On, OpenValue, Request, What};
use fullmakt::facts::{self, Draft, EntityId, Given, Known, ThingSort};
use fullmakt::ir::{Constant, Meaning};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::period::Period;
use serde_json::{Map, Value, json};

fn with_period(mut value: Value, period: Period) -> Value {
    for (key, day) in [("from", period.from), ("before", period.before)] {
        if let Some(day) = day {
            value[key] = json!(day.to_string());
        }
    }
    value
}

/// Facts in the form that people write.
pub fn facts_json(meaning: &Meaning, facts: &Draft) -> Value {
    let of_kind = |kind: Kind| -> Map<String, Value> {
        let listed = facts.entities.iter().filter(|entity| entity.declared.is_none() && entity.kind == kind);
        listed.map(|entity| (entity.name.to_string(), known_json(meaning, facts, &entity.attributes))).collect()
    };
    let mut records = Map::new();
    let mut things: Map<String, Value> = Map::new();
    for thing in &facts.things {
        let mut known = known_json(meaning, facts, &thing.attributes);
        match thing.sort {
            ThingSort::Record(register) => {
                known["register"] = json!(meaning.resource(register).expect("a resource").name);
                records.insert(thing.name.to_string(), known);
            }
            ThingSort::Entity(id) => {
                let entity = meaning.entity(id).expect("an entity").name.to_string();
                things.entry(entity).or_insert_with(|| json!({}))[&*thing.name] = known;
            }
        }
    }
    let roles: Vec<Value> = facts
        .roles
        .iter()
        .map(|fact| {
            let role = &meaning.role(fact.role).expect("a role").name;
            let mut value = json!({ "subject": facts.name(fact.subject), "role": role });
            if let Some(party) = fact.party {
                value["party"] = json!(facts.name(party));
            }
            with_period(value, fact.period)
        })
        .collect();
    let delegations: Vec<Value> = facts
        .delegations
        .iter()
        .map(|one| {
            let mut value = known_json(meaning, facts, &one.attributes);
            for (key, who) in [("giver", one.giver), ("receiver", one.receiver), ("party", one.party)] {
                value[key] = json!(facts.name(who));
            }
            value["given"] = json!(one.given.to_string());
            match one.what {
                Given::Package(id) => value["package"] = json!(meaning.package(id).expect("a package").name),
                Given::Area(id) => value["area"] = json!(meaning.area(id).expect("an area").name),
            }
            if let Some(moment) = one.withdrawn {
                value["withdrawn"] = json!(moment.to_string());
            }
            with_period(value, one.period)
        })
        .collect();
    let out_of_reach: Vec<&str> =
        facts.out_of_reach.iter().filter_map(|id| meaning.organisations.get(id.index())).map(|name| &**name).collect();
    json!({
        "people": of_kind(Kind::Person),
        "organisations": of_kind(Kind::Organisation),
        "system_users": of_kind(Kind::SystemUser),
        "records": records,
        "things": things,
        "roles": roles,
        "delegations": delegations,
        "out_of_reach": out_of_reach,
    })
}

fn known_json(meaning: &Meaning, facts: &Draft, known: &Known) -> Value {
    let each = known.0.iter().map(|(name, one)| (name.to_string(), value_json(meaning, facts, one)));
    Value::Object(each.collect())
}

fn value_json(meaning: &Meaning, facts: &Draft, value: &facts::Value) -> Value {
    use fullmakt::facts::Value as Known;
    match value {
        Known::Bool(yes) => json!(yes),
        Known::Integer(number) => json!(number),
        Known::String(text) | Known::Element(text) => json!(text),
        Known::Date(day) => json!(day.to_string()),
        Known::DateTime(moment) => json!(moment.to_string()),
        Known::Duration(length) => json!(format!("{} {}", length.amount, length.unit.word())),
        Known::Enum(id, at) => json!(meaning.enum_at(*id).expect("an enum").body.values[*at as usize]),
        Known::Consent(consent) => json!(consent.word()),
        Known::None => json!("none"),
        Known::Entity(id) => json!(facts.name(*id)),
        Known::Thing(id) => json!(facts.thing(*id).expect("a thing").name),
        Known::Nameless(known) => known_json(meaning, facts, known),
        Known::Set(all) => all.iter().map(|one| value_json(meaning, facts, one)).collect(),
    }
}

/// A request; `on` says of which sort it is.
pub fn request_json(meaning: &Meaning, facts: &Draft, request: &Request) -> Value {
    let on = match request.on {
        On::Package(id) => json!({ "package": meaning.package(id).expect("a package").name }),
        On::Area(id) => json!({ "area": meaning.area(id).expect("an area").name }),
        On::Resource(id) => json!({ "resource": meaning.resource(id).expect("a resource").name }),
    };
    let mut value = json!({ "at": request.now.to_string(), "action": request.action.word(), "on": on });
    let named: [(&str, Option<EntityId>); 3] =
        [("subject", request.subject), ("party", request.party), ("to", request.to)];
    for (key, id) in named {
        if let Some(id) = id {
            value[key] = json!(facts.name(id));
        }
    }
    if matches!(request.on, On::Resource(_)) {
        value["context"] = known_json(meaning, facts, &request.context);
    }
    if let Some(record) = &request.record {
        value["record"] = value_json(meaning, facts, record);
    }
    if !request.elements.is_empty() {
        value["elements"] = json!(request.elements);
    }
    value
}

/// An answer.
pub fn answer_json(meaning: &Meaning, decision: &Decision) -> Value {
    let mut open: Vec<String> = decision
        .open
        .iter()
        .map(|question| {
            let name = match question.what {
                What::Package(id) => &meaning.package(id).expect("a package").name,
                What::Area(id) => &meaning.area(id).expect("an area").name,
            };
            match question.open {
                OpenValue::Kinds => format!("{name} for"),
                OpenValue::Delegable => format!("{name} delegable"),
                OpenValue::Grant => format!("{name} grant"),
                OpenValue::GrantToItself => format!("{name} grant self"),
                OpenValue::GrantToRole(id) => format!("{name} grant role {}", meaning.role(id).expect("a role").name),
                OpenValue::GrantToPackage(id) => {
                    format!("{name} grant package {}", meaning.package(id).expect("a package").name)
                }
            }
        })
        .collect();
    open.sort_unstable();
    let effect = match decision.effect {
        fullmakt::decide::Effect::Permit => "permit",
        fullmakt::decide::Effect::Deny => "deny",
    };
    let mut obligations: Vec<Value> = decision.obligations.iter().map(|one| obliged_json(meaning, one)).collect();
    obligations.sort_by_cached_key(Value::to_string);
    json!({
        "decision": effect,
        "cause": decision.cause.word(),
        "obligations": obligations,
        "released": decision.released,
        "open": open,
    })
}

fn obliged_json(meaning: &Meaning, one: &Obliged) -> Value {
    let obligation = &meaning.obligation(one.oblige.obligation).expect("an obligation").name;
    let mut value = json!({ "obligation": obligation, "elements": one.elements });
    if !one.oblige.arguments.is_empty() {
        let each = one.oblige.arguments.iter();
        value["arguments"] = each
            .map(|(name, constant)| (name.to_string(), constant_json(meaning, constant)))
            .collect::<Map<_, _>>()
            .into();
    }
    value
}

/// A constant in the form of docs/bundle.md.
fn constant_json(meaning: &Meaning, constant: &Constant) -> Value {
    match constant {
        Constant::Bool(yes) => json!(yes),
        Constant::Integer(number) => json!(number),
        Constant::String(text) => json!(["string", text]),
        Constant::Date(day) => json!(["date", day.to_string()]),
        Constant::DateTime(moment) => json!(["datetime", moment.to_string()]),
        Constant::Duration(length) => json!(["duration", length.amount, length.unit.word()]),
        Constant::Enum(id, at) => {
            let named = meaning.enum_at(*id).expect("an enum");
            json!(["enum", named.name, named.body.values[*at as usize]])
        }
        Constant::Element(name) => json!(["name", name]),
        Constant::Organisation(id) => json!(["organisation", meaning.organisations[id.index()]]),
        Constant::Consent(consent) => json!(["consent", consent.word()]),
        Constant::Basis(LegalBasis::Gdpr(article)) => json!(["gdpr", article]),
        Constant::Basis(LegalBasis::Law(name)) => json!(["law", name]),
        Constant::Level(level) => json!(["level", level.word()]),
        Constant::None => json!(["none"]),
    }
}

//! The entries of the half that decides: each version as an object, and what stands in it.

use super::expression::{constant, expression, type_text};
use super::names;
use super::text::{Object, UNDECIDED, boolean, kinds, level, list, pair, quoted, string, yes_or_no};
use crate::ir::{
    Action, Area, Attributes, Controlling, Enum, Expression, Grant, Grantee, Line, Meaning, Oblige, Package, Receiver,
    Recipient, Requires, Resource, Role, Rule,
};
use crate::terms::{effect::RuleEffect, legal_basis::LegalBasis, open::Open};

pub(super) fn role_text(out: &mut String, meaning: &Meaning, role: &Role) {
    let mut object = Object::open(out);
    object.raw("agent", |out| yes_or_no(out, role.agent));
    object.before(role.period);
    object.raw("by", |out| kinds(out, role.by));
    object.maybe_text("code", role.code.as_deref());
    object.raw("covers", |out| yes_or_no(out, role.covers));
    if let Some(of) = role.of {
        object.raw("for", |out| kinds(out, of));
    }
    object.from(role.period);
    object.raw("key", |out| yes_or_no(out, role.key));
    object.maybe_text("source", role.source.map(|id| names::organisation(meaning, id)));
    object.maybe_text("urn", role.urn.as_deref());
    object.close();
}

pub(super) fn area_text(out: &mut String, meaning: &Meaning, area: &Area) {
    let mut object = Object::open(out);
    object.before(area.period);
    object.raw("delegable", |out| list(out, area.delegable.iter().map(|line| line_text(meaning, line))));
    object.from(area.period);
    object.raw("services", |out| yes_or_no(out, area.services));
    object.maybe_text("urn", area.urn.as_deref());
    object.close();
}

pub(super) fn package_text(out: &mut String, meaning: &Meaning, package: &Package) {
    let mut object = Object::open(out);
    object.maybe_text("area", package.area.and_then(|id| meaning.area(id)).map(|area| &*area.name));
    object.before(package.period);
    object.raw("data", |out| level(out, package.data));
    object.raw("delegable", |out| list(out, package.delegable.iter().map(|line| line_text(meaning, line))));
    object.raw("for", |out| match package.kinds {
        Open::Known(of) => kinds(out, of),
        Open::Undecided => string(out, UNDECIDED),
    });
    object.from(package.period);
    object.raw("grants", |out| list(out, package.grants.iter().map(|grant| grant_text(meaning, grant))));
    object.raw("services", |out| yes_or_no(out, package.services));
    object.maybe_text("urn", package.urn.as_deref());
    object.close();
}

pub(super) fn grant_text(meaning: &Meaning, grant: &Grant) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    object.before(grant.period);
    object.raw("delegate", |out| boolean(out, grant.gives_delegation));
    object.from(grant.period);
    if let Some(to) = grant.to {
        object.raw("to", |out| match to {
            Grantee::Itself => out.push_str("[\"self\"]"),
            Grantee::Role(id) => out.push_str(&pair("role", names::role(meaning, id))),
            Grantee::Package(id) => out.push_str(&pair("package", names::package(meaning, id))),
        });
    }
    object.flag("undecided", grant.undecided);
    object.raw("use", |out| boolean(out, grant.gives_use));
    when(&mut object, meaning, grant.when.as_deref());
    object.close();
    out
}

pub(super) fn line_text(meaning: &Meaning, line: &Line) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    match line {
        Line::Undecided => object.flag("undecided", true),
        Line::To { to, onward, when: condition } => {
            object.raw("onward", |out| boolean(out, *onward));
            object.raw("to", |out| match to {
                Receiver::Kind(kind) => out.push_str(&pair("kind", kind.word())),
                Receiver::Role(id) => out.push_str(&pair("role", names::role(meaning, *id))),
            });
            when(&mut object, meaning, condition.as_deref());
        }
    }
    object.close();
    out
}

fn when(object: &mut Object<'_>, meaning: &Meaning, condition: Option<&Expression>) {
    if let Some(condition) = condition {
        object.raw("when", |out| expression(out, meaning, condition));
    }
}

pub(super) fn attributes(out: &mut String, meaning: &Meaning, attributes: &Attributes) {
    let mut object = Object::open(out);
    for (name, of) in attributes {
        object.raw(name, |out| out.push_str(&type_text(meaning, of)));
    }
    object.close();
}

pub(super) fn enum_text(out: &mut String, body: &Enum) {
    let mut object = Object::open(out);
    object.raw("ascending", |out| boolean(out, body.ascending));
    object.raw("values", |out| {
        let values: Vec<String> = body.values.iter().map(|value| quoted(value)).collect();
        out.push('[');
        out.push_str(&values.join(","));
        out.push(']');
    });
    object.close();
}

pub(super) fn resource_text(out: &mut String, meaning: &Meaning, resource: &Resource) {
    let mut object = Object::open(out);
    object.raw("actions", |out| {
        let mut actions = Object::open(out);
        for action in &resource.actions {
            actions.raw(&action.name, |out| action_text(out, meaning, action));
        }
        actions.close();
    });
    object.open_list("basis", texts(&resource.basis, open_basis_text));
    object.before(resource.period);
    object.open_list("controllers", texts(&resource.controllers, |one| controlling_text(meaning, *one)));
    object.raw("data", |out| level(out, resource.data));
    object.open_list("elements", texts(&resource.elements, |name| quoted(name)));
    object.from(resource.period);
    object.text("kind", if resource.register { "register" } else { "service" });
    object.open_list("processors", texts(&resource.processors, |one| controlling_text(meaning, *one)));
    if let Some((of, values)) = &resource.purposes {
        object.raw("purposes", |out| {
            let mut purposes = Object::open(out);
            purposes.text("enum", names::enumeration(meaning, *of));
            match texts(values, |value| quoted(names::value(meaning, *of, *value))) {
                Open::Known(values) => purposes.raw("values", |out| list(out, values.into_iter())),
                Open::Undecided => purposes.text("values", UNDECIDED),
            }
            purposes.close();
        });
    }
    object.maybe_text("records", resource.records.map(|id| names::entity(meaning, id)));
    if let Some(retain) = &resource.retain {
        object.raw("retain", |out| {
            let mut object = Object::open(out);
            object.raw("kept", |out| expression(out, meaning, &retain.kept));
            object.raw("overdue", |out| expression(out, meaning, &retain.overdue));
            object.close();
        });
    }
    object.maybe_text("urn", resource.urn.as_deref());
    object.close();
}

fn texts<T>(list: &Open<Vec<T>>, text: impl Fn(&T) -> String) -> Open<Vec<String>> {
    match list {
        Open::Known(list) => Open::Known(list.iter().map(text).collect()),
        Open::Undecided => Open::Undecided,
    }
}

fn action_text(out: &mut String, meaning: &Meaning, action: &Action) {
    let mut object = Object::open(out);
    obliges(&mut object, meaning, &action.oblige);
    object.flag("partial", action.partial);
    object.close();
}

fn controlling_text(meaning: &Meaning, one: Controlling) -> String {
    match one {
        Controlling::Organisation(id) => pair("organisation", names::organisation(meaning, id)),
        Controlling::Status(id) => pair("status", names::role(meaning, id)),
    }
}

fn open_basis_text(basis: &Open<LegalBasis>) -> String {
    basis.known().map_or_else(|| quoted(UNDECIDED), basis_text)
}

pub(super) fn basis_text(basis: &LegalBasis) -> String {
    match basis {
        LegalBasis::Gdpr(article) => pair("gdpr", article),
        LegalBasis::Law(name) => pair("law", name),
    }
}

fn obliges(object: &mut Object<'_>, meaning: &Meaning, oblige: &[Oblige]) {
    if !oblige.is_empty() {
        object.raw("oblige", |out| list(out, oblige.iter().map(|one| oblige_text(meaning, one))));
    }
}

fn oblige_text(meaning: &Meaning, oblige: &Oblige) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    if !oblige.arguments.is_empty() {
        object.raw("arguments", |out| {
            let mut arguments = Object::open(out);
            for (name, value) in &oblige.arguments {
                arguments.raw(name, |out| constant(out, meaning, value));
            }
            arguments.close();
        });
    }
    object.text("obligation", names::obligation(meaning, oblige.obligation));
    object.close();
    out
}

/// A rule in each of its scopes. Those of a resource's own rule need not say the resource.
pub(super) fn rule_text(out: &mut String, meaning: &Meaning, rule: &Rule) {
    let owner = rule.key.rsplitn(4, '/').last().unwrap_or("");
    let of_policy = meaning.resource_named(owner).is_none();
    out.push('[');
    for (at, scope) in rule.scopes.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let mut object = Object::open(out);
        object.before(scope.period);
        object.from(scope.period);
        obliges(&mut object, meaning, &rule.oblige);
        of(&mut object, rule);
        if of_policy {
            let on = scope.on.iter().map(|id| quoted(names::resource(meaning, *id)));
            object.raw("on", |out| list(out, on));
        }
        members_from_requires(&mut object, meaning, rule);
        object.close();
    }
    out.push(']');
}

/// What the digits of a rule's key are the SHA-256 of.
pub(super) fn rule_body(out: &mut String, meaning: &Meaning, rule: &Rule) {
    let mut object = Object::open(out);
    object.text("effect", rule.effect.word());
    obliges(&mut object, meaning, &rule.oblige);
    of(&mut object, rule);
    members_from_requires(&mut object, meaning, rule);
    object.close();
}

fn of(object: &mut Object<'_>, rule: &Rule) {
    if let Some(of) = &rule.of {
        object.raw("of", |out| list(out, of.iter().map(|element| quoted(element))));
    }
}

fn members_from_requires(object: &mut Object<'_>, meaning: &Meaning, rule: &Rule) {
    if let Some(requires) = &rule.requires {
        object.raw("requires", |out| out.push_str(&requires_text(meaning, requires)));
    }
    if let Some(to) = rule.to {
        object.raw("to", |out| match to {
            Recipient::Anyone => out.push_str("[\"anyone\"]"),
            Recipient::Itself => out.push_str("[\"self\"]"),
            Recipient::Role(id) => out.push_str(&pair("role", names::role(meaning, id))),
            Recipient::Organisation(id) => out.push_str(&pair("organisation", names::organisation(meaning, id))),
            Recipient::Controller => out.push_str("[\"controller\"]"),
            Recipient::Processor => out.push_str("[\"processor\"]"),
        });
    }
    when(object, meaning, rule.when.as_ref());
}

/// The key of a rule with so many digits of its digest.
pub(super) fn key(owner: &str, effect: RuleEffect, action: Option<&str>, digits: &str) -> String {
    format!("{owner}/{}/{}/{digits}", effect.word(), action.unwrap_or("any"))
}

fn requires_text(meaning: &Meaning, requires: &Requires) -> String {
    let (word, parts) = match requires {
        Requires::Package(id) => return pair("package", names::package(meaning, *id)),
        Requires::And(parts) => ("[\"and\"", parts),
        Requires::Or(parts) => ("[\"or\"", parts),
    };
    let mut texts: Vec<String> = parts.iter().map(|part| requires_text(meaning, part)).collect();
    texts.sort();
    let mut out = String::from(word);
    for text in texts {
        out.push(',');
        out.push_str(&text);
    }
    out.push(']');
    out
}

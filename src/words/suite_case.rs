//! A decision over facts as a case that a suite can have: one item of `cases:`, with the facts that it is decided over, ready to
//! paste. Decides nothing.

use super::expression::constant;
use super::flow::{Flow, list, map, moment, period, text_of, word};
use super::speaker::Speaker;
use crate::decide::{Cause, Decision, Request};
use crate::facts::{Draft, EntityId, Facts, Given, Known, ThingSort, Value};
use crate::ir::Oblige;
use crate::terms::kind::Kind;
use std::fmt::Write as _;

/// The case: this request over these facts is decided so.
#[must_use]
pub fn text(speaker: &Speaker<'_>, facts: &Facts, request: &Request, decision: &Decision, name: &str) -> String {
    let facts = facts.draft();
    let case = Case { speaker, facts: &facts };
    let mut out = format!("- name: {}\n  at: {}\n", text_of(name), moment(request.now));
    case.facts(&mut out);
    let _ = writeln!(out, "  request: {}", case.request(request));
    case.expected(&mut out, decision);
    out
}

struct Case<'c, 'b> {
    speaker: &'c Speaker<'b>,
    facts: &'c Draft,
}

impl Case<'_, '_> {
    fn facts(&self, out: &mut String) {
        let mut facts = String::new();
        let lists =
            [("people", Kind::Person), ("organisations", Kind::Organisation), ("system_users", Kind::SystemUser)];
        for (key, kind) in lists {
            // An organisation that the bundle declares is there without being listed.
            let entities =
                self.facts.entities.iter().filter(|entity| {
                    entity.kind == kind && (entity.declared.is_none() || !entity.attributes.0.is_empty())
                });
            let lines = entities.map(|entity| format!("{}: {}", word(&entity.name), self.known(&entity.attributes)));
            section(&mut facts, key, lines.collect());
        }
        let roles = self.facts.roles.iter().map(|fact| {
            let mut fields = vec![("subject", self.name(fact.subject)), ("role", word(self.speaker.role(fact.role)))];
            fields.extend(fact.party.map(|party| ("party", self.name(party))));
            period(&mut fields, fact.period);
            format!("- {}", map(&fields))
        });
        section(&mut facts, "roles", roles.collect());
        let delegations = self.facts.delegations.iter().map(|one| {
            let mut fields = vec![
                ("giver", self.name(one.giver)),
                ("receiver", self.name(one.receiver)),
                ("party", self.name(one.party)),
                match one.what {
                    Given::Package(id) => ("package", word(self.speaker.package(id))),
                    Given::Area(id) => ("area", word(self.speaker.area(id))),
                },
                ("given", one.given.to_string()),
            ];
            period(&mut fields, one.period);
            fields.extend(one.withdrawn.map(|at| ("withdrawn", moment(at))));
            fields.extend(one.attributes.0.iter().map(|(name, value)| (&**name, self.value(value))));
            format!("- {}", map(&fields))
        });
        section(&mut facts, "delegations", delegations.collect());
        let out_of_reach =
            self.facts.out_of_reach.iter().map(|id| format!("- {}", word(self.speaker.organisation(*id))));
        section(&mut facts, "out_of_reach", out_of_reach.collect());
        let mut records = Vec::new();
        let mut things: Vec<String> = Vec::new();
        let mut last = None;
        for thing in &self.facts.things {
            match thing.sort {
                ThingSort::Record(register) => {
                    let mut fields = vec![("register", word(self.speaker.resource(register)))];
                    fields.extend(thing.attributes.0.iter().map(|(name, value)| (&**name, self.value(value))));
                    records.push(format!("{}: {}", word(&thing.name), map(&fields)));
                }
                ThingSort::Entity(of) => {
                    if last.replace(of) != Some(of) {
                        let entity = self.speaker.bundle.meaning.entity(of).map_or("", |entity| &entity.name);
                        things.push(format!("{}:", word(entity)));
                    }
                    things.push(format!("  {}: {}", word(&thing.name), self.known(&thing.attributes)));
                }
            }
        }
        section(&mut facts, "records", records);
        section(&mut facts, "things", things);
        if facts.is_empty() {
            out.push_str("  facts: {}\n");
        } else {
            let _ = write!(out, "  facts:\n{facts}");
        }
    }

    fn request(&self, request: &Request) -> String {
        let mut fields: Vec<(&str, String)> = Vec::new();
        fields.extend(request.subject.map(|subject| ("subject", self.name(subject))));
        fields.extend(request.party.map(|party| ("party", self.name(party))));
        fields.push(("action", word(request.action.word())));
        fields.push(("on", word(self.speaker.on(request.on))));
        fields.extend(request.to.map(|to| ("to", self.name(to))));
        if !request.elements.is_empty() {
            fields.push(("elements", list(request.elements.iter().map(|name| word(name)))));
        }
        if !request.context.0.is_empty() {
            fields.push(("context", self.known(&request.context)));
        }
        fields.extend(request.record.as_ref().map(|record| ("record", self.value(record))));
        map(&fields)
    }

    /// What the decision is, with what it obliges to and releases.
    fn expected(&self, out: &mut String, decision: &Decision) {
        let _ = match decision.cause {
            Cause::Permitted => writeln!(out, "  expect: permit"),
            cause => writeln!(out, "  expect: deny {}", cause.word()),
        };
        if matches!(decision.cause, Cause::Permitted | Cause::Forbidden) {
            let each = decision.obligations.iter().map(|one| self.obligation(&one.oblige, &one.elements));
            let _ = writeln!(out, "  obligations: {}", list(each));
        }
        if let Some(released) = &decision.released {
            let _ = writeln!(out, "  released: {}", list(released.iter().map(|name| word(name))));
        }
    }

    fn obligation(&self, oblige: &Oblige, elements: &[Box<str>]) -> String {
        let name = word(self.speaker.obligation(oblige.obligation));
        let arguments = oblige.arguments.iter().map(|(name, value)| {
            let said = match value {
                crate::ir::Constant::String(text) => text_of(text),
                crate::ir::Constant::Organisation(id) => word(self.speaker.organisation(*id)),
                other => word(&constant(other, self.speaker)),
            };
            (&**name, said)
        });
        let arguments: Vec<(&str, String)> = arguments.collect();
        if arguments.is_empty() && elements.is_empty() {
            return name;
        }
        let mut fields = vec![(&*name, map(&arguments))];
        if !elements.is_empty() {
            fields.push(("elements", list(elements.iter().map(|name| word(name)))));
        }
        map(&fields)
    }

    fn flow(&self) -> Flow<'_, '_, Draft> {
        Flow { speaker: self.speaker, names: self.facts }
    }

    fn name(&self, id: EntityId) -> String {
        self.flow().name(id)
    }

    fn known(&self, known: &Known) -> String {
        self.flow().known(known)
    }

    fn value(&self, value: &Value) -> String {
        self.flow().value(value)
    }
}

/// `key:` with its lines, where there are any.
fn section(out: &mut String, key: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "    {key}:");
    for line in lines {
        let _ = writeln!(out, "      {line}");
    }
}

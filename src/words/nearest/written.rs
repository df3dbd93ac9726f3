//! Each change as data would write it, on one line of YAML. Says no sentence.

use super::Telling;
use crate::decide::On;
use crate::decide::nearest::{Change, Holder, Place};
use crate::facts::{Delegated, Given, Known, RoleFact, ThingSort, Value, Whose};
use crate::terms::kind::Kind;
use crate::words::flow::{list, map, moment, period, word};

impl Telling<'_> {
    /// What to write into facts or request, and what to take out of them.
    pub(super) fn written(&self, change: &Change) -> (Option<String>, Option<String>) {
        let flow = self.flow();
        let put = |text: String| (Some(text), None);
        match change {
            Change::Say(place, value) => (self.attributes(place.holder, &[(place, value)]), None),
            Change::Record(id) => put(format!("record: {}", word(&self.thing(*id)))),
            Change::Reach(id) => {
                (None, Some(format!("out_of_reach: [{}]", word(self.speaker.short(self.speaker.organisation(*id))))))
            }
            Change::Delegate(one) => {
                put(format!("delegations: [{}]", self.delegation(&one.delegated(), &one.attributes)))
            }
            Change::Role(fact) => put(format!("roles: [{}]", self.role_fact(fact))),
            Change::Without(names) => {
                let asked = self.elements().into_iter().filter(|name| !names.contains(name));
                put(format!("elements: {}", list(asked.map(|name| word(&name)))))
            }
            Change::Subject(who) => put(format!("subject: {}", flow.name(*who))),
            Change::Party(who) => put(format!("party: {}", flow.name(*who))),
            Change::EndRole(fact) => (None, Some(format!("roles: [{}]", self.role_fact(fact)))),
            Change::EndDelegation(one) => {
                (None, Some(format!("delegations: [{}]", self.delegation(one, &Known::default()))))
            }
            Change::At(at) => put(format!("at: {}", moment(*at))),
        }
    }

    /// The elements asked for now.
    fn elements(&self) -> Vec<Box<str>> {
        if !self.request.elements.is_empty() {
            return self.request.elements.clone();
        }
        let On::Resource(id) = self.request.on else { return Vec::new() };
        let version = self.speaker.bundle.meaning.resource(id).and_then(|named| named.on(self.request.today));
        version.and_then(|(_, body)| body.elements.known()).cloned().unwrap_or_default()
    }

    fn role_fact(&self, fact: &RoleFact) -> String {
        let flow = self.flow();
        let mut fields = vec![("subject", flow.name(fact.subject)), ("role", word(self.role_name(fact.role)))];
        fields.extend(fact.party.map(|party| ("party", flow.name(party))));
        period(&mut fields, fact.period);
        map(&fields)
    }

    fn delegation(&self, one: &Delegated, attributes: &Known) -> String {
        let flow = self.flow();
        let mut fields = vec![
            ("giver", flow.name(one.giver)),
            ("receiver", flow.name(one.receiver)),
            ("party", flow.name(one.party)),
            match one.what {
                Given::Package(id) => ("package", word(self.speaker.short(self.speaker.package(id)))),
                Given::Area(id) => ("area", word(self.speaker.short(self.speaker.area(id)))),
            },
            ("given", one.given.to_string()),
        ];
        period(&mut fields, one.period);
        fields.extend(one.withdrawn.map(|at| ("withdrawn", moment(at))));
        fields.extend(attributes.0.iter().map(|(name, value)| (&**name, flow.value(value))));
        map(&fields)
    }

    /// Attributes of one holder where they stand: what is written beside them in the same place is left out.
    pub(super) fn attributes(&self, holder: Holder, said: &[(&Place, &Value)]) -> Option<String> {
        let facts = self.facts.facts;
        let mut known = match holder {
            // A delegation has no name: it is written whole.
            Holder::Delegation(one) => {
                let mut all = facts.delegations_to(one.receiver);
                facts.known(Whose::Delegation(all.find(|at| facts.delegation(*at) == Some(one))?))
            }
            _ => Known::default(),
        };
        for (place, value) in said {
            place.put(&mut known, value);
        }
        let text = self.flow().known(&known);
        Some(match holder {
            Holder::Context => format!("context: {text}"),
            Holder::Record => format!("record: {text}"),
            Holder::Entity(id) => {
                let section = match facts.kind(id)? {
                    Kind::Person => "people",
                    Kind::Organisation => "organisations",
                    Kind::SystemUser => "system_users",
                };
                format!("{section}: {{ {}: {text} }}", self.flow().name(id))
            }
            Holder::Thing(id) => match facts.thing(id)?.sort {
                ThingSort::Record(_) => format!("records: {{ {}: {text} }}", word(&self.thing(id))),
                ThingSort::Entity(of) => {
                    let entity = self.speaker.bundle.meaning.entity(of).map_or("", |entity| &entity.name);
                    let (entity, thing) = (word(self.speaker.short(entity)), word(&self.thing(id)));
                    format!("things: {{ {entity}: {{ {thing}: {text} }} }}")
                }
            },
            Holder::Delegation(one) => format!("delegations: [{}]", self.delegation(&one, &known)),
        })
    }
}

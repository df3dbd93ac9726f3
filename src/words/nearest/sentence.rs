//! Each change as a sentence. Writes no data.

use super::Telling;
use crate::decide::nearest::{Change, Holder, Place};
use crate::facts::{Delegated, Delegation, EntityId, Given, Known, RoleFact, ThingId, ThingSort, Value, Whose};
use crate::ir::RoleId;
use crate::terms::period::{date_in_oslo, oslo};
use std::collections::BTreeSet;

impl Telling<'_> {
    /// A change, or several that differ in the role or the giver alone.
    pub(super) fn sentence(&self, same: &[&Change]) -> String {
        let Some(change) = same.first() else { return String::new() };
        match change {
            Change::Role(fact) => {
                let mut roles: Vec<RoleId> = same
                    .iter()
                    .filter_map(|change| match change {
                        Change::Role(fact) => Some(fact.role),
                        _ => None,
                    })
                    .collect();
                roles.sort_unstable();
                roles.dedup();
                self.role(fact, &roles)
            }
            Change::Delegate(one) => {
                let mut givers: Vec<EntityId> = same
                    .iter()
                    .filter_map(|change| match change {
                        Change::Delegate(one) => Some(one.giver),
                        _ => None,
                    })
                    .collect();
                givers.sort_unstable();
                givers.dedup();
                self.delegate(one, &givers)
            }
            Change::Party(_) | Change::Subject(_) if same.len() > 1 => {
                let who: BTreeSet<EntityId> = same
                    .iter()
                    .filter_map(|change| match change {
                        Change::Party(who) | Change::Subject(who) => Some(*who),
                        _ => None,
                    })
                    .collect();
                match (&**change, who.len()) {
                    (_, 1) => self.single(change),
                    (Change::Party(_), _) => self.parties(&who),
                    _ => format!("{} asks (now nobody does, without login)", self.either(who)),
                }
            }
            other => self.single(other),
        }
    }

    /// `kari, ola or per`
    fn either(&self, who: impl IntoIterator<Item = EntityId>) -> String {
        let names: Vec<String> = who.into_iter().map(|id| self.name(id)).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }

    fn parties(&self, who: &BTreeSet<EntityId>) -> String {
        let instead = self.request.party().map_or(String::new(), |party| format!(", not for {}", self.name(party)));
        format!("it is asked for {}{instead}", self.either(who.iter().copied()))
    }

    /// `kari gets the role manager for clinic (register answers for it)`
    fn role(&self, fact: &RoleFact, roles: &[RoleId]) -> String {
        let who = self.name(fact.subject);
        let names: Vec<String> = roles.iter().map(|id| self.role_name(*id).to_owned()).collect();
        let word = if fact.party.is_some() { "role" } else { "status" };
        let which = match &*names {
            [one] => format!("the {word} {one}"),
            all => format!("one of these {}: {}", if word == "role" { "roles" } else { "statuses" }, all.join(", ")),
        };
        let for_whom = fact.party.map_or(String::new(), |party| format!(", for {}", self.name(party)));
        let for_whom = if names.len() == 1 { for_whom.replacen(',', "", 1) } else { for_whom };
        let mut sources: Vec<&str> = roles.iter().filter_map(|id| self.source(*id)).collect();
        sources.sort_unstable();
        sources.dedup();
        let source = match &*sources {
            [one] => format!(" ({one} answers for {})", if names.len() == 1 { "it" } else { "them" }),
            _ => String::new(),
        };
        format!("{who} gets {which}{for_whom}{source}")
    }

    fn source(&self, id: RoleId) -> Option<&str> {
        let named = self.speaker.bundle.meaning.role(id)?;
        let source = named.versions.iter().find_map(|version| version.source)?;
        Some(self.speaker.short(self.speaker.organisation(source)))
    }

    pub(super) fn what(&self, what: Given) -> String {
        match what {
            Given::Package(id) => self.speaker.short(self.speaker.package(id)).to_owned(),
            Given::Area(id) => format!("the area {}", self.speaker.short(self.speaker.area(id))),
        }
    }

    /// `clinic delegates reporting to kari`
    fn delegate(&self, one: &Delegation, givers: &[EntityId]) -> String {
        let giver = self.either(givers.iter().copied());
        let party = if *givers == [one.party] { String::new() } else { format!(" for {}", self.name(one.party)) };
        let saying: Vec<String> =
            one.attributes.0.iter().map(|(name, value)| format!("{name}: {}", self.flow().value(value))).collect();
        let saying = if saying.is_empty() { String::new() } else { format!(", with {}", saying.join(", ")) };
        format!("{giver} delegates {} to {}{party}{saying}", self.what(one.what), self.name(one.receiver))
    }

    fn delegated(&self, one: &Delegated) -> String {
        format!(
            "the delegation of {} from {} to {}, given {}",
            self.what(one.what),
            self.name(one.giver),
            self.name(one.receiver),
            one.given
        )
    }

    pub(super) fn single(&self, change: &Change) -> String {
        let request = self.request;
        match change {
            Change::Say(place, value) => self.says(place, value),
            Change::Record(id) => format!("the request is about the record {}", self.thing(*id)),
            Change::Reach(id) => {
                let name = self.speaker.short(self.speaker.organisation(*id));
                format!("the roles that {name} answers for can be seen (it is out of reach)")
            }
            Change::Delegate(one) => self.delegate(one, &[one.giver]),
            Change::Role(fact) => self.role(fact, &[fact.role]),
            Change::Without(names) => {
                let word = if names.len() == 1 { "element" } else { "elements" };
                format!("it is asked without the {word} {}: the rest is permitted", names.join(", "))
            }
            Change::Subject(who) => format!("{} asks (now nobody does, without login)", self.name(*who)),
            Change::Party(who) => {
                let instead = request.party().map_or(String::new(), |party| format!(", not for {}", self.name(party)));
                let who_asks = if request.subject == Some(*who) { ", who asks" } else { "" };
                format!("it is asked for {}{who_asks}{instead}", self.name(*who))
            }
            Change::EndRole(fact) => {
                let party = fact.party.map_or(String::new(), |party| format!(" for {}", self.name(party)));
                format!("{} is not {}{party}", self.name(fact.subject), self.role_name(fact.role))
            }
            Change::EndDelegation(one) => format!("{} is not there", self.delegated(one)),
            Change::At(moment) => self.at(*moment),
        }
    }

    /// `the context says login: high (it says substantial)`
    fn says(&self, place: &Place, value: &Value) -> String {
        let was = match self.was(place) {
            Some(Value::Nameless(_)) | None => "missing".to_owned(),
            Some(value) => {
                let word = if matches!(place.holder, Holder::Context | Holder::Record) { "it says" } else { "it is" };
                format!("{word} {}", self.flow().value(&value))
            }
        };
        let value = self.flow().value(value);
        let path = place.path.join(".");
        match place.holder {
            Holder::Context => format!("the context says {path}: {value} ({was})"),
            Holder::Record => format!("the record says {path}: {value} ({was})"),
            Holder::Thing(id) => format!("{path} of {} is {value} ({was})", self.described(id)),
            Holder::Entity(id) => format!("{path} of {} is {value} ({was})", self.name(id)),
            Holder::Delegation(one) => format!("{path} of {} is {value} ({was})", self.delegated(&one)),
        }
    }

    pub(super) fn thing(&self, id: ThingId) -> String {
        self.facts.facts.thing(id).map_or(String::new(), |thing| thing.name.to_owned())
    }

    fn described(&self, id: ThingId) -> String {
        match self.facts.facts.thing(id).map(|thing| thing.sort) {
            Some(ThingSort::Record(_)) => format!("the record {}", self.thing(id)),
            _ => self.thing(id),
        }
    }

    /// The value there now.
    fn was(&self, place: &Place) -> Option<Value> {
        let facts = self.facts.facts;
        let known: Known = match place.holder {
            Holder::Context => self.request.context.clone(),
            Holder::Record => match &self.request.record {
                Some(Value::Nameless(known)) => (**known).clone(),
                _ => return None,
            },
            Holder::Thing(id) => facts.known(Whose::Thing(id)),
            Holder::Entity(id) => facts.known(Whose::Entity(id)),
            Holder::Delegation(one) => {
                let mut all = facts.delegations_to(one.receiver);
                facts.known(Whose::Delegation(all.find(|at| facts.delegation(*at) == Some(one))?))
            }
        };
        let (last, above) = place.path.split_last()?;
        let mut known = &known;
        for name in above {
            known = match known.get(name)? {
                Value::Nameless(inner) => inner,
                _ => return None,
            };
        }
        known.get(last).cloned()
    }

    fn at(&self, moment: jiff::Timestamp) -> String {
        let now = date_in_oslo(self.request.now);
        let zoned = moment.to_zoned(oslo());
        let day = zoned.date();
        let start = zoned.start_of_day().is_ok_and(|start| start.timestamp() == moment);
        let last = day.tomorrow().ok().filter(|next| {
            let start = next.to_zoned(oslo()).map(|start| start.timestamp());
            start.is_ok_and(|start| start.duration_since(moment) == jiff::SignedDuration::from_secs(1))
        });
        let because = |day| self.turns_on(day).map_or(String::new(), |turns| format!("; {turns}"));
        match last {
            _ if start && moment > self.request.now => {
                format!("it is {day}, from 00:00 (now it is {now}{})", because(day))
            }
            Some(next) if moment < self.request.now => {
                format!("it was before {next} (now it is {now}{})", because(next))
            }
            _ => format!("it is {} (now it is {now})", zoned.strftime("%Y-%m-%d %H:%M:%S")),
        }
    }
}

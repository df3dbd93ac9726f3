//! What would permit a request, said to people: each change as a sentence, and as what to write into facts or request. Finds no change.

use super::flow::{Flow, list, map, moment, period, word};
use super::rule;
use super::speaker::{FactsSaid, Speaker, place_text};
use super::step;
use crate::decide::nearest::{Blocked, Change, Holder, Nearest, Place, Set};
use crate::decide::{Action, Decision, Effect, OpenQuestion, Request};
use crate::facts::{Delegated, Delegation, EntityId, Facts, Given, Known, RoleFact, ThingSort, Value, Whose};
use crate::ir::RoleId;
use crate::origins::Part;
use crate::terms::kind::Kind;
use crate::terms::period::{date_in_oslo, oslo};
use serde::Serialize;

/// How many sets of changes are shown to people.
const MOST_SHOWN: usize = 12;

/// What somebody who asks for a decision is told of changes.
#[derive(Clone, Copy)]
pub struct Telling<'t> {
    /// The decision.
    pub decision: &'t Decision,
    /// The request.
    pub request: &'t Request,
    /// Names and places of the bundle.
    pub speaker: &'t Speaker<'t>,
    /// The facts.
    pub facts: &'t FactsSaid<'t>,
}

/// The changes as text, to stand behind the decision; nothing for a permit. Every line ends with a line break.
#[must_use]
pub fn human(nearest: &Nearest, telling: &Telling<'_>) -> String {
    let mut lines = Vec::new();
    if telling.decision.effect == Effect::Permit {
        return String::new();
    }
    lines.push(String::new());
    if nearest.sets.is_empty() {
        telling.nothing(nearest, &mut lines);
    } else {
        lines.push("nearest changes that would permit".to_owned());
        let groups = grouped(&nearest.sets);
        let width = groups.len().min(MOST_SHOWN).to_string().len();
        for (at, group) in groups.iter().take(MOST_SHOWN).enumerate() {
            telling.group(group, &format!("  {:>width$}  ", at + 1), &mut lines);
        }
        if groups.len() > MOST_SHOWN {
            lines.push(format!("  and {} more: see --format json", groups.len() - MOST_SHOWN));
        }
        if nearest.cut {
            lines.push("  the search ended before all was tried: there may be others".to_owned());
        }
    }
    if let Some(set) = &nearest.may_be_forbidden {
        lines.push("what is missing could as well make it forbidden".to_owned());
        telling.group(&[set], "     ", &mut lines);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The changes as JSON would have them.
#[derive(Debug, Serialize)]
pub struct Said {
    /// The sets, in order.
    sets: Vec<Vec<ChangeSaid>>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    impossible: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_be_forbidden: Option<Vec<ChangeSaid>>,
    most_changes: usize,
    cut: bool,
}

#[derive(Debug, Serialize)]
struct ChangeSaid {
    change: &'static str,
    says: String,
    #[serde(rename = "in")]
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<String>,
}

/// The changes for machines; nothing for a permit.
#[must_use]
pub fn json(nearest: &Nearest, telling: &Telling<'_>) -> Option<Said> {
    if telling.decision.effect == Effect::Permit {
        return None;
    }
    let set = |set: &Set| set.iter().map(|change| telling.said(change)).collect::<Vec<ChangeSaid>>();
    Some(Said {
        sets: nearest.sets.iter().map(set).collect(),
        impossible: nearest.blocked.iter().map(|one| telling.blocked(one).0).collect(),
        may_be_forbidden: nearest.may_be_forbidden.as_ref().map(set),
        most_changes: nearest.most_changes,
        cut: nearest.cut,
    })
}

/// Sets that differ only in the role that somebody gets, or in who gives, beside each other; in the order of the first of each.
fn grouped(sets: &[Set]) -> Vec<Vec<&Set>> {
    let mut groups: Vec<(Set, Vec<&Set>)> = Vec::new();
    for set in sets {
        let alike = likeness(set);
        match groups.iter_mut().find(|(known, _)| *known == alike) {
            Some((_, group)) => group.push(set),
            None => groups.push((alike, vec![set])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The set without what may differ in a group; of a set with two such changes nothing may.
fn likeness(set: &Set) -> Set {
    let free = |change: &Change| matches!(change, Change::Role(_) | Change::Delegate(_));
    if set.iter().filter(|change| free(change)).count() != 1 {
        return set.clone();
    }
    let blank = |change: &Change| match change {
        Change::Role(fact) => Change::Role(RoleFact { role: RoleId(0), ..*fact }),
        Change::Delegate(one) => Change::Delegate(Delegation { giver: EntityId(0), ..one.clone() }),
        other => other.clone(),
    };
    set.iter().map(blank).collect()
}

impl Telling<'_> {
    fn name(&self, id: EntityId) -> String {
        self.facts.name(id, self.speaker)
    }

    fn flow(&self) -> Flow<'_, '_, Facts> {
        Flow { speaker: self.speaker, names: self.facts.facts }
    }

    fn role_name(&self, id: RoleId) -> &str {
        self.speaker.short(self.speaker.role(id))
    }

    /// Sets that differ in one thing, as one.
    fn group(&self, group: &[&Set], lead: &str, lines: &mut Vec<String>) {
        let Some(first) = group.first() else { return };
        let indent = " ".repeat(lead.chars().count());
        for (at, change) in first.iter().enumerate() {
            let same: Vec<&Change> = group.iter().filter_map(|set| set.get(at)).collect();
            let lead = if at == 0 { lead } else { &indent };
            let and = if at == 0 { "" } else { "and " };
            lines.push(format!("{lead}{and}{}", self.sentence(&same)));
            let (write, _) = self.written(change);
            if let Some(write) = write {
                lines.push(format!("{indent}  {write}"));
            }
        }
    }

    /// A change, or several that differ in the role or the giver alone.
    fn sentence(&self, same: &[&Change]) -> String {
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
            other => self.single(other),
        }
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

    fn what(&self, what: Given) -> String {
        match what {
            Given::Package(id) => self.speaker.short(self.speaker.package(id)).to_owned(),
            Given::Area(id) => format!("the area {}", self.speaker.short(self.speaker.area(id))),
        }
    }

    /// `clinic delegates reporting to kari`
    fn delegate(&self, one: &Delegation, givers: &[EntityId]) -> String {
        let names: Vec<String> = givers.iter().map(|id| self.name(*id)).collect();
        let giver = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.concat(),
        };
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

    fn single(&self, change: &Change) -> String {
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

    fn thing(&self, id: crate::facts::ThingId) -> String {
        self.facts.facts.thing(id).map_or(String::new(), |thing| thing.name.to_owned())
    }

    fn described(&self, id: crate::facts::ThingId) -> String {
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
        match last {
            _ if start && moment > self.request.now => format!("it is {day}, from 00:00 (now it is {now})"),
            Some(next) if moment < self.request.now => format!("it was before {next} (now it is {now})"),
            _ => format!("it is {} (now it is {now})", zoned.strftime("%Y-%m-%d %H:%M:%S")),
        }
    }

    fn said(&self, change: &Change) -> ChangeSaid {
        let (put, remove) = self.written(change);
        let (word, place) = match change {
            Change::Say(place, _) => (
                "attribute",
                match place.holder {
                    Holder::Context | Holder::Record => "request",
                    Holder::Thing(_) | Holder::Delegation(_) | Holder::Entity(_) => "facts",
                },
            ),
            Change::Record(_) => ("record", "request"),
            Change::Reach(_) => ("reach", "facts"),
            Change::Delegate(_) => ("delegation", "facts"),
            Change::Role(_) => ("role", "facts"),
            Change::Without(_) => ("elements", "request"),
            Change::Subject(_) => ("subject", "request"),
            Change::Party(_) => ("party", "request"),
            Change::EndRole(_) => ("end-role", "facts"),
            Change::EndDelegation(_) => ("end-delegation", "facts"),
            Change::At(_) => ("time", "request"),
        };
        ChangeSaid { change: word, says: self.single(change), place, put, remove }
    }

    /// What to write into facts or request, and what to take out of them.
    fn written(&self, change: &Change) -> (Option<String>, Option<String>) {
        let flow = self.flow();
        let put = |text: String| (Some(text), None);
        match change {
            Change::Say(place, value) => match self.attribute(place, value) {
                Some(text) => put(text),
                None => (None, None),
            },
            Change::Record(id) => put(format!("record: {}", word(&self.thing(*id)))),
            Change::Reach(id) => {
                (None, Some(format!("out_of_reach: [{}]", word(self.speaker.short(self.speaker.organisation(*id))))))
            }
            Change::Delegate(one) => put(format!("delegations: [{}]", self.delegation(&one.delegated(), &one.attributes))),
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
        let crate::decide::On::Resource(id) = self.request.on else { return Vec::new() };
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

    /// An attribute where it stands: what is written beside it in the same place is left out.
    fn attribute(&self, place: &Place, value: &Value) -> Option<String> {
        let mut text = self.flow().value(value);
        for name in place.path.iter().rev() {
            text = map(&[(&**name, text)]);
        }
        let facts = self.facts.facts;
        Some(match place.holder {
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
                    format!("things: {{ {}: {{ {}: {text} }} }}", word(self.speaker.short(entity)), word(&self.thing(id)))
                }
            },
            // A delegation has no name: it is written whole.
            Holder::Delegation(one) => {
                let [name] = &*place.path else { return None };
                let mut all = facts.delegations_to(one.receiver);
                let at = all.find(|at| facts.delegation(*at) == Some(one))?;
                let mut known = facts.known(Whose::Delegation(at)).0;
                known.retain(|(own, _)| own != name);
                known.push((name.clone(), value.clone()));
                known.sort();
                format!("delegations: [{}]", self.delegation(&one, &Known(known)))
            }
        })
    }

    /// Nothing would permit it, or nothing was found.
    fn nothing(&self, nearest: &Nearest, lines: &mut Vec<String>) {
        if nearest.blocked.is_empty() {
            lines.push(if nearest.cut {
                "nearest changes that would permit: none was found before the search ended".to_owned()
            } else {
                format!("nearest changes that would permit: no set of up to {} was found", nearest.most_changes)
            });
            return;
        }
        lines.push("no facts would permit this".to_owned());
        for one in &nearest.blocked {
            let (text, place) = self.blocked(one);
            let place = place.map_or(String::new(), |place| format!("  {place}"));
            lines.push(format!("  {text}{place}"));
        }
    }

    /// What stands in the way, and where.
    fn blocked(&self, one: &Blocked) -> (String, Option<String>) {
        let place = |part| self.speaker.origin(part).map(place_text);
        let of_rule = |id, scope| {
            self.speaker.bundle.meaning.rule(id).map_or(String::new(), |body| rule::rule(body, scope, self.speaker))
        };
        match one {
            Blocked::NoPermit => {
                let on = self.speaker.short(self.speaker.on(self.request.on));
                let action = match &self.request.action {
                    Action::Named(name) => name,
                    other => other.word(),
                };
                (format!("nothing permits {action} on {on}"), None)
            }
            Blocked::Forbid(id, scope) => {
                (format!("it is forbidden in any case: {}", of_rule(*id, *scope)), place(Part::Rule(*id, *scope)))
            }
            Blocked::Permit(id, scope) => {
                (format!("this cannot apply here: {}", of_rule(*id, *scope)), place(Part::Rule(*id, *scope)))
            }
            Blocked::Open(question) => (self.open(*question), None),
            Blocked::Undecided(what) => {
                let text = self.speaker.undecided_text(what).map_or(String::new(), |text| format!(": {text}"));
                (format!("nobody has decided {}{text}", step::undecided(what, self.speaker)), None)
            }
        }
    }

    fn open(&self, question: OpenQuestion) -> String {
        let text = self.speaker.question_text(question).map_or(String::new(), |text| format!(": {text}"));
        format!("nobody has decided {}{text}", self.speaker.open_question(question))
    }
}

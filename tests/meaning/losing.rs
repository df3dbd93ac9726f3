//! Why no missing fact gives more (docs/meaning.md), tried: whatever attribute is hidden, and whatever source is out of reach, a Deny
//! stays a Deny, and what stays permitted keeps its obligations. On policies and worlds by chance, whose permits oblige alike.

use super::small::*;
use fullmakt::decide::{Cause, Decision, Effect, Index, On, Request};
use fullmakt::facts::{Draft, EntityId, Known, Thing, ThingId, ThingSort, Value};
use fullmakt::ir::*;
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::kind::Kind;
use fullmakt::terms::open::Open;
use fullmakt::terms::root::Root;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

/// What a condition may speak of.
#[derive(Clone)]
struct Speech {
    /// Roots and variables that are people, or none.
    people: Vec<Expression>,
    /// What has the other attributes, too.
    things: Vec<Expression>,
    /// May ask `holds`, `permitted`, named conditions, the resource and the element.
    rule: bool,
    /// May ask for what another resource permits.
    permitted: bool,
    variables: usize,
}

fn of_rule(permitted: bool) -> Speech {
    let people = [Root::Subject, Root::Party].map(root).to_vec();
    let things = [Root::Context, Root::Record].map(root).to_vec();
    Speech { people, things, rule: true, permitted, variables: 0 }
}

fn of_grant() -> Speech {
    let people = [Root::Holder, Root::Party].map(root).to_vec();
    Speech { people, things: Vec::new(), rule: false, permitted: false, variables: 0 }
}

fn of_line() -> Speech {
    let people = [Root::Giver, Root::Receiver, Root::Party].map(root).to_vec();
    Speech { people, things: vec![root(Root::Delegation)], rule: false, permitted: false, variables: 0 }
}

fn attribute(of: Expression, name: &str) -> Expression {
    Expression::Attribute(Box::new(of), name.into())
}

impl Speech {
    /// Something that has attributes.
    fn thing(&self, dice: &mut Dice) -> Expression {
        if self.things.is_empty() || dice.chance(50) { self.person(dice) } else { dice.pick(&self.things) }
    }

    fn person(&self, dice: &mut Dice) -> Expression {
        match dice.below(10) {
            0 | 1 => attribute(dice.pick(&self.people), "friend"),
            2 if !self.things.is_empty() => attribute(dice.pick(&self.things), "friend"),
            _ => dice.pick(&self.people),
        }
    }

    fn number(&self, dice: &mut Dice) -> Expression {
        match dice.below(6) {
            0 | 1 => value(Constant::Integer(dice.below(3) as i64)),
            2 => value(Constant::None),
            _ => attribute(self.thing(dice), "number"),
        }
    }

    fn day(&self, dice: &mut Dice) -> Expression {
        let day = attribute(self.thing(dice), "day");
        match dice.below(3) {
            0 => root(Root::Today),
            1 => day,
            _ => {
                let unit = dice.pick(&[Unit::Days, Unit::Months, Unit::Years, Unit::Hours]);
                let by = value(Constant::Duration(Duration { unit, amount: dice.below(3) as u32 }));
                shifted(day, dice.chance(50), by)
            }
        }
    }

    fn numbers(&self, dice: &mut Dice) -> Expression {
        match dice.below(3) {
            0 => Expression::List((0..dice.below(3)).map(|_| self.number(dice)).collect()),
            1 => attribute(self.thing(dice), "numbers"),
            _ => attribute(self.group(dice), "number"),
        }
    }

    /// A set of people.
    fn group(&self, dice: &mut Dice) -> Expression {
        let of = if dice.chance(50) { self.person(dice) } else { self.thing(dice) };
        let group = attribute(of, "friends");
        if dice.chance(20) { attribute(group, "friends") } else { group }
    }

    fn condition(&self, dice: &mut Dice, depth: usize) -> Expression {
        if depth == 0 || dice.chance(20) {
            return self.leaf(dice);
        }
        let some = |dice: &mut Dice| (0..2 + dice.below(2)).map(|_| self.condition(dice, depth - 1)).collect();
        match dice.below(7) {
            0 | 1 => Expression::And(some(dice)),
            2 | 3 => Expression::Or(some(dice)),
            4 => not(self.condition(dice, depth - 1)),
            _ => {
                let variable = format!("x{}", self.variables);
                let mut inner = self.clone();
                inner.people.push(Expression::Variable(variable.as_str().into()));
                inner.variables += 1;
                Expression::Each {
                    all: dice.chance(50),
                    variable: variable.into(),
                    set: Box::new(self.group(dice)),
                    body: Box::new(inner.condition(dice, depth - 1)),
                }
            }
        }
    }

    fn leaf(&self, dice: &mut Dice) -> Expression {
        let orders = ["==", "!=", "<", "<=", ">", ">="];
        match dice.below(if self.rule { 18 } else { 10 }) {
            0 | 1 => attribute(self.thing(dice), "so"),
            2 => compare(self.number(dice), dice.pick(&orders), self.number(dice)),
            3 => compare(self.day(dice), dice.pick(&orders), self.day(dice)),
            4 => compare(self.number(dice), "in", self.numbers(dice)),
            5 => compare(self.person(dice), dice.pick(&["==", "!="]), self.person(dice)),
            6 => compare(self.person(dice), "in", self.group(dice)),
            7 => {
                let role = dice.pick(&[EMPLOYEE, GUARDIAN, MANAGER, AGENT]);
                is(self.person(dice), IsWhat::Role(role), Some(self.person(dice)))
            }
            8 => is(
                self.person(dice),
                dice.pick(&[IsWhat::Role(MEMBER), IsWhat::Kind(Kind::Person), IsWhat::Organisation(AUTHORITY)]),
                None,
            ),
            9 if dice.chance(40) => Expression::Undecided,
            9 => compare(self.numbers(dice), "==", self.numbers(dice)),
            10 => is(self.person(dice), dice.pick(&[IsWhat::Controller, IsWhat::Processor]), None),
            11 | 12 => holds(self.person(dice), dice.pick(&[INSIGHT, REPORTING]), self.person(dice)),
            13 => compare(root(Root::Element), "in", path("resource.elements")),
            14 => equal(root(Root::Element), value(Constant::Element(dice.pick(&["a", "b"]).into()))),
            15 => path(dice.pick(&["record.kept", "record.overdue"])),
            16 if self.permitted => Expression::Permitted { resource: LETTERS, action: "view".into() },
            16 => equal(attribute(self.thing(dice), "so"), value(Constant::Bool(true))),
            _ => Expression::Condition(ConditionId::from(dice.below(2))),
        }
    }
}

/// A policy and facts.
fn policy(dice: &mut Dice) -> World {
    let mut made = world();
    let meaning = &mut made.bundle.meaning;
    for (at, named) in meaning.roles.iter_mut().enumerate() {
        named.versions[0].source = [Some(AUTHORITY), Some(REGISTER), None][at % 3];
    }
    // Conditions that are named ask for no others.
    let says = |dice: &mut Dice| match of_rule(false).condition(dice, 1) {
        Expression::Condition(_) => path("party.so"),
        says => without_names(says),
    };
    meaning.conditions =
        ["m.one", "m.two"].map(|name| Defined { name: name.into(), body: Condition { says: says(dice) } }).to_vec();
    for id in [INSIGHT, REPORTING] {
        for _ in 0..1 + dice.below(3) {
            let to = match dice.below(8) {
                0 => Grantee::Itself,
                1 if id == REPORTING => Grantee::Package(INSIGHT),
                2 => Grantee::Role(MEMBER),
                _ => Grantee::Role(dice.pick(&[EMPLOYEE, GUARDIAN, MANAGER])),
            };
            let when = dice.chance(50).then(|| of_grant().condition(dice, 2));
            made = made.grants(id, to, when);
        }
        let mut lines: Vec<Line> = (0..1 + dice.below(3))
            .map(|_| {
                let to = match dice.below(4) {
                    0 => Receiver::Role(dice.pick(&[EMPLOYEE, AGENT, MEMBER])),
                    1 => Receiver::Kind(Kind::Organisation),
                    _ => Receiver::Kind(Kind::Person),
                };
                line(to, dice.chance(40), dice.chance(50).then(|| of_line().condition(dice, 2)))
            })
            .collect();
        lines.sort();
        made.package(id).delegable = lines;
    }
    if dice.chance(70) {
        made = made.elements(JOURNAL, &["a", "b", "c"]);
    }
    if dice.chance(30) {
        made = made.elements(LETTERS, &["a", "b"]);
    }
    let controllers = vec![Controlling::Organisation(AUTHORITY), Controlling::Status(MEMBER)];
    made.resource(JOURNAL).controllers = if dice.chance(80) { Open::Known(controllers) } else { Open::Undecided };
    let partial = dice.chance(60);
    made.resource(JOURNAL).actions[1].partial = partial;
    let end = compare(root(Root::Today), ">=", path("record.day"));
    made.resource(JOURNAL).retain = Some(Retain { kept: not(end.clone()), overdue: end });
    // Permits oblige alike.
    let alike: Vec<Oblige> = (0..dice.below(2)).map(|_| obligation(1)).collect();
    for _ in 0..3 + dice.below(4) {
        made = a_rule(dice, made, JOURNAL, &alike);
    }
    for _ in 0..2 {
        made = a_rule(dice, made, LETTERS, &alike);
    }
    facts(dice, made)
}

/// A condition that names no other.
fn without_names(says: Expression) -> Expression {
    let text = format!("{says:?}");
    if text.contains("Condition(") { path("subject.so") } else { says }
}

fn a_rule(dice: &mut Dice, made: World, on: ResourceId, alike: &[Oblige]) -> World {
    let effect = match dice.below(10) {
        0..5 => RuleEffect::Permit,
        5..8 => RuleEffect::Forbid,
        8 => RuleEffect::Oblige,
        _ => RuleEffect::Never,
    };
    let action = if effect == RuleEffect::Oblige || dice.chance(15) { "any" } else { "view" };
    let mut one = rule(effect, action);
    if dice.chance(40) {
        one.of = Some(dice.pick(&[&["a"][..], &["a", "b"], &["c"]]).iter().map(|name| (*name).into()).collect());
    }
    match effect {
        RuleEffect::Permit => one.oblige = alike.to_vec(),
        RuleEffect::Oblige => {
            one.oblige = vec![obligation(0)];
            return made.rule(&[on], one);
        }
        RuleEffect::Forbid | RuleEffect::Never => one.oblige = vec![obligation(2)],
    }
    if dice.chance(50) {
        one.requires = Some(match dice.below(4) {
            0 => Requires::And(vec![Requires::Package(INSIGHT), Requires::Package(REPORTING)]),
            1 => Requires::Or(vec![Requires::Package(INSIGHT), Requires::Package(REPORTING)]),
            _ => Requires::Package(dice.pick(&[INSIGHT, REPORTING])),
        });
    }
    if one.requires.is_none() || dice.chance(30) {
        one.to = Some(match dice.below(8) {
            0..3 => Recipient::Anyone,
            3 => Recipient::Itself,
            4 => Recipient::Controller,
            5 => Recipient::Role(MEMBER),
            _ => Recipient::Role(dice.pick(&[EMPLOYEE, MANAGER, GUARDIAN])),
        });
    }
    if dice.chance(if effect == RuleEffect::Forbid { 90 } else { 55 }) {
        one.when = Some(of_rule(on == JOURNAL).condition(dice, 3));
    }
    made.rule(&[on], one)
}

fn facts(dice: &mut Dice, mut made: World) -> World {
    let everybody: Vec<EntityId> = (0..made.facts.entities.len() as u32).map(EntityId).collect();
    made.facts.things = ["one", "two"]
        .map(|name| Thing {
            sort: ThingSort::Record(JOURNAL),
            name: name.into(),
            attributes: attributes(dice, &everybody),
        })
        .to_vec();
    for at in 0..everybody.len() {
        made.facts.entities[at].attributes = attributes(dice, &everybody);
    }
    let (people, organisations) = (["kari", "ola", "per"], ["branch", "clinic", "office", "m.authority"]);
    for _ in 0..4 + dice.below(6) {
        let organisation = dice.pick(&organisations);
        made = match dice.below(7) {
            0 => made.role(dice.pick(&people), AGENT, organisation),
            1 => made.role(dice.pick(&organisations), COVER, organisation),
            2 => made.role(dice.pick(&people), EMPLOYEE, organisation),
            3 => made.role(dice.pick(&people), GUARDIAN, dice.pick(&people)),
            4 => made.role(organisation, MEMBER, ""),
            _ => made.role(dice.pick(&people), MANAGER, organisation),
        };
    }
    made.facts.roles.dedup();
    let names = [&people[..], &organisations].concat();
    for _ in 0..3 + dice.below(4) {
        let (giver, receiver) = (dice.pick(&names), dice.pick(&names));
        let known = attributes(dice, &everybody);
        let package = dice.pick(&[INSIGHT, REPORTING]);
        made = made.gives_with(giver, receiver, dice.pick(&names), package, date(2026, 2, 1), known);
    }
    made.facts.delegations.dedup();
    made
}

/// Attributes of something: most are known.
fn attributes(dice: &mut Dice, everybody: &[EntityId]) -> Known {
    let mut all: BTreeMap<&str, Value> = BTreeMap::new();
    all.insert("so", Value::Bool(dice.chance(60)));
    let number = |dice: &mut Dice| Value::Integer(dice.below(3) as i64);
    all.insert("number", if dice.chance(15) { Value::None } else { number(dice) });
    let days = [date(2026, 2, 1), TODAY, date(2026, 4, 1)];
    all.insert("day", if dice.chance(15) { Value::None } else { Value::Date(dice.pick(&days)) });
    all.insert("numbers", set((0..dice.below(3)).map(|_| number(dice)).collect::<Vec<_>>()));
    let friend = if dice.chance(15) { Value::None } else { Value::Entity(dice.pick(everybody)) };
    all.insert("friend", friend);
    all.insert("friends", set((0..dice.below(3)).map(|_| Value::Entity(dice.pick(everybody))).collect::<Vec<_>>()));
    Known(all.into_iter().filter(|_| !dice.chance(8)).map(|(name, value)| (name.into(), value)).collect())
}

fn request(dice: &mut Dice, made: &World) -> Request {
    let names = ["kari", "ola", "per", "branch", "clinic", "office", "m.authority"];
    let everybody: Vec<EntityId> = (0..made.facts.entities.len() as u32).map(EntityId).collect();
    let (subject, party) = match made.facts.roles.get(dice.below(made.facts.roles.len() * 2)) {
        Some(fact) => (made.facts.name(fact.subject), made.facts.name(fact.party.unwrap_or(fact.subject))),
        None => (dice.pick(&names), dice.pick(&names)),
    };
    let mut asks = match dice.below(10) {
        0 => made.asks(subject, party, "use", On::Package(REPORTING)),
        1 => {
            let mut asks = made.asks(subject, party, "delegate", On::Package(REPORTING));
            asks.to = dice.chance(60).then(|| dice.pick(&everybody));
            return asks;
        }
        2 => made.asks("", "", "view", On::Resource(JOURNAL)),
        _ => made.asks(subject, party, "view", On::Resource(JOURNAL)),
    };
    if let On::Resource(id) = asks.on {
        asks.context = attributes(dice, &everybody);
        asks.record = match dice.below(5) {
            0 => None,
            1 | 2 => Some(Value::Thing(ThingId(dice.below(2) as u32))),
            _ => Some(Value::Nameless(Box::new(attributes(dice, &everybody)))),
        };
        let elements =
            made.bundle.meaning.resources[id.index()].versions[0].elements.known().cloned().unwrap_or_default();
        asks.elements = elements.into_iter().filter(|_| dice.chance(50)).collect();
    }
    asks
}

/// The same world and request with one attribute less, or one source less, in every way; each with what was lost.
fn losses(facts: &Draft, asks: &Request) -> Vec<(String, Draft, Request)> {
    let mut all = Vec::new();
    let mut lose = |what: String, change: &dyn Fn(&mut Draft, &mut Request)| {
        let (mut facts, mut asks) = (facts.clone(), asks.clone());
        change(&mut facts, &mut asks);
        all.push((what, facts, asks));
    };
    for (who, entity) in facts.entities.iter().enumerate() {
        for at in 0..entity.attributes.0.len() {
            lose(format!("{} {}", entity.name, entity.attributes.0[at].0), &|facts, _| {
                facts.entities[who].attributes.0.remove(at);
            });
        }
    }
    for (which, thing) in facts.things.iter().enumerate() {
        for at in 0..thing.attributes.0.len() {
            lose(format!("{} {}", thing.name, thing.attributes.0[at].0), &|facts, _| {
                facts.things[which].attributes.0.remove(at);
            });
        }
    }
    for (which, one) in facts.delegations.iter().enumerate() {
        for at in 0..one.attributes.0.len() {
            lose(format!("delegation {which} {}", one.attributes.0[at].0), &|facts, _| {
                facts.delegations[which].attributes.0.remove(at);
            });
        }
    }
    for at in 0..asks.context.0.len() {
        lose(format!("context {}", asks.context.0[at].0), &|_, asks| drop(asks.context.0.remove(at)));
    }
    if let Some(Value::Nameless(known)) = &asks.record {
        for at in 0..known.0.len() {
            lose(format!("record {}", known.0[at].0), &|_, asks| {
                if let Some(Value::Nameless(known)) = &mut asks.record {
                    known.0.remove(at);
                }
            });
        }
    }
    lose("the record".to_owned(), &|_, asks| asks.record = None);
    for source in [AUTHORITY, REGISTER] {
        lose(format!("source {}", source.0), &|facts, _| {
            facts.out_of_reach.insert(source);
        });
    }
    all
}

/// What is permitted, by element (`None`: the whole), with what each obliges to.
fn permitted(decision: &Decision, asks: &Request, made: &World) -> BTreeMap<Option<Box<str>>, BTreeSet<u32>> {
    if decision.effect == Effect::Deny {
        return BTreeMap::new();
    }
    let elements: Vec<Option<Box<str>>> = match (&decision.released, asks.on) {
        (Some(released), _) => released.iter().cloned().map(Some).collect(),
        (None, On::Resource(id)) => {
            let all =
                made.bundle.meaning.resources[id.index()].versions[0].elements.known().cloned().unwrap_or_default();
            let all = if asks.elements.is_empty() || all.is_empty() { all } else { asks.elements.clone() };
            if all.is_empty() { vec![None] } else { all.into_iter().map(Some).collect() }
        }
        (None, _) => vec![None],
    };
    let obliged = |element: &Option<Box<str>>| {
        let all = decision.obligations.iter();
        all.filter(|one| element.as_ref().is_none_or(|name| one.elements.contains(name)))
            .map(|one| one.oblige.obligation.0)
            .collect()
    };
    elements.into_iter().map(|element| (element.clone(), obliged(&element))).collect()
}

#[test]
fn no_missing_fact_gives_more_or_obliges_to_less() {
    let mut dice = Dice(20);
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut fell, mut obliging) = (0, 0);
    for number in 0..150 {
        let made = policy(&mut dice);
        let index = Index::new(&made.bundle);
        for _ in 0..4 {
            let asks = request(&mut dice, &made);
            let before = made.decide(&asks);
            *causes.entry(before.cause.word()).or_default() += 1;
            let had = permitted(&before, &asks, &made);
            obliging += usize::from(had.values().any(|all| !all.is_empty()));
            for (lost, less, asks) in losses(&made.facts, &asks) {
                let after = index.decide(&less.store(), &asks);
                let told = || {
                    format!(
                        "{number} without {lost}: {asks:#?}\n{:#?}\n{before:#?}\n{after:#?}",
                        made.bundle.meaning.rules
                    )
                };
                if before.effect == Effect::Deny {
                    assert_eq!(after.effect, Effect::Deny, "{}", told());
                }
                fell += usize::from(before.cause == Cause::Permitted && after.cause == Cause::Undecidable);
                for (element, obliges) in permitted(&after, &asks, &made) {
                    let was = had.get(&element).unwrap_or_else(|| panic!("{element:?}: {}", told()));
                    assert!(was.is_subset(&obliges), "{element:?}: {}", told());
                }
            }
        }
    }
    for cause in Cause::ALL {
        assert!(causes.get(cause.word()).is_some_and(|count| *count > 25), "{causes:?}");
    }
    assert!(fell > 50 && obliging > 40, "{fell} fell, {obliging} oblige");
}

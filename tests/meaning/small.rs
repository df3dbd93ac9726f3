//! A small world to decide in: a few roles, packages and people, and words to write expressions with. Expects nothing.

use fullmakt::decide::{Action as Asked, Decision, Index, On, Request};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Given, Known, RoleFact, Value};
use fullmakt::ir::*;
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::kind::{Kind, Kinds};
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::operator::Operator;
use fullmakt::terms::period::{Period, date_in_oslo, oslo};
use fullmakt::terms::root::Root;
use jiff::civil::{Date, date};

/// May be passed what the organisation has for a client.
pub const AGENT: RoleId = RoleId(0);
/// Of an organisation for another.
pub const COVER: RoleId = RoleId(1);
/// Of a person for an organisation; out of reach where `register` is.
pub const EMPLOYEE: RoleId = RoleId(2);
/// Of a person for a person.
pub const GUARDIAN: RoleId = RoleId(3);
/// Acts with all that the organisation holds.
pub const MANAGER: RoleId = RoleId(4);
/// A status of organisations.
pub const MEMBER: RoleId = RoleId(5);

pub const AUTHORITY: OrganisationId = OrganisationId(0);
pub const REGISTER: OrganisationId = OrganisationId(1);

/// Granted to nobody, for anybody, delegable to people.
pub const INSIGHT: PackageId = PackageId(0);
/// Likewise.
pub const REPORTING: PackageId = PackageId(1);

/// Has the actions `disclose` and `view`, and the elements `a`, `b` and `c` where a case says so.
pub const JOURNAL: ResourceId = ResourceId(0);
/// Has the action `view`.
pub const LETTERS: ResourceId = ResourceId(1);

/// The day of most requests.
pub const TODAY: Date = date(2026, 3, 1);

/// A policy and facts.
#[derive(Clone)]
pub struct World {
    pub bundle: Bundle,
    pub facts: Draft,
}

fn kinds(of: &[Kind]) -> Kinds {
    of.iter().fold(Kinds::NONE, |kinds, kind| kinds.with(*kind))
}

fn role(name: &str, by: Kind, of: Option<Kind>) -> Named<Role> {
    let open = Open::Known(false);
    let role = Role {
        period: Period::ALWAYS,
        by: kinds(&[by]),
        of: of.map(|kind| kinds(&[kind])),
        source: Some(REGISTER),
        urn: None,
        code: None,
        key: open,
        covers: open,
        agent: open,
    };
    Named { name: format!("m.{name}").into(), versions: vec![role] }
}

fn package(name: &str) -> Named<Package> {
    let package = Package {
        period: Period::ALWAYS,
        area: None,
        urn: None,
        kinds: Open::Known(Kinds::ANY),
        data: Open::Known(Level::None),
        services: Open::Known(true),
        delegable: vec![line(Receiver::Kind(Kind::Person), false, None)],
        grants: Vec::new(),
    };
    Named { name: format!("m.{name}").into(), versions: vec![package] }
}

fn resource(name: &str, actions: &[&str]) -> Named<Resource> {
    let action = |name: &&str| Action { name: (*name).into(), partial: false, oblige: Vec::new() };
    let resource = Resource {
        period: Period::ALWAYS,
        register: true,
        urn: None,
        data: Open::Known(Level::Special),
        actions: actions.iter().map(action).collect(),
        elements: Open::Known(Vec::new()),
        records: None,
        controllers: Open::Known(Vec::new()),
        processors: Open::Known(Vec::new()),
        basis: Open::Known(Vec::new()),
        purposes: None,
        retain: None,
    };
    Named { name: format!("m.{name}").into(), versions: vec![resource] }
}

/// Nobody has a role, nothing is granted, nothing is permitted.
pub fn world() -> World {
    let mut meaning = Meaning {
        organisations: vec!["m.authority".into(), "m.register".into()],
        roles: vec![
            role("agent", Kind::Person, Some(Kind::Organisation)),
            role("cover", Kind::Organisation, Some(Kind::Organisation)),
            role("employee", Kind::Person, Some(Kind::Organisation)),
            role("guardian", Kind::Person, Some(Kind::Person)),
            role("manager", Kind::Person, Some(Kind::Organisation)),
            role("member", Kind::Organisation, None),
        ],
        packages: vec![package("insight"), package("reporting")],
        resources: vec![resource("journal", &["disclose", "view"]), resource("letters", &["view"])],
        obligations: ["log", "mask", "secrecy"]
            .map(|name| Defined {
                name: format!("m.{name}").into(),
                body: Obligation { parameters: Attributes::new() },
            })
            .to_vec(),
        ..Meaning::default()
    };
    meaning.roles[AGENT.index()].versions[0].agent = Open::Known(true);
    meaning.roles[COVER.index()].versions[0].covers = Open::Known(true);
    meaning.roles[MANAGER.index()].versions[0].key = Open::Known(true);
    let entity =
        |name: &str, kind, declared| Entity { name: name.into(), kind, declared, attributes: Known::default() };
    let mut entities = vec![
        entity("m.authority", Kind::Organisation, Some(AUTHORITY)),
        entity("m.register", Kind::Organisation, Some(REGISTER)),
    ];
    entities.extend(["branch", "clinic", "office"].map(|name| entity(name, Kind::Organisation, None)));
    entities.extend(["kari", "ola", "per"].map(|name| entity(name, Kind::Person, None)));
    entities.sort_by(|one, two| one.name.cmp(&two.name));
    World { bundle: Bundle { meaning, words: Words::new() }, facts: Draft { entities, ..Draft::default() } }
}

impl World {
    pub fn who(&self, name: &str) -> EntityId {
        self.facts.entity_named(name).unwrap_or_else(|| panic!("{name} is nobody"))
    }

    pub fn package(&mut self, id: PackageId) -> &mut Package {
        &mut self.bundle.meaning.packages[id.index()].versions[0]
    }

    pub fn resource(&mut self, id: ResourceId) -> &mut Resource {
        &mut self.bundle.meaning.resources[id.index()].versions[0]
    }

    /// A role for a party (for a status: an empty name).
    pub fn role(mut self, subject: &str, role: RoleId, party: &str) -> World {
        let party = (!party.is_empty()).then(|| self.who(party));
        self.facts.roles.push(RoleFact { subject: self.who(subject), role, party, period: Period::ALWAYS });
        self.facts.roles.sort();
        self
    }

    /// An attribute of an entity.
    pub fn knows(mut self, who: &str, name: &str, value: Value) -> World {
        let who = self.who(who).0 as usize;
        let known = &mut self.facts.entities[who].attributes.0;
        known.push((name.into(), value));
        known.sort();
        self
    }

    pub fn gives(self, giver: &str, receiver: &str, party: &str, package: PackageId, given: Date) -> World {
        self.gives_with(giver, receiver, party, package, given, Known::default())
    }

    pub fn gives_with(
        mut self,
        giver: &str,
        receiver: &str,
        party: &str,
        package: PackageId,
        given: Date,
        attributes: Known,
    ) -> World {
        self.facts.delegations.push(Delegation {
            giver: self.who(giver),
            receiver: self.who(receiver),
            party: self.who(party),
            what: Given::Package(package),
            given,
            period: Period::ALWAYS,
            withdrawn: None,
            attributes,
        });
        self.facts.delegations.sort();
        self
    }

    pub fn grants(mut self, package: PackageId, to: Grantee, when: Option<Expression>) -> World {
        self.package(package).grants.push(Grant {
            to: Some(to),
            gives_use: true,
            gives_delegation: true,
            undecided: false,
            when: when.map(Box::new),
            period: Period::ALWAYS,
        });
        self.package(package).grants.sort();
        self
    }

    pub fn elements(mut self, id: ResourceId, elements: &[&str]) -> World {
        self.resource(id).elements = Open::Known(elements.iter().map(|name| (*name).into()).collect());
        self
    }

    /// A rule over these resources, in force always.
    pub fn rule(mut self, on: &[ResourceId], rule: Rule) -> World {
        let rules = &mut self.bundle.meaning.rules;
        let action = rule.action.as_deref().unwrap_or("any");
        let key = format!("m.{}/{}/{:04x}", rule.effect.word(), action, rules.len());
        rules.push(Rule { key: key.into(), scopes: vec![Scope { period: Period::ALWAYS, on: on.to_vec() }], ..rule });
        self
    }

    pub fn out_of_reach(mut self) -> World {
        self.facts.out_of_reach.insert(REGISTER);
        self
    }

    pub fn decide(&self, request: &Request) -> Decision {
        Index::new(&self.bundle).decide(&self.facts.store(), request)
    }

    /// The cause of the decision, in its word.
    pub fn cause(&self, request: &Request) -> &'static str {
        self.decide(request).cause.word()
    }

    /// At noon of the day; an empty name is nobody.
    pub fn asks(&self, subject: &str, party: &str, action: &str, on: On) -> Request {
        let who = |name: &str| (!name.is_empty()).then(|| self.who(name));
        Request {
            now: TODAY.at(12, 0, 0, 0).to_zoned(oslo()).expect("a moment").timestamp(),
            today: TODAY,
            subject: who(subject),
            party: who(party),
            action: match (action, on) {
                ("use", On::Package(_) | On::Area(_)) => Asked::Use,
                ("delegate", On::Package(_) | On::Area(_)) => Asked::Delegate,
                (name, _) => Asked::Named(name.into()),
            },
            on,
            to: None,
            context: Known::default(),
            record: None,
            elements: Vec::new(),
        }
    }
}

/// At 00:00 of a day in Oslo.
pub fn at(request: Request, day: Date) -> Request {
    let now = day.to_zoned(oslo()).expect("a moment").timestamp();
    Request { now, today: date_in_oslo(now), ..request }
}

/// With this in the context.
pub fn with(mut request: Request, name: &str, value: Value) -> Request {
    request.context.0.push((name.into(), value));
    request.context.0.sort();
    request
}

/// Of these elements.
pub fn of(request: Request, elements: &[&str]) -> Request {
    Request { elements: elements.iter().map(|name| (*name).into()).collect(), ..request }
}

pub fn known<const N: usize>(attributes: [(&str, Value); N]) -> Known {
    let mut known = Known(attributes.into_iter().map(|(name, value)| (name.into(), value)).collect());
    known.0.sort();
    known
}

pub fn nameless<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::Nameless(Box::new(known(attributes)))
}

pub fn set(members: impl IntoIterator<Item = Value>) -> Value {
    let mut members: Vec<Value> = members.into_iter().collect();
    members.sort();
    members.dedup();
    Value::Set(members)
}

pub fn line(to: Receiver, onward: bool, when: Option<Expression>) -> Line {
    Line::To { to, onward, when: when.map(Box::new) }
}

/// A rule that has nothing yet but what it does to which action.
pub fn rule(effect: RuleEffect, action: &str) -> Rule {
    Rule {
        key: "".into(),
        effect,
        action: (action != "any").then(|| action.into()),
        of: None,
        to: None,
        requires: None,
        when: None,
        oblige: Vec::new(),
        scopes: Vec::new(),
    }
}

pub fn permit(action: &str) -> Rule {
    rule(RuleEffect::Permit, action)
}

pub fn forbid(action: &str) -> Rule {
    rule(RuleEffect::Forbid, action)
}

/// Clauses of a rule.
pub trait Clauses {
    fn to(self, to: Recipient) -> Rule;
    fn of(self, elements: &[&str]) -> Rule;
    fn requires(self, package: PackageId) -> Rule;
    fn when(self, when: Expression) -> Rule;
    fn oblige(self, obligation: u32) -> Rule;
}

impl Clauses for Rule {
    fn to(self, to: Recipient) -> Rule {
        Rule { to: Some(to), ..self }
    }

    fn of(self, elements: &[&str]) -> Rule {
        Rule { of: Some(elements.iter().map(|name| (*name).into()).collect()), ..self }
    }

    fn requires(self, package: PackageId) -> Rule {
        Rule { requires: Some(Requires::Package(package)), ..self }
    }

    fn when(self, when: Expression) -> Rule {
        Rule { when: Some(when), ..self }
    }

    fn oblige(self, id: u32) -> Rule {
        Rule { oblige: vec![obligation(id)], ..self }
    }
}

/// `log`, `mask` and `secrecy` are 0, 1 and 2.
pub fn obligation(id: u32) -> Oblige {
    Oblige { obligation: ObligationId(id), arguments: Default::default() }
}

pub fn root(root: Root) -> Expression {
    Expression::Root(root)
}

/// `party.parents.address`
pub fn path(text: &str) -> Expression {
    let mut parts = text.split('.');
    let root = parts.next().and_then(Root::from_word).unwrap_or_else(|| panic!("{text} begins with no root"));
    parts.fold(Expression::Root(root), |of, name| Expression::Attribute(Box::new(of), name.into()))
}

pub fn compare(one: Expression, operator: &str, other: Expression) -> Expression {
    Expression::Compare(Operator::from_word(operator).expect("an operator"), Box::new((one, other)))
}

pub fn equal(one: Expression, other: Expression) -> Expression {
    compare(one, "==", other)
}

pub fn not(one: Expression) -> Expression {
    Expression::Not(Box::new(one))
}

pub fn both(one: Expression, other: Expression) -> Expression {
    Expression::And(vec![one, other])
}

pub fn either(one: Expression, other: Expression) -> Expression {
    Expression::Or(vec![one, other])
}

pub fn is(who: Expression, what: IsWhat, party: Option<Expression>) -> Expression {
    Expression::Is { who: Box::new(who), what, party: party.map(Box::new) }
}

pub fn holds(who: Expression, package: PackageId, party: Expression) -> Expression {
    Expression::Holds { who: Box::new(who), package, party: Box::new(party) }
}

pub fn shifted(from: Expression, back: bool, by: Expression) -> Expression {
    Expression::Shift { from: Box::new(from), back, by: Box::new(by) }
}

pub fn value(constant: Constant) -> Expression {
    Expression::Value(constant)
}

/// Chance that can be repeated (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % (limit.max(1) as u64)) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

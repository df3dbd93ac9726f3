//! Services, registers and policies by chance: as they are written, and as they stand in a bundle. Permits that can meet
//! oblige alike. Knows nothing of what they decide.

use super::conditions::{self, Scope};
use super::vocabulary::{self, DISCLOSURE, Of, PURPOSE};
use super::{DAYS, Dice, Policy, STATUSES, period};
use fullmakt::ir::*;
use fullmakt::terms::bound::Bound;
use fullmakt::terms::duration::Duration;
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::operator::Operator;
use fullmakt::terms::period::Period;
use fullmakt::terms::root::{BuiltIn, Root};
use std::collections::BTreeMap;

/// The actions that policies share out; the others are the resources' own.
pub const SHARED: [&str; 2] = ["access", "erase"];
const OWN: [&str; 2] = ["send", "view"];

/// A rule as it is written: for each of its periods once.
#[derive(Clone)]
pub struct Written {
    /// What it says; its key and scopes are still to come.
    pub says: Rule,
    /// When.
    pub periods: Vec<Period>,
}

/// A policy as it is written.
pub struct Over {
    /// Its full name.
    pub name: Box<str>,
    /// What stands after `for`.
    pub selector: String,
    /// Which versions of which resources.
    pub on: Vec<(ResourceId, usize)>,
    /// When it is valid.
    pub valid: Period,
    /// Its rules.
    pub rules: Vec<Written>,
}

/// One end of a retention: so long after.
pub type End = (Option<Duration>, Expression);

/// What is written of a retention; none: for ever.
pub type Retention = Vec<(Bound, Vec<End>)>;

/// Adds resources, policies and their rules.
pub fn add(dice: &mut Dice, policy: &mut Policy) {
    let obligations: Vec<Oblige> =
        (0..3).map(|at| with_arguments(dice, &policy.bundle.meaning, ObligationId::from(at))).collect();
    for at in 0..4 {
        resource(dice, policy, at, &obligations);
    }
    for at in 0..1 + dice.below(2) {
        let over = select(dice, policy, at);
        policy.policies.push(over);
    }
    for at in 0..4 {
        let rules = rules_of(dice, policy, ResourceId::from(at), &obligations);
        policy.own_rules.push(rules);
    }
    for at in 0..policy.policies.len() {
        let rules = rules_over(dice, policy, at, &obligations);
        policy.policies[at].rules = rules;
    }
    policy.bundle.meaning.rules = lowered(policy);
}

fn with_arguments(dice: &mut Dice, meaning: &Meaning, obligation: ObligationId) -> Oblige {
    let parameters = &meaning.obligation(obligation).expect("an obligation").body.parameters;
    let arguments = parameters.iter().map(|(name, of)| {
        let value = match of {
            Type::Bool => Constant::Bool(dice.chance(50)),
            Type::Integer => Constant::Integer(dice.below(9) as i64),
            Type::String => Constant::String(dice.pick(&conditions::TEXTS).into()),
            Type::Duration => Constant::Duration(conditions::duration(dice, true)),
            Type::Enum(id) => Constant::Enum(*id, dice.below(3) as u32),
            _ => Constant::None,
        };
        (name.clone(), value)
    });
    Oblige { obligation, arguments: arguments.collect() }
}

/// Some of these, in order.
fn some<T: Clone>(dice: &mut Dice, from: &[T], percent: usize) -> Vec<T> {
    from.iter().filter(|_| dice.chance(percent)).cloned().collect()
}

fn resource(dice: &mut Dice, policy: &mut Policy, at: usize, obligations: &[Oblige]) {
    let register = at < 2;
    let meaning = &policy.bundle.meaning;
    let elements: Open<Vec<Box<str>>> = match dice.below(100) {
        0..5 => Open::Undecided,
        5..60 => Open::Known(vocabulary::ELEMENTS.map(Box::from).to_vec()),
        _ => Open::Known(Vec::new()),
    };
    let has_elements = elements.known().is_some_and(|all| !all.is_empty());
    let actions: Vec<Action> = OWN
        .map(|name| Action {
            name: name.into(),
            partial: has_elements && dice.chance(65),
            oblige: some(dice, obligations, 15),
        })
        .to_vec();
    let records = (register && dice.chance(70)).then_some(DISCLOSURE);
    let mut retentions = Vec::new();
    let versions = super::versions(dice, 20, |dice, period| {
        let retention = (register && dice.chance(80)).then(|| retention(dice, meaning, records));
        let undecided = register && dice.chance(5);
        let retain = match &retention {
            _ if undecided => Some(Retain { kept: Expression::Undecided, overdue: Expression::Undecided }),
            Some(rules) => Some(kept_and_overdue(rules)),
            None => None,
        };
        retentions.push(if undecided { None } else { retention });
        let mut basis: Vec<LegalBasis> = (0..dice.below(4)).map(|_| conditions::basis(dice)).collect();
        let open = |dice: &mut Dice| dice.chance(5);
        let data = if open(dice) { Open::Undecided } else { Open::Known(dice.pick(&Level::ALL)) };
        if register && data == Open::Known(Level::Special) {
            // The compiler refuses them without it.
            basis.push(LegalBasis::Gdpr("9(2)(h)".into()));
        }
        basis.sort();
        basis.dedup();
        let mut basis: Vec<Open<LegalBasis>> = basis.into_iter().map(Open::Known).collect();
        if basis.len() == 3 {
            basis.push(Open::Undecided);
        }
        let purposes: Vec<u32> = some(dice, &[0, 1, 2], 60);
        // What the last version has besides, no rule names.
        let mut elements = elements.clone();
        if let Open::Known(all) = &mut elements
            && has_elements
            && period.from.is_some()
        {
            all.push("work".into());
        }
        Resource {
            period,
            register,
            urn: None,
            data,
            actions: actions.clone(),
            elements,
            records,
            controllers: controlling(dice),
            processors: controlling(dice),
            basis: if open(dice) { Open::Undecided } else { Open::Known(basis) },
            purposes: (register && !purposes.is_empty())
                .then(|| (PURPOSE, if open(dice) { Open::Undecided } else { Open::Known(purposes) })),
            retain,
        }
    });
    let sort = if register { "ledger" } else { "service" };
    let name = format!("{}.services.{sort}{}", policy.name, at % 2).into();
    policy.retentions.push(retentions);
    policy.bundle.meaning.resources.push(Named { name, versions });
}

fn controlling(dice: &mut Dice) -> Open<Vec<Controlling>> {
    let mut all = Vec::new();
    match dice.below(20) {
        0 => return Open::Undecided,
        1..9 => all.push(Controlling::Organisation(OrganisationId::from(dice.below(2)))),
        9..15 => all.push(Controlling::Status(RoleId::from(STATUSES + dice.below(2)))),
        15..18 => {
            all.push(Controlling::Organisation(OrganisationId::from(dice.below(2))));
            all.push(Controlling::Status(RoleId::from(STATUSES)));
        }
        _ => {}
    }
    Open::Known(all)
}

/// Of ends the first counts; of rules each.
fn retention(dice: &mut Dice, meaning: &Meaning, records: Option<EntityTypeId>) -> Retention {
    if dice.chance(15) {
        return Vec::new();
    }
    let record = (Root::Record, Of::Record(records));
    let dates: Vec<Expression> = vocabulary::paths(meaning, &[record], 2)
        .into_iter()
        .filter(|path| path.of.bare() == &Of::Plain(Type::Date))
        .map(|path| path.says)
        .collect();
    let rules = 1 + dice.below(2);
    let mut one = |bound: Bound| {
        let mut ends: Vec<End> = Vec::new();
        for _ in 0..1 + dice.below(2) {
            let after = dice.chance(75).then(|| conditions::duration(dice, true));
            let end = (after, dates[dice.below(dates.len()).min(dice.below(dates.len()))].clone());
            if !ends.contains(&end) {
                ends.push(end);
            }
        }
        (bound, ends)
    };
    match rules {
        1 => vec![one(Bound::Exactly)],
        _ => vec![one(Bound::AtLeast), one(Bound::AtMost)],
    }
}

fn kept_and_overdue(rules: &Retention) -> Retain {
    let constant = |yes| Expression::Value(Constant::Bool(yes));
    if rules.is_empty() {
        return Retain { kept: constant(true), overdue: constant(false) };
    }
    let ended = |(after, of): &End| {
        let end = match after {
            None => of.clone(),
            Some(by) => Expression::Shift {
                from: Box::new(of.clone()),
                back: false,
                by: Box::new(Expression::Value(Constant::Duration(*by))),
            },
        };
        Expression::Compare(Operator::GreaterOrEqual, Box::new((Expression::Root(Root::Today), end)))
    };
    let binding = |but: Bound| rules.iter().filter(move |(bound, _)| *bound != but);
    let not_ended = |end: &End| Expression::Not(Box::new(ended(end)));
    let kept = binding(Bound::AtMost).map(|(_, ends)| joined(ends.iter().map(not_ended).collect(), true)).collect();
    let overdue = binding(Bound::AtLeast).map(|(_, ends)| joined(ends.iter().map(ended).collect(), false)).collect();
    Retain { kept: joined(kept, false), overdue: joined(overdue, false) }
}

/// Parts joined by `and` or `or`, in the one form that a bundle has.
pub fn joined(parts: Vec<Expression>, all: bool) -> Expression {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Expression::And(more) if all => flat.extend(more),
            Expression::Or(more) if !all => flat.extend(more),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Expression::Value(Constant::Bool(all)),
        1 => flat.remove(0),
        _ if all => Expression::And(flat),
        _ => Expression::Or(flat),
    }
}

/// A policy over some resources, which share the actions of policies among them.
fn select(dice: &mut Dice, policy: &mut Policy, at: usize) -> Over {
    let meaning = &mut policy.bundle.meaning;
    let all = meaning.resources.iter().enumerate();
    let each: Vec<(ResourceId, usize)> =
        all.flat_map(|(id, named)| (0..named.versions.len()).map(move |version| (id.into(), version))).collect();
    let version = |(id, version): &(ResourceId, usize)| &meaning.resources[id.index()].versions[*version];
    let consents = |resource: &Resource| {
        resource.basis.known().is_some_and(|basis| basis.contains(&Open::Known(LegalBasis::Gdpr("6(1)(a)".into()))))
    };
    // Where a basis is open, a permit over what `where` selects by it is another rule there.
    let is_known = |resource: &Resource| resource.basis.known().is_some_and(|all| !all.contains(&Open::Undecided));
    let settled = each.iter().all(|one| !version(one).register || is_known(version(one)));
    let (selector, mut on): (String, Vec<(ResourceId, usize)>) = match dice.below(6) {
        0 | 1 => ("every register".into(), each.iter().filter(|one| version(one).register).copied().collect()),
        2 => ("every service".into(), each.iter().filter(|one| !version(one).register).copied().collect()),
        3 if settled => (
            "every register where gdpr 6(1)(a) in basis".into(),
            each.iter().filter(|one| version(one).register && consents(version(one))).copied().collect(),
        ),
        _ => {
            let chosen = some(dice, &[0, 1, 2, 3], 60);
            let names: Vec<&str> =
                chosen.iter().map(|at| super::source_text::short(&meaning.resources[*at].name)).collect();
            (names.join(", "), each.iter().filter(|(id, _)| chosen.contains(&id.index())).copied().collect())
        }
    };
    let (selector, on) = if on.is_empty() {
        on = each.iter().filter(|one| version(one).register).copied().collect();
        ("every register".to_owned(), on)
    } else {
        (selector, on)
    };
    for (id, version) in &on {
        let resource = &mut meaning.resources[id.index()].versions[*version];
        for shared in &policy.shared {
            if !resource.actions.iter().any(|action| action.name == shared.name) {
                resource.actions.push(shared.clone());
                resource.actions.sort();
            }
        }
    }
    let name = format!("{}.services.policy{at}", policy.name).into();
    Over { name, selector, on, valid: period(dice, 15), rules: Vec::new() }
}

fn rule(effect: RuleEffect, action: Option<&str>) -> Rule {
    Rule {
        key: "".into(),
        effect,
        action: action.map(Box::from),
        of: None,
        to: None,
        requires: None,
        when: None,
        oblige: Vec::new(),
        scopes: Vec::new(),
    }
}

/// What the conditions of a rule over such a resource may speak of.
fn scope<'m>(policy: &'m Policy, record: Option<Of>, resource: usize, elements: &[Box<str>]) -> Scope<'m> {
    let meaning = &policy.bundle.meaning;
    let mut roots = vec![
        (Root::Subject, Of::Principal),
        (Root::Party, Of::Principal),
        (Root::Context, Of::built_in(BuiltIn::Context)),
        (Root::Resource, Of::Resource),
    ];
    roots.extend(record.map(|of| (Root::Record, of)));
    if !elements.is_empty() {
        roots.push((Root::Element, Of::Plain(Type::Element)));
    }
    // Only what stands behind may be asked, so that there is no circle.
    let behind = (resource + 1..meaning.resources.len()).map(ResourceId::from);
    let permitted = behind.flat_map(|id| OWN.map(|action| (id, action.into())));
    Scope {
        asks_holding: true,
        controlled: true,
        permitted: permitted.collect(),
        conditions: (0..meaning.conditions.len()).map(ConditionId::from).collect(),
        elements: elements.to_vec(),
        ..Scope::of(meaning, &roots)
    }
}

/// The rules that stand in every version of a resource.
fn rules_of(dice: &mut Dice, policy: &Policy, id: ResourceId, obligations: &[Oblige]) -> Vec<Written> {
    let meaning = &policy.bundle.meaning;
    let Some(first) = meaning.resource(id).and_then(|named| named.versions.first()) else { return Vec::new() };
    let elements = first.elements.known().cloned().unwrap_or_default();
    let record = first.register.then_some(Of::Record(first.records));
    let scope = scope(policy, record, id.index(), &elements);
    let mut written = Vec::new();
    for action in OWN {
        let apart = !elements.is_empty() && dice.chance(60);
        let alike = [some(dice, obligations, 30), some(dice, obligations, 30)];
        let count = if apart { 2 + dice.below(3) } else { 1 + dice.below(3) };
        for number in 0..count {
            let half = number % 2;
            let to = (!dice.chance(40)).then(|| super::recipient(dice, meaning));
            let requires = (to.is_none() || dice.chance(30)).then(|| super::requires(dice, meaning, 0));
            // Permits that can meet oblige alike: those of one half of the elements.
            let of = apart.then(|| {
                let half = if half == 0 { &elements[..2] } else { &elements[2..] };
                let of = some(dice, half, 70);
                if of.is_empty() { half.to_vec() } else { of }
            });
            let when = dice.chance(45).then(|| scope.condition(dice, 2));
            let oblige = alike[if apart { half } else { 0 }].clone();
            let says = Rule { of, to, requires, when, oblige, ..rule(RuleEffect::Permit, Some(action)) };
            let periods = periods(dice);
            if says.to.is_some() && dice.chance(25) {
                let other = Rule { to: Some(super::recipient(dice, meaning)), ..says.clone() };
                written.push(Written { says: other, periods: periods.clone() });
            }
            written.push(Written { says, periods });
        }
        if dice.chance(30) {
            written.push(forbid(dice, &scope, Some(action), &elements, obligations));
        }
    }
    if dice.chance(15) {
        let says = Rule { effect: RuleEffect::Never, ..forbid(dice, &scope, None, &elements, &[]).says };
        written.push(Written { says, periods: vec![Period::ALWAYS] });
    }
    distinct(written)
}

fn periods(dice: &mut Dice) -> Vec<Period> {
    match dice.below(12) {
        0 => vec![Period { from: None, before: Some(DAYS[1]) }, Period { from: Some(DAYS[3]), before: None }],
        1 => vec![period(dice, 100)],
        _ => vec![Period::ALWAYS],
    }
}

/// A forbid that is seldom for everybody.
fn forbid(
    dice: &mut Dice,
    scope: &Scope<'_>,
    action: Option<&str>,
    elements: &[Box<str>],
    obligations: &[Oblige],
) -> Written {
    let meaning = scope.meaning;
    let to = dice.chance(50).then(|| match super::recipient(dice, meaning) {
        Recipient::Anyone | Recipient::Itself => Recipient::Role(RoleId::from(STATUSES)),
        other => other,
    });
    let requires = dice.chance(10).then(|| super::requires(dice, meaning, 1));
    let when = (to.is_none() || dice.chance(50)).then(|| {
        let one = scope.condition(dice, 1);
        let two = scope.condition(dice, 1);
        joined(vec![one, two], true)
    });
    let of = (!elements.is_empty() && dice.chance(40)).then(|| vec![elements[dice.below(elements.len())].clone()]);
    let says = Rule { of, to, requires, when, oblige: some(dice, obligations, 25), ..rule(RuleEffect::Forbid, action) };
    Written { says, periods: periods(dice) }
}

/// The rules of a policy.
fn rules_over(dice: &mut Dice, policy: &Policy, at: usize, obligations: &[Oblige]) -> Vec<Written> {
    let meaning = &policy.bundle.meaning;
    let over = &policy.policies[at];
    let of = |(id, version): &(ResourceId, usize)| &meaning.resources[id.index()].versions[*version];
    let record = over.on.iter().all(|one| of(one).register).then_some(Of::Record(None));
    let last = over.on.iter().map(|(id, _)| id.index()).max().unwrap_or(0);
    let scope = scope(policy, record.clone(), last, &[]);
    let mut written = Vec::new();
    for shared in &policy.shared {
        for _ in 0..1 + dice.below(2) {
            let to = (!dice.chance(30)).then(|| super::recipient(dice, meaning));
            let requires = (to.is_none() || dice.chance(30)).then(|| super::requires(dice, meaning, 0));
            let when = dice.chance(40).then(|| scope.condition(dice, 2));
            // Of another policy too there may be a permit of it, so all oblige to nothing.
            let says = Rule { to, requires, when, ..rule(RuleEffect::Permit, Some(&shared.name)) };
            written.push(Written { says, periods: periods(dice) });
        }
    }
    if record.is_some() {
        let root = |name: &str| Expression::Attribute(Box::new(Expression::Root(Root::Record)), name.into());
        let own = Expression::Compare(Operator::Equal, Box::new((root("person"), Expression::Root(Root::Party))));
        let says = Rule { to: Some(Recipient::Itself), when: Some(own), ..rule(RuleEffect::Permit, Some("access")) };
        written.push(Written { says, periods: vec![Period::ALWAYS] });
        let when = Some(root(dice.pick(&["kept", "overdue", "restricted"])));
        written
            .push(Written { says: Rule { when, ..rule(RuleEffect::Forbid, Some("erase")) }, periods: periods(dice) });
    }
    for _ in 0..dice.below(2) {
        let action = dice.pick(&[None, Some("access"), Some("view")]);
        written.push(forbid(dice, &scope, action, &[], obligations));
    }
    if dice.chance(50) {
        let oblige = vec![obligations[dice.below(obligations.len())].clone()];
        written
            .push(Written { says: Rule { oblige, ..rule(RuleEffect::Oblige, None) }, periods: vec![Period::ALWAYS] });
    }
    distinct(written)
}

/// No two that say the same.
fn distinct(written: Vec<Written>) -> Vec<Written> {
    let mut kept: Vec<Written> = Vec::new();
    for one in written {
        if !kept.iter().any(|other| other.says == one.says) {
            kept.push(one);
        }
    }
    kept
}

/// The rules of the bundle, with numbers for digits.
fn lowered(policy: &Policy) -> Vec<Rule> {
    let meaning = &policy.bundle.meaning;
    let mut rules = Vec::new();
    let mut add = |owner: &str, number: usize, one: &Written, valid: Period, on: &[(ResourceId, usize)]| {
        let mut scopes: BTreeMap<Period, Vec<ResourceId>> = BTreeMap::new();
        for (id, version) in on {
            let resource = &meaning.resources[id.index()].versions[*version];
            let has = |name: &str| resource.actions.iter().any(|action| &*action.name == name);
            for period in one.periods.iter().map(|period| period.and(valid).and(resource.period)) {
                if !period.is_empty() && one.says.action.as_ref().is_none_or(|action| has(action)) {
                    scopes.entry(period).or_default().push(*id);
                }
            }
        }
        let (effect, action) = (one.says.effect.word(), one.says.action.as_deref().unwrap_or("any"));
        let key = format!("{owner}/{effect}/{action}/{number:04x}").into();
        let scopes: Vec<_> = scopes.into_iter().map(|(period, on)| fullmakt::ir::Scope { period, on }).collect();
        if !scopes.is_empty() {
            rules.push(Rule { key, scopes, ..one.says.clone() });
        }
    };
    for (at, written) in policy.own_rules.iter().enumerate() {
        let named = &meaning.resources[at];
        let on: Vec<_> = (0..named.versions.len()).map(|version| (ResourceId::from(at), version)).collect();
        for (number, one) in written.iter().enumerate() {
            add(&named.name, number, one, Period::ALWAYS, &on);
        }
    }
    for over in &policy.policies {
        for (number, one) in over.rules.iter().enumerate() {
            add(&over.name, number, one, over.valid, &over.on);
        }
    }
    rules.sort_by(|one, two| one.key.cmp(&two.key));
    rules
}

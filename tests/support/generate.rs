//! Policies by chance: a bundle that nobody wrote, of every form that the language can give one, and its source text.
//! The same seed gives the same policies. Knows nothing of what they decide.

#[path = "conditions.rs"]
pub mod conditions;
#[path = "expression_text.rs"]
pub mod expression_text;
#[path = "known.rs"]
pub mod known;
#[path = "request.rs"]
pub mod request;
#[path = "resources.rs"]
pub mod resources;
#[path = "source_text.rs"]
pub mod source_text;
#[path = "vocabulary.rs"]
pub mod vocabulary;
#[path = "world.rs"]
pub mod world;

use conditions::Scope;
use fullmakt::ir::*;
use fullmakt::terms::kind::{Kind, Kinds};
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::period::Period;
use fullmakt::terms::root::{BuiltIn, Root};
use jiff::civil::{Date, date};
use resources::{Over, Retention, Written};
use vocabulary::Of;

/// Chance that can be repeated (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % (limit.max(1) as u64)) as usize
    }

    /// So in this many cases of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// Days at which something begins or ends; requests are made around them too.
pub const DAYS: [Date; 5] =
    [date(2025, 7, 1), date(2026, 1, 1), date(2026, 3, 30), date(2026, 10, 26), date(2027, 1, 1)];

/// A generated policy.
pub struct Policy {
    /// The name that all its modules begin with.
    pub name: String,
    /// What its source text should compile to, but for the digits of rules.
    pub bundle: Bundle,
    /// Groups of roles, which its source text uses where it can.
    pub groups: Vec<Vec<RoleId>>,
    /// The actions that policies share out among resources.
    pub shared: Vec<Action>,
    /// Of each resource the rules that stand in it.
    pub own_rules: Vec<Vec<Written>>,
    /// Policies.
    pub policies: Vec<Over>,
    /// Of each version of each resource what is written of retention; nothing where that is undecided.
    pub retentions: Vec<Vec<Option<Retention>>>,
}

const KEY: RoleId = RoleId(0);
const AGENT: RoleId = RoleId(1);
const COVERS: RoleId = RoleId(2);
/// From this number on roles are statuses.
pub const STATUSES: usize = 7;
/// Persons and organisations may receive this package and pass it on; who has [`KEY`] may give it.
const PASSED_ON: PackageId = PackageId(0);

fn kinds(of: &[Kind]) -> Kinds {
    of.iter().fold(Kinds::NONE, |kinds, kind| kinds.with(*kind))
}

fn any_kinds(dice: &mut Dice) -> Kinds {
    match dice.below(5) {
        0 | 1 => kinds(&[Kind::Organisation]),
        2 => kinds(&[Kind::Person]),
        3 => kinds(&[Kind::Organisation, Kind::Person]),
        _ => Kinds::ANY,
    }
}

/// Always, most often; else from a day, before a day, or both.
pub fn period(dice: &mut Dice, dated: usize) -> Period {
    if !dice.chance(dated) {
        return Period::ALWAYS;
    }
    let (from, before) = (dice.below(3), 2 + dice.below(3));
    let from = (!dice.chance(35) && from < before).then(|| DAYS[from]);
    Period { from, before: (from.is_none() || dice.chance(50)).then(|| DAYS[before]) }
}

/// A policy of the given number. What it says `never` of is proved, so that it compiles.
pub fn policy(dice: &mut Dice, number: usize) -> Policy {
    let mut policy = with_any_never(dice, number);
    let answers = fullmakt::prove::nevers(&policy.bundle);
    let unproved: Vec<RuleId> =
        answers.into_iter().filter(|(_, answer)| *answer != fullmakt::prove::Never::Proved).map(|(id, _)| id).collect();
    let rules = std::mem::take(&mut policy.bundle.meaning.rules);
    for (at, rule) in rules.into_iter().enumerate() {
        if !unproved.contains(&at.into()) {
            policy.bundle.meaning.rules.push(rule);
            continue;
        }
        // Its owner is a resource; of a rule only the key and the scopes are not as written.
        let owner = rule.key.split('/').next().unwrap_or_default();
        let id = policy.bundle.meaning.resource_named(owner).expect("a resource");
        let says = Rule { key: "".into(), scopes: Vec::new(), ..rule.clone() };
        policy.own_rules[id.index()].retain(|written| written.says != says);
    }
    policy
}

/// A policy of the given number, whatever it says `never` of.
pub fn with_any_never(dice: &mut Dice, number: usize) -> Policy {
    let name = format!("generated{number:03}");
    let mut meaning = Meaning::default();
    for at in 0..2 {
        meaning.organisations.push(format!("{name}.roles.register{at}").into());
    }
    vocabulary::declare(dice, &name, &mut meaning);
    roles(dice, &name, &mut meaning);
    for at in 0..2 {
        let known = Scope::of(&meaning, &[(Root::Party, Of::Principal)]);
        let says = Scope { conditions: (0..at).map(ConditionId::from).collect(), ..known }.condition(dice, 1);
        meaning
            .conditions
            .push(Defined { name: format!("{name}.concepts.condition{at}").into(), body: Condition { says } });
    }
    for at in 0..2 {
        let versions = versions(dice, 15, |dice, period| Area {
            period,
            urn: None,
            delegable: if at == 0 { open_lines() } else { lines(dice, &meaning) },
            services: Open::Known(false),
        });
        meaning.areas.push(Named { name: format!("{name}.packages.area{at}").into(), versions });
    }
    for at in 0..6 + dice.below(4) {
        let package = package(dice, &meaning, at);
        meaning.packages.push(Named { name: format!("{name}.packages.package{at}").into(), versions: package });
    }
    let mut groups = Vec::new();
    for _ in 0..2 {
        let mut group: Vec<RoleId> = (0..3).map(|_| RoleId::from(dice.below(meaning.roles.len()))).collect();
        group.sort_unstable();
        group.dedup();
        if group.len() > 1 {
            grant_to_group(dice, &mut meaning, &group);
            groups.push(group);
        }
    }
    let roots =
        [(Root::Subject, Of::Principal), (Root::Party, Of::Principal), (Root::Context, Of::built_in(BuiltIn::Context))];
    let asking =
        Scope { asks_holding: true, conditions: vec![ConditionId(0), ConditionId(1)], ..Scope::of(&meaning, &roots) };
    let says = asking.condition(dice, 1);
    meaning.conditions.push(Defined { name: format!("{name}.services.condition2").into(), body: Condition { says } });
    let shared =
        resources::SHARED.map(|name| Action { name: name.into(), partial: dice.chance(20), oblige: Vec::new() });
    let mut policy = Policy {
        name,
        bundle: Bundle { meaning, words: Words::new() },
        groups,
        shared: shared.to_vec(),
        own_rules: Vec::new(),
        policies: Vec::new(),
        retentions: Vec::new(),
    };
    resources::add(dice, &mut policy);
    policy
}

/// One version, or two that follow each other.
pub fn versions<T>(dice: &mut Dice, dated: usize, mut one: impl FnMut(&mut Dice, Period) -> T) -> Vec<T> {
    if dice.chance(dated / 3) {
        let day = Some(dice.pick(&DAYS));
        let first = one(dice, Period { from: None, before: day });
        return vec![first, one(dice, Period { from: day, before: None })];
    }
    let period = period(dice, dated / 2);
    vec![one(dice, period)]
}

fn roles(dice: &mut Dice, name: &str, meaning: &mut Meaning) {
    let undecided = |dice: &mut Dice, yes| match dice.below(100) {
        0..8 => Open::Undecided,
        8..20 => Open::Known(true),
        _ => Open::Known(yes),
    };
    let (organisation, person) = (kinds(&[Kind::Organisation]), kinds(&[Kind::Person]));
    for at in 0..9 {
        let role = RoleId::from(at);
        let (by, of) = match role {
            KEY | AGENT => (person, Some(organisation)),
            COVERS => (organisation, Some(organisation)),
            _ if at >= STATUSES => (dice.pick(&[organisation, person, Kinds::ANY]), None),
            _ => (dice.pick(&[person, person, organisation, Kinds::ANY]), Some(any_kinds(dice))),
        };
        let fixed = at < 3;
        let named = dice.chance(60);
        let versions = versions(dice, if fixed { 0 } else { 20 }, |dice, period| Role {
            period,
            by,
            of,
            source: dice.chance(60).then(|| OrganisationId::from(dice.below(2))),
            urn: named.then(|| format!("urn:{name}:role:role-{}", letter(at)).into()),
            code: named.then(|| format!("ROLE{at}").into()),
            key: if fixed { Open::Known(role == KEY) } else { undecided(dice, false) },
            covers: if fixed { Open::Known(role == COVERS) } else { undecided(dice, false) },
            agent: if fixed { Open::Known(role == AGENT) } else { undecided(dice, false) },
        });
        meaning.roles.push(Named { name: format!("{name}.roles.role{at}").into(), versions });
    }
}

/// A number as a letter: the names in URNs have no digits.
fn letter(at: usize) -> char {
    char::from(b'a' + at as u8)
}

fn open_lines() -> Vec<Line> {
    [Kind::Organisation, Kind::Person]
        .map(|kind| Line::To { to: Receiver::Kind(kind), onward: true, when: None })
        .to_vec()
}

/// The same lines on a condition.
fn conditional(mut lines: Vec<Line>, says: &Expression) -> Vec<Line> {
    for line in &mut lines {
        if let Line::To { when, .. } = line {
            *when = Some(Box::new(says.clone()));
        }
    }
    lines
}

fn lines(dice: &mut Dice, meaning: &Meaning) -> Vec<Line> {
    match dice.below(100) {
        0..8 => return vec![Line::Undecided],
        8..15 => return Vec::new(),
        15..25 => return open_lines(),
        25..35 => return conditional(open_lines(), &Scope::line(meaning).condition(dice, 0)),
        _ => {}
    }
    let mut found = Vec::new();
    let scope = Scope { conditions: vec![ConditionId(0), ConditionId(1)], ..Scope::line(meaning) };
    for _ in 0..1 + dice.below(3) {
        let to = match dice.below(10) {
            0..4 => Receiver::Kind(Kind::Person),
            4..6 => Receiver::Kind(Kind::Organisation),
            6 => Receiver::Kind(Kind::SystemUser),
            _ => Receiver::Role(RoleId::from(dice.below(meaning.roles.len()))),
        };
        let when = dice.chance(45).then(|| Box::new(scope.condition(dice, 1)));
        found.push(Line::To { to, onward: dice.chance(40), when });
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn package(dice: &mut Dice, meaning: &Meaning, at: usize) -> Vec<Package> {
    let area = dice.chance(60).then(|| AreaId::from(dice.below(2)));
    let name = meaning.roles[0].name.split('.').next().expect("a name");
    let urn: Option<Box<str>> = dice.chance(60).then(|| format!("urn:{name}:package:package-{}", letter(at)).into());
    let fixed = PackageId::from(at) == PASSED_ON;
    let scope = Scope { conditions: vec![ConditionId(0), ConditionId(1)], ..Scope::grant(meaning) };
    versions(dice, if fixed { 0 } else { 25 }, |dice, period| {
        let kinds = match dice.below(100) {
            _ if fixed => Open::Known(kinds(&[Kind::Organisation])),
            0..4 => Open::Undecided,
            _ => Open::Known(any_kinds(dice)),
        };
        let same = area.and_then(|area| meaning.area(area)).filter(|_| dice.chance(60));
        let delegable = match same.and_then(|area| area.versions.first()) {
            _ if fixed && dice.chance(70) => open_lines(),
            _ if fixed => conditional(open_lines(), &Scope::line(meaning).condition(dice, 0)),
            Some(area) => area.delegable.clone(),
            None => lines(dice, meaning),
        };
        let mut grants: Vec<Grant> = (0..1 + dice.below(4)).filter_map(|_| grant(dice, &scope, kinds)).collect();
        if fixed {
            grants.push(grant_to(Grantee::Role(KEY)));
        }
        grants.retain(|grant| grant.period.meets(period));
        grants.sort_unstable();
        grants.dedup();
        Package {
            period,
            area,
            urn: urn.clone(),
            kinds,
            data: Open::Known(Level::Special),
            services: Open::Known(true),
            delegable,
            grants,
        }
    })
}

fn grant_to(to: Grantee) -> Grant {
    Grant {
        to: Some(to),
        gives_use: true,
        gives_delegation: true,
        undecided: false,
        when: None,
        period: Period::ALWAYS,
    }
}

/// A grant to a role that can have such a party, to a package that stands before, or to oneself.
fn grant(dice: &mut Dice, scope: &Scope<'_>, kinds: Open<Kinds>) -> Option<Grant> {
    let meaning = scope.meaning;
    let undecided = dice.chance(12);
    if undecided && dice.chance(30) {
        return Some(Grant { to: None, undecided, ..grant_to(Grantee::Itself) });
    }
    let to = match dice.below(10) {
        0 => Grantee::Itself,
        1..4 if !meaning.packages.is_empty() => Grantee::Package(PackageId::from(dice.below(meaning.packages.len()))),
        4..6 => Grantee::Role(KEY),
        _ => Grantee::Role(RoleId::from(dice.below(meaning.roles.len()))),
    };
    let meets = |other: Kinds| kinds.known().is_none_or(|kinds| !kinds.and(other).is_empty());
    let possible = match to {
        Grantee::Itself => true,
        Grantee::Role(role) => meaning.role(role)?.versions.iter().all(|role| meets(role.of.unwrap_or(role.by))),
        Grantee::Package(package) => meaning
            .package(package)?
            .versions
            .iter()
            .all(|package| package.kinds.known().is_none_or(|other| meets(*other))),
    };
    let (gives_use, gives_delegation) = dice.pick(&[(true, true), (true, true), (true, false), (false, true)]);
    let period = period(dice, 20);
    let when = dice.chance(30).then(|| Box::new(scope.condition(dice, 1)));
    possible.then_some(Grant { gives_use, gives_delegation, undecided, period, when, ..grant_to(to) })
}

/// Grants a package to every role of a group alike, so that its source text can name the group.
fn grant_to_group(dice: &mut Dice, meaning: &mut Meaning, group: &[RoleId]) {
    let reach: Vec<Kinds> = group
        .iter()
        .filter_map(|role| meaning.role(*role))
        .flat_map(|role| role.versions.iter().map(|role| role.of.unwrap_or(role.by)))
        .collect();
    let at = dice.below(meaning.packages.len());
    for version in &mut meaning.packages[at].versions {
        let possible = |kinds: &Kinds| reach.iter().all(|other| !kinds.and(*other).is_empty());
        if version.kinds.known().is_none_or(possible) {
            version.grants.extend(group.iter().map(|role| grant_to(Grantee::Role(*role))));
            version.grants.sort_unstable();
            version.grants.dedup();
        }
    }
}

/// Who a rule may be for.
pub fn recipient(dice: &mut Dice, meaning: &Meaning) -> Recipient {
    match dice.below(24) {
        0 => Recipient::Anyone,
        1..5 => Recipient::Itself,
        5..7 => Recipient::Organisation(OrganisationId::from(dice.below(2))),
        7..10 => dice.pick(&[Recipient::Controller, Recipient::Controller, Recipient::Processor]),
        10..14 => Recipient::Role(RoleId::from(STATUSES + dice.below(2))),
        _ => Recipient::Role(RoleId::from(dice.below(meaning.roles.len()))),
    }
}

/// Packages that a rule may require.
pub fn requires(dice: &mut Dice, meaning: &Meaning, depth: usize) -> Requires {
    if depth == 2 || dice.chance(50) {
        return Requires::Package(PackageId::from(dice.below(meaning.packages.len())));
    }
    let all = if depth == 0 { dice.chance(50) } else { dice.chance(30) };
    let mut parts = Vec::new();
    for _ in 0..2 + dice.below(2) {
        match requires(dice, meaning, depth + 1) {
            Requires::And(more) if all => parts.extend(more),
            Requires::Or(more) if !all => parts.extend(more),
            part => parts.push(part),
        }
    }
    parts.sort_unstable();
    parts.dedup();
    match (parts.len(), all) {
        (1, _) => parts.remove(0),
        (_, true) => Requires::And(parts),
        (_, false) => Requires::Or(parts),
    }
}

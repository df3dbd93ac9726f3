//! A world to decide in: packages and services, organisations and people, roles and delegations by chance, and requests about them.
//! The same sizes give the same world. Measures nothing.

use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Asking, Index, Named, Query, What};
use fullmakt::facts::{Delegation, Draft, Entity, EntityId, Facts, Given, Known, RoleFact, Value};
use fullmakt::ir::{Bundle, Grantee, Meaning, PackageId, ResourceId, RoleId};
use fullmakt::source::{Source, Sources};
use fullmakt::terms::kind::Kind;
use fullmakt::terms::period::Period;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::fmt::Write;

/// As many as the registers of Norway tell apart.
const ROLES: usize = 148;
/// Packages of one area.
const IN_AREA: usize = 25;
/// The day of all requests.
pub(crate) const TODAY: Date = date(2026, 3, 2);

/// Chance that always falls alike.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((u128::from(self.0) * count as u128) >> 64) as usize
    }
}

/// So many packages and as many services.
pub(crate) fn bundle(count: usize) -> Bundle {
    let mut text = String::from(
        "module world\n\nentity organisation { employees integer }\nentity context { level integer, blocked bool }\n",
    );
    for role in 0..ROLES {
        let more = match role {
            0 | 1 => "by person for organisation key yes",
            2 | 3 => "by organisation for organisation",
            4 => "by person for organisation agent yes",
            5 => "by organisation for organisation covers yes",
            _ => "by person for organisation",
        };
        let _ = writeln!(text, "role r{role:03} \"Role {role}\" {{ held {more} }}");
    }
    let mut dice = Dice::new(1);
    for number in 0..count {
        if number % IN_AREA == 0 {
            let close = if number > 0 { "}\n" } else { "" };
            let _ = writeln!(
                text,
                "{close}area a{number:05} \"Area {number}\" {{ delegable to person, organisation services no"
            );
        }
        let _ = writeln!(
            text,
            "package p{number:05} \"Package {number}\" {{ about \"x\" for organisation delegable to person, organisation services yes data none"
        );
        let mut roles: Vec<usize> = (0..3 + dice.below(6)).map(|_| dice.below(ROLES)).collect();
        roles.push(0);
        roles.sort_unstable();
        roles.dedup();
        let names: Vec<String> = roles.iter().map(|role| format!("r{role:03}")).collect();
        let _ = writeln!(text, "grant to {}", names.join(", "));
        if number % 10 == 3 {
            let _ = writeln!(text, "grant use to r007 when party.employees >= 10");
        }
        text.push_str("}\n");
    }
    text.push_str("}\n");
    for number in 0..count {
        let (level, other) = (dice.below(5), dice.below(count));
        let _ = writeln!(
            text,
            "service s{number:05} \"Service {number}\" {{ data none action view \"V\" action send \"S\"\n  permit view requires p{number:05} or p{other:05}\n  permit send requires p{number:05} when context.level >= {level}\n}}"
        );
    }
    text.push_str("policy blocking for every service { forbid any action \"b\" when context.blocked }\n");
    let mut sources = Sources::default();
    let id = sources.add(Source::new("world.fmk", &text));
    let compiled = compile(&sources, &[id], Options::default());
    compiled.bundle.unwrap_or_else(|| panic!("{:?}", compiled.findings.first())).0
}

/// So many role facts, three fifths as many people, one fifth as many organisations and delegations.
pub(crate) fn facts(meaning: &Meaning, count: usize) -> Facts {
    let (organisations, people, given) = (count / 5, count * 3 / 5, count / 5);
    let mut dice = Dice::new(2);
    let entity = |name: String, kind, attributes| Entity { name: name.into(), kind, declared: None, attributes };
    let mut entities = Vec::with_capacity(organisations + people);
    for number in 0..organisations {
        let employees = Value::Integer(dice.below(40) as i64);
        let known = Known(vec![("employees".into(), employees)]);
        entities.push(entity(format!("organisation{number:08}"), Kind::Organisation, known));
    }
    for number in 0..people {
        entities.push(entity(format!("person{number:08}"), Kind::Person, Known::default()));
    }
    let organisation = |dice: &mut Dice| EntityId(dice.below(organisations) as u32);
    let person = |dice: &mut Dice| EntityId((organisations + dice.below(people)) as u32);
    let mut roles = Vec::with_capacity(count);
    for _ in 0..count {
        let role = dice.below(ROLES);
        // One of four is what leads or serves an organisation.
        let role = if dice.below(4) == 0 { dice.below(6) } else { role };
        let by_organisation = matches!(role, 2 | 3 | 5);
        let subject = if by_organisation { organisation(&mut dice) } else { person(&mut dice) };
        let period = match dice.below(20) {
            0 => Period { from: Some(date(2020, 1, 1)), before: None },
            1 => Period { from: None, before: Some(date(2025, 7, 1)) },
            _ => Period::ALWAYS,
        };
        roles.push(RoleFact { subject, role: role_id(meaning, role), party: Some(organisation(&mut dice)), period });
    }
    let delegations = (0..given).map(|_| {
        let giver = roles[dice.below(roles.len())];
        Delegation {
            receiver: if dice.below(3) == 0 { organisation(&mut dice) } else { person(&mut dice) },
            party: giver.party.unwrap_or(giver.subject),
            what: Given::Package(granted(&mut dice, meaning, giver.role)),
            giver: giver.subject,
            given: date(2024, 5, 1),
            period: Period::ALWAYS,
            withdrawn: None,
            attributes: Known::default(),
        }
    });
    let mut delegations: Vec<Delegation> = delegations.collect();
    roles.sort_unstable();
    roles.dedup();
    delegations.sort_unstable();
    delegations.dedup();
    Draft { entities, roles, delegations, ..Draft::default() }.store()
}

fn role_id(meaning: &Meaning, role: usize) -> RoleId {
    meaning.role_named(&format!("world.r{role:03}")).unwrap_or_else(|| panic!("a role"))
}

/// A package, most often one that is granted to a role.
fn granted(dice: &mut Dice, meaning: &Meaning, role: RoleId) -> PackageId {
    let mut id = PackageId::from(dice.below(meaning.packages.len()));
    for _ in 0..40 {
        let versions = meaning.package(id).map_or(&[][..], |named| &named.versions);
        if versions.iter().flat_map(|one| &one.grants).any(|grant| grant.to == Some(Grantee::Role(role))) {
            break;
        }
        id = PackageId::from(dice.below(meaning.packages.len()));
    }
    id
}

/// A request of which only ids are kept.
#[derive(Clone, Copy)]
pub(crate) struct Drawn {
    pub(crate) subject: EntityId,
    pub(crate) party: EntityId,
    pub(crate) asking: Asking,
    context: u8,
}

/// Requests by chance, and the contexts that they have.
pub(crate) struct Requests {
    pub(crate) drawn: Vec<Drawn>,
    contexts: Vec<Known>,
    now: Timestamp,
}

impl Requests {
    /// So many: of three one about a role fact, one about a delegation, one about anybody and any organisation, drawn uniformly; one half on a
    /// package, the other on a service, one half of these about what was given or the role is granted.
    pub(crate) fn new(index: &Index<'_>, meaning: &Meaning, facts: &Facts, count: usize) -> Self {
        let mut dice = Dice::new(3);
        let organisations = facts.entities().take_while(|id| facts.kind(*id) == Some(Kind::Organisation)).count();
        let actions = ["view", "send"].map(|name| index.action(name).unwrap_or_else(|| panic!("an action")));
        let drawn = (0..count).map(|_| {
            let mut package = PackageId::from(dice.below(meaning.packages.len()));
            let fits = dice.below(2) == 0;
            let (subject, party) = match dice.below(3) {
                0 => {
                    let fact =
                        facts.role(dice.below(facts.role_count() as usize) as u32).unwrap_or_else(|| panic!("a fact"));
                    if fits {
                        package = granted(&mut dice, meaning, fact.role);
                    }
                    (fact.subject, fact.party.unwrap_or(fact.subject))
                }
                1 => {
                    let at = dice.below(facts.delegation_count() as usize) as u32;
                    let one = facts.delegation(at).unwrap_or_else(|| panic!("a delegation"));
                    if let (true, Given::Package(given)) = (fits, one.what) {
                        package = given;
                    }
                    (one.receiver, one.party)
                }
                _ => (EntityId(dice.below(facts.entity_count()) as u32), EntityId(dice.below(organisations) as u32)),
            };
            let asking = if dice.below(2) == 0 {
                Asking::Use(What::Package(package))
            } else {
                // Packages and services have the same numbers.
                Asking::Act(ResourceId(package.0), actions[dice.below(2)])
            };
            Drawn { subject, party, asking, context: dice.below(10) as u8 }
        });
        let known = |number: i64| {
            Known(vec![("blocked".into(), Value::Bool(number == 9)), ("level".into(), Value::Integer(number % 6))])
        };
        Requests { drawn: drawn.collect(), contexts: (0..10).map(known).collect(), now: noon() }
    }

    /// One of them, ready to be decided.
    pub(crate) fn query<'r>(&'r self, drawn: &Drawn) -> Query<'r> {
        let mut query = Query::new(self.now, TODAY, drawn.subject, drawn.party, drawn.asking);
        query.context = &self.contexts[usize::from(drawn.context)];
        query
    }
}

pub(crate) fn noon() -> Timestamp {
    let zoned = TODAY.at(12, 0, 0, 0).to_zoned(fullmakt::terms::period::oslo());
    zoned.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

/// The requests by names, each in memory of its own.
pub(crate) struct Texts<'b> {
    people: Vec<(Box<str>, Box<str>)>,
    asked: Vec<(&'b str, &'b str)>,
}

impl<'b> Texts<'b> {
    pub(crate) fn of(bundle: &'b Bundle, index: &Index<'b>, facts: &Facts, requests: &Requests) -> Self {
        let meaning = &bundle.meaning;
        let asked = |drawn: &Drawn| match drawn.asking {
            Asking::Act(resource, action) => {
                (index.name_of_action(action), meaning.resource(resource).map_or("", |named| &named.name))
            }
            Asking::Use(What::Package(package)) => ("use", meaning.package(package).map_or("", |named| &named.name)),
            _ => ("", ""),
        };
        Texts {
            people: requests
                .drawn
                .iter()
                .map(|drawn| (facts.name(drawn.subject).into(), facts.name(drawn.party).into()))
                .collect(),
            asked: requests.drawn.iter().map(asked).collect(),
        }
    }

    pub(crate) fn named<'r>(&'r self, at: usize, requests: &'r Requests) -> Named<'r> {
        let ((subject, party), (action, on)) = (&self.people[at], self.asked[at]);
        let context = &requests.contexts[usize::from(requests.drawn[at].context)];
        Named { subject, party, action, on, to: None, context }
    }
}

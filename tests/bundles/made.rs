//! A bundle with everything in it that a bundle can say, made by hand.

use super::*;

fn root(root: Root) -> E {
    E::Root(root)
}

fn attr(of: E, path: &str) -> E {
    path.split('.').fold(of, |of, name| E::Attribute(Box::new(of), name.into()))
}

fn compare(operator: Operator, left: E, right: E) -> E {
    E::Compare(operator, Box::new((left, right)))
}

fn value(value: Constant) -> E {
    E::Value(value)
}

fn years(amount: u32) -> E {
    value(Constant::Duration(Duration { unit: Unit::Years, amount }))
}

fn not(of: E) -> E {
    E::Not(Box::new(of))
}

/// Every form that a condition may have.
fn conditions() -> Vec<(&'static str, E)> {
    use Operator::{Equal, Greater, GreaterOrEqual, In, Less, LessOrEqual, NotEqual};
    let day = |text: &str| value(Constant::Date(text.parse().unwrap()));
    let (today, party, subject) = (|| root(Root::Today), || root(Root::Party), || root(Root::Subject));
    let role = |id: u32| IsWhat::Role(fullmakt::ir::RoleId(id));
    let is = |what, party: Option<E>| E::Is { who: Box::new(subject()), what, party: party.map(Box::new) };
    let young = compare(
        Less,
        today(),
        E::Shift { from: Box::new(attr(party(), "birth_date")), back: false, by: Box::new(years(16)) },
    );
    let at_home = compare(In, attr(party(), "address"), attr(party(), "parents.address"));
    vec![
        ("m.alive", compare(Equal, attr(party(), "death_date"), value(Constant::None))),
        (
            "m.asks",
            E::And(vec![
                E::Holds { who: Box::new(subject()), package: fullmakt::ir::PackageId(0), party: Box::new(party()) },
                E::Permitted { resource: fullmakt::ir::ResourceId(0), action: "read".into() },
            ]),
        ),
        ("m.child_at_home", E::And(vec![young, at_home])),
        (
            "m.each",
            E::Each {
                all: true,
                variable: "p".into(),
                set: Box::new(attr(party(), "parents")),
                body: Box::new(E::Each {
                    all: false,
                    variable: "q".into(),
                    set: Box::new(attr(E::Variable("p".into()), "parents")),
                    body: Box::new(compare(NotEqual, E::Variable("q".into()), E::Variable("p".into()))),
                }),
            },
        ),
        (
            "m.law",
            E::Or(vec![
                compare(
                    In,
                    value(Constant::Basis(LegalBasis::gdpr("6(1)(a)").unwrap())),
                    attr(root(Root::Resource), "basis"),
                ),
                compare(
                    In,
                    value(Constant::Basis(LegalBasis::Law("Lov \"x\" § 1".into()))),
                    attr(root(Root::Resource), "basis"),
                ),
                compare(GreaterOrEqual, attr(root(Root::Resource), "data"), value(Constant::Level(Level::Special))),
            ]),
        ),
        (
            "m.named",
            E::And(vec![
                E::Condition(fullmakt::ir::ConditionId(0)),
                not(E::Or(vec![E::Undecided, value(Constant::Bool(false))])),
            ]),
        ),
        (
            "m.ordered",
            E::And(vec![
                compare(LessOrEqual, day("2026-01-31"), today()),
                compare(Greater, root(Root::Now), value(Constant::DateTime("2026-01-31T11:00:00Z".parse().unwrap()))),
                compare(Greater, attr(party(), "consent"), value(Constant::Enum(fullmakt::ir::EnumId(0), 1))),
                compare(Less, attr(party(), "score"), value(Constant::Integer(-9_007_199_254_740_991))),
            ]),
        ),
        (
            "m.record",
            E::And(vec![
                compare(Equal, attr(root(Root::Record), "consent"), value(Constant::Consent(Consent::Withdrawn))),
                compare(Equal, attr(root(Root::Record), "person"), party()),
                attr(root(Root::Record), "overdue"),
                attr(root(Root::Record), "sealed"),
            ]),
        ),
        (
            "m.set",
            E::And(vec![
                compare(In, root(Root::Element), attr(root(Root::Context), "application.elements")),
                compare(
                    In,
                    root(Root::Element),
                    E::List(vec![
                        value(Constant::Element("medical".into())),
                        value(Constant::Element("social".into())),
                    ]),
                ),
                compare(In, attr(party(), "address"), E::List(vec![value(Constant::String("Å \\ \u{1}".into()))])),
            ]),
        ),
        (
            "m.who",
            E::Or(vec![
                is(role(1), Some(party())),
                is(role(0), None),
                is(IsWhat::Kind(Kind::SystemUser), None),
                is(IsWhat::Organisation(fullmakt::ir::OrganisationId(0)), None),
                is(IsWhat::Controller, None),
                is(IsWhat::Processor, None),
                compare(Equal, party(), value(Constant::Organisation(fullmakt::ir::OrganisationId(0)))),
            ]),
        ),
    ]
}

fn period(from: Option<&str>, before: Option<&str>) -> Period {
    let day = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    Period { from: day(from), before: day(before) }
}

fn resource(register: bool, actions: Vec<Action>) -> Resource {
    Resource {
        period: Period::ALWAYS,
        register,
        urn: None,
        data: Open::Known(Level::None),
        actions,
        elements: Open::Known(Vec::new()),
        records: None,
        controllers: Open::Known(Vec::new()),
        processors: Open::Known(Vec::new()),
        basis: Open::Known(Vec::new()),
        purposes: None,
        retain: None,
    }
}

fn rule(effect: RuleEffect, action: Option<&str>) -> Rule {
    Rule {
        key: "".into(),
        effect,
        action: action.map(Into::into),
        of: None,
        to: None,
        requires: None,
        when: None,
        oblige: Vec::new(),
        scopes: Vec::new(),
    }
}

fn defined<T>(name: &str, body: T) -> Defined<T> {
    Defined { name: name.into(), body }
}

fn attributes(all: &[(&str, Type)]) -> Attributes {
    all.iter().map(|(name, of)| ((*name).into(), of.clone())).collect()
}

/// A bundle with everything.
pub(crate) fn everything() -> Bundle {
    let entity = |one| Type::Entity(EntityName::BuiltIn(one));
    let set = |of| Type::Set(Box::new(of));
    let consent = Type::Enum(fullmakt::ir::EnumId(0));
    let action = |name: &str| Action { name: name.into(), partial: false, oblige: Vec::new() };
    let pseudonymise = Oblige {
        obligation: fullmakt::ir::ObligationId(1),
        arguments: [("identifier".into(), Constant::Enum(fullmakt::ir::EnumId(1), 0))].into(),
    };
    let log = Oblige { obligation: fullmakt::ir::ObligationId(0), arguments: [].into() };
    let ended = compare(
        Operator::GreaterOrEqual,
        root(Root::Today),
        E::Shift { from: Box::new(attr(root(Root::Record), "created")), back: false, by: Box::new(years(5)) },
    );
    let npr = Resource {
        urn: Some("urn:m:npr".into()),
        data: Open::Known(Level::Special),
        elements: Open::Known(vec!["medical".into(), "social".into()]),
        records: Some(fullmakt::ir::EntityTypeId(1)),
        controllers: Open::Known(vec![
            Controlling::Organisation(fullmakt::ir::OrganisationId(0)),
            Controlling::Status(fullmakt::ir::RoleId(0)),
        ]),
        processors: Open::Undecided,
        basis: Open::Known(vec![
            Open::Known(LegalBasis::gdpr("9(2)(a)").unwrap()),
            Open::Known(LegalBasis::Law("Lov § 2".into())),
            Open::Undecided,
        ]),
        purposes: Some((fullmakt::ir::EnumId(2), Open::Known(vec![0, 1]))),
        retain: Some(Retain { kept: not(ended.clone()), overdue: ended }),
        ..resource(
            true,
            vec![Action { partial: true, oblige: vec![log.clone()], ..action("disclose") }, action("erase")],
        )
    };
    let undecided = Resource {
        elements: Open::Undecided,
        controllers: Open::Undecided,
        basis: Open::Undecided,
        purposes: Some((fullmakt::ir::EnumId(2), Open::Undecided)),
        retain: Some(Retain { kept: E::Undecided, overdue: E::Undecided }),
        period: period(Some("2027-01-01"), None),
        ..resource(true, vec![action("disclose")])
    };
    let early = Resource { period: period(None, Some("2026-06-01")), ..resource(true, vec![action("disclose")]) };
    let to = |to, onward, when: Option<E>| Line::To { to, onward, when: when.map(Box::new) };
    let self_given = compare(
        Operator::GreaterOrEqual,
        attr(root(Root::Delegation), "given"),
        E::Shift { from: Box::new(attr(root(Root::Party), "birth_date")), back: true, by: Box::new(years(1)) },
    );
    let mut meaning = Meaning {
        organisations: vec!["m.authority".into()],
        built_in: [
            (
                BuiltIn::Person,
                attributes(&[
                    ("address", Type::String),
                    ("birth_date", Type::Date),
                    ("consent", consent.clone()),
                    ("death_date", Type::OrNone(Box::new(Type::Date))),
                    ("parents", set(entity(BuiltIn::Person))),
                    ("score", Type::Integer),
                ]),
            ),
            (
                BuiltIn::Context,
                attributes(&[
                    ("application", Type::Entity(EntityName::Declared(fullmakt::ir::EntityTypeId(0)))),
                    ("login", Type::Bool),
                    ("purpose", Type::Enum(fullmakt::ir::EnumId(2))),
                    ("since", Type::DateTime),
                ]),
            ),
            (BuiltIn::Delegation, attributes(&[("channel", consent)])),
        ]
        .into(),
        entities: vec![
            defined(
                "m.application",
                Entity {
                    attributes: attributes(&[
                        ("elements", set(Type::Element)),
                        ("length", Type::Duration),
                        ("state", Type::Consent),
                    ]),
                },
            ),
            defined("m.stay", Entity { attributes: attributes(&[("sealed", Type::Bool)]) }),
        ],
        enums: vec![
            defined(
                "m.consent_level",
                Enum { ascending: true, values: vec!["no_consent".into(), "basis".into(), "full".into()] },
            ),
            defined("m.identifier", Enum { ascending: false, values: vec!["serial".into()] }),
            defined("m.purpose", Enum { ascending: false, values: vec!["quality".into(), "research".into()] }),
        ],
        obligations: vec![
            defined("m.log", Obligation { parameters: attributes(&[]) }),
            defined(
                "m.pseudonymise",
                Obligation { parameters: attributes(&[("identifier", Type::Enum(fullmakt::ir::EnumId(1)))]) },
            ),
        ],
        conditions: conditions().into_iter().map(|(name, says)| defined(name, Condition { says })).collect(),
        roles: [("m.hospital", None), ("m.manager", Some(Kinds::ANY))]
            .map(|(name, of)| Named {
                name: name.into(),
                versions: vec![Role {
                    period: Period::ALWAYS,
                    by: Kinds::ANY,
                    of,
                    source: None,
                    urn: None,
                    code: None,
                    key: Open::Known(true),
                    covers: Open::Undecided,
                    agent: Open::Known(false),
                }],
            })
            .into(),
        areas: vec![Named {
            name: "m.area".into(),
            versions: vec![Area {
                period: Period::ALWAYS,
                urn: None,
                delegable: vec![to(Receiver::Kind(Kind::Person), true, Some(self_given))],
                services: Open::Known(false),
            }],
        }],
        packages: vec![Named {
            name: "m.insight".into(),
            versions: vec![Package {
                period: Period::ALWAYS,
                area: Some(fullmakt::ir::AreaId(0)),
                urn: None,
                kinds: Open::Known(Kinds::ANY),
                data: Open::Known(Level::Special),
                services: Open::Known(true),
                delegable: vec![Line::Undecided],
                grants: vec![Grant {
                    to: Some(Grantee::Role(fullmakt::ir::RoleId(1))),
                    gives_use: true,
                    gives_delegation: false,
                    undecided: false,
                    when: Some(Box::new(E::Condition(fullmakt::ir::ConditionId(2)))),
                    period: period(Some("2026-01-01"), None),
                }],
            }],
        }],
        resources: vec![
            Named { name: "m.lookup".into(), versions: vec![resource(false, vec![action("read")])] },
            Named { name: "m.npr".into(), versions: vec![npr] },
            Named { name: "m.other".into(), versions: vec![early, undecided] },
        ],
        rules: Vec::new(),
    };
    let both = vec![fullmakt::ir::ResourceId(1), fullmakt::ir::ResourceId(2)];
    let always = |on: Vec<fullmakt::ir::ResourceId>| vec![Scope { period: Period::ALWAYS, on }];
    let rules = vec![
        (
            "m.lookup",
            Rule {
                to: Some(Recipient::Anyone),
                scopes: always(vec![fullmakt::ir::ResourceId(0)]),
                ..rule(RuleEffect::Permit, Some("read"))
            },
        ),
        (
            "m.npr",
            Rule {
                of: Some(vec!["medical".into(), "social".into()]),
                to: Some(Recipient::Controller),
                requires: Some(Requires::Package(fullmakt::ir::PackageId(0))),
                when: Some(E::Condition(fullmakt::ir::ConditionId(8))),
                oblige: vec![pseudonymise],
                scopes: vec![
                    Scope { period: period(None, Some("2026-01-01")), on: vec![fullmakt::ir::ResourceId(1)] },
                    Scope { period: period(Some("2026-02-01"), None), on: vec![fullmakt::ir::ResourceId(1)] },
                ],
                ..rule(RuleEffect::Permit, Some("disclose"))
            },
        ),
        (
            "m.secrecy",
            Rule {
                to: Some(Recipient::Organisation(fullmakt::ir::OrganisationId(0))),
                scopes: always(both.clone()),
                ..rule(RuleEffect::Forbid, Some("disclose"))
            },
        ),
        (
            "m.secrecy",
            Rule {
                when: Some(E::Condition(fullmakt::ir::ConditionId(1))),
                scopes: always(both.clone()),
                ..rule(RuleEffect::Forbid, None)
            },
        ),
        (
            "m.secrecy",
            Rule {
                to: Some(Recipient::Processor),
                scopes: always(both.clone()),
                ..rule(RuleEffect::Never, Some("disclose"))
            },
        ),
        (
            "m.secrecy",
            Rule {
                oblige: vec![log],
                scopes: vec![
                    Scope { period: Period::ALWAYS, on: vec![fullmakt::ir::ResourceId(1)] },
                    Scope { period: period(Some("2026-01-01"), None), on: vec![fullmakt::ir::ResourceId(2)] },
                ],
                ..rule(RuleEffect::Oblige, None)
            },
        ),
    ];
    for (owner, rule) in rules {
        let digest = json::sha256(json::rule_body(&meaning, &rule).as_bytes());
        let key = json::rule_key(owner, rule.effect, rule.action.as_deref(), &digest[..4]);
        meaning.rules.push(Rule { key: key.into(), ..rule });
    }
    meaning.rules.sort_by(|one, two| one.key.cmp(&two.key));
    let secret = meaning.rules.iter().find(|rule| rule.key.starts_with("m.secrecy/forbid/any")).unwrap();
    let short: Box<str> = secret.key.strip_prefix("m.secrecy/").unwrap().into();
    let words = [
        ("m.consent_level".into(), Wording { title: Some("Consent".into()), ..Wording::default() }),
        (
            "m.secrecy".into(),
            Wording {
                title: Some("Secrecy".into()),
                rules: [(short, "confidential".into())].into(),
                ..Wording::default()
            },
        ),
    ];
    Bundle { meaning, words: words.into() }
}

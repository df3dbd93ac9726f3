//! `bundle.json` with everything that a bundle may hold: written in canonical form, read back as the same, and refused where it
//! is not in form.

use fullmakt::diag::Diagnostic;
use fullmakt::intake;
use fullmakt::ir::json::{self, bundle_text};
use fullmakt::ir::{
    Action, Area, Attributes, Bundle, Condition, Constant, Controlling, Defined, Entity, EntityName, Enum,
    Expression as E, Grant, Grantee, IsWhat, Line, Meaning, Named, Obligation, Oblige, Package, Receiver, Recipient,
    Requires, Resource, Retain, Role, Rule, Scope, Type, Wording,
};
use fullmakt::source::{Source, SourceId};
use fullmakt::terms::duration::{Duration, Unit};
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::kind::{Kind, Kinds};
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::operator::Operator;
use fullmakt::terms::period::Period;
use fullmakt::terms::root::{BuiltIn, Consent, Root};

pub(crate) fn read(text: &str) -> Result<Bundle, Vec<Diagnostic>> {
    intake::bundle::read(&Source::new("bundle.json", text), SourceId(0))
}

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

#[test]
fn everything_is_written_in_canonical_form_and_read_back() {
    let bundle = everything();
    let text = bundle_text(&bundle);
    match read(&text) {
        Ok(again) => assert_eq!(again, bundle),
        Err(findings) => panic!("{:#?}\n{text}", findings.iter().map(|one| &one.message).collect::<Vec<_>>()),
    }
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json_canonicalizer::to_string(&value["meaning"]).unwrap(), json::meaning_text(&bundle));
    assert_eq!(serde_json_canonicalizer::to_string(&value["words"]).unwrap(), json::words_text(&bundle));
}

#[test]
fn a_condition_is_written_as_the_page_says() {
    let text = bundle_text(&everything());
    let entry = |name: &str| text.lines().find(|line| line.starts_with(&format!("\"{name}\""))).unwrap().to_owned();
    assert_eq!(
        entry("m.child_at_home"),
        "\"m.child_at_home\":{\"says\":[\"and\",[\"<\",[\"today\"],[\"+\",[\"attr\",[\"party\"],\"birth_date\"],[\"duration\",16,\"years\"]]],\
         [\"in\",[\"attr\",[\"party\"],\"address\"],[\"attr\",[\"attr\",[\"party\"],\"parents\"],\"address\"]]]},"
    );
    assert_eq!(
        entry("m.pseudonymise"),
        "\"m.pseudonymise\":{\"parameters\":{\"identifier\":[\"enum\",\"m.identifier\"]}}"
    );
    assert!(entry("m.npr").contains(
        "{\"actions\":{\"disclose\":{\"oblige\":[{\"obligation\":\"m.log\"}],\"partial\":true},\"erase\":{}},\
         \"basis\":[\"undecided\",[\"gdpr\",\"9(2)(a)\"],[\"law\",\"Lov § 2\"]],\
         \"controllers\":[[\"organisation\",\"m.authority\"],[\"status\",\"m.hospital\"]],\"data\":\"special\",\
         \"elements\":[\"medical\",\"social\"],\"kind\":\"register\",\"processors\":\"undecided\",\
         \"purposes\":{\"enum\":\"m.purpose\",\"values\":[\"quality\",\"research\"]},\"records\":\"m.stay\",\"retain\":"
    ));
    assert!(
        text.contains(
            "[{\"oblige\":[{\"obligation\":\"m.log\"}],\"on\":[\"m.npr\"]},{\"from\":\"2026-01-01\",\"oblige\""
        )
    );
}

/// The messages of a text.
fn refused(text: &str) -> Vec<String> {
    read(text).err().into_iter().flatten().map(|finding| finding.message).collect()
}

#[test]
fn what_is_not_in_form_is_refused() {
    let text = bundle_text(&everything());
    let home = "[\"<\",[\"today\"],[\"+\",[\"attr\",[\"party\"],\"birth_date\"],[\"duration\",16,\"years\"]]]";
    let cases = [
        (home, "[\"<\",[\"now\"],[\"attr\",[\"party\"],\"birth_date\"]]", "`<` compares what cannot be compared"),
        (home, "[\"<\",[\"today\"],[\"attr\",[\"party\"],\"birth_day\"]]", "nothing has an attribute `birth_day` here"),
        (home, "[\"attr\",[\"party\"],\"birth_date\"]", "a condition has another value than true or false"),
        (home, "[\"in\",[\"today\"],[\"attr\",[\"party\"],\"birth_date\"]]", "`in` compares what cannot be compared"),
        (home, "[\"<\",[\"attr\",[\"party\"],\"address\"],[\"string\",\"x\"]]", "`<` compares what cannot be compared"),
        (home, "[\"==\",[\"date\",\"2026-1-31\"],[\"today\"]]", "`2026-1-31` is no date"),
        (
            home,
            "[\"==\",[\"today\"],[\"+\",[\"today\"],[\"duration\",1,\"year\"]]]",
            "it does not have the form of a condition",
        ),
        (home, "[\"==\",[\"today\"],[\"+\",[\"today\"],1]]", "`+` and `-` move a date or a datetime by a duration"),
        (home, "[\"==\",1,9007199254740992]", "`9007199254740992` is no whole number in reach"),
        (home, "[\"==\",1,1.5]", "`1.5` is no whole number in reach"),
        (home, "[\"==\",1,null]", "`null` is no whole number in reach"),
        (home, "[\"==\",1]", "`==` has two sides"),
        (home, "{\"and\":[]}", "an object stands where a list must"),
        (home, "[\"and\",true]", "`and` joins two conditions or more, none of which is such a list itself"),
        (home, "[\"and\",true,true]", "`and` joins two conditions or more, none of which is such a list itself"),
        (home, "[\"variable\",\"p\"]", "there is no variable `p` here"),
        (
            home,
            "[\"is\",[\"holder\"],[\"role\",\"m.nobody\"],[\"party\"]]",
            "there is no role `m.nobody` in the bundle",
        ),
        (
            home,
            "[\"is\",[\"holder\"],[\"role\",\"m.hospital\"],[\"party\"]]",
            "`m.hospital` is a status, held for no party",
        ),
        (home, "[\"is\",[\"holder\"],[\"role\",\"m.manager\"]]", "`m.manager` is held for a party"),
        (
            home,
            "[\"is\",[\"today\"],[\"kind\",\"person\"]]",
            "neither a person nor an organisation nor a system user stands where one must",
        ),
        (home, "[\"attr\",[\"record\"],\"restricted\"]", "a condition that stands here does not read `record`"),
        (
            home,
            "[\"holds\",[\"holder\"],\"m.insight\",[\"party\"]]",
            "a condition that stands here asks neither `holds` nor `permitted`",
        ),
        (home, "[\"condition\",\"m.child_at_home\"]", "the condition `m.child_at_home` comes back to itself"),
        (home, "[\"condition\",\"m.nothing\"]", "there is no condition `m.nothing` in the bundle"),
        (
            "[\"permitted\",\"m.lookup\",\"read\"]",
            "[\"permitted\",\"m.lookup\",\"write\"]",
            "`m.lookup` has no action `write`",
        ),
        (
            "[\"duration\",5,\"years\"]]]],\"overdue\"",
            "[\"duration\",5,\"years\"]],[\"attr\",[\"record\"],\"kept\"]]],\"overdue\"",
            "`>=` has two sides",
        ),
        (
            "\"kept\":[\"undecided\"]",
            "\"kept\":[\"attr\",[\"record\"],\"overdue\"]",
            "how long a record is kept hangs on how long it is kept",
        ),
        (
            "\"kept\":[\"undecided\"]",
            "\"kept\":[\"is\",[\"subject\"],[\"controller\"]]",
            "a condition that stands here does not read `subject`",
        ),
        (
            "\"ascending\":false,\"values\":[\"quality\",\"research\"]",
            "\"ascending\":false,\"values\":[\"quality\",\"quality\"]",
            "a value of `m.purpose` stands twice",
        ),
        (
            "\"purposes\":{\"enum\":\"m.purpose\",\"values\":[\"quality\"",
            "\"purposes\":{\"enum\":\"m.purpose\",\"values\":[\"greed\"",
            "`greed` is no purpose",
        ),
        ("\"login\":\"bool\"", "\"login\":\"boolean\"", "there is no type `boolean` in the bundle"),
        ("\"records\":\"m.stay\"", "\"records\":\"m.visit\"", "there is no entity `m.visit` in the bundle"),
        ("[\"status\",\"m.hospital\"]", "[\"status\",\"m.manager\"]", "`m.manager` is no status"),
        ("[\"gdpr\",\"9(2)(a)\"]", "[\"gdpr\",\"9(2)(z)\"]", "`9(2)(z)` is no legal basis"),
        ("{\"birth", "{\"birth", ""),
        (
            "\"on\":[\"m.npr\",\"m.other\"],\"to\":[\"processor\"]",
            "\"on\":[],\"to\":[\"processor\"]",
            "a rule of a policy does not say `on`, or nothing in it",
        ),
        (
            "\"on\":[\"m.npr\",\"m.other\"],\"to\":[\"processor\"]",
            "\"on\":[\"m.lookup\"],\"to\":[\"processor\"]",
            "`m.lookup` has no action `disclose`",
        ),
        (
            "\"on\":[\"m.npr\"]}",
            "\"on\":[\"m.npr\",\"m.other\"]}",
            "`m.secrecy/oblige/any/ef4d` is in force twice at the same time",
        ),
        (
            "\"obligation\":\"m.pseudonymise\"}],\"of\"",
            "\"obligation\":\"m.log\"}],\"of\"",
            "`m.log` is not said with the arguments that it has",
        ),
        (
            "m.secrecy/forbid/any/71a1",
            "m.secrecy/forbid/any/71a2",
            "`m.secrecy/forbid/any/71a2` is the key of another rule: it begins with `71a1",
        ),
        (
            "m.secrecy/forbid/any/71a1",
            "m.purpose/forbid/any/71a1",
            "`m.purpose` has rules, and is neither a resource nor a policy",
        ),
        ("\"m.secrecy\":{", "\"m.secret\":{", "there is no `m.secret` to have words"),
        (
            "\"person\":{\"address\":\"string\"",
            "\"record\":{\"person\":\"string\"",
            "every record has `consent` already",
        ),
        ("\"built_in\":{\n\"context\"", "\"built_in\":{\n\"subject\"", "`subject` is no entity that every bundle has"),
    ];
    for (was, is, message) in cases.into_iter().filter(|(_, _, message)| !message.is_empty()) {
        let changed = text.replacen(was, is, 1);
        assert_ne!(changed, text, "{was}: nothing is changed");
        let found = refused(&changed);
        assert!(found.iter().any(|one| one.starts_with(message)), "{is}: {found:#?}");
    }
}

#[test]
fn no_cut_and_no_changed_byte_of_everything_is_worse_than_a_finding() {
    let text = bundle_text(&everything());
    for at in (0..text.len()).step_by(31).filter(|at| text.is_char_boundary(*at)) {
        assert!(read(&text[..at]).is_err());
        for put in ["\"", "]", "[", "0", "ø"] {
            let rest = &text[at + text[at..].chars().next().map_or(0, char::len_utf8)..];
            let changed = format!("{}{put}{rest}", &text[..at]);
            match read(&changed) {
                Ok(bundle) => assert_eq!(read(&bundle_text(&bundle)), Ok(bundle)),
                Err(findings) => assert!(findings.iter().all(|one| one.code.number == "FM0511")),
            }
        }
    }
}

/// A bundle of one service whose rule has a condition, and of these conditions.
fn with_conditions(when: &str, conditions: &[(String, String)]) -> String {
    let digest = json::sha256(format!("{{\"effect\":\"forbid\",\"when\":{when}}}").as_bytes());
    let mut sorted = conditions.to_vec();
    sorted.sort();
    let entries: Vec<String> = sorted.iter().map(|(name, says)| format!("\"{name}\":{{\"says\":{says}}}")).collect();
    format!(
        "{{\"format\":1,\"meaning\":{{\"areas\":{{}},\"built_in\":{{}},\"conditions\":{{{}}},\"entities\":{{}},\"enums\":{{}},\
         \"obligations\":{{}},\"organisations\":{{}},\"packages\":{{}},\"resources\":{{\"m.s\":[{{\"actions\":{{\"read\":{{}}}},\
         \"data\":\"none\",\"kind\":\"service\"}}]}},\"roles\":{{}},\"rules\":{{\"m.s/forbid/read/{}\":[{{\"when\":{when}}}]}}}},\
         \"words\":{{}}}}",
        entries.join(","),
        &digest[..8]
    )
}

#[test]
fn depth_has_a_limit_with_all_that_is_named() {
    let nested = |levels: usize| "[\"not\",".repeat(levels) + "true" + &"]".repeat(levels);
    assert_eq!(refused(&with_conditions(&nested(255), &[])), [""; 0]);
    assert_eq!(refused(&with_conditions(&nested(257), &[])), ["lists are nested deeper than 256"]);
    assert_eq!(refused(&with_conditions(&nested(100_000), &[])), ["lists are nested deeper than 256"]);
    let chain = |length: usize| -> Vec<(String, String)> {
        let next =
            |at: usize| if at + 1 < length { format!("[\"condition\",\"m.c{:06}\"]", at + 1) } else { "true".into() };
        (0..length).map(|at| (format!("m.c{at:06}"), next(at))).collect()
    };
    let named = "[\"condition\",\"m.c000000\"]";
    assert_eq!(refused(&with_conditions(named, &chain(200))), [""; 0]);
    let deep = refused(&with_conditions(named, &chain(50_000)));
    assert!(deep.iter().any(|one| one.ends_with("is nested too deep, with all that it names")), "{deep:#?}");
    let mut circle = chain(50_000);
    circle.last_mut().unwrap().1 = named.to_owned();
    let found = refused(&with_conditions(named, &circle));
    assert!(found.iter().any(|one| one.ends_with("comes back to itself")), "{found:#?}");
}

#[test]
fn what_is_permitted_does_not_hang_on_itself() {
    let asks = "[\"permitted\",\"m.s\",\"read\"]";
    let message = refused(&with_conditions(asks, &[]));
    assert!(message[0].ends_with("asks to be permitted comes back to itself"), "{message:#?}");
    let through = refused(&with_conditions("[\"condition\",\"m.c\"]", &[("m.c".into(), asks.into())]));
    assert!(through[0].ends_with("asks to be permitted comes back to itself"), "{through:#?}");
}

#[test]
fn what_is_asked_to_be_permitted_has_the_same_limit_in_a_text_and_in_a_bundle() {
    use fullmakt::compile::{Options, compile};
    use fullmakt::source::Sources;
    let chain = |length: usize| {
        let service = |at: usize| {
            let when =
                if at + 1 < length { format!("permitted s{}.a", at + 1) } else { "today > 2026-01-01".to_owned() };
            format!(
                "service s{at} \"S{at}\" {{\n  about \"x\"\n  action a \"A\"\n  permit a to anyone when {when}\n}}\n"
            )
        };
        let text: String = std::iter::once("module m\n".to_owned()).chain((0..length).map(service)).collect();
        let mut sources = Sources::default();
        let id = sources.add(Source::new("m.fmk", &text));
        compile(&sources, &[id], Options::default()).bundle
    };
    let (bundle, _) = chain(240).expect("within the limit");
    assert_eq!(read(&bundle_text(&bundle)), Ok(bundle));
    assert!(chain(257).is_none(), "beyond it");
}

#[test]
fn a_whole_number_that_no_reader_of_json_changes_is_the_largest() {
    use fullmakt::compile::{Options, compile};
    use fullmakt::source::Sources;
    let compiled = |number: &str| {
        let text = format!(
            "module m\nentity person {{ score integer }}\nservice s \"S\" {{\n  about \"x\"\n  action a \"A\"\n  permit a to anyone when party.score == {number}\n}}\n"
        );
        let mut sources = Sources::default();
        let id = sources.add(Source::new("m.fmk", &text));
        compile(&sources, &[id], Options::default()).bundle
    };
    let (bundle, _) = compiled("9007199254740991").expect("the largest");
    assert_eq!(read(&bundle_text(&bundle)), Ok(bundle));
    assert!(compiled("9007199254740992").is_none());
}

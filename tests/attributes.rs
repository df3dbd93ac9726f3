//! What is known of people, records and things, and what a request says besides, as data say it: each value of its declared
//! type, each fault a finding with its place; and what cases and tables expect of services and registers.

mod bundle;

use crate::suites::Suites;
use fullmakt::compile::{Options, compile};
use fullmakt::decide::{Cause, Index};
use fullmakt::facts::{Facts, Known, Value};
use fullmakt::intake::request::Besides;
use fullmakt::intake::{Names, Scope, facts, request};
use fullmakt::ir::{Bundle, json};
use fullmakt::origins::{Origins, Part};
use fullmakt::source::{Source, SourceId, Sources};
use fullmakt::terms::period::date_in_oslo;
use std::collections::BTreeMap;

pub(crate) const WORDS: &str = r#"module demo.words

entity person {
  birth_date    date
  death_date    date or none
  address       string
  confidential  bool
  children      integer
  leave         duration
  seen          datetime
  consent       consent_level
  parents       set of person
  employer      organisation
}
entity context { login bool, purpose purpose, application application, earlier stay }
entity delegation { channel channel }
entity application { approved bool, elements set of element, by person }
entity stay { need_ended date or none, ward string }
enum channel = invitation, form
enum consent_level = no_consent < basis < full
enum purpose = quality, research, employment
enum identifier_kind = serial, name
obligation pseudonymise(identifier: identifier_kind)
obligation log
organisation authority "The authority"
organisation keeper "The keeper"
role guardian "Guardian" { held by person for person }
role researcher "Researcher" { held by person }
role insurer "Insurer" { held by organisation }
role leader "Leader" { held by person for organisation   key yes }
condition at_home = today < party.birth_date + 16 years and party.address in party.parents.address
"#;

pub(crate) const REGISTERS: &str = r#"module demo.registers
use demo.words.*

package insight "Insight" {
  about      "One's own, or one's child's."
  for        person
  services   yes
  data       special
  delegable  to person when delegation.channel == invitation
  grant to self
  grant use to guardian when at_home
}
action disclose "Hand data out"

register npr "The patient register" {
  about       "Stays."
  controller  authority
  processor   keeper
  data        special
  basis       gdpr 6(1)(e), gdpr 9(2)(g)
  purposes    quality, research
  retain      30 days after record.created or until record.need_ended
  records     of stay
  elements    administrative, medical, identity_number
  action view "See one's own" partial
  permit disclose of administrative, medical to researcher
    when context.application.approved and element in context.application.elements
    oblige pseudonymise(identifier: serial)
  permit view of administrative, medical requires insight
}
register kpr "The other register" {
  about       "Visits."
  controller  authority
  data        special
  basis       gdpr 6(1)(a), gdpr 9(2)(a)
  purposes    research
  retain      forever
  permit disclose to researcher
}
service lookup "What there is" {
  action list "List the registers"
  permit list to anyone
}
policy secrecy for npr, kpr {
  forbid disclose to insurer
  forbid disclose when context.purpose == employment
}
policy rights for every register {
  any action oblige log
  forbid disclose "restricted" when record.restricted or record.overdue
  forbid disclose when not context.purpose in resource.purposes
}
policy withdrawal for every register where gdpr 6(1)(a) in basis {
  forbid disclose when record.consent != given
}
"#;

const FACTS: &str = "\
clock: 2026-03-01T12:00:00+01:00
people:
  ola: { birth_date: 2015-06-01, address: Storgata 1, parents: [kari], confidential: false, consent: basis }
  kari: { birth_date: 1985-04-01, death_date: none, address: Storgata 1, leave: 2 days, children: 1, employer: firm }
  per: {}
organisations: { firm: {} }
roles:
  - { subject: kari, role: guardian, party: ola }
  - { subject: per, role: researcher }
  - { subject: firm, role: insurer }
records:
  r1: { register: npr, person: ola, created: 2026-02-15, restricted: false, need_ended: none, ward: Nord }
  r2: { register: kpr, person: ola, created: 2020-01-01, restricted: false, consent: given }
  r3: { register: npr, person: ola, created: 2020-01-01, restricted: false }
things:
  application: { a1: { approved: true, elements: [medical], by: per } }
";

fn beside(suite: &str) -> Suites {
    Suites::of(&[
        ("demo/registers.test.yaml".to_owned(), suite.to_owned()),
        ("demo/registers.fmk".to_owned(), REGISTERS.to_owned()),
        ("demo/words.fmk".to_owned(), WORDS.to_owned()),
    ])
}

const CASE: &str = "cases:\n  - { name: x, request: { action: list, on: lookup }, expect: permit }\n";

fn found(lines: &str) -> Vec<String> {
    let lines =
        beside(&format!("clock: 2026-03-01T12:00:00+01:00\npeople: {{ kari: {{}}, per: {{}} }}\n{lines}{CASE}"))
            .lines();
    lines.iter().map(|line| line.split_once('"').map_or(line.clone(), |(_, rest)| rest.to_owned())).collect()
}

#[test]
fn values_have_their_declared_types() {
    let of = |value: &str| {
        found(&format!(
            "system_users: {{}}\norganisations: {{ firm: {{}} }}\nthings: {{ application: {{ a1: {{}} }} }}\nrecords: {{ r1: {{ register: npr, {value} }} }}\n"
        ))
    };
    assert_eq!(of("ward: Nord"), [""; 0]);
    let person = |value: &str| {
        let suite = format!(
            "clock: 2026-03-01T12:00:00+01:00\norganisations: {{ firm: {{}} }}\npeople: {{ kari: {{ {value} }}, per: {{}} }}\n{CASE}"
        );
        let lines = beside(&suite).lines();
        let short = lines
            .iter()
            .map(|line| format!("{} {}", &line[..6], line.split_once(' ').unwrap().1.split_once(' ').unwrap().1));
        short.collect::<Vec<String>>()
    };
    let good = [
        "birth_date: 1985-04-01, death_date: none",
        "death_date: 2020-01-01",
        "address: 'none'",
        "confidential: true",
        "children: -3",
        "leave: 1 day",
        "leave: 90 minutes",
        "seen: 2026-01-01T00:00:00Z",
        "consent: full",
        "parents: []",
        "parents: [per, kari]",
        "employer: firm",
        "employer: authority",
        "employer: demo.words.keeper",
    ];
    for value in good {
        assert_eq!(person(value), [""; 0], "{value}");
    }
    let bad = [
        ("birth_date: 1985-4-1", "FM0505 \"1985-4-1\" `1985-4-1` is no day"),
        ("birth_date: 0000-01-01", "FM0505 \"0000-01-01\" `0000-01-01` is not in the calendar"),
        ("birth_date: 1985-02-30", "FM0505 \"1985-02-30\" `1985-02-30` is not in the calendar"),
        ("birth_date: none", "FM0505 \"none\" `none` says that there is none, which the policies do not allow here"),
        ("birth_date:", "FM0505 \"\" nothing is written, which says nothing"),
        ("birth_date: [1985-04-01]", "FM0505 \"[1985-04-01\" a day is a text, not a list"),
        ("address: 17", "FM0505 \"17\" `17` is a number, where a text must stand"),
        ("address: true", "FM0505 \"true\" a yes or no stands where a text must"),
        ("confidential: no", "FM0505 \"no\" `no` is neither `true` nor `false`"),
        ("confidential: ja", "FM0505 \"ja\" `ja` is neither `true` nor `false`"),
        ("confidential: 'true'", "FM0505 \"'true'\" `true` is neither `true` nor `false`"),
        ("children: 1.5", "FM0505 \"1.5\" `1.5` is not a whole number"),
        ("children: '1'", "FM0505 \"'1'\" `1` is not a whole number"),
        ("children: 9007199254740992", "FM0505 \"9007199254740992\" `9007199254740992` is not a whole number"),
        ("leave: 2 fortnights", "FM0505 \"2 fortnights\" `2 fortnights` is no length of time"),
        ("leave: -1 days", "FM0505 \"-1 days\" `-1 days` is no length of time"),
        ("seen: 2026-01-01", "FM0505 \"2026-01-01\" `2026-01-01` does not say its offset from universal time"),
        ("consent: basics", "FM0505 \"basics\" `basics` is not a value of `consent_level`"),
        ("consent: 1", "FM0505 \"1\" `1` is not a value of `consent_level`"),
        ("parents: per", "FM0505 \"per\" `per` is not a list, each of it a person"),
        ("parents: [per, per]", "FM0506 \"per\" a member of a list stands twice"),
        ("parents: [firm]", "FM0505 \"firm\" `firm` is an organisation, not a person"),
        ("parents: [pur]", "FM0503 \"pur\" nobody is called `pur`"),
        ("employer: per", "FM0505 \"per\" `per` is a person, not an organisation"),
        ("birth_day: 1985-04-01", "FM0502 \"birth_day\" a person has no attribute `birth_day`"),
        ("birth_date: 1985-04-01, birth_date: 1985-04-01", "FM0506 \"birth_date\" the key `birth_date` stands twice"),
    ];
    for (value, line) in bad {
        assert_eq!(person(value), [line], "{value}");
    }
}

#[test]
fn records_and_things_have_theirs() {
    let cases = [
        ("records: { r1: { person: kari } }\n", "{\" a record lacks `register`"),
        ("records: { r1: { register: lookup } }\n", "lookup\" `lookup` is a service, and only registers have records"),
        ("records: { r1: { register: nrp } }\n", "nrp\" no service or register is called `nrp`"),
        ("records: { r1: { register: npr, kept: true } }\n", "kept\" a record has no attribute `kept`"),
        ("records: { r1: { register: npr, consent: yes } }\n", "yes\" `yes` is not `given` or `withdrawn`"),
        ("records: { r1: { register: kpr, ward: Nord } }\n", "ward\" a record has no attribute `ward`"),
        (
            "records: { r1: { register: npr, created: none } }\n",
            "none\" `none` says that there is none, which the policies do not allow here",
        ),
        ("records: [r1]\n", "[r1\" `records` is a map, not a list"),
        ("things: { aplication: { a1: {} } }\n", "aplication\" no entity is called `aplication`"),
        ("things: { application: { a1: { elements: [medicine] } } }\n", "medicine\" nothing has an element `medicine`"),
        ("things: { application: { a1: { by: nobody_here } } }\n", "nobody_here\" nobody is called `nobody_here`"),
        (
            "things: { application: { a1: {} }, demo.words.application: { a1: {} } }\n",
            "a1\" the name `a1` stands twice",
        ),
        (
            "delegations: [ { giver: kari, receiver: per, party: kari, package: insight, given: 2026-01-01, channel: letter } ]\n",
            "letter\" `letter` is not a value of `channel`",
        ),
        (
            "delegations: [ { giver: kari, receiver: per, party: kari, package: insight, given: 2026-01-01, chanel: form } ]\n",
            "chanel\" a delegation has no key `chanel`",
        ),
    ];
    for (lines, line) in cases {
        assert_eq!(found(lines), [line], "{lines}");
    }
}

#[test]
fn requests_say_what_can_be_asked() {
    let ask = |request: &str| {
        let suite = format!("{FACTS}cases:\n  - {{ name: x, request: {request}, expect: deny not-granted }}\n");
        let lines = beside(&suite).lines();
        let short = lines.iter().map(|line| format!("{} {}", &line[..6], line.split_once('"').unwrap().1));
        short.collect::<Vec<String>>()
    };
    let npr = "subject: per, action: disclose, on: npr";
    assert_eq!(
        ask(&format!(
            "{{ {npr}, context: {{ login: true, purpose: research, application: a1, earlier: {{ ward: Nord }} }}, record: r1, elements: [medical] }}"
        )),
        [""; 0]
    );
    assert_eq!(
        ask(&format!(
            "{{ {npr}, context: {{ application: {{ approved: true }} }}, record: {{ person: ola, need_ended: 2026-01-01 }} }}"
        )),
        [""; 0]
    );
    let cases = [
        (format!("{{ {npr}, context: {{ login: yes }} }}"), "FM0505 yes\" `yes` is neither `true` nor `false`"),
        (format!("{{ {npr}, context: {{ logon: true }} }}"), "FM0502 logon\" a context has no attribute `logon`"),
        (format!("{{ {npr}, context: {{ application: a2 }} }}"), "FM0503 a2\" no `application` is called `a2`"),
        (format!("{{ {npr}, context: true }}"), "FM0505 true\" a context is followed by a map, not by a yes or no"),
        (format!("{{ {npr}, record: r9 }}"), "FM0503 r9\" no record is called `r9`"),
        (format!("{{ {npr}, record: r2 }}"), "FM0509 r2\" `r2` is a record of `kpr`, not of `npr`"),
        (format!("{{ {npr}, record: {{ register: npr }} }}"), "FM0502 register\" a record has no attribute `register`"),
        (format!("{{ {npr}, elements: [medicine] }}"), "FM0509 medicine\" `npr` has no element `medicine`"),
        (format!("{{ {npr}, elements: [medical, medical] }}"), "FM0506 medical\" the element `medical` stands twice"),
        (format!("{{ {npr}, elements: [] }}"), "FM0509 [\" no element is asked for"),
        (
            "{ subject: per, action: disclose, on: kpr, elements: [medical] }".to_owned(),
            "FM0509 medical\" `kpr` has no element `medical`",
        ),
        (
            "{ action: list, on: lookup, record: r1 }".to_owned(),
            "FM0509 record\" `lookup` is a service, and has no records",
        ),
        (
            "{ subject: per, action: use, on: insight, context: { login: true } }".to_owned(),
            "FM0509 context\" a request on a package or an area has no `context`",
        ),
    ];
    for (request, line) in cases {
        assert_eq!(ask(&request), [line], "{request}");
    }
}

#[test]
fn cases_expect_what_is_owed_released_and_missing() {
    let context = "context: { purpose: research, application: a1 }";
    let suite = format!(
        "{FACTS}cases:
  - name: one element is handed out, and made anonymous
    request: {{ subject: per, action: disclose, on: npr, record: r1, elements: [medical], {context} }}
    expect: permit
    obligations: [log, {{ pseudonymise: {{ identifier: serial }}, elements: [medical] }}]
  - name: the next day, too
    at: 2026-03-02T12:00:00+01:00
    same: true
    expect: permit
  - name: until it is overdue
    at: 2026-03-17T12:00:00+01:00
    same: true
    expect: deny forbidden
    obligations: []
  - name: all elements
    request: {{ subject: per, action: disclose, on: npr, record: r1, {context} }}
    expect: deny not-granted
  - name: not for employment
    request: {{ subject: per, action: disclose, on: kpr, record: r2, context: {{ purpose: employment }} }}
    expect: deny forbidden
  - name: not to an insurer
    request: {{ subject: firm, action: disclose, on: kpr, record: r2, context: {{ purpose: research }} }}
    expect: deny forbidden
  - name: an unknown purpose
    request: {{ subject: per, action: disclose, on: kpr, record: r2 }}
    expect: deny undecidable
    missing: [context.purpose]
  - name: a parent sees some of it
    request: {{ subject: kari, party: ola, action: view, on: npr, record: r1 }}
    expect: permit
    released: [administrative, medical]
    obligations: [log]
  - name: until the child is sixteen
    at: 2031-06-01T00:00:00+02:00
    same: true
    expect: deny not-granted
tables:
  - name: of a child
    party: ola
    context: {{ purpose: research }}
    record: r1
    permits:
      kari: {{ lookup: [list], insight: [use], npr: [view] }}
      ola: {{ lookup: [list], insight: [use, delegate], npr: [view] }}
      per: {{ lookup: [list] }}
      firm: {{ lookup: [list] }}
"
    );
    let suites = beside(&suite);
    assert_eq!(suites.lines(), [""; 0]);
    for verdict in suites.run() {
        assert!(verdict.is_met(), "{verdict:#?}");
    }
}

#[test]
fn what_is_not_as_expected_is_told_side_by_side() {
    let suite = format!(
        "{FACTS}cases:
  - name: wrong
    request: {{ subject: per, action: disclose, on: npr, record: r1, elements: [medical], context: {{ purpose: research, application: a1 }} }}
    expect: permit
    obligations: [pseudonymise: {{ identifier: name }}]
    released: [medical]
  - name: missing
    request: {{ subject: per, action: disclose, on: kpr, record: r2 }}
    expect: deny undecidable
    missing: [record.consent, role leader]
"
    );
    let suites = beside(&suite);
    assert_eq!(suites.lines(), [""; 0]);
    let told: Vec<(String, String)> = suites
        .run()
        .into_iter()
        .flat_map(|verdict| verdict.differences)
        .map(|difference| (difference.expected, difference.got))
        .collect();
    let pair = |one: &str, two: &str| (one.to_owned(), two.to_owned());
    assert_eq!(
        told,
        [
            pair(
                "permit, obligation: pseudonymise(identifier: name), released element: medical",
                "permit, obligation: log; pseudonymise(identifier: serial), no released element"
            ),
            pair(
                "deny undecidable, missing fact: record.consent; role leader",
                "deny undecidable, missing fact: context.purpose"
            ),
        ]
    );
}

/// What is known of a basis is so, whatever its open part will be; for anything else that part stands in the way.
#[test]
fn a_basis_may_be_open_in_part() {
    let module = "module w\norganisation own \"Own\"\nenum purpose = care\n\
        register r \"R\" {\n  about \"a\"\n  controller own\n  basis law \"Act\", undecided \"which\"\n  data personal\n  purposes care\n\
          retain forever\n  action known \"K\"\n  action open \"O\"\n\
          permit known to self when law \"Act\" in resource.basis\n  permit open to self when gdpr 6(1)(e) in resource.basis\n}\n";
    let suite = "clock: 2026-03-01T12:00:00+01:00\npeople: { kari: {} }\ncases:\n\
        - { name: known, request: { subject: kari, action: known, on: r }, expect: permit }\n\
        - { name: open, request: { subject: kari, action: open, on: r }, expect: deny undecidable, missing: [undecided w.r basis] }\n";
    let suites = Suites::of(&[("w.fmk".into(), module.into()), ("w.test.yaml".into(), suite.into())]);
    assert_eq!(suites.lines(), Vec::<String>::new());
    let verdicts = suites.run();
    let told: Vec<(bool, &[_])> = verdicts.iter().map(|verdict| (verdict.is_met(), &*verdict.differences)).collect();
    assert_eq!(told, [(true, &[][..]); 2]);
}

#[test]
fn expectations_that_cannot_be_are_found() {
    let of = |lines: &str| {
        let suite = format!("{FACTS}cases:\n  - name: x\n    request: {{ action: list, on: lookup }}\n{lines}");
        let lines = beside(&suite).lines();
        let short = lines.iter().map(|line| format!("{} {}", &line[..6], line.split_once('"').unwrap().1));
        short.collect::<Vec<String>>()
    };
    let cases = [
        (
            "    expect: permit\n    missing: [party.birth_date]\n",
            "FM0505 missing\" only a denial that is undecidable names what was missing",
        ),
        ("    expect: deny forbidden\n    released: [medical]\n", "FM0505 released\" only a permit releases elements"),
        ("    expect: permit\n    obligations: [lag]\n", "FM0503 lag\" no obligation is called `lag`"),
        (
            "    expect: permit\n    obligations: [pseudonymise]\n",
            "FM0508 pseudonymise\" `pseudonymise` is said with its `identifier`",
        ),
        (
            "    expect: permit\n    obligations: [pseudonymise: { identifier: number }]\n",
            "FM0505 number\" `number` is not a value of `identifier_kind`",
        ),
        ("    expect: permit\n    obligations: [log: { a: 1 }]\n", "FM0502 a\" the obligation has no attribute `a`"),
        ("    expect: permit\n    obligations: [log, log]\n", "FM0506 log\" an obligation stands twice"),
        (
            "    expect: deny undecidable\n    missing: [birth date of the party]\n",
            "FM0505 birth date of the party\" `birth date of the party` names nothing that can be missing",
        ),
    ];
    for (lines, line) in cases {
        assert_eq!(of(lines), [line], "{lines}");
    }
}

//! Bad input: suites, facts and requests of every wrong kind. Each is one finding with a place in the file that is wrong, nothing is
//! decided, and no other finding hides behind it. One row a kind.

use crate::cli::fullmakt;
use crate::scratch::Scratch;
use fullmakt::project::Project;

const MODULE: &str = r#"module letters

organisation population_register "The population register"

entity person { birth_date date, confidential bool, children integer, address string, friends set of person, seen datetime, absence duration or none, consent consent_level }
enum consent_level = no_consent < basis < full
entity context { login bool }

role guardian "Guardian" {
  from  population_register
  held  by person for person
}
role doctor "Doctor" {
  from  population_register
  held  by person
}

package insight "Insight in letters" {
  about      "Reading the letters that somebody got."
  for        person
  delegable  to person
  services   yes
  data       personal
  grant to self
  grant use to guardian
}

service letters "Letters" {
  data  personal
  elements  dates, texts
  action read "Read the letters"
  permit read requires insight when context.login
}
"#;

const FACTS: &str = "people:
  kari: { birth_date: 1985-04-01 }
  ola: {}
roles:
  - { subject: kari, role: guardian, party: ola }
";

/// A file of facts and what is found in it.
fn facts() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let person = |attribute: &str| FACTS.replace("birth_date: 1985-04-01", attribute).into_bytes();
    let role = |fact: &str| format!("{FACTS}  - {fact}\n").into_bytes();
    let given = |fact: &str| format!("{FACTS}delegations:\n  - {{ {fact} }}\n").into_bytes();
    let text = |text: &str| text.as_bytes().to_vec();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(FACTS.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin1 = FACTS.replace("kari", "kåri").chars().map(|letter| letter as u8).collect();
    vec![
        ("UTF-16", utf16, "FM0102 1:1"),
        ("Latin-1", latin1, "FM0102 2:4"),
        ("a zero byte", text("people: { kari\u{0}: {} }\n"), "FM0501 1:15"),
        ("a tab", text("people:\n\tkari: {}\n"), "FM0501 2:2"),
        ("truncated in a map", text("people: { kari: {"), "FM0501 1:17"),
        ("truncated in a text", text("people: { kari: { address: \"Storg"), "FM0501 1:28"),
        ("an anchor", text("people: { kari: &one {} }\n"), "FM0510 1:17"),
        ("an alias", text("people: { kari: &one {}, ola: *one }\n"), "FM0510 1:17"),
        ("a merge", text("people: { kari: { <<: { birth_date: 1985-04-01 } } }\n"), "FM0502 1:19"),
        ("a tag", text("people: !register { kari: {} }\n"), "FM0501 1:19"),
        ("a tag of what is a map anyway", text("people: !map { kari: {} }\n"), "FM0501 1:14"),
        ("a tag of the language itself", text("people: { kari: !!map {} }\n"), "FM0501 1:23"),
        ("a tag of a text", person("address: !!str Storgata"), "FM0501 2:26"),
        ("a tag of a key", text("people: { !!str kari: {} }\n"), "FM0501 1:17"),
        ("a tag that says nothing", person("address: ! Storgata"), "FM0501 2:22"),
        ("two documents", text("people: {}\n---\npeople: {}\n"), "FM0501 3:1"),
        ("a text", text("people\n"), "FM0505 1:1"),
        ("a list", text("- people\n"), "FM0505 1:1"),
        ("a key nobody knows", text("peple: {}\n"), "FM0502 1:1"),
        ("a key twice", text("people: {}\npeople: {}\n"), "FM0506 2:1"),
        ("a key that is a list", text("people: { [a]: {} }\n"), "FM0505 1:11"),
        ("people as a list", text("people: [kari]\n"), "FM0505 1:9"),
        ("somebody twice", text("people: { kari: {}, kari: {} }\n"), "FM0506 1:21"),
        ("somebody twice, as two kinds", text("people: { kari: {} }\norganisations: { kari: {} }\n"), "FM0506 2:18"),
        ("somebody who is a text", text("people: { kari: yes }\n"), "FM0505 1:17"),
        ("`no` for a truth", person("confidential: no"), "FM0505 2:25"),
        ("`ja` for a truth", person("confidential: ja"), "FM0505 2:25"),
        ("0 for a truth", person("confidential: 0"), "FM0505 2:25"),
        ("a text for a number", person("children: \"2\""), "FM0505 2:21"),
        ("a half for a number", person("children: 2.5"), "FM0505 2:21"),
        ("a number too large", person("children: 99999999999999999999"), "FM0505 2:21"),
        ("infinity", person("children: .inf"), "FM0505 2:21"),
        ("a number for a text", person("address: 12"), "FM0505 2:20"),
        ("a truth for a text", person("address: true"), "FM0505 2:20"),
        ("nothing for a text", person("address:"), "FM0505 2:"),
        ("a day that is none", person("birth_date: 2023-02-29"), "FM0505 2:23"),
        ("a day as people say it", person("birth_date: 1.4.1985"), "FM0505 2:23"),
        ("a moment for a day", person("birth_date: 1985-04-01T00:00:00+01:00"), "FM0505 2:23"),
        ("the year 0", person("birth_date: 0000-01-01"), "FM0505 2:23"),
        ("a day for a moment", person("seen: 2026-03-01"), "FM0505 2:17"),
        ("a moment without its offset", person("seen: 2026-03-01T12:00:00"), "FM0505 2:17"),
        ("a length without a unit", person("absence: 30"), "FM0505 2:20"),
        ("a length of another unit", person("absence: 2 weeks"), "FM0505 2:20"),
        ("`none` where there is one", person("birth_date: none"), "FM0505 2:23"),
        ("no value of the enum", person("consent: baisis"), "FM0505 2:20"),
        ("a text for a set", person("friends: ola"), "FM0505 2:20"),
        ("nobody among a set", person("friends: [olo]"), "FM0503 2:21"),
        ("somebody twice in a set", person("friends: [ola, ola]"), "FM0506 2:26"),
        ("an attribute nobody declares", person("shoe_size: 41"), "FM0502 2:11"),
        ("a role nobody declares", role("{ subject: kari, role: gardian, party: ola }"), "FM0503 6:28"),
        ("nobody for a subject", role("{ subject: kair, role: guardian, party: ola }"), "FM0503 6:16"),
        ("a status with a party", role("{ subject: kari, role: doctor, party: ola }"), "FM0504 6:36"),
        ("a role without its party", role("{ subject: kari, role: guardian }"), "FM0504 6:28"),
        (
            "a period that is none",
            role("{ subject: kari, role: guardian, party: ola, from: 2026-01-02, before: 2026-01-01 }"),
            "FM0504 6:76",
        ),
        ("a role fact that is a text", role("kari"), "FM0505 6:5"),
        ("a role fact of two lists", role("{ subject: [kari, ola], role: guardian, party: ola }"), "FM0505 6:16"),
        (
            "a package nobody declares",
            given("giver: kari, receiver: ola, party: kari, package: insigt, given: 2026-01-01"),
            "FM0503 7:57",
        ),
        (
            "a delegation without its day",
            given("giver: kari, receiver: ola, party: kari, package: insight"),
            "FM0508 7:5",
        ),
        (
            "a delegation to its giver",
            given("giver: kari, receiver: kari, party: kari, package: insight, given: 2026-01-01"),
            "FM0504 7:30",
        ),
        (
            "withdrawn on a day",
            given(
                "giver: kari, receiver: ola, party: kari, package: insight, given: 2026-01-01, withdrawn: 2026-02-01",
            ),
            "FM0505 7:96",
        ),
        ("out of reach is a text", text("out_of_reach: population_register\n"), "FM0505 1:15"),
        ("out of reach is nobody", text("out_of_reach: [registry]\n"), "FM0503 1:16"),
        ("another format", text("format: 2\n"), "FM0505 1:9"),
    ]
}

/// Errors of a run as `code file:line:column`, and how many requests were decided.
fn run(scratch: &Scratch) -> (Vec<String>, usize) {
    let mut project = Project::read(&[scratch.at("policies")]);
    project.judge(jiff::civil::date(2026, 3, 1));
    let verdicts = project.run(&Default::default());
    let errors = project.findings.iter().filter(|finding| finding.is_error());
    let lines = errors.map(|finding| {
        let source = project.sources.get(finding.place.source).unwrap();
        assert!(finding.place.span.end as usize <= source.text().len(), "a place in the text");
        let at = source.position(finding.place.span.start);
        let file = source.name().rsplit('/').next().unwrap().to_owned();
        format!("{} {file} {}:{}", finding.code.number, at.line, at.column)
    });
    (lines.collect(), verdicts.iter().map(|verdict| verdict.decided).sum())
}

const SUITE: &str = "use: [all.facts.yaml]
clock: 2026-03-01T12:00:00+01:00
cases:
  - { name: a, request: { subject: kari, party: ola, action: read, on: letters, context: { login: true } }, expect: permit }
";

fn project(name: &str, facts: &[u8], suite: &[u8]) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("policies/letters.fmk", MODULE);
    scratch.file("policies/all.facts.yaml", facts);
    scratch.file("policies/letters.test.yaml", suite);
    scratch
}

#[test]
fn facts_of_every_wrong_kind() {
    assert_eq!(
        run(&project("bad_facts_of_suites", FACTS.as_bytes(), SUITE.as_bytes())),
        (Vec::new(), 1),
        "what is changed below is right"
    );
    let mut wrong = String::new();
    for (what, bytes, expected) in facts() {
        // The suite names people that a value of the wrong form may have lost: that they are nobody is found besides.
        let (found, decided) = run(&project("bad_facts_of_suites", &bytes, SUITE.as_bytes()));
        let (code, at) = expected.split_once(' ').unwrap();
        let begin = format!("{code} all.facts.yaml {at}");
        let own: Vec<&String> = found.iter().filter(|line| line.contains("all.facts.yaml")).collect();
        let is_text = matches!(code, "FM0501" | "FM0102" | "FM0510");
        if own.len() != 1 || !own[0].starts_with(&begin) || decided > 0 || (is_text && found.len() > 1) {
            wrong.push_str(&format!("{what}: not {begin} and nothing decided, but {found:?} and {decided}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_same_facts_beside_a_request() {
    let scratch = Scratch::new("bad_facts");
    scratch.file("policies/letters.fmk", MODULE);
    scratch.file(
        "request.yaml",
        "{ at: 2026-03-01T12:00:00+01:00, subject: kari, party: ola, action: read, on: letters }\n",
    );
    for (what, bytes, expected) in facts().into_iter().step_by(7) {
        scratch.file("facts.yaml", bytes);
        let decided =
            fullmakt(scratch.path(), &["decide", "--facts", "facts.yaml", "--request", "request.yaml", "policies"]);
        let (code, at) = expected.split_once(' ').unwrap();
        assert!(
            decided.code == 3 && decided.out.is_empty() && decided.err.contains(code),
            "{what}: {}{}",
            decided.err,
            decided.out
        );
        let drawn = decided.err.contains(&format!("facts.yaml:{at}"));
        assert!(drawn, "{what} at {at}: {}", decided.err);
    }
}

#[test]
fn requests_of_every_wrong_kind() {
    let whole = "subject: kari, party: ola, action: read, on: letters";
    let mut wrong = String::new();
    for (what, request, expected) in [
        ("a text", "read", "FM0505 5:25"),
        ("a list", "[read]", "FM0505 5:25"),
        ("nothing", "", "FM0505 5:"),
        ("no resource", "{ action: read }", "FM0508 5:25"),
        ("no action", "{ subject: kari, on: letters }", "FM0508 5:25"),
        ("a key nobody knows", &format!("{{ {whole}, of: dates }}"), "FM0502 5:81"),
        ("a key twice", &format!("{{ {whole}, on: letters }}"), "FM0506 5:81"),
        ("a subject that is a list", "{ subject: [kari], action: read, on: letters }", "FM0505 5:36"),
        ("a subject that is nothing", "{ subject: , action: read, on: letters }", "FM0505 5:"),
        ("nobody", "{ subject: kair, action: read, on: letters }", "FM0503 5:36"),
        ("no action of it", "{ subject: kari, action: raed, on: letters }", "FM0509 5:50"),
        ("a role", "{ subject: kari, action: read, on: guardian }", "FM0503 5:60"),
        ("a receiver", &format!("{{ {whole}, to: ola }}"), "FM0509 5:81"),
        ("no element of it", &format!("{{ {whole}, elements: [dats] }}"), "FM0509 5:92"),
        ("an element twice", &format!("{{ {whole}, elements: [dates, dates] }}"), "FM0506 5:99"),
        ("no elements", &format!("{{ {whole}, elements: [] }}"), "FM0509 5:91"),
        ("a record of a service", &format!("{{ {whole}, record: r1 }}"), "FM0509 5:81"),
        ("a context that is a list", &format!("{{ {whole}, context: [login] }}"), "FM0505 5:90"),
        ("a context of another type", &format!("{{ {whole}, context: {{ login: ja }} }}"), "FM0505 5:99"),
        ("a context nobody declares", &format!("{{ {whole}, context: {{ logn: true }} }}"), "FM0502 5:92"),
        ("a moment that is a day", &format!("{{ at: 2026-03-01, {whole} }}"), "FM0505 5:31"),
        ("a moment that is a number", &format!("{{ at: 20260301, {whole} }}"), "FM0505 5:31"),
        ("a moment of no hour", &format!("{{ at: 2026-03-01T25:00:00+01:00, {whole} }}"), "FM0505 5:31"),
    ] {
        let suite = format!("{SUITE}  - {{ name: b, request: {request}, expect: deny not-granted }}\n");
        let (found, decided) = run(&project("bad_requests", FACTS.as_bytes(), suite.as_bytes()));
        let begin = expected.replacen(' ', " letters.test.yaml ", 1);
        if found.len() != 1 || !found[0].starts_with(&begin) || decided > 0 {
            wrong.push_str(&format!("{what}: not {begin} and nothing decided, but {found:?} and {decided}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    for suite in [format!("\u{feff}{SUITE}"), SUITE.replace('\n', "\r\n")] {
        assert_eq!(run(&project("byte_order_mark", FACTS.as_bytes(), suite.as_bytes())), (Vec::new(), 1));
    }
}

#[test]
fn a_suite_cut_off_anywhere_is_found_or_whole() {
    let json = "{\"clock\": \"2026-03-01T12:00:00+01:00\", \"people\": {\"kari\": {}}, \"cases\": [{\"name\": \"å\", \"request\": {\"subject\": \"kari\", \"action\": \"read\", \"on\": \"letters\", \"context\": {\"login\": true}}, \"expect\": \"permit\"}]}";
    let scratch = Scratch::new("cut_off");
    scratch.file("policies/letters.fmk", MODULE);
    scratch.file("policies/letters.test.yaml", json);
    assert_eq!(run(&scratch), (Vec::new(), 1));
    for end in (0..json.len()).step_by(3) {
        scratch.file("policies/letters.test.yaml", &json.as_bytes()[..end]);
        let (found, decided) = run(&scratch);
        assert!(!found.is_empty() && decided == 0, "cut at {end}: {found:?}");
    }
}

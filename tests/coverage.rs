//! Coverage of small modules, worked out by hand; the example of docs/coverage.md; what holds of it for generated policies; and that
//! its reports can be read by those that they are for.

mod reports;

use crate::cli::fullmakt;
use crate::generated::generate::{self, Dice, world};
use crate::scratch::Scratch;
use crate::suites::Suites;
use fullmakt::decide::{Asked, Cause, Decider, Effect, Index, Request};
use fullmakt::facts::Facts;
use fullmakt::harness::Tried;
use fullmakt::harness::coverage::{
    Aspect, Coverage, Kind, Question, Threshold, html, json, lcov, measure, of_requests, text,
};
use fullmakt::source::{Place, SourceId, Sources, Span};
use fullmakt::words::Speaker;
use std::collections::{BTreeMap, BTreeSet};

fn suites(module: &str, suite: &str) -> Suites {
    let name = module.lines().find_map(|line| line.strip_prefix("module ")).unwrap();
    let suites =
        Suites::of(&[(format!("{name}.test.yaml"), suite.to_owned()), (format!("{name}.fmk"), module.to_owned())]);
    assert_eq!(suites.lines(), Vec::<String>::new());
    let wrong: Vec<_> = suites.run().into_iter().filter(|verdict| !verdict.is_met()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    suites
}

fn measured(suites: &Suites) -> Coverage {
    let (bundle, origins) = suites.compiled.bundle.as_ref().unwrap();
    measure(&suites.read, &Speaker::new(bundle, Some(origins)), &suites.sources)
}

/// `line:column text | aspect: who showed it`, a line a point, of these kinds.
fn points(coverage: &Coverage, kinds: &[Kind]) -> Vec<String> {
    assert_eq!(coverage.unforeseen, Vec::<String>::new());
    let mut lines = Vec::new();
    for item in coverage.items().filter(|item| kinds.contains(&item.kind)) {
        let at = item.place.as_ref().unwrap().position;
        for point in &item.points {
            let by: Vec<&str> = point.shown.iter().map(|shown| &*shown.name).collect();
            let by = if by.is_empty() { "-".to_owned() } else { by.join(" + ") };
            lines.push(format!("{}:{} {} | {}: {by}", at.line, at.column, item.text, point.aspect.word()));
        }
    }
    lines
}

/// The fenced blocks of the page, by their language.
fn page() -> BTreeMap<&'static str, String> {
    let mut blocks = BTreeMap::new();
    let mut parts = include_str!("../docs/coverage.md").split("```");
    while let (Some(_), Some(block)) = (parts.next(), parts.next()) {
        let (language, text) = block.split_once('\n').unwrap();
        assert_eq!(blocks.insert(language, text.to_owned()), None, "two blocks of {language}");
    }
    blocks
}

#[test]
fn the_example_of_the_page_is_as_it_says() {
    let page = page();
    let suites = suites(&page["fmk"], &page["yaml"]);
    let coverage = measured(&suites);
    assert_eq!(text::text(&coverage), page["text"]);
    assert_eq!((coverage.figures().all().covered, coverage.figures().all().of), (26, 31));
    assert_eq!(
        points(&coverage, &[Kind::Grants, Kind::Delegability, Kind::Mcdc, Kind::Rules, Kind::Obligations]),
        [
            "23:3 delegable to person and onward when delegation.signed | admitted: who received it, signed",
            "23:3 delegable to person and onward when delegation.signed | refused: who received it, not signed",
            "23:3 delegable to person and onward when delegation.signed | onward: -",
            "25:3 grant to self | carried: one's own card",
            "25:3 grant to self | not-by-it: a guardian of a child",
            "25:3 grant to self | carried: who received it, signed",
            "25:3 grant to self | not-by-it: -",
            "26:3 grant use to guardian when minor | carried: a guardian of a child",
            "26:3 grant use to guardian when minor | not-by-it: one's own card",
            "30:3 oblige log | owed: one's own card",
            "31:3 permit show requires borrowing when context.login and not party.blocked oblige notify | applied: one's own card",
            "31:3 permit show requires borrowing when context.login and not party.blocked oblige notify | not-applied: not without login",
            "31:3 permit show requires borrowing when context.login and not party.blocked oblige notify | unknown: nobody knows how old",
            "31:3 oblige notify | owed: one's own card",
            "32:10 context.login | alone: one's own card + not without login",
            "32:32 party.blocked | alone: not who is blocked + one's own card",
        ]
    );
    // «no guardian of a grown-up» does not hold the package: the condition of the permit is not asked there.
    let login = coverage.items().find(|item| item.kind == Kind::Atoms && item.text == "context.login").unwrap();
    let times: Vec<u64> = login.points.iter().map(|point| point.times).collect();
    assert_eq!(times, [5, 1, 0]);
}

const SWITCHES: &str = "module m
entity context { a bool  b bool  c bool }
service s \"S\" {
  action do \"Do\"
  permit do to anyone
    when context.a and (context.b or not context.c)
}
";

/// A suite of one case for each triple: `tf?` is true, false, missing.
fn switched(cases: &[(&str, &str)]) -> Coverage {
    let mut text = "clock: 2026-03-01T12:00:00+01:00\ncases:\n".to_owned();
    for (letters, expected) in cases {
        let said = "abc".chars().zip(letters.chars()).filter(|(_, letter)| *letter != '?');
        let said: Vec<String> = said.map(|(name, letter)| format!("{name}: {}", letter == 't')).collect();
        text.push_str(&format!(
            "  - name: {letters}\n    request: {{ action: do, on: s, context: {{ {} }} }}\n    expect: {expected}\n",
            said.join(", ")
        ));
    }
    measured(&suites(SWITCHES, &text))
}

fn alone(coverage: &Coverage) -> Vec<String> {
    points(coverage, &[Kind::Mcdc]).iter().map(|line| line.split_once("alone: ").unwrap().1.to_owned()).collect()
}

/// Whether an atom is masked, through `and`, `or` and `not`, in three values.
#[test]
fn pairs_for_masking_mcdc() {
    // ttt: a and b decide, c is masked by b. ftf: a decides (c differs, but b masks it). tft: b decides, and c.
    let three = [("ttt", "permit"), ("ftf", "deny not-granted"), ("tft", "deny not-granted")];
    assert_eq!(alone(&switched(&three)), ["ttt + ftf", "ttt + tft", "-"]);
    // c false and not masked: a and c decide.
    let four = [&three[..], &[("tff", "permit")]].concat();
    assert_eq!(alone(&switched(&four)), ["ttt + ftf", "ttt + tft", "tft + tff"]);
    // Where the whole is unknown, or would be with the atom the other way round, nothing decides alone: here c and b are unknown.
    let unknown =
        [("ttt", "permit"), ("tf?", "deny undecidable"), ("f?t", "deny not-granted"), ("?tt", "deny undecidable")];
    let coverage = switched(&unknown);
    assert_eq!(alone(&coverage), ["-", "-", "-"]);
    assert_eq!(
        points(&coverage, &[Kind::Atoms]),
        [
            "6:10 context.a | true: ttt",
            "6:10 context.a | false: f?t",
            "6:10 context.a | unknown: ?tt",
            "6:25 context.b | true: ttt",
            "6:25 context.b | false: tf?",
            "6:25 context.b | unknown: f?t",
            "6:42 context.c | true: ttt",
            "6:42 context.c | false: -",
            "6:42 context.c | unknown: tf?",
        ]
    );
    // f?f: b is unknown, yet c alone makes what stands in parentheses so; a alone keeps the whole from it.
    let masked = [("ttt", "permit"), ("f?f", "deny not-granted")];
    assert_eq!(alone(&switched(&masked)), ["ttt + f?f", "-", "-"]);
    // What is true and false, but never while it decides, is no pair: a is true where the rest is false, false where it is so.
    let beside = [("tft", "deny not-granted"), ("ftt", "deny not-granted")];
    assert_eq!(alone(&switched(&beside)), ["-", "-", "-"]);
}

const HOME: &str = r#"module home
organisation registry "The registry"
obligation log
obligation explain
entity person { birth_date date  friends set of person  banned bool }
enum purpose = care, research

role guardian "Guardian" {
  from registry
  held by person for person
}
role friend "Friend" { held by person for person }

condition young = today < party.birth_date + 16 years
condition nobody_asks = today < party.birth_date

area homes "Homes" {
  delegable to person
  services yes
  package care "Care" {
    about "Care."
    for person
    delegable to friend and onward
    delegable to organisation
    services yes
    data personal
    grant to self when not young
    grant use to guardian when young
    grant to friend undecided "what friends may do"
  }
}

register notes "Notes" {
  about "Notes."
  elements  plain, secret
  data      personal
  controller registry
  basis     gdpr 6(1)(a)
  purposes  care
  retain    forever
  action read "Read" partial
  permit read of plain requires care
  permit read of secret to self
    when any(x in party.friends: x.banned or x == subject)
}
policy rights for notes {
  any action oblige log
  forbid read of secret when record.consent != given oblige explain
}
"#;

const HOME_SUITE: &str = "\
clock: 2026-03-01T12:00:00+01:00
people:
  kari: { birth_date: 1980-01-01, friends: [per] }
  ola:  { birth_date: 2015-01-01 }
  per:  { banned: true }
  nils: { banned: false, friends: [nina] }
  nina: {}
  lars: { banned: false, friends: [lars] }
  eva:  { friends: [nils] }
organisations: { lab: {} }
roles:
  - { subject: kari, role: guardian, party: ola }
  - { subject: per, role: friend, party: kari }
  - { subject: nils, role: friend, party: kari }
  - { subject: nina, role: friend, party: nils }
delegations:
  - { giver: kari, receiver: per, party: kari, area: homes, given: 2026-02-01 }
  - { giver: kari, receiver: nils, party: kari, package: care, given: 2026-02-01 }
  - { giver: nils, receiver: nina, party: kari, package: care, given: 2026-02-01 }
cases:
  - name: own
    request: { subject: kari, action: read, on: notes, elements: [plain], record: { consent: given } }
    expect: permit
  - name: by the area
    request: { subject: per, party: kari, action: read, on: notes, elements: [plain] }
    expect: permit
  - name: passed on
    request: { subject: nina, party: kari, action: read, on: notes, elements: [plain] }
    expect: permit
  - name: to the lab
    request: { subject: kari, action: delegate, on: care, to: lab }
    expect: permit
  - name: the area to the lab
    request: { subject: kari, action: delegate, on: homes, to: lab }
    expect: deny not-granted
  - name: a stranger
    request: { subject: eva, party: ola, action: read, on: notes, elements: [plain] }
    expect: deny not-granted
  - name: a child
    request: { subject: ola, action: read, on: notes, elements: [plain] }
    expect: deny not-granted
  - name: a guardian
    request: { subject: kari, party: ola, action: read, on: notes, elements: [plain] }
    expect: permit
  - name: banned friend
    request: { subject: kari, action: read, on: notes, elements: [secret], record: { consent: given } }
    expect: permit
  - name: withdrawn
    request: { subject: kari, action: read, on: notes, elements: [secret], record: { consent: withdrawn } }
    expect: deny forbidden
  - name: unsaid
    request: { subject: kari, action: read, on: notes, elements: [secret] }
    expect: deny undecidable
  - name: own friend
    request: { subject: lars, action: read, on: notes, elements: [secret], record: { consent: given } }
    expect: permit
  - name: good friend
    request: { subject: eva, action: read, on: notes, elements: [secret], record: { consent: given } }
    expect: deny not-granted
  - name: unknown friend
    request: { subject: nils, action: read, on: notes, elements: [secret], record: { consent: given } }
    expect: deny undecidable
";

#[test]
fn each_sort_of_thing_worked_out_by_hand() {
    let coverage = measured(&suites(HOME, HOME_SUITE));
    assert_eq!(
        points(&coverage, &Kind::ALL),
        [
            "14:19 today < party.birth_date + 16 years | true: a child",
            "14:19 today < party.birth_date + 16 years | false: own",
            "14:19 today < party.birth_date + 16 years | unknown: -",
            "18:3 delegable to person | admitted: by the area",
            "18:3 delegable to person | refused: the area to the lab",
            "23:5 delegable to friend and onward | admitted: by the area",
            "23:5 delegable to friend and onward | refused: to the lab",
            "23:5 delegable to friend and onward | onward: passed on",
            "24:5 delegable to organisation | admitted: to the lab",
            "24:5 delegable to organisation | refused: by the area",
            "27:5 grant to self when not young | carried: own",
            "27:5 grant to self when not young | not-by-it: by the area",
            "27:5 grant to self when not young | carried: by the area",
            "27:5 grant to self when not young | not-by-it: -",
            "27:28 young | true: a child",
            "27:28 young | false: own",
            "27:28 young | unknown: -",
            "28:5 grant use to guardian when young | carried: a guardian",
            "28:5 grant use to guardian when young | not-by-it: own",
            "28:32 young | true: a guardian",
            "28:32 young | false: -",
            "28:32 young | unknown: -",
            "42:3 permit read of plain requires care | applied: own",
            "42:3 permit read of plain requires care | not-applied: a stranger",
            "42:3 permit read of plain requires care | unknown: -",
            "43:3 permit read of secret to self when any(x in party.friends: x.banned or x == subject) | applied: banned friend",
            "43:3 permit read of secret to self when any(x in party.friends: x.banned or x == subject) | not-applied: own",
            "43:3 permit read of secret to self when any(x in party.friends: x.banned or x == subject) | unknown: unknown friend",
            "44:10 any(x in party.friends: x.banned or x == subject) | true: banned friend",
            "44:10 any(x in party.friends: x.banned or x == subject) | false: good friend",
            "44:10 any(x in party.friends: x.banned or x == subject) | unknown: unknown friend",
            "44:34 x.banned | true: banned friend",
            "44:34 x.banned | false: own friend",
            "44:34 x.banned | unknown: unknown friend",
            "44:34 x.banned | alone: banned friend + good friend",
            "44:46 x == subject | true: own friend",
            "44:46 x == subject | false: banned friend",
            "44:46 x == subject | alone: own friend + good friend",
            "47:3 oblige log | owed: own",
            "48:3 forbid read of secret when record.consent != given oblige explain | applied: withdrawn",
            "48:3 forbid read of secret when record.consent != given oblige explain | not-applied: own",
            "48:3 forbid read of secret when record.consent != given oblige explain | unknown: unsaid",
            "48:3 oblige explain | owed: withdrawn",
            "48:30 record.consent != given | true: withdrawn",
            "48:30 record.consent != given | false: banned friend",
            "48:30 record.consent != given | unknown: unsaid",
        ]
    );
    let figure = |kind: Kind| {
        let figure = coverage.figures().kind(kind);
        (figure.covered, figure.of)
    };
    assert_eq!(Kind::ALL.map(figure), [(5, 6), (8, 9), (16, 20), (2, 2), (7, 7), (2, 2)]);
}

const SHARED: &str = r#"module shared
obligation log
entity context { login bool }
role manager "Manager" { held by person for organisation }
role clerk "Clerk" { held by person for organisation }
group staff = manager, clerk
action read "Read" oblige log
package p "P" {
  about "P."
  for organisation
  delegable no
  services yes
  grant to staff when party is organisation
}
service a "A" {
  action write "Write"
  permit read, write to staff when context.login
}
service b "B" {
  permit read requires p
}
"#;

/// What stands once is counted once: the condition of four rules and of two grants, the obligation of a shared action.
#[test]
fn what_stands_once_is_counted_once() {
    let suite = "clock: 2026-03-01T12:00:00+01:00
people: { kari: {}, per: {} }
organisations: { clinic: {} }
roles:
  - { subject: kari, role: manager, party: clinic }
  - { subject: per, role: clerk, party: clinic }
cases:
  - { name: kari, request: { subject: kari, party: clinic, action: write, on: a, context: { login: true } }, expect: permit }
  - { name: per, request: { subject: per, party: clinic, action: read, on: a, context: { login: false } }, expect: deny not-granted }
  - { name: both, request: { subject: per, party: clinic, action: read, on: b }, expect: permit, obligations: [log] }
";
    let coverage = measured(&suites(SHARED, suite));
    assert_eq!(
        points(&coverage, &[Kind::Grants, Kind::Atoms, Kind::Obligations]),
        [
            "7:1 oblige log | owed: both",
            "13:3 grant to clerk when party is organisation | carried: both",
            "13:3 grant to clerk when party is organisation | not-by-it: -",
            "13:3 grant to manager when party is organisation | carried: -",
            "13:3 grant to manager when party is organisation | not-by-it: both",
            "13:23 party is organisation | true: both",
            "13:23 party is organisation | false: -",
            "17:36 context.login | true: kari",
            "17:36 context.login | false: per",
            "17:36 context.login | unknown: -",
        ]
    );
    let within: Vec<&str> = coverage.items().filter_map(|item| item.within.as_deref()).collect();
    assert!(within.contains(&"in grant to clerk of p and 1 more"), "{within:?}");
    // Four rules, each applied or not; none of them, nor the one over b, can be unknown for want of a register.
    assert_eq!(coverage.figures().kind(Kind::Rules).of, 4 * 3 + 2);
}

/// What is so of a bystander shows nothing: nobody asks what kari, who is a guardian, could do.
#[test]
fn the_condition_of_a_grant_is_asked_of_those_alone_who_could_matter() {
    let world = "clock: 2026-03-01T12:00:00+01:00
people: { kari: {}, ola: { birth_date: 2015-01-01 }, nina: {} }
roles: [ { subject: kari, role: guardian, party: ola } ]
cases:
";
    let young = |case: &str| {
        let coverage = measured(&suites(HOME, &format!("{world}{case}")));
        let in_grant = |item: &&fullmakt::harness::coverage::Item| {
            item.within.as_deref() == Some("in grant use to guardian of care")
        };
        coverage.items().filter(in_grant).map(|item| item.asked).collect::<Vec<_>>()
    };
    let bystander = "  - name: nina\n    request: { subject: nina, party: ola, action: use, on: care }\n    expect: deny not-granted\n";
    assert_eq!(young(bystander), [false]);
    let herself =
        "  - name: kari\n    request: { subject: kari, party: ola, action: use, on: care }\n    expect: permit\n";
    assert_eq!(young(herself), [true]);
}

/// The world, and each of these cases of `HOME_SUITE`.
fn home_of(wanted: impl Fn(usize) -> bool) -> Option<Coverage> {
    let (world, cases) = HOME_SUITE.split_once("cases:\n").unwrap();
    let cases = cases.split("  - name:").filter(|case| !case.is_empty()).enumerate();
    let kept: String = cases.filter(|(at, _)| wanted(*at)).map(|(_, case)| format!("  - name:{case}")).collect();
    (!kept.is_empty()).then(|| measured(&suites(HOME, &format!("{world}cases:\n{kept}"))))
}

/// Every point, and whether it is covered; those of two runs stand in one order.
fn covered(coverage: &Coverage) -> Vec<bool> {
    coverage.items().flat_map(|item| item.points.iter().map(|point| point.is_covered())).collect()
}

#[test]
fn a_case_more_never_takes_away_a_point() {
    let mut dice = Dice(11);
    for _ in 0..12 {
        let (kept, more) = (dice.below(1 << 14), dice.below(14));
        let Some(fewer) = home_of(|at| kept >> at & 1 == 1) else { continue };
        let all = home_of(|at| kept >> at & 1 == 1 || at == more).unwrap();
        let (fewer, all) = (covered(&fewer), covered(&all));
        assert_eq!(fewer.len(), all.len());
        assert!(fewer.iter().zip(&all).all(|(before, after)| after >= before), "{kept:b} and {more}");
    }
}

/// A request that stands nowhere.
fn asked_of<'w>(facts: &'w Facts, request: &'w Request) -> Question<'w> {
    let place = Place { source: SourceId(0), span: Span::new(0, 0) };
    Question { tried: Tried::Case, name: "", place, request, facts }
}

/// For generated policies, worlds and requests: nothing is seen that is held to be impossible, every point of fewer requests is one of
/// more, and what is told of rules is what was decided.
#[test]
fn coverage_of_generated_policies() {
    let mut dice = Dice(5);
    let sources = Sources::default();
    let mut seen: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
    for number in 0..25 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let (speaker, index) = (Speaker::new(&bundle, None), Index::new(&bundle));
        let worlds: Vec<_> = (0..3).map(|_| world::world(&mut dice, &bundle.meaning)).collect();
        let requests: Vec<Vec<_>> = worlds
            .iter()
            .map(|world| (0..20).map(|_| world::request(&mut dice, &bundle.meaning, world)).collect())
            .collect();
        let stored: Vec<Facts> = worlds.iter().map(|world| world.facts.store()).collect();
        let asked = |most: usize| -> Vec<Vec<Question<'_>>> {
            let each = stored.iter().zip(&requests);
            each.map(|(world, requests)| requests.iter().take(most).map(|one| asked_of(world, one)).collect()).collect()
        };
        let (few, all) = (asked(10), asked(20));
        let (few, all) = (of_requests(&few, &speaker, &sources), of_requests(&all, &speaker, &sources));
        assert_eq!(all.unforeseen, Vec::<String>::new(), "{number}");
        assert!(covered(&few).iter().zip(covered(&all)).all(|(before, after)| after >= *before), "{number}");
        for item in all.items() {
            for point in item.points.iter().filter(|point| point.is_covered()) {
                *seen.entry((item.kind, point.aspect.word())).or_default() += 1;
            }
        }
        for (facts, requests) in stored.iter().zip(&requests) {
            let decider = Decider::new(&index, facts);
            for request in requests {
                let decision = decider.decide(request);
                let mut told = BTreeSet::new();
                decider.asked(request, &mut |part| {
                    if let Asked::Rule { rule, applies: Some(true), cause } = part {
                        told.insert((rule, cause));
                    }
                });
                let effect = |cause| {
                    if decision.effect == Effect::Permit { cause == Cause::Permitted } else { cause == decision.cause }
                };
                let carrying =
                    decision.traces.iter().filter(|_| matches!(decision.cause, Cause::Permitted | Cause::Forbidden));
                for rule in carrying.filter_map(|trace| trace.rule) {
                    assert!(told.iter().any(|(one, cause)| *one == rule && effect(*cause)), "{number}: {request:?}");
                }
            }
        }
    }
    // Every sort of point is seen, so that none of this is empty; but pairs, which chance hardly makes.
    let all = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Mcdc);
    let sorts = all.map(|kind| seen.keys().filter(|(of, _)| *of == kind).count());
    assert_eq!(sorts.collect::<Vec<_>>(), [2, 3, 3, 3, 1], "{seen:#?}");
}

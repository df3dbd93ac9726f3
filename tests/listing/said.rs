//! Listings as they are said to people and to tools.

use super::*;

const OPEN: &str = "module m
entity person { confidential bool }
entity context { login bool }
obligation log
organisation source \"The source\"
role guardian \"G\" { from source held by person for person }
service desk \"D\" {
  action ask \"Ask\" oblige log
  action look \"Look\"
  action act \"Act\"
  permit ask to anyone
  permit ask to guardian
  permit look to anyone when context.login
  permit act to anyone
  permit act to guardian
  forbid act when subject != party and subject.confidential
}
";

const PEOPLE: &str = "people:
  anna: { confidential: true }
  bo: { confidential: false }
  carl: { confidential: false }
  dina: {}
roles: [{ subject: bo, role: guardian, party: carl }]
";

/// An answer about the desk, as text of a width and as JSON.
fn said(action: &str, party: Option<&str>, facts: &str, width: Option<usize>) -> (String, serde_json::Value) {
    answered(OPEN, (action, "desk"), party, facts, width)
}

/// An answer, as text of a width and as JSON.
fn answered(
    policy: &str,
    (action, on): (&str, &str),
    party: Option<&str>,
    facts: &str,
    width: Option<usize>,
) -> (String, serde_json::Value) {
    let bundle = compiled(policy);
    let names = Names::new(&bundle.meaning);
    let mut sources = Sources::default();
    let mut add = |name: &str, text: &str| sources.add(Source::new(name, text));
    let (id, asked) = (add("facts.yaml", facts), add("question", &asked_of(action, on, party)));
    let source = |id| sources.get(id).expect("a source");
    let (facts, places) = fullmakt::intake::facts::read(source(id), id, &names).expect("facts");
    let now = "2026-03-01T11:00:00Z".parse().expect("a moment");
    let besides = Besides::default();
    let request =
        fullmakt::intake::question::who((source(asked), asked), &besides, &names, &facts, now).expect("a question");
    let index = Index::new(&bundle);
    let decider = Decider::new(&index, &facts);
    let listing = Lister::new(&decider).who(&request, None);
    let speaker = Speaker::new(&bundle, None);
    let facts = FactsSaid { facts: &facts, roles: &places.roles, delegations: &places.delegations, sources: &sources };
    let said = listing::Said {
        question: listing::Question::Who(&request),
        listing: &listing,
        speaker: &speaker,
        facts: &facts,
    };
    (said.human(width), serde_json::from_str(&said.json()).expect("JSON"))
}

fn asked_of(action: &str, on: &str, party: Option<&str>) -> String {
    let party = party.map_or(String::new(), |party| format!("for: {party}\n"));
    format!("action: {action}\non: {on}\n{party}")
}

#[test]
fn an_office_that_only_uses_may_pass_on_to_its_agents() {
    const OFFICE: &str = "module m
role accountant \"A\" { held by organisation for organisation }
role agent \"E\" { held by person for organisation agent yes }
package books \"B\" { about \"x\" for organisation delegable to agent services no data none grant use to accountant }
";
    let facts = "people: { ann: {}, bo: {} }
organisations: { clinic: {}, firm: {}, idle: {} }
roles:
  - { subject: firm, role: accountant, party: clinic }
  - { subject: idle, role: accountant, party: clinic }
  - { subject: ann, role: agent, party: firm }
";
    for party in [Some("clinic"), None] {
        let (text, json) = answered(OFFICE, ("delegate", "books"), party, facts, None);
        let rows = json["permitted"].as_array().expect("rows");
        assert_eq!(rows.len(), 1, "{text}");
        assert_eq!((&rows[0]["subject"], &rows[0]["party"]), (&"firm".into(), &"clinic".into()));
    }
}

#[test]
fn what_is_the_same_for_all_stands_once() {
    let (text, json) = said("ask", None, PEOPLE, None);
    assert_eq!(
        text,
        "who may ask desk, at 2026-03-01 12:00 Europe/Oslo\n\n  who     for     oblige  by\n  \
         anyone  anyone  log     anyone\n"
    );
    assert_eq!(json["permitted"][0]["anyone"], true);
    assert_eq!(json["permitted"][0]["for_anyone"], true);
    let (text, json) = said("look", None, PEOPLE, None);
    assert!(text.contains("  nobody\n\nundecidable: what is missing decides\n\n  who     for     missing\n"), "{text}");
    assert_eq!(json["undecidable"][0]["missing"][0], "context.login");
}

#[test]
fn a_permit_to_anyone_that_reads_who_asks_names_its_exceptions() {
    // Anna is confidential, of Dina and the organisation it is not known; Bo, Carl and who has no login may.
    let (text, json) = said("act", Some("carl"), PEOPLE, None);
    let more = "  eva: { confidential: false }\n  finn: { confidential: false }\n";
    assert_eq!(json["beyond"].as_array().map(Vec::len), Some(0), "{text}");
    let (folded, json) = said("act", Some("carl"), &PEOPLE.replace("roles:", &format!("{more}roles:")), None);
    assert!(folded.contains("  anyone but anna, dina, source  anyone\n"), "{folded}\n{text}");
    assert_eq!(json["permitted"][0]["but"], serde_json::json!(["anna", "dina", "m.source"]));
    assert!(folded.contains("  source  subject.confidential\n"), "{folded}");
    let (all, json) = said("act", None, PEOPLE, None);
    assert!(all.contains("  bo             carl"), "{all}");
    assert!(all.contains("`permit act to anyone` may permit it for others too: name the party with --for."), "{all}");
    assert!(json["beyond"][0]["rule"].as_str().is_some_and(|key| key.starts_with("m.desk/permit/act/")));
}

#[test]
fn a_role_out_of_reach_is_said_where_no_party_is_named() {
    let lost = format!("{PEOPLE}out_of_reach: [source]\n");
    let (text, json) = said("act", None, &lost, None);
    assert_eq!(json["beyond"][1]["role"], "m.guardian", "{text}");
}

#[test]
fn where_there_is_no_room_each_row_is_a_paragraph() {
    let (text, _) = said("ask", None, PEOPLE, Some(10));
    assert_eq!(
        text.lines().skip(2).collect::<Vec<_>>(),
        ["  who     for     oblige  by", "  anyone  anyone  log     anyone"]
    );
    let long = PEOPLE.replace("carl", "a_name_that_is_longer_than_a_line_is_wide");
    let (text, _) = said("act", None, &long, Some(10));
    assert!(text.contains("  bo\n    for  a_name_that_is_longer_than_a_line_is_wide\n    by   anyone\n"), "{text}");
}

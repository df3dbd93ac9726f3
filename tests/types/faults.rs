//! Faults, one at a time and many at once: each is told, and no other; and each token taken away in turn.

use super::*;

#[test]
fn one_fault_hides_no_other_and_drags_none_along() {
    rule("party.confidental and context.purpose == reserch and nothing_there and today < now")
        .reports("unknown-value")
        .once();
    assert_eq!(
        rule("party.confidental and context.purpose == reserch and nothing_there and today < now").finds().len(),
        4
    );
    // A lost entity, enum or condition is unknown nowhere.
    for (from, to) in [
        ("entity person {", "entty person {"),
        ("  birth_date   date", "  birth_date"),
        ("obligation log", "obligaton log"),
    ] {
        let lost = PEOPLE.replace(from, to);
        let found = given(&lost).and(REGISTERS).finds();
        assert_eq!(found.len(), 1, "{from}: {found:?}");
    }
}

/// Each text with one token less.
fn deletions(text: &str) -> Vec<(String, String)> {
    let mut at = 0;
    let mut texts = Vec::new();
    while at < text.len() {
        let rest = &text[at..];
        let first = rest.chars().next().unwrap();
        let length = if first.is_alphanumeric() {
            rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        if !first.is_whitespace() {
            texts.push((rest[..length].to_owned(), format!("{}{}", &text[..at], &text[at + length..])));
        }
        at += length;
    }
    texts
}

#[test]
fn every_token_taken_away_in_turn() {
    // Findings that something else was lost may not be followed by.
    let cascades = [
        "unused-import",
        "unused-group",
        "unused-organisation",
        "unknown-attribute",
        "unknown-value",
        "unknown-action",
        "unknown-element",
    ];
    let mut wrong = Vec::new();
    let mut most = 0;
    for (file, text) in [PEOPLE, REGISTERS].into_iter().enumerate() {
        for (token, text) in deletions(text) {
            let (people, registers) = if file == 0 { (text.as_str(), REGISTERS) } else { (PEOPLE, text.as_str()) };
            let found =
                support::nothing().with("p/people.fmk", people).with("p/registers.fmk", registers).linked().finds();
            most = most.max(found.len());
            let cascade = found.iter().filter(|(name, _)| cascades.contains(name)).count();
            if (cascade > 0 && found.len() > 1) || found.len() > 3 {
                let at = text.bytes().zip([PEOPLE, REGISTERS][file].bytes()).take_while(|(a, b)| a == b).count();
                let line = text[..at].lines().count();
                wrong.push(format!("{file}:{line} without `{token}`: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}

/// Faults that may be put into the two good texts, each with the finding that it must give.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    ("  height       integer", "  height       integr", "unknown-name", "integr"),
    ("parents      set of person", "parents      set of persn", "unknown-name", "persn"),
    ("keep duration }", "keep duration, login string }", "duplicate-name", "login"),
    (
        "entity delegation { channel channel }",
        "entity delegation { channel channel, given date }",
        "duplicate-name",
        "given",
    ),
    ("enum channel = invitation, form", "enum channel = invitation, form, form", "duplicate-name", "form"),
    (
        "pseudonymise(identifier: identifier_kind)",
        "pseudonymise(identifier: identifier_kin)",
        "unknown-name",
        "identifier_kin",
    ),
    (
        "today < party.birth_date + 16 years",
        "now < party.birth_date + 16 years",
        "type-mismatch",
        "now < party.birth_date + 16 years",
    ),
    ("in party.parents.address", "in party.parnts.address", "unknown-attribute", "parnts"),
    ("delegation.channel == invitation", "delegation.channel == invitaton", "unknown-value", "invitaton"),
    ("delegation.given >=", "delegation.givn >=", "unknown-attribute", "givn"),
    (
        "action disclose \"Hand data out\" oblige log",
        "action disclose \"Hand data out\" oblige lg",
        "unknown-name",
        "lg",
    ),
    ("when gives_for_self", "when child_at_hom", "unknown-name", "child_at_hom"),
    (
        "grant use to guardian when child_at_home",
        "grant use to guardian when gives_for_self",
        "root-out-of-place",
        "gives_for_self",
    ),
    (
        "permit view of registrations requires",
        "permit view of registration requires",
        "unknown-element",
        "registration",
    ),
    ("requires insight when context.login and", "requires insght when context.login and", "unknown-name", "insght"),
    (
        "    when context.login and party.consent >= basis and",
        "    when context.logn and party.consent >= basis and",
        "unknown-attribute",
        "logn",
    ),
    ("permitted visits.access", "permitted visits.acess", "unknown-action", "acess"),
    ("  controller directorate", "  controller directorat", "unknown-name", "directorat"),
    ("  processor  network", "  processor  guardian", "wrong-sort", "guardian"),
    ("gdpr 9(2)(g)", "gdpr 9(2)(z)", "unknown-legal-basis", "9(2)(z)"),
    ("purposes   treatment, research, quality", "purposes   treatment, reserch, quality", "unknown-value", "reserch"),
    ("or until record.created", "or until record.restricted", "type-mismatch", "record.restricted"),
    ("30 days after record.created", "30 hours after record.created", "wrong-unit", "30 hours"),
    (
        "elements   administrative, medical\n",
        "elements   administrative, medical, medical\n",
        "duplicate-name",
        "medical",
    ),
    ("records of visit", "records of vist", "unknown-name", "vist"),
    ("to researcher, health_authority", "to reseacher, health_authority", "unknown-name", "reseacher"),
    ("context.application.approved and", "context.application.approved == true and", "not-comparable", "=="),
    (
        "oblige pseudonymise(identifier: project_serial)",
        "oblige pseudonymise(identifir: project_serial)",
        "wrong-argument",
        "identifir",
    ),
    ("permit access to controller", "permit acces to controller", "unknown-action", "acces"),
    ("permit disclose to directorate", "permit disclose to insight", "wrong-sort", "insight"),
    ("  any action oblige log", "  any action oblige logg", "unknown-name", "logg"),
    ("record.person == party", "record.persn == party", "unknown-attribute", "persn"),
    ("record.restricted or record.overdue", "record.restricted or record.created", "not-a-condition", "record.created"),
    ("context.purpose in resource.purposes", "context.purpose in resource.purpose", "unknown-attribute", "purpose"),
    ("forbid erase \"kept\"", "forbid eras \"kept\"", "unknown-action", "eras"),
    ("not subject is guardian for party", "not subject is guardian", "for-whom", "guardian"),
    ("where gdpr 6(1)(a) in basis", "where gdpr 6(1)(a) in bases", "unknown-name", "bases"),
    ("record.consent != given", "record.consent != givn", "unknown-value", "givn"),
    ("data >= personal", "data >= personl", "unknown-value", "personl"),
    ("for visits, consents", "for visit, consents", "wrong-sort", "visit"),
    (
        "any(one in party.parents: one.confidential)",
        "any(one in party.address: one.confidential)",
        "not-a-set",
        "party.address",
    ),
];

#[test]
fn many_faults_at_once_are_all_told_and_no_others() {
    let (mut told, mut missing, mut spurious) = (0, Vec::new(), Vec::new());
    let count = FAULTS.len();
    for (size, step) in [(1, 1), (2, 3), (5, 7), (8, 11), (10, 5)] {
        for start in 0..count {
            let chosen: Vec<_> = (0..size).map(|at| FAULTS[(start + at * step) % count]).collect();
            let (mut people, mut registers) = (PEOPLE.to_owned(), REGISTERS.to_owned());
            for (from, to, ..) in &chosen {
                assert!(PEOPLE.contains(from) || REGISTERS.contains(from), "{from}");
                people = people.replacen(from, to, 1);
                registers = registers.replacen(from, to, 1);
            }
            let mut found = given(&people).and(&registers).finds();
            for (_, to, name, under) in &chosen {
                match found.iter().position(|(found, text)| found == name && text == under) {
                    Some(at) => {
                        told += 1;
                        found.remove(at);
                    }
                    None => missing.push(format!("{size} from {start}: {name} under `{under}` of `{to}`")),
                }
            }
            spurious.extend(found.into_iter().map(|found| format!("{size} from {start}: {found:?}")));
        }
    }
    assert!(missing.is_empty() && spurious.is_empty(), "{told} told\nmissing {missing:#?}\nspurious {spurious:#?}");
}

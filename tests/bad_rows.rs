//! Rows of every wrong kind, in CSV and JSON Lines: each is told of with its place, and no fact is handed on.

use crate::rows::{lines, read};
use crate::texts::Texts;
use fullmakt::ir::Bundle;

const MODULE: &str = r#"module letters

entity person { birth_date date, confidential bool, children integer, address string, friends set of person, seen datetime, absence duration or none, consent consent_level, state consent }
enum consent_level = no_consent < basis < full
organisation population_register "The population register"

role guardian "Guardian" {
  from  population_register
  held  by person for person
}
package insight "Insight in letters" {
  about      "Reading the letters that somebody got."
  for        person
  delegable  to person
  services   yes
  data       personal
  grant to guardian
}
register journal "Journal" {
  about "What was done."
  action view "View"
  controller population_register
  basis gdpr 6(1)(e)
  permit view requires insight
}
"#;

fn bundle() -> Bundle {
    let texts = Texts::of(&[("letters.fmk".to_owned(), MODULE.to_owned())], &fullmakt::check::Options::default());
    let sound = texts.checked.sound.clone().unwrap_or_else(|| panic!("{:#?}", texts.checked.findings));
    fullmakt::lower::lower(sound, &texts.sources).0
}

/// The findings of some files, as `code file:line:column marked`.
fn found(files: &[(&str, &[u8])], bundle: &Bundle) -> Vec<String> {
    let (read, sources) = read(files, &bundle.meaning);
    let Err(findings) = read else { return Vec::new() };
    let lines = lines(&findings, &sources);
    let told = |(line, finding): (&String, &fullmakt::diag::Diagnostic)| {
        let whole = line.strip_suffix(&format!(" {}", finding.message)).unwrap_or(line);
        whole.to_owned()
    };
    lines.iter().zip(&findings).map(told).collect()
}

#[test]
fn values_of_every_wrong_kind() {
    let bundle = bundle();
    let mut wrong = String::new();
    for (attribute, cell, code) in [
        ("confidential", "no", "FM0505"),
        ("confidential", "ja", "FM0505"),
        ("confidential", "0", "FM0505"),
        ("confidential", "TRUE", "FM0505"),
        ("confidential", "none", "FM0505"),
        ("children", "to", "FM0505"),
        ("children", "2.5", "FM0505"),
        ("children", "007", "FM0505"),
        ("children", "99999999999999999999", "FM0505"),
        ("children", " 2", "FM0505"),
        ("birth_date", "2023-02-29", "FM0505"),
        ("birth_date", "2023-04-31", "FM0505"),
        ("birth_date", "2023-13-01", "FM0505"),
        ("birth_date", "2023-00-10", "FM0505"),
        ("birth_date", "0000-01-01", "FM0505"),
        ("birth_date", "1985-4-1", "FM0505"),
        ("birth_date", "1.4.1985", "FM0505"),
        ("birth_date", "19850401", "FM0505"),
        ("birth_date", "1985-04-01T00:00:00+01:00", "FM0505"),
        ("birth_date", "none", "FM0505"),
        ("birth_date", "１９85-04-01", "FM0505"),
        ("seen", "2026-03-01", "FM0505"),
        ("seen", "2026-03-01T12:00:00", "FM0505"),
        ("seen", "2026-03-01T25:00:00Z", "FM0505"),
        ("absence", "30", "FM0505"),
        ("absence", "2 weeks", "FM0505"),
        ("consent", "baisis", "FM0505"),
        ("state", "perhaps", "FM0505"),
        ("friends", "olo", "FM0503"),
        ("friends", "kari;kari", "FM0506"),
        ("friends", "kari;;ola", "FM0505"),
    ] {
        let text = format!("id,{attribute}\nkari,\nola,{cell}\nper,\n");
        let told = found(&[("people.csv", text.as_bytes())], &bundle);
        let begin = format!("{code} people.csv:3:5 ");
        if told.len() != 1 || !told[0].starts_with(&begin) {
            wrong += &format!("{attribute} {cell:?}: not {begin}, but {told:?}\n");
        }
        let cell = if attribute == "friends" {
            let members: Vec<&str> = cell.split(';').collect();
            format!("{members:?}")
        } else {
            format!("{cell:?}")
        };
        let text = format!(
            "{{\"fact\":\"person\",\"id\":\"kari\"}}\n{{\"fact\":\"person\",\"id\":\"ola\",\"{attribute}\":{cell}}}\n"
        );
        let told = found(&[("facts.jsonl", text.as_bytes())], &bundle);
        let begin = format!("{code} facts.jsonl:2:");
        if told.len() != 1 || !told[0].starts_with(&begin) {
            wrong += &format!("{attribute} {cell}: not {begin}, but {told:?}\n");
        }
    }
    for (attribute, value) in [
        ("confidential", "1"),
        ("confidential", "\"true\""),
        ("children", "\"2\""),
        ("children", "2.0"),
        ("children", "true"),
        ("address", "12"),
        ("address", "null"),
        ("birth_date", "19850401"),
        ("friends", "\"kari\""),
        ("consent", "{}"),
    ] {
        let text = format!("{{\"fact\":\"person\",\"id\":\"kari\",\"{attribute}\":{value}}}\n");
        let told = found(&[("facts.jsonl", text.as_bytes())], &bundle);
        if told.len() != 1 || !told[0].starts_with("FM0505 facts.jsonl:1:") {
            wrong += &format!("{attribute}: {value}: {told:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn names_that_stand_twice_are_told_where_they_stand() {
    let bundle = bundle();
    let people: (&str, &[u8]) = ("people.csv", b"address,id\nhere,kari\n\"there, too\",\"ola\"\r\nhere,kari\n");
    assert_eq!(found(&[people], &bundle), ["FM0506 people.csv:4:6 \"kari\""]);
    // Longer than what stands in a slot, one a beginning of the other, and in another form.
    let long = "a_name_that_is_longer_than_twelve_bytes";
    let text = format!("id\n{long}\n{long}_and_more\nkari\n");
    let more = format!("{{\"format\":1}}\n{{\"id\":\"{long}\",\"fact\":\"organisation\"}}\n");
    let document = "people: {}\nsystem_users:\n  kari: {}\n";
    let files: [(&str, &[u8]); 3] =
        [("people.csv", text.as_bytes()), ("facts.jsonl", more.as_bytes()), ("facts.yaml", document.as_bytes())];
    let mut told = found(&files, &bundle);
    told.sort();
    // Documents and lines are read before tables: the one in CSV is the second.
    assert_eq!(told, [format!("FM0506 people.csv:2:1 {long:?}"), "FM0506 people.csv:4:1 \"kari\"".to_owned()]);
    let records: (&str, &[u8]) = ("records.csv", b"register,id\njournal,r1\njournal,r1\n");
    assert_eq!(found(&[records], &bundle), ["FM0506 records.csv:3:9 \"r1\""]);
}

#[test]
fn tables_of_every_wrong_kind() {
    let bundle = bundle();
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let roles = "subject,role,party\nkari,guardian,ola\n";
    let utf16 = utf16(roles);
    let mut wrong = String::new();
    let cases: [(&str, &[u8], &str); 11] = [
        ("tabs for commas", b"subject\trole\tparty\nkari\tguardian\tola\n", "FM0532 roles.csv:1:1 "),
        ("semicolons for commas", b"subject;role;party\nkari;guardian;ola\n", "FM0532 roles.csv:1:1 "),
        ("UTF-16 without a mark", &utf16, "FM0533 roles.csv:1:1 "),
        ("a tab in a name", b"subject,role,party\n\tkari,guardian,ola\n", "FM0503 roles.csv:2:1 "),
        ("a space behind a name", b"subject,role,party\nkari ,guardian,ola\n", "FM0503 roles.csv:2:1 "),
        ("no subject", b"subject,role,party\n,guardian,ola\n", "FM0508 roles.csv:2:"),
        (
            "a party of the wrong kind",
            b"subject,role,party\nkari,guardian,population_register\n",
            "FM0504 roles.csv:2:15 ",
        ),
        ("a day that is none", b"subject,role,party,before\nkari,guardian,ola,2026-02-30\n", "FM0505 roles.csv:2:19 "),
        (
            "a period that is none",
            b"subject,role,party,from,before\nkari,guardian,ola,2026-02-02,2026-02-02\n",
            "FM0504 roles.csv:2:30 ",
        ),
        ("CR for line ends", b"subject,role,party\rkari,guardian,ola\r", "FM0532 roles.csv:1:"),
        ("a package for a role", b"subject,role,party\nkari,insight,ola\n", "FM0503 roles.csv:2:6 "),
    ];
    for (what, bytes, begin) in cases {
        let told = found(&[("people.csv", b"id\nkari\nola\n"), ("roles.csv", bytes)], &bundle);
        if told.is_empty() || !told[0].starts_with(begin) {
            wrong += &format!("{what}: not {begin}, but {told:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_table_cut_off_anywhere_is_found_or_ends_with_a_row() {
    let bundle = bundle();
    let people: (&str, &[u8]) = ("people.csv", "id\nkåri\nola\n".as_bytes());
    let text = "subject,role,party,from,before\nkåri,guardian,ola,2020-01-01,2030-01-01\nola,guardian,\"kåri\",,\n";
    assert_eq!(found(&[people, ("roles.csv", text.as_bytes())], &bundle), [""; 0]);
    for end in 0..text.len() {
        let cut = &text.as_bytes()[..end];
        let told = found(&[people, ("roles.csv", cut)], &bundle);
        assert_eq!(told.is_empty(), cut.ends_with(b"\n"), "{:?}: {told:?}", String::from_utf8_lossy(cut));
    }
}

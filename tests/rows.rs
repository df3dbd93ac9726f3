//! Facts as rows: CSV and JSON Lines say what a document says, and what is wrong in them is told with its place. Decides
//! nothing.

#[path = "support/written.rs"]
#[allow(dead_code, reason = "requests and answers are written elsewhere")]
mod written;

use crate::generated::generate::{self, Dice, world};
use crate::suites::Suites;
use crate::texts::Texts;
use fullmakt::diag::Diagnostic;
use fullmakt::facts::Facts;
use fullmakt::intake::rows::{self, Input, Table};
use fullmakt::intake::{Names, facts};
use fullmakt::ir::Meaning;
use fullmakt::source::{Source, SourceId, Sources};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub fn read(files: &[(&str, &[u8])], meaning: &Meaning) -> (Result<Facts, Vec<Diagnostic>>, Sources) {
    let mut sources = Sources::default();
    let inputs: Vec<Input<'_>> = files.iter().map(|(name, bytes)| Input::of_bytes(name, bytes)).collect();
    let read = rows::read(&inputs, &Names::new(meaning), &mut sources);
    (read.map(|(facts, _)| facts), sources)
}

/// `FM0505 roles.csv:3:7 "marked text" message` for each finding.
pub fn lines(findings: &[Diagnostic], sources: &Sources) -> Vec<String> {
    let line = |finding: &Diagnostic| {
        let source = sources.get(finding.place.source).expect("a source");
        let position = source.position(finding.place.span.start);
        let (name, marked) = (source.name(), source.slice(finding.place.span));
        format!("{} {name}:{}:{} {marked:?} {}", finding.code.number, position.line, position.column, finding.message)
    };
    findings.iter().map(line).collect()
}

fn clinic() -> Suites {
    Suites::clinic("cases:\n  - { name: one, request: { action: send, on: report }, expect: deny not-granted }\n")
}

fn of_clinic(files: &[(&str, &[u8])]) -> Vec<String> {
    let suites = clinic();
    let meaning = &suites.compiled.bundle.as_ref().unwrap().0.meaning;
    let (read, sources) = read(files, meaning);
    lines(&read.err().unwrap_or_default(), &sources)
}

/// What a block of a page gives: files of rows over the clinic.
pub fn lines_of_page(text: &str, ending: &str) -> Vec<String> {
    let text = if text.starts_with("# file: ") { text.to_owned() } else { format!("# file: facts.{ending}\n{text}") };
    let files = Texts::split(&text);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
    of_clinic(&files)
}

/// What a document says, as tables: of each row its cells by column.
fn tables(document: &Value) -> Vec<(Table, Vec<Map<String, Value>>)> {
    let mut all = Vec::new();
    for table in Table::ALL {
        let said = &document[table.word()];
        let row = |id: &str, known: &Value| {
            let mut row = known.as_object().cloned().unwrap_or_default();
            row.insert("id".into(), json!(id));
            row
        };
        let rows: Vec<Map<String, Value>> = match table {
            Table::Roles | Table::Delegations => {
                said.as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone()).collect()
            }
            Table::OutOfReach => said
                .as_array()
                .unwrap()
                .iter()
                .map(|one| Map::from_iter([("organisation".into(), one.clone())]))
                .collect(),
            Table::Things => {
                let each = |(entity, all): (&String, &Value)| {
                    let rows = all.as_object().unwrap().iter().map(|(id, known)| {
                        let mut row = row(id, known);
                        row.insert("entity".into(), json!(entity));
                        row
                    });
                    rows.collect::<Vec<_>>()
                };
                said.as_object().unwrap().iter().flat_map(each).collect()
            }
            _ => said.as_object().unwrap().iter().map(|(id, known)| row(id, known)).collect(),
        };
        if !rows.is_empty() {
            all.push((table, rows));
        }
    }
    all
}

fn cell(dice: &mut Dice, value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) if text.is_empty() || text.starts_with('\\') => format!("\\{text}"),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) if !all.is_empty() && dice.chance(70) => {
            let members: Option<Vec<&str>> = all.iter().map(Value::as_str).collect();
            let simple = members.filter(|all| all.iter().all(|one| !one.is_empty() && !one.contains([';', '[', '{'])));
            simple.map_or_else(|| json!(all).to_string(), |all| all.join(";"))
        }
        Some(other) => other.to_string(),
    }
}

fn csv_of(dice: &mut Dice, rows: &[Map<String, Value>]) -> Vec<u8> {
    let columns: BTreeSet<&String> = rows.iter().flat_map(Map::keys).collect();
    let columns: Vec<&String> = columns.into_iter().collect();
    let style = if dice.chance(50) { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    let end = if dice.chance(50) { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().quote_style(style).terminator(end).from_writer(Vec::new());
    writer.write_record(&columns).unwrap();
    for row in rows {
        let cells: Vec<String> = columns.iter().map(|column| cell(dice, row.get(*column))).collect();
        writer.write_record(&cells).unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn rows_say_what_a_document_says() {
    let mut dice = Dice(11);
    let (mut values, mut refused) = (0, 0);
    for number in 0..30 {
        let bundle = generate::policy(&mut dice, number).bundle;
        let meaning = &bundle.meaning;
        for _ in 0..3 {
            let world = world::world(&mut dice, meaning);
            let document = written::facts_json(meaning, &world.facts);
            let text = document.to_string();
            let names = Names::new(meaning);
            let known = facts::read(&Source::new("facts.json", &text), SourceId(0), &names);
            let tables = tables(&document);
            let csv: Vec<(String, Vec<u8>)> =
                tables.iter().map(|(table, rows)| (format!("{}.csv", table.word()), csv_of(&mut dice, rows))).collect();
            let csv: Vec<(&str, &[u8])> = csv.iter().map(|(name, bytes)| (&**name, &**bytes)).collect();
            let mut lines: Vec<String> = Vec::new();
            for (table, rows) in tables.iter().rev() {
                for row in rows {
                    let mut row = row.clone();
                    row.insert("fact".into(), json!(table.fact()));
                    lines.push(Value::Object(row).to_string());
                }
            }
            let lines = lines.join("\n");
            let (half, other) = tables.split_at(dice.below(tables.len() + 1));
            let of = |some: &[(Table, Vec<Map<String, Value>>)]| -> Vec<&str> {
                some.iter().map(|(table, _)| table.word()).collect()
            };
            let (half, other) = (of(half), of(other));
            let mut part = document.clone();
            part.as_object_mut().unwrap().retain(|key, _| half.contains(&&**key));
            let part = part.to_string();
            let mut mixed: Vec<(&str, &[u8])> = vec![("half.yaml", part.as_bytes())];
            mixed.extend(csv.iter().filter(|(name, _)| other.contains(&&name[..name.len() - 4])));
            for files in [csv, vec![("facts.jsonl", lines.as_bytes())], mixed] {
                let (read, sources) = read(&files, meaning);
                let known = match &known {
                    Ok((known, _)) => known,
                    Err(found) => {
                        // A fact that the policies rule out is ruled out in every form.
                        let said = |all: &[Diagnostic]| -> BTreeSet<String> {
                            all.iter().map(|one| format!("{} {}", one.code.number, one.message)).collect()
                        };
                        let also = read.expect_err("the same is wrong");
                        assert_eq!(said(&also), said(found), "{}", files[0].0);
                        refused += 1;
                        continue;
                    }
                };
                values += known.value_count();
                let read = read.unwrap_or_else(|found| {
                    let texts: Vec<_> =
                        files.iter().map(|(name, text)| (name, String::from_utf8_lossy(text))).collect();
                    panic!("{:#?}\n{texts:#?}", self::lines(&found, &sources))
                });
                let (read, known) = (read.draft(), known.draft());
                for (one, other) in read.entities.iter().zip(&known.entities) {
                    assert_eq!(one, other, "{}", files[0].0);
                }
                for (one, other) in read.things.iter().zip(&known.things) {
                    assert_eq!(one, other, "{}", files[0].0);
                }
                for (one, other) in read.delegations.iter().zip(&known.delegations) {
                    assert_eq!(one, other, "{}", files[0].0);
                }
                assert_eq!(read, known, "{}", files[0].0);
            }
        }
    }
    assert!(values > 2000 && refused > 10, "{values} values, {refused} refused, are too few");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    const PEOPLE: (&str, &[u8]) = ("people.csv", b"id\nkari\nper\n");
    const CLINICS: (&str, &[u8]) = ("organisations.csv", b"id\nclinic\n");
    let cases: &[(&str, &[u8], &[&str])] = &[
        ("roles.csv", b"subject,role,party\nkari,manager,clinic\n", &[]),
        ("roles.csv", b"\xEF\xBB\xBFsubject,role\n", &["FM0533 roles.csv:1:1 \"\" the file begins with a byte order mark"]),
        ("roles.csv", b"\xFF\xFEs\0u\0", &["FM0533 roles.csv:1:1 \"\" the file is UTF-16"]),
        ("roles.csv", b"", &["FM0532 roles.csv:1:1 \"\" the file is empty: it has not even a header"]),
        ("roles.csv", b"subject,party\n", &["FM0532 roles.csv:1:1 \"subject\" `roles` lacks the column `role`"]),
        ("roles.csv", b"subject,role,subject\n", &["FM0532 roles.csv:1:14 \"subject\" the column `subject` stands twice"]),
        ("roles.csv", b"subject,role,prty\n", &["FM0532 roles.csv:1:14 \"prty\" `roles` has no column `prty`"]),
        (
            "roles.csv",
            b"subject,role,party\nkari,manager,clinic\n\nkari,manager,clinic,2020\nper,manager\n",
            &[
                "FM0530 roles.csv:4:21 \"2020\" the row has 4 cells, where the header has 3",
                "FM0530 roles.csv:5:5 \"manager\" the row has 2 cells, where the header has 3",
            ],
        ),
        (
            "roles.csv",
            b"subject,role,party\r\n\"kari\",\"manager\",\"clin\r\nic\"\r\nkri,manager,clinic\r\n",
            &["FM0503 roles.csv:2:18 \"\\\"clin\\r\\nic\\\"\" nobody is called `clin\r\nic`", "FM0503 roles.csv:4:1 \"kri\" nobody is called `kri`"],
        ),
        (
            "roles.csv",
            b"subject,role,party\nkari,man\"ager,clinic\nkari,\"manager\" ,clinic\n",
            &["FM0530 roles.csv:2:9 \"\\\"\" quotes stand within a cell", "FM0530 roles.csv:3:14 \"\\\"\" quotes stand within a cell"],
        ),
        (
            "roles.csv",
            b"subject,role,party\nkari,manager,clinic\nkari,\"manager,clinic\nper,manager,clinic\n",
            &["FM0530 roles.csv:3:6 \"\\\"\" quotes are opened and not closed"],
        ),
        (
            "roles.csv",
            b"subject,role,party,from\nkari,manager,clinic,2020-13-01\nkari,boss,clinic,\nkari,manager,,\nkari,manager,per,\n",
            &[
                "FM0505 roles.csv:2:21 \"2020-13-01\" `2020-13-01` is not in the calendar",
                "FM0503 roles.csv:3:6 \"boss\" no role is called `boss`",
                "FM0504 roles.csv:4:6 \"manager\" `manager` is held for a party, and none is named",
                "FM0504 roles.csv:5:14 \"per\" `manager` is held for organisation, and this is a person",
            ],
        ),
        ("roles.csv", b"subject,role,party\nka\0ri,manager,clinic\n", &["FM0533 roles.csv:2:3 \"\\0\" the text has a NUL in it"]),
        ("roles.csv", b"subject,role,party\nk\xE5ri,manager,clinic\n", &["FM0533 roles.csv:2:2 \"?\" the text is not UTF-8"]),
        ("roles.csv", b"subject,role,party\nkari,manager,clinic", &["FM0530 roles.csv:2:19 \"c\" the last row has no line end"]),
        ("roles.csv", b"subject,role", &["FM0530 roles.csv:1:12 \"e\" the last row has no line end"]),
        ("system_users.csv", b"id\nmachine\nper\n", &["FM0506 system_users.csv:3:1 \"per\" the name `per` stands twice"]),
        ("delegations.csv", b"giver,receiver,party,given\n", &[]),
        (
            "delegations.csv",
            b"giver,receiver,party,given,package,before\nkari,per,clinic,2026-02-01,,\nkari,kari,clinic,2026-02-01,reporting,\nkari,per,clinic,2026-02-01,reporting,2026-02-01\n",
            &[
                "FM0508 delegations.csv:2:1 \"k\" a delegation lacks `package`",
                "FM0504 delegations.csv:3:6 \"kari\" nobody gives something to themselves",
                "FM0504 delegations.csv:4:38 \"2026-02-01\" the delegation ends before it is given",
            ],
        ),
        ("rolls.csv", b"", &["FM0531 rolls.csv:1:1 \"\" the name of `rolls.csv` does not say which facts it has"]),
        ("facts.jsonl", b"{\"format\": 1}\n{\"fact\": \"role\", \"subject\": \"kari\", \"role\": \"MNGR\", \"party\": \"clinic\"}\n", &[]),
        (
            "facts.jsonl",
            b"{\"fact\": \"role\", \"subject\": \"kari\"\n  {\"fact\": \"roll\"}\n{\"id\": \"ola\"}\n[]\n{\"fact\": \"person\", \"id\": \"o\0\"}\n",
            &[
                "FM0530 facts.jsonl:1:34 \"\\\"\" the line ends too early",
                "FM0531 facts.jsonl:2:12 \"\\\"roll\\\"\" no fact is called `roll`",
                "FM0508 facts.jsonl:3:1 \"{\" a line does not say which fact it is",
                "FM0530 facts.jsonl:4:1 \"[\" this is no JSON: invalid type: sequence, expected a map",
                "FM0533 facts.jsonl:5:28 \"\\0\" the text has a NUL in it",
            ],
        ),
        (
            "facts.jsonl",
            b"{\"fact\": \"role\", \"subject\": \"kari\", \"role\": \"manager\", \"subject\": \"per\", \"prty\": 1}\n{\"fact\": \"person\", \"id\": [], \"tall\": 1}\n",
            &[
                "FM0505 facts.jsonl:2:26 \"[]\" a name is a text, not a list",
            ],
        ),
        ("more.yaml", b"roles: [{ subject: kari, role: manger, party: clinic }]\n", &["FM0503 more.yaml:1:32 \"manger\" no role is called `manger`"]),
    ];
    for (name, bytes, wanted) in cases {
        assert_eq!(
            of_clinic(&[PEOPLE, CLINICS, (name, bytes)]),
            *wanted,
            "{name} {:?}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn of_many_faults_a_hundred_are_told_and_the_rest_counted() {
    let mut text = "subject,role,party\n".to_owned();
    for number in 0..50_000 {
        text += if number % 2 == 0 { "nobody,manager,clinic\n" } else { "kari,manager,clinic\n" };
    }
    let files: [(&str, &[u8]); 3] =
        [("people.csv", b"id\nkari\n"), ("organisations.csv", b"id\nclinic\n"), ("roles.csv", text.as_bytes())];
    let told = of_clinic(&files);
    assert_eq!(told.len(), 101);
    assert!(told[99].starts_with("FM0503 roles.csv:200:1 "), "{}", told[99]);
    assert!(told[100].starts_with("FM0534 ") && told[100].contains("24,900 rows more"), "{}", told[100]);
}

/// The blocks of `docs/facts.md` in a language, as files.
fn of_docs(language: &str) -> Vec<(String, String)> {
    let page = include_str!("../docs/facts.md");
    let open = format!("```{language}\n");
    page.split(&open).skip(1).flat_map(|rest| Texts::split(rest.split("```").next().unwrap())).collect()
}

#[test]
fn the_samples_of_the_page_are_one_world() {
    let policies = Texts::of(&of_docs("fmk"), &fullmakt::check::Options::default());
    let (bundle, _) = fullmakt::lower::lower(policies.checked.sound.clone().expect("sound"), &policies.sources);
    let read = |language: &str| {
        let files = of_docs(language);
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (&**name, text.as_bytes())).collect();
        let (read, sources) = self::read(&files, &bundle.meaning);
        read.unwrap_or_else(|found| panic!("{language}: {:#?}", lines(&found, &sources)))
    };
    let [document, csv, json] = ["yaml", "csv", "jsonl"].map(read);
    assert_eq!(document, csv);
    assert_eq!(document, json);
    assert_eq!((document.role_count(), document.delegation_count(), document.value_count()), (2, 1, 9));
}

#[test]
fn a_chain_of_a_hundred_thousand_delegations_is_no_fault() {
    let count = 100_000;
    let mut people = "id\n".to_owned();
    let mut delegations = "giver,receiver,party,package,given\n".to_owned();
    for number in 0..count {
        people += &format!("p{number}\n");
        delegations += &format!("p{number},p{},clinic,reporting,2026-02-01\n", (number + 1) % count);
    }
    let files: [(&str, &[u8]); 4] = [
        ("organisations.csv", b"id\nclinic\n"),
        ("roles.csv", b"subject,role,party\np0,manager,clinic\n"),
        ("people.csv", people.as_bytes()),
        ("delegations.csv", delegations.as_bytes()),
    ];
    let suites = clinic();
    let facts = read(&files, &suites.compiled.bundle.as_ref().unwrap().0.meaning).0.unwrap();
    let who = |name: &str| facts.entity_named(name).unwrap();
    assert_eq!(facts.delegation_count(), count);
    assert_eq!(facts.delegations_for(who("clinic")).len(), count as usize);
    let at = facts.delegations_to(who("p7")).start;
    assert_eq!(facts.delegation(at).unwrap().giver, who("p6"));
    assert_eq!(facts.file_of(facts.delegation_row(at).unwrap().read_at), Some(("delegations.csv", 8)));
}

//! What is written: lowering, the bundle as JSON and back, the set of files with its manifest. Whether another engine
//! decides the same is tested in `tests/xacml`.

use fullmakt::compile::{self, compile};
use fullmakt::diag::Diagnostic;
use fullmakt::emit::{self, OutputFile};
use fullmakt::intake;
use fullmakt::ir::{Bundle, json};
use fullmakt::origins::Origins;
use fullmakt::source::{Source, SourceId, Sources};
use std::collections::BTreeMap;

/// Everything that this version of the language has.
const WHOLE: &str = r#"module demo.clinic
valid before 2030-01-01

namespace demo urn:demo {
  role     urn:demo:role:{name}
  package  urn:demo:package:{name}
}
organisation register "The business register"

role manager "General manager" {
  urn   urn:demo:role:manager
  code  MNGR
  from  register
  held  by person for organisation
  key   yes
}
role deputy   "Deputy"    { held by person for organisation }
role agent    "Agent"     { held by person for organisation   agent yes }
role main     "Main unit" { held by organisation for organisation   covers yes }
role official "Official"  { held by organisation }
group leaders = manager, deputy

area health "Health" {
  delegable  to person and onward
  services   no

  package reporting "Health reporting" {
    urn        urn:demo:package:reporting
    formerly   "urn:demo:package:Reporting:"
    about      "Reports from a clinic, on æ \ ø."
    for        organisation
    delegable  to person and onward
    delegable  to organisation
    services   yes
    data       special
    grant to leaders
    grant use to agent from 2026-01-01 before 2027-01-01
    grant delegation to deputy undecided "may a deputy pass it on"
  }
}
package archive "Archive" {
  about      undecided "what is it"
  for        undecided "whose archive"
  delegable  undecided "who may receive it"
  data       undecided "which data"
  services   undecided "which services"
  grant undecided "who gets it"
}
package summary "Summary" {
  about      "A summary of reports."
  for        organisation, person
  delegable  no
  services   yes
  data       special
  grant use to reporting
  grant to self
}
service report "Annual report" {
  data    special
  action  send "Send the report"
  action  read
  permit send to manager, deputy requires (reporting and summary) or (summary and reporting) or summary
  permit send requires reporting from 2026-01-01 before 2026-06-01
  permit send requires reporting from 2026-05-01 before 2026-09-01
  permit send requires reporting from 2026-10-01
  permit read to anyone
  permit read to self, official, register
}
"#;

fn compiled(files: &[(&str, &str)]) -> (Bundle, Origins, Sources) {
    let mut sources = Sources::default();
    for (name, text) in files {
        sources.add(Source::new(name, text));
    }
    let ids: Vec<SourceId> = sources.iter().map(|(id, _)| id).collect();
    let compiled = compile(&sources, &ids, compile::Options::default());
    let (bundle, origins) = compiled.bundle.unwrap_or_else(|| {
        let errors = compiled.findings.iter().filter(|finding| finding.is_error());
        panic!("{:#?}", errors.map(|finding| (finding.code.number, &finding.message)).collect::<Vec<_>>())
    });
    (bundle, origins, sources)
}

fn whole() -> Bundle {
    compiled(&[("demo/clinic.fmk", WHOLE)]).0
}

fn read(text: &str) -> Result<Bundle, Vec<Diagnostic>> {
    intake::bundle::read(&Source::new("bundle.json", text), SourceId(0))
}

fn entry<'t>(text: &'t str, name: &str) -> &'t str {
    let begin = format!("\"{name}");
    text.lines().find(|line| line.starts_with(&begin)).unwrap_or_else(|| panic!("no {name} in {text}"))
}

#[test]
fn a_bundle_is_an_entry_a_line() {
    let text = json::bundle_text(&whole());
    assert!(text.starts_with(
        "{\"format\":1,\n\"meaning\":{\n\"areas\":{\n\"demo.clinic.health\":[{\"before\":\"2030-01-01\",\"delegable\":"
    ));
    assert!(text.ends_with("}}\n"));
    assert_eq!(
        entry(&text, "demo.clinic.summary"),
        "\"demo.clinic.summary\":[{\"before\":\"2030-01-01\",\"data\":\"special\",\"delegable\":[],\
         \"for\":[\"organisation\",\"person\"],\"grants\":[{\"delegate\":false,\
         \"to\":[\"package\",\"demo.clinic.reporting\"],\"use\":true},\
         {\"delegate\":true,\"to\":[\"self\"],\"use\":true}],\"services\":true}]"
    );
    assert_eq!(
        entry(&text, "demo.clinic.archive"),
        "\"demo.clinic.archive\":[{\"before\":\"2030-01-01\",\"data\":\"undecided\",\"delegable\":[{\"undecided\":true}],\
         \"for\":\"undecided\",\"grants\":[{\"delegate\":true,\"undecided\":true,\"use\":true}],\"services\":\"undecided\"}],"
    );
    let words = &text[text.find("\n\"words\"").expect("words")..];
    assert_eq!(
        entry(words, "demo.clinic.reporting"),
        "\"demo.clinic.reporting\":{\"about\":\"Reports from a clinic, on æ \\\\ ø.\",\
         \"formerly\":[\"urn:demo:package:Reporting:\"],\
         \"open\":{\"grant role demo.clinic.deputy\":\"may a deputy pass it on\"},\"title\":\"Health reporting\"},"
    );
    assert_eq!(
        entry(words, "demo.clinic.report\""),
        "\"demo.clinic.report\":{\"actions\":{\"send\":\"Send the report\"},\"title\":\"Annual report\"},"
    );
}

#[test]
fn rules_are_one_a_recipient_with_their_periods_joined() {
    let bundle = whole();
    let rules: Vec<(String, usize)> = bundle
        .meaning
        .rules
        .iter()
        .map(|rule| (rule.key.rsplit_once('/').expect("digits").0.to_owned(), rule.scopes.len()))
        .collect();
    let count = |key: &str| rules.iter().filter(|(one, _)| one == key).count();
    assert_eq!(count("demo.clinic.report/permit/read"), 4);
    assert_eq!(count("demo.clinic.report/permit/send"), 3);
    let text = json::bundle_text(&bundle);
    let joined = text.lines().find(|line| line.contains("[{\"before\":\"2026-09-01\"")).expect("joined periods");
    assert!(
        joined.contains(
            "[{\"before\":\"2026-09-01\",\"from\":\"2026-01-01\",\"requires\":[\"package\",\"demo.clinic.reporting\"]},\
         {\"before\":\"2030-01-01\",\"from\":\"2026-10-01\",\"requires\":[\"package\",\"demo.clinic.reporting\"]}]"
        ),
        "{joined}"
    );
    assert!(text.contains(
        "\"requires\":[\"or\",[\"and\",[\"package\",\"demo.clinic.reporting\"],[\"package\",\"demo.clinic.summary\"]],\
         [\"package\",\"demo.clinic.summary\"]],\"to\":[\"role\",\"demo.clinic.deputy\"]"
    ));
    for rule in &bundle.meaning.rules {
        let body = json::rule_body(&bundle.meaning, rule);
        let digits = rule.key.rsplit_once('/').expect("digits").1;
        assert!(digits.len() >= 4 && json::sha256(body.as_bytes()).starts_with(digits));
        let canonical = serde_json_canonicalizer::to_string(&serde_json::from_str::<serde_json::Value>(&body).unwrap());
        assert_eq!(canonical.unwrap(), body);
    }
}

#[test]
fn the_halves_are_digested_in_canonical_form() {
    let bundle = whole();
    let text: serde_json::Value = serde_json::from_str(&json::bundle_text(&bundle)).unwrap();
    assert_eq!(serde_json_canonicalizer::to_string(&text["meaning"]).unwrap(), json::meaning_text(&bundle));
    assert_eq!(serde_json_canonicalizer::to_string(&text["words"]).unwrap(), json::words_text(&bundle));
}

#[test]
fn what_is_written_is_read_back() {
    let bundle = whole();
    assert_eq!(read(&json::bundle_text(&bundle)), Ok(bundle));
    assert_eq!(read(&json::bundle_text(&Bundle::default())), Ok(Bundle::default()));
}

#[test]
fn no_cut_and_no_changed_byte_is_worse_than_a_finding() {
    let text = json::bundle_text(&whole());
    for at in (0..text.len()).step_by(7).filter(|at| text.is_char_boundary(*at)) {
        assert!(read(&text[..at]).is_err());
        for put in ["\"", "}", "[", "0", "null", "\u{1}", ",", "ø"] {
            let rest = &text[at..].chars().as_str()[text[at..].chars().next().map_or(0, char::len_utf8)..];
            let changed = format!("{}{put}{rest}", &text[..at]);
            for finding in read(&changed).err().into_iter().flatten() {
                assert!(changed.get(finding.place.span.range()).is_some(), "{finding:#?}");
                assert_eq!(finding.code.number, "FM0511");
            }
        }
    }
}

#[test]
fn hostile_bundles_are_findings_with_places() {
    let text = json::bundle_text(&whole());
    let deep = |levels: usize| {
        let nested = "[\"and\",".repeat(levels) + "[\"package\",\"demo.clinic.reporting\"]" + &"]".repeat(levels);
        text.replace("\"requires\":[\"package\",\"demo.clinic.reporting\"]", &format!("\"requires\":{nested}"))
    };
    let whole_text = text.clone();
    let line = |name: &str| {
        whole_text.lines().find(|line| line.starts_with(&format!("\"{name}\""))).expect("a line").to_owned()
    };
    let register = line("demo.clinic.register");
    let cases: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("another format", text.replace("\"format\":1", "\"format\":2")),
        ("a list", "[]".to_owned()),
        ("deep lists", "[".repeat(100_000)),
        ("deep in a member", text.replace("\"demo.clinic.register\":{}", &format!("\"demo.clinic.register\":{}", "[".repeat(50_000)))),
        ("a name twice", text.replace(&register, &format!("{register},\n{register}"))),
        ("a member twice", text.replace("\"key\":true", "\"key\":true,\"key\":true")),
        ("an unknown member", text.replace("\"key\":true", "\"key\":true,\"lock\":true")),
        ("a member less", text.replace("\"key\":true,", "")),
        ("null", text.replace("\"key\":true", "\"key\":true,\"urn\":null")),
        ("an unknown role", text.replace("[\"role\",\"demo.clinic.deputy\"]", "[\"role\",\"demo.clinic.nobody\"]")),
        ("an unknown area", text.replace("\"area\":\"demo.clinic.health\"", "\"area\":\"demo.clinic.wealth\"")),
        ("an unknown kind", text.replace("[\"person\"]", "[\"robot\"]")),
        ("no day", text.replace("2030-01-01", "2030-02-30")),
        ("a moment for a day", text.replace("\"2030-01-01\"", "\"2030-01-01T00:00\"")),
        ("versions that meet", text.replace("\"demo.clinic.summary\":[", "\"demo.clinic.summary\":[{\"data\":\"none\",\"delegable\":[],\"for\":[],\"grants\":[],\"services\":true},")),
        ("a grant that names nobody", text.replace("\"to\":[\"self\"],\"use\"", "\"use\"")),
        ("a rule for all", text.replace("\"to\":[\"anyone\"]", "")),
        ("no key", text.replace("demo.clinic.report/permit/", "demo.clinic.report/allow/")),
        ("the key of another rule", text.replace("\"to\":[\"anyone\"]", "\"to\":[\"self\"]")),
        ("no action", text.replace("report/permit/send", "report/permit/burn")),
        ("too deep", deep(65)),
        ("words for nobody", text.replace("\"demo.clinic.deputy\":{\"title\"", "\"demo.clinic.nobody\":{\"title\"")),
    ];
    for (name, changed) in cases {
        assert_ne!(changed, text, "{name}: nothing was changed");
        let findings = read(&changed).expect_err(name);
        assert!(
            !findings.is_empty() && findings.iter().all(|one| one.code.number == "FM0511"),
            "{name}: {findings:#?}"
        );
        assert!(
            findings[0].place.span.start > 0 || changed.len() < 3 || name.starts_with("deep"),
            "{name}: {findings:#?}"
        );
    }
    assert_eq!(read(&deep(64)), Ok(whole()));
}

fn files(text: &str) -> BTreeMap<&'static str, String> {
    let (bundle, origins, sources) = compiled(&[("demo/clinic.fmk", text)]);
    let files = emit::files(&bundle, &origins, &sources, &["json", "xacml"]).expect("files");
    assert_eq!(files.last().map(|file| file.name), Some("manifest.json"));
    files.into_iter().map(|OutputFile { name, bytes }| (name, String::from_utf8(bytes).expect("UTF-8"))).collect()
}

#[test]
fn the_manifest_has_the_digest_of_every_file() {
    let set = files(WHOLE);
    let names: Vec<&str> = set.keys().copied().collect();
    assert_eq!(names, ["attributes.json", "bundle.json", "manifest.json", "origins.json", "policies.xml"]);
    let manifest: serde_json::Value = serde_json::from_str(&set["manifest.json"]).unwrap();
    assert_eq!(manifest["format"], 1);
    assert_eq!(manifest["meaning"], json::sha256(json::meaning_text(&whole()).as_bytes()));
    assert_eq!(manifest["words"], json::sha256(json::words_text(&whole()).as_bytes()));
    let digests = manifest["files"].as_object().unwrap();
    assert_eq!(digests.len(), 4);
    for (name, digest) in digests {
        assert_eq!(*digest, json::sha256(set[&**name].as_bytes()));
    }
}

#[test]
fn comments_and_line_ends_change_the_origins_alone() {
    let before = files(WHOLE);
    let commented = WHOLE.replace("\nrole ", "\n// a role\nrole ").replace('\n', "\r\n");
    let after = files(&commented);
    for (name, text) in &before {
        match *name {
            "origins.json" => assert_ne!(*text, after[name]),
            "manifest.json" => {
                let others = |text: &str| {
                    text.lines().filter(|line| !line.contains("origins.json")).collect::<Vec<_>>().join("\n")
                };
                assert_ne!(*text, after[name]);
                assert_eq!(others(text), others(&after[name]));
            }
            _ => assert_eq!(*text, after[name], "{name}"),
        }
    }
}

#[test]
fn the_order_of_the_text_changes_no_decision_and_no_word() {
    let grants = "    grant to leaders\n";
    let moved = WHOLE.replace(grants, "");
    let moved = moved.replace("    grant delegation to deputy", &format!("{grants}    grant delegation to deputy"));
    let moved = moved.replace("leaders = manager, deputy", "leaders = deputy, manager");
    assert_ne!(moved, WHOLE);
    assert_eq!(files(&moved)["bundle.json"], files(WHOLE)["bundle.json"]);
}

#[test]
fn origins_point_into_the_bundle() {
    let set = files(WHOLE);
    let bundle: serde_json::Value = serde_json::from_str(&set["bundle.json"]).unwrap();
    let origins: serde_json::Value = serde_json::from_str(&set["origins.json"]).unwrap();
    let places = origins["places"].as_object().unwrap();
    for (pointer, place) in places {
        assert!(bundle.pointer(pointer).is_some(), "{pointer}");
        let offset = usize::try_from(place["offset"].as_u64().unwrap()).unwrap();
        let before = &WHOLE[..offset];
        assert_eq!(place["line"], before.matches('\n').count() + 1);
        assert_eq!(place["column"], before.rsplit('\n').next().unwrap().chars().count() + 1);
    }
    let text_at = |pointer: &str| {
        let at = |key: &str| usize::try_from(places[pointer][key].as_u64().unwrap()).unwrap();
        &WHOLE[at("offset")..at("offset") + at("length")]
    };
    for (at, grant) in
        bundle["meaning"]["packages"]["demo.clinic.summary"][0]["grants"].as_array().unwrap().iter().enumerate()
    {
        let expected = if grant["to"][0] == "self" { "grant to self" } else { "grant use to reporting" };
        assert_eq!(text_at(&format!("/meaning/packages/demo.clinic.summary/0/grants/{at}")), expected);
    }
}

#[test]
fn rules_of_the_xml_have_identifiers_of_their_own() {
    let set = files(WHOLE);
    let document = roxmltree::Document::parse(&set["policies.xml"]).unwrap();
    for policy in document
        .descendants()
        .filter(|node| node.has_tag_name(("urn:oasis:names:tc:xacml:3.0:core:schema:wd-17", "Policy")))
    {
        let ids: Vec<&str> = policy.children().filter_map(|rule| rule.attribute("RuleId")).collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
    }
}

#[test]
fn a_date_moved_out_of_the_calendar_permits_nothing_in_xacml() {
    let text = "module demo\n\nentity person {\n  birth_date  date\n}\n\nservice report \"Report\" {\n  action send \"Send\"\n  \
                permit send to self when today < party.birth_date + 9000 years\n  \
                forbid send when party.birth_date + 16 years <= today\n}\n";
    let mut sources = Sources::default();
    let id = sources.add(Source::new("demo.fmk", text));
    let compiled = compile(&sources, &[id], compile::Options::default());
    let bundle = compiled.bundle.unwrap_or_else(|| panic!("{:#?}", compiled.findings)).0;
    let (policies, asked) = emit::xacml::policies(&bundle);
    let mut xml = Vec::new();
    fullmakt::xacml::write::policy_set(&policies, &mut xml).unwrap();
    let xml = String::from_utf8(xml).unwrap();
    // The permit moves the date itself, and only where the sum is a day of the calendar: from the year 1000 it is none.
    assert!(xml.contains("P9000Y") && xml.contains(">1000-01-01<"), "{xml}");
    // A forbid would have to deny there: whether it is so the provider says, and says nothing where there is no value.
    assert!(!xml.contains("P16Y"), "{xml}");
    assert_eq!(asked.keys().filter(|id| id.starts_with("urn:fullmakt:attribute:expression:")).count(), 1, "{asked:#?}");
}

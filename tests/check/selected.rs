//! What policies over resources are over: what a `where` selects becomes rules of the bundle. Tests no finding.

use fullmakt::compile::{Options, compile};
use fullmakt::ir::json::meaning_text;
use fullmakt::source::{Source, Sources};

/// A permit over what a `where` that reads an undecided value selects gives nothing; a forbid there forbids.
#[test]
fn what_is_selected_by_an_undecided_value_is_permitted_by_nobody() {
    let text = "module w\norganisation own \"Own\"\nenum purpose = care\n\
        register known \"K\" { about \"a\" controller own basis gdpr 6(1)(a) data personal purposes care retain forever action port \"P\" }\n\
        register open \"O\" { about \"a\" controller own basis undecided \"which\" data personal purposes care retain forever action port \"P\" }\n\
        register partly \"P\" { about \"a\" controller own basis law \"Act\", undecided \"which\" data personal purposes care retain forever action port \"P\" }\n\
        register named \"N\" { about \"a\" controller own basis gdpr 6(1)(a), undecided \"which\" data personal purposes care retain forever action port \"P\" }\n\
        policy p for every register where gdpr 6(1)(a) in basis {\n  permit port to self\n  forbid port when record.consent != given\n}\n";
    let mut sources = Sources::default();
    let id = sources.add(Source::new("w.fmk", text));
    let (bundle, _) = compile(&sources, &[id], Options::default()).bundle.expect("it compiles");
    let meaning: serde_json::Value = serde_json::from_str(&meaning_text(&bundle)).unwrap();
    let bodies = |start: &str| -> Vec<String> {
        let rules = meaning["rules"].as_object().unwrap().iter().filter(|(key, _)| key.starts_with(start));
        let mut bodies: Vec<String> = rules.map(|(_, body)| body.to_string()).collect();
        bodies.sort();
        bodies
    };
    let permits = [
        r#"[{"on":["w.known","w.named"],"to":["self"]}]"#,
        r#"[{"on":["w.open","w.partly"],"to":["self"],"when":["undecided"]}]"#,
    ];
    assert_eq!(bodies("w.p/permit/port/"), permits);
    let forbids = [
        r#"[{"on":["w.known","w.named","w.open","w.partly"],"when":["!=",["attr",["record"],"consent"],["consent","given"]]}]"#,
    ];
    assert_eq!(bodies("w.p/forbid/port/"), forbids);
}

/// An exported permit is for the elements of the version in force alone: what only a later version has is permitted by none before.
#[test]
fn an_exported_permit_names_the_elements_of_its_version() {
    let text = "module w\nservice s \"S\" { about \"a\" valid before 2027-01-01 elements one action view \"V\" permit view to anyone }\n\
        service s \"S\" { about \"a\" valid from 2027-01-01 elements one, two action view \"V\" permit view to anyone }\n";
    let mut sources = Sources::default();
    let id = sources.add(Source::new("w.fmk", text));
    let (bundle, origins) = compile(&sources, &[id], Options::default()).bundle.expect("it compiles");
    let files = fullmakt::emit::files(&bundle, &origins, &sources, &["xacml"]).unwrap();
    let file = files.into_iter().find(|file| file.name == "policies.xml").unwrap();
    let xml = String::from_utf8(file.bytes).unwrap();
    let value = |element: &str| xml.matches(&format!("#string\">{element}</AttributeValue>")).count();
    assert_eq!((value("one"), value("two")), (2, 1), "{xml}");
}

//! `bundle.json` with everything that a bundle may hold: written in canonical form, read back as the same, and refused where it
//! is not in form.

mod made;

pub(crate) use made::everything;

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

//! What the checks of data protection and of targets find, and on what they are silent.

use super::{marks, texts};

/// A register with these lines and a module around it.
fn register(lines: &str, rest: &str) -> Vec<String> {
    let text = format!(
        r#"module demo.registers
organisation club "The club"
organisation helper "The helper"
role researcher "Researcher" {{ from club held by person for organisation }}
role hospital "Hospital" {{ from helper held by organisation }}
enum purpose = statistics, care
entity context {{ purpose purpose }}
register visits "Visits" {{
  action view "See a visit"
{lines}
}}
{rest}"#
    );
    marks(&text)
}

const WHOLE: &str = "  data special\n  basis gdpr 6(1)(e), gdpr 9(2)(h)\n  retain forever\n  permit view to self\n";

#[test]
fn special_data_need_two_grounds_and_a_time() {
    assert_eq!(register(WHOLE, ""), [""; 0]);
    let without = |line: &str| register(&WHOLE.replace(line, ""), "");
    assert_eq!(without(", gdpr 9(2)(h)"), ["FM0401 6(1)(e)"]);
    assert_eq!(without("gdpr 6(1)(e), "), ["FM0402 9(2)(h)"]);
    assert_eq!(without("  basis gdpr 6(1)(e), gdpr 9(2)(h)\n"), ["FM0401 visits", "FM0402 visits"]);
    assert_eq!(without("  retain forever\n"), ["FM0403 visits"]);
    assert_eq!(without("  data special\n"), [""; 0]);
    let law = WHOLE.replace("gdpr 6(1)(e), gdpr 9(2)(h)", "law \"The act\"");
    let mut found = register(&law, "");
    found.sort();
    assert_eq!(found, ["FM0401 \"The act\"", "FM0402 \"The act\""]);
    let open =
        WHOLE.replace("gdpr 6(1)(e), gdpr 9(2)(h)", "undecided \"which?\"").replace("forever", "undecided \"?\"");
    assert_eq!(register(&open, ""), [""; 0]);
    let personal = WHOLE.replace("special", "personal").replace(", gdpr 9(2)(h)", "");
    assert_eq!(register(&personal, ""), [""; 0]);
}

#[test]
fn recipients_need_purposes() {
    let to = |more: &str, rest: &str| register(&format!("{WHOLE}{more}"), rest);
    assert_eq!(to("  permit view to researcher", ""), ["FM0404 visits"]);
    assert_eq!(to("  permit view to hospital", ""), ["FM0404 visits"]);
    assert_eq!(to("  permit view to anyone when context.purpose == care", ""), ["FM0404 visits"]);
    assert_eq!(to("", "policy p for every register { permit view to helper }"), ["FM0404 visits"]);
    assert_eq!(to("  purposes care\n  permit view to researcher", ""), [""; 0]);
    assert_eq!(to("  purposes undecided \"?\"\n  permit view to researcher", ""), [""; 0]);
    assert_eq!(to("  controller hospital\n  permit view to controller", ""), [""; 0]);
    assert_eq!(to("  controller hospital\n  processor helper\n  permit view to helper", ""), [""; 0]);
    assert_eq!(to("  controller hospital\n  permit view to hospital", ""), [""; 0]);
}

#[test]
fn consent_must_be_read_while_the_register_is_in_force() {
    let consent = WHOLE.replace("6(1)(e)", "6(1)(a)");
    let forbid = |more: &str, rest: &str| register(&format!("{consent}{more}"), rest);
    let missing = ["FM0405 6(1)(a)"];
    assert_eq!(forbid("", ""), missing);
    assert_eq!(forbid("  forbid view when record.consent != given", ""), [""; 0]);
    assert_eq!(forbid("  forbid view when record.restricted", ""), missing);
    let policy = "policy p for every register where gdpr 6(1)(a) in basis { forbid view when gone }\ncondition gone = record.consent == withdrawn\n";
    assert_eq!(forbid("", policy), [""; 0]);
    assert_eq!(forbid("", &policy.replace("6(1)(a) in", "6(1)(b) in")), missing);
    assert_eq!(forbid("  forbid view when record.consent != given from 2026-01-01", ""), missing);
    assert_eq!(
        forbid("  valid from 2026-02-01\n  forbid view when record.consent != given from 2026-01-01", ""),
        [""; 0]
    );
    let relay = "  forbid view when record.consent != given before 2026-01-01\n  forbid view when record.consent == withdrawn from 2026-01-01";
    assert_eq!(forbid(relay, ""), [""; 0]);
}

#[test]
fn a_register_is_measured_by_what_its_packages_admit() {
    let package = "package low \"Low\" {\n  about \"Low.\"\n  delegable no\n  services yes\n  data personal\n  grant to self\n}\npackage shut \"Shut\" {\n  about \"Shut.\"\n  delegable no\n  data special\n  grant to self\n}\n";
    let requires =
        |more: &str, rest: &str| register(&format!("{WHOLE}  purposes care\n{more}"), &format!("{package}{rest}"));
    assert_eq!(requires("  permit view requires low", ""), ["FM0308 low"]);
    assert_eq!(requires("", "policy p for visits { permit view requires low }"), ["FM0308 low"]);
    assert_eq!(requires("", "policy p for visits { permit view requires shut }"), ["FM0307 shut"]);
    assert_eq!(requires("  forbid view requires low when context.purpose == care", ""), [""; 0]);
}

#[test]
fn versions_of_a_register_and_of_a_policy_do_not_overlap() {
    let version = |name: &str, from: &str| {
        format!("register {name} \"V\" {{\n  valid {from}\n  action view \"See\"\n  permit view to self\n}}\n")
    };
    let two = |one: &str, two: &str| register(WHOLE, &(version("other", one) + &version("other", two)));
    assert_eq!(two("before 2026-01-01", "from 2026-01-01"), [""; 0]);
    assert_eq!(two("before 2026-02-01", "from 2026-01-01"), ["FM0311 from 2026-01-01"]);
    let policies = |one: &str, two: &str| {
        register(
            WHOLE,
            &format!(
                "policy p for visits {{\n  valid {one}\n  forbid view to helper\n}}\npolicy p for visits {{\n  valid {two}\n  forbid view to club\n}}\n"
            ),
        )
    };
    assert_eq!(policies("before 2026-01-01", "from 2026-01-01"), [""; 0]);
    assert_eq!(policies("before 2026-02-01", "from 2026-01-01"), ["FM0311 from 2026-01-01"]);
}

#[test]
fn every_open_question_is_listed() {
    let text = r#"module demo.open
organisation club "The club"
role researcher "Researcher" { from club held by person for organisation }
condition perhaps = undecided "one?"
register visits "Visits" {
  data undecided "two?"
  elements undecided "three?"
  controller undecided "four?"
  processor undecided "five?"
  basis undecided "six?"
  purposes undecided "seven?"
  retain undecided "eight?"
  action view "See a visit"
  permit view to self when perhaps or undecided "nine?"
}
package one "One" {
  about "One."
  delegable to person when undecided "ten?"
  grant to researcher when undecided "eleven?"
}
"#;
    let texts = texts(text);
    let questions: Vec<&str> =
        texts.checked.findings.iter().filter_map(|finding| finding.message.rsplit_once(": ")).map(|(_, q)| q).collect();
    let all = ["one?", "two?", "three?", "four?", "five?", "six?", "seven?", "eight?", "nine?", "ten?", "eleven?"];
    assert_eq!(questions, all, "{:?}", texts.said());
}

#[test]
fn what_a_target_cannot_say() {
    let text = |target: &str, lines: &str| {
        marks(&format!(
            r#"module demo.targets
target {target}

organisation club "The club"
role manager "Manager" {{ from club held by person for organisation }}
entity person {{ address string, parents set of person }}
condition at_home = party.address in party.parents.address
package one "One" {{
  about "One."
  delegable no
  services yes
  grant to manager
}}
{lines}"#
        ))
    };
    let service = |target: &str, rules: &str| {
        text(target, &format!("service s \"S\" {{\n  action view \"View\"\n  permit view to manager\n{rules}\n}}\n"))
    };
    assert_eq!(service("altinn, xacml", ""), [""; 0]);
    assert_eq!(service("altin", ""), ["FM0602 altin"]);
    assert_eq!(service("altinn", "  permit view requires one"), [""; 0]);
    assert_eq!(service("altinn", "  forbid view to club"), ["FM0603 forbid view to club"]);
    assert_eq!(service("xacml, jacal, json", "  forbid view to club"), [""; 0]);
    assert_eq!(service("altinn", "  permit view requires one when at_home"), ["FM0603 at_home"]);
    assert_eq!(service("altinn", "  permit view requires one from 2026-01-01"), ["FM0603 from 2026-01-01"]);
    assert_eq!(service("altinn", "  elements a, b"), ["FM0603 elements a, b"]);
    assert_eq!(service("altinn", "  permit view to self"), ["FM0603 self"]);
    let register = "register r \"R\" {\n  action view \"View\"\n  permit view to manager\n}\n";
    assert_eq!(text("altinn", register), ["FM0603 r"]);
    assert_eq!(service("xacml", "  permit view requires one when at_home"), [""; 0]);
    assert_eq!(
        service("jacal", "  permit view requires one when party.address in party.parents.address"),
        ["FM0604 party.parents.address"]
    );
    assert_eq!(
        service("xacml", "  permit view requires one when any(x in party.parents: x.address == party.address)"),
        ["FM0604 any(x in party.parents: x.address == party.address)"]
    );
    assert_eq!(service("json", "  permit view requires one when any(x in party.parents: x == party)"), [""; 0]);
    // A policy elsewhere is over it all the same.
    let two = |rule: &str| {
        marks(&format!(
            "// file: demo/one.fmk\nmodule demo.one\ntarget altinn\nrole manager \"Manager\" {{ held by person for organisation }}\nservice s \"S\" {{\n  action view \"View\"\n  permit view to manager\n}}\n// file: demo/two.fmk\nmodule demo.two\nuse demo.one.{{s, manager}}\npolicy p for s {{ {rule} }}\n"
        ))
    };
    assert_eq!(
        two("forbid view to manager when today < 2026-01-01"),
        ["FM0603 forbid view to manager when today < 2026-01-01"]
    );
}

/// HD-1: of the shipped registers none may hold data on health on a ground of article 6 alone.
#[test]
fn a_shipped_register_of_health_data_is_refused_without_its_ground_of_article_9() {
    let folder = "policies/helsedirektoratet";
    let mut names: Vec<String> = std::fs::read_dir(format!("{}/{folder}", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| std::path::Path::new(name).extension().is_some_and(|ending| ending == "fmk"))
        .collect();
    names.sort();
    let files: Vec<(String, String)> = names.iter().map(|name| super::file(&format!("{folder}/{name}"))).collect();
    let refused = |ground: &str| -> Vec<String> {
        let changed: Vec<_> = files.iter().map(|(path, text)| (path.clone(), text.replace(ground, ""))).collect();
        let texts = crate::texts::Texts::of(&changed, &fullmakt::check::Options::default());
        let errors = texts.checked.findings.iter().filter(|it| it.code.severity == fullmakt::diag::Severity::Error);
        errors.map(|it| format!("{} {}", it.code.number, it.message.split('`').nth(1).unwrap_or_default())).collect()
    };
    assert_eq!(refused("no such ground"), [""; 0]);
    assert_eq!(refused(" gdpr 9(2)(g),"), ["FM0401 npr", "FM0401 kpr"]);
    let consent = refused(" gdpr 9(2)(a),");
    assert_eq!(consent, ["FM0401 central_rehabilitation", "FM0401 local_rehabilitation"]);
}

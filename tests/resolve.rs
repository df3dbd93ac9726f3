//! Names → links, through the crate's public names: each finding with its text, what is silent, and what a hostile
//! text costs.

use crate::support::{self, Given};

/// No rule is checked in these tests: the texts are short.
fn given(text: &str) -> Given {
    support::given(text).linked()
}

const ROLES: &str = "module demo.roles
organisation register \"Register\"
role manager \"Manager\" { from register held by person for organisation key yes }
role employee \"Employee\" { from register held by person for organisation }
group leaders = manager, employee
";

/// Without the group.
const PLAIN: &str = "module demo.roles
role manager \"Manager\" { held by person for organisation }
role employee \"Employee\" { held by person for organisation }
";

const CLINIC: &str = "module demo.clinic
use demo.roles.{leaders, employee}
package reporting \"Reporting\" {
  delegable to person, employee
  grant to leaders
}
service report \"Report\" {
  action send \"Send\"
  permit send requires reporting
  permit send to demo.roles.manager
}
";

#[test]
fn links_across_modules() {
    let given = given(ROLES).and(CLINIC);
    given.is_clean();
    let catalog = given.catalog();
    let names: Vec<&str> = catalog.symbols.iter().map(|symbol| &*symbol.full).collect();
    assert_eq!(
        names,
        [
            "demo.clinic.report",
            "demo.clinic.reporting",
            "demo.roles.employee",
            "demo.roles.leaders",
            "demo.roles.manager",
            "demo.roles.register",
        ]
    );
    assert_eq!(catalog.packages[0].grants[0].to.len(), 2);
    assert_eq!(catalog.resources[0].rules[1].to.len(), 1);
    assert_eq!(catalog.modules[0].uses.len(), 1);
    assert!(catalog.packages.iter().all(|package| !package.declared.wounded));
}

#[test]
fn a_name_that_nobody_declares() {
    given(ROLES)
        .and(&CLINIC.replace("grant to leaders", "grant to leadres, leaders"))
        .reports("unknown-name")
        .under(["leadres"])
        .says("there is no `leadres`")
        .helps("did you mean `leaders`?")
        .alone()
        .mends();
    given(ROLES)
        .and(&CLINIC.replace("use demo.roles.{leaders", "use demo.roles.{leaders, leadrs"))
        .reports("unknown-name")
        .under(["leadrs"])
        .alone();
    given(ROLES)
        .and(&CLINIC.replace("to demo.roles.manager", "to demo.roles.manger"))
        .reports("unknown-name")
        .under(["manger"])
        .alone()
        .mends();
    given(ROLES)
        .and(&CLINIC.replace("to demo.roles.manager", "to manager"))
        .reports("unknown-name")
        .helps("declared in `demo.roles`")
        .alone()
        .mends();
}

#[test]
fn a_module_that_is_not_there() {
    given(ROLES)
        .and(&CLINIC.replace("use demo.roles.{", "use demo.rolls.{"))
        .reports("unknown-module")
        .under(["demo.rolls"])
        .alone()
        .mends();
    given(ROLES)
        .and(&CLINIC.replace("to demo.roles.manager", "to demo.rolse.manager"))
        .reports("unknown-module")
        .under(["demo.rolse"])
        .alone()
        .mends();
    let with_star = CLINIC.replace(".{leaders, employee}", "");
    given(ROLES).and(&with_star).reports("unknown-module").under(["demo.roles"]).helps(".*").mends();
}

#[test]
fn a_name_that_may_mean_two_things() {
    let other = "module demo.others\nrole manager \"M\" { held by person for organisation }\n";
    let both = "module demo.a\nuse demo.roles.*\nuse demo.others.*\npackage p \"P\" { grant to manager grant to employee grant to demo.others.manager }\n";
    given(PLAIN)
        .and(other)
        .and(both)
        .reports("ambiguous-name")
        .under(["manager"])
        .related(["manager", "manager"])
        .alone()
        .has_no_fix();
    let named =
        "module demo.a\nuse demo.roles.{manager}\nuse demo.others.{manager}\npackage p \"P\" { grant to manager }\n";
    given(PLAIN).and(other).and(named).reports("ambiguous-name").under(["manager"]).alone();
    // An own name comes before all imports, an import by name before one of all names.
    let own =
        "module demo.a\nuse demo.roles.*\nuse demo.others.{manager}\npackage p \"P\" { grant to manager, employee }\n";
    given(PLAIN).and(other).and(own).is_clean();
}

#[test]
fn two_declarations_of_one_name() {
    let twice = "module a\nrole r \"R\" { held by person }\nrole r \"S\" { held by person }\n";
    given(twice).reports("duplicate-name").under(["r"]).says("`r` is declared twice").related(["r"]).alone();
    let sorts = "module a\nrole r \"R\" { held by person }\npackage r \"S\" { grant to self }\n";
    given(sorts).reports("duplicate-name").under(["r"]).alone();
    let versions = "module a\nrole r \"R\" { held by person valid before 2027-01-01 }\nrole r \"S\" { held by person valid from 2027-01-01 }\n";
    given(versions).is_clean();
    let actions = "module a\nservice s \"S\" { action x \"X\" action x \"Y\" permit x to self }\n";
    given(actions).reports("duplicate-name").under(["x"]).says("action `x` is declared twice").alone();
    given(ROLES)
        .with("other/demo/roles.fmk", ROLES)
        .reports("duplicate-name")
        .says("module `demo.roles` is declared twice");
}

#[test]
fn what_is_not_used() {
    given(ROLES)
        .and(&CLINIC.replace("person, employee", "person"))
        .reports("unused-import")
        .under(["employee"])
        .alone()
        .mends();
    given(ROLES)
        .and(&CLINIC.replace("grant to leaders", "grant to demo.roles.leaders"))
        .reports("unused-import")
        .under(["leaders"])
        .alone()
        .mends();
    given(PLAIN)
        .and("module a\nuse demo.roles.{manager}\n")
        .reports("unused-import")
        .under(["manager"])
        .alone()
        .mends();
    given(PLAIN).and("module a\nuse demo.roles.*\n").reports("unused-import").under(["demo.roles.*"]).mends();
    given(ROLES).reports("unused-group").under(["leaders"]).alone().mends();
    given("module a\norganisation o \"O\"\n").reports("unused-organisation").under(["o"]).alone().mends();
    // A namespace holds by the import alone.
    let names = "module demo.names\nnamespace demo urn:demo { role urn:demo:role:{name} }\n";
    given(names).and("module a\nuse demo.names.*\n").is_clean();
    given(names).and("module a\nuse demo.names.demo\n").is_clean();
}

#[test]
fn letters_of_a_name() {
    given("module a\nrole måneder-år \"M\" { held by person }\n")
        .reports("letters-in-name")
        .under(["måneder-år"])
        .helps("`maneder_ar`")
        .alone()
        .mends();
    given("module a\nrole Ledig \"M\" { held by person }\n").reports("letters-in-name").alone().mends();
}

#[test]
fn modules_in_a_circle() {
    let a = "module a\nuse b.q\nrole r \"R\" { held by person }\npackage p \"P\" { grant to q }\n";
    let b = "module b\nuse a.r\npackage q \"Q\" { grant to r }\n";
    given(a)
        .and(b)
        .reports("import-cycle")
        .under(["b"])
        .says("modules `a` and `b` use each other in a circle")
        .related(["a"])
        .alone();
}

#[test]
fn groups_in_a_circle() {
    let text = "module a\nrole x \"X\" { held by person }\nrole y \"Y\" { held by person }\ngroup g = x, h\ngroup h = y, g\npackage p \"P\" { grant to h }\n";
    let given = given(text);
    given.reports("group-cycle").under(["h"]).related(["g"]).alone();
    let catalog = given.catalog();
    assert_eq!(catalog.packages[0].grants[0].to.len(), 2);
    assert!(!catalog.packages[0].declared.wounded);
}

#[test]
fn a_name_of_another_sort() {
    let wrong = CLINIC.replace("permit send to demo.roles.manager", "permit send to reporting");
    given(ROLES)
        .and(&wrong)
        .reports("wrong-sort")
        .under(["reporting"])
        .helps("write `requires reporting`")
        .related(["reporting"])
        .alone();
    let wrong = CLINIC.replace("requires reporting", "requires employee");
    given(ROLES).and(&wrong).reports("wrong-sort").under(["employee"]).helps("write `to employee`").alone();
    let wrong = CLINIC.replace("grant to leaders", "grant to leaders, person");
    given(ROLES).and(&wrong).reports("wrong-sort").under(["person"]).alone();
}

#[test]
fn statements_out_of_place_and_twice() {
    let text = "module a\nrole r \"R\" { held by person data special }\n";
    given(text).reports("misplaced-statement").under(["data"]).says("`data` does not belong in a role").alone();
    let text = "module a\nrole r \"R\" { held by person\n  key yes\n  key yes\n}\n";
    given(text).reports("repeated-statement").under(["key yes"]).related(["key yes"]).alone().mends();
    let text = "module a\nrole r \"R\" { held by person\n  key yes\n  key no\n}\n";
    given(text).reports("repeated-statement").under(["key no"]).alone().has_no_fix();
}

#[test]
fn a_module_and_its_path() {
    given("")
        .with("policies/demo/clinic.fmk", "module demo.clinik\n")
        .reports("module-path")
        .under(["demo.clinik"])
        .mends_text("module demo.clinic\n");
}

#[test]
fn roles_actions_and_anyone() {
    given("module a\nrole r \"R\" { key yes }\n").reports("no-holder").under(["r"]).alone();
    given(ROLES)
        .and(&CLINIC.replace("permit send requires", "permit sent requires"))
        .reports("unknown-action")
        .under(["sent"])
        .helps("`send`")
        .alone()
        .mends();
    given(ROLES)
        .and(&CLINIC.replace("grant to leaders", "grant to leaders, anyone"))
        .reports("grant-to-anyone")
        .under(["anyone"])
        .alone();
}

#[test]
fn a_wound_hides_no_other_finding_and_makes_none() {
    // The role that is lost is unknown nowhere, and what it uses is not unused.
    let lost = ROLES.replace("role manager", "manager");
    let found = given(&lost).and(CLINIC).finds();
    assert_eq!(found.len(), 1, "{found:?}");
    let lost = ROLES.replace("role manager", "role");
    let found = given(&lost).and(CLINIC).finds();
    assert_eq!(found.len(), 1, "{found:?}");
    // A wrong `module` line is one finding.
    let wrong = ROLES.replace("module demo.roles", "module roles");
    let found = given("module x\n").with("policies/demo/roles.fmk", &wrong).and(CLINIC).finds();
    assert_eq!(found, [("module-path", "roles".to_owned())]);
    let wrong = ROLES.replace("module demo.roles\n", "");
    let found = given("module x\n").with("policies/demo/roles.fmk", &wrong).and(CLINIC).finds();
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn every_token_taken_away_in_turn() {
    let deletions = |text: &str| {
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
    };
    let cascades = ["unused-import", "unused-group", "unused-organisation"];
    for (token, text) in deletions(ROLES) {
        for (name, under) in
            given("module x\n").with("p/demo/roles.fmk", &text).with("p/demo/clinic.fmk", CLINIC).finds()
        {
            assert!(!cascades.contains(&name), "without `{token}`: {name} under `{under}` in\n{text}");
            assert!(
                name != "unknown-name" || !CLINIC.contains(&under),
                "without `{token}`: {name} under `{under}` in\n{text}"
            );
        }
    }
    for (token, text) in deletions(CLINIC) {
        for (name, under) in given(ROLES).with("p/demo/clinic.fmk", &text).finds() {
            assert!(!cascades.contains(&name), "without `{token}`: {name} under `{under}` in\n{text}");
        }
    }
}

#[test]
fn a_hundred_thousand_of_one_name_are_one_finding() {
    let mut text = "module a\n".to_owned();
    for _ in 0..100_000 {
        text.push_str("role r \"R\" { held by person }\n");
    }
    let started = std::time::Instant::now();
    let found = given(&text).findings();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message, "`r` is declared 100000 times");
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn one_unknown_word_in_many_places_is_told_a_few_times() {
    let mut text = "module a\nrole r \"R\" { held by person }\n".to_owned();
    for at in 0..1_000 {
        text.push_str(&format!("package p{at} \"P\" {{ grant to nobody_at_all }}\n"));
    }
    let found = given(&text).findings();
    assert_eq!(found.len(), 21);
    assert!(found[20].message.ends_with("(980 more places like this)"), "{}", found[20].message);
}

#[test]
fn groups_cannot_explode() {
    let mut text = "module a\nrole r0 \"R\" { held by person }\ngroup g0 = r0\n".to_owned();
    for at in 1..4_000 {
        text.push_str(&format!("role r{at} \"R\" {{ held by person }}\ngroup g{at} = r{at}, g{}\n", at - 1));
    }
    text.push_str("package p \"P\" { grant to g3999 }\n");
    given(&text).reports("groups-too-large").alone();
}

#[test]
fn the_pages_of_these_codes() {
    let numbers = (210..=220).chain([222]).chain(330..=346).map(|number| format!("FM0{number}"));
    let others = ["FM0109", "FM0110", "FM0115", "FM0306", "FM0315", "FM0316"].map(str::to_owned);
    for number in numbers.chain(others) {
        let code = fullmakt::diag::codes::find(&number).unwrap();
        let blocks: Vec<&str> =
            code.page.split("```fmk\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        let [wrong, right] = blocks.as_slice() else { panic!("{number}: {} blocks", blocks.len()) };
        page(wrong).reports(code.name).alone().once();
        page(right).is_clean();
    }
}

fn page(block: &str) -> Given {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("// file: "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => files.push(("page/example.fmk".to_owned(), format!("{line}\n"))),
        }
    }
    files.iter().fold(support::nothing(), |given, (path, text)| given.with(path, text))
}

//! Findings for tools: JSON, SARIF and the commands of GitHub say the same of the same texts, with places that hold where
//! letters take two, three and four bytes.

use crate::cli::{Run, fullmakt};
use crate::scratch::Scratch;
use serde_json::Value;

const ROLES: &str = "module roles\n\nrole leder \"Leder\" { held by person for organisation }\n";
const LETTERS: &str = "\
module letters
use roles.{leder, sjef}

package p \"Åpen 𝔸 pakke\" { about \"å 😀\" delegable to leder, }
";
const ANSWERED: &str = "\
module answered
use roles.{leder}

package p \"P\" {
  about \"P.\"
  delegable no
  allow FM0303 \"gis «{først}» i 2027\"
}
";

fn project(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    scratch.file("års plan:1/roles.fmk", ROLES).file("års plan:1/letters.fmk", LETTERS);
    scratch
}

fn check(scratch: &Scratch, format: &str) -> Run {
    fullmakt(scratch.path(), &["check", "års plan:1", "--format", format])
}

fn read(run: &Run) -> Value {
    assert_eq!(run.err, "");
    serde_json::from_str(&run.out).unwrap()
}

/// The text of a SARIF region, by lines and code points.
fn covered(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let offset = |line: usize, column: usize| -> usize {
        text.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum::<usize>() + column - 1
    };
    let start = offset(number("startLine"), number("startColumn"));
    let end = offset(number("endLine"), number("endColumn"));
    text.chars().skip(start).take(end - start).collect()
}

#[test]
fn sarif_has_rules_places_and_fixes() {
    let scratch = project("sarif");
    let run = check(&scratch, "sarif");
    assert_eq!(run.code, 3);
    let log = read(&run);
    assert_eq!((&log["version"], &log["runs"][0]["columnKind"]), (&"2.1.0".into(), &"unicodeCodePoints".into()));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), fullmakt::diag::codes::ALL.len());
    for (rule, code) in rules.iter().zip(fullmakt::diag::codes::ALL) {
        assert_eq!((&rule["id"], &rule["name"]), (&code.number.into(), &code.name.into()));
        assert_eq!(rule["shortDescription"]["text"], code.sentence);
        assert_eq!(rule["defaultConfiguration"]["level"], code.severity.word());
        assert_eq!(rule["help"]["markdown"], code.page);
        let plain = rule["help"]["text"].as_str().unwrap();
        assert!(plain.starts_with(code.number) && !plain.contains("```"), "{plain}");
    }
    let results = log["runs"][0]["results"].as_array().unwrap();
    let seen: Vec<(&str, String)> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "%C3%A5rs%20plan%3A1/letters.fmk");
            (result["ruleId"].as_str().unwrap(), covered(LETTERS, &place["region"]))
        })
        .collect();
    assert_eq!(seen, [("FM0210", "sjef".to_owned()), ("FM0112", ",".to_owned())]);
    let rule = usize::try_from(results[1]["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[rule]["id"], "FM0112");
    assert_eq!(results[1]["level"], "error");
    let fix = &results[1]["fixes"][0];
    assert_eq!(fix["properties"]["certainty"], "certain");
    let change = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(
        (covered(LETTERS, &change["deletedRegion"]).as_str(), &change["insertedContent"]["text"]),
        (",", &"".into())
    );
    assert_eq!(check(&scratch, "sarif").out, run.out, "the same bytes again");
}

#[test]
fn related_places_stand_in_their_own_files() {
    let scratch = Scratch::new("sarif_related");
    let role =
        |module: &str| format!("module {module}\nrole x \"X\" {{ held by person for organisation urn urn:ø:x }}\n");
    scratch.file("años/a.fmk", role("a")).file("b.fmk", role("b"));
    let log = read(&fullmakt(scratch.path(), &["check", ".", "--format", "sarif"]));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let same = results.iter().find(|result| result["ruleId"] == "FM0203").unwrap();
    let related = &same["relatedLocations"][0];
    assert_eq!(related["physicalLocation"]["artifactLocation"]["uri"], "a%C3%B1os/a.fmk");
    assert!(related["message"]["text"].as_str().unwrap().starts_with("the URN of `"), "{related}");
    let absolute = scratch.at("b.fmk").to_string_lossy().into_owned();
    let log = read(&fullmakt(scratch.path(), &["check", &absolute, "--format", "sarif"]));
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert!(uri.as_str().unwrap().starts_with("file:///"), "{uri}");
}

#[test]
fn answered_warnings_are_counted_and_told_with_their_reasons() {
    let scratch = project("answered");
    scratch.file("års plan:1/letters.fmk", ANSWERED.replace("answered", "letters").replace("use roles.{leder}\n", ""));
    let human = fullmakt(scratch.path(), &["check", "års plan:1", "--deny-warnings"]);
    assert_eq!((human.code, human.err.as_str()), (0, "no findings in 2 modules; 1 warning answered\n"));
    let answered = &read(&check(&scratch, "json"))["answered"];
    assert_eq!(answered.as_array().unwrap().len(), 1);
    assert_eq!((&answered[0]["code"], &answered[0]["answer"]["place"]["line"]), (&"FM0303".into(), &6.into()));
    assert_eq!(answered[0]["answer"]["reason"], "gis «{først}» i 2027");
    let result = &read(&check(&scratch, "sarif"))["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"FM0303".into(), &"warning".into()));
    let suppression = &result["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["status"]), (&"inSource".into(), &"accepted".into()));
    assert_eq!(suppression["justification"], "gis «{først}» i 2027");
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 6);
    assert_eq!(check(&scratch, "github").out, "");
}

#[test]
fn github_gets_a_command_a_finding() {
    let scratch = project("github");
    scratch.file(
        "års plan:1/answered.fmk",
        ANSWERED.replace("  delegable no\n", "").replace("  allow", "  // 100 %\n  allow"),
    );
    let run = check(&scratch, "github");
    assert_eq!((run.code, run.err.as_str()), (3, ""));
    assert_eq!(
        run.out.lines().collect::<Vec<_>>(),
        [
            "::warning file=års plan%3A1/answered.fmk,line=2,endLine=2,col=12,endColumn=16,title=FM0213 unused-import::`leder` is imported and not used: nothing in this module names it%0Aleave the line out",
            "::warning file=års plan%3A1/answered.fmk,line=4,endLine=4,col=9,endColumn=9,title=FM0302 no-delegability::`p` does not say whether it may be delegated: has no `delegable`%0Awrite `delegable to …` with who may receive it, `delegable no`, or `delegable undecided \"…\"` with the question",
            "::error file=års plan%3A1/letters.fmk,line=2,endLine=2,col=19,endColumn=22,title=FM0210 unknown-name::module `roles` declares no `sjef`: not declared there%0Adeclare `sjef` in `roles`, or leave it out here",
            "::error file=års plan%3A1/letters.fmk,line=4,endLine=4,col=58,endColumn=58,title=FM0112 trailing-comma::a list ends with a comma: no name follows this comma%0Aremove the comma, or write the name that it announces",
        ]
    );
}

#[test]
fn what_is_drawn_fits_the_terminal() {
    use fullmakt::diag::render::human::{self, Look};
    let long = "module a\nuse b.{x, y}\nrole r \"Bærer æøå 日本語 𝔸\" {\n\theld\tby person, for organisation urn urn:demo:role:r }\n".to_owned()
        + &format!("package p \"{}\" {{ about undecided \"{}\" grant r, delegable maybe data x }}\n", "ø".repeat(300), "spørsmål ".repeat(40))
        + "role s \"S\" { held by person urn urn:demo:role:r } role t \"T\" { held by person urn urn:demo:role:r }\n";
    let mut texts: Vec<String> = vec![long];
    for code in fullmakt::diag::codes::ALL {
        texts.extend(code.page.split("```fmk\n").nth(1).and_then(|rest| Some(rest.split_once("```")?.0.to_owned())));
    }
    for text in texts {
        let mut sources = fullmakt::source::Sources::default();
        let id = sources.add(fullmakt::source::Source::new("a.fmk", &text));
        let findings = fullmakt::compile::compile(&sources, &[id], fullmakt::compile::Options::default()).findings;
        for width in [40, 60, 120, 200] {
            let mut out = Vec::new();
            human::write(&findings, &sources, Look { width, colour: false }, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert!(!out.contains("Failed to read"), "{out}");
            let mut pasted = false;
            for line in
                out.lines().take_while(|line| !line.ends_with("open question") && !line.ends_with("open questions"))
            {
                // The code and its name stand on one line.
                if line.contains("[FM") {
                    continue;
                }
                // Labels of marks that lie in each other stand side by side.
                if line.trim_start().starts_with('·') && line.contains('│') {
                    continue;
                }
                // A case to paste is not broken.
                pasted |= line.starts_with("- name:");
                pasted &= !line.is_empty();
                if pasted {
                    continue;
                }
                // A word alone may be longer than the line.
                let word = line
                    .trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '`')
                    .trim_start_matches("help: ");
                let columns: usize = line
                    .chars()
                    .map(|letter| {
                        if ('\u{1100}'..'\u{d7a3}').contains(&letter) && !('\u{2000}'..'\u{2e7f}').contains(&letter) {
                            2
                        } else {
                            1
                        }
                    })
                    .sum();
                assert!(columns <= width || !word.contains(' '), "{width}: {columns}: {line}\n{out}");
            }
        }
    }
}

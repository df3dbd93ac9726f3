//! Coverage as it is told: LCOV, JSON, the page; thresholds, and the command.

use super::*;

/// A reader of LCOV tracefiles: for each text its lines and its branches. Refuses what is not of the format.
fn read_lcov(text: &str) -> BTreeMap<String, (BTreeMap<u32, u64>, Vec<(u32, Option<u64>)>)> {
    let mut files = BTreeMap::new();
    let mut file = None;
    let (mut lines, mut branches) = (BTreeMap::new(), Vec::new());
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        if line == "end_of_record" {
            let count = |name: &str| counts[name];
            let hit = lines.values().filter(|hits| **hits > 0).count();
            let taken =
                branches.iter().filter(|(_, taken): &&(u32, Option<u64>)| taken.is_some_and(|times| times > 0)).count();
            assert_eq!((count("LF"), count("LH")), (lines.len(), hit));
            assert_eq!((count("BRF"), count("BRH")), (branches.len(), taken));
            files.insert(file.take().expect("SF"), (std::mem::take(&mut lines), std::mem::take(&mut branches)));
            counts.clear();
            continue;
        }
        let (name, rest) = line.split_once(':').expect("NAME:…");
        let numbers: Vec<&str> = rest.split(',').collect();
        match name {
            "TN" => assert!(file.is_none()),
            "SF" => file = Some(rest.to_owned()),
            "DA" => assert_eq!(lines.insert(numbers[0].parse().unwrap(), numbers[1].parse().unwrap()), None),
            "BRDA" => {
                assert!(numbers[1..3].iter().all(|number| number.parse::<u32>().is_ok()));
                let taken = (numbers[3] != "-").then(|| numbers[3].parse().unwrap());
                branches.push((numbers[0].parse().unwrap(), taken));
            }
            "LF" | "LH" | "BRF" | "BRH" => drop(counts.insert(name, rest.parse().unwrap())),
            other => panic!("{other}"),
        }
    }
    assert!(file.is_none(), "a record without an end");
    files
}

#[test]
fn lcov_and_json_tell_what_is_measured() {
    let coverage = measured(&suites(HOME, HOME_SUITE));
    let files = read_lcov(&lcov::text(&coverage));
    let (lines, branches) = &files["home.fmk"];
    assert_eq!((files.len(), branches.len()), (1, coverage.figures().all().of));
    assert_eq!(
        branches.iter().filter(|(_, taken)| taken.is_some_and(|times| times > 0)).count(),
        coverage.figures().all().covered
    );
    let at = |text: &str| HOME.lines().position(|line| line.contains(text)).unwrap() as u32 + 1;
    // The lab is asked about for the package, and for the area that it is in.
    assert_eq!(lines[&at("delegable to organisation")], 2);
    assert_eq!(lines[&at("permit read of plain")], 4);
    assert!(!lines.contains_key(&at("nobody_asks")) && !lines.contains_key(&at("undecided")));
    let on = |line: u32| branches.iter().filter(|(of, _)| *of == line).map(|(_, taken)| *taken).collect::<Vec<_>>();
    assert_eq!(on(at("any(x in")).len(), 10);
    // What was never asked has `-`, what was asked and never so has 0.
    let one = measured(&suites(
        SWITCHES,
        "clock: 2026-03-01T12:00:00+01:00\ncases:\n  - { name: a, request: { action: do, on: s, context: { a: true } }, expect: deny undecidable }\n",
    ));
    let asked = &read_lcov(&lcov::text(&one))["m.fmk"].1;
    assert_eq!(asked[..3], [(5, Some(0)), (5, Some(0)), (5, Some(1))]);
    let data: serde_json::Value = serde_json::from_str(&json::text(&coverage)).unwrap();
    assert_eq!(data["figures"]["all"], serde_json::json!({ "covered": 40, "of": 46, "percent": 86.95 }));
    let items = data["modules"][0]["items"].as_array().unwrap();
    let alone = items.iter().find(|item| item["kind"] == "mcdc").unwrap();
    assert_eq!(alone["points"][0]["shown"][1]["name"], "good friend");
    assert_eq!(alone["points"][0]["shown"][1]["place"]["file"], "home.test.yaml");
}

#[test]
fn the_page_is_well_formed_and_marks_every_line() {
    let suites = suites(HOME, HOME_SUITE);
    let coverage = measured(&suites);
    let page = html::page(&coverage, &suites.sources);
    let text = page.strip_prefix("<!DOCTYPE html>\n").unwrap();
    let document = roxmltree::Document::parse(text).expect("well formed");
    let class = |node: &roxmltree::Node<'_, '_>, name: &str| node.attribute("class") == Some(name);
    let rows: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("tr") && node.attribute("class").is_some()).collect();
    let lines: BTreeSet<u32> = coverage.items().map(|item| item.place.as_ref().unwrap().position.line).collect();
    assert_eq!(rows.len(), lines.len());
    let signs: String = rows
        .iter()
        .filter_map(|row| row.children().find(|cell| class(cell, "mark"))?.text())
        .map(|mark| mark.chars().next().unwrap())
        .collect();
    assert_eq!(signs, "◐✓✓✓◐◐◐✓✓✓✓");
    let source: String = document
        .descendants()
        .filter(|node| node.has_tag_name("pre"))
        .map(|pre| {
            pre.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect::<String>() + "\n"
        })
        .collect();
    assert_eq!(source.trim_end(), HOME.trim_end());
    let marked: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name("span"))
        .map(|node| format!("{} {}", node.attribute("class").unwrap(), node.text().unwrap()))
        .collect();
    assert_eq!(marked[..3], ["part today < party.birth_date + 16 years", "part young", "part young"]);
    assert!(marked.contains(&"full x == subject".to_owned()), "{marked:?}");
    assert!(!page.contains("http"), "the page needs nothing else");
}

#[test]
fn reports_are_the_same_on_any_number_of_threads() {
    let told: Vec<[String; 4]> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let files: Vec<(String, String)> = (0..12)
                    .flat_map(|at| {
                        let module = SWITCHES.replace("module m", &format!("module m{at:02}"));
                        let truth = at % 2 == 0;
                        let suite = format!("clock: 2026-03-01T12:00:00+01:00\ncases:\n  - {{ name: a, request: {{ action: do, on: s, context: {{ a: {truth} }} }}, expect: deny not-granted }}\n");
                        [(format!("m{at:02}.test.yaml"), suite), (format!("m{at:02}.fmk"), module.replace("entity context { a bool  b bool  c bool }\n", if at == 0 { "entity context { a bool  b bool  c bool }\n" } else { "use m00.*\n" }))]
                    })
                    .collect();
                let suites = Suites::of(&files);
                let coverage = measured(&suites);
                [text::text(&coverage), json::text(&coverage), lcov::text(&coverage), html::page(&coverage, &suites.sources)]
            })
        })
        .into();
    assert!(told.iter().all(|one| *one == told[0]));
    assert!(told[0][0].contains("\nall "), "{}", told[0][0]);
}

#[test]
fn thresholds() {
    let coverage = measured(&suites(HOME, HOME_SUITE));
    let short = |threshold: &str| {
        let threshold: Threshold = threshold.parse().expect("a threshold");
        threshold.short(&coverage.figures()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(short("86.95"), Vec::<String>::new());
    assert_eq!(short("0,mcdc=100,obligations=100.0"), Vec::<String>::new());
    assert_eq!(
        short("86.96,grants=90,atoms=80"),
        [
            "coverage: 86.95 % is covered, 0.01 below the 86.96 % of --threshold; 1 point more is needed",
            "grants: 83.33 % is covered, 6.67 below the 90 % of --threshold; 1 point more is needed",
        ]
    );
    assert_eq!(
        short("atoms=100"),
        ["atoms: 80 % is covered, 20 below the 100 % of --threshold; 4 points more are needed"]
    );
    for wrong in
        ["", "x", "101", "-1", "1e2", "99.999", "100.01", "rules", "rules=", "rule=5", "5,6", "rules=1,rules=2", "5,"]
    {
        assert!(wrong.parse::<Threshold>().is_err(), "{wrong}");
    }
    assert_eq!(
        "rule=5".parse::<Threshold>().unwrap_err().to_string(),
        "`rule` is none of grants, rules, atoms, mcdc, delegability, obligations"
    );
    // A share of nothing is no share.
    let switches = switched(&[("ttt", "permit")]);
    assert_eq!(switches.figures().kind(Kind::Grants).hundredths(), None);
    let threshold: Threshold = "grants=0".parse().expect("a threshold");
    assert_eq!(
        threshold.short(&switches.figures())[0].to_string(),
        "grants: there is nothing to cover; take `grants=` out of --threshold"
    );
    let shown = switches.items().flat_map(|item| &item.points).filter(|point| point.aspect == Aspect::Unknown);
    assert!(shown.count() == 3 && !points(&switches, &[Kind::Grants]).contains(&String::new()));
}

#[test]
fn the_command_tells_and_ends_by_the_threshold() {
    let scratch = Scratch::new("coverage");
    scratch.file("policies/home.fmk", HOME).file("policies/home.test.yaml", HOME_SUITE);
    let run = |arguments: &[&str]| fullmakt(scratch.path(), &[&["test"], arguments].concat());
    assert_eq!(run(&["--update"]).code, 0);
    let told = run(&["--coverage"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("\nhome: 6 of 46 points are not covered\n  policies/home.fmk:14:19  today < party.birth_date + 16 years\n    in condition young: never unknown\n"), "{}", told.out);
    assert!(!run(&[]).out.contains("points"));
    for (format, start) in [
        ("json", "{\n"),
        ("lcov", "TN:fullmakt\nSF:policies/home.fmk\n"),
        ("html", "<!DOCTYPE html>\n"),
        ("text", "coverage  "),
    ] {
        let file = format!("out.{format}");
        let written = run(&[&format!("--coverage={format}"), "-o", &file]);
        assert_eq!(written.code, 0, "{}", written.err);
        assert!(written.out.ends_with(&format!("wrote {file}: 86.9 % is covered\n")), "{}", written.out);
        let text = std::fs::read_to_string(scratch.at(&file)).unwrap();
        assert!(text.starts_with(start), "{text}");
    }
    assert_eq!(run(&["--coverage=json"]).code, 2);
    assert_eq!(run(&["--threshold", "much"]).code, 2);
    assert_eq!(run(&["--coverage=html", "-o", "no/such/folder/x.html"]).code, 1);
    let below = run(&["--threshold", "80,rules=100"]);
    assert_eq!(below.code, 5, "{}", below.err);
    assert!(
        below
            .err
            .ends_with("rules: 88.88 % is covered, 11.12 below the 100 % of --threshold; 1 point more is needed\n"),
        "{}",
        below.err
    );
    assert_eq!(run(&["--threshold", "80,rules=80"]).code, 0);
    // What is not as expected comes first.
    scratch.file("policies/home.test.yaml", HOME_SUITE.replacen("expect: permit", "expect: deny not-granted", 1));
    assert_eq!(run(&["--threshold", "100"]).code, 4);
}

#[test]
fn a_build_without_anything_to_cover_is_not_covered() {
    let scratch = Scratch::new("coverage_of_nothing");
    scratch.file("policies/words.fmk", "module words\nrole manager \"Manager\" { held by person for organisation }\n");
    let run = fullmakt(scratch.path(), &["test", "--coverage", "--threshold", "0"]);
    assert!(run.out.ends_with("\ncoverage: there is nothing to cover\n"), "{}", run.out);
    assert!(run.err.ends_with("coverage: there is nothing to cover\n"), "{}", run.err);
    // Nothing was tested either.
    assert_eq!(run.code, 4);
}

//! The language reference is true: its modules are in canonical form and without a finding.

use crate::cli::fullmakt;
use crate::scratch::Scratch;

#[test]
fn the_modules_of_the_language_reference_are_in_order() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/language.md");
    let text = std::fs::read_to_string(path).unwrap();
    let scratch = Scratch::new("language");
    let mut modules = 0;
    for block in text.split("```fmk\n").skip(1) {
        let (module, _) = block.split_once("```").unwrap();
        let name = module.lines().next().unwrap().strip_prefix("module ").expect("a block is a whole module");
        scratch.file(&format!("policies/{}.fmk", name.replace('.', "/")), module);
        modules += 1;
    }
    assert!(modules >= 3);
    let check = fullmakt(scratch.path(), &["check", "--deny-warnings"]);
    assert_eq!(check.code, 0, "{}", check.err);
    let form = fullmakt(scratch.path(), &["fmt", "--check"]);
    assert_eq!(form.code, 0, "{}{}", form.out, form.err);
}

#[test]
fn the_language_reference_has_every_rule_of_the_grammar() {
    let path = |file: &str| format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let reference = std::fs::read_to_string(path("docs/language.md")).unwrap();
    let grammar = std::fs::read_to_string(path("grammar/fullmakt.pest")).unwrap();
    let mut documentation: Vec<&str> = Vec::new();
    let (mut missing, mut rules) = (Vec::new(), 0);
    for line in grammar.lines() {
        if let Some(said) = line.strip_prefix("///") {
            documentation.push(said.trim());
            continue;
        }
        let rule = line.split_once('=').map(|(name, body)| (name.trim(), body.trim()));
        let rule = rule.filter(|(name, body)| {
            body.trim_start_matches(['@', '$', '_']).starts_with('{')
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        });
        if let Some((name, _)) = rule {
            rules += 1;
            let row = format!("| `{name}` | {} |\n", documentation.join(" ").replace('|', "&#124;"));
            if documentation.is_empty() || !reference.contains(&row) {
                missing.push(row);
            }
        }
        documentation.clear();
    }
    assert!(rules > 80, "{rules}");
    assert!(missing.is_empty(), "docs/language.md lacks, or says otherwise:\n{}", missing.concat());
    let rows = reference
        .lines()
        .skip_while(|line| *line != "| rule | reads |")
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    assert_eq!(rows.count(), rules, "docs/language.md has rules that the grammar lacks");
}

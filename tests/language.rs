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

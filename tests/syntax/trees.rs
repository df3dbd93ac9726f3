//! Trees of right texts, and a form of them that can be compared when places differ.

use super::{FILE, modules, source};
use fullmakt::syntax::ast::{Declaration, Module};
use fullmakt::syntax::parse;

/// A tree's `Debug` without its places.
pub(super) fn without_places(debug: &str) -> String {
    let mut out = String::new();
    let mut rest = debug;
    while let Some(start) = rest.find("Span {") {
        out.push_str(&rest[..start]);
        out.push('@');
        rest = &rest[start..];
        rest = &rest[rest.find('}').unwrap() + 1..];
    }
    out.push_str(rest);
    out
}

/// Every declaration with the name of what it stands in, itself without its nested ones; in order.
pub(super) fn flat(module: &Module<'_>) -> Vec<(String, String)> {
    fn walk(declaration: &Declaration<'_>, within: &str, out: &mut Vec<(String, String)>) {
        let name = declaration.name.map_or("-", |name| name.text);
        let own = Declaration { declarations: Vec::new(), wounded: false, ..declaration.clone() };
        out.push((name.to_owned(), format!("{within}/{}", without_places(&format!("{own:?}")))));
        for nested in &declaration.declarations {
            walk(nested, name, out);
        }
    }
    let mut out = Vec::new();
    for declaration in &module.declarations {
        walk(declaration, "", &mut out);
    }
    out
}

#[test]
fn the_samples_have_no_fault() {
    for (name, text) in &modules() {
        let source = source(text);
        let parsed = parse(&source, FILE);
        assert!(parsed.findings.is_empty(), "{name}: {:#?}", parsed.findings);
        assert!(!parsed.module.wounded, "{name}");
        // One module declares nothing: its suite asks across the others.
        assert_eq!(flat(&parsed.module).is_empty(), name == "policies/across_systems.fmk", "{name}");
    }
}

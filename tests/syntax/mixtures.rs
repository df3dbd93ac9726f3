//! Texts that nobody would write: tokens of the language in any order. Nothing is said of what is found, only that
//! something can be said, and where.

use super::{FILE, source};
use crate::support::chance;
use fullmakt::syntax::{format, parse};
use proptest::prelude::{prop, proptest};

const TOKENS: &[&str] = &[
    "module ",
    "use ",
    "a.b",
    ".{",
    "*",
    "namespace ",
    "urn:a:b",
    "organisation ",
    "role ",
    "group ",
    "area ",
    "package ",
    "service ",
    "x ",
    "\"T\" ",
    "{ ",
    "}",
    "\n",
    "= ",
    ", ",
    "grant ",
    "to ",
    "use ",
    "delegation ",
    "undecided ",
    "from ",
    "2026-01-01 ",
    "before ",
    "about ",
    "formerly ",
    "for ",
    "person ",
    "delegable ",
    "no ",
    "yes ",
    "and ",
    "onward ",
    "services ",
    "data ",
    "special ",
    "code ",
    "held ",
    "by ",
    "key ",
    "agent ",
    "allow ",
    "valid ",
    "action ",
    "permit ",
    "requires ",
    "or ",
    "( ",
    ") ",
    "when ",
    "of ",
    "oblige ",
    "forbid ",
    "policy ",
    "register ",
    "condition ",
    "entity ",
    "\"",
    "// c\n",
    "æ",
    "\u{301}",
    "\t",
    "\r\n",
    "urn ",
    "any action ",
    ".",
    "-",
    "target ",
    "enum ",
    "obligation ",
    "never ",
    "not ",
    "any ",
    "all(",
    "in ",
    "is ",
    "holds ",
    "== ",
    "< ",
    "+ ",
    "- ",
    "16 years ",
    "[",
    "]",
    ": ",
    "every ",
    "where ",
    "set of ",
    "or none ",
    "true ",
    "permitted ",
    "gdpr 6(1)(a) ",
    "law ",
    "retain ",
    "until ",
    "at most ",
    "after ",
    "basis ",
    "elements ",
    "controller ",
    "records of ",
    "partial ",
    "2026-01-31T12:00:00+01:00 ",
    "\u{a0}",
    "//",
];

proptest! {
    #![proptest_config(chance(2_000))]

    #[test]
    fn any_order_of_tokens_is_read(picks in prop::collection::vec(0..TOKENS.len(), 0..40)) {
        let text: String = picks.iter().map(|pick| TOKENS[*pick]).collect();
        let whole = source(&text);
        let parsed = parse(&whole, FILE);
        for finding in &parsed.findings {
            assert!(text.get(finding.place.span.range()).is_some(), "{text:?}: {finding:?}");
            for edit in &finding.fix {
                assert!(text.get(edit.place.span.range()).is_some(), "{text:?}: {finding:?}");
            }
        }
        for declaration in &parsed.module.declarations {
            assert!(text.get(declaration.span.range()).is_some(), "{text:?}");
        }
        if let Ok(once) = format(&whole, FILE) {
            let again = format(&source(&once), FILE);
            assert_eq!(again.as_ref(), Ok(&once), "{text:?}");
        }
    }
}

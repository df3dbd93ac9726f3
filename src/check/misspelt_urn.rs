//! FM0207: a word of the title that stands in the URN with a letter or two wrong. Endings, and words that are left out,
//! are no slips. Roles are passed over: their titles and URNs come from registers that name them in words of their own.
//! How words are compared: `terms`.

use super::context::{Context, last_segment, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::Sort;
use crate::source::Place;
use crate::terms::spelling::misspellings;
use std::collections::BTreeSet;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    // What was copied from another is not misspelt besides.
    let copied: BTreeSet<Place> =
        findings.iter().filter(|finding| *finding.code == codes::URN_OF_ANOTHER).map(|finding| finding.place).collect();
    for thing in context.things().iter().filter(|thing| thing.sort != Sort::Role) {
        let (Some((text, place)), Some(title)) = (thing.urn_text(), &thing.declared.title) else { continue };
        let range = last_segment(text);
        let Some(segment) = text.get(range.clone()) else { continue };
        if copied.contains(&context.within(place, text, range.clone())) {
            continue;
        }
        for slip in misspellings(&title.value, segment) {
            let at = context.within(place, text, range.start + slip.start..range.start + slip.end);
            let mut finding = Diagnostic::new(
                &codes::MISSPELT_URN,
                format!(
                    "{} in the URN of {} is probably a misspelt {}",
                    quoted(&slip.written),
                    quoted(context.name(thing.declared.symbol)),
                    quoted(&slip.expected)
                ),
                at,
            )
            .label("differs from the title by a letter or two")
            .help(format!(
                "write {}, or answer with `allow FM0207 \"why\"` if the URN was given like this",
                quoted(&slip.expected)
            ))
            .related("the title", title.place);
            if context.sources.slice(at) == slip.written {
                finding = finding.fix(at, slip.expected).changes_meaning();
            }
            findings.push(finding);
        }
    }
}

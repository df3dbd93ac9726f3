//! FM0208: a word of a title that no list of known words has, and that is nearly one that it has. Only where the
//! caller gives such a list. How words are compared: `terms`.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::terms::word_list::Words;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(words) = &context.options.words else { return };
    let words = Words::new(words.iter().map(|word| &**word));
    for declared in context.declared() {
        let Some(title) = &declared.title else { continue };
        for slip in words.misspellings(&title.value) {
            let at = context.within(title.place, &title.value, slip.start..slip.end);
            let mut finding = Diagnostic::new(
                &codes::MISSPELT_TITLE,
                format!(
                    "{} in the title of {} is probably a misspelt {}",
                    quoted(&slip.written),
                    quoted(context.name(declared.symbol)),
                    quoted(&slip.expected)
                ),
                at,
            )
            .label("not among the known words")
            .help(format!("write {}, or add the word to the list of known words", quoted(&slip.expected)));
            if context.sources.slice(at) == slip.written {
                finding = finding.fix(at, slip.expected);
            }
            findings.push(finding);
        }
    }
}

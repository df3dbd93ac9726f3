//! FM0204: a URN that a thing had formerly is the URN of another thing now, so that old data may be read as naming
//! the other.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::SymbolId;
use crate::source::Place;
use crate::terms::urn;
use std::collections::BTreeMap;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let things = context.things();
    if things.iter().all(|thing| thing.formerly.is_empty()) {
        return;
    }
    // The first two names of each URN: one of them is another than the name that a former URN stands under.
    let mut current: BTreeMap<String, Vec<(SymbolId, Place)>> = BTreeMap::new();
    for thing in things {
        let Some((text, place)) = thing.urn_text() else { continue };
        let names = current.entry(urn::key(text)).or_default();
        if names.len() < 2 && names.iter().all(|(symbol, _)| *symbol != thing.declared.symbol) {
            names.push((thing.declared.symbol, place));
        }
    }
    for thing in things {
        let own = thing.declared.symbol;
        for former in thing.formerly {
            let users = current.get(&urn::key(&former.value)).map_or(&[][..], |users| users);
            let Some((user, place)) = users.iter().find(|(symbol, _)| *symbol != own) else { continue };
            let user_name = quoted(context.name_beside(*user, own));
            findings.push(
                Diagnostic::new(
                    &codes::FORMER_URN_IN_USE,
                    format!("a former URN of {} is the URN of {user_name} now", quoted(context.name_beside(own, *user))),
                    former.place,
                )
                .label(format!("old data with this URN would be read as {user_name}"))
                .help("answer with `allow FM0204 \"why\"` if the old URN was published like this, or correct one of the two")
                .related(format!("the URN of {user_name}"), *place),
            );
        }
    }
}

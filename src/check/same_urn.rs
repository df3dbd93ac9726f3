//! FM0203: two things with one URN, also where the texts differ only in case or by a defect. Versions of one name are
//! one thing. However many share a URN, it is one finding.

use super::context::{Context, Thing, last_segment, quoted};
use super::proposal::Urns;
use crate::diag::{Diagnostic, codes};
use crate::source::Place;
use crate::terms::urn;
use std::collections::BTreeSet;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut by_key: Vec<(String, (&Thing<'_>, &str, Place))> = Vec::with_capacity(context.things().len());
    for thing in context.things() {
        let Some((text, place)) = thing.urn_text() else { continue };
        by_key.push((urn::key(text), (thing, text, place)));
    }
    by_key.sort_by(|(one, _), (two, _)| one.cmp(two));
    let mut urns: Option<Urns> = None;
    for all in by_key.chunk_by(|(one, _), (two, _)| one == two) {
        if all.len() < 2 || all.first().is_some_and(|(key, _)| key.is_empty()) {
            continue;
        }
        // The first place of each name, in order of source.
        let mut seen = BTreeSet::new();
        let same: Vec<_> =
            all.iter().map(|(_, one)| one).filter(|(thing, ..)| seen.insert(thing.declared.symbol)).collect();
        let [(first, first_text, first_place), (second, text, place), more @ ..] = same.as_slice() else { continue };
        let (one, two) = (first.declared.symbol, second.declared.symbol);
        let (first_name, name) = (context.name_beside(one, two), context.name_beside(two, one));
        let message = match more.len() {
            0 => format!("{} and {} have the same URN", quoted(first_name), quoted(name)),
            _ => format!("{} things have the same URN, {} and {} first", same.len(), quoted(first_name), quoted(name)),
        };
        let label = match () {
            () if text == first_text => format!("the URN of {} too", quoted(first_name)),
            () if text.eq_ignore_ascii_case(first_text) => {
                format!("differs from the URN of {} only in upper and lower case", quoted(first_name))
            }
            () => format!("differs from the URN of {} only by a defect", quoted(first_name)),
        };
        let mut finding = Diagnostic::new(&codes::SAME_URN, message, *place)
            .label(label)
            .related(format!("the URN of {}", quoted(first_name)), *first_place);
        for (thing, _, place) in more.iter().take(3) {
            finding = finding
                .related(format!("the URN of {}", quoted(context.name_beside(thing.declared.symbol, one))), *place);
        }
        let urns = urns.get_or_insert_with(|| Urns::new(context));
        findings.push(match urns.segment(context, second) {
            Some(segment) => finding
                .help(format!(
                    "give {} a URN of its own; by its title the last segment would be {}",
                    quoted(name),
                    quoted(&segment)
                ))
                .fix(context.within(*place, text, last_segment(text)), segment)
                .changes_meaning(),
            None => finding.help(format!("give {} a URN of its own", quoted(name))),
        });
    }
}

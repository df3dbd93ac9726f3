//! FM0205: a URN whose last segment resembles the title of another package more than its own, as one copied from a
//! neighbour does. A malformed URN is compared too: a copy keeps its defects. How letters are compared: `terms`.

use super::context::{Context, Thing, last_segment, quoted};
use super::proposal::Urns;
use crate::diag::{Diagnostic, codes};
use crate::model::{Package, Said, Sort};
use crate::terms::resemblance::Names;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut titled: Vec<(&Package, &Said<Box<str>>)> = context
        .catalog
        .packages
        .iter()
        .filter_map(|package| Some((package, package.declared.title.as_ref()?)))
        .collect();
    titled.sort_by_key(|(package, _)| package.declared.place);
    let names = Names::new(titled.iter().map(|(_, title)| &*title.value));
    let mut urns: Option<Urns> = None;
    for (own, (package, title)) in titled.iter().enumerate() {
        let Some(urn) = &package.urn else { continue };
        let Some(text) = urn.value.known() else { continue };
        let range = last_segment(text);
        let Some(segment) = text.get(range.clone()).filter(|segment| !segment.is_empty()) else { continue };
        let symbol = package.declared.symbol;
        let is_version = |at: usize| titled.get(at).is_some_and(|(other, _)| other.declared.symbol == symbol);
        let Some((other, other_title)) =
            names.copied_from(own, segment, is_version).and_then(|found| titled.get(found.other))
        else {
            continue;
        };
        let name = quoted(context.name_beside(symbol, other.declared.symbol));
        let other_name = quoted(context.name_beside(other.declared.symbol, symbol));
        let at = context.within(urn.place, text, range);
        let finding = Diagnostic::new(
            &codes::URN_OF_ANOTHER,
            format!("the URN of {name} resembles the title of {other_name} more than its own"),
            at,
        )
        .label(format!("resembles {}", quoted(&other_title.value)))
        .related(format!("the title of {name}"), title.place)
        .related(format!("the title of {other_name}"), other_title.place);
        let thing = Thing {
            sort: Sort::Package,
            declared: &package.declared,
            urn: package.urn.as_ref(),
            formerly: &package.formerly,
        };
        let urns = urns.get_or_insert_with(|| Urns::new(context));
        let answer = "answer with `allow FM0205 \"why\"` if this is it";
        findings.push(match urns.segment(context, &thing) {
            Some(segment) => finding
                .help(format!("write {} as its title has it if no other was given, or {answer}", quoted(&segment)))
                .fix(at, segment)
                .changes_meaning(),
            None => finding.help(format!("write the URN that {name} was given, or {answer}")),
        });
    }
}

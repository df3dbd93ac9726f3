//! FM0311: two versions of one thing in force at the same time, so that nobody could say which is meant. However many
//! versions of a name overlap, it is one finding.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::{Declared, SymbolId};
use jiff::civil::Date;
use std::collections::BTreeMap;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut by_symbol: BTreeMap<SymbolId, Vec<&Declared>> = BTreeMap::new();
    for declared in context.declared() {
        // The period of a wounded version may be lost, an empty one has its own finding, and a declaration that says
        // no period repeats a name (FM0212).
        if !declared.wounded && declared.valid.is_some() && !declared.period.is_empty() {
            by_symbol.entry(declared.symbol).or_default().push(declared);
        }
    }
    for (symbol, mut versions) in by_symbol {
        versions.sort_by_key(|version| (version.period.from, version.place));
        let end = |version: &Declared| version.period.before.unwrap_or(Date::MAX);
        let mut pairs = Vec::new();
        let mut longest: Option<&Declared> = None;
        for version in versions {
            if let Some(other) = longest.filter(|other| version.period.from.unwrap_or(Date::MIN) < end(other)) {
                let (first, later) = if other.place <= version.place { (other, version) } else { (version, other) };
                pairs.push((first, later));
            }
            longest = longest.filter(|other| end(other) >= end(version)).or(Some(version));
        }
        pairs.sort_by_key(|(first, later)| (later.place, first.place));
        let Some((first, later)) = pairs.first() else { continue };
        let name = quoted(context.name(symbol));
        let message = match pairs.len() {
            1 => format!("two versions of {name} are in force at the same time"),
            more => format!("{} versions of {name} are in force while another is", more + 1),
        };
        let place = |version: &Declared| version.valid.as_ref().map_or(version.name_place, |valid| valid.place);
        let shared = first.period.and(later.period);
        let when = match (shared.from, shared.before) {
            (Some(from), Some(before)) => format!("from {from} before {before}"),
            (Some(from), None) => format!("from {from}"),
            (None, Some(before)) => format!("before {before}"),
            (None, None) => "always".to_owned(),
        };
        findings.push(
            Diagnostic::new(&codes::OVERLAPPING_VERSIONS, message, place(later))
                .label(format!("both are in force {when}"))
                .help("let `valid … before` of the older be the day of `valid from` of the newer")
                .related("the other version", place(first)),
        );
    }
}

//! FM0325: a clause that begins its line where the rule above it began, or left of it, as if it were a rule or a
//! property of its own. Line ends are white space, so it belongs to that rule all the same.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, Source, Span};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, owned) in context.rules().all().filter(|(_, owned)| owned.is_whole()) {
        let rule = owned.rule;
        let Some(source) = context.sources.get(rule.place.source) else { continue };
        let Some(own) = indent(source, rule.place) else { continue };
        let astray: Vec<(Place, Span)> = rule
            .clauses
            .iter()
            .filter_map(|clause| Some((*clause, indent(source, *clause)?)))
            .filter(|(_, indent)| width(source, *indent) <= width(source, own))
            .collect();
        let Some((first, _)) = astray.first() else { continue };
        let effect = rule.effect.word();
        let clause = quoted(context.sources.slice(*first));
        let mut finding = Diagnostic::new(
            &codes::CLAUSE_AS_RULE,
            format!("{clause} belongs to the {effect} above it and is written as if it did not"),
            *first,
        )
        .label(format!("a clause of the {effect}"))
        .help(format!("indent it more than the {effect}, or take it out if it was meant for something else"))
        .related("the rule that it belongs to", rule.place);
        let deeper = format!("{}  ", source.slice(own));
        for (clause, indent) in &astray {
            finding = finding.fix(Place { source: clause.source, span: *indent }, deeper.clone());
        }
        findings.push(finding);
    }
}

/// The blanks before something that begins its line; `None` where it does not.
fn indent(source: &Source, place: Place) -> Option<Span> {
    let before = source.text().get(..place.span.start as usize)?;
    let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
    let start = before.len() - blanks;
    let begins = start == 0 || before.as_bytes().get(start - 1) == Some(&b'\n');
    begins.then(|| Span::new(start, before.len()))
}

/// How far blanks reach: a tab to the next eighth column.
fn width(source: &Source, blanks: Span) -> usize {
    source.slice(blanks).chars().fold(0, |width, char| if char == '\t' { (width / 8 + 1) * 8 } else { width + 1 })
}

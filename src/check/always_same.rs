//! FM0318: a comparison that is always true or always false: of constants, of one thing with itself, beyond an end of a
//! scale, ranges that contradict each other within one `and`, and a condition that those whom its rule is for never meet.

use super::context::{Context, quoted};
use super::expressions::{Home, walk, written};
use super::formulas::Formulas;
use crate::diag::{Diagnostic, codes};
use crate::logic::{Effort, Formula, always, never};
use crate::model::{Expression, Term};
use crate::source::Place;
use std::collections::BTreeSet;

/// Steps that all conditions of a build may take together; what is not looked at is not said.
const EFFORT: u32 = 5_000_000;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut formulas = Formulas::new(context.catalog);
    let mut effort = Effort::of(EFFORT);
    let mut told: BTreeSet<Place> = BTreeSet::new();
    for one in written(context.catalog) {
        if one.owner.wounded || one.home == Home::Retain {
            continue;
        }
        let mut inner: Vec<&Expression> = Vec::new();
        walk(one.says, |part| {
            if matches!(part.says, Term::Compare(..) | Term::Is { .. } | Term::And(_) | Term::Or(_)) {
                inner.push(part);
            }
        });
        // The inner first: what holds one that is told says nothing new. Parts come before what is in them.
        let mut cause: Vec<Place> = Vec::new();
        for part in inner.into_iter().rev() {
            if cause.last().is_some_and(|place| holds(part.place, *place)) {
                continue;
            }
            let formula = formulas.of(part);
            let is = match (
                always(formulas.domains(), &formula, &mut effort),
                never(formulas.domains(), &formula, &mut effort),
            ) {
                (true, _) => true,
                (_, true) => false,
                _ => continue,
            };
            cause.push(part.place);
            told.insert(one.says.place);
            // A named condition that is always the same is told where it is declared.
            if names_such(&mut formulas, &mut effort, part) {
                continue;
            }
            findings.push(finding(context, &mut formulas, &mut effort, part, is));
        }
    }
    rules(context, &mut formulas, &told, &mut effort, findings);
}

/// Rules whose condition is never so for those whom they are for.
fn rules(
    context: &Context<'_>,
    formulas: &mut Formulas<'_>,
    told: &BTreeSet<Place>,
    effort: &mut Effort,
    findings: &mut Vec<Diagnostic>,
) {
    let reasons = context.reasons();
    for (at, owned) in context.rules().all().filter(|(_, owned)| owned.is_whole()) {
        let (Some(when), Some(asked)) = (&owned.rule.when, reasons.of(at)) else { continue };
        if asked.whole == asked.rest && owned.rule.requires.is_none() || told.contains(&when.place) {
            continue;
        }
        if reasons.never(&asked.whole, effort) && !names_such(formulas, effort, when) {
            let effect = owned.rule.effect.word();
            findings.push(
                Diagnostic::new(
                    &codes::ALWAYS_SAME,
                    format!("the condition of this {effect} is never so for those whom it is for"),
                    when.place,
                )
                .label("contradicts `to`")
                .help(format!("change the condition or the recipients; as it is, the {effect} never applies"))
                .related(format!("the {effect}"), owned.rule.place),
            );
        }
    }
}

/// Is there a named condition in it that alone is always the same?
fn names_such(formulas: &mut Formulas<'_>, effort: &mut Effort, part: &Expression) -> bool {
    let mut named: Vec<&Expression> = Vec::new();
    walk(part, |part| {
        if matches!(part.says, Term::Condition(_)) {
            named.push(part);
        }
    });
    named.into_iter().any(|part| {
        let formula = formulas.of(part);
        always(formulas.domains(), &formula, effort) || never(formulas.domains(), &formula, effort)
    })
}

fn holds(outer: Place, inner: Place) -> bool {
    outer.source == inner.source && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
}

fn finding(
    context: &Context<'_>,
    formulas: &mut Formulas<'_>,
    effort: &mut Effort,
    part: &Expression,
    is: bool,
) -> Diagnostic {
    let written = context.sources.slice(part.place);
    let one_line = written.len() <= 60 && !written.contains('\n');
    let what = if one_line { quoted(written) } else { "this condition".to_owned() };
    let finding = Diagnostic::new(&codes::ALWAYS_SAME, format!("{what} is always {is}"), part.place);
    let help = "write what was meant, or leave it out";
    match &part.says {
        Term::And(parts) | Term::Or(parts) => {
            let word = if matches!(part.says, Term::And(_)) { "and" } else { "or" };
            match apart(formulas, effort, parts, is) {
                Some((one, other)) => finding
                    .label(format!(
                        "two parts of this `{word}` {}",
                        if is { "leave nothing out" } else { "contradict each other" }
                    ))
                    .help(help)
                    .related("this part", one)
                    .related("and this", other),
                None => finding.label(format!("whatever is asked, this `{word}` is {is}")).help(help),
            }
        }
        _ => finding.label(format!("is {is} whatever is asked")).help(help),
    }
}

/// Two parts that are the cause alone, among the first few.
fn apart(formulas: &mut Formulas<'_>, effort: &mut Effort, parts: &[Expression], is: bool) -> Option<(Place, Place)> {
    let all: Vec<(Formula, Place)> = parts.iter().take(20).map(|part| (formulas.of(part), part.place)).collect();
    for (at, (one, place)) in all.iter().enumerate() {
        for (other, beside) in all.iter().skip(at + 1) {
            let both = vec![one.clone(), other.clone()];
            let found = match is {
                true => always(formulas.domains(), &Formula::Or(both), effort),
                false => never(formulas.domains(), &Formula::And(both), effort),
            };
            if found {
                return Some((*place, *beside));
            }
        }
    }
    None
}

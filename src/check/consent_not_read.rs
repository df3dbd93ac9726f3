//! FM0405: a register that rests on consent, and is in force on days on which no forbid over it reads `record.consent`: then
//! consent that was withdrawn changes nothing. An open question is silent.

use super::context::{Context, quoted};
use super::expressions::{conditions_with, walk};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, Term};
use crate::terms::{effect::RuleEffect, legal_basis::LegalBasis, period::Period, root::Root};
use std::collections::BTreeSet;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    if rules.some_policy_may_be_lost {
        return;
    }
    let mut reading: Option<BTreeSet<usize>> = None;
    for (at, register) in context.catalog.resources.iter().enumerate() {
        if !register.register || register.declared.wounded {
            continue;
        }
        let grounds = register.basis.iter().filter_map(|basis| basis.value.known()).flatten();
        let Some(ground) = grounds.into_iter().find(|ground| ground.value.known().is_some_and(LegalBasis::is_consent))
        else {
            continue;
        };
        let reading = reading.get_or_insert_with(|| forbids_that_read(context));
        let times = rules.over(at).filter(|(at, _)| reading.contains(at)).map(|(_, owned)| owned.time(register));
        if covered(register.declared.period, times.collect()) {
            continue;
        }
        let name = quoted(context.name(register.declared.symbol));
        findings.push(
            Diagnostic::new(
                &codes::CONSENT_NOT_READ,
                format!("{name} rests on consent, and no forbid reads `record.consent`"),
                ground.place,
            )
            .label("consent that is withdrawn changes nothing")
            .help("write a `forbid … when record.consent != given` in it, or in a policy over it"),
        );
    }
}

/// The forbids that read `record.consent`, in themselves or through named conditions.
fn forbids_that_read(context: &Context<'_>) -> BTreeSet<usize> {
    let named = conditions_with(context.catalog, reads_consent);
    let forbids = context.rules().all().filter(|(_, owned)| owned.rule.effect == RuleEffect::Forbid);
    forbids
        .filter(|(_, owned)| {
            let mut reads = false;
            if let Some(when) = &owned.rule.when {
                walk(when, |part| {
                    reads |= reads_consent(part) || matches!(&part.says, Term::Condition(name) if named.contains(name));
                });
            }
            reads
        })
        .map(|(at, _)| at)
        .collect()
}

fn reads_consent(part: &Expression) -> bool {
    match &part.says {
        Term::Attribute(of, name) => **name == *"consent" && matches!(of.says, Term::Root(Root::Record)),
        _ => false,
    }
}

/// Is every day of a period a day of one of these?
fn covered(period: Period, mut times: Vec<Period>) -> bool {
    times.retain(|time| !time.is_empty());
    times.sort();
    let mut left = period;
    for time in times {
        if left.is_empty() {
            break;
        }
        let begins_in_time = time.from.is_none_or(|from| left.from.is_some_and(|day| from <= day));
        if !begins_in_time {
            return false;
        }
        match time.before {
            None => return true,
            Some(before) => left.from = left.from.max(Some(before)),
        }
    }
    left.is_empty()
}

//! FM0314: a permit that says neither whom it is for nor what they must hold. Openness is never by omission.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::terms::effect::RuleEffect;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, owned) in context.rules().all() {
        let rule = owned.rule;
        if rule.effect != RuleEffect::Permit || rule.says_to || rule.says_requires || !owned.is_whole() {
            continue;
        }
        let name = context.name(owned.owner.symbol);
        findings.push(
            Diagnostic::new(
                &codes::PERMIT_WITHOUT_SUBJECT,
                format!("a permit of {} names nobody", quoted(name)),
                rule.place,
            )
            .label("has neither `to` nor `requires`")
            .help("write `requires` and a package, `to` and a role, or `to anyone` if it is meant to be open to all"),
        );
    }
}

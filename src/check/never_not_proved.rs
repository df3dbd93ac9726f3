//! FM0901: a `never`. Nothing passes for proved because nobody tried, and this version does not try.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::terms::effect::RuleEffect;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let nevers = context.rules().all().filter(|(_, owned)| owned.rule.effect == RuleEffect::Never);
    // What lost a part may have lost the answer to this.
    for (_, owned) in nevers.filter(|(_, owned)| owned.is_whole()) {
        let name = quoted(context.name(owned.owner.symbol));
        findings.push(
            Diagnostic::new(&codes::NEVER_NOT_PROVED, format!("a `never` of {name} is not proved"), owned.rule.place)
                .label("this version does not look for a request that breaks it")
                .help("see that a `forbid` says the same, and answer with `allow FM0901 \"why\"`"),
        );
    }
}

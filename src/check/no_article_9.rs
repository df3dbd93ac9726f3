//! FM0401: a register of special categories of data whose basis has no ground of GDPR article 9(2). Where there is no
//! basis at all, FM0402 says so. An open question is silent.

use super::context::{Context, quoted};
use super::data_protection::registers;
use crate::diag::{Diagnostic, codes};
use crate::terms::level::Level;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, register, data) in registers(context, Level::Special) {
        let Some(basis) = &register.basis else { continue };
        let Some(grounds) = basis.value.known() else { continue };
        if grounds.iter().any(|ground| ground.value.is_article_9()) {
            continue;
        }
        let name = quoted(context.name(register.declared.symbol));
        findings.push(
            Diagnostic::new(
                &codes::NO_ARTICLE_9,
                format!("{name} holds special categories of data without a ground of GDPR article 9(2)"),
                basis.place,
            )
            .label("none of these lifts the prohibition of article 9(1)")
            .help("add the ground, as in `gdpr 9(2)(h)`")
            .related("says what data it holds", data.statement),
        );
    }
}

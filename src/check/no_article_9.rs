//! FM0401: a register of special categories of data without a ground of GDPR article 9(2). An open question is silent.

use super::context::{Context, quoted};
use super::data_protection::registers;
use crate::diag::{Diagnostic, codes};
use crate::terms::{legal_basis::LegalBasis, level::Level};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, register, data) in registers(context, Level::Special) {
        let (place, label) = match &register.basis {
            Some(basis) => match basis.value.known() {
                Some(grounds)
                    if !grounds.iter().any(|ground| ground.value.known().is_none_or(LegalBasis::is_article_9)) =>
                {
                    (basis.place, "none of these lifts the prohibition of article 9(1)")
                }
                _ => continue,
            },
            None => (register.declared.name_place, "names nothing that lifts the prohibition of article 9(1)"),
        };
        let name = quoted(context.name(register.declared.symbol));
        findings.push(
            Diagnostic::new(
                &codes::NO_ARTICLE_9,
                format!("{name} holds special categories of data without a ground of GDPR article 9(2)"),
                place,
            )
            .label(label)
            .help("add the ground, as in `basis gdpr 6(1)(e), gdpr 9(2)(h)`")
            .related("says what data it holds", data.statement),
        );
    }
}

//! FM0402: a register of personal data whose basis has no ground of GDPR article 6(1). An open question is silent.

use super::context::{Context, quoted};
use super::data_protection::registers;
use crate::diag::{Diagnostic, codes};
use crate::terms::{legal_basis::LegalBasis, level::Level};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, register, data) in registers(context, Level::Personal) {
        let special = data.value.known() == Some(&Level::Special);
        let (place, label) = match &register.basis {
            Some(basis) => match basis.value.known() {
                Some(grounds)
                    if !grounds.iter().any(|ground| ground.value.known().is_none_or(LegalBasis::is_article_6)) =>
                {
                    (basis.place, "none of these makes it lawful to hold the data")
                }
                _ => continue,
            },
            None => (register.declared.name_place, "does not say on what basis it holds the data"),
        };
        let name = quoted(context.name(register.declared.symbol));
        let help = match (&register.basis, special) {
            (Some(_), _) => "add the ground, as in `gdpr 6(1)(e)`",
            (None, false) => "say the basis, as in `basis gdpr 6(1)(e)`",
            (None, true) => {
                "say the basis, as in `basis gdpr 6(1)(e), gdpr 9(2)(h)`: special categories of data need one of each"
            }
        };
        findings.push(
            Diagnostic::new(
                &codes::NO_ARTICLE_6,
                format!("{name} holds personal data without a ground of GDPR article 6(1)"),
                place,
            )
            .label(label)
            .help(help)
            .related("says what data it holds", data.statement),
        );
    }
}

//! FM0403: a register of personal data that does not say for how long they are kept.

use super::context::{Context, quoted};
use super::data_protection::registers;
use crate::diag::{Diagnostic, codes};
use crate::terms::level::Level;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, register, data) in registers(context, Level::Personal).filter(|(_, register, _)| register.retain.is_none())
    {
        let name = quoted(context.name(register.declared.symbol));
        findings.push(
            Diagnostic::new(
                &codes::NO_RETENTION,
                format!("{name} does not say for how long it keeps personal data"),
                register.declared.name_place,
            )
            .label("has no `retain`")
            .help("write `retain`, as in `retain at most 10 years after record.created`, or `retain forever` if that is the law")
            .related("says what data it holds", data.statement),
        );
    }
}

//! FM0404: a register that hands personal data to others than the person, the controller and the processor, and does not
//! say for what purposes it holds them. An open question is silent.

use super::context::{Context, quoted};
use super::data_protection::registers;
use crate::diag::{Diagnostic, codes};
use crate::model::{Controlling, Recipient, Resource, Rule};
use crate::source::Place;
use crate::terms::{effect::RuleEffect, level::Level};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for (at, register, _) in registers(context, Level::Personal).filter(|(_, register, _)| register.purposes.is_none())
    {
        let permits = context.rules().over(at).filter(|(_, owned)| {
            owned.rule.effect == RuleEffect::Permit && owned.is_whole() && !owned.time(register).is_empty()
        });
        let mut others: Vec<Place> = permits.filter_map(|(_, owned)| other(register, owned.rule)).collect();
        others.sort();
        let Some(first) = others.first() else { continue };
        let name = quoted(context.name(register.declared.symbol));
        findings.push(
            Diagnostic::new(
                &codes::RECIPIENT_WITHOUT_PURPOSE,
                format!("{name} has recipients and no purposes"),
                register.declared.name_place,
            )
            .label("does not say for what it holds the data")
            .help("write `purposes` with values of the enum `purpose`")
            .related("a recipient", *first),
        );
    }
}

/// Where a permit names somebody else than the person, the controller and the processor.
fn other(register: &Resource, permit: &Rule) -> Option<Place> {
    let own = |to: Recipient| match to {
        Recipient::Itself | Recipient::Controller | Recipient::Processor => true,
        Recipient::Anyone => false,
        Recipient::Role(role) => is_own(register, Controlling::Status(role)),
        Recipient::Organisation(organisation) => is_own(register, Controlling::Organisation(organisation)),
    };
    match permit.to.iter().find(|to| !own(to.value)) {
        Some(to) => Some(to.place),
        None if permit.says_to => None,
        None => permit.requires.as_ref().map(|requires| requires.place),
    }
}

/// Does it control or process the register (or may it: that is undecided)?
fn is_own(register: &Resource, who: Controlling) -> bool {
    [&register.controller, &register.processor].into_iter().flatten().any(|property| match property.value.known() {
        Some(all) => all.iter().any(|one| one.value == who),
        None => true,
    })
}

//! Rules, grants, lines of `delegable` and obligations as an author would write them. Knows no facts.

use super::expression::{constant, expression};
use super::speaker::Speaker;
use crate::ir::{Expression, Grant, Grantee, Line, Oblige, Receiver, Recipient, Requires, Rule};
use crate::terms::effect::RuleEffect;
use crate::terms::period::Period;

/// ` from 2026-01-01 before 2027-01-01`, with a space in front; nothing for always.
#[must_use]
pub fn period(period: Period) -> String {
    let mut text = String::new();
    if let Some(from) = period.from {
        text.push_str(&format!(" from {from}"));
    }
    if let Some(before) = period.before {
        text.push_str(&format!(" before {before}"));
    }
    text
}

/// `permit send to manager requires reporting`
#[must_use]
pub fn rule(rule: &Rule, which: u32, speaker: &Speaker<'_>) -> String {
    let action = rule.action.as_deref().unwrap_or("any action");
    let mut text = match rule.effect {
        RuleEffect::Oblige => action.to_owned(),
        effect => format!("{} {action}", effect.word()),
    };
    if let Some(of) = &rule.of {
        text.push_str(&format!(" of {}", of.join(", ")));
    }
    if let Some(to) = rule.to {
        text.push_str(&format!(" to {}", recipient(to, speaker)));
    }
    if let Some(needed) = &rule.requires {
        text.push_str(&format!(" requires {}", requires(needed, speaker)));
    }
    text.push_str(&when(rule.when.as_ref(), speaker));
    if !rule.oblige.is_empty() {
        let all: Vec<String> = rule.oblige.iter().map(|one| oblige(one, speaker)).collect();
        text.push_str(&format!(" oblige {}", all.join(", ")));
    }
    if let Some(scope) = rule.scopes.get(which as usize) {
        text.push_str(&period(scope.period));
    }
    text
}

/// ` when …`, with a space in front; nothing without a condition.
#[must_use]
pub fn when(says: Option<&Expression>, speaker: &Speaker<'_>) -> String {
    says.map_or(String::new(), |says| format!(" when {}", expression(says, speaker)))
}

/// `pseudonymise(identifier: serial)`
#[must_use]
pub fn oblige(one: &Oblige, speaker: &Speaker<'_>) -> String {
    let name = speaker.short(speaker.obligation(one.obligation));
    if one.arguments.is_empty() {
        return name.to_owned();
    }
    let arguments: Vec<String> =
        one.arguments.iter().map(|(name, value)| format!("{name}: {}", constant(value, speaker))).collect();
    format!("{name}({})", arguments.join(", "))
}

/// Who a permit is for.
#[must_use]
pub fn recipient(to: Recipient, speaker: &Speaker<'_>) -> String {
    match to {
        Recipient::Anyone => "anyone".to_owned(),
        Recipient::Itself => "self".to_owned(),
        Recipient::Role(role) => speaker.short(speaker.role(role)).to_owned(),
        Recipient::Organisation(organisation) => speaker.short(speaker.organisation(organisation)).to_owned(),
        Recipient::Controller => "controller".to_owned(),
        Recipient::Processor => "processor".to_owned(),
    }
}

/// What a permit requires: `a and (b or c)`.
#[must_use]
pub fn requires(needed: &Requires, speaker: &Speaker<'_>) -> String {
    match needed {
        Requires::Package(package) => speaker.short(speaker.package(*package)).to_owned(),
        Requires::And(all) => joined(all, " and ", speaker),
        Requires::Or(all) => joined(all, " or ", speaker),
    }
}

fn joined(all: &[Requires], join: &str, speaker: &Speaker<'_>) -> String {
    let parts: Vec<String> = all
        .iter()
        .map(|one| match one {
            Requires::Package(_) => requires(one, speaker),
            Requires::And(_) | Requires::Or(_) => format!("({})", requires(one, speaker)),
        })
        .collect();
    parts.join(join)
}

/// `grant use to manager`, without its period.
#[must_use]
pub fn grant(grant: &Grant, speaker: &Speaker<'_>) -> String {
    let mut text = match (grant.gives_use, grant.gives_delegation) {
        (true, false) => "grant use".to_owned(),
        (false, true) => "grant delegation".to_owned(),
        _ => "grant".to_owned(),
    };
    match grant.to {
        Some(Grantee::Itself) => text.push_str(" to self"),
        Some(Grantee::Role(role)) => text.push_str(&format!(" to {}", speaker.short(speaker.role(role)))),
        Some(Grantee::Package(package)) => text.push_str(&format!(" to {}", speaker.short(speaker.package(package)))),
        None => {}
    }
    text.push_str(&when(grant.when.as_deref(), speaker));
    if grant.undecided {
        text.push_str(" undecided");
    }
    text
}

/// What follows `delegable`: `to person and onward`.
#[must_use]
pub fn line(line: &Line, speaker: &Speaker<'_>) -> String {
    match line {
        Line::Undecided => "undecided".to_owned(),
        Line::To { to, onward, when: says } => {
            let who = match to {
                Receiver::Kind(kind) => kind.word(),
                Receiver::Role(role) => speaker.short(speaker.role(*role)),
            };
            let onward = if *onward { " and onward" } else { "" };
            format!("to {who}{onward}{}", when(says.as_deref(), speaker))
        }
    }
}

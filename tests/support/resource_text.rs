//! Services, registers and policies as an author might write them. Writes nothing of what they stand on.

use super::super::expression_text::{expression, oblige};
use super::super::resources::{Over, Retention, Written};
use super::{Writing, days, short, valid};
use fullmakt::ir::*;
use fullmakt::terms::bound::Bound;
use fullmakt::terms::effect::RuleEffect;
use fullmakt::terms::legal_basis::LegalBasis;
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::period::Period;
use std::fmt::Write;

/// A list, or the question that stands for it; nothing where it is empty.
fn listed<T>(word: &str, value: &Open<Vec<T>>, each: impl Fn(&T) -> String) -> String {
    match value {
        Open::Undecided => format!("    {word} undecided \"which?\"\n"),
        Open::Known(all) if all.is_empty() => String::new(),
        Open::Known(all) => format!("    {word} {}\n", all.iter().map(each).collect::<Vec<_>>().join(", ")),
    }
}

impl Writing<'_> {
    pub(super) fn services(&self) -> String {
        let name = &self.policy.name;
        let mut text = format!("module {name}.services\n");
        for module in ["concepts", "packages", "roles"] {
            let _ = writeln!(text, "use {name}.{module}.*");
        }
        text += "\n";
        for shared in &self.policy.shared {
            text += &self.action(shared, "");
        }
        text += &self.conditions("services");
        for (at, named) in self.meaning.resources.iter().enumerate() {
            for version in 0..named.versions.len() {
                text += &self.resource(at, version);
            }
        }
        for policy in &self.policy.policies {
            text += &self.over(policy);
        }
        text
    }

    fn action(&self, action: &Action, indent: &str) -> String {
        let partial = if action.partial { " partial" } else { "" };
        format!("{indent}action {0} \"To {0}\"{partial}{1}\n", action.name, oblige(self.meaning, &action.oblige))
    }

    fn resource(&self, at: usize, version: usize) -> String {
        let named = &self.meaning.resources[at];
        let resource = &named.versions[version];
        let (sort, name) = (if resource.register { "register" } else { "service" }, short(&named.name));
        let mut text = format!("{sort} {name} \"Offers {name}\" {{\n    about \"What {name} offers\"\n");
        text += &valid(resource.period);
        text += &match resource.data {
            Open::Known(Level::None) => String::new(),
            Open::Known(level) => format!("    data {}\n", level.word()),
            Open::Undecided => "    data undecided \"which?\"\n".to_owned(),
        };
        text += &listed("elements", &resource.elements, |name| name.to_string());
        text += &listed("controller", &resource.controllers, |one| self.controlling(*one));
        text += &listed("processor", &resource.processors, |one| self.controlling(*one));
        text += &listed("basis", &resource.basis, |basis| match basis {
            Open::Known(LegalBasis::Gdpr(article)) => format!("gdpr {article}"),
            Open::Known(LegalBasis::Law(name)) => format!("law \"{name}\""),
            Open::Undecided => "undecided \"what else?\"".to_owned(),
        });
        if let Some((of, purposes)) = &resource.purposes {
            let values = &self.meaning.enum_at(*of).expect("an enum").body.values;
            text += &listed("purposes", purposes, |at| values[*at as usize].to_string());
        }
        if let Some(entity) = resource.records {
            let _ = writeln!(text, "    records of {}", short(&self.meaning.entity(entity).expect("an entity").name));
        }
        if resource.retain.is_some() {
            text += &match &self.policy.retentions[at][version] {
                None => "    retain undecided \"how long?\"\n".to_owned(),
                Some(rules) => self.retain(rules),
            };
        }
        let shared = |name: &str| self.policy.shared.iter().any(|shared| *shared.name == *name);
        for action in resource.actions.iter().filter(|action| !shared(&action.name)) {
            text += &self.action(action, "    ");
        }
        text + &self.rules(&self.policy.own_rules[at], resource.period) + "}\n"
    }

    fn controlling(&self, one: Controlling) -> String {
        match one {
            Controlling::Organisation(id) => short(&self.meaning.organisations[id.index()]).to_owned(),
            Controlling::Status(id) => self.role(id).to_owned(),
        }
    }

    fn retain(&self, rules: &Retention) -> String {
        if rules.is_empty() {
            return "    retain forever\n".to_owned();
        }
        let each = rules.iter().map(|(bound, ends)| {
            let word = match bound {
                Bound::Exactly => "",
                Bound::AtMost => "at most ",
                Bound::AtLeast => "at least ",
            };
            let ends = ends.iter().map(|(after, of)| match after {
                None => format!("until {}", expression(self.meaning, of)),
                Some(by) => format!("{} {} after {}", by.amount, by.unit.word(), expression(self.meaning, of)),
            });
            format!("{word}{}", ends.collect::<Vec<_>>().join(" or "))
        });
        format!("    retain {}\n", each.collect::<Vec<_>>().join(" and "))
    }

    fn over(&self, policy: &Over) -> String {
        let name = short(&policy.name);
        let head = format!("policy {name} \"Holds for many: {name}\" for {} {{\n", policy.selector);
        head + &valid(policy.valid) + &self.rules(&policy.rules, policy.valid) + "}\n"
    }

    /// Rules, those that differ only in whom they are for as one with a list.
    fn rules(&self, rules: &[Written], whole: Period) -> String {
        let mut text = String::new();
        let mut left = rules.iter().peekable();
        while let Some(first) = left.next() {
            let mut to: Vec<String> = first.says.to.iter().map(|to| self.recipient(*to)).collect();
            while let Some(next) = left.next_if(|next| alike(first, next)) {
                to.extend(next.says.to.iter().map(|to| self.recipient(*to)));
            }
            for period in &first.periods {
                let within = period.and(whole);
                if !within.is_empty() {
                    let days = if within == whole { String::new() } else { days(within) };
                    text += &self.rule(&first.says, &to.join(", "), &days);
                }
            }
        }
        text
    }

    fn rule(&self, rule: &Rule, to: &str, days: &str) -> String {
        let action = rule.action.as_deref().unwrap_or("any action");
        let oblige = oblige(self.meaning, &rule.oblige);
        if rule.effect == RuleEffect::Oblige {
            return format!("    {action}{oblige}\n");
        }
        let mut text = format!("    {} {action}", rule.effect.word());
        if let Some(of) = &rule.of {
            let _ = write!(text, " of {}", of.join(", "));
        }
        if !to.is_empty() {
            let _ = write!(text, " to {to}");
        }
        if let Some(requires) = &rule.requires {
            let _ = write!(text, " requires {}", self.requires(requires, false));
        }
        text += days;
        // Long rules stand on several lines.
        let apart = if rule.when.is_some() && text.len() > 40 { "\n       " } else { "" };
        text + apart + &self.when(rule.when.as_ref()) + &oblige + "\n"
    }

    fn recipient(&self, to: Recipient) -> String {
        match to {
            Recipient::Anyone => "anyone".to_owned(),
            Recipient::Itself => "self".to_owned(),
            Recipient::Role(role) => self.role(role).to_owned(),
            Recipient::Organisation(id) => short(&self.meaning.organisations[id.index()]).to_owned(),
            Recipient::Controller => "controller".to_owned(),
            Recipient::Processor => "processor".to_owned(),
        }
    }
}

/// Do they differ only in whom they are for?
fn alike(one: &Written, two: &Written) -> bool {
    let both = one.says.to.is_some() && two.says.to.is_some() && one.periods == two.periods;
    both && Rule { to: None, ..one.says.clone() } == Rule { to: None, ..two.says.clone() }
}

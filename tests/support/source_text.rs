//! The source text of a generated policy, as an author might write it: three modules, groups where they fit.
//! Compiled, it gives the bundle that it was made from.

use super::Policy;
use fullmakt::ir::*;
use fullmakt::terms::kind::{Kind, Kinds};
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::period::Period;
use std::fmt::Write;

/// Paths and texts of the modules.
pub fn modules(policy: &Policy) -> Vec<(String, String)> {
    let writing = Writing { policy, meaning: &policy.bundle.meaning };
    [("roles", writing.roles()), ("packages", writing.packages()), ("services", writing.services())]
        .map(|(module, text)| (format!("{}/{module}.fmk", policy.name), text))
        .to_vec()
}

/// The last segment of a full name.
pub fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn kinds(kinds: Kinds) -> String {
    kinds.iter().map(Kind::word).collect::<Vec<_>>().join(", ")
}

fn days(period: Period) -> String {
    let mut text = String::new();
    if let Some(from) = period.from {
        let _ = write!(text, " from {from}");
    }
    if let Some(before) = period.before {
        let _ = write!(text, " before {before}");
    }
    text
}

fn valid(period: Period) -> String {
    if period == Period::ALWAYS { String::new() } else { format!("    valid{}\n", days(period)) }
}

fn yes_no(word: &str, value: Open<bool>) -> String {
    match value {
        Open::Known(false) => String::new(),
        Open::Known(true) => format!("    {word} yes\n"),
        Open::Undecided => format!("    {word} undecided \"is it?\"\n"),
    }
}

struct Writing<'a> {
    policy: &'a Policy,
    meaning: &'a Meaning,
}

impl Writing<'_> {
    fn role(&self, id: RoleId) -> &str {
        self.meaning.role(id).map_or("", |named| short(&named.name))
    }

    fn package(&self, id: PackageId) -> &str {
        self.meaning.package(id).map_or("", |named| short(&named.name))
    }

    fn roles(&self) -> String {
        let mut text = format!("module {}.roles\n\n", self.policy.name);
        for name in &self.meaning.organisations {
            let _ = writeln!(text, "organisation {} \"The register {}\"", short(name), short(name));
        }
        for named in &self.meaning.roles {
            for role in &named.versions {
                let _ = writeln!(text, "role {} \"Has {}\" {{", short(&named.name), short(&named.name));
                let of = role.of.map_or(String::new(), |of| format!(" for {}", kinds(of)));
                let _ = writeln!(text, "    held by {}{of}", kinds(role.by));
                if let Some(name) = role.source.and_then(|source| self.meaning.organisations.get(source.index())) {
                    let _ = writeln!(text, "    from {}", short(name));
                }
                text += &valid(role.period);
                for (word, value) in [("key", role.key), ("covers", role.covers), ("agent", role.agent)] {
                    text += &yes_no(word, value);
                }
                text += "}\n";
            }
        }
        for (at, group) in self.policy.groups.iter().enumerate() {
            let names: Vec<&str> = group.iter().map(|role| self.role(*role)).collect();
            let _ = writeln!(text, "group group{at} = {}", names.join(", "));
        }
        text
    }

    fn packages(&self) -> String {
        let mut text = format!("module {0}.packages\nuse {0}.roles.*\n\n", self.policy.name);
        for (at, named) in self.meaning.areas.iter().enumerate() {
            for (version, area) in named.versions.iter().enumerate() {
                let _ =
                    writeln!(text, "area {} \"The {} number {version}\" {{", short(&named.name), short(&named.name));
                text += &valid(area.period);
                text += &self.lines(&area.delegable);
                text += &yes_no("services", area.services);
                if version == 0 {
                    text += &self.packages_in(Some(AreaId::from(at)));
                }
                text += "}\n";
            }
        }
        text + &self.packages_in(None)
    }

    fn packages_in(&self, area: Option<AreaId>) -> String {
        let mut text = String::new();
        for named in &self.meaning.packages {
            for (version, package) in named.versions.iter().enumerate().filter(|(_, package)| package.area == area) {
                let name = short(&named.name);
                let _ = writeln!(text, "package {name} \"The {name} number {version}\" {{");
                let _ = writeln!(text, "    about \"What {name} gives\"");
                text += &valid(package.period);
                text += &match &package.kinds {
                    Open::Undecided => "    for undecided \"whom?\"\n".to_owned(),
                    Open::Known(known) if *known == Kinds::ANY => String::new(),
                    Open::Known(known) => format!("    for {}\n", kinds(*known)),
                };
                text += &self.lines(&package.delegable);
                text += &yes_no("services", package.services);
                text += &match package.data {
                    Open::Known(Level::None) => String::new(),
                    Open::Known(level) => format!("    data {}\n", level.word()),
                    Open::Undecided => "    data undecided \"which?\"\n".to_owned(),
                };
                text += &self.grants(&package.grants);
                text += "}\n";
            }
        }
        text
    }

    fn lines(&self, lines: &[Line]) -> String {
        let mut text = if lines.is_empty() { "    delegable no\n".to_owned() } else { String::new() };
        for line in lines {
            let _ = match line {
                Line::Undecided => writeln!(text, "    delegable undecided \"to whom?\""),
                Line::To { to, onward, .. } => {
                    let to = match to {
                        Receiver::Kind(kind) => kind.word(),
                        Receiver::Role(role) => self.role(*role),
                    };
                    writeln!(text, "    delegable to {to}{}", if *onward { " and onward" } else { "" })
                }
            };
        }
        text
    }

    fn grants(&self, grants: &[Grant]) -> String {
        let mut left = grants.to_vec();
        let mut text = String::new();
        for (at, group) in self.policy.groups.iter().enumerate() {
            let alike: Vec<Grant> = grants.iter().filter(|grant| of_group(grant, group)).cloned().collect();
            if alike.len() == group.len() {
                left.retain(|grant| !alike.contains(grant));
                let _ = writeln!(text, "    grant to group{at}");
            }
        }
        for grant in left {
            let right = match (grant.gives_use, grant.gives_delegation) {
                (true, true) => "",
                (true, false) => "use ",
                _ => "delegation ",
            };
            let to = match grant.to {
                None => String::new(),
                Some(Grantee::Itself) => format!("{right}to self "),
                Some(Grantee::Role(role)) => format!("{right}to {} ", self.role(role)),
                Some(Grantee::Package(package)) => format!("{right}to {} ", self.package(package)),
            };
            let open = if grant.undecided { "undecided \"what exactly?\"" } else { "" };
            let _ = writeln!(text, "    grant {to}{open}{}", days(grant.period));
        }
        text
    }

    fn services(&self) -> String {
        let mut text = format!("module {0}.services\nuse {0}.roles.*\nuse {0}.packages.*\n\n", self.policy.name);
        for (at, named) in self.meaning.resources.iter().enumerate() {
            for resource in &named.versions {
                let _ = writeln!(text, "service {} \"Offers {}\" {{", short(&named.name), short(&named.name));
                text += &valid(resource.period);
                for action in &resource.actions {
                    let _ = writeln!(text, "    action {0} \"To {0}\"", action.name);
                }
                let id = ResourceId::from(at);
                for rule in &self.meaning.rules {
                    let scopes = rule.scopes.iter().filter(|scope| scope.on.contains(&id));
                    for period in scopes.map(|scope| scope.period.and(resource.period)) {
                        if !period.is_empty() {
                            text += &self.permit(rule, period, resource.period);
                        }
                    }
                }
                text += "}\n";
            }
        }
        text
    }

    fn permit(&self, rule: &Rule, period: Period, whole: Period) -> String {
        let to = match rule.to {
            None => String::new(),
            Some(Recipient::Anyone) => " to anyone".to_owned(),
            Some(Recipient::Itself) => " to self".to_owned(),
            Some(Recipient::Role(role)) => format!(" to {}", self.role(role)),
            Some(Recipient::Organisation(id)) => {
                format!(" to {}", self.meaning.organisations.get(id.index()).map_or("", |name| short(name)))
            }
            Some(Recipient::Controller) => " to controller".to_owned(),
            Some(Recipient::Processor) => " to processor".to_owned(),
        };
        let requires =
            rule.requires.as_ref().map_or(String::new(), |some| format!(" requires {}", self.requires(some, false)));
        let days = if period == whole { String::new() } else { days(period) };
        format!("    permit {}{to}{requires}{days}\n", rule.action.as_deref().unwrap_or("any action"))
    }

    fn requires(&self, requires: &Requires, inner: bool) -> String {
        let (word, parts) = match requires {
            Requires::Package(package) => return self.package(*package).to_owned(),
            Requires::And(parts) => (" and ", parts),
            Requires::Or(parts) => (" or ", parts),
        };
        let text = parts.iter().map(|part| self.requires(part, true)).collect::<Vec<_>>().join(word);
        if inner { format!("({text})") } else { text }
    }
}

fn of_group(grant: &Grant, group: &[RoleId]) -> bool {
    let alike = grant.gives_use && grant.gives_delegation && !grant.undecided && grant.period == Period::ALWAYS;
    alike && matches!(grant.to, Some(Grantee::Role(role)) if group.contains(&role))
}

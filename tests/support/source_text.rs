//! The source text of a generated policy, as an author might write it: four modules, groups and lists where they fit, with
//! comments. Compiled, it gives the bundle that it was made from.

#[path = "resource_text.rs"]
mod resource_text;

use super::Policy;
use super::expression_text::{expression, type_name};
use fullmakt::ir::*;
use fullmakt::terms::kind::{Kind, Kinds};
use fullmakt::terms::level::Level;
use fullmakt::terms::open::Open;
use fullmakt::terms::period::Period;
use std::fmt::Write;

/// Paths and texts of the modules.
pub fn modules(policy: &Policy) -> Vec<(String, String)> {
    let writing = Writing { policy, meaning: &policy.bundle.meaning };
    let all = [
        ("roles", writing.roles()),
        ("concepts", writing.concepts()),
        ("packages", writing.packages()),
        ("services", writing.services()),
    ];
    all.map(|(module, text)| (format!("{}/{module}.fmk", policy.name), commented(&text))).to_vec()
}

/// The same text with comments here and there.
fn commented(text: &str) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        let depth = line.len() - line.trim_start().len();
        if at % 11 == 9 {
            let _ = writeln!(out, "{:depth$}// what follows is line {at} {{ \"as\" written }}", "");
        }
        let after = if at % 7 == 5 && !line.is_empty() { "  // so it is" } else { "" };
        let _ = writeln!(out, "{line}{after}");
    }
    out
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

fn urn(urn: Option<&str>) -> String {
    urn.map_or(String::new(), |urn| format!("    urn {urn}\n"))
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
        let name = &self.policy.name;
        let mut text = format!("module {name}.roles\n\nnamespace own urn:{name} {{\n");
        for sort in ["role", "package", "service"] {
            let _ = writeln!(text, "    {sort} urn:{name}:{sort}:{{name}}");
        }
        text += "}\n";
        for name in &self.meaning.organisations {
            let _ = writeln!(text, "organisation {} \"The register {}\"", short(name), short(name));
        }
        for named in &self.meaning.roles {
            for role in &named.versions {
                let _ = writeln!(text, "role {} \"Has {}\" {{", short(&named.name), short(&named.name));
                text += &urn(role.urn.as_deref());
                if let Some(code) = &role.code {
                    let _ = writeln!(text, "    code {code}");
                }
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

    fn concepts(&self) -> String {
        let mut text = format!("module {0}.concepts\nuse {0}.roles.*\n\n", self.policy.name);
        for named in &self.meaning.enums {
            let values: Vec<&str> = named.body.values.iter().map(|value| &**value).collect();
            let values = values.join(if named.body.ascending { " < " } else { ", " });
            let _ = writeln!(text, "enum {} = {values}", short(&named.name));
        }
        let built_in = self.meaning.built_in.iter().map(|(which, attributes)| (which.word(), attributes));
        let declared = self.meaning.entities.iter().map(|named| (short(&named.name), &named.body.attributes));
        for (name, attributes) in built_in.chain(declared) {
            let _ = writeln!(text, "entity {name} {{");
            for (attribute, of) in attributes {
                let _ = writeln!(text, "    {attribute} {}", type_name(self.meaning, of));
            }
            text += "}\n";
        }
        for named in &self.meaning.obligations {
            let each =
                named.body.parameters.iter().map(|(name, of)| format!("{name}: {}", type_name(self.meaning, of)));
            let parameters = each.collect::<Vec<_>>().join(", ");
            let parameters = if parameters.is_empty() { parameters } else { format!("({parameters})") };
            let _ = writeln!(text, "obligation {}{parameters}", short(&named.name));
        }
        text + &self.conditions("concepts")
    }

    /// The conditions of a module.
    fn conditions(&self, module: &str) -> String {
        let mut text = String::new();
        let begin = format!("{}.{module}.", self.policy.name);
        for named in self.meaning.conditions.iter().filter(|named| named.name.starts_with(&begin)) {
            let says = expression(self.meaning, &named.body.says);
            let _ = writeln!(text, "condition {} = {says}", short(&named.name));
        }
        text
    }

    /// `when …`, or nothing.
    fn when(&self, says: Option<&Expression>) -> String {
        says.map_or(String::new(), |says| format!(" when {}", expression(self.meaning, says)))
    }

    fn packages(&self) -> String {
        let mut text = format!("module {0}.packages\nuse {0}.concepts.*\nuse {0}.roles.*\n\n", self.policy.name);
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
                text += &urn(package.urn.as_deref());
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
                Line::To { to, onward, when } => {
                    let to = match to {
                        Receiver::Kind(kind) => kind.word(),
                        Receiver::Role(role) => self.role(*role),
                    };
                    let onward = if *onward { " and onward" } else { "" };
                    writeln!(text, "    delegable to {to}{onward}{}", self.when(when.as_deref()))
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
            let _ = writeln!(text, "    grant {to}{open}{}{}", self.when(grant.when.as_deref()), days(grant.period));
        }
        text
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
    let alike = grant.gives_use
        && grant.gives_delegation
        && !grant.undecided
        && grant.when.is_none()
        && grant.period == Period::ALWAYS;
    alike && matches!(grant.to, Some(Grantee::Role(role)) if group.contains(&role))
}

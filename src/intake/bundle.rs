//! `bundle.json` → the bundle that it was written of (docs/bundle.md). Whatever the text, the answer is a bundle that is closed,
//! or findings with their places; nothing is guessed. Writing is `ir::json`.

mod text;

use crate::diag::{Diagnostic, codes};
use crate::ir::{self, Bundle, Meaning, Named, Requires};
use crate::source::{Place, Source, SourceId, Span};
use crate::terms::{effect::RuleEffect, kind::Kind, open::Open, period::Period};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// How large a bundle may be.
const BYTES: usize = 256 << 20;
/// How many findings are worth telling.
const FINDINGS: usize = 50;

/// Reads a bundle.
///
/// # Errors
/// What is wrong with it, each with its place; at most fifty.
pub fn read(source: &Source, id: SourceId) -> Result<Bundle, Vec<Diagnostic>> {
    let mut reading = Reading { source, id, names: Meaning::default(), findings: Vec::new() };
    if source.text().len() > BYTES {
        let place = Place { source: id, span: Span::new(0, 0) };
        let message = format!("the bundle has more than {} MiB", BYTES >> 20);
        return Err(vec![Diagnostic::new(&codes::DATA_TOO_LARGE, message, place)]);
    }
    match reading.bundle() {
        Some(bundle) if reading.findings.is_empty() => Ok(bundle),
        _ => {
            Diagnostic::sort(&mut reading.findings);
            Err(reading.findings)
        }
    }
}

struct Reading<'s> {
    source: &'s Source,
    id: SourceId,
    /// The tables with their names alone, while what stands in them is read.
    names: Meaning,
    findings: Vec<Diagnostic>,
}

/// An entry: its name and its text.
type Entry<'s> = (Box<str>, &'s RawValue);

impl<'s> Reading<'s> {
    fn bundle(&mut self) -> Option<Bundle> {
        let document: text::Document<'s> = self.parse(self.source.text())?;
        if document.format != 1 {
            return self
                .finding(document.meaning, format!("the bundle has format {}, which is not known", document.format));
        }
        let tables: text::Tables<'s> = self.parse(document.meaning.get())?;
        let organisations = self.entries(tables.organisations)?;
        let roles = self.entries(tables.roles)?;
        let areas = self.entries(tables.areas)?;
        let packages = self.entries(tables.packages)?;
        let resources = self.entries(tables.resources)?;
        let rules = self.entries(tables.rules)?;
        let words = self.entries(document.words)?;

        let mut known: BTreeSet<&str> = BTreeSet::new();
        for (name, value) in organisations.iter().chain(&roles).chain(&areas).chain(&packages).chain(&resources) {
            if !known.insert(name) {
                self.finding::<()>(value, format!("`{name}` is declared twice"));
            }
            if name.is_empty() || !name.chars().all(|letter| letter.is_alphanumeric() || "._".contains(letter)) {
                self.finding::<()>(value, format!("`{name}` is not the name of a declaration"));
            }
        }
        self.names = Meaning {
            organisations: organisations.iter().map(|(name, _)| name.clone()).collect(),
            roles: names(&roles),
            areas: names(&areas),
            packages: names(&packages),
            resources: names(&resources),
            ..Meaning::default()
        };
        for (_, value) in &organisations {
            let _: Option<text::Nothing> = self.parse(value.get());
        }
        let mut meaning = Meaning {
            organisations: self.names.organisations.clone(),
            roles: self.table(&roles, Self::role, |role| role.period),
            areas: self.table(&areas, Self::area, |area| area.period),
            packages: self.table(&packages, Self::package, |package| package.period),
            resources: self.table(&resources, Self::resource, |resource| resource.period),
            ..Meaning::default()
        };
        let rules: Vec<Option<ir::Rule>> = rules.iter().map(|entry| self.rule(entry, &meaning.resources)).collect();
        meaning.rules = rules.into_iter().flatten().collect();
        let mut all = ir::Words::new();
        for (name, value) in &words {
            if !known.contains(&**name) {
                self.finding::<()>(value, format!("there is no `{name}` to have words"));
            }
            if let Some(wording) = self.parse::<text::Wording>(value.get()) {
                let formerly = self.sorted(value, wording.formerly);
                let (actions, open) = (wording.actions.0, wording.open.0);
                let (title, about) = (wording.title, wording.about);
                all.insert(
                    name.clone(),
                    ir::Wording { title, about, formerly, actions, open, ..ir::Wording::default() },
                );
            }
        }
        Some(Bundle { meaning, words: all })
    }

    fn entries(&mut self, table: &'s RawValue) -> Option<Vec<Entry<'s>>> {
        self.parse::<text::Entries<'s>>(table.get()).map(|entries| entries.0)
    }

    fn table<R: serde::de::DeserializeOwned, T>(
        &mut self,
        entries: &[Entry<'s>],
        version: fn(&mut Self, &'s RawValue, R) -> Option<T>,
        period: fn(&T) -> Period,
    ) -> Vec<Named<T>> {
        let mut table = Vec::with_capacity(entries.len());
        for (name, value) in entries {
            let texts: Vec<R> = self.parse(value.get()).unwrap_or_default();
            let mut versions: Vec<T> = texts.into_iter().filter_map(|text| version(self, value, text)).collect();
            versions.sort_by_key(period);
            self.apart(name, value, versions.iter().map(period));
            table.push(Named { name: name.clone(), versions });
        }
        table
    }

    /// Versions must not meet.
    fn apart(&mut self, name: &str, value: &'s RawValue, periods: impl Iterator<Item = Period>) {
        let mut last: Option<Period> = None;
        for period in periods.filter(|period| !period.is_empty()) {
            if last.is_some_and(|last| last.meets(period)) {
                self.finding::<()>(value, format!("two versions of `{name}` are in force at the same time"));
                return;
            }
            last = Some(period);
        }
    }

    fn role(&mut self, value: &'s RawValue, role: text::Role) -> Option<ir::Role> {
        let source = match &role.source {
            Some(name) => Some(self.found(value, "organisation", name, self.names.organisation_named(name))?),
            None => None,
        };
        Some(ir::Role {
            period: text::period(role.from, role.before),
            by: role.by.0,
            of: role.of.map(|of| of.0),
            source,
            urn: role.urn,
            code: role.code,
            key: role.key.0,
            covers: role.covers.0,
            agent: role.agent.0,
        })
    }

    fn area(&mut self, value: &'s RawValue, area: text::Area) -> Option<ir::Area> {
        Some(ir::Area {
            period: text::period(area.from, area.before),
            urn: area.urn,
            delegable: self.lines(value, area.delegable)?,
            services: area.services.0,
        })
    }

    fn package(&mut self, value: &'s RawValue, package: text::Package) -> Option<ir::Package> {
        let area = match &package.area {
            Some(name) => Some(self.found(value, "area", name, self.names.area_named(name))?),
            None => None,
        };
        let grants: Option<Vec<ir::Grant>> = package.grants.into_iter().map(|grant| self.grant(value, grant)).collect();
        Some(ir::Package {
            period: text::period(package.from, package.before),
            area,
            urn: package.urn,
            kinds: package.kinds.0,
            data: package.data.0,
            services: package.services.0,
            delegable: self.lines(value, package.delegable)?,
            grants: self.sorted(value, grants?),
        })
    }

    fn resource(&mut self, value: &'s RawValue, resource: text::Resource) -> Option<ir::Resource> {
        if &*resource.kind != "service" {
            return self.finding(value, format!("`{}` is not a kind of resource", resource.kind));
        }
        let actions = self.sorted(value, resource.actions);
        Some(ir::Resource {
            period: text::period(resource.from, resource.before),
            register: false,
            urn: resource.urn,
            data: resource.data.0,
            actions: actions.into_iter().map(|name| ir::Action { name, partial: false, oblige: Vec::new() }).collect(),
            elements: Open::Known(Vec::new()),
            records: None,
            controllers: Open::Known(Vec::new()),
            processors: Open::Known(Vec::new()),
            basis: Open::Known(Vec::new()),
            purposes: None,
            retain: None,
        })
    }

    fn lines(&mut self, value: &'s RawValue, lines: Vec<text::Line>) -> Option<Vec<ir::Line>> {
        let lines: Option<Vec<ir::Line>> = lines.into_iter().map(|line| self.line(value, line)).collect();
        Some(self.sorted(value, lines?))
    }

    fn line(&mut self, value: &'s RawValue, line: text::Line) -> Option<ir::Line> {
        let to = line.to.unwrap_or_default();
        let to: Vec<&str> = to.iter().map(|word| &**word).collect();
        let receiver = match (line.undecided, line.onward, &*to) {
            (true, None, []) => return Some(ir::Line::Undecided),
            (false, Some(_), ["kind", word]) => match Kind::from_word(word) {
                Some(kind) => ir::Receiver::Kind(kind),
                None => return self.finding(value, format!("`{word}` is no kind")),
            },
            (false, Some(_), ["role", name]) => {
                ir::Receiver::Role(self.found(value, "role", name, self.names.role_named(name))?)
            }
            _ => return self.finding(value, "a line of `delegable` does not have the form of one".to_owned()),
        };
        line.onward.map(|onward| ir::Line::To { to: receiver, onward, when: None })
    }

    fn grant(&mut self, value: &'s RawValue, grant: text::Grant) -> Option<ir::Grant> {
        let words: Option<Vec<&str>> = grant.to.as_ref().map(|to| to.iter().map(|word| &**word).collect());
        let to = match words.as_deref() {
            None if grant.undecided => None,
            Some(["self"]) => Some(ir::Grantee::Itself),
            Some(["role", name]) => {
                Some(ir::Grantee::Role(self.found(value, "role", name, self.names.role_named(name))?))
            }
            Some(["package", name]) => {
                Some(ir::Grantee::Package(self.found(value, "package", name, self.names.package_named(name))?))
            }
            _ => return self.finding(value, "a grant does not have the form of one".to_owned()),
        };
        Some(ir::Grant {
            to,
            gives_use: grant.gives_use,
            gives_delegation: grant.gives_delegation,
            undecided: grant.undecided,
            when: None,
            period: text::period(grant.from, grant.before),
        })
    }

    /// A rule with its key; its versions are the periods of one body.
    fn rule(&mut self, (key, value): &Entry<'s>, resources: &[Named<ir::Resource>]) -> Option<ir::Rule> {
        let mut parts = key.rsplitn(4, '/');
        let (digits, action) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let (effect, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let hexadecimal = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
        if effect != "permit" || digits.len() < 4 || !digits.bytes().all(hexadecimal) {
            return self.finding(value, format!("`{key}` is not the key of a rule"));
        }
        let resource: ir::ResourceId = self.found(value, "resource", name, self.names.resource_named(name))?;
        let versions = resources.get(resource.index()).map_or(&[][..], |named| &named.versions);
        if !versions.iter().any(|version| version.actions.iter().any(|known| *known.name == *action)) {
            return self.finding(value, format!("`{name}` has no action `{action}`"));
        }
        let texts: Vec<text::Rule> = self.parse(value.get())?;
        let mut bodies = Vec::new();
        let mut periods = Vec::new();
        for text in texts {
            let to = match &text.to {
                Some(to) => Some(self.recipient(value, to)?),
                None => None,
            };
            let requires = match &text.requires {
                Some(requires) => Some(self.requires(value, requires)?),
                None => None,
            };
            bodies.push((to, requires));
            periods.push(text::period(text.from, text.before));
        }
        periods.sort();
        self.apart(key, value, periods.iter().copied());
        bodies.dedup();
        let (Some((to, requires)), true) = (bodies.pop(), bodies.is_empty()) else {
            return self.finding(value, format!("the versions of `{key}` differ in more than their periods"));
        };
        if to.is_none() && requires.is_none() {
            return self.finding(value, format!("`{key}` says neither `to` nor `requires`"));
        }
        let scopes = periods.into_iter().map(|period| ir::Scope { period, on: vec![resource] }).collect();
        Some(ir::Rule {
            key: key.clone(),
            effect: RuleEffect::Permit,
            action: Some(action.into()),
            of: None,
            to,
            requires,
            when: None,
            oblige: Vec::new(),
            scopes,
        })
    }

    fn recipient(&mut self, value: &'s RawValue, to: &[Box<str>]) -> Option<ir::Recipient> {
        let to: Vec<&str> = to.iter().map(|word| &**word).collect();
        match &*to {
            ["anyone"] => Some(ir::Recipient::Anyone),
            ["self"] => Some(ir::Recipient::Itself),
            ["role", name] => self.found(value, "role", name, self.names.role_named(name)).map(ir::Recipient::Role),
            ["organisation", name] => {
                let found = self.names.organisation_named(name);
                self.found(value, "organisation", name, found).map(ir::Recipient::Organisation)
            }
            _ => self.finding(value, "`to` of a rule does not have the form of one".to_owned()),
        }
    }

    fn requires(&mut self, value: &'s RawValue, requires: &text::Requires) -> Option<Requires> {
        let mut all = |parts: &[text::Requires]| -> Option<Vec<Requires>> {
            parts.iter().map(|part| self.requires(value, part)).collect()
        };
        match requires {
            text::Requires::And(parts) => Requires::all(all(parts)?),
            text::Requires::Or(parts) => Requires::any(all(parts)?),
            text::Requires::Package(name) => {
                self.found(value, "package", name, self.names.package_named(name)).map(Requires::Package)
            }
        }
    }

    fn found<I>(&mut self, value: &'s RawValue, sort: &str, name: &str, found: Option<I>) -> Option<I> {
        found.or_else(|| self.finding(value, format!("there is no {sort} `{name}` in the bundle")))
    }

    /// Sorted; a repeat is a finding.
    fn sorted<T: Ord>(&mut self, value: &'s RawValue, mut list: Vec<T>) -> Vec<T> {
        let count = list.len();
        list.sort();
        list.dedup();
        if list.len() < count {
            self.finding::<()>(value, "an entry of a list stands twice".to_owned());
        }
        list
    }

    /// Reads a piece of the text as what it should be.
    fn parse<T: serde::Deserialize<'s>>(&mut self, piece: &'s str) -> Option<T> {
        match serde_json::from_str(piece) {
            Ok(value) => Some(value),
            Err(error) => {
                let line_start = match error.line().checked_sub(2) {
                    Some(breaks) => piece.match_indices('\n').nth(breaks).map_or(piece.len(), |(at, _)| at + 1),
                    None => 0,
                };
                let at = self.offset(piece) + line_start + error.column().saturating_sub(1);
                let text = error.to_string();
                let why = text.rsplit_once(" at line ").map_or(&*text, |(why, _)| why);
                let letter =
                    self.source.text().get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                let span = Span::new(at, at + letter);
                self.tell(format!("the bundle cannot be read: {why}"), span, "it stops making sense here");
                None
            }
        }
    }

    fn finding<T>(&mut self, value: &'s RawValue, message: String) -> Option<T> {
        let start = self.offset(value.get());
        let line = value.get().lines().next().unwrap_or("");
        self.tell(message, Span::new(start, start + line.len()), "in this entry");
        None
    }

    fn tell(&mut self, message: String, span: Span, label: &str) {
        if self.findings.len() < FINDINGS {
            let place = Place { source: self.id, span };
            let help = "build the bundle again with `fullmakt build`";
            self.findings.push(Diagnostic::new(&codes::MALFORMED_BUNDLE, message, place).label(label).help(help));
        }
    }

    /// Where a piece of the text begins.
    fn offset(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.source.text().as_ptr() as usize)
    }
}

fn names<T>(entries: &[Entry<'_>]) -> Vec<Named<T>> {
    entries.iter().map(|(name, _)| Named { name: name.clone(), versions: Vec::new() }).collect()
}

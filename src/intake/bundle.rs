//! `bundle.json` → the bundle that it was written of (docs/bundle.md). Whatever the text, the answer is a bundle that is closed,
//! or findings with their places; nothing is guessed. Writing is `ir::json`.

mod circles;
mod expression;
mod forms;
mod rules;
mod text;
mod things;
mod tree;
mod types;
mod vocabulary;

use crate::diag::{Diagnostic, codes};
use crate::ir::{self, Bundle, Meaning, Named};
use crate::source::{Place, Source, SourceId, Span};
use crate::terms::period::Period;
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
    let mut reading = Reading {
        source,
        id,
        names: Meaning::default(),
        conditions: Vec::new(),
        depths: Vec::new(),
        policies: BTreeSet::new(),
        findings: Vec::new(),
    };
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
    /// The tables: those that are not read yet with their names alone.
    names: Meaning,
    /// What each condition reads, with all that it names.
    conditions: Vec<expression::Reads>,
    /// How deep each condition is, with all that it names.
    depths: Vec<usize>,
    /// What has rules and is no resource.
    policies: BTreeSet<Box<str>>,
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
        let entities = self.entries(tables.entities)?;
        let built_in = self.entries(tables.built_in)?;
        let enums = self.entries(tables.enums)?;
        let obligations = self.entries(tables.obligations)?;
        let conditions = self.entries(tables.conditions)?;
        let roles = self.entries(tables.roles)?;
        let areas = self.entries(tables.areas)?;
        let packages = self.entries(tables.packages)?;
        let resources = self.entries(tables.resources)?;
        let rules = self.entries(tables.rules)?;
        let words = self.entries(document.words)?;

        let declared =
            [&organisations, &entities, &enums, &obligations, &conditions, &roles, &areas, &packages, &resources];
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for (name, value) in declared.into_iter().flatten() {
            if !known.insert(name) {
                self.finding::<()>(value, format!("`{name}` is declared twice"));
            }
            self.is_name(value, name);
        }
        self.names = Meaning {
            organisations: organisations.iter().map(|(name, _)| name.clone()).collect(),
            areas: names(&areas),
            packages: names(&packages),
            ..Meaning::default()
        };
        for (_, value) in &organisations {
            let _: Option<text::Nothing> = self.parse(value.get());
        }
        self.vocabulary(&enums, &entities, &built_in, &obligations);
        self.names.roles = self.table(&roles, Self::role, |role| role.period);
        let resources = self.table(&resources, Self::resource, |resource| resource.version.period);
        let mut retains = Vec::new();
        for named in resources {
            let (versions, retain) = named.versions.into_iter().map(|read| (read.version, read.retain)).unzip();
            self.names.resources.push(Named { name: named.name, versions });
            let retain: Vec<Option<text::Retain<'s>>> = retain;
            retains.push(retain);
        }
        // What conditions are about is known; what is about conditions comes after.
        self.conditions(&conditions);
        for (at, retains) in retains.into_iter().enumerate() {
            for (version, retain) in retains.into_iter().enumerate() {
                let retain = self.retain(retain);
                if let Some(named) = self.names.resources.get_mut(at)
                    && let Some(version) = named.versions.get_mut(version)
                {
                    version.retain = retain;
                }
            }
        }
        self.names.areas = self.table(&areas, Self::area, |area| area.period);
        self.names.packages = self.table(&packages, Self::package, |package| package.period);
        self.names.rules = self.rules(&rules);

        let mut all = ir::Words::new();
        for (name, value) in &words {
            if !known.contains(&**name) && !self.policies.contains(name) {
                self.finding::<()>(value, format!("there is no `{name}` to have words"));
            }
            if let Some(text::Wording { title, about, formerly, actions, rules, open }) = self.parse(value.get()) {
                let formerly = self.sorted(value, formerly);
                let (actions, rules, open) = (actions.0, rules.0, open.0);
                all.insert(name.clone(), ir::Wording { title, about, formerly, actions, rules, open });
            }
        }
        if let Some((name, value)) = declared.into_iter().flatten().find(|(name, _)| self.policies.contains(name)) {
            return self.finding(value, format!("`{name}` has rules, and is neither a resource nor a policy"));
        }
        Some(Bundle { meaning: std::mem::take(&mut self.names), words: all })
    }

    fn entries(&mut self, table: &'s RawValue) -> Option<Vec<Entry<'s>>> {
        self.parse::<forms::Entries<'s>>(table.get()).map(|entries| entries.0)
    }

    fn table<R: serde::Deserialize<'s>, T>(
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

    fn is_name(&mut self, value: &'s RawValue, name: &str) {
        if name.is_empty() || !name.chars().all(|letter| letter.is_alphanumeric() || "._".contains(letter)) {
            self.finding::<()>(value, format!("`{name}` is not the name of a declaration"));
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

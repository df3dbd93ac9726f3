//! The decision table of a module: who is granted × package and area × use and delegate, with *because*; then the rules of
//! its services and registers (`rule_table`). At no moment in particular: what ends or begins is told by its period.

use super::reach::{Cell, Reach, Row};
use super::rule_table;
use crate::intake::names::module_of;
use crate::ir::{Bundle, Grantee, Line, PackageId, Receiver, Recipient, RoleId};
use crate::terms::{effect::RuleEffect, period::Period};
use crate::words::{Speaker, rule};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The table, every line with a line break and without spaces at its end. Of a module with packages and resources there are
/// two, with an empty line between them.
pub(super) fn of_module(bundle: &Bundle, module: &str) -> String {
    let meaning = &bundle.meaning;
    let own = |name: &str| module_of(name) == module;
    let has_packages =
        meaning.packages.iter().map(|named| &named.name).chain(meaning.areas.iter().map(|named| &named.name));
    let grants = has_packages.into_iter().any(|name| own(name)).then(|| aligned(&grants(bundle, module)));
    let has_resources = meaning.resources.iter().any(|named| own(&named.name));
    let rules = has_resources.then(|| aligned(&rule_table::of_module(bundle, module)));
    let tables: Vec<String> = grants.into_iter().chain(rules).collect();
    tables.join("\n")
}

/// A row for everybody whom the module declares or names, with every package and area that it declares.
fn grants(bundle: &Bundle, module: &str) -> Vec<Vec<String>> {
    let meaning = &bundle.meaning;
    let rows = rows(bundle, module);
    let own = |name: &str| module_of(name) == module;
    let packages: Vec<PackageId> =
        meaning.packages.iter().enumerate().filter(|(_, named)| own(&named.name)).map(|(at, _)| at.into()).collect();
    let areas: Vec<_> = meaning.areas.iter().enumerate().filter(|(_, named)| own(&named.name)).collect();
    let names = rows.iter().filter_map(|row| match row {
        Row::Itself => None,
        Row::Role(id) => meaning.role(*id).map(|named| &*named.name),
        Row::Package(id) => meaning.package(*id).map(|named| &*named.name),
    });
    let shown = packages.iter().filter_map(|id| meaning.package(*id)).map(|named| &*named.name);
    let speaker = Speaker::among(bundle, names.chain(shown).chain(areas.iter().map(|(_, named)| &*named.name)));
    let mut lines = vec![heads(["role", "package", "use", "delegate", "because"])];
    let mut reach = Reach::new(meaning, &speaker);
    for row in rows {
        let who = match row {
            Row::Itself => "self".to_owned(),
            Row::Role(id) => speaker.short(speaker.role(id)).to_owned(),
            Row::Package(id) => format!("holder of {}", speaker.short(speaker.package(id))),
        };
        for package in packages.iter().copied().filter(|package| row != Row::Package(*package)) {
            let gives_use = reach.gives_use(package, row);
            let delegate = reach.gives_delegation(package, row);
            let mut because: Vec<String> = gives_use.because.clone();
            because.extend(delegate.because.iter().filter(|reason| !gives_use.because.contains(reason)).cloned());
            let because = if because.is_empty() { "no grant".to_owned() } else { because.join("; ") };
            let name = speaker.short(speaker.package(package)).to_owned();
            lines.push(vec![who.clone(), name, said(&gives_use), said(&delegate), of_the_row(&because, &who)]);
        }
        for (at, named) in &areas {
            let delegate = reach.passes_area((*at).into(), row);
            let name = format!("area {}", speaker.short(&named.name));
            let because = of_the_row(&delegate.because.join("; "), &who);
            lines.push(vec![who.clone(), name, "no".to_owned(), said(&delegate), because]);
        }
    }
    let mut folded = folded(lines, 0);
    for line in &mut folded {
        if let [who, .., because] = line.as_mut_slice() {
            *because = because.replace(ITSELF, if who.contains(", ") { "each" } else { who });
        }
    }
    folded
}

/// Stands for the role of a row, until it is known whether the row has several.
const ITSELF: &str = "\u{1}";

/// Why, with the role of the row itself unnamed, so that rows of several roles can be one.
fn of_the_row(because: &str, who: &str) -> String {
    let named = format!("to {who}");
    let mut text = String::with_capacity(because.len());
    let mut rest = because;
    while let Some((before, after)) = rest.split_once(&named) {
        let whole = !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '.');
        text.push_str(before);
        text.push_str(&if whole { format!("to {ITSELF}") } else { named.clone() });
        rest = after;
    }
    text + rest
}

/// Rows that differ in this column alone are one row with all that they had there; where the first of them was.
pub(super) fn folded(lines: Vec<Vec<String>>, column: usize) -> Vec<Vec<String>> {
    let mut at: FxHashMap<Vec<String>, usize> = FxHashMap::default();
    let mut rows: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for mut line in lines {
        let Some(cell) = line.get_mut(column).map(std::mem::take) else { continue };
        let row = *at.entry(line.clone()).or_insert(rows.len());
        match rows.get_mut(row) {
            Some((_, cells)) if cells.contains(&cell) => {}
            Some((_, cells)) => cells.push(cell),
            None => rows.push((line, vec![cell])),
        }
    }
    rows.into_iter()
        .map(|(mut line, cells)| {
            line.get_mut(column).into_iter().for_each(|slot| *slot = cells.join(", "));
            line
        })
        .collect()
}

/// Roles that the module declares or names, parties themselves and holders of packages where something is granted to
/// them; in order of name.
fn rows(bundle: &Bundle, module: &str) -> Vec<Row> {
    let meaning = &bundle.meaning;
    let own = |name: &str| module_of(name) == module;
    let mut roles: BTreeSet<RoleId> =
        meaning.roles.iter().enumerate().filter(|(_, named)| own(&named.name)).map(|(at, _)| at.into()).collect();
    let mut others = BTreeSet::new();
    let mut line = |line: &Line| {
        if let Line::To { to: Receiver::Role(role), .. } = line {
            roles.insert(*role);
        }
    };
    let areas = meaning.areas.iter().filter(|named| own(&named.name)).flat_map(|named| &named.versions);
    areas.flat_map(|version| &version.delegable).for_each(&mut line);
    for version in meaning.packages.iter().filter(|named| own(&named.name)).flat_map(|named| &named.versions) {
        version.delegable.iter().for_each(&mut line);
    }
    for version in meaning.packages.iter().filter(|named| own(&named.name)).flat_map(|named| &named.versions) {
        for grant in &version.grants {
            match grant.to {
                Some(Grantee::Role(role)) => drop(roles.insert(role)),
                Some(Grantee::Itself) => drop(others.insert(Row::Itself)),
                Some(Grantee::Package(package)) => drop(others.insert(Row::Package(package))),
                None => {}
            }
        }
    }
    for permit in meaning.rules.iter().filter(|rule| rule.effect == RuleEffect::Permit) {
        let of_module = rule_table::over(permit).any(|id| meaning.resource(id).is_some_and(|named| own(&named.name)));
        if let (true, Some(Recipient::Role(role))) = (of_module, permit.to) {
            roles.insert(role);
        }
    }
    roles.into_iter().map(Row::Role).chain(others).collect()
}

/// Yes, no, open, or when.
pub(super) fn said(cell: &Cell) -> String {
    let mut parts = Vec::new();
    match cell.yes.all() {
        [] => {}
        [Period::ALWAYS] => return "yes".to_owned(),
        yes => parts.push(periods(yes)),
    }
    for (when, whenever) in &cell.when {
        let period =
            if whenever.all() == [Period::ALWAYS] { String::new() } else { format!(" {}", periods(whenever.all())) };
        parts.push(format!("when {when}{period}"));
    }
    if !cell.open.all().is_empty() {
        parts.push("open".to_owned());
    }
    if parts.is_empty() { "no".to_owned() } else { parts.join(", else ") }
}

fn periods(periods: &[Period]) -> String {
    let periods: Vec<String> = periods.iter().map(|period| rule::period(*period).trim_start().to_owned()).collect();
    periods.join(", ")
}

fn heads(heads: [&str; 5]) -> Vec<String> {
    heads.map(str::to_owned).to_vec()
}

/// Columns two spaces apart. Names are of the letters a–z, so a character is a column wide.
fn aligned(lines: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for line in lines {
        for (at, cell) in line.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(at) {
                Some(known) => *known = width.max(*known),
                None => widths.push(width),
            }
        }
    }
    let mut text = String::new();
    for line in lines {
        let start = text.len();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        let length = text.get(start..).map_or(0, |row| row.trim_end().len());
        text.truncate(start + length);
        text.push('\n');
    }
    text
}

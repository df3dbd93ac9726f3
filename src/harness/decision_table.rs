//! The decision table of a module: who is granted × package and area × use and delegate, with *because*; of a module that
//! has services alone, its permits. At no moment in particular: what ends or begins is told by its period.

use super::reach::{Cell, Reach, Row};
use crate::intake::names::module_of;
use crate::ir::{Bundle, Grantee, Line, PackageId, Receiver, Recipient, Requires, ResourceId, RoleId, Rule};
use crate::terms::period::Period;
use crate::words::{Speaker, rule};
use std::collections::BTreeSet;

/// The table, every line with a line break and without spaces at its end.
pub(super) fn of_module(bundle: &Bundle, module: &str) -> String {
    let meaning = &bundle.meaning;
    let has_packages =
        meaning.packages.iter().map(|named| &named.name).chain(meaning.areas.iter().map(|named| &named.name));
    let lines = if has_packages.into_iter().any(|name| module_of(name) == module) {
        grants(bundle, module)
    } else {
        permits(bundle, module)
    };
    aligned(&lines)
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
            lines.push(vec![who.clone(), name, said(&gives_use), said(&delegate), because]);
        }
        for (at, named) in &areas {
            let delegate = reach.passes_area((*at).into(), row);
            let name = format!("area {}", speaker.short(&named.name));
            lines.push(vec![who.clone(), name, "no".to_owned(), said(&delegate), delegate.because.join("; ")]);
        }
    }
    lines
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
    for permit in &meaning.rules {
        let of_module = resources(permit).any(|id| meaning.resource(id).is_some_and(|named| own(&named.name)));
        if let (true, Some(Recipient::Role(role))) = (of_module, permit.to) {
            roles.insert(role);
        }
    }
    roles.into_iter().map(Row::Role).chain(others).collect()
}

/// The resources that a rule is over, in any of its scopes.
fn resources(rule: &Rule) -> impl Iterator<Item = ResourceId> {
    rule.scopes.iter().flat_map(|scope| &scope.on).copied()
}

/// Yes, no, open, or when.
fn said(cell: &Cell) -> String {
    let when = |periods: &[Period]| {
        let periods: Vec<String> = periods.iter().map(|period| rule::period(*period).trim_start().to_owned()).collect();
        periods.join(", ")
    };
    match (cell.yes.all(), cell.open.all()) {
        ([Period::ALWAYS], _) => "yes".to_owned(),
        ([], []) => "no".to_owned(),
        ([], _) => "open".to_owned(),
        (yes, []) => when(yes),
        (yes, _) => format!("{}, else open", when(yes)),
    }
}

/// A row for every permit of the module's services, and for every action that nothing permits.
fn permits(bundle: &Bundle, module: &str) -> Vec<Vec<String>> {
    let meaning = &bundle.meaning;
    let own: Vec<_> =
        meaning.resources.iter().enumerate().filter(|(_, named)| module_of(&named.name) == module).collect();
    let mut names: Vec<&str> = own.iter().map(|(_, named)| &*named.name).collect();
    for permit in meaning.rules.iter() {
        let of_module = |id| meaning.resource(id).is_some_and(|named| module_of(&named.name) == module);
        if !resources(permit).any(of_module) {
            continue;
        }
        match permit.to {
            Some(Recipient::Role(id)) => names.extend(meaning.role(id).map(|named| &*named.name)),
            Some(Recipient::Organisation(id)) => {
                names.extend(meaning.organisations.get(id.index()).map(|name| &**name))
            }
            _ => {}
        }
        if let Some(requires) = &permit.requires {
            let mut waiting = vec![requires];
            while let Some(next) = waiting.pop() {
                match next {
                    Requires::Package(id) => names.extend(meaning.package(*id).map(|named| &*named.name)),
                    Requires::And(all) | Requires::Or(all) => waiting.extend(all),
                }
            }
        }
    }
    let speaker = Speaker::among(bundle, names);
    let mut lines = vec![heads(["service", "action", "to", "requires", "permit"])];
    for (at, named) in own {
        let actions: BTreeSet<&str> =
            named.versions.iter().flat_map(|version| &version.actions).map(|action| &*action.name).collect();
        for action in actions {
            let before = lines.len();
            let id = ResourceId::from(at);
            let of_action = |rule: &&Rule| resources(rule).any(|on| on == id) && rule.action.as_deref() == Some(action);
            for permit in meaning.rules.iter().filter(of_action) {
                let mut cell = Cell::default();
                for version in
                    named.versions.iter().filter(|version| version.actions.iter().any(|one| *one.name == *action))
                {
                    permit
                        .scopes
                        .iter()
                        .filter(|scope| scope.on.contains(&id))
                        .for_each(|scope| cell.yes.add(scope.period.and(version.period)));
                }
                let none = || "-".to_owned();
                let to = permit.to.map_or_else(none, |to| rule::recipient(to, &speaker));
                let requires = permit.requires.as_ref().map_or_else(none, |all| rule::requires(all, &speaker));
                lines.push(vec![speaker.short(&named.name).to_owned(), action.to_owned(), to, requires, said(&cell)]);
            }
            if lines.len() == before {
                let row = [speaker.short(&named.name), action, "-", "-", "no"];
                lines.push(row.map(str::to_owned).to_vec());
            }
            if let Some(new) = lines.get_mut(before..) {
                new.sort();
            }
        }
    }
    lines
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
        let mut row = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            row.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

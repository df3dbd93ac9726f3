//! What a module is called: its `module` line against the path of its file, and by which other names it may be meant
//! where that line is wrong or lost. Looks no declaration up.

use super::declare::{Names, Unit};
use super::findings::Findings;
use super::spelling::{spelt, strange_letter};
use crate::diag::{Diagnostic, codes};
use crate::source::{Place, SourceId, Sources};
use crate::syntax::ast::{Module, Path, Used};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The full name: as the `module` line says, else as the path does.
pub(super) fn of(sources: &Sources, source: SourceId, tree: &Module<'_>) -> String {
    match &tree.name {
        Some(name) => dotted(name),
        None => {
            let path = sources.get(source).map_or("", |source| source.name());
            let parts = parts(path);
            if parts.is_empty() { path.to_owned() } else { parts.join(".") }
        }
    }
}

/// A path with its dots, each segment in its one spelling.
pub(super) fn dotted(path: &Path<'_>) -> String {
    path.segments.iter().map(|segment| spelt(segment.text)).collect::<Vec<_>>().join(".")
}

/// The folders and the stem of a file, as far as they are known; none where the source has no folder (`<stdin>`).
fn parts(path: &str) -> Vec<&str> {
    let stem = path.strip_suffix(".fmk").unwrap_or(path);
    if !stem.contains(['/', '\\']) {
        return Vec::new();
    }
    // What stands above `..` is not known by name.
    let all: Vec<&str> = stem.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
    let known = all.iter().rposition(|part| *part == "..").map_or(0, |at| at + 1);
    all.into_iter().skip(known).collect()
}

/// The name that the path gives, if the module's own name does not agree with it.
fn expected(path: &str, name: &str) -> Option<String> {
    let parts = parts(path);
    let segments: Vec<&str> = name.split('.').collect();
    let whole_path = path.starts_with('/');
    if parts.is_empty() {
        return None;
    }
    // Called from within a folder of the name, the path shows only the end of it.
    let shown = parts.len().min(segments.len());
    let agrees = parts.iter().rev().zip(segments.iter().rev()).all(|(part, segment)| *spelt(part) == **segment);
    if agrees && (shown == segments.len() || !whole_path) {
        return None;
    }
    let above = segments.iter().take(if whole_path { 0 } else { segments.len() - shown });
    Some(above.chain(parts.iter().skip(parts.len() - shown)).copied().collect::<Vec<_>>().join("."))
}

/// Every `module` line against its path. A module whose line is lost or wrong is known by the ends of its path
/// besides, so that one wrong line makes no name of another module unknown.
pub(super) fn check(names: &mut Names<'_, '_>, findings: &mut Findings<'_>) {
    let wanted = wanted(names);
    let mut aliases: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut nameless = false;
    for unit in &names.units {
        let path = findings.sources.get(unit.source).map_or("", |source| source.name());
        let parts = parts(path);
        let ends = (0..parts.len()).map(|at| parts.iter().skip(at).copied().collect::<Vec<_>>().join("."));
        if unit.tree.name.is_none() {
            nameless |= parts.is_empty();
            ends.for_each(|end| aliases.entry(end).or_default().push(unit.home));
        } else if let Some(expected) = expected(path, &unit.name) {
            findings.add(wrong(unit, path, &expected));
            ends.for_each(|end| aliases.entry(end).or_default().push(unit.home));
        } else if !wanted.contains_key(&*unit.name) {
            // `module roles` in `demo/roles.fmk`, and everybody else uses `demo.roles`: the line is too short.
            let longer = ends.filter(|end| end.len() > unit.name.len() && !names.home_by_name.contains_key(&**end));
            for end in longer {
                if let Some(place) = wanted.get(&end) {
                    let finding = wrong(unit, path, &end).related("used by this name", *place);
                    findings.add(finding);
                    aliases.entry(end).or_default().push(unit.home);
                }
            }
        }
    }
    for (alias, homes) in aliases {
        if let [home] = homes.as_slice() {
            names.home_by_name.entry(alias.into()).or_insert(*home);
        }
    }
    names.nameless = nameless;
}

fn wrong(unit: &Unit<'_, '_>, path: &str, expected: &str) -> Diagnostic {
    let place = unit.name_place();
    let message = format!("module `{}` stands in `{path}`", unit.name);
    let file = unit.name.replace('.', "/");
    let finding = Diagnostic::new(&codes::MODULE_PATH, message, place)
        .label(format!("the path says `{expected}`"))
        .help(format!("write `module {expected}`, or call the file `{file}.fmk`"));
    let plain = expected.split('.').all(|segment| !segment.is_empty() && strange_letter(segment).is_none());
    if plain { finding.fix(place, expected) } else { finding }
}

/// The modules that `use` lines name, with the first place of each.
fn wanted(names: &Names<'_, '_>) -> FxHashMap<String, Place> {
    let mut wanted = FxHashMap::default();
    for unit in &names.units {
        for line in &unit.tree.uses {
            let mut name = dotted(&line.path);
            if matches!(line.what, Used::Last) {
                name.truncate(name.rfind('.').unwrap_or(0));
            }
            wanted.entry(name).or_insert(unit.place(line.path.span));
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::expected;

    #[test]
    fn paths_end_with_the_name() {
        assert_eq!(expected("policies/demo/clinic.fmk", "demo.clinic"), None);
        assert_eq!(expected("clinic.fmk", "demo.clinic"), None);
        assert_eq!(expected("<stdin>", "demo.clinic"), None);
        assert_eq!(expected("./clinic.fmk", "demo.clinic"), None);
        assert_eq!(expected("../demo/clinic.fmk", "policies.demo.clinic"), None);
        assert_eq!(expected("policies/demo/clinic.fmk", "demo.clinik").as_deref(), Some("demo.clinic"));
        assert_eq!(expected("/clinic.fmk", "demo.clinic").as_deref(), Some("clinic"));
        assert_eq!(expected("other/clinic.fmk", "a.demo.clinic").as_deref(), Some("a.other.clinic"));
    }
}

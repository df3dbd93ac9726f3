//! Which `entity` declarations add to an entity that is there already: to one that every build has, or to one that the
//! module imports. Such a declaration declares no name. Links nothing: it goes by what is written.

use super::declare::Names;
use super::module_name::dotted;
use super::spelling::spelt;
use crate::model::Sort;
use crate::syntax::ast::Used;
use crate::terms::root::BuiltIn;
use rustc_hash::{FxHashMap, FxHashSet};

/// So many times modules that import all of each other's names are looked through; a chain of more is nobody's text.
const ROUNDS: usize = 8;

/// What a module declares under a name that some `entity` declaration has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declares {
    Entity,
    Another,
}

/// Marks them.
pub(super) fn mark(names: &mut Names<'_, '_>) {
    let mut asked: Vec<(usize, usize, Box<str>)> = Vec::new();
    for (at, entry) in names.entries.iter_mut().enumerate().filter(|(_, entry)| entry.sort() == Sort::Entity) {
        let Some(name) = entry.tree.name.map(|word| spelt(word.text)) else { continue };
        if BuiltIn::from_word(&name).is_some() {
            entry.adds = true;
        } else if let Some(unit) = names.units.get(entry.module.0 as usize) {
            asked.push((at, unit.home, name.into()));
        }
    }
    let declared = declared(names, &asked);
    for _ in 0..ROUNDS {
        let before: FxHashSet<(usize, &str)> = asked
            .iter()
            .filter(|(at, ..)| names.entries.get(*at).is_some_and(|entry| entry.adds))
            .map(|(_, home, name)| (*home, &**name))
            .collect();
        let marks: Vec<(usize, bool)> = asked
            .iter()
            .map(|(at, home, name)| (*at, is_imported(names, *at, *home, name, &declared, &before)))
            .collect();
        let mut changed = false;
        for (at, adds) in marks {
            if let Some(entry) = names.entries.get_mut(at) {
                changed |= entry.adds != adds;
                entry.adds = adds;
            }
        }
        if !changed {
            break;
        }
    }
}

/// What each module declares under these names.
fn declared<'a>(names: &Names<'_, '_>, asked: &'a [(usize, usize, Box<str>)]) -> FxHashMap<(usize, &'a str), Declares> {
    let interesting: FxHashMap<&str, &'a str> = asked.iter().map(|(.., name)| (&**name, &**name)).collect();
    let mut declared = FxHashMap::default();
    if interesting.is_empty() {
        return declared;
    }
    for entry in &names.entries {
        let Some(word) = entry.tree.name else { continue };
        let Some(name) = interesting.get(&*spelt(word.text)) else { continue };
        let home = names.units.get(entry.module.0 as usize).map_or(usize::MAX, |unit| unit.home);
        let what = if entry.sort() == Sort::Entity { Declares::Entity } else { Declares::Another };
        let slot = declared.entry((home, *name)).or_insert(what);
        if what == Declares::Entity {
            *slot = what;
        }
    }
    declared
}

fn is_imported(
    names: &Names<'_, '_>,
    at: usize,
    own: usize,
    name: &str,
    declared: &FxHashMap<(usize, &str), Declares>,
    adding: &FxHashSet<(usize, &str)>,
) -> bool {
    let Some(unit) = names.entries.get(at).and_then(|entry| names.unit(entry.module)) else { return false };
    unit.tree.uses.iter().any(|line| {
        let mut path = line.path.clone();
        let named = match &line.what {
            Used::Last => path.segments.pop().is_some_and(|last| spelt(last.text) == name),
            Used::Names(words) => words.iter().any(|word| spelt(word.text) == name),
            Used::All(_) => false,
        };
        let all = matches!(line.what, Used::All(_));
        if !named && !all {
            return false;
        }
        let home = names.home_by_name.get(&*dotted(&path)).copied().filter(|home| *home != own);
        let declares = home.and_then(|home| declared.get(&(home, name)).filter(|_| !adding.contains(&(home, name))));
        match declares {
            Some(Declares::Entity) => true,
            Some(Declares::Another) => false,
            // What is imported by name and lost may have been an entity.
            None => named,
        }
    })
}

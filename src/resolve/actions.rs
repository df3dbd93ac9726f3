//! Shared actions → the resources whose rules, or the rules of a policy over them, name them. A resource's own action of the
//! name comes first; two shared ones of one name on one resource are an error.

use super::link::Work;
use super::lookup::Found;
use super::policies::{Chosen, Left};
use super::resources::Pending;
use super::scope::full;
use super::spelling::spelt;
use super::types::place::Here;
use crate::diag::{Diagnostic, codes};
use crate::model::{Action, ModuleId, Said, SharedAction, Sort, SymbolId};
use crate::source::Place;
use crate::syntax::ast::{self, Head, Says, Statement, Word};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What names of actions mean in modules, where no resource has them.
#[derive(Default)]
pub(super) struct Shared {
    means: FxHashMap<(ModuleId, Box<str>), Means>,
}

/// What a name means that no resource declares as an action.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A shared action.
    Action(SymbolId),
    /// It may be one that was lost.
    Hidden,
    /// None.
    Nothing,
}

impl Shared {
    pub(super) fn get(&self, module: ModuleId, name: &str) -> Means {
        self.means.get(&(module, spelt(name).into())).copied().unwrap_or(Means::Nothing)
    }

    fn find(&mut self, module: ModuleId, name: &str, work: &mut Work<'_, '_, '_, '_, '_>) -> Means {
        let key = (module, spelt(name).into());
        if let Some(known) = self.means.get(&key) {
            return *known;
        }
        let means = match work.lookup.bare(module, name) {
            Found::Symbol(id) => match work.lookup.names.sort(id) {
                Sort::Action => {
                    work.lookup.link(id);
                    Means::Action(id)
                }
                Sort::Unknown => Means::Hidden,
                _ => Means::Nothing,
            },
            Found::Hidden => Means::Hidden,
            Found::Two(..) | Found::Nowhere => Means::Nothing,
        };
        self.means.insert(key, means);
        means
    }
}

/// The declarations of shared actions.
pub(super) fn link(work: &mut Work<'_, '_, '_, '_, '_>) {
    work.each(&[Sort::Action], |begun, work| {
        let end = match &begun.entry.tree.head {
            Head::Action(end) => end.clone(),
            _ => ast::ActionEnd::default(),
        };
        let name = work.lookup.names.symbol(begun.declared.symbol).map_or_else(Box::default, |one| one.name.clone());
        let (mut linker, catalog) = work.linker(&begun);
        // It may be an action of any resource.
        let oblige = linker.obliges(&end.oblige, &Here::argument(None));
        let lost = linker.lost;
        let mut declared = begun.declared;
        declared.wounded = lost;
        let action = Action {
            name: Said { value: name, place: declared.name_place },
            title: declared.title.as_ref().map(|title| title.value.clone()),
            partial: end.partial.is_some(),
            oblige,
            shared: Some(declared.symbol),
            place: declared.place,
        };
        catalog.actions.push(SharedAction { declared, action });
        lost
    });
}

/// The names of actions in the rules among these statements, each once.
pub(super) fn named<'s>(says: &[&Statement<'s>]) -> Vec<Word<'s>> {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut all = Vec::new();
    for statement in says {
        if let Says::Rule(rule) = &statement.says
            && let ast::Actions::Named(words) = &rule.actions
        {
            all.extend(words.iter().filter(|word| seen.insert(word.text)).copied());
        }
    }
    all
}

/// Puts shared actions into resources.
pub(super) fn dissolve(
    pending: &[Pending<'_, '_, '_>],
    policies: &[Chosen<'_, '_, '_>],
    left: &mut Left,
    work: &mut Work<'_, '_, '_, '_, '_>,
) -> Shared {
    let mut shared = Shared::default();
    let mut taken: BTreeMap<Box<str>, BTreeMap<u32, (SymbolId, Place)>> = BTreeMap::new();
    let mut told: FxHashSet<(SymbolId, SymbolId)> = FxHashSet::default();
    // Names of actions that may be lost: `permitted` may name them too.
    let mut hidden: Vec<(Box<str>, u32)> = Vec::new();
    let mut own: FxHashMap<Box<str>, FxHashSet<u32>> = FxHashMap::default();
    for (resource, version) in work.catalog.resources.iter().zip(0..) {
        for action in &resource.actions {
            own.entry(action.name.value.clone()).or_default().insert(version);
        }
    }
    let of_resources = pending.iter().map(|one| (&one.begun, std::slice::from_ref(&one.version)));
    let of_policies = policies.iter().map(|one| (&one.begun, one.selects.as_slice()));
    let mut enough = true;
    'all: for (begun, versions) in of_resources.chain(of_policies) {
        let module = begun.entry.module;
        for word in named(&begun.says) {
            let place = work.lookup.place(module, word.span);
            if !left.take(versions.len(), place, work) {
                enough = false;
                break 'all;
            }
            let name: Box<str> = spelt(word.text).into();
            let has = own.get(&name);
            let lacks = |version: &&u32| has.is_none_or(|has| !has.contains(version));
            let lacking: Vec<u32> = versions.iter().filter(lacks).copied().collect();
            if lacking.is_empty() && !versions.is_empty() {
                continue;
            }
            let id = match shared.find(module, word.text, work) {
                Means::Action(id) => id,
                Means::Hidden => {
                    hidden.extend(lacking.iter().map(|version| (name.clone(), *version)));
                    continue;
                }
                Means::Nothing => continue,
            };
            let taken = taken.entry(name.clone()).or_default();
            for version in lacking {
                let (other, first) = *taken.entry(version).or_insert((id, place));
                if other != id && told.insert((other, id)) {
                    let finding = two(&name, version, (other, first), (id, place), work);
                    work.lookup.findings.add(finding);
                }
            }
        }
    }
    for (version, (id, _)) in taken.into_values().flatten() {
        let action = work
            .lookup
            .names
            .symbol(id)
            .and_then(|symbol| symbol.versions.first())
            .and_then(|at| work.catalog.actions.get(*at as usize))
            .map(|shared| shared.action.clone());
        if let (Some(action), Some(resource)) = (action, work.catalog.resources.get_mut(version as usize)) {
            resource.actions.push(action);
        }
    }
    for (resource, version) in work.catalog.resources.iter_mut().zip(0..) {
        resource.actions.sort_by(|one, two| one.name.value.cmp(&two.name.value));
        for action in &resource.actions {
            work.known.actions.enter(&action.name.value, version);
        }
    }
    if !enough {
        // Then no name may be called unknown.
        (0..).zip(&work.catalog.resources).for_each(|(version, _)| work.known.actions.open(version));
    }
    hidden.sort();
    for (name, version) in hidden {
        work.known.actions.hide(&name, version);
    }
    for one in pending.iter().filter(|one| one.begun.declared.wounded) {
        work.known.actions.open(one.version);
    }
    shared
}

fn two(
    name: &str,
    version: u32,
    (one, first): (SymbolId, Place),
    (two, second): (SymbolId, Place),
    work: &Work<'_, '_, '_, '_, '_>,
) -> Diagnostic {
    let names = work.lookup.names;
    let resource = work
        .catalog
        .resources
        .get(version as usize)
        .map_or("", |resource| names.symbol(resource.declared.symbol).map_or("", |symbol| &*symbol.name));
    let mut finding =
        Diagnostic::new(&codes::AMBIGUOUS_NAME, format!("`{name}` means two shared actions of `{resource}`"), second)
            .label(format!("`{}` here, `{}` elsewhere", full(names, two), full(names, one)))
            .help("give one of the actions another name, or name the same one in both rules")
            .related(format!("`{}` is named here", full(names, one)), first);
    for id in [one, two] {
        if let Some(place) = names.symbol_place(id) {
            finding = finding.related(format!("`{}` is declared here", full(names, id)), place);
        }
    }
    finding
}

//! The decision table of each module as the bytes of a snapshot, and how they compare with those that were accepted.
//! Which files there are is told by the caller.

use super::decision_table;
use crate::intake::names::module_of;
use crate::ir::Bundle;
use rayon::prelude::*;
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};

/// The rule of where snapshots are, for the help of a command.
pub const WHERE: &str = "Snapshots are in `snapshots/decisions`, beside the nearest folder `policies` that a module is in; \
                         for a module in no such folder, beside the path that was named";

/// The table of one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Full name of the module.
    pub module: Box<str>,
    /// `demo__clinic.snap`
    pub file: String,
    /// What is said of it in its header.
    pub description: String,
    /// The table.
    pub table: String,
}

impl Snapshot {
    /// The bytes of its file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("---\ndescription: \"{}\"\n---\n{}", self.description, self.table)
    }

    /// Its name without the ending, as `demo__clinic`.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.file.strip_suffix(".snap").unwrap_or(&self.file)
    }
}

/// The tables of all modules that have one, in order of name.
#[must_use]
pub fn all(bundle: &Bundle) -> Vec<Snapshot> {
    let meaning = &bundle.meaning;
    let packages = meaning.packages.iter().map(|named| &*named.name);
    let areas = meaning.areas.iter().map(|named| &*named.name);
    let resources = meaning.resources.iter().map(|named| &*named.name);
    let modules: BTreeSet<&str> = packages.chain(areas).chain(resources).map(module_of).collect();
    modules
        .into_par_iter()
        .map(|module| Snapshot {
            module: module.into(),
            file: format!("{}.snap", module.replace('.', "__")),
            description: format!("decision table of {module}"),
            table: decision_table::of_module(bundle, module),
        })
        .collect()
}

/// The folder of the snapshot of a module ([`WHERE`]). `path` is the module's, `named` the path that the command was given.
#[must_use]
pub fn folder(path: &str, named: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = parts.len().saturating_sub(1);
    let beside = parts.iter().take(folders).rposition(|part| *part == "policies");
    let before: Vec<&str> = match beside {
        Some(at) => parts.into_iter().take(at).collect(),
        None => {
            let mut named: Vec<&str> = named.trim_end_matches('/').split('/').collect();
            named.pop();
            named
        }
    };
    let before = before.join("/");
    match (before.as_str(), path.starts_with('/')) {
        ("", false) => "snapshots/decisions".to_owned(),
        (before, _) => format!("{before}/snapshots/decisions"),
    }
}

/// How a file compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The same bytes.
    Same,
    /// There is no file.
    Missing,
    /// Other bytes: what would be taken out and put in.
    Differs(String),
    /// A file of no module.
    Orphan,
}

/// What came of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Its file.
    pub file: String,
    /// How it compares.
    pub state: State,
}

/// A snapshot in its folder, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its folder.
    pub folder: String,
    /// How it compares.
    pub compared: Compared,
    /// The bytes that it should have; `None` where no module has this snapshot.
    pub text: Option<String>,
}

impl Placed {
    /// Path of its file.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.folder, self.compared.file)
    }
}

impl State {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            State::Same => "same",
            State::Missing => "missing",
            State::Differs(_) => "differs",
            State::Orphan => "orphan",
        }
    }
}

/// Compares with the files of a folder, by name. All of those in `found` are snapshots, and say so by their ending.
#[must_use]
pub fn compare(snapshots: &[Snapshot], found: &BTreeMap<String, String>) -> Vec<Compared> {
    let mut compared = BTreeMap::new();
    for snapshot in snapshots {
        let text = snapshot.text();
        let state = match found.get(&snapshot.file) {
            None => State::Missing,
            Some(known) if *known == text => State::Same,
            Some(known) => State::Differs(difference(known, &text)),
        };
        compared.insert(snapshot.file.clone(), state);
    }
    for file in found.keys().filter(|file| file.ends_with(".snap")) {
        compared.entry(file.clone()).or_insert(State::Orphan);
    }
    compared.into_iter().map(|(file, state)| Compared { file, state }).collect()
}

/// Lines taken out and put in, with two lines around them.
fn difference(known: &str, text: &str) -> String {
    TextDiff::from_lines(known, text).unified_diff().context_radius(2).header("accepted", "now").to_string()
}

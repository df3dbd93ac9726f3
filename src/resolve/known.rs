//! What the typing of conditions and the linking of rules must know of all declarations at once: attributes of entities,
//! values of enums, which roles are statuses, what conditions read, elements of resources. Filled step by step by `link`;
//! finds nothing itself.

use crate::model::{EntityName, ModuleId, SymbolId, Type};
use crate::source::Place;
use crate::terms::root::{BuiltIn, Root};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// All of it.
#[derive(Default)]
pub(super) struct Known {
    pub(super) entities: FxHashMap<EntityName, Entity>,
    /// The entities that some register has records of, in order.
    pub(super) record_entities: Vec<SymbolId>,
    /// Which of them have an attribute of a name.
    pub(super) record_attributes: FxHashMap<Box<str>, Vec<SymbolId>>,
    /// Versions of registers of which it was lost what they have records of.
    pub(super) lost_records: FxHashSet<u32>,
    pub(super) enums: FxHashMap<SymbolId, Enum>,
    pub(super) obligations: FxHashMap<SymbolId, Obligation>,
    pub(super) roles: FxHashMap<SymbolId, RoleSort>,
    pub(super) conditions: FxHashMap<SymbolId, Reads>,
    pub(super) elements: Having,
    pub(super) actions: Having,
    /// Names of declarations of which the sort was lost.
    pub(super) lost_names: FxHashSet<Box<str>>,
}

/// An entity, with all that is added to it.
#[derive(Default)]
pub(super) struct Entity {
    pub(super) attributes: BTreeMap<Box<str>, Attribute>,
    /// Some of its text was lost: it may have other attributes.
    pub(super) torn: bool,
}

/// An attribute or a parameter.
#[derive(Clone)]
pub(super) struct Attribute {
    pub(super) of: Type,
    /// Where it is declared, and in which module; `None`: it is built in.
    pub(super) place: Option<Place>,
    pub(super) module: Option<ModuleId>,
}

/// An enum.
pub(super) struct Enum {
    pub(super) name: Box<str>,
    /// In order as written.
    pub(super) values: Vec<Box<str>>,
    pub(super) named: FxHashSet<Box<str>>,
    pub(super) ascending: bool,
    /// Some of its text was lost: it may have other values.
    pub(super) torn: bool,
    pub(super) place: Place,
}

/// An obligation.
pub(super) struct Obligation {
    /// In order as written.
    pub(super) parameters: Vec<(Box<str>, Attribute)>,
    /// Where each stands among them.
    pub(super) places: FxHashMap<Box<str>, usize>,
    pub(super) torn: bool,
    pub(super) place: Place,
}

/// Is a role held for somebody, or in one's own right?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleSort {
    ForSomebody,
    Status,
    /// Nobody has decided it, it was lost, or its versions differ.
    Open,
}

/// What a condition reads, those that it names included.
#[derive(Clone, Default)]
pub(super) struct Reads {
    /// Each root, with a place where it is read.
    pub(super) roots: BTreeMap<Root, Place>,
    /// Where it asks `holds` or `permitted`, and which.
    pub(super) asks: Option<(Place, &'static str)>,
    /// Where it asks for facts about somebody.
    pub(super) facts: Option<Place>,
}

/// Where an attribute of somebody may be declared.
pub(super) const KINDS: [EntityName; 3] = [
    EntityName::BuiltIn(BuiltIn::Person),
    EntityName::BuiltIn(BuiltIn::Organisation),
    EntityName::BuiltIn(BuiltIn::SystemUser),
];

impl Known {
    pub(super) fn attribute(&self, entity: EntityName, name: &str) -> Option<&Attribute> {
        self.entities.get(&entity)?.attributes.get(name)
    }

    /// Is this a role in one's own right? `None` where that is open.
    pub(super) fn is_status(&self, role: SymbolId) -> Option<bool> {
        match self.roles.get(&role)? {
            RoleSort::ForSomebody => Some(false),
            RoleSort::Status => Some(true),
            RoleSort::Open => None,
        }
    }
}

/// Which versions of resources have an element, or an action, of a name.
#[derive(Default)]
pub(super) struct Having {
    /// In order.
    by_name: FxHashMap<Box<str>, Vec<u32>>,
    by_version: FxHashMap<u32, Vec<Box<str>>>,
    /// Versions that may have any: nobody has decided it, or some of their text was lost.
    open: FxHashSet<u32>,
    /// What a version may have.
    hidden: FxHashSet<(u32, Box<str>)>,
}

impl Having {
    /// A version has it. Versions come in order.
    pub(super) fn enter(&mut self, name: &str, version: u32) {
        self.by_version.entry(version).or_default().push(name.into());
        match self.by_name.get_mut(name) {
            Some(having) if having.last() == Some(&version) => {}
            Some(having) => having.push(version),
            None => {
                self.by_name.insert(name.into(), vec![version]);
            }
        }
    }

    /// A version may have it: its declaration may be lost.
    pub(super) fn hide(&mut self, name: &str, version: u32) {
        self.hidden.insert((version, name.into()));
    }

    /// May a version have it, whose declaration may be lost?
    pub(super) fn hides(&self, name: &str, versions: &[u32]) -> bool {
        !self.hidden.is_empty() && versions.iter().any(|version| self.hidden.contains(&(*version, name.into())))
    }

    /// A version may have any.
    pub(super) fn open(&mut self, version: u32) {
        self.open.insert(version);
    }

    /// Has one of these versions (`None`: any at all) it, as far as is known? `versions` are in order.
    pub(super) fn has(&self, name: &str, versions: Option<&[u32]>) -> bool {
        let having = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let Some(versions) = versions else { return !having.is_empty() };
        if having.len() < versions.len() {
            having.iter().any(|one| versions.binary_search(one).is_ok())
        } else {
            versions.iter().any(|one| having.binary_search(one).is_ok())
        }
    }

    /// The names that these versions have; of very many versions those of the first.
    pub(super) fn names(&self, versions: &[u32]) -> Vec<&str> {
        const MOST: usize = 64;
        let few = versions.iter().take(MOST).filter_map(|version| self.by_version.get(version));
        few.flatten().take(MOST * MOST).map(|name| &**name).collect()
    }

    /// May one of these versions have others than are known?
    pub(super) fn is_open(&self, versions: Option<&[u32]>) -> bool {
        match versions {
            Some(versions) => !self.open.is_empty() && versions.iter().any(|one| self.open.contains(one)),
            None => !self.open.is_empty(),
        }
    }
}

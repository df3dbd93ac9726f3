//! Where a condition stands, and so what it may read. Says it, looks nothing up.

use super::super::known::{Having, Known};
use crate::model::{SymbolId, Type};
use crate::terms::root::Root;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The sort of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Spot {
    /// `when` of a grant.
    Grant,
    /// `when` of `delegable`.
    Delegable,
    /// `when` of a rule.
    Rule,
    /// An end of `retain`.
    Retain,
    /// `where` of a policy.
    Where,
    /// A named condition: it may be named anywhere, so it may read all.
    Condition,
    /// An argument of an obligation: a constant.
    Argument,
}

impl Spot {
    /// What it may read.
    pub(in super::super) fn roots(self) -> &'static [Root] {
        match self {
            Spot::Grant => &[Root::Holder, Root::Party, Root::Now, Root::Today],
            Spot::Delegable => &[Root::Giver, Root::Receiver, Root::Party, Root::Delegation, Root::Now, Root::Today],
            Spot::Rule => &[
                Root::Subject,
                Root::Party,
                Root::Context,
                Root::Record,
                Root::Resource,
                Root::Element,
                Root::Now,
                Root::Today,
            ],
            Spot::Retain => &[Root::Record],
            Spot::Where => &[Root::Resource],
            Spot::Condition => Root::ALL,
            Spot::Argument => &[],
        }
    }

    /// What it is called.
    pub(super) fn called(self) -> &'static str {
        match self {
            Spot::Grant => "a condition of `grant`",
            Spot::Delegable => "a condition of `delegable`",
            Spot::Rule => "a condition of a rule",
            Spot::Retain => "`retain`",
            Spot::Where => "`where`",
            Spot::Condition => "a condition",
            Spot::Argument => "an argument",
        }
    }

    /// May it ask what somebody holds, or what is permitted?
    pub(super) fn may_ask(self) -> bool {
        matches!(self, Spot::Rule | Spot::Condition)
    }

    /// May it ask for facts: who has a role, what an organisation's attributes are?
    pub(super) fn may_ask_facts(self) -> bool {
        !matches!(self, Spot::Where | Spot::Argument)
    }
}

/// What resources have of which names are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Part {
    /// An element.
    Element,
    /// An action.
    Action,
}

/// All that a condition may read besides names.
pub(in super::super) struct Here {
    pub(in super::super) spot: Spot,
    /// Entities of the records that `record` may be, besides what every record has.
    pub(in super::super) records: Vec<SymbolId>,
    /// Which entities these are was lost in part.
    pub(in super::super) records_lost: bool,
    /// What `purposes` of the resources are values of.
    pub(in super::super) purpose: Type,
    /// The versions of resources that it may be about, in order; `None`: any.
    pub(in super::super) resources: Option<Vec<u32>>,
    /// Answers that were given.
    pub(in super::super) answers: Answers,
}

/// Answers about names of elements and actions: each is looked for once.
#[derive(Default)]
pub(in super::super) struct Answers {
    has: RefCell<FxHashMap<(Part, Box<str>), bool>>,
    open: RefCell<FxHashMap<Part, bool>>,
}

impl Here {
    /// A place that is about no resource of its own.
    pub(in super::super) fn plain(spot: Spot) -> Here {
        Here {
            spot,
            records: Vec::new(),
            records_lost: false,
            purpose: Type::Lost,
            resources: Some(Vec::new()),
            answers: Answers::default(),
        }
    }

    /// An argument that may name an element of these resources.
    pub(in super::super) fn argument(resources: Option<&[u32]>) -> Here {
        Here { resources: resources.map(<[u32]>::to_vec), ..Here::plain(Spot::Argument) }
    }

    /// Has one of the resources an element or an action of this name?
    pub(in super::super) fn has(&self, part: Part, name: &str, known: &Known) -> bool {
        let key = (part, name.into());
        if let Some(answer) = self.answers.has.borrow().get(&key) {
            return *answer;
        }
        let answer = having(part, known).has(name, self.resources.as_deref());
        self.answers.has.borrow_mut().insert(key, answer);
        answer
    }

    /// May one of the resources have others than are known?
    pub(in super::super) fn is_open(&self, part: Part, known: &Known) -> bool {
        let mut open = self.answers.open.borrow_mut();
        *open.entry(part).or_insert_with(|| having(part, known).is_open(self.resources.as_deref()))
    }
}

fn having(part: Part, known: &Known) -> &Having {
    match part {
        Part::Element => &known.elements,
        Part::Action => &known.actions,
    }
}

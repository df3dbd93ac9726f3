//! Where a condition stands, and so what it may read. Says it, looks nothing up.

use crate::model::{SymbolId, Type};
use crate::terms::root::Root;

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

/// All that a condition may read besides names.
pub(in super::super) struct Here {
    pub(in super::super) spot: Spot,
    /// Entities of the records that `record` may be, besides what every record has.
    pub(in super::super) records: Vec<SymbolId>,
    /// Which entities these are was lost in part.
    pub(in super::super) records_lost: bool,
    /// What `purposes` of the resources are values of.
    pub(in super::super) purpose: Type,
    /// The versions of resources that it may be about; `None`: any.
    pub(in super::super) resources: Option<Vec<u32>>,
}

impl Here {
    /// A place that is about no resource of its own.
    pub(in super::super) fn plain(spot: Spot) -> Here {
        Here { spot, records: Vec::new(), records_lost: false, purpose: Type::Lost, resources: Some(Vec::new()) }
    }
}

//! Do two bundles of one vocabulary decide alike, whatever is asked over whatever facts? First by what they hold (`holding`), then
//! by their rules (`ruling`). Where that is not proved, worlds are made that may tell them apart (`worlds`), and `decide` is asked.

mod around;
mod changed;
mod holding;
mod ruling;
mod shrink;
mod worlds;

use super::gives::Gives;
use super::translate::Rules;
use crate::decide::{Decision, Index, Request};
use crate::facts::Facts;
use crate::ir::{Bundle, Meaning};
use crate::logic::Effort;
use changed::Changed;

/// Steps that one comparison may take.
const EFFORT: u32 = 2_000_000;

/// Whether two bundles decide alike: effect, cause, obligations and what is released, of every request, over all facts of the
/// declared types, at any time.
#[derive(Clone, Debug, PartialEq)]
pub enum Equal {
    /// They do.
    Same {
        /// Why, in a clause for people.
        why: String,
    },
    /// They do not: here.
    Differs(Box<Witness>),
    /// That is not found out.
    Unknown {
        /// What stood in the way, in a clause for people.
        why: String,
    },
}

/// A request that two bundles decide differently; `decide` says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The facts.
    pub facts: Facts,
    /// The request.
    pub request: Request,
    /// What the first decides.
    pub one: Decision,
    /// What the second decides.
    pub two: Decision,
}

/// A bundle that many others are compared with.
#[derive(Debug)]
pub struct Original<'b> {
    bundle: &'b Bundle,
    index: Index<'b>,
    rules: Rules<'b>,
    gives: Gives<'b>,
}

/// Two bundles that are compared.
#[derive(Clone, Copy)]
pub(super) struct Both<'b> {
    one: &'b Meaning,
    two: &'b Meaning,
    rules: [&'b Rules<'b>; 2],
    gives: [&'b Gives<'b>; 2],
    index: [&'b Index<'b>; 2],
}

/// Do these two decide alike?
#[must_use]
pub fn equal(one: &Bundle, two: &Bundle) -> Equal {
    Original::new(one).equal(two)
}

impl<'b> Original<'b> {
    /// Makes it ready. Linear in its size.
    #[must_use]
    pub fn new(bundle: &'b Bundle) -> Self {
        let meaning = &bundle.meaning;
        Original { bundle, index: Index::new(bundle), rules: Rules::new(meaning), gives: Gives::new(meaning) }
    }

    /// Does another bundle, of the same names, decide alike?
    #[must_use]
    pub fn equal(&self, other: &Bundle) -> Equal {
        let (one, two) = (&self.bundle.meaning, &other.meaning);
        if one == two {
            return Equal::Same { why: "it says the same".to_owned() };
        }
        if !of_one_vocabulary(one, two) {
            return Equal::Unknown { why: "it has other names".to_owned() };
        }
        let (index, rules, gives) = (Index::new(other), Rules::new(two), Gives::new(two));
        let both = Both {
            one,
            two,
            rules: [&self.rules, &rules],
            gives: [&self.gives, &gives],
            index: [&self.index, &index],
        };
        let changed = Changed::new(one, two);
        let mut effort = Effort::of(EFFORT);
        let held = holding::same(&both, &changed, &mut effort);
        let ruled = match ruling::same(&both, &changed, held.is_ok(), &mut effort) {
            ruling::Ruled::Differs(witness) => return Equal::Differs(witness),
            ruling::Ruled::Same(why) => Ok(why),
            ruling::Ruled::Unknown(why) => Err(why),
        };
        match (held, ruled) {
            (Ok(held), Ok(ruled)) => Equal::Same { why: held.or(ruled).unwrap_or_else(|| "nothing reads it".to_owned()) },
            (held, ruled) => match worlds::apart(&both, &changed) {
                Some(witness) => Equal::Differs(Box::new(witness)),
                None => Equal::Unknown { why: held.err().or(ruled.err()).unwrap_or_default() },
            },
        }
    }
}

/// Are all names, and so all ids, the same?
fn of_one_vocabulary(one: &Meaning, two: &Meaning) -> bool {
    fn names<T>(all: &[crate::ir::Named<T>]) -> impl Iterator<Item = &str> {
        all.iter().map(|named| &*named.name)
    }
    one.organisations == two.organisations
        && one.built_in == two.built_in
        && one.entities == two.entities
        && one.enums == two.enums
        && one.obligations == two.obligations
        && one.conditions.iter().map(|named| &named.name).eq(two.conditions.iter().map(|named| &named.name))
        && names(&one.roles).eq(names(&two.roles))
        && names(&one.areas).eq(names(&two.areas))
        && names(&one.packages).eq(names(&two.packages))
        && names(&one.resources).eq(names(&two.resources))
}

impl Both<'_> {
    /// The request over these facts, if the two decide it differently, with as little as tells them apart.
    fn witness(&self, facts: &Facts, request: &Request) -> Option<Witness> {
        let differs = |facts: &Facts, request: &Request| {
            let (one, two) = (self.index[0].decide(facts, request), self.index[1].decide(facts, request));
            let alike = one.cause == two.cause && one.obligations == two.obligations && one.released == two.released;
            (!alike).then_some((one, two))
        };
        differs(facts, request)?;
        let (facts, request) = shrink::shrunk(facts, request, |facts, request| differs(facts, request).is_some());
        let (one, two) = differs(&facts, &request)?;
        Some(Witness { facts, request, one, two })
    }
}

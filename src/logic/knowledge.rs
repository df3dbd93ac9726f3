//! What a handful of atoms, taken as so or not so, say of their variables; and what follows for another atom. Finds
//! contradictions of one variable, and of one pair; never one that needs three variables.

use super::formula::{Atom, Domain, Outcomes, Variable};
use std::collections::{BTreeMap, BTreeSet};

/// The values that are left to a variable.
#[derive(Clone, Debug)]
struct Left {
    none: bool,
    low: i128,
    high: i128,
    /// Numbers between them that are ruled out.
    holes: BTreeSet<i128>,
}

impl Left {
    fn of(domain: Domain) -> Left {
        Left { none: domain.none, low: domain.low, high: domain.high, holes: BTreeSet::new() }
    }

    /// Lets the ends be numbers that are left.
    fn trim(&mut self) {
        while self.low <= self.high && self.holes.remove(&self.low) {
            self.low = self.low.saturating_add(1);
        }
        while self.low <= self.high && self.holes.remove(&self.high) {
            self.high = self.high.saturating_sub(1);
        }
    }

    fn has_number(&self) -> bool {
        self.low <= self.high
    }
}

/// What is known on one branch. Whatever is known of a variable: it is not missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    propositions: BTreeMap<u32, bool>,
    variables: BTreeMap<Variable, Left>,
    pairs: BTreeMap<(Variable, Variable), Outcomes>,
}

impl Knowledge {
    /// Takes an atom as so, or as not so. Is there still a value for everything?
    pub(super) fn assume(&mut self, domains: &[Domain], atom: Atom, is: bool) -> bool {
        match atom {
            Atom::Opaque(proposition) => *self.propositions.entry(proposition).or_insert(is) == is,
            Atom::Pair(one, other, outcomes) => {
                let Some((key, outcomes)) = ordered(one, other, outcomes) else { return true };
                let outcomes = if is { outcomes } else { outcomes.not() };
                let left = self.pairs.entry(key).or_insert_with(|| possible(domains, key));
                *left = left.and(outcomes);
                !left.is_empty()
            }
            Atom::Equal(variable, _) | Atom::Less(variable, _) | Atom::More(variable, _) | Atom::None(variable) => {
                let left = self.variables.entry(variable).or_insert_with(|| Left::of(domain(domains, variable)));
                match (atom, is) {
                    (Atom::Equal(_, value), true) => {
                        left.none = false;
                        left.low = left.low.max(value);
                        left.high = left.high.min(value);
                    }
                    (Atom::Equal(_, value), false) => drop(left.holes.insert(value)),
                    (Atom::Less(_, value), true) => {
                        left.none = false;
                        left.high = left.high.min(value.saturating_sub(1));
                    }
                    (Atom::Less(_, value), false) => left.low = left.low.max(value),
                    (Atom::More(_, value), true) => {
                        left.none = false;
                        left.low = left.low.max(value.saturating_add(1));
                    }
                    (Atom::More(_, value), false) => left.high = left.high.min(value),
                    (_, true) => (left.low, left.high) = (1, 0),
                    (_, false) => left.none = false,
                }
                left.trim();
                left.none || left.has_number()
            }
        }
    }

    /// Is an atom so, given what is known? `None`: that does not follow.
    pub(super) fn judge(&self, atom: Atom) -> Option<bool> {
        let left = |variable| self.variables.get(&variable);
        match atom {
            Atom::Opaque(proposition) => self.propositions.get(&proposition).copied(),
            Atom::Pair(one, other, outcomes) => {
                let (key, outcomes) = ordered(one, other, outcomes)?;
                let left = *self.pairs.get(&key)?;
                decided(left.and(outcomes.not()).is_empty(), left.and(outcomes).is_empty())
            }
            Atom::Equal(variable, value) => {
                let left = left(variable)?;
                let within = left.low <= value && value <= left.high && !left.holes.contains(&value);
                decided(!left.none && left.low == value && left.high == value, !within)
            }
            Atom::Less(variable, value) => {
                let left = left(variable)?;
                decided(!left.none && left.high < value, !left.has_number() || left.low >= value)
            }
            Atom::More(variable, value) => {
                let left = left(variable)?;
                decided(!left.none && left.low > value, !left.has_number() || left.high <= value)
            }
            Atom::None(variable) => {
                let left = left(variable)?;
                decided(!left.has_number(), !left.none)
            }
        }
    }
}

fn decided(yes: bool, no: bool) -> Option<bool> {
    if yes {
        Some(true)
    } else if no {
        Some(false)
    } else {
        None
    }
}

/// The pair with the smaller variable first; `None` for a variable and itself.
fn ordered(one: Variable, other: Variable, outcomes: Outcomes) -> Option<((Variable, Variable), Outcomes)> {
    match one.cmp(&other) {
        std::cmp::Ordering::Less => Some(((one, other), outcomes)),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(((other, one), outcomes.turned())),
    }
}

fn domain(domains: &[Domain], variable: Variable) -> Domain {
    // A variable without a domain may be anything.
    domains.get(variable.0 as usize).copied().unwrap_or(Domain { low: i128::MIN, high: i128::MAX, none: true })
}

/// How two variables can stand to each other at all.
fn possible(domains: &[Domain], (one, other): (Variable, Variable)) -> Outcomes {
    let numbers = Outcomes::LESS.or(Outcomes::EQUAL).or(Outcomes::MORE);
    match (domain(domains, one).none, domain(domains, other).none) {
        (true, true) => Outcomes::ANY,
        (false, false) => numbers.and(Outcomes::BOTH_NONE.not()),
        _ => numbers.and(Outcomes::BOTH_NONE.not()).or(Outcomes::APART),
    }
}

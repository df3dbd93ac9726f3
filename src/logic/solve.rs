//! Can some truths of a circuit all be so at once? Clauses are left to a solver of clauses, distances of numbers to
//! `difference`, until both are content. What takes too long is said to be so.

use super::circuit::{Circuit, Gate, Number, Wire};
use super::difference::{self, Bound};
use super::search::Effort;
use batsat::{Callbacks, Lit, Solver, SolverInterface, SolverOpts, lbool};
use std::cell::Cell;
use std::collections::BTreeMap;

/// How many steps of the solver of clauses one round may take.
const STEPS: u32 = 200_000;
/// How many times the two are asked in turn.
const ROUNDS: u32 = 2_000;

/// What came of it.
#[derive(Debug)]
pub enum Answer {
    /// They can certainly not all be so.
    Never,
    /// They can, and so.
    Model(Model),
    /// It took too long to find out.
    TooLong,
}

/// Truths and numbers with which they are all so.
#[derive(Debug)]
pub struct Model {
    truths: BTreeMap<usize, bool>,
    bounds: Vec<Bound>,
}

/// Stops the solver of clauses when its steps are spent; counted, so that it stops at the same point always.
struct Patience(Cell<u32>);

impl Callbacks for Patience {
    fn stop(&self) -> bool {
        let left = self.0.get().saturating_sub(1);
        self.0.set(left);
        left == 0
    }
}

/// Can all of these be so?
pub fn solve(circuit: &Circuit, all: &[Wire], effort: &mut Effort) -> Answer {
    let cone = circuit.cone(all);
    if !effort.spend(u32::try_from(cone.len() / 8 + 1).unwrap_or(u32::MAX)) {
        return Answer::TooLong;
    }
    let mut solver = Solver::new(SolverOpts::default(), Patience(Cell::new(STEPS)));
    let mut clauses = Clauses { solver: &mut solver, variable: BTreeMap::new() };
    let mut apart: BTreeMap<(Number, Number), Vec<(i128, usize)>> = BTreeMap::new();
    for at in &cone {
        clauses.gate(circuit, *at);
        if let Some(Gate::AtMost(one, other, by)) = circuit.gates().get(*at) {
            apart.entry((*one, *other)).or_default().push((*by, *at));
        }
    }
    // At most 3 is at most 5.
    for of_pair in apart.values_mut() {
        of_pair.sort_unstable();
        for pair in of_pair.windows(2) {
            if let [(_, less), (_, more)] = pair {
                let clause = [clauses.lit(*less, false), clauses.lit(*more, true)];
                clauses.add(&clause);
            }
        }
    }
    for wire in all {
        let lit = clauses.wire(*wire);
        clauses.add(&[lit]);
    }
    let Clauses { variable, .. } = clauses;
    for _ in 0..ROUNDS {
        let steps = solver.cb().0.get();
        let answer = if solver.is_ok() { solver.solve_limited(&[]) } else { lbool::FALSE };
        let spent = steps.saturating_sub(solver.cb().0.get());
        if answer == lbool::FALSE {
            return Answer::Never;
        }
        if answer != lbool::TRUE || !effort.spend(spent / 8 + 1) {
            return Answer::TooLong;
        }
        let truths: BTreeMap<usize, bool> =
            variable.iter().map(|(at, lit)| (*at, solver.value_lit(*lit) == lbool::TRUE)).collect();
        let bounds = bounds(circuit, &truths);
        match difference::contradiction(circuit.bounds().len(), &bounds) {
            None => return Answer::Model(Model { truths, bounds }),
            Some(ring) => {
                let mut clause: Vec<Lit> = Vec::with_capacity(ring.len());
                for at in ring {
                    let Some(lit) = variable.get(&at) else { continue };
                    clause.push(if truths.get(&at) == Some(&true) { !*lit } else { *lit });
                }
                solver.add_clause_reuse(&mut clause);
            }
        }
    }
    Answer::TooLong
}

/// The bounds that these truths put on numbers, and those that they always have.
fn bounds(circuit: &Circuit, truths: &BTreeMap<usize, bool>) -> Vec<Bound> {
    let mut bounds = Vec::new();
    let mut named = Vec::new();
    for (at, is) in truths {
        let Some(Gate::AtMost(one, other, by)) = circuit.gates().get(*at) else { continue };
        named.extend([*one, *other]);
        bounds.push(match is {
            true => Bound { one: *one, other: *other, by: *by, because: Some(*at) },
            false => {
                let by = by.saturating_neg().saturating_sub(1);
                Bound { one: *other, other: *one, by, because: Some(*at) }
            }
        });
    }
    named.sort_unstable();
    named.dedup();
    for number in named {
        let Some((low, high)) = circuit.bounds().get(number.index()) else { continue };
        let zero = Number::ZERO;
        bounds.extend(high.map(|high| Bound { one: number, other: zero, by: high, because: None }));
        let low = low.map(|low| Bound { one: zero, other: number, by: low.saturating_neg(), because: None });
        bounds.extend(low);
    }
    bounds
}

/// Gates as clauses.
struct Clauses<'s> {
    solver: &'s mut Solver<Patience>,
    variable: BTreeMap<usize, Lit>,
}

impl Clauses<'_> {
    fn lit(&mut self, gate: usize, is: bool) -> Lit {
        let solver = &mut *self.solver;
        let lit = *self.variable.entry(gate).or_insert_with(|| Lit::new(solver.new_var(lbool::FALSE, true), true));
        if is { lit } else { !lit }
    }

    fn wire(&mut self, wire: Wire) -> Lit {
        self.lit(wire.gate(), !wire.is_turned())
    }

    fn add(&mut self, clause: &[Lit]) {
        self.solver.add_clause_reuse(&mut clause.to_vec());
    }

    fn gate(&mut self, circuit: &Circuit, at: usize) {
        let gate = self.lit(at, true);
        match circuit.gates().get(at) {
            Some(Gate::Always) => self.add(&[gate]),
            Some(Gate::And(one, other)) => {
                let (one, other) = (self.wire(*one), self.wire(*other));
                self.add(&[!gate, one]);
                self.add(&[!gate, other]);
                self.add(&[gate, !one, !other]);
            }
            Some(Gate::Free | Gate::AtMost(..)) | None => {}
        }
    }
}

impl Model {
    /// Is this so in it? `None`: it was not asked about it, and either will do.
    #[must_use]
    pub fn is(&self, wire: Wire) -> Option<bool> {
        self.truths.get(&wire.gate()).map(|is| *is != wire.is_turned())
    }

    /// The numbers in it, each as near as can be to the wanted one; those first in the list are chosen first. Some are besides
    /// (`one - other`) exactly so far apart; where that contradicts the rest they are not all so.
    #[must_use]
    pub fn values(&self, wanted: &[(Number, i128)], apart: &[(Number, Number, i128)]) -> Values {
        let mut bounds = self.bounds.clone();
        for (one, other, by) in apart {
            bounds.push(Bound { one: *one, other: *other, by: *by, because: None });
            bounds.push(Bound { one: *other, other: *one, by: by.saturating_neg(), because: None });
        }
        Values(difference::values(&bounds, wanted))
    }
}

/// A value for each number.
#[derive(Debug)]
pub struct Values(BTreeMap<Number, i128>);

impl Values {
    /// That of a number; `None`: any will do.
    #[must_use]
    pub fn of(&self, number: Number) -> Option<i128> {
        self.0.get(&number).copied()
    }
}

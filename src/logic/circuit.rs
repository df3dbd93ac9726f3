//! Formulas of two values that share their parts: wires, each a truth, joined by `and` and turned by `not`; at the ends free
//! truths, and how far two numbers are apart. Decides nothing.

use rustc_hash::FxHashMap;

/// A truth in a [`Circuit`]: a gate, perhaps turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wire(u32);

/// A whole number in a [`Circuit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u32);

/// What a gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Gate {
    /// Always so.
    Always,
    /// So or not so.
    Free,
    /// The first number is at most so much more than the second; the first is the smaller name.
    AtMost(Number, Number, i128),
    /// Both.
    And(Wire, Wire),
}

/// Gates, each standing behind those that it reads. What says the same is one gate.
#[derive(Debug)]
pub struct Circuit {
    gates: Vec<Gate>,
    known: FxHashMap<Gate, u32>,
    /// The least and the greatest value of each number, as far as it has such.
    bounds: Vec<(Option<i128>, Option<i128>)>,
}

impl Wire {
    /// So.
    pub const TRUE: Wire = Wire(0);
    /// Not so.
    pub const FALSE: Wire = Wire(1);

    fn of(gate: usize) -> Wire {
        Wire(u32::try_from(gate).unwrap_or(u32::MAX >> 1) << 1)
    }

    pub(super) fn gate(self) -> usize {
        (self.0 >> 1) as usize
    }

    pub(super) fn is_turned(self) -> bool {
        self.0 & 1 == 1
    }

    /// The same gate, not turned.
    #[must_use]
    pub fn upright(self) -> Wire {
        Wire(self.0 & !1)
    }
}

impl std::ops::Not for Wire {
    type Output = Wire;

    fn not(self) -> Wire {
        Wire(self.0 ^ 1)
    }
}

impl Number {
    /// Nought, against which constants are held.
    pub const ZERO: Number = Number(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Default for Circuit {
    fn default() -> Self {
        Circuit::new()
    }
}

impl Circuit {
    /// Without a gate.
    #[must_use]
    pub fn new() -> Self {
        Circuit { gates: vec![Gate::Always], known: FxHashMap::default(), bounds: vec![(Some(0), Some(0))] }
    }

    pub(super) fn gates(&self) -> &[Gate] {
        &self.gates
    }

    pub(super) fn bounds(&self) -> &[(Option<i128>, Option<i128>)] {
        &self.bounds
    }

    /// How many gates there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.gates.len()
    }

    fn add(&mut self, gate: Gate) -> Wire {
        let next = self.gates.len();
        let at = *self.known.entry(gate).or_insert(u32::try_from(next).unwrap_or(u32::MAX));
        if at as usize == next {
            self.gates.push(gate);
        }
        Wire::of(at as usize)
    }

    /// A truth of which nothing is known.
    pub fn free(&mut self) -> Wire {
        self.gates.push(Gate::Free);
        Wire::of(self.gates.len() - 1)
    }

    /// A number; both ends are among its values.
    pub fn number(&mut self, low: Option<i128>, high: Option<i128>) -> Number {
        self.bounds.push((low, high));
        Number(u32::try_from(self.bounds.len() - 1).unwrap_or(u32::MAX))
    }

    /// `one - other <= by`
    pub fn at_most(&mut self, one: Number, other: Number, by: i128) -> Wire {
        if one == other {
            return constant(by >= 0);
        }
        if one > other {
            // one - other <= by is not (other - one <= -by - 1).
            return !self.at_most(other, one, by.saturating_neg().saturating_sub(1));
        }
        let of = |number: Number| self.bounds.get(number.index()).copied().unwrap_or((None, None));
        let ((low, high), (other_low, other_high)) = (of(one), of(other));
        if high.zip(other_low).is_some_and(|(high, low)| high.saturating_sub(low) <= by) {
            return Wire::TRUE;
        }
        if low.zip(other_high).is_some_and(|(low, high)| low.saturating_sub(high) > by) {
            return Wire::FALSE;
        }
        self.add(Gate::AtMost(one, other, by))
    }

    /// `one < other`
    pub fn less(&mut self, one: Number, other: Number) -> Wire {
        self.at_most(one, other, -1)
    }

    /// Are they one number?
    pub fn same(&mut self, one: Number, other: Number) -> Wire {
        let (up, down) = (self.at_most(one, other, 0), self.at_most(other, one, 0));
        self.and(up, down)
    }

    /// Is it this number?
    pub fn is(&mut self, number: Number, value: i128) -> Wire {
        let up = self.at_most(number, Number::ZERO, value);
        let down = self.at_most(Number::ZERO, number, value.saturating_neg());
        self.and(up, down)
    }

    /// Both.
    pub fn and(&mut self, one: Wire, other: Wire) -> Wire {
        let (one, other) = (one.min(other), one.max(other));
        if one == Wire::FALSE || one == !other {
            Wire::FALSE
        } else if one == Wire::TRUE || one == other {
            other
        } else {
            self.add(Gate::And(one, other))
        }
    }

    /// One of them.
    pub fn or(&mut self, one: Wire, other: Wire) -> Wire {
        !self.and(!one, !other)
    }

    /// All of them.
    pub fn all(&mut self, wires: impl IntoIterator<Item = Wire>) -> Wire {
        let mut wires: Vec<Wire> = wires.into_iter().collect();
        wires.sort_unstable();
        wires.dedup();
        wires.into_iter().fold(Wire::TRUE, |all, wire| self.and(all, wire))
    }

    /// One of them.
    pub fn any(&mut self, wires: impl IntoIterator<Item = Wire>) -> Wire {
        !self.all(wires.into_iter().map(|wire| !wire).collect::<Vec<_>>())
    }

    /// The second whenever the first.
    pub fn implies(&mut self, one: Wire, other: Wire) -> Wire {
        self.or(!one, other)
    }

    /// Both, or neither.
    pub fn alike(&mut self, one: Wire, other: Wire) -> Wire {
        let (up, down) = (self.implies(one, other), self.implies(other, one));
        self.and(up, down)
    }

    /// The gates that these read, in order.
    pub(super) fn cone(&self, roots: &[Wire]) -> Vec<usize> {
        let mut seen = vec![false; self.gates.len()];
        let mut waiting: Vec<usize> = roots.iter().map(|wire| wire.gate()).collect();
        while let Some(next) = waiting.pop() {
            let Some(slot) = seen.get_mut(next).filter(|slot| !**slot) else { continue };
            *slot = true;
            if let Some(Gate::And(one, other)) = self.gates.get(next) {
                waiting.extend([one.gate(), other.gate()]);
            }
        }
        seen.into_iter().enumerate().filter(|(_, seen)| *seen).map(|(at, _)| at).collect()
    }

    /// All that these read.
    #[must_use]
    pub fn reading(&self, roots: &[Wire]) -> Cone {
        let (mut gates, mut numbers) = (vec![false; self.gates.len()], vec![false; self.bounds.len()]);
        for at in self.cone(roots) {
            if let Some(slot) = gates.get_mut(at) {
                *slot = true;
            }
            if let Some(Gate::AtMost(one, other, _)) = self.gates.get(at) {
                for number in [*one, *other].into_iter().filter(|number| *number != Number::ZERO) {
                    if let Some(slot) = numbers.get_mut(number.index()) {
                        *slot = true;
                    }
                }
            }
        }
        Cone { gates, numbers }
    }
}

/// What some truths read.
#[derive(Debug)]
pub struct Cone {
    gates: Vec<bool>,
    numbers: Vec<bool>,
}

impl Cone {
    /// Is it read?
    #[must_use]
    pub fn has(&self, wire: Wire) -> bool {
        self.gates.get(wire.gate()).copied().unwrap_or(false)
    }

    /// Is the number read?
    #[must_use]
    pub fn has_number(&self, number: Number) -> bool {
        self.numbers.get(number.index()).copied().unwrap_or(false)
    }
}

fn constant(is: bool) -> Wire {
    if is { Wire::TRUE } else { Wire::FALSE }
}

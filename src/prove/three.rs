//! A condition in three values, as two truths: it is so; it is not so. Neither: it is unknown (docs/meaning.md, E8).

use crate::logic::{Circuit, Wire};

/// Whether something is so; never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Three {
    /// It is certainly so.
    pub(super) so: Wire,
    /// It is certainly not so.
    pub(super) not: Wire,
}

impl Three {
    pub(super) const SO: Three = Three { so: Wire::TRUE, not: Wire::FALSE };
    pub(super) const NOT: Three = Three { so: Wire::FALSE, not: Wire::TRUE };
    pub(super) const UNKNOWN: Three = Three { so: Wire::FALSE, not: Wire::FALSE };

    /// So or not so, never unknown.
    pub(super) fn known(so: Wire) -> Three {
        Three { so, not: !so }
    }

    /// So or not so where it is known at all.
    pub(super) fn where_known(circuit: &mut Circuit, known: Wire, so: Wire) -> Three {
        Three { so: circuit.and(known, so), not: circuit.and(known, !so) }
    }

    pub(super) fn turned(self) -> Three {
        Three { so: self.not, not: self.so }
    }

    pub(super) fn all(circuit: &mut Circuit, parts: impl IntoIterator<Item = Three>) -> Three {
        let (so, not): (Vec<Wire>, Vec<Wire>) = parts.into_iter().map(|part| (part.so, part.not)).unzip();
        Three { so: circuit.all(so), not: circuit.any(not) }
    }

    pub(super) fn any(circuit: &mut Circuit, parts: impl IntoIterator<Item = Three>) -> Three {
        let parts: Vec<Three> = parts.into_iter().map(Three::turned).collect();
        Three::all(circuit, parts).turned()
    }

    pub(super) fn and(self, circuit: &mut Circuit, other: Three) -> Three {
        Three::all(circuit, [self, other])
    }

    pub(super) fn or(self, circuit: &mut Circuit, other: Three) -> Three {
        Three::any(circuit, [self, other])
    }

    /// Neither so nor not so.
    pub(super) fn unknown(self, circuit: &mut Circuit) -> Wire {
        circuit.and(!self.so, !self.not)
    }

    /// The same where this is so; not so where it is not.
    pub(super) fn only(self, circuit: &mut Circuit, is: Wire) -> Three {
        Three { so: circuit.and(is, self.so), not: circuit.or(!is, self.not) }
    }
}

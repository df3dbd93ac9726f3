//! What facts that were made do not have as the model has it: what was not followed, told by asking `decide` of each part.

use super::atoms::{Atoms, Opaque, Said, TermId};
use super::translate::Translator;
use crate::decide::{Decider, Index, Request};
use crate::facts::{Facts, Value};
use crate::ir::Expression;
use crate::logic::{Model, Wire};

impl<'b> Translator<'b> {
    /// The first thing that is not as the model has it, and that it be otherwise than there.
    pub(super) fn unlike(
        &mut self,
        model: &Model,
        made: Option<&(Facts, Request)>,
        index: &Index<'_>,
        element: Option<&str>,
        roots: &[Wire],
    ) -> (Option<Opaque>, Wire) {
        let is = |wire: Wire| match wire {
            Wire::TRUE => Some(true),
            Wire::FALSE => Some(false),
            other => model.is(other),
        };
        // An open question may be settled so; no facts settle it.
        if let Some(one) = self.atoms.decided.iter().find(|one| is(one.truth.so).is_some()) {
            return (Some(one.clone()), Wire::FALSE);
        }
        if let Some((facts, request)) = made {
            let decider = Decider::new(index, facts);
            let opaque = self.atoms.opaque.values().cloned();
            for one in opaque.chain(held(&self.atoms)) {
                let (so, not) = (is(one.truth.so), is(one.truth.not));
                if so.is_none() && not.is_none() {
                    continue;
                }
                let wanted = if so == Some(true) { Some(true) } else { (not == Some(true)).then_some(false) };
                let found = match decider.evaluate(request, element, &one.says) {
                    Some(Value::Bool(is)) => Some(is),
                    _ => None,
                };
                if wanted != found {
                    let other = match wanted {
                        Some(true) => !one.truth.so,
                        Some(false) => !one.truth.not,
                        None => self.atoms.circuit.or(one.truth.so, one.truth.not),
                    };
                    return (Some(one), other);
                }
            }
        }
        // All that is free otherwise; what it was cannot be told.
        let cone = self.atoms.circuit.reading(roots);
        let roles = self.atoms.roles.values().copied().filter(|fact| cone.has(*fact));
        let terms = self.atoms.terms.iter().flat_map(|term| [term.missing, term.none]);
        let same: Vec<Wire> =
            roles.chain(terms).filter_map(|wire| Some(if model.is(wire)? { wire } else { !wire })).collect();
        let same = self.atoms.circuit.all(same);
        (None, !same)
    }
}

/// What is held by those who ask, as conditions that can be asked of `decide`.
fn held(atoms: &Atoms<'_>) -> Vec<Opaque> {
    let root = |id: TermId| match atoms.term(id).map(|term| &term.said) {
        Some(Said::Root(root)) => Some(Box::new(Expression::Root(*root))),
        _ => None,
    };
    let each = atoms.holds.iter().filter_map(|((package, who, party), truth)| {
        let says = Expression::Holds { who: root(*who)?, package: *package, party: root(*party)? };
        Some(Opaque { says, part: None, truth: *truth })
    });
    each.collect()
}

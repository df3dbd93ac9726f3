//! Proofs that a mutant decides as the bundle does, whatever is asked over whatever facts: over kinds and roles alone. What
//! conditions say is proved elsewhere.

use super::mutant::Mutant;
use crate::ir::Bundle;

/// Why it decides the same everywhere; `None` where that is not proved.
pub(super) fn proved(_bundle: &Bundle, _changed: &Bundle, _mutant: &Mutant) -> Option<String> {
    None
}

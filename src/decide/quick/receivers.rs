//! Who may receive a package or an area (docs/meaning.md, D1), as far as the lines of `delegable` tell it by kinds alone. What hangs on a
//! role or a condition is left to `lines`.

use crate::ir::{Line, Receiver};
use crate::terms::kind::{Kind, Kinds};

/// Kinds that are admitted, whatever else is so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receivers {
    to: Kinds,
    to_pass_on: Kinds,
    /// Is there a line that hangs on a role or a condition?
    more: bool,
}

impl Receivers {
    pub(super) fn of(all: &[Line]) -> Self {
        let mut receivers = Receivers { to: Kinds::NONE, to_pass_on: Kinds::NONE, more: false };
        for line in all {
            match line {
                Line::To { to: Receiver::Kind(kind), onward, when: None } => {
                    receivers.to = receivers.to.with(*kind);
                    if *onward {
                        receivers.to_pass_on = receivers.to_pass_on.with(*kind);
                    }
                }
                Line::To { .. } => receivers.more = true,
                Line::Undecided => {}
            }
        }
        receivers
    }

    /// Is somebody of this kind admitted? `None`: that hangs on something else.
    #[inline]
    pub(super) fn admits(self, kind: Option<Kind>, onward: bool) -> Option<bool> {
        let kinds = if onward { self.to_pass_on } else { self.to };
        match kind.is_some_and(|kind| kinds.has(kind)) {
            true => Some(true),
            false if self.more => None,
            false => Some(false),
        }
    }
}

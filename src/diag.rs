//! Findings: what a finding is, the register of codes with their pages, «did you mean», and how findings are
//! shown. Knows no rule of the language; the words of a finding stand beside the check that raises it.

pub mod code;
pub mod codes;
pub mod diagnostic;
pub mod fix;
pub mod render;
pub mod suggest;

pub use code::{Code, Severity};
pub use diagnostic::{Answered, Certainty, Diagnostic, Edit, Related};

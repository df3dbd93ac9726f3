//! FM0326: a condition that is nested too deep, with the conditions that it names and the rules behind `permitted`. Whoever
//! decides follows it to its end, and counts on this limit.

use super::asking::Graph;
use super::context::Context;
use crate::diag::{Diagnostic, codes};
use crate::terms::limit::CONDITION_DEPTH;

/// What a bundle may say in more levels than a text.
const ROOM: usize = 16;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let most = CONDITION_DEPTH - ROOM;
    for place in Graph::new(context).deeper_than(most) {
        findings.push(
            Diagnostic::new(
                &codes::CONDITION_TOO_DEEP,
                format!("a condition is nested deeper than {most} levels, with all that it names"),
                place,
            )
            .label("the levels of what it names count too")
            .help("say it with fewer parentheses, named conditions or `permitted` within each other"),
        );
    }
}

//! What a case expects: an effect, for a denial its cause, perhaps the open questions met. Asks nobody whether it is so.

use crate::decide::{Cause, Decision, Effect, OpenQuestion, OpenValue, What};
use crate::diag::{Diagnostic, codes, suggest};
use crate::intake::fields::{self, Findings};
use crate::intake::names::{Names, Sort, Thing};
use crate::intake::yaml::Node;
use crate::source::Place;
use std::collections::BTreeSet;

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The cause; it says the effect too.
    pub cause: Cause,
    /// The open questions that a denial names: exactly these, if they are said.
    pub open: Option<BTreeSet<OpenQuestion>>,
}

impl Expectation {
    /// Is the decision what is expected?
    #[must_use]
    pub fn is_met(&self, decision: &Decision) -> bool {
        decision.cause == self.cause
            && self.open.as_ref().is_none_or(|open| decision.open.iter().copied().eq(open.iter().copied()))
    }
}

/// A decision in the words of a suite: `deny not-granted`.
#[must_use]
pub fn word(effect: Effect, cause: Cause) -> String {
    match effect {
        Effect::Permit => "permit".to_owned(),
        Effect::Deny => format!("deny {}", cause.word()),
    }
}

const CHOICES: [&str; 4] = ["permit", "deny not-granted", "deny undecidable", "deny forbidden"];

/// Reads `expect`.
pub fn read(node: &Node, findings: &mut Findings) -> Option<Cause> {
    let said = node.text().unwrap_or("");
    let words: Vec<&str> = said.split_whitespace().collect();
    match *words.as_slice() {
        ["permit"] => return Some(Cause::Permitted),
        ["deny", cause] => match Cause::from_word(cause) {
            Some(cause) if cause != Cause::Permitted => return Some(cause),
            _ => {}
        },
        ["deny"] => {
            let message = "a denial that is expected says its cause".to_owned();
            let help = "write `deny not-granted`, or `deny undecidable` or `deny forbidden`";
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "for which cause?", help);
            return None;
        }
        _ => {}
    }
    let message = match node.text() {
        Some(said) => format!("`{said}` is no decision"),
        None => format!("a decision is a text, not {}", node.value.called()),
    };
    let choices = format!("write {}", fields::listed(&CHOICES, "or"));
    let nearest = suggest::nearest(said, CHOICES);
    let finding = Diagnostic::new(&codes::MALFORMED_VALUE, message, node.place).label("must be a decision");
    let finding = finding.help(nearest.question().map_or(choices.clone(), |question| format!("{question} {choices}")));
    findings.push(match nearest.sure() {
        Some(sure) => finding.fix(node.place, sure),
        None => finding,
    });
    None
}

/// Reads `open`: each question by its name, as a decision names it, with names short or full.
pub fn read_open(nodes: &[Node], names: &Names<'_>, findings: &mut Findings) -> BTreeSet<OpenQuestion> {
    nodes.iter().filter_map(|node| question(node, names, findings)).collect()
}

fn question(node: &Node, names: &Names<'_>, findings: &mut Findings) -> Option<OpenQuestion> {
    let (said, place) = fields::name(node, findings)?;
    let words: Vec<&str> = said.split_whitespace().collect();
    let find = |name: &str, sort: Sort, findings: &mut Findings| names.find(name, place, &[sort], findings);
    let open = match *words.as_slice() {
        [_, "for"] => OpenValue::Kinds,
        [_, "delegable"] => OpenValue::Delegable,
        [_, "grant"] => OpenValue::Grant,
        [_, "grant", "self"] => OpenValue::GrantToItself,
        [_, "grant", "role", name] => match find(name, Sort::Role, findings)? {
            Thing::Role(id) => OpenValue::GrantToRole(id),
            _ => return None,
        },
        [_, "grant", "package", name] => match find(name, Sort::Package, findings)? {
            Thing::Package(id) => OpenValue::GrantToPackage(id),
            _ => return None,
        },
        _ => {
            unknown(said, place, findings);
            return None;
        }
    };
    match names.find(words.first()?, place, &[Sort::Package, Sort::Area], findings)? {
        Thing::Package(id) => Some(OpenQuestion { what: What::Package(id), open }),
        Thing::Area(id) if open == OpenValue::Delegable => Some(OpenQuestion { what: What::Area(id), open }),
        _ => {
            unknown(said, place, findings);
            None
        }
    }
}

fn unknown(said: &str, place: Place, findings: &mut Findings) {
    let message = format!("`{said}` names no open question");
    let help = "write a package and `for`, `delegable`, `grant`, `grant self`, `grant role NAME` or `grant package NAME`; or an area and `delegable`";
    findings.at(&codes::MALFORMED_VALUE, place, message, "must name an open question", help);
}

//! FM0604: `any`, `all` or a path through a set in a module with a target that leaves them to whoever provides attributes,
//! but not in a named condition: the attribute would have no name.

use super::context::{Context, quoted};
use super::expressions::{Home, parts, written};
use super::targets::{Target, named, of_rules};
use crate::diag::{Diagnostic, codes};
use crate::model::{Expression, Term, Type};
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::BTreeSet;

/// The targets that are so.
const TARGETS: [&str; 2] = ["jacal", "xacml"];

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let mut told: BTreeSet<Place> = BTreeSet::new();
    let mut judge = |target: Target<'_>, says: &Expression| {
        let Some((what, place)) = unnamed(says) else { return };
        if told.insert(place) {
            findings.push(
                Diagnostic::new(
                    &codes::UNNAMED_FOR_PROVIDER,
                    format!("the target {} cannot say {what} without a name", quoted(&target.value)),
                    place,
                )
                .label("becomes an attribute that is named after its condition")
                .help("declare it as a `condition` and write its name here")
                .related("the target", target.place),
            );
        }
    };
    for ((_, owned), target) in context.rules().all().zip(of_rules(context, &TARGETS)) {
        if let (Some(target), Some(when)) = (target, &owned.rule.when) {
            // A `never` decides nothing, so it need not be said.
            if owned.rule.effect != RuleEffect::Never {
                judge(target, when);
            }
        }
    }
    for one in written(context.catalog) {
        if matches!(one.home, Home::Condition(_) | Home::Rule(_)) {
            continue;
        }
        if let Some(target) = named(context, one.owner, &TARGETS) {
            judge(target, one.says);
        }
    }
}

/// The first part that needs a set to be looked through.
fn unnamed(says: &Expression) -> Option<(&'static str, Place)> {
    let mut open = vec![says];
    while let Some(part) = open.pop() {
        match &part.says {
            Term::Each { all: true, .. } => return Some(("`all`", part.place)),
            Term::Each { all: false, .. } => return Some(("`any`", part.place)),
            Term::Attribute(of, _) if matches!(of.of, Type::Set(_)) => {
                return Some(("a path through a set", part.place));
            }
            _ => {
                let from = open.len();
                parts(part, |inner| open.push(inner));
                if let Some(added) = open.get_mut(from..) {
                    added.reverse();
                }
            }
        }
    }
    None
}

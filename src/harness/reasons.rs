//! What carried a decision, by the names that an author would write: `permit send`, `grant to manager`, `kari gave per`, `policy
//! secrecy`. Decides nothing.

use crate::decide::{Decision, Step};
use crate::facts::Given;
use crate::words::{FactsSaid, Speaker, rule};

/// A rule, a grant or a delegation that carried a decision: all its names, the one to show first.
pub(super) type Reason = Vec<String>;

/// The rules, grants and delegations that carried a decision, each once.
pub(super) fn of(decision: &Decision, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for trace in &decision.traces {
        if let Some(rule) = trace.rule.and_then(|id| speaker.bundle.meaning.rule(id)) {
            let owner = rule.key.split('/').next().unwrap_or("");
            let of_resource = speaker.bundle.meaning.resources.iter().any(|named| *named.name == *owner);
            let mut names = vec![rule::rule(rule, trace.scope, speaker)];
            if !of_resource {
                names.push(format!("policy {}", speaker.short(owner)));
            }
            reasons.push(names);
        }
        reasons.extend(trace.chain.iter().filter_map(|link| of_step(&link.step, speaker, facts)));
    }
    reasons.sort();
    reasons.dedup();
    reasons
}

fn of_step(step: &Step, speaker: &Speaker<'_>, facts: &FactsSaid<'_>) -> Option<Reason> {
    match step {
        Step::Grant { package, version, grant } => {
            let named = speaker.bundle.meaning.package(*package)?;
            let grant = named.versions.get(*version as usize)?.grants.get(*grant as usize)?;
            let words = format!("{}{}", rule::grant(grant, speaker), rule::period(grant.period));
            let of_package = format!("{} {words}", speaker.short(&named.name));
            Some(vec![words, of_package])
        }
        Step::Delegation { index } => {
            let given = facts.facts.delegation(*index)?;
            let what = match given.what {
                Given::Package(package) => speaker.short(speaker.package(package)).to_owned(),
                Given::Area(area) => speaker.short(speaker.area(area)).to_owned(),
            };
            let (giver, receiver) = (facts.name(given.giver, speaker), facts.name(given.receiver, speaker));
            Some(vec![format!("{giver} gave {receiver} {what}")])
        }
        _ => None,
    }
}

/// Does each of what is expected name something that carried it, and is everything that did named?
pub(super) fn are(expected: &[Box<str>], reasons: &[Reason]) -> bool {
    expected.iter().all(|said| reasons.iter().any(|reason| is(said, reason)))
        && reasons.iter().all(|reason| expected.iter().any(|said| is(said, reason)))
}

/// Is it a name of the reason, or its beginning up to the end of a word?
fn is(said: &str, reason: &Reason) -> bool {
    reason.iter().any(|name| name.strip_prefix(said).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

//! FM0317: an action of a resource that no permit names, so that everybody is denied it. A shared action that some
//! resource permits may well be forbidden alone elsewhere; one that nothing permits is said once, where it is declared.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::SymbolId;
use crate::source::Place;
use crate::terms::effect::RuleEffect;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    let rules = context.rules();
    // Of a policy that lost a part nobody knows over what it is, nor what it permits.
    if rules.some_policy_may_be_lost {
        return;
    }
    let mut shared: BTreeMap<SymbolId, (Place, &str, bool)> = context
        .catalog
        .actions
        .iter()
        .filter(|it| !it.declared.wounded)
        .map(|it| (it.declared.symbol, (it.declared.name_place, &*it.action.name.value, false)))
        .collect();
    let mut used: BTreeSet<SymbolId> = BTreeSet::new();
    for (at, resource) in context.catalog.resources.iter().enumerate() {
        let permits = || rules.over(at).filter(|(_, owned)| owned.rule.effect == RuleEffect::Permit);
        let any = permits().any(|(_, owned)| owned.rule.actions.is_none());
        let permitted: BTreeSet<&str> =
            permits().flat_map(|(_, owned)| owned.rule.actions.iter().flatten()).map(|action| &*action.value).collect();
        for action in &resource.actions {
            let is_permitted = any || resource.declared.wounded || permitted.contains(&*action.name.value);
            if let Some(symbol) = action.shared {
                used.insert(symbol);
                if let Some((_, _, permitted)) = shared.get_mut(&symbol) {
                    *permitted |= is_permitted;
                }
            } else if !is_permitted {
                let of = quoted(context.name(resource.declared.symbol));
                findings.push(finding(
                    format!("{} of {of}", quoted(&action.name.value)),
                    &action.name.value,
                    action.name.place,
                ));
            }
        }
    }
    for (symbol, (place, name, permitted)) in shared {
        if !permitted {
            let what = match used.contains(&symbol) {
                true => format!("{} on any resource", quoted(name)),
                false => quoted(name),
            };
            findings.push(finding(what, name, place));
        }
    }
}

fn finding(what: String, action: &str, place: Place) -> Diagnostic {
    Diagnostic::new(&codes::ACTION_WITHOUT_PERMIT, format!("nothing permits {what}"), place)
        .label("everybody is denied this")
        .help(format!("write {} with whom it is for or what they must hold", quoted(&format!("permit {action}"))))
}

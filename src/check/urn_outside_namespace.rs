//! FM0202: a URN under none of the namespaces that hold in its module. A module that knows none is not judged, nor one
//! whose lost text may have known another.

use super::context::{Context, listed, quoted};
use super::malformed_urn::upper_case_at;
use super::urn_form::is_under;
use crate::diag::{Diagnostic, codes};
use crate::terms::urn;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for thing in context.things() {
        let module = thing.declared.module;
        let Some((text, place)) = thing.urn_text() else { continue };
        let prefixes: Vec<_> = context.namespaces(module).filter_map(|namespace| namespace.prefix.as_ref()).collect();
        if prefixes.is_empty()
            || !context.knows_all(module)
            || urn::parse(text).is_err()
            || upper_case_at(context, module, text).is_some()
            || prefixes.iter().any(|prefix| is_under(text, &prefix.value))
        {
            continue;
        }
        let names: Vec<&str> = prefixes.iter().map(|prefix| &*prefix.value).collect();
        let mut finding = Diagnostic::new(
            &codes::URN_OUTSIDE_NAMESPACE,
            format!("{} is under no namespace that its module knows", quoted(text)),
            place,
        )
        .label(format!("not under {}", listed(&names)))
        .help("write a URN under a namespace of the module, or declare the `namespace` that this one is under");
        for prefix in prefixes.iter().take(3) {
            finding = finding.related("a namespace that holds here", prefix.place);
        }
        findings.push(finding);
    }
    for namespace in &context.catalog.namespaces {
        let Some(prefix) = &namespace.prefix else { continue };
        if urn::parse(&format!("{}:x", prefix.value)).is_err() {
            continue;
        }
        for form in namespace.forms.iter().filter(|form| !is_under(&form.urn.value, &prefix.value)) {
            let whole = form.urn.value.replace("{name}", "xxxxxx");
            if urn::parse(&whole).is_ok() {
                findings.push(
                    Diagnostic::new(
                        &codes::URN_OUTSIDE_NAMESPACE,
                        format!("the form {} is not under its namespace", quoted(&form.urn.value)),
                        form.urn.place,
                    )
                    .label(format!("not under {}", quoted(&prefix.value)))
                    .help(format!("begin the form with {}", quoted(&format!("{}:", prefix.value))))
                    .related("the namespace", prefix.place),
                );
            }
        }
    }
}

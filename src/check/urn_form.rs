//! FM0209: a URN under a namespace that has none of its forms: a segment too many or too few, another segment, a
//! letter that `{name}` does not stand for. `{name}` is one segment of a–z and inner hyphens.

use super::context::{Context, Thing, listed, quoted};
use super::malformed_urn::upper_case_at;
use crate::diag::{Diagnostic, codes};
use crate::model::{Form, Namespace};
use crate::terms::urn;
use std::ops::Range;

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for thing in context.things() {
        let module = thing.declared.module;
        let Some((text, place)) = thing.urn_text() else { continue };
        if !context.knows_all(module) || urn::parse(text).is_err() || upper_case_at(context, module, text).is_some() {
            continue;
        }
        let over: Vec<&Namespace> = context
            .namespaces(module)
            .filter(|namespace| namespace.prefix.as_ref().is_some_and(|prefix| is_under(text, &prefix.value)))
            .collect();
        let Some(first) = over.first() else { continue };
        let forms: Vec<&Form> =
            over.iter().flat_map(|namespace| &namespace.forms).filter(|form| form.sort.value == thing.sort).collect();
        let word = thing.sort.word();
        let Some(deviation) = nearest(text, &forms) else {
            if forms.is_empty() {
                let name = context.name(first.declared.symbol);
                findings.push(
                    Diagnostic::new(
                        &codes::URN_FORM,
                        format!("the namespace {} has no form for the URN of {}", quoted(name), with_article(word)),
                        place,
                    )
                    .label("of no form of its namespace")
                    .help(format!(
                        "add a form to the namespace: `{word}` and its URN with `{{name}}` for the last segment"
                    ))
                    .related("the namespace", first.declared.name_place),
                );
            }
            continue;
        };
        let texts: Vec<&str> = forms.iter().map(|form| &*form.urn.value).collect();
        let mut finding = Diagnostic::new(
            &codes::URN_FORM,
            format!("{} is not of the form {}", quoted(text), listed(&texts).replace(" and ", " or ")),
            context.within(place, text, deviation.at.clone()),
        )
        .label(deviation.label)
        .help(format!(
            "write the URN of {} as {}",
            with_article(word),
            listed(&texts).replace(" and ", " or ")
        ));
        for form in forms.iter().take(3) {
            finding = finding.related("a form of its namespace", form.urn.place);
        }
        findings.push(finding);
    }
}

/// Would a thing with this URN be in order: of a form that a namespace of its module has for it, or of no namespace
/// that the module knows?
pub(super) fn has_form(context: &Context<'_>, thing: &Thing<'_>, text: &str) -> bool {
    let mut under = context
        .namespaces(thing.declared.module)
        .filter(|namespace| namespace.prefix.as_ref().is_some_and(|prefix| is_under(text, &prefix.value)))
        .peekable();
    under.peek().is_none()
        || under
            .flat_map(|namespace| &namespace.forms)
            .any(|form| form.sort.value == thing.sort && deviation(text, &form.urn.value).is_none())
}

/// Is the URN under the prefix: the prefix, a colon, and more?
pub(super) fn is_under(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':'))
}

fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {word}")
}

struct Deviation {
    at: Range<usize>,
    label: String,
}

/// Where the URN leaves the form that it follows longest; `None` where it has one of the forms, or there are none.
fn nearest(text: &str, forms: &[&Form]) -> Option<Deviation> {
    let mut nearest: Option<Deviation> = None;
    for form in forms {
        let found = deviation(text, &form.urn.value)?;
        if nearest.as_ref().is_none_or(|other| found.at.start > other.at.start) {
            nearest = Some(found);
        }
    }
    nearest
}

fn deviation(text: &str, form: &str) -> Option<Deviation> {
    let mut at = 0;
    let mut segments = text.split(':');
    for wanted in form.split(':') {
        let Some(segment) = segments.next() else {
            // Marked is the last segment: there is no character where one is missing.
            let start = text.rfind(':').map_or(0, |colon| colon + 1);
            return Some(Deviation { at: start..text.len(), label: "a segment is missing after this".to_owned() });
        };
        if wanted == "{name}" {
            if let Some((offset, char)) = outside_name(segment) {
                let start = at + offset;
                let label = format!("`{char}` is not among the letters a–z and inner hyphens of `{{name}}`");
                return Some(Deviation { at: start..start + char.len_utf8(), label });
            }
        } else if wanted != segment {
            return Some(Deviation {
                at: at..at + segment.len(),
                label: format!("{} stands here in the form", quoted(wanted)),
            });
        }
        at += segment.len() + 1;
    }
    segments.next()?;
    // From the colon on: it begins what is too much.
    Some(Deviation { at: at - 1..text.len(), label: "the form ends before this".to_owned() })
}

/// The first character of a segment that `{name}` does not stand for.
fn outside_name(segment: &str) -> Option<(usize, char)> {
    let last = segment.len().saturating_sub(1);
    segment.char_indices().find(|(at, char)| !(char.is_ascii_lowercase() || *char == '-' && *at != 0 && *at != last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'t>(text: &'t str, form: &str) -> Option<&'t str> {
        deviation(text, form).and_then(|found| text.get(found.at))
    }

    #[test]
    fn marks_where_a_urn_leaves_its_form() {
        let form = "urn:demo:package:{name}";
        assert_eq!(marked("urn:demo:package:a-b", form), None);
        assert_eq!(marked("urn:demo:package:a-", form), Some("-"));
        assert_eq!(marked("urn:demo:package:a1", form), Some("1"));
        assert_eq!(marked("urn:demo:package:area:x", form), Some(":x"));
        assert_eq!(marked("urn:demo:role:x", form), Some("role"));
        assert_eq!(marked("urn:demo:package", form), Some("package"));
    }
}

//! FM0201: a text that is not a URN, with the character that offends; and upper case where the namespace has none.
//! What `formerly` records is never judged: it stands as it was.

use super::context::{Context, quoted};
use crate::diag::{Diagnostic, codes};
use crate::model::ModuleId;
use crate::source::Place;
use crate::terms::urn::{self, Defect, Fault};

pub(super) fn run(context: &Context<'_>, findings: &mut Vec<Diagnostic>) {
    for thing in context.things() {
        let Some((text, place)) = thing.urn_text() else { continue };
        match urn::parse(text) {
            Err(fault) => findings.push(malformed(context, text, place, &fault)),
            Ok(_) => findings.extend(upper_case(context, thing.declared.module, text, place)),
        }
    }
    for namespace in &context.catalog.namespaces {
        if let Some(prefix) = &namespace.prefix {
            // A prefix is a URN that goes on, so it is judged with something after it.
            if let Err(fault) = urn::parse(&format!("{}:x", prefix.value)) {
                findings.push(malformed(context, &prefix.value, prefix.place, &fault));
                continue;
            }
        }
        for form in &namespace.forms {
            // `{name}` stands for letters; as many of them keep the places.
            if let Err(fault) = urn::parse(&form.urn.value.replace("{name}", "xxxxxx")) {
                findings.push(malformed(context, &form.urn.value, form.urn.place, &fault));
            }
        }
    }
}

/// Is there upper case in a URN under a namespace that has none? Case counts in URNs, so a twin is another name.
fn upper_case(context: &Context<'_>, module: ModuleId, text: &str, place: Place) -> Option<Diagnostic> {
    let (at, char) = upper_case_at(context, module, text)?;
    let lower = text.to_ascii_lowercase();
    Some(
        Diagnostic::new(
            &codes::MALFORMED_URN,
            format!("upper case in {}, where the namespace has lower case", quoted(text)),
            context.within(place, text, at..at + char.len_utf8()),
        )
        .label(format!("`{char}` is another letter than `{}` in a URN", char.to_ascii_lowercase()))
        .help(format!("write {}", quoted(&lower)))
        .fix(place, lower)
        .changes_meaning(),
    )
}

/// The first letter in upper case of a URN whose namespace is all lower case.
pub(super) fn upper_case_at(context: &Context<'_>, module: ModuleId, text: &str) -> Option<(usize, char)> {
    // Digits of an encoded character are no letters of the name.
    let encoded =
        |at: usize| (1..=2).any(|back| at.checked_sub(back).is_some_and(|at| text.as_bytes().get(at) == Some(&b'%')));
    let found = text.char_indices().find(|(at, char)| char.is_ascii_uppercase() && !encoded(*at))?;
    let lower = text.to_ascii_lowercase();
    let is_lower = |text: &str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
    context
        .namespaces(module)
        .any(|namespace| {
            namespace
                .prefix
                .as_ref()
                .is_some_and(|prefix| is_lower(&prefix.value) && super::urn_form::is_under(&lower, &prefix.value))
                && namespace.forms.iter().all(|form| is_lower(&form.urn.value))
        })
        .then_some(found)
}

fn malformed(context: &Context<'_>, text: &str, place: Place, fault: &Fault) -> Diagnostic {
    let marked = text.get(fault.at.clone()).unwrap_or("");
    let (message, label, help) = words(text, marked, fault.defect);
    let finding =
        Diagnostic::new(&codes::MALFORMED_URN, message, context.within(place, text, fault.at.clone())).label(label);
    match urn::mend(text).filter(|mended| mended != text) {
        Some(mended) => {
            let edit = smallest_edit(context, text, &mended, place);
            let encoded = match fault.defect {
                Defect::Letter(char) => {
                    format!(", or {} for `{char}` if the name must keep it", quoted(&urn::percent_encoded(char)))
                }
                _ => String::new(),
            };
            finding.help(format!("write {}{encoded}", quoted(&mended))).fix(edit.0, edit.1).changes_meaning()
        }
        None => finding.help(help),
    }
}

/// The stretch that differs and what takes its place, so that fixes of one URN keep out of each other's way.
fn smallest_edit(context: &Context<'_>, text: &str, mended: &str, place: Place) -> (Place, String) {
    let same = |(one, two): &(char, char)| one == two;
    let before: usize = text.chars().zip(mended.chars()).take_while(same).map(|(char, _)| char.len_utf8()).sum();
    let (rest, mended_rest) = (text.get(before..).unwrap_or(""), mended.get(before..).unwrap_or(""));
    let after: usize =
        rest.chars().rev().zip(mended_rest.chars().rev()).take_while(same).map(|(char, _)| char.len_utf8()).sum();
    let at = context.within(place, text, before..text.len() - after);
    if at == place {
        return (place, mended.to_owned());
    }
    (at, mended_rest.get(..mended_rest.len() - after).unwrap_or("").to_owned())
}

/// Headline, label and what helps where there is no certain fix.
fn words(text: &str, marked: &str, defect: Defect) -> (String, String, String) {
    let text = quoted(text);
    let (message, label, help) = match defect {
        Defect::Empty => (
            "a URN without text".to_owned(),
            "nothing stands here".to_owned(),
            "write `urn:`, the namespace, a colon and the name".to_owned(),
        ),
        Defect::NoScheme => (
            format!("{text} does not begin with `urn:`"),
            "`urn:` belongs before this".to_owned(),
            "write `urn:`, the namespace, a colon and the name".to_owned(),
        ),
        Defect::BadNamespace => (
            format!("the namespace of {text} is not well-formed"),
            "a namespace has 2 to 32 letters, digits and inner hyphens".to_owned(),
            "write the namespace with letters, digits and inner hyphens".to_owned(),
        ),
        Defect::NoName => (
            format!("{text} names nothing in its namespace"),
            "a colon and the name belong after this".to_owned(),
            "write a colon and the name after the namespace".to_owned(),
        ),
        Defect::TrailingColon => (
            format!("{text} ends with a colon"),
            "nothing follows this colon".to_owned(),
            "write the last segment after the colon, or leave the colon out".to_owned(),
        ),
        Defect::EmptySegment => (
            format!("{text} has an empty segment"),
            "nothing stands between these colons".to_owned(),
            "write the segment between the colons, or leave one of them out".to_owned(),
        ),
        Defect::Space => (
            format!("white space in {text}"),
            "a URN has no white space".to_owned(),
            "leave the space out, or write a hyphen in its place".to_owned(),
        ),
        Defect::Letter(char) => (
            format!("`{char}` cannot stand in the URN {text}"),
            "only letters a–z, digits and some signs can stand in a URN".to_owned(),
            format!("write {} in its place", quoted(&urn::percent_encoded(char))),
        ),
        Defect::Character(char) => (
            format!("`{char}` cannot stand in the URN {text}"),
            "this character cannot stand here in a URN".to_owned(),
            format!("leave it out, or write {} in its place", quoted(&urn::percent_encoded(char))),
        ),
        Defect::Percent => (
            format!("`{marked}` in {text} is not followed by two hexadecimal digits"),
            "`%` begins an encoded character".to_owned(),
            "write `%25` for the sign itself, or two hexadecimal digits after it".to_owned(),
        ),
    };
    (message, label, help)
}

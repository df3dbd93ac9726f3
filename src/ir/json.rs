//! `bundle.json` as text (docs/bundle.md), and the canonical text of each half, that digests are taken of. Streams:
//! builds no tree. Reading is `intake`'s business.

mod expression;
mod names;
mod text;
mod things;

use super::{Bundle, Defined, Expression, Grant, Line, Meaning, Named, Rule, Words};
use crate::terms::effect::RuleEffect;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use text::{Object, list, quoted};

pub use text::string;

/// The whole file: an entry a line.
#[must_use]
pub fn bundle_text(bundle: &Bundle) -> String {
    let mut out = String::from("{\"format\":1,\n\"meaning\":");
    meaning(&mut out, &bundle.meaning, "\n");
    out.push_str(",\n\"words\":");
    words(&mut out, &bundle.words, "\n");
    out.push_str("}\n");
    out
}

/// The half that decides, in canonical form (RFC 8785).
#[must_use]
pub fn meaning_text(bundle: &Bundle) -> String {
    let mut out = String::new();
    meaning(&mut out, &bundle.meaning, "");
    out
}

/// The half that people read, in canonical form (RFC 8785).
#[must_use]
pub fn words_text(bundle: &Bundle) -> String {
    let mut out = String::new();
    words(&mut out, &bundle.words, "");
    out
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The canonical text of one expression.
#[must_use]
pub fn expression_text(meaning: &Meaning, says: &Expression) -> String {
    let mut out = String::new();
    expression::expression(&mut out, meaning, says);
    out
}

/// What the digits of a rule's key are the SHA-256 of.
#[must_use]
pub fn rule_body(meaning: &Meaning, rule: &Rule) -> String {
    let mut out = String::new();
    things::rule_body(&mut out, meaning, rule);
    out
}

/// The key of a rule: `owner/effect/action/digits`.
#[must_use]
pub fn rule_key(owner: &str, effect: RuleEffect, action: Option<&str>, digits: &str) -> String {
    things::key(owner, effect, action, digits)
}

/// The order of a version's grants in the file: their places in memory.
#[must_use]
pub fn order_of_grants(meaning: &Meaning, grants: &[Grant]) -> Vec<usize> {
    order(grants.iter().map(|grant| things::grant_text(meaning, grant)))
}

/// The order of the lines of a `delegable` in the file: their places in memory.
#[must_use]
pub fn order_of_lines(meaning: &Meaning, lines: &[Line]) -> Vec<usize> {
    order(lines.iter().map(|line| things::line_text(meaning, line)))
}

fn order(texts: impl Iterator<Item = String>) -> Vec<usize> {
    let mut texts: Vec<(String, usize)> = texts.enumerate().map(|(at, text)| (text, at)).collect();
    texts.sort();
    texts.into_iter().map(|(_, at)| at).collect()
}

/// An entry of the half that decides: a key and how its value is written.
type Entry<'e> = (&'e str, &'e dyn Fn(&mut String));

fn meaning(out: &mut String, meaning: &Meaning, line: &str) {
    let tables: [Entry<'_>; 11] = [
        ("areas", &|out| versions(out, line, &meaning.areas, |out, area| things::area_text(out, meaning, area))),
        ("built_in", &|out| {
            let mut all: Vec<_> = meaning.built_in.iter().map(|(entity, of)| (entity.word(), of)).collect();
            all.sort_unstable_by_key(|(word, _)| *word);
            entries(out, line, all.into_iter(), |out, attributes| things::attributes(out, meaning, attributes));
        }),
        ("conditions", &|out| {
            defined(out, line, &meaning.conditions, "says", |out, condition| {
                expression::expression(out, meaning, &condition.says);
            });
        }),
        ("entities", &|out| {
            defined(out, line, &meaning.entities, "attributes", |out, entity| {
                things::attributes(out, meaning, &entity.attributes);
            });
        }),
        ("enums", &|out| {
            let all = meaning.enums.iter().map(|defined| (&*defined.name, &defined.body));
            entries(out, line, all, things::enum_text);
        }),
        ("obligations", &|out| {
            defined(out, line, &meaning.obligations, "parameters", |out, obligation| {
                things::attributes(out, meaning, &obligation.parameters);
            });
        }),
        ("organisations", &|out| {
            entries(out, line, meaning.organisations.iter().map(|name| (&**name, ())), |out, ()| out.push_str("{}"));
        }),
        ("packages", &|out| {
            versions(out, line, &meaning.packages, |out, package| things::package_text(out, meaning, package));
        }),
        ("resources", &|out| {
            versions(out, line, &meaning.resources, |out, resource| things::resource_text(out, meaning, resource));
        }),
        ("roles", &|out| versions(out, line, &meaning.roles, |out, role| things::role_text(out, meaning, role))),
        ("rules", &|out| {
            let all = meaning.rules.iter().map(|rule| (&*rule.key, rule));
            entries(out, line, all, |out, rule| things::rule_text(out, meaning, rule));
        }),
    ];
    out.push('{');
    for (at, (key, value)) in tables.into_iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(line);
        string(out, key);
        out.push(':');
        value(out);
    }
    out.push_str(line);
    out.push('}');
}

fn entries<'n, T>(
    out: &mut String,
    line: &str,
    entries: impl Iterator<Item = (&'n str, T)>,
    mut value: impl FnMut(&mut String, T),
) {
    out.push('{');
    let mut empty = true;
    for (name, entry) in entries {
        if !empty {
            out.push(',');
        }
        empty = false;
        out.push_str(line);
        string(out, name);
        out.push(':');
        value(out, entry);
    }
    if !empty {
        out.push_str(line);
    }
    out.push('}');
}

fn versions<T>(out: &mut String, line: &str, table: &[Named<T>], version: impl Fn(&mut String, &T)) {
    entries(out, line, table.iter().map(|named| (&*named.name, named)), |out, named| {
        out.push('[');
        for (at, one) in named.versions.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            version(out, one);
        }
        out.push(']');
    });
}

/// Names without versions, each an object of one member.
fn defined<T>(out: &mut String, line: &str, table: &[Defined<T>], key: &str, value: impl Fn(&mut String, &T)) {
    entries(out, line, table.iter().map(|defined| (&*defined.name, &defined.body)), |out, body| {
        let mut object = Object::open(out);
        object.raw(key, |out| value(out, body));
        object.close();
    });
}

fn words(out: &mut String, words: &Words, line: &str) {
    entries(out, line, words.iter().map(|(name, wording)| (&**name, wording)), |out, wording| {
        let mut object = Object::open(out);
        object.maybe_text("about", wording.about.as_deref());
        if !wording.actions.is_empty() {
            object.raw("actions", |out| texts(out, wording.actions.iter()));
        }
        if !wording.formerly.is_empty() {
            object.raw("formerly", |out| list(out, wording.formerly.iter().map(|urn| quoted(urn))));
        }
        if !wording.open.is_empty() {
            object.raw("open", |out| texts(out, wording.open.iter()));
        }
        if !wording.rules.is_empty() {
            object.raw("rules", |out| texts(out, wording.rules.iter()));
        }
        object.maybe_text("title", wording.title.as_deref());
        object.close();
    });
}

fn texts<'t>(out: &mut String, texts: impl Iterator<Item = (&'t Box<str>, &'t Box<str>)>) {
    let mut object = Object::open(out);
    for (key, text) in texts {
        object.text(key, text);
    }
    object.close();
}

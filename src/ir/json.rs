//! `bundle.json` as text (docs/bundle.md), and the canonical text of each half, that digests are taken of. Streams:
//! builds no tree. Reading is `intake`'s business.

use super::{
    Area, Bundle, Grant, Grantee, Line, Meaning, Named, Package, PackageId, Receiver, Recipient, Requires, Resource,
    Role, RoleId, Rule, Words,
};
use crate::terms::{kind::Kinds, level::Level, open::Open, period::Period};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

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

/// What the digits of a rule's key are the SHA-256 of.
#[must_use]
pub fn rule_body(meaning: &Meaning, effect: &str, to: Option<Recipient>, requires: Option<&Requires>) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    object.text("effect", effect);
    rule_members(&mut object, meaning, to, requires);
    object.close();
    out
}

/// The order of a version's grants in the file: their places in memory.
#[must_use]
pub fn order_of_grants(meaning: &Meaning, grants: &[Grant]) -> Vec<usize> {
    order(grants.iter().map(|grant| grant_text(meaning, grant)))
}

/// The order of the lines of a `delegable` in the file: their places in memory.
#[must_use]
pub fn order_of_lines(meaning: &Meaning, lines: &[Line]) -> Vec<usize> {
    order(lines.iter().map(|line| line_text(meaning, line)))
}

fn order(texts: impl Iterator<Item = String>) -> Vec<usize> {
    let mut texts: Vec<(String, usize)> = texts.enumerate().map(|(at, text)| (text, at)).collect();
    texts.sort();
    texts.into_iter().map(|(_, at)| at).collect()
}

fn meaning(out: &mut String, meaning: &Meaning, line: &str) {
    out.push('{');
    out.push_str(line);
    table(out, "areas", line, &meaning.areas, |out, named| {
        versions(out, named, |out, area| area_text(out, meaning, area))
    });
    out.push(',');
    out.push_str(line);
    out.push_str("\"organisations\":");
    entries(out, line, meaning.organisations.iter().map(|name| (&**name, ())), |out, ()| out.push_str("{}"));
    out.push(',');
    out.push_str(line);
    table(out, "packages", line, &meaning.packages, |out, named| {
        versions(out, named, |out, package| package_text(out, meaning, package));
    });
    out.push(',');
    out.push_str(line);
    table(out, "resources", line, &meaning.resources, |out, named| versions(out, named, resource_text));
    out.push(',');
    out.push_str(line);
    table(out, "roles", line, &meaning.roles, |out, named| {
        versions(out, named, |out, role| role_text(out, meaning, role))
    });
    out.push(',');
    out.push_str(line);
    out.push_str("\"rules\":");
    entries(out, line, meaning.rules.iter().map(|rule| (&*rule.key, rule)), |out, rule| rule_text(out, meaning, rule));
    out.push_str(line);
    out.push('}');
}

fn table<T>(out: &mut String, key: &str, line: &str, table: &[Named<T>], value: impl FnMut(&mut String, &Named<T>)) {
    string(out, key);
    out.push(':');
    entries(out, line, table.iter().map(|named| (&*named.name, named)), value);
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

fn versions<T>(out: &mut String, named: &Named<T>, mut version: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (at, one) in named.versions.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        version(out, one);
    }
    out.push(']');
}

fn role_text(out: &mut String, meaning: &Meaning, role: &Role) {
    let mut object = Object::open(out);
    object.raw("agent", |out| yes_or_no(out, role.agent));
    object.before(role.period);
    object.raw("by", |out| kinds(out, role.by));
    object.maybe_text("code", role.code.as_deref());
    object.raw("covers", |out| yes_or_no(out, role.covers));
    if let Some(of) = role.of {
        object.raw("for", |out| kinds(out, of));
    }
    object.from(role.period);
    object.raw("key", |out| yes_or_no(out, role.key));
    let source = role.source.and_then(|id| meaning.organisations.get(id.index()));
    object.maybe_text("source", source.map(|name| &**name));
    object.maybe_text("urn", role.urn.as_deref());
    object.close();
}

fn area_text(out: &mut String, meaning: &Meaning, area: &Area) {
    let mut object = Object::open(out);
    object.before(area.period);
    object.raw("delegable", |out| list(out, area.delegable.iter().map(|line| line_text(meaning, line))));
    object.from(area.period);
    object.raw("services", |out| yes_or_no(out, area.services));
    object.maybe_text("urn", area.urn.as_deref());
    object.close();
}

fn package_text(out: &mut String, meaning: &Meaning, package: &Package) {
    let mut object = Object::open(out);
    object.maybe_text("area", package.area.and_then(|id| meaning.area(id)).map(|area| &*area.name));
    object.before(package.period);
    object.raw("data", |out| level(out, package.data));
    object.raw("delegable", |out| list(out, package.delegable.iter().map(|line| line_text(meaning, line))));
    object.raw("for", |out| match package.kinds {
        Open::Known(of) => kinds(out, of),
        Open::Undecided => string(out, UNDECIDED),
    });
    object.from(package.period);
    object.raw("grants", |out| list(out, package.grants.iter().map(|grant| grant_text(meaning, grant))));
    object.raw("services", |out| yes_or_no(out, package.services));
    object.maybe_text("urn", package.urn.as_deref());
    object.close();
}

fn resource_text(out: &mut String, resource: &Resource) {
    let mut object = Object::open(out);
    object.raw("actions", |out| list(out, resource.actions.iter().map(|action| quoted(&action.name))));
    object.before(resource.period);
    object.raw("data", |out| level(out, resource.data));
    object.from(resource.period);
    object.text("kind", "service");
    object.maybe_text("urn", resource.urn.as_deref());
    object.close();
}

fn rule_text(out: &mut String, meaning: &Meaning, rule: &Rule) {
    out.push('[');
    for (at, scope) in rule.scopes.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let mut object = Object::open(out);
        object.before(scope.period);
        object.from(scope.period);
        rule_members(&mut object, meaning, rule.to, rule.requires.as_ref());
        object.close();
    }
    out.push(']');
}

fn rule_members(object: &mut Object<'_>, meaning: &Meaning, to: Option<Recipient>, requires: Option<&Requires>) {
    if let Some(requires) = requires {
        object.raw("requires", |out| out.push_str(&requires_text(meaning, requires)));
    }
    if let Some(to) = to {
        object.raw("to", |out| match to {
            Recipient::Anyone => out.push_str("[\"anyone\"]"),
            Recipient::Itself => out.push_str("[\"self\"]"),
            Recipient::Role(id) => out.push_str(&pair("role", role_name(meaning, id))),
            Recipient::Organisation(id) => {
                let name = meaning.organisations.get(id.index()).map_or("", |name| name);
                out.push_str(&pair("organisation", name));
            }
            Recipient::Controller => out.push_str("[\"controller\"]"),
            Recipient::Processor => out.push_str("[\"processor\"]"),
        });
    }
}

fn requires_text(meaning: &Meaning, requires: &Requires) -> String {
    let (word, parts) = match requires {
        Requires::Package(id) => return pair("package", package_name(meaning, *id)),
        Requires::And(parts) => ("[\"and\"", parts),
        Requires::Or(parts) => ("[\"or\"", parts),
    };
    let mut texts: Vec<String> = parts.iter().map(|part| requires_text(meaning, part)).collect();
    texts.sort();
    let mut out = String::from(word);
    for text in texts {
        out.push(',');
        out.push_str(&text);
    }
    out.push(']');
    out
}

fn grant_text(meaning: &Meaning, grant: &Grant) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    object.before(grant.period);
    object.raw("delegate", |out| boolean(out, grant.gives_delegation));
    object.from(grant.period);
    if let Some(to) = grant.to {
        object.raw("to", |out| match to {
            Grantee::Itself => out.push_str("[\"self\"]"),
            Grantee::Role(id) => out.push_str(&pair("role", role_name(meaning, id))),
            Grantee::Package(id) => out.push_str(&pair("package", package_name(meaning, id))),
        });
    }
    if grant.undecided {
        object.raw("undecided", |out| boolean(out, true));
    }
    object.raw("use", |out| boolean(out, grant.gives_use));
    object.close();
    out
}

fn line_text(meaning: &Meaning, line: &Line) -> String {
    let mut out = String::new();
    let mut object = Object::open(&mut out);
    match line {
        Line::Undecided => object.raw("undecided", |out| boolean(out, true)),
        Line::To { to, onward, .. } => {
            object.raw("onward", |out| boolean(out, *onward));
            object.raw("to", |out| match to {
                Receiver::Kind(kind) => out.push_str(&pair("kind", kind.word())),
                Receiver::Role(id) => out.push_str(&pair("role", role_name(meaning, *id))),
            });
        }
    }
    object.close();
    out
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

/// An object whose members are written in the order of their keys.
struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    fn open(out: &'o mut String) -> Self {
        out.push('{');
        Object { out, empty: true }
    }

    fn raw(&mut self, key: &str, value: impl FnOnce(&mut String)) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        string(self.out, key);
        self.out.push(':');
        value(self.out);
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, |out| string(out, value));
    }

    fn maybe_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn before(&mut self, period: Period) {
        if let Some(day) = period.before {
            self.text("before", &day.to_string());
        }
    }

    fn from(&mut self, period: Period) {
        if let Some(day) = period.from {
            self.text("from", &day.to_string());
        }
    }

    fn close(self) {
        self.out.push('}');
    }
}

const UNDECIDED: &str = "undecided";

/// A list in the order of its texts.
fn list(out: &mut String, texts: impl Iterator<Item = String>) {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    out.push('[');
    out.push_str(&texts.join(","));
    out.push(']');
}

fn kinds(out: &mut String, kinds: Kinds) {
    list(out, kinds.iter().map(|kind| quoted(kind.word())));
}

fn level(out: &mut String, level: Open<Level>) {
    string(out, level.known().map_or(UNDECIDED, |level| level.word()));
}

fn yes_or_no(out: &mut String, value: Open<bool>) {
    match value {
        Open::Known(yes) => boolean(out, yes),
        Open::Undecided => string(out, UNDECIDED),
    }
}

fn boolean(out: &mut String, yes: bool) {
    out.push_str(if yes { "true" } else { "false" });
}

fn role_name(meaning: &Meaning, id: RoleId) -> &str {
    meaning.role(id).map_or("", |named| &named.name)
}

fn package_name(meaning: &Meaning, id: PackageId) -> &str {
    meaning.package(id).map_or("", |named| &named.name)
}

fn pair(word: &str, name: &str) -> String {
    let mut out = String::from("[");
    string(&mut out, word);
    out.push(',');
    string(&mut out, name);
    out.push(']');
    out
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    string(&mut out, text);
    out
}

/// A string as RFC 8785 writes it: what must be escaped is, in the shortest way, and nothing else.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    // Stretches without such a character are most of any text.
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let mut letters = after.chars();
        match letters.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

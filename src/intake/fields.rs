//! What a tree of data must look like: maps with known keys, lists, texts, days, moments. Every method says what is wrong
//! and goes on, so that one reading finds all of it. Knows no name of a policy.

use super::yaml::{Node, Value};
use crate::diag::{Code, Diagnostic, codes, suggest};
use crate::source::Place;
use crate::terms::period::Period;
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// Findings of one document.
#[derive(Debug, Default)]
pub struct Findings {
    /// All of them so far.
    pub all: Vec<Diagnostic>,
    /// What is left for «did you mean».
    pub budget: suggest::Budget,
}

impl Findings {
    /// Notes a finding.
    pub fn push(&mut self, finding: Diagnostic) {
        self.all.push(finding);
    }

    /// A finding at a node.
    pub fn at(&mut self, code: &'static Code, place: Place, message: String, label: &str, help: &str) {
        self.all.push(Diagnostic::new(code, message, place).label(label).help(help));
    }

    /// What was read, if nothing was found.
    ///
    /// # Errors
    /// The findings, in order of place.
    pub fn or<T>(mut self, read: T) -> Result<T, Vec<Diagnostic>> {
        if self.all.is_empty() {
            return Ok(read);
        }
        Diagnostic::sort(&mut self.all);
        Err(self.all)
    }
}

/// A map with known keys. What is no map has no keys, and is a finding.
#[derive(Debug)]
pub struct Fields<'n> {
    /// What it describes, with its article: `a role fact`.
    what: &'static str,
    /// All of it.
    pub place: Place,
    values: BTreeMap<Box<str>, (&'n Node, &'n Node)>,
    /// It was a map: what is missing in it is really missing.
    whole: bool,
}

impl<'n> Fields<'n> {
    /// Reads a map that may have these keys.
    pub fn read(node: &'n Node, what: &'static str, known: &[&str], findings: &mut Findings) -> Self {
        let mut fields = Fields { what, place: node.place, values: BTreeMap::new(), whole: false };
        let Value::Map(entries) = &node.value else {
            let help = format!("write a map with {}", listed(known, "and"));
            let message = format!("{what} is a map of keys and values, not {}", node.value.called());
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a map", &help);
            return fields;
        };
        fields.whole = true;
        let mut misspelt: Vec<(Box<str>, (&Node, &Node))> = Vec::new();
        for (key, value) in entries_of(entries, what, findings) {
            let Some(name) = key.text() else { continue };
            if known.contains(&name) {
                fields.values.insert(name.into(), (key, value));
            } else {
                // A key that is surely misspelt is read as the one that is meant, so that it is not missing besides.
                let finding = unknown_key(name, key.place, what, known);
                misspelt.extend(finding.fix.first().map(|edit| (Box::from(edit.text.as_str()), (key, value))));
                findings.push(finding);
            }
        }
        for (meant, entry) in misspelt {
            fields.values.entry(meant).or_insert(entry);
        }
        fields
    }

    /// A map without keys, where nothing is written.
    #[must_use]
    pub fn none(place: Place) -> Self {
        Fields { what: "nothing", place, values: BTreeMap::new(), whole: false }
    }

    /// Puts what another map says in the place of what this one says.
    pub fn put(&mut self, other: Fields<'n>) {
        self.values.extend(other.values);
    }

    /// Takes a key out that was read already.
    pub fn take(&mut self, key: &str) {
        self.values.remove(key);
    }

    /// The value of a key, if it is there.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.values.get(key).map(|(_, value)| *value)
    }

    /// Where a key stands.
    #[must_use]
    pub fn key_place(&self, key: &str) -> Option<Place> {
        self.values.get(key).map(|(key, _)| key.place)
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &str, findings: &mut Findings) -> Option<&'n Node> {
        let value = self.get(key);
        if value.is_none() && self.whole {
            let message = format!("{} lacks `{key}`", self.what);
            let place = first_letter_or_all(self.place);
            findings.at(&codes::MISSING_KEY, place, message, "the key is missing here", &format!("write `{key}: …`"));
        }
        value
    }

    /// A name: a text or a number, as it is written.
    pub fn name(&self, key: &str, findings: &mut Findings) -> Option<(&'n str, Place)> {
        self.get(key).and_then(|node| name(node, findings))
    }

    /// A name that must be there.
    pub fn needed_name(&self, key: &str, findings: &mut Findings) -> Option<(&'n str, Place)> {
        self.need(key, findings).and_then(|node| name(node, findings))
    }

    /// The items of a list; none if the key is not there.
    pub fn list(&self, key: &str, findings: &mut Findings) -> &'n [Node] {
        self.get(key).map_or(&[], |node| list(node, key, findings))
    }

    /// A day.
    pub fn day(&self, key: &str, findings: &mut Findings) -> Option<Date> {
        self.get(key).and_then(|node| day(node, findings))
    }

    /// A moment.
    pub fn moment(&self, key: &str, findings: &mut Findings) -> Option<Timestamp> {
        self.get(key).and_then(|node| moment(node, findings))
    }

    /// The period that `from` and `before` say.
    pub fn period(&self, findings: &mut Findings) -> Period {
        Period { from: self.day("from", findings), before: self.day("before", findings) }
    }

    /// `format: 1`, which may be left out.
    pub fn format(&self, findings: &mut Findings) {
        if let Some(node) = self.get("format")
            && node.text() != Some("1")
        {
            let message = "this version reads format 1 alone".to_owned();
            findings.at(
                &codes::MALFORMED_VALUE,
                node.place,
                message,
                "another format",
                "write `format: 1`, or leave it out",
            );
        }
    }
}

/// The entries of a map, each key once: a key that stands twice is one finding, however often it does.
pub fn entries_of<'n>(
    entries: &'n [(Node, Node)],
    what: &str,
    findings: &mut Findings,
) -> impl Iterator<Item = (&'n Node, &'n Node)> + use<'n> {
    let mut first: BTreeMap<&str, (usize, Vec<Place>)> = BTreeMap::new();
    for (at, (key, _)) in entries.iter().enumerate() {
        match key.text() {
            Some(text) => first.entry(text).or_insert_with(|| (at, Vec::new())).1.push(key.place),
            None => {
                let message = format!("a key of {what} is a name, not {}", key.value.called());
                findings.at(
                    &codes::MALFORMED_VALUE,
                    key.place,
                    message,
                    "must be a name",
                    "write the name as it is, or in quotes",
                );
            }
        }
    }
    for (key, (_, places)) in &first {
        repeated(&format!("the key `{key}`"), places, findings);
    }
    let mut kept: Vec<usize> = first.into_values().map(|(at, _)| at).collect();
    kept.sort_unstable();
    kept.into_iter().filter_map(|at| entries.get(at)).map(|(key, value)| (key, value))
}

/// One finding for all places of something that may stand once.
pub fn repeated(what: &str, places: &[Place], findings: &mut Findings) {
    let [first, second, more @ ..] = places else { return };
    let count = match more.len() {
        0 => "twice".to_owned(),
        more => format!("{} times", more + 2),
    };
    let mut finding = Diagnostic::new(&codes::REPEATED_IN_DATA, format!("{what} stands {count}"), *second)
        .label("stands here again")
        .help("take out all but one, or give each a name of its own")
        .related("stands here first", *first);
    if let Some(third) = more.first() {
        finding = finding.related("and here", *third);
    }
    findings.push(finding);
}

/// The key that no one knows.
pub fn unknown_key(name: &str, place: Place, what: &str, known: &[&str]) -> Diagnostic {
    let finding = Diagnostic::new(&codes::UNKNOWN_KEY, format!("{what} has no key `{name}`"), place).label("this key");
    let nearest = suggest::nearest(name, known.iter().copied());
    let keys = format!("it may have {}", listed(known, "and"));
    let finding = match nearest.question() {
        Some(question) => finding.help(format!("{question} {keys}")),
        None => finding.help(keys),
    };
    match nearest.sure() {
        Some(sure) => finding.fix(place, sure),
        None => finding,
    }
}

/// `a`, `b` and `c`
#[must_use]
pub fn listed<'w>(words: impl IntoIterator<Item = &'w &'w str>, join: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {join} {last}", before.join(", ")),
        None => String::new(),
    }
}

/// A name, as written.
pub fn name<'n>(node: &'n Node, findings: &mut Findings) -> Option<(&'n str, Place)> {
    match node.text() {
        Some(text) if !text.trim().is_empty() => Some((text, node.place)),
        Some(_) => {
            let message = "a name with no letters in it".to_owned();
            findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a name", "write the name");
            None
        }
        None => {
            let message = format!("a name is a text, not {}", node.value.called());
            findings.at(
                &codes::MALFORMED_VALUE,
                node.place,
                message,
                "must be a name",
                "write the name as it is, or in quotes",
            );
            None
        }
    }
}

/// The items of a list.
pub fn list<'n>(node: &'n Node, what: &str, findings: &mut Findings) -> &'n [Node] {
    match &node.value {
        Value::List(items) => items,
        other => {
            let message = format!("`{what}` is a list, not {}", other.called());
            findings.at(
                &codes::MALFORMED_VALUE,
                node.place,
                message,
                "must be a list",
                "write `[…]`, or a line with `-` for each",
            );
            &[]
        }
    }
}

/// The entries of a map, each key once.
pub fn map<'n>(node: &'n Node, what: &str, findings: &mut Findings) -> Vec<(&'n Node, &'n Node)> {
    match &node.value {
        Value::Map(entries) => entries_of(entries, what, findings).collect(),
        other => {
            let message = format!("{what} is a map, not {}", other.called());
            findings.at(
                &codes::MALFORMED_VALUE,
                node.place,
                message,
                "must be a map",
                "write `{…}`, or a line `key: value` for each",
            );
            Vec::new()
        }
    }
}

/// `true` or `false`.
pub fn truth(node: &Node, findings: &mut Findings) -> Option<bool> {
    if let Value::Truth(truth) = node.value {
        return Some(truth);
    }
    let said = node.text().unwrap_or(node.value.called());
    let meant = match said.to_lowercase().as_str() {
        "yes" | "ja" | "on" | "y" | "j" | "true" | "1" | "sant" => Some("true"),
        "no" | "nei" | "off" | "n" | "false" | "0" | "usant" => Some("false"),
        _ => None,
    };
    let message = format!("`{said}` is neither `true` nor `false`");
    let finding = Diagnostic::new(&codes::MALFORMED_VALUE, message, node.place).label("must be `true` or `false`");
    findings.push(match meant {
        Some(meant) => finding.help(format!("write `{meant}`")).fix(node.place, meant),
        None => finding.help("write `true` or `false`"),
    });
    None
}

/// A day, `2026-03-01`.
pub fn day(node: &Node, findings: &mut Findings) -> Option<Date> {
    let said = node.text().unwrap_or("");
    let day = has_shape(said, "dddd-dd-dd").then(|| said.parse::<Date>().ok()).flatten();
    let day = day.filter(|day| day.year() >= 1);
    if day.is_none() {
        let message = match node.text() {
            Some(said) if has_shape(said, "dddd-dd-dd") => format!("`{said}` is not in the calendar"),
            Some(said) => format!("`{said}` is no day"),
            None => format!("a day is a text, not {}", node.value.called()),
        };
        findings.at(
            &codes::MALFORMED_VALUE,
            node.place,
            message,
            "must be a day",
            "write year, month and day, as `2026-03-01`",
        );
    }
    day
}

/// A moment with its offset (RFC 3339), `2026-03-01T12:00:00+01:00`.
pub fn moment(node: &Node, findings: &mut Findings) -> Option<Timestamp> {
    let said = node.text().unwrap_or("");
    let moment = rfc3339(said);
    if moment.is_none() {
        let message = match node.text() {
            Some(said) if !has_offset(said) => format!("`{said}` does not say its offset from universal time"),
            Some(said) => format!("`{said}` is no moment"),
            None => format!("a moment is a text, not {}", node.value.called()),
        };
        let help = "write day, time and offset, as `2026-03-01T12:00:00+01:00`; in Norway it is `+01:00` in winter, `+02:00` in summer";
        findings.at(&codes::MALFORMED_VALUE, node.place, message, "must be a moment", help);
    }
    moment
}

/// The moment of an RFC 3339 text.
#[must_use]
pub fn rfc3339(text: &str) -> Option<Timestamp> {
    let (head, rest) = text.split_at_checked(19)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || digits > 9 {
                return None;
            }
            fraction.get(digits..)?
        }
        None => rest,
    };
    let has_form = has_shape(head, "dddd-dd-ddTdd:dd:dd") && (rest == "Z" || has_shape(rest, "sdd:dd"));
    if has_form { text.parse().ok() } else { None }
}

/// Does it end with `Z` or an offset?
fn has_offset(text: &str) -> bool {
    let tail = text.len().checked_sub(6).and_then(|at| text.get(at..)).unwrap_or("");
    text.ends_with('Z') || has_shape(tail, "sdd:dd") || !text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// `d` is a digit, `s` a sign, all else itself.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            b's' => byte == b'+' || byte == b'-',
            other => byte == other,
        })
}

/// What is missing is missing at the beginning; a map of many lines is not drawn whole.
fn first_letter_or_all(place: Place) -> Place {
    let end = place.span.end.min(place.span.start.saturating_add(1));
    Place { span: crate::source::Span { start: place.span.start, end }, ..place }
}

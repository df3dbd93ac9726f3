//! URNs by RFC 8141: which character offends, what would mend it, and when two texts mean one name. Stricter than
//! the RFC in one thing: a segment between colons may not be empty. Knows no namespace, no place and no finding.

use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A well-formed URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urn<'t> {
    /// The namespace identifier (NID), without `urn:`.
    pub namespace: &'t str,
    /// The namespace specific string (NSS), without what `?+`, `?=` and `#` begin.
    pub specific: &'t str,
}

/// Why a text is no URN, and which bytes of it are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub defect: Defect,
    /// The bytes that are wrong; empty at the end of the text where something is missing there.
    pub at: Range<usize>,
}

/// What is wrong with a text that should be a URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// There is no text.
    Empty,
    /// It does not begin with `urn:`.
    NoScheme,
    /// The namespace identifier is not of 2 to 32 letters, digits and inner hyphens.
    BadNamespace,
    /// Nothing follows the namespace identifier.
    NoName,
    /// It ends with a colon.
    TrailingColon,
    /// Two colons with nothing between them.
    EmptySegment,
    /// White space.
    Space,
    /// A letter or sign outside ASCII.
    Letter(char),
    /// A character of ASCII that no URN may have.
    Character(char),
    /// A `%` that is not followed by two hexadecimal digits.
    Percent,
}

/// Reads a URN; the fault is the first from the left.
///
/// # Errors
/// The text is no URN.
pub fn parse(text: &str) -> Result<Urn<'_>, Fault> {
    let fault = |defect, at: Range<usize>| Err(Fault { defect, at });
    if text.is_empty() {
        return fault(Defect::Empty, 0..0);
    }
    if !text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        let end = text.find(':').unwrap_or(text.len());
        return fault(Defect::NoScheme, 0..end.max(usize::from(text.starts_with(':'))));
    }
    let rest = text.get(4..).unwrap_or("");
    let (namespace, after) = rest.split_once(':').map_or((rest, None), |(one, two)| (one, Some(two)));
    let namespace_end = 4 + namespace.len();
    for (at, char) in namespace.char_indices() {
        let defect = match char {
            '-' | 'a'..='z' | 'A'..='Z' | '0'..='9' => continue,
            _ if char.is_whitespace() => Defect::Space,
            _ if !char.is_ascii() => Defect::Letter(char),
            _ => Defect::BadNamespace,
        };
        return fault(defect, 4 + at..4 + at + char.len_utf8());
    }
    if namespace.is_empty() {
        let defect = if after.is_some() { Defect::EmptySegment } else { Defect::NoName };
        return fault(defect, 3..4 + usize::from(after.is_some()));
    }
    if !(2..=32).contains(&namespace.len()) || namespace.starts_with('-') || namespace.ends_with('-') {
        return fault(Defect::BadNamespace, 4..namespace_end);
    }
    let Some(after) = after else {
        return fault(Defect::NoName, namespace_end..namespace_end);
    };
    let start = namespace_end + 1;
    let end = scan_specific(after).map_err(|fault| Fault {
        defect: fault.defect,
        // The colon before the name is outside `after`, so a fault of an empty name stands one to the left.
        at: (start + fault.at.start).saturating_sub(usize::from(fault.at.is_empty()))..start + fault.at.end,
    })?;
    Ok(Urn { namespace, specific: after.get(..end).unwrap_or(after) })
}

/// Scans what follows the namespace; gives where the name itself ends.
fn scan_specific(text: &str) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    let next_is = |at: usize, wanted: &[u8]| bytes.get(at + 1).is_some_and(|byte| wanted.contains(byte));
    let mut name_end = None;
    let mut fragment = false;
    for (at, char) in text.char_indices() {
        let one = at..at + char.len_utf8();
        let fault = |defect, at| Err(Fault { defect, at });
        let in_name = name_end.is_none();
        match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => {}
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | '@' => {}
            '/' if !in_name || at > 0 => {}
            '?' if !in_name => {}
            '?' if at > 0 && next_is(at, b"+=") => name_end = Some(at),
            '#' if !fragment && at > 0 => {
                name_end = name_end.or(Some(at));
                fragment = true;
            }
            ':' if !in_name => {}
            ':' if at == 0 => return fault(Defect::EmptySegment, 0..1),
            ':' if next_is(at, b":") => return fault(Defect::EmptySegment, at..at + 2),
            ':' if at + 1 == text.len() || next_is(at, b"#") => return fault(Defect::TrailingColon, one),
            ':' => {}
            '%' => {
                let hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
                if !(hex(1) && hex(2)) {
                    return fault(Defect::Percent, one);
                }
            }
            _ if char.is_whitespace() => return fault(Defect::Space, one),
            _ if !char.is_ascii() => return fault(Defect::Letter(char), one),
            _ => return fault(Defect::Character(char), one),
        }
    }
    if text.is_empty() {
        return Err(Fault { defect: Defect::TrailingColon, at: 0..0 });
    }
    Ok(name_end.unwrap_or(text.len()))
}

/// The text mended, where there is one certain way: the missing `urn:` put before it, letters folded to ASCII, colons
/// at the end dropped. `None` where that does not make a URN of it.
#[must_use]
pub fn mend(text: &str) -> Option<String> {
    let mut mended = fold(text);
    if !mended.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        let (first, rest) = mended.split_once(':')?;
        // A scheme that was misspelt is put right; else it was left out.
        let misspelt = (2..=4).contains(&first.len())
            && "urn".chars().filter(|letter| first.to_ascii_lowercase().contains(*letter)).count() >= 2;
        mended = if misspelt { format!("urn:{rest}") } else { format!("urn:{first}:{rest}") };
    }
    let mended = mended.trim_end_matches(':');
    parse(mended).is_ok().then(|| mended.to_owned())
}

/// The text with letters as URNs write them: æ→ae, ø→o, å→a, other accents dropped. What has no ASCII stays.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for char in text.nfd().filter(|char| !is_combining_mark(*char)) {
        match char {
            'æ' => folded.push_str("ae"),
            'Æ' => folded.push_str("Ae"),
            'ø' => folded.push('o'),
            'Ø' => folded.push('O'),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'ð' | 'đ' => folded.push('d'),
            'þ' => folded.push_str("th"),
            _ => folded.push(char),
        }
    }
    folded
}

/// A character as RFC 3986 encodes it: `ø` is `%C3%B8`.
#[must_use]
pub fn percent_encoded(char: char) -> String {
    let mut buffer = [0; 4];
    char.encode_utf8(&mut buffer).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The name that a text means, defects aside: two texts with one key differ in case, encoding, letters, spaces, stray
/// colons, a missing `urn:` or what `?+`, `?=` and `#` begin, and in nothing else.
#[must_use]
pub fn key(text: &str) -> String {
    let name = [text.find("?+"), text.find("?="), text.find('#')]
        .into_iter()
        .flatten()
        .min()
        .and_then(|end| text.get(..end))
        .unwrap_or(text);
    // Nearly every URN is as URNs should be, and its own key but for the scheme.
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':');
    if let Some(rest) = name.strip_prefix("urn:")
        && rest.bytes().all(plain)
        && !(rest.starts_with(':') || rest.ends_with(':') || rest.contains("::"))
    {
        return rest.to_owned();
    }
    let decoded: String =
        fold(&percent_decoded(name)).to_lowercase().chars().filter(|char| !char.is_whitespace()).collect();
    let mut segments: Vec<&str> = decoded.split(':').filter(|segment| !segment.is_empty()).collect();
    if segments.first() == Some(&"urn") {
        segments.remove(0);
    }
    segments.join(":")
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit =
        |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high << 4 | low);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<(Defect, &str)> {
        parse(text).err().map(|fault| (fault.defect, text.get(fault.at).unwrap_or("?")))
    }

    #[test]
    fn what_the_rfc_allows_is_read() {
        for text in [
            "urn:example:a123,z456",
            "URN:example:a123,z456",
            "urn:example:a123%2Cz456",
            "urn:example:1/406/47452/2",
            "urn:example:foo-bar-baz-qux?+CCResolve:cc=uk",
            "urn:example:weather?=op=map&lat=39.56&lon=-104.85&datetime=1969-07-21T02:56:15Z",
            "urn:example:foo-bar-baz-qux#somepart",
            "urn:lex:it:palazzo.chigi;x@y(z)*'!$&",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
        assert_eq!(parse("urn:a-b:c:d?+e#f"), Ok(Urn { namespace: "a-b", specific: "c:d" }));
    }

    #[test]
    fn the_offending_character_is_marked() {
        for (text, defect, marked) in [
            ("", Defect::Empty, ""),
            ("demo:package:x", Defect::NoScheme, "demo"),
            ("clinic", Defect::NoScheme, "clinic"),
            (":demo:x", Defect::NoScheme, ":"),
            ("urn:", Defect::NoName, ":"),
            ("urn::x", Defect::EmptySegment, "::"),
            ("urn:x:y", Defect::BadNamespace, "x"),
            ("urn:-demo:y", Defect::BadNamespace, "-demo"),
            ("urn:de_mo:y", Defect::BadNamespace, "_"),
            ("urn:demo", Defect::NoName, ""),
            ("urn:demo:", Defect::TrailingColon, ":"),
            ("urn:demo:x:", Defect::TrailingColon, ":"),
            ("urn:demo::x", Defect::EmptySegment, ":"),
            ("urn:demo:x::y", Defect::EmptySegment, "::"),
            ("urn:demo:x y", Defect::Space, " "),
            ("urn:demo:før", Defect::Letter('ø'), "ø"),
            ("urn:dømo:x", Defect::Letter('ø'), "ø"),
            ("urn:demo:x\"y", Defect::Character('"'), "\""),
            ("urn:demo:/x", Defect::Character('/'), "/"),
            ("urn:demo:x?y", Defect::Character('?'), "?"),
            ("urn:demo:x%2", Defect::Percent, "%"),
            ("urn:demo:x#y#z", Defect::Character('#'), "#"),
        ] {
            assert_eq!(fault(text), Some((defect, marked)), "{text}");
        }
    }

    #[test]
    fn mends_only_what_is_certain() {
        assert_eq!(mend("urn:demo:x:").as_deref(), Some("urn:demo:x"));
        assert_eq!(mend("urn:demo:førstehjælp").as_deref(), Some("urn:demo:forstehjaelp"));
        assert_eq!(mend("demo:package:x").as_deref(), Some("urn:demo:package:x"));
        assert_eq!(mend("unr:demo:x").as_deref(), Some("urn:demo:x"));
        assert_eq!(mend("urn:demo:x y"), None);
        assert_eq!(mend("urn:demo:x::y"), None);
        assert_eq!(mend("clinic"), None);
        assert_eq!(mend("urn:demo:"), None);
    }

    #[test]
    fn one_name_has_one_key() {
        for text in
            ["urn:demo:for", "URN:Demo:FOR", "urn:demo:for:", "demo:for", "urn:demo: f%C3%B8r", "urn:demo:før#x"]
        {
            assert_eq!(key(text), "demo:for", "{text}");
        }
        assert_ne!(key("urn:demo:fo-r"), key("urn:demo:for"));
        assert_eq!(percent_encoded('ø'), "%C3%B8");
    }
}

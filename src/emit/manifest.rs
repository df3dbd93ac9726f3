//! `manifest.json`: the digests of both halves of the bundle and of every other file of the set. A difference that is only in
//! the words, or in where things stand, shows there.

use super::backend::{MANIFEST, OutputFile};
use crate::ir::{Bundle, json};

/// The manifest of these files.
pub(super) fn file(bundle: &Bundle, files: &[OutputFile]) -> OutputFile {
    let mut out = String::from("{\"format\":1,\n\"files\":{");
    for (at, file) in files.iter().enumerate() {
        out.push_str(if at > 0 { ",\n" } else { "\n" });
        member(&mut out, file.name, &json::sha256(&file.bytes));
    }
    out.push_str("\n},\n");
    member(&mut out, "meaning", &json::sha256(json::meaning_text(bundle).as_bytes()));
    out.push_str(",\n");
    member(&mut out, "words", &json::sha256(json::words_text(bundle).as_bytes()));
    out.push_str("}\n");
    OutputFile { name: MANIFEST, bytes: out.into_bytes() }
}

fn member(out: &mut String, key: &str, value: &str) {
    json::string(out, key);
    out.push(':');
    json::string(out, value);
}

//! What differs between two texts of one file, as a unified diff that `patch` can read.

use super::harmless;
use similar::TextDiff;
use std::io::{self, Write};

/// Lines that are shown around what differs.
const CONTEXT: usize = 3;

/// How a diff is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// As it is, for tools.
    Plain,
    /// For a terminal without colour: what would steer it is shown as its number.
    Harmless,
    /// For a terminal with colour.
    Colour,
}

/// Writes the diff; nothing where the texts are the same.
///
/// # Errors
/// What the writer says.
pub fn write(name: &str, before: &str, after: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let unified = unified.context_radius(CONTEXT).header(name, name);
    if paint == Paint::Plain {
        return unified.to_writer(out);
    }
    for line in unified.to_string().lines() {
        let code = match line.chars().next() {
            _ if paint == Paint::Harmless => None,
            Some('-') => Some(31),
            Some('+') => Some(32),
            Some('@') => Some(36),
            _ => None,
        };
        let line = line.split('\t').map(harmless).collect::<Vec<_>>().join("\t");
        match code {
            Some(code) => writeln!(out, "\u{1b}[{code}m{line}\u{1b}[0m")?,
            None => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}

//! A text in pieces of whole declarations at the top, found by its bytes alone: it knows strings, comments, braces and
//! the words that declarations begin with. Bounds what the parser is given at once, in size and in nesting.

use std::ops::Range;

/// Deepest nesting of braces and parentheses that is read.
pub(super) const DEEPEST: usize = 64;
/// A piece is cut when it is at least this long.
const PIECE: usize = 64 * 1024;

/// What the parser reads at once. Pieces do not depend on each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// What is read.
    pub(super) range: Range<usize>,
    /// The text after `range`, up to the next piece, is nested too deep and is not read: where it becomes so.
    pub(super) too_deep: Option<usize>,
}

/// How braces are believed while a text is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// They balance: a piece may end where none is open.
    Braces,
    /// They do not: a piece ends where a declaration begins at the first column, which closes every block for the
    /// grammar too. A `package` may belong to an area, so none begins there.
    Lines,
}

/// A stretch between two possible cuts.
struct Stretch {
    range: Range<usize>,
    first_open: Option<usize>,
    too_deep: Option<usize>,
}

/// The pieces of a text in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let (stretches, balanced, deep) = cut(text, Trust::Braces, PIECE);
    if balanced && !deep {
        return stretches.into_iter().map(|stretch| Piece { range: stretch.range, too_deep: None }).collect();
    }
    let trust = if balanced { Trust::Braces } else { Trust::Lines };
    let (stretches, _, _) = cut(text, trust, if deep { 0 } else { PIECE });
    merge(stretches)
}

/// Joins small stretches again; one that is too deep stays alone, without what its first brace opens.
fn merge(stretches: Vec<Stretch>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for stretch in stretches {
        match pieces.last_mut() {
            _ if stretch.too_deep.is_some() => {
                let end = stretch.first_open.unwrap_or(stretch.range.end);
                pieces.push(Piece { range: stretch.range.start..end, too_deep: stretch.too_deep });
            }
            Some(last) if last.too_deep.is_none() && last.range.len() < PIECE => last.range.end = stretch.range.end,
            _ => pieces.push(Piece { range: stretch.range, too_deep: None }),
        }
    }
    pieces
}

/// The stretches of a text, each at least `least` long; do its braces balance; is it nested too deep anywhere?
fn cut(text: &str, trust: Trust, least: usize) -> (Vec<Stretch>, bool, bool) {
    let bytes = text.as_bytes();
    let mut stretches = Vec::new();
    let mut current = Stretch { range: 0..0, first_open: None, too_deep: None };
    let (mut open, mut balanced, mut deep) = (0usize, true, false);
    let mut at = 0;
    // The run of letters since the last blank has a colon: it is a URN, where `//` is no comment.
    let mut urn = false;
    let mut end_stretch = |current: &mut Stretch, at: usize| {
        if at > current.range.start && at - current.range.start >= least {
            let range = current.range.start..at;
            let done = std::mem::replace(current, Stretch { range: at..at, first_open: None, too_deep: None });
            stretches.push(Stretch { range, ..done });
        }
    };
    while let Some(&byte) = bytes.get(at) {
        if (at == 0 || bytes.get(at - 1) == Some(&b'\n')) && byte.is_ascii_lowercase() {
            let may_end = match trust {
                Trust::Braces => open == 0,
                Trust::Lines => least == 0 || !starts_with(bytes, at, b"package"),
            };
            if may_end && declaration_at(bytes, at) {
                end_stretch(&mut current, at);
                if trust == Trust::Lines {
                    open = 0;
                }
            }
        }
        match byte {
            b'"' => {
                let rest = bytes.get(at + 1..).unwrap_or(&[]);
                // A text that does not end on its line is not skipped: the grammar ends it before ` {`.
                let end = rest
                    .iter()
                    .position(|byte| matches!(byte, b'"' | b'\n'))
                    .filter(|end| rest.get(*end) == Some(&b'"'));
                at += end.map_or(0, |end| end + 1);
            }
            b'/' if !urn && bytes.get(at + 1) == Some(&b'/') => {
                let rest = bytes.get(at..).unwrap_or(&[]);
                at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                continue;
            }
            b'{' | b'(' | b'[' => {
                current.first_open.get_or_insert(at);
                open += 1;
                if open > DEEPEST {
                    deep = true;
                    current.too_deep.get_or_insert(at);
                }
            }
            b'}' | b')' | b']' if open == 0 => balanced = false,
            b'}' | b')' | b']' => {
                open -= 1;
                if open == 0 && byte == b'}' && trust == Trust::Braces {
                    end_stretch(&mut current, at + 1);
                }
            }
            b':' => urn = true,
            b' ' | b'\t' | b'\r' | b'\n' => urn = false,
            _ => {}
        }
        at += 1;
    }
    balanced &= open == 0;
    if current.range.start < bytes.len() || stretches.is_empty() {
        stretches.push(Stretch { range: current.range.start..bytes.len(), ..current });
    }
    (stretches, balanced, deep)
}

fn starts_with(bytes: &[u8], at: usize, word: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(word))
}

/// Does a declaration begin here, in the eyes of the grammar's `header`? (Some that do are not seen; none that do not are.)
fn declaration_at(bytes: &[u8], at: usize) -> bool {
    const KEYWORDS: &[&[u8]] = &[
        b"package",
        b"role",
        b"area",
        b"service",
        b"organisation",
        b"group",
        b"namespace",
        b"register",
        b"policy",
        b"entity",
        b"enum",
        b"condition",
    ];
    let rest = bytes.get(at..).unwrap_or(&[]);
    let Some(keyword) = KEYWORDS.iter().find(|word| rest.starts_with(word)) else {
        return false;
    };
    let rest = rest.get(keyword.len()..).unwrap_or(&[]);
    let Some(rest) = after_blanks(rest) else {
        return false;
    };
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let (name, rest) = rest.split_at_checked(name).unwrap_or((rest, &[]));
    if name.is_empty() || matches!(name, b"about" | b"formerly" | b"undecided" | b"urn" | b"when" | b"to") {
        return false;
    }
    let below_a_list = [
        b"delegable" as &[u8],
        b"services",
        b"data",
        b"code",
        b"held",
        b"grant",
        b"permit",
        b"key",
        b"covers",
        b"agent",
        b"allow",
    ];
    if matches!(*keyword, b"organisation" | b"register") && below_a_list.contains(&name) {
        return false;
    }
    let Some(rest) = after_blanks(rest) else {
        return false;
    };
    match *keyword {
        b"group" | b"enum" | b"condition" => rest.starts_with(b"="),
        b"namespace" => rest.starts_with(b"urn:"),
        _ => rest.starts_with(b"\"") || rest.starts_with(b"{"),
    }
}

/// What follows at least one blank.
fn after_blanks(bytes: &[u8]) -> Option<&[u8]> {
    let blanks = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if blanks == 0 { None } else { bytes.get(blanks..) }
}

/// Where a comment begins in a line, if there is one.
pub(super) fn comment_in(line: &str) -> Option<usize> {
    let (mut quoted, mut urn) = (false, false);
    let bytes = line.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'/' if !quoted && !urn && bytes.get(at + 1) == Some(&b'/') => return Some(at),
            b':' => urn = true,
            b' ' | b'\t' => urn = false,
            _ => {}
        }
    }
    None
}

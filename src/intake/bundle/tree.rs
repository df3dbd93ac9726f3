//! Lists in lists, as conditions, types and constants are written. Of the text alone; the depth is limited, and reading it
//! does not recurse.

use crate::terms::limit;

/// A list, or what may stand in one.
pub(super) enum Tree {
    List(Vec<Tree>),
    Text(Box<str>),
    Truth(bool),
    Integer(i64),
}

impl Tree {
    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The tree of a text that is known to be JSON.
///
/// # Errors
/// What it has that no condition has.
pub(super) fn read(text: &str) -> Result<Tree, String> {
    let mut open: Vec<Vec<Tree>> = Vec::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or("");
        let Some(letter) = rest.bytes().next() else {
            return Err("a list ends too early".to_owned());
        };
        let (length, leaf) = match letter {
            b'[' if open.len() >= limit::CONDITION_DEPTH => {
                return Err(format!("lists are nested deeper than {}", limit::CONDITION_DEPTH));
            }
            b'[' => {
                open.push(Vec::new());
                (1, None)
            }
            b']' => (1, open.pop().map(Tree::List)),
            b'"' => {
                let length = string_length(rest);
                let text = rest.get(..length).and_then(|text| serde_json::from_str(text).ok());
                (length, Some(Tree::Text(text.ok_or("a text is not one")?)))
            }
            b',' | b' ' | b'\n' | b'\r' | b'\t' => (1, None),
            b'{' => return Err("an object stands where a list must".to_owned()),
            _ => {
                let length = rest.find([',', ']', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or("");
                let leaf = match word {
                    "true" => Tree::Truth(true),
                    "false" => Tree::Truth(false),
                    _ => Tree::Integer(integer(word).ok_or_else(|| format!("`{word}` is no whole number in reach"))?),
                };
                (length, Some(leaf))
            }
        };
        at += length;
        let Some(leaf) = leaf else { continue };
        match open.last_mut() {
            Some(list) => list.push(leaf),
            None => return Ok(leaf),
        }
    }
}

/// A number as it is written, and no other way to write it.
fn integer(word: &str) -> Option<i64> {
    let number: i64 = word.parse().ok()?;
    (number.to_string() == word && (-limit::INTEGER..=limit::INTEGER).contains(&number)).then_some(number)
}

/// How long the string is that a text begins with, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

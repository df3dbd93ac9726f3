//! How a name is spelt: one form of each letter, and the name folded to a–z, 0–9 and `_`. Looks nothing up.

use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The one spelling by which a name is known (å as one letter, not as a and a ring).
pub(super) fn spelt(name: &str) -> Cow<'_, str> {
    if is_nfc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

/// The first letter that no name may have.
pub(super) fn strange_letter(name: &str) -> Option<char> {
    name.chars().find(|letter| !is_plain(*letter))
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
}

/// The name in plain letters; `None` where a letter has no plain counterpart.
pub(super) fn folded(name: &str) -> Option<String> {
    let mut plain = String::new();
    for letter in spelt(name).chars().flat_map(char::to_lowercase) {
        match letter {
            'æ' => plain.push_str("ae"),
            'ø' => plain.push('o'),
            'å' => plain.push('a'),
            '-' => plain.push('_'),
            'ß' => plain.push_str("ss"),
            letter if is_plain(letter) => plain.push(letter),
            // é is e and an accent; the accent goes.
            letter => {
                let base = std::iter::once(letter).nfd().next().filter(|base| is_plain(*base));
                let mark = unicode_normalization::char::is_combining_mark(letter);
                match base {
                    Some(base) => plain.push(base),
                    None if mark => {}
                    None => return None,
                }
            }
        }
    }
    Some(plain).filter(|plain| plain.chars().any(|letter| letter.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        assert_eq!(folded("Måneder-Ære_ø").as_deref(), Some("maneder_aere_o"));
        assert_eq!(folded("ma\u{30a}neder").as_deref(), Some("maneder"));
        assert_eq!(folded("idé").as_deref(), Some("ide"));
        assert_eq!(folded("имя"), None);
    }
}

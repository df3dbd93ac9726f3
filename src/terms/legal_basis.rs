//! On what law a register may hold data: articles of the GDPR, and national law by its name.

use std::fmt;

/// A legal basis.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegalBasis {
    /// A point of GDPR article 6(1) or 9(2): `6(1)(e)`.
    Gdpr(Box<str>),
    /// National law: `Helseregisterloven § 11`.
    Law(Box<str>),
}

impl LegalBasis {
    /// The point of the GDPR that a text names, such as `9(2)(g)`: article 6(1) has the points a to f, article 9(2) a to j.
    #[must_use]
    pub fn gdpr(text: &str) -> Option<LegalBasis> {
        let (points, letter) = match text.strip_prefix("6(1)(") {
            Some(rest) => ('a'..='f', rest),
            None => ('a'..='j', text.strip_prefix("9(2)(")?),
        };
        let mut letters = letter.strip_suffix(')')?.chars();
        let point = letters.next()?;
        (letters.next().is_none() && points.contains(&point)).then(|| LegalBasis::Gdpr(text.into()))
    }

    /// Is it a ground of article 6(1)?
    #[must_use]
    pub fn is_article_6(&self) -> bool {
        matches!(self, LegalBasis::Gdpr(article) if article.starts_with("6("))
    }

    /// Is it a ground of article 9(2)?
    #[must_use]
    pub fn is_article_9(&self) -> bool {
        matches!(self, LegalBasis::Gdpr(article) if article.starts_with("9("))
    }

    /// Is it consent: 6(1)(a) or 9(2)(a)?
    #[must_use]
    pub fn is_consent(&self) -> bool {
        matches!(self, LegalBasis::Gdpr(article) if article.ends_with("(a)"))
    }
}

impl fmt::Display for LegalBasis {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LegalBasis::Gdpr(article) => write!(out, "gdpr {article}"),
            LegalBasis::Law(name) => write!(out, "law \"{name}\""),
        }
    }
}

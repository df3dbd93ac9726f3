//! Shares: how many points of each kind are covered, in percent, and whether that is enough. A share of nothing is no share.

use super::item::{Item, Kind};
use std::fmt;

/// How many points are covered, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Covered.
    pub covered: usize,
    /// Of so many.
    pub of: usize,
}

impl Figure {
    fn add(&mut self, item: &Item) {
        self.of += item.points.len();
        self.covered += item.points.len() - item.missing().count();
    }

    /// In hundredths of a percent, rounded down: 100 % is said of all alone. `None` of nothing.
    #[must_use]
    pub fn hundredths(self) -> Option<usize> {
        self.covered.saturating_mul(10_000).checked_div(self.of)
    }
}

impl fmt::Display for Figure {
    /// `97.5 %`, or `–` where there is nothing to cover.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hundredths() {
            None => out.pad("–"),
            Some(10_000) => out.pad("100 %"),
            Some(share) => out.pad(&format!("{}.{} %", share / 100, share % 100 / 10)),
        }
    }
}

/// Figures of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures([Figure; Kind::ALL.len()]);

impl Figures {
    /// Those of some items.
    pub fn of<'i>(items: impl IntoIterator<Item = &'i Item>) -> Self {
        let mut figures = Figures::default();
        for item in items {
            if let Some(figure) = figures.0.get_mut(item.kind as usize) {
                figure.add(item);
            }
        }
        figures
    }

    /// Of one kind.
    #[must_use]
    pub fn kind(&self, kind: Kind) -> Figure {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }

    /// Of all kinds together.
    #[must_use]
    pub fn all(&self) -> Figure {
        let sum = |sum: Figure, one: &Figure| Figure { covered: sum.covered + one.covered, of: sum.of + one.of };
        self.0.iter().fold(Figure::default(), sum)
    }
}

/// How much is to be covered: `80`, `rules=100,atoms=95`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Kinds (`None`: all together) with hundredths of a percent.
    least: Vec<(Option<Kind>, usize)>,
}

/// Why a text is no threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdError(String);

impl fmt::Display for ThresholdError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for ThresholdError {}

impl std::str::FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let mut least: Vec<(Option<Kind>, usize)> = Vec::new();
        for part in text.split(',') {
            let (kind, number) = match part.split_once('=') {
                Some((word, number)) => (Some(kind_of(word.trim())?), number.trim()),
                None => (None, part.trim()),
            };
            if least.iter().any(|(known, _)| *known == kind) {
                let what = kind.map_or("all kinds together", Kind::word);
                return Err(ThresholdError(format!("{what}: said twice")));
            }
            least.push((kind, hundredths_of(number)?));
        }
        Ok(Threshold { least })
    }
}

fn kind_of(word: &str) -> Result<Kind, ThresholdError> {
    let words: Vec<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
    Kind::from_word(word).ok_or_else(|| ThresholdError(format!("`{word}` is none of {}", words.join(", "))))
}

/// `95`, `99.5`, `99.95`
fn hundredths_of(number: &str) -> Result<usize, ThresholdError> {
    let wrong = || ThresholdError(format!("`{number}` is no number from 0 to 100"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, rest) = number.split_once('.').unwrap_or((number, "0"));
    if !digits(whole) || !digits(rest) || rest.len() > 2 {
        return Err(wrong());
    }
    let whole: usize = whole.parse().map_err(|_| wrong())?;
    let rest: usize = format!("{rest:0<2}").parse().map_err(|_| wrong())?;
    let share = whole.saturating_mul(100).saturating_add(rest);
    if share > 10_000 { Err(wrong()) } else { Ok(share) }
}

/// A kind (`None`: all together) of which too little is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    kind: Option<Kind>,
    got: Figure,
    least: usize,
}

impl Threshold {
    /// What is below it. Where there is nothing to cover, nothing is covered.
    #[must_use]
    pub fn short(&self, figures: &Figures) -> Vec<Short> {
        let short = |(kind, least): &(Option<Kind>, usize)| {
            let got = kind.map_or_else(|| figures.all(), |kind| figures.kind(kind));
            let is_short = got.hundredths().is_none_or(|share| share < *least);
            is_short.then_some(Short { kind: *kind, got, least: *least })
        };
        self.least.iter().filter_map(short).collect()
    }
}

impl fmt::Display for Short {
    /// `rules: 91.6 % is covered, 3.4 below the 95 % of --threshold (1 point more is needed)`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.kind.map_or("coverage", Kind::word);
        let Some(share) = self.got.hundredths() else {
            let them = self.kind.map_or("there is nothing to cover".to_owned(), |kind| {
                format!("there is nothing to cover; take `{}=` out of --threshold", kind.word())
            });
            return write!(out, "{what}: {them}");
        };
        let needed = (self.least * self.got.of).div_ceil(10_000).saturating_sub(self.got.covered);
        let below = hundredths(self.least - share);
        let points = if needed == 1 { "1 point more is" } else { &format!("{needed} points more are") };
        let (got, least) = (hundredths(share), hundredths(self.least));
        write!(out, "{what}: {got} % is covered, {below} below the {least} % of --threshold; {points} needed")
    }
}

/// `97.5`
fn hundredths(share: usize) -> String {
    let text = format!("{}.{:02}", share / 100, share % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

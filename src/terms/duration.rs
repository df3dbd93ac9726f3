//! A length of time as people say it, and what a day or a moment becomes when it is moved by one. Has no clock.

use super::period::date_in_oslo;
use jiff::{SignedDuration, Timestamp, civil::Date};

/// A unit that a duration counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 12 months.
    Years,
    /// What the month lacks falls back to its last day.
    Months,
    /// Days of the calendar.
    Days,
    /// 60 minutes.
    Hours,
    /// Minutes of the clock.
    Minutes,
}

impl Unit {
    /// All of them.
    pub const ALL: [Unit; 5] = [Unit::Years, Unit::Months, Unit::Days, Unit::Hours, Unit::Minutes];

    /// The word for it, in the plural.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Years => "years",
            Unit::Months => "months",
            Unit::Days => "days",
            Unit::Hours => "hours",
            Unit::Minutes => "minutes",
        }
    }

    /// The unit that a word names, also in the singular: `day`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.word() == word || unit.word().strip_suffix('s') == Some(word))
    }

    /// Is it added to dates (else to datetimes)?
    #[must_use]
    pub fn is_of_dates(self) -> bool {
        matches!(self, Unit::Years | Unit::Months | Unit::Days)
    }
}

/// `16 years`: an amount of one unit, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// The unit.
    pub unit: Unit,
    /// How many: at most [`Duration::MOST`].
    pub amount: u32,
}

impl Duration {
    /// The largest amount that a text may have.
    pub const MOST: u32 = 9_999_999;

    /// The day so much later (or earlier); `None` outside the years 1 to 9999, and for hours and minutes.
    #[must_use]
    pub fn moved(self, date: Date, back: bool) -> Option<Date> {
        let amount = i64::from(self.amount) * if back { -1 } else { 1 };
        let span = jiff::Span::new();
        let span = match self.unit {
            Unit::Years => span.try_years(amount),
            Unit::Months => span.try_months(amount),
            Unit::Days => span.try_days(amount),
            Unit::Hours | Unit::Minutes => return None,
        };
        span.and_then(|span| date.checked_add(span)).ok().filter(|date| date.year() >= 1)
    }

    /// The moment so much later (or earlier): time that passes. `None` outside the years 1 to 9999, and for larger units.
    #[must_use]
    pub fn moved_moment(self, moment: Timestamp, back: bool) -> Option<Timestamp> {
        let minutes = match self.unit {
            Unit::Hours => i64::from(self.amount) * 60,
            Unit::Minutes => i64::from(self.amount),
            Unit::Years | Unit::Months | Unit::Days => return None,
        };
        let by = SignedDuration::from_mins(if back { -minutes } else { minutes });
        moment.checked_add(by).ok().filter(|moment| date_in_oslo(*moment).year() >= 1)
    }
}

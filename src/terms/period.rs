//! From a day until before another, counted in Europe/Oslo (docs/meaning.md, T2). Never asks a clock.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// A period of days; an end that is missing is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// In force from 00:00 of this day.
    pub from: Option<Date>,
    /// In force until 00:00 of this day.
    pub before: Option<Date>,
}

impl Period {
    /// Always.
    pub const ALWAYS: Period = Period { from: None, before: None };

    /// Is it in force on this day?
    #[must_use]
    pub fn has(self, today: Date) -> bool {
        self.from.is_none_or(|from| today >= from) && self.before.is_none_or(|before| today < before)
    }

    /// Is there no day in it?
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!((self.from, self.before), (Some(from), Some(before)) if from >= before)
    }

    /// The days that are in both.
    #[must_use]
    pub fn and(self, other: Period) -> Period {
        let before = match (self.before, other.before) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Period { from: self.from.max(other.from), before }
    }

    /// Is there a day in both?
    #[must_use]
    pub fn meets(self, other: Period) -> bool {
        !self.and(other).is_empty()
    }
}

/// The time zone in which days begin; the zone's data are in the program.
#[must_use]
pub fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC)
}

/// The date of a moment in Oslo.
#[must_use]
pub fn date_in_oslo(moment: Timestamp) -> Date {
    moment.to_zoned(oslo()).date()
}

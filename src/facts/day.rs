//! A day in four bytes, in the order of days. Knows no calendar: what may be none is asked of the library.

use jiff::civil::Date;

/// A day as facts keep it: year, month and day in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

impl Day {
    /// The day of a year (1 to 9999), a month and a day of it; `None`: the calendar has none such.
    #[must_use]
    pub fn of(year: u32, month: u32, day: u32) -> Option<Day> {
        let packed = Day(year << 9 | month << 5 | day);
        // Of the days that every month has nobody need be asked.
        if (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day) {
            return Some(packed);
        }
        (year > 0 && month < 16 && day < 32).then(|| unpacked(packed.0)).flatten().map(|_| packed)
    }

    /// The same day.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        unpacked(self.0)
    }

    /// The number that stands for it: more than 0, and less than 2²⁴.
    pub(super) fn packed(self) -> u32 {
        self.0
    }
}

/// Year, month and day in one number; 0 for a year before 1, which no fact has.
pub(super) fn packed(day: Date) -> u32 {
    let part = |value: i8| u32::from(value.unsigned_abs());
    u32::try_from(day.year()).map_or(0, |year| year << 9 | part(day.month()) << 5 | part(day.day()))
}

/// The day of such a number.
pub(super) fn unpacked(number: u32) -> Option<Date> {
    let year = i16::try_from(number >> 9).ok()?;
    let part = |value: u32| i8::try_from(value).ok();
    Date::new(year, part(number >> 5 & 15)?, part(number & 31)?).ok()
}

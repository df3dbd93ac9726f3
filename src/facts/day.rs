//! A day in four bytes, in the order of days. Knows no calendar.

use jiff::civil::Date;

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

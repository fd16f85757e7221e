//! Days of the proleptic Gregorian calendar as numbers, as Python's `date.toordinal` counts them: 1 is 0001-01-01.

/// The days before each month of a common year.
const BEFORE: [i32; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

const LAST_YEAR: u16 = 9999;

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The days before the first day of a year, from 1 on.
const fn before_year(year: i32) -> i32 {
    let past = year - 1;
    365 * past + past / 4 - past / 100 + past / 400
}

/// The days before the first day of a month, counted from 0; 12 gives those of the year.
fn before_month(year: i32, month: usize) -> i32 {
    BEFORE.get(month).copied().unwrap_or(0) + i32::from(is_leap(year) && month > 1)
}

/// The number of a day; `None` if there is no such day in the years 1 to 9999.
pub(crate) fn ordinal(year: u16, month: u8, day: u8) -> Option<i32> {
    if !(1..=LAST_YEAR).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    let (year, month) = (i32::from(year), usize::from(month) - 1);
    let days = before_month(year, month + 1) - before_month(year, month);
    (1..=days).contains(&i32::from(day)).then(|| before_year(year) + before_month(year, month) + i32::from(day))
}

/// The year, month and day of a number; `None` outside the years 1 to 9999.
pub(crate) fn date(ordinal: i32) -> Option<(u16, u8, u8)> {
    if !(1..=before_year(i32::from(LAST_YEAR) + 1)).contains(&ordinal) {
        return None;
    }
    // No year is longer than this, so the guess is right or too early.
    let mut year = (ordinal - 1) / 366 + 1;
    while before_year(year + 1) < ordinal {
        year += ((ordinal - before_year(year + 1)) / 366).max(1);
    }
    let day = ordinal - before_year(year);
    let month = (0..12).rfind(|&month| before_month(year, month) < day)?;
    Some((year as u16, month as u8 + 1, (day - before_month(year, month)) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_has_one_number() {
        let mut next = 1;
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(number) = ordinal(year, month, day) {
                        assert_eq!(number, next);
                        assert_eq!(date(number), Some((year, month, day)));
                        next += 1;
                    }
                }
            }
        }
        assert_eq!(next, 3_652_060);
        assert_eq!((date(0), date(next), date(i32::MIN), date(i32::MAX)), (None, None, None, None));
        assert_eq!((ordinal(2023, 2, 29), ordinal(0, 1, 1), ordinal(2024, 13, 1)), (None, None, None));
    }
}

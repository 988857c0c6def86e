//! Units of time: cutting off, adding and counting them, on clocks on the wall.

use datafusion::{common::exec_err, error::Result};

use super::calendar::{self, DAY, Date, HOUR, MILLISECOND, MINUTE, SECOND};

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// The unit of a name, in any case.
    pub(super) fn parse(name: &str) -> Result<Self> {
        const UNITS: [(&str, Unit); 10] = [
            ("hour", Unit::Hour),
            ("day", Unit::Day),
            ("month", Unit::Month),
            ("week", Unit::Week),
            ("quarter", Unit::Quarter),
            ("year", Unit::Year),
            ("minute", Unit::Minute),
            ("second", Unit::Second),
            ("millisecond", Unit::Millisecond),
            ("microsecond", Unit::Microsecond),
        ];
        let named = UNITS
            .iter()
            .find(|(unit, _)| unit.eq_ignore_ascii_case(name));
        if let Some((_, unit)) = named {
            return Ok(*unit);
        }
        exec_err!(
            "'{name}' is not a unit of time: they are millisecond, second, minute, hour, day, week, month, quarter and year"
        )
    }

    /// Refuses units that dates have none of.
    pub(super) fn of_dates(self) -> Result<Self> {
        if self < Self::Day {
            let name = format!("{self:?}").to_lowercase();
            return exec_err!(
                "'{name}' is not a unit of dates: they are day, week, month, quarter and year"
            );
        }
        Ok(self)
    }

    /// How long it is, if it always is as long.
    pub(super) fn length(self) -> Option<i64> {
        match self {
            Self::Microsecond => Some(1),
            Self::Millisecond => Some(MILLISECOND),
            Self::Second => Some(SECOND),
            Self::Minute => Some(MINUTE),
            Self::Hour => Some(HOUR),
            Self::Day => Some(DAY),
            Self::Week => Some(7 * DAY),
            Self::Month | Self::Quarter | Self::Year => None,
        }
    }

    /// How many months it is, if it is some.
    fn months(self) -> Option<i64> {
        match self {
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
            _ => None,
        }
    }

    /// The stretch that a time is in: where it begins, and where the next one does.
    pub(super) fn stretch(self, local: i64) -> (i64, i64) {
        if let Some(months) = self.months() {
            let Date { year, month, .. } = calendar::date(local.div_euclid(DAY));
            let first = (year * 12 + month - 1).div_euclid(months) * months;
            let start = |month: i64| {
                let day = calendar::day(month.div_euclid(12), month.rem_euclid(12) + 1, 1);
                day.saturating_mul(DAY)
            };
            return (start(first), start(first + months));
        }
        let length = self.length().unwrap_or(1);
        // Weeks begin on Mondays, and the epoch is a Thursday.
        let shift = if self == Self::Week { 3 * DAY } else { 0 };
        let into = local.saturating_add(shift).rem_euclid(length);
        let start = local.saturating_sub(into);
        (start, start.saturating_add(length))
    }

    /// So many of it later, at the end of the month if that is shorter; `None` beyond what can be told.
    pub(super) fn add(self, local: i64, count: i64) -> Option<i64> {
        let Some(months) = self.months() else {
            let length = self.length()?;
            return local.checked_add(count.checked_mul(length)?);
        };
        let (days, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let Date { year, month, day } = calendar::date(days);
        let month = (year * 12 + month - 1).checked_add(count.checked_mul(months)?)?;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        if year.abs() > 300_000 {
            return None;
        }
        let day = day.min(calendar::days_in_month(year, month));
        calendar::day(year, month, day)
            .checked_mul(DAY)?
            .checked_add(time)
    }

    /// How many whole ones lie between two times: negative if `to` comes first.
    pub(super) fn between(self, from: i64, to: i64) -> i64 {
        match self.months() {
            Some(months) if from <= to => whole_months(from, to) / months,
            Some(months) => -(whole_months(to, from) / months),
            None => {
                let between = i128::from(to) - i128::from(from);
                let whole = between / i128::from(self.length().unwrap_or(1));
                i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
            }
        }
    }
}

/// Whole months from `from` to the later `to`, as Joda counts them: the last day of a month ends all that began on later days of theirs.
fn whole_months(from: i64, to: i64) -> i64 {
    let split = |local: i64| (calendar::date(local.div_euclid(DAY)), local.rem_euclid(DAY));
    let ((from, from_time), (to, to_time)) = (split(from), split(to));
    let months = (to.year - from.year) * 12 + to.month - from.month;
    let is_last = to.day == calendar::days_in_month(to.year, to.month);
    let from_day = if is_last {
        from.day.min(to.day)
    } else {
        from.day
    };
    months - i64::from((to.day, to_time) < (from_day, from_time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Unit; 10] = [
        Unit::Microsecond,
        Unit::Millisecond,
        Unit::Second,
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Quarter,
        Unit::Year,
    ];

    #[test]
    fn stretches_hold_their_times_and_follow_each_other() {
        for unit in ALL {
            for local in (-4_000..4_000).map(|n| n * 7_654_321 * SECOND / 10 + n) {
                let (start, end) = unit.stretch(local);
                assert!(start <= local && local < end, "{unit:?} {local}");
                assert_eq!(unit.stretch(start), (start, end));
                assert_eq!(unit.stretch(end).0, end);
                assert_eq!(unit.add(start, 1), Some(end));
                assert_eq!(unit.between(start, end), 1);
                assert_eq!(unit.between(local, end), i64::from(local == start));
            }
        }
    }

    #[test]
    fn ends_of_what_can_be_told_do_not_overflow() {
        for unit in ALL {
            for end in [i64::MIN, i64::MIN + 1, i64::MAX] {
                unit.stretch(end);
                unit.between(end, -1);
                unit.between(i64::MIN, i64::MAX);
                unit.between(i64::MAX, i64::MIN);
                for count in [i64::MIN, -1, 1, i64::MAX] {
                    unit.add(end, count);
                }
            }
        }
    }
}

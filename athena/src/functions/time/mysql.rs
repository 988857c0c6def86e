//! The patterns of `MySQL`, which `date_format` and `date_parse` have: `%Y-%m-%d`.

use datafusion::{common::exec_err, error::Result};

use super::pattern::{Item, Number, Pattern};

/// What a pattern means.
pub(super) fn compile(pattern: &str) -> Result<Pattern> {
    let mut made = Pattern::default();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            made.push_text(letter);
            continue;
        }
        // A lone % at the end means nothing.
        let Some(letter) = letters.next() else {
            break;
        };
        let year = |field| Item::Number {
            field,
            least: 4,
            most: 4,
        };
        let item = match letter {
            'a' => Item::DayName { short: true },
            'b' => Item::MonthName { short: true },
            'c' => Item::number(Number::Month, 1),
            'd' => Item::number(Number::Day, 2),
            'e' => Item::number(Number::Day, 1),
            'f' => Item::Fraction {
                written: 6,
                read: 9,
            },
            'H' => Item::number(Number::Hour, 2),
            'h' | 'I' => Item::number(Number::HourOfHalf, 2),
            'i' => Item::number(Number::Minute, 2),
            'j' => Item::number(Number::DayOfYear, 3),
            'k' => Item::number(Number::Hour, 1),
            'l' => Item::number(Number::HourOfHalf, 1),
            'M' => Item::MonthName { short: false },
            'm' => Item::number(Number::Month, 2),
            'p' => Item::HalfDay,
            'S' | 's' => Item::number(Number::Second, 2),
            'v' => Item::number(Number::Week, 2),
            'W' => Item::DayName { short: false },
            'x' => year(Number::WeekYear),
            'Y' => year(Number::Year),
            'y' => Item::TwoDigitYear { of_week: false },
            'r' => {
                clock(&mut made, Number::HourOfHalf);
                made.push_text(' ');
                Item::HalfDay
            }
            'T' => {
                clock(&mut made, Number::Hour);
                continue;
            }
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return exec_err!("%{letter} is not supported in the format '{pattern}'");
            }
            other => {
                made.push_text(other);
                continue;
            }
        };
        made.items.push(item);
    }
    Ok(made)
}

/// Hours, minutes and seconds.
fn clock(made: &mut Pattern, hours: Number) {
    made.items.push(Item::number(hours, 2));
    made.push_text(':');
    made.items.push(Item::number(Number::Minute, 2));
    made.push_text(':');
    made.items.push(Item::number(Number::Second, 2));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_and_letters_that_mean_nothing_stand_for_themselves() {
        let items = compile("a%%b%q%Yé%").unwrap().items;
        let text = |text: &str| Item::Text(text.to_owned());
        let year = Item::Number {
            field: Number::Year,
            least: 4,
            most: 4,
        };
        assert_eq!(items, [text("a%bq"), year, text("é")]);
    }

    #[test]
    fn what_changes_fastest_is_known() {
        use super::super::calendar::{DAY, HOUR, MINUTE, SECOND};
        for (pattern, grain) in [
            ("", DAY),
            ("%Y-%m-%d", DAY),
            ("%x-W%v %W %j", DAY),
            ("%Y %p", HOUR),
            ("%H:00", HOUR),
            ("%k:%i", MINUTE),
            ("%T", SECOND),
            ("%r", SECOND),
            ("%f%Y", 1),
        ] {
            assert_eq!(compile(pattern).unwrap().grain(), grain, "{pattern}");
        }
    }
}

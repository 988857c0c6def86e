//! The patterns of Joda, which `format_datetime` and `parse_datetime` have: `yyyy-MM-dd`.

use datafusion::{common::exec_err, error::Result};

use super::pattern::{Item, Number, Pattern};

/// Letters of one kind in a row beyond this are no pattern that anybody means.
const LONGEST: usize = 32;

/// A letter as often as it comes in a row, or text.
enum Token {
    Letters(char, usize),
    Text(String),
}

/// What a pattern means.
pub(super) fn compile(pattern: &str) -> Result<Pattern> {
    let tokens = tokens(pattern);
    let mut made = Pattern::default();
    for (place, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(text) => made.items.push(Item::Text(text.clone())),
            &Token::Letters(letter, count) if count <= LONGEST => {
                let next_is_number = tokens.get(place + 1).is_some_and(is_numeric);
                match item(letter, count, next_is_number) {
                    Some(item) => made.items.push(item),
                    None => {
                        return exec_err!(
                            "'{letter}' means nothing in the format '{pattern}': put text in single quotes"
                        );
                    }
                }
            }
            Token::Letters(letter, count) => {
                return exec_err!("{count} times '{letter}' in a row in a format");
            }
        }
    }
    if made.items.is_empty() {
        return exec_err!("the format is empty");
    }
    Ok(made)
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_alphabetic() {
            let mut count = 1;
            while letters.next_if_eq(&letter).is_some() {
                count += 1;
            }
            tokens.push(Token::Letters(letter, count));
            continue;
        }
        let mut text = String::new();
        if letter != '\'' {
            text.push(letter);
        } else if letters.next_if_eq(&'\'').is_some() {
            text.push('\'');
        } else {
            // Up to the next quote, or the end; two quotes are one of the text.
            while let Some(letter) = letters.next() {
                if letter != '\'' {
                    text.push(letter);
                } else if letters.next_if_eq(&'\'').is_some() {
                    text.push('\'');
                } else {
                    break;
                }
            }
        }
        match tokens.last_mut() {
            Some(Token::Text(before)) => before.push_str(&text),
            _ => tokens.push(Token::Text(text)),
        }
    }
    tokens
}

/// Whether letters stand for digits, as Joda counts them.
fn is_numeric(token: &Token) -> bool {
    match *token {
        Token::Letters(letter, count) => {
            "cCxyYdhHmsSeDFwWkK".contains(letter) || letter == 'M' && count <= 2
        }
        Token::Text(_) => false,
    }
}

fn item(letter: char, count: usize, next_is_number: bool) -> Option<Item> {
    let year = |field| Item::Number {
        field,
        least: count,
        // Years take all digits there are, unless more digits of something else come next.
        most: if next_is_number { count } else { count.max(9) },
    };
    let number = |field| Some(Item::number(field, count));
    Some(match letter {
        'G' => Item::Era,
        'C' => Item::Number {
            field: Number::Century,
            least: count,
            most: count,
        },
        'x' | 'y' | 'Y' if count == 2 => Item::TwoDigitYear {
            of_week: letter == 'x',
        },
        'x' => year(Number::WeekYear),
        'y' => year(Number::Year),
        'Y' => year(Number::YearOfEra),
        'M' if count >= 3 => Item::MonthName { short: count == 3 },
        'E' => Item::DayName { short: count < 4 },
        'M' => return number(Number::Month),
        'd' => return number(Number::Day),
        'w' => return number(Number::Week),
        'e' => return number(Number::DayOfWeek),
        'D' => return number(Number::DayOfYear),
        'K' => return number(Number::HourOfHalfFrom0),
        'h' => return number(Number::HourOfHalf),
        'H' => return number(Number::Hour),
        'k' => return number(Number::HourFrom1),
        'm' => return number(Number::Minute),
        's' => return number(Number::Second),
        'a' => Item::HalfDay,
        'S' => Item::Fraction {
            written: count,
            read: count,
        },
        'z' => Item::ZoneName { short: count < 4 },
        'Z' if count < 3 => Item::Offset { colon: count == 2 },
        'Z' => Item::ZoneName { short: false },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_years() {
        let items = compile("yyyyMM'T''x'' o'' '").unwrap().items;
        let year = |most| Item::Number {
            field: Number::Year,
            least: 4,
            most,
        };
        assert_eq!(items[0], year(4));
        assert_eq!(items[1], Item::number(Number::Month, 2));
        assert_eq!(items[2], Item::Text("T'x' o' ".to_owned()));
        assert_eq!(compile("yyyy-MM").unwrap().items[0], year(9));
        assert_eq!(compile("''").unwrap().items, [Item::Text("'".to_owned())]);
        assert!(compile("").is_err());
        assert!(compile("b").is_err());
        assert!(compile(&"y".repeat(1_000)).is_err());
    }
}

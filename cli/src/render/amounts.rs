//! Amounts as people read them on a terminal. Never used for anything that is piped or written to a file.

/// An exact decimal rounded to cents, half away from zero, with thousands separators; what is not zero but rounds to it
/// is shown as `<0.01`.
pub(crate) fn rounded(exact: &str) -> String {
    let (sign, digits) = exact
        .strip_prefix('-')
        .map_or(("", exact), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|byte| byte.is_ascii_digit())
    {
        return exact.to_owned();
    }
    let cents = format!("{whole}{fraction:0<2.2}");
    let up = fraction
        .as_bytes()
        .get(2)
        .is_some_and(|digit| *digit >= b'5');
    let Ok(cents) = cents.parse::<u128>() else {
        return exact.to_owned();
    };
    let cents = cents + u128::from(up);
    if cents == 0 && fraction.contains(|digit| digit != '0') {
        return if sign.is_empty() { "<0.01" } else { ">-0.01" }.to_owned();
    }
    format!("{sign}{}.{:02}", grouped(cents / 100), cents % 100)
}

/// A whole number with thousands separators.
pub(crate) fn grouped(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_cents_with_separators() {
        let cases = [
            ("0", "0.00"),
            ("1234567.891", "1,234,567.89"),
            ("-0.005", "-0.01"),
            ("0.004", "<0.01"),
            ("-0.0000001", ">-0.01"),
            ("999.995", "1,000.00"),
            ("12", "12.00"),
            ("0.1", "0.10"),
            ("", ""),
        ];
        for (exact, shown) in cases {
            assert_eq!(rounded(exact), shown, "{exact}");
        }
    }
}

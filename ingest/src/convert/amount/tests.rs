use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};

use super::*;

fn exact(text: &str) -> Result<i128, BadAmount> {
    parse(text.as_bytes(), &mut Rounding::default())
}

/// Schoolbook arithmetic on decimal digits, written without a look at the code above: the digits of |number| × 10^18 before
/// the point, rounded half to even, and how many times 10⁻³⁶ that is off.
fn reference(text: &str) -> Result<(i128, u128), BadAmount> {
    let (sign, text) = match text.as_bytes()[0] {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().unwrap();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // Write the point out of the way: 60 zeros on either side, then move it.
    let digits = format!("{}{whole}{fraction}{}", "0".repeat(100), "0".repeat(100));
    let point = usize::try_from(100 + i64::try_from(whole.len()).unwrap() + exponent + 18).unwrap();
    let (kept, dropped) = digits.split_at(point);
    let kept = kept.trim_start_matches('0');
    if kept.len() > 38 {
        return Err(BadAmount::TooLarge);
    }
    let mut units: i128 = if kept.is_empty() {
        0
    } else {
        kept.parse().unwrap()
    };
    let half = format!("5{}", "0".repeat(dropped.len() - 1));
    let up = dropped > half.as_str() || (dropped == half && units % 2 == 1);
    units += i128::from(up);
    if units.to_string().len() > 38 {
        return Err(BadAmount::TooLarge);
    }
    let tail: u128 = dropped[..18].parse().unwrap();
    let rounded = dropped.bytes().any(|byte| byte != b'0');
    let off = if !rounded {
        0
    } else if up {
        10_u128.pow(18) - tail
    } else {
        tail
    };
    Ok((sign * units, off))
}

#[test]
fn agrees_with_schoolbook_arithmetic() {
    let mut random = SmallRng::seed_from_u64(3);
    for round in 0..400_000 {
        let digits = |random: &mut SmallRng, most: usize| -> String {
            let count = random.random_range(0..=most);
            let sparse = random.random_bool(0.3);
            (0..count)
                .map(|_| if sparse { *b"0005".choose(random).unwrap() } else { random.random_range(b'0'..=b'9') } as char)
                .collect()
        };
        let most = if round % 3 == 0 { 40 } else { 12 };
        let mut text = (*["", "-", "+", ""].choose(&mut random).unwrap()).to_owned();
        let (whole, fraction) = (digits(&mut random, most), digits(&mut random, most));
        if whole.is_empty() && fraction.is_empty() {
            continue;
        }
        text += &whole;
        if !fraction.is_empty() || random.random_bool(0.1) {
            text.push('.');
            text += &fraction;
        }
        if random.random_bool(0.3) {
            let exponent: i32 = random.random_range(-30..20);
            text += ["e", "E", "e+"][usize::from(exponent >= 0) * random.random_range(0..3)];
            text += &exponent.to_string();
        }
        let mut rounding = Rounding::default();
        let found = parse(text.as_bytes(), &mut rounding);
        assert_eq!(
            found.map(|units| (units, rounding.difference)),
            reference(&text),
            "{text}"
        );
        assert_eq!(
            rounding.values == 0,
            rounding.difference == 0 && rounding.values == 0,
            "{text}"
        );
    }
}

#[test]
fn halves_round_to_even() {
    let mut rounding = Rounding::default();
    let mut round = |text: &str| parse(text.as_bytes(), &mut rounding);
    assert_eq!(round("0.0000000000000000005"), Ok(0));
    assert_eq!(round("0.0000000000000000015"), Ok(2));
    assert_eq!(round("-0.0000000000000000025"), Ok(-2));
    assert_eq!(round("0.00000000000000000250000000001"), Ok(3));
    assert_eq!(round("4e-19"), Ok(0));
    assert_eq!(round("6e-19"), Ok(1));
    assert_eq!(round("5e-20"), Ok(0));
    assert_eq!(rounding.rounded().values, 7);
}

#[test]
fn the_largest_amounts_fit_and_no_larger() {
    assert_eq!(
        exact("99999999999999999999.999999999999999999"),
        Ok(10_i128.pow(38) - 1)
    );
    assert_eq!(
        exact("-99999999999999999999.999999999999999999"),
        Ok(1 - 10_i128.pow(38))
    );
    assert_eq!(
        exact("99999999999999999999.9999999999999999995"),
        Err(BadAmount::TooLarge)
    );
    assert_eq!(exact("100000000000000000000"), Err(BadAmount::TooLarge));
    assert_eq!(exact("1e20"), Err(BadAmount::TooLarge));
    assert_eq!(exact("1e999999999999999999999"), Err(BadAmount::TooLarge));
    assert_eq!(exact("1e-999999999999999999999"), Ok(0));
    assert_eq!(exact("0e999999999999999999999"), Ok(0));
    assert_eq!(
        exact("000000000000000000000000000000000000000000001"),
        Ok(10_i128.pow(18))
    );
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e1.5", "1.2.3", "--1", "+-1", "1,000", " 1",
        "1 ", "NaN", "inf", "NULL", "0x10", "1_0", "١", "1e5e5",
    ] {
        assert_eq!(exact(text), Err(BadAmount::NotANumber), "{text}");
    }
}

#[test]
fn doubles_read_as_their_shortest_decimal() {
    let units = |value: f64| {
        let units = from_f64(value, &mut Rounding::default());
        if let Some(short) = short_from_f64(value) {
            assert_eq!(Ok(short.units()), units, "{value:e}");
        }
        units
    };
    assert_eq!(units(0.1), exact("0.1"));
    assert_eq!(units(-0.0), Ok(0));
    assert_eq!(units(1e-7), exact("0.0000001"));
    assert_eq!(units(0.1 + 0.2), exact("0.30000000000000004"));
    assert_eq!(units(744.0), exact("744"));
    assert_eq!(units(f64::NAN), Err(BadAmount::NotANumber));
    assert_eq!(units(f64::NEG_INFINITY), Err(BadAmount::NotANumber));
    assert_eq!(units(1e300), Err(BadAmount::TooLarge));
    assert_eq!(from_f32(0.1, &mut Rounding::default()), exact("0.1"));
    let mut random = SmallRng::seed_from_u64(4);
    for places in [0, 2, 8, 10, 12, 15, 17] {
        for _ in 0..20_000 {
            let mantissa = random.random_range(-1_i64 << 53..1 << 53) >> random.random_range(0..53);
            let text = format!("{mantissa}e-{places}");
            let value: f64 = text.parse().unwrap();
            assert_eq!(units(value), exact(&format!("{value}")), "{text}");
        }
    }
    for _ in 0..100_000 {
        let value = f64::from_bits(random.random());
        if value.is_finite() && value.abs() < 1e19 && value.abs() > 1e-40 {
            // A reader of the same number in a CSV file sees what `{}` prints.
            assert_eq!(units(value), exact(&format!("{value}")), "{value}");
        }
    }
}

#[test]
fn decimals_of_other_scales_are_rescaled() {
    let units = |value: i128, scale: i8| from_decimal(value, scale, &mut Rounding::default());
    assert_eq!(units(12345, 2), exact("123.45"));
    assert_eq!(units(-1, 18), Ok(-1));
    assert_eq!(units(25, 19), Ok(2));
    assert_eq!(units(35, 19), Ok(4));
    assert_eq!(units(7, -2), exact("700"));
    assert_eq!(units(0, 30), Ok(0));
    assert_eq!(units(i128::MIN, 0), Err(BadAmount::TooLarge));
}

#[test]
fn amounts_of_interfaces_are_read_too() {
    for (text, digits) in [
        ("1E-7", "0.0000001"),
        ("0E-10", "0"),
        ("-1.5E-7", "-0.00000015"),
        ("+12.5e1", "125"),
        ("12.3456789012345678905", "12.34567890123456789"),
        ("12.3456789012345678915", "12.345678901234567892"),
        ("-0.00000000000000000051", "-0.000000000000000001"),
        ("1E-19", "0"),
    ] {
        let found = amount(text).map(|amount| amount.to_string());
        assert_eq!(found.as_deref(), Some(digits), "{text}");
    }
    for text in ["", "N/A", "1,5", "$1", "1E20"] {
        assert_eq!(amount(text), None, "{text}");
    }
}

//! Amounts: as text, as a column of them (a line each), and as doubles, against integers of any size.

#![no_main]

use curtail_fuzz::amount;
use curtail_ingest::stages::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    let mut expected = Some(Vec::new());
    for line in &lines {
        let amount = amount(line);
        assert_eq!(fuzzing::amount(line), amount);
        let units = match amount {
            Some((units, _)) => Some(Some(units)),
            None => line.is_empty().then_some(None),
        };
        expected = expected.zip(units).map(|(mut column, units)| {
            column.push(units);
            column
        });
    }
    assert_eq!(fuzzing::amounts(&lines), expected);

    if let Some(bits) = text.first_chunk() {
        let value = f64::from_le_bytes(*bits);
        let expected = amount(format!("{value:e}").as_bytes()).map(|(units, _)| units);
        let (any, short) = fuzzing::double(value);
        assert_eq!(any, expected);
        assert!(short.is_none() || short == expected);
    }
});

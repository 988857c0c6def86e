//! Reports to Parquet, against the crate `csv` and the oracles of values.

#![no_main]

use bytes::Bytes;
use curtail_fuzz::LAYOUTS;
use curtail_ingest::{IngestError, stages::fuzzing};
use curtail_store::BillingPeriod;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, body)) = data.split_first() else {
        return;
    };
    let layout = &LAYOUTS[usize::from(choice) % LAYOUTS.len()];
    let text = Bytes::from([layout.header.as_bytes(), b"\n", body].concat());
    let period = BillingPeriod::new(2024, 3).expect("a month");
    let expected = layout.read(&text);
    let converted = match fuzzing::csv(layout.kind, period, &text) {
        Ok(converted) => converted,
        Err(error) => {
            let excused = match error {
                // The crate takes quotes that are never closed for closed.
                IngestError::Malformed { .. } => true,
                IngestError::SumOverflow { .. } => layout.amounts_in_maps,
                IngestError::BadAmount { .. } | IngestError::AmountOverflow { .. } => {
                    layout.amounts_in_maps
                }
                _ => false,
            };
            assert!(
                excused || expected.is_none_or(|expected| !expected.sums_fit),
                "{error:?}"
            );
            return;
        }
    };
    let expected = expected.expect("what is taken in is sound");
    assert_eq!(converted.rows, expected.rows.len() as u64);
    for (column, sum) in &expected.sums {
        assert_eq!(converted.sums[*column].units().to_string(), sum.to_string());
    }
    for sum in converted.sums.values() {
        assert_eq!(
            sum.to_string().parse().as_ref(),
            Ok(sum),
            "a receipt can say every sum"
        );
    }
    assert_eq!(layout.read_back(&converted.files), expected);
});
